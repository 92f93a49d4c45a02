//! `posture schedule`: audits at certain times, and what is delivered of them.

mod message;
mod metrics;
mod render;
mod send;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use posture::Stop;
use posture_core::judge;
use posture_core::time::Time;
use posture_history::{Added, Delivery, Pending};
use posture_report::Format;
use posture_report::style::lines;
use posture_report::text::{NAME, safe};
use posture_schedule::{Order, System, Work};
use tokio::sync::mpsc;

use crate::args::{HistoryOptions, Schedule as Command, ScheduleOnce, Screen, Selection};
use crate::audit;
use crate::config::job::{Job, Sink, filled};
use crate::config::{self, Config};
use crate::error::{Failure, Result};
use crate::exceptions;
use crate::history::{History, deliveries_table};
use crate::output::{print, put};
use crate::providers::Target;
use crate::select::{Selected, select};
use message::{letter, message};
use metrics::{Asked, Metrics};
use render::report;
use send::Parcel;

/// How long a claim of a run is valid if it is not extended.
const LEASE: Duration = Duration::from_secs(180);

/// The media type of messages.
const JSON: &str = "application/json";

/// How often a delivery is tried, and for how long.
const ATTEMPTS: usize = 50;

/// To how many places something is delivered at once, and how long one of them may take for all that is left.
const AT_ONCE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(120);
const DAYS: u32 = 14;

/// `posture schedule`.
pub(crate) fn run(command: Command, screen: Screen) -> Result<ExitCode> {
    match command {
        Command::List { config } => list(config.as_deref(), screen),
        Command::Once(arguments) => once(&arguments),
        Command::Run { config } => forever(config),
    }
}

fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}

fn load(path: Option<&Path>) -> Result<Config> {
    let config = config::load(path, &[])?;
    if config.jobs.is_empty() {
        return Err(Failure::usage("the configuration has no jobs")
            .help("add `[[job]]` with `name` and `cron` to posture.toml"));
    }
    Ok(config)
}

fn open(config: &Config) -> Result<History> {
    History::need(&HistoryOptions::default(), config, true)
}

/// What a job judges, and prints in full.
fn selected(config: &Config, job: &Job) -> Result<Selected> {
    let selection = Selection { framework: job.frameworks.clone(), ..Selection::default() };
    select(&selection, config)
}

/// Lists jobs, when they are due, and what is still to be delivered.
fn list(path: Option<&Path>, screen: Screen) -> Result<ExitCode> {
    let config = load(path)?;
    let history = open(&config)?;
    let now = now();
    print(screen, |canvas, out| {
        let mut table = canvas.table(&[
            ("Job", false),
            ("Last (UTC)", false),
            ("Run", true),
            ("Next (UTC)", false),
            ("Last outcome", false),
        ]);
        let minute = |time: Option<Time>| time.map_or("-".to_owned(), Time::clock);
        for job in &config.jobs {
            let state = history.ask(|history| history.job(&job.name))?;
            let next = job.schedule().ok().and_then(|schedule| schedule.next(now));
            let outcome = match (&state.error, state.ended) {
                (Some(error), _) => safe(error, NAME).into_owned(),
                (None, Some(_)) => "recorded".to_owned(),
                (None, None) => "never run".to_owned(),
            };
            table.add_row(vec![
                safe(&job.name, NAME).into_owned(),
                minute(state.ended),
                state.run.map_or(String::new(), |run| run.to_string()),
                minute(next),
                outcome,
            ]);
        }
        put(out, |out| write!(out, "{}", lines(&table)))?;
        let deliveries = history.ask(|history| history.latest_deliveries(20))?;
        if deliveries.is_empty() {
            return Ok(());
        }
        put(out, |out| {
            writeln!(out)?;
            write!(out, "{}", lines(&deliveries_table(&deliveries, canvas)))
        })
    })
}

