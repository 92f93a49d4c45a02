//! Encryption keys of the customer.

use aws_sdk_kms::Client;
use aws_sdk_kms::types::{
    KeyManagerType, KeyMetadata, KeySpec, KeyState as State, MultiRegionKeyType, OriginType,
};
use futures::stream::{self, StreamExt};
use posture_core::fact::{Fact, Known};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Key, KeyOrigin, KeyState, Kind, Resource};

use super::resource_policy::{self, ResourcePolicy};
use super::{Audit, Regions, regional_listing};
use crate::ask::Refused;

const LIST: &str = "kms:ListKeys";
const DESCRIBE: &str = "kms:DescribeKey";
const POLICY: &str = "kms:GetKeyPolicy";
const ROTATION: &str = "kms:GetKeyRotationStatus";

/// How many keys of a region are read at once; the asker bounds the calls.
const AT_ONCE: usize = 16;

const POLICY_FACTS: &[FactId] =
    &[Key::POLICY_PUBLIC, Key::EXTERNAL_ACCOUNTS, Key::SERVICES_WITHOUT_SOURCE];

pub(crate) async fn collect(audit: &Audit<'_>, regions: &Regions) -> Listing<Key> {
    if !audit.wanted.kind(Kind::Key) {
        return Listing::not_collected();
    }
    regional_listing(audit, regions, "kms", |region| keys_of(audit, region)).await
}

async fn keys_of(audit: &Audit<'_>, region: &str) -> Listing<Key> {
    let client = audit.session.kms(region, audit.meter);
    let (pages, refused) = audit
        .ask
        .cut_pages(
            LIST,
            region,
            |token| client.list_keys().limit(1_000).set_marker(token).send(),
            |page| (page.truncated(), page.next_marker()),
        )
        .await;
    let keys = || pages.iter().flat_map(|page| page.keys());
    let nameless = keys().any(|key| key.key_arn().is_none());
    let arns: Vec<String> = keys().filter_map(|key| key.key_arn().map(str::to_owned)).collect();
    let refused = Refused::or_nameless(refused, nameless, LIST, region);
    let items = stream::iter(arns)
        .map(|arn| key(audit, &client, region, arn))
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    audit.ask.listing(items, refused)
}

/// One key; nothing if AWS manages it. The list of keys does not say who does, so that each is asked.
async fn key(audit: &Audit<'_>, client: &Client, region: &str, arn: String) -> Option<Key> {
    let ask = audit.ask;
    let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
    let mut key = Key::unread_on(Provider::Aws, &arn, name, Some(region));
    let call = client.describe_key().key_id(&arn).send();
    let described = match ask.ask(DESCRIBE, &arn, region, call).await {
        Ok(output) => output.key_metadata,
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
    let Some(metadata) = described else {
        let gap = ask.malformed::<()>(DESCRIBE, &arn, "the answer describes no key").gap()?;
        for fact in Key::FACTS {
            key.hide(fact.name, gap);
        }
        return Some(key);
    };
    if metadata.key_manager() == Some(&KeyManagerType::Aws) {
        return None;
    }
    let state = match state(&metadata) {
        Some(state) => Known(state),
        None => ask.malformed(DESCRIBE, &arn, "the key is in a state that is not known here"),
    };
    let origin = match origin(&metadata) {
        Some(origin) => Known(origin),
        None => ask.malformed(DESCRIBE, &arn, "the key is of an origin that is not known here"),
    };
    let symmetric = metadata.key_spec() == Some(&KeySpec::SymmetricDefault);
    let replica = metadata
        .multi_region_configuration()
        .is_some_and(|many| many.multi_region_key_type() == Some(&MultiRegionKeyType::Replica));
    // Only these can rotate by themselves, see
    // https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    let rotatable = state == Known(KeyState::Enabled)
        && origin == Known(KeyOrigin::Service)
        && symmetric
        && !replica;
    let rotation = async {
        if !audit.calls(ROTATION) {
            return (Fact::not_collected(), Fact::not_collected());
        }
        if !rotatable {
            return (Fact::NotOffered, Fact::NotOffered);
        }
        let call = client.get_key_rotation_status().key_id(&arn).send();
        let answer = ask.fact(ask.ask(ROTATION, &arn, region, call).await);
        let days = |days: Option<i32>| days.and_then(|days| u32::try_from(days).ok());
        (
            answer.map(|output| output.key_rotation_enabled()),
            answer.map(|output| days(output.rotation_period_in_days())),
        )
    };
    let policy = async {
        if !audit.wanted.any(POLICY_FACTS) {
            return Fact::not_collected();
        }
        let call = client.get_key_policy().key_id(&arn).policy_name("default").send();
        ask.fact(ask.ask(POLICY, &arn, region, call).await.map(|output| output.policy))
    };
    let ((rotates, rotation_days), policy) = futures::join!(rotation, policy);
    let policy = ResourcePolicy {
        ask,
        action: POLICY,
        target: &arn,
        account: audit.session.account(),
        text: &policy,
        organization: audit.organization().await,
    };
    Some(
        key.state(state)
            .origin(origin)
            .symmetric(Known(symmetric))
            .replica(Known(replica))
            .rotates(rotates)
            .rotation_days(rotation_days)
            .policy_public(policy.public(resource_policy::ANY))
            .external_accounts(policy.external_accounts())
            .services_without_source(policy.services_without_source()),
    )
}

fn state(metadata: &KeyMetadata) -> Option<KeyState> {
    Some(match metadata.key_state()? {
        State::Enabled => KeyState::Enabled,
        State::Disabled => KeyState::Disabled,
        State::PendingDeletion | State::PendingReplicaDeletion => KeyState::PendingDeletion,
        State::Creating | State::PendingImport | State::Unavailable | State::Updating => {
            KeyState::Unavailable
        }
        _ => return None,
    })
}

fn origin(metadata: &KeyMetadata) -> Option<KeyOrigin> {
    Some(match metadata.origin()? {
        OriginType::AwsKms => KeyOrigin::Service,
        OriginType::External => KeyOrigin::Imported,
        OriginType::AwsCloudhsm | OriginType::ExternalKeyStore => KeyOrigin::CustomStore,
        _ => return None,
    })
}
