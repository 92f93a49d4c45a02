//! From a snapshot to the printed report and the exit code.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use posture_collect::text::shell;
use posture_core::exception::{Pattern, Standing};
use posture_core::filter::Filter;
use posture_core::frameworks::{self, Framework};
use posture_core::judge::{self, Findings, Outcome};
use posture_core::record::FindingStatus;
use posture_core::report::{Report, roll_up};
use posture_core::suggest::nearest;
use posture_report::text::safe;
use posture_report::{Comparison, Depth, Format, View, described};

use crate::args::{AllowUnknown, Check, FailOn, HistoryOptions, Output, Screen};
use crate::comparison::{Audit, scopes, with_report};
use crate::config::{self, Config};
use crate::error::{Failure, Result, did_you_mean};
use crate::history::{self, History, Input, RUNS, Trend};
use crate::judging::{audited, options};
use crate::output::{canvas, put, say, word, write_with};
use crate::select::select;
use crate::typed::Words;
use crate::what_if;

/// `posture check`.
pub(crate) fn check(arguments: &Check, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.selection)?;
    let selected = select(&arguments.selection, &config)?;
    // Before anything is read.
    arguments.output.filters.filter(&config.catalogue)?;
    let snapshot = history::snapshot(&arguments.snapshot, &arguments.kept, &config)?;
    if let Some(patch) = &arguments.what_if {
        return what_if::run(snapshot, patch, &selected, &config, &arguments.output, screen);
    }
    let baseline = baseline(&arguments.output, &arguments.kept, &config)?;
    let again = Words::of(&format!("posture check {}", word(&arguments.snapshot)));
    let again = again.selection(&arguments.selection).kept(&arguments.kept).to_string();
    let findings = judge::judge(&snapshot, &selected.controls, &options(&config));
    let trend = trend(&arguments.kept, &config, &arguments.output)?;
    let history = match arguments.output.compares()? {
        true => History::find_begun(&arguments.kept, &config)?,
        false => None,
    };
    check_since(&arguments.output, history.is_some())?;
    let past = Past { baseline, trend: trend.as_ref(), history: history.as_ref() };
    print(findings, selected.frameworks, &config, &arguments.output, screen, again, past)
}

/// `posture report`: the same, where only what is written counts.
pub(crate) fn render(arguments: &Check, screen: Screen) -> Result<ExitCode> {
    let output = &arguments.output;
    let decides = [
        (output.fail_on.is_some(), "--fail-on"),
        (output.allow_unknown.is_some(), "--allow-unknown"),
        (output.baseline.is_some() && !output.compares()?, "--baseline"),
        (arguments.what_if.is_some(), "--what-if"),
    ];
    if let Some((_, name)) = decides.iter().find(|(given, _)| *given) {
        let what = format!("`posture report` only renders, and does not take {name}");
        return Err(Failure::usage(what).help("`posture check` exits with a code for the verdict"));
    }
    check(arguments, screen)?;
    Ok(ExitCode::SUCCESS)
}

/// The status over time, where something is written that shows it and a history is there.
fn trend(kept: &HistoryOptions, config: &Config, output: &Output) -> Result<Option<Trend>> {
    let pairs = output.pairs().map_err(Failure::usage)?;
    if pairs.iter().all(|(format, _)| !format.shows_trend()) {
        return Ok(None);
    }
    let history = History::find_begun(kept, config)?;
    history.map(|history| Trend::read(&history, frameworks::all(), RUNS)).transpose()
}

/// What is known of earlier audits.
#[derive(Default)]
pub(crate) struct Past<'t> {
    /// The audit whose failures are not new.
    pub(crate) baseline: Option<Input>,
    /// The status over time.
    pub(crate) trend: Option<&'t Trend>,
    /// Where earlier runs are, for formats that show what changed.
    pub(crate) history: Option<&'t History>,
}

/// Reads the baseline, where there is one. An audit does so before it begins: then `last` is not the run that it records, and
/// no user waits for a report that has nothing to be compared with.
pub(crate) fn baseline(
    output: &Output,
    kept: &HistoryOptions,
    config: &Config,
) -> Result<Option<Input>> {
    output.baseline.as_deref().map(|path| history::input(path, kept, config)).transpose()
}

