//! The database of apk: `/lib/apk/db/installed`.
//!
//! The [format](https://wiki.alpinelinux.org/wiki/Apk_spec) has lines of one letter, a colon and a value, with an empty line after
//! each package.

use std::collections::HashSet;

use super::owners::left;
use super::{Database, Distribution, Manager, Ownership, Package, database};
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Tree};
use crate::truth::{Cause, Gap};

pub(super) fn read(tree: &Tree, limits: &Limits) -> Distribution {
    let mut found = Distribution::new(limits);
    let mut seen = Vec::new();
    for path in ["lib/apk/db/installed", "usr/lib/apk/db/installed"] {
        match database(tree, path.as_bytes(), limits) {
            // Where `lib` is a link, both names lead to one file.
            Database::Found(bytes, layer, deleted) => {
                if !seen.contains(&bytes) {
                    let evidence = format!("/{path}");
                    parse(&bytes, &evidence, layer, &mut found);
                    found.deleted.extend(deleted.map(|by| (evidence, by)));
                    seen.push(bytes);
                }
            }
            Database::Unknown(gap) => {
                found.owners.lacks(gap.clone());
                found.packages.lacks(gap);
            }
            Database::Absent => {}
        }
    }
    earlier(tree, limits, &mut found);
    found
}

/// Packages that a list of an earlier layer has, that this one has not, and whose files are there: the list was cut.
fn earlier(tree: &Tree, limits: &Limits, found: &mut Distribution) {
    let named: HashSet<String> = found.packages.items.iter().map(|one| one.name.clone()).collect();
    for removed in tree.removed.iter().filter(|removed| removed.path.ends_with(b"apk/db/installed"))
    {
        let Content::Kept(bytes) = removed.node.content() else { continue };
        let mut before = Distribution::new(limits);
        parse(bytes, "", removed.node.layer, &mut before);
        for (name, files) in before.owners.by_package() {
            if !named.contains(name) {
                let gap = left(name, files.into_iter(), removed.by, tree, &found.owners);
                gap.into_iter().for_each(|gap| found.packages.lacks(gap));
            }
        }
    }
}

fn parse(bytes: &[u8], evidence: &str, layer: u32, found: &mut Distribution) {
    let mut record: Vec<(u8, &[u8])> = Vec::new();
    let malformed = |detail: String| Gap::new(Cause::Malformed, evidence, detail);
    for line in bytes.split(|byte| *byte == b'\n').chain([&b""[..]]) {
        match line {
            [] => {
                if !record.is_empty() {
                    take(&record, evidence, layer, found);
                    record.clear();
                }
            }
            [letter, b':', value @ ..] => record.push((*letter, value)),
            _ => found.packages.lacks(malformed("a line that is not a field".to_owned())),
        }
    }
    if found.packages.items.is_empty() && found.packages.gaps.is_empty() && !bytes.is_empty() {
        found.packages.lacks(malformed("a database without a package".to_owned()));
    }
}

fn take(record: &[(u8, &[u8])], evidence: &str, layer: u32, found: &mut Distribution) {
    let text = |letter: u8| {
        let value = record.iter().find(|(found, _)| *found == letter).map(|(_, value)| *value)?;
        Some(String::from_utf8_lossy(value).trim().to_owned()).filter(|value| !value.is_empty())
    };
    let twice = record.iter().filter(|(letter, _)| *letter == b'P').count() > 1;
    let (Some(name), Some(version), false) = (text(b'P'), text(b'V'), twice) else {
        let detail = format!(
            "a package without one name and version: {}",
            text::clip(text(b'P').unwrap_or_default().as_bytes(), 100)
        );
        found.packages.lacks(Gap::new(Cause::Malformed, evidence, detail));
        return;
    };
    // A virtual package, made by `apk add --virtual`, has no files and no origin, and a time as its version.
    if name.starts_with('.') && text(b'o').is_none() {
        return;
    }
    if !found.has_room(evidence) {
        return;
    }
    let owner = found.owners.package(&name, layer);
    let mut directory: &[u8] = b"";
    for (letter, value) in record {
        match letter {
            b'F' => directory = value,
            b'R' if directory.is_empty() => found.owners.add(value, owner),
            b'R' => found.owners.add(&[directory, b"/", value].concat(), owner),
            _ => {}
        }
    }
    let source = (text(b'o').unwrap_or_else(|| name.clone()), version.clone());
    found.packages.items.push(Package {
        manager: Manager::Apk,
        architecture: text(b'A'),
        source: Some(source),
        name,
        version,
        evidence: evidence.to_owned(),
        layer,
        ownership: Ownership::Own,
        guessed: false,
        license: text(b'L'),
        stated_by: None,
        module: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_give_packages_and_their_files() {
        let text = b"C:Q1x=\nP:libcurl\nV:8.9.0-r0\nA:x86_64\no:curl\nF:\nR:top\nF:usr/lib\nR:libcurl.so.4\n\nP:.build-deps\nV:20240101.000000\n\nP:musl\nV:1.2.5-r0\n\n";
        let mut found = Distribution::new(&Limits::default());
        parse(text, "/lib/apk/db/installed", 0, &mut found);
        let short: Vec<_> = found
            .packages
            .items
            .iter()
            .map(|one| (one.name.as_str(), one.source.as_ref().unwrap().0.as_str()))
            .collect();
        assert_eq!(short, [("libcurl", "curl"), ("musl", "musl")]);
        let tree = Tree::default();
        assert_eq!(found.owners.of(b"usr/lib/libcurl.so.4", &tree), Some("libcurl"));
        assert_eq!(found.owners.of(b"top", &tree), Some("libcurl"));
        assert!(found.packages.is_complete());
    }

    #[test]
    fn damaged_databases_have_gaps() {
        for damaged in [&b"garbage"[..], b"P:a\n", b"V:1\n", b"P:a\nV:1\nP:b\nV:2\n"] {
            let mut found = Distribution::new(&Limits::default());
            parse(damaged, "x", 0, &mut found);
            assert!(!found.packages.is_complete(), "{damaged:?}");
        }
    }
}
