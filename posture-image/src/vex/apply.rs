//! Findings with the statements that cover them.

use std::collections::{BTreeMap, HashMap};

use super::subject::{Exact, Installed, OTHER, Target, Why};
use super::{Document, Statement, Status};
use crate::image::Identity;
use crate::osv::{Vulnerability, ecosystem};
use crate::packages::{Inventory, Ownership, Package};
use crate::text;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

/// A statement that covers a finding, or a part of it. Its texts are escaped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coverage {
    /// The document, as the caller named it.
    pub document: String,
    /// Its identifier, if it has one.
    pub id: Option<String>,
    /// The author, or in their place the document.
    pub author: String,
    /// The path of the statement in the document.
    pub place: String,
    /// What it says.
    pub status: Status,
    /// The word of its format for why the product is not affected.
    pub justification: Option<String>,
    /// What the author adds.
    pub text: Option<String>,
    /// Since when it holds.
    pub time: Option<Instant>,
    /// The packages that it covers: indexes into [`Vulnerability::installed`].
    pub packages: Vec<usize>,
    /// Whether it names the digest of the image or the version of the package. Others are about every version, also later ones.
    pub exact: bool,
    /// Whether all statements of the author could be read. Else a later one may say something else.
    pub certain: bool,
}

/// A statement that covers no finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listed {
    /// The document, as the caller named it.
    pub document: String,
    /// The author, or in their place the document.
    pub author: String,
    /// The path of the statement in the document.
    pub place: String,
    /// The vulnerability.
    pub vulnerability: String,
    /// What it says.
    pub status: Status,
    /// Why it covers nothing.
    pub reason: &'static str,
}

/// What became of the statements that are not in the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Statements that match no finding, or that do not count.
    pub unmatched: Vec<Listed>,
    /// Statements that matched, and that later statements of the same author replace.
    pub replaced: Vec<Listed>,
    /// What is not certain: malformed statements, and statements of one author and time that differ.
    pub gaps: Vec<Gap>,
}

