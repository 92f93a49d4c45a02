//! Statements of others about vulnerabilities (VEX): [OpenVEX](https://github.com/openvex/spec) 0.2.0, and the analysis in
//! documents of [CycloneDX](https://cyclonedx.org/capabilities/vex/) 1.4 to 1.6.
//!
//! A statement is the opinion of its author, also where its document is signed. It never removes a finding: [`apply`] marks the
//! findings that a statement covers with the document and its author, and lists the statements that cover none. Whether that is
//! enough for an exception, [`excuses`] answers for the authors that the user trusts.
//!
//! A statement has to name what it is about: an image by a digest or by its repository, a package by a package URL. What names
//! neither matches nothing.

mod apply;
mod cyclonedx;
mod openvex;
mod subject;

pub use apply::{Applied, Coverage, Listed, apply, excuses};
pub use subject::{Component, Subject};

use serde_json::Value;

use crate::document::{self, At};
use crate::limits::Limits;
use crate::sbom::Sbom;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

/// What a statement says of a vulnerability in a product, in the words of OpenVEX.
///
/// In the order of how little they excuse. The states of CycloneDX are: `not_affected` and `false_positive`; `exploitable`; `resolved` and `resolved_with_pedigree`;
/// `in_triage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It does not affect the product.
    NotAffected,
    /// The product has a fix.
    Fixed,
    /// It is not known yet.
    UnderInvestigation,
    /// It affects the product.
    Affected,
}

impl Status {
    /// Its word in OpenVEX.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }
}

/// The form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// OpenVEX.
    OpenVex,
    /// CycloneDX.
    CycloneDx,
}

/// A statement. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its path in the document, such as `$.statements[3]`.
    pub place: String,
    /// The name of the vulnerability, and its other names.
    pub vulnerability: Vec<String>,
    /// What it says.
    pub status: Status,
    /// The word of the format for why the product is not affected.
    pub justification: Option<String>,
    /// What the author adds: of OpenVEX the impact, the action or the notes, of CycloneDX the detail.
    pub text: Option<String>,
    /// Since when it holds; of CycloneDX possibly unknown.
    pub time: Option<Instant>,
    /// What it is about: any one of these.
    pub subjects: Vec<Subject>,
    /// Why it does not count, if it does not: it states that a product is not affected, without a reason.
    pub void: Option<&'static str>,
}

/// A document with statements. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where it is from, as the caller named it.
    pub name: String,
    /// Its form.
    pub format: Format,
    /// Its identifier. CycloneDX does not require one.
    pub id: Option<String>,
    /// Its version. Of documents with one identifier, the highest counts.
    pub version: u64,
    /// The author. CycloneDX does not require one; then the document stands for itself.
    pub author: Option<String>,
    /// The statements. Those that are malformed are gaps.
    pub statements: List<Statement>,
}

impl Document {
    /// The author, or in their place the document.
    pub fn by(&self) -> &str {
        self.author.as_deref().unwrap_or(&self.name)
    }
}

/// Reads a document, which may be the predicate of an in-toto statement. The name is used in findings and gaps.
///
/// A document of CycloneDX may refer to components of SBOMs by their serial numbers: of those that are given. A statement about
/// another document matches nothing.
///
/// # Errors
///
/// It is not JSON, not one of the two formats, of another version, too large, or lacks what the format requires of a document.
/// A malformed statement is a gap of the document's list.
pub fn read(bytes: &[u8], name: &str, sboms: &[Sbom], limits: &Limits) -> Result<Document, Gap> {
    let name = document::shown(name);
    let value = document::parse(bytes, &name, limits)?;
    let root = At::root(&value, &name);
    let (root, digests) = document::predicate(root, limits)?;
    root.object()?;
    let has = |member: &str| root.value.get(member).and_then(Value::as_str).is_some();
    if has("@context") {
        openvex::read(&root, &name, &digests, limits)
    } else if has("bomFormat") {
        cyclonedx::read(&root, &name, &digests, sboms, limits)
    } else {
        Err(root.gap(Cause::Unsupported, "neither OpenVEX nor CycloneDX"))
    }
}

/// A name of a vulnerability: bounded, so that it can be compared and shown.
fn vulnerability(at: &At<'_>, name: &str) -> Result<String, Gap> {
    let name = name.trim();
    if name.is_empty() || name.len() > 200 {
        return Err(at.malformed("a name of a vulnerability of 1 to 200 bytes is required"));
    }
    Ok(document::shown(name))
}

#[cfg(test)]
mod tests;
