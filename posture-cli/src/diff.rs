//! `posture diff`: what changed between two audits, and why, and for how long what fails has been failing.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use posture_core::catalogue::Catalogue;
use posture_core::control::Severity;
use posture_core::diff::{Change, ChangeKind, RequirementChange, Sum};
use posture_core::record::{FindingStatus, Record};
use posture_core::scope::Level;
use posture_core::time::Time;
use posture_report::diff::Changes;
use posture_report::frameworks::wrap;
use posture_report::stream::pretty;
use posture_report::text::{NAME, safe};
use posture_report::{Canvas, Comparison};
use serde::Serialize;

use crate::args::{ChangesFormat, Diff, Screen};
use crate::comparison::{Audit, between};
use crate::config::{self, Config};
use crate::connections::Differences;
use crate::error::{Failure, Result};
use crate::history::{History, Input, for_days, headline, input, item, recorded};
use crate::judging::options;
use crate::output::{counted, print, put, say};
use crate::select::select;
use crate::trees;

/// What the JSON form holds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'c> {
    format: &'static str,
    version: u32,
    before: Time,
    after: Time,
    /// How many accounts, subscriptions and tenants both audits read.
    shared_accounts: usize,
    changes: Vec<Changed<'c>>,
    requirements: &'c [RequirementChange],
    failing: &'c [Failing<'c>],
    /// Which connections of pods change, in the clusters and manifests of which both audits have a snapshot.
    connections: Vec<serde_json::Value>,
}

/// A change, with what is wrong after it, or the objective.
#[derive(Serialize)]
pub(crate) struct Changed<'c> {
    #[serde(flatten)]
    change: &'c Change,
    /// None of a control that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
}

impl<'c> Changed<'c> {
    pub(crate) fn all(
        changes: impl IntoIterator<Item = &'c Change>,
        catalogue: &Catalogue,
    ) -> Vec<Self> {
        let changed = |change: &'c Change| {
            let fails = change.after.is_some_and(FindingStatus::fails);
            Self { change, summary: catalogue.headline(&change.control, fails) }
        };
        changes.into_iter().map(changed).collect()
    }
}

/// Something that fails after, with since when it is known to.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Failing<'c> {
    finding: &'c str,
    control: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
    severity: Severity,
    scope: &'c str,
    resource: Option<&'c str>,
    name: Option<&'c str>,
    since: Time,
    /// Whether it may have failed before that: it was not audited, or there is no history.
    at_least: bool,
}

pub(crate) fn run(arguments: &Diff, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.selection)?;
    let selected = select(&arguments.selection, &config)?;
    let history = History::find_begun(&arguments.kept, &config)?;
    let (before, after) = inputs(arguments, &config)?;
    let read =
        |input| Audit::new(input, &selected.controls, &selected.catalogue, &options(&config));
    let (before, after) = (read(before), read(after));
    let compared = between(&before, &after, history.as_ref())?;
    let known = match &history {
        Some(history) => history.ask(|history| history.failing_since())?,
        None => HashMap::new(),
    };
    let catalogue = &selected.catalogue;
    let failing = failing(&before.record, &after.record, &known, catalogue);
    let (changes, requirements) = (&compared.changes, &compared.requirements);
    let shown = changes
        .iter()
        .filter(|change| arguments.only.is_none_or(|status| change.after == Some(status)));
    let shown: Vec<&Change> = shown.collect();
    let connections = Differences::between(&before, &after);
    let mut words = sentence(&compared, shown.len(), arguments.only);
    if let Some(more) = connections.sentence() {
        words = format!("{words} {more}");
    }
    print(screen, |canvas, out| {
        let (from, to) = (before.record.finished, after.record.finished);
        put(out, |out| match arguments.format {
            ChangesFormat::Json => {
                let document = Document {
                    format: "posture-diff",
                    version: 1,
                    before: from,
                    after: to,
                    shared_accounts: compared.shared,
                    changes: Changed::all(shown.iter().copied(), catalogue),
                    requirements,
                    failing: &failing,
                    connections: connections.values(),
                };
                pretty(&document, out)
            }
            ChangesFormat::Markdown => posture_report::diff::markdown(
                &Changes {
                    before: from,
                    after: to,
                    findings: &shown,
                    requirements,
                    connections: &connections.rows(),
                },
                catalogue,
                &words,
                out,
            ),
            ChangesFormat::Table => {
                writeln!(out, "{} → {}", from.minute(), to.minute())?;
                lines(&shown, catalogue, canvas, out)?;
                requirement_lines(requirements, canvas, out)?;
                connections.write(canvas, out)?;
                longest(&failing, to, catalogue, canvas, out)?;
                writeln!(out)?;
                for line in wrap(&words, canvas.width) {
                    writeln!(out, "{line}")?;
                }
                Ok(())
            }
        })
    })?;
    for note in connections.notes() {
        say!("note: {note}");
    }
    if compared.shared == 0 {
        say!("note: the two audits read no account in common, so that nothing shows a change");
        return Ok(ExitCode::from(11));
    }
    Ok(exit_code(changes))
}

