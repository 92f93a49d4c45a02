//! YAML and JSON texts as trees in which every value has its place, read within bounds.
//!
//! What reads files strictly begins here: a mistake can be shown with its line and column, a key that is there twice is one, and
//! anchors, aliases and `<<` are resolved. What the fields mean is the matter of the crate that reads the format.
//!
//! Texts are hostile: [`Limits`] bound the size, the depth and what aliases repeat.

mod node;
mod path;
mod scalar;
mod yaml;

pub use node::{Data, Field, Node, Place};
pub use path::{below, within};
pub use scalar::Scalars;
pub use yaml::{Text, Trouble, documents};

use posture_model::text::clip;
use serde_json::Value;

/// What a file may hold at most. What exceeds it is a mistake, and what follows in the file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, and as many again that aliases repeat.
    pub bytes: usize,
    /// Levels of objects and lists.
    pub depth: usize,
    /// Values, with those that aliases repeat.
    pub values: usize,
    /// Documents.
    pub documents: usize,
}

impl Default for Limits {
    /// 8 MiB, 100 levels, a million values, 10,000 documents.
    fn default() -> Self {
        Self { bytes: 8 << 20, depth: 100, values: 1_000_000, documents: 10_000 }
    }
}

/// A text of a file as a message may hold it: without control characters, and not too long.
pub fn shown(text: &str) -> String {
    let escape = |one: char| -> Box<dyn Iterator<Item = char>> {
        if one.is_control() {
            Box::new(one.escape_default())
        } else {
            Box::new(std::iter::once(one))
        }
    };
    clip(&text.chars().flat_map(escape).collect::<String>(), 200)
}

/// The text of a file, without the mark of its byte order.
///
/// # Errors
/// If it is too large or not UTF-8: where, what is wrong, and what to do about it.
pub fn decode<'b>(bytes: &'b [u8], limits: &Limits) -> Result<&'b str, Box<Trouble>> {
    let trouble = |line, problem: String, fix: Option<&str>| {
        let place = Place { line, column: 1 };
        Box::new(Trouble { place, path: String::new(), problem, fix: fix.map(str::to_owned) })
    };
    if bytes.len() > limits.bytes {
        let problem = format!("the file has more than {} bytes", limits.bytes);
        return Err(trouble(1, problem, Some("it was not read: split the file")));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(trouble(line, "the text is not UTF-8".to_owned(), None))
        }
    }
}

/// The value of a YAML or JSON text of one document, such as a kubeconfig; none if it is empty.
///
/// # Errors
/// If it is not valid. The error has the place and repeats nothing of the text, which may hold secrets.
pub fn value(text: &str) -> Result<Option<Value>, String> {
    let mut documents = documents(text, &Limits::default(), Scalars::Yaml11).into_iter();
    let Some(first) = documents.next() else { return Ok(None) };
    if let Some(trouble) = first.troubles.first() {
        let Place { line, column } = trouble.place;
        return Err(format!("not valid YAML at line {line}, column {column}"));
    }
    if documents.any(|more| more.root.is_some() || !more.troubles.is_empty()) {
        return Err("it has more than one document".to_owned());
    }
    Ok(first.root.map(|root| root.json()).filter(|value| !value.is_null()))
}
