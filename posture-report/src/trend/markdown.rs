//! The trend as Markdown, for wikis and tickets.

use std::io::{self, Write};

use posture_core::record::FindingStatus;
use posture_core::text::counted;

use super::{STATES, STATUSES, Trend, change, spark};
use crate::format::markdown::{code, prose, table};
use crate::text::{NAME, safe};

/// How many of the newest runs are listed one by one.
const ROWS: usize = 15;

/// How many of the newest runs a line of bars shows.
const BARS: usize = 60;

/// Writes the status of findings and requirements over the runs: the first and the last count with a line of bars, the
/// newest runs, and what has been failing longest.
///
/// # Errors
/// Those of the writer.
pub fn markdown(trend: &Trend, mut out: impl Write) -> io::Result<()> {
    let out = &mut out;
    if trend.runs.is_empty() {
        return writeln!(out, "# Cloud posture over time\n\nNo runs recorded yet.");
    }
    writeln!(out, "# Cloud posture over time\n\n{}. The bars start at zero.", trend.described())?;
    let columns = |first| [first, "First:", "Last:", "Change:", "Trend"];
    let row = |name: &str, counts: &[usize]| {
        let at = |count: Option<&usize>| count.map_or(String::new(), ToString::to_string);
        let shown = &counts[counts.len().saturating_sub(BARS)..];
        let (first, last) = (at(counts.first()), at(counts.last()));
        vec![name.to_owned(), first, last, change(counts), spark(shown)]
    };
    writeln!(out, "\n## Findings of all accounts")?;
    let rows = STATUSES.iter().map(|status| row(status.words(), &trend.findings(*status)));
    table(out, &columns("Findings"), 0, rows)?;
    for (framework, levels) in &trend.frameworks {
        let title = prose(&format!("{} {}", framework.name, framework.version));
        let count = counted(framework.requirements.len(), "requirement", "requirements");
        writeln!(out, "\n## {title}\n\nOf {count}:")?;
        let rows = STATES.iter().filter_map(|state| {
            let counts: Vec<usize> = levels.iter().map(|level| level.of(*state)).collect();
            counts.iter().any(|count| *count > 0).then(|| row(state.words(), &counts))
        });
        table(out, &columns("Requirements"), 0, rows)?;
    }
    writeln!(out, "\n## Runs")?;
    let rows = trend.runs.iter().rev().take(ROWS).map(|run| {
        let of = |status: FindingStatus| run.all.of(status);
        let mut row = vec![run.id.to_string(), run.finished.minute(), run.scopes.to_string()];
        row.extend(STATUSES.iter().map(|status| of(*status).to_string()));
        row.extend([run.failed, run.reopened, run.fixed].map(|count| count.to_string()));
        row
    });
    let columns = [
        "Run:",
        "Finished",
        "Accounts:",
        "Fail:",
        "Unknown:",
        "Excepted:",
        "Pass:",
        "New:",
        "Reopened:",
        "Fixed:",
    ];
    table(out, &columns, 0, rows)?;
    let longest: Vec<Vec<String>> = trend
        .failing_for_days()
        .map(|(days, failing)| {
            vec![
                days.to_string(),
                failing.severity.to_string(),
                prose(&safe(failing.summary.as_deref().unwrap_or_default(), NAME)),
                code(&failing.control, NAME),
                code(failing.name.as_deref().unwrap_or("the account"), NAME),
                code(&failing.scope, NAME),
            ]
        })
        .collect();
    if longest.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Longest failing")?;
    let columns = ["Days:", "Severity", "Finding", "Control", "Resource", "Account"];
    table(out, &columns, 0, longest.into_iter())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use posture_core::control::Severity;
    use posture_core::frameworks;
    use posture_core::judge::Tally;
    use posture_core::report::State;
    use posture_core::time::Time;

    use super::*;
    use crate::trend::{Failing, Level, Run};

    fn written(name: &str) -> String {
        let run = |id: i64, fail| Run {
            id,
            finished: Time::from_unix(1_800_000_000 + id * 86_400),
            scopes: 1,
            all: Tally { fail, pass: 9, ..Tally::default() },
            failed: 1,
            reopened: 2,
            fixed: 3,
        };
        let level = |run, unmet| Level { run, states: BTreeMap::from([(State::NotMet, unmet)]) };
        let failing = Failing {
            control: name.to_owned(),
            summary: Some(name.to_owned()),
            severity: Severity::High,
            scope: name.to_owned(),
            name: Some(name.to_owned()),
            since: Some(Time::from_unix(1_800_000_000)),
        };
        let trend = Trend {
            runs: vec![run(1, 160), run(2, 159)],
            frameworks: vec![(frameworks::find("csf").unwrap(), vec![level(1, 5), level(2, 4)])],
            longest: vec![failing],
        };
        let mut out = Vec::new();
        markdown(&trend, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_small_change_looks_small() {
        let text = written("logs");
        for row in [
            "| fail | 160 | 159 | -1 | ██ |",
            "| pass | 9 | 9 | · | ██ |",
            "| unknown | 0 | 0 | · | ▁▁ |",
            "| not met | 5 | 4 | -1 | █▇ |",
            "| 2 | 2027-01-17 08:00 UTC | 1 | 159 | 0 | 0 | 9 | 1 | 2 | 3 |",
            "| 2 | high | logs | `logs` | `logs` | `logs` |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row}: {text}");
        }
        let mut none = Vec::new();
        markdown(&Trend::default(), &mut none).unwrap();
        assert!(String::from_utf8(none).unwrap().contains("No runs recorded yet."));
    }

    #[test]
    fn a_hostile_name_stays_in_its_cell() {
        for name in ["a|b", "<img src=x>", "a`b", "x\n# y", "[a](https://evil.example)"] {
            let text = written(name);
            let row = text.lines().last().unwrap();
            assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
            assert_eq!(text.lines().count(), written("logs").lines().count(), "{text}");
        }
    }
}
