//! The vulnerabilities of an inventory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ecosystem::{self, known_as};
use super::matching::{Verdict, evaluate};
use super::record::Record;
use super::records::Source;
use super::severity::{self, Severity};
use crate::packages::{Inventory, Ownership, Package};
use crate::text;
use crate::truth::{Answer, Cause, Gap, List};
use crate::vex::Coverage;

/// What a vulnerability means for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A fixed version exists for the release.
    Fixed,
    /// No version is fixed, for now or for good: the records do not tell which.
    NoFix,
    /// The distribution rates it as without effect on security.
    Unimportant,
    /// Headers of the kernel: the kernel itself does not come from the image.
    NotApplicable,
}

/// A vulnerability of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vulnerability {
    /// Its preferred name: a CVE, else a GHSA, else that of the database.
    pub id: String,
    /// The other names, and the records that state it.
    pub names: Vec<String>,
    /// The ecosystem.
    pub ecosystem: String,
    /// The package, by the name that records know: of distributions, the source package.
    pub package: String,
    /// Its version, likewise.
    pub version: String,
    /// The packages that are installed from it, with the layers that they come from.
    pub installed: Vec<(String, u32)>,
    /// The lowest fixed version above the installed one.
    pub fixed: Option<String>,
    /// What it means.
    pub state: State,
    /// Its severity; none if it is unrated.
    pub severity: Option<Severity>,
    /// Statements of others that cover it, if [`vex::apply`](crate::vex::apply) was called. They do not change the state.
    pub vex: Vec<Coverage>,
}

/// The vulnerabilities of an inventory. It lacks what has no records, no certain owner, or no version that compares.
pub fn audit(inventory: &Inventory, records: &dyn Source) -> List<Vulnerability> {
    let mut list = List { items: Vec::new(), gaps: inventory.packages.gaps.clone() };
    let distribution = match &inventory.os {
        Answer::Known(os) => os.ecosystem(),
        Answer::Absent => {
            Err(Gap::new(Cause::Missing, "/etc/os-release", "packages of an unknown distribution"))
        }
        Answer::Unknown(gap) => Err(gap.clone()),
    };
    // A source package once, with everything that is installed from it.
    let mut packages: BTreeMap<(String, &str, &str), Vec<&Package>> = BTreeMap::new();
    for package in &inventory.packages.items {
        let ecosystem = match (ecosystem::of_language(package.manager), &package.ownership) {
            // The distribution's own record counts, as fixes are backported.
            (Some(ecosystem), Ownership::Distribution(owner)) => {
                if let Some(gap) =
                    foreign(package, ecosystem, owner, inventory, &distribution, records)
                {
                    list.lacks(gap);
                }
                continue;
            }
            (Some(_), Ownership::Unknown(gap)) => {
                list.lacks(Gap::new(
                    Cause::Incomplete,
                    &package.evidence,
                    format!("whether the distribution installed it: {gap}"),
                ));
                continue;
            }
            (Some(_), Ownership::Own) if package.guessed => {
                list.lacks(Gap::new(
                    Cause::Incomplete,
                    &package.evidence,
                    "its name and version are guesses",
                ));
                continue;
            }
            (Some(ecosystem), Ownership::Own) => ecosystem.to_owned(),
            (None, _) => match &distribution {
                Ok(ecosystem) => ecosystem.clone(),
                Err(gap) => {
                    list.lacks(gap.clone());
                    continue;
                }
            },
        };
        let (name, version) = known_as(package);
        packages.entry((ecosystem, name, version)).or_default().push(package);
    }
    let ecosystems: BTreeSet<&String> =
        packages.keys().map(|(ecosystem, _, _)| ecosystem).collect();
    for ecosystem in ecosystems {
        for gap in records.gaps(ecosystem) {
            list.lacks(gap);
        }
        if records.covers(ecosystem) {
            continue;
        }
        list.lacks(Gap::new(
            Cause::Missing,
            text::escape(ecosystem.as_bytes()),
            "there are no records about this ecosystem and release",
        ));
    }
    for ((ecosystem, name, version), installed) in &packages {
        let mut found = Vec::new();
        let about = match records.about(ecosystem, name) {
            Ok(about) => about,
            Err(gap) => {
                list.lacks(gap);
                continue;
            }
        };
        for record in &about {
            match evaluate(record, ecosystem, name, version) {
                Verdict::Affected { entry, fixed } => found.push((&**record, entry, fixed)),
                Verdict::Unknown(gap) => list.lacks(gap),
                Verdict::NotAbout | Verdict::NotAffected => {}
            }
        }
        let subject = Subject { ecosystem, name, version, installed };
        list.items.extend(merge(&subject, &found));
    }
    list.items.sort();
    list
}