/// The two audits: as they are named, or the newest run and the last one before a time.
fn inputs(arguments: &Diff, config: &Config) -> Result<(Input, Input)> {
    if let (Some(before), Some(after)) = (&arguments.before, &arguments.after) {
        return named(before, after, |path| input(path, &arguments.kept, config));
    }
    let Some(since) = arguments.since else {
        return Err(Failure::usage("name two audits, or a time with --since"));
    };
    let history = History::need(&arguments.kept, config, false)?;
    let newest = history.run("last")?;
    let after = recorded(&history, &newest)?;
    let Input::Record(record, ..) = &after else {
        return Err(Failure::tool("a run of the history is not recorded"));
    };
    let time = since.time(newest.finished);
    let before = history.run_before(time.min(newest.finished), &record.scopes)?;
    let before = before.ok_or_else(|| since.none(newest.finished))?;
    Ok((recorded(&history, &before)?, after))
}

/// Two audits as they are named. Manifests are read at once, and count as those that the other audit read.
fn named(
    before: &Path,
    after: &Path,
    read: impl Fn(&Path) -> Result<Input>,
) -> Result<(Input, Input)> {
    let tree = |path: &Path, name: &str| {
        trees::read(path, Some(name)).map(|snapshot| Input::Snapshot(Box::new(snapshot)))
    };
    Ok(match (trees::is_one(before), trees::is_one(after)) {
        (false, false) => (read(before)?, read(after)?),
        (true, true) => (tree(before, "manifests")?, tree(after, "manifests")?),
        (true, false) => {
            let after = read(after)?;
            (tree(before, &manifests_of(&after)?)?, after)
        }
        (false, true) => {
            let before = read(before)?;
            let name = manifests_of(&before)?;
            (before, tree(after, &name)?)
        }
    })
}

/// The name of the manifests of an audit.
fn manifests_of(input: &Input) -> Result<String> {
    let snapshot = match input {
        Input::Snapshot(snapshot) => Some(snapshot),
        Input::Record(_, snapshot, _) => snapshot.as_ref(),
    };
    let scopes = snapshot.iter().flat_map(|snapshot| &snapshot.scopes);
    let mut names = scopes.filter(|one| one.level == Level::Manifests).map(|one| one.id.clone());
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        _ => {
            Err(Failure::usage("manifests are compared with manifests, or with a snapshot of some"))
        }
    }
}

/// What the changes come to, in words.
fn sentence(compared: &Comparison, shown: usize, only: Option<FindingStatus>) -> String {
    let mut words = format!(
        "{}: {}.",
        counted(compared.changes.len(), "change", "changes"),
        Sum::of(&compared.changes).words()
    );
    let requirements = &compared.requirements;
    if !requirements.is_empty() {
        let worse = requirements.iter().filter(|change| change.is_worse()).count();
        let count = counted(requirements.len(), "requirement", "requirements");
        words.push_str(&format!(" {count} with another state, {worse} newly not met."));
    }
    if compared.shared == 0 {
        words.push_str(" The two audits read no account in common.");
    }
    if let Some(status) = only {
        words.push_str(&format!(" Shown: {shown} to {}.", status.words()));
    }
    words
}

