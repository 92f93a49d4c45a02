//! The packages of an image as an SBOM.
//!
//! The same image, parameters and version of this crate give the same bytes: nothing here reads a clock or makes a random number.

mod cyclonedx;
mod spdx;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Format;
use crate::digest::{Algorithm, Digest};
use crate::image::{Identity, Image};
use crate::packages::purl::{Purl, purl};
use crate::packages::{Ownership, Package};
use crate::reference::Reference;
use crate::text;
use crate::time::Instant;
use crate::truth::{Cause, Gap};

/// How the comment of a document of SPDX begins whose packages may be more.
pub(crate) const INCOMPLETE: &str = "Incomplete: ";

/// How an SBOM is written.
#[derive(Clone, Debug)]
pub struct Output<'a> {
    /// The format: CycloneDX 1.6 or SPDX 2.3.
    pub format: Format,
    /// When the SBOM is made. SPDX requires it.
    pub timestamp: Option<Instant>,
    /// The serial number: 16 bytes, written as a UUID. [`serial`] derives it from the image.
    pub serial: [u8; 16],
    /// The name and version of the program that writes it.
    pub tool: (&'a str, &'a str),
    /// Whether CycloneDX lists the files that each package of a distribution installed. SPDX requires the SHA-1 digests of files,
    /// which are not computed; there, files are left out.
    pub files: bool,
}

/// A serial number that follows from an image: the same for the same manifest, else for the same configuration. It is a UUID of
/// version 8 ([RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8)), whose bits are of a SHA-256 digest.
pub fn serial(identity: &Identity, format: Format) -> Option<[u8; 16]> {
    let digest = identity.manifest.as_ref().or(identity.config.as_ref())?;
    let hash = Digest::of(
        Algorithm::Sha256,
        format!("posture SBOM\n{}\n{digest}", format.name()).as_bytes(),
    );
    let mut bytes = [0; 16];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = hash.hex().get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok())?;
    }
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Some(bytes)
}

/// Writes the packages of an image. What could not be read is stated in the document, and the document as incomplete.
///
/// # Errors
///
/// The image has no digest by which it could be named, or the format requires a timestamp that is not given.
pub fn write(image: &Image, output: &Output<'_>) -> Result<Value, Gap> {
    let subject = Subject::of(image).ok_or_else(|| {
        Gap::new(Cause::Missing, "SBOM", "the image has no digest by which it could be named")
    })?;
    match output.format {
        Format::CycloneDx => Ok(cyclonedx::document(image, &subject, output)),
        Format::Spdx => {
            let timestamp = output
                .timestamp
                .ok_or_else(|| Gap::new(Cause::Missing, "SBOM", "SPDX requires a timestamp"))?;
            Ok(spdx::document(image, &subject, timestamp, output))
        }
    }
}

/// The image that a document is about.
struct Subject {
    name: String,
    digest: Digest,
    purl: Option<String>,
}

impl Subject {
    fn of(image: &Image) -> Option<Self> {
        let identity = &image.identity;
        let digest = identity.manifest.clone().or_else(|| identity.config.clone())?;
        let reference = image.names.iter().find_map(|name| Reference::parse(name).ok());
        // The digest in a package URL is that of a manifest.
        let purl = identity.manifest.as_ref().zip(reference).map(|(manifest, reference)| {
            let mut qualifiers = BTreeMap::new();
            if let Some(platform) = &image.config.platform {
                qualifiers.insert("arch".to_owned(), platform.architecture.clone());
            }
            qualifiers.insert(
                "repository_url".to_owned(),
                format!("{}/{}", reference.registry, reference.repository),
            );
            qualifiers.extend(reference.tag.map(|tag| ("tag".to_owned(), tag)));
            let name = reference.repository.rsplit('/').next().unwrap_or_default().to_lowercase();
            let (namespace, version, subpath) = (None, Some(manifest.to_string()), None);
            Purl { kind: "oci".to_owned(), namespace, name, version, qualifiers, subpath }
                .to_string()
        });
        let name = image
            .names
            .first()
            .map_or_else(|| digest.to_string(), |name| text::escape(name.as_bytes()));
        Some(Self { name, digest, purl })
    }
}

/// A package with what both formats write.
struct Row<'a> {
    package: &'a Package,
    purl: String,
    name: String,
    version: String,
    layer: String,
    license: Option<License>,
}

#[derive(Clone)]
enum License {
    Expression(String),
    Name(String),
}

/// The packages, by package URL and then by the place of their record.
fn rows(image: &Image) -> Vec<Row<'_>> {
    let os = image.packages.os.known();
    let row = |package| {
        let mut purl = purl(package, os);
        // By this qualifier, others find the source package.
        if let Some((name, version)) =
            package.source.as_ref().filter(|_| package.manager.is_distribution())
        {
            let upstream = if *version == package.version {
                name.clone()
            } else {
                format!("{name}@{version}")
            };
            if upstream != package.name
                && let Ok(mut parsed) = Purl::parse(&purl)
            {
                parsed.qualifiers.insert("upstream".to_owned(), upstream);
                purl = parsed.to_string();
            }
        }
        let layer = image.config.diff_ids.get(package.layer as usize);
        let license =
            package.license.as_deref().map(|license| match super::license::expression(license) {
                Some(expression) => License::Expression(expression),
                None => License::Name(text::clip(license.as_bytes(), 1_000)),
            });
        Row {
            purl,
            name: text::escape(package.name.as_bytes()),
            version: text::clip(package.version.as_bytes(), 1_000),
            layer: layer.map_or_else(|| package.layer.to_string(), ToString::to_string),
            license,
            package,
        }
    };
    let mut rows: Vec<Row<'_>> = image.packages.packages.items.iter().map(row).collect();
    rows.sort_by(|one, other| {
        (&one.purl, &one.package.evidence, one.package).cmp(&(
            &other.purl,
            &other.package.evidence,
            other.package,
        ))
    });
    rows
}

/// What is not certain about the packages, each once: the document states it.
pub fn gaps(image: &Image) -> Vec<String> {
    let inventory = &image.packages;
    let owners = inventory.owners.gap.iter();
    let all = inventory
        .packages
        .gaps
        .iter()
        .chain(inventory.os.gap())
        .chain(owners)
        .map(ToString::to_string);
    let programs = inventory.unlisted().map(|gap| gap.to_string());
    all.chain(programs).collect::<BTreeSet<_>>().into_iter().collect()
}

fn owner(package: &Package) -> Option<String> {
    match &package.ownership {
        Ownership::Own => Some(String::new()),
        Ownership::Distribution(owner) => Some(text::escape(owner.as_bytes())),
        Ownership::Unknown(_) => None,
    }
}

fn uuid(bytes: &[u8; 16]) -> String {
    let hex = text::hex(bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
