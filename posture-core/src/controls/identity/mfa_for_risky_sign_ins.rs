//! `identity.mfa-for-risky-sign-ins`

use crate::checks::sign_in;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.mfa-for-risky-sign-ins",
    life: since("0.1.0"),
    title: "Risky sign-ins require MFA",
    finding: "Fresh MFA is not required for every risky sign-in",
    keywords: &[
        "Entra ID",
        "Conditional Access",
        "MFA",
        "Entra ID Protection",
        "sign-in risk",
        "Entra ID P2",
    ],
    severity: Medium,
    rationale: "An attacker with a stolen session or password signs in from places where its \
                owner has never been.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Conditional Access policy for all users, all resources and the \
                   sign-in risk levels high and medium that grants access only with MFA and \
                   requires it every time. This requires Entra ID P2.",
            console: "Microsoft Entra ID → Security → Conditional Access → Policies → New policy",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies \
                             --body '{\"displayName\": \"Require MFA for risky sign-ins\", \
                             \"state\": \"enabled\", \"conditions\": {\"clientAppTypes\": \
                             [\"all\"], \"applications\": {\"includeApplications\": [\"All\"]}, \
                             \"users\": {\"includeUsers\": [\"All\"], \"excludeUsers\": \
                             [\"<emergency-account-id>\"]}, \"signInRiskLevels\": [\"high\", \
                             \"medium\"]}, \"grantControls\": {\"operator\": \"OR\", \
                             \"builtInControls\": [\"mfa\"]}, \"sessionControls\": \
                             {\"signInFrequency\": {\"isEnabled\": true, \"frequencyInterval\": \
                             \"everyTime\", \"authenticationType\": \
                             \"primaryAndSecondaryAuthentication\"}}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-risk-based-sign-in",
        "https://learn.microsoft.com/en-us/entra/id-protection/howto-identity-protection-configure-risk-policies",
        "https://learn.microsoft.com/en-us/graph/api/resources/signinfrequencysessioncontrol",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-13", Supporting),
        mcsb1("IM-7", Supporting),
        mcsb1("IM-6", Supporting),
    ],
    test: Test {
        reads: &[
            Directory::MFA_FOR_RISKY_SIGN_INS,
            Directory::SIGN_IN_RULES,
            Directory::SIGN_IN_EXCLUSIONS_DECIDED,
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
    let rules = (Directory::MFA_FOR_RISKY_SIGN_INS, &directory.mfa_for_risky_sign_ins);
    sign_in::by_rules(
        directory,
        context,
        rules,
        "a policy that requires fresh MFA at high and medium risk",
    )
}

fn example(rules: Fact<Vec<SignInRule>>) -> Directory {
    sign_in::directory().mfa_for_risky_sign_ins(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        sign_in::assert_rules_judged(&CONTROL, example);
    }
}
