//! `detection.threat-detector-storage`

use crate::checks::detector;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Bucket)])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.10", Full),
        cis_azure6("8.1.5.1", Full),
        mcsb1("DP-2", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Bucket)])
            .or_tool(Purpose::Threats),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Listed(Kind::Bucket)])
            .or_tool(Purpose::Threats),
    ],
    test: detector::watches!(object_storage),
};
