//! `logging.log-group-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-tags",
    life: since("0.1.0"),
    title: "Log groups and workspaces have the required tags",
    finding: "Log group or workspace lacks a required tag",
    keywords: &["CloudWatch Logs", "log group", "Log Analytics", "workspace", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the records are.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the log group.",
                console: "CloudWatch → Logs → Log groups → the log group → Tags",
                command: Change(
                    "aws logs tag-resource --resource-arn <log-group-arn> --tags <tag>=<value>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the workspace. The command shows its tags.",
                console: "Log Analytics workspaces → the workspace → Tags",
                command: Inspect("az resource show --ids <workspace-id> --query tags"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        ccm41("DSP-06", Supporting),
        ccm41("DSP-04", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(LogGroup),
};
