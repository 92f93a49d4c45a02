//! `logging.recorder`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "neither AWS Config nor a declared tool sees a change of every type of \
                     resource";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.recorder",
    life: since("0.1.0"),
    title: "AWS Config records every resource type in every region",
    finding: "AWS Config recorder is off, incomplete or failing",
    keywords: &["AWS Config", "configuration recorder", "delivery channel", "region"],
    severity: High,
    rationale: "Without a record of past configurations, a change cannot be found or undone.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on AWS Config in the region for all resource types, with a delivery \
                   channel. If the region has a recorder and a delivery channel, the last \
                   command is enough.",
            console: "AWS Config → the region → Settings → Start recording",
            command: Change(
                "aws configservice put-configuration-recorder \
                             --configuration-recorder file://<recorder.json> --region <region> \
                             && aws configservice put-delivery-channel --delivery-channel \
                             file://<channel.json> --region <region> && aws configservice \
                             start-configuration-recorder --configuration-recorder-name \
                             <recorder> --region <region>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/config-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("ID.AM-02", Supporting),
        csf20("ID.RA-07", Supporting),
        ccm41("CCC-07", Partial(SHOWS)).or_tool(Purpose::Configuration),
        ccm41("DCS-07", Supporting),
        ccm41("CCC-06", Supporting),
        cis_aws7("4.3", Partial(shows::STEP)),
        fsbp("Config.1", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[
            Recorder::RECORDING,
            Recorder::ALL_TYPES,
            Recorder::DELIVERS,
            Recorder::LAST_ERROR,
        ],
        params: &[],
        check: Check::Recorder(check),
        examples: Examples {
            pass: |scope| scope.recorders.items.push(recorder()),
            fail: |scope| scope.recorders.items.push(recorder().recording(Known(false))),
        },
    },
};

fn check(recorder: &Recorder, _: &Context<'_>) -> CheckResult {
    // One certain lack outranks what could not be read of the rest.
    for (fact, good, found, expected) in [
        (Recorder::RECORDING, recorder.recording.clone(), "off", "recording"),
        (
            Recorder::ALL_TYPES,
            recorder.all_types.clone(),
            "some resource types",
            "every resource type",
        ),
        (
            Recorder::DELIVERS,
            recorder.delivers.clone(),
            "no delivery channel",
            "a delivery channel",
        ),
    ] {
        if good == Known(false) {
            return fail(fact, found, expected);
        }
    }
    if let Known(Some(error)) = &recorder.last_error {
        return fail(Recorder::LAST_ERROR, error.clone(), "no error");
    }
    recorder.recording.known()?;
    recorder.all_types.known()?;
    recorder.delivers.known()?;
    recorder.last_error.known()?;
    pass()
}

fn recorder() -> Recorder {
    Recorder::unread(
        "arn:aws:config:us-east-1:123456789012:configuration-recorder",
        "us-east-1",
        Some("us-east-1"),
    )
    .recording(Known(true))
    .all_types(Known(true))
    .delivers(Known(true))
    .last_error(Known(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(recorder: Recorder) -> impl FnOnce(&mut Scope) {
        move |scope| scope.recorders.items.push(recorder)
    }

    #[test]
    fn each_part_is_needed() {
        assert_passes(&CONTROL, with(recorder()));
        assert_fails(&CONTROL, with(recorder().recording(Known(false))));
        assert_fails(&CONTROL, with(recorder().all_types(Known(false))));
        assert_fails(&CONTROL, with(recorder().delivers(Known(false))));
        assert_fails(&CONTROL, with(recorder().last_error(Known(Some("AccessDenied".to_owned())))));
        assert_fails(&CONTROL, with(recorder().recording(denied()).delivers(Known(false))));
        assert_unknown(&CONTROL, with(recorder().recording(denied())));
        assert_unknown(&CONTROL, with(recorder().all_types(denied())));
        assert_unknown(&CONTROL, with(recorder().delivers(denied())));
        assert_unknown(&CONTROL, with(recorder().last_error(denied())));
    }

    #[test]
    fn a_region_that_is_off_fails_beside_one_that_is_on() {
        assert_fails(&CONTROL, |scope| {
            scope.recorders.items =
                vec![recorder(), Recorder { id: "b".into(), ..recorder() }.recording(Known(false))];
        });
    }
}
