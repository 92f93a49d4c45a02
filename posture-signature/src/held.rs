//! What a registry or a layout holds for an image, as it was read.
//!
//! Reading is the caller's part. For an image with a digest it reads
//!
//! 1. the manifest under [`signature_tag`] and the one under [`attestation_tag`];
//! 2. the list of manifests that refer to the digest
//!    ([distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers), or the
//!    tag under its [fallback](https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema)), and each
//!    of these. Do not filter by type: cosign 2 lists its bundles under another type;
//! 3. of each manifest the blobs that [`wanted`] names.
//!
//! "404" is [`Place::Absent`]; every other answer that is not the content is [`Place::Unread`] with its reason, and not "not signed".

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::limits::Limits;
use crate::manifest::Manifest;

/// The tag under which cosign keeps the signatures of a digest
/// ([signature specification](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#tag-based-discovery)).
pub fn signature_tag(digest: &Digest) -> String {
    let (algorithm, digits) = digest.parts();
    format!("{algorithm}-{digits}.sig")
}

/// The tag under which cosign up to 2 keeps the attestations of a digest
/// ([attestation specification](https://github.com/sigstore/cosign/blob/main/specs/ATTESTATION_SPEC.md)).
pub fn attestation_tag(digest: &Digest) -> String {
    let (algorithm, digits) = digest.parts();
    format!("{algorithm}-{digits}.att")
}

/// Something that may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<T> {
    /// It is certain that there is nothing.
    Absent,
    /// It was not read, for this reason.
    Unread(String),
    /// This is there.
    Read(T),
}

/// A manifest with the blobs of it that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artifact {
    /// The bytes of the manifest.
    pub manifest: Vec<u8>,
    /// Blobs by digest: the content, or why it was not read. A blob that is missing was not read.
    pub blobs: BTreeMap<String, Result<Vec<u8>, String>>,
}

/// A manifest that refers to the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    /// The digest in the list.
    pub digest: String,
    /// What is there.
    pub artifact: Place<Artifact>,
}

/// Everything that may hold signatures and attestations of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What is under [`signature_tag`].
    pub signature_tag: Place<Artifact>,
    /// What is under [`attestation_tag`].
    pub attestation_tag: Place<Artifact>,
    /// The manifests that refer to the image. An empty list is the same as [`Place::Absent`].
    pub referrers: Place<Vec<Referrer>>,
}

impl Held {
    /// Nothing was read, for this reason.
    pub fn unread(reason: &str) -> Self {
        Self {
            signature_tag: Place::Unread(reason.to_owned()),
            attestation_tag: Place::Unread(reason.to_owned()),
            referrers: Place::Unread(reason.to_owned()),
        }
    }

    /// It is certain that there is nothing.
    pub fn nothing() -> Self {
        Self {
            signature_tag: Place::Absent,
            attestation_tag: Place::Absent,
            referrers: Place::Absent,
        }
    }
}

/// A blob that a verification needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wanted {
    /// Its digest, as the manifest states it.
    pub digest: String,
    /// Its size in bytes, as the manifest states it. Read no more than that.
    pub size: u64,
}

/// The blobs of a manifest that [`verify`](crate::verify()) looks at, within the bounds. A manifest that cannot be read has none:
/// `verify` states why.
pub fn wanted(manifest: &[u8], limits: &Limits) -> Vec<Wanted> {
    let Ok(manifest) = Manifest::read(manifest, limits) else {
        return Vec::new();
    };
    let mut left = limits.total as u64;
    let mut wanted: Vec<Wanted> = Vec::new();
    for layer in manifest.layers.iter().take(limits.layers) {
        let Some(bound) = layer.kind().bound(limits) else {
            continue;
        };
        let known = wanted.iter().any(|wanted| wanted.digest == layer.digest);
        if layer.size <= bound as u64 && layer.size <= left && !known {
            left -= layer.size;
            wanted.push(Wanted { digest: layer.digest.clone(), size: layer.size });
        }
    }
    wanted
}
