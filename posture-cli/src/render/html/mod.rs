//! The report as one page of HTML for people: for a screen, a phone and paper.
//!
//! The page asks nothing of any network, and its content security policy says so: only the style sheet and the script
//! that are in it, known by their digests, may act. What comes from a cloud is text, whatever it holds. Without the
//! script everything is there to be read; the script filters, and opens what a link leads to.

mod trend;

pub(crate) use trend::trend;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use posture_core::control::{Check, Control, Severity};
use posture_core::controls;
use posture_core::exception::{Exception, Standing, uses};
use posture_core::frameworks::{Class, Framework, Requirement, Strength};
use posture_core::gap::{Gap, GapId};
use posture_core::judge::{Examined, Finding, Outcome, Tally};
use posture_core::notes::notes;
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::record::Stand;
use posture_core::report::{Counts, FrameworkReport, Report, RequirementReport, State};
use posture_core::resource::{FactId, Kind};
use posture_core::scope::{Calls, Level, Region, Scope};
use posture_core::time::Time;
use posture_core::unread::Unread;
use posture_core::wanted::Wanted;
use sha2::{Digest, Sha256};

use super::commands;
use super::shared::judged_by;
use super::words::{by_cause, missing};
use crate::history::Trend;
use crate::report::described;
use crate::text::{NAME, hex, safe};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How much is shown of a text that is no name: a fact, an answer, an id of Azure.
const LONG: usize = 600;

/// How many resources, exceptions or commands stand for all of them where these are listed elsewhere.
const SOME: usize = 3;

/// Above so many accounts their chart is closed at first.
const MANY: usize = 20;

/// The parts of the page, each with the name by which links find it.
const PARTS: [(&str, &str); 14] = [
    ("summary", "Summary"),
    ("scope", "Scope and time"),
    ("method", "Method"),
    ("completeness", "Completeness"),
    ("results", "Coverage and results"),
    ("trend", "Trend"),
    ("findings", "Findings"),
    ("requirements", "Requirements"),
    ("not-assessed", "What was not assessed"),
    ("exceptions", "Exceptions"),
    ("evidence", "Evidence"),
    ("responsibility", "Shared responsibility"),
    ("limits", "Limits"),
    ("words", "Words"),
];

/// Writes the page. The thresholds are those that were applied; the trend is there where a history is.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    trend: Option<&Trend>,
    mut out: impl Write,
) -> io::Result<()> {
    Page { trend, ..Page::new(report, params) }.write(&mut out)
}

/// Begins a page, up to its body.
fn begin(title: &str, out: &mut impl Write) -> io::Result<()> {
    let (style, script) = (STYLE.replace("\r\n", "\n"), SCRIPT.replace("\r\n", "\n"));
    writeln!(out, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>")?;
    writeln!(
        out,
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">",
        source(&style),
        source(&script)
    )?;
    writeln!(
        out,
        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <meta name=color-scheme content=\"light dark\"><meta name=referrer content=no-referrer>\
         <meta name=robots content=noindex>"
    )?;
    writeln!(out, "<title>{title}</title>")?;
    writeln!(out, "<style>{style}</style></head><body>")
}

/// Ends a page.
fn end(out: &mut impl Write) -> io::Result<()> {
    let script = SCRIPT.replace("\r\n", "\n");
    writeln!(out, "</main><script>{script}</script></body></html>")
}

/// In this order the rows of a control stand.
const ORDER: [Stand; 5] =
    [Stand::Fail, Stand::Excepted, Stand::Unknown, Stand::Pass, Stand::NotApplicable];

/// How many requirements stood so in a run.
fn level_of(level: &posture_history::Level, state: State) -> usize {
    level.states.get(&state).copied().unwrap_or_default()
}

/// How the page shows what became of a finding.
trait Look {
    /// Its class in the page, by which the script and the style sheet know it.
    fn class(self) -> &'static str;
    /// The name of its colour.
    fn color(self) -> &'static str;
    /// The heading of its rows.
    fn heading(self) -> &'static str;
    /// The heading of the controls of which it is the worst.
    fn worst(self) -> &'static str;
}

impl Look for Stand {
    fn class(self) -> &'static str {
        match self {
            Self::Fail => "f",
            Self::Excepted => "x",
            Self::Unknown => "u",
            Self::Pass => "p",
            Self::NotApplicable => "n",
        }
    }

    fn color(self) -> &'static str {
        match self {
            Self::Fail => "unmet",
            Self::Excepted => "exc",
            Self::Unknown => "indet",
            Self::Pass => "met",
            Self::NotApplicable => "na",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Fail => "Fail",
            Self::Excepted => "Fail, with an exception",
            Self::Unknown => "Unknown",
            Self::Pass => "Pass",
            Self::NotApplicable => "Not applicable",
        }
    }

    fn worst(self) -> &'static str {
        match self {
            Self::Fail => "Controls with failures",
            Self::Excepted => "Controls that fail with an exception only",
            Self::Unknown => "Controls that could not be decided on every resource",
            Self::Pass => "Controls that pass",
            Self::NotApplicable => "Controls that found nothing to examine",
        }
    }
}

/// The worst that became of a control: a failure, what is unknown, an exception, a pass.
fn worst(tally: Tally) -> Stand {
    let order = [Stand::Fail, Stand::Unknown, Stand::Excepted, Stand::Pass];
    order.into_iter().find(|mark| tally.of(*mark) > 0).unwrap_or(Stand::NotApplicable)
}

/// The states in the order of bars and lists: what was assessed first.
const STATES: [State; 8] = [
    State::Met,
    State::PartlyEvidenced,
    State::NotMet,
    State::Excepted,
    State::Indeterminate,
    State::NotApplicable,
    State::NotAssessedNoControl,
    State::NotAssessedOrganisational,
];

fn color(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::PartlyEvidenced => "part",
        State::NotMet => "unmet",
        State::Excepted => "exc",
        State::Indeterminate => "indet",
        State::NotApplicable => "na",
        State::NotAssessedNoControl => "none",
        State::NotAssessedOrganisational => "org",
    }
}

/// What a state means.
fn meaning(state: State) -> &'static str {
    match state {
        State::Met => {
            "A control that decides the requirement passes on every resource, and no other that bears on it fails or is \
             unknown. It holds for what was audited, and for nothing else."
        }
        State::PartlyEvidenced => {
            "What was examined passes, and it is not all that the requirement asks."
        }
        State::NotMet => "A control that decides the requirement, or a part of it, fails.",
        State::Excepted => {
            "Every failure is covered by an exception. The failures are there, and somebody answers for them."
        }
        State::Indeterminate => {
            "Nothing that decides the requirement fails, and something could not be read, or something fails that only \
             supports it. It was not assessed."
        }
        State::NotApplicable => {
            "No resource exists that the requirement concerns. To have none is no pass."
        }
        State::NotAssessedNoControl => {
            "It could be answered at least in part, and no control of this run does."
        }
        State::NotAssessedOrganisational => {
            "No interface of a cloud can answer it: documents, people, contracts, physical sites."
        }
    }
}

/// Text of any origin on its way into the page, as content or inside a quoted attribute: what would not be seen is spelt
/// out, what is too long is cut, and no character ends what it stands in.
struct Text<'a>(&'a str, usize);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = safe(self.0, self.1);
        let mut rest: &str = &text;
        while let Some(place) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..place])?;
            f.write_str(match rest.as_bytes()[place] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[place + 1..];
        }
        f.write_str(rest)
    }
}

/// A text of any origin as content of another page.
pub(crate) fn text(text: &str) -> String {
    name(text).to_string()
}

/// A name, from wherever it comes.
fn name(text: &str) -> Text<'_> {
    Text(text, NAME)
}

/// A longer text, from wherever it comes.
fn long(text: &str) -> Text<'_> {
    Text(text, LONG)
}

/// A text of our own catalogues, in full; what stands between backticks is code.
struct Prose<'a>(&'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Text(self.0, usize::MAX);
        if self.0.matches('`').count() % 2 == 1 {
            return write!(f, "{whole}");
        }
        for (place, part) in self.0.split('`').enumerate() {
            let part = Text(part, usize::MAX);
            if place % 2 == 1 {
                write!(f, "<code>{part}</code>")?;
            } else {
                write!(f, "{part}")?;
            }
        }
        Ok(())
    }
}

/// A link, where it leads to a page on the web in the safe way; else its text.
struct Link<'a>(&'a str, &'a str);

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(url, words) = self;
        let plain = |c: char| c.is_ascii_graphic() && !"\"'<>`\\".contains(c);
        if url.starts_with("https://") && url.chars().all(plain) {
            let (url, words) = (Text(url, usize::MAX), long(words));
            write!(f, "<a rel=noreferrer href=\"{url}\">{words}</a>")
        } else {
            write!(f, "{}", long(words))
        }
    }
}

/// By what links find a requirement. Ids hold nothing that a link could not, but for an ampersand.
struct Anchor<'a>(&'a Framework, &'a Requirement);

impl fmt::Display for Anchor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._()".contains(c);
        let id = |text: &str| -> String {
            text.chars().map(|c| if plain(c) { c } else { '_' }).collect()
        };
        write!(f, "r-{}.{}", id(self.0.id), id(self.1.id))
    }
}

/// A bar of parts, each with its colour and its words. It is as wide as the place where it stands.
struct Bar<'a>(&'a [(usize, &'a str, &'a str)]);

impl fmt::Display for Bar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: usize = self.0.iter().map(|(count, _, _)| count).sum();
        let parts = || self.0.iter().filter(|(count, _, _)| *count > 0);
        let words: Vec<String> =
            parts().map(|(count, _, words)| format!("{count} {words}")).collect();
        let words = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
        write!(
            f,
            "<svg class=bar viewBox=\"0 0 1000 10\" preserveAspectRatio=none role=img aria-label=\"{words}\">"
        )?;
        // Two failures beside a thousand passes have to be seen.
        let share = |count: usize| (1000 * count / total).max(12);
        let whole: usize = parts().map(|(count, _, _)| share(*count)).sum();
        let mut at: usize = 0;
        for (count, color, words) in parts() {
            let from = 1000 * at / whole;
            at += share(*count);
            let width = 1000 * at / whole - from;
            write!(
                f,
                "<rect class=k-{color} x={from} width={width} height=10><title>{count} {words}</title></rect>"
            )?;
        }
        f.write_str("</svg>")
    }
}

/// A bar of what became of findings.
fn tally_bar(tally: Tally) -> String {
    let parts = ORDER.map(|mark| (tally.of(mark), mark.color(), mark.words()));
    Bar(&parts).to_string()
}

/// A tally in words.
fn tally_words(tally: Tally) -> String {
    let parts = ORDER.iter().filter(|mark| tally.of(**mark) > 0);
    let parts: Vec<String> =
        parts.map(|mark| format!("{} {}", tally.of(*mark), mark.words())).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// A bar of how much was assessed.
fn coverage_bar(counts: Counts) -> String {
    let assessed = counts.assessed();
    let parts = [
        (assessed, "seen", "assessed"),
        (counts.assessable.saturating_sub(assessed), "none", "assessable and not assessed"),
        (counts.total().saturating_sub(counts.assessable), "org", "organisational"),
    ];
    Bar(&parts).to_string()
}

/// The states of what was assessed, and how many requirements are in each.
fn assessed_states(counts: Counts) -> Vec<(usize, &'static str, &'static str)> {
    let assessed = STATES.iter().filter(|state| state.is_assessed());
    assessed.map(|state| (counts.of(*state), color(*state), state.words())).collect()
}

/// A small square in the colour of a legend.
fn square(color: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 1 1\" aria-hidden=true><rect class=k-{color} width=1 height=1></rect></svg>"
    )
}

