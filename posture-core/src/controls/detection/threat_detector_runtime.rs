//! `detection.threat-detector-runtime`

use crate::checks::detector::feature;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-runtime",
    life: since("0.1.0"),
    title: "GuardDuty Runtime Monitoring is on",
    finding: "GuardDuty Runtime Monitoring is off",
    keywords: &[
        "GuardDuty",
        "Runtime Monitoring",
        "EKS",
        "ECS",
        "EC2",
        "container",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Only a sensor inside the workload can see what its processes do.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty Runtime Monitoring in the region.",
            console: "GuardDuty → the region → Runtime Monitoring → Enable",
            command: Change(
                "aws guardduty update-detector --region <region> --detector-id \
                             <detector> --features \
                             '[{\"Name\":\"RUNTIME_MONITORING\",\"Status\":\"ENABLED\"}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.11", Full),
        fsbp("GuardDuty.7", Supporting),
        fsbp("GuardDuty.12", Partial),
        fsbp("GuardDuty.13", Partial),
    ],
    test: Test {
        reads: &[Detector::ENABLED, Detector::RUNTIME],
        params: &[],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(watching(Known(true))),
            fail: |scope| scope.detectors.items.push(watching(Known(false))),
        },
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    feature(detector, Detector::RUNTIME, &detector.runtime)
}

fn watching(runtime: Fact<bool>) -> Detector {
    Detector::unread(
        "arn:aws:guardduty:us-east-1:123456789012:detector/1",
        "us-east-1",
        Some("us-east-1"),
    )
    .enabled(Known(true))
    .runtime(runtime)
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
