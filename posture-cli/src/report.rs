//! From a snapshot to the printed report and the exit code.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use posture_core::frameworks::{self, Framework};
use posture_core::judge::{self, Findings, Outcome};
use posture_core::report::{Report, roll_up};
use posture_core::snapshot::Snapshot;
use posture_core::suggest::nearest;

use crate::args::{AllowUnknown, Check, FailOn, Format, Output, Screen};
use crate::config::{self, Config};
use crate::error::{Failure, Result, did_you_mean};
use crate::render::table::View;
use crate::render::{self};
use crate::select::select;
use crate::{canvas, put};

/// `posture check`.
pub(crate) fn check(arguments: &Check, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.selection.config.as_deref())?;
    let selected = select(&arguments.selection, &config)?;
    let snapshot = Snapshot::load(&arguments.snapshot).map_err(|error| {
        Failure::tool(format!("cannot judge `{}`", arguments.snapshot.display()))
            .caused_by(&error)
            .help(error.help())
    })?;
    let again = format!("posture check {}", word(&arguments.snapshot));
    let findings = judge::judge(&snapshot, &selected.controls, &options(&config));
    print(findings, selected.frameworks, &config, &arguments.output, screen, again)
}

/// A path as a word of a shell command.
pub(crate) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@=+,".contains(c));
    if plain && !text.is_empty() { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// How to judge.
pub(crate) fn options(config: &Config) -> judge::Options {
    judge::Options { params: config.params.clone(), exceptions: config.exceptions.clone() }
}

/// Writes the report of what was judged.
pub(crate) fn print(
    findings: Findings<'_>,
    selected: Vec<&'static Framework>,
    config: &Config,
    output: &Output,
    screen: Screen,
    again: String,
) -> Result<ExitCode> {
    let full = !selected.is_empty();
    let frameworks: Vec<&'static Framework> = match (output.format, full) {
        (_, true) => selected,
        (Format::Table, false) => frameworks::all().iter().copied().take(2).collect(),
        // A benchmark of one provider has nothing to say where only another was audited.
        (Format::Json | Format::Csv, false) => {
            let audited = |framework: &Framework| {
                framework.provider.is_none_or(|provider| {
                    findings.scopes().iter().any(|scope| scope.scope().provider == provider)
                })
            };
            frameworks::all().iter().copied().filter(|framework| audited(framework)).collect()
        }
    };
    let report = roll_up(findings, &frameworks);
    let mut text = Vec::new();
    let mut canvas = canvas(screen);
    if output.output.is_some() {
        canvas.color = false;
    }
    let rendered = match output.format {
        Format::Table => {
            let mut view = View::new(&report, again, canvas);
            view.full = full;
            view.details = output.details;
            view.verbose = u8::from(screen.verbose > 0);
            view.write(&mut text)
        }
        Format::Json => render::json(&report, &config.params, &mut text),
        Format::Csv => render::csv::write(&report, &mut text),
    };
    rendered.map_err(|error| Failure::tool("cannot render the report").cause(error))?;
    match &output.output {
        Some(path) => write_file(path, &text)?,
        None => put(&mut std::io::stdout().lock(), |out| {
            out.write_all(&text)?;
            out.flush()
        })?,
    }
    if !screen.quiet {
        for note in odd_exceptions(&report, config) {
            eprintln!("note: {note}");
        }
    }
    Ok(exit_code(&report, config, output))
}

/// Writes a file in whole or not at all, readable by its owner only: a report tells an attacker where to begin.
fn write_file(path: &Path, text: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let write = || {
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&part)?.write_all(text)?;
        std::fs::rename(&part, path)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&part);
        Failure::tool(format!("cannot write `{}`", path.display())).cause(error)
    })
}

/// After how many days an exception ends so late that nobody will look at it again.
const FAR: u32 = 366;

/// Exceptions that cover nothing are either mistakes or done with; those that hold for years are forgotten.
fn odd_exceptions(report: &Report<'_>, config: &Config) -> Vec<String> {
    let judged = report.findings.controls();
    let now = report.findings.header().finished;
    let mut notes = Vec::new();
    for exception in &config.exceptions {
        if !judged.iter().any(|control| control.id == exception.control) {
            continue;
        }
        let what = format!("the exception of `{}` for `{}`", exception.control, exception.resource);
        let until = exception.expires.day();
        if exception.expires <= now {
            notes.push(format!("{what} expired on {until}"));
            continue;
        }
        if now.is_older_than_days(FAR, exception.expires) {
            notes.push(format!("{what} ends on {until}, more than a year from now"));
        }
        if !report.findings.iter().any(|finding| finding.exception == Some(exception)) {
            let known = report.findings.iter().filter_map(|f| f.subject.map(|subject| subject.id));
            let guess = did_you_mean(&nearest(&exception.resource, known));
            let guess = guess.map_or(String::new(), |guess| format!("; {guess}"));
            notes.push(format!("{what} covers no failure{guess}"));
        }
    }
    notes.iter().map(|note| crate::text::safe(note, 1_000).into_owned()).collect()
}

fn exit_code(report: &Report<'_>, config: &Config, output: &Output) -> ExitCode {
    let fail_on = output
        .fail_on
        .or(config.fail_on)
        .unwrap_or(FailOn::At(posture_core::control::Severity::Low));
    let allowed = output.allow_unknown.or(config.allow_unknown).unwrap_or(AllowUnknown::Number(0));
    let (mut failed, mut unknown, mut all) = (false, 0, 0);
    for finding in report.findings.iter() {
        let counts = match fail_on {
            FailOn::At(least) => finding.control.severity >= least,
            FailOn::Never => true,
        };
        if !counts {
            continue;
        }
        all += 1;
        match finding.outcome {
            Outcome::Fail(_) => failed |= finding.exception.is_none() && fail_on != FailOn::Never,
            Outcome::Unknown(_) => unknown += 1,
            Outcome::Pass | Outcome::NotApplicable(_) => {}
        }
    }
    if failed {
        ExitCode::from(10)
    } else if !allowed.allows(unknown, all) {
        ExitCode::from(11)
    } else {
        ExitCode::SUCCESS
    }
}
