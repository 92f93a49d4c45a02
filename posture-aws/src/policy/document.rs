//! Documents and their statements.

/// Why a text is not a policy that can be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub(super) String);

/// A policy document.
#[derive(Clone, Debug)]
pub struct Document {}

impl Document {
    /// Reads a document, plain or URL-encoded, with or without a byte order mark.
    ///
    /// # Errors
    /// When it is no policy document, or one that says something whose meaning is not known: a version, an element or
    /// an operator that does not exist, a key that appears twice, a text that is too long or too deep.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let _ = text;
        Ok(Self {})
    }
}
