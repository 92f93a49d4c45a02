//! `identity.banned-passwords`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.banned-passwords",
    life: since("0.1.0"),
    title: "Words of the organisation are banned from passwords",
    severity: Medium,
    rationale: "Names of companies, products and places are the first that somebody tries \
                who knows whom to attack.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Enforce a custom list with the names of your organisation, its products and \
                   its places.",
            console: "Microsoft Entra ID → Security → Authentication methods → Password protection",
            command: "az rest --method get --url https://graph.microsoft.com/v1.0/groupSettings",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/authentication/tutorial-configure-custom-password-protection",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial),
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-02", Partial),
        ccm41("IAM-14", Partial),
        mcsb1("IM-6", Supporting),
    ],
    test: is_true!(Directory.banned_passwords, "none", "a list that is enforced"),
};
