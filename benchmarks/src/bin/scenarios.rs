//! The scale scenarios: the program itself against simulated clouds, as a user would run it. `cargo xtask bench` builds both and
//! writes the table into `benchmarks/README.md`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use posture_aws::action::{Each, wanted_actions};
use posture_core::fact::Known;
use posture_core::plan::Bound;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_core::{controls, judge};
use posture_sim::aws::{self, Account, Recorded, Size, World};
use posture_sim::azure::{self, Scenario};
use posture_sim::{Latency, Quota};
use tokio::runtime::Runtime;

/// How many calls the program makes at once by default.
const AT_ONCE: f64 = 32.0;

/// The markers of the table in the page.
const BEGIN: &str = "<!-- scenarios: written by `cargo xtask bench` -->";
const END: &str = "<!-- end of scenarios -->";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let program =
        PathBuf::from(arguments.next().context("usage: scenarios POSTURE README [NAME]")?);
    let page = PathBuf::from(arguments.next().context("usage: scenarios POSTURE README [NAME]")?);
    let only = arguments.next();
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name.contains(only));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let bench = Bench { program, runtime };
    let mut rows = Vec::new();
    let all: [(&str, Measure); 11] = [
        ("start", Bench::start),
        ("simulator", Bench::simulator),
        ("demo", Bench::demo),
        ("account", Bench::account),
        ("networks", Bench::networks),
        ("large", Bench::large),
        ("report", Bench::report),
        ("history", Bench::history),
        ("tenant", Bench::tenant),
        ("organization", Bench::organization),
        ("schedule", Bench::schedule),
    ];
    for (name, scenario) in all {
        if wanted(name) {
            eprintln!("{name} …");
            rows.extend(scenario(&bench).with_context(|| name.to_owned())?);
        }
    }
    let table = table(&rows);
    println!("{table}");
    if only.is_none() {
        write(&page, &table)?;
    }
    Ok(())
}

/// A snapshot as it might be so many hours later: of every hundred buckets one has changed.
fn later(saved: &str, hours: i64) -> Result<Snapshot> {
    let mut snapshot = Snapshot::load(Path::new(saved))?;
    let move_on = |time: &mut Time| *time = time.earlier(-3_600 * hours);
    move_on(&mut snapshot.started);
    move_on(&mut snapshot.finished);
    for scope in &mut snapshot.scopes {
        move_on(&mut scope.started);
        move_on(&mut scope.finished);
        for (place, bucket) in scope.buckets.items.iter_mut().enumerate() {
            if (place as i64 + hours) % 100 == 0 {
                bucket.versioning = Known(hours % 2 == 0);
            }
        }
    }
    Ok(snapshot)
}

/// A line of the table: what was measured, the target, the figure.
struct Row(String, String, String);

fn row(what: impl Into<String>, target: impl Into<String>, measured: impl Into<String>) -> Row {
    Row(what.into(), target.into(), measured.into())
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("Measured on {}.\n\n", machine());
    text.push_str("| What | Target | Measured |\n| --- | --- | --- |\n");
    for Row(what, target, measured) in rows {
        let _ = writeln!(text, "| {what} | {target} | {measured} |");
    }
    text
}

fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let count = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{count} cores of a shared virtual machine ({})", model.unwrap_or("unknown"))
}

fn write(page: &Path, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let (before, rest) = text.split_once(BEGIN).context("the page has no place for the table")?;
    let (_, after) = rest.split_once(END).context("the page has no place for the table")?;
    std::fs::write(page, format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))?;
    Ok(())
}

