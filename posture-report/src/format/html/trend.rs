//! The status of findings and requirements over the runs of a history, as charts.

use std::io::{self, Write};

use posture_core::record::FindingStatus;
use posture_core::report::State;
use posture_core::text::counted;

use super::look::{Appearance, color, square};
use super::shell::{begin, end, part};
use super::text::{Prose, Text, name, second, titled};
use crate::text::NAME;
use crate::trend::Trend;

/// The order of the columns of a chart, from below: passes are the ground for the rest.
const STATUSES: [FindingStatus; 4] =
    [FindingStatus::Pass, FindingStatus::Excepted, FindingStatus::Unknown, FindingStatus::Fail];

/// The same for requirements.
const STATES: [State; 5] =
    [State::Met, State::PartlyEvidenced, State::Excepted, State::Indeterminate, State::NotMet];

/// The most runs that a table lists one by one.
const ROWS: usize = 15;

/// Writes a page of HTML with nothing but the trend.
///
/// # Errors
/// Those of the writer.
pub fn trend(trend: &Trend, mut out: impl Write) -> io::Result<()> {
    let out = &mut out;
    begin("Cloud posture over time", out)?;
    writeln!(
        out,
        "<header><p class=kind>Cloud posture over time</p><h1>{}</h1></header><nav aria-label=Contents><ol>\
         <li><a href=\"#trend-findings\">Findings</a>",
        Text(&trend.described(), NAME)
    )?;
    for (framework, _) in &trend.frameworks {
        write!(out, "<li><a href=\"#trend-{}\">{}</a>", name(framework.id), titled(framework))?;
    }
    writeln!(out, "<li><a href=\"#trend-runs\">Runs</a></ol></nav><main>")?;
    section(trend, out)?;
    end(out)
}

