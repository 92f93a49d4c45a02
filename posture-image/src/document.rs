//! JSON documents of other programs: SBOMs, statements about vulnerabilities, reports.
//!
//! What is wrong in one is stated with its place: the name of the document and the path in it, such as
//! `app.vex.json: $.statements[3].status`.

use serde_json::Value;

use crate::digest::Digest;
use crate::json;
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// Characters of a text that are kept for a reader.
pub(crate) const SHOWN: usize = 500;

/// Values of a document, each of which takes about 32 bytes beside its text.
const VALUES: usize = 10_000_000;

/// Reads a document.
pub(crate) fn parse(bytes: &[u8], name: &str, limits: &Limits) -> Result<Value, Gap> {
    if bytes.len() as u64 > limits.document {
        return Err(Gap::new(
            Cause::Incomplete,
            name,
            format!("more than {} bytes", limits.document),
        ));
    }
    // Windows writes the mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    json::parse_exact(bytes, limits.json_depth, VALUES).map_err(|error| {
        let cause =
            if error.starts_with("too many") { Cause::Incomplete } else { Cause::Malformed };
        Gap::new(cause, name, format!("not read as JSON: {}", text::clip(error.as_bytes(), 100)))
    })
}

/// A value of a document, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    document: &'a str,
    path: String,
}

impl<'a> At<'a> {
    /// The document itself. Its name is escaped already.
    pub(crate) fn root(value: &'a Value, document: &'a str) -> Self {
        Self { value, document, path: "$".to_owned() }
    }

    /// The path in the document, such as `$.statements[3]`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong here.
    pub(crate) fn gap(&self, cause: Cause, detail: impl Into<String>) -> Gap {
        Gap::new(cause, format!("{}: {}", self.document, self.path), detail)
    }

    pub(crate) fn malformed(&self, detail: impl Into<String>) -> Gap {
        self.gap(Cause::Malformed, detail)
    }

    /// A member. One that is null is not there. Names of members are those of the specifications, so they need no escape.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self { value, document: self.document, path: format!("{}.{name}", self.path) })
    }

    pub(crate) fn need(&self, name: &str) -> Result<Self, Gap> {
        self.get(name).ok_or_else(|| self.malformed(format!("`{name}` is missing")))
    }

    /// The text.
    pub(crate) fn text(&self) -> Result<&'a str, Gap> {
        self.value.as_str().ok_or_else(|| self.malformed("not a text"))
    }

    /// The text of a member; an empty one is not there.
    pub(crate) fn text_of(&self, name: &str) -> Result<Option<&'a str>, Gap> {
        let text = self.get(name).map(|member| member.text()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The text of a member, escaped, and cut to a length that can be shown.
    pub(crate) fn shown(&self, name: &str) -> Result<Option<String>, Gap> {
        Ok(self.text_of(name)?.map(shown))
    }

    /// The text of a member that must be there and not empty.
    pub(crate) fn need_text(&self, name: &str) -> Result<&'a str, Gap> {
        let text = self.need(name)?.text()?;
        if text.trim().is_empty() {
            Err(self.malformed(format!("`{name}` is empty")))
        } else {
            Ok(text)
        }
    }

    /// The entries of a list, at most so many.
    pub(crate) fn entries(
        &self,
        limits: &Limits,
    ) -> Result<impl Iterator<Item = Self> + use<'a>, Gap> {
        let list = self.value.as_array().ok_or_else(|| self.malformed("not a list"))?;
        if list.len() > limits.document_entries {
            return Err(self
                .gap(Cause::Incomplete, format!("more than {} entries", limits.document_entries)));
        }
        let (document, path) = (self.document, self.path.clone());
        Ok(list.iter().enumerate().map(move |(index, value)| Self {
            value,
            document,
            path: format!("{path}[{index}]"),
        }))
    }

    /// The entries of a member, none if it is not there.
    pub(crate) fn entries_of(&self, name: &str, limits: &Limits) -> Result<Vec<Self>, Gap> {
        match self.get(name) {
            Some(member) => Ok(member.entries(limits)?.collect()),
            None => Ok(Vec::new()),
        }
    }

    /// The texts of a member that is a list, escaped.
    pub(crate) fn texts_of(&self, name: &str, limits: &Limits) -> Result<Vec<String>, Gap> {
        let entries = self.entries_of(name, limits)?;
        entries.iter().map(|entry| entry.text().map(shown)).collect()
    }

    pub(crate) fn object(&self) -> Result<(), Gap> {
        if self.value.is_object() { Ok(()) } else { Err(self.malformed("not an object")) }
    }
}

