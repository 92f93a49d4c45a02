//! Manifests and indexes, in the forms of OCI and of Docker (schema 2).

use std::collections::BTreeMap;

use serde_json::Value;

use crate::digest::{Digest, DigestError};
use crate::json;
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// The media types of manifests and indexes, for the `Accept` header of a registry.
pub const MEDIA_TYPES: [&str; 4] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

/// Media types of the configuration of an image; anything else is another artifact.
const CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// A platform, as indexes and configurations name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// The operating system, such as `linux`.
    pub os: String,
    /// The processor, as Go names it, such as `amd64`.
    pub architecture: String,
    /// The variant of the processor, such as `v7`.
    pub variant: Option<String>,
}

impl Platform {
    /// Reads `os/architecture[/variant]`.
    pub fn parse(platform: &str) -> Option<Self> {
        let mut parts = platform.split('/').map(str::to_owned);
        let (os, architecture, variant) = (parts.next()?, parts.next()?, parts.next());
        let named = |part: &String| !part.is_empty();
        (named(&os)
            && named(&architecture)
            && variant.as_ref().is_none_or(named)
            && parts.next().is_none())
        .then_some(Self { os, architecture, variant })
    }

    /// Whether an image for `self` is one for `wanted`. `arm64` is `arm64/v8`, and no wanted variant is any.
    pub fn fits(&self, wanted: &Self) -> bool {
        let variant =
            |platform: &Self| match (platform.architecture.as_str(), platform.variant.as_deref()) {
                ("arm64", None) => Some("v8".to_owned()),
                (_, variant) => variant.map(str::to_owned),
            };
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_none() || variant(self) == variant(wanted))
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// What a manifest or index refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The media type that is stated. Layers are decoded by what they begin with.
    pub media_type: String,
    /// The digest, which decides.
    pub digest: Digest,
    /// The number of bytes.
    pub size: u64,
    /// The platform, in indexes.
    pub platform: Option<Platform>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Whether the bytes are only at other addresses (foreign layers), which are never fetched.
    pub foreign: bool,
    /// The type of an artifact, in indexes.
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// Whether this entry of an index is an attestation of BuildKit, not an image.
    pub fn is_attestation(&self) -> bool {
        self.annotations
            .get("vnd.docker.reference.type")
            .is_some_and(|kind| kind == "attestation-manifest")
    }

    fn read(value: &Value, place: &str) -> Result<Self, Gap> {
        let malformed = |detail: &str| Gap::new(Cause::Malformed, place, detail);
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        let digest =
            digest(text("digest").ok_or_else(|| malformed("a descriptor without digest"))?, place)?;
        let size = value
            .get("size")
            .and_then(Value::as_u64)
            .ok_or_else(|| malformed("a descriptor without size"))?;
        if let Some(data) = value.get("data") {
            use base64::Engine as _;
            let data = data
                .as_str()
                .and_then(|data| base64::engine::general_purpose::STANDARD.decode(data).ok());
            let data = data.ok_or_else(|| malformed("inline data that is not base64"))?;
            if data.len() as u64 != size || Digest::of(digest.algorithm(), &data) != digest {
                return Err(Gap::new(
                    Cause::Mismatch,
                    place,
                    format!("inline data differs from {digest}"),
                ));
            }
        }
        let platform = value.get("platform").and_then(|platform| {
            let text = |key: &str| platform.get(key).and_then(Value::as_str).map(str::to_owned);
            let variant = text("variant").filter(|variant| !variant.is_empty());
            Some(Platform { os: text("os")?, architecture: text("architecture")?, variant })
        });
        Ok(Self {
            media_type: text("mediaType").unwrap_or_default().to_owned(),
            digest,
            size,
            platform,
            annotations: strings(value.get("annotations")),
            foreign: value
                .get("urls")
                .and_then(Value::as_array)
                .is_some_and(|urls| !urls.is_empty())
                || text("mediaType").is_some_and(|kind| {
                    kind.contains("nondistributable") || kind.contains("foreign")
                }),
            artifact_type: text("artifactType").map(str::to_owned),
        })
    }
}

fn digest(digest: &str, place: &str) -> Result<Digest, Gap> {
    Digest::parse(digest).map_err(|error| {
        let cause = match error {
            DigestError::Unsupported(_) => Cause::Unsupported,
            DigestError::Malformed(_) => Cause::Malformed,
        };
        Gap::new(cause, place, error.to_string())
    })
}

/// The texts of a JSON object.
pub(crate) fn strings(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object).into_iter().flatten();
    map.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The fields of manifests and indexes, as the specification spells them.
const FIELDS: [&str; 18] = [
    "annotations",
    "architecture",
    "artifactType",
    "config",
    "data",
    "digest",
    "fsLayers",
    "layers",
    "manifests",
    "mediaType",
    "os",
    "platform",
    "schemaVersion",
    "signatures",
    "size",
    "subject",
    "urls",
    "variant",
];

/// The manifest of one image for one platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The configuration.
    pub config: Descriptor,
    /// The layers, from the lowest.
    pub layers: Vec<Descriptor>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// What it is, if it is not an image: a type of artifact, such as a signature or a chart.
    pub artifact: Option<String>,
    /// The manifest that this one is about, for signatures and other artifacts.
    pub subject: Option<Digest>,
}

/// A document that a digest of a manifest leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// An image or an artifact.
    Manifest(Box<Manifest>),
    /// Manifests for several platforms.
    Index(Vec<Descriptor>),
}

