//! `storage.smb-version`

use std::collections::BTreeSet;

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.smb-version",
    life: since("0.1.0"),
    title: "File shares require SMB 3.1.1 or later",
    finding: "File shares allow SMB versions older than 3.1.1",
    keywords: &["storage account", "Azure Files", "file share", "SMB", "SMB 3.1.1"],
    severity: Medium,
    rationale: "With older versions of SMB, an attacker on the network path can force weaker \
                protection.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only SMB 3.1.1 for file shares.",
            console: "Storage accounts → the account → Data storage → File shares → Security",
            command: Change(
                "az storage account file-service-properties update --account-name \
                             <account> --versions SMB3.1.1",
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
        cis_azure6("9.1.2", Full),
        mcsb1("DP-3", Supporting),
        mcsb1("NS-8", Supporting),
    ],
    test: Test {
        reads: &[Bucket::SMB_VERSIONS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(set(&["SMB3.1.1"])))),
            fail: |scope| scope.buckets.items.push(example(Known(set(&["SMB3.0", "SMB3.1.1"])))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let versions = bucket.smb_versions.known()?;
    let mut old: Vec<&str> = Vec::new();
    for version in versions {
        match number(version) {
            Some(number) if number >= [3, 1, 1] => {}
            _ => old.push(version),
        }
    }
    if old.is_empty() {
        return pass();
    }
    fail(Bucket::SMB_VERSIONS, old.join(", "), "only SMB 3.1.1 or later")
}

/// `SMB3.1.1` is 3, 1, 1.
fn number(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.strip_prefix("SMB")?.split('.').map(str::parse);
    let mut next = || parts.next().unwrap_or(Ok(0)).ok();
    Some([next()?, next()?, next()?])
}

fn set(versions: &[&str]) -> BTreeSet<String> {
    versions.iter().map(|version| (*version).to_owned()).collect()
}

fn example(smb_versions: Fact<BTreeSet<String>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .smb_versions(smb_versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<BTreeSet<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(set(&["SMB3.1.1"]))));
        assert_passes(&CONTROL, with(Known(set(&["SMB3.2"]))));
        assert_fails(&CONTROL, with(Known(set(&["SMB3.0", "SMB3.1.1"]))));
        assert_fails(&CONTROL, with(Known(set(&["SMB2.1"]))));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