/// Day and second. The clock of a cloud is right to no more.
fn second(time: Time) -> String {
    let text = time.to_string();
    match text.get(..19) {
        Some(head) if text.ends_with('Z') && !text.starts_with('-') => {
            format!("{} UTC", head.replace('T', " "))
        }
        _ => text,
    }
}

/// One, or several.
fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// What a provider calls a scope.
fn level(scope: &Scope) -> &'static str {
    match (scope.level, scope.provider) {
        (Level::Tenant, _) => "tenant",
        (Level::Account, Provider::Azure) => "subscription",
        (Level::Account, _) => "account",
    }
}

/// The digest of lines, as a content security policy wants it.
fn source(text: &str) -> String {
    let digest: Vec<u8> = Sha256::digest(text.as_bytes()).iter().copied().collect();
    format!("sha256-{}", STANDARD.encode(digest))
}

/// The actions that fill what is wanted, as the provider calls them.
fn actions(provider: Provider, wanted: &Wanted) -> Vec<&'static str> {
    match provider {
        Provider::Aws => {
            posture_aws::action::wanted_actions(wanted).iter().map(|action| action.name).collect()
        }
        Provider::Azure => {
            posture_azure::action::wanted_actions(wanted).iter().map(|action| action.name).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether the provider answers for a requirement, in whole or in part. The catalogues say so in their reasons; SP 800-53
/// has no reasons, and one family of it is about buildings.
fn is_inherited(framework: &Framework, requirement: &Requirement) -> bool {
    requirement.why.contains("inherited")
        || (framework.id == "nist-800-53-r5" && requirement.group == "PE")
}

/// Where a provider's own reports are, and where it says what it answers for.
fn reports_of(provider: Provider) -> &'static [(&'static str, &'static str)] {
    match provider {
        Provider::Aws => &[
            (
                "AWS Artifact: SOC 2 Type II report, ISO/IEC 27001, 27017 and 27018 certificates",
                "https://aws.amazon.com/artifact/",
            ),
            (
                "what AWS answers for",
                "https://aws.amazon.com/compliance/shared-responsibility-model/",
            ),
        ],
        Provider::Azure => &[
            (
                "Microsoft Service Trust Portal: SOC 2 Type II report, ISO/IEC 27001, 27017 and 27018 certificates",
                "https://servicetrust.microsoft.com/",
            ),
            (
                "what Microsoft answers for",
                "https://learn.microsoft.com/en-us/azure/security/fundamentals/shared-responsibility",
            ),
        ],
        _ => &[],
    }
}

/// The chapter of a requirement with those around it, as text of the page.
fn chapter(framework: &Framework, id: &str) -> String {
    let mut names = Vec::new();
    let mut at = framework.group(id);
    while let Some(group) = at {
        names.push(if group.id == group.title {
            name(group.id).to_string()
        } else {
            format!("{} {}", name(group.id), long(group.title))
        });
        at = group.parent.and_then(|parent| framework.group(parent));
    }
    names.reverse();
    names.join(" › ")
}

/// A control and what the page says of it in several places.
struct Row<'a> {
    control: &'static Control,
    tally: Tally,
    /// The requirements of the report that it bears on, each with the place of its framework.
    bearings: Vec<(usize, &'static Requirement, Strength)>,
    /// The first resources that fail, as text of the page, and how many there are, on each provider.
    failing: BTreeMap<Provider, (Vec<String>, usize)>,
    /// The failures that exceptions cover.
    excepted: Vec<Finding<'a>>,
}

/// What became of the resources of a kind in an account.
#[derive(Default)]
struct Population<'a> {
    tally: Tally,
    /// The resources of which something is unknown.
    unknown: HashSet<(&'a str, Option<&'a str>)>,
}

