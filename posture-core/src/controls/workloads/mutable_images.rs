//! `workloads.mutable-images`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "which image runs is decided when a container starts, and not by the workload";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.mutable-images",
    life: since("0.1.0"),
    title: "Images are named by a fixed tag or a digest",
    finding: "An image is named by a tag that moves",
    keywords: &["Kubernetes", "Docker", "Compose", "pod", "image", "tag", "latest", "digest"],
    severity: Medium,
    rationale: "Behind a tag such as `latest` is another image tomorrow. What runs is not what was tested, and two containers of one service can differ.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Name the image by its digest, or by a tag that is never moved. The command sets the image of \
                   a container.",
                console: "spec.template.spec.containers[*].image",
                command: Change(
                    "kubectl set image deployment/<name> <container>=<image>@<digest> --namespace <namespace>",
                ),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Name the image by its digest, or by a tag that is never moved. The command shows the settings of the container.",
                console: "services.<name>.image",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/containers/images/#image-names",
        "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    ],
    satisfies: &[
        csf20("ID.RA-09", Partial(SHOWS)),
        csf20("PR.PS-01", Supporting),
        ccm41("AIS-06", Partial(SHOWS)),
        ccm41("CCC-04", Supporting),
        nsa_kubernetes12("P3", Supporting),
        cis_docker18("5.28", Supporting),
        cis_docker18("4.2", Supporting),
    ],
    test: Test {
        reads: &[Workload::IMAGES],
        params: &[Param::Names(&MOVING)],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(&["app: nginx:1.27"])),
            fail: |scope| scope.add(web(&["app: nginx:1.27", "side: nginx"])),
        },
    },
};

static MOVING: Names = Names {
    name: "moving-tags",
    doc: "The tags that move from image to image. `*` stands for every tag: then only a digest passes. An image without a tag has the \
          tag `latest`.",
    default: &["latest"],
};

fn web(entries: &[&str]) -> Workload {
    let images = entries.iter().copied().collect();
    Workload::unread("Deployment/shop/web", "web", Some("shop")).images(Known(images))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    let moving = context.names(&MOVING);
    let left = workload.images.known()?.without(|entry| {
        let image = kubernetes::Image::of(entry);
        let moves = |tag: &str| moving.iter().any(|one| *one == "*" || *one == tag);
        image.has_digest || !moves(image.tag.unwrap_or("latest"))
    });
    left.must_be_empty(Workload::IMAGES, "a digest, or a tag that does not move")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn a_digest_decides_whatever_the_tag() {
        let digest = format!("app: nginx:latest@sha256:{}", "0".repeat(64));
        assert_passes(&CONTROL, |scope| scope.add(web(&[&digest])));
        assert_fails(&CONTROL, |scope| scope.add(web(&["app: nginx:latest"])));
        // The port of a registry is not a tag.
        assert_fails(&CONTROL, |scope| scope.add(web(&["app: registry.example:5000/web"])));
        assert_passes(&CONTROL, |scope| scope.add(web(&["app: registry.example:5000/web:1"])));
        assert_unknown(&CONTROL, |scope| scope.add(web(&[]).images(denied())));
        let every = [("moving-tags", Value::Names(vec!["*".to_owned()]))];
        let judged =
            |entry: &str| judged_with(&CONTROL, &world(|scope| scope.add(web(&[entry]))), &every);
        assert!(matches!(&judged("app: nginx:1.27")[..], [Ok(Verdict::Fail(_))]));
        assert_eq!(judged(&digest), [Ok(Verdict::Pass)]);
    }
}
