//! Buckets and access points.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object_lock_configuration::GetObjectLockConfigurationOutput;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ExpirationStatus, MfaDeleteStatus, ObjectLockEnabled, ObjectOwnership,
    ReplicationRuleStatus, ServerSideEncryption, ServerSideEncryptionConfiguration,
};
use futures::stream::{self, StreamExt};
use posture_model::fact::{Fact, Known};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    AccessPoint, Account, Bucket, Distribution, Encryption, HostedZone, Kind, PublicAccessBlock,
};

use super::acl::{self, Acl};
use super::context::Audit;
use super::regions;
use super::resource_policy::{self, ResourcePolicy};
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::policy::Access;
use crate::wire::services::S3_CONTROL;
use crate::wire::{Answer, Constant, Operation, answers};

/// None, some or all of the four settings: if they were never set, the response is an error instead.
const PUBLIC_ACCESS_BLOCK: Holds = Holds::root("PublicAccessBlockConfiguration", &[]);

pub(crate) const LIST: Action = Action {
    name: "s3:ListAllMyBuckets",
    per: Per::ONCE,
    own: Holds::root("ListAllMyBucketsResult", &["Buckets"]),
    lists: &[Kind::Bucket],
    fills: &[Account::DATA_REGIONS],
    command: "aws s3api list-buckets",
};

pub(crate) const LOCATION: Action = Action {
    name: "s3:GetBucketLocation",
    // Also for names of buckets that records and distributions lead to.
    per: Per::listing(Kind::Bucket).at_least(),
    own: Holds::root("LocationConstraint", &[]),
    lists: &[Kind::Bucket],
    fills: &[
        Account::DATA_REGIONS,
        HostedZone::DEAD_TARGETS,
        HostedZone::TARGETS,
        Distribution::MISSING_ORIGINS,
    ],
    command: "aws s3api get-bucket-location --bucket {name}",
};

pub(crate) const OWNERSHIP: Action = Action {
    name: "s3:GetBucketOwnershipControls",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("OwnershipControls", &["@Rule.ObjectOwnership"]),
    lists: &[],
    fills: &[
        Bucket::ACLS_DISABLED,
        // If access control lists are disabled, they need not be requested.
        Bucket::ACL_PUBLIC_READ,
        Bucket::ACL_PUBLIC_WRITE,
        Bucket::ACL_EXTERNAL_ACCOUNTS,
    ],
    command: "aws s3api get-bucket-ownership-controls --bucket {name}",
};

pub(crate) const ACL: Action = Action {
    name: "s3:GetBucketAcl",
    per: Per::resource(Kind::Bucket).at_most(),
    own: Holds::root("AccessControlPolicy", &["Owner", "AccessControlList"]),
    lists: &[],
    fills: &[Bucket::ACL_PUBLIC_READ, Bucket::ACL_PUBLIC_WRITE, Bucket::ACL_EXTERNAL_ACCOUNTS],
    command: "aws s3api get-bucket-acl --bucket {name}",
};

pub(crate) const POLICY: Action = Action {
    name: "s3:GetBucketPolicy",
    per: Per::resource(Kind::Bucket),
    own: Holds::document(&["Statement"]),
    lists: &[],
    fills: &[
        Bucket::POLICY_PUBLIC,
        Bucket::POLICY_PUBLIC_READ,
        Bucket::POLICY_PUBLIC_WRITE,
        Bucket::EXTERNAL_ACCOUNTS,
        Bucket::SERVICES_WITHOUT_SOURCE,
        Bucket::TLS_ENFORCED,
    ],
    command: "aws s3api get-bucket-policy --bucket {name}",
};

pub(crate) const PUBLIC_BLOCK: Action = Action {
    name: "s3:GetBucketPublicAccessBlock",
    per: Per::resource(Kind::Bucket),
    own: PUBLIC_ACCESS_BLOCK,
    lists: &[],
    fills: &[Bucket::PUBLIC_ACCESS_BLOCK],
    command: "aws s3api get-public-access-block --bucket {name}",
};

pub(crate) const ENCRYPTION: Action = Action {
    name: "s3:GetEncryptionConfiguration",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("ServerSideEncryptionConfiguration", &["Rule"]),
    lists: &[],
    fills: &[Bucket::ENCRYPTION],
    command: "aws s3api get-bucket-encryption --bucket {name}",
};

pub(crate) const VERSIONING: Action = Action {
    name: "s3:GetBucketVersioning",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("VersioningConfiguration", &[]),
    lists: &[],
    fills: &[Bucket::VERSIONING, Bucket::MFA_DELETE],
    command: "aws s3api get-bucket-versioning --bucket {name}",
};

pub(crate) const LOCK: Action = Action {
    name: "s3:GetBucketObjectLockConfiguration",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("ObjectLockConfiguration", &["@ObjectLockEnabled"]),
    lists: &[],
    fills: &[Bucket::OBJECT_LOCK, Bucket::DEFAULT_LOCK_DAYS],
    command: "aws s3api get-object-lock-configuration --bucket {name}",
};

pub(crate) const LOGGING: Action = Action {
    name: "s3:GetBucketLogging",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("BucketLoggingStatus", &[]),
    lists: &[],
    fills: &[Bucket::ACCESS_LOG_TARGET],
    command: "aws s3api get-bucket-logging --bucket {name}",
};

pub(crate) const LIFECYCLE: Action = Action {
    name: "s3:GetLifecycleConfiguration",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("LifecycleConfiguration", &["Rule"]),
    lists: &[],
    fills: &[Bucket::LIFECYCLE_RULES],
    command: "aws s3api get-bucket-lifecycle-configuration --bucket {name}",
};

pub(crate) const REPLICATION: Action = Action {
    name: "s3:GetReplicationConfiguration",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("ReplicationConfiguration", &["Rule"]),
    lists: &[],
    fills: &[Bucket::REPLICATION_RULES],
    command: "aws s3api get-bucket-replication --bucket {name}",
};

pub(crate) const TAGGING: Action = Action {
    name: "s3:GetBucketTagging",
    per: Per::resource(Kind::Bucket),
    own: Holds::root("Tagging", &["TagSet"]),
    lists: &[],
    fills: &[Bucket::TAGS],
    command: "aws s3api get-bucket-tagging --bucket {name}",
};

pub(crate) const ACCOUNT_BLOCK: Action = Action {
    name: "s3:GetAccountPublicAccessBlock",
    per: Per::ONCE,
    own: PUBLIC_ACCESS_BLOCK,
    lists: &[],
    fills: &[Account::PUBLIC_ACCESS_BLOCK],
    command: "aws s3control get-public-access-block --account-id {id}",
};

