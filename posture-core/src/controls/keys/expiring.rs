//! `keys.expiring`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.expiring",
    life: since("0.1.0"),
    title: "Key Vault keys are replaced before they expire",
    finding: "Key Vault key has expired or expires soon",
    keywords: &["Key Vault", "key", "expiration date", "key rotation"],
    severity: Medium,
    rationale: "Everything that needs the key fails on the day it expires, and then has to be \
                fixed in a hurry.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a new version of the key, or disable the key if it is not used anymore.",
            console: "Key vaults → the vault → Objects → Keys → the key → New version",
            command: Change("az keyvault key rotate --vault-name <vault> --name <key>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details#key-attributes",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-17", Supporting),
        mcsb1("DP-6", Supporting),
    ],
    test: Test {
        reads: &[Key::STATE, Key::EXPIRES],
        params: &[Param::Days(&MIN_LEFT)],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(example(Known(Some(ahead(7))))),
            fail: |scope| scope.keys.items.push(example(Known(Some(ahead(6))))),
        },
    },
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that the key must still be valid. Fewer days fail; exactly this many pass. The default is the latest time before expiration at which a rotation policy rotates.",
    default: 7,
};

fn check(key: &Key, context: &Context<'_>) -> CheckResult {
    if !*key.state.map(|state| *state == KeyState::Enabled).known()? {
        return not_applicable("it is disabled");
    }
    let days = context.days(&MIN_LEFT);
    let Some(expires) = key.expires.known()? else {
        return not_applicable("it never expires");
    };
    let now = context.now()?;
    if *expires <= now {
        return fail(Key::EXPIRES, format!("expired on {}", expires.day()), "a date in the future");
    }
    if -expires.days_before(now) >= i64::from(days) {
        return pass();
    }
    fail(
        Key::EXPIRES,
        format!("expires on {}", expires.day()),
        format!("at least {} left", counted(days, "day", "days")),
    )
}

fn ahead(days: i64) -> Time {
    Time::from_unix(EXAMPLE_TIME().unix() + days * 86_400)
}

fn example(expires: Fact<Option<Time>>) -> Key {
    Key::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/keys/own",
        "own",
        Some("westeurope"),
    )
    .state(Known(KeyState::Enabled))
    .expires(expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(ahead(7)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(6)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(0)))));
        assert_fails(&CONTROL, with(Known(Some(ahead(-1)))));
        assert_not_applicable(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn what_is_switched_off_is_left_out() {
        let past = || example(Known(Some(ahead(-1))));
        let put = |key: Key| move |scope: &mut Scope| scope.keys.items.push(key);
        assert_not_applicable(&CONTROL, put(past().state(Known(KeyState::Disabled))));
        assert_unknown(&CONTROL, put(past().state(denied())));
    }
}