/// The report, and what is counted once and shown in several places.
struct Page<'a> {
    report: &'a Report<'a>,
    params: &'a Params,
    rows: Vec<Row<'a>>,
    /// The accounts in their order, each with what it is called, as text of the page.
    scopes: Vec<(&'a Examined<'a>, String)>,
    places: HashMap<*const Scope, usize>,
    populations: Vec<BTreeMap<Kind, Population<'a>>>,
    trend: Option<&'a Trend>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>, params: &'a Params) -> Self {
        let findings = &report.findings;
        let scopes: Vec<(&Examined<'_>, String)> =
            findings.scopes().iter().zip(labels(findings.scopes())).collect();
        let places =
            scopes.iter().zip(0..).map(|((of, _), place)| (std::ptr::from_ref(of.scope()), place));
        let places: HashMap<*const Scope, usize> = places.collect();
        let rows = findings.controls().iter().enumerate().map(|(place, control)| Row {
            control,
            tally: findings.tally(place),
            bearings: Vec::new(),
            failing: BTreeMap::new(),
            excepted: Vec::new(),
        });
        let rows: Vec<Row<'_>> = rows.collect();
        let populations = scopes.iter().map(|_| BTreeMap::new()).collect();
        let mut page = Self { report, params, rows, scopes, places, populations, trend: None };
        page.bear();
        page.count();
        page
    }

    /// Notes which requirements each control bears on.
    fn bear(&mut self) {
        let by_id: HashMap<&str, usize> =
            self.rows.iter().zip(0..).map(|(row, place)| (row.control.id, place)).collect();
        for (framework, report) in self.report.frameworks.iter().enumerate() {
            for requirement in &report.requirements {
                for bearing in &requirement.controls {
                    if let Some(place) = by_id.get(bearing.control.id) {
                        let bears = (framework, requirement.requirement, bearing.strength);
                        self.rows[*place].bearings.push(bears);
                    }
                }
            }
        }
    }

    /// Goes over the findings once.
    fn count(&mut self) {
        let by_id: HashMap<&str, usize> =
            self.rows.iter().zip(0..).map(|(row, place)| (row.control.id, place)).collect();
        let report = self.report;
        for finding in report.findings.iter() {
            let mark = Stand::of(&finding);
            let place = self.place(finding.scope);
            let population = self.populations[place].entry(finding.kind()).or_default();
            population.tally.add(finding.outcome, finding.exception.is_some());
            if mark == Stand::Unknown
                && let Some(subject) = finding.subject
            {
                population.unknown.insert((subject.id, subject.region));
            }
            let Some(place) = by_id.get(finding.control.id) else { continue };
            if mark == Stand::Fail {
                let provider = finding.scope.provider;
                let shown =
                    self.rows[*place].failing.get(&provider).map_or(0, |(names, _)| names.len());
                let called = (shown < SOME).then(|| self.called(&finding));
                let (names, count) = self.rows[*place].failing.entry(provider).or_default();
                names.extend(called);
                *count += 1;
            } else if mark == Stand::Excepted {
                self.rows[*place].excepted.push(finding);
            }
        }
    }

    /// The place of an account among all.
    fn place(&self, scope: &Scope) -> usize {
        self.places.get(&std::ptr::from_ref(scope)).copied().unwrap_or(0)
    }

    /// What an account is called, as text of the page.
    fn label(&self, scope: &Scope) -> &str {
        self.scopes.get(self.place(scope)).map_or("", |(_, label)| label)
    }

    /// What the subject of a finding is called, as text of the page.
    fn called(&self, finding: &Finding<'_>) -> String {
        match finding.subject {
            None => format!("the list of {}", finding.kind().many()),
            Some(subject) if subject.kind == Kind::Account => self.label(finding.scope).to_owned(),
            Some(subject) if subject.name.is_empty() => name(subject.id).to_string(),
            Some(subject) => name(subject.name).to_string(),
        }
    }

    fn scopes(&self) -> impl Iterator<Item = (&'a Scope, &str)> {
        self.scopes.iter().map(|(examined, label)| (examined.scope(), label.as_str()))
    }

    /// What became of some controls together.
    fn sum(&self, belongs: impl Fn(&Control) -> bool) -> Tally {
        let rows = self.rows.iter().filter(|row| belongs(row.control));
        rows.fold(Tally::default(), |sum, row| sum.and(row.tally))
    }

    /// The controls that are about something that one of the accounts can hold.
    fn judged(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.tally.total() > 0)
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.head(out)?;
        self.summary(out)?;
        self.scope(out)?;
        self.method(out)?;
        self.completeness(out)?;
        self.results(out)?;
        if let Some(trend) = self.trend {
            trend::section(trend, out)?;
        }
        self.findings(out)?;
        self.requirements(out)?;
        self.not_assessed(out)?;
        self.exceptions(out)?;
        self.evidence(out)?;
        self.responsibility(out)?;
        limits(out)?;
        words(out)?;
        end(out)
    }

    fn head(&self, out: &mut impl Write) -> io::Result<()> {
        let header = self.report.findings.header();
        let title = self.title();
        begin(&format!("Cloud posture report: {}", title.join(", ")), out)?;
        writeln!(out, "<header><p class=kind>Cloud posture report</p><h1>")?;
        for line in &title {
            writeln!(out, "<span>{line}</span>")?;
        }
        writeln!(
            out,
            "</h1><p class=\"lead soft\">As the configuration stood between {} and {}. A report on one moment, not on a \
             period of time.</p>",
            second(header.started),
            second(header.finished)
        )?;
        if header.partial {
            writeln!(
                out,
                "<p class=warn><b>The audit was stopped before its end.</b> What had not been read by then is unknown, \
                 and nothing was concluded from it.</p>"
            )?;
        }
        write!(out, "</header><nav aria-label=Contents><ol>")?;
        for (id, title) in PARTS.iter().filter(|(id, _)| *id != "trend" || self.trend.is_some()) {
            write!(out, "<li><a href=\"#{id}\">{title}</a>")?;
        }
        writeln!(out, "</ol></nav><main>")
    }

    /// What was audited, in a few words each.
    fn title(&self) -> Vec<String> {
        let mut kinds: Vec<(Provider, Level, Vec<&Scope>)> = Vec::new();
        for (scope, _) in self.scopes() {
            match kinds.iter_mut().find(|(p, l, _)| (*p, *l) == (scope.provider, scope.level)) {
                Some((_, _, scopes)) => scopes.push(scope),
                None => kinds.push((scope.provider, scope.level, vec![scope])),
            }
        }
        let title = kinds.iter().map(|(provider, _, scopes)| match scopes.as_slice() {
            [one] => format!("{provider} {} {}", level(one), name(&one.id)),
            several => {
                let word = several.first().map_or("", |scope| level(scope));
                format!("{} {provider} {word}s", several.len())
            }
        });
        title.collect()
    }

    fn summary(&self, out: &mut impl Write) -> io::Result<()> {
        part("summary", out)?;
        let total = self.sum(|_| true);
        write!(out, "<ul class=tiles>")?;
        for mark in ORDER {
            let words = match mark {
                Stand::Fail => "failures",
                Stand::Excepted => "excepted failures",
                Stand::Unknown => "unknown",
                Stand::Pass => "passes",
                Stand::NotApplicable => "not applicable",
            };
            write!(out, "<li class={}><b>{}</b>{words}", mark.class(), total.of(mark))?;
        }
        writeln!(out, "</ul>")?;
        let of = |mark: Stand| self.judged().filter(|row| worst(row.tally) == mark).count();
        let by_severity: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .map(|severity| {
                let fails =
                    |row: &&Row<'_>| row.control.severity == *severity && row.tally.fail > 0;
                (self.rows.iter().filter(fails).count(), severity)
            })
            .filter(|(count, _)| *count > 0)
            .map(|(count, severity)| format!("{count} {severity}"))
            .collect();
        let by_severity = if by_severity.is_empty() {
            String::new()
        } else {
            format!(" ({})", by_severity.join(", "))
        };
        writeln!(
            out,
            "<p>{}: one for each control and each resource that it examines. Of {} that were judged, {} with \
             failures{by_severity}, {} could not be decided on every resource, {} with exceptions only, {} without a \
             failure, {} found nothing to examine.</p>",
            plural(total.total(), "finding", "findings"),
            plural(self.judged().count(), "control", "controls"),
            of(Stand::Fail),
            of(Stand::Unknown),
            of(Stand::Excepted),
            of(Stand::Pass),
            of(Stand::NotApplicable)
        )?;
        let gaps: usize = self.scopes().map(|(scope, _)| scope.real_gaps().count()).sum();
        writeln!(
            out,
            "<p>Unknown is neither a pass nor a failure. {} named under <a href=\"#completeness\">Completeness</a>.</p>",
            if gaps == 1 {
                "One thing could not be read; it is".to_owned()
            } else {
                format!("{gaps} things could not be read; they are")
            }
        )?;
        if !self.report.frameworks.is_empty() {
            writeln!(
                out,
                "<h3>Coverage and result of each framework</h3><p>Two numbers, and never one. Coverage says how much was \
                 looked at. The result says how that came out; what was not assessed has no part in it.</p><ul class=cards>"
            )?;
            for report in &self.report.frameworks {
                card(report, out)?;
            }
            writeln!(out, "</ul>")?;
        }
        self.charts(out)?;
        writeln!(out, "</section>")
    }

    fn charts(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "<h3>Findings by outcome</h3><ul class=legend>")?;
        for mark in ORDER {
            write!(out, "<li>{}{}", square(mark.color()), mark.words())?;
        }
        writeln!(out, "</ul><div class=charts>")?;
        let by_severity = Severity::ALL.iter().rev().map(|severity| {
            (severity.to_string(), self.sum(|control| control.severity == *severity))
        });
        chart("By severity of the control", by_severity, out)?;
        let areas: BTreeSet<&str> = self.judged().map(|row| row.control.area()).collect();
        let by_area = areas
            .iter()
            .map(|area| ((*area).to_owned(), self.sum(|control| control.area() == *area)));
        chart("By area", by_area, out)?;
        writeln!(out, "</div>")?;
        if self.scopes.len() > 1 {
            let many = self.scopes.len() > MANY;
            if many {
                write!(out, "<details><summary>By account</summary><div>")?;
            }
            let by_account = self.scopes().zip(&self.populations).map(|((scope, label), kinds)| {
                let sum = kinds.values().fold(Tally::default(), |sum, kind| sum.and(kind.tally));
                (format!("{} {} {label}", scope.provider, level(scope)), sum)
            });
            chart("By account", by_account, out)?;
            if many {
                write!(out, "</div></details>")?;
            }
        }
        Ok(())
    }

    fn scope(&self, out: &mut impl Write) -> io::Result<()> {
        part("scope", out)?;
        writeln!(
            out,
            "<p>What is named here was looked at, and nothing else. Of accounts, regions and services that are not named \
             this report says nothing.</p>\
             <div class=wide tabindex=0 role=region aria-label=Accounts><table class=\"stack accounts\"><thead><tr><th>Account<th>Name<th>Partition<th>Read as\
             <th>Read from<th>Read until</thead><tbody>"
        )?;
        for (scope, _) in self.scopes() {
            write!(
                out,
                "<tr><td><b>{} {}</b> <span class=id>{}</span><td>{}<td data-l=\"Partition:\">{}<td data-l=\"Read as:\">\
                 <code>{}</code><td data-l=\"Read from:\">{}<td data-l=\"Read until:\">{}",
                scope.provider,
                level(scope),
                name(&scope.id),
                name(scope.name.as_deref().unwrap_or_default()),
                name(&scope.partition),
                name(scope.identity.as_deref().unwrap_or("not known")),
                second(scope.started),
                second(scope.finished)
            )?;
            if let Some(gap) = scope.time_unknown.and_then(|gap| scope.gap(gap)) {
                let why = gap.detail.as_deref().unwrap_or(gap.reason.words());
                write!(
                    out,
                    "<small>These times are those of the machine that read, and no age is known: {}.</small>",
                    name(why)
                )?;
            }
            if let Some(ahead) = scope.clock_ahead_seconds {
                let side = if ahead > 0 { "ahead of" } else { "behind" };
                write!(
                    out,
                    "<small>The clock of the machine that read was {} s {side} the provider's; these times are the \
                     provider's.</small>",
                    ahead.unsigned_abs()
                )?;
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "</tbody></table></div><p>Times are in UTC. Everything of an account was read between its two times; no \
             statement is made on any other time.</p>"
        )?;
        self.regions(out)?;
        self.examined(out)?;
        writeln!(out, "</section>")
    }

    fn regions(&self, out: &mut impl Write) -> io::Result<()> {
        let names = |scope: &Scope, wanted: fn(&Region) -> bool| {
            let names = scope.regions.iter().filter(|region| wanted(region));
            let names: Vec<String> =
                names.map(|region| Text(&region.name, 60).to_string()).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        writeln!(
            out,
            "<h3>Regions</h3><div class=wide tabindex=0 role=region aria-label=Regions><table class=\"stack regions\"><thead><tr><th>Account<th>Read\
             <th>Left out by request<th>Not enabled, so that nothing is there</thead><tbody>"
        )?;
        for (scope, label) in self.scopes() {
            write!(out, "<tr><td><b>{} {label}</b>", scope.provider)?;
            if scope.regions.is_empty() {
                writeln!(
                    out,
                    "<td data-l=\"Read:\">all: its interfaces do not ask by region<td><td>"
                )?;
                continue;
            }
            writeln!(
                out,
                "<td data-l=\"Read:\">{}<td data-l=\"Left out by request:\">{}<td data-l=\"Not enabled:\">{}",
                names(scope, |region| region.enabled && !region.excluded),
                names(scope, |region| region.enabled && region.excluded),
                names(scope, |region| !region.enabled)
            )?;
        }
        writeln!(out, "</tbody></table></div>")
    }

    /// What kinds of resource were examined, and which controls were left out.
    fn examined(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "<h3>What was examined</h3><dl class=kv>")?;
        for provider in self.report.findings.providers() {
            let kinds: BTreeSet<Kind> = self
                .rows
                .iter()
                .filter(|row| row.control.judges(provider))
                .map(|row| row.control.test.check.kind())
                .collect();
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.many()).collect();
            writeln!(out, "<dt>On {provider}<dd>{}", kinds.join(", "))?;
        }
        let own =
            self.rows.iter().filter(|row| matches!(row.control.test.check, Check::Rule(_))).count();
        write!(
            out,
            "<dt>Controls<dd>{} of the {} that this version knows were selected",
            self.rows.len() - own,
            controls::ALL.len()
        )?;
        match own {
            0 => writeln!(out)?,
            1 => writeln!(out, ", and one from a file")?,
            many => writeln!(out, ", and {many} from files")?,
        }
        let known = self.rows.iter().map(|row| row.control.id);
        let known: HashSet<&str> = known.collect();
        let left: Vec<&str> = controls::ALL
            .iter()
            .map(|control| control.id)
            .filter(|id| !known.contains(id))
            .collect();
        if !left.is_empty() {
            writeln!(out, "<dt>Left out by request<dd>{}", codes(&left))?;
        }
        let elsewhere = self.rows.iter().filter(|row| row.tally.total() == 0);
        let elsewhere: Vec<&str> = elsewhere.map(|row| row.control.id).collect();
        if !elsewhere.is_empty() {
            writeln!(
                out,
                "<dt>Of no account here<dd>These controls are about something that none of the audited accounts can \
                 hold: {}",
                codes(&elsewhere)
            )?;
        }
        writeln!(
            out,
            "</dl><p>Other services of the providers, and resources of other kinds, were not looked at.</p>"
        )
    }

    fn method(&self, out: &mut impl Write) -> io::Result<()> {
        part("method", out)?;
        writeln!(
            out,
            "<p>Configuration was read through the interfaces of the providers, by actions that can only read, and judged \
             by rules. In the words of NIST SP 800-53A, this is <em>examine</em> and, of settings, <em>test</em>; nobody \
             was interviewed. Each control examines every resource of its kind: there are no samples.</p>\
             <p>As whom each account was read stands under <a href=\"#scope\">Scope</a>. What that identity may do was \
             seen in what it was refused: every action that was called, and every refusal, stands under <a \
             href=\"#completeness\">Completeness</a>. <code>posture permissions</code> prints the least that is needed.</p>\
             <dl class=kv>"
        )?;
        let header = self.report.findings.header();
        writeln!(
            out,
            "<dt>Collected by<dd>posture {}<dt>Judged by<dd>posture {}<dt>Controls<dd>{}, with their thresholds \
             <span class=id>sha256 {}</span>",
            name(&header.tool),
            env!("CARGO_PKG_VERSION"),
            self.rows.len(),
            self.digest_of_controls()
        )?;
        for report in &self.report.frameworks {
            let framework = report.framework;
            writeln!(
                out,
                "<dt>{}<dd>{}, {} ({}) <span class=id>sha256 {}</span>",
                name(framework.id),
                titled(framework),
                plural(framework.requirements.len(), "requirement", "requirements"),
                long(framework.source),
                digest_of_framework(framework)
            )?;
        }
        writeln!(
            out,
            "</dl><p>The digests are of the catalogues as they were applied: two reports with equal digests were judged \
             by the same lists.</p>"
        )?;
        self.thresholds(out)?;
        writeln!(out, "</section>")
    }

    fn thresholds(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.iter().all(|row| row.control.test.params.is_empty()) {
            return Ok(());
        }
        writeln!(
            out,
            "<h3>Thresholds</h3><table class=\"stack thresholds\"><thead><tr><th>Control<th>Threshold<th>As applied\
             </thead><tbody>"
        )?;
        for row in &self.rows {
            let applied = self.params.in_force(row.control);
            for param in row.control.test.params {
                let Some(value) = applied.get(param.name()) else { continue };
                let shown = |text: String| if text.is_empty() { "none".to_owned() } else { text };
                let changed = if *value == param.default() {
                    String::new()
                } else {
                    format!(
                        "<small>in place of {}</small>",
                        long(&shown(param.default().to_string()))
                    )
                };
                writeln!(
                    out,
                    "<tr><td>{}<td><b>{}</b> <small>{}</small><td>{}{changed}",
                    self.reference(row),
                    name(param.name()),
                    Prose(param.doc()),
                    long(&shown(value.to_string()))
                )?;
            }
        }
        writeln!(out, "</tbody></table>")
    }

    /// The id of a control, as a link where there is something to see.
    fn reference(&self, row: &Row<'_>) -> String {
        let id = name(row.control.id);
        if row.tally.total() > 0 {
            format!("<a href=\"#c-{id}\"><code>{id}</code></a>")
        } else {
            format!("<code>{id}</code>")
        }
    }

    fn digest_of_controls(&self) -> String {
        let mut hash = Sha256::new();
        for row in &self.rows {
            let Control { id, title, severity, .. } = row.control;
            hash.update(format!("{id}\t{title}\t{severity}"));
            for (name, value) in self.params.in_force(row.control) {
                hash.update(format!("\t{name}={value}"));
            }
            hash.update("\n");
        }
        hex(hash)
    }

    fn completeness(&self, out: &mut impl Write) -> io::Result<()> {
        part("completeness", out)?;
        writeln!(
            out,
            "<p>A list is complete where every page of it was read in every region that was reached. Nothing is concluded \
             from a list that is not, and no requirement that rests on something unread counts as met.</p>"
        )?;
        self.unread(out)?;
        self.undecided(out)?;
        self.population(out)?;
        writeln!(out, "</section>")
    }

    /// What could not be read: by cause, and then each gap in full.
    fn unread(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "<h3>What could not be read</h3>")?;
        let mut rows: Vec<(&str, Vec<Kind>, Unread)> = Vec::new();
        for (examined, label) in &self.scopes {
            let found = by_cause(examined).into_iter();
            rows.extend(found.map(|(kinds, row)| (label.as_str(), kinds, row)));
        }
        let gaps: usize = self.scopes().map(|(scope, _)| scope.real_gaps().count()).sum();
        if rows.is_empty() && gaps == 0 {
            return writeln!(out, "<p>Everything that was asked for was read.</p>");
        }
        if !rows.is_empty() {
            writeln!(
                out,
                "<div class=wide tabindex=0 role=region aria-label=\"What could not be read\"><table class=\"stack unread\"><thead><tr><th>What<th>Account<th>Action<th>Why\
                 <th>For example</thead><tbody>"
            )?;
        }
        for (label, kinds, row) in &rows {
            let what = missing(kinds, row, "the account itself", "the list");
            let regions: Vec<String> =
                row.regions.iter().map(|region| Text(region, 60).to_string()).collect();
            let regions = if regions.is_empty() {
                String::new()
            } else {
                format!("<small>in {}</small>", regions.join(", "))
            };
            writeln!(
                out,
                "<tr><td><b>{what}</b><td>{label}<td data-l=\"Action:\">{}<td data-l=\"Why:\">{}{regions}<td>{}",
                name(&row.action),
                row.reason,
                long(row.detail.as_deref().unwrap_or_default())
            )?;
        }
        if !rows.is_empty() {
            writeln!(out, "</tbody></table></div>")?;
        }
        for (scope, label) in self.scopes() {
            let count = scope.real_gaps().count();
            if count == 0 {
                continue;
            }
            writeln!(
                out,
                "<details><summary>{} {label}: {}</summary><div><table class=\"stack gaps\"><thead>\
                 <tr><th>Action<th>Of what<th>Why<th>What the provider said</thead><tbody>",
                scope.provider,
                plural(count, "gap, in full", "gaps, each in full")
            )?;
            for gap in scope.real_gaps() {
                full_gap(gap, out)?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        Ok(())
    }

    /// What nobody would notice among passes and failures.
    fn undecided(&self, out: &mut impl Write) -> io::Result<()> {
        let notes = notes(self.report);
        writeln!(out, "<h3>What was not decided</h3>")?;
        if notes.idle_controls.is_empty()
            && notes.unread_facts.is_empty()
            && notes.idle_requirements.is_empty()
        {
            return writeln!(
                out,
                "<p>Every control found something to examine, and every fact that they read is known of some resource.</p>"
            );
        }
        writeln!(out, "<dl class=kv>")?;
        for provider in self.report.findings.providers() {
            let idle = notes.idle_controls.iter().filter(|(of, _)| *of == provider);
            let idle: Vec<&str> = idle.map(|(_, control)| control.id).collect();
            if !idle.is_empty() {
                writeln!(
                    out,
                    "<dt>Nothing to examine on {provider}<dd>{}: {}",
                    plural(idle.len(), "control", "controls"),
                    codes(&idle)
                )?;
            }
            let unread = notes.unread_facts.iter().filter(|(of, _)| *of == provider);
            let unread: Vec<String> = unread.map(|(_, fact)| fact.to_string()).collect();
            if !unread.is_empty() {
                let unread: Vec<&str> = unread.iter().map(String::as_str).collect();
                writeln!(
                    out,
                    "<dt>Known of no resource on {provider}<dd>{}: {}",
                    plural(unread.len(), "fact", "facts"),
                    codes(&unread)
                )?;
            }
        }
        for report in &self.report.frameworks {
            let idle = notes.idle_requirements.iter();
            let idle = idle.filter(|(of, _)| std::ptr::eq(*of, report.framework));
            let idle: Vec<String> = idle
                .map(|(of, requirement)| {
                    format!("<a href=\"#{}\">{}</a>", Anchor(of, requirement), name(requirement.id))
                })
                .collect();
            if !idle.is_empty() {
                writeln!(
                    out,
                    "<dt>{}<dd>{} on which controls bear, and none decided anything: {}",
                    name(report.framework.id),
                    plural(idle.len(), "requirement", "requirements"),
                    idle.join(", ")
                )?;
            }
        }
        writeln!(out, "</dl>")
    }

    /// What was counted in each account, and what was called.
    fn population(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "<h3>Population and calls</h3><p>Of each account: how many resources were listed, whether the list is \
             complete, how many of them controls examined, and of how many something stayed unknown; then every action \
             that was called.</p>"
        )?;
        for ((examined, label), kinds) in self.scopes.iter().zip(&self.populations) {
            let scope = examined.scope();
            let held = || {
                Kind::ALL
                    .iter()
                    .copied()
                    .filter(move |kind| *kind != Kind::Account && scope.holds(*kind))
            };
            let asked = |kind: Kind| !unasked(scope, kind);
            let listed: usize = held().map(|kind| examined.population(kind)).sum();
            let sum = scope.calls.values().fold(Calls::default(), |sum, calls| Calls {
                operations: sum.operations + calls.operations,
                attempts: sum.attempts + calls.attempts,
                throttled: sum.throttled + calls.throttled,
            });
            writeln!(
                out,
                "<details><summary>{} {} {label}: {}, {} calls in {} attempts</summary><div><table class=\"stack population\"><thead>\
                 <tr><th>Kind<th>List<th class=num>Listed<th class=num>Examined<th class=num>Not examined\
                 <th class=num>Something unknown<th>Findings</thead><tbody>",
                scope.provider,
                level(scope),
                plural(listed, "resource", "resources"),
                sum.operations,
                sum.attempts
            )?;
            for kind in held().filter(|kind| asked(*kind)) {
                let listed = examined.population(kind);
                let found = kinds.get(&kind);
                let tally = found.map(|found| found.tally).unwrap_or_default();
                let seen = if tally.total() > 0 { listed } else { 0 };
                writeln!(
                    out,
                    "<tr><td><b>{}</b><td>{}<td class=num data-l=\"Listed:\">{listed}<td class=num data-l=\"Examined:\">\
                     {seen}<td class=num data-l=\"Not examined:\">{}<td class=num data-l=\"Something unknown:\">{}\
                     <td data-l=\"Findings:\">{}",
                    kind.many(),
                    list_state(scope, kind),
                    listed - seen,
                    found.map_or(0, |found| found.unknown.len()),
                    tally_words(tally)
                )?;
            }
            writeln!(out, "</tbody></table>")?;
            let never: Vec<&str> =
                held().filter(|kind| !asked(*kind)).map(|kind| kind.many()).collect();
            if !never.is_empty() {
                writeln!(
                    out,
                    "<p>Not asked for, since no selected control reads them there: {}.</p>",
                    never.join(", ")
                )?;
            }
            let mut refused: HashMap<&str, usize> = HashMap::new();
            for gap in scope.real_gaps() {
                *refused.entry(&gap.action).or_default() += 1;
            }
            writeln!(
                out,
                "<table class=\"stack calls\"><thead><tr><th>Action<th class=num>Calls<th class=num>Attempts\
                 <th class=num>Throttled<th class=num>Gaps</thead><tbody>"
            )?;
            for (action, calls) in &scope.calls {
                writeln!(
                    out,
                    "<tr><td><code>{}</code><td class=num data-l=\"Calls:\">{}<td class=num data-l=\"Attempts:\">{}\
                     <td class=num data-l=\"Throttled:\">{}<td class=num data-l=\"Gaps:\">{}",
                    name(action),
                    calls.operations,
                    calls.attempts,
                    calls.throttled,
                    refused.get(action.as_str()).copied().unwrap_or(0)
                )?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        Ok(())
    }

    fn results(&self, out: &mut impl Write) -> io::Result<()> {
        part("results", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        write!(
            out,
            "<p>Coverage is how many requirements were assessed, of those that a cloud's interfaces can answer at least in \
             part, and of all. The result is how those came out that were assessed. Neither says anything of what was not \
             assessed; <a href=\"#not-assessed\">that is listed in full</a>.</p><ul class=legend>\
             <li>{}assessed<li>{}assessable and not assessed<li>{}organisational</ul><ul class=legend>",
            square("seen"),
            square("none"),
            square("org")
        )?;
        for state in STATES.iter().filter(|state| state.is_assessed()) {
            write!(out, "<li>{}{state}", square(color(*state)))?;
        }
        writeln!(out, "</ul>")?;
        for report in &self.report.frameworks {
            framework(report, out)?;
        }
        writeln!(out, "</section>")
    }

    fn findings(&self, out: &mut impl Write) -> io::Result<()> {
        part("findings", out)?;
        self.finding_filter(out)?;
        for mark in
            [Stand::Fail, Stand::Unknown, Stand::Excepted, Stand::Pass, Stand::NotApplicable]
        {
            let is = |row: &Row<'_>| row.tally.total() > 0 && worst(row.tally) == mark;
            let count = self.rows.iter().filter(|row| is(row)).count();
            if count == 0 {
                continue;
            }
            writeln!(out, "<div data-group><h3>{} ({count})</h3>", mark.worst())?;
            for severity in Severity::ALL.iter().rev() {
                for (place, row) in self.rows.iter().enumerate() {
                    if row.control.severity == *severity && is(row) {
                        self.control(place, row, out)?;
                    }
                }
            }
            writeln!(out, "</div>")?;
        }
        writeln!(out, "</section>")
    }

    fn finding_filter(&self, out: &mut impl Write) -> io::Result<()> {
        write!(
            out,
            "<form class=filter id=filter-findings hidden autocomplete=off><fieldset><legend>Outcome</legend>"
        )?;
        for mark in ORDER {
            let (value, words) = (mark.class(), mark.words());
            write!(
                out,
                "<label><input type=checkbox name=o value={value} checked> {words}</label>"
            )?;
        }
        write!(out, "</fieldset><fieldset><legend>Severity</legend>")?;
        for severity in Severity::ALL.iter().rev() {
            write!(
                out,
                "<label><input type=checkbox name=v value={severity} checked> {severity}</label>"
            )?;
        }
        write!(out, "</fieldset><label>Provider<select name=p><option value=\"\">any")?;
        for provider in self.report.findings.providers() {
            write!(out, "<option value={}>{provider}", provider.id())?;
        }
        write!(out, "</select></label><label>Account<select name=s><option value=\"\">any")?;
        for (place, (scope, label)) in self.scopes().enumerate() {
            write!(out, "<option value={place} data-p={}>{label}", scope.provider.id())?;
        }
        write!(out, "</select></label>")?;
        self.framework_choice(out)?;
        writeln!(
            out,
            "<label>Text<input type=search name=q placeholder=\"name, id, control, evidence\"></label><div class=do>\
             <button type=button data-do=open>Open all shown</button><button type=button data-do=close>Close all</button>\
             <button type=reset>Clear</button><output></output></div></form>\
             <p class=\"warn only\" id=filtered-findings hidden></p>"
        )
    }

    fn framework_choice(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "<label>Framework<select name=w><option value=\"\">any")?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            write!(out, "<option value={place}>{}", titled(report.framework))?;
        }
        write!(out, "</select></label>")
    }

    /// A control with all that became of it.
    fn control(&self, place: usize, row: &Row<'_>, out: &mut impl Write) -> io::Result<()> {
        let control = row.control;
        let of: BTreeSet<usize> = row.bearings.iter().map(|(framework, _, _)| *framework).collect();
        let of: Vec<String> = of.iter().map(usize::to_string).collect();
        let (id, severity) = (name(control.id), control.severity);
        writeln!(
            out,
            "<details class=c id=\"c-{id}\" data-v={severity} data-w=\"{}\"><summary><span class=\"sev {severity}\">\
             {severity}</span><span class=name>{} <span class=id>{id}</span></span><span class=tally>{}{}</span></summary>\
             <div><p>{}</p>",
            of.join(" "),
            Prose(control.title),
            tally_words(row.tally),
            tally_bar(row.tally),
            Prose(control.rationale)
        )?;
        writeln!(
            out,
            "<table class=\"rows stack\"><thead><tr><th>Resource<th>Account, region<th>Evidence or reason<th>Finding</thead>"
        )?;
        let findings: Vec<(Stand, Finding<'_>)> = self
            .report
            .findings
            .of_control(place)
            .map(|finding| (Stand::of(&finding), finding))
            .collect();
        for mark in ORDER {
            let count = row.tally.of(mark);
            if count == 0 {
                continue;
            }
            let (class, heading) = (mark.class(), mark.heading());
            writeln!(out, "<tbody class={class}><tr><th colspan=4>{heading}: {count}</th></tr>")?;
            for (_, finding) in findings.iter().filter(|(of, _)| *of == mark) {
                self.finding(finding, out)?;
            }
            write!(out, "</tbody>")?;
        }
        writeln!(out, "</table>")?;
        self.remedies(place, control, out)?;
        self.about(row, &findings, out)?;
        writeln!(out, "</div></details>")
    }

    fn finding(&self, finding: &Finding<'_>, out: &mut impl Write) -> io::Result<()> {
        let id = finding.id();
        write!(out, "<tr data-s={}", self.place(finding.scope))?;
        // A list that misses several parts gives several findings of one id.
        if finding.subject.is_some() {
            write!(out, " id={id}")?;
        }
        write!(out, "><td>{}", self.called(finding))?;
        if let Some(subject) = finding.subject
            && subject.id != subject.name
            && !subject.name.is_empty()
        {
            write!(out, "<span class=id>{}</span>", long(subject.id))?;
        }
        write!(out, "<td>{}", self.label(finding.scope))?;
        if let Some(region) = finding.subject.and_then(|subject| subject.region) {
            write!(out, "<small>{}</small>", name(region))?;
        }
        write!(out, "<td>")?;
        match finding.outcome {
            Outcome::Pass => {}
            Outcome::NotApplicable(why) => write!(out, "{}", Prose(why))?,
            Outcome::Fail(evidence) => {
                for evidence in evidence.iter() {
                    write!(
                        out,
                        "<div><i>{}:</i> {}<small>expected: {}</small></div>",
                        name(evidence.fact),
                        long(&evidence.found),
                        long(&evidence.expected)
                    )?;
                }
            }
            Outcome::Unknown(_) => {
                if let Some(gap) = finding.gap() {
                    short_gap(gap, out)?;
                }
            }
        }
        if let Some(exception) = finding.exception {
            write!(out, "<div>{}</div>", accepted(exception))?;
        }
        writeln!(out, "<td>{id}")
    }

    /// What to do, on each provider where there is something to be done.
    fn remedies(&self, place: usize, control: &Control, out: &mut impl Write) -> io::Result<()> {
        let findings = &self.report.findings;
        for provider in findings.providers() {
            let tally = findings.tally_on(place, provider);
            let Some(remedy) = control.remedy(provider) else { continue };
            if tally.fail + tally.unknown + tally.excepted == 0 {
                continue;
            }
            writeln!(
                out,
                "<h4>Remedy on {provider}</h4><dl class=kv><dt>What to do<dd>{}<dt>Console<dd>{}<dt>Command<dd><pre>{}\
                 </pre></dl>",
                Prose(remedy.text),
                Prose(remedy.console),
                Text(remedy.command, usize::MAX)
            )?;
        }
        Ok(())
    }

    /// What a control rests on: requirements, thresholds, facts, calls, references.
    fn about(
        &self,
        row: &Row<'_>,
        findings: &[(Stand, Finding<'_>)],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let control = row.control;
        writeln!(out, "<h4>About this control</h4><dl class=kv>")?;
        if !row.bearings.is_empty() {
            let bearings = row.bearings.iter().filter_map(|(place, requirement, strength)| {
                let framework = self.report.frameworks.get(*place)?.framework;
                let anchor = Anchor(framework, requirement);
                let (of, id) = (name(framework.id), name(requirement.id));
                Some(format!("<a href=\"#{anchor}\">{of} {id}</a> ({strength})"))
            });
            let bearings: Vec<String> = bearings.collect();
            writeln!(out, "<dt>Bears on<dd>{}", bearings.join(", "))?;
        }
        if let Check::Rule(rule) = control.test.check {
            writeln!(out, "<dt>Rule, from a file<dd>{}", long(rule.source()))?;
        }
        for (threshold, value) in self.params.in_force(control) {
            let value = value.to_string();
            let value = if value.is_empty() { "none" } else { value.as_str() };
            writeln!(out, "<dt>Threshold<dd>{}: {}", name(threshold), long(value))?;
        }
        if !control.test.reads.is_empty() {
            write!(out, "<dt>Reads<dd><ul>")?;
            for fact in control.test.reads {
                write!(out, "<li><code>{fact}</code> {}", Prose(doc(*fact)))?;
            }
            writeln!(out, "</ul>")?;
        }
        for provider in self.report.findings.providers().filter(|of| control.judges(*of)) {
            let actions = actions(provider, &Wanted::by(&[control], provider));
            if !actions.is_empty() {
                writeln!(out, "<dt>Read on {provider} by<dd>{}", codes(&actions))?;
            }
        }
        let failing = findings.iter().filter(|(mark, _)| *mark == Stand::Fail).take(SOME);
        let mut shown: Vec<String> = Vec::new();
        for (_, finding) in failing {
            for (fact, subject) in finding.facts() {
                for command in commands(finding.scope.provider, fact, &subject) {
                    if shown.len() < SOME && !shown.contains(&command) {
                        shown.push(command);
                    }
                }
            }
        }
        if !shown.is_empty() {
            write!(out, "<dt>To look again<dd>")?;
            for command in &shown {
                write!(out, "<pre>{}</pre>", long(command))?;
            }
            writeln!(out)?;
        }
        if !control.references.is_empty() {
            write!(out, "<dt>References<dd><ul>")?;
            for reference in control.references {
                write!(out, "<li>{}", Link(reference, reference))?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</dl>")
    }

    fn requirements(&self, out: &mut impl Write) -> io::Result<()> {
        part("requirements", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        writeln!(
            out,
            "<p>Each requirement on which a control of this run says something, in the order of its framework; the others \
             stand under <a href=\"#not-assessed\">What was not assessed</a>.</p>"
        )?;
        write!(
            out,
            "<form class=filter id=filter-requirements hidden autocomplete=off><fieldset><legend>State</legend>"
        )?;
        for state in STATES {
            write!(
                out,
                "<label><input type=checkbox name=k value={} checked> {state}</label>",
                color(state)
            )?;
        }
        write!(out, "</fieldset>")?;
        self.framework_choice(out)?;
        writeln!(
            out,
            "<label>Text<input type=search name=q placeholder=\"id, words, control\"></label><div class=do>\
             <button type=reset>Clear</button><output></output></div></form>\
             <p class=\"warn only\" id=filtered-requirements hidden></p>"
        )?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            writeln!(out, "<section data-f={place}><h3>{}</h3>", titled(report.framework))?;
            let mut last = None;
            for row in report.requirements.iter().filter(|row| is_examined(row.state)) {
                if last != Some(row.requirement.group) {
                    if last.is_some() {
                        write!(out, "</div>")?;
                    }
                    last = Some(row.requirement.group);
                    let chapter = chapter(report.framework, row.requirement.group);
                    writeln!(out, "<div data-chapter><h4>{chapter}</h4>")?;
                }
                self.requirement(report, row, out)?;
            }
            if last.is_some() {
                write!(out, "</div>")?;
            } else {
                writeln!(out, "<p>None.</p>")?;
            }
            writeln!(out, "</section>")?;
        }
        writeln!(out, "</section>")
    }

    fn requirement(
        &self,
        report: &FrameworkReport,
        row: &RequirementReport,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let RequirementReport { requirement, state, on, controls } = row;
        let (anchor, color) = (Anchor(report.framework, requirement), color(*state));
        writeln!(
            out,
            "<details class=r data-k={color} id=\"{anchor}\"><summary><code>{}</code><span class=name>{}</span>\
             <span class=\"st k-{color}\">{state}</span></summary><div><dl class=kv>",
            name(requirement.id),
            Prose(requirement.title)
        )?;
        writeln!(out, "<dt>State<dd>{}", meaning(*state))?;
        if let Some(class) = requirement.class {
            writeln!(out, "<dt>Class<dd>{class}: {}", Prose(requirement.why))?;
        }
        if !requirement.note.is_empty() {
            writeln!(out, "<dt>Note<dd>{}", Prose(requirement.note))?;
        }
        if !requirement.elsewhere.is_empty() {
            let ids = requirement.elsewhere.iter();
            let ids: Vec<String> =
                ids.map(|(version, id)| format!("{} in {}", name(id), name(version))).collect();
            writeln!(out, "<dt>Elsewhere<dd>{}", ids.join(", "))?;
        }
        if on.len() > 1 {
            let each = report.providers.iter().zip(on);
            let each: Vec<String> =
                each.map(|(provider, state)| format!("{provider}: {state}")).collect();
            writeln!(out, "<dt>By provider<dd>{}", each.join("; "))?;
        }
        writeln!(
            out,
            "</dl><table class=\"stack bearings\"><thead><tr><th>Control<th>Bears on it<th>Findings<th>Failing resources\
             </thead><tbody>"
        )?;
        let mut excepted: Vec<&Finding<'_>> = Vec::new();
        for bearing in controls {
            let found = self.rows.iter().find(|row| row.control.id == bearing.control.id);
            let Some(found) = found else { continue };
            let mut names: Vec<String> = Vec::new();
            let mut count: usize = 0;
            for provider in &report.providers {
                if let Some((first, all)) = found.failing.get(provider) {
                    let spans = first.iter().map(|name| format!("<span class=name>{name}</span>"));
                    names.extend(spans);
                    count += *all;
                }
            }
            names.truncate(SOME);
            let more = count - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            excepted.extend(
                found.excepted.iter().filter(|of| report.providers.contains(&of.scope.provider)),
            );
            writeln!(
                out,
                "<tr><td>{} <span class=id>{}</span><td data-l=\"Bears on it:\">{}<td><span class=\"st k-{}\">{}</span>\
                 <td data-l=\"Failing:\">{}{more}",
                Prose(found.control.title),
                self.reference(found),
                match judged_by(bearing) {
                    Some(by) => format!("{}, {by}", bearing.strength),
                    None => bearing.strength.to_string(),
                },
                worst(bearing.tally).color(),
                tally_words(bearing.tally),
                names.join(", ")
            )?;
        }
        writeln!(out, "</tbody></table>")?;
        if !excepted.is_empty() {
            write!(out, "<h4>Exceptions</h4><ul class=list>")?;
            for finding in excepted.iter().take(SOME) {
                let Some(exception) = finding.exception else { continue };
                write!(
                    out,
                    "<li><a href=\"#{}\">{}</a>, {}",
                    finding.id(),
                    self.called(finding),
                    accepted(exception)
                )?;
            }
            if excepted.len() > SOME {
                let more = excepted.len() - SOME;
                write!(out, "<li>and {more} more: see <a href=\"#exceptions\">Exceptions</a>")?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</div></details>")
    }

    fn not_assessed(&self, out: &mut impl Write) -> io::Result<()> {
        part("not-assessed", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        writeln!(
            out,
            "<p>In full, and with the reason. None of these counts as met, and none has a part in a result.</p>"
        )?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            let rows: Vec<&RequirementReport> =
                report.requirements.iter().filter(|row| !row.state.is_assessed()).collect();
            let counts = report.counts();
            let states = STATES.iter().filter(|state| !state.is_assessed());
            let states = states.map(|state| (counts.of(*state), state)).filter(|(n, _)| *n > 0);
            let states: Vec<String> = states.map(|(n, state)| format!("{n} {state}")).collect();
            write!(out, "<section data-f={place}><h3>{}</h3>", titled(report.framework))?;
            if rows.is_empty() {
                writeln!(out, "<p>Everything was assessed.</p></section>")?;
                continue;
            }
            writeln!(
                out,
                "<details><summary>{} of {}: {}</summary><div><table class=\"stack asks\"><thead><tr><th>Requirement\
                 <th>What it asks<th>State<th>Why</thead><tbody>",
                rows.len(),
                plural(report.requirements.len(), "requirement", "requirements"),
                states.join(", ")
            )?;
            for row in rows {
                not_assessed(report.framework, row, out)?;
            }
            writeln!(out, "</tbody></table></div></details></section>")?;
        }
        writeln!(out, "</section>")
    }

    fn exceptions(&self, out: &mut impl Write) -> io::Result<()> {
        part("exceptions", out)?;
        let uses = uses(&self.report.findings);
        if uses.is_empty() {
            return writeln!(out, "<p>No failure is covered by an exception.</p></section>");
        }
        writeln!(
            out,
            "<p>An exception covers a failure and does not mend it: the failure is shown with its control, and counts \
             neither as a pass nor towards a requirement that is met. This is what <code>posture.toml</code> says; who \
             approved it and when is for its owner to show.</p><table class=\"stack exceptions\"><thead><tr>\
             <th>Accepted<th>Covers<th>By, until<th>Why<th>Instead</thead><tbody>"
        )?;
        for used in uses {
            let Exception { controls, place, owner, reason, expires, ticket, compensating_control } =
                used.exception;
            let of: Vec<&str> = controls.iter().map(String::as_str).collect();
            let standing = match used.standing {
                Standing::Ended | Standing::Idle => "unmet",
                Standing::EndsSoon => "indet",
                Standing::InForce => "exc",
            };
            let ticket = ticket
                .as_deref()
                .map_or(String::new(), |ticket| format!("<small>{}</small>", Link(ticket, ticket)));
            writeln!(
                out,
                "<tr><td>{}<small>{}</small><td data-l=\"Covers:\">{}<small><span class=\"st k-{standing}\">{}</span>\
                 </small><td data-l=\"By:\">{}<small>until {}</small><td>{}{ticket}<td data-l=\"Instead:\">{}",
                codes(&of),
                long(&described(place)),
                plural(used.covers, "failure", "failures"),
                used.standing.words(),
                name(owner),
                expires.day(),
                long(reason),
                long(compensating_control.as_deref().unwrap_or("no compensating control is named"))
            )?;
        }
        writeln!(out, "</tbody></table>")?;
        if self.rows.iter().all(|row| row.excepted.is_empty()) {
            return writeln!(out, "</section>");
        }
        writeln!(
            out,
            "<h3>The failures that they cover</h3><table class=\"stack excepted\"><thead><tr><th>Resource<th>Control\
             <th>Accepted<th>Requirements</thead><tbody>"
        )?;
        for row in &self.rows {
            let requirements = row.bearings.iter().filter_map(|(place, requirement, strength)| {
                let framework = self.report.frameworks.get(*place)?.framework;
                // What only supports a requirement decides nothing of it.
                (*strength != Strength::Supporting)
                    .then(|| format!("{} {}", name(framework.id), name(requirement.id)))
            });
            let requirements: Vec<String> = requirements.collect();
            for finding in &row.excepted {
                let Some(exception) = finding.exception else { continue };
                writeln!(
                    out,
                    "<tr><td><b>{}</b> <span class=id><a href=\"#{id}\">{id}</a></span><small>{}</small>\
                     <td data-l=\"Control:\">{}<td>{}<td data-l=\"Requirements:\">{}",
                    self.called(finding),
                    self.label(finding.scope),
                    self.reference(row),
                    accepted(exception),
                    requirements.join(", "),
                    id = finding.id()
                )?;
            }
        }
        writeln!(out, "</tbody></table></section>")
    }

    fn evidence(&self, out: &mut impl Write) -> io::Result<()> {
        part("evidence", out)?;
        let mut hash = Sha256::new();
        for finding in self.report.findings.iter() {
            let outcome = match finding.outcome {
                Outcome::Pass => "pass",
                Outcome::Fail(_) => "fail",
                Outcome::NotApplicable(_) => "not-applicable",
                Outcome::Unknown(_) => "unknown",
            };
            hash.update(format!("{}\t{outcome}\n", finding.id()));
        }
        writeln!(
            out,
            "<ul class=list><li>A failure names the facts that decided, what was found and what was expected. An unknown \
             names the action and why it gave no answer. A pass rests on the facts that its control reads, each known. Not \
             applicable rests on a complete list without such a resource, or on the reason beside it.\
             <li>Under each control stand the facts that it reads, the actions that told them, and commands by which a \
             person can look again.\
             <li>Every item was read between the times of its account, under <a href=\"#scope\">Scope and time</a>.\
             <li>A finding has a number that stays the same from run to run: the beginning of the SHA-256 of its control, \
             provider, account, region and resource.\
             <li>Passwords, keys, stored data and the text of policies are not collected, and nothing of them is here. The \
             facts in full are in the snapshot, where one was saved with <code>--save</code>; from it <code>posture \
             check</code> makes this same page again, byte by byte.</ul><dl class=kv><dt>Digest of all findings<dd>\
             <code>sha256 {}</code><p class=soft>Of one line for each finding, its number, a tab and its outcome. The same \
             from the report as JSON: <code>jq -r '.findings[] | [.id, .outcome] | @tsv' report.json | sha256sum</code></p>\
             </dl></section>",
            hex(hash)
        )
    }

    fn responsibility(&self, out: &mut impl Write) -> io::Result<()> {
        part("responsibility", out)?;
        writeln!(
            out,
            "<p>A provider answers for what it runs: buildings, hardware, networks, hypervisors, and the software of the \
             services that it manages. Nothing of that was examined here. Where a requirement is inherited from the \
             provider, in whole or in part, its own reports are the evidence: get them, and see that they cover the \
             services, the regions and the time in question, and which duties they leave to the customer.</p><dl class=kv>"
        )?;
        for provider in self.report.findings.providers() {
            write!(out, "<dt>{provider}<dd><ul>")?;
            for (words, url) in reports_of(provider) {
                write!(out, "<li>{words}: {}", Link(url, url))?;
            }
            writeln!(out, "</ul>")?;
        }
        let registry = "https://cloudsecurityalliance.org/star/registry";
        writeln!(
            out,
            "<dt>CSA STAR<dd>the entries of the providers in the registry: {}</dl>",
            Link(registry, registry)
        )?;
        for report in &self.report.frameworks {
            let inherited = report.requirements.iter();
            let inherited = inherited.filter(|row| is_inherited(report.framework, row.requirement));
            let inherited: Vec<&RequirementReport> = inherited.collect();
            if inherited.is_empty() {
                continue;
            }
            writeln!(
                out,
                "<details><summary>{}: {} inherited from the provider, in whole or in part</summary><div>\
                 <table class=\"stack asks\"><thead><tr><th>Requirement<th>What it asks<th>State<th>Why</thead><tbody>",
                titled(report.framework),
                plural(inherited.len(), "requirement is", "requirements are")
            )?;
            for row in inherited {
                let RequirementReport { requirement, state, .. } = row;
                writeln!(
                    out,
                    "<tr><td><a href=\"#{}\"><code>{}</code></a><td>{}<td><span class=\"st k-{}\">{state}</span><td>{}",
                    Anchor(report.framework, requirement),
                    name(requirement.id),
                    Prose(requirement.title),
                    color(*state),
                    Prose(if requirement.why.is_empty() {
                        "buildings and sites"
                    } else {
                        requirement.why
                    })
                )?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        writeln!(out, "</section>")
    }
}

/// What each account is called, as text of the page: a subscription by its name where no other bears that, everything
/// else by its number.
fn labels(scopes: &[Examined<'_>]) -> Vec<String> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for name in scopes.iter().filter_map(|examined| examined.scope().name.as_deref()) {
        *times.entry(name).or_default() += 1;
    }
    let label = |examined: &Examined<'_>| {
        let scope = examined.scope();
        match scope.name.as_deref() {
            Some(own) if scope.provider == Provider::Azure && times.get(own) == Some(&1) => {
                Text(own, 60).to_string()
            }
            _ => name(&scope.id).to_string(),
        }
    };
    scopes.iter().map(label).collect()
}

/// Begins a part.
fn part(id: &str, out: &mut impl Write) -> io::Result<()> {
    let title = PARTS.iter().find(|(known, _)| *known == id).map_or("", |(_, title)| title);
    writeln!(out, "<section class=part id={id}><h2>{title}</h2>")
}

/// A framework with its version, as text of the page.
fn titled(framework: &Framework) -> String {
    format!("{} {}", long(framework.name), name(framework.version))
}

/// Words of code in a row.
fn codes(words: &[&str]) -> String {
    let codes: Vec<String> =
        words.iter().map(|word| format!("<code>{}</code>", name(word))).collect();
    codes.join(", ")
}

/// What a fact means.
fn doc(fact: FactId) -> &'static str {
    let known = fact.kind.facts().iter().find(|known| known.name == fact.name);
    known.map_or("", |known| known.doc.trim())
}

/// Coverage and result of a framework, side by side and never as one.
fn card(report: &FrameworkReport, out: &mut impl Write) -> io::Result<()> {
    let counts = report.counts();
    let (clean, decided) = counts.score();
    let states = assessed_states(counts);
    writeln!(
        out,
        "<li><h3><a href=\"#f-{}\">{}</a></h3><p>Coverage: <b>{}</b> of {} assessable, of {} in all</p>{}\
         <p>Result: <b>{clean}</b> of {decided} decided without a failure</p>{}",
        name(report.framework.id),
        titled(report.framework),
        counts.assessed(),
        counts.assessable,
        counts.total(),
        coverage_bar(counts),
        Bar(&states)
    )
}

/// A chart of tallies, one bar each.
fn chart(
    caption: &str,
    rows: impl Iterator<Item = (String, Tally)>,
    out: &mut impl Write,
) -> io::Result<()> {
    write!(out, "<table class=chart><caption>{caption}</caption><tbody>")?;
    for (label, tally) in rows {
        writeln!(
            out,
            "<tr><th scope=row>{label}</th><td>{}<small>{}</small>",
            tally_bar(tally),
            tally_words(tally)
        )?;
    }
    writeln!(out, "</tbody></table>")
}

/// A framework chapter by chapter.
fn framework(report: &FrameworkReport, out: &mut impl Write) -> io::Result<()> {
    let framework = report.framework;
    let counts = report.counts();
    let (clean, decided) = counts.score();
    writeln!(
        out,
        "<h3 id=\"f-{}\">{}</h3><p><b>Coverage:</b> {} of {} assessable requirements were assessed, of {} in all. \
         <b>Result:</b> {clean} of {decided} decided requirements are without a failure.</p>",
        name(framework.id),
        titled(framework),
        counts.assessed(),
        counts.assessable,
        counts.total()
    )?;
    if report.providers.len() > 1 {
        write!(out, "<ul class=list>")?;
        for (place, provider) in report.providers.iter().enumerate() {
            let counts = report.counts_on(place, |_| true);
            let (clean, decided) = counts.score();
            write!(
                out,
                "<li>{provider}: {} of {} assessable assessed; {clean} of {decided} decided without a failure",
                counts.assessed(),
                counts.assessable
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(
        out,
        "<table class=\"chart stack\"><thead><tr><th>Chapter<th>Coverage<th>Result of what was assessed</thead><tbody>"
    )?;
    for group in framework.groups {
        let counts = report.counts_where(|requirement| framework.lies_in(requirement, group));
        let nested = framework.groups.iter().any(|other| other.parent == Some(group.id));
        let class = match (group.parent, nested) {
            (None, true) => " class=top",
            (None, false) => "",
            (Some(_), _) => " class=sub",
        };
        let title = if group.id == group.title {
            name(group.id).to_string()
        } else {
            format!("{} {}", name(group.id), long(group.title))
        };
        write!(
            out,
            "<tr{class}><th scope=row>{title}</th><td>{}<small>{} of {} assessable, of {}</small><td>",
            coverage_bar(counts),
            counts.assessed(),
            counts.assessable,
            counts.total()
        )?;
        let states = assessed_states(counts);
        if counts.assessed() == 0 {
            writeln!(out, "<small>nothing assessed</small>")?;
        } else {
            let words = states.iter().filter(|(count, _, _)| *count > 0);
            let words: Vec<String> =
                words.map(|(count, _, words)| format!("{count} {words}")).collect();
            writeln!(out, "{}<small>{}</small>", Bar(&states), words.join(", "))?;
        }
    }
    writeln!(out, "</tbody></table>")
}

/// Whether something was examined for a requirement, with whatever result.
fn is_examined(state: State) -> bool {
    match state {
        State::Met
        | State::NotMet
        | State::PartlyEvidenced
        | State::Indeterminate
        | State::NotApplicable
        | State::Excepted => true,
        State::NotAssessedOrganisational | State::NotAssessedNoControl => false,
    }
}

/// A requirement that was not assessed, and why.
fn not_assessed(
    framework: &Framework,
    row: &RequirementReport,
    out: &mut impl Write,
) -> io::Result<()> {
    let RequirementReport { requirement, state, controls, .. } = row;
    let (anchor, color) = (Anchor(framework, requirement), color(*state));
    // What was examined has its section elsewhere, and a link has one place to lead to.
    let id = if is_examined(*state) { String::new() } else { format!(" id=\"{anchor}\"") };
    let why = match state {
        State::NotAssessedOrganisational if requirement.why.is_empty() => {
            "no interface of a cloud can answer it".to_owned()
        }
        State::NotAssessedOrganisational => Prose(requirement.why).to_string(),
        State::NotAssessedNoControl => match requirement.class {
            None => "no control of this run bears on it".to_owned(),
            Some(class) => format!(
                "no control of this run bears on it; class {class}: {}",
                Prose(requirement.why)
            ),
        },
        State::Indeterminate => {
            format!("it could not be decided: see <a href=\"#{anchor}\">its controls</a>")
        }
        State::Met
        | State::NotMet
        | State::PartlyEvidenced
        | State::NotApplicable
        | State::Excepted => String::new(),
    };
    let beside: Vec<&str> = controls.iter().map(|bearing| bearing.control.id).collect();
    let beside = if beside.is_empty() || is_examined(*state) {
        String::new()
    } else {
        format!("<small>touched, and not decided, by {}</small>", codes(&beside))
    };
    writeln!(
        out,
        "<tr data-k={color}{id}><td><code>{}</code><td>{}<td><span class=\"st k-{color}\">{state}</span><td>{why}{beside}",
        name(requirement.id),
        Prose(requirement.title)
    )
}

/// Whether nobody asked for the resources of a kind.
fn unasked(scope: &Scope, kind: Kind) -> bool {
    let gaps = scope.listing_gaps(kind);
    !gaps.is_empty() && gaps.iter().all(|gap| *gap == GapId::NOT_COLLECTED)
}

/// Whether the list of a kind is complete, and if not, why.
fn list_state(scope: &Scope, kind: Kind) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for gap in scope.listing_gaps(kind).iter().filter_map(|gap| scope.gap(*gap)) {
        let reason = format!("{} {}", name(&gap.action), gap.reason);
        let reason = reason.trim().to_owned();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if reasons.is_empty() {
        return "complete".to_owned();
    }
    let more = reasons.len().saturating_sub(SOME);
    reasons.truncate(SOME);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("not complete: {}{more}", reasons.join(", "))
}

/// A gap as it stands beside a finding.
fn short_gap(gap: &Gap, out: &mut impl Write) -> io::Result<()> {
    if !gap.action.is_empty() {
        write!(out, "<i>{}</i> ", name(&gap.action))?;
    }
    write!(out, "{}", gap.reason)?;
    if let Some(region) = &gap.region {
        write!(out, " in {}", Text(region, 60))?;
    }
    if let Some(detail) = &gap.detail {
        write!(out, "<small>{}</small>", long(detail))?;
    }
    Ok(())
}

/// A gap with all that is known of it.
fn full_gap(gap: &Gap, out: &mut impl Write) -> io::Result<()> {
    let action = if gap.action.is_empty() { "none" } else { gap.action.as_str() };
    write!(out, "<tr><td><code>{}</code><td>{}", name(action), long(&gap.target))?;
    if let Some(region) = &gap.region {
        write!(out, "<small>in {}</small>", name(region))?;
    }
    write!(out, "<td>{}<td>", gap.reason)?;
    if let Some(code) = &gap.code {
        write!(out, "<b>{}</b> ", name(code))?;
    }
    if let Some(detail) = &gap.detail {
        write!(out, "{}", long(detail))?;
    }
    if let Some(request) = &gap.request_id {
        write!(out, "<small>request {}</small>", name(request))?;
    }
    writeln!(out)
}

/// Who accepted a failure, until when, why, and what is done instead, as text of the page.
fn accepted(exception: &Exception) -> String {
    let mut text = format!(
        "accepted by {} until {}: {}",
        name(&exception.owner),
        exception.expires.day(),
        long(&exception.reason)
    );
    if let Some(instead) = &exception.compensating_control {
        text.push_str(&format!("; instead: {}", long(instead)));
    }
    if let Some(ticket) = &exception.ticket {
        text.push_str(&format!("; see {}", Link(ticket, ticket)));
    }
    text
}

fn digest_of_framework(framework: &Framework) -> String {
    let mut hash = Sha256::new();
    for requirement in framework.requirements {
        let Requirement { id, title, group, class, .. } = requirement;
        let class = class.map_or("", Class::id);
        hash.update(format!("{id}\t{group}\t{title}\t{class}\n"));
    }
    hex(hash)
}

fn limits(out: &mut impl Write) -> io::Result<()> {
    part("limits", out)?;
    writeln!(
        out,
        "<ul class=list><li>Configuration only, as the interfaces of the providers showed it, at one moment. Nothing is said \
         of any other time, nor of how well a control worked over a period.\
         <li>No opinion, no attestation, no certification, and no legal advice. Whether a requirement is satisfied is for \
         an assessor to conclude, from this and from what no interface shows.\
         <li>A pass says that what the control examines is as it should be. It does not say that the system is secure.\
         <li>What could not be read is unknown. It is listed, and nowhere counted as a pass.\
         <li>Stored data, the inside of machines and code, people, documents, contracts and sites were not examined.\
         <li>An interface may show a setting that does not yet act, or acts otherwise than documented; what it showed is \
         what was judged.\
         <li>How controls relate to requirements is a reading of the frameworks, not one that their publishers have \
         approved.</ul></section>"
    )
}

/// What the words of the page mean.
fn words(out: &mut impl Write) -> io::Result<()> {
    part("words", out)?;
    writeln!(
        out,
        "<h3>Outcome of a finding</h3><dl class=kv><dt>fail<dd>The objective is not met; evidence stands beside it.\
         <dt>excepted<dd>The objective is not met, and an exception with an owner and an end covers it.\
         <dt>unknown<dd>It could not be decided, since something could not be read.\
         <dt>pass<dd>The objective is met, by facts that are all known.\
         <dt>not applicable<dd>The objective does not concern the resource, or there is no such resource.</dl>\
         <h3>State of a requirement</h3><dl class=kv>"
    )?;
    for state in STATES {
        writeln!(
            out,
            "<dt><span class=\"st k-{}\">{state}</span><dd>{}",
            color(state),
            meaning(state)
        )?;
    }
    writeln!(
        out,
        "</dl><h3>Class of a requirement</h3><dl class=kv><dt>automated<dd>It is in substance a setting that interfaces \
         show.<dt>partial<dd>They show a material part: a failure is proof, a pass is evidence only.\
         <dt>organisational<dd>They show nothing material.</dl>\
         <h3>How a control bears on a requirement</h3><dl class=kv><dt>full<dd>It decides the requirement, for what was \
         audited.<dt>partial<dd>It decides a part: a failure shows that the requirement is not met.\
         <dt>supporting<dd>It is evidence, and decides nothing.</dl>\
         <h3>Severity of a control</h3><dl class=kv><dt>critical<dd>Anyone can do harm now.\
         <dt>high<dd>One more mistake away from harm.\
         <dt>medium<dd>Weakens another defence, or hides what happened.<dt>low<dd>Good to have.</dl></section>"
    )
}

#[cfg(test)]
mod tests {
    use posture_core::exception::{Pattern, Place};
    use posture_core::fact::Known;
    use posture_core::gap::Reason;
    use posture_core::judge::{self, Options};
    use posture_core::report::roll_up;
    use posture_core::resource::{Bucket, PublicAccessBlock};
    use posture_core::snapshot::Snapshot;

    use super::*;
    use crate::render::tests::report;

    fn page(report: &Report<'_>) -> String {
        let mut out = Vec::new();
        write(report, &Params::default(), None, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The page without style sheet and script.
    fn body(page: &str) -> String {
        let (_, body) = page.split_once("</style>").unwrap();
        let (body, _) = body.split_once("<script>").unwrap();
        body.to_owned()
    }

    /// Every tag of the page, from `<` to `>`. No attribute holds a `>`: see [`Text`].
    fn tags(body: &str) -> Vec<&str> {
        body.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
    }

    #[test]
    fn the_page() {
        let body = body(&page(&report(&["csf", "cis-aws"])));
        insta::assert_snapshot!(body.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn same_report_same_bytes() {
        assert_eq!(page(&report(&["csf"])), page(&report(&["csf"])));
    }

    #[test]
    fn nothing_is_asked_of_any_network() {
        let page = page(&report(&["csf", "ccm", "cis-aws"]));
        for tag in tags(&body(&page)) {
            let name = tag.split([' ', '>']).next().unwrap();
            let known = "a b body button caption code dd details div dl dt em fieldset form h1 h2 h3 h4 head header i input \
                         label legend li main nav ol option output p pre rect section select small span summary svg table \
                         tbody td th thead title tr ul";
            let known = known.split_whitespace().any(|known| known == name.trim_start_matches('/'));
            assert!(known, "<{tag}>");
            let acts = |word: &str| word.starts_with("on") && word.contains('=');
            assert!(!tag.split_whitespace().any(acts), "<{tag}>");
            assert!(!tag.contains(" style=") && !tag.contains(" src="), "<{tag}>");
            if let Some((_, link)) = tag.split_once("href=") {
                assert!(link.starts_with("\"#") || link.starts_with("\"https://"), "<{tag}>");
                assert_eq!(
                    link.starts_with("\"https://"),
                    tag.contains("rel=noreferrer"),
                    "<{tag}>"
                );
            }
        }
        for word in [
            "@import",
            "url(",
            "fetch(",
            "XMLHttpRequest",
            "innerHTML",
            "eval(",
            "</script",
            "</style",
        ] {
            assert!(!STYLE.contains(word) && !SCRIPT.contains(word), "{word}");
        }
    }

    #[test]
    fn only_what_is_in_the_page_may_act() {
        let page = page(&report(&[]));
        let (_, policy) = page.split_once("Content-Security-Policy content=\"").unwrap();
        let (policy, _) = policy.split_once('"').unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        for (tag, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
            assert_eq!(page.matches(tag).count(), 1);
            let (_, text) = page.split_once(tag).unwrap();
            let (text, _) = text.split_once(end).unwrap();
            assert!(policy.contains(&format!("'{}'", source(text))), "{policy}");
        }
        // An example of the specification of content security policies, level 3.
        assert_eq!(
            source("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }

    #[test]
    fn every_outcome_has_its_rows_and_nothing_else_counts_as_a_pass() {
        let report = report(&[]);
        let page = page(&report);
        for mark in ORDER {
            let findings: Vec<Finding<'_>> =
                report.findings.iter().filter(|finding| Stand::of(finding) == mark).collect();
            assert!(!findings.is_empty(), "{mark:?}");
            let start = format!("<tbody class={}>", mark.class());
            let rows: usize = page
                .split(&start)
                .skip(1)
                .map(|rest| rest.split("</tbody>").next().unwrap().matches("<tr data-s=").count())
                .sum();
            assert_eq!(rows, findings.len(), "{mark:?}");
        }
        let excepted = page.split("<tbody class=x>").nth(1).unwrap();
        assert!(excepted.contains("policy_public_read:"));
        assert!(
            excepted.contains(
                "accepted by web team until 2027-01-31: a public site\\u{9b}2J; see SEC-7"
            )
        );
    }

    #[test]
    fn every_requirement_is_there_once_with_its_state() {
        let report = report(&["csf", "cis-aws"]);
        let page = page(&report);
        for framework in &report.frameworks {
            for row in &framework.requirements {
                let anchor = Anchor(framework.framework, row.requirement);
                let id = format!("id=\"{anchor}\"");
                assert_eq!(page.matches(&id).count(), 1, "{id}");
                let tag = page.split('<').find(|tag| tag.contains(&id)).unwrap();
                assert!(tag.contains(&format!("data-k={} ", color(row.state))), "{tag}");
                // What was not assessed is listed, whether or not it has a section.
                let (_, list) = page.split_once("<section class=part id=not-assessed>").unwrap();
                let (list, _) = list.split_once("<section class=part").unwrap();
                let cell = format!("<td><code>{}</code><td>", name(row.requirement.id));
                let state = format!("data-k={}", color(row.state));
                let listed = list.lines().any(|line| line.contains(&cell) && line.contains(&state));
                assert_eq!(listed, !row.state.is_assessed(), "{anchor}");
            }
        }
    }

    #[test]
    fn every_gap_is_named() {
        let report = report(&[]);
        let page = page(&report);
        let (_, rows) = page.split_once("class=\"stack gaps\"").unwrap();
        for action in ["s3:GetBucketPolicy", "kms:ListKeys"] {
            assert!(rows.contains(&format!("<tr><td><code>{action}</code>")), "{action}");
        }
        assert!(rows.contains("<b>AccessDenied</b> not authorized\\u{7}"));
    }

    #[test]
    fn coverage_and_result_are_two_numbers() {
        let report = report(&["cis-aws"]);
        let counts = report.frameworks[0].counts();
        let (clean, decided) = counts.score();
        let page = page(&report);
        let coverage = format!(
            "Coverage: <b>{}</b> of {} assessable, of {} in all",
            counts.assessed(),
            counts.assessable,
            counts.total()
        );
        assert!(page.contains(&coverage));
        assert!(page.contains(&format!("Result: <b>{clean}</b> of {decided} decided")));
    }

    #[test]
    fn hostile_names_are_text() {
        let evil = [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "' onmouseover='alert(1)",
            "</style></table></details><h1>x",
            "<!--",
            "]]>&lt;&#0;",
            "javascript:alert(1)",
            "\u{2028}\u{2029}\u{202e}gpj\u{2066}\u{200b}",
            "\u{1b}]8;;https://evil.example\u{7}\u{9b}2J\0\r\n\t",
            "\u{e0041}\u{feff}",
        ];
        let mut scope = Scope::empty(Provider::Aws, evil[1]);
        scope.partition = evil[0].to_owned();
        scope.name = Some(evil.concat());
        scope.identity = Some(evil[2].to_owned());
        scope.account.public_access_block = Known(PublicAccessBlock::default());
        for text in evil {
            let mut gap = Gap::new(text, text, Reason::Denied);
            gap.region = Some(text.to_owned());
            gap.code = Some(text.to_owned());
            gap.request_id = Some(text.to_owned());
            gap.detail = Some(text.repeat(10_000));
            let gap = posture_core::fact::Fact::Gap(scope.add_gap(gap));
            scope.calls.insert(text.to_owned(), Calls::default());
            let bucket = |id: String| {
                Bucket::unread(id, text, Some(text))
                    .acls_disabled(Known(true))
                    .acl_public_read(Known(posture_core::entries::Entries::none()))
                    .public_access_block(Known(PublicAccessBlock::default()))
            };
            scope.buckets.items.push(bucket(format!("{text} 1")).policy_public_read(gap));
            let open = Known(vec![text.to_owned()].into());
            scope.buckets.items.push(bucket(format!("{text} 2")).policy_public_read(open));
        }
        let time = Time::from_unix(0);
        let snapshot = Snapshot::new(evil[0], time, time, vec![scope]);
        let control = controls::ALL.iter().find(|control| control.id == "storage.public-access");
        let exception = Exception {
            controls: vec!["storage.public-access".to_owned()],
            place: Place {
                resource: Some(Pattern::new(format!("{} 2", evil[0]))),
                ..Place::default()
            },
            owner: evil[0].to_owned(),
            reason: evil.concat(),
            expires: Time::from_unix(9),
            ticket: Some(evil[0].to_owned()),
            compensating_control: Some(evil[0].to_owned()),
        };
        let options = Options { params: Params::default(), exceptions: vec![exception] };
        let findings = judge::judge(&snapshot, &[*control.unwrap()], &options);
        assert_eq!((findings.tally(0).fail, findings.tally(0).excepted), (9, 1));
        let page = page(&roll_up(findings, &[]));
        assert!(page.len() < 500_000, "{} bytes", page.len());
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</style").count(), 1);
        assert!(!page.contains("<img") && !page.contains("<!--"));
        for tag in tags(&body(&page)) {
            assert!(!tag.contains("alert") && !tag.contains("javascript"), "<{tag}>");
        }
        let odd = page.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
                || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
        });
        assert_eq!(odd, None);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }

    #[test]
    fn only_safe_links_are_links() {
        let shown = |url: &str| Link(url, url).to_string();
        assert_eq!(
            shown("https://example.com/a?b=1&c=2"),
            "<a rel=noreferrer href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>"
        );
        for bad in [
            "http://example.com",
            "javascript:alert(1)",
            "HTTPS://example.com",
            "https://a\" onclick=\"b",
            "https://a\u{202e}b",
            "data:text/html,x",
        ] {
            assert!(!shown(bad).contains("<a"), "{bad}");
        }
    }

    #[test]
    fn backticks_in_our_own_words_are_code() {
        assert_eq!(
            Prose("Set `a<b` to `c`.").to_string(),
            "Set <code>a&lt;b</code> to <code>c</code>."
        );
        assert_eq!(Prose("one ` only").to_string(), "one ` only");
    }

    #[test]
    fn bars_are_as_long_as_what_they_show() {
        let bar = Bar(&[(1, "met", "met"), (0, "exc", "excepted"), (2, "unmet", "not met")]);
        let text = bar.to_string();
        assert!(text.contains("aria-label=\"1 met, 2 not met\""), "{text}");
        assert!(text.contains("<rect class=k-met x=0 width=333 height=10>"), "{text}");
        assert!(text.contains("<rect class=k-unmet x=333 width=667 height=10>"), "{text}");
        assert!(Bar(&[(0, "met", "met")]).to_string().contains("aria-label=\"nothing\""));
        let few = Bar(&[(1, "unmet", "not met"), (100_000, "met", "met")]).to_string();
        assert!(few.contains("<rect class=k-unmet x=0 width=11 "), "{few}");
    }

    #[test]
    fn what_a_provider_answers_for_is_known() {
        for (id, least) in [("csf", 3), ("ccm", 15), ("ccm-4.0", 15), ("800-53", 20)] {
            let framework = posture_core::frameworks::find(id).unwrap();
            let inherited = framework.requirements.iter();
            let inherited = inherited.filter(|requirement| is_inherited(framework, requirement));
            assert!(inherited.count() >= least, "{id}");
        }
        for provider in Provider::ALL {
            assert!(!reports_of(*provider).is_empty(), "{provider}");
        }
    }

    #[test]
    fn no_two_requirements_share_a_place() {
        for framework in posture_core::frameworks::all() {
            let anchors = framework.requirements.iter();
            let anchors: HashSet<String> =
                anchors.map(|requirement| Anchor(framework, requirement).to_string()).collect();
            assert_eq!(anchors.len(), framework.requirements.len(), "{}", framework.id);
        }
    }
}