/// A line of what the kernel says of a process and its memory, in kB; nothing where it is gone.
fn memory(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let found = status.lines().find_map(|known| known.strip_prefix(line));
    found.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What a run of the program took.
struct Taken {
    wall: Duration,
    /// Of all its threads.
    cpu: f64,
    peak_mb: f64,
    code: Option<i32>,
}

/// Something that is measured.
type Measure = fn(&Bench) -> Result<Vec<Row>>;

struct Bench {
    program: PathBuf,
    runtime: Runtime,
}

impl Bench {
    /// Runs the program in a separate environment, and measures it while it runs.
    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Taken> {
        let begun = Instant::now();
        let mut child = Command::new(&self.program)
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let (mut peak, mut ticks) = (0, 0);
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            let of = format!("/proc/{}", child.id());
            peak = peak.max(memory(child.id(), "VmHWM:"));
            // The times in user and system mode are the 14th and 15th word; the second may hold spaces.
            let stat = std::fs::read_to_string(format!("{of}/stat")).unwrap_or_default();
            let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            let spent: u64 =
                words.skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
            ticks = ticks.max(spent);
            std::thread::sleep(Duration::from_millis(1));
        };
        Ok(Taken {
            wall: begun.elapsed(),
            cpu: ticks as f64 / 100.0,
            peak_mb: peak as f64 / 1024.0,
            code: status.code(),
        })
    }

    /// The middle one of some runs, by the clock.
    fn middle(&self, times: usize, arguments: &[&str]) -> Result<Taken> {
        let mut all = Vec::new();
        for _ in 0..times {
            all.push(self.run(arguments, &[])?);
        }
        all.sort_by_key(|taken| taken.wall);
        all.into_iter().nth(times / 2).context("nothing was run")
    }

    fn start(&self) -> Result<Vec<Row>> {
        let taken = self.middle(11, &["--version"])?;
        let size = std::fs::metadata(&self.program)?.len() as f64 / (1 << 20) as f64;
        Ok(vec![
            row("`posture --version`", "20 ms", format!("{} ms", taken.wall.as_millis())),
            row("the stripped release binary", "46 MB", format!("{size:.1} MB")),
        ])
    }

    fn demo(&self) -> Result<Vec<Row>> {
        let taken = self.middle(5, &["demo"])?;
        check(taken.code, 10)?;
        Ok(vec![row("`posture demo`", "1.5 s", figures(&taken))])
    }

    /// How many requests a second the simulator answers: it must never be what a benchmark measures.
    fn simulator(&self) -> Result<Vec<Row>> {
        const EACH: usize = 40_000;
        const CONNECTIONS: usize = 4;
        let world = World { unlogged: true, ..aws::generate(Size::default()) };
        let account = world.accounts.first().context("no account")?;
        let bucket = account.buckets.first().context("no bucket")?.name.clone();
        let request = format!(
            "GET /{bucket}?versioning HTTP/1.1\r\nhost: s3\r\nauthorization: AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/s3/aws4_request, Signature=0\r\n\r\n",
            account.key()
        );
        let server = self.runtime.block_on(aws::Server::start(world, None))?;
        let address = server.url().replace("http://", "");
        let begun = Instant::now();
        let load = (0..CONNECTIONS).map(|_| {
            let (address, request) = (address.clone(), request.clone());
            std::thread::spawn(move || load(&address, &request, EACH))
        });
        for thread in load.collect::<Vec<_>>() {
            thread.join().map_err(|_| anyhow::anyhow!("the load broke off"))??;
        }
        let rate = (EACH * CONNECTIONS) as f64 / begun.elapsed().as_secs_f64();
        let measured = format!("{rate:.0}, with the load on the same cores");
        Ok(vec![row("the simulated AWS, requests a second", "20,000", measured)])
    }

    /// An account as other tools were measured on.
    fn account(&self) -> Result<Vec<Row>> {
        let size = Size {
            users: 100,
            roles: 119,
            policies: 20,
            buckets: 50,
            trails: 2,
            ..Size::default()
        };
        let world = aws::generate(size);
        let minimum = minimum(&world);
        let (taken, asked) = self.audit_aws(world, &[])?;
        let made = asked.len();
        Ok(vec![row(
            "100 users, 120 roles, 50 buckets, one region, every control: calls",
            format!("{:.0} (1.05 × {minimum})", minimum as f64 * 1.05),
            format!("{made}; {}", figures(&taken)),
        )])
    }

    /// Many machines in networks of all regions, each with what reaches it.
    fn networks(&self) -> Result<Vec<Row>> {
        let size = Size {
            users: 20,
            buckets: 0,
            interfaces: 2_000,
            instances: 1_000,
            groups: 500,
            acls: 50,
            balancers: 40,
            regions: 17,
            ..Size::default()
        };
        let world = aws::generate(size);
        let minimum = minimum(&world);
        let (taken, asked) = self.audit_aws(world, &[])?;
        let made = asked.len();
        Ok(vec![
            row(
                "1,000 machines, 2,000 interfaces, 500 groups, 50 ACLs, 40 load balancers, 17 regions: calls",
                format!("{:.0} (1.05 × {minimum})", minimum as f64 * 1.05),
                format!("{made}; {}", figures(&taken)),
            ),
            row("… memory", "120 MB", format!("{:.0} MB", taken.peak_mb)),
        ])
    }

    /// A large account far away, whose services live off quotas.
    fn large(&self) -> Result<Vec<Row>> {
        let size =
            Size { users: 1_000, roles: 200, buckets: 1_000, regions: 17, ..Size::default() };
        let mut world = aws::generate(size);
        world.latency = Latency { ms: 30, spread_ms: 0 };
        world.quotas = quotas();
        let minimum = minimum(&world);
        let (taken, asked) = self.audit_aws(world, &[])?;
        let (by_quotas, by) = floor(&asked);
        let by_latency = asked.len() as f64 * 0.030 / AT_ONCE;
        let floor = by_quotas.max(by_latency);
        let throttled = asked.iter().filter(|request| matches!(request.status, 429 | 503)).count();
        let wall = taken.wall.as_secs_f64();
        Ok(vec![
            row(
                "1,000 users, 200 roles, 1,000 buckets, 17 regions, 30 ms away, with quotas: time",
                "20 s",
                format!("{wall:.1} s"),
            ),
            row(
                "… against what quotas and calls allow, 32 at once",
                "1.3",
                format!(
                    "{:.2} ({by_latency:.1} s for the calls, {by_quotas:.1} s for the quota of {by})",
                    wall / floor
                ),
            ),
            row("… CPU", "4 s", format!("{:.1} s", taken.cpu)),
            row("… peak memory", "120 MB", format!("{:.0} MB", taken.peak_mb)),
            row(
                "… calls",
                format!("{:.0} (1.05 × {minimum})", minimum as f64 * 1.05),
                format!("{}, {throttled} of them throttled", asked.len()),
            ),
        ])
    }

    /// A saved audit of about 20,000 findings in every format, and against itself.
    fn report(&self) -> Result<Vec<Row>> {
        let folder = std::env::temp_dir().join(format!("posture-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let saved = path("account.json.zst");
        let world = aws::generate(Size { users: 600, roles: 200, buckets: 640, ..Size::default() });
        self.audit_aws(world, &["--save", &saved])?;
        let written = |name: &str| -> Result<(Taken, f64)> {
            let to = path(name);
            let taken = self.middle(5, &["report", &saved, "--output", &to])?;
            check(taken.code, 0)?;
            Ok((taken, std::fs::metadata(&to)?.len() as f64 / (1 << 20) as f64))
        };
        let (lines, _) = written("report.ndjson")?;
        check(lines.code, 0)?;
        let lines = std::fs::read_to_string(path("report.ndjson"))?;
        let findings = lines.lines().filter(|line| line.contains("\"type\":\"finding\"")).count();
        let mut rows = Vec::new();
        for (place, name) in [
            "html",
            "json",
            "ndjson",
            "csv",
            "md",
            "xml",
            "sarif",
            "ocsf.ndjson",
            "asff.json",
            "oscal.json",
            "poam.json",
        ]
        .iter()
        .enumerate()
        {
            let (taken, size) = written(&format!("report.{name}"))?;
            let what = match place {
                0 => format!("a saved audit of {findings} findings to `.html`"),
                _ => format!("… to `.{name}`"),
            };
            let target = if place == 0 { "1 s, 25 MB" } else { "" };
            rows.push(row(what, target, format!("{}, {size:.1} MB on disk", figures(&taken))));
        }
        let taken = self.middle(5, &["diff", &saved, &saved])?;
        check(taken.code, 0)?;
        rows.push(row("… `posture diff` with itself", "1 s", figures(&taken)));
        std::fs::remove_dir_all(&folder)?;
        Ok(rows)
    }

    /// A hundred runs of an account in a history, some of which changes in each.
    fn history(&self) -> Result<Vec<Row>> {
        const RUNS: i64 = 100;
        let folder = std::env::temp_dir().join(format!("posture-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let saved = path("account.json.zst");
        let world = aws::generate(Size { users: 600, roles: 200, buckets: 640, ..Size::default() });
        self.audit_aws(world, &["--save", &saved])?;
        let store = path("posture.db");
        let kept = ["--history", &store, "--history-snapshots", &path("snapshots")];
        let mut add = vec!["history".to_owned(), "add".to_owned()];
        for run in 0..RUNS {
            let file = path(&format!("{run:03}.json.zst"));
            later(&saved, run)?.save(Path::new(&file))?;
            add.push(file);
        }
        let words = |words: &[String]| -> Vec<String> {
            words.iter().cloned().chain(kept.iter().map(ToString::to_string)).collect()
        };
        let ask = |times: usize, arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            let all = words(&arguments);
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            self.middle(times, &all)
        };
        let all = words(&add);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let added = self.middle(1, &all)?;
        check(added.code, 0)?;
        let size = std::fs::metadata(&store)?.len() as f64 / (1 << 20) as f64;
        let each = added.wall.as_secs_f64() / RUNS as f64;
        let trend = ask(5, &["history", "trend", "--limit", "100"])?;
        check(trend.code, 0)?;
        let diff = ask(5, &["diff", "50", "100"])?;
        let show = ask(5, &["history", "show", "last"])?;
        std::fs::remove_dir_all(&folder)?;
        Ok(vec![
            row(
                format!("{RUNS} runs of the same account into a history: each"),
                "",
                format!(
                    "{each:.2} s, {:.0} MB; {size:.0} MB on disk after all, without snapshots",
                    added.peak_mb
                ),
            ),
            row("… `posture history trend`", "0.5 s", figures(&trend)),
            row("… `posture diff` of two runs", "1 s", figures(&diff)),
            row("… `posture history show`", "", figures(&show)),
        ])
    }

    /// An organization in one process: no more memory for more accounts.
    fn organization(&self) -> Result<Vec<Row>> {
        let folder = std::env::temp_dir().join(format!("posture-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let kept = folder.join("all.json.zst");
        let save = kept.to_string_lossy();
        let mut rows = Vec::new();
        for accounts in [100, 1_000] {
            let world = aws::generate(Size { accounts, ..Size::default() });
            let (taken, asked) = self.audit_aws(world, &["--organization", "--save", &save])?;
            let size = std::fs::metadata(&kept)?.len() as f64 / (1 << 20) as f64;
            rows.push(row(
                format!("{accounts} accounts × (20 users, 20 buckets), saved: peak memory"),
                "256 MB",
                format!(
                    "{:.0} MB; {:.0} s, {:.0} s of CPU, {} calls, {size:.1} MB on disk",
                    taken.peak_mb,
                    taken.wall.as_secs_f64(),
                    taken.cpu,
                    asked.len()
                ),
            ));
        }
        let _ = std::fs::remove_dir_all(&folder);
        Ok(rows)
    }

    /// As many runs as a day has hours, one after the other in one process that stays: what it takes must not grow.
    fn schedule(&self) -> Result<Vec<Row>> {
        const RUNS: usize = 24;
        let folder = std::env::temp_dir().join(format!("posture-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let config = folder.join("posture.toml");
        std::fs::write(
            &config,
            "[history]\nstore = \"posture.db\"\nsnapshots = \"snapshots\"\nkeep-runs = 24\n\
             [[target]]\nname = \"all\"\nprovider = \"aws\"\norganization = true\n\
             [[job]]\nname = \"hourly\"\ncron = \"* * * * * *\"\n\
             [[job.deliver]]\nfile = \"report.html\"\n",
        )?;
        let world =
            World { unlogged: true, ..aws::generate(Size { accounts: 50, ..Size::default() }) };
        let key = world.accounts.first().map(Account::key).context("no account")?;
        let server = self.runtime.block_on(aws::Server::start(world, None))?;
        let mut child = Command::new(&self.program)
            .args(["schedule", "run", "--config"])
            .arg(&config)
            .env_clear()
            .envs([
                ("AWS_ENDPOINT_URL", server.url().as_str()),
                ("AWS_ACCESS_KEY_ID", &key),
                ("AWS_SECRET_ACCESS_KEY", "simulated"),
                ("AWS_REGION", "us-east-1"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (begun, mut after) = (Instant::now(), Vec::new());
        let stderr = child.stderr.take().context("it says nothing")?;
        for line in BufReader::new(stderr).lines() {
            let line = line?;
            if line.contains(": delivered") {
                after.push(memory(child.id(), "VmRSS:") as f64 / 1024.0);
            } else if line.contains("failed") {
                bail!("{line}");
            }
            if after.len() == RUNS {
                break;
            }
        }
        let each = begun.elapsed().as_secs_f64() / RUNS as f64;
        let peak = memory(child.id(), "VmHWM:") as f64 / 1024.0;
        child.kill()?;
        child.wait()?;
        std::fs::remove_dir_all(&folder)?;
        let all: Vec<String> = after.iter().map(|mb| format!("{mb:.0}")).collect();
        eprintln!("after each run: {} MB", all.join(", "));
        let (Some(first), Some(last)) = (after.first(), after.last()) else { bail!("no run") };
        Ok(vec![row(
            format!(
                "{RUNS} runs over 50 accounts by `posture schedule run`: memory after the first and the last"
            ),
            "1.1 × the first",
            format!(
                "{first:.0} MB, {last:.0} MB ({:.2} ×); peak {peak:.0} MB, {each:.0} s each",
                last / first
            ),
        )])
    }

    fn tenant(&self) -> Result<Vec<Row>> {
        let scenario = Scenario {
            impatient: true,
            // Everything is asked for, so that everything has to be allowed.
            graph_permissions: [
                "Application.Read.All",
                "AuditLog.Read.All",
                "Directory.Read.All",
                "GroupSettings.Read.All",
                "Policy.Read.All",
                "Policy.Read.DeviceConfiguration",
                "PrivilegedEligibilitySchedule.Read.AzureADGroup",
                "RoleManagement.Read.Directory",
                "User.Read.All",
            ]
            .map(str::to_owned)
            .into(),
            ..azure::generate(1_000, 20)
        };
        let (tenant, client) = (scenario.tenant.clone(), scenario.client.clone());
        let server = self.runtime.block_on(azure::Server::start(scenario, None))?;
        let taken = self.run(
            &["audit", "azure", "--simulator", &server.url()],
            &[
                ("AZURE_TENANT_ID", &tenant),
                ("AZURE_CLIENT_ID", &client.id),
                ("AZURE_CLIENT_SECRET", &client.secret),
            ],
        )?;
        check(taken.code, 10)?;
        let calls = server.requests().len();
        Ok(vec![row(
            "1,000 subscriptions × 20 storage accounts, every control: peak memory",
            "150 MB",
            format!(
                "{:.0} MB; {:.0} s, {:.0} s of CPU, {calls} requests",
                taken.peak_mb,
                taken.wall.as_secs_f64(),
                taken.cpu
            ),
        )])
    }

    /// Audits the first account of a world, or from there all of them.
    fn audit_aws(&self, world: World, arguments: &[&str]) -> Result<(Taken, Vec<Recorded>)> {
        let key = world.accounts.first().map(Account::key).context("no account")?;
        let server = self.runtime.block_on(aws::Server::start(world, None))?;
        let taken = self.run(
            &[&["audit", "aws"], arguments].concat(),
            &[
                ("AWS_ENDPOINT_URL", &server.url()),
                ("AWS_ACCESS_KEY_ID", &key),
                ("AWS_SECRET_ACCESS_KEY", "simulated"),
                ("AWS_REGION", "us-east-1"),
            ],
        )?;
        check(taken.code, 10)?;
        Ok((taken, server.requests()))
    }
}

/// Sends a request so many times over one connection.
fn load(address: &str, request: &str, times: usize) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut answer = vec![0; 16 << 10];
    let mut length = 0;
    for _ in 0..times {
        stream.write_all(request.as_bytes())?;
        // All answers are of one length, but for the first, which gives it.
        let mut read = 0;
        while read == 0 || read < length {
            let count = stream.read(&mut answer[read..])?;
            if count == 0 || !answer.starts_with(b"HTTP/1.1 200") {
                bail!("{}", String::from_utf8_lossy(&answer[..read]));
            }
            read += count;
        }
        length = length.max(read);
    }
    Ok(())
}

fn check(code: Option<i32>, expected: i32) -> Result<()> {
    match code {
        Some(code) if code == expected => Ok(()),
        other => bail!("it ended with {other:?} instead of {expected}"),
    }
}

fn figures(taken: &Taken) -> String {
    format!("{:.2} s, {:.2} s of CPU, {:.0} MB", taken.wall.as_secs_f64(), taken.cpu, taken.peak_mb)
}

/// Quotas like those of AWS, where it [publishes](https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html) any.
fn quotas() -> Vec<Quota> {
    let quota = |action: &str, rate: f64| Quota { action: action.to_owned(), rate, burst: None };
    vec![
        quota("cloudtrail:*", 10.0),
        quota("logs:DescribeMetricFilters", 5.0),
        quota("logs:*", 10.0),
        quota("cloudwatch:*", 9.0),
        quota("sns:*", 30.0),
        quota("kms:*", 500.0),
        quota("account:*", 5.0),
        quota("iam:*", 20.0),
        quota("s3:*", 500.0),
        quota("sts:*", 100.0),
        quota("*", 20.0),
    ]
}

/// The least time in which quotas let these calls be made, and for which of them.
fn floor(asked: &[Recorded]) -> (f64, String) {
    let quotas = quotas();
    let mut counts: BTreeMap<(usize, &str), f64> = BTreeMap::new();
    for request in asked {
        let (service, _) = request.action.split_once(':').unwrap_or_default();
        let of = |quota: &Quota| match quota.action.split_once(':') {
            Some((_, "*")) => quota.action.starts_with(&format!("{service}:")),
            Some(_) => quota.action == request.action,
            None => true,
        };
        let Some(place) = quotas.iter().position(of) else { continue };
        *counts.entry((place, request.region.as_str())).or_default() += 1.0;
    }
    let mut least = (0.0, String::new());
    for ((place, region), count) in counts {
        let Some(quota) = quotas.get(place) else { continue };
        let time = (count - quota.rate).max(0.0) / quota.rate;
        if time > least.0 {
            least = (time, format!("{} in {region}", quota.action));
        }
    }
    least
}

/// The minimum number of calls for a world, from its shape: every action that the controls need without parameters, as often as the
/// table declares.
fn minimum(world: &World) -> usize {
    let Some(account) = world.accounts.first() else { return 0 };
    let regions = account.regions.len().max(1);
    let open = account
        .buckets
        .iter()
        .filter(|bucket| bucket.ownership.as_deref() != Some("BucketOwnerEnforced"))
        .count();
    let identities =
        account.users.len() + account.roles.len() + account.groups.len() + account.policies.len();
    let wanted = judge::Options::default().wanted(controls::ALL, Provider::Aws);
    let calls = wanted_actions(&wanted).into_iter().map(|action| match action.per.each {
        // An answer may make it needless.
        Each::Times(_) if action.per.bound == Bound::AtMost => 0,
        // A thousand of them are a page.
        Each::Times(_) if action.name == "s3:ListAllMyBuckets" => {
            account.buckets.len().div_ceil(1_000).max(1)
        }
        Each::Times(times) => times as usize,
        Each::Place => regions,
        Each::Page(of) => identities.div_ceil(of as usize).max(1),
        // If access control lists are disabled, they are not requested.
        Each::Resource(Kind::Bucket, _) if action.per.bound == Bound::AtMost => open,
        Each::Resource(Kind::Bucket, _) => account.buckets.len(),
        Each::Resource(Kind::AuditTrail, _) => account.trails.len(),
        // If there is no filter, no alarm is requested, and if nothing is found nothing follows.
        Each::PlaceOf(_) | Each::Resource(..) | Each::Listing(_) | Each::Within(_) => 0,
    });
    // Whose credentials these are.
    1 + calls.sum::<usize>() + of_balancers(account)
}

/// What is asked of load balancers beside their lists: each has listeners, rules, targets, attributes and perhaps a web ACL. A region
/// that has some has one more list of target groups and one of security policies.
fn of_balancers(account: &Account) -> usize {
    let list = |action: &str| {
        let all = account.lists.get(&format!("elasticloadbalancing:{action}"));
        all.map_or(&[][..], Vec::as_slice)
    };
    let each = [
        "DescribeLoadBalancers",
        "DescribeListeners",
        "DescribeTargetGroups",
        "DescribeLoadBalancerAttributes",
    ];
    let all = list("DescribeLoadBalancers");
    let regions: BTreeSet<_> = all.iter().map(|item| &item.region).collect();
    each.map(|action| list(action).len()).iter().sum::<usize>() + all.len() + 2 * regions.len()
}
