//! Manifests in files: which files a path means, and what they declare.
//!
//! Nothing is skipped silently: [`Tree::skipped`] has the folders that are not read. A file that cannot be read, and a document that the API server would reject, is a gap with the reason
//! [`Reason::InvalidFile`]: what it would have declared is not known. Objects of kinds that extensions define, and documents that are
//! not Kubernetes objects, are counted.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use posture_collect::files::{bounded, named, shown};
use posture_model::gap::{Gap, Reason};
use posture_model::parallel;
use posture_model::provider::Provider;
use posture_model::scope::Scope;
use posture_model::source::Source;
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use crate::info::PARTITION;
use crate::inventory::{Inventory, Origin};
use crate::manifest::{self, Content, Document, Mistake};
use crate::pod_security::Version;

/// The name of the action in gaps.
pub const ACTION: &str = "manifest";

/// The endings of the names of files that are read in a folder. [`kubectl`
/// reads](https://github.com/kubernetes/cli-runtime/blob/v0.33.0/pkg/resource/visitor.go) these, too.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The most files of one audit.
const FILES: usize = 100_000;

/// How deep folders are followed.
const DEPTH: usize = 64;

/// About how many bytes of files are decoded at a time, so that not all of them are in memory.
const AT_ONCE: u64 = 2 * 1024 * 1024;

/// Which manifests are read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// The name of the whole, which identifies it in findings; the paths if there is none.
    pub name: Option<String>,
    /// The minor version of Kubernetes that the manifests are for.
    pub minor: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self { paths: Vec::new(), name: None, minor: manifest::NEWEST_MINOR }
    }
}

/// What was read, and what was left out of the judgment.
#[derive(Debug)]
pub struct Tree {
    /// The objects, as facts.
    pub scope: Scope,
    /// How many objects of built-in kinds there are.
    pub objects: usize,
    /// How many objects there are of each kind that an extension defines. They are not judged.
    pub custom: BTreeMap<String, usize>,
    /// The documents that are not Kubernetes objects, each as `values.yaml:1: why`.
    pub others: Vec<String>,
    /// The folders that were not read, each as `k8s/.old: why`.
    pub skipped: Vec<String>,
}

impl Tree {
    /// Whether there is neither an object to judge nor anything that may declare one.
    pub fn is_empty(&self) -> bool {
        let is_invalid = |gap: &Gap| gap.reason == Reason::InvalidFile;
        self.objects == 0 && !self.scope.gaps.iter().any(is_invalid)
    }
}

/// Reads what is wanted of manifests. The times are those at which the audit began and ended.
pub fn read(options: &Options, wanted: &Wanted, now: impl Fn() -> Time) -> Tree {
    let started = now();
    let name = options.name.clone().unwrap_or_else(|| named(&options.paths));
    let mut scope = Scope::unread(Provider::Kubernetes, name.clone(), PARTITION, started);
    scope.name = Some(name);
    let version = Version::of_minor(options.minor);
    let mut reading = Reading {
        options: manifest::Options { minor: options.minor, ..manifest::Options::default() },
        inventory: Inventory::new(Origin::Manifests, version.into()),
        entries: Vec::new(),
        bytes: 0,
        files: 0,
        objects: 0,
        custom: BTreeMap::new(),
        others: Vec::new(),
        skipped: Vec::new(),
    };
    for path in &options.paths {
        if path.as_os_str() == "-" {
            let most = reading.options.limits.bytes as u64;
            reading.found(Entry::Stdin, most);
        } else {
            reading.path(path, 0);
        }
    }
    reading.finish();
    let Reading { inventory, objects, custom, others, skipped, .. } = reading;
    inventory.fill(wanted, &mut scope);
    scope.finished = now();
    scope.canonicalise();
    Tree { scope, objects, custom, others, skipped }
}

/// A file that is not read yet, in its place among the others.
#[derive(Debug)]
enum Entry {
    Stdin,
    File(PathBuf),
    /// What cannot be read, and why.
    Unreadable(PathBuf, String),
}

impl Entry {
    /// Reads and decodes it.
    fn decode(&self, options: &manifest::Options) -> Result<Vec<Document>, String> {
        let limit = options.limits.bytes;
        let bytes = match self {
            Self::Stdin => bounded(io::stdin().lock(), limit),
            Self::File(path) => File::open(path).and_then(|file| bounded(file, limit)),
            Self::Unreadable(_, why) => return Err(why.clone()),
        };
        bytes.map(|bytes| manifest::read(&bytes, options)).map_err(|error| error.to_string())
    }

    fn place(&self) -> &Path {
        match self {
            Self::Stdin => Path::new("stdin"),
            Self::File(path) | Self::Unreadable(path, _) => path,
        }
    }
}

struct Reading {
    options: manifest::Options,
    inventory: Inventory,
    /// The files that were found and are not read yet, and how large they are together.
    entries: Vec<Entry>,
    bytes: u64,
    files: usize,
    objects: usize,
    custom: BTreeMap<String, usize>,
    others: Vec<String>,
    skipped: Vec<String>,
}

