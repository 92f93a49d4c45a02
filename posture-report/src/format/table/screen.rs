//! The report on one screen: the worst failures, the counts, the frameworks, what could not be read, and the verdict.
//!
//! It fits a terminal of 24 lines and 80 columns however many accounts were audited. The verdict is the last line, as that
//! is where a terminal stops scrolling.

use std::io::{self, Write};

use comfy_table::Color;
use console::{Alignment, measure_text_width, pad_str, truncate_str};
use posture_core::control::{Control, Severity};
use posture_core::gap::Reason;
use posture_core::judge::{Finding, Tally};
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::FrameworkReport;
use posture_core::resource::Kind;
use posture_core::scope::{Level, Scope};
use posture_core::text::counted;

use super::Table;
use crate::coverage::{is_replaced, short};
use crate::frameworks::wrap;
use crate::style::severity_color;
use crate::text::safe;
use crate::verdict::{self, Row};
use crate::words::by_cause;

/// The lines of the smallest terminal, without the one of the next prompt.
const LINES: usize = 23;

/// How many failures are named at least and at most.
const WORST: std::ops::RangeInclusive<usize> = 3..=10;

/// How many mistakes in files are shown, and how many lines of each.
const INVALID: usize = 3;
/// The columns before a mistake.
const MARGIN: u16 = 10;
const LINES_OF_ONE: usize = 3;

/// The columns that the name of a resource gets at least.
const NAMES: usize = 14;

/// The columns of a severity.
const SEVERITY: usize = 10;

/// How many lines are about frameworks at most.
const FRAMEWORKS: usize = 6;

/// Frameworks with a result for less than this share of what an API can show are left out: their numbers would be read as a
/// result of the whole.
const LEAST_PERCENT: usize = 5;

