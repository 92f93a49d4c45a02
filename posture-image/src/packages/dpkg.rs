//! The database of dpkg: `/var/lib/dpkg/status`, and `status.d` of distroless images.

use std::collections::HashSet;

use super::owners::{Owners, left};
use super::{Database, Distribution, Manager, Ownership, Package, database, folder};
use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Tree};
use crate::truth::{Answer, Cause, Gap, List};

const STATUS: &str = "/var/lib/dpkg/status";
const STATUS_D: &[u8] = b"var/lib/dpkg/status.d";
const INFO: &[u8] = b"var/lib/dpkg/info";

/// Fields of a stanza that are used.
#[derive(Default)]
struct Stanza<'a> {
    package: Option<&'a str>,
    version: Option<&'a str>,
    architecture: Option<&'a str>,
    source: Option<&'a str>,
    status: Option<&'a str>,
}

pub(super) fn read(tree: &Tree, limits: &Limits) -> Distribution {
    let mut found = Distribution::new(limits);
    match database(tree, b"var/lib/dpkg/status", limits) {
        Database::Found(bytes, layer, deleted) => {
            found.packages.append(stanzas(&bytes, STATUS, layer, true, limits.packages));
            unlisted(&bytes, tree, limits, &mut found);
            found.deleted.extend(deleted.map(|by| (STATUS.to_owned(), by)));
        }
        Database::Unknown(gap) => {
            found.owners.lacks(gap.clone());
            found.packages.lacks(gap);
        }
        Database::Absent => {}
    }
    let removed =
        |removed: &&crate::tree::Removed| removed.path.starts_with(b"var/lib/dpkg/status.d/");
    let removed = tree
        .removed
        .iter()
        .filter(removed)
        .map(|removed| (&*removed.path, &removed.node, Some(removed.by)));
    let folder = folder(tree, STATUS_D, limits);
    let there = tree.below(&folder).map(|(path, node)| (path, node, None));
    for (path, node, by) in there.chain(removed) {
        let shown = text::path(path);
        let linked;
        let node = if node.kind == Kind::Symlink {
            match tree.resolve(path, limits) {
                // Read under its own name.
                Answer::Known((real, _)) if real.starts_with(&folder) => continue,
                Answer::Known((_, target)) => {
                    linked = target;
                    &linked
                }
                Answer::Absent => continue,
                Answer::Unknown(gap) => {
                    found.owners.lacks(gap.clone());
                    found.packages.lacks(gap);
                    continue;
                }
            }
        } else {
            node
        };
        if node.kind == Kind::File && !matches!(node.content(), Content::Kept(_)) {
            let gap = match node.content() {
                Content::Unknown(gap) => gap.clone(),
                _ => Gap::new(Cause::NotRead, &shown, "a list of packages that was not kept"),
            };
            found.owners.lacks(gap.clone());
            if !path.ends_with(b".md5sums") {
                found.packages.lacks(gap);
            }
            continue;
        }
        if path.ends_with(b".md5sums") {
            if let (Content::Kept(bytes), None) = (node.content(), by) {
                let name = path
                    .rsplit(|byte| *byte == b'/')
                    .next()
                    .and_then(|name| name.strip_suffix(b".md5sums"));
                sums(bytes, &text::escape(name.unwrap_or_default()), node.layer, &mut found.owners);
            }
            continue;
        }
        match node.content() {
            Content::Kept(bytes) => {
                found.packages.append(stanzas(bytes, &shown, node.layer, false, limits.packages));
                found.deleted.extend(by.map(|by| (shown, by)));
            }
            Content::Unknown(_) | Content::None | Content::Inspected(_) => {}
        }
    }
    if !found.packages.items.is_empty() {
        lists(tree, &mut found);
    }
    earlier(tree, limits, &mut found);
    found
}

