//! Manifests as Kubernetes reads them, strictly: every mistake with its place and what to write instead.
//!
//! A text is read as the API server reads it with `fieldValidation=Strict`
//! ([source](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation), read on 2026-11-30). YAML becomes
//! JSON first, with the scalars of YAML 1.1, and JSON is compared with the fields of its kind. So `privileged: "true"` is a
//! mistake and not `true`, a label `on` is a mistake and not a text, and an unknown field is a mistake, as the server would drop it
//! and what its author wanted would not happen.
//!
//! Every document gives one [`Document`]: nothing is skipped without a word. An object with a mistake is not judged at all; a tree
//! that holds one must not be reported as passed. Texts are hostile: [`Limits`] bound the size, the depth and what aliases repeat.

mod api;
mod check;
mod hints;
mod objects;
mod required;
mod schema;
#[cfg(test)]
mod tests;

use std::fmt;

use posture_yaml::shown;
use serde_json::Value;

pub use objects::read;
pub use posture_yaml::{Limits, Place};

pub(crate) use api::{Served, dropped_later, lasting, removed_since};
use schema::SCHEMA;

/// The newest minor version of Kubernetes whose fields are known here.
pub const NEWEST_MINOR: u16 = 37;

/// The oldest minor version of Kubernetes whose fields are known here.
pub const OLDEST_MINOR: u16 = 33;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The minor version of Kubernetes that is to accept the manifests: which versions of APIs it serves, and which fields it has.
    pub minor: u16,
    /// The bounds of a file.
    pub limits: Limits,
}

impl Default for Options {
    /// The newest version of Kubernetes that is known here.
    fn default() -> Self {
        Self { minor: NEWEST_MINOR, limits: Limits::default() }
    }
}

/// A mistake in a manifest. Its texts hold no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is in the file.
    pub place: Place,
    /// The path in the object, such as `spec.ingress[0].from[0].host`; empty for the document as a whole.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to write instead, where that is known.
    pub fix: Option<String>,
}

/// `12:5: spec.ports: unknown field: it belongs in …`.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.place.line, self.place.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.problem)?;
        match &self.fix {
            Some(fix) => write!(f, ": {fix}"),
            None => Ok(()),
        }
    }
}

/// What identifies an object, as far as the document has it. The texts are those of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its `apiVersion`.
    pub api_version: String,
    /// Its `kind`.
    pub kind: String,
    /// Its namespace; empty if it does not name one.
    pub namespace: String,
    /// Its name; empty for one that the server names (`generateName`).
    pub name: String,
}

/// An object of a manifest, without a mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// Which object it is.
    pub identity: Identity,
    /// Whether objects of its kind are in a namespace.
    pub namespaced: bool,
    /// The object as JSON, as the server would decode it.
    pub object: Value,
}

/// What a document, or an item of a list, is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// An object of a built-in kind, without a mistake.
    Object(Manifest),
    /// An object of a kind that an extension defines: its fields are not known here. It is neither judged nor an error.
    Custom {
        /// Which object it is.
        identity: Identity,
        /// The object as JSON.
        object: Value,
    },
    /// A document with mistakes. It is not judged, and what it was to protect counts as not protected by it.
    Invalid {
        /// Which object it is.
        identity: Identity,
        /// The mistakes, in the order of the file. There is at least one.
        mistakes: Vec<Mistake>,
    },
    /// Not an object of Kubernetes: why.
    Other(&'static str),
}

/// A document of a file, or an item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Where it starts.
    pub place: Place,
    /// The template of Helm that it was rendered from, if a comment names it.
    pub source: Option<String>,
    /// What it is.
    pub content: Content,
}

/// Whether a kind of a version of an API is one whose fields are known here.
pub fn is_built_in(api_version: &str, kind: &str) -> bool {
    SCHEMA.kind(api_version, kind).is_some()
}

/// Whether a built-in API has a kind of this name, in any version.
pub(crate) fn is_kind(kind: &str) -> bool {
    SCHEMA.kinds().any(|(_, name, _)| name == kind)
}