/// The requirements with another state, by framework.
pub(crate) fn requirement_lines(
    requirements: &[RequirementChange],
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut last = "";
    for requirement in requirements {
        if requirement.framework != last {
            last = requirement.framework;
            writeln!(out, "\n{}", canvas.bold(last))?;
        }
        let RequirementChange { id, before, after, .. } = requirement;
        writeln!(out, "  {id:12} {before} → {after}")?;
    }
    Ok(())
}

/// What fails after, the longest first: since when the history says so, and else at least since the older audit.
fn failing<'c>(
    before: &Record<'_>,
    after: &'c Record<'_>,
    known: &HashMap<String, Time>,
    catalogue: &Catalogue,
) -> Vec<Failing<'c>> {
    let failed = before.findings.iter().filter(|finding| finding.status.fails());
    let failed: HashSet<&str> = failed.map(|finding| finding.id.as_str()).collect();
    let all = after.findings.iter().filter(|finding| finding.status == FindingStatus::Fail);
    let mut all: Vec<Failing<'_>> = all
        .map(|finding| {
            // The history continues after the newer audit: what began later is another failure.
            let since = known.get(&finding.id).copied().filter(|since| *since <= after.finished);
            let both = failed.contains(finding.id.as_str());
            Failing {
                finding: &finding.id,
                control: &finding.control,
                summary: catalogue.headline(&finding.control, true),
                severity: finding.severity,
                scope: &finding.scope,
                resource: finding.resource.as_deref(),
                name: finding.name.as_deref(),
                since: since.unwrap_or(if both { before.finished } else { after.finished }),
                at_least: since.is_none(),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        let key = |one: &Failing<'_>| (one.since, std::cmp::Reverse(one.severity));
        key(a).cmp(&key(b)).then_with(|| a.control.cmp(b.control)).then_with(|| a.name.cmp(&b.name))
    });
    all
}

/// How many that have been failing for long are named.
const LONGEST: usize = 5;

fn longest(
    failing: &[Failing<'_>],
    now: Time,
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let long = || failing.iter().filter(|one| one.since.days_before(now) > 0);
    let both = long().count();
    if both == 0 {
        return Ok(());
    }
    writeln!(out, "\n{}", canvas.bold("Longest failing"))?;
    for one in long().take(LONGEST) {
        let text = format!(
            "{}{} since {}: {}, {} in {}",
            if one.at_least { "at least " } else { "" },
            for_days(one.since, now),
            one.since.day(),
            headline(one.control, true, catalogue),
            safe(one.name.unwrap_or("the account"), NAME),
            safe(one.scope, NAME)
        );
        item(&text, canvas, out)?;
    }
    if both > LONGEST {
        writeln!(out, "  … and {} more; --format json lists them all", both - LONGEST)?;
    }
    Ok(())
}

/// A failure weighs more than what cannot be decided, as it does for a report.
pub(crate) fn exit_code(changes: &[Change]) -> ExitCode {
    let sum = Sum::of(changes);
    if sum.worse() > 0 {
        ExitCode::from(10)
    } else if sum.count(ChangeKind::Unknown) > 0 {
        ExitCode::from(11)
    } else {
        ExitCode::SUCCESS
    }
}

/// The changes by control, each in a line.
pub(crate) fn lines(
    changes: &[&Change],
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut last = "";
    for change in changes {
        if change.control != last {
            last = &change.control;
            let head = format!("{} ({})", safe(last, NAME), change.severity.id());
            writeln!(out, "\n{}", canvas.bold(&head))?;
            let fails = |change: &&Change| change.after.is_some_and(FindingStatus::fails);
            let fails = changes.iter().any(|other| other.control == *last && fails(other));
            if let Some(text) = catalogue.headline(last, fails) {
                item(&safe(text, NAME), canvas, out)?;
            }
        }
        let word = |status: Option<FindingStatus>| status.map_or("-", FindingStatus::words);
        let name = change.name.as_deref().unwrap_or("the list itself");
        let remark = change.kind.remark().map_or(String::new(), |words| format!(" ({words})"));
        let text = format!(
            "{} → {}{remark}  {}: {}",
            word(change.before),
            word(change.after),
            safe(name, NAME),
            safe(&change.cause.words(), 400)
        );
        item(&text, canvas, out)?;
    }
    Ok(())
}
