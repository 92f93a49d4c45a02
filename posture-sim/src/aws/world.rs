//! What a simulated world of AWS is: accounts with what they hold, as declared in TOML or JSON.
//!
//! Identities and buckets have a separate format. Everything else has the format in which its service responds, with a
//! `region` beside it. A time can be relative: `now-90d`, `now-2h`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lists;
use crate::declared::{self, Error};
use crate::fault::Rule;
use crate::pace::{Latency, Quota};

/// Accounts behind one port.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The organization that some of them belong to.
    pub organization: Option<Organization>,
    /// The most items of one page of a list, where that is less than the service's own limit.
    pub page_size: Option<usize>,
    /// How long a response takes.
    pub latency: Latency,
    /// How many calls each account may make.
    pub quotas: Vec<Quota>,
    /// By how many seconds the cloud's clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// What goes wrong.
    pub faults: Vec<Rule>,
    /// The seed of faults and latencies; equal seeds give equal sequences.
    pub seed: u64,
    /// Whether no log of the calls is kept, which grows without end.
    pub unlogged: bool,
}

/// An organization. Its accounts are those of the world that do not set otherwise.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Organization {
    /// Its id, such as `o-abcdefghij`.
    pub id: String,
    /// The account that manages it.
    pub management_account: String,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub feature_set: Option<String>,
    /// Its policies in the form of `ListPolicies`, each with the ids of its `Targets`.
    pub policies: Vec<Map<String, Value>>,
    /// The accounts that administer something for it.
    pub delegated_administrators: Vec<String>,
    /// Its resource policy.
    pub resource_policy: Option<Value>,
    /// The central features of IAM that are on, such as `RootCredentialsManagement`.
    pub features: Vec<String>,
    /// What else there is in it, beside the accounts of the world: suspended ones, those without the role of the audit.
    pub others: Vec<Map<String, Value>>,
}

/// An account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// Its number.
    pub id: String,
    /// Its alias.
    pub alias: Option<String>,
    /// The callers.
    pub caller: Caller,
    /// Whether it belongs to no organization.
    pub standalone: bool,
    /// Its regions with their status, in the format of `ListRegions`; `us-east-1` by default.
    pub regions: BTreeMap<String, String>,
    /// Numbers of `GetAccountSummary` that do not follow from what the account holds.
    pub summary: BTreeMap<String, i64>,
    /// Whether root's MFA is a virtual device; a hardware device by default.
    pub root_virtual_mfa: bool,
    /// The password policy.
    pub password_policy: Option<Map<String, Value>>,
    /// When root's password was last used; never by default.
    pub root_last_used: Option<String>,
    /// The users.
    pub users: Vec<User>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The policies that can be attached.
    pub policies: Vec<Policy>,
    /// The identity providers: names of SAML providers, and addresses of OpenID Connect providers.
    pub identity_providers: Vec<String>,
    /// Certificates in the form of `ListServerCertificates`.
    pub certificates: Vec<Map<String, Value>>,
    /// Whether all public access to buckets is blocked; not configured by default.
    pub public_access_block: Option<Block>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The access points.
    pub access_points: Vec<AccessPoint>,
    /// The trails in the format of `DescribeTrails`; `Status`, `EventSelectors`, `AdvancedEventSelectors`,
    /// `InsightSelectors` and `Tags` by key are beside it.
    pub trails: Vec<Item>,
    /// The event data stores in the form of `GetEventDataStore`.
    pub event_stores: Vec<Item>,
    /// The keys in the format of `DescribeKey`; `Policy`, `KeyRotationEnabled`, `RotationPeriodInDays`,
    /// `Grants` in the format of `ListGrants` and `Tags` by key are beside it.
    pub keys: Vec<Item>,
    /// The log groups in the form of `DescribeLogGroups`, each with its `metricFilters` and its `tags` by key.
    pub log_groups: Vec<Item>,
    /// The alarms in the form of `DescribeAlarms`; one with an `AlarmRule` is a composite alarm.
    pub alarms: Vec<Item>,
    /// The topics, each with its `Subscriptions` in the form of `ListSubscriptionsByTopic`.
    pub topics: Vec<Item>,
    /// The recorders in the format of `DescribeConfigurationRecorders`; `status` and `deliveryChannel` are beside it.
    pub recorders: Vec<Item>,
    /// The detectors in the form of `GetDetector`.
    pub detectors: Vec<Item>,
    /// The EKS clusters in the form of `DescribeCluster`; `nodegroups` in the form of `DescribeNodegroup` and
    /// `identityProviderConfigs` in the form of their list are beside it.
    pub eks_clusters: Vec<Item>,
    /// The hubs in the form of `DescribeHub`; a region without one has not switched it on.
    pub hubs: Vec<Item>,
    /// The analyzers in the form of `ListAnalyzers`.
    pub analyzers: Vec<Item>,
    /// The contact in the form of `GetContactInformation`.
    pub contact: Option<Map<String, Value>>,
    /// The contact for security in the form of `GetAlternateContact`.
    pub security_contact: Option<Map<String, Value>>,
    /// What is only listed, by the action that lists it, such as `logs:DescribeResourcePolicies`. Classic Load Balancers are listed by
    /// `elasticloadbalancing:DescribeLoadBalancers@2012-06-01`, as others are by an action of the same name.
    #[serde(deserialize_with = "lists::declared")]
    pub lists: BTreeMap<String, Vec<Item>>,
}

