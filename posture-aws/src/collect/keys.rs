//! Encryption keys of the customer.

use futures::stream::{self, StreamExt};
use posture_model::fact::{Fact, Known};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Key, KeyOrigin, KeyState, Kind, Resource};

use described::Described;

use super::context::Audit;
use super::regions;
use super::resource_policy::{self, ResourcePolicy};
use crate::ask::CallError;
use crate::entry::{Action, Filter, Holds, Per, Value};
use crate::wire::services::KMS;
use crate::wire::{Client, Constant, Operation, answers, words};

/// Of the keys that the provider can rotate.
const ROTATABLE_KEYS: Filter = Filter::Are(&[
    (Key::STATE, Value::Word("enabled")),
    (Key::ORIGIN, Value::Word("service")),
    (Key::SYMMETRIC, Value::Flag(true)),
    (Key::REPLICA, Value::Flag(false)),
]);

pub(crate) const KEYS: Action = Action {
    name: "kms:ListKeys",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["Keys", "Truncated"]),
    lists: &[Kind::Key],
    fills: &[],
    command: "aws kms list-keys --region {region}",
};

pub(crate) const KEY: Action = Action {
    name: "kms:DescribeKey",
    per: Per::listing(Kind::Key),
    own: Holds::all(&["KeyMetadata.KeyId"]),
    lists: &[Kind::Key],
    fills: &[
        Key::STATE,
        Key::ORIGIN,
        Key::SYMMETRIC,
        Key::REPLICA,
        Key::ALGORITHM,
        Key::STRENGTH_BITS,
    ],
    command: "aws kms describe-key --key-id {id} --region {region}",
};

pub(crate) const KEY_POLICY: Action = Action {
    name: "kms:GetKeyPolicy",
    per: Per::resource(Kind::Key),
    own: Holds::all(&["Policy"]),
    lists: &[],
    fills: &[
        Key::POLICY_PUBLIC,
        Key::EXTERNAL_ACCOUNTS,
        Key::SERVICES_WITHOUT_SOURCE,
        Key::ADMINISTRATORS_WHO_DECRYPT,
        Key::DELETED_PRINCIPALS,
    ],
    command: "aws kms get-key-policy --key-id {id} --policy-name default --region {region}",
};

pub(crate) const KEY_GRANTS: Action = Action {
    name: "kms:ListGrants",
    per: Per::resource(Kind::Key),
    own: Holds::all(&["Grants", "Truncated"]),
    lists: &[],
    fills: &[Key::GRANTEES],
    command: "aws kms list-grants --key-id {id} --region {region}",
};

pub(crate) const KEY_ROTATION: Action = Action {
    name: "kms:GetKeyRotationStatus",
    per: Per::of(Kind::Key, ROTATABLE_KEYS),
    own: Holds::all(&["KeyRotationEnabled"]),
    lists: &[],
    fills: &[Key::ROTATES, Key::ROTATION_DAYS],
    command: "aws kms get-key-rotation-status --key-id {id} --region {region}",
};

pub(crate) const KEY_TAGS: Action = Action {
    name: "kms:ListResourceTags",
    per: Per::resource(Kind::Key),
    own: Holds::all(&["Tags", "Truncated"]),
    lists: &[],
    fills: &[Key::TAGS],
    command: "aws kms list-resource-tags --key-id {id} --region {region}",
};

words! {
    /// Who manages a key.
    Manager { Aws = "AWS", Customer = "CUSTOMER" }

    /// Whether a key can be used.
    State {
        Enabled = "Enabled",
        Disabled = "Disabled",
        PendingDeletion = "PendingDeletion",
        PendingReplicaDeletion = "PendingReplicaDeletion",
        Creating = "Creating",
        PendingImport = "PendingImport",
        Unavailable = "Unavailable",
        Updating = "Updating",
    }

    /// Where the material of a key is from.
    Origin {
        Kms = "AWS_KMS",
        External = "EXTERNAL",
        CloudHsm = "AWS_CLOUDHSM",
        ExternalKeyStore = "EXTERNAL_KEY_STORE",
    }

    /// What a key is for.
    Spec {
        Symmetric = "SYMMETRIC_DEFAULT",
        Rsa2048 = "RSA_2048",
        Rsa3072 = "RSA_3072",
        Rsa4096 = "RSA_4096",
        EccNistP256 = "ECC_NIST_P256",
        EccNistP384 = "ECC_NIST_P384",
        EccNistP521 = "ECC_NIST_P521",
        EccSecgP256k1 = "ECC_SECG_P256K1",
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        Hmac224 = "HMAC_224",
        Hmac256 = "HMAC_256",
        Hmac384 = "HMAC_384",
        Hmac512 = "HMAC_512",
        Sm2 = "SM2",
        MlDsa44 = "ML_DSA_44",
        MlDsa65 = "ML_DSA_65",
        MlDsa87 = "ML_DSA_87",
        MlKem512 = "ML_KEM_512",
        MlKem768 = "ML_KEM_768",
        MlKem1024 = "ML_KEM_1024",
    }

    /// Which of several keys that share their material it is.
    Share { Primary = "PRIMARY", Replica = "REPLICA" }
}

