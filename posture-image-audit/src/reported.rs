//! What reports of other scanners (Trivy, Grype) name, beside what is found here.
//!
//! A report counts for the image whose digest it states. What it names and is found here as well is shown there, and changes nothing.
//! What it alone names is a vulnerability by that tool's word: its rating, its fix and its day are the tool's. That a report does not
//! name something shows nothing, so that it makes nothing pass. What the tool's user hid is not added.

use std::collections::HashMap;

use posture_image::image::Identity;
use posture_image::osv::audit::{State, Vulnerability as Found};
use posture_image::osv::ecosystem;
use posture_image::osv::severity::{Rating, Severity};
use posture_image::packages::purl::Purl;
use posture_image::packages::{Inventory, Manager, Package};
use posture_image::text;
use posture_image::theirs::{Finding, Fix, Report};

use crate::documents::Given;

/// What a report names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// As a vulnerability of a package, by the name that records know.
    pub(crate) found: Found,
    /// The tool, its version and the day, and what it states.
    pub(crate) words: String,
    /// The tool, its version and the day.
    pub(crate) tool: String,
    /// Whether the tool states whether a version fixes it.
    pub(crate) knows_fix: bool,
    /// Whether the tool counts it.
    pub(crate) counts: bool,
}

/// What the reports about an image name.
pub(crate) fn about(given: &Given, identity: &Identity, packages: &Inventory) -> Vec<Named> {
    let mut all = Vec::new();
    let mut by_name: ByName<'_> = HashMap::new();
    for package in packages.packages.items.iter().filter(|_| !given.reports.is_empty()) {
        by_name.entry((&package.name, &package.version)).or_default().push(package);
    }
    for report in &given.reports {
        let is_about = report.check(identity);
        given.joined(&report.name, &is_about);
        if is_about.is_err() {
            continue;
        }
        let tool = tool(report);
        let own = |finding: &Finding| named(finding, &report.name, &tool, packages, &by_name);
        all.extend(report.findings.items.iter().map(own));
    }
    all
}

/// `Trivy 0.70.0 of 2026-04-25`.
fn tool(report: &Report) -> String {
    let mut words = report.tool.name().to_owned();
    if let Some(version) = &report.version {
        words.push_str(&format!(" {}", clip(version)));
    }
    let day = |time: posture_image::time::Instant| {
        let time = time.to_string();
        time.split_once('T').map_or_else(|| time.clone(), |(day, _)| day.to_owned())
    };
    match report.created {
        Some(created) => words.push_str(&format!(" of {}", day(created))),
        None => words.push_str(" of an unknown day"),
    }
    if let Some(data) = report.data {
        words.push_str(&format!(", data of {}", day(data)));
    }
    words
}

