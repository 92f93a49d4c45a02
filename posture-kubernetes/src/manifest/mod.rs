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
mod node;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod yaml;

use std::fmt;

use posture_model::text::clip;
use serde_json::Value;

pub use node::Place;

use crate::network::Policy;
use crate::read::{Invalid, below};
use node::{Data, Node};
use schema::{Kind, SCHEMA};

/// The newest minor version of Kubernetes whose fields are known here.
pub const NEWEST_MINOR: u16 = 37;

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

/// A text of a file as a message may hold it: without control characters, and not too long.
fn shown(text: &str) -> String {
    let escape = |one: char| -> Box<dyn Iterator<Item = char>> {
        if one.is_control() {
            Box::new(one.escape_default())
        } else {
            Box::new(std::iter::once(one))
        }
    };
    clip(&text.chars().flat_map(escape).collect::<String>(), 200)
}

const START: Place = Place { line: 1, column: 1 };

/// Reads the documents of a file. An empty document, such as one of comments alone, gives none.
pub fn read(bytes: &[u8], options: &Options) -> Vec<Document> {
    let invalid = |place, problem: String, fix: Option<&str>| {
        let fix = fix.map(str::to_owned);
        let mistakes = vec![Mistake { place, path: String::new(), problem, fix }];
        let content = Content::Invalid { identity: Identity::default(), mistakes };
        vec![Document { place, source: None, content }]
    };
    if bytes.len() > options.limits.bytes {
        let problem = format!("the file has more than {} bytes", options.limits.bytes);
        return invalid(START, problem, Some("it was not read: split the file"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let problem = "the text is not UTF-8".to_owned();
            return invalid(Place { line, column: 1 }, problem, None);
        }
    };
    let mut all = Vec::new();
    for document in yaml::documents(text, &options.limits) {
        let (place, source) = (document.place, document.source);
        if document.troubles.is_empty() {
            let Some(root) = document.root else { continue };
            objects(&root, options, &mut |place, content| {
                all.push(Document { place, source: source.clone(), content });
            });
            continue;
        }
        let mistake = |trouble: yaml::Trouble| Mistake {
            place: trouble.place,
            path: shown(&trouble.path),
            problem: trouble.problem,
            fix: trouble.fix.or_else(|| template_near(text, trouble.place)),
        };
        let mistakes = document.troubles.into_iter().map(mistake).collect();
        let content = Content::Invalid { identity: Identity::default(), mistakes };
        all.push(Document { place, source, content });
    }
    all
}

/// What to do about a text that is not YAML yet.
fn template_near(text: &str, place: Place) -> Option<String> {
    let near = text.lines().skip(place.line.saturating_sub(3)).take(5);
    let is_template = near.filter(|line| line.contains("{{")).count() > 0;
    let advice = "the file is a template of Helm: render it first, with `helm template`";
    is_template.then(|| advice.to_owned())
}

/// Gives each object of a document: of a list, its items.
fn objects(root: &Node, options: &Options, add: &mut dyn FnMut(Place, Content)) {
    item(root, "", None, options, add);
}

fn item(
    node: &Node,
    path: &str,
    of_list: Option<(&str, &str)>,
    options: &Options,
    add: &mut dyn FnMut(Place, Content),
) {
    let given = (node.text("apiVersion"), node.text("kind"));
    let (api_version, kind) = match (given, of_list) {
        ((None, None), Some((version, kind))) => (version, kind),
        ((version, kind), _) => (version.unwrap_or_default(), kind.unwrap_or_default()),
    };
    let metadata = node.get("metadata").map(|field| &field.value);
    let of_metadata = |name| metadata.and_then(|one| one.text(name)).unwrap_or_default().to_owned();
    let identity = Identity {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: of_metadata("namespace"),
        name: of_metadata("name"),
    };
    if api_version.is_empty() && kind.is_empty() && path.is_empty() {
        let named = ["apiVersion", "kind"].into_iter().any(|name| node.get(name).is_some());
        if !named {
            add(node.place, Content::Other("it has neither `apiVersion` nor `kind`"));
            return;
        }
    }
    if api_version.starts_with("kustomize.config.k8s.io/") {
        add(
            node.place,
            Content::Other("it is input of kustomize: render it first, with `kubectl kustomize`"),
        );
        return;
    }
    if let Some(kind) = kind.strip_suffix("List")
        && let Some(items) = node.get("items")
    {
        let Data::List(items) = &items.value.data else {
            let place = items.place;
            let problem = format!("a list is expected, not {}", items.value.kind());
            let path = shown(&below(path, "items"));
            let mistakes = vec![Mistake { place, path, problem, fix: None }];
            add(node.place, Content::Invalid { identity, mistakes });
            return;
        };
        // The items of `List` name their kinds themselves.
        let of_items = (!kind.is_empty()).then_some((api_version, kind));
        for (number, one) in items.iter().enumerate() {
            let path = format!("{}[{number}]", below(path, "items"));
            item(one, &path, of_items, options, add);
        }
        return;
    }
    let mut mistakes = Vec::new();
    match object(node, path, &identity, options, &mut mistakes) {
        Known::Custom if mistakes.is_empty() => {
            add(node.place, Content::Custom { identity, object: node.json() });
        }
        Known::Kind(kind) if mistakes.is_empty() => {
            let mut object = node.json();
            if let (Value::Object(fields), Some((version, kind))) = (&mut object, of_list) {
                fields.entry("apiVersion").or_insert_with(|| version.into());
                fields.entry("kind").or_insert_with(|| kind.into());
            }
            let namespaced = kind.namespaced;
            add(node.place, Content::Object(Manifest { identity, namespaced, object }));
        }
        _ => {
            mistakes.sort_by_key(|mistake| mistake.place);
            add(node.place, Content::Invalid { identity, mistakes });
        }
    }
}

enum Known {
    Kind(&'static Kind),
    Custom,
    Unknown,
}

fn object(
    node: &Node,
    path: &str,
    identity: &Identity,
    options: &Options,
    mistakes: &mut Vec<Mistake>,
) -> Known {
    let mut wrong = |field: &str, problem: String, fix: Option<String>| {
        let place = node.get(field).map_or(node.place, |field| field.place);
        let path = if field.is_empty() { shown(path) } else { shown(&below(path, field)) };
        mistakes.push(Mistake { place, path, problem, fix });
    };
    if !matches!(node.data, Data::Fields(_)) {
        wrong("", format!("an object is expected, not {}", node.kind()), None);
        return Known::Unknown;
    }
    for field in ["apiVersion", "kind"] {
        let text = if field == "kind" { &identity.kind } else { &identity.api_version };
        if text.is_empty() {
            let problem = match node.get(field) {
                Some(found) => format!("a string is expected, not {}", found.value.kind()),
                None => "is missing".to_owned(),
            };
            wrong(field, problem, None);
        }
    }
    if identity.api_version.is_empty() || identity.kind.is_empty() {
        return Known::Unknown;
    }
    let kind = match api::named(&identity.api_version, &identity.kind, options.minor) {
        api::Named::Custom => return Known::Custom,
        api::Named::Known(kind) => Some(kind),
        api::Named::Wrong { problem, fix, meant } => {
            wrong("apiVersion", problem, fix);
            meant
        }
    };
    let Some(kind) = kind else { return Known::Unknown };
    let mut checker = check::Checker::new(options.minor, mistakes);
    checker.document(node, kind.object, path);
    if mistakes.is_empty()
        && let Err(Invalid { path: inner, message }) = meaning(identity, &node.json())
    {
        let place = node.place_of(&inner);
        let path = shown(&if inner.starts_with('[') || inner.is_empty() {
            format!("{path}{inner}")
        } else {
            below(path, &inner)
        });
        mistakes.push(Mistake { place, path, problem: shown(&message), fix: None });
    }
    Known::Kind(kind)
}

/// What the server rejects beyond the form of the fields, for the kinds that are judged here.
fn meaning(identity: &Identity, object: &Value) -> Result<(), Invalid> {
    match (identity.api_version.as_str(), identity.kind.as_str()) {
        ("networking.k8s.io/v1", "NetworkPolicy") => Policy::read(object).map(drop),
        _ => Ok(()),
    }
}

/// Whether a kind of a version of an API is one whose fields are known here.
pub fn is_built_in(api_version: &str, kind: &str) -> bool {
    SCHEMA.kind(api_version, kind).is_some()
}
