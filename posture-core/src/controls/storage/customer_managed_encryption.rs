//! `storage.customer-managed-encryption`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.customer-managed-encryption",
    title: "New objects are encrypted with the customer's own key",
    severity: Low,
    rationale: "A key of one's own can be withdrawn, has a policy of its own, and leaves a record \
                of each use.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set default encryption of the bucket to SSE-KMS or DSSE-KMS with a customer \
                   managed key; what is there already keeps its key until it is copied.",
            console: "S3 → Buckets → the bucket → Properties → Default encryption",
            command: "aws s3api put-bucket-encryption --bucket <bucket> \
                      --server-side-encryption-configuration \
                      '{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"<key-arn>\"},\"BucketKeyEnabled\":true}]}'",
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-08", Partial),
        ccm41("CEK-03", Supporting),
    ],
    reads: &[Bucket::fact("encryption")],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| {
            scope.buckets.items.push(bucket(Known(Encryption::CustomerKey(KEY.to_owned()))))
        },
        fail: |scope| scope.buckets.items.push(bucket(Known(Encryption::ProviderManagedKey))),
    },
};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1";

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    let found = match bucket.encryption.known()? {
        Encryption::CustomerKey(_) => return pass(),
        Encryption::None => "none",
        Encryption::Provider => "keys that the provider holds",
        Encryption::ProviderManagedKey => "a key that the provider manages",
    };
    fail("encryption", found, "a key that the customer manages")
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
    fn the_providers_key_is_not_the_customers() {
        assert_passes(&CONTROL, with(Known(Encryption::CustomerKey(KEY.to_owned()))));
        assert_fails(&CONTROL, with(Known(Encryption::ProviderManagedKey)));
        assert_fails(&CONTROL, with(Known(Encryption::Provider)));
        assert_fails(&CONTROL, with(Known(Encryption::None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