/// Marks the vulnerabilities of an image that statements cover. The list keeps its length and order.
///
/// A statement covers a vulnerability if it names it, or an alias of it, and the image or the package. Of the statements of an
/// author about the same package, the latest counts; of those of the same time, the one that excuses least.
pub fn apply(
    found: &mut [Vulnerability],
    inventory: &Inventory,
    identity: &Identity,
    names: &[String],
    documents: &[Document],
) -> Applied {
    let target = Target::new(identity, names, inventory);
    let mut applied = Applied::default();
    let mut gaps = List::<()>::default();
    let mut states: Vec<Vec<State>> = Vec::new();
    let mut by_name: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for (index, document) in documents.iter().enumerate() {
        document.statements.gaps.iter().cloned().for_each(|gap| gaps.lacks(gap));
        let old = documents.iter().any(|other| {
            document.id.is_some()
                && other.id == document.id
                && other.format == document.format
                && other.version > document.version
        });
        let mut list = Vec::new();
        for (number, statement) in document.statements.items.iter().enumerate() {
            list.push(match statement.void {
                Some(reason) => State::Unmatched(reason),
                None if old => State::Unmatched("a newer version of the document is given"),
                None => {
                    for name in &statement.vulnerability {
                        by_name.entry(name.to_ascii_uppercase()).or_default().push((index, number));
                    }
                    State::Unmatched(NOT_FOUND)
                }
            });
        }
        states.push(list);
    }
    let mut uncertain: HashMap<&str, bool> = HashMap::new();
    for document in documents {
        *uncertain.entry(document.by()).or_default() |= !document.statements.is_complete();
    }
    let mut by_package: ByPackage<'_> = HashMap::new();
    for package in &inventory.packages.items {
        let known = ecosystem::known_as(package);
        by_package.entry(known).or_default().push(package);
        // Some records name packages of rpm and apk themselves.
        let own = (package.name.as_str(), package.version.as_str());
        if own != known {
            by_package.entry(own).or_default().push(package);
        }
    }
    let mut left = COMPARISONS;
    for vulnerability in found.iter_mut() {
        let mut candidates: Vec<(usize, usize)> = Vec::new();
        for name in std::iter::once(&vulnerability.id).chain(&vulnerability.names) {
            candidates.extend(by_name.get(&name.to_ascii_uppercase()).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        if candidates.is_empty() {
            continue;
        }
        let installed: Vec<Installed<'_>> = packages(vulnerability, &by_package)
            .into_iter()
            .map(|package| target.installed(package))
            .collect();
        let statement_of = |(document, number): (usize, usize)| {
            documents.get(document).and_then(|one| Some((one, one.statements.items.get(number)?)))
        };
        match left.checked_sub(candidates.len().saturating_mul(installed.len())) {
            Some(rest) => left = rest,
            None => {
                let place = format!(
                    "{} in {}",
                    vulnerability.id,
                    text::clip(vulnerability.package.as_bytes(), 100)
                );
                gaps.lacks(Gap::new(
                    Cause::Incomplete,
                    place,
                    "there are too many statements to compare",
                ));
                continue;
            }
        }
        // Of each package and author, the statements that cover it.
        let mut about: BTreeMap<(usize, &str), Vec<Covering>> = BTreeMap::new();
        for candidate in candidates {
            let Some((document, statement)) = statement_of(candidate) else { continue };
            let Some(state) =
                states.get_mut(candidate.0).and_then(|list| list.get_mut(candidate.1))
            else {
                continue;
            };
            if !same(vulnerability, statement) {
                continue;
            }
            for (index, one) in installed.iter().enumerate() {
                match covers(&target, statement, one) {
                    Ok(exact) => {
                        about.entry((index, document.by())).or_default().push((
                            candidate.0,
                            candidate.1,
                            exact,
                        ));
                        state.matched();
                    }
                    Err(reason) => state.reason(reason),
                }
            }
        }
        let mut coverage: BTreeMap<(usize, usize), (Vec<usize>, bool)> = BTreeMap::new();
        for ((index, author), mut list) in about {
            let key = |one: &Covering| {
                statement_of((one.0, one.1))
                    .map(|(_, statement)| (statement.time, statement.status))
            };
            // What has no time may be the latest: it competes with the latest of the others.
            let latest = list.iter().filter_map(|one| key(one)?.0).max();
            list.retain(|one| key(one).is_some_and(|(time, _)| time.is_none() || time == latest));
            list.sort_by_key(|one| key(one).map(|(_, status)| status));
            let (Some(first), Some(last)) = (list.first(), list.last()) else { continue };
            if let (Some((_, one)), Some((_, status))) = (key(first), key(last))
                && one != status
            {
                let detail = format!(
                    "statements of one time, or without a time, differ: `{}` counts",
                    status.name()
                );
                gaps.lacks(Gap::new(
                    Cause::Ambiguous,
                    format!("{author}: {}", vulnerability.id),
                    detail,
                ));
            }
            let entry = coverage.entry((last.0, last.1)).or_insert((Vec::new(), true));
            entry.0.push(index);
            entry.1 &= last.2.0;
        }
        for ((document, number), (packages, exact)) in coverage {
            if let Some(state) = states.get_mut(document).and_then(|list| list.get_mut(number)) {
                *state = State::Counts;
            }
            let Some((document, statement)) = statement_of((document, number)) else { continue };
            vulnerability.vex.push(Coverage {
                document: document.name.clone(),
                id: document.id.clone(),
                author: document.by().to_owned(),
                place: statement.place.clone(),
                status: statement.status,
                justification: statement.justification.clone(),
                text: statement.text.clone(),
                time: statement.time,
                packages,
                exact,
                certain: !uncertain.get(document.by()).copied().unwrap_or(true),
            });
        }
    }
    applied.gaps = gaps.gaps;
    list(documents, &states, &mut applied);
    applied
}

/// A statement that covers a package: its document, its number in it, and how closely.
type Covering = (usize, usize, Exact);

/// Comparisons of a statement with a package. What is not compared is not covered.
const COMPARISONS: usize = 20_000_000;

const NOT_FOUND: Why = "the vulnerability was not found in the image";

/// What is known of a statement so far.
#[derive(Clone, Copy)]
enum State {
    Unmatched(Why),
    /// It covers a package.
    Matched,
    /// It is in a finding.
    Counts,
}

impl State {
    fn matched(&mut self) {
        if matches!(self, Self::Unmatched(_)) {
            *self = Self::Matched;
        }
    }

    fn reason(&mut self, reason: Why) {
        // That it names another package of the image says less than why it does not cover the one that it names.
        if let Self::Unmatched(own) = self
            && (reason != OTHER || *own == NOT_FOUND)
        {
            *own = reason;
        }
    }
}

fn list(documents: &[Document], states: &[Vec<State>], applied: &mut Applied) {
    for (document, states) in documents.iter().zip(states) {
        for (statement, state) in document.statements.items.iter().zip(states) {
            let listed = |reason| Listed {
                document: document.name.clone(),
                author: document.by().to_owned(),
                place: statement.place.clone(),
                vulnerability: statement.vulnerability.first().cloned().unwrap_or_default(),
                status: statement.status,
                reason,
            };
            match state {
                State::Unmatched(reason) => applied.unmatched.push(listed(reason)),
                State::Matched => {
                    applied.replaced.push(listed("a later statement of the same author counts"));
                }
                State::Counts => {}
            }
        }
    }
}

/// Whether a statement and a finding are about the same vulnerability. An advisory of a distribution is about several: where both
/// have a CVE, one CVE must be the same.
fn same(vulnerability: &Vulnerability, statement: &Statement) -> bool {
    let own: Vec<&String> =
        std::iter::once(&vulnerability.id).chain(&vulnerability.names).collect();
    let cve =
        |name: &&&String| name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("CVE-"));
    let stated: Vec<&String> = statement.vulnerability.iter().collect();
    let both = own.iter().any(|name| cve(&name)) && stated.iter().any(|name| cve(&name));
    let counts = |name: &&&String| !both || cve(name);
    own.iter()
        .filter(counts)
        .any(|name| stated.iter().filter(counts).any(|other| name.eq_ignore_ascii_case(other)))
}

/// The best of the subjects of a statement.
fn covers(
    target: &Target<'_>,
    statement: &Statement,
    installed: &Installed<'_>,
) -> Result<Exact, Why> {
    let mut best: Result<Exact, Why> = Err("it does not identify its product");
    for subject in &statement.subjects {
        best = match (best, target.covers(subject, installed)) {
            (Ok(one), Ok(other)) => Ok(Exact::max(one, other)),
            (Ok(one), Err(_)) => Ok(one),
            (Err(_), result) => result,
        };
    }
    best
}

/// Packages by the name and version by which records know them.
type ByPackage<'a> = HashMap<(&'a str, &'a str), Vec<&'a Package>>;

/// The packages of a finding, in the order of [`Vulnerability::installed`].
fn packages<'a>(vulnerability: &Vulnerability, by_package: &ByPackage<'a>) -> Vec<&'a Package> {
    let distribution = ecosystem::is_distribution(&vulnerability.ecosystem);
    let is = |package: &&&Package| match ecosystem::of_language(package.manager) {
        Some(language) => {
            language == vulnerability.ecosystem
                && package.ownership == Ownership::Own
                && !package.guessed
        }
        None => distribution,
    };
    let key = (vulnerability.package.as_str(), vulnerability.version.as_str());
    by_package.get(&key).into_iter().flatten().filter(is).copied().collect()
}

/// Whether statements of trusted authors excuse a vulnerability: every package is covered by one that is certain and says "not
/// affected", or "fixed" in exactly this version; and no trusted author says that the image is affected, or that this is under
/// investigation. That some version is fixed does not say that this one is.
pub fn excuses(vulnerability: &Vulnerability, trusts: impl Fn(&str) -> bool) -> bool {
    let trusted: Vec<&Coverage> =
        vulnerability.vex.iter().filter(|one| trusts(&one.author)).collect();
    let good = |one: &&&Coverage| matches!(one.status, Status::NotAffected | Status::Fixed);
    if trusted.iter().any(|one| !good(&one) || !one.certain) {
        return false;
    }
    let covers = |one: &&Coverage| one.status == Status::NotAffected || one.exact;
    let covered = |index: usize| {
        trusted.iter().copied().filter(covers).any(|one| one.packages.contains(&index))
    };
    !vulnerability.installed.is_empty() && (0..vulnerability.installed.len()).all(covered)
}
