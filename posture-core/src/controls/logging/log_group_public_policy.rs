//! `logging.log-group-public-policy`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-public-policy",
    life: since("0.1.0"),
    title: "Account-level log resource policies do not grant access to everyone",
    finding: "CloudWatch Logs resource policy grants access to everyone",
    keywords: &["CloudWatch Logs", "log group", "resource policy", "public access", "principal"],
    severity: Medium,
    rationale: "Any customer of AWS can have an AWS service write to the log groups: forged \
                records among those that an investigation relies on, at the account's expense.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the services that write logs as principals of the policy, and restrict \
                   each to your account with a condition on aws:SourceAccount.",
            console: "CloudShell → aws logs put-resource-policy",
            command: Change(
                "aws logs put-resource-policy --policy-name <policy> \
                             --policy-document file://<policy-with-named-services.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERYONE)),
        csf20("PR.PS-04", Supporting),
        ccm41("IAM-05", Partial(shows::EVERYONE)),
        ccm41("LOG-02", Supporting),
    ],
    test: no_entries!(LogPolicy.policy_public, "statement `Everyone`", "no grant to anyone",),
};
