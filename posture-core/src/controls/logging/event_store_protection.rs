//! `logging.event-store-protection`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.event-store-protection",
    life: since("0.1.0"),
    title: "Event data stores have termination protection",
    finding: "Termination protection is off",
    keywords: &["CloudTrail Lake", "event data store", "termination protection"],
    severity: Low,
    rationale: "Deleting the event data store deletes the recorded events.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on termination protection for the event data store.",
            console: "CloudTrail → Lake → Event data stores → the store → Change termination protection",
            command: Change(
                "aws cloudtrail update-event-data-store --event-data-store <store> \
                             --termination-protection-enabled",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-eds-termination-protection.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-10", Supporting),
        ccm41("LOG-02", Supporting),
    ],
    test: is_true!(EventStore.deletion_protection, "off", "on"),
};
