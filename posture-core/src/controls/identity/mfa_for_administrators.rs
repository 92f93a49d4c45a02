//! `identity.mfa-for-administrators`

use crate::checks::shows;
use crate::checks::sign_in;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.mfa-for-administrators",
    life: since("0.1.0"),
    title: "Administrators sign in with MFA",
    finding: "MFA is not required for every administrator sign-in",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "MFA",
        "security defaults",
        "administrator",
        "directory role",
    ],
    severity: Critical,
    rationale: "An attacker who takes over an administrator controls the tenant.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for the administrative roles that \
                   Microsoft lists, or for all users, and for all resources, that grants access \
                   only with MFA; or enable security defaults.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Require MFA for administrators\", \
                             \"state\": \"enabled\", \"conditions\": {\"clientAppTypes\": \
                             [\"all\"], \"applications\": {\"includeApplications\": [\"All\"]}, \
                             \"users\": {\"includeRoles\": [<role-ids>], \"excludeUsers\": \
                             [\"<emergency-account-id>\"]}}, \"grantControls\": {\"operator\": \
                             \"OR\", \"builtInControls\": [\"mfa\"]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-old-require-mfa-admin",
        "https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults",
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/security-emergency-access",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(shows::PASSWORD_ALONE)),
        ccm41("IAM-13", Partial(shows::PASSWORD_ALONE)),
        ccm41("IAM-10", Supporting),
        cis_azure6("5.1.3", Supporting),
        mcsb1("IM-6", Partial(shows::PASSWORD_ALONE)),
    ],
    test: sign_in::by_policy_or_defaults!(
        mfa_for_administrators,
        "a policy that requires MFA of every administrator, or security defaults"
    ),
};