answers! {
    ListKeys {
        keys: "Keys" optional records(ListedKey),
    }

    ListedKey {
        arn: "KeyArn" optional text,
    }

    DescribeKey {
        metadata: "KeyMetadata" optional record(KeyMetadata),
    }

    KeyMetadata {
        manager: "KeyManager" optional word(Manager),
        state: "KeyState" optional word(State),
        origin: "Origin" optional word(Origin),
        spec: "KeySpec" optional word(Spec),
        shared: "MultiRegionConfiguration" optional record(Shared),
    }

    Shared {
        kind: "MultiRegionKeyType" optional word(Share),
    }

    GetKeyPolicy {
        policy: "Policy" optional text,
    }

    ListGrants {
        grants: "Grants" optional records(Grant),
    }

    Grant {
        grantee: "GranteePrincipal" optional text,
        service: "GranteeServicePrincipal" optional text,
    }

    GetKeyRotationStatus {
        enabled: "KeyRotationEnabled" optional flag,
        days: "RotationPeriodInDays" optional whole,
    }

    ListResourceTags {
        tags: "Tags" optional records(KeyTag),
    }

    KeyTag {
        key: "TagKey" required text,
        value: "TagValue" required text,
    }
}

pub(crate) static LIST: Operation<0, ListKeys<'_>> = Operation::new(&KMS, KEYS.name, "ListKeys")
    .given(&[("Limit", Constant::Whole(1_000))])
    .pages("Marker", "NextMarker")
    .more("Truncated");

pub(crate) static DESCRIBE: Operation<1, DescribeKey<'_>> =
    Operation::new(&KMS, KEY.name, "DescribeKey").takes(&["KeyId"]);

pub(crate) static POLICY: Operation<1, GetKeyPolicy<'_>> =
    Operation::new(&KMS, KEY_POLICY.name, "GetKeyPolicy")
        .takes(&["KeyId"])
        .given(&[("PolicyName", Constant::Text("default"))]);

pub(crate) static GRANTS: Operation<1, ListGrants<'_>> =
    Operation::new(&KMS, KEY_GRANTS.name, "ListGrants")
        .takes(&["KeyId"])
        .given(&[("Limit", Constant::Whole(100))])
        .pages("Marker", "NextMarker")
        .more("Truncated");

pub(crate) static ROTATION: Operation<1, GetKeyRotationStatus<'_>> =
    Operation::new(&KMS, KEY_ROTATION.name, "GetKeyRotationStatus").takes(&["KeyId"]);

pub(crate) static TAGS: Operation<1, ListResourceTags<'_>> =
    Operation::new(&KMS, KEY_TAGS.name, "ListResourceTags")
        .takes(&["KeyId"])
        .given(&[("Limit", Constant::Whole(50))])
        .pages("Marker", "NextMarker")
        .more("Truncated");

/// How many keys of a region are read at once; the asker bounds the calls.
const AT_ONCE: usize = 16;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    regions::listing(audit, &KEYS, "kms", |region| keys_of(audit, region)).await.into()
}

async fn keys_of(audit: &Audit<'_>, region: &str) -> Listing<Key> {
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST, region, []).await;
    let keys = || pages.iter().flat_map(|page| page.read().keys());
    let nameless = keys().any(|key| key.arn().is_none_or(str::is_empty));
    let arns = keys().filter_map(|key| key.arn()).filter(|arn| !arn.is_empty());
    let arns: Vec<String> = arns.map(str::to_owned).collect();
    let refused = CallError::or_nameless(refused, nameless, LIST.spec.action, region);
    let items = stream::iter(arns)
        .map(|arn| key(audit, &client, region, arn))
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    audit.ask.listing(items, refused)
}