/// Packages that the database of an earlier layer has, that this one does not name, and whose files are there: it was cut.
fn earlier(tree: &Tree, limits: &Limits, found: &mut Distribution) {
    // If it is deleted, the last one is read.
    let Some(Content::Kept(now)) = tree.at(b"var/lib/dpkg/status").map(|node| node.content())
    else {
        return;
    };
    let named = names(now);
    let replaced = tree.removed.iter().filter(|removed| *removed.path == *b"var/lib/dpkg/status");
    for before in replaced {
        let Content::Kept(bytes) = before.node.content() else { continue };
        let list = stanzas(bytes, STATUS, before.node.layer, true, limits.packages);
        let gone: HashSet<&[u8]> = list
            .items
            .iter()
            .map(|one| one.name.as_bytes())
            .filter(|name| !named.contains(*name))
            .collect();
        for removed in tree.removed.iter().filter(|_| !gone.is_empty()) {
            let name = removed.path.strip_prefix(INFO).and_then(|path| path.strip_prefix(b"/"));
            let Some(name) = name.and_then(|name| name.strip_suffix(b".list")) else { continue };
            let name = name.split(|byte| *byte == b':').next().unwrap_or_default();
            let Content::Kept(files) = removed.node.content() else { continue };
            if gone.contains(name) {
                let lines = files.split(|byte| *byte == b'\n');
                let name = String::from_utf8_lossy(name);
                let gap = left(&name, lines, removed.by, tree, &found.owners);
                gap.into_iter().for_each(|gap| found.packages.lacks(gap));
            }
        }
    }
}

/// The packages that a database names.
fn names(status: &[u8]) -> HashSet<Vec<u8>> {
    let field = |line: &[u8]| line.strip_prefix(b"Package:").map(|name| name.trim_ascii().to_vec());
    status.split(|byte| *byte == b'\n').filter_map(field).collect()
}

/// `/var/lib/dpkg/info/NAME[:ARCH].list`: a path in each line.
fn lists(tree: &Tree, found: &mut Distribution) {
    let mut seen = 0;
    for (path, node) in tree.below(b"var/lib/dpkg/info") {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let Some(name) = name.strip_suffix(b".list") else { continue };
        match node.content() {
            Content::Kept(bytes) => {
                seen += 1;
                let name =
                    text::escape(name.split(|byte| *byte == b':').next().unwrap_or_default());
                let package = found.owners.package(&name, node.layer);
                for line in bytes.split(|byte| *byte == b'\n').filter(|line| line.len() > 1) {
                    found.owners.add(line, package);
                }
            }
            Content::Unknown(gap) => found.owners.lacks(gap.clone()),
            Content::None | Content::Inspected(_) => {}
        }
    }
    let from_status =
        found.packages.items.iter().filter(|package| package.evidence == STATUS).count();
    if seen < from_status {
        let detail = format!("lists of files of {} packages are missing", from_status - seen);
        found.owners.lacks(Gap::new(Cause::Missing, "/var/lib/dpkg/info", detail));
    }
}

/// Lists of files of packages that the database does not name, not even as removed: it was edited, or cut.
fn unlisted(status: &[u8], tree: &Tree, limits: &Limits, found: &mut Distribution) {
    let named = names(status);
    for (path, _) in tree.below(&folder(tree, INFO, limits)) {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let Some(name) = name.strip_suffix(b".list") else { continue };
        let name = name.split(|byte| *byte == b':').next().unwrap_or_default();
        if !named.contains(name) {
            let detail =
                format!("it does not name {}, whose list of files is there", text::clip(name, 100));
            found.packages.lacks(Gap::new(Cause::Missing, STATUS, detail));
        }
    }
}

/// `DIGEST  PATH` in each line.
fn sums(bytes: &[u8], name: &str, layer: u32, owners: &mut Owners) {
    let package = owners.package(name, layer);
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Some(path) =
            line.get(32..).map(<[u8]>::trim_ascii_start).filter(|path| !path.is_empty())
        {
            owners.add(path, package);
        }
    }
}

