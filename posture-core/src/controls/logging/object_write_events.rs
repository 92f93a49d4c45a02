//! `logging.object-write-events`

use crate::checks::shows;
use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.object-write-events",
    life: since("0.1.0"),
    title: "S3 object writes are recorded in every bucket",
    finding: "No trail or event data store records all S3 object writes",
    keywords: &[
        "CloudTrail",
        "trail",
        "data events",
        "S3",
        "CloudTrail Lake",
        "event data store",
        "PutObject",
        "DeleteObject",
    ],
    severity: Medium,
    rationale: "Management events show who changed a bucket, but not who changed or deleted its \
                contents.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Configure a multi-region trail to record write data events of all S3 buckets.",
            console: "CloudTrail → Trails → the trail → Data events → Edit",
            command: Change(
                "aws cloudtrail put-event-selectors --trail-name <trail> \
                             --advanced-event-selectors file://<selectors.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-07", Supporting),
        ccm41("LOG-09", Supporting),
        // It asks it of each trail of all regions, and of no event data store.
        cis_aws7("4.8", Partial(shows::STEP)),
    ],
    test: trail::records_objects!(object_writes),
};
