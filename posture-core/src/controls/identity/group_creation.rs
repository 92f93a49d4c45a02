//! `identity.group-creation`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.group-creation",
    life: since("0.1.0"),
    title: "Users cannot create security groups",
    finding: "Every user can create security groups",
    keywords: &["Entra ID", "security group", "authorization policy", "user settings"],
    severity: Low,
    rationale: "Access is granted to groups. When any user can create a group and its owners \
                choose the members, access is granted without control.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only administrative roles to create security groups.",
            console: "Microsoft Entra ID → Users → User settings → Users can create security groups",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"defaultUserRolePermissions\": \
                             {\"allowedToCreateSecurityGroups\": false}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-06", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: is_false!(Directory.users_create_groups, "every user", "administrators only"),
};
