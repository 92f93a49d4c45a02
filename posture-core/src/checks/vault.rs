//! What the keys and the secrets of vaults have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// The test of a control that checks whether the objects in a vault with one access model expire.
macro_rules! expires {
    ($kind:ident.$state:ident, $way:ident) => {
        pastey::paste! {
            Test {
                reads: &[
                    $kind::[<$state:upper>],
                    $kind::VAULT_ACCESS,
                    $kind::EXPIRES,
                ],
                params: &[],
                check: Check::$kind(|held, _| vault::has_end(held, VaultAccess::$way, $kind::EXPIRES)),
                examples: Examples {
                    pass: |scope| {
                        let example = <$kind as vault::Held>::example(VaultAccess::$way);
                        scope.add(example.expires(Known(Some(EXAMPLE_TIME()))));
                    },
                    fail: |scope| {
                        let example = <$kind as vault::Held>::example(VaultAccess::$way);
                        scope.add(example.expires(Known(None)));
                    },
                },
            }
        }
    };
}
pub(crate) use expires;

/// The test of a control that checks for how many days what is enabled is still valid, by the parameter.
macro_rules! valid_for {
    ($kind:ident.$state:ident, $least:expr) => {
        pastey::paste! {
            Test {
                reads: &[$kind::[<$state:upper>], $kind::EXPIRES],
                params: &[Param::Days(&$least)],
                check: Check::$kind(|held, context| {
                    vault::lasts(held, $kind::EXPIRES, context.days(&$least), context)
                }),
                examples: Examples {
                    pass: |scope| {
                        let example = <$kind as vault::Held>::example(VaultAccess::Roles);
                        let last = $crate::checks::age::ahead(i64::from($least.default));
                        scope.add(example.expires(Known(Some(last))));
                    },
                    fail: |scope| {
                        let example = <$kind as vault::Held>::example(VaultAccess::Roles);
                        let early = $crate::checks::age::ahead(i64::from($least.default) - 1);
                        scope.add(example.expires(Known(Some(early))));
                    },
                },
            }
        }
    };
}
pub(crate) use valid_for;

/// An object in a vault.
pub(crate) trait Held {
    /// One that is enabled, in a vault with this access model.
    fn example(access: VaultAccess) -> Self;
    /// Whether it is switched on.
    fn enabled(&self) -> Fact<bool>;
    /// How access to its vault is granted.
    fn vault_access(&self) -> &Fact<VaultAccess>;
    /// When it expires.
    fn expires(&self) -> &Fact<Option<Time>>;
}

impl Held for Key {
    fn example(access: VaultAccess) -> Self {
        Self::unread(
            "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/keys/own",
            "own",
            Some("westeurope"),
        )
        .state(Known(KeyState::Enabled))
        .vault_access(Known(access))
    }

    fn enabled(&self) -> Fact<bool> {
        self.state.map(|state| *state == KeyState::Enabled)
    }

    fn vault_access(&self) -> &Fact<VaultAccess> {
        &self.vault_access
    }

    fn expires(&self) -> &Fact<Option<Time>> {
        &self.expires
    }
}

impl Held for Secret {
    fn example(access: VaultAccess) -> Self {
        Self::unread(
            "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/secrets/own",
            "own",
            Some("westeurope"),
        )
        .enabled(Known(true))
        .vault_access(Known(access))
    }

    fn enabled(&self) -> Fact<bool> {
        self.enabled.clone()
    }

    fn vault_access(&self) -> &Fact<VaultAccess> {
        &self.vault_access
    }

    fn expires(&self) -> &Fact<Option<Time>> {
        &self.expires
    }
}

/// Judges whether an object in a vault with this access model expires.
pub(crate) fn has_end(held: &impl Held, access: VaultAccess, fact: FactId) -> CheckResult {
    if let Some(why) = left_out(&held.enabled(), held.vault_access(), access)? {
        return not_applicable(why);
    }
    match held.expires().known()? {
        Some(_) => pass(),
        None => fail(fact, "never", "a date"),
    }
}

