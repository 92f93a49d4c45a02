//! Java archives: `pom.properties` of Maven, archives in archives, and guesses from the manifest.

use super::binary::{Inspection, Recorded};
use super::{Manager, language};
use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Node, Tree};
use crate::truth::{Answer, Cause, Gap};
use crate::zip::entries;

/// Bytes of all archives in an archive together, for each byte of the outermost one and beyond.
const NESTED: u64 = 256 << 20;

/// Archives of Java by their names, with those of application servers, Jenkins and Android; and eggs of Python.
const NAMES: [&[u8]; 11] = [
    b".jar", b".war", b".ear", b".hpi", b".jpi", b".sar", b".rar", b".kar", b".nar", b".aar",
    b".egg",
];

/// Whether a file is an archive by its name.
pub(super) fn is_archive(path: &[u8]) -> bool {
    let ends = |end: &&[u8]| {
        path.len()
            .checked_sub(end.len())
            .and_then(|start| path.get(start..))
            .is_some_and(|last| last.eq_ignore_ascii_case(end))
    };
    NAMES.iter().any(ends)
}

/// Whether what is at a path of an archive without content holds nothing, or is read under another path.
pub(super) fn is_read(path: &[u8], node: &Node, tree: &Tree, limits: &Limits) -> bool {
    match node.kind {
        Kind::File => node.size == 0,
        Kind::Symlink => match tree.resolve(path, limits) {
            Answer::Known((real, target)) => {
                target.kind != Kind::File
                    || target.size == 0
                    || is_archive(&real)
                    || !matches!(target.content(), Content::None)
            }
            Answer::Absent => true,
            Answer::Unknown(_) => false,
        },
        // An unpacked one.
        Kind::Directory | Kind::HardLink | Kind::Special => true,
    }
}

pub(super) fn inspect(bytes: &[u8], place: &str, limits: &Limits) -> Inspection {
    let mut found = Inspection::default();
    let mut left = NESTED;
    archive(bytes, place, limits, limits.jar_depth, &mut left, &mut found);
    found.packages.dedup();
    found
}

fn archive(
    bytes: &[u8],
    place: &str,
    limits: &Limits,
    depth: usize,
    left: &mut u64,
    found: &mut Inspection,
) {
    let entries = match entries(bytes, limits.entries) {
        Ok(entries) => entries,
        Err((cause, detail)) => {
            found.gaps.push(Gap::new(cause, place, detail));
            return;
        }
    };
    let before = found.packages.len();
    let mut manifest = None;
    let code = entries.iter().any(|entry| entry.name.ends_with(b".class"));
    for entry in &entries {
        let pom =
            entry.name.starts_with(b"META-INF/maven/") && entry.name.ends_with(b"/pom.properties");
        let main = entry.name == b"META-INF/MANIFEST.MF";
        let egg = entry.name == b"EGG-INFO/PKG-INFO";
        let nested = is_archive(entry.name);
        if !pom && !main && !nested && !egg {
            continue;
        }
        let inner = format!("{place}!/{}", text::clip(entry.name, 200));
        let limit = if nested { limits.file.min(*left) } else { 1 << 20 };
        let content = match entry.content(bytes, limit) {
            Ok(content) => content,
            Err((cause, detail)) => {
                found.gaps.push(Gap::new(cause, inner, detail));
                continue;
            }
        };
        *left = left.saturating_sub(content.len() as u64);
        if nested && depth == 0 {
            found.gaps.push(Gap::new(Cause::Incomplete, inner, "archives nested too deeply"));
        } else if nested {
            archive(&content, &inner, limits, depth - 1, left, found);
        } else if pom {
            match properties(&content) {
                Some(package) => found.packages.push(package),
                None => found.gaps.push(Gap::new(
                    Cause::Malformed,
                    inner,
                    "properties of Maven without group, artifact and version",
                )),
            }
        } else if egg {
            match language::egg(&content) {
                Ok(package) => found.packages.push(package),
                Err(detail) => found.gaps.push(Gap::new(Cause::Malformed, inner, detail)),
            }
        } else {
            manifest = guess(&content);
        }
    }
    if found.packages.len() == before {
        if code && manifest.is_none() {
            found.gaps.push(Gap::new(
                Cause::Incomplete,
                place,
                "an archive of Java that does not state what it is",
            ));
        }
        found.packages.extend(manifest);
    }
}

pub(super) fn properties(bytes: &[u8]) -> Option<Recorded> {
    let text = String::from_utf8_lossy(bytes);
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim())
    };
    let parts = (value("groupId")?, value("artifactId")?, value("version")?);
    let literal = |part: &str| !part.is_empty() && !part.contains("${");
    let all = literal(parts.0) && literal(parts.1) && literal(parts.2);
    all.then(|| Recorded {
        manager: Manager::Maven,
        name: format!("{}:{}", parts.0, parts.1),
        version: parts.2.to_owned(),
        guessed: false,
    })
}

/// The manifest states a title, which is not a name of Maven.
fn guess(bytes: &[u8]) -> Option<Recorded> {
    let text = String::from_utf8_lossy(bytes);
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim())
    };
    let (name, version) = (value("Implementation-Title")?, value("Implementation-Version")?);
    let all = !name.is_empty() && !version.is_empty();
    all.then(|| Recorded {
        manager: Manager::Maven,
        name: name.to_owned(),
        version: version.to_owned(),
        guessed: true,
    })
}

#[cfg(test)]
#[path = "java_tests.rs"]
mod tests;
