//! `logging.erasers`

use crate::checks::workspace;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a large team may need them all. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.erasers",
    life: since("0.1.0"),
    title: "Few principals can erase the logs of a workspace",
    finding: "Too many principals can erase the logs of a workspace",
    keywords: &["Log Analytics", "workspace", "Data Purger", "purge", "Contributor", "logs"],
    severity: Medium,
    rationale: "Anyone who can purge a workspace, delete its records or the workspace itself, removes the traces of \
                an attack.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Replace Contributor and Log Analytics Contributor on the workspace, its resource \
                   group and the subscription by roles that only read, or move the workspace to a \
                   separate subscription. The command lists the assignments on the workspace.",
            console: "Log Analytics workspaces → the workspace → Access control (IAM) → Role assignments",
            command: Inspect("az role assignment list --scope <workspace-id> --include-inherited"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/manage-access",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/personal-data-mgmt",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("LOG-10", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: workspace::at_most!(erasers, &MOST),
};

static MOST: Count = Count {
    name: "max-erasers",
    doc: "The most principals that may erase records of a workspace, permanently or eligible. More fail; exactly this many pass.",
    default: 5,
};