/// Judges for how many days what is enabled is still valid.
pub(crate) fn lasts(
    held: &impl Held,
    fact: FactId,
    days: u32,
    context: &Context<'_>,
) -> CheckResult {
    if !*held.enabled().known()? {
        return not_applicable("it is disabled");
    }
    let Some(expires) = held.expires().known()? else {
        return not_applicable("it never expires");
    };
    let now = context.now()?;
    if *expires <= now {
        return fail(fact, format!("expired on {}", expires.day()), "a date in the future");
    }
    if -expires.days_before(now) >= i64::from(days) {
        return pass();
    }
    fail(
        fact,
        format!("expires on {}", expires.day()),
        format!("at least {} left", counted(days, "day", "days")),
    )
}

/// Why a control for vaults of one access model does not judge a key or secret, if it does not. One certain
/// reason outranks what could not be read of the other.
pub(crate) fn left_out(
    enabled: &Fact<bool>,
    access: &Fact<VaultAccess>,
    judged: VaultAccess,
) -> Result<Option<&'static str>, Undecided> {
    if *enabled == Known(false) {
        return Ok(Some("it is disabled"));
    }
    if let Known(access) = access
        && *access != judged
    {
        return Ok(Some(match access {
            VaultAccess::Roles => "its vault uses Azure RBAC",
            VaultAccess::AccessPolicies => "its vault uses access policies",
        }));
    }
    enabled.known()?;
    access.known()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::checks::age;
    use crate::controls::{keys, secrets};

    const CONTROLS: &[(&Control, VaultAccess)] = &[
        (&keys::expiry_in_policy_vault::CONTROL, VaultAccess::AccessPolicies),
        (&keys::expiry_in_role_vault::CONTROL, VaultAccess::Roles),
        (&secrets::expiry_in_policy_vault::CONTROL, VaultAccess::AccessPolicies),
        (&secrets::expiry_in_role_vault::CONTROL, VaultAccess::Roles),
    ];

    /// The fact that shows whether it is enabled, with the value for disabled.
    fn off(control: &Control) -> (FactId, Fact<Value>) {
        match control.test.check {
            Check::Key(_) => (Key::STATE, Known(json!(KeyState::Disabled))),
            _ => (Secret::ENABLED, Known(json!(false))),
        }
    }

    fn of(control: &Control, fact: &str) -> FactId {
        control.test.check.kind().fact(fact).unwrap()
    }

    #[test]
    fn what_has_an_end_passes() {
        for (control, _) in CONTROLS {
            let expires = of(control, "expires");
            assert_passes(control, but(control, []));
            assert_fails(control, but(control, [(expires, Known(json!(null)))]));
            assert_unknown(control, but(control, [(expires, denied())]));
        }
    }

    #[test]
    fn other_vaults_and_what_is_switched_off_are_left_out() {
        for (control, way) in CONTROLS {
            let endless = || (of(control, "expires"), Known(json!(null)));
            let access = of(control, "vault_access");
            let (state, off) = off(control);
            let other = match way {
                VaultAccess::Roles => VaultAccess::AccessPolicies,
                VaultAccess::AccessPolicies => VaultAccess::Roles,
            };
            let other = || (access, Known(json!(other)));
            assert_not_applicable(control, but(control, [endless(), (state, off.clone())]));
            assert_not_applicable(control, but(control, [endless(), other()]));
            // One certain reason will do.
            assert_not_applicable(control, but(control, [endless(), other(), (state, denied())]));
            assert_not_applicable(
                control,
                but(control, [endless(), (state, off), (access, denied())]),
            );
            assert_unknown(control, but(control, [endless(), (state, denied())]));
            assert_unknown(control, but(control, [endless(), (access, denied())]));
        }
    }

    #[test]
    fn as_many_days_as_the_parameter_asks_are_left() {
        let controls: [(&Control, i64); 2] =
            [(&keys::expiring::CONTROL, 7), (&secrets::expiring::CONTROL, 30)];
        for (control, least) in controls {
            let expires = of(control, "expires");
            let with = |days| but(control, [(expires, Known(json!(age::ahead(days))))]);
            assert_passes(control, with(least));
            for days in [least - 1, 0, -1] {
                assert_fails(control, with(days));
            }
            assert_not_applicable(control, but(control, [(expires, Known(json!(null)))]));
            assert_unknown(control, but(control, [(expires, denied())]));
            let past = || (expires, Known(json!(age::ahead(-1))));
            let (state, off) = off(control);
            assert_not_applicable(control, but(control, [past(), (state, off)]));
            assert_unknown(control, but(control, [past(), (state, denied())]));
        }
    }
}
