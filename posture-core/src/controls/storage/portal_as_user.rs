//! `storage.portal-as-user`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.portal-as-user",
    title: "The portal reaches stored data as the user who signed in",
    severity: Low,
    rationale: "Where the portal takes a key by itself, whoever may read keys reads all data, \
                whatever their role for data is.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Make Entra authorisation the default in the portal.",
            console: "Storage accounts → the account → Settings → Configuration → Default to \
                      Microsoft Entra authorization in the Azure portal",
            command: "az storage account update --name <account> --set \
                      defaultToOAuthAuthentication=true",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/blobs/authorize-data-operations-portal",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-15", Supporting),
        cis_azure6("9.3.3.1", Full),
        mcsb1("IM-1", Supporting),
    ],
    reads: &[Bucket::PORTAL_AS_USER],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(example(Known(true))),
        fail: |scope| scope.buckets.items.push(example(Known(false))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if *bucket.portal_as_user.known()? {
        return pass();
    }
    fail(Bucket::PORTAL_AS_USER, "with a key", "as the user")
}

fn example(portal_as_user: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .portal_as_user(portal_as_user)
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
