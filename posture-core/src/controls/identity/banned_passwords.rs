//! `identity.banned-passwords`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.banned-passwords",
    life: since("0.1.0"),
    title: "A custom banned password list is enforced",
    finding: "Custom banned password list is not enforced",
    keywords: &["Entra ID", "password protection", "banned password list", "password"],
    severity: Medium,
    rationale: "An attacker who targets an organization tries its company, product and place \
                names first.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Enforce a custom banned password list with the names of your organization, \
                   its products and its places. The command shows the present settings.",
            console: "Microsoft Entra ID → Security → Authentication methods → Password protection",
            command: Inspect(
                "az rest --method get --url \
                              https://graph.microsoft.com/v1.0/groupSettings",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/authentication/tutorial-configure-custom-password-protection",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-02", Supporting),
        ccm41("IAM-14", Supporting),
        mcsb1("IM-6", Supporting),
    ],
    test: is_true!(Directory.banned_passwords, "none", "an enforced list"),
};
