//! Manifests of signatures, as the
//! [OCI image specification](https://github.com/opencontainers/image-spec/blob/main/manifest.md) defines them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::json;
use crate::limits::Limits;

/// The media type of a payload of cosign.
pub(crate) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The media type of a DSSE envelope.
pub(crate) const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
/// The media type of an in-toto statement.
pub(crate) const IN_TOTO: &str = "application/vnd.in-toto+json";
/// How the media types of Sigstore bundles begin: `….bundle.v0.3+json` and, before that, `….bundle+json;version=0.1`.
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// The artifact type of signatures of Notation
/// ([signature specification](https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md)).
pub(crate) const NOTATION: &str = "application/vnd.cncf.notary.signature";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    #[serde(default)]
    pub(crate) artifact_type: Option<String>,
    #[serde(default)]
    config: Option<Config>,
    #[serde(default)]
    pub(crate) layers: Vec<Layer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    media_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Layer {
    #[serde(default)]
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
}

/// What a layer is by its media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayerKind {
    SimpleSigning,
    Bundle,
    Dsse,
    Statement,
    Other,
}

impl LayerKind {
    /// Bytes that are read of it at most; nothing if it is not looked at.
    pub(crate) fn bound(self, limits: &Limits) -> Option<usize> {
        match self {
            Self::SimpleSigning => Some(limits.payload),
            Self::Bundle | Self::Dsse | Self::Statement => Some(limits.envelope),
            Self::Other => None,
        }
    }
}

impl Layer {
    pub(crate) fn kind(&self) -> LayerKind {
        match self.media_type.as_str() {
            SIMPLE_SIGNING => LayerKind::SimpleSigning,
            DSSE => LayerKind::Dsse,
            IN_TOTO => LayerKind::Statement,
            other if other.starts_with(BUNDLE) => LayerKind::Bundle,
            _ => LayerKind::Other,
        }
    }

    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name).map(String::as_str)
    }
}

impl Manifest {
    /// Reads a manifest.
    pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Self, String> {
        if bytes.len() > limits.manifest {
            return Err(format!("the manifest is larger than {} bytes", limits.manifest));
        }
        json::read("manifest", bytes)
    }

    /// Whether it is a signature of Notation. The type is in `artifactType`, or in the configuration where a registry knows only
    /// version 1.0 of the image specification.
    pub(crate) fn is_notation(&self) -> bool {
        let config = self.config.as_ref().map(|config| config.media_type.as_str());
        self.artifact_type.as_deref() == Some(NOTATION) || config == Some(NOTATION)
    }
}
