//! `storage.trusted-services`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.trusted-services",
    title: "The services of Azure that need object storage pass its firewall",
    severity: Low,
    rationale: "Backup, logging and other services of the provider fail without notice where the \
                firewall keeps them out.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow trusted Microsoft services to bypass the firewall.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Exceptions",
            command: "az storage account update --name <account> --bypass AzureServices",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security-trusted-azure-services",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_azure6("9.3.5", Full),
        mcsb1("NS-2", Supporting),
    ],
    reads: &[Bucket::TRUSTED_SERVICES_ALLOWED],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(example(Known(true))),
        fail: |scope| scope.buckets.items.push(example(Known(false))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if *bucket.trusted_services_allowed.known()? {
        return pass();
    }
    fail(Bucket::TRUSTED_SERVICES_ALLOWED, "they are kept out", "a bypass for AzureServices")
}

fn example(trusted_services_allowed: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .trusted_services_allowed(trusted_services_allowed)
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
}
