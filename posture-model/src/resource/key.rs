//! Encryption keys.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::declared::resource;
use super::storage::PublicNetwork;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// An encryption key that the customer manages.
    Key {
        /// Whether it can be used, or is pending deletion.
        [Aws, Azure] state: KeyState,
        /// The origin of its key material.
        [Aws, Azure] origin: KeyOrigin,
        /// Whether it is a symmetric encryption key, the only kind that the provider can rotate.
        [Aws] symmetric: bool,
        /// Whether it is a replica of a key in another region, and rotates with that key.
        [Aws] replica: bool,
        /// Whether the provider rotates it automatically.
        [Aws, Azure] rotates: bool,
        /// Rotation period, in days; none if the provider does not return it.
        [Aws, Azure] rotation_days: Option<u32>,
        /// When it expires; none for never.
        [Azure] expires: Option<Time>,
        /// The permission model of its vault.
        [Azure] vault_access: VaultAccess,
        /// The statements of its policy that allow anyone to use it.
        [Aws] policy_public: Entries,
        /// The other accounts that its policy grants access, by an Allow that names them or by a Deny that exempts
        /// them; `everyone` if it grants access to everyone.
        [Aws] external_accounts: Entries,
        /// The services that its policy grants access without a condition on the source account or resource (confused
        /// deputy).
        [Aws] services_without_source: Entries,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A secret value that a vault keeps. Its value is never read.
    Secret {
        /// Whether it is enabled.
        [Azure] enabled: bool,
        /// When it expires; none for never.
        [Azure] expires: Option<Time>,
        /// When it became valid; none if not set.
        [Azure] valid_from: Option<Time>,
        /// Whether it belongs to a certificate, and shares its lifetime.
        [Azure] certificate: bool,
        /// The permission model of its vault.
        [Azure] vault_access: VaultAccess,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What keeps keys, secrets and certificates (Azure: a key vault).
    Vault {
        /// Its permission model: Azure RBAC, or access policies.
        [Azure] access: VaultAccess,
        /// Whether purge protection is on: no one can permanently delete it, or its contents, before the retention
        /// period ends.
        [Azure] purge_protection: bool,
        /// Whether its address can be reached from any public network.
        [Azure] public_network: PublicNetwork,
        /// Whether networks without a rule are denied.
        [Azure] network_default_deny: bool,
        /// The approved private endpoints.
        [Azure] private_endpoints: Vec<String>,
        /// The destinations of its audit log; empty if there are none.
        [Azure] audit_targets: Vec<String>,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

/// How access to what a vault keeps is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VaultAccess {
    /// By roles, like everything else.
    Roles,
    /// By a list of the vault's own.
    AccessPolicies,
}

/// Whether a key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// It can be used.
    Enabled,
    /// It is switched off.
    Disabled,
    /// It will be deleted.
    PendingDeletion,
    /// It waits for its material, or its store is not connected.
    Unavailable,
}

/// Where a key's material came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyOrigin {
    /// Made by the key service.
    Service,
    /// Imported by the customer.
    Imported,
    /// In a key store of the customer's, outside the key service.
    CustomStore,
    /// Created for a certificate, with which it is renewed.
    Certificate,
}
