//! The database of rpm in its SQLite form. The forms of Berkeley DB and NDB are known by name, and are unknown.
//!
//! A row of the table `Packages` holds a [header](https://rpm-software-management.github.io/rpm/manual/format_header.html): an
//! index of tags, and their data.

use std::collections::HashMap;
use std::sync::Arc;

use super::owners::Owners;
use super::sqlite::{self, Value};
use super::{Database, Distribution, Manager, Ownership, Package, database};
use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Tree};
use crate::truth::{Answer, Cause, Gap};

/// Where the database is, in its SQLite form.
pub(super) const DATABASES: [&str; 2] =
    ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"];

/// Where it is in forms that are not read.
const OTHERS: [(&str, &str); 4] = [
    ("var/lib/rpm/Packages", "Berkeley DB"),
    ("var/lib/rpm/Packages.db", "NDB"),
    ("usr/lib/sysimage/rpm/Packages", "Berkeley DB"),
    ("usr/lib/sysimage/rpm/Packages.db", "NDB"),
];

/// Values of one tag. A package of firmware or of the kernel has some ten thousand files.
const FILES: usize = 500_000;

/// The write-ahead log has a header of 32 bytes before its first change.
const EMPTY_LOG: u64 = 32;

pub(super) fn read(tree: &Tree, limits: &Limits) -> Distribution {
    let mut found = Distribution::new(limits);
    let mut seen = Vec::new();
    for path in DATABASES {
        let evidence = format!("/{path}");
        match database(tree, path.as_bytes(), limits) {
            Database::Found(bytes, layer, deleted) => {
                unwritten(tree, path, limits, &mut found);
                if seen.contains(&bytes) {
                    continue;
                }
                rows(&bytes, &evidence, layer, limits, &mut found);
                found.deleted.extend(deleted.map(|by| (evidence, by)));
                seen.push(bytes);
            }
            Database::Unknown(gap) => {
                found.owners.lacks(gap.clone());
                found.packages.lacks(gap);
            }
            Database::Absent => {}
        }
    }
    source_epochs(&mut found.packages.items);
    for (path, form) in OTHERS {
        let there = match tree.resolve(path.as_bytes(), limits) {
            Answer::Known((_, node)) => !matches!(node.content(), Content::Inspected(_)),
            // What the tree lacks is a gap of every list.
            Answer::Absent | Answer::Unknown(_) => tree.at(path.as_bytes()).is_some(),
        };
        if there {
            let gap = Gap::new(
                Cause::Unsupported,
                format!("/{path}"),
                format!("a package database of rpm in the form of {form}"),
            );
            found.owners.lacks(gap.clone());
            found.packages.lacks(gap);
        }
    }
    found
}

/// Changes beside a database. SQLite keeps them beside the file that the name leads to: rows that are not in it yet, or pages as
/// they were before a change that did not end. Databases that were closed have none.
fn unwritten(tree: &Tree, path: &str, limits: &Limits, found: &mut Distribution) {
    let mut names = vec![path.as_bytes().to_vec()];
    if let Answer::Known((real, _)) = tree.resolve(path.as_bytes(), limits) {
        names.push(real);
    }
    names.dedup();
    for name in names {
        for (end, empty) in [(&b"-wal"[..], EMPTY_LOG), (b"-journal", 0)] {
            let log = [&*name, end].concat();
            let node = match tree.resolve(&log, limits) {
                Answer::Known((_, node)) => Some(node),
                Answer::Absent | Answer::Unknown(_) => tree.at(&log).map(Arc::clone),
            };
            if node.is_some_and(|node| node.kind != Kind::File || node.size > empty) {
                found.packages.lacks(Gap::new(
                    Cause::Unsupported,
                    text::path(&log),
                    "changes that are not in the database of packages yet",
                ));
            }
        }
    }
}

fn rows(bytes: &[u8], evidence: &str, layer: u32, limits: &Limits, found: &mut Distribution) {
    let malformed = |detail: &str| Gap::new(Cause::Malformed, evidence, detail);
    let left = usize::try_from(limits.database).unwrap_or(usize::MAX);
    let rows =
        sqlite::Database::open(bytes, left).and_then(|mut database| database.table(b"Packages"));
    let rows = match rows {
        Ok(Some(rows)) => rows,
        Ok(None) => return found.packages.lacks(malformed("no table of packages")),
        Err(detail) => {
            found.owners.lacks(malformed(detail));
            return found.packages.lacks(malformed(detail));
        }
    };
    for row in rows {
        if !found.has_room(evidence) {
            return;
        }
        let blob = row.iter().find_map(|value| match value {
            Value::Blob(blob) => Some(blob),
            _ => None,
        });
        let header = blob.and_then(|blob| Header::read(blob));
        match header.as_ref().and_then(|header| package(header, evidence, layer)) {
            // Keys that signed packages are listed like packages.
            Some(package) if package.name == "gpg-pubkey" => {}
            Some(package) => {
                if let Some(header) = &header {
                    files(header, &package.name, layer, &mut found.owners);
                }
                found.packages.items.push(package);
            }
            None => {
                found.owners.lacks(malformed("a header that cannot be read"));
                found.packages.lacks(malformed("a header that cannot be read"));
            }
        }
    }
}

mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const LICENSE: u32 = 1014;
    pub(super) const ARCHITECTURE: u32 = 1022;
    pub(super) const SOURCE: u32 = 1044;
    pub(super) const DIRECTORY_INDEXES: u32 = 1116;
    pub(super) const MODULE: u32 = 5096;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIRECTORY_NAMES: u32 = 1118;
}

/// A header: entries of tag, type, offset and count, each of four bytes, and the data.
struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

