//! `identity.tenant-creation`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.tenant-creation",
    life: since("0.1.0"),
    title: "Users cannot create tenants",
    finding: "Every user can create tenants",
    keywords: &[
        "Entra ID",
        "tenant creation",
        "authorization policy",
        "user settings",
        "Tenant Creator",
    ],
    severity: Medium,
    rationale: "The user who creates a tenant administers it, and the policies of the \
                organization's tenant do not apply there.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only holders of the Tenant Creator role to create tenants.",
            console: "Microsoft Entra ID → Users → User settings → Restrict non-admin users from creating tenants",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"defaultUserRolePermissions\": \
                             {\"allowedToCreateTenants\": false}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-05", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: is_false!(Directory.users_create_tenants, "every user", "administrators only"),
};
