//! Signatures by certificate.
//!
//! Their signer has a certificate for minutes, which Fulcio issues to an identity of OpenID Connect. A verification demands, all by
//! one trusted root: the chain of the certificate, its validity at a proven time, the signed certificate timestamp, the entry in the
//! transparency log with its proof or promise and its checkpoint, the signature, that the log entry is about this signature, and then
//! identity **and** issuer as the user named them
//! ([client specification](https://github.com/sigstore/architecture-docs/blob/main/client-spec.md#4-verification)). The
//! crate `sigstore-verify` of the Sigstore project does all but the last.

#[cfg(feature = "keyless")]
mod convert;
#[cfg(feature = "keyless")]
#[cfg(test)]
mod tests;

use crate::digest::Digest;
use crate::dsse::Envelope;
use crate::manifest::Layer;
use crate::policy::Policy;
use crate::report::{RootUsed, Signer, Why};

/// What cosign up to 2 puts into the annotations of a layer
/// ([signature specification](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#properties)).
#[cfg_attr(not(feature = "keyless"), allow(dead_code))]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Annotations<'a> {
    /// The certificate, as PEM.
    pub(crate) certificate: Option<&'a str>,
    /// What is between it and the root, as PEM.
    pub(crate) chain: Option<&'a str>,
    /// The log entry, as JSON.
    pub(crate) log: Option<&'a str>,
    /// A timestamp, as JSON.
    pub(crate) timestamp: Option<&'a str>,
}

pub(crate) fn annotations(layer: &Layer) -> Annotations<'_> {
    let some = |name| layer.annotation(name).filter(|value| !value.trim().is_empty());
    Annotations {
        certificate: some("dev.sigstore.cosign/certificate"),
        chain: some("dev.sigstore.cosign/chain"),
        log: some("dev.sigstore.cosign/bundle"),
        timestamp: some("dev.sigstore.cosign/rfc3161timestamp"),
    }
}

/// What a signature by certificate consists of.
#[cfg_attr(not(feature = "keyless"), allow(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Evidence<'a> {
    None,
    /// A bundle, as JSON.
    Bundle(&'a [u8]),
    /// A message, its signature, and what came with it.
    Message(&'a [u8], &'a [u8], Annotations<'a>),
    /// An envelope, and what came with it.
    Dsse(&'a Envelope, Annotations<'a>),
}

impl Evidence<'_> {
    pub(crate) fn has_certificate(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bundle(_) => true,
            Self::Message(_, _, with) | Self::Dsse(_, with) => with.certificate.is_some(),
        }
    }
}

/// The trusted root that a policy uses.
#[cfg(not(feature = "keyless"))]
pub(crate) fn used(_: &Policy) -> Option<RootUsed> {
    None
}

/// The identity of the policy that made a signature by certificate over the image.
#[cfg(not(feature = "keyless"))]
pub(crate) fn signer(_: &Digest, _: &[u8], _: &Evidence<'_>, _: &Policy) -> Result<Signer, Why> {
    Err(Why::KeylessNotBuilt)
}

/// The trusted root that a policy uses.
#[cfg(feature = "keyless")]
pub(crate) fn used(policy: &Policy) -> Option<RootUsed> {
    use crate::trusted_root::TrustedRoot;
    if policy.identities.is_empty() {
        return None;
    }
    Some(policy.root.as_ref().map_or_else(TrustedRoot::compiled_used, |root| root.used().clone()))
}

/// The identity of the policy that made a signature by certificate over the image.
#[cfg(feature = "keyless")]
pub(crate) fn signer(
    image: &Digest,
    manifest: &[u8],
    evidence: &Evidence<'_>,
    policy: &Policy,
) -> Result<Signer, Why> {
    use sigstore_verify::types::Artifact;

    match evidence {
        Evidence::None => Err(Why::OtherSigner),
        Evidence::Bundle(json) => {
            let json = std::str::from_utf8(json)
                .map_err(|_| Why::Malformed("the bundle is not text".into()))?;
            signer_of(json, image, Artifact::from_blob(manifest), policy)
        }
        Evidence::Message(message, signature, with) => {
            let json = convert::message(&Digest::sha256(message), signature, with)
                .map_err(Why::Malformed)?;
            signer_of(&json, image, Artifact::from_blob(message), policy)
        }
        Evidence::Dsse(envelope, with) => {
            let json = convert::envelope(envelope, with).map_err(Why::Malformed)?;
            signer_of(&json, image, Artifact::from_blob(manifest), policy)
        }
    }
}

/// The identity of the policy that made a bundle over a message, or over a statement about the image.
#[cfg(feature = "keyless")]
fn signer_of(
    json: &str,
    image: &Digest,
    message: sigstore_verify::types::Artifact<'_>,
    policy: &Policy,
) -> Result<Signer, Why> {
    use sigstore_verify::VerificationPolicy;
    use sigstore_verify::types::{
        Artifact, ArtifactDigest, Bundle, HashAlgorithm, SignatureContent,
    };

    use crate::text;
    use crate::trusted_root::TrustedRoot;

    let malformed = |error: &dyn std::fmt::Display| Why::Malformed(text::name(&error.to_string()));
    let bundle = Bundle::from_json(json).map_err(|error| malformed(&error))?;
    let artifact = if let SignatureContent::MessageSignature(_) = &bundle.content {
        message
    } else {
        let (algorithm, digits) = image.parts();
        let algorithm =
            if algorithm == "sha512" { HashAlgorithm::Sha2512 } else { HashAlgorithm::Sha2256 };
        let digest = convert::bytes(digits).ok_or_else(|| malformed(&"the digest of the image"))?;
        Artifact::from_digest(
            ArtifactDigest::new(algorithm, digest).map_err(|error| malformed(&error))?,
        )
    };
    let compiled;
    let root = if let Some(root) = &policy.root {
        root
    } else {
        compiled = TrustedRoot::compiled().map_err(|error| Why::Certificate(error.to_string()))?;
        &compiled
    };
    // Every signer that the trusted root vouches for. Which of them counts is decided below, on the result.
    let any = VerificationPolicy::any_identity();
    let verified = root.verifier().verify(artifact, &bundle, &any).map_err(|error| {
        let error = text::name(&error.to_string());
        Why::Certificate(format!("by the trusted root ({}), it is not valid: {error}", root.used()))
    })?;
    if !(verified.certificate_verified() && verified.sct_verified() && verified.tlog_verified())
        || verified.verified_timestamps().is_empty()
    {
        return Err(Why::Certificate(
            "it has no certificate, log entry or time that was verified".into(),
        ));
    }
    let identity = verified.identity().map(ToString::to_string).unwrap_or_default();
    let issuer = verified.issuer().unwrap_or_default().to_owned();
    if policy.identities.iter().any(|wanted| wanted.matches(&identity, &issuer)) {
        Ok(Signer::Identity { identity, issuer })
    } else {
        Err(Why::OtherIdentity { identity: text::name(&identity), issuer: text::name(&issuer) })
    }
}
