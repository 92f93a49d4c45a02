//! `storage.minimum-tls`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the endpoint accepts TLS 1.0 or 1.1, which no longer protect data";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.minimum-tls",
    life: since("0.1.0"),
    title: "Storage accounts require TLS 1.2 or later",
    finding: "Storage account accepts TLS versions older than 1.2",
    keywords: &["storage account", "Azure Storage", "minimum TLS version", "TLS 1.2"],
    severity: Medium,
    rationale: "Older versions of TLS have weaknesses that let an attacker on the network path \
                read or change the traffic.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the minimum TLS version to 1.2 once clients no longer need an older one.",
            console: "Storage accounts → the account → Settings → Configuration → Minimum TLS \
                      version",
            command: Change("az storage account update --name <account> --min-tls-version TLS1_2"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/transport-layer-security-configure-minimum-version",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Partial(SHOWS)),
        ccm41("CEK-04", Supporting),
        cis_azure6("9.3.6", Full),
        mcsb1("DP-3", Partial(SHOWS)),
        mcsb1("NS-8", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Bucket::MINIMUM_TLS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(TlsVersion::V1_2))),
            fail: |scope| scope.buckets.items.push(example(Known(TlsVersion::V1_0))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let version = *bucket.minimum_tls.known()?;
    if version >= TlsVersion::V1_2 {
        return pass();
    }
    fail(Bucket::MINIMUM_TLS, version.to_string(), "TLS 1.2 or later")
}

fn example(minimum_tls: Fact<TlsVersion>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .minimum_tls(minimum_tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<TlsVersion>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(TlsVersion::V1_2)));
        assert_passes(&CONTROL, with(Known(TlsVersion { major: 1, minor: 3 })));
        assert_fails(&CONTROL, with(Known(TlsVersion::V1_0)));
        assert_fails(&CONTROL, with(Known(TlsVersion { major: 1, minor: 1 })));
        assert_unknown(&CONTROL, with(denied()));
    }
}
