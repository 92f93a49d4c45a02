//! The status of findings and requirements over the runs.

use std::io::{self, Write};
use std::process::ExitCode;

use posture_core::catalogue::Catalogue;
use posture_core::frameworks::{self, Framework};
use posture_core::record::FindingStatus;
use posture_core::report::State;
use posture_history::{Entry, Level, Run};
use posture_report::stream::pretty;
use posture_report::text::{NAME, safe};
use posture_report::{Canvas, trend};
use serde::Serialize;

use super::shown::{EntryV1, RunV1, headline, item};
use super::store::History;
use crate::args::{HistoryTrend, Screen, TrendFormat};
use crate::error::Result;
use crate::output::{canvas, counted, print, put, write_with};
use crate::{config, select};

/// The status of findings and requirements over the newest runs of a history, the oldest first.
pub(crate) struct Trend {
    /// The runs.
    pub(crate) runs: Vec<Run>,
    /// The states of the requirements of each framework in those of them that rolled it up.
    pub(crate) frameworks: Vec<(&'static Framework, Vec<Level>)>,
    /// What fails now, the longest first.
    pub(crate) longest: Vec<Entry>,
}

/// Of how many runs a report shows the trend.
pub(crate) const RUNS: usize = 50;

/// How many findings that have been failing for long are named.
const LONGEST: usize = 10;

impl Trend {
    pub(crate) fn read(
        history: &History,
        frameworks: &[&'static Framework],
        most: usize,
    ) -> Result<Self> {
        let runs = history.ask(|history| history.runs(most))?;
        let mut levels = Vec::new();
        for framework in frameworks {
            let of = history.ask(|history| history.requirements(framework.id, most))?;
            if !of.is_empty() {
                levels.push((*framework, of));
            }
        }
        let longest = history.ask(|history| history.failing(LONGEST))?;
        Ok(Self { runs, frameworks: levels, longest })
    }

    /// What is shown of it.
    pub(crate) fn chart(&self, catalogue: &Catalogue) -> trend::Trend {
        let runs = self.runs.iter().map(|run| trend::Run {
            id: run.id,
            finished: run.finished,
            scopes: run.scopes,
            all: run.all,
            failed: run.failed,
            reopened: run.reopened,
            fixed: run.fixed,
        });
        let frameworks = self.frameworks.iter().map(|(framework, levels)| {
            let level = |of: &Level| trend::Level { run: of.run, states: of.states.clone() };
            (*framework, levels.iter().map(level).collect())
        });
        let longest = self.longest.iter().map(|entry| trend::Failing {
            control: entry.control.clone(),
            summary: catalogue.headline(&entry.control, true).map(str::to_owned),
            severity: entry.severity,
            scope: entry.scope.clone(),
            name: entry.name.clone(),
            since: Some(entry.failing_since.unwrap_or(entry.since)),
        });
        trend::Trend {
            runs: runs.collect(),
            frameworks: frameworks.collect(),
            longest: longest.collect(),
        }
    }
}

/// `posture history trend`.
pub(super) fn run(arguments: &HistoryTrend, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.which.config.as_deref(), &[])?;
    let history = History::need(&arguments.which.kept, &config, false)?;
    let named = arguments.framework.iter().map(|name| select::framework(name));
    let mut chosen: Vec<&'static Framework> = named.collect::<Result<_>>()?;
    if chosen.is_empty() {
        let all = frameworks::all().iter().copied();
        let first = match arguments.format {
            TrendFormat::Table | TrendFormat::Markdown => 2,
            TrendFormat::Html | TrendFormat::Json | TrendFormat::Csv => usize::MAX,
        };
        chosen = all.take(first).collect();
    }
    let trend = Trend::read(&history, &chosen, arguments.limit as usize)?;
    let mut canvas = canvas(screen);
    canvas.color &= arguments.output.is_none();
    let write = |out: &mut dyn Write| match arguments.format {
        TrendFormat::Table => table(&trend, &config.catalogue, canvas, out),
        TrendFormat::Html => posture_report::html::trend(&trend.chart(&config.catalogue), out),
        TrendFormat::Markdown => {
            posture_report::trend::markdown(&trend.chart(&config.catalogue), out)
        }
        TrendFormat::Json => pretty(&Document::new(&trend, &config.catalogue), out),
        TrendFormat::Csv => csv(&trend, out),
    };
    match &arguments.output {
        Some(path) => write_with(path, write)?,
        None => print(screen, |_, out| put(out, write)).map(drop)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn table(
    trend: &Trend,
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    if trend.runs.is_empty() {
        return writeln!(out, "No runs recorded yet.");
    }
    let chart = trend.chart(catalogue);
    writeln!(out, "{}", canvas.bold(&format!("Trend of {}", chart.described())))?;
    let title = "Findings of all accounts";
    let head = format!("\n{title:<LABEL$} {:>7} {:>7} {:>6}", "first", "last", "change");
    writeln!(out, "{}", canvas.bold(&head))?;
    for status in trend::STATUSES {
        row(status.words(), &chart.findings(status), canvas, out)?;
    }
    for (framework, levels) in &trend.frameworks {
        let title = format!("{} {}", framework.name, framework.version);
        writeln!(out, "\n{}", canvas.bold(&title))?;
        for state in trend::STATES {
            let counts: Vec<usize> = levels
                .iter()
                .map(|level| level.states.get(&state).copied().unwrap_or_default())
                .collect();
            if counts.iter().any(|count| *count > 0) {
                row(state.words(), &counts, canvas, out)?;
            }
        }
    }
    if trend.frameworks.iter().any(|(_, levels)| levels.len() < trend.runs.len()) {
        writeln!(
            out,
            "\nThe lines of a framework leave out runs that did not run all of its controls."
        )?;
    }
    if chart.failing_for_days().next().is_none() {
        return Ok(());
    }
    writeln!(out, "\n{}", canvas.bold("Longest failing"))?;
    for (days, entry) in chart.failing_for_days() {
        let resource = entry.name.as_deref().unwrap_or("the account");
        let what = format!(
            "{}, {}: {} in {}",
            headline(&entry.control, true, catalogue),
            entry.severity,
            safe(resource, NAME),
            safe(&entry.scope, NAME)
        );
        let since = entry.since.map_or(String::new(), |since| format!(" since {}", since.day()));
        item(&format!("{}{since}: {what}", counted(days, "day", "days")), canvas, out)?;
    }
    Ok(())
}

/// How wide the names of rows are.
const LABEL: usize = 26;

fn row(name: &str, counts: &[usize], canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let (Some(first), Some(last)) = (counts.first(), counts.last()) else { return Ok(()) };
    let change = trend::change(counts);
    // If not all fit, the newest count.
    let room = usize::from(canvas.width).saturating_sub(LABEL + 26);
    let shown = &counts[counts.len().saturating_sub(room)..];
    writeln!(out, "  {name:<LABEL$} {first:>5} {last:>7} {change:>6}  {}", trend::spark(shown))
}

/// A row for each run.
fn csv(trend: &Trend, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut head = vec!["run".to_owned(), "finished".to_owned(), "accounts".to_owned()];
    head.extend(FindingStatus::ALL.iter().map(|status| status.id().to_owned()));
    for (framework, _) in &trend.frameworks {
        head.extend(State::ALL.iter().map(|state| format!("{} {}", framework.id, state.id())));
    }
    csv.write_record(&head)?;
    for run in &trend.runs {
        let mut row = vec![run.id.to_string(), run.finished.to_string(), run.scopes.to_string()];
        row.extend(FindingStatus::ALL.iter().map(|status| run.all.of(*status).to_string()));
        for (_, levels) in &trend.frameworks {
            let level = levels.iter().find(|level| level.run == run.id);
            // A run that did not roll the framework up has no number for it.
            row.extend(State::ALL.iter().map(|state| {
                level.map_or(String::new(), |level| {
                    level.states.get(state).copied().unwrap_or_default().to_string()
                })
            }));
        }
        csv.write_record(&row)?;
    }
    csv.flush()
}

/// What the JSON form holds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'t> {
    format: &'static str,
    version: u32,
    runs: Vec<RunV1>,
    frameworks: Vec<FrameworkV1<'t>>,
    failing_longest: Vec<EntryV1<'t>>,
}

#[derive(Serialize)]
struct FrameworkV1<'t> {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    runs: Vec<LevelV1<'t>>,
}

#[derive(Serialize)]
struct LevelV1<'t> {
    run: i64,
    states: &'t std::collections::BTreeMap<State, usize>,
}

impl<'t> Document<'t> {
    fn new(trend: &'t Trend, catalogue: &Catalogue) -> Self {
        let frameworks = trend.frameworks.iter().map(|(framework, levels)| FrameworkV1 {
            id: framework.id,
            name: framework.name,
            version: framework.version,
            runs: levels.iter().map(|l| LevelV1 { run: l.run, states: &l.states }).collect(),
        });
        Self {
            format: "posture-trend",
            version: 1,
            runs: trend.runs.iter().map(RunV1::new).collect(),
            frameworks: frameworks.collect(),
            failing_longest: trend
                .longest
                .iter()
                .map(|entry| EntryV1::new(entry, catalogue))
                .collect(),
        }
    }
}
