//! The compliance tables.

use std::io::{self, Write};

use comfy_table::{Attribute, Cell, Color};
use posture_core::frameworks::{Framework, Group, Requirement};
use posture_core::judge::Tally;
use posture_core::report::{Counts, FrameworkReport, State};

use crate::coverage::{coverage, never_met, result, short, short_result};
use crate::shared::judged_by;
use crate::style::{Canvas, lines, state_color};
use crate::text::{NAME, safe};

const LEGEND: &str = "unmet: a control fails · part: everything examined passes, but it is not the whole requirement · indet: something could not be read, or only a supporting control fails · \
n/a: no such resource · exc: accepted failure · org: only people and documents can show it · none: no control yet · \
shown: requirements with some evidence / those decided in part / those that cloud APIs can show";

/// A framework chapter by chapter.
pub(crate) fn overview(
    report: &FrameworkReport,
    canvas: Canvas,
    out: &mut impl Write,
) -> io::Result<()> {
    let framework = report.framework;
    heading(framework, canvas, out)?;
    // With several providers the last columns say how much is shown on each of them, and together.
    let several = has_columns(report, canvas);
    let mut header = vec![
        ("", false),
        ("Met", true),
        ("Part", true),
        ("Unmet", true),
        ("Indet", true),
        ("N/A", true),
        ("Exc", true),
        ("Org", true),
        ("None", true),
    ];
    if several {
        header.extend(report.providers.iter().map(|provider| (provider.name(), true)));
    }
    header.push((if several { "Both" } else { "Shown" }, true));
    let room = usize::from(canvas.width).saturating_sub(if several { 65 } else { 50 });
    let mut table = canvas.table(&header);
    for group in framework.groups {
        let belongs = |requirement: &Requirement| framework.is_in(requirement, group);
        let top = group.parent.is_none();
        let nested = framework.groups.iter().any(|other| other.parent == Some(group.id));
        let indent = if top { "" } else { "  " };
        let title = if group.id == group.title {
            group.id.to_owned()
        } else {
            format!("{indent}{} {}", group.id, group.title)
        };
        let title = Cell::new(shorten(&title, room.max(15)));
        let mut row =
            vec![if top && nested { title.add_attribute(Attribute::Bold) } else { title }];
        row.extend(states(report, &belongs, canvas));
        table.add_row(row);
    }
    let mut row = vec![canvas.strong("All")];
    row.extend(states(report, &|_| true, canvas));
    table.add_row(row);
    write!(out, "{}", lines(&table))?;
    summary(report, canvas, out)
}

/// Whether there are several providers, and their columns fit beside the others: in a small terminal, those of four do.
fn has_columns(report: &FrameworkReport, canvas: Canvas) -> bool {
    const OTHERS: usize = 49;
    let all = report.providers.iter().map(|provider| provider.name().len().max(5) + 1);
    report.providers.len() > 1 && OTHERS + all.sum::<usize>() <= usize::from(canvas.width)
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
    let mut chapters = Chapters::new(framework);
    for row in &report.requirements {
        chapters.before(row.requirement, canvas, out)?;
        let state = match state_color(row.state) {
            Some(color) => canvas.painted(row.state.words(), color),
            None => canvas.dim(row.state.words()),
        };
        requirement(row.requirement, &state, canvas, out)?;
        if report.providers.len() > 1 && row.on.iter().any(|on| *on != row.state) {
            let each: Vec<String> = report
                .providers
                .iter()
                .zip(&row.on)
                .map(|(provider, state)| format!("{provider}: {state}"))
                .collect();
            writeln!(out, "    {}", canvas.dim(&each.join(" · ")))?;
        }
        for bearing in &row.controls {
            let (word, color) = most(bearing.tally);
            let word = format!("{word:<11}");
            let word = color.map_or_else(|| word.clone(), |color| canvas.painted(&word, color));
            write!(out, "    {:<10}  {word}  {}", bearing.strength, bearing.control.id)?;
            let by = judged_by(bearing, |tool| safe(tool, NAME).into_owned()).unwrap_or_default();
            let fits = 31 + bearing.control.id.len() + by.len() <= usize::from(canvas.width);
            match (by.is_empty(), fits) {
                (true, _) => writeln!(out)?,
                (false, true) => writeln!(out, "  {}", canvas.dim(&by))?,
                (false, false) => {
                    writeln!(out)?;
                    for line in wrap(&by, canvas.width.saturating_sub(8)) {
                        writeln!(out, "        {}", canvas.dim(&line))?;
                    }
                }
            }
        }
    }
    writeln!(out)?;
    summary(report, canvas, out)
}

