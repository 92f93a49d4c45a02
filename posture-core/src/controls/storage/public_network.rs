//! `storage.public-network`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.public-network",
    life: since("0.1.0"),
    title: "Storage accounts deny public network access",
    finding: "Storage account allows public network access",
    keywords: &[
        "storage account",
        "public network access",
        "private endpoint",
        "network security perimeter",
    ],
    severity: Medium,
    rationale: "An attacker with a stolen key, or with a way around the sign-in, still has to be \
                inside a private network.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Disable public network access once clients connect through private endpoints.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Public network access",
            command: Change(
                "az storage account update --name <account> --public-network-access \
                             Disabled",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        // What a network security perimeter decides is unknown here, and a failure there.
        cis_azure6("9.3.2.2", Partial(shows::STEP)),
        mcsb1("NS-2", Supporting),
    ],
    test: Test {
        reads: &[Bucket::PUBLIC_NETWORK],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(PublicNetwork::Disabled))),
            fail: |scope| scope.buckets.items.push(example(Known(PublicNetwork::Enabled))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    match bucket.public_network.known()? {
        PublicNetwork::Disabled => pass(),
        PublicNetwork::Enabled => fail(Bucket::PUBLIC_NETWORK, "enabled", "disabled"),
    }
}

fn example(public_network: Fact<PublicNetwork>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .public_network(public_network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<PublicNetwork>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(PublicNetwork::Disabled)));
        assert_fails(&CONTROL, with(Known(PublicNetwork::Enabled)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