/// A text of a document as it can be shown: escaped and cut.
pub(crate) fn shown(value: &str) -> String {
    text::clip(value.as_bytes(), SHOWN)
}

/// An [in-toto statement](https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) holds a document as its predicate, and
/// names by their digests what the predicate is about. Returns the predicate and these digests; of another document itself.
pub(crate) fn predicate<'a>(root: At<'a>, limits: &Limits) -> Result<(At<'a>, Vec<Digest>), Gap> {
    let kind = root.value.get("_type").and_then(Value::as_str).unwrap_or_default();
    if !kind.starts_with("https://in-toto.io/Statement/") {
        return Ok((root, Vec::new()));
    }
    let mut digests = Vec::new();
    for subject in root.entries_of("subject", limits)? {
        let digest = subject.need("digest")?;
        if let Some(hex) = digest.text_of("sha256")? {
            let parsed = Digest::parse(&format!("sha256:{hex}"));
            digests.push(parsed.map_err(|error| digest.malformed(error.to_string()))?);
        }
    }
    if digests.is_empty() {
        return Err(root.malformed("an in-toto statement without a subject by SHA-256"));
    }
    Ok((root.need("predicate")?, digests))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wrong_has_its_path() {
        let value = json!({"a": [{"b": 1, "c": "x\u{1b}"}, null], "n": null});
        let root = At::root(&value, "d");
        let limits = Limits::default();
        let first = &root.entries_of("a", &limits).unwrap()[0];
        assert_eq!(first.path(), "$.a[0]");
        assert_eq!(
            first.text_of("b").unwrap_err().to_string(),
            "d: $.a[0].b: not a text (malformed)"
        );
        assert_eq!(
            first.need("z").unwrap_err().to_string(),
            "d: $.a[0]: `z` is missing (malformed)"
        );
        assert_eq!(first.shown("c").unwrap().as_deref(), Some("x\\u{1b}"));
        assert!(root.get("n").is_none() && root.entries_of("n", &limits).unwrap().is_empty());
        assert!(first.need("b").unwrap().entries(&limits).is_err());
        let few = Limits { document_entries: 1, ..limits };
        assert_eq!(root.entries_of("a", &few).unwrap_err().cause, Cause::Incomplete);
    }

    #[test]
    fn documents_are_bounded_and_read_in_one_way() {
        let limits = Limits { document: 10, ..Limits::default() };
        assert_eq!(parse(b"{\"a\": 12345}", "d", &limits).unwrap_err().cause, Cause::Incomplete);
        assert_eq!(parse(b"{\"a\":1", "d", &limits).unwrap_err().cause, Cause::Malformed);
        assert_eq!(parse(b"\xef\xbb\xbf{}", "d", &limits), Ok(json!({})));
        assert!(parse(br#"{"a":1,"a":2}"#, "d", &Limits::default()).is_err());
        assert!(parse(&b"[".repeat(10_000), "d", &Limits::default()).is_err());
    }

    #[test]
    fn a_statement_of_in_toto_names_its_subject() {
        let limits = Limits::default();
        let hex = "ab".repeat(32);
        let value = json!({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "x", "digest": {"sha256": hex}}], "predicate": {"p": 1}});
        let (inner, digests) = predicate(At::root(&value, "d"), &limits).unwrap();
        assert_eq!((inner.path(), digests[0].hex()), ("$.predicate", hex.as_str()));
        for subject in
            [json!([]), json!([{"digest": {"sha256": "zz"}}]), json!([{"name": "x"}]), json!(3)]
        {
            let mut value = value.clone();
            value["subject"] = subject;
            assert!(predicate(At::root(&value, "d"), &limits).is_err());
        }
        let other = json!({"predicate": 1});
        assert_eq!(predicate(At::root(&other, "d"), &limits).unwrap().0.path(), "$");
    }
}
