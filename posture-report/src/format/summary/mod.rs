//! The report on about one page, for management: who was audited, the verdict, counts, what changed, exceptions that expire
//! soon, the frameworks, and what could not be read.
//!
//! It has at most 60 lines however much was audited. There is no table, and no line has to be wrapped at a width, so
//! that mail, chats and ticket systems show it as it is.

mod changes;
mod dialect;
mod exceptions;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use posture_core::control::Severity;
use posture_core::judge::{Finding, Tally};
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::{FrameworkReport, State};
use posture_core::resource::Kind;
use posture_core::scope::{Level, Scope};
use posture_core::text::{clip, counted};

use crate::coverage::{coverage, is_replaced};
use crate::filtered::{WHOLE, filtered};
use crate::shared::standard;
use crate::verdict;
use crate::view::View;
use crate::words::{by_cause, level, missing};

use dialect::Dialect;
pub use dialect::slack_text;

/// How many lines there are at most.
#[cfg(test)]
const LINES: usize = 61;

/// How many failing controls are named; more where nothing is known of changes.
const WORST: usize = 3;
const WORST_ALONE: usize = 8;

/// How many resources, accounts or requirements a line names.
const NAMES: usize = 3;

/// How many characters of a name are shown.
const NAME: usize = 80;

/// How many frameworks and causes are named.
const FRAMEWORKS: usize = 8;
const CAUSES: usize = 3;

/// Writes the summary in Markdown.
pub(crate) fn write(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    Summary { view, dialect: Dialect::Markdown }.write(out)
}

/// Writes the summary as the text of a message for [Slack](https://docs.slack.dev/messaging/formatting-message-text/): what a
/// cloud returned mentions no user and is not a link.
///
/// # Errors
/// Those of the writer.
pub fn slack(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    Summary { view, dialect: Dialect::Slack }.write(out)
}

/// A view, and how it is written.
struct Summary<'a> {
    view: &'a View<'a>,
    dialect: Dialect,
}

