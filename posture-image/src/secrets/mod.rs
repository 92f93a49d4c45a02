//! Credentials in known forms: in files of every layer, also deleted ones, in the environment, labels, commands and history.
//!
//! A value is never kept. A finding has its place, its form, and a fingerprint that is keyed for the report, so that it cannot be
//! used to guess the value. Forms with a structure (a prefix, a length, a checksum) need nothing else; values that only have a
//! telling name are reported with less confidence and only outside of what a package installs.

mod archive;
mod fields;
mod files;
mod generic;
mod key;
mod scan;
mod tokens;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use hmac::{Hmac, KeyInit as _, Mac as _};

pub use scan::Scanner;
pub(crate) use scan::{FileScan, place};

use crate::config::Config;
use crate::text;
use crate::tree::{Node, Tree};
use crate::truth::{Cause, Gap, List};

/// The form of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    /// Its name in reports, such as `github-token`. It stays the same.
    pub id: &'static str,
    /// What it is, in a few words.
    pub name: &'static str,
    /// How certain it is that this is a credential.
    pub confidence: Confidence,
}

/// How certain it is that something is a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A key that needs a passphrase, or a token without a signature.
    Low,
    /// A literal value with a telling name.
    Medium,
    /// A form that nothing else has.
    High,
}

/// Where a credential is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In a file of a layer.
    File {
        /// The path in the image, escaped.
        path: String,
        /// The layer, from 0.
        layer: u32,
        /// The line, from 1.
        line: u64,
        /// The layer that deleted or replaced the file, from 0. It can still be read in its own layer.
        deleted_in: Option<u32>,
        /// Another name of the same file that is still there.
        still_at: Option<String>,
    },
    /// In an environment variable.
    Environment(String),
    /// In a label.
    Label(String),
    /// In the entry point, the command, the health check or an instruction for later builds.
    Command(&'static str),
    /// In a step of the build.
    History {
        /// The step, from 1.
        step: usize,
        /// The instruction.
        instruction: String,
        /// The layer that the step made, from 0.
        layer: Option<u32>,
        /// The build argument.
        argument: Option<String>,
    },
}

/// A credential that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// Its form.
    pub form: Form,
    /// Where it is.
    pub place: Place,
    /// A keyed digest of the value: equal values have equal fingerprints in one report.
    pub fingerprint: String,
    /// The package that installed the file.
    pub package: Option<String>,
}

impl Finding {
    /// Whether a package installed the file among its documentation or tests, and its form has no structure that makes it a
    /// credential all the same. Such keys are published with the package.
    pub fn is_published(&self) -> bool {
        let Place::File { path, .. } = &self.place else { return false };
        let parts =
            ["test", "tests", "testing", "doc", "docs", "examples", "example", "man", "testdata"];
        let inside = path.split('/').any(|part| parts.contains(&part))
            || path.ends_with("/PKG-INFO")
            || path.ends_with("/METADATA");
        let weak = self.form.confidence != Confidence::High || self.form.id == key::PRIVATE_KEY.id;
        self.package.is_some() && inside && weak
    }
}

/// A place in bytes, before it is known what the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) form: Form,
    pub(crate) at: usize,
    pub(crate) value: Vec<u8>,
}

/// A fingerprint that is useless without the key.
pub(crate) fn fingerprint(key: &[u8; 32], value: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<sha2::Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(value);
    let digest = mac.finalize().into_bytes();
    text::hex(digest.get(..8).unwrap_or_default())
}

/// A hit in a file, with the file's node, by which later layers are compared.
#[derive(Clone, Debug)]
pub(crate) struct InFile {
    pub(crate) finding: Finding,
    pub(crate) path: Box<[u8]>,
    pub(crate) node: Arc<Node>,
}

/// After a layer was applied: marks the files that it removed.
pub(crate) fn mark_deleted(found: &mut [InFile], tree: &Tree, by: u32) {
    for one in found {
        let Place::File { deleted_in: place @ None, .. } = &mut one.finding.place else { continue };
        if !tree.at(&one.path).is_some_and(|node| Arc::ptr_eq(node, &one.node)) {
            *place = Some(by);
        }
    }
}

/// At the end: other names under which deleted files are still there.
pub(crate) fn mark_links(found: &mut [InFile], tree: &Tree) {
    let deleted =
        |one: &&mut InFile| matches!(one.finding.place, Place::File { deleted_in: Some(_), .. });
    let mut deleted: Vec<&mut InFile> = found.iter_mut().filter(deleted).collect();
    // A node with other owners than the findings may be in the tree under another name.
    if deleted.is_empty() {
        return;
    }
    let by_node: std::collections::HashMap<*const Node, usize> =
        deleted.iter().enumerate().map(|(index, one)| (Arc::as_ptr(&one.node), index)).collect();
    let names: Vec<(usize, String)> = tree
        .iter()
        .filter_map(|(path, node)| Some((*by_node.get(&Arc::as_ptr(node))?, text::path(path))))
        .collect();
    for (index, name) in names {
        let pointer = deleted.get(index).map(|one| Arc::as_ptr(&one.node));
        for one in &mut deleted {
            if Some(Arc::as_ptr(&one.node)) == pointer
                && let Place::File { still_at, .. } = &mut one.finding.place
            {
                *still_at = Some(name.clone());
            }
        }
    }
}

