//! Sigstore bundles, as
//! [`sigstore_bundle.proto`](https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto) and the
//! [bundle specification of cosign](https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md) define them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::dsse::{Envelope, Wire};
use crate::limits::Limits;
use crate::manifest::BUNDLE;
use crate::report::Why;
use crate::text;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    media_type: String,
    #[serde(default)]
    verification_material: Option<Material>,
    #[serde(default)]
    message_signature: Option<MessageSignature>,
    #[serde(default)]
    dsse_envelope: Option<Wire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    #[serde(default)]
    certificate: Option<IgnoredAny>,
    #[serde(default, rename = "x509CertificateChain")]
    chain: Option<IgnoredAny>,
    #[serde(default)]
    tlog_entries: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageSignature {
    #[serde(default)]
    message_digest: Option<MessageDigest>,
    signature: String,
}

#[derive(Deserialize)]
struct MessageDigest {
    algorithm: String,
    digest: String,
}

/// A bundle.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// Whether a certificate vouches for the key.
    pub(crate) certificate: bool,
    /// Whether it carries an entry of a transparency log.
    pub(crate) log_entry: bool,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    /// A signature over a message, which is the manifest of the image.
    Message {
        signature: Vec<u8>,
        /// The digest of the message, a hint: `algorithm:digits`.
        digest: Option<String>,
    },
    Envelope(Envelope),
}

impl Bundle {
    /// Reads a bundle of version 0.1, 0.2 or 0.3.
    pub(crate) fn read(json: &[u8], limits: &Limits) -> Result<Self, Why> {
        let malformed = Why::Malformed;
        let document: Document = crate::json::read("bundle", json).map_err(malformed)?;
        let version = document.media_type.strip_prefix(BUNDLE).unwrap_or_default();
        if !["+json;version=0.1", "+json;version=0.2", "+json;version=0.3", ".v0.3+json"]
            .contains(&version)
        {
            let media_type = text::clean(&document.media_type, 100);
            return Err(Why::Unsupported(format!("a bundle of type {media_type}")));
        }
        let content = match (document.message_signature, document.dsse_envelope) {
            (Some(message), None) => Content::Message {
                signature: STANDARD
                    .decode(&message.signature)
                    .map_err(|_| malformed("the signature is not base64".into()))?,
                digest: message.message_digest.map(|digest| digest.text()).transpose()?,
            },
            (None, Some(envelope)) => {
                Content::Envelope(Envelope::decode(envelope, limits).map_err(malformed)?)
            }
            (None, None) => {
                return Err(malformed("the bundle has neither a signature nor an envelope".into()));
            }
            (Some(_), Some(_)) => {
                return Err(malformed("the bundle has both a signature and an envelope".into()));
            }
        };
        let material = document.verification_material;
        Ok(Self {
            certificate: material
                .as_ref()
                .is_some_and(|with| with.certificate.is_some() || with.chain.is_some()),
            log_entry: material
                .and_then(|with| with.tlog_entries)
                .is_some_and(|entries| !entries.is_empty()),
            content,
        })
    }
}

impl MessageDigest {
    fn text(&self) -> Result<String, Why> {
        let bytes = STANDARD
            .decode(&self.digest)
            .map_err(|_| Why::Malformed("the digest of the message is not base64".into()))?;
        let algorithm = match self.algorithm.as_str() {
            "SHA2_256" => "sha256",
            "SHA2_512" => "sha512",
            other => {
                return Err(Why::Unsupported(format!("a digest of {}", text::clean(other, 40))));
            }
        };
        Ok(format!("{algorithm}:{}", text::hex(bytes.get(..64).unwrap_or(&bytes))))
    }
}
