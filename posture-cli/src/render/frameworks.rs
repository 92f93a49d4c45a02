//! The compliance tables.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, Color};
use posture_core::frameworks::{Framework, Group};
use posture_core::report::{Counts, FrameworkReport, State};

use super::style::{Canvas, lines, state_color};

const LEGEND: &str = "unmet: a control fails · part: what was examined passes, and it is not all the requirement asks · indet: could not be read · \
n/a: no such resource · exc: accepted failure · org: only people and documents can show it · none: no control yet · \
assessed: of those that a cloud's interfaces can show";

/// A framework chapter by chapter.
pub(crate) fn overview(
    report: &FrameworkReport,
    canvas: Canvas,
    out: &mut impl Write,
) -> io::Result<()> {
    let framework = report.framework;
    heading(framework, canvas, out)?;
    let mut table = canvas.table(&[
        ("", false),
        ("Met", true),
        ("Part", true),
        ("Unmet", true),
        ("Indet", true),
        ("N/A", true),
        ("Exc", true),
        ("Org", true),
        ("None", true),
        ("Assessed", true),
    ]);
    for group in framework.groups {
        let counts = report.counts_where(|requirement| framework.lies_in(requirement, group));
        let top = group.parent.is_none();
        let nested = framework.groups.iter().any(|other| other.parent == Some(group.id));
        let indent = if top { "" } else { "  " };
        let title = if group.id == group.title {
            group.id.to_owned()
        } else {
            format!("{indent}{} {}", group.id, group.title)
        };
        let title = Cell::new(shorten(&title, canvas.width));
        let mut row =
            vec![if top && nested { title.add_attribute(Attribute::Bold) } else { title }];
        row.extend(states(&counts, canvas));
        table.add_row(row);
    }
    let mut row = vec![canvas.strong("All")];
    row.extend(states(&report.counts(), canvas));
    table.add_row(row);
    write!(out, "{}", lines(&table))?;
    summary(report, out)
}

/// What the columns of [`overview`] mean.
pub(crate) fn legend(canvas: Canvas, out: &mut impl Write) -> io::Result<()> {
    for line in wrap(LEGEND, canvas.width) {
        writeln!(out, "{}", canvas.dim(&line))?;
    }
    Ok(())
}

/// Every requirement of a framework.
pub(crate) fn full(
    report: &FrameworkReport,
    canvas: Canvas,
    out: &mut impl Write,
) -> io::Result<()> {
    let framework = report.framework;
    heading(framework, canvas, out)?;
    let mut table = canvas.table(&[("Requirement", false), ("State", false), ("Controls", false)]);
    let mut chapter: Option<&str> = None;
    for row in &report.requirements {
        if chapter != Some(row.requirement.group) {
            chapter = Some(row.requirement.group);
            if let Some(group) = framework.group(row.requirement.group) {
                let title = path(framework, group);
                table.add_row(vec![Cell::new(title).add_attribute(Attribute::Bold)]);
            }
        }
        let controls: Vec<String> = row
            .controls
            .iter()
            .map(|bearing| {
                let tally = bearing.tally;
                let word = if tally.fail > 0 {
                    format!("{} fail", tally.fail)
                } else if tally.unknown > 0 {
                    format!("{} unknown", tally.unknown)
                } else if tally.excepted > 0 {
                    format!("{} excepted", tally.excepted)
                } else if tally.pass > 0 {
                    format!("{} pass", tally.pass)
                } else {
                    "n/a".to_owned()
                };
                format!("{} ({}, {word})", bearing.control.id, bearing.strength)
            })
            .collect();
        let state = match state_color(row.state) {
            Some(color) => canvas.colored(row.state, color),
            None => Cell::new(row.state),
        };
        let title = format!("{} {}", row.requirement.id, row.requirement.title);
        table.add_row(vec![Cell::new(title), state, Cell::new(controls.join("\n"))]);
    }
    write!(out, "{}", lines(&table))?;
    summary(report, out)
}

fn heading(framework: &Framework, canvas: Canvas, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n{}", canvas.bold(&format!("{} {}", framework.name, framework.version)))
}

fn path(framework: &Framework, group: &Group) -> String {
    let own = if group.id == group.title {
        group.id.to_owned()
    } else {
        format!("{} {}", group.id, group.title)
    };
    match group.parent.and_then(|parent| framework.group(parent)) {
        Some(parent) => format!("{} › {own}", parent.title),
        None => own,
    }
}

fn states(counts: &Counts, canvas: Canvas) -> Vec<Cell> {
    let columns = [
        State::Met,
        State::PartlyEvidenced,
        State::NotMet,
        State::Indeterminate,
        State::NotApplicable,
        State::Excepted,
        State::NotAssessedOrganisational,
        State::NotAssessedNoControl,
    ];
    let mut cells: Vec<Cell> =
        columns.map(|state| canvas.count(counts.of(state), state_color(state))).into();
    let assessed = format!("{}/{}", counts.assessed(), counts.assessable);
    cells.push(if counts.assessable == 0 {
        canvas.count(0, None)
    } else if counts.assessed() == 0 {
        canvas.colored(assessed, Color::DarkGrey)
    } else {
        Cell::new(assessed)
    });
    cells
}

/// Coverage and score, which are two numbers.
fn summary(report: &FrameworkReport, out: &mut impl Write) -> io::Result<()> {
    let counts = report.counts();
    let (clean, decided) = counts.score();
    writeln!(
        out,
        "Coverage: {} of {} assessable requirements assessed, of {} in all.",
        counts.assessed(),
        counts.assessable,
        counts.total()
    )?;
    writeln!(out, "Result:   {clean} of {decided} decided requirements without a failure.")
}

/// Titles of chapters are cut before the numbers beside them are squeezed.
fn shorten(title: &str, width: u16) -> String {
    let room = usize::from(width).saturating_sub(50).max(18);
    if title.chars().count() <= room {
        return title.to_owned();
    }
    let cut: String = title.chars().take(room - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Lines of at most `width` columns; a word that is longer, such as an ARN, is broken.
pub(crate) fn wrap(text: &str, width: u16) -> Vec<String> {
    let options = textwrap::Options::new(usize::from(width))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
