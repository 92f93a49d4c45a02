//! `storage.shared-key-access`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.shared-key-access",
    life: since("0.1.0"),
    title: "Storage accounts deny shared key access",
    finding: "Storage account allows shared key access",
    keywords: &["storage account", "shared key", "account key", "Entra ID", "allowSharedKeyAccess"],
    severity: High,
    rationale: "An account key opens everything in the storage account, is not tied to a person, \
                and leaves no name in the log.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Move clients to Entra ID, and then disallow shared key access.",
            console: "Storage accounts → the account → Settings → Configuration → Allow storage \
                      account key access",
            command: Change(
                "az storage account update --name <account> \
                             --allow-shared-key-access false",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/shared-key-authorization-prevent",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-12", Supporting),
        ccm41("IAM-15", Supporting),
        cis_azure6("9.3.1.3", Full),
        mcsb1("IM-1", Partial(shows::NAMED_SETTING)),
        ccm41("IAM-14", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
        mcsb1("IM-8", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
    ],
    test: is_false!(Bucket.shared_key_access, "accepted", "denied"),
};