/// Does once what is due, and delivers what was left over.
fn once(arguments: &ScheduleOnce) -> Result<ExitCode> {
    let config = load(arguments.config.as_deref())?;
    for name in &arguments.jobs {
        if !config.jobs.iter().any(|job| job.name == *name) {
            return Err(Failure::usage(format!("unknown job `{name}`")));
        }
    }
    let history = open(&config)?;
    let mut failed = false;
    let mut all = BTreeMap::new();
    for job in &config.jobs {
        let wanted = arguments.jobs.is_empty() || arguments.jobs.contains(&job.name);
        let state = history.ask(|history| history.job(&job.name))?;
        let now = now();
        let due = if arguments.due {
            job.schedule().ok().and_then(|schedule| schedule.due(state.done, now))
        } else {
            Some(now)
        };
        if let Some(due) = due.filter(|_| wanted) {
            let (well, asked) = one(&config, job, due, &Stop::default());
            failed |= !well;
            all.extend(asked.map(|asked| (job.name.clone(), asked)));
        }
    }
    failed |= !deliver(&config, &history)?;
    write_metrics(&config, &history, &all)?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Writes the metrics, if they are configured.
fn write_metrics(
    config: &Config,
    history: &History,
    asked: &BTreeMap<String, Asked>,
) -> Result<()> {
    let Some(path) = &config.metrics else { return Ok(()) };
    let runs = history.ask(|history| history.runs(1))?;
    let mut jobs = Vec::new();
    for job in &config.jobs {
        jobs.push((job.name.clone(), history.ask(|history| history.job(&job.name))?));
    }
    let deliveries = history.ask(|history| history.latest_deliveries(10_000))?;
    let asked: Vec<(String, Asked)> = asked.iter().map(|(job, one)| (job.clone(), *one)).collect();
    let (jobs, deliveries, asked) = (&jobs, &deliveries, &asked);
    Metrics { last: runs.last(), jobs, deliveries, asked }.write(Path::new(path))
}

/// Runs a job unless another process does. Returns whether all went well, and how often clouds were called.
fn one(config: &Config, job: &Job, due: Time, stop: &Stop) -> (bool, Option<Asked>) {
    let done = (|| {
        let history = open(config)?;
        let claimed = history.ask(|history| {
            let now = now();
            history.claim(&job.name, due, now, later(now, LEASE))
        })?;
        if !claimed {
            tracing::info!(job = job.name, "skipped: already done, or claimed by another process");
            return Ok((true, None));
        }
        tracing::info!(job = job.name, "started");
        let result = {
            let _held = Held::begin(config, &job.name);
            work(config, job, &history, stop)
        };
        let ended = match &result {
            Ok((added, _)) => {
                tracing::info!(job = job.name, run = added.run, "recorded");
                Ok(added.run)
            }
            Err(failure) => {
                tracing::error!(job = job.name, error = %failure, "failed");
                Err(failure.first())
            }
        };
        let well = ended.is_ok();
        history.ask(|history| history.ended(&job.name, due, now(), ended))?;
        Ok((well, result.ok().map(|(_, asked)| asked)))
    })();
    done.unwrap_or_else(|failure: Failure| {
        tracing::error!(job = job.name, error = %failure, "failed");
        (false, None)
    })
}

fn later(time: Time, by: Duration) -> Time {
    time.earlier(-i64::try_from(by.as_secs()).unwrap_or_default())
}

/// Extends the claim of a run as long as it takes.
struct Held(Arc<AtomicBool>);

impl Held {
    fn begin(config: &Config, job: &str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let (config, job, seen) = (config.clone(), job.to_owned(), Arc::clone(&over));
        std::thread::spawn(move || {
            let Ok(history) = open(&config) else { return };
            loop {
                for _ in 0..LEASE.as_secs() / 3 {
                    std::thread::sleep(Duration::from_secs(1));
                    if seen.load(Ordering::Relaxed) {
                        return;
                    }
                }
                let _ = history.ask(|history| history.hold(&job, later(now(), LEASE)));
            }
        });
        Self(over)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Audits, and records the results together with the deliveries.
fn work(config: &Config, job: &Job, history: &History, stop: &Stop) -> Result<(Added, Asked)> {
    let selected = selected(config, job)?;
    // If the archive does not delete obsolete objects, the audit still runs.
    match history.clear() {
        Ok(0) => {}
        Ok(cleared) => {
            tracing::info!(job = job.name, cleared, "deleted snapshots that no run refers to");
        }
        Err(failure) => {
            tracing::warn!(job = job.name, error = %failure, "cannot delete snapshots that no run refers to");
        }
    }
    let folder = tempfile::tempdir();
    let folder = folder
        .map_err(|error| Failure::tool("cannot create a folder for the snapshot").cause(error))?;
    let snapshot = folder.path().join("snapshot.json.zst");
    let named = config.targets.iter().filter(|named| {
        let name = named.name.as_ref();
        job.targets.is_empty() || name.is_some_and(|name| job.targets.contains(name))
    });
    let targets: Vec<Target> = named.map(|named| named.target.clone()).collect();
    let findings = audit::for_job(&targets, &selected, config, &snapshot, stop)?;
    if findings.header().partial {
        return Err(Failure::tool("the audit was stopped before it finished, and is not recorded"));
    }
    let asked = Asked::of(&findings);
    let ending = judge::uses(&findings).into_iter().map(|used| used.exception);
    for exception in ending.filter(|exception| exceptions::ends_soon(exception, now())) {
        let (control, until) = (exception.controls.join(", "), exception.expires.day());
        tracing::warn!(job = job.name, control, until, "an exception expires soon");
    }
    let deliveries = job.deliveries.iter().enumerate().map(|(place, delivery)| Pending {
        job: job.name.clone(),
        place,
        sink: delivery.sink.words(),
        only_if_changed: delivery.only_if_changed,
    });
    let deliveries: Vec<Pending> = deliveries.collect();
    let (_, added) = history.add(findings, &selected, &config.params, Some(&snapshot), &deliveries);
    let added = added?;
    history.retain()?;
    Ok((added, asked))
}

/// Tries to deliver everything that is left. Says whether all of it arrived.
///
/// What goes to one place goes there in its order; places do not wait for each other.
fn deliver(config: &Config, history: &History) -> Result<bool> {
    let mut places: BTreeMap<(String, String), Vec<Delivery>> = BTreeMap::new();
    for delivery in history.ask(posture_history::History::pending)? {
        let place = (delivery.job.clone(), delivery.sink.clone());
        places.entry(place).or_default().push(delivery);
    }
    let left = Mutex::new(places.into_values());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let history = open(config)?;
        let mut well = true;
        while let Some(deliveries) = next() {
            well &= deliver_to(config, &history, deliveries)?;
        }
        Ok(well)
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let done = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| Err(Failure::tool("a delivery thread failed")))
        });
        let done: Vec<Result<bool>> = done.collect();
        done.into_iter().try_fold(true, |well, one| Ok(well & one?))
    })
}

