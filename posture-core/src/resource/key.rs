//! Encryption keys.

use serde::{Deserialize, Serialize};

use super::resource;

resource! {
    /// An encryption key that the customer manages.
    Key {
        /// Whether it can be used, or is on its way out.
        state: KeyState,
        /// Where its material came from.
        origin: KeyOrigin,
        /// Whether it encrypts and decrypts with one secret, the only kind that the provider can rotate.
        symmetric: bool,
        /// Whether it is a copy of a key in another region, which rotates with that key.
        replica: bool,
        /// Whether the provider rotates it by itself.
        rotates: bool,
        /// Every how many days it rotates; none where the provider does not say.
        rotation_days: Option<u32>,
        /// The statements of its policy that let anyone use it.
        policy_public: Vec<String>,
        /// The accounts outside this one that its policy names.
        external_accounts: Vec<String>,
        /// The services its policy lets in without saying for which source account or resource they may act.
        services_without_source: Vec<String>,
    }
}

/// Whether a key can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
#[non_exhaustive]
pub enum KeyOrigin {
    /// Made by the key service.
    Service,
    /// Imported by the customer.
    Imported,
    /// In a key store of the customer's, outside the key service.
    CustomStore,
}
