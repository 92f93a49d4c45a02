//! `identity.legacy-protocols`

use crate::checks::sign_in;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a legacy protocol cannot ask for a second factor, so that a password alone \
                     signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.legacy-protocols",
    life: since("0.1.0"),
    title: "Legacy authentication is blocked",
    finding: "Legacy authentication is not fully blocked",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "legacy authentication",
        "security defaults",
        "Exchange ActiveSync",
        "IMAP",
        "POP",
        "SMTP",
    ],
    severity: High,
    rationale: "Legacy protocols do not support MFA, so a stolen password is enough to sign in, \
                even if other policies require MFA.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users, all resources and the \
                   client apps Exchange ActiveSync and Other clients that blocks access, or \
                   enable security defaults.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Block legacy authentication\", \
                             \"state\": \"enabled\", \"conditions\": {\"clientAppTypes\": \
                             [\"exchangeActiveSync\", \"other\"], \"applications\": \
                             {\"includeApplications\": [\"All\"]}, \"users\": {\"includeUsers\": \
                             [\"All\"], \"excludeUsers\": [\"<emergency-account-id>\"]}}, \
                             \"grantControls\": {\"operator\": \"OR\", \"builtInControls\": \
                             [\"block\"]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-block-legacy-authentication",
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions",
        "https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-13", Partial(SHOWS)),
        mcsb1("IM-7", Partial(SHOWS)),
        mcsb1("IM-6", Supporting),
    ],
    test: sign_in::by_policy_or_defaults!(
        legacy_protocols_blocked,
        "a policy that blocks them for all users, or security defaults"
    ),
};
