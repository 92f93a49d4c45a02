//! What came of an audit, in one line, and the failures behind it.

use std::cmp::Reverse;

use comfy_table::Color;
use console::measure_text_width;
use posture_core::control::{Control, Severity};
use posture_core::judge::{Findings, Tally};
use posture_core::record::FindingStatus;
use posture_core::text::counted;

/// Counts what became of a control: of all of it, or of what is shown.
pub(crate) type Tallied = fn(&Findings<'_>, usize) -> Tally;

/// A control, what became of it, and its place among the controls of the findings.
pub(crate) type Row = (&'static Control, Tally, usize);

/// The controls with findings of a status by a count, the worst first.
pub(crate) fn worst(findings: &Findings<'_>, status: FindingStatus, tally: Tallied) -> Vec<Row> {
    let mut rows: Vec<Row> = findings
        .controls()
        .iter()
        .enumerate()
        .map(|(place, control)| (*control, tally(findings, place), place))
        .filter(|(_, tally, _)| tally.of(status) > 0)
        .collect();
    rows.sort_by_key(|(control, tally, _)| {
        (Reverse(control.severity), Reverse(tally.of(status)), control.id)
    });
    rows
}

/// How many controls there are of each severity, the worst first.
pub(crate) fn by_severity(rows: &[Row]) -> String {
    let of = |severity: Severity| {
        rows.iter().filter(|(control, ..)| control.severity == severity).count()
    };
    let counts: Vec<String> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| (of(*severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| format!("{count} {severity}"))
        .collect();
    counts.join(", ")
}

/// What came of it, whatever a filter hides, with its color. The counts of the least severe yield to the width.
pub(crate) fn line(findings: &Findings<'_>, width: usize) -> (String, Color) {
    let tallies = |wanted: fn(&Tally) -> bool| {
        (0..findings.controls().len()).filter(|place| wanted(&findings.whole_tally(*place))).count()
    };
    let failing = tallies(|tally| tally.fail > 0);
    let unknown = tallies(|tally| tally.fail == 0 && tally.unknown > 0);
    let judged = tallies(|tally| tally.total() > tally.not_applicable);
    let controls = |count: usize| if count == 1 { "control" } else { "controls" };
    let stopped = if findings.header().partial { "Stopped before it finished. " } else { "" };
    let invalid = findings.invalid_documents();
    let mistakes = counted(invalid, "mistake in a file", "mistakes in files");
    let (text, color) = match (failing, unknown, judged) {
        (0, ..) if invalid > 0 => (format!("INVALID: {mistakes}."), Color::Red),
        (_, _, 0) => ("NOTHING was examined.".to_owned(), Color::Yellow),
        (0, 0, _) => {
            (format!("PASSED: {judged} {} without a failure.", controls(judged)), Color::Green)
        }
        (0, _, _) => (
            format!("UNKNOWN: {unknown} of {judged} {} could not be decided.", controls(judged)),
            Color::Yellow,
        ),
        (_, _, _) => {
            let undecided = match unknown {
                0 => String::new(),
                _ => format!("; {unknown} unknown"),
            };
            let whole: Tallied = |findings, place| findings.whole_tally(place);
            let counts = by_severity(&worst(findings, FindingStatus::Fail, whole));
            let invalid = if invalid > 0 { format!("; {mistakes}") } else { String::new() };
            let text = |counts: &str| {
                let controls = controls(judged);
                format!("FAILED: {failing} of {judged} {controls} ({counts}){undecided}{invalid}.")
            };
            let mut line = text(&counts);
            let mut worst = counts.as_str();
            while measure_text_width(stopped) + measure_text_width(&line) > width {
                let Some((kept, _)) = worst.rsplit_once(", ") else { break };
                worst = kept;
                line = text(&format!("{worst}, …"));
            }
            (line, Color::Red)
        }
    };
    (format!("{stopped}{text}"), color)
}
