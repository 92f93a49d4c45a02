//! `identity.mfa-for-management`
//!
//! The provider itself [demands MFA](https://learn.microsoft.com/en-us/entra/identity/authentication/concept-mandatory-multifactor-authentication)
//! for ever more of this; how far it has come in a tenant cannot be read, so that what the tenant demands is judged.

use crate::checks::shows;
use crate::checks::sign_in;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.mfa-for-management",
    life: since("0.1.0"),
    title: "Azure management requires MFA",
    finding: "MFA is not required for every Azure management sign-in",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "MFA",
        "security defaults",
        "Azure portal",
        "Windows Azure Service Management API",
    ],
    severity: High,
    rationale: "Many users have administrative permissions in subscriptions, independent of \
                their directory roles.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users and the Windows Azure \
                   Service Management API (in Azure Government, the Azure Government Cloud \
                   Management API) that grants access only with MFA; or enable security \
                   defaults.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Require MFA for Azure management\", \
                             \"state\": \"enabled\", \"conditions\": {\"clientAppTypes\": \
                             [\"all\"], \"applications\": {\"includeApplications\": \
                             [\"797f4846-ba00-4fd7-ba43-dac1f8f63013\"]}, \"users\": \
                             {\"includeUsers\": [\"All\"], \"excludeUsers\": \
                             [\"<emergency-account-id>\"]}}, \"grantControls\": {\"operator\": \
                             \"OR\", \"builtInControls\": [\"mfa\"]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-old-require-mfa-azure-mgmt",
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-cloud-apps",
        "https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults",
        "https://learn.microsoft.com/en-us/entra/identity/authentication/concept-mandatory-multifactor-authentication",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(shows::PASSWORD_ALONE)),
        ccm41("IAM-13", Partial(shows::PASSWORD_ALONE)),
        cis_azure6("5.1.3", Supporting),
        mcsb1("IM-6", Partial(shows::PASSWORD_ALONE)),
    ],
    test: sign_in::by_policy_or_defaults!(
        mfa_for_management,
        "a policy that requires MFA of all users for Azure management, or security defaults"
    ),
};
