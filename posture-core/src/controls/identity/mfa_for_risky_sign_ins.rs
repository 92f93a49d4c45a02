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
    test: sign_in::by_policy!(
        mfa_for_risky_sign_ins,
        "a policy that requires fresh MFA at high and medium risk"
    ),
};
