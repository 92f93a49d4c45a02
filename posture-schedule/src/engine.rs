//! Waits until jobs are due, and has them done.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use posture::Stop;
use posture::core::time::Time;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::Schedule;

/// How long running jobs may take to end when the scheduler is stopped.
pub const GRACE: Duration = Duration::from_secs(10);

/// The longest sleep: after it the clock is looked at again, which may have been set or stopped.
const LONGEST: Duration = Duration::from_secs(30);

/// Something that is done at certain times.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name, which identifies it.
    pub name: String,
    /// When it is due.
    pub schedule: Schedule,
    /// By how much at most it begins later than it is due.
    pub jitter: Duration,
}

impl Job {
    /// When it begins that is due at a time.
    pub fn begins(&self, due: Time) -> Time {
        let seconds = self.jitter.as_secs();
        if seconds == 0 {
            return due;
        }
        let mut hash = DefaultHasher::new();
        (&self.name, due.unix()).hash(&mut hash);
        let later = i64::try_from(hash.finish() % (seconds + 1)).unwrap_or_default();
        due.earlier(-later)
    }
}

/// The clock.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Time;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    fn now(&self) -> Time {
        Time::from(jiff::Timestamp::now())
    }
}

/// The caller's part: it runs the jobs that are due.
pub trait Work: Send + Sync + 'static {
    /// The due time of the last run of a job that ended; none if it never ran, or if that is unknown.
    fn done<'w>(&'w self, job: &'w str) -> BoxFuture<'w, Option<Time>>;

    /// Runs a job. It records the result itself, and ends soon after it is stopped.
    fn run(&self, job: String, due: Time, stop: Stop) -> BoxFuture<'static, ()>;
}

/// A message to a scheduler.
#[derive(Debug)]
pub enum Order {
    /// These are the jobs from now on. Running jobs continue.
    Jobs(Vec<Job>),
    /// End.
    Stop,
}

/// Runs jobs when they are due, until it is stopped or no handle is left that could stop it. Jobs that are running then are
/// stopped, and given up after [`GRACE`].
///
/// A job that has never run waits for its next time.
pub async fn run(
    mut jobs: Vec<Job>,
    mut orders: mpsc::Receiver<Order>,
    work: Arc<impl Work>,
    clock: impl Clock,
) {
    let stop = Stop::default();
    let mut done: HashMap<String, Time> = HashMap::new();
    let mut running: JoinSet<String> = JoinSet::new();
    let mut under_way: HashSet<String> = HashSet::new();
    loop {
        let now = clock.now();
        let mut wake = LONGEST;
        for job in &jobs {
            if under_way.contains(&job.name) {
                continue;
            }
            let last = match done.get(&job.name) {
                Some(last) => *last,
                None => {
                    let last = work.done(&job.name).await.unwrap_or(now);
                    done.insert(job.name.clone(), last);
                    last
                }
            };
            let due = job.schedule.due(Some(last), now);
            let Some(next) = due.or_else(|| job.schedule.next(now)) else { continue };
            let begins = job.begins(next);
            if due.is_some() && begins <= now {
                done.insert(job.name.clone(), next);
                under_way.insert(job.name.clone());
                let (name, work) =
                    (job.name.clone(), work.run(job.name.clone(), next, stop.clone()));
                running.spawn(async move {
                    // A job that panics is one that ended; others go on.
                    let _ = tokio::spawn(work).await;
                    name
                });
            } else {
                let wait = now.until(begins);
                wake = wake.min(Duration::try_from(wait).unwrap_or_default());
            }
        }
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Jobs(new)) => jobs = new,
                Some(Order::Stop) | None => break,
            },
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if let Ok(name) = ended {
                    under_way.remove(&name);
                }
            }
            () = tokio::time::sleep(wake.max(Duration::from_millis(10))) => {}
        }
    }
    stop.stop();
    let all = async { while running.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all).await;
}