/// Tries to deliver what goes to one place.
fn deliver_to(config: &Config, history: &History, deliveries: Vec<Delivery>) -> Result<bool> {
    let (begun, mut well) = (std::time::Instant::now(), true);
    for delivery in deliveries {
        // A place that does not answer has had its time: the rest is tried at the next run.
        if begun.elapsed() > PATIENCE {
            return Ok(false);
        }
        let sent = send_one(config, history, &delivery);
        let now = now();
        let (error, lost) = match &sent {
            Ok(_) => (None, false),
            Err((failure, lost)) => (Some(failure.first()), *lost),
        };
        let old = delivery.created.is_older_than_days(DAYS, now);
        let give_up = lost || old || delivery.attempts + 1 >= ATTEMPTS;
        history.ask(|history| history.tried(&delivery.id, now, error.as_deref(), give_up))?;
        let Delivery { job, run, sink: to, .. } = &delivery;
        match sent {
            Ok(Sent { to, bytes }) => tracing::info!(job, run, to, bytes, "delivered"),
            Err((failure, _)) => {
                well = false;
                if give_up {
                    tracing::error!(job, run, to, error = %failure, "delivery failed; gave up");
                } else {
                    tracing::warn!(job, run, to, error = %failure, "delivery failed; will retry");
                }
            }
        }
    }
    Ok(well)
}

