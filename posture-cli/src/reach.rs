//! `posture reach`: whether the internet or a machine reaches a machine, and along which path.

use std::io::Write;
use std::net::IpAddr;
use std::process::ExitCode;

use posture_core::gap::Gap;
use posture_core::network::{Addresses, Opening, Service};
use posture_core::reach::{Answer, Source, Target, targets};
use posture_core::snapshot::Snapshot;
use posture_report::stream::pretty;
use posture_report::text::safe;
use serde_json::{Value, json};

use crate::args::{DiffFormat, Reach, Screen};
use crate::config;
use crate::error::{Failure, Result};
use crate::history;
use crate::output::{print, put};

/// The most of a line that comes from a cloud.
const LINE: usize = 2_000;

/// How many targets, and how many ways to each, are written at most.
const MOST: usize = 1_000;

/// How many pairs of a sender and a target are worked out at most.
const PAIRS: usize = 10_000;

pub(crate) fn run(arguments: &Reach, screen: Screen) -> Result<ExitCode> {
    let service = service(arguments.port.as_deref())?;
    let config = config::load(arguments.config.as_deref(), &[])?;
    let snapshot = history::snapshot(&arguments.snapshot, &arguments.kept, &config)?;
    let senders = senders(&snapshot, &arguments.from)?;
    let source = match &senders {
        Senders::Internet => Source::Internet,
        Senders::Address(address) => Source::Address(*address),
        Senders::Machines(machines) => Source::Machines(machines),
    };
    let mut targets = targets(&snapshot, &arguments.to);
    if targets.is_empty() {
        return Err(unknown(&snapshot, &arguments.to));
    }
    if let Senders::Machines(machines) = &senders {
        targets.retain(|one| machines.iter().all(|machine| machine.id != one.id));
        if targets.is_empty() {
            return Err(Failure::usage("FROM and TO are the same"));
        }
    }
    let asked = match &senders {
        Senders::Machines(machines) => machines.len() * targets.len(),
        Senders::Internet | Senders::Address(_) => 0,
    };
    if asked > PAIRS {
        return Err(Failure::usage("FROM and TO name too many machines")
            .help("pass the ID of a single machine for one of them"));
    }
    let answers: Vec<(&Target<'_>, Answer)> =
        targets.iter().map(|target| (target, target.answer(source, service))).collect();
    print(screen, |_, out| match arguments.format {
        DiffFormat::Json => put(out, |out| pretty(&value(arguments, service, &answers), out)),
        DiffFormat::Table => put(out, |out| {
            answers
                .iter()
                .take(MOST)
                .try_for_each(|(target, answer)| table(target, answer, out))?;
            match answers.len().saturating_sub(MOST) {
                0 => Ok(()),
                more => writeln!(out, "{more} more are not shown"),
            }
        }),
    })?;
    Ok(ExitCode::from(code(&answers)))
}

/// One that is certainly reached outranks one that may be.
fn code(answers: &[(&Target<'_>, Answer)]) -> u8 {
    let codes = answers.iter().map(|(_, answer)| match answer {
        Answer::Reaches(_) => (0, 0),
        Answer::Open(..) => (1, 11),
        Answer::Closed => (2, 10),
    });
    codes.min().map_or(10, |(_, code)| code)
}

fn parts(answer: &Answer) -> (&'static str, &[Opening], Option<Option<&Gap>>) {
    match answer {
        Answer::Reaches(ways) => ("reachable", ways, None),
        Answer::Closed => ("not reachable", &[], None),
        Answer::Open(ways, gap) => ("undetermined", ways, Some(gap.as_ref())),
    }
}

const PARTIAL: &str = "not all sources of a rule are in the snapshot";

fn table(target: &Target<'_>, answer: &Answer, out: &mut dyn Write) -> std::io::Result<()> {
    let (word, ways, why) = parts(answer);
    writeln!(out, "{} ({}): {word}", safe(target.name, LINE), safe(target.id, LINE))?;
    ways.iter().take(MOST).try_for_each(|way| lines(way, out))?;
    let Some(why) = why else { return Ok(()) };
    let text = why.map_or_else(|| PARTIAL.to_owned(), in_words);
    writeln!(out, "  cause: {}", safe(&text, LINE))
}

fn in_words(gap: &Gap) -> String {
    let parts = [gap.action.as_str(), gap.target.as_str(), gap.reason.words()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let detail = gap.detail.as_deref().map_or(String::new(), |text| format!(": {text}"));
    format!("{}{detail}", parts.join(" "))
}

/// The answer as it is documented in docs/reachability.md.
fn value(arguments: &Reach, service: Option<Service>, answers: &[(&Target<'_>, Answer)]) -> Value {
    let targets = answers.iter().take(MOST).map(|(target, answer)| {
        let (word, ways, why) = parts(answer);
        let cause = why.map(|why| match why {
            Some(gap) => json!({
                "action": gap.action, "target": gap.target, "reason": gap.reason,
                "detail": gap.detail.as_deref().unwrap_or_default(),
            }),
            None => {
                json!({ "action": "", "target": "", "reason": "undetermined", "detail": PARTIAL })
            }
        });
        json!({
            "id": target.id, "name": target.name, "answer": word.replace(' ', "-"),
            "ways": ways.iter().take(MOST).map(way).collect::<Value>(),
            "more_ways": ways.len().saturating_sub(MOST),
            "cause": cause,
        })
    });
    json!({
        "format": "posture-reach", "version": 1,
        "from": arguments.from, "to": arguments.to,
        "service": service.map(|service| service.to_string()),
        "targets": targets.collect::<Value>(),
        "more_targets": answers.len().saturating_sub(MOST),
    })
}

fn way(way: &Opening) -> Value {
    let named: Vec<String> = way.sources.named().iter().map(ToString::to_string).collect();
    json!({
        "service": way.service.to_string(),
        "sources": named,
        "more_sources": way.sources.more(),
        "path": way.path.split(" → ").collect::<Vec<_>>(),
    })
}

/// A way in, step by step.
fn lines(way: &Opening, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "  {} from {}", way.service, way.sources)?;
    way.path.split(" → ").try_for_each(|step| writeln!(out, "    → {}", safe(step, LINE)))
}

/// From where something is to be reached.
enum Senders<'s> {
    Internet,
    Address(IpAddr),
    Machines(Vec<Target<'s>>),
}

fn senders<'s>(snapshot: &'s Snapshot, from: &str) -> Result<Senders<'s>> {
    if from == "internet" {
        return Ok(Senders::Internet);
    }
    if let Ok(address) = from.parse::<IpAddr>()
        && Addresses::internet().has(address)
    {
        return Ok(Senders::Address(address));
    }
    let machines = targets(snapshot, from);
    if machines.is_empty() {
        let help = "pass `internet`, an address on it such as 198.51.100.7, or the ID, name or private address of a machine";
        return Err(unknown(snapshot, from).help(help));
    }
    Ok(Senders::Machines(machines))
}

fn service(port: Option<&str>) -> Result<Option<Service>> {
    let Some(text) = port else { return Ok(None) };
    let (protocol, port) = text.split_once('/').unwrap_or(("tcp", text));
    let found = format!("{protocol} {port}").parse();
    found.map(Some).map_err(|_| {
        Failure::usage(format!("invalid port `{text}`")).help("pass a port such as 22 or udp/53")
    })
}

fn unknown(snapshot: &Snapshot, name: &str) -> Failure {
    let failure =
        Failure::usage(format!("no machine or network interface `{name}` in the snapshot"));
    let whole = snapshot
        .scopes
        .iter()
        .all(|scope| scope.machines.is_complete() && scope.network_interfaces.is_complete());
    if whole {
        return failure.help("pass its ID, its name or one of its addresses");
    }
    failure.help("not all of them could be read, or the audit did not read them: audit again with their permissions")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_named_in_words() {
        assert_eq!(service(None).unwrap(), None);
        assert_eq!(service(Some("22")).unwrap().unwrap().to_string(), "tcp 22");
        assert_eq!(service(Some("udp/53")).unwrap().unwrap().to_string(), "udp 53");
        for wrong in ["", "ssh", "70000", "udp/", "x/1"] {
            assert!(service(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