/// Reads stanzas. In `status.d` there is no status, and everything is installed.
fn stanzas(
    bytes: &[u8],
    evidence: &str,
    layer: u32,
    with_status: bool,
    most: usize,
) -> List<Package> {
    let mut list = List::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => std::borrow::Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    };
    let mut stanza = Stanza::default();
    let mut any = false;
    let take = |stanza: Stanza<'_>, list: &mut List<Package>| match (stanza.package, stanza.version)
    {
        (None, None) if stanza.status.is_none() => {}
        // A package that is gone, with or without its configuration, may have no version.
        _ if with_status && stanza.status.is_some_and(|status| !installed(status)) => {}
        (Some(name), Some(version)) if with_status && stanza.status.is_none() => {
            list.lacks(Gap::new(
                Cause::Malformed,
                evidence,
                format!("{} {} has no status", clip(name), clip(version)),
            ));
        }
        (Some(name), Some(version)) => {
            list.items.push(package(name, version, &stanza, evidence, layer))
        }
        (name, _) => {
            let name = clip(name.unwrap_or("a package without a name"));
            list.lacks(Gap::new(Cause::Malformed, evidence, format!("{name} has no version")));
        }
    };
    for line in text.lines() {
        if list.items.len() >= most {
            list.lacks(Gap::new(Cause::Incomplete, evidence, format!("more than {most} packages")));
            return list;
        }
        if line.trim().is_empty() {
            take(std::mem::take(&mut stanza), &mut list);
            continue;
        }
        any = true;
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            list.lacks(Gap::new(Cause::Malformed, evidence, "a line that is not a field"));
            continue;
        };
        let value = Some(value.trim());
        match name.to_ascii_lowercase().as_str() {
            "package" if stanza.package.is_none() => stanza.package = value,
            "package" => {
                list.lacks(Gap::new(
                    Cause::Ambiguous,
                    evidence,
                    "two packages without an empty line between them",
                ));
            }
            "version" => stanza.version = value,
            "architecture" => stanza.architecture = value,
            "source" => stanza.source = value,
            "status" => stanza.status = value,
            _ => {}
        }
    }
    take(stanza, &mut list);
    if with_status && any && list.items.is_empty() && list.gaps.is_empty() {
        list.lacks(Gap::new(Cause::Malformed, evidence, "a database without an installed package"));
    }
    list
}

/// Whether the files are there: `WANT FLAG STATE`. Packages that are unpacked or half installed are.
fn installed(status: &str) -> bool {
    let state = status.split_whitespace().last().unwrap_or_default();
    !matches!(state, "not-installed" | "config-files")
}

fn clip(name: &str) -> String {
    text::clip(name.as_bytes(), 100)
}

fn package(name: &str, version: &str, stanza: &Stanza<'_>, evidence: &str, layer: u32) -> Package {
    let source = stanza.source.map_or_else(
        || (name.to_owned(), version.to_owned()),
        |source| match source.split_once('(') {
            Some((source, of)) => {
                (source.trim().to_owned(), of.trim_end_matches(')').trim().to_owned())
            }
            None => (source.to_owned(), version.to_owned()),
        },
    );
    Package {
        manager: Manager::Dpkg,
        name: name.to_owned(),
        version: version.to_owned(),
        architecture: stanza.architecture.map(str::to_owned),
        source: Some(source),
        evidence: evidence.to_owned(),
        layer,
        ownership: Ownership::Own,
        guessed: false,
        license: None,
        stated_by: None,
        module: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_listed_with_its_source() {
        let status = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.36-9)\nVersion: 2.36-9+b4\n\
            Description: x\n Package: not a field\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
            Package: half\nStatus: install reinstreq half-installed\nVersion: 2\n\nPackage: never\nStatus: unknown ok not-installed\n\n\
            Package: held\nStatus: hold ok installed\nSource: other\nVersion: 1:3-1\n";
        let list = stanzas(status.as_bytes(), STATUS, 3, true, 9);
        let short: Vec<_> =
            list.items.iter().map(|one| (one.name.as_str(), one.source.clone().unwrap())).collect();
        let source = |name: &str, version: &str| (name.to_owned(), version.to_owned());
        assert_eq!(
            short,
            [
                ("libc6", source("glibc", "2.36-9")),
                ("half", source("half", "2")),
                ("held", source("other", "1:3-1"))
            ]
        );
        assert!(list.is_complete());
    }

    #[test]
    fn damaged_databases_have_gaps() {
        for damaged in [
            "Package: a\n",
            "Package: a\nVersion: 1\n",
            "garbage\n",
            "Package: a\nStatus: install ok installed\n",
            "Package: a\nPackage: b\nStatus: install ok installed\nVersion: 1\n",
        ] {
            assert!(!stanzas(damaged.as_bytes(), STATUS, 0, true, 9).is_complete(), "{damaged}");
        }
        assert!(stanzas(b"Package: a\nVersion: 1\n", "x", 0, false, 9).is_complete());
        assert!(
            !stanzas(b"Package: a\nVersion: 1\n\nPackage: b\nVersion: 1\n", "x", 0, false, 1)
                .is_complete()
        );
    }
}
