//! `posture exceptions add`: an exception for one finding, at the end of a configuration.

use std::process::ExitCode;

use posture_core::exception::{Exception, Standing};
use posture_core::judge::{self, Finding, Outcome};
use posture_report::text::safe;

use super::{id, short, today};
use crate::args::{AddException, Screen};
use crate::config::{self, Config};
use crate::error::{Failure, Result};
use crate::finding_id;
use crate::history;
use crate::input;
use crate::judging::options;
use crate::output::{put, rewrite, say};

/// Writes an exception for a finding to the end of a configuration.
pub(super) fn add(arguments: &AddException, screen: Screen) -> Result<ExitCode> {
    let exists = arguments.file.exists();
    let config = if exists { config::load(Some(&arguments.file), &[])? } else { Config::default() };
    let snapshot = history::snapshot(&arguments.snapshot, &arguments.kept, &config)?;
    let findings = judge::judge(&snapshot, config.catalogue.all(), &options(&config));
    let finding = finding_id::find(&arguments.finding, &findings)?;
    let text = entry(&finding, arguments)?;
    let mut whole = String::new();
    if exists {
        whole = input::text(&arguments.file, input::WRITTEN).map_err(|error| {
            Failure::tool(format!("cannot read `{}`", arguments.file.display())).cause(error)
        })?;
        if !whole.is_empty() && !whole.ends_with('\n') {
            whole.push('\n');
        }
        whole.push('\n');
    }
    whole.push_str(&text);
    // What would not be understood is not written.
    let after = config::parse(&whole, config.catalogue.clone()).map_err(|mistakes| {
        let failure = Failure::usage("cannot write this exception");
        mistakes.into_iter().fold(failure, Failure::cause)
    })?;
    let Some(added) = after.exceptions.last() else {
        return Err(Failure::tool("cannot write this exception"));
    };
    if added.standing(today()) == Standing::Ended {
        return Err(Failure::usage(format!("{} is in the past", arguments.expires))
            .help("--expires is the last day on which the exception is valid"));
    }
    after.not_too_late(today())?;
    refuse_repeated(added, &finding, &config.exceptions)?;
    rewrite(&arguments.file, whole.as_bytes())?;
    put(&mut std::io::stdout().lock(), |out| {
        for line in text.lines() {
            writeln!(out, "{}", safe(line, 2_000))?;
        }
        out.flush()
    })?;
    if !screen.quiet {
        let known: Vec<String> = config.exceptions.iter().map(id).collect();
        let added = short(&id(added), &known);
        say!("added exception {added} to `{}`", safe(&arguments.file.to_string_lossy(), 2_000));
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses an exception where another one accepts the same: of two, one would be forgotten.
fn refuse_repeated(added: &Exception, finding: &Finding<'_>, known: &[Exception]) -> Result<()> {
    let all: Vec<String> = known.iter().map(id).collect();
    let same = known.iter().find(|other| id(other) == id(added));
    // One that covers more, and for at least as long, leaves nothing to accept.
    let wider = finding.exception.filter(|other| other.expires >= added.expires);
    let Some(other) = same.or(wider) else { return Ok(()) };
    let other_id = short(&id(other), &all);
    let day = other.expires.day();
    let failure = match other.standing(today()) {
        Standing::Ended => Failure::usage(format!("exception {other_id} expired on {day}")),
        _ => Failure::usage(format!(
            "the finding is already accepted by {} until {day}: exception {other_id}",
            other.owner
        )),
    };
    Err(failure.help(format!(
        "renew it with: posture exceptions renew {other_id} --expires {}",
        added.expires.day()
    )))
}

/// An exception for a finding, in TOML.
fn entry(finding: &Finding<'_>, arguments: &AddException) -> Result<String> {
    let Some(subject) = finding.subject.filter(|_| matches!(finding.outcome, Outcome::Fail(_)))
    else {
        return Err(Failure::usage(
            "the finding is not a failure of a resource; there is nothing to accept",
        ));
    };
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    // A star or a question mark in an id would stand for other ids as well.
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
