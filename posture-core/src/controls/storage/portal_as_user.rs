//! `storage.portal-as-user`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.portal-as-user",
    life: since("0.1.0"),
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
    test: is_true!(Bucket.portal_as_user, "with a key", "as the user"),
};
