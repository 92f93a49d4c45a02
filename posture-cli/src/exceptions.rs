//! `posture exceptions`: what was accepted, whether it still holds, and one more.

use std::path::Path;
use std::process::ExitCode;

use posture_core::exception::{Exception, Standing};
use posture_core::judge::{self, Findings, Outcome, uses};
use posture_core::time::Time;
use posture_report::described;
use posture_report::style::{Canvas, lines};
use posture_report::text::{NAME, safe};

use crate::args::{AddException, CheckExceptions, Exceptions, Screen};
use crate::config;
use crate::error::{Failure, Result};
use crate::input;
use crate::judging::{load, options};
use crate::output::{print, put, write_file};

pub(crate) fn run(command: Exceptions, screen: Screen) -> Result<ExitCode> {
    match command {
        Exceptions::List { config } => list(config.as_deref(), screen),
        Exceptions::Check(arguments) => check(&arguments, screen),
        Exceptions::Add(arguments) => add(&arguments),
    }
}

/// Lists the exceptions of the configuration, and their state today.
fn list(named: Option<&Path>, screen: Screen) -> Result<ExitCode> {
    let config = config::load(named, &[])?;
    let now = Time::from(jiff::Timestamp::now());
    // Whether it covers anything only a snapshot can tell.
    let standing = |exception: &Exception| match exception.standing(now) {
        Standing::InForce => "in force",
        standing => standing.words(),
    };
    print(screen, |canvas, out| {
        if config.exceptions.is_empty() {
            return put(out, |out| writeln!(out, "There are no exceptions."));
        }
        let rows =
            config.exceptions.iter().map(|exception| (exception, standing(exception).to_owned()));
        put(out, |out| table(canvas, rows, out))
    })
}

fn table<'e>(
    canvas: Canvas,
    rows: impl Iterator<Item = (&'e Exception, String)>,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    let mut table = canvas.table(&[
        ("Until", false),
        ("Status", false),
        ("Control", false),
        ("Where", false),
        ("Owner", false),
    ]);
    for (exception, standing) in rows {
        table.add_row(vec![
            exception.expires.day(),
            standing,
            exception.controls.join(", "),
            safe(&described(&exception.place), NAME).into_owned(),
            safe(&exception.owner, NAME).into_owned(),
        ]);
    }
    write!(out, "{}", lines(&table))
}

/// Checks the exceptions against a snapshot: one that has ended or covers nothing must be reviewed.
fn check(arguments: &CheckExceptions, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.config.as_deref(), &[])?;
    let snapshot = load(&arguments.snapshot)?;
    let findings = judge::judge(&snapshot, config.catalogue.all(), &options(&config));
    let uses = uses(&findings);
    let odd = uses.iter().any(|used| matches!(used.standing, Standing::Ended | Standing::Idle));
    print(screen, |canvas, out| {
        if uses.is_empty() {
            return put(out, |out| writeln!(out, "There are no exceptions."));
        }
        let rows = uses.iter().map(|used| {
            let covers = match used.covers {
                0 => String::new(),
                1 => ", covers 1 failure".to_owned(),
                count => format!(", covers {count} failures"),
            };
            (used.exception, format!("{}{covers}", used.standing.words()))
        });
        put(out, |out| table(canvas, rows, out))
    })?;
    Ok(if odd { ExitCode::from(10) } else { ExitCode::SUCCESS })
}

/// Writes an exception for a finding to the end of a configuration.
fn add(arguments: &AddException) -> Result<ExitCode> {
    let snapshot = load(&arguments.snapshot)?;
    let config = if arguments.file.exists() {
        config::load(Some(&arguments.file), &[])?
    } else {
        config::Config::default()
    };
    let findings = judge::judge(&snapshot, config.catalogue.all(), &options(&config));
    let text = entry(&findings, arguments)?;
    let mut whole = String::new();
    if arguments.file.exists() {
        whole = input::text(&arguments.file, input::WRITTEN)
            .map_err(|error| cannot_write(&arguments.file, &error))?;
        if !whole.is_empty() && !whole.ends_with('\n') {
            whole.push('\n');
        }
        whole.push('\n');
    }
    whole.push_str(&text);
    // What would not be understood is not written.
    config::parse(&whole, config.catalogue).map_err(|mistakes| {
        let failure = Failure::usage("cannot write this exception");
        mistakes.into_iter().fold(failure, Failure::cause)
    })?;
    write_file(&arguments.file, whole.as_bytes())?;
    put(&mut std::io::stdout().lock(), |out| {
        for line in text.lines() {
            writeln!(out, "{}", safe(line, 2_000))?;
        }
        out.flush()
    })?;
    Ok(ExitCode::SUCCESS)
}

fn entry(findings: &Findings<'_>, arguments: &AddException) -> Result<String> {
    let wanted = arguments.finding.to_ascii_lowercase();
    let mut fitting = findings.iter().filter(|finding| finding.id().starts_with(&wanted));
    let found = fitting.next().filter(|_| wanted.len() >= 6);
    let Some(finding) = found else {
        return Err(Failure::usage(format!(
            "the snapshot has no finding `{}`",
            arguments.finding
        ))
        .help(
            "--details, JSON and CSV show the IDs of findings; the first six characters are enough",
        ));
    };
    if fitting.next().is_some() {
        return Err(Failure::usage(format!(
            "several finding IDs begin with `{}`",
            arguments.finding
        )));
    }
    let Some(subject) = finding.subject.filter(|_| matches!(finding.outcome, Outcome::Fail(_)))
    else {
        return Err(Failure::usage(
            "the finding is not a failure of a resource; there is nothing to accept",
        ));
    };
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    // A star or a question mark in an ID would match other IDs as well.
    if [subject.id, finding.scope.id.as_str()].iter().any(|id| id.contains(['*', '?'])) {
        return Err(Failure::usage(
            "the ID contains `*` or `?`, which would match other resources as well",
        ));
    }
    let mut text = format!(
        "[[exception]]\ncontrol = {}\nprovider = {}\nscope = {}\nresource = {}\nowner = {}\nreason = {}\nexpires = {}\n",
        quoted(finding.control.id),
        quoted(finding.scope.provider.id()),
        quoted(&finding.scope.id),
        quoted(subject.id),
        quoted(&arguments.owner),
        quoted(&arguments.reason),
        arguments.expires
    );
    let more =
        [("ticket", &arguments.ticket), ("compensating-control", &arguments.compensating_control)];
    for (name, value) in more {
        if let Some(value) = value {
            text.push_str(&format!("{name} = {}\n", quoted(value)));
        }
    }
    Ok(text)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::tool(format!("cannot write `{}`", path.display())).cause(error)
}
