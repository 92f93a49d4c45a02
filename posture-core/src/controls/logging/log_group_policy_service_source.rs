//! `logging.log-group-policy-service-source`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-policy-service-source",
    life: since("0.1.0"),
    title: "Account-level log resource policies restrict services to a source",
    finding: "Log policy allows a service without a source condition",
    keywords: &[
        "CloudWatch Logs",
        "resource policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Low,
    rationale: "A service acts for all its customers. Without a condition on the source, any of \
                them can have the service write to the log groups on their behalf.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on aws:SourceAccount or aws:SourceArn to each statement of \
                   the policy that allows a service.",
            console: "CloudShell → aws logs put-resource-policy",
            command: Change(
                "aws logs put-resource-policy --policy-name <policy> \
                             --policy-document file://<policy-with-SourceAccount.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("LOG-02", Supporting),
    ],
    test: no_entries!(
        LogPolicy.services_without_source,
        "delivery.logs.amazonaws.com",
        "no service without the account or resource it acts for",
    ),
};
