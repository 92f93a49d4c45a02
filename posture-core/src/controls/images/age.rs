//! `images.age`

use crate::checks::age::ago;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.age",
    life: since("0.1.0"),
    title: "The image was built lately",
    finding: "The image was built long ago",
    keywords: &["created", "build date", "rebuild"],
    severity: Low,
    rationale: "An image that nobody builds anew has the versions of the day on which it was built.",
    remediation: &[(
        Image,
        Remedy {
            text: "Build the image anew on a schedule, on the newest base image. The command shows the configuration of the image.",
            console: "FROM",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md",
    ],
    satisfies: &[
        csf20("PR.PS-02", Supporting),
        ccm41("TVM-08", Supporting),
        cis_docker18("4.4", Supporting),
        nsa_kubernetes12("U", Supporting),
    ],
    test: Test {
        reads: &[ContainerImage::BUILT],
        params: &[Param::Days(&MAX_AGE)],
        check: Check::ContainerImage(check),
        examples: Examples {
            pass: |scope| scope.add(built(ago(180))),
            fail: |scope| scope.add(built(ago(181))),
        },
    },
};

static MAX_AGE: Days = Days {
    name: "max-age-days",
    doc: "The maximum number of days since the image was built. More days fail; exactly this many pass. No source names a number.",
    default: 180,
};

fn built(time: Time) -> ContainerImage {
    ContainerImage::unread("image", "image", None).built(Known(Some(time)))
}

fn check(image: &ContainerImage, context: &Context<'_>) -> CheckResult {
    let Some(built) = *image.built.known()? else {
        return not_applicable("the build left the time out");
    };
    let (built, days) = (context.past(built)?, context.days(&MAX_AGE));
    if !built.is_older_than_days(days, context.now()?) {
        return pass();
    }
    let expected = format!("built within the last {}", counted(days, "day", "days"));
    fail(ContainerImage::BUILT, format!("built {}", built.day()), expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::age::ahead;

    #[test]
    fn verdicts() {
        assert_not_applicable(&CONTROL, |scope| scope.add(built(ago(9)).built(Known(None))));
        assert_unknown(&CONTROL, |scope| scope.add(built(ago(9)).built(denied())));
        // A time in the future is not an age.
        assert_unknown(&CONTROL, |scope| scope.add(built(ahead(9))));
    }
}
