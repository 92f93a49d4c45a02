//! Lists of runs, and what became of one run, finding or requirement.

use std::io::{self, Write};
use std::process::ExitCode;

use posture_core::catalogue::Catalogue;
use posture_core::diff::{ChangeKind, Earlier};
use posture_core::record::{FindingStatus, Why};
use posture_core::time::Time;
use posture_history::{Delivery, Entry, Event, Run, State};
use posture_report::frameworks::wrap;
use posture_report::stream::pretty;
use posture_report::style::{Canvas, lines};
use posture_report::text::{NAME, safe};
use serde::Serialize;

use super::shown::{EntryV1, RunV1, deliveries_table, for_days, headline, item};
use super::store::History;
use crate::args::{DiffFormat, HistoryList, HistoryShow, Screen};
use crate::error::{Failure, Result};
use crate::output::{counted, print, put};
use crate::{config, select};

/// `posture history list`.
pub(super) fn list(arguments: &HistoryList, screen: Screen) -> Result<ExitCode> {
    #[derive(Serialize)]
    struct Document {
        format: &'static str,
        version: u32,
        runs: Vec<RunV1>,
    }
    let config = config::load(arguments.which.config.as_deref(), &[])?;
    let history = History::need(&arguments.which.kept, &config, false)?;
    let runs = history.ask(|history| history.runs(arguments.limit as usize))?;
    print(screen, |canvas, out| {
        put(out, |out| {
            if arguments.format == DiffFormat::Json {
                let runs = runs.iter().map(RunV1::new).collect();
                return pretty(&Document { format: "posture-history", version: 1, runs }, out);
            }
            table(&runs, canvas, out)
        })
    })
}

fn table(runs: &[Run], canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    if runs.is_empty() {
        return writeln!(out, "No runs recorded yet.");
    }
    let mut table = canvas.table(&[
        ("Run", true),
        ("Finished (UTC)", false),
        ("Accounts", true),
        ("Fail", true),
        ("Unknown", true),
        ("Excepted", true),
        ("Pass", true),
        ("New", true),
        ("Reopened", true),
        ("Fixed", true),
    ]);
    for run in runs {
        let mark = if run.partial { " (stopped)" } else { "" };
        let mut row = vec![
            run.id.to_string(),
            format!("{}{mark}", run.finished.clock()),
            run.scopes.to_string(),
        ];
        let tally = run.tally;
        let counts = [tally.fail, tally.unknown, tally.excepted, tally.pass];
        row.extend(counts.iter().map(ToString::to_string));
        row.extend([run.failed, run.reopened, run.fixed].iter().map(ToString::to_string));
        table.add_row(row);
    }
    write!(out, "{}", lines(&table))
}

/// `posture history show`.
pub(super) fn show(arguments: &HistoryShow, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.which.config.as_deref(), &[])?;
    let history = History::need(&arguments.which.kept, &config, false)?;
    let json = arguments.format == DiffFormat::Json;
    if let Some(id) = &arguments.finding {
        let (entry, events) = history.finding(id)?;
        return print(screen, |canvas, out| {
            put(out, |out| finding(&entry, &events, json, &config.catalogue, canvas, out))
        });
    }
    if let Some([framework, id]) = arguments.requirement.as_deref() {
        let framework = select::framework(framework)?;
        let known = framework.requirements.iter().find(|r| r.id.eq_ignore_ascii_case(id));
        let known = known.ok_or_else(|| {
            let ids = framework.requirements.iter().map(|requirement| requirement.id);
            let guess = crate::error::did_you_mean(&posture_core::suggest::nearest(id, ids));
            let failure = Failure::usage(format!("{} has no requirement `{id}`", framework.id));
            match guess {
                Some(guess) => failure.help(guess),
                None => failure,
            }
        })?;
        let states = history.ask(|history| history.requirement(framework.id, known.id))?;
        return print(screen, |canvas, out| {
            put(out, |out| {
                if json {
                    return requirement_json(framework.id, known.id, &states, out);
                }
                writeln!(out, "{}", canvas.bold(&format!("{} {}", framework.name, known.id)))?;
                let mut table =
                    canvas.table(&[("Run", true), ("From (UTC)", false), ("State", false)]);
                for (run, finished, state) in &states {
                    let from = finished.map_or("deleted".to_owned(), Time::clock);
                    table.add_row(vec![run.to_string(), from, state.to_string()]);
                }
                write!(out, "{}", lines(&table))
            })
        });
    }
    let run = history.run(&arguments.run)?;
    let changes = changes(&history, &run)?;
    let deliveries = history.ask(|history| history.deliveries_of(run.id))?;
    print(screen, |canvas, out| {
        put(out, |out| {
            if json {
                return run_json(&run, &changes, &deliveries, &config.catalogue, out);
            }
            one(&run, &changes, &config.catalogue, canvas, out)?;
            if deliveries.is_empty() {
                return Ok(());
            }
            writeln!(out, "\n{}", canvas.bold("Deliveries"))?;
            write!(out, "{}", lines(&deliveries_table(&deliveries, canvas)))
        })
    })
}

