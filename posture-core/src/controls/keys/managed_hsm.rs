//! `keys.managed-hsm`

use crate::checks::shows;
use crate::exception::Pattern;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the keys may be in the Managed HSM of another subscription, or need none. So the control decides nothing but
/// the row that asks for one where the user requires it.
pub(crate) static CONTROL: Control = Control {
    id: "keys.managed-hsm",
    life: since("0.1.0"),
    title: "Subscriptions that require a Managed HSM have one",
    finding: "Subscription has no working Managed HSM",
    keywords: &["Key Vault", "Managed HSM", "HSM", "FIPS 140", "single-tenant"],
    severity: Low,
    rationale: "The hardware behind a key vault is shared with other customers. Rules for payments \
                and some contracts ask for hardware that only the owner of the keys controls.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create and activate a Managed HSM, and move the keys. Where the HSM of another \
                   subscription has the keys, take this subscription out of the parameter. The \
                   command lists the Managed HSMs of the subscription.",
            console: "Azure Key Vault Managed HSMs → Create",
            command: Inspect("az resource list --resource-type Microsoft.KeyVault/managedHSMs"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/managed-hsm/overview",
        "https://learn.microsoft.com/en-us/azure/security/fundamentals/key-management-choose",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-10", Supporting),
        cis_azure6("8.3.10", Partial(shows::STEP)),
        mcsb1("DP-8", Supporting),
    ],
    test: Test {
        reads: &[Account::MANAGED_HSMS],
        params: &[Param::Given(&REQUIRED_IN)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.managed_hsms = Known(vec!["hsm".to_owned()]),
            fail: |scope| scope.account.managed_hsms = Known(Vec::new()),
        },
    },
};

static REQUIRED_IN: Given = Given {
    name: "required-in",
    doc: "The subscriptions whose keys must be in a Managed HSM, by ID or name; `*` stands for any text.",
    example: &["*"],
    unset: "no subscription requires a Managed HSM: set `required-in` under `[control.\"keys.managed-hsm\"]` in posture.toml",
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let requires = |name: &&str| {
        let pattern = Pattern::new(*name);
        pattern.matches(&context.scope.id) || pattern.matches(&account.name)
    };
    if !context.given(&REQUIRED_IN).iter().any(requires) {
        return not_applicable("the subscription requires no Managed HSM");
    }
    if !account.managed_hsms.known()?.is_empty() {
        return pass();
    }
    fail(Account::MANAGED_HSMS, "none", "at least one working Managed HSM")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn verdicts() {
        let with = |fact| move |scope: &mut Scope| scope.account.managed_hsms = fact;
        assert_passes(&CONTROL, with(Known(vec!["hsm".to_owned()])));
        assert_fails(&CONTROL, with(Known(Vec::new())));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn only_the_subscriptions_that_are_named_require_one() {
        let mut scope = world(|scope| scope.account.managed_hsms = Known(Vec::new()));
        "payments-eu".clone_into(&mut scope.account.name);
        let judge = |name: &str| {
            let names = Value::Names(vec![name.to_owned()]);
            judged_with(&CONTROL, &scope, &[("required-in", names)]).remove(0)
        };
        for named in ["payments-*", "123456789012"] {
            assert!(matches!(judge(named), Ok(Verdict::Fail(_))), "{named}");
        }
        assert!(matches!(judge("payments"), Ok(Verdict::NotApplicable(_))));
    }
}
