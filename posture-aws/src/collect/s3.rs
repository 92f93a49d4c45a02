//! Buckets and access points.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object_lock_configuration::GetObjectLockConfigurationOutput;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ExpirationStatus, Grant, MfaDeleteStatus, ObjectLockEnabled,
    ObjectOwnership, Permission, ReplicationRuleStatus, ServerSideEncryption,
    ServerSideEncryptionConfiguration,
};
use aws_sdk_s3control::operation::get_public_access_block::GetPublicAccessBlockOutput;
use futures::stream::{self, StreamExt};
use posture_core::fact::{Fact, Known};
use posture_core::listing::Listing;
use posture_core::resource::{
    AccessPoint, Account, Bucket, Encryption, FactId, Kind, PublicAccessBlock,
};

use super::Audit;
use super::resource_policy::{self, ResourcePolicy};
use crate::ask::Refused;

const ACL: &str = "s3:GetBucketAcl";
const ENCRYPTION: &str = "s3:GetEncryptionConfiguration";
const LIFECYCLE: &str = "s3:GetLifecycleConfiguration";
const LIST: &str = "s3:ListAllMyBuckets";
const LIST_ACCESS_POINTS: &str = "s3:ListAccessPoints";
const LOCATION: &str = "s3:GetBucketLocation";
const LOCK: &str = "s3:GetBucketObjectLockConfiguration";
const LOGGING: &str = "s3:GetBucketLogging";
const OWNERSHIP: &str = "s3:GetBucketOwnershipControls";
const POLICY: &str = "s3:GetBucketPolicy";
const POINT: &str = "s3:GetAccessPoint";
const POINT_POLICY: &str = "s3:GetAccessPointPolicy";
const PUBLIC_BLOCK: &str = "s3:GetBucketPublicAccessBlock";
const ACCOUNT_BLOCK: &str = "s3:GetAccountPublicAccessBlock";
const REPLICATION: &str = "s3:GetReplicationConfiguration";
const TAGGING: &str = "s3:GetBucketTagging";
const VERSIONING: &str = "s3:GetBucketVersioning";

/// How many buckets are read at once; the asker bounds the calls.
const BUCKETS_AT_ONCE: usize = 64;

/// What object storage holds.
pub(crate) struct Storage {
    pub(crate) buckets: Listing<Bucket>,
    pub(crate) access_points: Listing<AccessPoint>,
    pub(crate) account_block: Fact<PublicAccessBlock>,
}

pub(crate) async fn collect(audit: &Audit<'_>) -> Storage {
    let buckets = async {
        if audit.wanted.kind(Kind::Bucket) || audit.wanted.kind(Kind::AccessPoint) {
            buckets(audit).await
        } else {
            Listing::not_collected()
        }
    };
    let (buckets, account_block) = futures::join!(buckets, account_block(audit));
    let access_points = access_points(audit, &buckets).await;
    Storage { buckets, access_points, account_block }
}

/// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html) tells the region when it is asked
/// for pages.
async fn buckets(audit: &Audit<'_>) -> Listing<Bucket> {
    let mut places = audit.places().into_iter().peekable();
    // A policy of the organization may keep the account out of regions, also of the one that we are configured for; the
    // list is the same everywhere.
    let mut first = None;
    let (client, pages, refused) = loop {
        let region = places.next().unwrap_or_else(|| audit.session.region().to_owned());
        let client = audit.session.s3(&region, audit.meter);
        let (pages, refused) = audit
            .ask
            .pages(
                LIST,
                &region,
                |token| {
                    client.list_buckets().max_buckets(1_000).set_continuation_token(token).send()
                },
                |page| page.continuation_token(),
            )
            .await;
        let elsewhere = refused.as_ref().is_some_and(Refused::may_be_regional);
        if pages.is_empty() && elsewhere && places.peek().is_some() {
            first = first.or(refused);
            continue;
        }
        // What the first region said tells most.
        let refused = match refused {
            Some(refused) => Some(first.unwrap_or(refused)),
            None => None,
        };
        break (client, pages, refused);
    };
    let buckets = || pages.iter().flat_map(|page| page.buckets());
    let nameless = buckets().any(|bucket| bucket.name().is_none());
    let refused = Refused::or_nameless(refused, nameless, LIST, "");
    let named: Vec<(String, Option<String>)> = buckets()
        .filter_map(|bucket| {
            Some((bucket.name()?.to_owned(), bucket.bucket_region().map(str::to_owned)))
        })
        .collect();
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let mut located = Vec::with_capacity(named.len());
    for (name, region) in named {
        let region = match region {
            Some(region) => Ok(region),
            None => location(audit, &client, &name).await,
        };
        if let Ok(region) = &region {
            if !audit.reads_region(region) {
                continue;
            }
            if !clients.contains_key(region) {
                clients.insert(region.clone(), audit.session.s3(region, audit.meter));
            }
        }
        located.push((name, region));
    }
    let one = |(name, region): (String, Result<String, Refused>)| {
        let clients = &clients;
        async move {
            match region {
                Ok(region) => match clients.get(&region) {
                    Some(client) => bucket(audit, client, &name, &region).await,
                    None => None,
                },
                Err(refused) => Some(unread(audit, &name, refused)),
            }
        }
    };
    let items = stream::iter(located)
        .map(one)
        .buffer_unordered(BUCKETS_AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    audit.ask.listing(items, refused)
}

/// The region of a bucket that the listing did not tell. None is us-east-1, and `EU` an old name of eu-west-1, see
/// [GetBucketLocation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html).
async fn location(audit: &Audit<'_>, client: &Client, name: &str) -> Result<String, Refused> {
    let answer = audit
        .ask
        .ask(LOCATION, &arn(audit, name), "", client.get_bucket_location().bucket(name).send())
        .await?;
    Ok(match answer.location_constraint().map(|constraint| constraint.as_str()) {
        None | Some("") => "us-east-1".to_owned(),
        Some("EU") => "eu-west-1".to_owned(),
        Some(region) => region.to_owned(),
    })
}

fn arn(audit: &Audit<'_>, name: &str) -> String {
    format!("arn:{}:s3:::{name}", audit.session.partition())
}

/// A bucket that cannot be asked, as nobody knows where it is.
fn unread(audit: &Audit<'_>, name: &str, refused: Refused) -> Bucket {
    use posture_core::resource::Resource;
    let gap = audit.ask.gap(refused.into_gap());
    let mut bucket = Bucket::unread(arn(audit, name), name, None);
    for fact in Bucket::FACTS {
        bucket.hide(fact.name, gap);
    }
    bucket
}

/// Everything wanted of one bucket; nothing if it is gone since it was listed.
async fn bucket(audit: &Audit<'_>, client: &Client, name: &str, region: &str) -> Option<Bucket> {
    let (ask, id) = (audit.ask, arn(audit, name));
    let wants = |facts: &[FactId]| audit.wanted.any(facts);
    let gone = std::sync::atomic::AtomicBool::new(false);
    // A bucket deleted between listing and asking is neither good nor bad.
    let note = |refused: Refused| {
        if refused.is(&["NoSuchBucket"]) {
            gone.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        refused
    };
    macro_rules! asked {
        ($facts:expr, $action:expr, $call:expr) => {
            async {
                if wants($facts) {
                    Some(
                        ask.ask($action, &id, region, $call.bucket(name).send())
                            .await
                            .map_err(note),
                    )
                } else {
                    None
                }
            }
        };
    }
    let access = async {
        let ownership = asked!(
            &[
                Bucket::fact("acls_disabled"),
                Bucket::fact("acl_public_read"),
                Bucket::fact("acl_public_write")
            ],
            OWNERSHIP,
            client.get_bucket_ownership_controls()
        )
        .await;
        let disabled = ownership.map(|answer| {
            let answer = answer.map(|output| {
                let rules =
                    output.ownership_controls.map(|controls| controls.rules).unwrap_or_default();
                rules
                    .iter()
                    .any(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced)
            });
            // A bucket from before the setting existed has none, and its lists are in force.
            ask.fact_or(answer, &["OwnershipControlsNotFoundError"], false)
        });
        // A list that has no effect need not be read.
        let acl = if disabled == Some(Known(true)) {
            Some(Ok(Vec::new()))
        } else {
            asked!(
                &[Bucket::fact("acl_public_read"), Bucket::fact("acl_public_write")],
                ACL,
                client.get_bucket_acl()
            )
            .await
            .map(|answer| answer.map(|output| output.grants.unwrap_or_default()))
        };
        (disabled, acl)
    };
    let policy = asked!(
        &[
            Bucket::fact("policy_public_read"),
            Bucket::fact("policy_public_write"),
            Bucket::fact("external_accounts"),
            Bucket::fact("services_without_source"),
            Bucket::fact("tls_enforced"),
        ],
        POLICY,
        client.get_bucket_policy()
    );
    let block = asked!(
        &[Bucket::fact("public_access_block")],
        PUBLIC_BLOCK,
        client.get_public_access_block()
    );
    let encryption =
        asked!(&[Bucket::fact("encryption")], ENCRYPTION, client.get_bucket_encryption());
    let versioning = asked!(
        &[Bucket::fact("versioning"), Bucket::fact("mfa_delete")],
        VERSIONING,
        client.get_bucket_versioning()
    );
    let lock = asked!(
        &[Bucket::fact("object_lock"), Bucket::fact("default_lock_days")],
        LOCK,
        client.get_object_lock_configuration()
    );
    let logging =
        asked!(&[Bucket::fact("access_log_target")], LOGGING, client.get_bucket_logging());
    let lifecycle = asked!(
        &[Bucket::fact("lifecycle_rules")],
        LIFECYCLE,
        client.get_bucket_lifecycle_configuration()
    );
    let replication =
        asked!(&[Bucket::fact("replication_rules")], REPLICATION, client.get_bucket_replication());
    let tags = asked!(&[Bucket::fact("tags")], TAGGING, client.get_bucket_tagging());
    let (
        (disabled, acl),
        policy,
        block,
        encryption,
        versioning,
        lock,
        logging,
        lifecycle,
        replication,
        tags,
    ) = futures::join!(
        access,
        policy,
        block,
        encryption,
        versioning,
        lock,
        logging,
        lifecycle,
        replication,
        tags
    );

    let mut bucket = Bucket::unread(id.clone(), name, Some(region));
    if let Some(disabled) = disabled {
        bucket.acls_disabled = disabled;
    }
    if let Some(acl) = acl {
        let grants = ask.fact(acl);
        bucket.acl_public_read = grants.map(|grants| {
            public_grants(grants, |p| matches!(p, Permission::Read | Permission::FullControl))
        });
        bucket.acl_public_write = grants.map(|grants| {
            public_grants(grants, |p| {
                matches!(p, Permission::Write | Permission::WriteAcp | Permission::FullControl)
            })
        });
    }
    if let Some(policy) = policy {
        let text = ask.fact_or(policy.map(|output| output.policy), &["NoSuchBucketPolicy"], None);
        let judged = ResourcePolicy {
            ask,
            action: POLICY,
            target: &id,
            account: audit.session.account(),
            text: &text,
            organization: audit.organization().await,
        };
        bucket.policy_public_read = judged.public(resource_policy::S3_READ);
        bucket.policy_public_write = judged.public(resource_policy::S3_WRITE);
        bucket.external_accounts = judged.external_accounts();
        bucket.services_without_source = judged.services_without_source();
        bucket.tls_enforced = judged.forces_tls();
    }
    if let Some(block) = block {
        let switches = block.map(|output| {
            output.public_access_block_configuration.map_or_else(
                PublicAccessBlock::default,
                |block| PublicAccessBlock {
                    block_public_acls: block.block_public_acls.unwrap_or(false),
                    ignore_public_acls: block.ignore_public_acls.unwrap_or(false),
                    block_public_policy: block.block_public_policy.unwrap_or(false),
                    restrict_public_buckets: block.restrict_public_buckets.unwrap_or(false),
                },
            )
        });
        bucket.public_access_block = ask.fact_or(
            switches,
            &["NoSuchPublicAccessBlockConfiguration"],
            PublicAccessBlock::default(),
        );
    }
    if let Some(encryption) = encryption {
        let rules = encryption.map(|output| output.server_side_encryption_configuration);
        let rules = ask.fact_or(rules, &["ServerSideEncryptionConfigurationNotFoundError"], None);
        bucket.encryption = rules.and_then(|rules| {
            match rules.as_ref().map_or(Ok(Encryption::None), encryption_of) {
                Ok(encryption) => Known(encryption),
                Err(unknown) => ask.undetermined(ENCRYPTION, &id, format!("algorithm `{unknown}`")),
            }
        });
    }
    if let Some(versioning) = versioning {
        let versioning = ask.fact(versioning);
        bucket.versioning = versioning.map(|v| v.status == Some(BucketVersioningStatus::Enabled));
        bucket.mfa_delete = versioning.map(|v| v.mfa_delete == Some(MfaDeleteStatus::Enabled));
    }
    if let Some(lock) = lock {
        let lock = ask.fact_or(lock.map(Some), &["ObjectLockConfigurationNotFoundError"], None);
        bucket.object_lock = lock.map(|lock| lock.as_ref().is_some_and(lock_enabled));
        bucket.default_lock_days = lock.map(|lock| lock.as_ref().and_then(lock_days));
    }
    if let Some(logging) = logging {
        bucket.access_log_target = ask
            .fact(logging)
            .map(|l| l.logging_enabled.as_ref().map(|on| on.target_bucket.clone()));
    }
    if let Some(lifecycle) = lifecycle {
        let enabled = lifecycle.map(|output| {
            count(
                output
                    .rules
                    .unwrap_or_default()
                    .iter()
                    .filter(|rule| rule.status == ExpirationStatus::Enabled),
            )
        });
        bucket.lifecycle_rules = ask.fact_or(enabled, &["NoSuchLifecycleConfiguration"], 0);
    }
    if let Some(replication) = replication {
        let enabled = replication.map(|output| {
            let rules = output
                .replication_configuration
                .map(|configuration| configuration.rules)
                .unwrap_or_default();
            count(rules.iter().filter(|rule| rule.status == ReplicationRuleStatus::Enabled))
        });
        bucket.replication_rules =
            ask.fact_or(enabled, &["ReplicationConfigurationNotFoundError"], 0);
    }
    if let Some(tags) = tags {
        let tags =
            tags.map(|output| output.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect());
        bucket.tags = ask.fact_or(tags, &["NoSuchTagSet"], BTreeMap::new());
    }
    (!gone.into_inner()).then_some(bucket)
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// The grants to [everyone](https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee):
/// to all users, or to all who have any AWS account.
fn public_grants(grants: &[Grant], permits: impl Fn(&Permission) -> bool) -> Vec<String> {
    let public = grants.iter().filter_map(|grant| {
        let uri = grant.grantee.as_ref()?.uri.as_deref()?;
        let group = uri
            .rsplit('/')
            .next()
            .filter(|group| matches!(*group, "AllUsers" | "AuthenticatedUsers"))?;
        let permission = grant.permission.as_ref().filter(|permission| permits(permission))?;
        Some(format!("{group} {}", permission.as_str()))
    });
    public.collect()
}

/// What a bucket does to new objects, or the name of an algorithm we do not know.
fn encryption_of(configuration: &ServerSideEncryptionConfiguration) -> Result<Encryption, String> {
    let Some(default) = configuration
        .rules
        .iter()
        .find_map(|rule| rule.apply_server_side_encryption_by_default.as_ref())
    else {
        return Ok(Encryption::None);
    };
    match default.sse_algorithm() {
        ServerSideEncryption::Aes256 => Ok(Encryption::Provider),
        ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse => {
            Ok(match default.kms_master_key_id() {
                // Without a key named, and with the alias that AWS keeps, the key is AWS's.
                None | Some("") => Encryption::ProviderManagedKey,
                Some(key)
                    if key
                        .rsplit_once("alias/")
                        .is_some_and(|(_, alias)| alias.starts_with("aws/")) =>
                {
                    Encryption::ProviderManagedKey
                }
                Some(key) => Encryption::CustomerKey(key.to_owned()),
            })
        }
        other => Err(other.as_str().to_owned()),
    }
}

fn lock_enabled(output: &GetObjectLockConfigurationOutput) -> bool {
    let configuration = output.object_lock_configuration.as_ref();
    configuration.and_then(|c| c.object_lock_enabled.as_ref()) == Some(&ObjectLockEnabled::Enabled)
}

fn lock_days(output: &GetObjectLockConfigurationOutput) -> Option<u32> {
    let retention =
        output.object_lock_configuration.as_ref()?.rule.as_ref()?.default_retention.as_ref()?;
    let days = retention.days.or(retention.years.map(|years| years.saturating_mul(365)))?;
    u32::try_from(days).ok()
}

/// Asks for the block of the account, which every region knows.
async fn block_of_account(
    audit: &Audit<'_>,
    account: &str,
    region: Option<String>,
) -> Result<GetPublicAccessBlockOutput, Refused> {
    let region = region.unwrap_or_else(|| audit.session.region().to_owned());
    let client = audit.session.s3_control(&region, audit.meter);
    let call = client.get_public_access_block().account_id(account).send();
    audit.ask.ask(ACCOUNT_BLOCK, account, "", call).await
}

async fn account_block(audit: &Audit<'_>) -> Fact<PublicAccessBlock> {
    if !audit.wanted.fact(Account::fact("public_access_block")) {
        return Fact::not_collected();
    }
    let account = audit.session.account();
    let mut places = audit.places().into_iter();
    let mut answer = block_of_account(audit, account, places.next()).await;
    for region in places {
        match &answer {
            Err(refused) if refused.may_be_regional() => {
                // What the first region said tells most.
                answer = block_of_account(audit, account, Some(region)).await.or(answer);
            }
            _ => break,
        }
    }
    let switches = answer.map(|output| {
        output
            .public_access_block_configuration
            .map_or_else(PublicAccessBlock::default, |block| switches(&block))
    });
    audit.ask.fact_or(
        switches,
        &["NoSuchPublicAccessBlockConfiguration"],
        PublicAccessBlock::default(),
    )
}

fn switches(block: &aws_sdk_s3control::types::PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or(false),
        ignore_public_acls: block.ignore_public_acls.unwrap_or(false),
        block_public_policy: block.block_public_policy.unwrap_or(false),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or(false),
    }
}

/// An access point lives in the region of its bucket, so that regions without buckets need not be asked.
async fn access_points(audit: &Audit<'_>, buckets: &Listing<Bucket>) -> Listing<AccessPoint> {
    if !audit.wanted.kind(Kind::AccessPoint) {
        return Listing::not_collected();
    }
    let mut regions: Vec<&str> =
        buckets.items.iter().filter_map(|bucket| bucket.region.as_deref()).collect();
    regions.sort_unstable();
    regions.dedup();
    let mut all = Listing { items: Vec::new(), gaps: buckets.gaps.clone() };
    for listing in
        futures::future::join_all(regions.into_iter().map(|region| access_points_of(audit, region)))
            .await
    {
        all.merge(listing);
    }
    all
}

async fn access_points_of(audit: &Audit<'_>, region: &str) -> Listing<AccessPoint> {
    let (ask, account) = (audit.ask, audit.session.account());
    let client = audit.session.s3_control(region, audit.meter);
    let (pages, refused) = ask
        .pages(
            LIST_ACCESS_POINTS,
            region,
            |token| {
                client
                    .list_access_points()
                    .account_id(account)
                    .max_results(1_000)
                    .set_next_token(token)
                    .send()
            },
            |page| page.next_token(),
        )
        .await;
    let points: Vec<_> = pages.iter().flat_map(|page| page.access_point_list()).collect();
    let one = |point: &aws_sdk_s3control::types::AccessPoint| {
        let (name, client) = (point.name().to_owned(), &client);
        let id = point.access_point_arn().map_or_else(
            || {
                format!(
                    "arn:{}:s3:{region}:{account}:accesspoint/{name}",
                    audit.session.partition()
                )
            },
            str::to_owned,
        );
        let bucket = point.bucket().to_owned();
        let network = point.vpc_configuration().map(|network| network.vpc_id().to_owned());
        async move {
            let mut point = AccessPoint::unread(id.clone(), name.clone(), Some(region))
                .bucket(Known(bucket))
                .network(Known(network));
            if audit.wanted.fact(AccessPoint::fact("public_access_block")) {
                let call = client.get_access_point().account_id(account).name(&name).send();
                let block = ask.ask(POINT, &id, region, call).await.map(|output| {
                    output
                        .public_access_block_configuration
                        .map_or_else(PublicAccessBlock::default, |b| switches(&b))
                });
                point.public_access_block = ask.fact(block);
            }
            if audit.wanted.fact(AccessPoint::fact("policy_public")) {
                let call = client.get_access_point_policy().account_id(account).name(&name).send();
                let policy =
                    ask.ask(POINT_POLICY, &id, region, call).await.map(|output| output.policy);
                let text = ask.fact_or(policy, &["NoSuchAccessPointPolicy"], None);
                let organization = audit.organization().await;
                let judged = ResourcePolicy {
                    ask,
                    action: POINT_POLICY,
                    target: &id,
                    account,
                    text: &text,
                    organization,
                };
                point.policy_public = judged.public(resource_policy::ANY);
            }
            point
        }
    };
    let items = stream::iter(points).map(one).buffer_unordered(8).collect().await;
    ask.listing(items, refused)
}

#[cfg(test)]
mod tests {
    use posture_core::gap::Reason;
    use posture_core::wanted::Wanted;

    use crate::fake::Fake;

    const LIST: &str = "GET /?max-buckets=1000&x-id=ListBuckets";

    fn denied(message: &str) -> String {
        format!("<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>")
    }

    #[tokio::test]
    async fn buckets_are_listed_where_the_account_may_go() {
        let words = "with an explicit deny in a service control policy";
        let none = "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>";
        let wanted = Wanted::of(&[], &[posture_core::resource::Kind::Bucket]);
        let cloud = Fake::default().answer(LIST, 403, denied(words)).answer(LIST, 200, none);
        let scope = cloud.collect(&wanted).await;
        assert!(scope.buckets.is_complete(), "{:?}", scope.gaps);
        let hosts: Vec<String> =
            cloud.hosts().into_iter().filter(|host| host.starts_with("s3.")).collect();
        assert_eq!(hosts, ["s3.eu-central-1.amazonaws.com", "s3.us-east-1.amazonaws.com"]);
        // Where it may go nowhere, the first refusal is the cause.
        let cloud = Fake::default().answer(LIST, 403, denied(words)).answer(LIST, 403, denied(""));
        let scope = cloud.collect(&wanted).await;
        let gaps: Vec<Reason> = scope.real_gaps().map(|gap| gap.reason).collect();
        assert!(gaps.contains(&Reason::DeniedByOrganizationPolicy), "{gaps:?}");
        assert!(!scope.buckets.is_complete());
    }
}
