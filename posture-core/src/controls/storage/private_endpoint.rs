//! `storage.private-endpoint`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.private-endpoint",
    life: since("0.1.0"),
    title: "Storage accounts have a private endpoint",
    finding: "Storage account has no approved private endpoint",
    keywords: &["storage account", "private endpoint", "Private Link", "virtual network"],
    severity: Low,
    rationale: "With a private endpoint, data stays in your own network, and the firewall needs \
                no opening for it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a private endpoint for each storage service that clients use, and approve \
                   it.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Private endpoint connections",
            command: Change(
                "az network private-endpoint create --name <name> --resource-group \
                             <group> --subnet <subnet-id> --private-connection-resource-id \
                             <account-id> --group-id blob --connection-name <name>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-private-endpoints",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        // It asks for one in each network that uses the account.
        cis_azure6("9.3.2.1", Partial(shows::STEP)),
        mcsb1("NS-2", Supporting),
    ],
    test: Test {
        reads: &[Bucket::PRIVATE_ENDPOINTS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(vec!["endpoint".to_owned()]))),
            fail: |scope| scope.buckets.items.push(example(Known(vec![]))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if !bucket.private_endpoints.known()?.is_empty() {
        return pass();
    }
    fail(
        Bucket::PRIVATE_ENDPOINTS,
        "no approved private endpoint",
        "at least one approved private endpoint",
    )
}

fn example(private_endpoints: Fact<Vec<String>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .private_endpoints(private_endpoints)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec!["endpoint".to_owned()])));
        assert_fails(&CONTROL, with(Known(vec![])));
        assert_unknown(&CONTROL, with(denied()));
    }
}
