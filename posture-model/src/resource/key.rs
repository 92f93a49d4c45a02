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
        /// The algorithm that it is for.
        [Aws, Azure] algorithm: KeyAlgorithm,
        /// Its security strength in bits, as in NIST SP 800-57 Part 1: how much work it takes to break it.
        [Aws, Azure] strength_bits: u32,
        /// What its permitted operations are for.
        [Azure] purposes: Vec<KeyPurpose>,
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
        /// The principals that its policy allows both to administer it (to change its policy or to schedule its deletion) and
        /// to decrypt with it. What the policy leaves to the IAM policies of an account is not included.
        [Aws] administrators_who_decrypt: Entries,
        /// The unique IDs of the deleted principals that its policy still allows.
        [Aws] deleted_principals: Vec<String>,
        /// The principals that its grants name.
        [Aws] grantees: Vec<String>,
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
        /// The principals that its access policies allow both to delete its keys and to decrypt with them, by object ID; not
        /// offered if Azure RBAC decides.
        [Azure] administrators_who_decrypt: Vec<String>,
        /// The principals whose roles allow them both to delete all of its keys and to decrypt with them, permanently or
        /// eligible, by object ID; not offered if access policies decide.
        [Azure] role_holders_who_decrypt: Entries,
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

/// The algorithm that a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyAlgorithm {
    /// AES.
    Aes,
    /// RSA.
    Rsa,
    /// Elliptic curves of NIST: P-256, P-384 and P-521.
    NistCurve,
    /// The elliptic curve of Ed25519.
    Edwards25519,
    /// The elliptic curve secp256k1, which cryptocurrencies use.
    Secp256k1,
    /// HMAC.
    Hmac,
    /// ML-DSA.
    MlDsa,
    /// ML-KEM.
    MlKem,
    /// SM2.
    Sm2,
    /// SM4.
    Sm4,
}

impl KeyAlgorithm {
    /// Its name, as in the snapshot.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aes => "aes",
            Self::Rsa => "rsa",
            Self::NistCurve => "nist-curve",
            Self::Edwards25519 => "edwards25519",
            Self::Secp256k1 => "secp256k1",
            Self::Hmac => "hmac",
            Self::MlDsa => "ml-dsa",
            Self::MlKem => "ml-kem",
            Self::Sm2 => "sm2",
            Self::Sm4 => "sm4",
        }
    }
}

/// The security strength of an RSA key by the bits of its modulus, as in table 2 of
/// [NIST SP 800-57 Part 1](https://doi.org/10.6028/NIST.SP.800-57pt1r5); that of the next smaller size where the table does not
/// list it.
pub fn rsa_strength(modulus: u32) -> u32 {
    match modulus {
        0..1_024 => 0,
        1_024..2_048 => 80,
        2_048..3_072 => 112,
        3_072..7_680 => 128,
        7_680..15_360 => 192,
        15_360.. => 256,
    }
}

/// What the operations that a key permits are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyPurpose {
    /// To encrypt or decrypt data or other keys.
    Encryption,
    /// To sign, or to verify signatures.
    Signing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_modulus_is_stronger() {
        for (modulus, bits) in [
            (0, 0),
            (1_023, 0),
            (1_024, 80),
            (2_047, 80),
            (2_048, 112),
            (3_071, 112),
            (3_072, 128),
            (4_096, 128),
            (7_680, 192),
            (15_360, 256),
        ] {
            assert_eq!(rsa_strength(modulus), bits, "{modulus}");
        }
    }

    #[test]
    fn an_algorithm_is_called_as_in_the_snapshot() {
        for algorithm in [
            KeyAlgorithm::Aes,
            KeyAlgorithm::Rsa,
            KeyAlgorithm::NistCurve,
            KeyAlgorithm::Edwards25519,
            KeyAlgorithm::Secp256k1,
            KeyAlgorithm::Hmac,
            KeyAlgorithm::MlDsa,
            KeyAlgorithm::MlKem,
            KeyAlgorithm::Sm2,
            KeyAlgorithm::Sm4,
        ] {
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.name());
        }
    }
}
