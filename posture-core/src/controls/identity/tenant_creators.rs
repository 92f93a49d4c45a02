//! `identity.tenant-creators`

use crate::checks::directory;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.tenant-creators",
    life: since("0.1.0"),
    title: "Only approved users hold the Tenant Creator role",
    finding: "Unapproved user holds the Tenant Creator role",
    keywords: &["Entra ID", "Tenant Creator", "directory role", "PIM", "access review"],
    severity: Low,
    rationale: "The role assignment often outlasts its task. Its holder creates tenants in the \
                name of the organization and administers them alone.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the role from users who do not need it now, and list the others in \
                   `accepted-creators` after a review. The command lists the active assignments \
                   of the role.",
            console: "Microsoft Entra ID → Roles and administrators → Tenant Creator → Assignments",
            command: Inspect(
                "az rest --method get --url \
                              \"https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?\\$filter=roleDefinitionId \
                              eq '112ca1a2-15ad-4102-995e-45b0bc479a6a'\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference#tenant-creator",
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
    ],
    // It is visible whether anyone holds the role, but not whether anyone reviews it regularly.
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-08", Supporting),
        cis_azure6("5.3.6", Supporting),
        mcsb1("PA-4", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: directory::only_named!(tenant_creators, ACCEPTED, "only users in `accepted-creators`"),
};

static ACCEPTED: Names = Names {
    name: "accepted-creators",
    doc: "The sign-in names of the users who were found to need the role.",
    default: &[],
};