/// What arrived.
struct Sent {
    /// Where it is, in words without secrets.
    to: String,
    /// Its size, without what carries it.
    bytes: usize,
}

/// Makes what is to be delivered, and sends it. A failure comes with whether there is no hope.
fn send_one(
    config: &Config,
    history: &History,
    delivery: &Delivery,
) -> std::result::Result<Sent, (Failure, bool)> {
    let found = config.jobs.iter().find(|job| job.name == delivery.job);
    let found = found.and_then(|job| Some((job, job.delivery(delivery.place, &delivery.sink)?)));
    let Some((of, to)) = found else {
        return Err((Failure::tool("the job no longer delivers to this destination"), true));
    };
    let made = (|| {
        let run = history.run(&delivery.run.to_string())?;
        let (kind, body) = match to.format {
            Some(format) => {
                let body = report(config, of, history, &run, format, &to.sink)?;
                (if to.sink.is_slack() { JSON } else { format.media_type() }, body)
            }
            None => (JSON, message(config, history, &run, delivery, of, &to.sink)?),
        };
        Ok((run, kind, body))
    })();
    let (run, kind, body) = made.map_err(|failure: Failure| (failure, false))?;
    let letter = match &to.sink {
        Sink::Mail(_) => {
            Some(letter(config, history, &run, delivery, of).map_err(|failure| (failure, false))?)
        }
        _ => None,
    };
    let ending = to.format.map_or("json", Format::ending);
    let name =
        filled(&format!("{{job}}-{{date}}-{{run}}.{ending}"), &delivery.job, run.id, run.finished);
    let sink = to.sink.of_run(&delivery.job, run.id, run.finished);
    let arrived = Sent { to: sink.words(), bytes: body.len() };
    // One page is read where it is, and not behind an attachment.
    let inline = to.format.is_some_and(Format::compares);
    let parcel = Parcel { id: &delivery.id, kind, body, letter, name, inline };
    let sent = history.wait(send::send(&sink, config.mail.as_ref(), parcel));
    sent.map(|()| arrived).map_err(|failure| (failure, false))
}

/// Begins this process once more, so that its allocator gives back what it does not use.
///
/// Each run starts new threads, and glibc keeps the memory that each of them freed apart: after a day of hourly runs a
/// process had twice the memory that it had after the first. Settings of an allocator are made before a process begins.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn lean() {
    use std::os::unix::process::CommandExt;
    // See mallopt(3).
    const SETTINGS: [(&str, &str); 2] =
        [("MALLOC_ARENA_MAX", "1"), ("MALLOC_TRIM_THRESHOLD_", "131072")];
    if SETTINGS.iter().any(|(name, _)| std::env::var_os(name).is_some()) {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let again = std::env::args_os().skip(1);
        // It comes back only where it cannot be done, and then all is as it was.
        let _ = std::process::Command::new(program).args(again).envs(SETTINGS).exec();
    }
}