impl Summary<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = &self.view.report.findings;
        let header = findings.header();
        let mut lines =
            vec![self.heading(1, &format!("Cloud posture, {}", header.finished.minute()))];
        lines.push(String::new());
        lines.extend(self.audited());
        lines.extend([String::new(), self.bold(&verdict::line(findings, usize::MAX).0)]);
        if header.partial {
            let text =
                "The audit was stopped before it finished: everything not read by then is unknown.";
            lines.extend([String::new(), self.bold(text)]);
        }
        if let Some(text) = filtered(findings) {
            lines.extend([String::new(), self.prose(&format!("{text} {WHOLE} So do changes."))]);
        }
        self.part("Findings", self.counts(), &mut lines);
        self.part("Worst failures", self.worst(), &mut lines);
        self.part(&self.since(), self.changes(), &mut lines);
        self.part("Exceptions", self.exceptions(), &mut lines);
        self.part("Frameworks", self.frameworks(), &mut lines);
        self.part("Could not be read", vec![self.unread()], &mut lines);
        for line in lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// A heading with what is below it, unless that is nothing.
    fn part(&self, title: &str, below: Vec<String>, lines: &mut Vec<String>) {
        if below.is_empty() {
            return;
        }
        lines.extend([String::new(), self.heading(2, title)]);
        lines.extend(below);
    }

    /// Who was audited: a line for each provider.
    fn audited(&self) -> Vec<String> {
        let scopes = || self.view.report.findings.scopes().iter().map(|one| one.scope());
        let mut lines = Vec::new();
        for provider in Provider::ALL {
            let mut levels: Vec<(Level, Vec<&Scope>)> = Vec::new();
            for scope in scopes().filter(|scope| scope.provider == *provider) {
                match levels.iter_mut().find(|(level, _)| *level == scope.level) {
                    Some((_, of)) => of.push(scope),
                    None => levels.push((scope.level, vec![scope])),
                }
            }
            let parts: Vec<String> = levels
                .iter()
                .map(|(_, of)| {
                    let word = level(of[0], self.view.providers);
                    let names = of.iter().map(|scope| scope.name.as_deref().unwrap_or(&scope.id));
                    match of.as_slice() {
                        [one] => format!("{word} {}", self.called(one)),
                        many => format!("{} {word}s: {}", many.len(), self.some(names)),
                    }
                })
                .collect();
            if !parts.is_empty() {
                lines.push(format!("- {provider}: {}", parts.join("; ")));
            }
        }
        if lines.is_empty() {
            lines.push("Nothing was read.".to_owned());
        }
        lines
    }

    /// An account by its name and its number.
    fn called(&self, scope: &Scope) -> String {
        match &scope.name {
            Some(name) => format!("{} ({})", self.code(name), self.code(&scope.id)),
            None => self.code(&scope.id),
        }
    }

    /// How many findings of each severity came out how.
    fn counts(&self) -> Vec<String> {
        let findings = &self.view.report.findings;
        let of = |severity: Option<Severity>| {
            let controls = findings.controls().iter().enumerate();
            controls
                .filter(|(_, control)| severity.is_none_or(|severity| control.severity == severity))
                .fold(Tally::default(), |sum, (place, _)| sum.and(findings.tally(place)))
        };
        // A status that a filter hides has no count: zero would be read as one.
        let filter = findings.filtered().map(|filtered| filtered.filter);
        let all = of(None);
        [
            (FindingStatus::Fail, "Failed"),
            (FindingStatus::Unknown, "Unknown"),
            (FindingStatus::Excepted, "Excepted"),
            (FindingStatus::Pass, "Passed"),
        ]
        .into_iter()
        .filter(|(status, _)| filter.is_none_or(|filter| filter.shows(*status)))
        .map(|(status, word)| {
            let severities = Severity::ALL.iter().rev();
            let counts = severities.map(|severity| (of(Some(*severity)).of(status), severity));
            let counts = counts.filter(|(count, _)| *count > 0);
            let counts: Vec<String> =
                counts.map(|(n, severity)| format!("{n} {severity}")).collect();
            match counts.as_slice() {
                [] => format!("- {word}: 0"),
                _ => format!("- {word}: {} ({})", all.of(status), counts.join(", ")),
            }
        })
        .collect()
    }

    /// The failing controls, the worst first.
    fn worst(&self) -> Vec<String> {
        let findings = &self.view.report.findings;
        let tally: verdict::Tallied = |findings, place| findings.tally(place);
        let rows = verdict::worst(findings, FindingStatus::Fail, tally);
        let most = if self.view.comparison.is_some() { WORST } else { WORST_ALONE };
        let line = |(control, tally, place): &verdict::Row| {
            let failing = findings.of_control(*place);
            let failing = failing.filter(|one| FindingStatus::of(one) == FindingStatus::Fail);
            let names: Vec<String> = failing.take(NAMES).map(|one| name(&one)).collect();
            let names = self.listed(names.iter().map(String::as_str), tally.fail);
            format!("- {}: {}: {names}", control.severity, self.prose(control.finding))
        };
        let mut lines: Vec<String> = rows.iter().take(most).map(line).collect();
        lines.extend(more(rows.len(), most, "control", "controls"));
        lines
    }

    /// Each framework with its two coverage numbers, and what is not met.
    fn frameworks(&self) -> Vec<String> {
        let all = &self.view.report.frameworks;
        let shown: Vec<&FrameworkReport> =
            all.iter().filter(|of| !all.iter().any(|other| is_replaced(of, other))).collect();
        let mut lines: Vec<String> =
            shown.iter().take(FRAMEWORKS).map(|of| self.framework(of)).collect();
        lines.extend(more(shown.len(), FRAMEWORKS, "framework", "frameworks"));
        lines
    }

    fn framework(&self, report: &FrameworkReport) -> String {
        let counts = report.counts();
        let unmet = report.requirements.iter().filter(|row| row.state == State::NotMet);
        let unmet: Vec<&str> = unmet.map(|row| row.requirement.id).collect();
        let (_, decided) = counts.score();
        let result = match (decided, unmet.len()) {
            (0, _) => "no result yet".to_owned(),
            (_, 0) => format!("0 of {decided} with a result not met"),
            (_, count) => {
                let unmet = self.some(unmet.iter().copied());
                format!("{count} of {decided} with a result not met: {unmet}")
            }
        };
        format!(
            "- {}: {} (of {}); {result}",
            self.prose(&standard(report)),
            coverage(counts),
            counted(counts.total(), "requirement", "requirements")
        )
    }

    /// What could not be read, in one line.
    fn unread(&self) -> String {
        let mut causes = Vec::new();
        let mut count = 0;
        for examined in self.view.report.findings.scopes() {
            let scope = examined.scope();
            for (kinds, row) in by_cause(examined) {
                count += 1;
                if causes.len() == CAUSES {
                    continue;
                }
                // One cause may concern every kind.
                let what = missing(&kinds, &row, level(scope, self.view.providers), "list");
                let what = clip(&what, NAME);
                let why = match row.action.as_str() {
                    "" => row.reason.to_string(),
                    action => format!("{} {}", self.code(action), row.reason),
                };
                let place = scope.name.as_deref().unwrap_or(&scope.id);
                causes.push(format!("{} in {} ({why})", self.prose(&what), self.code(place)));
            }
        }
        if count == 0 {
            return "No read errors.".to_owned();
        }
        let more = match count - causes.len() {
            0 => String::new(),
            more => format!("; and {}", counted(more, "more cause", "more causes")),
        };
        format!("{}{more}. What was not read is unknown, not passed.", causes.join("; "))
    }

    /// The first of some names.
    fn some<'n>(&self, names: impl Iterator<Item = &'n str>) -> String {
        let names: Vec<&str> = names.collect();
        self.listed(names.iter().copied(), names.len())
    }

    /// The first of `count` names.
    fn listed<'n>(&self, names: impl Iterator<Item = &'n str>, count: usize) -> String {
        let shown: Vec<String> = names.take(NAMES).map(|name| self.code(name)).collect();
        match count.saturating_sub(shown.len()) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    fn code(&self, text: &str) -> String {
        self.dialect.code(text, NAME)
    }

    fn prose(&self, text: &str) -> String {
        self.dialect.prose(text)
    }

    fn bold(&self, text: &str) -> String {
        self.dialect.bold(text)
    }

    fn heading(&self, level: usize, text: &str) -> String {
        self.dialect.heading(level, text)
    }
}

/// What the resource of a finding is called: an account by its name.
fn name(finding: &Finding<'_>) -> String {
    match finding.subject {
        None => format!("list of {}", finding.kind().many()),
        Some(subject) if subject.kind == Kind::Account => {
            finding.scope.name.clone().unwrap_or_else(|| finding.scope.id.clone())
        }
        Some(subject) if subject.name.is_empty() => subject.id.to_owned(),
        Some(subject) => subject.name.to_owned(),
    }
}

/// That there are more than are named.
fn more(count: usize, shown: usize, one: &str, many: &str) -> Option<String> {
    let more = count.checked_sub(shown).filter(|more| *more > 0)?;
    Some(format!("- … and {}", counted(more, &format!("more {one}"), &format!("more {many}"))))
}
