//! `posture check --what-if`: what would change, if.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use posture_core::diff::{ChangeKind, Side, Sum, diff};
use posture_core::exception::Pattern;
use posture_core::frameworks::{self, Framework};
use posture_core::judge;
use posture_core::params::Value;
use posture_core::record::Record;
use posture_core::report::{FrameworkReport, State, roll_up};
use posture_core::snapshot::Snapshot;
use posture_core::what_if::{Error, Set, apply};
use posture_report::Format;
use posture_report::stream::pretty;
use serde::{Deserialize, Serialize};

use crate::args::{Output, Screen};
use crate::config::Config;
use crate::diff::{Changed, exit_code, lines};
use crate::error::{Failure, Result, did_you_mean};
use crate::judging::{audited, options};
use crate::output::{print, put};
use crate::select::Selected;

/// What would be otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    fact: Vec<Fact>,
    /// By the control's id, the parameters by their names.
    #[serde(default)]
    control: BTreeMap<String, BTreeMap<String, Parameter>>,
    /// By the framework's id, the one in whose place it is reported.
    #[serde(default)]
    framework: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    name: String,
    scope: Option<String>,
    resource: Option<String>,
    /// TOML has no word for none: there it is left out.
    #[serde(default)]
    value: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Parameter {
    Number(u32),
    Names(Vec<String>),
}

/// A requirement with another state.
#[derive(Serialize)]
struct Requirement {
    framework: &'static str,
    id: &'static str,
    title: &'static str,
    before: Option<State>,
    after: Option<State>,
}

/// What the JSON form holds.
#[derive(Serialize)]
struct Document<'c> {
    format: &'static str,
    version: u32,
    changes: Vec<Changed<'c>>,
    requirements: &'c [Requirement],
}

pub(crate) fn run(
    before: Snapshot,
    path: &Path,
    selected: &Selected,
    config: &Config,
    output: &Output,
    screen: Screen,
) -> Result<ExitCode> {
    let pairs = output.pairs().map_err(Failure::usage)?;
    let [(format @ (Format::Table | Format::Json), None)] = pairs.as_slice() else {
        return Err(Failure::usage("--what-if prints a table or JSON, and does not write files"));
    };
    let patch = read(path)?;
    let as_is = options(config);
    let mut as_if = as_is.clone();
    let wrong = |error: &dyn std::error::Error| {
        Failure::usage(format!("cannot apply `{}`", path.display())).caused_by(error)
    };
    for (id, parameters) in &patch.control {
        let control = config
            .catalogue
            .find(id)
            .ok_or_else(|| unknown(path, "control", id, &config.catalogue.nearest_ids(id)))?;
        for (name, value) in parameters {
            let value = match value {
                Parameter::Number(number) => Value::Number(*number),
                Parameter::Names(names) => Value::Names(names.clone()),
            };
            as_if.params.set(control, name, value).map_err(|error| wrong(&error))?;
        }
    }
    let sets: Vec<Set> = patch.fact.into_iter().map(Set::from).collect();
    let mut after = before.clone();
    apply(&mut after, &sets).map_err(|error| match &error {
        Error::Unknown { name, nearest } => {
            let nearest: Vec<&str> = nearest.iter().map(String::as_str).collect();
            unknown(path, "fact", name, &nearest)
        }
        _ => wrong(&error),
    })?;
    let one = judge::judge(&before, &selected.controls, &as_is);
    let other = judge::judge(&after, &selected.controls, &as_if);
    let changes = {
        let records = [Record::of(&one, &as_is.params), Record::of(&other, &as_if.params)];
        diff(
            &Side { record: &records[0], snapshot: Some(&before) },
            &Side { record: &records[1], snapshot: Some(&after) },
        )
    };
    let now = match selected.frameworks.as_slice() {
        [] => audited(&one),
        named => named.to_vec(),
    };
    let then = exchanged(&now, &patch.framework, path)?;
    let (one, other) = (roll_up(one, &now), roll_up(other, &then));
    let pairs = one.frameworks.iter().zip(&other.frameworks);
    let requirements: Vec<Requirement> =
        pairs.flat_map(|(one, other)| requirements(one, other)).collect();
    let sum = Sum::of(&changes);
    print(screen, |canvas, out| {
        put(out, |out| {
            if *format == Format::Json {
                let document = Document {
                    format: "posture-what-if",
                    version: 1,
                    changes: Changed::all(&changes, &config.catalogue),
                    requirements: &requirements,
                };
                return pretty(&document, out);
            }
            if changes.is_empty() && requirements.is_empty() {
                return writeln!(out, "Nothing would change.");
            }
            lines(&changes.iter().collect::<Vec<_>>(), &config.catalogue, canvas, out)?;
            let mut last = "";
            for requirement in &requirements {
                if requirement.framework != last {
                    last = requirement.framework;
                    writeln!(out, "\n{}", canvas.bold(last))?;
                }
                let word = |state: Option<State>| {
                    state.map_or_else(|| "-".to_owned(), |state| state.to_string())
                };
                let (before, after) = (word(requirement.before), word(requirement.after));
                writeln!(out, "  {:12} {before} → {after}", requirement.id)?;
            }
            writeln!(
                out,
                "\nWould change: verdicts {} (to fail {}, to unknown {}), requirements {}.",
                changes.len(),
                sum.worse(),
                sum.count(ChangeKind::Unknown),
                requirements.len()
            )
        })
    })?;
    Ok(exit_code(&changes))
}

