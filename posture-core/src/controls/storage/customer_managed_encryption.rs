//! `storage.customer-managed-encryption`

use crate::ask;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.customer-managed-encryption",
    life: since("0.1.0"),
    title: "New objects are encrypted with a customer-managed key",
    finding: "No usable customer-managed key encrypts new objects",
    keywords: &[
        "S3",
        "bucket",
        "SSE-KMS",
        "KMS",
        "storage account",
        "Key Vault",
        "customer-managed key",
        "default encryption",
    ],
    severity: Low,
    rationale: "A customer-managed key can be revoked, has its own key policy, and leaves a \
                record of each use.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Set the default encryption of the bucket to SSE-KMS or DSSE-KMS with a \
                       customer-managed key. Existing objects keep their key until they are \
                       copied.",
                console: "S3 → Buckets → the bucket → Properties → Default encryption",
                command: Change(
                    "aws s3api put-bucket-encryption --bucket <bucket> \
                                 --server-side-encryption-configuration \
                                 '{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"<key-arn>\"},\"BucketKeyEnabled\":true}]}'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Encrypt the storage account with a key from your own key vault.",
                console: "Storage accounts → the account → Security + networking → Encryption → \
                          Customer-managed keys",
                command: Change(
                    "az storage account update --name <account> \
                                 --encryption-key-source Microsoft.Keyvault \
                                 --encryption-key-vault <vault-uri> --encryption-key-name <key>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://learn.microsoft.com/en-us/azure/storage/common/customer-managed-keys-overview",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-08", Supporting),
        ccm41("CEK-03", Supporting),
        mcsb1("DP-5", Supporting),
    ],
    test: Test {
        reads: &[Bucket::ENCRYPTION, Key::STATE],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| {
                scope.keys.items.push(key(Known(KeyState::Enabled)));
                scope.buckets.items.push(bucket(Known(Encryption::CustomerKey(KEY.to_owned()))));
            },
            fail: |scope| {
                scope.keys.items.push(key(Known(KeyState::Enabled)));
                scope.buckets.items.push(bucket(Known(Encryption::ProviderManagedKey)));
            },
        },
    },
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let found = match bucket.encryption.known()? {
        Encryption::CustomerKey(id) => return of_customer(id, context),
        Encryption::None => "none",
        Encryption::Provider => "provider-managed keys",
        Encryption::ProviderManagedKey => "a provider-managed key",
    };
    fail(Bucket::ENCRYPTION, found, EXPECTED)
}

const EXPECTED: &str = "a customer-managed key";

// A key that is named by its number may still be the provider's: only the customer's are listed. An alias of the
// provider's is told by its name, and the keys behind them cannot be used from another account.
fn of_customer(id: &str, context: &Context<'_>) -> CheckResult {
    // On Azure a key that has a name at all is one in a vault of the customer's.
    if context.scope.provider == Azure {
        return pass();
    }
    if let Some((_, alias)) = id.rsplit_once("alias/") {
        if alias.starts_with("aws/") {
            return fail(Bucket::ENCRYPTION, "a provider-managed key", EXPECTED);
        }
        return pass();
    }
    let elsewhere = |account: &str| {
        account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && account != context.scope.id
    };
    if id.split(':').nth(4).is_some_and(elsewhere) {
        // Only a key of a customer can be used from another account. Whether it stays, that account knows.
        return context.elsewhere(vec![ask::Key::encryption_key(CONTROL.id, id).into()], pass());
    }
    match context.by_id::<Key>(id).known()? {
        None => fail(
            Bucket::ENCRYPTION,
            format!("`{id}`, which is not a customer-managed key of the account"),
            EXPECTED,
        ),
        Some(key) => of_key(key),
    }
}

/// What it finds of a key that encrypts a bucket.
pub(crate) fn of_key(key: &Key) -> CheckResult {
    if *key.state.known()? == KeyState::PendingDeletion {
        return fail(
            Key::STATE,
            "the key is scheduled for deletion",
            "a key that is not scheduled for deletion",
        );
    }
    pass()
}

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234";

fn key(state: Fact<KeyState>) -> Key {
    Key::unread(KEY, "1234", Some("us-east-1")).state(state)
}

fn bucket(encryption: Fact<Encryption>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).encryption(encryption)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(encryption: Encryption) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.keys.items.push(key(Known(KeyState::Enabled)));
            scope.buckets.items.push(bucket(Known(encryption)));
        }
    }

    fn named(id: &str) -> Encryption {
        Encryption::CustomerKey(id.to_owned())
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(named(KEY)));
        assert_passes(&CONTROL, with(named("1234")));
        assert_passes(&CONTROL, with(named("alias/own")));
        assert_passes(&CONTROL, with(named("arn:aws:kms:us-east-1:210987654321:key/99")));
        assert_fails(&CONTROL, with(Encryption::Provider));
        assert_fails(&CONTROL, with(Encryption::None));
        assert_unknown(&CONTROL, |scope| scope.buckets.items.push(bucket(denied())));
    }

    #[test]
    fn the_providers_key_is_not_the_customers() {
        assert_fails(&CONTROL, with(Encryption::ProviderManagedKey));
        // The same by its number.
        let by_number = "arn:aws:kms:us-east-1:123456789012:key/99";
        assert_fails(&CONTROL, with(named(by_number)));
        assert_unknown(&CONTROL, |scope| {
            with(named(by_number))(scope);
            scope.keys.gaps.push(DENIED);
        });
    }

    #[test]
    fn a_key_on_its_way_out_will_not_do() {
        for (state, fails) in [(Known(KeyState::PendingDeletion), true), (denied(), false)] {
            let world = |scope: &mut Scope| {
                with(named(KEY))(scope);
                scope.keys.items[0].state = state;
            };
            if fails {
                assert_fails(&CONTROL, world);
            } else {
                assert_unknown(&CONTROL, world);
            }
        }
    }

    #[test]
    fn a_key_in_a_vault_is_the_customers() {
        assert_passes(&CONTROL, |scope| {
            scope.provider = Azure;
            let key = named("https://main.vault.azure.net/keys/own");
            scope.buckets.items.push(bucket(Known(key)));
        });
    }

    #[test]
    fn a_malformed_id_is_none_of_the_customers_keys() {
        for id in ["", ":", "::::", "::::x:key/1234/", "/", "alias/aws/s3"] {
            assert_fails(&CONTROL, with(named(id)));
        }
    }
}