/// Runs until it is stopped.
fn forever(path: Option<PathBuf>) -> Result<ExitCode> {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    lean();
    let config = Arc::new(load(path.as_deref())?);
    // What was left over is delivered before anything new.
    deliver(&config, &open(&config)?)?;
    let jobs = jobs(&config)?;
    tracing::info!(jobs = jobs.len(), "waiting for jobs");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start the runtime").cause(error))?;
    let worker = Arc::new(Worker { config: Mutex::new(config), alone: Arc::default() });
    runtime.block_on(async {
        let (orders, receive) = mpsc::channel(8);
        let listener = tokio::spawn(signals(path, Arc::clone(&worker), orders));
        posture_schedule::run(jobs, receive, worker, System).await;
        listener.abort();
    });
    // What did not stop in time is given up; its run was not recorded and is made up for.
    runtime.shutdown_background();
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

fn jobs(config: &Config) -> Result<Vec<posture_schedule::Job>> {
    let job = |job: &Job| {
        let schedule = job.schedule();
        Ok(posture_schedule::Job {
            name: job.name.clone(),
            schedule: schedule.map_err(|error| Failure::usage(error.to_string()))?,
            jitter: Duration::from_secs(job.jitter.into()),
        })
    };
    config.jobs.iter().map(job).collect()
}

/// Does jobs by the configuration of the moment.
struct Worker {
    config: Mutex<Arc<Config>>,
    /// Held by who delivers: how often each job asked clouds when it ran last.
    alone: Arc<Mutex<BTreeMap<String, Asked>>>,
}

impl Worker {
    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Work for Worker {
    fn done<'w>(&'w self, job: &'w str) -> BoxFuture<'w, Option<Time>> {
        let (config, job) = (self.config(), job.to_owned());
        Box::pin(async move {
            // A separate history, as this one waits in a separate runtime.
            let done = tokio::task::spawn_blocking(move || {
                let history = open(&config).ok()?;
                history.ask(|history| history.job(&job)).ok()?.done
            });
            done.await.ok().flatten()
        })
    }

    fn run(&self, job: String, due: Time, stop: Stop) -> BoxFuture<'static, ()> {
        let (config, alone) = (self.config(), Arc::clone(&self.alone));
        Box::pin(async move {
            let work = tokio::task::spawn_blocking(move || {
                let Some(found) = config.jobs.iter().find(|known| known.name == job) else {
                    return;
                };
                let (_, asked) = one(&config, found, due, &stop);
                // Two jobs that end together would send the same twice.
                let mut all = alone.lock().unwrap_or_else(PoisonError::into_inner);
                all.extend(asked.map(|asked| (job.clone(), asked)));
                let delivered = open(&config).and_then(|history| {
                    deliver(&config, &history)?;
                    write_metrics(&config, &history, &all)
                });
                if let Err(failure) = delivered {
                    tracing::error!(job, error = %failure, "cannot deliver");
                }
            });
            let _ = work.await;
        })
    }
}

/// Tells the scheduler what the user wants: SIGHUP reads the configuration again, SIGTERM and SIGINT end.
async fn signals(path: Option<PathBuf>, worker: Arc<Worker>, orders: mpsc::Sender<Order>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::hangup(), SignalKind::terminate()].map(signal);
        let [Ok(mut hangup), Ok(mut terminate)] = kinds else { return };
        loop {
            tokio::select! {
                _ = hangup.recv() => {
                    if let Some(jobs) = reload(path.as_deref(), &worker) {
                        let _ = orders.send(Order::Jobs(jobs)).await;
                    }
                }
                _ = terminate.recv() => break,
                _ = tokio::signal::ctrl_c() => break,
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = (&path, &worker);
        let _ = tokio::signal::ctrl_c().await;
    }
    let _ = orders.send(Order::Stop).await;
}

/// The jobs of the configuration as it is now; where that is wrong, the old one stays.
#[cfg(unix)]
fn reload(path: Option<&Path>, worker: &Worker) -> Option<Vec<posture_schedule::Job>> {
    let read = load(path).and_then(|config| Ok((jobs(&config)?, config)));
    match read {
        Ok((jobs, config)) => {
            tracing::info!(jobs = jobs.len(), "configuration reloaded");
            *worker.config.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
            Some(jobs)
        }
        Err(failure) => {
            tracing::error!(error = %failure, "configuration not reloaded; the previous one stays in use");
            None
        }
    }
}
