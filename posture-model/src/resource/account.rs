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
        /// Whether the root user has any credential: a password, a key. False where the organisation removed them.
        [Aws] root_credentials: bool,
        /// Whether the root user has a password.
        [Aws] root_password: bool,
        /// Whether the root user has MFA.
        [Aws] root_mfa: bool,
        /// Whether the root user's MFA is a device one can hold (hardware token, security key) rather than an app.
        [Aws] root_hardware_mfa: bool,
        /// When root last signed in or used a key; none if never in the provider's memory.
        [Aws] root_last_used: Option<Time>,
        /// The rules for users' passwords; the provider's own where none are set.
        [Aws] password_policy: PasswordPolicy,
        /// Whether an alternate contact for security is set.
        [Aws, Azure] security_contact: bool,
        /// Whether the primary contact has a name, a phone number and an address.
        [Aws] contact_details: bool,
        /// How many identity providers (SAML, OpenID Connect) the account trusts for signing people in.
        [Aws] identity_providers: u32,
        /// The organisation the account belongs to, if any.
        [Aws] organization: Option<Organization>,
        /// Whether the organisation manages the root credentials of its member accounts centrally.
        [Aws] central_root_credentials: bool,
        /// How many policies of the organisation beyond the provider's own restrict what accounts may do.
        [Aws] guardrail_policies: u32,
        /// Whether the organisation lets an account other than its management account administer its policies.
        [Aws] policy_delegation: bool,
        /// How many accounts administer services of the organisation in place of its management account.
        [Aws] delegated_administrators: u32,
        /// The switches that block public access to all object storage of the account.
        [Aws] public_access_block: PublicAccessBlock,
        /// Who holds the provider's role of owner over all of it, for good or on demand, directly or through groups or
        /// from above. Who was deleted or switched off is none.
        [Azure] owners: Vec<String>,
        /// Those of the owners that are certain, where not all can be told.
        [Azure] certain_owners: Vec<String>,
        /// Who may give roles in all of it, for good or on demand, directly or through groups or from above.
        [Azure] role_givers: Vec<String>,
        /// Those of them that are certain, where not all can be told.
        [Azure] certain_role_givers: Vec<String>,
        /// The administrators of the system that came before roles.
        [Azure] classic_administrators: Vec<String>,
        /// The roles of the customer's own that are made for locks: they can put them on and take them off, and give
        /// no roles.
        [Azure] lock_roles: Vec<String>,
        /// Whether a setting of the account sends security alerts to its owners.
        [Azure] alert_mail_to_owners: bool,
        /// The lowest severity of a security alert that a setting of the account sends by mail; none where it sends none.
        [Azure] alert_mail_from: Option<RiskLevel>,
        /// The lowest risk of a path of attack that a setting of the account sends by mail; none where it sends none.
        [Azure] attack_path_mail_from: Option<RiskLevel>,
        /// The policies of the provider's security benchmark that an assignment switches off; none where the benchmark is not assigned at all.
        [Azure] benchmark_disabled: Option<Vec<String>>,
        /// How many web applications run in it on the provider's platform for them (Azure: App Service, Functions).
        [Azure] web_apps: u32,
        /// What watches applications from within, and works (Azure: components of Application Insights).
        [Azure] application_monitors: Vec<String>,
        /// What runs in a tier of its service that is not for production, by name (Azure: public addresses, load balancers,
        /// caches, SQL databases and gateways of a basic or free tier).
        [Azure] basic_tiers: Vec<String>,
        /// What its alerts and those of others can tell, and what is switched on and reaches somebody (Azure: action groups), by
        /// id in small letters.
        [Azure] alert_targets: Entries,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

/// How bad the provider takes something to be, in order.
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

/// The organisation an account belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// The provider's id of the organisation.
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
    /// New public ACLs are refused.
    pub block_public_acls: bool,
    /// Public ACLs are there without effect.
    pub ignore_public_acls: bool,
    /// New public policies are refused.
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
