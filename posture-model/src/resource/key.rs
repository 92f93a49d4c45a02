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
        /// Whether it can be used, or is on its way out.
        [Aws, Azure] state: KeyState,
        /// Where its material came from.
        [Aws, Azure] origin: KeyOrigin,
        /// Whether it encrypts and decrypts with one secret, the only kind that the provider can rotate.
        [Aws] symmetric: bool,
        /// Whether it is a copy of a key in another region, which rotates with that key.
        [Aws] replica: bool,
        /// Whether the provider rotates it by itself.
        [Aws, Azure] rotates: bool,
        /// Every how many days it rotates; none where the provider does not say.
        [Aws, Azure] rotation_days: Option<u32>,
        /// When it can no longer be used; none for never.
        [Azure] expires: Option<Time>,
        /// How access to the vault that holds it is granted.
        [Azure] vault_access: VaultAccess,
        /// The statements of its policy that let anyone use it.
        [Aws] policy_public: Entries,
        /// The accounts outside this one that its policy lets in, by an Allow that names them or by a Deny that spares
        /// them; `everyone` where it lets in everyone.
        [Aws] external_accounts: Entries,
        /// The services its policy lets in without saying for which source account or resource they may act.
        [Aws] services_without_source: Entries,
        /// Its tags.
        [Aws, Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A secret value that a vault keeps. Its value is never read.
    Secret {
        /// Whether it can be read by those who may.
        [Azure] enabled: bool,
        /// When it ends; none for never.
        [Azure] expires: Option<Time>,
        /// When it became valid; none where nothing is said.
        [Azure] valid_from: Option<Time>,
        /// Whether it belongs to a certificate, whose life it shares.
        [Azure] certificate: bool,
        /// How access to the vault that holds it is granted.
        [Azure] vault_access: VaultAccess,
        /// Its tags.
        [Azure] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What keeps keys, secrets and certificates (Azure: a key vault).
    Vault {
        /// How access to what it keeps is granted.
        [Azure] access: VaultAccess,
        /// Whether nobody can delete it, or anything in it, for good before its retention is over.
        [Azure] purge_protection: bool,
        /// Whether its address can be reached from any public network.
        [Azure] public_network: PublicNetwork,
        /// Whether networks that no rule names are refused.
        [Azure] network_default_deny: bool,
        /// The private endpoints that were approved.
        [Azure] private_endpoints: Vec<String>,
        /// Where each use of it is recorded; empty if nowhere.
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
    /// Made for a certificate, with which it is made anew.
    Certificate,
}
