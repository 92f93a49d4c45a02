//! `posture audit`: log in, collect, save, report.

mod demo;
mod interrupt;

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use posture::{Audit, Limits, Read, Stop};
use posture_core::control::Control;
use posture_core::judge::{self, Findings, Judge};
use posture_core::plan::{Bound, Plan, Planned};
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::snapshot::{self, Header, Writer};
use tokio::runtime::Runtime;

use crate::args::{AuditTargets, Collect, Common, Demo, Screen};
use crate::config::{self, Config};
use crate::error::{Failure, Result};
use crate::history::{RUNS, Recorder, Trend};
use crate::judging::options;
use crate::output::{counted, print, put, say, word};
use crate::progress::Progress;
use crate::providers::{self, Target, failure, is_whole};
use crate::report::{self, Past};
use crate::select::{Selected, select};
use crate::typed::Words;
use demo::Estate;
use interrupt::Interrupts;

/// What replaces a command that cannot be repeated in full.
const SAME: &str = "the same command with";

/// `posture audit` of one provider.
pub(crate) fn one(arguments: &providers::Audit, screen: Screen) -> Result<ExitCode> {
    let common = arguments.common();
    let config = config::load_for(&common.selection)?;
    let target = arguments.target(&config.regions, &config.exclude_regions);
    // Without its options, such as a profile or an organization, the command would audit something else.
    let command = match arguments.typed() {
        Some(words) => words.selection(&common.selection).pace(&common.collect).to_string(),
        None => SAME.to_owned(),
    };
    run(&[target], common, &config, screen, &command)
}

/// `posture audit targets`.
pub(crate) fn targets(arguments: &AuditTargets, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.common.selection)?;
    if config.targets.is_empty() {
        let each = |one: &Provider| format!("`provider = \"{}\"`", one.id());
        let known: Vec<String> = Provider::ALL.iter().map(each).collect();
        let help = format!("add `[[target]]` with {} to posture.toml", known.join(" or "));
        return Err(Failure::usage("the configuration has no targets").help(help));
    }
    let targets: Vec<Target> = config.targets.iter().map(|named| named.target.clone()).collect();
    let Common { selection, collect, .. } = &arguments.common;
    let command = Words::of("posture audit targets").selection(selection).pace(collect);
    run(&targets, &arguments.common, &config, screen, &command.to_string())
}

/// `posture demo`: the same way through as any audit, to clouds that are simulated in this process. It is the same in every
/// folder: only a configuration that was named for it applies.
pub(crate) fn demo(mut arguments: Demo, screen: Screen) -> Result<ExitCode> {
    let mut config = config::load_named(&arguments.common.selection)?;
    // Only a history that was named for it: what is made up does not belong among real runs.
    config.history = config::History::default();
    let recording = &mut arguments.common.recording;
    recording.no_history |= recording.kept.is_from_environment();
    let estate = Estate::start()?;
    let Common { selection, collect, .. } = &arguments.common;
    let command = Words::of("posture demo").selection(selection).pace(collect).to_string();
    run(&estate.targets(), &arguments.common, &config, screen, &command)
}

fn run(
    targets: &[Target],
    arguments: &Common,
    config: &Config,
    screen: Screen,
    command: &str,
) -> Result<ExitCode> {
    let selected = select(&arguments.selection, config)?;
    // Before anything is read. What a report is filtered by has to be kept of what is read.
    let tags = arguments.output.filters.filter(&config.catalogue)?.tag_keys();
    let judging = judge::Options { tags: tags.clone(), ..options(config) };
    let collect = &arguments.collect;
    // What cannot be written is found out before the audit, and not after it.
    arguments.output.compares()?;
    if let Some(path) = &collect.save {
        writable(path)?;
    }
    let recorder = match collect.plan {
        true => None,
        false => Recorder::begin(&arguments.recording, config, collect.save.as_deref())?,
    };
    let output = &arguments.output;
    report::check_since(output, recorder.is_some())?;
    let baseline = match collect.plan {
        true => None,
        false => report::baseline(output, &arguments.recording.kept, config)?,
    };
    let mark = mark(targets, &selected.controls);
    let temporary = recorder.as_ref().and_then(Recorder::save);
    let (sink, done) = match collect.save.as_ref().or(temporary.as_ref()) {
        Some(path) if !collect.plan => {
            Sink::saving(&selected.controls, judging, path, &mark, collect.resume)?
        }
        _ => (Sink::new(&selected.controls, judging), BTreeSet::new()),
    };
    if collect.resume && !screen.quiet {
        let done = counted(done.len(), "account was", "accounts were");
        say!("resuming: {done} read before");
    }
    let runtime = runtime()?;
    let progress = Progress::new(screen);
    let stop = Stop::default();
    let audit = Audit::of(targets.iter().map(Target::to_read))
        .controls(selected.controls.iter().copied())
        .params(config.params.clone())
        .exceptions(config.exceptions.iter().cloned())
        .tags(tags)
        .limits(limits(collect))
        .observe(progress.observer())
        .stopped_by(&stop)
        .without(done);
    if collect.plan {
        let planned = runtime.block_on(audit.plan());
        progress.finish();
        progress.print_notes();
        runtime.shutdown_background();
        return print_plan(&planned.map_err(failure)?, screen);
    }
    let shown = progress.clone();
    let interrupts = Interrupts::listen(&stop, move || shown.interrupted())?;
    let findings = read(&audit, sink, &runtime);
    interrupts.reading_is_over();
    progress.finish();
    progress.print_notes();
    // Connections that are still open are not worth waiting for.
    runtime.shutdown_background();
    let findings = findings?;
    let mut again = command.to_owned();
    if let Some(path) = &arguments.collect.save {
        let check = format!("posture check {}", word(path));
        again = Words::of(&check).selection(&arguments.selection).to_string();
    }
    if findings.header().partial {
        if let Some(path) = &arguments.collect.save {
            say!(
                "stopped; what was read so far is in `{}`; repeat the command with --resume to continue",
                path.display()
            );
        }
        if recorder.is_some() && !screen.quiet {
            say!("note: the history records whole audits only, and this one was interrupted");
        }
        let output = &arguments.output;
        let past = Past { baseline, ..Past::default() };
        report::print(findings, selected.frameworks, config, output, screen, again, past)?;
        // Whatever it found: not everything was looked for.
        return Ok(ExitCode::from(interrupt::CODE));
    }
    let Some(recorder) = recorder else {
        let past = Past { baseline, ..Past::default() };
        return report::print(findings, selected.frameworks, config, output, screen, again, past);
    };
    // The report is there whatever becomes of the record.
    let (findings, recorded) =
        recorder.end(findings, &selected, config, collect.save.as_deref(), screen);
    let trend = recorded
        .as_ref()
        .ok()
        .and_then(|history| Trend::read(history, posture_core::frameworks::all(), RUNS).ok());
    let history = recorded.as_ref().ok();
    let past = Past { baseline, trend: trend.as_ref(), history };
    let code = report::print(findings, selected.frameworks, config, output, screen, again, past)?;
    recorded.map(|_| code)
}