impl Document {
    /// Reads the bytes of a manifest or index. `stated` is the media type that the registry or the descriptor states.
    ///
    /// # Errors
    ///
    /// The document is malformed, too large, or of a form that is not supported.
    pub fn read(bytes: &[u8], stated: &str, place: &str, limits: &Limits) -> Result<Self, Gap> {
        let malformed = |detail: &str| Gap::new(Cause::Malformed, place, detail);
        if bytes.len() as u64 > limits.manifest {
            return Err(Gap::new(
                Cause::Incomplete,
                place,
                format!("more than {} bytes", limits.manifest),
            ));
        }
        let value = json::parse_fields(bytes, limits.json_depth, &FIELDS)
            .map_err(|error| malformed(&error))?;
        let kind = value.get("mediaType").and_then(Value::as_str);
        if let Some(kind) = kind
            .filter(|kind| !stated.is_empty() && stated != *kind && MEDIA_TYPES.contains(&stated))
        {
            let detail = format!(
                "states {}, and is referred to as {}",
                text::clip(kind.as_bytes(), 80),
                text::clip(stated.as_bytes(), 80)
            );
            return Err(Gap::new(Cause::Ambiguous, place, detail));
        }
        match value.get("schemaVersion").and_then(Value::as_u64) {
            Some(2) => {}
            Some(1) => {
                return Err(Gap::new(Cause::Unsupported, place, "a manifest of Docker's schema 1"));
            }
            _ => return Err(malformed("a manifest without schemaVersion 2")),
        }
        if value.get("fsLayers").is_some() || value.get("signatures").is_some() {
            return Err(Gap::new(
                Cause::Ambiguous,
                place,
                "fields of Docker's schema 1 in a manifest of schema 2",
            ));
        }
        match (value.get("manifests"), value.get("layers")) {
            (Some(_), Some(_)) => {
                Err(Gap::new(Cause::Ambiguous, place, "both an index and a manifest"))
            }
            (Some(manifests), None) => {
                if value.get("config").is_some()
                    || kind.is_some_and(|kind| kind.contains(".manifest.v"))
                {
                    return Err(Gap::new(
                        Cause::Ambiguous,
                        place,
                        "an index with the fields of a manifest",
                    ));
                }
                let manifests =
                    manifests.as_array().ok_or_else(|| malformed("`manifests` is not a list"))?;
                if manifests.len() > limits.index_entries {
                    let detail = format!("more than {} entries", limits.index_entries);
                    return Err(Gap::new(Cause::Incomplete, place, detail));
                }
                manifests
                    .iter()
                    .map(|entry| Descriptor::read(entry, place))
                    .collect::<Result<_, _>>()
                    .map(Self::Index)
            }
            (None, layers) => {
                if kind.is_some_and(|kind| kind.contains("index") || kind.contains("list")) {
                    return Err(malformed("an index without `manifests`"));
                }
                let config = value
                    .get("config")
                    .ok_or_else(|| malformed("neither an index nor a manifest"))?;
                let config = Descriptor::read(config, place)?;
                let layers = layers
                    .and_then(Value::as_array)
                    .ok_or_else(|| malformed("a manifest without layers"))?;
                if layers.len() > limits.layers {
                    return Err(Gap::new(
                        Cause::Incomplete,
                        place,
                        format!("more than {} layers", limits.layers),
                    ));
                }
                let layers = layers
                    .iter()
                    .map(|layer| Descriptor::read(layer, place))
                    .collect::<Result<_, _>>()?;
                let stated = value
                    .get("artifactType")
                    .and_then(Value::as_str)
                    .filter(|kind| !kind.is_empty());
                let artifact = stated.or_else(|| {
                    Some(config.media_type.as_str())
                        .filter(|kind| !CONFIGS.contains(kind) && !kind.is_empty())
                });
                let artifact = artifact.map(|kind| text::clip(kind.as_bytes(), 200));
                let subject = value
                    .get("subject")
                    .map(|subject| Descriptor::read(subject, place))
                    .transpose()?;
                Ok(Self::Manifest(Box::new(Manifest {
                    artifact,
                    subject: subject.map(|subject| subject.digest),
                    annotations: strings(value.get("annotations")),
                    config,
                    layers,
                })))
            }
        }
    }
}

/// The entry of an index for a platform.
///
/// # Errors
///
/// No entry is for this platform, or several differ.
pub fn choose<'a>(
    entries: &'a [Descriptor],
    wanted: &Platform,
    place: &str,
) -> Result<&'a Descriptor, Gap> {
    let image = |entry: &&Descriptor| {
        !entry.is_attestation()
            && entry.platform.as_ref().is_none_or(|platform| platform.os != "unknown")
    };
    let images: Vec<&Descriptor> = entries.iter().filter(image).collect();
    let fits = |entry: &&&Descriptor| {
        entry.platform.as_ref().is_some_and(|platform| platform.fits(wanted))
    };
    let mut fitting: Vec<&Descriptor> = images.iter().filter(fits).copied().collect();
    fitting.dedup_by(|one, other| one.digest == other.digest);
    match (fitting.as_slice(), images.as_slice()) {
        ([one], _) => Ok(one),
        ([], [one]) if one.platform.is_none() => Ok(one),
        ([], _) => {
            let names: Vec<String> = images
                .iter()
                .filter_map(|entry| Some(entry.platform.as_ref()?.to_string()))
                .collect();
            let names = text::clip(names.join(", ").as_bytes(), 200);
            Err(Gap::new(
                Cause::Missing,
                place,
                format!("no image for {wanted}; there are: {names}"),
            ))
        }
        (several, _) => {
            // The variant that runs everywhere, as containerd orders them, is not guessed.
            let exact = several
                .iter()
                .find(|entry| entry.platform.as_ref().is_some_and(|platform| platform == wanted));
            let detail = || {
                Gap::new(
                    Cause::Ambiguous,
                    place,
                    format!("{} images for {wanted}; name the variant", several.len()),
                )
            };
            exact.copied().ok_or_else(detail)
        }
    }
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
