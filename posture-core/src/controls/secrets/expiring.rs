//! `secrets.expiring`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "secrets.expiring",
    life: since("0.1.0"),
    title: "Key Vault secrets are replaced before they expire",
    finding: "Key Vault secret has expired or expires soon",
    keywords: &["Key Vault", "secret", "expiration date", "secret rotation"],
    severity: Medium,
    rationale: "Everything that needs the secret fails on the day it expires, and then has to be \
                fixed in a hurry.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a new version of the secret, or disable the secret if it is not used \
                   anymore.",
            console: "Key vaults → the vault → Objects → Secrets → the secret → New version",
            command: Change(
                "az keyvault secret set --vault-name <vault> --name <secret> --file \
                             <file> --expires <date>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-attributes",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("CEK-17", Supporting),
        mcsb1("IM-8", Supporting),
    ],
    test: Test {
        reads: &[Secret::ENABLED, Secret::EXPIRES],
        params: &[Param::Days(&MIN_LEFT)],
        check: Check::Secret(check),
        examples: Examples {
            pass: |scope| scope.secrets.items.push(example(Known(Some(ahead(30))))),
            fail: |scope| scope.secrets.items.push(example(Known(Some(ahead(29))))),
        },
    },
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that the secret must still be valid. Fewer days fail; exactly this many pass.",
    default: 30,
};

fn check(secret: &Secret, context: &Context<'_>) -> CheckResult {
    if !*secret.enabled.known()? {
        return not_applicable("it is disabled");
    }
    let days = context.days(&MIN_LEFT);
    let Some(expires) = secret.expires.known()? else {
        return not_applicable("it never expires");
    };
    let now = context.now()?;
    if *expires <= now {
        return fail(
            Secret::EXPIRES,
            format!("expired on {}", expires.day()),
            "a date in the future",
        );
    }
    if -expires.days_before(now) >= i64::from(days) {
        return pass();
    }
    fail(
        Secret::EXPIRES,
        format!("expires on {}", expires.day()),
        format!("at least {} left", counted(days, "day", "days")),
    )
}

fn ahead(days: i64) -> Time {
    Time::from_unix(EXAMPLE_TIME().unix() + days * 86_400)
}

fn example(expires: Fact<Option<Time>>) -> Secret {
    Secret::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/secrets/own",
        "own",
        Some("westeurope"),
    )
    .enabled(Known(true))
    .expires(expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.secrets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(ahead(30)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(29)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(0)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(-1)))));
        assert_not_applicable(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn what_is_switched_off_is_left_out() {
        let past = || example(Known(Some(ahead(-1))));
        let put = |secret: Secret| move |scope: &mut Scope| scope.secrets.items.push(secret);
        assert_not_applicable(&CONTROL, put(past().enabled(Known(false))));
        assert_unknown(&CONTROL, put(past().enabled(denied())));
    }
}