/// Writes the report of what was judged.
pub(crate) fn print(
    findings: Findings<'_>,
    selected: Vec<&'static Framework>,
    config: &Config,
    output: &Output,
    screen: Screen,
    again: String,
    past: Past<'_>,
) -> Result<ExitCode> {
    let pairs = output.pairs().map_err(Failure::usage)?;
    let filter = output.filters.filter(&config.catalogue)?;
    let full = !selected.is_empty();
    let frameworks: Vec<&'static Framework> = if full { selected } else { audited(&findings) };
    let compares = output.compares()?;
    let read = |input| Audit::new(input, findings.controls(), &config.catalogue, &options(config));
    let baseline = past.baseline.map(read);
    // A failure that was accepted then and is not any more is a new one.
    let failed = baseline.iter().flat_map(|before| &before.record.findings);
    let failed = failed.filter(|finding| finding.status == FindingStatus::Fail);
    let known: BTreeSet<String> = failed.map(|finding| finding.id.clone()).collect();
    let mut report = roll_up(findings, &frameworks);
    // Of everything, whatever a filter hides. A report is there also where the history does not answer.
    let comparison = match compares {
        true => compared(&report, baseline, config, output, past.history),
        false => Ok(None),
    };
    let comparison = comparison.unwrap_or_else(|failure| {
        say!("note: no comparison with an earlier audit: {}", failure.first());
        None
    });
    let again = match filter.is_empty() {
        true => again,
        false => format!("{again} {}", typed(&filter)),
    };
    report.keep(filter);
    let trend = past.trend.map(|trend| trend.chart(&config.catalogue));
    // A user who writes a file wants to know how it came out as well.
    let unseen = pairs.iter().all(|(_, path)| path.is_some());
    let mut silent = Vec::new();
    for (format, path) in pairs {
        if !format.says_filter() {
            silent.push(format);
        }
        let mut canvas = canvas(screen);
        if path.is_some() {
            canvas.color = false;
        }
        let mut view = View::new(&report, &config.params, posture::provider_info);
        view.canvas = canvas;
        view.again = Some(again.clone());
        view.full = full;
        view.depth = depth(output, screen, full || path.is_some());
        view.frameworks = match (full, view.depth) {
            (true, _) | (_, Depth::Verdict | Depth::Screen) => frameworks.len(),
            (false, Depth::Controls | Depth::Details) => FIRST,
        };
        view.trend = trend.as_ref();
        view.comparison = comparison.as_ref();
        view.verbose = screen.verbose > 0;
        let write = |out: &mut dyn Write| format.write(&view, out);
        match path {
            Some(path) => {
                write_with(path, write)?;
                // What was written to a pipe or a device is where its reader wants it.
                if !screen.quiet && path.is_file() {
                    say!("wrote `{}`", safe(&path.to_string_lossy(), 2_000));
                }
            }
            None => put(&mut std::io::stdout().lock(), |out| {
                let mut out = std::io::BufWriter::new(out);
                write(&mut out)?;
                out.flush()
            })?,
        }
    }
    if unseen && std::io::stdout().is_terminal() {
        let mut view = View::new(&report, &config.params, posture::provider_info);
        view.canvas = canvas(screen);
        view.depth = Depth::Verdict;
        put(&mut std::io::stdout().lock(), |out| Format::Table.write(&view, out))?;
    }
    // Also where notes are not asked for: what hides failures is not a note.
    if let Some(removes) = config.removes() {
        say!("note: {removes}");
    }
    if let Some(hidden) = posture_report::filtered(&report.findings) {
        for format in silent {
            let note = match format {
                Format::CsvRequirements => "not filtered: it covers everything that was audited",
                _ => hidden.as_str(),
            };
            say!("note: {}: {note}", format.id());
        }
    }
    if !screen.quiet {
        for note in odd_exceptions(&report) {
            say!("note: {note}");
        }
        if let Some(why) = unexamined(&report.findings) {
            say!("note: {why}, so this is not a success");
        }
    }
    Ok(exit_code(&report, config, output, &known))
}

/// What changed since the audit that is named, or else since the previous run of the history or the last one before a time.
fn compared(
    report: &Report<'_>,
    baseline: Option<Audit>,
    config: &Config,
    output: &Output,
    history: Option<&History>,
) -> Result<Option<Comparison>> {
    let earlier = match (baseline, history) {
        (Some(named), _) => Some(named),
        (None, Some(history)) => {
            let finished = report.findings.header().finished;
            let time = output.since.map_or(finished, |since| since.time(finished).min(finished));
            match (history.run_before(time, &scopes(&report.findings))?, output.since) {
                (Some(run), _) => Some(Audit::of_run(history, &run)?),
                (None, Some(since)) => return Err(since.none(finished)),
                (None, None) => None,
            }
        }
        (None, None) => None,
    };
    let (catalogue, params) = (&config.catalogue, &config.params);
    let compare = |earlier: Audit| with_report(&earlier, report, catalogue, params, history);
    earlier.map(compare).transpose()
}

