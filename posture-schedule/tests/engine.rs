//! The scheduler under a clock that does not wait.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use posture::Stop;
use posture::core::time::Time;
use posture_schedule::{Clock, GRACE, Job, Order, Schedule, Work, run};
use tokio::sync::mpsc;
use tokio::time::Instant;

const START: &str = "2026-03-28T23:00:30Z";

/// A clock that goes with the time of the test.
#[derive(Clone)]
struct Test(Time, Instant);

impl Test {
    fn new() -> Self {
        Self(START.parse().unwrap(), Instant::now())
    }
}

impl Clock for Test {
    fn now(&self) -> Time {
        let passed = i64::try_from(self.1.elapsed().as_millis()).unwrap();
        Time::from_unix_milliseconds(self.0.unix_milliseconds() + passed)
    }
}

/// Notes what was done, and takes its time for it.
struct Notes {
    clock: Test,
    takes: Duration,
    stops: bool,
    done: Option<Time>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Work for Notes {
    fn done<'w>(&'w self, _: &'w str) -> BoxFuture<'w, Option<Time>> {
        Box::pin(std::future::ready(self.done))
    }

    fn run(&self, job: String, due: Time, stop: Stop) -> BoxFuture<'static, ()> {
        let (log, clock, takes, stops) =
            (Arc::clone(&self.log), self.clock.clone(), self.takes, self.stops);
        Box::pin(async move {
            log.lock().unwrap().push(format!("{job} {due} at {}", clock.now()));
            let until = Instant::now() + takes;
            while Instant::now() < until {
                if stops && stop.is_stopped() {
                    log.lock().unwrap().push(format!("{job} stopped"));
                    return;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            assert!(!job.starts_with("panics"), "as requested");
            log.lock().unwrap().push(format!("{job} ended"));
        })
    }
}

fn job(name: &str, cron: &str, zone: &str) -> Job {
    let schedule = Schedule::parse(cron, Some(zone)).unwrap();
    Job { name: name.to_owned(), schedule, jitter: Duration::ZERO }
}

struct Running {
    log: Arc<Mutex<Vec<String>>>,
    orders: mpsc::Sender<Order>,
    task: tokio::task::JoinHandle<()>,
}

fn start(jobs: Vec<Job>, takes: u64, stops: bool, done: Option<&str>) -> Running {
    let log = Arc::default();
    let clock = Test::new();
    let notes = Notes {
        clock: clock.clone(),
        takes: Duration::from_secs(takes),
        stops,
        done: done.map(|done| done.parse().unwrap()),
        log: Arc::clone(&log),
    };
    let (orders, receive) = mpsc::channel(8);
    let task = tokio::spawn(run(jobs, receive, Arc::new(notes), clock));
    Running { log, orders, task }
}

impl Running {
    fn begun(&self) -> Vec<String> {
        let log = self.log.lock().unwrap();
        let begun = log.iter().filter_map(|line| line.split_once(" at "));
        begun.map(|(begun, _)| begun.to_owned()).collect()
    }

    fn lines(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

async fn hours(hours: u64) {
    tokio::time::sleep(Duration::from_secs(hours * 3_600)).await;
}

#[tokio::test(start_paused = true)]
async fn a_night_in_which_clocks_go_forward_has_one_run() {
    let running = start(vec![job("nightly", "30 2 * * *", "Europe/Berlin")], 60, true, None);
    hours(48).await;
    assert_eq!(running.begun(), ["nightly 2026-03-29T01:00:00Z", "nightly 2026-03-30T00:30:00Z"]);
    // Each began in the second in which it was due.
    assert!(running.lines()[0].ends_with("at 2026-03-29T01:00:00Z"), "{:?}", running.lines());
}

#[tokio::test(start_paused = true)]
async fn a_job_does_not_overlap_itself_and_makes_up_for_what_it_missed_once() {
    // It takes two and a half hours and is due every hour.
    let running = start(
        vec![job("slow", "0 * * * *", "UTC"), job("quick", "0 0 * * *", "UTC")],
        9_000,
        true,
        None,
    );
    hours(6).await;
    assert_eq!(
        running.begun(),
        [
            "slow 2026-03-29T00:00:00Z",
            "quick 2026-03-29T00:00:00Z",
            // At half past two: once for one o'clock and for two.
            "slow 2026-03-29T02:00:00Z",
            "slow 2026-03-29T05:00:00Z",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_while_no_scheduler_ran_is_made_up_for_once() {
    let jobs = || vec![job("hourly", "0 * * * *", "UTC")];
    let running = start(jobs(), 1, true, Some("2026-03-20T00:00:00Z"));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(running.begun(), ["hourly 2026-03-28T23:00:00Z"]);
    // One that never ran waits for its time.
    let fresh = start(jobs(), 1, true, None);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(fresh.begun().is_empty());
}

#[tokio::test(start_paused = true)]
async fn jitter_spreads_and_is_the_same_each_time() {
    let jobs: Vec<Job> = (0..20)
        .map(|n| Job {
            jitter: Duration::from_secs(600),
            ..job(&format!("job{n}"), "0 0 * * *", "UTC")
        })
        .collect();
    let due: Time = "2026-03-29T00:00:00Z".parse().unwrap();
    let begins: Vec<i64> = jobs.iter().map(|job| job.begins(due).unix() - due.unix()).collect();
    assert!(begins.iter().all(|later| (0..=600).contains(later)), "{begins:?}");
    let mut apart = begins.clone();
    apart.sort_unstable();
    apart.dedup();
    assert!(apart.len() > 10, "{begins:?}");
    let running = start(jobs, 1, true, None);
    hours(2).await;
    assert_eq!(running.begun().len(), 20);
    for (n, later) in begins.iter().enumerate() {
        let line =
            running.lines().into_iter().find(|line| line.starts_with(&format!("job{n} "))).unwrap();
        let at: Time = line.rsplit(' ').next().unwrap().parse().unwrap();
        let late = at.unix() - due.unix() - later;
        assert!((0..=1).contains(&late), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn new_jobs_replace_old_ones_and_what_is_under_way_continues() {
    let running = start(vec![job("old", "0 * * * *", "UTC")], 7_200, true, None);
    hours(1).await;
    assert_eq!(running.begun(), ["old 2026-03-29T00:00:00Z"]);
    running.orders.send(Order::Jobs(vec![job("new", "30 * * * *", "UTC")])).await.unwrap();
    hours(2).await;
    let lines = running.lines();
    assert!(lines.contains(&"old ended".to_owned()), "{lines:?}");
    assert_eq!(running.begun()[1], "new 2026-03-29T00:30:00Z");
    assert!(!running.begun().iter().skip(1).any(|line| line.starts_with("old")));
}

#[tokio::test(start_paused = true)]
async fn it_stops_what_is_under_way_and_gives_up_what_does_not_stop() {
    for (stops, most) in [(true, 1), (false, GRACE.as_secs() + 1)] {
        let running = start(vec![job("audit", "1 * * * *", "UTC")], 7_200, stops, None);
        tokio::time::sleep(Duration::from_secs(60 * 60 + 60)).await;
        assert_eq!(running.begun().len(), 1);
        running.orders.send(Order::Stop).await.unwrap();
        let asked = Instant::now();
        running.task.await.unwrap();
        assert!(asked.elapsed() <= Duration::from_secs(most), "{:?}", asked.elapsed());
        assert_eq!(running.log.lock().unwrap().contains(&"audit stopped".to_owned()), stops);
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_panics_ends_and_no_other() {
    let running = start(
        vec![job("panics", "0 * * * *", "UTC"), job("goes on", "0 * * * *", "UTC")],
        60,
        true,
        None,
    );
    hours(3).await;
    let begun = running.begun();
    let count = |name: &str| begun.iter().filter(|line| line.starts_with(name)).count();
    assert_eq!((count("panics"), count("goes on")), (3, 3));
}
