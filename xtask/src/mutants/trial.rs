//! Which tests reach a change, and whether one of them fails with it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::tree::Binary;

/// What a change does to the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Caught,
    TimedOut,
    Missed,
    /// No test runs the code.
    Unreached,
}

/// Tests that take less run many in one process.
const SHORT: Duration = Duration::from_millis(300);

/// How many of those that reach little are asked first: they are about this code.
const FIRST: usize = 12;

/// The least that a change may take.
const LEAST: Duration = Duration::from_secs(10);

/// So much more of the clock than of the processor, which others use as well.
const PATIENCE: u32 = 8;

/// What a process may take of memory, in KiB: a change may make a loop that never ends.
const MEMORY: &str = "6000000";

struct Test {
    binary: usize,
    name: String,
    took: Duration,
    reaches: Vec<u32>,
}

/// The tests of a crate, and for each change those that reach it, the ones to run first in front.
pub(super) struct Trial {
    binaries: Vec<Binary>,
    tests: Vec<Test>,
    by_change: BTreeMap<u32, Vec<usize>>,
    jobs: usize,
}

impl Trial {
    /// Runs each test alone, without a change, and records what it reaches.
    pub(super) fn record(binaries: Vec<Binary>, folder: &Path, jobs: usize) -> Result<Self> {
        let mut names = Vec::new();
        for (index, binary) in binaries.iter().enumerate() {
            let ignored = list(binary, &["--ignored"])?;
            names.extend(
                list(binary, &[])?
                    .into_iter()
                    .filter(|name| !ignored.contains(name))
                    .map(|name| (index, name)),
            );
        }
        let records = folder.join("reached");
        if records.exists() {
            std::fs::remove_dir_all(&records)?;
        }
        std::fs::create_dir_all(&records)?;
        eprintln!("{} tests run alone", names.len());
        let recorded = parallel(names.len(), jobs, |index| {
            let (binary, name) = &names[index];
            let record = records.join(index.to_string());
            let mut run = command(&binaries[*binary], &[name.as_str()]);
            run.env("POSTURE_MUTANTS_RECORD", &record);
            let started = Instant::now();
            let passed = run.stdout(Stdio::null()).status().is_ok_and(|status| status.success());
            let reached = std::fs::read_to_string(&record).unwrap_or_default();
            let reaches = reached.lines().filter_map(|line| line.parse().ok()).collect();
            let took = started.elapsed();
            (passed, Test { binary: *binary, name: name.clone(), took, reaches })
        });
        let mut tests = Vec::new();
        for (passed, test) in recorded {
            if passed {
                tests.push(test);
            } else {
                // It may read the source, which is another one here.
                println!("left out, as it fails in the copy without any change: {}", test.name);
            }
        }
        if tests.is_empty() {
            bail!("no test passes without a change");
        }
        let mut by_change: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, test) in tests.iter().enumerate() {
            for change in &test.reaches {
                by_change.entry(*change).or_default().push(index);
            }
        }
        for reaching in by_change.values_mut() {
            reaching.sort_by_key(|index| {
                let test: &Test = &tests[*index];
                (
                    test.took >= SHORT,
                    if test.took >= SHORT { test.took } else { Duration::ZERO },
                    test.reaches.len(),
                )
            });
        }
        let slow = tests.iter().filter(|test| test.took >= SHORT);
        let all: Duration = slow.map(|test| test.took).sum();
        eprintln!("the slow ones take {} s together", all.as_secs());
        Ok(Self { binaries, tests, by_change, jobs })
    }

    /// Runs the tests with each of the changes.
    pub(super) fn verdicts(&self, changes: &[u32]) -> Vec<Verdict> {
        let done = AtomicUsize::new(0);
        parallel(changes.len(), self.jobs, |index| {
            let verdict = self.verdict(changes[index]);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(200) {
                eprintln!("{done} of {}", changes.len());
            }
            verdict
        })
    }

    fn verdict(&self, change: u32) -> Verdict {
        let Some(reaching) = self.by_change.get(&change) else { return Verdict::Unreached };
        let short = reaching.iter().take_while(|index| self.tests[**index].took < SHORT).count();
        let (short, slow) = reaching.split_at(short);
        let (first, rest) = short.split_at(short.len().min(FIRST));
        let alone = slow.iter().map(std::slice::from_ref);
        for group in [first, rest].into_iter().chain(alone) {
            for binary in 0..self.binaries.len() {
                let of_it: Vec<&Test> = group
                    .iter()
                    .map(|index| &self.tests[*index])
                    .filter(|test| test.binary == binary)
                    .collect();
                if of_it.is_empty() {
                    continue;
                }
                let names: Vec<&str> = of_it.iter().map(|test| test.name.as_str()).collect();
                let normal: Duration = of_it.iter().map(|test| test.took).sum();
                let mut run = command(&self.binaries[binary], &names);
                run.env("POSTURE_MUTANT", change.to_string());
                match watched(&mut run, LEAST.max(normal * 5)) {
                    Verdict::Missed => {}
                    verdict => return verdict,
                }
            }
        }
        Verdict::Missed
    }
}