/// The credentials of an image, by where they are: each list states what it may lack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// In files of the layers, also in those that a later layer deletes.
    pub files: List<Finding>,
    /// In tests and documentation of packages, which are published with them.
    pub published: Vec<Finding>,
    /// In environment, labels and commands.
    pub configuration: List<Finding>,
    /// In build arguments and steps of the build.
    pub history: List<Finding>,
}

/// The credentials of a configuration, without its history, and of the annotations of the manifest.
pub fn in_configuration(
    config: &Config,
    annotations: &BTreeMap<String, String>,
    scanner: &Scanner,
) -> List<Finding> {
    let mut list = List::default();
    let mut named = |name: &str, value: &str, place: Place| {
        let mut hits = scanner.text(value.as_bytes());
        if hits.is_empty() {
            hits.extend(generic::pair(name, value));
        }
        if hits.is_empty() {
            hits = generic::assignments(value);
        }
        list.items.extend(hits.into_iter().map(|hit| scanner.finding(&hit, place.clone())));
    };
    for (name, value) in &config.env {
        named(name, value, Place::Environment(text::escape(name.as_bytes())));
    }
    for (name, value) in config.labels.iter().chain(annotations) {
        named(name, value, Place::Label(text::escape(name.as_bytes())));
    }
    let health = match &config.health {
        crate::config::Health::Command(command) => command.as_slice(),
        _ => &[],
    };
    let others = [config.working_dir.clone(), config.user.clone()];
    let author = [config.author.clone()];
    for (place, words) in [
        ("Entrypoint", config.entrypoint.as_slice()),
        ("Cmd", &config.cmd),
        ("Healthcheck", health),
        ("Shell", &config.shell),
        ("Volumes", &config.volumes),
        ("WorkingDir or User", &others),
        ("author", &author),
    ] {
        command(&words.join(" "), scanner, |hit| {
            list.items.push(scanner.finding(hit, Place::Command(place)))
        });
    }
    for trigger in &config.on_build {
        let (instruction, text) = trigger.split_once(char::is_whitespace).unwrap_or((trigger, ""));
        step(instruction, text, scanner, |hit| {
            list.items.push(scanner.finding(hit, Place::Command("OnBuild")))
        });
    }
    list
}

/// The credentials in the history. Without a history there may be some all the same.
pub fn in_history(config: &Config, scanner: &Scanner) -> List<Finding> {
    let mut list = List::default();
    for one in &config.history.items {
        let place = |argument: Option<&str>| Place::History {
            step: one.number,
            instruction: text::clip(one.instruction.as_bytes(), 20),
            layer: one.layer,
            argument: argument.map(|argument| text::escape(argument.as_bytes())),
        };
        for (name, value) in &one.arguments {
            let mut hits = scanner.text(value.as_bytes());
            if hits.is_empty() {
                hits.extend(generic::pair(name, value));
            }
            list.items.extend(hits.into_iter().map(|hit| scanner.finding(&hit, place(Some(name)))));
        }
        let mut found = |hit: &Hit| list.items.push(scanner.finding(hit, place(None)));
        step(&one.instruction, &one.text, scanner, &mut found);
        command(&one.remarks, scanner, &mut found);
    }
    for gap in &config.history.gaps {
        list.lacks(Gap::new(Cause::Incomplete, "history", gap.to_string()));
    }
    list
}

/// An instruction: `ENV NAME value` is the old form of `ENV NAME=value`, with blanks in the value.
fn step(instruction: &str, text: &str, scanner: &Scanner, mut found: impl FnMut(&Hit)) {
    command(text, scanner, &mut found);
    let sets = ["ENV", "LABEL"].iter().any(|name| instruction.eq_ignore_ascii_case(name));
    if let Some((name, value)) = text.trim().split_once(char::is_whitespace)
        && sets
        && !name.contains('=')
        && scanner.text(value.as_bytes()).is_empty()
        && let Some(hit) = generic::pair(name, value)
    {
        found(&hit);
    }
}

fn command(text: &str, scanner: &Scanner, mut found: impl FnMut(&Hit)) {
    let hits = scanner.text(text.as_bytes());
    hits.iter().for_each(&mut found);
    for hit in generic::assignments(text) {
        let inside = |other: &Hit| memchr::memmem::find(&hit.value, &other.value).is_some();
        if !hits.iter().any(inside) {
            found(&hit);
        }
    }
}

#[cfg(test)]
mod tests;
