//! `images.os-support`

use crate::checks::age::{ago, ahead};
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nobody fixes vulnerabilities of this release any more, except in a support that the user does not claim to have";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.os-support",
    life: since("0.1.0"),
    title: "The distribution of the image is supported",
    finding: "The distribution of the image is no longer supported",
    keywords: &["end of life", "EOL", "Debian", "Ubuntu", "Alpine", "base image"],
    severity: High,
    rationale: "After the end of support, vulnerabilities of the packages stay without a fix, and are no longer reported either.",
    remediation: &[(
        Image,
        Remedy {
            text: "Build the image on a release of the distribution that is supported. The command lists the files of the image.",
            console: "FROM",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://wiki.debian.org/DebianReleases",
        "https://ubuntu.com/about/release-cycle",
        "https://alpinelinux.org/releases/",
    ],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        csf20("ID.AM-08", Partial(SHOWS)),
        ccm41("TVM-08", Partial(SHOWS)),
        cis_docker18("4.4", Partial(shows::STEP)),
        nsa_kubernetes12("P3", Supporting),
        nsa_kubernetes12("U", Supporting),
    ],
    test: Test {
        reads: &[
            ContainerImage::DISTRIBUTION,
            ContainerImage::SUPPORT_ENDS,
            ContainerImage::EXTENDED_SUPPORT_ENDS,
        ],
        params: &[Param::Names(&EXTENDED)],
        check: Check::ContainerImage(check),
        examples: Examples {
            pass: |scope| scope.add(debian(ahead(30))),
            fail: |scope| scope.add(debian(ago(1))),
        },
    },
};

static EXTENDED: Names = Names {
    name: "extended-support",
    doc: "The distributions whose longer support is used, such as `debian` (LTS, by volunteers for a part of the packages) or `ubuntu` \
          (Pro, which needs a subscription). Their releases pass until its end.",
    default: &[],
};

fn debian(ends: Time) -> ContainerImage {
    ContainerImage::unread("image", "image", None)
        .distribution(Known(Some("debian 12".to_owned())))
        .support_ends(Known(Some(ends)))
        .extended_support_ends(Known(Some(ahead(400))))
}

fn check(image: &ContainerImage, context: &Context<'_>) -> CheckResult {
    let Some(name) = image.distribution.known()? else {
        return not_applicable("the image has no distribution");
    };
    let Some(regular) = image.support_ends.known()? else {
        return not_applicable("the distribution is updated without releases");
    };
    let today = context.now()?.day();
    if today <= regular.day() {
        return pass();
    }
    let id = name.split(' ').next().unwrap_or_default();
    let mut ends = *regular;
    if context.names(&EXTENDED).contains(&id)
        && let Some(extended) = image.extended_support_ends.known()?
    {
        if today <= extended.day() {
            return pass();
        }
        ends = *extended;
    }
    let found = format!("{name}, supported until {}", ends.day());
    fail(ContainerImage::DISTRIBUTION, found, "a release that is supported")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn the_last_day_passes_and_an_extended_support_has_to_be_claimed() {
        assert_passes(&CONTROL, |scope| scope.add(debian(ago(0))));
        assert_fails(&CONTROL, |scope| scope.add(debian(ago(1))));
        let extended = Value::Names(vec!["debian".to_owned()]);
        let with = |image: ContainerImage| {
            let world = world(|scope| scope.add(image));
            judged_with(&CONTROL, &world, &[("extended-support", extended.clone())])
        };
        assert_eq!(with(debian(ago(1)))[..], [Ok(Verdict::Pass)]);
        let over = debian(ago(90)).extended_support_ends(Known(Some(ago(1))));
        assert!(matches!(&with(over)[..], [Ok(Verdict::Fail(_))]));
        let none = debian(ago(90)).extended_support_ends(Known(None));
        assert!(matches!(&with(none)[..], [Ok(Verdict::Fail(_))]));
    }

    #[test]
    fn what_has_no_end_does_not_apply_and_an_unknown_release_is_unknown() {
        assert_not_applicable(&CONTROL, |scope| {
            scope.add(debian(ago(1)).distribution(Known(None)))
        });
        assert_not_applicable(&CONTROL, |scope| {
            scope.add(debian(ago(1)).support_ends(Known(None)))
        });
        assert_unknown(&CONTROL, |scope| scope.add(debian(ago(1)).support_ends(denied())));
        assert_unknown(&CONTROL, |scope| scope.add(debian(ago(1)).distribution(denied())));
    }
}
