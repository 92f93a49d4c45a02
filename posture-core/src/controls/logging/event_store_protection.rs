//! `logging.event-store-protection`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.event-store-protection",
    life: since("0.1.0"),
    title: "Event stores refuse to be deleted",
    severity: Low,
    rationale: "Who deletes the store deletes the record of what happened.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on termination protection of the event data store.",
            console: "CloudTrail → Lake → Event data stores → the store → Change termination protection",
            command: "aws cloudtrail update-event-data-store --event-data-store <store> --termination-protection-enabled",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-eds-termination-protection.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Partial),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-10", Partial),
        ccm41("LOG-02", Partial),
    ],
    test: is_true!(EventStore.deletion_protection, "off", "on"),
};
