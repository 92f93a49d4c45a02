//! `identity.central-identity-provider`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.central-identity-provider",
    life: since("0.1.0"),
    title: "A central identity provider is connected to the account",
    finding: "No identity provider for sign-in is configured",
    keywords: &[
        "IAM",
        "IAM Identity Center",
        "SAML",
        "OpenID Connect",
        "OIDC",
        "SSO",
        "federation",
        "identity provider",
    ],
    severity: Medium,
    rationale: "A person who leaves loses all access at once only if accounts are managed in a \
                single place.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Connect the account to IAM Identity Center or to a SAML or OpenID Connect \
                   provider, and delete the IAM users that people sign in with.",
            console: "IAM → Identity providers",
            command: Change(
                "aws iam create-saml-provider --name <name> --saml-metadata-document \
                             file://<metadata.xml>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html"],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        csf20("PR.AA-04", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-03", Supporting),
        ccm41("IAM-12", Supporting),
        cis_aws7("2.19", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::IDENTITY_PROVIDERS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.identity_providers = Known(1),
            fail: |scope| scope.account.identity_providers = Known(0),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let value = account.identity_providers.known()?;
    if *value > 0 {
        return pass();
    }
    fail(Account::IDENTITY_PROVIDERS, "none", "at least one")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.identity_providers = Known(1));
        assert_fails(&CONTROL, |scope| scope.account.identity_providers = Known(0));
        assert_unknown(&CONTROL, |scope| scope.account.identity_providers = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.identity_providers = NotOffered);
    }
}
