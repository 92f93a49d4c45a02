//! `posture exceptions`: what was accepted, whether it still holds, and how that is changed.

mod add;
mod edit;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use posture_core::exception::{Exception, Pattern, Standing};
use posture_core::judge::{self, uses};
use posture_core::provider::Provider;
use posture_core::text::hex;
use posture_core::time::Time;
use posture_report::described;
use posture_report::frameworks::wrap;
use posture_report::style::Canvas;
use posture_report::text::{NAME, safe};
use sha2::{Digest, Sha256};

use crate::args::{CheckExceptions, Exceptions, Screen};
use crate::config;
use crate::error::Result;
use crate::history;
use crate::judging::options;
use crate::output::{counted, print, put, say};

pub(crate) fn run(command: Exceptions, screen: Screen) -> Result<ExitCode> {
    match command {
        Exceptions::List { config } => list(config.as_deref(), screen),
        Exceptions::Check(arguments) => check(&arguments, screen),
        Exceptions::Add(arguments) => add::add(&arguments, screen),
        Exceptions::Remove { id, config } => edit::remove(&id, config.as_deref(), screen),
        Exceptions::Renew { id, expires, config } => {
            edit::renew(&id, expires, config.as_deref(), screen)
        }
    }
}

/// Within how many days of its end an exception is warned of: there is still time to fix what it accepts.
const WARNED: u32 = 14;

/// Whether an exception ends so soon that it is warned of.
pub(crate) fn ends_soon(exception: &Exception, now: Time) -> bool {
    exception.standing(now) != Standing::Ended && !now.is_older_than_days(WARNED, exception.expires)
}

fn today() -> Time {
    Time::from(jiff::Timestamp::now())
}

/// Lists the exceptions of the configuration, with their status today.
fn list(named: Option<&Path>, screen: Screen) -> Result<ExitCode> {
    let config = config::load(named, &[])?;
    let rows: Vec<Row<'_>> =
        config.exceptions.iter().map(|exception| Row { exception, covers: None }).collect();
    show(&rows, today(), screen)
}

/// Holds the exceptions to a snapshot: one that has expired or covers nothing needs a look.
fn check(arguments: &CheckExceptions, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.config.as_deref(), &[])?;
    let snapshot = history::snapshot(&arguments.snapshot, &arguments.kept, &config)?;
    let findings = judge::judge(&snapshot, config.catalogue.all(), &options(&config));
    let uses = uses(&findings);
    let rows: Vec<Row<'_>> = uses
        .iter()
        .map(|used| Row { exception: used.exception, covers: Some(used.covers) })
        .collect();
    // One that held when the snapshot was taken may have expired since.
    let now = today().max(findings.header().finished);
    show(&rows, now, screen)?;
    let odd =
        |row: &Row<'_>| row.covers == Some(0) || row.exception.standing(now) == Standing::Ended;
    Ok(if rows.iter().any(odd) { ExitCode::from(10) } else { ExitCode::SUCCESS })
}

/// An exception, with how many failures it covers where that is known.
struct Row<'e> {
    exception: &'e Exception,
    covers: Option<usize>,
}

fn show(rows: &[Row<'_>], now: Time, screen: Screen) -> Result<ExitCode> {
    let all: Vec<String> = rows.iter().map(|row| id(row.exception)).collect();
    let code = print(screen, |canvas, out| {
        put(out, |out| {
            if rows.is_empty() {
                writeln!(out, "There are no exceptions.")?;
            }
            for (row, id) in rows.iter().zip(&all) {
                block(row, &short(id, &all), now, canvas, out)?;
            }
            Ok(())
        })
    })?;
    let soon = rows.iter().filter(|row| ends_soon(row.exception, now)).count();
    if soon > 0 && !screen.quiet {
        let soon = counted(soon, "exception expires", "exceptions expire");
        say!(
            "note: {soon} within {WARNED} days; \
             renew with: posture exceptions renew ID --expires DAY"
        );
    }
    Ok(code)
}

/// One exception. The line with the ID of a resource stays in one piece: what is broken cannot be copied.
fn block(
    row: &Row<'_>,
    id: &str,
    now: Time,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let exception = row.exception;
    writeln!(out, "{}  {}", canvas.bold(id), state(row, now))?;
    let indent = " ".repeat(id.len() + 2);
    let mut about = exception.controls.join(", ");
    let place = described(&exception.place);
    if !place.is_empty() {
        about.push(' ');
        about.push_str(&place);
    }
    writeln!(out, "{indent}{}", safe(&about, 2_000))?;
    let mut why = format!("{}: {}", safe(&exception.owner, NAME), safe(&exception.reason, NAME));
    if let Some(ticket) = &exception.ticket {
        why.push_str(&format!(" ({})", safe(ticket, NAME)));
    }
    let room = usize::from(canvas.width).saturating_sub(indent.len());
    for line in wrap(&why, u16::try_from(room).unwrap_or(u16::MAX)) {
        writeln!(out, "{indent}{line}")?;
    }
    Ok(())
}

/// The status of an exception, in the words of every command and report.
fn state(row: &Row<'_>, now: Time) -> String {
    let day = row.exception.expires.day();
    let standing = row.exception.standing(now);
    let mut text = match standing {
        Standing::Ended => format!("{} on {day}", standing.words()),
        Standing::EndsSoon => format!("{}, on {day}", standing.words()),
        Standing::InForce | Standing::Idle => format!("{} until {day}", Standing::InForce.words()),
    };
    match row.covers {
        None => {}
        Some(0) => text.push_str(&format!(", {}", Standing::Idle.words())),
        Some(count) => {
            text.push_str(&format!(", covers {}", counted(count, "failure", "failures")));
        }
    }
    text
}

/// The ID of an exception: of what it covers, so that it stays the same when it is renewed or moved.
fn id(exception: &Exception) -> String {
    let place = &exception.place;
    let text = |pattern: &Option<Pattern>| {
        pattern.as_ref().map_or(String::new(), |pattern| pattern.text().to_owned())
    };
    let mut controls = exception.controls.clone();
    controls.sort_unstable();
    controls.dedup();
    let tag = place
        .tag
        .as_ref()
        .map_or(String::new(), |(key, value)| format!("{}={}", key, value.text()));
    let mut parts = vec![
        controls.join(","),
        place.provider.map_or("", Provider::id).to_owned(),
        text(&place.scope),
        text(&place.region),
        text(&place.resource),
        tag,
    ];
    // Whatever has none keeps the ID that it had before there were any.
    parts.extend(place.container.as_ref().map(|one| one.text().to_owned()));
    let mut id = hex(Sha256::digest(serde_json::json!(parts).to_string()));
    id.truncate(LONG);
    id
}

/// How long an ID is, and how much of it is shown at least.
const LONG: usize = 16;
const SHORT: usize = 6;

/// The shortest beginning of an ID that none of the others shares; one and the same ID may stand several times.
fn short(id: &str, all: &[String]) -> String {
    let shared = |other: &String| {
        id.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count() + 1
    };
    let needed = all.iter().filter(|other| *other != id).map(shared).max().unwrap_or(SHORT);
    id[..needed.clamp(SHORT, id.len())].to_owned()
}
