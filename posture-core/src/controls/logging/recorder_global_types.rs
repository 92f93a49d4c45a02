//! `logging.recorder-global-types`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "neither AWS Config nor a declared tool sees a change of every type of \
                     resource";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.recorder-global-types",
    life: since("0.1.0"),
    title: "AWS Config records global resource types in one region",
    finding: "No AWS Config recorder records global resource types",
    keywords: &["AWS Config", "configuration recorder", "global resource types", "IAM"],
    severity: Medium,
    rationale: "Users, roles and policies are global resources: a recorder has to be configured \
                to include them.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Configure the recorder of one region to include global resource types.",
            console: "AWS Config → the region → Settings → Include globally recorded resource types",
            command: Change(
                "aws configservice put-configuration-recorder \
                             --configuration-recorder file://<recorder.json> --region <region>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("ID.RA-07", Supporting),
        ccm41("CCC-07", Partial(SHOWS)).or_tool(Purpose::Configuration),
        ccm41("IAM-06", Supporting),
        cis_aws7("4.3", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Recorder::RECORDING, Recorder::GLOBAL_TYPES],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.recorders.items.push(recorder("us-east-1", true));
                scope.recorders.items.push(recorder("eu-west-1", false));
            },
            fail: |scope| scope.recorders.items.push(recorder("eu-west-1", false)),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let takes_in = |recorder: &Recorder| recorder.recording.clone() & recorder.global_types.clone();
    if *context.scope.recorders.any(takes_in).known()? {
        return pass();
    }
    fail(
        Recorder::GLOBAL_TYPES,
        "no recorder includes them",
        "a recorder in one region that includes them",
    )
}

fn recorder(region: &str, global: bool) -> Recorder {
    let id = format!("arn:aws:config:{region}:123456789012:configuration-recorder");
    Recorder::unread(id, region, Some(region)).recording(Known(true)).global_types(Known(global))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(recorders: Vec<Recorder>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.recorders = Listing::complete(recorders)
    }

    #[test]
    fn one_region_is_enough() {
        let (on, off) = (|| recorder("a", true), || recorder("b", false));
        assert_passes(&CONTROL, with(vec![on(), off()]));
        assert_fails(&CONTROL, with(vec![off()]));
        assert_fails(&CONTROL, with(vec![on().recording(Known(false))]));
        assert_unknown(&CONTROL, with(vec![off(), on().recording(denied())]));
        assert_unknown(&CONTROL, with(vec![off().global_types(denied())]));
        assert_passes(&CONTROL, with(vec![on(), off().global_types(denied())]));
    }
}
