//! The report, and what is counted once and shown in several parts.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use posture_core::control::Control;
use posture_core::frameworks::{Requirement, Strength};
use posture_core::judge::{Examined, Finding, Tally};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::Report;
use posture_core::resource::Kind;
use posture_core::scope::{Level, Scope};

use super::text::{Text, name, titled};
use crate::providers::Providers;
use crate::trend::Trend;

/// How many resources, exceptions or commands are shown if all of them are listed elsewhere.
pub(super) const SOME: usize = 3;

/// A control and what the page says of it in several places.
pub(super) struct Row<'a> {
    pub(super) control: &'static Control,
    /// Of the findings that are shown.
    pub(super) tally: Tally,
    /// Of everything that was audited.
    pub(super) whole: Tally,
    /// The requirements of the report that it maps to, each with the place of its framework.
    pub(super) bearings: Vec<(usize, &'static Requirement, Strength)>,
    /// The first resources that fail and are shown, as text of the page, and how many fail, whatever is hidden; on each
    /// provider.
    pub(super) failing: BTreeMap<Provider, (Vec<String>, usize)>,
    /// The failures that exceptions cover, as far as they are shown.
    pub(super) excepted: Vec<Finding<'a>>,
}

/// What became of the resources of a kind in an account.
#[derive(Default)]
pub(super) struct Population<'a> {
    pub(super) tally: Tally,
    /// Of the findings that are shown.
    pub(super) shown: Tally,
    /// The resources of which something is unknown.
    pub(super) unknown: HashSet<(&'a str, Option<&'a str>)>,
}