pub(crate) const LIST_ACCESS_POINTS: Action = Action {
    name: "s3:ListAccessPoints",
    per: Per::PLACE.at_least(),
    own: Holds::root("ListAccessPointsResult", &["AccessPointList"]),
    lists: &[Kind::AccessPoint],
    fills: &[AccessPoint::BUCKET, AccessPoint::BUCKET_ACCOUNT, AccessPoint::NETWORK],
    command: "aws s3control list-access-points --account-id <account> --region {region}",
};

pub(crate) const POINT: Action = Action {
    name: "s3:GetAccessPoint",
    per: Per::resource(Kind::AccessPoint),
    own: Holds::root("GetAccessPointResult", &["@Name", "PublicAccessBlockConfiguration"]),
    lists: &[],
    fills: &[AccessPoint::PUBLIC_ACCESS_BLOCK],
    command: "aws s3control get-access-point --account-id <account> --name {name} --region {region}",
};

pub(crate) const POINT_POLICY: Action = Action {
    name: "s3:GetAccessPointPolicy",
    per: Per::resource(Kind::AccessPoint),
    own: Holds::root("GetAccessPointPolicyResult", &["@Policy"]),
    lists: &[],
    fills: &[AccessPoint::POLICY_PUBLIC, AccessPoint::EXTERNAL_ACCOUNTS],
    command: "aws s3control get-access-point-policy --account-id <account> --name {name} --region {region}",
};

answers! {
    /// What is blocked, of an account or an access point.
    PublicAccessBlockConfiguration {
        block_public_acls: "BlockPublicAcls" optional flag,
        ignore_public_acls: "IgnorePublicAcls" optional flag,
        block_public_policy: "BlockPublicPolicy" optional flag,
        restrict_public_buckets: "RestrictPublicBuckets" optional flag,
    }

    ListAccessPoints {
        points: "AccessPointList" optional records(ListedPoint),
    }

    ListedPoint {
        name: "Name" required text,
        arn: "AccessPointArn" optional text,
        bucket: "Bucket" required text,
        bucket_account: "BucketAccountId" optional text,
        network: "VpcConfiguration" optional record(VpcConfiguration),
    }

    VpcConfiguration {
        id: "VpcId" required text,
    }

    GetAccessPoint {
        block: "PublicAccessBlockConfiguration" optional record(PublicAccessBlockConfiguration),
    }

    GetAccessPointPolicy {
        policy: "Policy" optional text,
    }
}

/// The account whose this is: each of these operations names it.
const OF_ACCOUNT: &str = "x-amz-account-id";

pub(crate) static READ_ACCOUNT_BLOCK: Operation<1, PublicAccessBlockConfiguration<'_>> =
    Operation::new(&S3_CONTROL, ACCOUNT_BLOCK.name, "GetPublicAccessBlock")
        .at("GET", "/v20180820/configuration/publicAccessBlock")
        .takes(&[OF_ACCOUNT])
        .root("PublicAccessBlockConfiguration");

pub(crate) static LIST_POINTS: Operation<1, ListAccessPoints<'_>> =
    Operation::new(&S3_CONTROL, LIST_ACCESS_POINTS.name, "ListAccessPoints")
        .at("GET", "/v20180820/accesspoint")
        .takes(&[OF_ACCOUNT])
        .given(&[("maxResults", Constant::Whole(1_000))])
        .pages("nextToken", "NextToken")
        .root("ListAccessPointsResult");

pub(crate) static READ_POINT: Operation<2, GetAccessPoint<'_>> =
    Operation::new(&S3_CONTROL, POINT.name, "GetAccessPoint")
        .at("GET", "/v20180820/accesspoint/{name}")
        .takes(&[OF_ACCOUNT, "name"])
        .root("GetAccessPointResult");

pub(crate) static READ_POINT_POLICY: Operation<2, GetAccessPointPolicy<'_>> =
    Operation::new(&S3_CONTROL, POINT_POLICY.name, "GetAccessPointPolicy")
        .at("GET", "/v20180820/accesspoint/{name}/policy")
        .takes(&[OF_ACCOUNT, "name"])
        .root("GetAccessPointPolicyResult");

/// How many buckets are read at once; the asker bounds the calls.
const BUCKETS_AT_ONCE: usize = 64;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let access_points = Box::pin(access_points(audit));
    let (storage, access_points) =
        futures::join!(audit.observed("s3", "", storage(audit)), access_points);
    Part { access_points, ..storage }
}

/// Reads the buckets, and what holds for all of them.
async fn storage(audit: &Audit<'_>) -> Part {
    let buckets =
        async { if audit.calls(&LIST) { buckets(audit).await } else { Listing::not_collected() } };
    let (buckets, account_block) = futures::join!(buckets, account_block(audit));
    Part { buckets, ..Part::account(|account| account.public_access_block(account_block)) }
}

