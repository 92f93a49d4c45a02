//! Whether the internet or a machine of a cloud reaches a machine, and along which path.

use std::io::Write;
use std::net::IpAddr;

use posture_core::gap::Gap;
use posture_core::network::{Addresses, Opening, Service};
use posture_core::reach::{Answer, Source, Target, targets};
use posture_core::snapshot::Snapshot;
use posture_report::text::safe;
use serde_json::{Value, json};

use super::{CLOSED, LINE, MOST, OPEN, PAIRS, REACHED};
use crate::error::{Failure, Result};

/// The answers for the machines and interfaces of clouds.
pub(super) struct Answers<'s>(Vec<(Target<'s>, Answer)>);

/// Asks whether one end reaches another.
pub(super) fn ask<'s>(
    snapshot: &'s Snapshot,
    from: &str,
    to: &str,
    port: Option<&str>,
) -> Result<Answers<'s>> {
    let senders = senders(snapshot, from)?;
    let source = match &senders {
        Senders::Internet => Source::Internet,
        Senders::Address(address) => Source::Address(*address),
        Senders::Machines(machines) => Source::Machines(machines),
    };
    let mut targets = targets(snapshot, to);
    if targets.is_empty() {
        return Err(unknown(snapshot, to));
    }
    let service = service(port)?;
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
    let answers = targets.into_iter().map(|target| {
        let answer = target.answer(source, service);
        (target, answer)
    });
    Ok(Answers(answers.collect()))
}

impl Answers<'_> {
    /// The exit code of each answer.
    pub(super) fn codes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|(_, answer)| match answer {
            Answer::Reaches(_) => REACHED,
            Answer::Open(..) => OPEN,
            Answer::Closed => CLOSED,
        })
    }

    /// Writes at most so many of them.
    pub(super) fn write(&self, most: usize, out: &mut dyn Write) -> std::io::Result<()> {
        self.0.iter().take(most).try_for_each(|(target, answer)| table(target, answer, out))
    }

    /// The same as documents.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.0.iter().map(|(target, answer)| value(target, answer))
    }
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
    let text = why.map_or_else(|| PARTIAL.to_owned(), Gap::words);
    writeln!(out, "  cause: {}", safe(&text, LINE))
}

fn value(target: &Target<'_>, answer: &Answer) -> Value {
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

pub(super) fn service(port: Option<&str>) -> Result<Option<Service>> {
    let Some(text) = port else { return Ok(None) };
    let (protocol, port) = text.split_once('/').unwrap_or(("tcp", text));
    let found = format!("{protocol} {port}").parse();
    found.map(Some).map_err(|_| {
        Failure::usage(format!("invalid port `{text}`")).help("pass a port such as 22 or udp/53")
    })
}

pub(super) fn unknown(snapshot: &Snapshot, name: &str) -> Failure {
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
