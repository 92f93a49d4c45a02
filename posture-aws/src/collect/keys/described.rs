//! What the description of a key says of it.

use posture_model::fact::{Fact, Known};
use posture_model::resource::{KeyAlgorithm, KeyOrigin, KeyState, rsa_strength};

use super::{DESCRIBE, KeyMetadata, Origin, Share, Shared, Spec, State};
use crate::ask::ApiClient;

/// What the description of a key says of it.
pub(super) struct Described {
    pub(super) state: Fact<KeyState>,
    pub(super) origin: Fact<KeyOrigin>,
    pub(super) symmetric: Fact<bool>,
    pub(super) replica: Fact<bool>,
    pub(super) algorithm: Fact<KeyAlgorithm>,
    pub(super) strength_bits: Fact<u32>,
}

impl Described {
    pub(super) fn of(ask: &ApiClient, arn: &str, metadata: KeyMetadata<'_>) -> Self {
        let action = DESCRIBE.spec.action;
        let state = match state(metadata) {
            Some(state) => Known(state),
            None => ask.malformed(action, arn, "the key has an unknown state"),
        };
        let origin = match origin(metadata) {
            Some(origin) => Known(origin),
            None => ask.malformed(action, arn, "the key has an unknown origin"),
        };
        let spec = match metadata.spec() {
            Some(Spec::Other) => {
                ask.malformed(action, arn, "what the key is for is not known here")
            }
            Some(spec) => Known(spec),
            None => ask.malformed(action, arn, "the response has no key usage"),
        };
        let replica = match metadata.shared().and_then(Shared::kind) {
            Some(Share::Replica) => Known(true),
            Some(Share::Primary) | None => Known(false),
            Some(Share::Other) => {
                ask.malformed(action, arn, "how the key shares its material is not known here")
            }
        };
        let strength = spec.and_then(|spec| match strength(*spec, arn) {
            Some(strength) => Known(strength),
            None => ask.malformed(action, arn, "what the key is for is not known here"),
        });
        Self {
            state,
            origin,
            symmetric: spec.map(|spec| *spec == Spec::Symmetric),
            replica,
            algorithm: strength.map(|(algorithm, _)| *algorithm),
            strength_bits: strength.map(|(_, bits)| *bits),
        }
    }
}

fn state(metadata: KeyMetadata<'_>) -> Option<KeyState> {
    Some(match metadata.state()? {
        State::Enabled => KeyState::Enabled,
        State::Disabled => KeyState::Disabled,
        State::PendingDeletion | State::PendingReplicaDeletion => KeyState::PendingDeletion,
        State::Creating | State::PendingImport | State::Unavailable | State::Updating => {
            KeyState::Unavailable
        }
        State::Other => return None,
    })
}

fn origin(metadata: KeyMetadata<'_>) -> Option<KeyOrigin> {
    Some(match metadata.origin()? {
        Origin::Kms => KeyOrigin::Service,
        Origin::External => KeyOrigin::Imported,
        Origin::CloudHsm | Origin::ExternalKeyStore => KeyOrigin::CustomStore,
        Origin::Other => return None,
    })
}

/// The algorithm of a key and its security strength in bits.
///
/// By the [reference of key specs](https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html): a
/// symmetric encryption key is one of AES with 256 bits, in China one of SM4 with 128 bits. The strengths are those of
/// [NIST SP 800-57 Part 1](https://doi.org/10.6028/NIST.SP.800-57pt1r5), [FIPS 203](https://doi.org/10.6028/NIST.FIPS.203) and
/// [FIPS 204](https://doi.org/10.6028/NIST.FIPS.204); read on 2026-11-30.
fn strength(spec: Spec, arn: &str) -> Option<(KeyAlgorithm, u32)> {
    Some(match spec {
        Spec::Symmetric if arn.starts_with("arn:aws-cn:") => (KeyAlgorithm::Sm4, 128),
        Spec::Symmetric => (KeyAlgorithm::Aes, 256),
        Spec::Rsa2048 => (KeyAlgorithm::Rsa, rsa_strength(2_048)),
        Spec::Rsa3072 => (KeyAlgorithm::Rsa, rsa_strength(3_072)),
        Spec::Rsa4096 => (KeyAlgorithm::Rsa, rsa_strength(4_096)),
        Spec::EccNistP256 => (KeyAlgorithm::NistCurve, 128),
        Spec::EccNistP384 => (KeyAlgorithm::NistCurve, 192),
        Spec::EccNistP521 => (KeyAlgorithm::NistCurve, 256),
        Spec::EccSecgP256k1 => (KeyAlgorithm::Secp256k1, 128),
        Spec::EccNistEdwards25519 => (KeyAlgorithm::Edwards25519, 128),
        Spec::Hmac224 => (KeyAlgorithm::Hmac, 224),
        Spec::Hmac256 => (KeyAlgorithm::Hmac, 256),
        Spec::Hmac384 => (KeyAlgorithm::Hmac, 384),
        Spec::Hmac512 => (KeyAlgorithm::Hmac, 512),
        Spec::Sm2 => (KeyAlgorithm::Sm2, 128),
        Spec::MlDsa44 | Spec::MlKem512 => (ml(spec), 128),
        Spec::MlDsa65 | Spec::MlKem768 => (ml(spec), 192),
        Spec::MlDsa87 | Spec::MlKem1024 => (ml(spec), 256),
        Spec::Other => return None,
    })
}

fn ml(spec: Spec) -> KeyAlgorithm {
    match spec {
        Spec::MlDsa44 | Spec::MlDsa65 | Spec::MlDsa87 => KeyAlgorithm::MlDsa,
        _ => KeyAlgorithm::MlKem,
    }
}