/// The first characters of a text that is escaped already.
fn clip(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Packages by their names and versions.
type ByName<'p> = HashMap<(&'p str, &'p str), Vec<&'p Package>>;

fn named(
    finding: &Finding,
    document: &str,
    tool: &str,
    packages: &Inventory,
    by_name: &ByName<'_>,
) -> Named {
    let purl = finding.purl.as_deref().and_then(|purl| Purl::parse(purl).ok());
    let manager = purl
        .as_ref()
        .and_then(|purl| Manager::ALL.into_iter().find(|manager| manager.purl_type() == purl.kind));
    let is = |package: &&&Package| manager.is_none_or(|manager| manager == package.manager);
    let known = by_name.get(&(finding.package.as_str(), finding.version.as_str()));
    let own = known.into_iter().flatten().find(is).copied();
    let manager = own.map(|package| package.manager).or(manager);
    let language = manager.and_then(ecosystem::of_language);
    let distribution = || packages.os.known().and_then(|os| os.ecosystem().ok());
    let ecosystem = match language {
        Some(language) => language.to_owned(),
        None => distribution().unwrap_or_else(|| "unknown".to_owned()),
    };
    let (package, version) = match own {
        Some(package) => ecosystem::known_as(package),
        None => (finding.package.as_str(), finding.version.as_str()),
    };
    // Everything that is installed of the source package, in the order in which statements count it.
    let same = |one: &&Package| {
        ecosystem::known_as(one) == (package, version)
            && ecosystem::of_language(one.manager) == language
    };
    let mut installed: Vec<(String, u32)> = Vec::new();
    if own.is_some() {
        let all = packages.packages.items.iter().filter(same);
        installed.extend(all.map(|one| (one.name.clone(), one.layer)));
    } else {
        installed.push((finding.package.clone(), 0));
    }
    let by = finding.rated_by.as_deref().map(|by| format!(", {}", clip(by))).unwrap_or_default();
    let rated = |rating: Rating| Severity { rating, tenths: None, source: format!("{tool}{by}") };
    let (id, names) = preferred(finding);
    let found = Found {
        id,
        names,
        ecosystem,
        package: package.to_owned(),
        version: version.to_owned(),
        installed,
        fixed: finding.fixed.first().filter(|_| finding.fix == Fix::Available).cloned(),
        state: if finding.fix == Fix::Available { State::Fixed } else { State::NoFix },
        severity: finding.rating.map(rated),
        vex: Vec::new(),
    };
    Named {
        words: words(finding, document, tool),
        tool: tool.to_owned(),
        knows_fix: match finding.fix {
            Fix::Available => !finding.fixed.is_empty(),
            Fix::None | Fix::Never => true,
            Fix::Unknown => false,
        },
        counts: finding.hidden.is_none(),
        found,
    }
}

/// A CVE stands for the others, as in records.
fn preferred(finding: &Finding) -> (String, Vec<String>) {
    let all = || std::iter::once(&finding.id).chain(&finding.names);
    let id = all().filter(|name| name.starts_with("CVE-")).min().unwrap_or(&finding.id);
    let mut names: Vec<String> = all().filter(|name| *name != id).cloned().collect();
    names.sort_unstable();
    names.dedup();
    (id.clone(), names)
}

/// What the tool states.
fn words(finding: &Finding, document: &str, tool: &str) -> String {
    let rating = finding.rating.map_or("unrated", rating);
    let by = finding.rated_by.as_deref().map(|by| format!(" by {}", clip(by))).unwrap_or_default();
    let fix = match finding.fix {
        Fix::Available if finding.fixed.is_empty() => "fixed".to_owned(),
        Fix::Available => format!("fixed in {}", clip(&finding.fixed.join(", "))),
        Fix::None => "not fixed".to_owned(),
        Fix::Never => "will not be fixed".to_owned(),
        Fix::Unknown => "fix unknown".to_owned(),
    };
    let hidden = finding.hidden.as_ref().map(|hidden| {
        let parts = [&hidden.vex, &hidden.reason, &hidden.by].into_iter().flatten();
        let parts = parts.map(|part| clip(part)).collect::<Vec<_>>().join(", ");
        format!("; hidden there: {parts}")
    });
    let hidden = hidden.unwrap_or_default();
    let place = &finding.place;
    format!("{tool}: {}, {rating}{by}, {fix}{hidden} ({document} at {place})", clip(&finding.id))
}

/// A rating in words.
pub(crate) const fn rating(of: Rating) -> &'static str {
    match of {
        Rating::None => "none",
        Rating::Low => "low",
        Rating::Medium => "medium",
        Rating::High => "high",
        Rating::Critical => "critical",
    }
}

impl Named {
    /// Whether something that is found here is the same vulnerability of the same package.
    pub(crate) fn is(&self, other: &Found) -> bool {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        let own = || std::iter::once(&self.found.id).chain(&self.found.names);
        let mut theirs = std::iter::once(&other.id).chain(&other.names);
        ecosystem::base(&self.found.ecosystem) == ecosystem::base(&other.ecosystem)
            && self.found.package == other.package
            && theirs.any(|name| own().any(|one| same(one, name)))
    }

    /// What it is called in a list.
    pub(crate) fn installed(&self) -> String {
        let clip = |part: &str| text::clip(part.as_bytes(), 200);
        format!(
            "{} {}, reported by {}",
            clip(&self.found.package),
            clip(&self.found.version),
            self.tool
        )
    }
}