impl Reading {
    /// Reads a file, or those below a folder in the order of their names.
    fn path(&mut self, path: &Path, depth: usize) {
        let found = std::fs::metadata(path).and_then(|found| {
            if !found.is_dir() {
                return Ok(Err(found));
            }
            let all: Result<Vec<_>, _> = std::fs::read_dir(path)?.collect();
            let mut all: Vec<PathBuf> = all?.into_iter().map(|entry| entry.path()).collect();
            all.sort();
            Ok(Ok(all))
        });
        match found {
            Ok(Err(file)) => {
                // What is not a file, such as a pipe, may hold as much as a file may.
                let most = self.options.limits.bytes as u64;
                let bytes = if file.is_file() { file.len().min(most) } else { most };
                self.found(Entry::File(path.to_owned()), bytes);
            }
            Ok(Ok(_)) if depth == DEPTH => {
                self.unreadable(path, format!("more than {DEPTH} folders deep: not read"));
            }
            Ok(Ok(all)) => {
                for one in all {
                    self.entry(&one, depth);
                }
            }
            Err(error) => self.unreadable(path, error.to_string()),
        }
    }

    /// What is in a folder: files by their endings, and folders that are not hidden. Links are followed to files only, so that no
    /// folder is read twice. The other folders are named.
    fn entry(&mut self, path: &Path, depth: usize) {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let linked = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        if path.is_dir() {
            match (linked, hidden) {
                (false, false) => self.path(path, depth + 1),
                (true, _) => self.skipped.push(format!("{}: a link to a folder", shown(path))),
                // That of Git holds no files to apply.
                (false, true) if path.ends_with(".git") => {}
                (false, true) => self.skipped.push(format!("{}: a hidden folder", shown(path))),
            }
            return;
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if !ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            return;
        }
        // A pipe would be waited for, and a device may have no end.
        if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return self.unreadable(path, "not a regular file".to_owned());
        }
        self.path(path, depth);
    }

    fn unreadable(&mut self, path: &Path, why: String) {
        self.found(Entry::Unreadable(path.to_owned(), why), 0);
    }

    /// Takes a file of at most so many bytes into the list, and reads the list where it holds much.
    fn found(&mut self, entry: Entry, bytes: u64) {
        if self.files > FILES {
            return;
        }
        self.files += usize::from(!matches!(entry, Entry::Unreadable(..)));
        if self.files > FILES {
            let why = format!("more than {FILES} files: the rest was not read");
            self.entries.push(Entry::Unreadable(entry.place().to_owned(), why));
            return;
        }
        self.entries.push(entry);
        self.bytes += bytes;
        if self.bytes >= AT_ONCE {
            self.finish();
        }
    }

    /// Decodes what was found, on all processors, and takes it in in its order.
    fn finish(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        self.bytes = 0;
        let decoded = parallel::map(&entries, |entry| entry.decode(&self.options));
        for (entry, documents) in entries.iter().zip(decoded) {
            self.file(entry.place(), documents);
        }
    }

    fn file(&mut self, path: &Path, documents: Result<Vec<Document>, String>) {
        let documents = match documents {
            Ok(documents) => documents,
            Err(why) => {
                return self.inventory.unreadable(Gap {
                    detail: Some(why),
                    ..Gap::new(ACTION, shown(path), Reason::InvalidFile)
                });
            }
        };
        let file = shown(path);
        for document in documents {
            let line = u32::try_from(document.place.line).unwrap_or(u32::MAX);
            match document.content {
                Content::Object(manifest) => {
                    self.objects += 1;
                    let source = Source { file: file.clone(), line };
                    self.inventory.take(&manifest.object, Some(source));
                }
                Content::Custom { identity, object } => {
                    let source = Source { file: file.clone(), line };
                    if self.inventory.custom(&identity, &object, Some(source)) {
                        self.objects += 1;
                    } else {
                        *self.custom.entry(identity.kind).or_default() += 1;
                    }
                }
                Content::Invalid { identity, mistakes } => {
                    self.inventory.removed(&identity, Source { file: file.clone(), line });
                    for mistake in &mistakes {
                        self.inventory.invalid(&identity, gap(&file, mistake));
                    }
                }
                Content::Other(why) => self.others.push(format!("{file}:{line}: {why}")),
            }
        }
    }
}

/// `k8s/web.yaml:12:5`, and what is wrong there.
fn gap(file: &str, mistake: &Mistake) -> Gap {
    let Mistake { place, path, problem, fix } = mistake;
    let mut detail = if path.is_empty() { problem.clone() } else { format!("{path}: {problem}") };
    if let Some(fix) = fix {
        detail.push_str(": ");
        detail.push_str(fix);
    }
    let target = format!("{file}:{}:{}", place.line, place.column);
    Gap { detail: Some(detail), ..Gap::new(ACTION, target, Reason::InvalidFile) }
}

#[cfg(test)]
mod tests;
