//! `workloads.system-namespace`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.system-namespace",
    life: since("0.1.0"),
    title: "Only known workloads are in kube-system",
    finding: "An unknown workload is in kube-system",
    keywords: &["Kubernetes", "pod", "namespace", "kube-system"],
    severity: Medium,
    rationale: "`kube-system` holds the service accounts of the control plane. A workload there can often \
                use them, and policies usually exempt the namespace.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Move the workload to another namespace, or add its name to `system-workloads`. The command \
                   lists the workloads of the namespace.",
            console: "metadata.namespace",
            command: Inspect(
                "kubectl get deployments,daemonsets,statefulsets --namespace kube-system",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-06", Supporting),
        cis_kubernetes2("5.6.1", Supporting),
        cis_eks18("4.5.1", Supporting),
        cis_aks18("4.6.1", Supporting),
        nsa_kubernetes12("N1", Supporting),
    ],
    test: Test {
        reads: &[Workload::NAMESPACE],
        params: &[Param::Names(&SYSTEM)],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(deployment("kube-system", "coredns")),
            fail: |scope| scope.add(deployment("kube-system", "web")),
        },
    },
};

/// The workloads that distributions install, by name. Those of a provider begin with its name.
/// [Addons](https://kubernetes.io/docs/concepts/cluster-administration/addons/), read on 2026-11-30.
static SYSTEM: Names = Names {
    name: "system-workloads",
    doc: "The names of the workloads that belong to the namespace `kube-system`. A `*` at the end stands for any rest.",
    default: &[
        "aws-*",
        "azure-*",
        "calico-*",
        "canal*",
        "cilium*",
        "cloud-node-manager*",
        "coredns*",
        "csi-*",
        "ebs-csi-*",
        "efs-csi-*",
        "eks-*",
        "gke-*",
        "kindnet*",
        "konnectivity-agent*",
        "kube-dns*",
        "kube-flannel*",
        "kube-proxy*",
        "kube-router",
        "local-path-provisioner",
        "metrics-server*",
        "node-local-dns",
        "snapshot-controller",
        "traefik",
        "weave-net",
    ],
};

fn deployment(namespace: &str, name: &str) -> Workload {
    Workload::unread(format!("Deployment/{namespace}/{name}"), name, Some(namespace))
        .namespace(Known(namespace.to_owned()))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    if workload.namespace.known()? != "kube-system" {
        return not_applicable("the workload is in another namespace");
    }
    let known = context.names(&SYSTEM);
    let is_known = known.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => workload.name.starts_with(start),
        None => *known == workload.name,
    });
    if is_known {
        return pass();
    }
    fail(Workload::NAMESPACE, "kube-system", "another namespace, or a name of `system-workloads`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unknown_names_in_the_namespace_fail() {
        for name in ["coredns", "aws-node", "kube-proxy"] {
            assert_passes(&CONTROL, |scope| scope.add(deployment("kube-system", name)));
        }
        // Without a `*`, the name is whole.
        assert_fails(&CONTROL, |scope| scope.add(deployment("kube-system", "weave-net-2")));
        assert_not_applicable(&CONTROL, |scope| scope.add(deployment("shop", "web")));
        let open = deployment("kube-system", "web").namespace(denied());
        assert_unknown(&CONTROL, |scope| scope.add(open));
    }
}
