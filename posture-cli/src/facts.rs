//! `posture facts`: what controls can read of a kind of resource.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::process::ExitCode;

use comfy_table::Cell;
use posture_core::control::Control;
use posture_core::controls;
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::suggest::nearest;
use posture_core::wanted::Wanted;
use posture_report::frameworks::wrap;
use posture_report::stream::pretty;
use posture_report::style::{Canvas, lines};
use posture_report::text::{NAME, safe};
use serde::Serialize;

use crate::args::{DiffFormat, FactList, Screen};
use crate::error::{Failure, Result, did_you_mean};
use crate::output::{counted, print, put};

/// The type of each fact in words, which `cargo xtask generate` takes from the schema of the snapshot.
const TYPES: &str = include_str!("../data/fact-types.json");

/// A fact, and what there is to know about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct FactV1 {
    fact: String,
    #[serde(skip)]
    name: &'static str,
    #[serde(rename = "type")]
    form: String,
    /// The providers that offer it, each with the calls that read it.
    providers: BTreeMap<&'static str, Vec<&'static str>>,
    meaning: &'static str,
    /// The built-in controls that read it.
    controls: Vec<&'static str>,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Everything,
    Kind(Kind),
    Fact(FactId),
}

/// `posture facts`.
pub(crate) fn run(arguments: &FactList, screen: Screen) -> Result<ExitCode> {
    let of = arguments.of.as_deref().map_or(Ok(Of::Everything), find)?;
    print(screen, |canvas, out| {
        put(out, |out| match (arguments.format, of) {
            (DiffFormat::Json, of) => json(of, out),
            (DiffFormat::Table, Of::Everything) => kinds(canvas, out),
            (DiffFormat::Table, Of::Kind(kind)) => {
                for fact in facts(kind) {
                    show(&fact, canvas, out)?;
                }
                let count = counted(kind.facts().len(), "fact", "facts");
                writeln!(
                    out,
                    "{count}. The controls that read one: posture facts {}.NAME",
                    kind.id()
                )
            }
            (DiffFormat::Table, Of::Fact(fact)) => {
                for fact in facts(fact.kind).into_iter().filter(|one| one.name == fact.name) {
                    show(&fact, canvas, out)?;
                    for control in &fact.controls {
                        writeln!(out, "    {control}")?;
                    }
                }
                Ok(())
            }
        })
    })
}

/// The kind or fact of a name.
fn find(name: &str) -> Result<Of> {
    let plain = name.trim().to_lowercase().replace(' ', "-");
    let (kind, fact) = match plain.split_once('.') {
        Some((kind, fact)) => (kind, Some(fact)),
        None => (plain.as_str(), None),
    };
    let known = Kind::ALL
        .iter()
        .copied()
        .find(|known| known.id() == kind || known.many().replace(' ', "-") == kind);
    let Some(known) = known else {
        return Err(unknown(
            "kind of resource",
            name,
            kind,
            Kind::ALL.iter().map(|kind| kind.id()),
        )
        .help("`posture facts` lists the kinds"));
    };
    let Some(fact) = fact else { return Ok(Of::Kind(known)) };
    let names = || known.facts().iter().map(|fact| fact.name);
    let found = names().find(|name| *name == fact || name.replace('_', "-") == fact);
    match found {
        Some(name) => Ok(Of::Fact(FactId { kind: known, name })),
        None => Err(unknown("fact", name, fact, names())
            .help(format!("`posture facts {}` lists them", known.id()))),
    }
}

fn unknown(
    what: &str,
    typed: &str,
    name: &str,
    known: impl Iterator<Item = &'static str>,
) -> Failure {
    let failure = Failure::usage(format!("unknown {what} `{}`", safe(typed, NAME)));
    did_you_mean(&nearest(name, known)).into_iter().fold(failure, Failure::help)
}

/// How many facts there are of each kind.
fn kinds(canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let mut table = canvas.table(&[("Kind", false), ("Facts", true), ("Providers", false)]);
    for kind in Kind::ALL {
        let providers: BTreeSet<&str> =
            kind.levels().iter().map(|(provider, _)| provider.name()).collect();
        let providers: Vec<&str> = providers.into_iter().collect();
        table.add_row(vec![
            Cell::new(kind.id()),
            Cell::new(kind.facts().len()),
            Cell::new(providers.join(", ")),
        ]);
    }
    write!(out, "{}", lines(&table))?;
    let count = counted(Kind::ALL.len(), "kind of resource", "kinds of resource");
    writeln!(out, "{count}. The facts of one: posture facts KIND")
}

