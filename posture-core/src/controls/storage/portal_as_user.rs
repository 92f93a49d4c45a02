//! `storage.portal-as-user`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.portal-as-user",
    life: since("0.1.0"),
    title: "The Azure portal uses Entra authorization for stored data",
    finding: "Azure portal defaults to the account key for data access",
    keywords: &[
        "storage account",
        "Azure portal",
        "Entra ID",
        "Entra authorization",
        "account key",
        "defaultToOAuthAuthentication",
    ],
    severity: Low,
    rationale: "If the portal uses the account key by default, anyone who can list keys can read \
                all data, regardless of their data role.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set Microsoft Entra authorization as the default in the Azure portal.",
            console: "Storage accounts → the account → Settings → Configuration → Default to \
                      Microsoft Entra authorization in the Azure portal",
            command: Change(
                "az storage account update --name <account> --set \
                             defaultToOAuthAuthentication=true",
            ),
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
    test: is_true!(Bucket.portal_as_user, "the account key", "Microsoft Entra authorization"),
};
