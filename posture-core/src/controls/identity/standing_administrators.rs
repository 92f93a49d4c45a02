//! `identity.standing-administrators`

use crate::checks::{directory, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.standing-administrators",
    life: since("0.1.0"),
    title: "Privileged Entra ID roles require PIM activation",
    finding: "Users hold privileged Entra roles without PIM activation",
    keywords: &[
        "Entra ID",
        "PIM",
        "Privileged Identity Management",
        "eligible assignment",
        "directory role",
        "break glass",
        "just-in-time access",
    ],
    severity: High,
    rationale: "A permanently active role is available to any attacker who takes over the \
                account.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Make the assignments eligible in Privileged Identity Management (PIM). List \
                   the emergency access accounts, which must keep active assignments, in \
                   `emergency-accounts`. The command lists the active assignments.",
            console: "Microsoft Entra ID → Identity Governance → Privileged Identity Management → Microsoft Entra roles → Assignments",
            command: Inspect(
                "az rest --method get --url \
                              https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/pim-how-to-add-role-to-user",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-10", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
        ccm41("IAM-05", Supporting),
        cis_azure6("5.3.4", Supporting),
        mcsb1("PA-2", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
    ],
    test: directory::only_named!(permanent_administrators, EMERGENCY, "none"),
};

static EMERGENCY: Names = Names {
    name: "emergency-accounts",
    doc: "The sign-in names of the emergency access accounts.",
    default: &[],
};