/// A package of a language in a package of the distribution's form of which its records know nothing: a vendor's own, or one that
/// never had a vulnerability. If the records of the language name it, that is not decided.
fn foreign(
    package: &Package,
    ecosystem: &str,
    owner: &str,
    inventory: &Inventory,
    distribution: &Result<String, Gap>,
    records: &dyn Source,
) -> Option<Gap> {
    let source = inventory
        .packages
        .items
        .iter()
        .find(|one| one.manager.is_distribution() && one.name == owner);
    let source = source.map_or(owner, |one| known_as(one).0);
    let about = |ecosystem: &str, name: &str| records.about(ecosystem, name);
    let known = match distribution.as_ref().map(|release| about(release, source)) {
        Ok(Ok(list)) => !list.is_empty(),
        Ok(Err(gap)) => return Some(gap),
        Err(_) => false,
    };
    let list = match about(ecosystem, &package.name) {
        Ok(list) => list,
        Err(gap) => return Some(gap),
    };
    let named = |record: &&Arc<Record>| {
        !matches!(
            evaluate(record, ecosystem, &package.name, &package.version),
            Verdict::NotAbout | Verdict::NotAffected
        )
    };
    let record = list.iter().find(named).filter(|_| !known)?;
    let detail = format!(
        "{} names it, it is part of the package {}, and the records of the distribution do not know that package",
        text::clip(record.id.as_bytes(), 60),
        text::clip(owner.as_bytes(), 60)
    );
    Some(Gap::new(Cause::Ambiguous, &package.evidence, detail))
}

struct Subject<'a> {
    ecosystem: &'a str,
    name: &'a str,
    version: &'a str,
    installed: &'a [&'a Package],
}

type Found<'a> = (&'a Record, usize, Option<String>);

/// The vulnerabilities that a record is about: of a distribution's record those that it names upstream, else itself.
fn subjects(record: &Record) -> Vec<String> {
    let cves = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| name.starts_with("CVE-")).cloned().collect()
    };
    let upstream = cves(&record.upstream);
    if !upstream.is_empty() {
        return upstream;
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
fn merge(subject: &Subject<'_>, found: &[Found<'_>]) -> Vec<Vulnerability> {
    // Names that records connect, by the smallest of each group.
    let mut group: BTreeMap<String, String> = BTreeMap::new();
    let root = |group: &BTreeMap<String, String>, name: &str| {
        let mut name = name.to_owned();
        while let Some(parent) = group.get(&name).filter(|parent| **parent != name) {
            name.clone_from(parent);
        }
        name
    };
    for (record, _, _) in found {
        for name in record.aliases.iter().chain([&record.id]) {
            let (one, other) = (root(&group, name), root(&group, &record.id));
            let (low, high) = if one <= other { (one, other) } else { (other, one) };
            group.insert(low.clone(), low.clone());
            group.insert(high, low);
        }
    }
    let mut merged: BTreeMap<String, Vec<&Found<'_>>> = BTreeMap::new();
    for one in found {
        for name in subjects(one.0) {
            let key = if one.0.upstream.contains(&name) { name } else { root(&group, &name) };
            merged.entry(key).or_default().push(one);
        }
    }
    merged.into_iter().map(|(key, list)| vulnerability(subject, key, &list)).collect()
}

fn vulnerability(subject: &Subject<'_>, key: String, found: &[&Found<'_>]) -> Vulnerability {
    let all = found.iter().flat_map(|(record, _, _)| record.aliases.iter().chain([&record.id]));
    let mut names: BTreeSet<String> = all.cloned().collect();
    let best = |prefix: &str| names.iter().find(|name| name.starts_with(prefix)).cloned();
    let id = Some(key)
        .filter(|key| key.starts_with("CVE-"))
        .or_else(|| best("CVE-"))
        .or_else(|| best("GHSA-"));
    let id = id.or_else(|| names.first().cloned()).unwrap_or_default();
    names.remove(&id);
    let entries: Vec<(&Record, Option<&super::record::Affected>)> =
        found.iter().map(|(record, entry, _)| (*record, record.affected.get(*entry))).collect();
    let unimportant =
        |entry: &super::record::Affected| entry.urgency.as_deref() == Some("unimportant");
    let fixed = found.iter().filter_map(|(_, _, fixed)| fixed.clone());
    let scheme = ecosystem::scheme(subject.ecosystem);
    let fixed = fixed.min_by(|one, other| {
        let order = scheme.and_then(|scheme| scheme.compare(one, other).ok());
        order.unwrap_or_else(|| one.cmp(other))
    });
    let headers = |package: &&&Package| {
        package.name == "linux-libc-dev" || package.name.starts_with("linux-headers")
    };
    let state = if !subject.installed.is_empty()
        && subject.installed.iter().filter(headers).count() == subject.installed.len()
    {
        State::NotApplicable
    } else if entries.iter().filter_map(|(_, entry)| *entry).any(unimportant) {
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
        severity: entries.iter().find_map(|(record, entry)| severity::of_record(record, *entry)),
        vex: Vec::new(),
    }
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