/// [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html) returns the region if it is called
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
                LIST.name,
                &region,
                |token| {
                    client.list_buckets().max_buckets(1_000).set_continuation_token(token).send()
                },
                |page| page.continuation_token(),
            )
            .await;
        let elsewhere = refused.as_ref().is_some_and(CallError::may_be_regional);
        if pages.is_empty() && elsewhere && places.peek().is_some() {
            first = first.or(refused);
            continue;
        }
        // The response of the first region is the most informative.
        let refused = refused.map(|refused| first.unwrap_or(refused));
        break (client, pages, refused);
    };
    let buckets = || pages.iter().flat_map(|page| page.buckets());
    let nameless = buckets().any(|bucket| bucket.name().is_none_or(str::is_empty));
    let refused = CallError::or_nameless(refused, nameless, LIST.name, "");
    let named: Vec<(String, Option<String>)> = buckets()
        .filter_map(|bucket| {
            let name = bucket.name().filter(|name| !name.is_empty())?;
            Some((name.to_owned(), bucket.bucket_region().map(str::to_owned)))
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
    let one = |(name, region): (String, Result<String, CallError>)| {
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

/// The region of a bucket that the listing did not return. None is us-east-1, and `EU` an old name of eu-west-1, see
/// [GetBucketLocation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html).
async fn location(audit: &Audit<'_>, client: &Client, name: &str) -> Result<String, CallError> {
    let answer = audit
        .ask
        .ask(LOCATION.name, &arn(audit, name), "", client.get_bucket_location().bucket(name).send())
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

/// A bucket that cannot be read, because its region is unknown.
fn unread(audit: &Audit<'_>, name: &str, refused: CallError) -> Bucket {
    use posture_model::resource::Resource;
    let gap = audit.ask.gap(refused.into_gap());
    let mut bucket = Bucket::unread_on(Provider::Aws, arn(audit, name), name, None);
    for fact in Bucket::FACTS {
        bucket.hide(fact.name, gap);
    }
    bucket
}

/// Everything wanted of one bucket; nothing if it is gone since it was listed.
async fn bucket(audit: &Audit<'_>, client: &Client, name: &str, region: &str) -> Option<Bucket> {
    let (ask, id) = (audit.ask, arn(audit, name));
    let gone = std::sync::atomic::AtomicBool::new(false);
    // A bucket deleted between listing and asking is neither good nor bad.
    let note = |refused: CallError| {
        if refused.is(&["NoSuchBucket"]) {
            gone.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        refused
    };
    macro_rules! asked {
        ($action:expr, $call:expr) => {
            async {
                if audit.calls($action) {
                    Some(
                        ask.ask($action.name, &id, region, $call.bucket(name).send())
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
        let ownership = asked!(&OWNERSHIP, client.get_bucket_ownership_controls()).await;
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
            Some(Ok(Acl::default()))
        } else {
            asked!(&ACL, client.get_bucket_acl()).await.map(|answer| {
                answer.map(|output| Acl {
                    owner: output.owner.and_then(|owner| owner.id),
                    grants: output.grants.unwrap_or_default(),
                })
            })
        };
        (disabled, acl)
    };
    let policy = asked!(&POLICY, client.get_bucket_policy());
    let block = asked!(&PUBLIC_BLOCK, client.get_public_access_block());
    let encryption = asked!(&ENCRYPTION, client.get_bucket_encryption());
    let versioning = asked!(&VERSIONING, client.get_bucket_versioning());
    let lock = asked!(&LOCK, client.get_object_lock_configuration());
    let logging = asked!(&LOGGING, client.get_bucket_logging());
    let lifecycle = asked!(&LIFECYCLE, client.get_bucket_lifecycle_configuration());
    let replication = asked!(&REPLICATION, client.get_bucket_replication());
    let tags = asked!(&TAGGING, client.get_bucket_tagging());
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

    let mut bucket = Bucket::unread_on(Provider::Aws, id.clone(), name, Some(region));
    if let Some(disabled) = disabled {
        bucket.acls_disabled = disabled;
    }
    if let Some(acl) = acl {
        let list = ask.fact(acl);
        let gap = |what: &str| ask.undetermined::<()>(ACL.name, &id, what).gap();
        bucket.acl_public_read = list.and_then(|list| list.public(acl::reads, gap).into_fact());
        bucket.acl_public_write = list.and_then(|list| list.public(acl::writes, gap).into_fact());
        bucket.acl_external_accounts = list.and_then(|list| list.external(gap).into_fact());
    }
    if let Some(policy) = policy {
        let text = ask.fact_or(policy.map(|output| output.policy), &["NoSuchBucketPolicy"], None);
        let judged = ResourcePolicy {
            ask,
            action: POLICY.name,
            target: &id,
            account: audit.session.account(),
            text: &text,
            organization: audit.organization().await,
        };
        bucket.policy_public = judged.public(resource_policy::ANY);
        bucket.policy_public_read = judged.public_storage(Access::Read);
        bucket.policy_public_write = judged.public_storage(Access::Write);
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
                Err(unknown) => {
                    ask.undetermined(ENCRYPTION.name, &id, format!("algorithm `{unknown}`"))
                }
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

/// Reads the public access block of the account, which every region knows.
async fn block_of_account(
    audit: &Audit<'_>,
    account: &str,
    region: Option<String>,
) -> Result<Answer<PublicAccessBlockConfiguration<'static>>, CallError> {
    let region = region.unwrap_or_else(|| audit.session.region().to_owned());
    let client = audit.session.client(&region, audit.meter);
    audit.ask.read(&client, &READ_ACCOUNT_BLOCK, account, "", [account]).await
}

async fn account_block(audit: &Audit<'_>) -> Fact<PublicAccessBlock> {
    if !audit.calls(&ACCOUNT_BLOCK) {
        return Fact::not_collected();
    }
    let account = audit.session.account();
    let mut places = audit.places().into_iter();
    let mut answer = block_of_account(audit, account, places.next()).await;
    for region in places {
        match &answer {
            Err(refused) if refused.may_be_regional() => {
                // The response of the first region is the most informative.
                answer = block_of_account(audit, account, Some(region)).await.or(answer);
            }
            _ => break,
        }
    }
    let switches = answer.map(|answer| switches(answer.read()));
    audit.ask.fact_or(
        switches,
        &["NoSuchPublicAccessBlockConfiguration"],
        PublicAccessBlock::default(),
    )
}

fn switches(block: PublicAccessBlockConfiguration<'_>) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: block.block_public_acls().unwrap_or(false),
        ignore_public_acls: block.ignore_public_acls().unwrap_or(false),
        block_public_policy: block.block_public_policy().unwrap_or(false),
        restrict_public_buckets: block.restrict_public_buckets().unwrap_or(false),
    }
}

/// An access point is in the region of its bucket. The bucket may be another account's, so that every region is read
/// and not those alone where the account has buckets.
async fn access_points(audit: &Audit<'_>) -> Listing<AccessPoint> {
    let one = |region| access_points_of(audit, region);
    regions::listing(audit, &LIST_ACCESS_POINTS, "s3", one).await
}

async fn access_points_of(audit: &Audit<'_>, region: &str) -> Listing<AccessPoint> {
    let (ask, account) = (audit.ask, audit.session.account());
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = ask.list(&client, &LIST_POINTS, region, [account]).await;
    let points: Vec<_> = pages.iter().flat_map(|page| page.read().points()).collect();
    let one = |point: ListedPoint<'_>| {
        let (name, client) = (point.name().to_owned(), &client);
        let id = point.arn().filter(|arn| !arn.is_empty()).map_or_else(
            || {
                format!(
                    "arn:{}:s3:{region}:{account}:accesspoint/{name}",
                    audit.session.partition()
                )
            },
            str::to_owned,
        );
        let bucket = point.bucket().to_owned();
        let owner = point.bucket_account().map(str::to_owned);
        let network = point.network().map(|network| network.id().to_owned());
        async move {
            let mut point =
                AccessPoint::unread_on(Provider::Aws, id.clone(), name.clone(), Some(region))
                    .bucket(Known(bucket))
                    .bucket_account(match owner {
                        Some(owner) => Known(owner),
                        None => ask.malformed(
                            LIST_ACCESS_POINTS.name,
                            &id,
                            "the response does not identify the owner of the bucket",
                        ),
                    })
                    .network(Known(network));
            if audit.calls(&POINT) {
                let answer = ask.read(client, &READ_POINT, &id, region, [account, &name]).await;
                let block = answer.map(|answer| {
                    answer.read().block().map_or_else(PublicAccessBlock::default, switches)
                });
                point.public_access_block = ask.fact(block);
            }
            if audit.calls(&POINT_POLICY) {
                let answer =
                    ask.read(client, &READ_POINT_POLICY, &id, region, [account, &name]).await;
                let policy = answer.map(|answer| answer.read().policy().map(str::to_owned));
                let text = ask.fact_or(policy, &["NoSuchAccessPointPolicy"], None);
                let organization = audit.organization().await;
                let judged = ResourcePolicy {
                    ask,
                    action: POINT_POLICY.name,
                    target: &id,
                    account,
                    text: &text,
                    organization,
                };
                point.policy_public = judged.public(resource_policy::ANY);
                point.external_accounts = judged.external_accounts();
            }
            point
        }
    };
    let items = stream::iter(points).map(one).buffer_unordered(8).collect().await;
    ask.listing(items, refused)
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{
        DefaultRetention, ObjectLockConfiguration, ObjectLockRule, ServerSideEncryptionByDefault,
        ServerSideEncryptionRule,
    };
    use posture_model::entries::Entries;
    use posture_model::gap::Reason;
    use posture_model::resource::{FactId, Resource};
    use posture_model::scope::Scope;
    use posture_model::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    fn encryption(algorithm: &str, key: Option<&str>) -> Result<Encryption, String> {
        let default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::from(algorithm))
            .set_kms_master_key_id(key.map(str::to_owned))
            .build()
            .unwrap();
        let rule =
            ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default);
        let rules = ServerSideEncryptionConfiguration::builder().rules(rule.build());
        encryption_of(&rules.build().unwrap())
    }

    #[test]
    fn a_key_of_the_provider_is_not_customer_managed() {
        let own = || Ok(Encryption::ProviderManagedKey);
        let customer = |key: &str| Ok(Encryption::CustomerKey(key.to_owned()));
        assert_eq!(encryption("AES256", None), Ok(Encryption::Provider));
        for algorithm in ["aws:kms", "aws:kms:dsse"] {
            for key in [
                None,
                Some(""),
                Some("alias/aws/s3"),
                Some("arn:aws:kms:eu-central-1:123456789012:alias/aws/s3"),
            ] {
                assert_eq!(encryption(algorithm, key), own(), "{key:?}");
            }
            for key in [
                "arn:aws:kms:eu-central-1:123456789012:key/1",
                "1",
                "alias/own",
                "alias/my-aws/s3",
                "arn:aws:kms:eu-central-1:123456789012:alias/own",
            ] {
                assert_eq!(encryption(algorithm, Some(key)), customer(key));
            }
        }
        assert_eq!(encryption("rot13", None), Err("rot13".to_owned()));
        let none = ServerSideEncryptionConfiguration::builder()
            .rules(ServerSideEncryptionRule::builder().build());
        assert_eq!(encryption_of(&none.build().unwrap()), Ok(Encryption::None));
    }

    #[test]
    fn a_lock_is_one_that_is_enabled_with_its_days() {
        let output = |enabled: Option<ObjectLockEnabled>, retention: Option<DefaultRetention>| {
            let rule = retention
                .map(|retention| ObjectLockRule::builder().default_retention(retention).build());
            let lock = ObjectLockConfiguration::builder()
                .set_object_lock_enabled(enabled)
                .set_rule(rule)
                .build();
            GetObjectLockConfigurationOutput::builder().object_lock_configuration(lock).build()
        };
        let on = || Some(ObjectLockEnabled::Enabled);
        let days = |days| Some(DefaultRetention::builder().days(days).build());
        let years = |years| Some(DefaultRetention::builder().years(years).build());
        assert!(lock_enabled(&output(on(), None)));
        assert!(!lock_enabled(&output(None, None)));
        assert!(!lock_enabled(&output(Some(ObjectLockEnabled::from("Other")), None)));
        assert!(!lock_enabled(&GetObjectLockConfigurationOutput::builder().build()));
        assert_eq!(lock_days(&output(on(), days(30))), Some(30));
        assert_eq!(lock_days(&output(on(), years(2))), Some(730));
        assert_eq!(
            lock_days(&output(on(), years(i32::MAX))),
            Some(u32::try_from(i32::MAX).unwrap())
        );
        assert_eq!(lock_days(&output(on(), days(-1))), None);
        assert_eq!(lock_days(&output(on(), Some(DefaultRetention::builder().build()))), None);
        assert_eq!(lock_days(&output(on(), None)), None);
        assert_eq!(lock_days(&GetObjectLockConfigurationOutput::builder().build()), None);
    }

    #[test]
    fn a_switch_that_an_answer_leaves_out_is_off() {
        let switches = |block: Value| {
            let answer: Answer<PublicAccessBlockConfiguration<'_>> = Answer::of(block).unwrap();
            switches(answer.read())
        };
        assert_eq!(switches(json!({})), PublicAccessBlock::default());
        let all = json!({
            "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
            "RestrictPublicBuckets": true,
        });
        let on = PublicAccessBlock {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        };
        assert_eq!(switches(all.clone()), on);
        let less = [
            ("BlockPublicAcls", PublicAccessBlock { block_public_acls: false, ..on }),
            ("IgnorePublicAcls", PublicAccessBlock { ignore_public_acls: false, ..on }),
            ("BlockPublicPolicy", PublicAccessBlock { block_public_policy: false, ..on }),
            ("RestrictPublicBuckets", PublicAccessBlock { restrict_public_buckets: false, ..on }),
        ];
        for (name, expected) in less {
            let mut block = all.clone();
            block[name] = json!(false);
            assert_eq!(switches(block.clone()), expected);
            block.as_object_mut().unwrap().remove(name);
            assert_eq!(switches(block), expected);
        }
    }

    const LIST_PATH: &str = "GET /?x-id=ListBuckets&max-buckets=1000";
    const NS: &str = r#"xmlns="http://s3.amazonaws.com/doc/2006-03-01/""#;
    const OWNER: &str = "<Owner><ID>0123</ID></Owner>";

    fn list(buckets: &str) -> String {
        format!(
            "<ListAllMyBucketsResult {NS}>{OWNER}<Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"
        )
    }

    fn bucket_in(region: &str) -> String {
        format!(
            "<Bucket><Name>records</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate>\
             <BucketRegion>{region}</BucketRegion></Bucket>"
        )
    }

    /// An error as S3 returns it.
    fn error(code: &str) -> String {
        format!("<Error><Code>{code}</Code><Message>no</Message><RequestId>r</RequestId></Error>")
    }

    /// The questions about a bucket, with what a bucket without anything configured answers.
    const BARE: &[(&str, u16, &str)] = &[
        ("ownershipControls", 404, "OwnershipControlsNotFoundError"),
        ("policy", 404, "NoSuchBucketPolicy"),
        ("publicAccessBlock", 404, "NoSuchPublicAccessBlockConfiguration"),
        ("encryption", 404, "ServerSideEncryptionConfigurationNotFoundError"),
        ("object-lock", 404, "ObjectLockConfigurationNotFoundError"),
        ("lifecycle", 404, "NoSuchLifecycleConfiguration"),
        ("replication", 404, "ReplicationConfigurationNotFoundError"),
        ("tagging", 404, "NoSuchTagSet"),
    ];

    /// A bucket without any settings, except for these responses.
    fn bucket_with(own: &[(&str, u16, String)]) -> Fake {
        let mut fake = Fake::default().answer(LIST_PATH, 200, list(&bucket_in("eu-central-1")));
        let acl = format!(
            "<AccessControlPolicy {NS}>{OWNER}<AccessControlList></AccessControlList></AccessControlPolicy>"
        );
        let empty = [
            ("acl", acl),
            ("versioning", format!("<VersioningConfiguration {NS}></VersioningConfiguration>")),
            ("logging", format!("<BucketLoggingStatus {NS}></BucketLoggingStatus>")),
        ];
        let is_own = |name: &str| own.iter().any(|(own, ..)| *own == name);
        for (name, status, code) in BARE.iter().filter(|(name, ..)| !is_own(name)) {
            fake = fake.answer(&format!("GET /?{name}"), *status, error(code));
        }
        for (name, body) in empty.into_iter().filter(|(name, _)| !is_own(name)) {
            fake = fake.answer(&format!("GET /?{name}"), 200, body);
        }
        for (name, status, body) in own {
            fake = fake.answer(&format!("GET /?{name}"), *status, body.clone());
        }
        fake
    }

    async fn read(fake: &Fake) -> Scope {
        let facts: Vec<FactId> = Kind::Bucket.fact_ids().collect();
        fake.collect(&Wanted::of(&facts, &[Kind::Bucket])).await
    }

    async fn one(own: &[(&str, u16, String)]) -> Bucket {
        let fake = bucket_with(own);
        let scope = read(&fake).await;
        let [bucket] = scope.buckets.items.as_slice() else {
            panic!("{:?} {:?}", fake.seen(), scope.gaps)
        };
        bucket.clone()
    }

    #[tokio::test]
    async fn a_bucket_without_anything_configured_is_read_as_that() {
        let bucket = one(&[]).await;
        assert_eq!((bucket.id.as_str(), bucket.name.as_str()), ("arn:aws:s3:::records", "records"));
        assert_eq!(bucket.region.as_deref(), Some("eu-central-1"));
        let off = Known(false);
        assert_eq!((&bucket.acls_disabled, &bucket.versioning), (&off, &off));
        assert_eq!((&bucket.mfa_delete, &bucket.object_lock), (&off, &off));
        assert_eq!(
            (&bucket.acl_public_read, &bucket.acl_public_write),
            (&Known(Entries::none()), &Known(Entries::none()))
        );
        assert_eq!(bucket.public_access_block, Known(PublicAccessBlock::default()));
        assert_eq!(bucket.encryption, Known(Encryption::None));
        assert_eq!(
            (&bucket.default_lock_days, &bucket.access_log_target),
            (&Known(None), &Known(None))
        );
        assert_eq!((&bucket.lifecycle_rules, &bucket.replication_rules), (&Known(0), &Known(0)));
        assert_eq!(bucket.tags, Known(BTreeMap::new()));
        assert_eq!(bucket.policy_public_read, Known(Entries::none()));
        assert_eq!(bucket.tls_enforced, off);
    }

    #[tokio::test]
    async fn what_is_configured_on_a_bucket_is_read() {
        let ok = |name: &'static str, body: String| (name, 200, body);
        let bucket = one(&[
            ok("ownershipControls", format!("<OwnershipControls {NS}><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>")),
            ok("publicAccessBlock", format!("<PublicAccessBlockConfiguration {NS}><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>")),
            ok("encryption", format!("<ServerSideEncryptionConfiguration {NS}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>alias/aws/s3</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")),
            ok("versioning", format!("<VersioningConfiguration {NS}><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>")),
            ok("object-lock", format!("<ObjectLockConfiguration {NS}><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>")),
            ok("logging", format!("<BucketLoggingStatus {NS}><LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>x/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>")),
            ok("lifecycle", format!("<LifecycleConfiguration {NS}><Rule><ID>a</ID><Status>Enabled</Status><Filter></Filter></Rule><Rule><ID>b</ID><Status>Disabled</Status><Filter></Filter></Rule></LifecycleConfiguration>")),
            ok("replication", format!("<ReplicationConfiguration {NS}><Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::b</Bucket></Destination></Rule><Rule><Status>Disabled</Status><Destination><Bucket>arn:aws:s3:::c</Bucket></Destination></Rule></ReplicationConfiguration>")),
            ok("tagging", format!("<Tagging {NS}><TagSet><Tag><Key>team</Key><Value>web</Value></Tag></TagSet></Tagging>")),
            (
                "policy",
                200,
                r#"{"Version":"2012-10-17","Statement":[{"Sid":"Open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::records/*"}]}"#.to_owned(),
            ),
        ])
        .await;
        let on = Known(true);
        assert_eq!((&bucket.acls_disabled, &bucket.versioning), (&on, &on));
        assert_eq!((&bucket.mfa_delete, &bucket.object_lock), (&on, &on));
        // A switch that is left out is off.
        assert_eq!(
            bucket.public_access_block,
            Known(PublicAccessBlock {
                block_public_acls: true,
                ignore_public_acls: false,
                block_public_policy: true,
                restrict_public_buckets: false,
            })
        );
        assert_eq!(bucket.encryption, Known(Encryption::ProviderManagedKey));
        assert_eq!(bucket.default_lock_days, Known(Some(30)));
        assert_eq!(bucket.access_log_target, Known(Some("logs".to_owned())));
        assert_eq!((&bucket.lifecycle_rules, &bucket.replication_rules), (&Known(1), &Known(1)));
        assert_eq!(bucket.tags, Known([("team".to_owned(), "web".to_owned())].into()));
        assert_eq!(bucket.policy_public_read.any(), Known(true));
        assert_eq!(bucket.policy_public_write, Known(Entries::none()));
    }

    #[tokio::test]
    async fn lists_of_access_are_read_where_they_have_an_effect() {
        let acl = |uri: &str, permission: &str| {
            let grantee = format!(
                r#"<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/{uri}</URI></Grantee>"#
            );
            format!(
                "<AccessControlPolicy {NS}>{OWNER}<AccessControlList><Grant>{grantee}<Permission>{permission}</Permission></Grant></AccessControlList></AccessControlPolicy>"
            )
        };
        for (uri, permission, read, write) in [
            ("global/AllUsers", "READ", true, false),
            ("global/AuthenticatedUsers", "WRITE", false, true),
            ("global/AllUsers", "WRITE_ACP", false, true),
            ("global/AllUsers", "FULL_CONTROL", true, true),
            ("s3/LogDelivery", "FULL_CONTROL", false, false),
        ] {
            let bucket = one(&[("acl", 200, acl(uri, permission))]).await;
            assert_eq!(bucket.acl_public_read.any(), Known(read), "{uri} {permission}");
            assert_eq!(bucket.acl_public_write.any(), Known(write), "{uri} {permission}");
        }
        let enforced = |ownership: &str| {
            let rule = format!(
                "<OwnershipControls {NS}><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>"
            );
            [("ownershipControls", 200, rule), ("acl", 200, acl("global/AllUsers", "READ"))]
        };
        let off = one(&enforced("BucketOwnerEnforced")).await;
        assert_eq!((&off.acls_disabled, off.acl_public_read.any()), (&Known(true), Known(false)));
        let fake = bucket_with(&enforced("BucketOwnerEnforced"));
        read(&fake).await;
        assert_eq!(fake.count("GET /?acl"), 0, "a list without effect is not asked for");
        let on = one(&enforced("BucketOwnerPreferred")).await;
        assert_eq!((&on.acls_disabled, on.acl_public_read.any()), (&Known(false), Known(true)));
        // Whether it has an effect is not known: then what it holds is shown.
        let [_, list] = enforced("");
        let unknown = one(&[("ownershipControls", 403, error("AccessDenied")), list]).await;
        assert!(unknown.acls_disabled.gap().is_some());
        assert_eq!(unknown.acl_public_read.any(), Known(true));
    }

    #[tokio::test]
    async fn every_refusal_of_a_bucket_is_a_gap_of_its_facts() {
        let names = BARE.iter().map(|(name, ..)| *name).chain(["acl", "versioning", "logging"]);
        for name in names {
            let bucket = one(&[(name, 403, error("AccessDenied"))]).await;
            let gaps: Vec<&str> = Bucket::FACTS
                .iter()
                .map(|fact| fact.name)
                .filter(|fact| {
                    bucket
                        .gap(fact)
                        .is_some_and(|gap| gap != posture_model::gap::GapId::NOT_COLLECTED)
                })
                .collect();
            let expected: &[&str] = match name {
                "ownershipControls" => &["acls_disabled"],
                "acl" => &["acl_public_read", "acl_public_write", "acl_external_accounts"],
                "publicAccessBlock" => &["public_access_block"],
                "encryption" => &["encryption"],
                "versioning" => &["versioning", "mfa_delete"],
                "object-lock" => &["object_lock", "default_lock_days"],
                "logging" => &["access_log_target"],
                "lifecycle" => &["lifecycle_rules"],
                "replication" => &["replication_rules"],
                "tagging" => &["tags"],
                // The meaning of a policy is covered by separate tests.
                "policy" => {
                    assert!(gaps.contains(&"policy_public_read") && gaps.contains(&"tls_enforced"));
                    continue;
                }
                other => panic!("{other}"),
            };
            assert_eq!(gaps, expected, "{name}");
        }
    }

    #[tokio::test]
    async fn an_algorithm_that_is_not_known_is_a_gap() {
        let rule = format!(
            "<ServerSideEncryptionConfiguration {NS}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>rot13</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
        );
        assert!(one(&[("encryption", 200, rule)]).await.encryption.gap().is_some());
    }

    #[tokio::test]
    async fn a_bucket_that_is_gone_is_left_out() {
        let fake = bucket_with(&[("versioning", 404, error("NoSuchBucket"))]);
        let scope = read(&fake).await;
        assert!(scope.buckets.items.is_empty());
        assert_eq!(scope.buckets.gaps, []);
    }

    #[tokio::test]
    async fn a_bucket_is_asked_about_where_it_is() {
        // The one without a region is asked for it, and others are passed over.
        let nowhere = "<Bucket><Name>records</Name></Bucket>".to_owned();
        let elsewhere =
            nowhere.replace("</Bucket>", "<BucketRegion>eu-west-1</BucketRegion></Bucket>");
        let scope = read(&Fake::default().answer(LIST_PATH, 200, list(&elsewhere))).await;
        assert!(scope.buckets.items.is_empty());
        assert_eq!(scope.buckets.gaps, []);
        let place =
            |region: &str| format!("<LocationConstraint {NS}>{region}</LocationConstraint>");
        for (region, read_there) in [("eu-central-1", true), ("EU", false), ("", false)] {
            let mut fake = Fake::default().answer(LIST_PATH, 200, list(&nowhere));
            fake = fake.answer("GET /?location", 200, place(region));
            let scope = read(&fake).await;
            assert_eq!(scope.buckets.items.len(), usize::from(read_there), "{region:?}");
        }
        let denied = Fake::default().answer(LIST_PATH, 200, list(&nowhere)).answer(
            "GET /?location",
            403,
            error("AccessDenied"),
        );
        let scope = read(&denied).await;
        let [bucket] = scope.buckets.items.as_slice() else { panic!("{:?}", scope.gaps) };
        for fact in Bucket::FACTS {
            let gap = bucket.gap(fact.name).and_then(|gap| scope.gap(gap));
            assert_eq!(gap.map(|gap| gap.action.as_str()), Some(LOCATION.name), "{}", fact.name);
        }
    }

    #[tokio::test]
    async fn buckets_that_cannot_be_listed_are_a_gap_of_the_list() {
        let scope = read(&Fake::default().answer(LIST_PATH, 403, error("AccessDenied"))).await;
        assert!(scope.buckets.items.is_empty() && scope.buckets.gaps.len() == 1);
        let nameless = list("<Bucket><BucketRegion>eu-central-1</BucketRegion></Bucket>");
        let scope = read(&Fake::default().answer(LIST_PATH, 200, nameless)).await;
        assert_eq!(scope.gap(scope.buckets.gaps[0]).unwrap().reason, Reason::Malformed);
    }

    /// An error as the API of the account returns it.
    fn control_error(code: &str) -> String {
        format!("<ErrorResponse>{}</ErrorResponse>", error(code))
    }

    const ACCOUNT_BLOCK_PATH: &str = "GET /v20180820/configuration/publicAccessBlock";

    #[tokio::test]
    async fn the_block_of_the_account_is_read() {
        let of = |status: u16, body: String| async move {
            let fake = Fake::default().answer(ACCOUNT_BLOCK_PATH, status, body);
            let wanted = Wanted::of(&[Account::PUBLIC_ACCESS_BLOCK], &[]);
            fake.collect(&wanted).await.account.public_access_block
        };
        let block = |inner: &str| {
            format!("<PublicAccessBlockConfiguration>{inner}</PublicAccessBlockConfiguration>")
        };
        let on = "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>\
                  <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>";
        let all = PublicAccessBlock {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        };
        assert_eq!(of(200, block(on)).await, Known(all));
        let none = control_error("NoSuchPublicAccessBlockConfiguration");
        assert_eq!(of(404, none).await, Known(PublicAccessBlock::default()));
        assert!(of(403, control_error("AccessDenied")).await.gap().is_some());
        // A value that is neither yes nor no is not valid.
        let unclear = on.replace("<IgnorePublicAcls>true", "<IgnorePublicAcls>maybe");
        assert!(of(200, block(&unclear)).await.gap().is_some());
    }

    #[tokio::test]
    async fn an_access_point_is_asked_about_with_its_account() {
        let points = "<ListAccessPointsResult><AccessPointList><AccessPoint><Name>reports</Name><Bucket>records</Bucket></AccessPoint></AccessPointList></ListAccessPointsResult>";
        let fake = Fake::default().answer(POINTS_PATH, 200, points);
        let wanted = Wanted::of(&[AccessPoint::PUBLIC_ACCESS_BLOCK], &[Kind::AccessPoint]);
        fake.collect(&wanted).await;
        let of_points = |text: &String| text.contains("s3-control");
        let hosts: Vec<String> = fake.hosts().into_iter().filter(of_points).collect();
        let host = "123456789012.s3-control.eu-central-1.amazonaws.com";
        // The list and the point.
        assert_eq!(hosts, [host; 2]);
        let request = fake.seen().into_iter().find(|request| request.action == POINTS_PATH);
        let request = request.unwrap();
        assert_eq!(request.signed, "eu-central-1/s3");
        for header in ["x-amz-account-id", "x-amz-content-sha256"] {
            assert!(request.headers.iter().any(|name| name == header), "{:?}", request.headers);
        }
    }

    #[tokio::test]
    async fn access_points_follow_each_other_in_pages() {
        let page = |name: &str, next: &str| {
            format!(
                "<ListAccessPointsResult>{next}<AccessPointList><AccessPoint><Name>{name}</Name><Bucket>b</Bucket></AccessPoint></AccessPointList></ListAccessPointsResult>"
            )
        };
        let following = "GET /v20180820/accesspoint?nextToken=t%2F1&maxResults=1000";
        let fake = Fake::default()
            .answer(POINTS_PATH, 200, page("a", "<NextToken>t/1</NextToken>"))
            .answer(following, 200, page("b", ""));
        let wanted = Wanted::of(&[AccessPoint::BUCKET], &[Kind::AccessPoint]);
        let scope = fake.collect(&wanted).await;
        let names: Vec<&str> =
            scope.access_points.items.iter().map(|point| point.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(scope.access_points.is_complete());
    }

    #[tokio::test]
    async fn a_list_of_access_points_that_does_not_fit_is_none() {
        let wanted = Wanted::of(&[AccessPoint::NETWORK], &[Kind::AccessPoint]);
        let point = "<AccessPoint><Name>reports</Name><Bucket>records</Bucket><VpcConfiguration><VpcId>vpc-1</VpcId></VpcConfiguration></AccessPoint>";
        let list = |points: &str| {
            format!(
                "<ListAccessPointsResult><AccessPointList>{points}</AccessPointList></ListAccessPointsResult>"
            )
        };
        let read = async |body: String| {
            let scope = Fake::default().answer(POINTS_PATH, 200, body).collect(&wanted).await;
            let gap = scope.access_points.gaps.first().and_then(|gap| scope.gap(*gap));
            (scope.access_points.items.len(), gap.map(|gap| gap.reason))
        };
        assert_eq!(read(list(point)).await, (1, None));
        for part in ["<Name>reports</Name>", "<Bucket>records</Bucket>", "<VpcId>vpc-1</VpcId>"] {
            let without = list(&point.replace(part, ""));
            assert_eq!(read(without).await, (0, Some(Reason::Malformed)), "{part}");
        }
        let other = list(point).replace("ListAccessPointsResult", "ListBucketsResult");
        assert_eq!(read(other).await, (0, Some(Reason::Malformed)));
    }

    #[tokio::test]
    async fn a_bucket_without_a_name_leaves_the_list_open() {
        let wanted = Wanted::of(&[], &[Kind::Bucket]);
        for nameless in ["<Bucket><Name/></Bucket>", "<Bucket></Bucket>"] {
            let body = list(&(bucket_in("eu-central-1") + nameless));
            let scope = Fake::default().answer(LIST_PATH, 200, body).collect(&wanted).await;
            assert_eq!(scope.buckets.items.len(), 1, "{nameless}");
            let [gap] = scope.buckets.gaps[..] else { panic!("{nameless}: {:?}", scope.gaps) };
            let gap = scope.gap(gap).unwrap();
            assert_eq!((gap.action.as_str(), gap.reason), (LIST.name, Reason::Malformed));
        }
    }

    #[tokio::test]
    async fn an_access_point_without_an_arn_has_the_one_of_its_name() {
        let wanted = Wanted::of(&[AccessPoint::NETWORK], &[Kind::AccessPoint]);
        for (arn, id) in [
            ("", "arn:aws:s3:eu-central-1:123456789012:accesspoint/reports"),
            ("<AccessPointArn/>", "arn:aws:s3:eu-central-1:123456789012:accesspoint/reports"),
            ("<AccessPointArn>arn:aws:s3:x</AccessPointArn>", "arn:aws:s3:x"),
        ] {
            let body = format!(
                "<ListAccessPointsResult><AccessPointList><AccessPoint><Name>reports</Name>{arn}<Bucket>records</Bucket></AccessPoint></AccessPointList></ListAccessPointsResult>"
            );
            let scope = Fake::default().answer(POINTS_PATH, 200, body).collect(&wanted).await;
            let [point] = scope.access_points.items.as_slice() else { panic!("{:?}", scope.gaps) };
            assert_eq!(point.id, id, "{arn}");
        }
    }

    #[tokio::test]
    async fn the_policy_of_an_access_point_names_other_accounts() {
        let points = "<ListAccessPointsResult><AccessPointList><AccessPoint><Name>reports</Name><NetworkOrigin>Internet</NetworkOrigin><Bucket>records</Bucket><BucketAccountId>123456789012</BucketAccountId></AccessPoint></AccessPointList></ListAccessPointsResult>";
        let policy = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::999999999999:root","arn:aws:iam::123456789012:role/own"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:eu-central-1:123456789012:accesspoint/reports/object/*"}]}"#;
        let wanted = Wanted::of(&[AccessPoint::EXTERNAL_ACCOUNTS], &[Kind::AccessPoint]);
        let of = async |status, body: String| {
            let path = "GET /v20180820/accesspoint/reports/policy";
            let fake = Fake::default().answer(POINTS_PATH, 200, points).answer(path, status, body);
            let scope = fake.collect(&wanted).await;
            let [point] = scope.access_points.items.as_slice() else { panic!() };
            let found = point.external_accounts.clone();
            let reason = found.gap().and_then(|gap| scope.gap(gap)).map(|gap| gap.reason);
            (found, reason)
        };
        let whole = |text: &str| {
            format!(
                "<GetAccessPointPolicyResult><Policy>{text}</Policy></GetAccessPointPolicyResult>"
            )
        };
        let (found, _) = of(200, whole(policy)).await;
        assert_eq!(found, Known(Entries::from(["999999999999"])));
        assert_eq!(of(200, whole("{")).await.1, Some(Reason::Malformed));
        assert_eq!(of(403, control_error("AccessDenied")).await.1, Some(Reason::Denied));
        let none = of(404, control_error("NoSuchAccessPointPolicy")).await.0;
        assert_eq!(none, Known(Entries::none()));
    }

    const POINTS_PATH: &str = "GET /v20180820/accesspoint?maxResults=1000";

    #[tokio::test]
    async fn access_points_are_read_in_every_region() {
        let point = "<AccessPoint><Name>reports</Name><NetworkOrigin>VPC</NetworkOrigin><VpcConfiguration><VpcId>vpc-1</VpcId></VpcConfiguration><Bucket>records</Bucket><BucketAccountId>999999999999</BucketAccountId></AccessPoint>";
        let points = format!(
            "<ListAccessPointsResult><AccessPointList>{point}</AccessPointList></ListAccessPointsResult>"
        );
        let detail = "<GetAccessPointResult><Name>reports</Name><PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration></GetAccessPointResult>";
        let policy = r#"<GetAccessPointPolicyResult><Policy>{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}</Policy></GetAccessPointPolicyResult>"#;
        let base = || Fake::default().answer(LIST_PATH, 200, list(&bucket_in("eu-central-1")));
        let facts: Vec<FactId> = Kind::AccessPoint.fact_ids().collect();
        let wanted = Wanted::of(&facts, &[Kind::AccessPoint]);
        let fake = base()
            .answer(POINTS_PATH, 200, points.clone())
            .answer("GET /v20180820/accesspoint/reports", 200, detail)
            .answer("GET /v20180820/accesspoint/reports/policy", 200, policy);
        let scope = fake.collect(&wanted).await;
        let [point] = scope.access_points.items.as_slice() else { panic!("{:?}", fake.seen()) };
        assert_eq!(point.id, "arn:aws:s3:eu-central-1:123456789012:accesspoint/reports");
        assert_eq!(point.bucket, Known("records".to_owned()));
        assert_eq!(point.bucket_account, Known("999999999999".to_owned()));
        assert_eq!(point.network, Known(Some("vpc-1".to_owned())));
        let block = PublicAccessBlock { block_public_acls: true, ..PublicAccessBlock::default() };
        assert_eq!(point.public_access_block, Known(block));
        assert_eq!(point.policy_public.any(), Known(true));
        assert_eq!(point.external_accounts, Known(Entries::from(["everyone"])));

        let fake = base()
            .answer(POINTS_PATH, 200, points.clone())
            .answer("GET /v20180820/accesspoint/reports", 403, control_error("AccessDenied"))
            .answer(
                "GET /v20180820/accesspoint/reports/policy",
                404,
                control_error("NoSuchAccessPointPolicy"),
            );
        let scope = fake.collect(&wanted).await;
        let [point] = scope.access_points.items.as_slice() else { panic!("{:?}", fake.seen()) };
        assert!(point.public_access_block.gap().is_some());
        assert_eq!(point.policy_public, Known(Entries::none()));
        assert_eq!(point.external_accounts, Known(Entries::none()));

        let denied =
            base().answer(POINTS_PATH, 403, control_error("AccessDenied")).collect(&wanted).await;
        assert!(denied.access_points.items.is_empty() && denied.access_points.gaps.len() == 1);
        // An account without buckets may have access points on the buckets of others.
        let without = Fake::default().answer(POINTS_PATH, 200, points.clone());
        assert_eq!(without.collect(&wanted).await.access_points.items.len(), 1);
        // Without an account it is not known whose block of public access holds.
        let ownerless = points.replace("<BucketAccountId>999999999999</BucketAccountId>", "");
        let scope = base().answer(POINTS_PATH, 200, ownerless).collect(&wanted).await;
        let [point] = scope.access_points.items.as_slice() else { panic!() };
        let gap = scope.gap(point.bucket_account.gap().unwrap()).unwrap();
        assert_eq!(gap.reason, Reason::Malformed);
    }

    fn denied(message: &str) -> String {
        format!("<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>")
    }

    #[tokio::test]
    async fn buckets_are_listed_where_the_account_may_go() {
        let words = "with an explicit deny in a service control policy";
        let none = list("");
        let wanted = Wanted::of(&[], &[posture_model::resource::Kind::Bucket]);
        let cloud =
            Fake::default().answer(LIST_PATH, 403, denied(words)).answer(LIST_PATH, 200, none);
        let scope = cloud.collect(&wanted).await;
        assert!(scope.buckets.is_complete(), "{:?}", scope.gaps);
        let hosts: Vec<String> =
            cloud.hosts().into_iter().filter(|host| host.starts_with("s3.")).collect();
        assert_eq!(hosts, ["s3.eu-central-1.amazonaws.com", "s3.us-east-1.amazonaws.com"]);
        // Where it may go nowhere, the first refusal is the cause.
        let cloud = Fake::default().answer(LIST_PATH, 403, denied(words)).answer(
            LIST_PATH,
            403,
            denied(""),
        );
        let scope = cloud.collect(&wanted).await;
        let gaps: Vec<Reason> = scope.real_gaps().map(|gap| gap.reason).collect();
        assert!(gaps.contains(&Reason::DeniedByOrganizationPolicy), "{gaps:?}");
        assert!(!scope.buckets.is_complete());
    }
}