/// One key; none if AWS manages it. The list of keys does not show who does, so that each is read.
async fn key(audit: &Audit<'_>, client: &Client, region: &str, arn: String) -> Option<Key> {
    let ask = audit.ask;
    let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
    let mut key = Key::unread_on(Provider::Aws, &arn, name, Some(region));
    let described = match ask.read(client, &DESCRIBE, &arn, region, [&arn]).await {
        Ok(answer) => answer,
        // Deleted since it was listed.
        Err(refused) if refused.is(&["NotFoundException"]) => return None,
        Err(refused) => {
            let gap = ask.gap(refused.into_gap());
            for fact in Key::FACTS {
                key.hide(fact.name, gap);
            }
            return Some(key);
        }
    };
    let Some(metadata) = described.read().metadata() else {
        let gap = ask
            .malformed::<()>(DESCRIBE.spec.action, &arn, "the response has no key metadata")
            .gap()?;
        for fact in Key::FACTS {
            key.hide(fact.name, gap);
        }
        return Some(key);
    };
    if metadata.manager() == Some(Manager::Aws) {
        return None;
    }
    let Described { state, origin, symmetric, replica, algorithm, strength_bits } =
        Described::of(ask, &arn, metadata);
    // Only these can rotate by themselves, see
    // https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    let rotatable = state.map(|state| *state == KeyState::Enabled)
        & origin.map(|origin| *origin == KeyOrigin::Service)
        & symmetric.clone()
        & !replica.clone();
    let rotation = async {
        if !audit.calls(&KEY_ROTATION) {
            return (Fact::not_collected(), Fact::not_collected());
        }
        match rotatable {
            Known(true) => {}
            Known(false) | Fact::NotOffered => return (Fact::NotOffered, Fact::NotOffered),
            Fact::Gap(gap) => return (Fact::Gap(gap), Fact::Gap(gap)),
        }
        let answer = ask.fact(ask.read(client, &ROTATION, &arn, region, [&arn]).await);
        let days = |days: Option<i64>| days.and_then(|days| u32::try_from(days).ok());
        (
            answer.and_then(|answer| match answer.read().enabled() {
                Some(enabled) => Known(enabled),
                None => {
                    let why = "the response has no rotation status";
                    ask.malformed(ROTATION.spec.action, &arn, why)
                }
            }),
            answer.and_then(|answer| match (answer.read().enabled(), days(answer.read().days())) {
                // The period is only returned for a key that rotates.
                (Some(true), None) => {
                    let why = "the response lacks the rotation period";
                    ask.malformed(ROTATION.spec.action, &arn, why)
                }
                (_, days) => Known(days),
            }),
        )
    };
    let policy = async {
        if !audit.calls(&KEY_POLICY) {
            return Fact::not_collected();
        }
        let answer = ask.read(client, &POLICY, &arn, region, [&arn]).await;
        ask.fact(answer.map(|answer| answer.read().policy().map(str::to_owned)))
    };
    let tags = lists::tags(audit, client, region, &arn);
    let grantees = lists::grantees(audit, client, region, &arn);
    let ((rotates, rotation_days), policy, tags, grantees) =
        futures::join!(rotation, policy, tags, grantees);
    let policy = ResourcePolicy {
        ask,
        action: POLICY.spec.action,
        target: &arn,
        account: audit.session.account(),
        text: &policy,
        organization: audit.organization().await,
    };
    Some(
        key.state(state)
            .origin(origin)
            .symmetric(symmetric)
            .algorithm(algorithm)
            .strength_bits(strength_bits)
            .replica(replica)
            .rotates(rotates)
            .rotation_days(rotation_days)
            .policy_public(policy.public(resource_policy::ANY))
            .external_accounts(policy.external_accounts())
            .services_without_source(policy.services_without_source())
            .administrators_who_decrypt(policy.administrators_who_decrypt())
            .deleted_principals(policy.deleted_principals())
            .grantees(grantees)
            .tags(tags),
    )
}

mod described;
mod lists;
#[cfg(test)]
mod tests;
