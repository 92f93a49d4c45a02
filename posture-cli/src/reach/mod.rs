//! `posture reach`: whether one end reaches another, and along which path or by which rules.

mod clouds;
mod matrix;
mod pods;

use std::process::ExitCode;

use posture_core::provider::Provider;
use posture_core::snapshot::Snapshot;
use posture_kubernetes::reach::Connections;
use posture_report::stream::pretty;
use posture_report::text::safe;
use serde_json::{Value, json};

use crate::args::{DiffFormat, Reach, Screen};
use crate::config;
use crate::error::{Failure, Result};
use crate::history;
use crate::output::{print, put};
use crate::trees;

/// The most of a line that comes from a cloud.
const LINE: usize = 2_000;

/// How many targets, and how many ways to each, are written at most.
const MOST: usize = 1_000;

/// How many pairs of a sender and a target are worked out at most.
const PAIRS: usize = 10_000;

/// The exit codes of the three answers.
const REACHED: u8 = 0;
const CLOSED: u8 = 10;
const OPEN: u8 = 11;

pub(crate) fn run(arguments: &Reach, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.config.as_deref(), &[])?;
    let snapshot = match trees::is_one(&arguments.snapshot) {
        true => trees::read(&arguments.snapshot, None)?,
        false => history::snapshot(&arguments.snapshot, &arguments.kept, &config)?,
    };
    let clusters = snapshot.scopes.iter().filter(|one| one.provider == Provider::Kubernetes);
    let clusters: Vec<Connections<'_>> = clusters.map(Connections::of).collect();
    if arguments.matrix {
        return matrix::run(arguments, &clusters, screen);
    }
    let (Some(from), Some(to)) = (&arguments.from, &arguments.to) else {
        return Err(Failure::usage("name FROM and TO, or pass --matrix"));
    };
    let port = arguments.port.as_deref();
    let pods = pods::ask(&clusters, from, to, port)?;
    let clouds = match clouds::ask(&snapshot, from, to, port) {
        Ok(answers) => Some(answers),
        Err(_) if pods.is_some() => None,
        Err(failure) => return Err(explained(failure, &snapshot, &clusters, (from, to), port)?),
    };
    print(screen, |_, out| match arguments.format {
        DiffFormat::Json => put(out, |out| {
            let value = value(arguments, pods.as_ref(), clouds.as_ref());
            pretty(&value, out)
        }),
        DiffFormat::Table => put(out, |out| {
            let of_pods = pods.as_ref().map_or(0, pods::Answers::count);
            if let Some(pods) = &pods {
                pods.write(MOST, out)?;
            }
            let of_clouds = clouds.as_ref().map_or(0, |clouds| clouds.codes().count());
            if let Some(clouds) = &clouds {
                clouds.write(MOST.saturating_sub(of_pods), out)?;
            }
            match (of_pods + of_clouds).saturating_sub(MOST) {
                0 => Ok(()),
                more => writeln!(out, "{more} more are not shown"),
            }
        }),
    })?;
    let codes = pods.iter().flat_map(pods::Answers::codes);
    let codes = codes.chain(clouds.iter().flat_map(clouds::Answers::codes));
    Ok(ExitCode::from(code(codes)))
}

/// One that is certainly reached outranks one that may be.
fn code(codes: impl Iterator<Item = u8>) -> u8 {
    let rank = |code: &u8| [REACHED, OPEN, CLOSED].iter().position(|one| one == code);
    codes.min_by_key(rank).unwrap_or(CLOSED)
}

/// Why there is no answer, where the snapshot holds clusters or manifests.
fn explained(
    failure: Failure,
    snapshot: &Snapshot,
    clusters: &[Connections<'_>],
    (from, to): (&str, &str),
    port: Option<&str>,
) -> Result<Failure> {
    if clusters.is_empty() {
        return Ok(failure);
    }
    let only = clusters.len() == snapshot.scopes.len();
    match pods::unknown(clusters, from, to) {
        Some(name) if only => Ok(pods::not_found(clusters, name)),
        Some(_) => Ok(failure),
        None => {
            pods::asked(port)?;
            Ok(Failure::usage(format!(
                "no connection between `{}` and `{}` is followed",
                safe(from, LINE),
                safe(to, LINE)
            ))
            .help("name a pod or workload for one of them; connections from one cluster to another are not followed"))
        }
    }
}

/// The answer as it is documented in docs/reachability.md.
fn value(
    arguments: &Reach,
    pods: Option<&pods::Answers>,
    clouds: Option<&clouds::Answers<'_>>,
) -> Value {
    let of_pods = pods.iter().flat_map(|pods| pods.values());
    let all: Vec<Value> = of_pods.chain(clouds.iter().flat_map(|clouds| clouds.values())).collect();
    let more = all.len().saturating_sub(MOST);
    let service = match (clouds::service(arguments.port.as_deref()), &arguments.port) {
        (Ok(service), _) => service.map(|service| service.to_string()),
        // The name of a port.
        (Err(_), port) => port.clone(),
    };
    let mut value = json!({
        "format": "posture-reach", "version": 1,
        "from": arguments.from, "to": arguments.to,
        "service": service,
        "targets": all.into_iter().take(MOST).collect::<Value>(),
        "more_targets": more,
    });
    if let Some(pods) = pods {
        value["assumes"] = json!(pods.assumes());
    }
    value
}
