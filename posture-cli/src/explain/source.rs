//! Where a finding is looked up: a snapshot, a JSON report, or the history.

use posture_core::control::Severity;
use posture_core::judge::{self, Finding, Outcome};
use posture_core::provider::Provider;
use posture_core::record::{FindingStatus, RecordedFinding, Why};
use posture_core::resource::Kind;
use posture_core::scope::Level;
use posture_core::snapshot::{self, Snapshot};
use posture_core::time::Time;
use posture_history::{Entry, Event, State};
use posture_report::text::{NAME, safe};
use serde::Serialize;

use super::report;
use crate::args::Explain;
use crate::config::Config;
use crate::error::{Failure, Result};
use crate::finding_id::{self, Candidate};
use crate::history::{History, run_named};
use crate::judging::options;
use crate::output::word;

/// A finding, from wherever it was reported.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) control: String,
    /// What a report says of a control that is not known here: its title, and what is wrong.
    #[serde(skip)]
    pub(super) own: Option<(String, Option<String>)>,
    pub(super) severity: Severity,
    /// Its status; none where the resource is gone.
    pub(super) status: Option<FindingStatus>,
    pub(super) provider: Provider,
    pub(super) scope: String,
    pub(super) scope_name: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) kind: Option<Kind>,
    pub(super) resource: Option<String>,
    pub(super) name: Option<String>,
    pub(super) region: Option<String>,
    pub(super) evidence: Vec<Fact>,
    /// Read-only commands that show the same facts.
    pub(super) commands: Vec<String>,
    /// Why it is not applicable.
    pub(super) reason: Option<String>,
    /// What could not be read.
    pub(super) unread: Option<Unread>,
    pub(super) exception: Option<Accepted>,
    pub(super) failing_since: Option<Time>,
    /// When it was read.
    pub(super) read: Time,
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// A fact that decided.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fact {
    pub(super) fact: String,
    pub(super) found: String,
    /// None where the history kept what was found only.
    pub(super) expected: Option<String>,
}

/// What could not be read.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Unread {
    pub(super) action: String,
    pub(super) reason: String,
    pub(super) region: Option<String>,
    pub(super) detail: Option<String>,
}

/// Who accepted a failure.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Accepted {
    pub(super) owner: String,
    pub(super) reason: String,
    pub(super) expires: Time,
}

/// Where a finding was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    /// In words.
    pub(super) words: String,
    /// What other commands take for the snapshot, as a word of a shell command; none where there is no snapshot.
    pub(super) snapshot: Option<String>,
}

/// Looks a finding up by its id or the beginning of it.
///
/// # Errors
/// Where there is none, or several, or the place cannot be read.
pub(super) fn find(id: &str, arguments: &Explain, config: &Config) -> Result<Found> {
    let id = &finding_id::wanted(id, "a finding")?;
    let Some(path) = &arguments.snapshot else {
        let history = History::find_begun(&arguments.kept, config)?.ok_or_else(|| {
            Failure::usage(format!("there is no audit to look up finding `{id}` in")).help(
                "name a snapshot or a JSON report with --snapshot, or a history with --history",
            )
        })?;
        return in_history(id, None, &history, config);
    };
    if let Some(run) = run_named(path) {
        let history = History::need(&arguments.kept, config, false)?;
        return in_history(id, Some(run), &history, config);
    }
    let origin = |what: &str, snapshot| Origin {
        words: format!("{what} {}", safe(&path.display().to_string(), NAME)),
        snapshot,
    };
    let cannot = |error: &dyn std::error::Error, help: &str| {
        Failure::tool(format!("cannot read `{}`", path.display())).caused_by(error).help(help)
    };
    let found = match Snapshot::load(path) {
        Ok(snapshot) => in_snapshot(id, &snapshot, config, &origin("snapshot", Some(word(path))))?,
        Err(error @ snapshot::Error::NotASnapshot(_)) => match report::read(path) {
            Ok(report) => report.find(id, &origin("report", None))?,
            Err(report::Error::NotAReport) => {
                return Err(cannot(&error, "give a snapshot, or a report with --format json"));
            }
            Err(report::Error::Io(error)) => return Err(cannot(&error, "")),
        },
        Err(error) => return Err(cannot(&error, error.help())),
    };
    found.ok_or_else(|| none(id, &format!("`{}`", path.display())))
}

fn none(id: &str, place: &str) -> Failure {
    Failure::usage(format!("{place} has no finding `{id}`")).help(finding_id::WHERE)
}

/// Looks into a snapshot, judged here and now.
fn in_snapshot(
    id: &str,
    snapshot: &Snapshot,
    config: &Config,
    origin: &Origin,
) -> Result<Option<Found>> {
    let findings = judge::judge(snapshot, config.catalogue.all(), &options(config));
    let found = finding_id::only(id, findings.iter(), Candidate::of)?;
    Ok(found.map(|finding| Found::judged(finding.id(), &finding, origin.clone())))
}

