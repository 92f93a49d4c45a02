//! `identity.security-defaults`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.security-defaults",
    life: since("0.1.0"),
    title: "Security defaults are enabled",
    finding: "Security defaults are disabled",
    keywords: &["Entra ID", "security defaults", "MFA", "legacy authentication"],
    severity: High,
    rationale: "Security defaults require all users to register for MFA, require administrators \
                to use it at every sign-in, and block legacy authentication.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Enable security defaults. They cannot be used together with Conditional \
                   Access: where Conditional Access policies protect at least as much, as the \
                   controls of MFA and legacy authentication show, add an exception.",
            console: "Microsoft Entra ID → Manage → Properties → Manage security defaults",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/identitySecurityDefaultsEnforcementPolicy \
                             --body '{\"isEnabled\": true}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults",
        "https://learn.microsoft.com/en-us/graph/api/resources/identitysecuritydefaultsenforcementpolicy",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-13", Supporting),
        cis_azure6("5.1.1", Full),
        mcsb1("IM-6", Supporting),
        mcsb1("IM-2", Supporting),
    ],
    test: is_true!(Directory.security_defaults, "off", "on"),
};
