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
        /// Whether ACLs are disabled, so that only policies decide (AWS: bucket owner enforced).
        [Aws] acls_disabled: bool,
        /// The ACL grants that allow anyone to read or list: objects, or the ACL itself.
        [Aws, Azure] acl_public_read: Entries,
        /// The ACL grants that allow anyone to write objects or change permissions.
        [Aws] acl_public_write: Entries,
        /// The ACL grants to other accounts, each by its canonical user ID.
        [Aws] acl_external_accounts: Entries,
        /// The statements of its policy that allow anyone any action.
        [Aws] policy_public: Entries,
        /// The statements of its policy that allow anyone to read or list: objects, or settings.
        [Aws] policy_public_read: Entries,
        /// The statements of its policy that allow anyone to write or delete, or to change settings or permissions.
        [Aws] policy_public_write: Entries,
        /// The other accounts that its policy grants access, by an Allow that names them or by a Deny that exempts
        /// them; `everyone` if it grants access to everyone.
        [Aws] external_accounts: Entries,
        /// The services that its policy grants access without a condition on the source account or resource (confused
        /// deputy).
        [Aws] services_without_source: Entries,
        /// Whether it denies every request without TLS.
        [Aws, Azure] tls_enforced: bool,
        /// The minimum TLS version that it accepts.
        [Azure] minimum_tls: TlsVersion,
        /// The settings that block public access to this bucket, all off if none are set (AWS: S3 Block Public Access).
        [Aws, Azure] public_access_block: PublicAccessBlock,
        /// How new objects are encrypted unless the request sets it.
        [Aws, Azure] encryption: Encryption,
        /// Whether overwritten and deleted objects are kept as versions.
        [Aws, Azure] versioning: bool,
        /// Whether permanently deleting a version requires MFA.
        [Aws] mfa_delete: bool,
        /// Whether objects can be locked against deletion.
        [Aws] object_lock: bool,
        /// Default retention of object lock for new objects, in days; none if there is no default.
        [Aws] default_lock_days: Option<u32>,
        /// The destination of its access log; none if requests are not logged.
        [Aws, Azure] access_log_target: Option<String>,
        /// Number of its enabled lifecycle rules.
        [Aws] lifecycle_rules: u32,
        /// Number of its enabled replication rules.
        [Aws] replication_rules: u32,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
        /// Whether its addresses can be reached from any public network.
        [Azure] public_network: PublicNetwork,
        /// Whether networks without a rule are denied.
        [Azure] network_default_deny: bool,
        /// Whether trusted services of the provider bypass the network rules.
        [Azure] trusted_services_allowed: bool,
        /// The approved private endpoints.
        [Azure] private_endpoints: Vec<String>,
        /// Whether requests signed with one of its keys are accepted.
        [Azure] shared_key_access: bool,
        /// Whether the portal accesses data with the signed-in user's identity rather than with an access key by
        /// default.
        [Azure] portal_as_user: bool,
        /// When each of its access keys was created.
        [Azure] access_keys_made: Vec<Time>,
        /// Days after which the provider reminds to rotate its access keys; none for never.
        [Azure] access_key_reminder_days: Option<u32>,
        /// Whether objects may be replicated to another tenant.
        [Azure] cross_tenant_replication: bool,
        /// Days for which deleted objects can be restored; none if they cannot.
        [Azure] soft_delete_days: Option<u32>,
        /// Days for which deleted containers can be restored; none if they cannot.
        [Azure] container_soft_delete_days: Option<u32>,
        /// Days for which deleted file shares can be restored; none if they cannot.
        [Azure] share_soft_delete_days: Option<u32>,
        /// The SMB versions that file shares accept.
        [Azure] smb_versions: BTreeSet<String>,
        /// The ciphers that SMB channels accept.
        [Azure] smb_ciphers: BTreeSet<String>,
        /// Whether its data is replicated to a second region.
        [Azure] geo_redundant: bool,
        /// The locks that prevent its deletion.
        [Azure] delete_locks: Vec<String>,
        /// The locks that prevent changes to its settings.
        [Azure] read_only_locks: Vec<String>,
    }
}

resource! {
    /// A named endpoint of a bucket, with a separate policy.
    AccessPoint {
        /// The bucket behind it.
        [Aws] bucket: String,
        /// The ID of the account that owns the bucket.
        [Aws] bucket_account: String,
        /// The only network (VPC) from which it can be reached; none if it can be reached from the Internet.
        [Aws] network: Option<String>,
        /// The settings that block public access through it.
        [Aws] public_access_block: PublicAccessBlock,
        /// The statements of its policy that grant anyone access.
        [Aws] policy_public: Entries,
        /// The other accounts that its policy grants access; `everyone` if it is open to all.
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
