//! The account, subscription or tenant itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::resource;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// The audited account, subscription or tenant, with the settings that hold for all of it.
    Account {
        /// Whether the root user has an active access key.
        [Aws] root_access_key: bool,
        /// Whether the root user has any credential: a password, an access key. False if the organization removed them.
        [Aws] root_credentials: bool,
        /// Whether the root user has a password.
        [Aws] root_password: bool,
        /// Whether the root user has MFA.
        [Aws] root_mfa: bool,
        /// Whether the root user's MFA is a physical device (hardware token, security key) rather than an app.
        [Aws] root_hardware_mfa: bool,
        /// When root last signed in or used an access key; none if never within the provider's tracking period.
        [Aws] root_last_used: Option<Time>,
        /// The password policy for users; the provider's default if none is set.
        [Aws] password_policy: PasswordPolicy,
        /// Whether an alternate contact for security is set.
        [Aws, Azure] security_contact: bool,
        /// Whether the primary contact has a name, a phone number and an address.
        [Aws] contact_details: bool,
        /// How many identity providers (SAML, OpenID Connect) the account trusts for signing people in.
        [Aws] identity_providers: u32,
        /// The organization that the account belongs to, if any.
        [Aws] organization: Option<Organization>,
        /// Whether the organization manages the root credentials of its member accounts centrally.
        [Aws] central_root_credentials: bool,
        /// Number of organization policies, besides the provider's own, that restrict what accounts may do (AWS:
        /// service and resource control policies).
        [Aws] guardrail_policies: u32,
        /// Whether the organization allows an account other than its management account to administer its policies.
        [Aws] policy_delegation: bool,
        /// Number of delegated administrators: accounts that administer services of the organization instead of its
        /// management account.
        [Aws] delegated_administrators: u32,
        /// The settings that block public access to all object storage of the account (AWS: S3 Block Public Access).
        [Aws] public_access_block: PublicAccessBlock,
        /// The resources for which protection against floods of traffic is bought (AWS: those that Shield Advanced protects), by ID;
        /// none without a subscription.
        [Aws] flood_protected: Option<Vec<String>>,
        /// Principals with the Owner role on all of it, permanently or eligible, directly, through groups or inherited.
        /// Deleted and disabled principals do not count.
        [Azure] owners: Vec<String>,
        /// The owners that are certain, if not all could be determined.
        [Azure] certain_owners: Vec<String>,
        /// Principals who can assign roles on all of it, permanently or eligible, directly, through groups or
        /// inherited.
        [Azure] role_givers: Vec<String>,
        /// Those of them that are certain, if not all could be determined.
        [Azure] certain_role_givers: Vec<String>,
        /// Principals who may grant permissions, administer keys and stop logs in all of it (AWS: users and roles by their policies,
        /// by ARN; Azure: principals by their active roles, by object ID; eligible roles do not count).
        [Aws, Azure] conflicting_duties: Entries,
        /// The classic administrators.
        [Azure] classic_administrators: Vec<String>,
        /// The custom roles for resource locks: they can create and delete locks, and cannot assign roles.
        [Azure] lock_roles: Vec<String>,
        /// Whether a setting of the account sends security alerts to its owners.
        [Azure] alert_mail_to_owners: bool,
        /// The lowest severity of security alerts that are sent by mail; none if none are sent.
        [Azure] alert_mail_from: Option<RiskLevel>,
        /// The lowest risk level of attack paths that are sent by mail; none if none are sent.
        [Azure] attack_path_mail_from: Option<RiskLevel>,
        /// The policies of the provider's security benchmark that an assignment disables; none if the benchmark is not
        /// assigned at all.
        [Azure] benchmark_disabled: Option<Vec<String>>,
        /// Number of web applications on the provider's platform (Azure: App Service, Functions).
        [Azure] web_apps: u32,
        /// Working application monitors (Azure: Application Insights components).
        [Azure] application_monitors: Vec<String>,
        /// Names of resources in a tier that is not for production (Azure: public IP addresses, load balancers, caches,
        /// SQL databases and gateways of a basic or free tier).
        [Azure] basic_tiers: Vec<String>,
        /// Hosts through which machines are administered without addresses of the internet (Azure: Bastion).
        [Azure] bastions: Vec<String>,
        /// The perimeters within which services of the platform talk to each other (Azure: network security perimeters).
        [Azure] service_perimeters: Vec<String>,
        /// Working vaults whose keys are in hardware that only the customer controls (Azure: Managed HSM).
        [Azure] managed_hsms: Vec<String>,
        /// Targets that its alerts and those of others can notify, that are enabled and have a recipient (Azure: action
        /// groups), by ID in lowercase.
        [Azure] alert_targets: Entries,
        /// Whether it has resources of a type, for each type whose existence decides if a requirement asks for something
        /// (Azure: types of Resource Manager), by type in lowercase.
        [Azure] resource_types: BTreeMap<String, bool>,
        /// The regions in which it stores or processes data, each with what is there, as `westeurope: 2 key vaults` (AWS:
        /// buckets, log groups, event data stores, instances; Azure: storage accounts and Cosmos DB accounts with the regions
        /// that they are copied to, key vaults, Log Analytics workspaces, virtual machines and scale sets, SQL servers and
        /// instances, MySQL, PostgreSQL and MariaDB servers, Kubernetes clusters, web apps, API Management).
        [Aws, Azure] data_regions: Entries,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

/// How severe the provider considers something, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RiskLevel {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl RiskLevel {
    /// The level of a name, without regard to case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|level| level.id().eq_ignore_ascii_case(name))
    }

    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for RiskLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

/// The rules for users' passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Whether these are the provider's rules, as the customer set none.
    pub provider_default: bool,
    /// The least number of characters.
    pub minimum_length: u32,
    /// Whether an upper-case letter must be there.
    pub upper_case: bool,
    /// Whether a lower-case letter must be there.
    pub lower_case: bool,
    /// Whether a digit must be there.
    pub digits: bool,
    /// Whether a symbol must be there.
    pub symbols: bool,
    /// After how many days a password expires; none for never.
    pub expires_after_days: Option<u32>,
    /// How many earlier passwords may not be used again.
    pub remembered: u32,
}

/// The organization an account belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The provider's id of the organization.
    pub id: String,
    /// The id of the account that manages it.
    pub management_account: String,
    /// Whether the audited account is that account.
    pub is_management: bool,
}

/// The four switches of
/// [S3 Block Public Access](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
/// The two `block_…` act when something is written, the other two on what is already there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PublicAccessBlock {
    /// New public ACLs are rejected.
    pub block_public_acls: bool,
    /// Public ACLs are there without effect.
    pub ignore_public_acls: bool,
    /// New public policies are rejected.
    pub block_public_policy: bool,
    /// A public policy grants only the provider's services and the account itself.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four on.
    pub const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };

    /// Whether all four are on.
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// What holds where both apply: a switch is on when either level turns it on.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            block_public_acls: self.block_public_acls || other.block_public_acls,
            ignore_public_acls: self.ignore_public_acls || other.ignore_public_acls,
            block_public_policy: self.block_public_policy || other.block_public_policy,
            restrict_public_buckets: self.restrict_public_buckets || other.restrict_public_buckets,
        }
    }
}