/// The report, and what is counted once and shown in several places.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) params: &'a Params,
    pub(super) providers: Providers,
    pub(super) rows: Vec<Row<'a>>,
    /// The accounts in their order, each with what it is called, as text of the page.
    pub(super) scopes: Vec<(&'a Examined<'a>, String)>,
    /// The position of each account in that order.
    pub(super) places: HashMap<(Provider, Level, &'a str), usize>,
    pub(super) populations: Vec<BTreeMap<Kind, Population<'a>>>,
    pub(super) trend: Option<&'a Trend>,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report<'a>, params: &'a Params, providers: Providers) -> Self {
        let findings = &report.findings;
        let scopes: Vec<(&Examined<'_>, String)> =
            findings.scopes().iter().zip(labels(findings.scopes(), providers)).collect();
        let places = scopes.iter().zip(0..).map(|((of, _), place)| (of.scope().place(), place));
        let places = places.collect();
        let rows = findings.controls().iter().enumerate().map(|(place, control)| Row {
            control,
            tally: findings.tally(place),
            whole: findings.whole_tally(place),
            bearings: Vec::new(),
            failing: BTreeMap::new(),
            excepted: Vec::new(),
        });
        let rows: Vec<Row<'_>> = rows.collect();
        let populations = scopes.iter().map(|_| BTreeMap::new()).collect();
        let trend = None;
        let mut page = Self { report, params, providers, rows, scopes, places, populations, trend };
        page.fill_bearings();
        page.count();
        page
    }

    /// Records which requirements each control maps to.
    pub(super) fn fill_bearings(&mut self) {
        let by_id: HashMap<&str, usize> =
            self.rows.iter().zip(0..).map(|(row, place)| (row.control.id, place)).collect();
        for (framework, report) in self.report.frameworks.iter().enumerate() {
            for requirement in &report.requirements {
                for bearing in &requirement.controls {
                    if let Some(place) = by_id.get(bearing.control.id) {
                        let mapped = (framework, requirement.requirement, bearing.strength);
                        self.rows[*place].bearings.push(mapped);
                    }
                }
            }
        }
    }

    /// Goes over the findings.
    pub(super) fn count(&mut self) {
        let by_id: HashMap<&str, usize> =
            self.rows.iter().zip(0..).map(|(row, place)| (row.control.id, place)).collect();
        let report = self.report;
        for finding in report.findings.iter() {
            let excepted = finding.exception.is_some();
            let place = self.place(finding.scope);
            if let Some(kinds) = place.and_then(|place| self.populations.get_mut(place)) {
                let population = kinds.entry(finding.kind()).or_default();
                population.shown.add(finding.outcome, excepted);
            }
            let Some(place) = by_id.get(finding.control.id).copied() else { continue };
            match FindingStatus::of(&finding) {
                FindingStatus::Excepted => self.rows[place].excepted.push(finding),
                FindingStatus::Fail => {
                    let provider = finding.scope.provider;
                    let named = self.rows[place].failing.get(&provider);
                    if named.map_or(0, |(names, _)| names.len()) < SOME {
                        let called = self.called(&finding);
                        self.rows[place].failing.entry(provider).or_default().0.push(called);
                    }
                }
                FindingStatus::Pass | FindingStatus::NotApplicable | FindingStatus::Unknown => {}
            }
        }
        for finding in report.findings.everything() {
            let mark = FindingStatus::of(&finding);
            let place = self.place(finding.scope);
            if let Some(kinds) = place.and_then(|place| self.populations.get_mut(place)) {
                let population = kinds.entry(finding.kind()).or_default();
                population.tally.add(finding.outcome, finding.exception.is_some());
                if mark == FindingStatus::Unknown
                    && let Some(subject) = finding.subject
                {
                    population.unknown.insert((subject.id, subject.region));
                }
            }
            let Some(place) = by_id.get(finding.control.id) else { continue };
            if mark == FindingStatus::Fail {
                let failing = &mut self.rows[*place].failing;
                failing.entry(finding.scope.provider).or_default().1 += 1;
            }
        }
    }

    /// The place of an account among all; none of one that is not among them.
    pub(super) fn place(&self, scope: &Scope) -> Option<usize> {
        self.places.get(&scope.place()).copied()
    }

    /// What an account is called, as text of the page. One that is not among all is called by its number, and never by the
    /// name of another.
    pub(super) fn label(&self, scope: &Scope) -> Cow<'_, str> {
        match self.place(scope).and_then(|place| self.scopes.get(place)) {
            Some((_, label)) => Cow::Borrowed(label),
            None => Cow::Owned(name(&scope.id).to_string()),
        }
    }

    /// What the subject of a finding is called, as text of the page.
    pub(super) fn called(&self, finding: &Finding<'_>) -> String {
        match finding.subject {
            None => format!("the list of {}", finding.kind().many()),
            Some(subject) if subject.kind == Kind::Account => {
                self.label(finding.scope).into_owned()
            }
            Some(subject) if subject.name.is_empty() => name(subject.id).to_string(),
            Some(subject) => name(subject.name).to_string(),
        }
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = (&'a Scope, &str)> {
        self.scopes.iter().map(|(examined, label)| (examined.scope(), label.as_str()))
    }

    /// What became of some controls together.
    pub(super) fn sum(&self, belongs: impl Fn(&Control) -> bool) -> Tally {
        let rows = self.rows.iter().filter(|row| belongs(row.control));
        rows.fold(Tally::default(), |sum, row| sum.and(row.tally))
    }

    /// The controls that are about something that one of the accounts can hold.
    pub(super) fn judged(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.tally.total() > 0)
    }

    /// The id of a control, as a link where there is something to see.
    pub(super) fn reference(&self, row: &Row<'_>) -> String {
        let id = name(row.control.id);
        if row.tally.total() > 0 {
            format!("<a href=\"#c-{id}\"><code>{id}</code></a>")
        } else {
            format!("<code>{id}</code>")
        }
    }

    pub(super) fn framework_choice(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "<label>Framework<select name=w><option value=\"\">any")?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            write!(out, "<option value={place}>{}", titled(report.framework))?;
        }
        write!(out, "</select></label>")
    }
}

/// What each account is called, as text of the page: a subscription by its name where no other has that, everything
/// else by its number.
pub(super) fn labels(scopes: &[Examined<'_>], providers: Providers) -> Vec<String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for name in scopes.iter().filter_map(|examined| examined.scope().name.as_deref()) {
        *times.entry(name).or_default() += 1;
    }
    let label = |examined: &Examined<'_>| {
        let scope = examined.scope();
        match scope.name.as_deref() {
            Some(own) if providers(scope.provider).known_by_name && times.get(own) == Some(&1) => {
                Text(own, 60).to_string()
            }
            _ => name(&scope.id).to_string(),
        }
    };
    scopes.iter().map(label).collect()
}
