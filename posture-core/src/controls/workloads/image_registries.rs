//! `workloads.image-registries`

use crate::checks::{kubernetes, shows};
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the image is from a registry that the user did not name as allowed";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.image-registries",
    life: since("0.1.0"),
    title: "Images come from allowed registries",
    finding: "An image is from a registry that is not allowed",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "image",
        "registry",
        "supply chain",
        "allowed repositories",
    ],
    severity: Medium,
    rationale: "An image from an unknown registry is unknown code, with the permissions of the workload.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Copy the image to an allowed registry, and name it there. The command sets the image of a \
                   container.",
                console: "spec.template.spec.containers[*].image",
                command: Change(
                    "kubectl set image deployment/<name> <container>=<registry>/<image> --namespace <namespace>",
                ),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Copy the image to an allowed registry, and name it there. The command shows the settings of the container.",
                console: "services.<name>.image",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/containers/images/#image-names",
        "https://docs.docker.com/reference/compose-file/services/#image",
    ],
    satisfies: &[
        csf20("PR.PS-05", Partial(SHOWS)),
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Partial(SHOWS)),
        cis_kubernetes2("5.5.1", Supporting),
        cis_eks18("5.1.4", Partial(shows::STEP)),
        cis_aks18("5.1.4", Partial(shows::STEP)),
        nsa_kubernetes12("P3", Supporting),
        cis_docker18("4.2", Supporting),
    ],
    test: Test {
        reads: &[Workload::IMAGES],
        params: &[Param::Given(&ALLOWED)],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(&["app: registry.example/shop/web:1"])),
            fail: |scope| scope.add(web(&["app: registry.example/shop/web:1", "side: nginx"])),
        },
    },
};

static ALLOWED: Given = Given {
    name: "allowed-registries",
    doc: "The registries, or repositories in them, from which images may come: `registry.example`, `docker.io/library`, \
          `ghcr.io/example/web`. All that is below one is allowed. An image without a registry is from `docker.io`.",
    example: &["registry.example"],
    unset: "no registry is excluded: set `allowed-registries` under `[control.\"workloads.image-registries\"]` in posture.toml",
};

fn web(entries: &[&str]) -> Workload {
    let images = entries.iter().copied().collect();
    Workload::unread("Deployment/shop/web", "web", Some("shop")).images(Known(images))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    let allowed = context.given(&ALLOWED);
    let left = workload.images.known()?.without(|entry| {
        let name = kubernetes::Image::of(entry).repository();
        let is_in = |place: &str| {
            let place = place.trim_end_matches('/');
            name.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        allowed.iter().any(|place| is_in(place))
    });
    if !left.certain().is_empty() {
        return fail(Workload::IMAGES, left.evidence(), format!("from {}", allowed.join(", ")));
    }
    left.must_be_empty(Workload::IMAGES, "from an allowed registry")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn a_registry_is_compared_as_a_whole() {
        let judge = |allowed: &str, entry: &str| {
            let names = Value::Names(vec![allowed.to_owned()]);
            let world = world(|scope| scope.add(web(&[entry])));
            let judged = judged_with(&CONTROL, &world, &[("allowed-registries", names)]);
            matches!(&judged[..], [Ok(Verdict::Pass)])
        };
        assert!(judge("docker.io", "app: nginx"));
        assert!(judge("docker.io/library/", "app: nginx:1"));
        assert!(judge("docker.io/library", "app: index.docker.io/library/nginx"));
        assert!(!judge("docker.io/library", "app: someone/nginx"));
        assert!(judge("ghcr.io/example", "app: ghcr.io/example/web@sha256:00"));
        assert!(!judge("ghcr.io/example", "app: ghcr.io/example-2/web"));
        assert!(!judge("registry.example", "app: registry.example.attacker.example/web"));
        assert!(!judge("registry.example", "app: registry.example:5000/web"));
        assert!(judge("localhost:5000", "app: localhost:5000/web"));
        assert!(!judge("registry.example", "app: registry.example"));
        assert_unknown(&CONTROL, |scope| scope.add(web(&[]).images(denied())));
    }
}