impl Table<'_> {
    /// The whole screen.
    pub(super) fn screen(&self, out: &mut impl Write) -> io::Result<()> {
        let after = self.after();
        let header = self.audited();
        writeln!(out, "{}", self.view.canvas.bold(&header))?;
        let invalid = self.invalid_files();
        for line in &invalid {
            writeln!(out, "{line}")?;
        }
        let named = self.named();
        let findings = &self.view.report.findings;
        let rows = verdict::worst(findings, named, |findings, place| findings.tally(place));
        // The header, an empty line, and one that counts the rest.
        let room = LINES.saturating_sub(after.len() + invalid.len() + 3);
        let shown = rows.len().min(room.clamp(*WORST.start(), *WORST.end()));
        if !rows.is_empty() {
            writeln!(out)?;
        }
        self.rows(named, &rows[..shown], out)?;
        self.rest(&rows[shown..], out)?;
        // The failures come first: where the screen is full, the other depths name these clusters.
        if let Some(line) = self.both_sides().filter(|_| shown < room) {
            writeln!(out, "{line}")?;
        }
        for line in after {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// What follows the failures.
    fn after(&self) -> Vec<String> {
        let mut lines = vec![String::new()];
        lines.extend(self.severities());
        // They are about everything that was audited, and would be read as being about what is shown.
        let filtered = self.view.report.findings.filtered().is_some();
        let frameworks = if filtered { Vec::new() } else { self.coverage() };
        if !frameworks.is_empty() {
            lines.push(String::new());
            lines.extend(frameworks);
        }
        lines.extend(self.unread());
        lines.extend(self.filter_lines());
        lines.extend(self.next());
        lines.push(self.verdict());
        lines
    }

    /// The clusters that were read from both sides, in one line.
    fn both_sides(&self) -> Option<String> {
        let findings = &self.view.report.findings;
        let scopes = findings.scopes().iter().enumerate();
        let inside = scopes.filter(|(_, one)| one.scope().provider == Provider::Kubernetes);
        let mut all = inside.flat_map(|(place, _)| findings.twins(place));
        let (_, name, twin) = all.next()?;
        let text = match all.count() {
            0 => format!(
                "Kubernetes cluster {} and cluster {} of {} are one.",
                safe(name, 40),
                safe(&twin.name, 40),
                twin.provider
            ),
            more => format!("{} clusters were read from both sides: --all names them.", more + 1),
        };
        Some(truncate_str(&text, usize::from(self.view.canvas.width), "…").into_owned())
    }

    /// Who was audited, in one line: by name where there is room for it, and when it was read.
    pub(super) fn audited(&self) -> String {
        let width = usize::from(self.view.canvas.width);
        let (mut parts, mut counted) = (Vec::new(), Vec::new());
        for provider in Provider::ALL {
            let info = self.info(*provider);
            let of: Vec<&Scope> =
                self.scopes().filter(|scope| scope.provider == *provider).collect();
            let Some(first) = of.first() else { continue };
            // The tenant is read besides its accounts, and is named where there are none.
            let accounts: Vec<&&Scope> =
                of.iter().filter(|scope| scope.level != Level::Tenant).collect();
            let all = if accounts.is_empty() { of.iter().collect() } else { accounts.clone() };
            let counts: Vec<(usize, &str)> = info
                .levels
                .iter()
                .map(|of| (all.iter().filter(|scope| scope.level == of.level).count(), of.word))
                .filter(|(count, _)| *count > 0)
                .collect();
            let words = |one: &dyn Fn(usize, &str) -> String| {
                counts
                    .iter()
                    .map(|(count, word)| one(*count, word))
                    .collect::<Vec<_>>()
                    .join(" and ")
            };
            let what = match accounts.as_slice() {
                [] => format!("{} {}", info.level_word(first.level), safe(&first.id, 40)),
                [one] => format!("{} {}", info.level_word(one.level), called(one)),
                _ => words(&several),
            };
            parts.push(format!("{provider}: {what}"));
            counted.push(words(&|count, word| match provider {
                // Of nothing else are there images.
                Provider::Image => several(count, word),
                _ => several(count, &format!("{provider} {word}")),
            }));
        }
        if parts.is_empty() {
            return "Nothing was read.".to_owned();
        }
        let read = self.view.report.findings.header().finished.minute();
        let [parts, counted] = [parts, counted].map(|all| all.join(" · "));
        let lines = [
            format!("{parts} · read {read}"),
            parts,
            format!("{counted} · read {read}"),
            counted.clone(),
        ];
        let line = lines.into_iter().find(|line| measure_text_width(line) <= width);
        truncate_str(&line.unwrap_or(counted), width, "…").into_owned()
    }

    /// The status whose controls are named: failures, unless a filter hides these.
    fn named(&self) -> FindingStatus {
        use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};
        let filter = self.view.report.findings.filtered().map(|filtered| filtered.filter);
        let shown = |status: &FindingStatus| filter.is_none_or(|filter| filter.shows(*status));
        [Fail, Unknown, Excepted, Pass, NotApplicable].into_iter().find(shown).unwrap_or(Fail)
    }

    fn rows(&self, status: FindingStatus, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
        let width = usize::from(self.view.canvas.width);
        // What is wrong is so only where it fails.
        let phrase = |control: &'static Control| match status.fails() {
            true => control.finding,
            false => control.title,
        };
        let longest = rows.iter().map(|(control, ..)| measure_text_width(phrase(control))).max();
        let phrases = longest.unwrap_or(0).min(width.saturating_sub(SEVERITY + 2 + NAMES));
        for (control, tally, place) in rows {
            let severity = format!("{:<SEVERITY$}", control.severity.id().to_uppercase());
            let severity = self.view.canvas.painted(&severity, severity_color(control.severity));
            // Which package has a vulnerability, and what fixes it, says more than the words that all of them share.
            let wanted = self.wanted(status, *place, width);
            let phrases = phrases.min(width.saturating_sub(SEVERITY + 2 + wanted));
            let phrase = pad_str(phrase(control), phrases, Alignment::Left, Some("…"));
            let room = width.saturating_sub(SEVERITY + 2 + phrases);
            let names = self.resources_of(status, *place, *tally, room);
            writeln!(out, "{severity}{phrase}  {}", self.view.canvas.dim(&names))?;
        }
        Ok(())
    }

    /// The columns that the first name of a row needs, if it is a vulnerability; at most two thirds of a line.
    fn wanted(&self, status: FindingStatus, place: usize, width: usize) -> usize {
        let mut of = self.view.report.findings.of_control(place);
        let first = of.find(|finding| FindingStatus::of(finding) == status);
        let vulnerability = |finding: &Finding<'_>| {
            finding.subject.is_some_and(|of| of.kind == Kind::Vulnerability)
        };
        // With the number of the others.
        first.filter(vulnerability).map_or(NAMES, |finding| {
            (measure_text_width(&self.name(&finding).whole()) + 6).min(width * 2 / 3)
        })
    }

    /// The resources of a status: by name, or, where they are accounts, how many.
    fn resources_of(
        &self,
        status: FindingStatus,
        place: usize,
        tally: Tally,
        room: usize,
    ) -> String {
        let findings = &self.view.report.findings;
        let is_account = findings
            .of_control(place)
            .find(|finding| FindingStatus::of(finding) == status)
            .and_then(|finding| finding.subject)
            .is_some_and(|subject| subject.kind == Kind::Account);
        let count = tally.of(status);
        if is_account && count > 2 {
            return format!("{count} accounts");
        }
        self.first(place, &[status], room)
    }

    /// How many failing controls are not shown.
    fn rest(&self, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let text = format!("… {} more: --all", verdict::by_severity(rows));
        writeln!(out, "{}", self.view.canvas.dim(&text))
    }

    /// How many findings of each severity came out how.
    fn severities(&self) -> Vec<String> {
        let findings = &self.view.report.findings;
        if findings.filtered().is_some_and(|filtered| filtered.shown == 0) {
            return vec!["No finding matches the filter.".to_owned()];
        }
        let of = |severity: Option<Severity>| {
            let controls = findings.controls().iter().enumerate();
            controls
                .filter(|(_, control)| severity.is_none_or(|severity| control.severity == severity))
                .fold(Tally::default(), |sum, (place, _)| sum.and(findings.tally(place)))
        };
        let columns: Vec<(String, Tally)> = Severity::ALL
            .iter()
            .rev()
            .map(|severity| (severity.to_string(), of(Some(*severity))))
            .chain([("total".to_owned(), of(None))])
            .collect();
        let head: String = columns.iter().map(|(name, _)| format!("{name:>9}")).collect();
        let mut lines = vec![self.view.canvas.bold(&format!("{:<SEVERITY$}{head}", "Findings"))];
        let total = of(None);
        let rows = [
            ("failed", FindingStatus::Fail, Some(Color::Red)),
            ("unknown", FindingStatus::Unknown, Some(Color::Yellow)),
            ("excepted", FindingStatus::Excepted, None),
            ("passed", FindingStatus::Pass, Some(Color::Green)),
        ];
        let filter = findings.filtered().map(|filtered| filtered.filter);
        for (name, status, color) in rows {
            let count = |tally: &Tally| tally.of(status);
            // A status that is not shown has no count, and zero would be read as one.
            let hidden = filter.is_some_and(|filter| !filter.shows(status));
            if hidden || status == FindingStatus::Excepted && count(&total) == 0 {
                continue;
            }
            let counts: String =
                columns.iter().map(|(_, tally)| format!("{:>9}", count(tally))).collect();
            let line = format!("{name:<SEVERITY$}{counts}");
            lines.push(match color {
                Some(color) if count(&total) > 0 => self.view.canvas.painted(&line, color),
                _ => line,
            });
        }
        lines
    }

    /// The two numbers of each framework.
    fn coverage(&self) -> Vec<String> {
        let shown: Vec<&FrameworkReport> = self
            .frameworks()
            .filter(|of| is_telling(of) && !self.frameworks().any(|other| is_replaced(of, other)))
            .collect();
        let (shown, more) = chosen(&shown);
        let longest = shown.iter().map(|of| of.framework.id.len()).max().unwrap_or(0);
        let line = |of: &&FrameworkReport| {
            let counts = of.counts();
            let (clean, decided) = counts.score();
            let passing = format!("{clean} of {decided}");
            let line =
                format!("{:<longest$}  {passing:>9} passing · {}", of.framework.id, short(counts));
            match measure_text_width(&line) <= usize::from(self.view.canvas.width) {
                true => line,
                false => line.replace(" decided in part", " in part"),
            }
        };
        let mut lines: Vec<String> = shown.iter().map(line).collect();
        if more > 0 {
            let text = format!("… {}: --all", counted(more, "more framework", "more frameworks"));
            lines.push(self.view.canvas.dim(&text));
        }
        lines
    }

    /// The mistakes in files, before everything else: what such a file declares is not judged.
    fn invalid_files(&self) -> Vec<String> {
        let width = usize::from(self.view.canvas.width);
        let scopes = self.view.report.findings.scopes().iter();
        let rows: Vec<String> = scopes
            .flat_map(|examined| {
                let rows = by_cause(examined).into_iter();
                let rows = rows.filter(|(_, row)| row.reason == Reason::InvalidFile);
                rows.map(|(kinds, row)| self.gap(examined.scope(), &kinds, &row))
            })
            .collect();
        let mut lines = Vec::new();
        for row in rows.iter().take(INVALID) {
            let wrapped = wrap(row, self.view.canvas.width.saturating_sub(MARGIN));
            for (place, line) in wrapped.iter().take(LINES_OF_ONE).enumerate() {
                let label = if place == 0 { "INVALID" } else { "" };
                let label = self.view.canvas.painted(&format!("{label:<SEVERITY$}"), Color::Red);
                lines.push(format!("{label}{line}"));
            }
        }
        if rows.len() > INVALID {
            let text = format!("… {} more: --details", rows.len() - INVALID);
            lines.push(truncate_str(&self.view.canvas.dim(&text), width, "…").into_owned());
        }
        if !lines.is_empty() {
            lines.insert(0, String::new());
        }
        lines
    }

    /// What could not be read, in one line.
    pub(super) fn unread(&self) -> Option<String> {
        let width = usize::from(self.view.canvas.width);
        let scopes = self.view.report.findings.scopes().iter();
        let rows: Vec<_> = scopes
            .flat_map(|examined| {
                let rows = by_cause(examined).into_iter();
                let rows = rows.filter(|(_, row)| row.reason != Reason::InvalidFile);
                rows.map(|(kinds, row)| (examined.scope(), kinds, row))
            })
            .collect();
        let (scope, kinds, first) = rows.first()?;
        let more = match (rows.len() - 1, self.again("-v")) {
            (0, _) => String::new(),
            (more, _) => format!(" (+{more} more: -v)"),
        };
        let text = format!("Could not read {}", self.gap(scope, kinds, first));
        let room = width.saturating_sub(more.len());
        let line = format!("{}{more}", truncate_str(&text, room, "…"));
        Some(self.view.canvas.painted(&line, Color::Yellow))
    }

    /// What to type next.
    fn next(&self) -> Option<String> {
        let again = self.view.again.as_ref()?;
        let width = usize::from(self.view.canvas.width);
        let line = |again: &str| format!("Next: {again} --details  or  --output report.html");
        // A command that is cut could not be copied, and what it is to be repeated with would be cut first.
        let fitting = [again.as_str(), "the same command with"].map(line);
        fitting.into_iter().find(|line| measure_text_width(line) <= width)
    }

    /// What came of it, in one line.
    pub(super) fn verdict(&self) -> String {
        let canvas = self.view.canvas;
        let (text, color) = verdict::line(&self.view.report.findings, usize::from(canvas.width));
        canvas.painted(&text, color)
    }
}

