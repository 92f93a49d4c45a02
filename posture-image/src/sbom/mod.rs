//! Software bills of materials: those that others made, read, and those of images, written.
//!
//! [`read`] takes JSON of [CycloneDX](https://cyclonedx.org) 1.4 to 1.6 and of [SPDX](https://spdx.github.io/spdx-spec/) 2.2 and
//! 2.3, also as the predicate of an in-toto statement. An SBOM that came with an image is a claim of its author: [`Sbom::check`]
//! holds it to the image's digest, [`Sbom::inventory`] lists its packages with the SBOM as their source, and [`compare`] states
//! what only one side has. [`inside`] reads those in files of an image. [`write()`] writes the packages of an image in either format.

pub(crate) mod cyclonedx;
mod inside;
mod inventory;
pub mod license;
mod spdx;
pub mod write;

pub(crate) use inside::is_sbom;
pub use inside::{Inside, inside};
pub use inventory::{Difference, compare};
pub use write::{Output, write};

use serde_json::Value;

use crate::digest::Digest;
use crate::document::{self, At};
use crate::image::{Claimed, Identity};
use crate::limits::Limits;
use crate::packages::purl::Purl;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

/// The format of an SBOM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// CycloneDX.
    CycloneDx,
    /// SPDX.
    Spdx,
}

impl Format {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CycloneDx => "CycloneDX",
            Self::Spdx => "SPDX",
        }
    }
}

/// An SBOM that was read. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom {
    /// Where it is from, as the caller named it.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// The version of its format.
    pub version: String,
    /// Its serial number or namespace.
    pub id: Option<String>,
    /// The version of the document itself. SPDX has none, which is 1.
    pub revision: u64,
    /// When it was made.
    pub created: Option<Instant>,
    /// Who or what made it.
    pub creators: Vec<String>,
    /// The name of what it is about.
    pub subject: Option<String>,
    /// By what the document refers to what it is about, in CycloneDX; as written.
    pub reference: Option<String>,
    /// The digests of what it is about, by what it states and by the in-toto statement around it.
    pub digests: Vec<Digest>,
    /// The distribution: its name and version.
    pub os: Option<(String, Option<String>)>,
    /// The packages. A package that lacks its version or its package URL is listed, and is a gap as well.
    pub components: List<Component>,
}

/// A package of an SBOM. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its path in the document, such as `$.components[3]`.
    pub place: String,
    /// By what the document refers to it, in CycloneDX; as written.
    pub reference: Option<String>,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Its package URL.
    pub purl: Option<Purl>,
    /// Its licenses, as written.
    pub licenses: Vec<String>,
    /// The source package and its version, if the SBOM states it.
    pub source: Option<(String, Option<String>)>,
    /// The distribution's package that it is part of, if the SBOM states whether there is one: then empty for none.
    pub owner: Option<String>,
    /// Whether the SBOM states that its name or version is a guess.
    pub guessed: bool,
}

/// Properties by which SBOMs of this library, and others, state what the formats have no place for.
pub(crate) mod property {
    pub(crate) const SOURCE: &str = "posture:source";
    pub(crate) const SOURCE_VERSION: &str = "posture:source:version";
    pub(crate) const OWNER: &str = "posture:owner";
    pub(crate) const LAYER: &str = "posture:layer";
    pub(crate) const EVIDENCE: &str = "posture:evidence";
    pub(crate) const GUESSED: &str = "posture:guessed";
    pub(crate) const GAP: &str = "posture:gap";
    /// Those of [Trivy](https://trivy.dev/docs/latest/supply-chain/sbom/).
    pub(crate) const TRIVY_SOURCE: &str = "aquasecurity:trivy:SrcName";
    pub(crate) const TRIVY_VERSION: &str = "aquasecurity:trivy:SrcVersion";
    pub(crate) const TRIVY_RELEASE: &str = "aquasecurity:trivy:SrcRelease";
    pub(crate) const TRIVY_EPOCH: &str = "aquasecurity:trivy:SrcEpoch";
    pub(crate) const TRIVY_IMAGE: &str = "aquasecurity:trivy:ImageID";
    pub(crate) const TRIVY_DIGEST: &str = "aquasecurity:trivy:RepoDigest";
    pub(crate) const TRIVY_TYPE: &str = "aquasecurity:trivy:Type";
}

/// Reads an SBOM. The name is used in findings and gaps.
///
/// # Errors
///
/// It is not JSON, not one of the formats, of another version, too large, or lacks what the format requires of a document. What a
/// component lacks is a gap of the list.
pub fn read(bytes: &[u8], name: &str, limits: &Limits) -> Result<Sbom, Gap> {
    let name = document::shown(name);
    let value = document::parse(bytes, &name, limits)?;
    let root = At::root(&value, &name);
    let (root, digests) = document::predicate(root, limits)?;
    root.object()?;
    let has = |member: &str| root.value.get(member).and_then(Value::as_str).is_some();
    let mut sbom = if has("bomFormat") {
        cyclonedx::read(&root, &name, limits)?
    } else if has("spdxVersion") {
        spdx::read(&root, &name, limits)?
    } else {
        return Err(root.gap(Cause::Unsupported, "neither CycloneDX nor SPDX"));
    };
    // What wraps and signs the document decides what it is about.
    if !digests.is_empty() {
        sbom.digests = digests;
    }
    Ok(sbom)
}

impl Sbom {
    /// Whether the SBOM is about an image.
    ///
    /// # Errors
    ///
    /// It is about another image, or does not state which by a digest.
    pub fn check(&self, identity: &Identity) -> Result<(), Gap> {
        identity.check(&Claimed { any: self.digests.clone(), ..Claimed::default() }, &self.name)
    }
}

#[cfg(test)]
mod tests;
