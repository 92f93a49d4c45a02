//! `storage.network-default-deny`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.network-default-deny",
    life: since("0.1.0"),
    title: "Storage account firewalls deny by default",
    finding: "Storage account firewall allows by default",
    keywords: &[
        "storage account",
        "firewall",
        "network rules",
        "default action",
        "virtual network",
    ],
    severity: High,
    rationale: "Where the default action is to allow, the network rules have no effect: the \
                networks that they list get in anyway.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the default action of the firewall to Deny, and list the networks that \
                   need access.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Public network access scope",
            command: Change("az storage account update --name <account> --default-action Deny"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security-set-default-access",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(shows::EVERY_NETWORK)),
        ccm41("I&S-03", Partial(shows::EVERY_NETWORK)),
        cis_azure6("9.3.2.3", Full),
        mcsb1("NS-2", Partial(shows::EVERY_NETWORK)),
    ],
    test: Test {
        reads: &[Bucket::NETWORK_DEFAULT_DENY, Bucket::PUBLIC_NETWORK],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(true))),
            fail: |scope| scope.buckets.items.push(example(Known(false))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    // A public network that is shut beats the rules for it.
    let shut = bucket.public_network.map(|access| *access == PublicNetwork::Disabled);
    if *(bucket.network_default_deny.clone() | shut).known()? {
        return pass();
    }
    fail(
        Bucket::NETWORK_DEFAULT_DENY,
        "default action Allow",
        "default action Deny, or public network access disabled",
    )
}

fn example(network_default_deny: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .public_network(Known(PublicNetwork::Enabled))
    .network_default_deny(network_default_deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
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
                scope.buckets.items.push(example(Known(false)).public_network(access));
            }
        };
        assert_passes(&CONTROL, world(Known(PublicNetwork::Disabled)));
        assert_unknown(&CONTROL, world(denied()));
    }
}