/// The facts of a kind, in the order of the snapshot.
fn facts(kind: Kind) -> Vec<FactV1> {
    let types: BTreeMap<String, String> = serde_json::from_str(TYPES).unwrap_or_default();
    let fact = |known: &posture_core::resource::FactInfo| {
        let id = FactId { kind, name: known.name };
        let calls = |provider: &Provider| (provider.id(), calls(*provider, id));
        let reads = |control: &&&Control| control.test.reads.contains(&id);
        FactV1 {
            fact: id.to_string(),
            name: known.name,
            form: types.get(&id.to_string()).cloned().unwrap_or_default(),
            providers: known.providers.iter().map(calls).collect(),
            meaning: known.doc.trim(),
            controls: controls::ALL.iter().filter(reads).map(|control| control.id).collect(),
        }
    };
    kind.facts().iter().map(fact).collect()
}

/// The calls that read a fact: those that are needed for it besides what lists the resources, or else what lists them.
fn calls(provider: Provider, fact: FactId) -> Vec<&'static str> {
    let actions = posture::provider_info(provider).actions;
    let always = actions(&Wanted::default());
    let listing = actions(&Wanted::of(&[], &[fact.kind]));
    let all = actions(&Wanted::of(&[fact], &[]));
    let without = |known: &[&str]| -> Vec<&'static str> {
        all.iter().copied().filter(|call| !known.contains(call)).collect()
    };
    // The most specific calls that there are.
    let rests = [listing.as_slice(), always.as_slice(), &[]].map(without);
    rests.into_iter().find(|calls| !calls.is_empty()).unwrap_or_default()
}

fn show(fact: &FactV1, canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let room = canvas.width.saturating_sub(4);
    writeln!(out, "{}", canvas.bold(&fact.fact))?;
    let mut paragraph = |text: &str, dim: bool| -> io::Result<()> {
        for line in wrap(text, room) {
            writeln!(out, "    {}", if dim { canvas.dim(&line) } else { line })?;
        }
        Ok(())
    };
    paragraph(fact.meaning, false)?;
    paragraph(&fact.form, false)?;
    for (provider, calls) in &fact.providers {
        // What comes with the account itself takes no call of its own.
        let calls = if calls.is_empty() { "with the account".to_owned() } else { calls.join(", ") };
        paragraph(&format!("{provider}: {calls}"), true)?;
    }
    Ok(())
}

fn json(of: Of, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document {
        format: &'static str,
        version: u32,
        facts: Vec<FactV1>,
    }
    let all = match of {
        Of::Everything => Kind::ALL.iter().flat_map(|kind| facts(*kind)).collect(),
        Of::Kind(kind) => facts(kind),
        Of::Fact(fact) => {
            facts(fact.kind).into_iter().filter(|one| one.name == fact.name).collect()
        }
    };
    pretty(&Document { format: "posture-facts", version: 1, facts: all }, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_type_and_calls_that_read_it() {
        for kind in Kind::ALL {
            for fact in facts(*kind) {
                assert!(!fact.form.is_empty(), "{}: run `cargo xtask generate`", fact.fact);
                for (provider, calls) in &fact.providers {
                    let account = *kind == Kind::Account;
                    assert!(account || !calls.is_empty(), "{} on {provider}", fact.fact);
                }
            }
        }
    }

    #[test]
    fn a_fact_is_read_by_its_own_call() {
        let versioning = facts(Kind::Bucket).into_iter().find(|f| f.name == "versioning").unwrap();
        assert_eq!(versioning.providers["aws"], ["s3:GetBucketVersioning"]);
        assert!(versioning.controls.contains(&"storage.versioning"));
    }

    #[test]
    fn kinds_and_facts_are_found_by_what_people_type() {
        assert_eq!(find("bucket").unwrap(), Of::Kind(Kind::Bucket));
        assert_eq!(find("Access points").unwrap(), Of::Kind(Kind::AccessPoint));
        let fact = FactId { kind: Kind::Bucket, name: "mfa_delete" };
        assert_eq!(find("bucket.mfa-delete").unwrap(), Of::Fact(fact));
        for (typed, guess) in
            [("buket", "did you mean `bucket`"), ("bucket.versionin", "versioning")]
        {
            let text = find(typed).unwrap_err().to_string();
            assert!(text.contains(guess), "{text}");
        }
    }
}
