//! A copy of the workspace with the changes of one crate planted, and its tests compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::Listed;
use super::schemata::{self, Blame, Found, Planted};

/// More than it ever took.
const ROUNDS: usize = 40;

/// The tests of a crate with its changes, and what became of those that are not in it.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) binaries: Vec<Binary>,
    pub(super) unviable: BTreeSet<u32>,
    pub(super) untried: BTreeSet<u32>,
}

#[derive(Debug)]
pub(super) struct Binary {
    pub(super) path: PathBuf,
    /// The folder that the tests expect to be in.
    pub(super) folder: PathBuf,
}

struct File {
    name: String,
    source: String,
    found: Found,
}

/// Which changes of a file did not compile, so that the next run does not ask again.
#[derive(Default, Serialize, Deserialize)]
struct Known {
    source: u64,
    unviable: BTreeSet<String>,
    untried: BTreeSet<String>,
}

/// Copies the workspace, plants the changes of a package, and compiles its tests. The number of a change is its place in
/// the list, from 1.
pub(super) fn build(root: &Path, package: &str, listed: &[Listed]) -> Result<Built> {
    let home = root.join("target/mutants").join(package);
    let tree = home.join("tree");
    let mut built = Built::default();
    let mut by_file: BTreeMap<&str, Vec<(u32, &Listed)>> = BTreeMap::new();
    for (id, change) in numbered(listed) {
        by_file.entry(&change.file).or_default().push((id, change));
    }
    let mut files = Vec::new();
    for (name, changes) in &by_file {
        let source =
            std::fs::read_to_string(root.join(name)).with_context(|| format!("no {name}"))?;
        let found =
            schemata::find(&source, changes).with_context(|| format!("cannot change {name}"))?;
        built.unviable.extend(&found.unviable);
        built.untried.extend(&found.untried);
        files.push(File { name: (*name).to_owned(), source, found });
    }
    let memory = home.join("not-compiled.json");
    recall(&memory, &files, &by_file, &mut built);
    let crate_root = format!("{package}/src/lib.rs");
    let chooser = schemata::chooser(listed.len() + 1);
    let mut first = true;
    for round in 1..=ROUNDS {
        let dropped: BTreeSet<u32> = built.unviable.union(&built.untried).copied().collect();
        let mut planted: BTreeMap<&str, Planted> = BTreeMap::new();
        for file in &files {
            planted.insert(&file.name, schemata::plant(&file.source, &file.found.sites, &dropped));
        }
        let texts: BTreeMap<&str, &str> =
            planted.iter().map(|(name, planted)| (*name, planted.text.as_str())).collect();
        copy(root, &tree, &crate_root, &chooser, &texts, first)?;
        first = false;
        eprintln!("{package}: round {round}, {} changes", listed.len() - dropped.len());
        let messages = compile(&tree, package, &home.join("build"))?;
        if let Compiled::Tests(binaries) = messages {
            built.binaries = binaries;
            remember(&memory, &files, &by_file, &built)?;
            return Ok(built);
        }
        let Compiled::Errors(errors) = messages else { continue };
        let before = built.unviable.len() + built.untried.len();
        for error in &errors {
            blame(error, &planted, &mut built);
        }
        if built.unviable.len() + built.untried.len() == before {
            let text: Vec<&str> =
                errors.iter().filter_map(|error| error.rendered.as_deref()).collect();
            bail!("it does not compile, and no change is the cause:\n{}", text.join("\n"));
        }
        remember(&memory, &files, &by_file, &built)?;
    }
    bail!("{package} does not compile after {ROUNDS} rounds")
}

/// Each change with its number.
pub(super) fn numbered(listed: &[Listed]) -> impl Iterator<Item = (u32, &Listed)> {
    (1..).zip(listed)
}

fn hash(source: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    hasher.finish()
}

