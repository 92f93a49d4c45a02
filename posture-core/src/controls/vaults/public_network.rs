//! `vaults.public-network`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.public-network",
    life: since("0.1.0"),
    title: "Key vaults deny public network access",
    finding: "Key vault allows public network access",
    keywords: &[
        "Key Vault",
        "public network access",
        "private endpoint",
        "network security perimeter",
    ],
    severity: Medium,
    rationale: "An attacker with a stolen credential still has to be inside a private network to \
                read what the vault holds.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Disable public network access once clients connect through private endpoints.",
            console: "Key vaults → the vault → Settings → Networking → Firewalls and virtual \
                      networks → Disable public access",
            command: Change("az keyvault update --name <vault> --public-network-access Disabled"),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/network-security"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        // What a network security perimeter decides is unknown here, and a failure there.
        cis_azure6("8.3.7", Partial(shows::STEP)),
        mcsb1("NS-2", Supporting),
        mcsb1("DP-8", Supporting),
    ],
    test: Test {
        reads: &[Vault::PUBLIC_NETWORK],
        params: &[],
        check: Check::Vault(check),
        examples: Examples {
            pass: |scope| scope.vaults.items.push(example(Known(PublicNetwork::Disabled))),
            fail: |scope| scope.vaults.items.push(example(Known(PublicNetwork::Enabled))),
        },
    },
};

fn check(vault: &Vault, _: &Context<'_>) -> CheckResult {
    match vault.public_network.known()? {
        PublicNetwork::Disabled => pass(),
        PublicNetwork::Enabled => fail(Vault::PUBLIC_NETWORK, "enabled", "disabled"),
    }
}

fn example(public_network: Fact<PublicNetwork>) -> Vault {
    Vault::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main",
        "main",
        Some("westeurope"),
    )
    .public_network(public_network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<PublicNetwork>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vaults.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(PublicNetwork::Disabled)));
        assert_fails(&CONTROL, with(Known(PublicNetwork::Enabled)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
