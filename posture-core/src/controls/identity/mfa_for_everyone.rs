//! `identity.mfa-for-everyone`

use crate::checks::shows;
use crate::checks::sign_in;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.mfa-for-everyone",
    life: since("0.1.0"),
    title: "Every user signs in to every application with MFA",
    finding: "MFA is not required for every user and application",
    keywords: &["Entra ID", "Conditional Access", "MFA", "multifactor authentication"],
    severity: High,
    rationale: "A password alone can be guessed, reused and phished, and every account is a way \
                in.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users and all resources that \
                   grants access only with MFA. Exclude only the emergency access accounts, and \
                   list them in `accepted-exclusions`. Security defaults are not enough: they \
                   require MFA of users who are not administrators only when Entra ID considers \
                   it necessary.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Require MFA\", \"state\": \"enabled\", \
                             \"conditions\": {\"clientAppTypes\": [\"all\"], \"applications\": \
                             {\"includeApplications\": [\"All\"]}, \"users\": {\"includeUsers\": \
                             [\"All\"], \"excludeUsers\": [\"<emergency-account-id>\"]}}, \
                             \"grantControls\": {\"operator\": \"OR\", \"builtInControls\": \
                             [\"mfa\"]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-all-users-mfa-strength",
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-grant",
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/security-emergency-access",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(shows::PASSWORD_ALONE)),
        ccm41("IAM-13", Partial(shows::PASSWORD_ALONE)),
        cis_azure6("5.1.3", Supporting),
        mcsb1("IM-6", Partial(shows::PASSWORD_ALONE)),
        mcsb1("IM-7", Supporting),
    ],
    test: sign_in::by_policy!(
        mfa_for_everyone,
        "a policy that requires MFA of all users for all applications"
    ),
};