type Changes<'a> = BTreeMap<&'a str, Vec<(u32, &'a Listed)>>;

/// What did not compile before does not now, as long as the file is the same.
fn recall(memory: &Path, files: &[File], changes: &Changes<'_>, built: &mut Built) {
    let text = std::fs::read_to_string(memory).unwrap_or_default();
    let known: BTreeMap<String, Known> = serde_json::from_str(&text).unwrap_or_default();
    for file in files {
        let Some(known) = known.get(&file.name).filter(|known| known.source == hash(&file.source))
        else {
            continue;
        };
        for (id, change) in changes.get(file.name.as_str()).into_iter().flatten() {
            if known.unviable.contains(&change.name) {
                built.unviable.insert(*id);
            } else if known.untried.contains(&change.name) {
                built.untried.insert(*id);
            }
        }
    }
}

fn remember(memory: &Path, files: &[File], changes: &Changes<'_>, built: &Built) -> Result<()> {
    let mut all: BTreeMap<&str, Known> = BTreeMap::new();
    for file in files {
        let names = |ids: &BTreeSet<u32>| {
            let of_file = changes.get(file.name.as_str()).into_iter().flatten();
            of_file
                .filter(|(id, _)| ids.contains(id))
                .map(|(_, change)| change.name.clone())
                .collect()
        };
        let known = Known {
            source: hash(&file.source),
            unviable: names(&built.unviable),
            untried: names(&built.untried),
        };
        all.insert(&file.name, known);
    }
    std::fs::write(memory, serde_json::to_string(&all)?)?;
    Ok(())
}

/// Copies what belongs to the project, and writes only what differs, so that only that is compiled.
fn copy(
    root: &Path,
    tree: &Path,
    crate_root: &str,
    chooser: &str,
    texts: &BTreeMap<&str, &str>,
    all: bool,
) -> Result<()> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("cannot run git")?;
    let names = String::from_utf8(output.stdout).context("git names files in another form")?;
    let names: BTreeSet<&str> = names.split('\0').filter(|name| !name.is_empty()).collect();
    for name in &names {
        let is_root = *name == crate_root;
        let text = texts.get(name);
        if !all && !is_root && text.is_none() {
            continue;
        }
        let from = root.join(name);
        let mut bytes = match text {
            Some(text) => text.as_bytes().to_vec(),
            None if from.is_file() => std::fs::read(&from).with_context(|| format!("no {name}"))?,
            None => continue,
        };
        if is_root {
            bytes.extend_from_slice(chooser.as_bytes());
        }
        let to = tree.join(name);
        if std::fs::read(&to).is_ok_and(|there| there == bytes) {
            continue;
        }
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    }
    if all {
        forget(tree, tree, &names)?;
    }
    Ok(())
}

/// Removes what is no longer in the project.
fn forget(tree: &Path, folder: &Path, names: &BTreeSet<&str>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            forget(tree, &path, names)?;
        } else if path
            .strip_prefix(tree)
            .ok()
            .and_then(Path::to_str)
            .is_some_and(|name| !names.contains(name))
        {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

enum Compiled {
    Tests(Vec<Binary>),
    Errors(Vec<Diagnostic>),
}

#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Message {
    #[serde(rename = "compiler-message")]
    Compiler { message: Diagnostic },
    #[serde(rename = "compiler-artifact")]
    Artifact { executable: Option<PathBuf>, profile: Profile, manifest_path: PathBuf },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    spans: Vec<Place>,
    children: Vec<Diagnostic>,
    rendered: Option<String>,
}

/// A place of the text that the compiler names.
#[derive(Deserialize)]
struct Place {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Place,
}

/// Compiles the tests of a package, in a separate folder: cargo takes a crate for the same one in every copy of the
/// workspace, so that another build would find this one with its changes.
fn compile(tree: &Path, package: &str, target: &Path) -> Result<Compiled> {
    let output = Command::new("cargo")
        .current_dir(tree)
        .args([
            "test",
            "--no-run",
            "--locked",
            "--all-features",
            "--lib",
            "--tests",
            "--message-format=json",
        ])
        .args(["--package", package])
        .env("CARGO_TARGET_DIR", target)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    let mut binaries = Vec::new();
    let mut errors = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with('{'))
    {
        match serde_json::from_str(line).context("cargo writes another form")? {
            Message::Compiler { message } if message.level.starts_with("error") => {
                errors.push(message)
            }
            Message::Artifact { executable: Some(path), profile, manifest_path }
                if profile.test =>
            {
                let folder =
                    manifest_path.parent().context("a manifest without a folder")?.to_owned();
                binaries.push(Binary { path, folder });
            }
            _ => {}
        }
    }
    if output.status.success() {
        Ok(Compiled::Tests(binaries))
    } else {
        Ok(Compiled::Errors(errors))
    }
}

/// Drops the changes that an error is about.
fn blame(error: &Diagnostic, planted: &BTreeMap<&str, Planted>, built: &mut Built) {
    let primary = error.spans.iter().filter(|place| place.is_primary);
    let others = error.spans.iter().filter(|place| !place.is_primary);
    let children = error.children.iter().flat_map(|child| &child.spans);
    let mut nearest = None;
    for place in primary.chain(others).chain(children) {
        let Some((planted, range)) = own(place, planted) else { continue };
        match planted.blame(&range) {
            Blame::Change(id) => {
                built.unviable.insert(id);
                return;
            }
            Blame::Site(ids) => {
                built.untried.extend(ids);
                return;
            }
            Blame::Nobody => nearest = nearest.or(Some((planted, range))),
        }
    }
    // Nothing is planted there: what follows from a choice is elsewhere. All choices near it go.
    if let Some((planted, range)) = nearest {
        eprintln!("choices are left out near: {}", error.rendered.as_deref().unwrap_or_default());
        let near = range.start.saturating_sub(1500)..range.end + 1500;
        built.untried.extend(planted.within(&near));
    }
}

/// The place of a file with changes that a place is, or that the macro is in which it is.
fn own<'a>(
    place: &Place,
    planted: &'a BTreeMap<&str, Planted>,
) -> Option<(&'a Planted, Range<usize>)> {
    match &place.expansion {
        Some(expansion) => own(&expansion.span, planted),
        None => planted
            .get(place.file_name.as_str())
            .map(|planted| (planted, place.byte_start..place.byte_end)),
    }
}