/// What decides of a control's findings, and how many of them there are.
fn most(tally: Tally) -> (String, Option<Color>) {
    if tally.fail > 0 {
        (format!("{} fail", tally.fail), Some(Color::Red))
    } else if tally.unknown > 0 {
        (format!("{} unknown", tally.unknown), Some(Color::Yellow))
    } else if tally.excepted > 0 {
        (format!("{} excepted", tally.excepted), Some(Color::Yellow))
    } else if tally.pass > 0 {
        (format!("{} pass", tally.pass), Some(Color::Green))
    } else {
        ("n/a".to_owned(), None)
    }
}

/// Writes a requirement: its id beside a word about it, and what it asks below.
///
/// # Errors
/// Those of the writer.
pub fn requirement(
    requirement: &Requirement,
    word: &str,
    canvas: Canvas,
    out: &mut (impl Write + ?Sized),
) -> io::Result<()> {
    writeln!(out, "{:<8}  {word}", requirement.id)?;
    for line in wrap(requirement.title, canvas.width.saturating_sub(2)) {
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

/// The titles of chapters, each before its first requirement.
pub struct Chapters {
    framework: &'static Framework,
    last: Option<&'static str>,
}

impl Chapters {
    /// The chapters of a framework, from its beginning.
    pub fn new(framework: &'static Framework) -> Self {
        Self { framework, last: None }
    }

    /// Writes the title of the requirement's chapter if it is a new one.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn before(
        &mut self,
        requirement: &'static Requirement,
        canvas: Canvas,
        out: &mut (impl Write + ?Sized),
    ) -> io::Result<()> {
        if self.last == Some(requirement.group) {
            return Ok(());
        }
        self.last = Some(requirement.group);
        let Some(group) = self.framework.group(requirement.group) else { return Ok(()) };
        writeln!(out)?;
        for line in wrap(&path(self.framework, group), canvas.width) {
            writeln!(out, "{}", canvas.bold(&line))?;
        }
        Ok(())
    }
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

fn states(
    report: &FrameworkReport,
    belongs: &dyn Fn(&Requirement) -> bool,
    canvas: Canvas,
) -> Vec<Cell> {
    let counts = report.counts_where(belongs);
    let columns = [
        State::Met,
        State::PartlyEvidenced,
        State::NotMet,
        State::Indeterminate,
        State::NotApplicable,
        State::Excepted,
        State::NotAssessedOrganizational,
        State::NotAssessedNoControl,
    ];
    let mut cells: Vec<Cell> =
        columns.map(|state| canvas.count(counts.of(state), state_color(state))).into();
    if has_columns(report, canvas) {
        for place in 0..report.providers.len() {
            let counts = report.counts_on(place, belongs);
            let text = format!("{}/{}", counts.evidenced, counts.decided);
            cells.push(shown(counts, text, canvas));
        }
    }
    let text = format!("{}/{}/{}", counts.evidenced, counts.decided, counts.assessable);
    cells.push(shown(counts, text, canvas));
    cells
}

fn shown(counts: Counts, text: String, canvas: Canvas) -> Cell {
    if counts.assessable == 0 {
        canvas.count(0, None)
    } else if counts.evidenced == 0 {
        canvas.colored(text, Color::DarkGrey)
    } else {
        Cell::new(text)
    }
}

/// Coverage, which is two numbers, and the score.
fn summary(report: &FrameworkReport, canvas: Canvas, out: &mut impl Write) -> io::Result<()> {
    let counts = report.counts();
    writeln!(out, "Coverage: {} (of {}).", coverage(counts), counts.total())?;
    let text = format!("{}.", result(counts));
    for (place, line) in wrap(&text, canvas.width.saturating_sub(10)).iter().enumerate() {
        writeln!(out, "{:<9} {line}", if place == 0 { "Result:" } else { "" })?;
    }
    if let Some(note) = never_met(report) {
        for line in wrap(note, canvas.width) {
            writeln!(out, "{line}")?;
        }
    }
    if report.providers.len() > 1 {
        for (place, provider) in report.providers.iter().enumerate() {
            let counts = report.counts_on(place, |_| true);
            let name = format!("{provider}:");
            writeln!(out, "{name:<9} {};", short(counts))?;
            writeln!(out, "{:<9} {}.", "", short_result(counts))?;
        }
    }
    Ok(())
}

/// Titles of chapters are cut before the numbers beside them are squeezed.
fn shorten(title: &str, room: usize) -> String {
    if title.chars().count() <= room {
        return title.to_owned();
    }
    let cut: String = title.chars().take(room - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Lines of at most `width` columns; a word that is longer, such as an ARN, is broken.
pub fn wrap(text: &str, width: u16) -> Vec<String> {
    let options = textwrap::Options::new(usize::from(width))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}
