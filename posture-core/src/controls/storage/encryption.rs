//! `storage.encryption`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "new objects are stored in the clear";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.encryption",
    life: since("0.1.0"),
    title: "New objects are encrypted at rest",
    finding: "New objects are not encrypted by default",
    keywords: &[
        "S3",
        "bucket",
        "default encryption",
        "SSE-S3",
        "storage account",
        "encryption at rest",
    ],
    severity: High,
    rationale: "Anyone who obtains the storage media, or a copy of it, can read data that is not \
                encrypted.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Set default encryption of the bucket. S3 has done so automatically since \
                       January 2023.",
                console: "S3 → Buckets → the bucket → Properties → Default encryption",
                command: Change(
                    "aws s3api put-bucket-encryption --bucket <bucket> \
                                 --server-side-encryption-configuration \
                                 '{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"AES256\"}}]}'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "No change is needed: Azure encrypts all data at rest. The command shows \
                       the encryption settings.",
                console: "Storage accounts → the account → Security + networking → Encryption",
                command: Inspect("az storage account show --name <account> --query encryption"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-service-encryption",
    ],
    satisfies: &[
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        mcsb1("DP-4", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Bucket::ENCRYPTION],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(bucket(Known(Encryption::Provider))),
            fail: |scope| scope.buckets.items.push(bucket(Known(Encryption::None))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    match bucket.encryption.known()? {
        Encryption::None => fail(Bucket::ENCRYPTION, "none", "default encryption, with any key"),
        Encryption::Provider | Encryption::ProviderManagedKey | Encryption::CustomerKey(_) => {
            pass()
        }
    }
}

fn bucket(encryption: Fact<Encryption>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).encryption(encryption)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(encryption: Fact<Encryption>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(encryption))
    }

    #[test]
    fn any_key_will_do() {
        assert_passes(&CONTROL, with(Known(Encryption::Provider)));
        assert_passes(&CONTROL, with(Known(Encryption::ProviderManagedKey)));
        assert_passes(&CONTROL, with(Known(Encryption::CustomerKey("key/1".to_owned()))));
        assert_fails(&CONTROL, with(Known(Encryption::None)));
    }

    #[test]
    fn denied_is_not_unencrypted() {
        assert_unknown(&CONTROL, with(denied()));
    }
}
