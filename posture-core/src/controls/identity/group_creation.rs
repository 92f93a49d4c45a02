//! `identity.group-creation`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.group-creation",
    life: since("0.1.0"),
    title: "Users cannot create security groups",
    severity: Low,
    rationale: "Access is given to groups. Groups that anybody makes, and whose owners \
                decide who is in them, are access that nobody manages.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Let only holders of certain administrative roles create security groups.",
            console: "Microsoft Entra ID → Users → User settings → Users can create security groups",
            command: "az rest --method patch --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy --body '{\"defaultUserRolePermissions\": {\"allowedToCreateSecurityGroups\": false}}'",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-06", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: is_false!(Directory.users_create_groups, "every user", "administrators only"),
};
