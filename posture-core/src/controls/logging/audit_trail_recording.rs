//! `logging.audit-trail-recording`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-recording",
    life: since("0.1.0"),
    title: "Every trail records, and the activity log is exported",
    finding: "Trail is off or the activity log is not exported",
    keywords: &[
        "CloudTrail",
        "trail",
        "StartLogging",
        "activity log",
        "Azure Monitor",
        "diagnostic setting",
    ],
    severity: High,
    rationale: "In a list, a trail that is turned off looks the same as one that records.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Start logging on the trail, or delete the trail if it is not needed.",
                console: "CloudTrail → Trails → the trail → Start logging",
                command: Change("aws cloudtrail start-logging --name <trail>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add a diagnostic setting to the subscription that sends its activity log \
                       to a Log Analytics workspace, a storage account or an event hub.",
                console: "Monitor → Activity log → Export Activity Logs → Add diagnostic setting",
                command: Change(
                    "az monitor diagnostic-settings subscription create --name \
                                 <name> --location <region> --workspace <workspace-id> --logs \
                                 '[{category:Administrative,enabled:true}]'",
                ),
            },
        ),
    ],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/diagnostic-settings",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-turning-off-logging.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("LOG-14", Supporting),
        cis_azure6("6.1.1.1", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: is_true!(AuditTrail.recording, "off, or not exported", "recording, or exported"),
};
