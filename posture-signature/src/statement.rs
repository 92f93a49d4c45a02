//! In-toto statements: what an attestation states, and about which images
//! ([v1](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md),
//! [v0.1](https://github.com/in-toto/attestation/blob/main/spec/v0.1.0/README.md#statement)).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::digest::Digest;
use crate::limits::Limits;
use crate::provenance::{self, Provenance};
use crate::{json, text};

/// The payload type of an envelope that holds a statement.
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// The predicate type with which cosign 3 writes signatures of images.
const COSIGN_SIGN: &str = "https://sigstore.dev/cosign/sign/v1";

/// What kind of thing an attestation states, by its predicate type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// How it was built: [SLSA provenance](https://slsa.dev/spec/v1.0/provenance).
    Provenance,
    /// A bill of materials: [SPDX](https://github.com/in-toto/attestation/blob/main/spec/predicates/spdx.md) or
    /// [CycloneDX](https://github.com/in-toto/attestation/blob/main/spec/predicates/cyclonedx.md).
    BillOfMaterials,
    /// Which vulnerabilities affect it: [OpenVEX](https://github.com/openvex/spec).
    Exploitability,
    /// A scan for vulnerabilities: of
    /// [cosign](https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md) or of
    /// [in-toto](https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md).
    Scan,
    /// Another predicate, by its type, escaped.
    Other(String),
    /// The attestation cannot be read, so that it may be of any kind.
    Unreadable,
}

impl Kind {
    fn of(predicate: &str) -> Self {
        // Versions follow the name, in several styles.
        let is = |base: &str| {
            predicate
                .strip_prefix(base)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if is("https://slsa.dev/provenance") || is("https://slsa.dev/spec/v1.0/provenance") {
            Self::Provenance
        } else if is("https://spdx.dev/Document")
            || is("https://cyclonedx.org/bom")
            || is("https://cyclonedx.org/specification/overview")
        {
            Self::BillOfMaterials
        } else if is("https://openvex.dev/ns") {
            Self::Exploitability
        } else if is("https://cosign.sigstore.dev/attestation/vuln")
            || is("https://in-toto.io/attestation/vulns")
        {
            Self::Scan
        } else {
            Self::Other(text::name(predicate))
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Provenance => "provenance",
            Self::BillOfMaterials => "bill of materials",
            Self::Exploitability => "VEX",
            Self::Scan => "vulnerability scan",
            Self::Other(predicate) => predicate,
            Self::Unreadable => "unreadable attestation",
        })
    }
}

/// What an attestation states.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The type of its predicate, escaped.
    pub predicate_type: String,
    /// What kind that is.
    pub kind: Kind,
    /// How the image was built, if it states that in a form that is read.
    pub provenance: Option<Provenance>,
    /// The whole statement as it was signed, of statements about vulnerabilities and of bills of materials.
    pub payload: Option<Vec<u8>>,
}

impl Statement {
    pub(crate) fn unreadable() -> Self {
        Self {
            predicate_type: String::new(),
            kind: Kind::Unreadable,
            provenance: None,
            payload: None,
        }
    }
}

/// A statement, and whether it is about the image.
pub(crate) struct About {
    pub(crate) statement: Statement,
    /// Whether it is a signature and not an attestation.
    pub(crate) signature: bool,
    /// The first subject, if the image is not among them.
    pub(crate) other: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(default)]
    subject: Vec<Subject>,
    predicate_type: String,
    #[serde(default, rename = "predicate")]
    _predicate: IgnoredAny,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    digest: Option<BTreeMap<String, String>>,
}

/// Reads a statement and compares its subjects with the image. Names are compared as they are written: `SHA256` is not `sha256`.
pub(crate) fn read(payload: &[u8], image: &Digest, limits: &Limits) -> Result<About, String> {
    let document: Document = json::read("statement", payload)?;
    if !["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"]
        .contains(&document.kind.as_str())
    {
        return Err(format!("the statement has the type \"{}\"", text::clean(&document.kind, 80)));
    }
    if document.subject.len() > limits.subjects {
        return Err(format!(
            "the statement has {} subjects; {} are accepted",
            document.subject.len(),
            limits.subjects
        ));
    }
    let (algorithm, digits) = image.parts();
    let digests = || document.subject.iter().filter_map(|subject| subject.digest.as_ref());
    let about = digests().any(|digest| digest.get(algorithm).is_some_and(|value| value == digits));
    let first = || {
        let (name, value) = digests().flatten().next()?;
        Some(text::name(&format!("{name}:{value}")))
    };
    let kind = Kind::of(&document.predicate_type);
    let provenance = if kind == Kind::Provenance {
        provenance::read(&document.predicate_type, payload)
    } else {
        None
    };
    let is_kept = matches!(kind, Kind::Exploitability | Kind::BillOfMaterials);
    Ok(About {
        signature: document.predicate_type == COSIGN_SIGN,
        other: (!about).then(|| first().unwrap_or_else(|| "which it does not name".into())),
        statement: Statement {
            predicate_type: text::name(&document.predicate_type),
            kind,
            provenance,
            payload: is_kept.then(|| payload.to_owned()),
        },
    })
}

#[cfg(test)]
mod tests;
