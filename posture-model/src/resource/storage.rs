//! Object storage.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::account::PublicAccessBlock;
use super::declared::resource;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// What holds objects under one set of rules (AWS: a bucket; Azure: a storage account).
    Bucket {
        /// Whether access control lists are switched off, so that only policies decide.
        [Aws] acls_disabled: bool,
        /// The grants of the access control list that let anyone read or list: objects, or the list itself.
        [Aws, Azure] acl_public_read: Entries,
        /// The grants of the access control list that let anyone write objects or change permissions.
        [Aws] acl_public_write: Entries,
        /// The grants of the access control list to other accounts, each known by its canonical user id.
        [Aws] acl_external_accounts: Entries,
        /// The statements of its policy that let anyone do anything.
        [Aws] policy_public: Entries,
        /// The statements of its policy that let anyone read or list: objects, or settings.
        [Aws] policy_public_read: Entries,
        /// The statements of its policy that let anyone write or delete, or change settings or permissions.
        [Aws] policy_public_write: Entries,
        /// The accounts outside this one that its policy lets in, by an Allow that names them or by a Deny that spares
        /// them; `everyone` where it lets in everyone.
        [Aws] external_accounts: Entries,
        /// The services its policy lets in without saying for which source account or resource they may act.
        [Aws] services_without_source: Entries,
        /// Whether it refuses every request that does not come over TLS.
        [Aws, Azure] tls_enforced: bool,
        /// The oldest version of TLS that it takes.
        [Azure] minimum_tls: TlsVersion,
        /// The switches that block public access on this bucket, all off where none are set.
        [Aws, Azure] public_access_block: PublicAccessBlock,
        /// How new objects are encrypted unless the request says otherwise.
        [Aws, Azure] encryption: Encryption,
        /// Whether overwritten and deleted objects are kept as versions.
        [Aws, Azure] versioning: bool,
        /// Whether deleting a version for good needs MFA.
        [Aws] mfa_delete: bool,
        /// Whether objects can be locked against deletion.
        [Aws] object_lock: bool,
        /// The days that new objects are locked by default; none where there is no default.
        [Aws] default_lock_days: Option<u32>,
        /// Where requests to it are logged; none if they are not.
        [Aws, Azure] access_log_target: Option<String>,
        /// How many of its lifecycle rules are switched on.
        [Aws] lifecycle_rules: u32,
        /// How many of its replication rules are switched on.
        [Aws] replication_rules: u32,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
        /// Whether its addresses can be reached from any public network.
        [Azure] public_network: PublicNetwork,
        /// Whether networks that no rule names are refused.
        [Azure] network_default_deny: bool,
        /// Whether services of the provider that it calls trusted pass the network rules.
        [Azure] trusted_services_allowed: bool,
        /// The private endpoints that were approved.
        [Azure] private_endpoints: Vec<String>,
        /// Whether requests signed with one of its keys are accepted.
        [Azure] shared_key_access: bool,
        /// Whether the portal reaches data as the user who signed in rather than with a key.
        [Azure] portal_as_user: bool,
        /// When each of its keys was made.
        [Azure] access_keys_made: Vec<Time>,
        /// After how many days the provider reminds of rotating its keys; none for never.
        [Azure] access_key_reminder_days: Option<u32>,
        /// Whether objects may be replicated to another tenant.
        [Azure] cross_tenant_replication: bool,
        /// For how many days deleted objects can be restored; none for not at all.
        [Azure] soft_delete_days: Option<u32>,
        /// For how many days deleted containers can be restored; none for not at all.
        [Azure] container_soft_delete_days: Option<u32>,
        /// For how many days deleted file shares can be restored; none for not at all.
        [Azure] share_soft_delete_days: Option<u32>,
        /// The versions of SMB by which file shares can be reached.
        [Azure] smb_versions: BTreeSet<String>,
        /// The ciphers by which SMB channels may be encrypted.
        [Azure] smb_ciphers: BTreeSet<String>,
        /// Whether a second region holds a copy.
        [Azure] geo_redundant: bool,
        /// The locks that keep it from being deleted.
        [Azure] delete_locks: Vec<String>,
        /// The locks that keep its settings from being changed.
        [Azure] read_only_locks: Vec<String>,
    }
}

resource! {
    /// A named door to a bucket, with rules of its own.
    AccessPoint {
        /// The bucket behind it.
        [Aws] bucket: String,
        /// The number of the account that has the bucket.
        [Aws] bucket_account: String,
        /// The network it can only be reached from; none if from the Internet.
        [Aws] network: Option<String>,
        /// The switches that block public access through it.
        [Aws] public_access_block: PublicAccessBlock,
        /// The statements of its policy that let anyone in.
        [Aws] policy_public: Entries,
        /// The accounts outside this one that its policy lets in; `everyone` where it is open to all.
        [Aws] external_accounts: Entries,
    }
}

/// How stored data is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// Not at all.
    None,
    /// With keys that the provider holds and manages (AWS: SSE-S3).
    Provider,
    /// With a key of the key service that the provider manages for the customer (AWS: `aws/s3`).
    ProviderManagedKey,
    /// With a key of the key service that the customer manages, by its id.
    CustomerKey(String),
}

/// Whether addresses of a service can be reached from public networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PublicNetwork {
    /// They can, as far as the network rules let them.
    Enabled,
    /// They cannot.
    Disabled,
}

/// A version of TLS. Newer is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TlsVersion {
    /// The number before the point.
    pub major: u8,
    /// The number behind it.
    pub minor: u8,
}

impl TlsVersion {
    /// TLS 1.0.
    pub const V1_0: Self = Self { major: 1, minor: 0 };
    /// TLS 1.2.
    pub const V1_2: Self = Self { major: 1, minor: 2 };
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS {}.{}", self.major, self.minor)
    }
}
