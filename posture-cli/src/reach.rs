//! `posture reach`: whether the internet reaches a machine, and along which path.

use std::net::IpAddr;
use std::process::ExitCode;

use posture_core::network::{Addresses, Opening, Service};
use posture_core::reach::{Answer, Source, targets};
use posture_core::snapshot::Snapshot;
use posture_report::text::safe;

use crate::args::{Reach, Screen};
use crate::config;
use crate::error::{Failure, Result};
use crate::history::{History, Input, input};
use crate::output::{print, put};

/// The most of a line that comes from a cloud.
const LINE: usize = 2_000;

pub(crate) fn run(arguments: &Reach, screen: Screen) -> Result<ExitCode> {
    let (source, service) = (source(&arguments.from)?, service(arguments.port.as_deref())?);
    let config = config::load(arguments.config.as_deref(), &[])?;
    let history = History::find_begun(&arguments.kept, &config)?;
    let snapshot = match input(&arguments.snapshot, history.as_ref())? {
        Input::Snapshot(snapshot) | Input::Record(_, Some(snapshot)) => *snapshot,
        Input::Record(_, None) => {
            return Err(Failure::usage(format!(
                "`{}` has no snapshot",
                arguments.snapshot.display()
            ))
            .help("pass a file that `posture audit --save` wrote"));
        }
    };
    let targets = targets(&snapshot, &arguments.to);
    if targets.is_empty() {
        return Err(unknown(&snapshot, &arguments.to));
    }
    let mut code = 10;
    print(screen, |_, out| {
        for target in &targets {
            let (word, ways, why) = match target.answer(source, service) {
                Answer::Reaches(ways) => {
                    code = 0;
                    ("reachable", ways, None)
                }
                Answer::Closed => ("not reachable", Vec::new(), None),
                Answer::Open(ways, gap) => {
                    // One that is certainly reached outranks one that may be.
                    code = if code == 0 { 0 } else { 11 };
                    ("undetermined", ways, Some(gap))
                }
            };
            put(out, |out| {
                writeln!(out, "{} ({}): {word}", safe(target.name, LINE), safe(target.id, LINE))
            })?;
            ways.iter().try_for_each(|way| put(out, |out| lines(way, out)))?;
            if let Some(why) = why {
                let text = why.map_or_else(
                    || "not all sources of a rule are in the snapshot".to_owned(),
                    |gap| {
                        let detail =
                            gap.detail.as_deref().map_or(String::new(), |text| format!(": {text}"));
                        format!("{} {} {}{detail}", gap.action, gap.target, gap.reason)
                    },
                );
                put(out, |out| writeln!(out, "  cause: {}", safe(&text, LINE)))?;
            }
        }
        Ok(())
    })?;
    Ok(ExitCode::from(code))
}

/// A way in, step by step.
fn lines(way: &Opening, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    writeln!(out, "  {} from {}", way.service, way.sources)?;
    way.path.split(" → ").try_for_each(|step| writeln!(out, "    → {}", safe(step, LINE)))
}

fn source(from: &str) -> Result<Source> {
    if from == "internet" {
        return Ok(Source::Internet);
    }
    let help = "pass `internet`, or an address such as 198.51.100.7";
    match from.parse::<IpAddr>() {
        Ok(address) if Addresses::internet().has(address) => Ok(Source::Address(address)),
        Ok(_) => {
            Err(Failure::usage(format!("{from} is not an address of the internet")).help(help))
        }
        Err(_) => Err(Failure::usage(format!("unknown source `{from}`")).help(help)),
    }
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
        return failure.help("pass its ID, its name or its public address");
    }
    failure.help("not all of them could be read, or the audit did not read them: audit again with their permissions")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_ports_are_named_in_words() {
        assert_eq!(source("internet").unwrap(), Source::Internet);
        assert!(matches!(source("198.51.100.7").unwrap(), Source::Address(_)));
        for wrong in ["10.0.0.1", "somewhere", "fd00::1", ""] {
            assert!(source(wrong).is_err(), "{wrong}");
        }
        assert_eq!(service(None).unwrap(), None);
        assert_eq!(service(Some("22")).unwrap().unwrap().to_string(), "tcp 22");
        assert_eq!(service(Some("udp/53")).unwrap().unwrap().to_string(), "udp 53");
        for wrong in ["", "ssh", "70000", "udp/", "x/1"] {
            assert!(service(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
