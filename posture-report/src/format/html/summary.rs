//! The head of the page, and its summary.

use std::collections::BTreeSet;
use std::io::{self, Write};

use posture_core::control::Severity;
use posture_core::judge::Tally;
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::FrameworkReport;
use posture_core::scope::{Level, Scope};
use posture_core::text::counted;

use super::look::{
    Appearance, Bar, ORDER, all_states, coverage_bar, square, tally_bar, tally_words, worst,
};
use super::page::{Page, Row};
use super::shell::{PARTS, begin, part};
use super::text::{Text, name, second, titled};
use crate::coverage::result;
use crate::filtered::{WHOLE, filtered};
use crate::words::{by_cause, level};

/// Above so many accounts their chart is closed at first.
pub(super) const MANY: usize = 20;

impl Page<'_> {
    pub(super) fn head(&self, out: &mut impl Write) -> io::Result<()> {
        let header = self.report.findings.header();
        let title = self.title();
        begin(&format!("Cloud posture report: {}", title.join(", ")), out)?;
        writeln!(out, "<header><p class=kind>Cloud posture report</p><h1>")?;
        for line in &title {
            writeln!(out, "<span>{line}</span>")?;
        }
        writeln!(
            out,
            "</h1><p class=\"lead soft\">Configuration as read between {} and {}. A point-in-time assessment, not one over a \
             period of time.</p>",
            second(header.started),
            second(header.finished)
        )?;
        if header.partial {
            writeln!(
                out,
                "<p class=warn><b>The audit was stopped before it finished.</b> Everything not read by then is unknown, \
                 and no conclusion was drawn from it.</p>"
            )?;
        }
        if let Some(filtered) = filtered(&self.report.findings) {
            writeln!(out, "<p class=warn><b>{}</b> {WHOLE}</p>", Text(&filtered, usize::MAX))?;
        }
        write!(out, "</header><nav aria-label=Contents><ol>")?;
        for (id, title) in PARTS.iter().filter(|(id, _)| *id != "trend" || self.trend.is_some()) {
            write!(out, "<li><a href=\"#{id}\">{title}</a>")?;
        }
        writeln!(out, "</ol></nav><main>")
    }

    /// What was audited, in a few words each.
    pub(super) fn title(&self) -> Vec<String> {
        let mut kinds: Vec<(Provider, Level, Vec<&Scope>)> = Vec::new();
        for (scope, _) in self.scopes() {
            match kinds.iter_mut().find(|(p, l, _)| (*p, *l) == (scope.provider, scope.level)) {
                Some((_, _, scopes)) => scopes.push(scope),
                None => kinds.push((scope.provider, scope.level, vec![scope])),
            }
        }
        let title = kinds.iter().map(|(provider, _, scopes)| match scopes.as_slice() {
            [one] => format!("{provider} {} {}", level(one, self.providers), name(&one.id)),
            several => {
                let word = several.first().map_or("", |scope| level(scope, self.providers));
                format!("{} {provider} {word}s", several.len())
            }
        });
        title.collect()
    }

    pub(super) fn summary(&self, out: &mut impl Write) -> io::Result<()> {
        part("summary", out)?;
        let total = self.sum(|_| true);
        let filter = self.report.findings.filtered().map(|filtered| filtered.filter);
        write!(out, "<ul class=tiles>")?;
        for mark in ORDER {
            let words = match mark {
                FindingStatus::Fail => "failures",
                FindingStatus::Excepted => "excepted failures",
                FindingStatus::Unknown => "unknown",
                FindingStatus::Pass => "passes",
                FindingStatus::NotApplicable => "not applicable",
            };
            // A status that is not shown has no count, and zero would be read as one.
            if filter.is_some_and(|filter| !filter.shows(mark)) {
                continue;
            }
            write!(out, "<li class={}><b>{}</b>{words}", mark.class(), total.of(mark))?;
        }
        writeln!(out, "</ul>")?;
        let of = |mark: FindingStatus| self.judged().filter(|row| worst(row.tally) == mark).count();
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
            "<p>{}: one for each control and each resource that it examines. Of {} that {}, {} have \
             failures{by_severity}, {} could not be decided on every resource, {} have only excepted failures, {} have no \
             failures, {} found nothing to examine.</p>",
            counted(total.total(), "finding", "findings"),
            counted(self.judged().count(), "control", "controls"),
            if filter.is_some() { "have findings that are shown" } else { "were run" },
            of(FindingStatus::Fail),
            of(FindingStatus::Unknown),
            of(FindingStatus::Excepted),
            of(FindingStatus::Pass),
            of(FindingStatus::NotApplicable)
        )?;
        let things: usize = self.scopes.iter().map(|(of, _)| by_cause(of).len()).sum();
        let things = counted(things, "thing", "things");
        writeln!(
            out,
            "<p>Unknown is neither a pass nor a failure. {things} could not be read, as listed under \
             <a href=\"#completeness\">Completeness</a>.</p>"
        )?;
        if !self.report.frameworks.is_empty() {
            writeln!(
                out,
                "<h3>Coverage and result of each framework</h3><p>Coverage and result are separate numbers. Coverage is how much was \
                 assessed. The result is the outcome of that. The second bar shows every requirement, also those that were not assessed.</p><ul class=cards>"
            )?;
            for report in &self.report.frameworks {
                card(report, out)?;
            }
            writeln!(out, "</ul>")?;
        }
        self.charts(out)?;
        writeln!(out, "</section>")
    }

    pub(super) fn charts(&self, out: &mut impl Write) -> io::Result<()> {
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
                let sum = kinds.values().fold(Tally::default(), |sum, kind| sum.and(kind.shown));
                (format!("{} {} {label}", scope.provider, level(scope, self.providers)), sum)
            });
            chart("By account", by_account, out)?;
            if many {
                write!(out, "</div></details>")?;
            }
        }
        Ok(())
    }
}

/// Coverage and result of a framework, side by side and never as one.
pub(super) fn card(report: &FrameworkReport, out: &mut impl Write) -> io::Result<()> {
    let counts = report.counts();
    let states = all_states(counts);
    writeln!(
        out,
        "<li><h3><a href=\"#f-{}\">{}</a></h3><p>Coverage: some evidence for <b>{}</b> of {} assessable, a part of <b>{}</b> decided ({} in total)</p>{}\
         <p>Result: {}</p>{}",
        name(report.framework.id),
        titled(report.framework),
        counts.evidenced,
        counts.assessable,
        counts.decided,
        counts.total(),
        coverage_bar(counts),
        result(counts),
        Bar(&states)
    )
}

/// A chart of tallies, one bar each.
pub(super) fn chart(
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