/// Looks into a run of a history, or into all of it where none is named.
fn in_history(id: &str, name: Option<&str>, history: &History, config: &Config) -> Result<Found> {
    let run = history.run(name.unwrap_or("last"))?;
    let origin = |snapshot: bool| Origin {
        words: format!("run {} of the history", run.id),
        snapshot: snapshot.then(|| run.id.to_string()),
    };
    let snapshot = history.snapshot(&run)?;
    let judged = snapshot.as_ref().map(|kept| in_snapshot(id, kept, config, &origin(true)));
    let mut found = judged.transpose()?.flatten();
    if found.is_none() {
        let record = history.ask(|history| history.record(run.id))?;
        let candidate = |finding: &RecordedFinding<'_>| {
            let (resource, region) = (finding.resource.as_deref(), finding.region.as_deref());
            Candidate::new(
                finding.id.clone(),
                finding.former_id(),
                &finding.control,
                resource,
                region,
            )
        };
        let finding = finding_id::only(id, record.findings, candidate)?;
        found = finding.map(|finding| Found::recorded(finding, record.finished, origin(false)));
    }
    if let Some(found) = found {
        // A finding of all runs has its days with it.
        let known = history.ask(|history| history.finding(&found.id)).ok();
        let failing_since = known.and_then(|(entry, _)| entry.failing_since);
        return Ok(Found { failing_since, ..found });
    }
    if name.is_some() {
        return Err(none(id, &format!("run {}", run.id)));
    }
    let (entry, events) = history.finding(id)?;
    Ok(Found::of_entry(entry, events))
}

impl Found {
    fn judged(id: String, finding: &Finding<'_>, origin: Origin) -> Self {
        let Finding { control, scope, subject, .. } = *finding;
        let evidence = match finding.outcome {
            Outcome::Fail(evidence) => evidence
                .iter()
                .map(|one| Fact {
                    fact: one.fact.to_owned(),
                    found: one.found.to_string(),
                    expected: Some(one.expected.to_string()),
                })
                .collect(),
            Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => Vec::new(),
        };
        let info = posture::provider_info(scope.provider);
        let mut commands: Vec<String> = Vec::new();
        for (fact, subject) in finding.facts() {
            for command in (info.commands)(fact, &subject) {
                if !commands.contains(&command) {
                    commands.push(command);
                }
            }
        }
        Self {
            id,
            control: control.id.to_owned(),
            own: None,
            severity: control.severity,
            status: Some(FindingStatus::of(finding)),
            provider: scope.provider,
            scope: scope.id.clone(),
            scope_name: scope.name.clone(),
            level: Some(scope.level),
            kind: Some(finding.kind()),
            resource: subject.map(|subject| subject.id.to_owned()),
            name: subject.map(|subject| subject.name.to_owned()),
            region: subject.and_then(|subject| subject.region).map(str::to_owned),
            evidence,
            commands,
            reason: match finding.outcome {
                Outcome::NotApplicable(why) => Some(why.to_string()),
                _ => None,
            },
            unread: finding.gap().map(|gap| Unread {
                action: gap.action.clone(),
                reason: gap.reason.words().to_owned(),
                region: gap.region.clone(),
                detail: gap.detail.clone(),
            }),
            exception: finding.exception.map(|exception| Accepted {
                owner: exception.owner.clone(),
                reason: exception.reason.clone(),
                expires: exception.expires,
            }),
            failing_since: None,
            read: scope.finished,
            origin,
        }
    }

    /// What a record keeps: what was found, and not what was expected.
    fn recorded(finding: RecordedFinding<'_>, read: Time, origin: Origin) -> Self {
        let (evidence, unread) = why(finding.why);
        Self {
            id: finding.id,
            control: finding.control.into_owned(),
            own: None,
            severity: finding.severity,
            status: Some(finding.status),
            provider: finding.provider,
            scope: finding.scope.into_owned(),
            scope_name: None,
            level: None,
            kind: None,
            resource: finding.resource.map(Into::into),
            name: finding.name.map(Into::into),
            region: finding.region.map(Into::into),
            evidence,
            commands: Vec::new(),
            reason: None,
            unread,
            exception: None,
            failing_since: None,
            read,
            origin,
        }
    }

    /// What a history keeps of a finding that its last run does not have.
    fn of_entry(entry: Entry, events: Vec<Event>) -> Self {
        let (evidence, unread) = why(events.into_iter().next_back().and_then(|event| event.why));
        Self {
            id: entry.id,
            control: entry.control,
            own: None,
            severity: entry.severity,
            status: match entry.state {
                State::Seen(status) => Some(status),
                State::Gone => None,
            },
            provider: entry.provider,
            scope: entry.scope,
            scope_name: None,
            level: None,
            kind: None,
            resource: entry.resource,
            name: entry.name,
            region: None,
            evidence,
            commands: Vec::new(),
            reason: None,
            unread,
            exception: None,
            failing_since: entry.failing_since,
            read: entry.last_seen,
            origin: Origin { words: "the history".to_owned(), snapshot: None },
        }
    }
}

fn why(why: Option<Why>) -> (Vec<Fact>, Option<Unread>) {
    match why {
        None => (Vec::new(), None),
        Some(Why::Gap { action, reason }) => {
            (Vec::new(), Some(Unread { action, reason, region: None, detail: None }))
        }
        Some(Why::Facts(facts)) => {
            let facts = facts.into_iter().map(|(fact, found)| Fact { fact, found, expected: None });
            (facts.collect(), None)
        }
    }
}
