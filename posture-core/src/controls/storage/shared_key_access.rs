//! `storage.shared-key-access`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.shared-key-access",
    title: "Object storage refuses requests signed with its keys",
    severity: High,
    rationale: "A key opens everything in the account, belongs to nobody, and leaves no name in \
                the log.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Move clients to Entra ID, then disallow access by shared key.",
            console: "Storage accounts → the account → Settings → Configuration → Allow storage \
                      account key access",
            command: "az storage account update --name <account> --allow-shared-key-access false",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/shared-key-authorization-prevent",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial),
        csf20("PR.AA-03", Partial),
        ccm41("IAM-12", Partial),
        ccm41("IAM-15", Partial),
        cis_azure6("9.3.1.3", Full),
        mcsb1("IM-1", Partial),
    ],
    reads: &[Bucket::SHARED_KEY_ACCESS],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(example(Known(false))),
        fail: |scope| scope.buckets.items.push(example(Known(true))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if !*bucket.shared_key_access.known()? {
        return pass();
    }
    fail(Bucket::SHARED_KEY_ACCESS, "accepted", "refused")
}

fn example(shared_key_access: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .shared_key_access(shared_key_access)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(false)));
        assert_fails(&CONTROL, with(Known(true)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