fn read(path: &Path) -> Result<Patch> {
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot read `{}`", path.display()))
            .cause(error)
            .help("a patch contains `[[fact]]`, `[control.\"…\"]` and `[framework]`")
    };
    let text = crate::input::text(path, crate::input::WRITTEN).map_err(|error| cannot(&error))?;
    toml::from_str(&text).map_err(|error| cannot(&error))
}

fn unknown(path: &Path, what: &str, name: &str, nearest: &[&str]) -> Failure {
    let failure = Failure::usage(format!("unknown {what} `{name}` in `{}`", path.display()));
    match did_you_mean(nearest) {
        Some(guess) => failure.help(guess),
        None => failure,
    }
}

/// The frameworks with those exchanged that are reported in the place of others.
fn exchanged(
    now: &[&'static Framework],
    patch: &BTreeMap<String, String>,
    path: &Path,
) -> Result<Vec<&'static Framework>> {
    let find = |name: &String| {
        frameworks::find(name).ok_or_else(|| {
            let known = frameworks::all().iter().map(|framework| framework.id);
            unknown(path, "framework", name, &posture_core::suggest::nearest(name, known))
        })
    };
    let mut then = now.to_vec();
    for (from, to) in patch {
        let (from, to) = (find(from)?, find(to)?);
        // What would be left out in silence would look as if nothing changed.
        let place = now.iter().position(|framework| std::ptr::eq(*framework, from));
        let slot = place.and_then(|place| then.get_mut(place)).ok_or_else(|| {
            Failure::usage(format!("this report does not have the framework `{}`", from.id))
        })?;
        *slot = to;
    }
    Ok(then)
}

/// The requirements with another state, by their IDs; also those of one version only.
fn requirements(one: &FrameworkReport, other: &FrameworkReport) -> Vec<Requirement> {
    let name = other.framework.id;
    let was: BTreeMap<&str, State> =
        one.requirements.iter().map(|row| (row.requirement.id, row.state)).collect();
    let is: BTreeMap<&str, State> =
        other.requirements.iter().map(|row| (row.requirement.id, row.state)).collect();
    let changed = other.requirements.iter().map(|row| Requirement {
        framework: name,
        id: row.requirement.id,
        title: row.requirement.title,
        before: was.get(row.requirement.id).copied(),
        after: Some(row.state),
    });
    let gone =
        one.requirements.iter().filter(|row| !is.contains_key(row.requirement.id)).map(|row| {
            Requirement {
                framework: name,
                id: row.requirement.id,
                title: row.requirement.title,
                before: Some(row.state),
                after: None,
            }
        });
    changed.chain(gone).filter(|one| one.before != one.after).collect()
}

impl From<Fact> for Set {
    fn from(Fact { name, scope, resource, value }: Fact) -> Self {
        Self {
            fact: name,
            scope: scope.map(Pattern::new),
            resource: resource.map(Pattern::new),
            value,
        }
    }
}
