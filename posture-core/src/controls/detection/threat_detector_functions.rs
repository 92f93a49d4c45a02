//! `detection.threat-detector-functions`

use crate::checks::detector::feature;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-functions",
    life: since("0.1.0"),
    title: "GuardDuty Lambda Protection is on",
    finding: "GuardDuty Lambda Protection is off",
    keywords: &["GuardDuty", "Lambda Protection", "Lambda", "serverless", "threat detection"],
    severity: Medium,
    rationale: "A compromised function shows in the hosts that it connects to.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty Lambda Protection in the region.",
            console: "GuardDuty → the region → Lambda Protection → Enable",
            command: Change(
                "aws guardduty update-detector --region <region> --detector-id \
                             <detector> --features \
                             '[{\"Name\":\"LAMBDA_NETWORK_LOGS\",\"Status\":\"ENABLED\"}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-01", Partial),
        csf20("DE.CM-09", Partial),
        ccm41("I&S-09", Supporting),
        fsbp("GuardDuty.6", Full),
    ],
    test: Test {
        reads: &[Detector::ENABLED, Detector::FUNCTIONS],
        params: &[],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(watching(Known(true))),
            fail: |scope| scope.detectors.items.push(watching(Known(false))),
        },
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    feature(detector, Detector::FUNCTIONS, &detector.functions)
}

fn watching(functions: Fact<bool>) -> Detector {
    Detector::unread(
        "arn:aws:guardduty:us-east-1:123456789012:detector/1",
        "us-east-1",
        Some("us-east-1"),
    )
    .enabled(Known(true))
    .functions(functions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(detector: Detector) -> impl FnOnce(&mut Scope) {
        move |scope| scope.detectors.items.push(detector)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(watching(Known(true))));
        assert_fails(&CONTROL, with(watching(Known(false))));
        assert_unknown(&CONTROL, with(watching(denied())));
        // Not every region has it.
        assert_not_applicable(&CONTROL, with(watching(NotOffered)));
    }

    #[test]
    fn a_detector_that_is_off_is_judged_once() {
        for on in [Known(true), Known(false), denied()] {
            assert_not_applicable(&CONTROL, with(watching(on.clone()).enabled(Known(false))));
            assert_unknown(&CONTROL, with(watching(on).enabled(denied())));
        }
    }
}