/// A caller, and what it may do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Caller {
    /// The access key that selects the account.
    pub key: Option<String>,
    /// The name of the user.
    pub user: String,
    /// The actions that it may call, with `*` for anything.
    pub allow: Vec<String>,
    /// Exceptions: the actions that it may not call.
    pub deny: Vec<String>,
}

impl Default for Caller {
    fn default() -> Self {
        Self {
            key: None,
            user: "auditor".to_owned(),
            allow: vec!["*".to_owned()],
            deny: Vec::new(),
        }
    }
}

/// Something of one region, in the form in which its service answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The region; `us-east-1` by default.
    pub region: Option<String>,
    /// What it is.
    #[serde(flatten)]
    pub body: Map<String, Value>,
}

impl Item {
    /// The region.
    pub fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(HOME)
    }
}

/// The region of a call that names none.
pub(super) const HOME: &str = "us-east-1";

/// A user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its path; `/` by default.
    pub path: Option<String>,
    /// When it was created.
    pub created: Option<String>,
    /// The names of its groups.
    pub groups: Vec<String>,
    /// The ARNs of the policies attached to it.
    pub attached: Vec<String>,
    /// The policies embedded in it, by name.
    pub policies: BTreeMap<String, Value>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// Its password.
    pub password: Option<Password>,
    /// Whether it has MFA.
    pub mfa: bool,
    /// Its access keys.
    pub keys: Vec<AccessKey>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A password.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Password {
    /// When it was last set; by default when the user was created.
    pub changed: Option<String>,
    /// When it was last used; never by default.
    pub used: Option<String>,
}

/// An access key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessKey {
    /// Whether it is switched off.
    pub inactive: bool,
    /// When it was created; by default when the user was.
    pub created: Option<String>,
    /// When it was last used; never by default.
    pub used: Option<String>,
}

/// A group.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The ARNs of the policies attached to it.
    pub attached: Vec<String>,
    /// The policies embedded in it, by name.
    pub policies: BTreeMap<String, Value>,
}

/// A role.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path; `/` by default.
    pub path: Option<String>,
    /// When it was created.
    pub created: Option<String>,
    /// When it was last assumed; by default not within the tracked time.
    pub used: Option<String>,
    /// Who may assume it.
    pub trust: Value,
    /// The external ID that a caller must give to assume it, in addition to the trust policy.
    pub external_id: Option<String>,
    /// What a session of it may do here; everything by default.
    pub allow: Option<Vec<String>>,
    /// The ARNs of the policies attached to it.
    pub attached: Vec<String>,
    /// The policies embedded in it, by name.
    pub policies: BTreeMap<String, Value>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// The names of its instance profiles.
    pub instance_profiles: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A policy that can be attached.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Its ARN where the account does not own it, such as that of one of AWS's own.
    pub arn: Option<String>,
    /// Its path; `/` by default.
    pub path: Option<String>,
    /// Its document.
    pub document: Value,
}

/// The four switches of a block of public access.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Block {
    /// All four at once.
    pub all: bool,
    /// `BlockPublicAcls`
    pub acls: bool,
    /// `IgnorePublicAcls`
    pub ignore_acls: bool,
    /// `BlockPublicPolicy`
    pub policy: bool,
    /// `RestrictPublicBuckets`
    pub restrict: bool,
}

/// A bucket.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its region; `us-east-1` by default.
    pub region: Option<String>,
    /// When it was created.
    pub created: Option<String>,
    /// Its policy: an object, or text as it is.
    pub policy: Option<Value>,
    /// Whom its access control list admits beside the owner: `everyone`, `authenticated` or the ID of an account, with
    /// the permission.
    pub acl: Vec<(String, String)>,
    /// Who owns objects that others put there, such as `BucketOwnerEnforced`; not configured by default.
    pub ownership: Option<String>,
    /// Its block of public access.
    pub public_access_block: Option<Block>,
    /// `Enabled` or `Suspended`.
    pub versioning: Option<String>,
    /// Whether the list of buckets omits their regions, as lists of other services with the same protocol do.
    pub region_untold: bool,
    /// Whether deleting a version requires MFA.
    pub mfa_delete: bool,
    /// How it is encrypted: `AES256`, `aws:kms`, `aws:kms:dsse`, or `none` as buckets could be before 2023; by default
    /// `AES256`, as in AWS.
    pub encryption: Option<String>,
    /// With which key.
    pub key: Option<String>,
    /// The bucket that its access log goes to.
    pub log_to: Option<String>,
    /// Whether objects can be locked.
    pub object_lock: bool,
    /// For how many days objects are locked by default.
    pub lock_days: Option<u32>,
    /// The ids of the rules of its life cycle.
    pub lifecycle: Vec<String>,
    /// The ARNs of the buckets that it is copied to.
    pub replicates_to: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Bucket {
    /// The region.
    pub fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(HOME)
    }
}

/// An access point.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccessPoint {
    /// Its name.
    pub name: String,
    /// Its region; `us-east-1` by default.
    pub region: Option<String>,
    /// Its bucket.
    pub bucket: String,
    /// The account that owns the bucket; its own by default.
    pub bucket_account: Option<String>,
    /// The network that it can only be reached from.
    pub vpc: Option<String>,
    /// Its public access block; by default all four settings, as in AWS.
    pub public_access_block: Option<Block>,
    /// Its policy.
    pub policy: Option<Value>,
}

impl World {
    /// Reads a world in TOML, or in JSON where it begins with a brace, and fills in the times that are given as what has
    /// passed since.
    ///
    /// # Errors
    /// When it does not fit the form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        declared::parse(text)
    }
}
