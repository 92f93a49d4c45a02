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
    test: Test {
        reads: &[
            Directory::LEGACY_PROTOCOLS_BLOCKED,
            Directory::SIGN_IN_RULES,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
            Directory::SECURITY_DEFAULTS,
        ],
        params: &[Param::Names(&sign_in::EXCEPTIONS)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(sign_in::rules(&[&[]]))),
            fail: |scope| scope.directories.items.push(example(sign_in::rules(&[&["a group"]]))),
        },
    },
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let rules = (Directory::LEGACY_PROTOCOLS_BLOCKED, &directory.legacy_protocols_blocked);
    sign_in::by_rules_or_defaults(
        directory,
        context,
        rules,
        "a policy that blocks them for all users, or security defaults",
    )
}

fn example(rules: Fact<Vec<SignInRule>>) -> Directory {
    sign_in::directory().legacy_protocols_blocked(rules).security_defaults(Known(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        sign_in::assert_rules_judged(&CONTROL, example);
    }

    #[test]
    fn security_defaults_are_another_way() {
        sign_in::assert_defaults_are_another_way(&CONTROL, example);
    }
}
