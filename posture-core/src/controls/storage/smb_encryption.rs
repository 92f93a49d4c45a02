//! `storage.smb-encryption`

use std::collections::BTreeSet;

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.smb-encryption",
    life: since("0.1.0"),
    title: "File shares use AES-256-GCM or stronger for SMB",
    finding: "SMB channels allow ciphers other than AES-256-GCM",
    keywords: &[
        "storage account",
        "Azure Files",
        "file share",
        "SMB",
        "channel encryption",
        "AES-256-GCM",
    ],
    severity: Low,
    rationale: "Where a weaker cipher is allowed, an attacker on the network path can force both \
                sides to use it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only AES-256-GCM for SMB channel encryption.",
            console: "Storage accounts → the account → Data storage → File shares → Security",
            command: Change(
                "az storage account file-service-properties update --account-name \
                             <account> --channel-encryption AES-256-GCM",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/files/files-smb-protocol#smb-security-settings",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("CEK-04", Supporting),
        ccm41("IPY-03", Supporting),
        cis_azure6("9.1.3", Full),
        mcsb1("DP-3", Supporting),
    ],
    test: Test {
        reads: &[Bucket::SMB_CIPHERS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(set(&["AES-256-GCM"])))),
            fail: |scope| {
                scope.buckets.items.push(example(Known(set(&["AES-128-GCM", "AES-256-GCM"]))))
            },
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let ciphers = bucket.smb_ciphers.known()?;
    let weak: Vec<&str> =
        ciphers.iter().map(String::as_str).filter(|cipher| *cipher != "AES-256-GCM").collect();
    if weak.is_empty() {
        return pass();
    }
    fail(Bucket::SMB_CIPHERS, weak.join(", "), "only AES-256-GCM")
}

fn set(ciphers: &[&str]) -> BTreeSet<String> {
    ciphers.iter().map(|cipher| (*cipher).to_owned()).collect()
}

fn example(smb_ciphers: Fact<BTreeSet<String>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .smb_ciphers(smb_ciphers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<BTreeSet<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(set(&["AES-256-GCM"]))));
        assert_fails(&CONTROL, with(Known(set(&["AES-128-GCM", "AES-256-GCM"]))));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