/// The part of a page.
pub(super) fn section(trend: &Trend, out: &mut impl Write) -> io::Result<()> {
    part("trend", out)?;
    if trend.runs.is_empty() {
        return writeln!(out, "<p>No runs recorded yet.</p></section>");
    }
    writeln!(
        out,
        "<p>{}. Each column is one run. Counts cover every account in the history, as last read.</p>\
         <div class=charts><div><h3 id=trend-findings>Findings</h3><ul class=legend>",
        Text(&trend.described(), NAME)
    )?;
    for status in STATUSES {
        write!(out, "<li>{}{}", square(status.color()), status.words())?;
    }
    write!(out, "</ul>")?;
    let columns = trend.runs.iter().map(|run| {
        let parts = STATUSES.map(|status| (run.all.of(status), status.color(), status.words()));
        (run.finished.minute(), parts.to_vec())
    });
    columns_of(&columns.collect::<Vec<_>>(), None, out)?;
    writeln!(out, "</div>")?;
    for (framework, levels) in &trend.frameworks {
        let (id, title) = (name(framework.id), titled(framework));
        write!(out, "<div><h3 id=\"trend-{id}\">{title}</h3><ul class=legend>")?;
        let shown = |state: &&State| levels.iter().any(|level| level.of(**state) > 0);
        for state in STATES.iter().filter(shown) {
            write!(out, "<li>{}{state}", square(color(*state)))?;
        }
        write!(out, "</ul>")?;
        let columns = levels.iter().map(|level| {
            let run = trend.runs.iter().find(|run| run.id == level.run);
            let parts = STATES.map(|state| (level.of(state), color(state), state.words()));
            (run.map_or(String::new(), |run| run.finished.minute()), parts.to_vec())
        });
        // A few requirements with a result do not fill the height of all.
        columns_of(&columns.collect::<Vec<_>>(), Some(framework.requirements.len()), out)?;
        writeln!(out, "</div>")?;
    }
    writeln!(
        out,
        "</div><h3 id=trend-runs>Runs</h3><div class=wide><table><thead><tr><th class=num>Run<th>Finished<th class=num>Accounts<th class=num>Fail\
         <th class=num>Unknown<th class=num>Excepted<th class=num>Pass<th class=num>New<th class=num>Reopened\
         <th class=num>Fixed</thead><tbody>"
    )?;
    for run in trend.runs.iter().rev().take(ROWS) {
        let all = run.all;
        write!(
            out,
            "<tr><td class=num>{}<td>{}<td class=num>{}",
            run.id,
            second(run.finished),
            run.scopes
        )?;
        for count in
            [all.fail, all.unknown, all.excepted, all.pass, run.failed, run.reopened, run.fixed]
        {
            write!(out, "<td class=num>{count}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "</tbody></table></div>")?;
    if trend.failing_for_days().next().is_some() {
        writeln!(
            out,
            "<h3>Longest failing</h3><div class=wide><table><thead><tr><th class=num>Days<th>Finding<th>Resource\
             <th>Account</thead><tbody>"
        )?;
        for (days, entry) in trend.failing_for_days() {
            writeln!(
                out,
                "<tr><td class=num>{days}<td>{} <small><code>{}</code> {}</small><td class=name>{}<td class=name>{}",
                entry.summary.as_deref().map_or(String::new(), |text| Prose(text).to_string()),
                name(&entry.control),
                entry.severity,
                name(entry.name.as_deref().unwrap_or("the account")),
                name(&entry.scope)
            )?;
        }
        writeln!(out, "</tbody></table></div>")?;
    }
    writeln!(out, "</section>")
}

/// A column and its name, with its parts: how many, the name of the color, and the words.
type Column<'a> = (String, Vec<(usize, &'a str, &'a str)>);

/// Columns of stacked parts, all on one scale from zero: to the highest, or to the number of everything that there is.
fn columns_of(columns: &[Column<'_>], all: Option<usize>, out: &mut impl Write) -> io::Result<()> {
    const HEIGHT: usize = 200;
    let sum = |parts: &[(usize, &str, &str)]| parts.iter().map(|(n, _, _)| n).sum::<usize>();
    let most = columns.iter().map(|(_, parts)| sum(parts)).max().unwrap_or_default().max(1);
    let most = all.unwrap_or(most).max(most);
    // A few runs do not fill the whole.
    let places = columns.len().max(20);
    let width = 1000 / places;
    write!(
        out,
        "<svg class=columns viewBox=\"0 0 {} {HEIGHT}\" preserveAspectRatio=none role=img aria-label=\"{}\">",
        width * places,
        counted(columns.len(), "run", "runs")
    )?;
    for (place, (title, parts)) in columns.iter().enumerate() {
        let mut below = 0;
        for (count, color, words) in parts.iter().filter(|(count, _, _)| *count > 0) {
            let from = HEIGHT * below / most;
            below += count;
            // A single failure above a thousand passes has to be seen.
            let height = (HEIGHT * below / most - from).max(2);
            write!(
                out,
                "<rect class=k-{color} x={} y={} width={width} height={height}><title>{}: {count} {words}</title></rect>",
                place * width,
                (HEIGHT - from).saturating_sub(height),
                Text(title, NAME)
            )?;
        }
    }
    let title = |column: Option<&Column<'_>>| column.map_or("", |(title, _)| title).to_owned();
    let (first, last) = (title(columns.first()), title(columns.last()));
    let scale = match all {
        None => format!("the highest column is {most}"),
        Some(_) => format!("the full height is {most} requirements"),
    };
    writeln!(out, "</svg><small>{} to {}; {scale}</small>", Text(&first, NAME), Text(&last, NAME))
}

#[cfg(test)]
mod tests {
    use posture_core::control::Severity;
    use posture_core::judge::Tally;
    use posture_core::time::Time;

    use super::*;
    use crate::trend::{Failing, Run};

    fn run(id: i64, fail: usize, pass: usize) -> Run {
        let finished = Time::from_unix(1_800_000_000 + id * 86_400);
        let all = Tally { fail, pass, ..Tally::default() };
        Run { id, finished, scopes: 1, all, failed: 0, reopened: 0, fixed: 0 }
    }

    fn page(name: &str) -> String {
        let failing = Failing {
            control: name.to_owned(),
            summary: Some(name.to_owned()),
            severity: Severity::Low,
            scope: name.to_owned(),
            name: Some(name.to_owned()),
            since: Some(Time::from_unix(1_800_000_000)),
        };
        let runs = vec![run(1, 0, 1_000), run(2, 1, 999)];
        let mut out = Vec::new();
        let shown = Trend { runs, frameworks: Vec::new(), longest: vec![failing] };
        trend(&shown, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hostile_names_are_text() {
        for name in ["<script>alert(1)</script>", "\"><img src=x>", "a\u{202e}b\u{1b}[2J"] {
            let page = page(name);
            let (_, body) = page.split_once("</style>").unwrap();
            assert_eq!(body.matches("<script>").count(), 1, "{name}");
            assert!(
                !body.contains("<img") && !body.contains('\u{202e}') && !body.contains('\u{1b}')
            );
        }
    }

    #[test]
    fn what_has_been_failing_for_less_than_a_day_is_not_listed() {
        let at = |seconds: i64| Some(Time::from_unix(1_800_000_000 + seconds));
        let failing = |since| Failing {
            summary: None,
            control: "a".to_owned(),
            severity: Severity::Low,
            scope: "b".to_owned(),
            name: None,
            since,
        };
        let days = |since| {
            let shown = Trend {
                runs: vec![run(2, 1, 1)],
                longest: vec![failing(since)],
                ..Trend::default()
            };
            let mut out = Vec::new();
            trend(&shown, &mut out).unwrap();
            let listed = String::from_utf8(out).unwrap().contains("Longest failing");
            let days = shown.failing_for_days().map(|(days, _)| days).next();
            assert_eq!(listed, days.is_some());
            days
        };
        // The run ended two days after.
        assert_eq!(days(at(0)), Some(2));
        assert_eq!(days(at(86_400)), Some(1));
        assert_eq!([days(at(86_401)), days(at(2 * 86_400)), days(None)], [None; 3]);
    }

    #[test]
    fn one_failure_above_a_thousand_passes_is_seen() {
        let page = page("a");
        let failures: Vec<&str> =
            page.split("<rect ").filter(|rect| rect.starts_with("class=k-unmet")).collect();
        let [_legend, column] = failures.as_slice() else { panic!("{failures:?}") };
        assert!(column.contains("height=2") && column.contains("1 fail"), "{column}");
    }
}
