//! `logging.readers`

use crate::checks::workspace;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a large team may need them all. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "logging.readers",
    life: since("0.1.0"),
    title: "Few principals can read the logs of a workspace",
    finding: "Too many principals can read the logs of a workspace",
    keywords: &["Log Analytics", "workspace", "Log Analytics Reader", "access control", "logs"],
    severity: Low,
    rationale: "Logs hold names, addresses and sometimes secrets, and show an attacker what is watched and what \
                is not.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign Log Analytics Reader on the workspace to the group that needs it, and \
                   delete wider assignments, such as Reader on the subscription. The command \
                   lists the assignments on the workspace.",
            console: "Log Analytics workspaces → the workspace → Access control (IAM) → Role assignments",
            command: Inspect("az role assignment list --scope <workspace-id> --include-inherited"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/manage-access",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/fundamentals/roles-permissions-security",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-04", Supporting),
        ccm41("IAM-05", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: workspace::at_most!(readers, &MOST),
};

static MOST: Count = Count {
    name: "max-readers",
    doc: "The most principals that may read a workspace, permanently or eligible. More fail; exactly this many pass.",
    default: 10,
};
