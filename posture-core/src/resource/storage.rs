//! Object storage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PublicAccessBlock, resource};

resource! {
    /// A container of objects.
    Bucket {
        /// Whether access control lists are switched off, so that only policies decide.
        acls_disabled: bool,
        /// The grants of the access control list that let anyone read or list objects.
        acl_public_read: Vec<String>,
        /// The grants of the access control list that let anyone write objects or change permissions.
        acl_public_write: Vec<String>,
        /// The statements of its policy that let anyone read or list objects.
        policy_public_read: Vec<String>,
        /// The statements of its policy that let anyone write or delete objects or change permissions.
        policy_public_write: Vec<String>,
        /// The accounts outside this one that its policy names.
        external_accounts: Vec<String>,
        /// The services its policy lets in without saying for which source account or resource they may act.
        services_without_source: Vec<String>,
        /// Whether its policy refuses every request that does not come over TLS.
        tls_enforced: bool,
        /// The switches that block public access on this bucket, all off where none are set.
        public_access_block: PublicAccessBlock,
        /// How new objects are encrypted unless the request says otherwise.
        encryption: Encryption,
        /// Whether overwritten and deleted objects are kept as versions.
        versioning: bool,
        /// Whether deleting a version for good needs MFA.
        mfa_delete: bool,
        /// Whether objects can be locked against deletion.
        object_lock: bool,
        /// The days that new objects are locked by default; none where there is no default.
        default_lock_days: Option<u32>,
        /// Where requests to it are logged; none if they are not.
        access_log_target: Option<String>,
        /// How many of its lifecycle rules are switched on.
        lifecycle_rules: u32,
        /// How many of its replication rules are switched on.
        replication_rules: u32,
        /// Its tags.
        tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A named door to a bucket, with rules of its own.
    AccessPoint {
        /// The bucket behind it.
        bucket: String,
        /// The network it can only be reached from; none if from the Internet.
        network: Option<String>,
        /// The switches that block public access through it.
        public_access_block: PublicAccessBlock,
        /// The statements of its policy that let anyone in.
        policy_public: Vec<String>,
    }
}

/// How stored data is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