/// Where scopes go as they are read: each is written to the snapshot and judged, and then forgotten.
struct Sink {
    judge: Judge,
    save: Option<(PathBuf, Writer)>,
}

impl Sink {
    fn new(controls: &[&'static Control], judging: judge::Options) -> Self {
        Self { judge: Judge::new(controls, judging), save: None }
    }

    /// A consumer that stores what it receives, and the accounts that were read before if an audit is resumed.
    fn saving(
        controls: &[&'static Control],
        judging: judge::Options,
        path: &Path,
        mark: &str,
        resume: bool,
    ) -> Result<(Self, BTreeSet<(Provider, String)>)> {
        let mut sink = Self::new(controls, judging);
        let mut done = BTreeSet::new();
        let writer = if resume {
            Writer::resume(path, mark, |scope| {
                let whole = is_whole(&scope);
                if whole {
                    done.insert((scope.provider, scope.id.clone()));
                    sink.judge.add(scope);
                }
                whole
            })
        } else {
            Writer::create(path, mark)
        };
        let writer = writer.map_err(|error| cannot_save(path, &error))?;
        sink.save = Some((path.to_owned(), writer));
        Ok((sink, done))
    }

    fn take(&mut self, scope: Scope) -> Result<()> {
        // Two targets may lead to the same account.
        if self.judge.has(&scope) {
            return Ok(());
        }
        if let Some((path, writer)) = &mut self.save {
            writer.add(&scope).map_err(|error| cannot_save(path, &error))?;
        }
        self.judge.add(scope);
        Ok(())
    }

    fn finish(self, header: Header) -> Result<Findings<'static>> {
        if let Some((path, writer)) = self.save {
            writer.finish(&header).map_err(|error| cannot_save(&path, &error))?;
        }
        Ok(self.judge.finish(header))
    }
}

/// Identifies an audit, so that another one is not resumed with it.
fn mark(targets: &[Target], controls: &[&'static Control]) -> String {
    let controls: Vec<&str> = controls.iter().map(|control| control.id).collect();
    let targets: Vec<String> = targets.iter().map(Target::mark).collect();
    format!("{} {controls:?} {targets:?}", env!("CARGO_PKG_VERSION"))
}

/// How much is asked at once.
fn limits(collect: &Collect) -> Limits {
    Limits {
        concurrency: usize::from(collect.concurrency),
        max_rate: collect.max_rate.and_then(NonZeroU32::new),
        timeout: collect.timeout,
    }
}

fn cannot_save(path: &Path, error: &snapshot::Error) -> Failure {
    Failure::tool(format!("cannot save `{}`", path.display())).caused_by(error).help(error.help())
}

fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start the runtime").cause(error))
}

/// Reads everything into a sink.
fn read(audit: &Audit, sink: Sink, runtime: &Runtime) -> Result<Findings<'static>> {
    let sink = Mutex::new(sink);
    let take = |scope| sink.lock().unwrap_or_else(PoisonError::into_inner).take(scope);
    let header = runtime.block_on(audit.read(take));
    let header = header.map_err(|error| match error {
        Read::Audit(error) => failure(error),
        Read::Take(failure) => failure,
    })?;
    sink.into_inner().unwrap_or_else(PoisonError::into_inner).finish(header)
}

