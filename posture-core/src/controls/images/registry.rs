//! `images.registry`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the image is from a registry that the user did not name as allowed";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.registry",
    life: since("0.1.0"),
    title: "The image is from an allowed registry",
    finding: "The image is from a registry that is not allowed",
    keywords: &["registry", "repository", "supply chain", "allowed repositories"],
    severity: Medium,
    rationale: "An image from an unknown registry is unknown code.",
    remediation: &[(
        Image,
        Remedy {
            text: "Copy the image to an allowed registry, and use it from there. The command shows what is in a registry.",
            console: "FROM",
            command: Inspect("skopeo inspect docker://<image>"),
        },
    )],
    references: &["https://docs.docker.com/docker-hub/image-library/trusted-content/"],
    satisfies: &[
        csf20("PR.PS-05", Partial(SHOWS)),
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Partial(SHOWS)),
        cis_docker18("4.2", Partial(shows::STEP)),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: Test {
        reads: &[ContainerImage::REPOSITORY],
        params: &[Param::Given(&ALLOWED)],
        check: Check::ContainerImage(check),
        examples: Examples {
            pass: |scope| scope.add(of("registry.example/shop/web")),
            fail: |scope| scope.add(of("other.example/shop/web")),
        },
    },
};

static ALLOWED: Given = Given {
    name: "allowed-registries",
    doc: "The registries, or repositories in them, from which images may come: `registry.example`, `docker.io/library`. All that is \
          below one is allowed. Where an archive is from is not known.",
    example: &["registry.example"],
    unset: "no registry is excluded: set `allowed-registries` under `[control.\"images.registry\"]` in posture.toml",
};

fn of(repository: &str) -> ContainerImage {
    ContainerImage::unread("image", "image", None).repository(Known(repository.to_owned()))
}

fn check(image: &ContainerImage, context: &Context<'_>) -> CheckResult {
    let repository = image.repository.known()?;
    let allowed = context.given(&ALLOWED);
    let is_in = |place: &&str| {
        let rest = repository.strip_prefix(place.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if allowed.iter().any(is_in) {
        return pass();
    }
    fail(ContainerImage::REPOSITORY, repository.clone(), format!("from {}", allowed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_compared_as_a_whole() {
        assert_passes(&CONTROL, |scope| scope.add(of("registry.example")));
        assert_fails(&CONTROL, |scope| scope.add(of("registry.example.attacker.example/web")));
        assert_fails(&CONTROL, |scope| scope.add(of("registry.example:5000/web")));
        assert_unknown(&CONTROL, |scope| scope.add(of("").repository(denied())));
    }
}
