//! `detection.threat-detector-storage`

use crate::checks::detector::feature;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.threat-detector-storage",
    life: since("0.1.0"),
    title: "Threat detection covers object storage",
    finding: "Threat detection does not fully cover object storage",
    keywords: &[
        "GuardDuty",
        "S3 Protection",
        "S3",
        "Defender for Storage",
        "Defender for Cloud",
        "storage account",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Data theft shows in the access to objects, which the log of management events \
                does not record.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on GuardDuty S3 Protection in the region.",
                console: "GuardDuty → the region → S3 Protection → Enable",
                command: Change(
                    "aws guardduty update-detector --region <region> --detector-id \
                                 <detector> --features \
                                 '[{\"Name\":\"S3_DATA_EVENTS\",\"Status\":\"ENABLED\"}]'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Turn on Defender for Storage in the subscription.",
                console: "Microsoft Defender for Cloud → Environment settings → the subscription \
                          → Defender plans → Storage",
                command: Change(
                    "az security pricing create --name StorageAccounts --tier \
                                 Standard --subplan DefenderForStorageV2",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/s3-protection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-storage-introduction",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.10", Full),
        cis_azure6("8.1.5.1", Full),
        mcsb1("DP-2", Partial),
        mcsb1("LT-1", Partial),
    ],
    test: Test {
        reads: &[Detector::ENABLED, Detector::OBJECT_STORAGE],
        params: &[],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(watching(Known(true))),
            fail: |scope| scope.detectors.items.push(watching(Known(false))),
        },
    },
};

fn check(detector: &Detector, _: &Context<'_>) -> Judged {
    feature(detector, Detector::OBJECT_STORAGE, &detector.object_storage)
}

fn watching(object_storage: Fact<bool>) -> Detector {
    Detector::unread(
        "arn:aws:guardduty:us-east-1:123456789012:detector/1",
        "us-east-1",
        Some("us-east-1"),
    )
    .enabled(Known(true))
    .object_storage(object_storage)
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
