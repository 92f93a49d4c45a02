//! `lifecycle.node-skew`

use posture_model::verdict::Undecided;

use crate::checks::kubernetes_version::minor;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the version of the kubelet is outside of what the project supports together with \
    its API server";

/// The kubelets since this minor version may be three minor versions older than the API server; earlier ones, two.
/// [Version skew policy](https://kubernetes.io/releases/version-skew-policy/#kubelet), read on 2026-11-30.
const THREE: u16 = 25;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.node-skew",
    life: since("0.1.0"),
    title: "Kubelets are of a version that fits the API server",
    finding: "A kubelet is too old or too new for the API server",
    keywords: &["Kubernetes", "Node", "kubelet", "version skew"],
    severity: Medium,
    rationale: "The project tests a kubelet with API servers of its own minor version up to three later ones. \
                Outside of that, fields that protect pods may have no effect on the node.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Upgrade the node, or replace it from a newer image. Upgrade the API server first where the \
                   kubelet is newer. The command shows the versions of the nodes.",
            console: "Node: status.nodeInfo.kubeletVersion",
            command: Inspect("kubectl get nodes --output wide"),
        },
    )],
    references: &["https://kubernetes.io/releases/version-skew-policy/#kubelet"],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        ccm41("TVM-08", Supporting),
        nsa_kubernetes12("U", Supporting),
    ],
    test: Test {
        reads: &[Node::KUBELET_VERSION, Cluster::VERSION],
        params: &[],
        check: Check::Node(check),
        examples: Examples {
            pass: |scope| fill(scope, "v1.35.1", "v1.33.2"),
            fail: |scope| fill(scope, "v1.35.1", "v1.31.2"),
        },
    },
};

fn fill(scope: &mut Scope, server: &str, kubelet: &str) {
    let cluster = Cluster::unread("cluster", "cluster", None);
    scope.add(cluster.version(Known(server.to_owned())));
    let node = Node::unread("Node/n1", "n1", None);
    scope.add(node.kubelet_version(Known(kubelet.to_owned())));
}

fn check(node: &Node, context: &Context<'_>) -> CheckResult {
    let unclear = Err(Undecided::Unknown(GapId::NO_ANSWER));
    let version = node.kubelet_version.known()?;
    let clusters = context.scope.clusters.find(|_| true);
    let Some(cluster) = clusters.known()? else { return unclear };
    let server = cluster.version.known()?;
    let (Some(kubelet), Some(api)) = (minor(version), minor(server)) else { return unclear };
    let older = if kubelet >= THREE { 3 } else { 2 };
    if kubelet <= api && api - kubelet <= older {
        return pass();
    }
    let found = format!("{version}, with an API server of {server}");
    let expected = format!("at most {older} minor versions older, and not newer");
    fail(Node::KUBELET_VERSION, found, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_minors_older_and_never_newer() {
        let with = |server: &'static str, kubelet: &'static str| {
            move |scope: &mut Scope| fill(scope, server, kubelet)
        };
        assert_passes(&CONTROL, with("v1.35.1", "v1.35.9"));
        assert_passes(&CONTROL, with("v1.35.1-eks-1a", "v1.32.0-eks-2b"));
        assert_fails(&CONTROL, with("v1.35.1", "v1.31.9"));
        assert_fails(&CONTROL, with("v1.35.1", "v1.36.0"));
        // Before 1.25, two.
        assert_passes(&CONTROL, with("v1.26.0", "v1.24.0"));
        assert_fails(&CONTROL, with("v1.27.0", "v1.24.0"));
        assert_unknown(&CONTROL, with("v1.35.1", "unversioned"));
    }

    #[test]
    fn without_the_version_of_the_server_it_is_unknown() {
        let node =
            || Node::unread("Node/n1", "n1", None).kubelet_version(Known("v1.33.2".to_owned()));
        assert_unknown(&CONTROL, |scope| scope.add(node()));
        assert_unknown(&CONTROL, |scope| {
            scope.add(node());
            scope.add(Cluster::unread("cluster", "cluster", None).version(denied()));
        });
    }
}