/// Whether the time that a summary is to compare with can be looked up.
pub(crate) fn check_since(output: &Output, has_history: bool) -> Result<()> {
    match output.since.is_some() && !has_history {
        false => Ok(()),
        true => Err(Failure::usage("--since needs a history").help(
            "pass it with --history, or set `store` in [history] of posture.toml; --baseline takes a file",
        )),
    }
}

/// A filter as the words of a shell command.
fn typed(filter: &Filter) -> String {
    let words = filter.arguments();
    words.map(|(name, value)| format!("--{name} {}", shell(&value))).collect::<Vec<_>>().join(" ")
}

/// How much the table shows. A file has room for the tables, and so has a user who asks for a framework or for more.
fn depth(output: &Output, screen: Screen, tables: bool) -> Depth {
    if output.details {
        Depth::Details
    } else if tables || output.all || screen.verbose > 0 {
        Depth::Controls
    } else if screen.quiet {
        Depth::Verdict
    } else {
        Depth::Screen
    }
}

/// How many frameworks are shown chapter by chapter unless the command names some.
const FIRST: usize = 2;

/// After how many days an exception ends so late that it will not be reviewed again.
const FAR: u32 = 366;

/// Exceptions that cover nothing are either mistakes or obsolete; those that end soon must be reviewed, and
/// those that are valid for years are forgotten.
fn odd_exceptions(report: &Report<'_>) -> Vec<String> {
    let now = report.findings.header().finished;
    let mut notes = Vec::new();
    for used in judge::uses(&report.findings) {
        let exception = used.exception;
        let place = &exception.place;
        let what =
            format!("the exception to {} {}", exception.controls.join(", "), described(place));
        let until = exception.expires.day();
        match used.standing {
            Standing::Ended => notes.push(format!("{what} expired on {until}")),
            Standing::EndsSoon => notes.push(format!("{what} expires on {until}")),
            Standing::Idle => {
                let known = report
                    .findings
                    .everything()
                    .filter_map(|f| f.subject.map(|subject| subject.id));
                let name = place.resource.as_ref().map_or("", Pattern::text);
                let guess = did_you_mean(&nearest(name, known)).filter(|_| !name.is_empty());
                let guess = guess.map_or(String::new(), |guess| format!("; {guess}"));
                notes.push(format!("{what} covers no failures{guess}"));
            }
            Standing::InForce => {}
        }
        if now.is_older_than_days(FAR, exception.expires) {
            notes.push(format!("{what} expires on {until}, more than a year from now"));
        }
    }
    notes.iter().map(|note| safe(note, 1_000).into_owned()).collect()
}

/// What keeps a report from saying that all is well, however few failures it has: success needs something that was examined.
fn unexamined(findings: &Findings<'_>) -> Option<&'static str> {
    if findings.header().partial {
        return Some("the audit was stopped before it finished");
    }
    if findings.scopes().is_empty() {
        return Some("no account was read");
    }
    let decided = |finding: judge::Finding<'_>| !matches!(finding.outcome, Outcome::Unknown(_));
    (!findings.everything().any(decided)).then_some("nothing could be decided")
}

/// What the exit code says, by everything that was audited, whatever a filter hides; `known` are the failures of the baseline.
fn exit_code(
    report: &Report<'_>,
    config: &Config,
    output: &Output,
    known: &BTreeSet<String>,
) -> ExitCode {
    let fail_on = output
        .fail_on
        .or(config.fail_on)
        .unwrap_or(FailOn::At(posture_core::control::Severity::Low));
    let allowed = output.allow_unknown.or(config.allow_unknown).unwrap_or(AllowUnknown::Number(0));
    // A file that is invalid outranks what the others show: it would not be applied at all.
    if report.findings.invalid_documents() > 0 {
        return ExitCode::from(12);
    }
    let (mut failed, mut unknown, mut all) = (false, 0, 0);
    for finding in report.findings.everything() {
        let counts = match fail_on {
            FailOn::At(least) => finding.control.severity >= least,
            FailOn::Never => true,
        };
        if !counts {
            continue;
        }
        all += 1;
        match finding.outcome {
            Outcome::Fail(_) => {
                let counts = finding.exception.is_none() && fail_on != FailOn::Never;
                failed |= counts && !known.contains(&finding.id());
            }
            Outcome::Unknown(_) => unknown += 1,
            Outcome::Pass | Outcome::NotApplicable(_) => {}
        }
    }
    if failed {
        ExitCode::from(10)
    } else if unexamined(&report.findings).is_some() || !allowed.allows(unknown, all) {
        ExitCode::from(11)
    } else {
        ExitCode::SUCCESS
    }
}
