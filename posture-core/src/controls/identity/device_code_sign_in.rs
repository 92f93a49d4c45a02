//! `identity.device-code-sign-in`

use crate::checks::sign_in;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.device-code-sign-in",
    life: since("0.1.0"),
    title: "Device code flow is blocked",
    finding: "Device code flow is not fully blocked",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "device code flow",
        "authentication flows",
        "phishing",
    ],
    severity: Medium,
    rationale: "An attacker can trick a user into entering the code of the attacker's device, \
                and MFA does not prevent this.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users, all resources and the \
                   authentication flow device code flow that blocks access. List required \
                   exclusions in `accepted-exclusions`.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Block device codes\", \"state\": \
                             \"enabled\", \"conditions\": {\"clientAppTypes\": [\"all\"], \
                             \"applications\": {\"includeApplications\": [\"All\"]}, \"users\": \
                             {\"includeUsers\": [\"All\"], \"excludeUsers\": \
                             [\"<emergency-account-id>\"]}, \"authenticationFlows\": \
                             {\"transferMethods\": \"deviceCodeFlow\"}}, \"grantControls\": \
                             {\"operator\": \"OR\", \"builtInControls\": [\"block\"]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-block-authentication-flows",
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-authentication-flows",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-13", Supporting),
        mcsb1("IM-7", Supporting),
    ],
    test: sign_in::by_policy!(device_codes_blocked, "a policy that blocks it for all users"),
};