/// Audits targets without a user who watches, and writes the snapshot to a file.
pub(crate) fn for_job(
    targets: &[Target],
    selected: &Selected,
    config: &Config,
    snapshot: &Path,
    stop: &Stop,
) -> Result<Findings<'static>> {
    let (sink, _) = Sink::saving(&selected.controls, options(config), snapshot, "", false)?;
    let runtime = runtime()?;
    let audit = Audit::of(targets.iter().map(Target::to_read))
        .controls(selected.controls.iter().copied())
        .params(config.params.clone())
        .exceptions(config.exceptions.iter().cloned())
        .stopped_by(stop);
    let findings = read(&audit, sink, &runtime);
    runtime.shutdown_background();
    findings
}

/// Whether an action belongs to a plan: an action that is called at most zero times does not.
fn may_be_called(planned: &Planned) -> bool {
    planned.calls > 0 || planned.bound == Bound::AtLeast
}

fn print_plan(plans: &[(String, Plan)], screen: Screen) -> Result<ExitCode> {
    print(screen, |canvas, out| {
        for (place, (title, plan)) in plans.iter().enumerate() {
            let mut table = canvas.table(&[("Action", false), ("Calls", true)]);
            for planned in plan.calls.iter().filter(|planned| may_be_called(planned)) {
                let sign = match planned.bound {
                    Bound::Exact => "",
                    Bound::AtLeast => "≥ ",
                    Bound::AtMost => "≤ ",
                };
                table.add_row(vec![planned.action.to_owned(), format!("{sign}{}", planned.calls)]);
            }
            let asked: u64 = plan.asked.values().map(|calls| calls.operations).sum();
            put(out, |out| {
                if place > 0 {
                    writeln!(out)?;
                }
                writeln!(out, "{}", canvas.bold(title))?;
                write!(out, "{}", posture_report::style::lines(&table))?;
                writeln!(
                    out,
                    "{}. {} made now, to count resources.",
                    estimate(&plan.calls),
                    counted(asked, "call was", "calls were")
                )
            })?;
        }
        if plans.len() > 1 {
            let all: Vec<Planned> =
                plans.iter().flat_map(|(_, plan)| &plan.calls).copied().collect();
            put(out, |out| {
                writeln!(out, "\n{}", canvas.bold(&format!("In all: {}.", estimate(&all))))
            })?;
        }
        Ok(())
    })
}

/// How many calls a plan has, and how sure that is.
fn estimate(calls: &[Planned]) -> String {
    let sum = |bound: Bound| -> u64 {
        let of = calls.iter().filter(|planned| planned.bound == bound);
        of.map(|planned| planned.calls).sum()
    };
    let least = sum(Bound::Exact) + sum(Bound::AtLeast);
    let most = least + sum(Bound::AtMost);
    let range = match least == most {
        true => counted(least, "read-only call", "read-only calls"),
        false => format!("{least} to {}", counted(most, "read-only call", "read-only calls")),
    };
    // How many pages a list has, and what some answers require, shows only in the audit.
    match calls.iter().any(|planned| planned.bound == Bound::AtLeast) {
        true => format!("{range}, or more where `≥` is a lower bound"),
        false => range,
    }
}

/// Finds out before the audit whether its result can be kept.
fn writable(path: &std::path::Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => std::path::Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Failure::usage(format!("cannot save `{}`", path.display()))
            .cause(format!("the folder `{}` does not exist", folder.display())));
    }
    // A snapshot takes the place of what was there, which must not be a device.
    if path.metadata().is_ok_and(|meta| !meta.is_file()) {
        return Err(Failure::usage(format!("cannot save `{}`", path.display()))
            .cause("it exists and is not a file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_a_plan_is_a_range_where_it_is_not_certain() {
        let planned = |calls, bound| Planned { action: "s3:GetBucketPolicy", calls, bound };
        let one = planned(1, Bound::Exact);
        assert_eq!(estimate(&[one]), "1 read-only call");
        assert_eq!(estimate(&[one, planned(0, Bound::AtMost)]), "1 read-only call");
        assert_eq!(estimate(&[one, planned(50, Bound::AtMost)]), "1 to 51 read-only calls");
        assert_eq!(
            estimate(&[one, planned(2, Bound::AtLeast), planned(3, Bound::AtMost)]),
            "3 to 6 read-only calls, or more where `≥` is a lower bound"
        );
    }

    #[test]
    fn what_will_not_be_called_is_not_part_of_a_plan() {
        for (calls, bound, planned) in [
            (0, Bound::Exact, false),
            (0, Bound::AtMost, false),
            // It may still turn out that there is something to ask.
            (0, Bound::AtLeast, true),
            (1, Bound::AtMost, true),
            (1, Bound::Exact, true),
        ] {
            let action = "s3:GetBucketPolicy";
            assert_eq!(
                may_be_called(&Planned { action, calls, bound }),
                planned,
                "{calls} {bound:?}"
            );
        }
    }
}
