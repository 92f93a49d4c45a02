//! One vulnerability of all records that are about it.

use std::collections::{BTreeMap, BTreeSet};

use super::{State, Subject, Vulnerability};
use crate::osv::record::{Affected, Record};
use crate::osv::{ecosystem, matching, severity};
use crate::packages::Package;

/// A record that matches, with its entries that do.
pub(super) struct Found<'a> {
    pub(super) record: &'a Record,
    pub(super) entries: Vec<usize>,
    pub(super) fixed: Option<String>,
}

/// The CVEs that an advisory of a distribution is about: those that it names upstream, or else as related.
fn advised(record: &Record, ecosystem: &str) -> Vec<String> {
    let cves = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| name.starts_with("CVE-")).cloned().collect()
    };
    let upstream = cves(&record.upstream);
    if !upstream.is_empty() {
        return upstream;
    }
    let itself =
        record.id.starts_with("CVE-") || record.aliases.iter().any(|name| name.starts_with("CVE-"));
    if itself || !ecosystem::is_distribution(ecosystem) {
        return Vec::new();
    }
    cves(&record.related)
}

/// The vulnerabilities that a record is about: those that it advises of, else itself.
fn subjects(record: &Record, ecosystem: &str) -> Vec<String> {
    let cves = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| name.starts_with("CVE-")).cloned().collect()
    };
    let advised = advised(record, ecosystem);
    if !advised.is_empty() {
        return advised;
    }
    if record.id.starts_with("CVE-") {
        return vec![record.id.clone()];
    }
    // Aliases are names of one vulnerability; the first CVE stands for them.
    let mut aliases = cves(&record.aliases);
    aliases.sort();
    aliases.truncate(1);
    if aliases.is_empty() {
        let ghsa = record
            .aliases
            .iter()
            .chain([&record.id])
            .filter(|name| name.starts_with("GHSA-"))
            .min();
        aliases.push(ghsa.unwrap_or(&record.id).clone());
    }
    aliases
}

/// One vulnerability for all records that share a name.
pub(super) fn merge(subject: &Subject<'_>, found: &[Found<'_>]) -> Vec<Vulnerability> {
    // Names that records connect, by the smallest of each group.
    let mut group: BTreeMap<String, String> = BTreeMap::new();
    let root = |group: &BTreeMap<String, String>, name: &str| {
        let mut name = name.to_owned();
        while let Some(parent) = group.get(&name).filter(|parent| **parent != name) {
            name.clone_from(parent);
        }
        name
    };
    for Found { record, .. } in found {
        for name in record.aliases.iter().chain([&record.id]) {
            let (one, other) = (root(&group, name), root(&group, &record.id));
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            group.insert(low.clone(), low.clone());
            group.insert(high, low);
        }
    }
    let mut merged: BTreeMap<String, Vec<&Found<'_>>> = BTreeMap::new();
    for one in found {
        let advised = advised(one.record, subject.ecosystem);
        for name in subjects(one.record, subject.ecosystem) {
            let key = if advised.contains(&name) { name } else { root(&group, &name) };
            merged.entry(key).or_default().push(one);
        }
    }
    merged.into_iter().map(|(key, list)| vulnerability(subject, key, &list)).collect()
}

fn vulnerability<'a>(subject: &Subject<'_>, key: String, found: &[&Found<'a>]) -> Vulnerability {
    let all = found.iter().flat_map(|one| one.record.aliases.iter().chain([&one.record.id]));
    let mut names: BTreeSet<String> = all.cloned().collect();
    let best = |prefix: &str| names.iter().find(|name| name.starts_with(prefix)).cloned();
    let id = Some(key)
        .filter(|key| key.starts_with("CVE-"))
        .or_else(|| best("CVE-"))
        .or_else(|| best("GHSA-"));
    let id = id.or_else(|| names.first().cloned()).unwrap_or_default();
    names.remove(&id);
    let entries = |one: &Found<'a>| {
        let record = one.record;
        one.entries.clone().into_iter().filter_map(|entry| record.affected.get(entry))
    };
    let unimportant = |entry: &Affected| entry.urgency.as_deref() == Some("unimportant");
    let fixed = found.iter().filter_map(|one| one.fixed.clone());
    let fixed = matching::lowest(subject.ecosystem, fixed);
    let headers = |package: &&&Package| {
        matches!(package.name.as_str(), "linux-libc-dev" | "kernel-headers" | "kernel-devel")
            || package.name.starts_with("linux-headers")
    };
    let state = if !subject.installed.is_empty()
        && subject.installed.iter().filter(headers).count() == subject.installed.len()
    {
        State::NotApplicable
    } else if found.iter().all(|one| entries(one).all(unimportant)) {
        State::Unimportant
    } else if fixed.is_some() {
        State::Fixed
    } else {
        State::NoFix
    };
    Vulnerability {
        id,
        names: names.into_iter().collect(),
        ecosystem: subject.ecosystem.to_owned(),
        package: subject.name.to_owned(),
        version: subject.version.to_owned(),
        installed: subject
            .installed
            .iter()
            .map(|package| (package.name.clone(), package.layer))
            .collect(),
        fixed,
        state,
        // Of the entries of a record, each of which is about what is installed, the highest.
        severity: found.iter().find_map(|one| {
            let rated = entries(one).map(|entry| severity::of_record(one.record, Some(entry)));
            rated.max().flatten()
        }),
        vex: Vec::new(),
    }
}