/// Runs some tests of a binary, one after the other.
fn command(binary: &Binary, names: &[&str]) -> Command {
    let mut run = Command::new("sh");
    run.arg("-c")
        .arg(format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$0\" \"$@\""))
        .arg(&binary.path)
        .args(["--exact", "--test-threads=1"])
        .args(names)
        .current_dir(&binary.folder)
        // Few cases of the laws of chance: each change runs them all.
        .env("POSTURE_CASES", "2")
        .env("PROPTEST_FAILURE_PERSISTENCE", "off")
        .env("INSTA_UPDATE", "no")
        .env("INSTA_WORKSPACE_ROOT", binary.folder.parent().unwrap_or(&binary.folder))
        .env("CARGO_MANIFEST_DIR", &binary.folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    run
}

fn list(binary: &Binary, which: &[&str]) -> Result<Vec<String>> {
    let output = Command::new(&binary.path)
        .args(["--list", "--format", "terse"])
        .args(which)
        .current_dir(&binary.folder)
        .output()
        .with_context(|| format!("cannot run {}", binary.path.display()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// Runs tests until the first that fails, or until they took too long.
fn watched(run: &mut Command, limit: Duration) -> Verdict {
    let Ok(mut child) = run.stdout(Stdio::piped()).spawn() else { return Verdict::Missed };
    let Some(output) = child.stdout.take() else { return Verdict::Missed };
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { break };
            let fails = line.starts_with("test ") && line.ends_with(" FAILED");
            if sender.send(fails).is_err() || fails {
                break;
            }
        }
    });
    let started = Instant::now();
    let verdict = loop {
        match receiver.recv_timeout(Duration::from_millis(200)) {
            Ok(true) => break Some(Verdict::Caught),
            Ok(false) => {}
            Err(RecvTimeoutError::Disconnected) => break None,
            Err(RecvTimeoutError::Timeout) => {
                let busy = processor(&child);
                if busy.is_some_and(|busy| busy > limit) || started.elapsed() > limit * PATIENCE {
                    break Some(Verdict::TimedOut);
                }
            }
        }
    };
    if verdict.is_some() {
        let _ = child.kill();
    }
    let status = child.wait();
    let _ = reader.join();
    verdict.unwrap_or_else(|| {
        // Whatever ends otherwise, by a signal too, is noticed.
        if status.is_ok_and(|status| status.success()) { Verdict::Missed } else { Verdict::Caught }
    })
}

/// How long a process kept a processor busy, where the system says so: a busy machine is not a slow test.
fn processor(child: &Child) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // After the name in parentheses, the twelfth and thirteenth; in hundredths of a second.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

/// Does so many pieces of work, some at once, and gives what they give in order.
fn parallel<T: Send>(many: usize, jobs: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= many {
                        break;
                    }
                    let result = work(index);
                    let mut results =
                        results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    results.insert(index, result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}
