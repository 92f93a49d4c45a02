//! `identity.banned-passwords`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.banned-passwords",
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
    reads: &[Directory::BANNED_PASSWORDS],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(true))),
        fail: |scope| scope.directories.items.push(example(Known(false))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if *directory.banned_passwords.known()? {
        return pass();
    }
    fail(Directory::BANNED_PASSWORDS, "none", "a list that is enforced")
}

fn example(banned_passwords: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .banned_passwords(banned_passwords)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