/// A finding that a run changed.
struct Changed {
    /// The finding as it is now.
    entry: Entry,
    /// Its state before the run.
    was: Option<State>,
    /// Its state after it.
    now: State,
    /// What that means, in the words of `posture diff`.
    kind: ChangeKind,
}

/// What a run changed.
fn changes(history: &History, run: &Run) -> Result<Vec<Changed>> {
    let changes = history.ask(|history| history.changes(run.id))?;
    let ids: Vec<&str> = changes.iter().map(|(entry, ..)| entry.id.as_str()).collect();
    let before = Time::from_unix_milliseconds(run.finished.unix_milliseconds() - 1);
    let earlier = history.ask(|history| async move { history.earlier(&ids, before).await })?;
    let changed = |(entry, was, now): (Entry, Option<State>, State)| {
        let kind = kind(was, now, earlier.get(&entry.id).copied());
        Changed { entry, was, now, kind }
    };
    Ok(changes.into_iter().map(changed).collect())
}

/// What a change means, given what was known of the finding before.
fn kind(was: Option<State>, now: State, earlier: Option<Earlier>) -> ChangeKind {
    match (now, earlier) {
        (State::Seen(FindingStatus::Fail), _)
            if was == Some(State::Seen(FindingStatus::Excepted)) =>
        {
            ChangeKind::NoLongerAccepted
        }
        (State::Seen(FindingStatus::Fail), None) => ChangeKind::New,
        (State::Seen(FindingStatus::Fail), Some(Earlier::Failing)) => ChangeKind::KnownAgain,
        (State::Seen(FindingStatus::Fail), Some(Earlier::Fixed)) => ChangeKind::Reopened,
        (State::Seen(FindingStatus::Excepted), _) => ChangeKind::Accepted,
        (State::Seen(FindingStatus::Unknown), _) => ChangeKind::Unknown,
        (
            State::Gone | State::Seen(FindingStatus::Pass | FindingStatus::NotApplicable),
            Some(Earlier::Failing),
        ) => ChangeKind::Fixed,
        (State::Gone | State::Seen(FindingStatus::Pass | FindingStatus::NotApplicable), _) => {
            ChangeKind::Other
        }
    }
}

fn one(
    run: &Run,
    changes: &[Changed],
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = format!("Run {}, {}", run.id, run.finished.minute());
    writeln!(out, "{}", canvas.bold(&title))?;
    let kept = match &run.snapshot {
        Some(kept) => format!("snapshot {}", safe(&kept.name, NAME)),
        None => "snapshot not kept".to_owned(),
    };
    let about = format!(
        "{}, checked by posture {}; {kept}{}",
        counted(run.scopes, "account", "accounts"),
        safe(&run.tool, NAME),
        if run.partial { "; stopped before it finished" } else { "" }
    );
    for line in wrap(&about, canvas.width) {
        writeln!(out, "{line}")?;
    }
    table(std::slice::from_ref(run), canvas, out)?;
    for kind in ChangeKind::ALL.iter().filter(|kind| **kind != ChangeKind::Other) {
        let found: Vec<&Changed> = changes.iter().filter(|change| change.kind == *kind).collect();
        if found.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", canvas.bold(&format!("{} ({})", kind.title(), found.len())))?;
        for Changed { entry, was, now, .. } in found.iter().take(MOST) {
            let was = was.map_or("-", State::words);
            let text = format!(
                "{}  {}: {} → {}, {} in {}",
                &entry.id[..entry.id.len().min(8)],
                headline(&entry.control, now.fails(), catalogue),
                was,
                now.words(),
                safe(entry.name.as_deref().unwrap_or("the account"), NAME),
                safe(&entry.scope, NAME)
            );
            item(&text, canvas, out)?;
        }
        if found.len() > MOST {
            writeln!(out, "  … and {} more; --format json lists them all", found.len() - MOST)?;
        }
    }
    Ok(())
}

/// How many findings of a part are shown.
const MOST: usize = 20;

