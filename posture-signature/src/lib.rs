//! Which signatures and attestations of a container image are verified.
//!
//! Given the digest of an image and what a registry or a layout holds for it, [`verify()`] decides by a [`Policy`] of keys and
//! identities. "Verified" means: **this digest, signed by a key or identity that the user named.** Everything else is present and not
//! verified, with the reason ([`Why`]); or it was not read, and then the answer is unknown ([`Gap`]). Nothing is fetched, and no clock
//! is read, except that signatures by certificate from the future are rejected by the clock of the system.
//!
//! ```
//! use posture_signature::{Held, Image, Limits, Place, Policy, PublicKey, Verdict, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
//! let policy = Policy::new(vec![PublicKey::from_pem("cosign.pub", pem.as_bytes())?], Vec::new());
//! let manifest = br#"{"schemaVersion":2}"#;
//! let digest = posture_signature::Digest::sha256(manifest);
//! let image = Image::new(digest.as_str(), manifest, Some("ghcr.io/example/app"))?;
//! // What the registry answered: see the module `held` for what to read.
//! let held = Held { signature_tag: Place::Unread("503".into()), ..Held::nothing() };
//! let report = verify(&image, &held, &policy, &Limits::default());
//! assert!(matches!(report.verdict(), Verdict::Unknown(_)));
//! # Ok(())
//! # }
//! ```
//!
//! # What is verified
//!
//! | Form | By key | By certificate |
//! | --- | --- | --- |
//! | cosign up to 2: payload and annotation under the tag `sha256-….sig` | yes | with the feature `keyless`, with a log entry |
//! | Sigstore bundle 0.1 to 0.3 as a referrer, with a signature of the manifest or a DSSE envelope (cosign 3) | yes | with `keyless` |
//! | DSSE attestations: under the tag `sha256-….att`, or in a bundle | yes | with `keyless` |
//! | Notation (`application/vnd.cncf.notary.signature`) | recognized | recognized |
//! | Docker Content Trust | [`content_trust`] finds reliance on it | |
//!
//! A signature by key counts without an entry of a transparency log, as with `cosign verify --insecure-ignore-tlog`; whether there is
//! one is reported. Keys have no end: one that is no longer to count must be removed from the policy.
//!
//! # Sources of the rules
//!
//! Each module names its own: the specifications of [cosign](https://github.com/sigstore/cosign/tree/main/specs),
//! [Sigstore](https://github.com/sigstore/architecture-docs), [DSSE](https://github.com/secure-systems-lab/dsse) and
//! [in-toto](https://github.com/in-toto/attestation).

pub mod content_trust;
pub mod held;

mod bundle;
mod der;
mod digest;
mod dsse;
mod image;
mod json;
mod key;
mod keyless;
mod limits;
mod manifest;
mod policy;
mod provenance;
mod report;
mod simple;
mod statement;
mod text;
#[cfg(feature = "keyless")]
mod trusted_root;
mod verify;

pub use digest::{Digest, DigestError};
pub use held::{Artifact, Held, Place, Referrer, Wanted, attestation_tag, signature_tag, wanted};
pub use image::{Image, ImageError};
pub use key::{Algorithm, KeyError, PublicKey};
pub use limits::Limits;
pub use policy::{Identity, IdentityError, Policy, Threshold};
pub use provenance::Provenance;
pub use report::{
    Attestation, Form, Gap, Report, RootUsed, Signature, Signer, Status, Verdict, Why,
};
pub use statement::{Kind, Statement};
#[cfg(feature = "keyless")]
pub use trusted_root::{PUBLISHED, RootError, TrustedRoot};
pub use verify::verify;
