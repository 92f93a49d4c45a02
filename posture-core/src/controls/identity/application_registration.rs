//! `identity.application-registration`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "every user of the directory has the permission, whatever the task";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.application-registration",
    life: since("0.1.0"),
    title: "Users cannot register applications",
    finding: "Every user can register applications",
    keywords: &["Entra ID", "app registration", "authorization policy", "user settings"],
    severity: Medium,
    rationale: "An application has its own credentials and outlives the account of the user who \
                registered it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only administrative roles to register applications.",
            console: "Microsoft Entra ID → Users → User settings → Users can register applications",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"defaultUserRolePermissions\": {\"allowedToCreateApps\": \
                             false}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
        mcsb1("IM-3", Supporting),
    ],
    test: is_false!(Directory.users_register_applications, "every user", "administrators only"),
};
