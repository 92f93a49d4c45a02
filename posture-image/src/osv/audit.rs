//! The vulnerabilities of an inventory.

mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use merge::{Found, merge};

use super::ecosystem::{self, known_as};
use super::matching::{Verdict, evaluate, evaluate_stream};
use super::module::Stream;
use super::record::{Event, Record};
use super::records::Source;
use super::severity::Severity;
use crate::packages::{Inventory, Manager, Ownership, Package};
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

/// What matching an inventory with records found.
#[derive(Clone, Debug, Default)]
pub struct Audited {
    /// The vulnerabilities, in order.
    pub vulnerabilities: Vec<Vulnerability>,
    /// What may be missing because the image does not show it: layers, databases of packages, owners, the distribution.
    pub of_image: List<()>,
    /// What may be missing because of the records: there are none, they cannot be read, or not be evaluated.
    pub of_records: List<()>,
}

/// The vulnerabilities of an inventory. It lacks what has no records, no certain owner, or no version that compares.
pub fn audit(inventory: &Inventory, records: &dyn Source) -> List<Vulnerability> {
    let audited = audited(inventory, records);
    let gaps = audited.of_image.gaps.into_iter().chain(audited.of_records.gaps).collect();
    List { items: audited.vulnerabilities, gaps }
}

/// The same, with what the image leaves open apart from what the records leave open.
pub fn audited(inventory: &Inventory, records: &dyn Source) -> Audited {
    let mut list = List { items: Vec::new(), gaps: inventory.packages.gaps.clone() };
    let mut open = List::default();
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
                    open.lacks(gap);
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
                Ok(ecosystem) if ecosystem::manager(ecosystem) == Some(package.manager) => {
                    ecosystem.clone()
                }
                Ok(ecosystem) => {
                    let detail = format!(
                        "the image is {}, and packages of another distribution are installed",
                        text::clip(ecosystem.as_bytes(), 40)
                    );
                    list.lacks(Gap::new(Cause::Ambiguous, &package.evidence, detail));
                    continue;
                }
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
            open.lacks(gap);
        }
        if records.covers(ecosystem) {
            continue;
        }
        open.lacks(Gap::new(
            Cause::Missing,
            text::escape(ecosystem.as_bytes()),
            "there are no records about this ecosystem and release",
        ));
    }
    for ((ecosystem, name, version), installed) in &packages {
        let mut known = BTreeSet::new();
        for subject in subjects_of(ecosystem, name, version, installed) {
            let about = match records.about(ecosystem, subject.name) {
                Ok(about) => about,
                Err(gap) => {
                    open.lacks(gap);
                    continue;
                }
            };
            let mut found = Vec::new();
            for record in &about {
                match subject.verdict(record) {
                    Verdict::Affected { entries, fixed, open: other } => {
                        found.push(Found { record, entries, fixed });
                        other.into_iter().for_each(|gap| open.lacks(gap));
                    }
                    Verdict::Unknown(gap) => open.lacks(gap),
                    Verdict::NotAbout | Verdict::NotAffected => {}
                }
            }
            // What the source package has, its packages are listed with.
            let merged = merge(&subject, &found);
            list.items.extend(merged.into_iter().filter(|one| known.insert(one.id.clone())));
        }
    }
    list.items.sort();
    Audited {
        vulnerabilities: list.items,
        of_image: List { items: Vec::new(), gaps: list.gaps },
        of_records: open,
    }
}

/// What records may be about: the source package, and where they name installed packages, each of these.
fn subjects_of<'a>(
    ecosystem: &'a str,
    name: &'a str,
    version: &'a str,
    installed: &[&'a Package],
) -> Vec<Subject<'a>> {
    let subject = |name, version, installed: Vec<&'a Package>| {
        let first = installed.first();
        let rpm = first.filter(|package| package.manager == Manager::Rpm);
        let stream = rpm.map_or(Stream::Any, |package| {
            Stream::of_rpm(package.module.as_deref(), &package.version)
        });
        // SOURCERPM has no epoch: it follows from a package of the same version.
        let no_epoch = rpm.is_some() && installed.iter().all(|package| package.version != version);
        Subject { ecosystem, name, version, stream, no_epoch, installed }
    };
    let mut all = vec![subject(name, version, installed.to_vec())];
    if ecosystem::names_installed(ecosystem) {
        let mut own: BTreeMap<(&str, &str), Vec<&Package>> = BTreeMap::new();
        for package in installed {
            own.entry((&package.name, &package.version)).or_default().push(package);
        }
        own.remove(&(name, version));
        all.extend(own.into_iter().map(|((name, version), list)| subject(name, version, list)));
    }
    all
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
    let mut known = false;
    if let Ok(release) = distribution {
        let other = Some(owner).filter(|_| ecosystem::names_installed(release));
        for name in std::iter::once(source).chain(other) {
            match about(release, name) {
                Ok(list) => known |= !list.is_empty(),
                Err(gap) => return Some(gap),
            }
        }
    }
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
    stream: Stream<'a>,
    /// Whether the version may lack an epoch.
    no_epoch: bool,
    installed: Vec<&'a Package>,
}

impl Subject<'_> {
    fn verdict(&self, record: &Record) -> Verdict {
        let (ecosystem, name) = (self.ecosystem, self.name);
        let verdict = evaluate_stream(record, ecosystem, name, self.version, self.stream);
        if !self.no_epoch || verdict == Verdict::NotAbout || !has_epoch(record, name) {
            return verdict;
        }
        let place = format!(
            "{}: {}",
            text::clip(record.id.as_bytes(), 60),
            text::clip(name.as_bytes(), 100)
        );
        Verdict::Unknown(Gap::new(
            Cause::Missing,
            place,
            "the epoch of the source package is not recorded",
        ))
    }
}

/// Whether versions of a package in a record have an epoch.
fn has_epoch(record: &Record, name: &str) -> bool {
    let entries = record.affected.iter().filter(|entry| entry.name == name);
    let ranges = entries.flat_map(|entry| &entry.ranges);
    let mut events = ranges.flat_map(|range| range.events.iter().flatten());
    events.any(|event| {
        let (Event::Introduced(version)
        | Event::Fixed(version)
        | Event::LastAffected(version)
        | Event::Limit(version)) = event;
        version.split_once(':').is_some_and(|(epoch, _)| epoch != "0")
    })
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
