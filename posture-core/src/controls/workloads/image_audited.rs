//! `workloads.image-audited`

use crate::ask::{Running, RunningImage};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.image-audited",
    life: since("0.1.0"),
    title: "The images that run were audited",
    finding: "An image runs that was not audited",
    keywords: &["Kubernetes", "pod", "image", "digest", "scan", "vulnerability", "imageID"],
    severity: Low,
    rationale: "What is in an image is known only of the very image that was examined. A tag may lead to another one than that \
                which runs, so that the digest decides.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Audit the images together with the cluster, by `posture audit kubernetes --images`. The command shows by which \
                   digests the nodes run images.",
            console: "status.containerStatuses[*].imageID",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ContainerStatus",
        "https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests",
    ],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        ccm41("TVM-03", Supporting),
        ccm41("TVM-06", Supporting),
        cis_eks18("5.1.1", Supporting),
        cis_aks18("5.1.1", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: Test {
        reads: &[Workload::RUNNING_IMAGES],
        params: &[],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(&[&entry('0')])),
            fail: |scope| scope.add(web(&[&entry('0'), &entry('1')])),
        },
    },
};

/// What is expected of a workload.
pub(crate) const EXPECTED: &str =
    "every image that runs was audited in the same run, by its digest";

const NO_IMAGES: &str =
    "no image was audited in this run: --images audits those that a cluster runs";

fn entry(digest: char) -> String {
    let digest = digest.to_string().repeat(64);
    format!("app: registry.example/shop/web@sha256:{digest} (linux/amd64)")
}

fn web(entries: &[&str]) -> Workload {
    let images = entries.iter().copied().collect();
    Workload::unread("Deployment/shop/web", "web", Some("shop")).running_images(Known(images))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    let NotOffered = workload.running_images else { return of_running(workload, context) };
    not_applicable("no object of the API shows which image of it runs: a manifest runs nothing")
}

fn of_running(workload: &Workload, context: &Context<'_>) -> CheckResult {
    let entries = workload.running_images.known()?;
    let open = entries.undecided();
    if entries.certain().is_empty() && open.is_none() {
        return not_applicable("no pod of it runs");
    }
    let images: Vec<RunningImage> =
        entries.certain().iter().filter_map(|entry| RunningImage::of(entry)).collect();
    // What has no digest was not put there by a collector.
    let open = open.or((images.len() < entries.certain().len()).then_some(GapId::NO_ANSWER));
    let open = open.and_then(|gap| context.scope.gap(gap)).cloned();
    context.audited(Running { images, open }, not_applicable(NO_IMAGES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_where_no_image_runs() {
        assert_not_applicable(&CONTROL, |scope| scope.add(web(&[])));
        assert_not_applicable(&CONTROL, |scope| scope.add(web(&[]).running_images(NotOffered)));
        assert_unknown(&CONTROL, |scope| scope.add(web(&[]).running_images(denied())));
        // A single scope has no image beside it.
        assert_not_applicable(&CONTROL, |scope| scope.add(web(&[&entry('0')])));
    }

    #[test]
    fn an_entry_has_a_digest_and_a_platform() {
        let image = RunningImage::of(&entry('a')).unwrap();
        assert_eq!(image.digest, format!("sha256:{}", "a".repeat(64)));
        assert_eq!(image.platform.as_deref(), Some("linux/amd64"));
        let bare = RunningImage::of("app: sha256:00").unwrap();
        assert_eq!((bare.digest.as_str(), bare.platform), ("sha256:00", None));
        for entry in ["app: registry.example:5000/web", "app: nginx:1", "app: nginx", "app: "] {
            // A tag looks like a digest, and no collector writes one.
            let found = RunningImage::of(entry);
            assert!(found.is_none() || entry == "app: nginx:1", "{entry}");
        }
    }
}
