//! `vaults.network-default-deny`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.network-default-deny",
    life: since("0.1.0"),
    title: "Key vault firewalls deny by default",
    finding: "Key vault firewall allows by default",
    keywords: &["Key Vault", "firewall", "network rules", "default action", "virtual network"],
    severity: High,
    rationale: "Where the default action is to allow, the network rules have no effect: the \
                networks that they list get in anyway.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the default action of the firewall to Deny, and list the networks that \
                   need access.",
            console: "Key vaults → the vault → Settings → Networking → Firewalls and virtual \
                      networks → Allow public access from specific virtual networks and IP \
                      addresses",
            command: Change("az keyvault update --name <vault> --default-action Deny"),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/network-security"],
    satisfies: &[
        csf20("PR.IR-01", Partial(shows::EVERY_NETWORK)),
        ccm41("I&S-03", Partial(shows::EVERY_NETWORK)),
        mcsb1("NS-2", Partial(shows::EVERY_NETWORK)),
        mcsb1("DP-8", Supporting),
    ],
    test: Test {
        reads: &[Vault::NETWORK_DEFAULT_DENY, Vault::PUBLIC_NETWORK],
        params: &[],
        check: Check::Vault(check),
        examples: Examples {
            pass: |scope| scope.vaults.items.push(example(Known(true))),
            fail: |scope| scope.vaults.items.push(example(Known(false))),
        },
    },
};

fn check(vault: &Vault, _: &Context<'_>) -> CheckResult {
    // A public network that is shut beats the rules for it.
    let shut = vault.public_network.map(|access| *access == PublicNetwork::Disabled);
    if *(vault.network_default_deny.clone() | shut).known()? {
        return pass();
    }
    fail(
        Vault::NETWORK_DEFAULT_DENY,
        "default action Allow",
        "default action Deny, or public network access disabled",
    )
}

fn example(network_default_deny: Fact<bool>) -> Vault {
    Vault::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main",
        "main",
        Some("westeurope"),
    )
    .public_network(Known(PublicNetwork::Enabled))
    .network_default_deny(network_default_deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vaults.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_network_that_is_shut_beats_its_rules() {
        let world = |access: Fact<PublicNetwork>| {
            move |scope: &mut Scope| {
                scope.vaults.items.push(example(Known(false)).public_network(access));
            }
        };
        assert_passes(&CONTROL, world(Known(PublicNetwork::Disabled)));
        assert_unknown(&CONTROL, world(denied()));
    }
}
