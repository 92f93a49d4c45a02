//! Firewalls of services that hold data: storage accounts and key vaults.

use crate::prelude::*;

/// The test of a control that checks whether the firewall of a resource admits only the networks that its rules list.
macro_rules! denies_by_default {
    ($kind:ident) => {
        Test {
            reads: &[$kind::NETWORK_DEFAULT_DENY, $kind::PUBLIC_NETWORK],
            params: &[],
            check: Check::$kind(|resource, _| {
                firewall::admits_listed_networks_only(
                    ($kind::NETWORK_DEFAULT_DENY, &resource.network_default_deny),
                    &resource.public_network,
                )
            }),
            examples: Examples {
                pass: |scope| {
                    let example = $kind::unread("example", "example", None);
                    let example = example.public_network(Known(PublicNetwork::Enabled));
                    scope.add(example.network_default_deny(Known(true)));
                },
                fail: |scope| {
                    let example = $kind::unread("example", "example", None);
                    let example = example.public_network(Known(PublicNetwork::Enabled));
                    scope.add(example.network_default_deny(Known(false)));
                },
            },
        }
    };
}
pub(crate) use denies_by_default;

/// Judges a firewall. Where public access is disabled, its rules admit no one.
pub(crate) fn admits_listed_networks_only(
    (fact, denies): (FactId, &Fact<bool>),
    public: &Fact<PublicNetwork>,
) -> CheckResult {
    let disabled = public.map(|access| *access == PublicNetwork::Disabled);
    if *(denies.clone() | disabled).known()? {
        return pass();
    }
    fail(fact, "default action Allow", "default action Deny, or public network access disabled")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::{storage, vaults};

    const CONTROLS: [(&Control, FactId, FactId); 2] = [
        (
            &storage::network_default_deny::CONTROL,
            Bucket::NETWORK_DEFAULT_DENY,
            Bucket::PUBLIC_NETWORK,
        ),
        (
            &vaults::network_default_deny::CONTROL,
            Vault::NETWORK_DEFAULT_DENY,
            Vault::PUBLIC_NETWORK,
        ),
    ];

    #[test]
    fn the_default_action_decides() {
        for (control, denies, _) in CONTROLS {
            assert_passes(control, but(control, []));
            assert_fails(control, but(control, [(denies, Known(json!(false)))]));
            assert_unknown(control, but(control, [(denies, denied())]));
        }
    }

    #[test]
    fn disabled_public_access_outranks_the_default_action() {
        for (control, denies, public) in CONTROLS {
            let allows = || (denies, Known(json!(false)));
            let disabled = Known(json!(PublicNetwork::Disabled));
            assert_passes(control, but(control, [allows(), (public, disabled)]));
            assert_unknown(control, but(control, [allows(), (public, denied())]));
        }
    }
}