impl<'a> Header<'a> {
    fn read(blob: &'a [u8]) -> Option<Self> {
        let entries = usize::try_from(word(blob, 0)?).ok()?;
        let length = usize::try_from(word(blob, 4)?).ok()?;
        // The bounds of rpm itself.
        if entries == 0 || entries > 0xffff || length > 256 << 20 {
            return None;
        }
        let (index, data) = blob.get(8..)?.split_at_checked(entries.checked_mul(16)?)?;
        Some(Self { index, data: data.get(..length)? })
    }

    /// The type, data and count of a tag.
    fn tag(&self, wanted: u32) -> Option<(u32, &'a [u8], usize)> {
        let entry = self.index.chunks_exact(16).find(|entry| word(entry, 0) == Some(wanted))?;
        let offset = usize::try_from(word(entry, 8)?).ok()?;
        Some((word(entry, 4)?, self.data.get(offset..)?, usize::try_from(word(entry, 12)?).ok()?))
    }

    fn texts(&self, wanted: u32) -> Option<Vec<&'a [u8]>> {
        let (kind, data, count) = self.tag(wanted)?;
        if !matches!(kind, 6 | 8 | 9) || count > data.len().min(FILES) {
            return None;
        }
        let mut rest = data;
        let mut texts = Vec::new();
        for _ in 0..count {
            let end = memchr::memchr(0, rest)?;
            texts.push(rest.get(..end)?);
            rest = rest.get(end + 1..)?;
        }
        Some(texts)
    }

    fn text(&self, wanted: u32) -> Option<String> {
        let text = String::from_utf8(self.texts(wanted)?.first()?.to_vec()).ok()?;
        (!text.is_empty()).then_some(text)
    }

    fn numbers(&self, wanted: u32) -> Option<Vec<u32>> {
        let (kind, data, count) = self.tag(wanted)?;
        if kind != 4 || count > FILES || count.checked_mul(4)? > data.len() {
            return None;
        }
        (0..count).map(|index| word(data, index * 4)).collect()
    }
}

/// The name and the version of a source package by the name of its file, `NAME-VERSION-RELEASE.src.rpm`.
pub(crate) fn source(file: &str) -> Option<(String, String)> {
    let base = file.strip_suffix(".rpm")?.rsplit_once('.')?.0;
    let (rest, release) = base.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some((name.to_owned(), format!("{version}-{release}")))
}

fn package(header: &Header<'_>, evidence: &str, layer: u32) -> Option<Package> {
    let (name, version, release) =
        (header.text(tag::NAME)?, header.text(tag::VERSION)?, header.text(tag::RELEASE)?);
    let epoch = match header.tag(tag::EPOCH) {
        None => None,
        Some(_) => Some(*header.numbers(tag::EPOCH)?.first()?),
    };
    let full = match epoch {
        Some(epoch) if epoch > 0 => format!("{epoch}:{version}-{release}"),
        _ => format!("{version}-{release}"),
    };
    let source = header.text(tag::SOURCE).and_then(|source| self::source(&source));
    Some(Package {
        manager: Manager::Rpm,
        source: source.or_else(|| Some((name.clone(), full.clone()))),
        name,
        version: full,
        architecture: header.text(tag::ARCHITECTURE),
        evidence: evidence.to_owned(),
        layer,
        ownership: Ownership::Own,
        guessed: false,
        license: header.text(tag::LICENSE),
        stated_by: None,
        module: header.text(tag::MODULE),
    })
}

/// `SOURCERPM` has no epoch. What is built inherits the epoch with the version, unless it sets its own: one of the same version
/// has that of the source package.
pub(crate) fn source_epochs(packages: &mut [Package]) {
    let mut epochs: HashMap<(String, String), Option<String>> = HashMap::new();
    for package in packages.iter().filter(|package| package.manager == Manager::Rpm) {
        let Some((name, version)) = &package.source else { continue };
        let (epoch, rest) = match package.version.split_once(':') {
            Some((epoch, rest)) => (Some(epoch.to_owned()), rest),
            None => (None, package.version.as_str()),
        };
        if rest == version {
            let key = (name.clone(), version.clone());
            // The package that has its name knows best.
            if package.name == *name {
                epochs.insert(key, epoch);
            } else {
                epochs.entry(key).or_insert(epoch);
            }
        }
    }
    for package in packages.iter_mut().filter(|package| package.manager == Manager::Rpm) {
        if let Some(source) = &mut package.source
            && let Some(Some(epoch)) = epochs.get(source)
        {
            source.1 = format!("{epoch}:{}", source.1);
        }
    }
}

fn files(header: &Header<'_>, name: &str, layer: u32, owners: &mut Owners) {
    let names = header.texts(tag::BASE_NAMES);
    let Some(names) = names else {
        if header.tag(tag::BASE_NAMES).is_some() {
            owners.lacks(Gap::new(
                Cause::Malformed,
                text::escape(name.as_bytes()),
                "its list of files",
            ));
        }
        return;
    };
    let lists = (header.texts(tag::DIRECTORY_NAMES), header.numbers(tag::DIRECTORY_INDEXES));
    let (Some(directories), Some(indexes)) = lists else {
        return owners.lacks(Gap::new(
            Cause::Malformed,
            text::escape(name.as_bytes()),
            "its list of files",
        ));
    };
    let package = owners.package(name, layer);
    for (base, index) in names.iter().zip(indexes) {
        if let Some(directory) =
            usize::try_from(index).ok().and_then(|index| directories.get(index))
        {
            owners.add(&[directory, *base].concat(), package);
        }
    }
}

#[cfg(test)]
#[path = "rpm_tests.rs"]
mod tests;