/// So many scopes of a level.
fn several(count: usize, word: &str) -> String {
    // A tree of manifests is called so already.
    let end = if count == 1 || word.ends_with('s') { "" } else { "s" };
    format!("{count} {word}{end}")
}

/// What a scope is called: by its name, where it has one.
fn called(scope: &Scope) -> String {
    safe(scope.name.as_deref().unwrap_or(&scope.id), 40).into_owned()
}

/// Whether the run says something of a framework.
/// The frameworks that have a line, and how many more there are. Where not all have room, these are the ones of all providers and, of
/// each provider, those that come first.
fn chosen<'f>(all: &[&'f FrameworkReport]) -> (Vec<&'f FrameworkReport>, usize) {
    if all.len() <= FRAMEWORKS {
        return (all.to_vec(), 0);
    }
    // How many frameworks of the same providers come before it.
    let rank = |place: usize| {
        let own = all[place].framework.providers;
        let before = all.iter().take(place).filter(|of| of.framework.providers == own).count();
        if own.is_none() { 0 } else { before + 1 }
    };
    let mut places: Vec<usize> = (0..all.len()).collect();
    places.sort_by_key(|place| rank(*place));
    // The last line counts the rest.
    places.truncate(FRAMEWORKS - 1);
    places.sort_unstable();
    let more = all.len() - places.len();
    (places.into_iter().map(|place| all[place]).collect(), more)
}

fn is_telling(of: &FrameworkReport) -> bool {
    let counts = of.counts();
    let (_, decided) = counts.score();
    decided * 100 >= counts.assessable * LEAST_PERCENT && decided > 0
}