fn finding(
    entry: &Entry,
    events: &[Event],
    json: bool,
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'e> {
        format: &'static str,
        version: u32,
        #[serde(flatten)]
        finding: EntryV1<'e>,
        events: Vec<EventV1<'e>>,
    }
    #[derive(Serialize)]
    struct EventV1<'e> {
        run: i64,
        finished: Option<Time>,
        state: &'static str,
        why: &'e Option<Why>,
    }
    if json {
        let events = events.iter().map(|event| EventV1 {
            run: event.run,
            finished: event.finished,
            state: event.state.id(),
            why: &event.why,
        });
        let document = Document {
            format: "posture-finding-history",
            version: 1,
            finding: EntryV1::new(entry, catalogue),
            events: events.collect(),
        };
        return pretty(&document, out);
    }
    let title = catalogue.headline(&entry.control, entry.state.fails());
    if let Some(title) = title {
        writeln!(out, "{}", canvas.bold(&safe(title, NAME)))?;
    }
    writeln!(out, "{} ({})", safe(&entry.control, NAME), entry.severity)?;
    let resource = safe(entry.name.as_deref().unwrap_or("the account"), NAME);
    writeln!(out, "{resource} in {} {}", entry.provider, safe(&entry.scope, NAME))?;
    writeln!(
        out,
        "First seen {}, last seen {}.",
        entry.first_seen.minute(),
        entry.last_seen.minute()
    )?;
    if let Some(since) = entry.failing_since {
        let long = for_days(since, entry.last_seen);
        writeln!(out, "Failing since {}, for {long}.", since.minute())?;
    }
    if let Some(fixed) = entry.fixed {
        let again = match (entry.reopened, entry.reopenings) {
            (Some(reopened), n) => {
                let times = counted(n, "time", "times");
                format!("; reopened {times}, last on {}", reopened.minute())
            }
            _ => String::new(),
        };
        writeln!(out, "Fixed {}{again}.", fixed.minute())?;
    }
    let mut table =
        canvas.table(&[("Run", true), ("From (UTC)", false), ("State", false), ("Why", false)]);
    for event in events {
        let from = event.finished.map_or("deleted".to_owned(), Time::clock);
        table.add_row(vec![
            event.run.to_string(),
            from,
            event.state.words().to_owned(),
            safe(&why(event.why.as_ref()), 300).into_owned(),
        ]);
    }
    write!(out, "\n{}", lines(&table))
}

fn why(why: Option<&Why>) -> String {
    match why {
        None => String::new(),
        Some(Why::Gap { action, reason }) => format!("{action} {reason}").trim().to_owned(),
        Some(Why::Facts(facts)) => {
            let facts: Vec<String> =
                facts.iter().map(|(fact, found)| format!("{fact}: {found}")).collect();
            facts.join("; ")
        }
    }
}

fn run_json(
    run: &Run,
    changes: &[Changed],
    deliveries: &[Delivery],
    catalogue: &Catalogue,
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'e> {
        format: &'static str,
        version: u32,
        #[serde(flatten)]
        run: RunV1,
        changes: Vec<ChangeV1<'e>>,
        deliveries: Vec<DeliveryV1<'e>>,
    }
    #[derive(Serialize)]
    struct DeliveryV1<'e> {
        id: &'e str,
        job: &'e str,
        to: &'e str,
        state: &'static str,
        attempts: usize,
        error: Option<&'e str>,
        updated: Time,
    }
    #[derive(Serialize)]
    struct ChangeV1<'e> {
        before: Option<&'static str>,
        after: &'static str,
        kind: ChangeKind,
        #[serde(flatten)]
        finding: EntryV1<'e>,
    }
    let changes = changes.iter().map(|change| ChangeV1 {
        before: change.was.map(State::id),
        after: change.now.id(),
        kind: change.kind,
        finding: EntryV1::new(&change.entry, catalogue),
    });
    let deliveries = deliveries.iter().map(|delivery| DeliveryV1 {
        id: &delivery.id,
        job: &delivery.job,
        to: &delivery.sink,
        state: delivery.state.id(),
        attempts: delivery.attempts,
        error: delivery.error.as_deref(),
        updated: delivery.updated,
    });
    let document = Document {
        format: "posture-run",
        version: 1,
        run: RunV1::new(run),
        changes: changes.collect(),
        deliveries: deliveries.collect(),
    };
    pretty(&document, out)
}

fn requirement_json(
    framework: &str,
    requirement: &str,
    states: &[(i64, Option<Time>, posture_core::report::State)],
    out: &mut dyn Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document<'e> {
        format: &'static str,
        version: u32,
        framework: &'e str,
        requirement: &'e str,
        runs: Vec<RowV1>,
    }
    #[derive(Serialize)]
    struct RowV1 {
        run: i64,
        finished: Option<Time>,
        state: posture_core::report::State,
    }
    let rows = states.iter().map(|(run, finished, state)| RowV1 {
        run: *run,
        finished: *finished,
        state: *state,
    });
    let document = Document {
        format: "posture-requirement-history",
        version: 1,
        framework,
        requirement,
        runs: rows.collect(),
    };
    pretty(&document, out)
}
