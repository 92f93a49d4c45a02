//! Audits at certain times, and what is delivered of them, however either goes wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use posture_tests::{Blobs, Cloud, Program, Run, azure, python};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::sim_aws::{Simulated, good};

const ACCOUNT: &str = "111111111111";
const CANARY: &str = "canary-of-the-webhook";

/// What a webhook received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// A server on loopback that responds to its first requests as configured, and then with 200.
pub(crate) struct Hook {
    pub(crate) url: String,
    received: Arc<Seen>,
    /// How many bytes of answers without an end were taken.
    taken: Arc<AtomicU64>,
}

#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Status(u16),
    /// To another place.
    Redirect,
    /// Without an end.
    Endless,
    /// Not at all.
    Silence,
}

impl Hook {
    pub(crate) fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Seen> = Arc::default();
        let (seen, answers) = (Arc::clone(&received), answers.to_vec());
        let taken: Arc<AtomicU64> = Arc::default();
        let counted = Arc::clone(&taken);
        std::thread::spawn(move || {
            let mut answers = answers.into_iter();
            for stream in listener.incoming().flatten() {
                let answer = answers.next().unwrap_or(Answer::Status(200));
                let (seen, counted) = (Arc::clone(&seen), Arc::clone(&counted));
                std::thread::spawn(move || respond(stream, answer, &seen, &counted));
            }
        });
        Self { url, received, taken }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.all.lock().unwrap().clone()
    }

    /// Waits until this is true of what was received.
    fn wait_for(&self, holds: impl Fn(&[Received]) -> bool) {
        let received = self.received.all.lock().unwrap();
        drop(self.received.more.wait_while(received, |received| !holds(received)).unwrap());
    }
}

/// What a hook received, for callers that wait for more.
#[derive(Default)]
struct Seen {
    all: Mutex<Vec<Received>>,
    more: Condvar,
}

fn respond(mut stream: TcpStream, answer: Answer, seen: &Seen, taken: &AtomicU64) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    seen.all.lock().unwrap().push(Received { method, path, headers, body });
    seen.more.notify_all();
    match answer {
        Answer::Status(status) => {
            let _ =
                write!(stream, "HTTP/1.1 {status} X\r\netag: \"x\"\r\ncontent-length: 0\r\n\r\n");
        }
        Answer::Redirect => {
            let _ = write!(
                stream,
                "HTTP/1.1 307 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"
            );
        }
        Answer::Endless => {
            let _ = write!(stream, "HTTP/1.1 200 X\r\ncontent-length: 1073741824\r\n\r\n");
            let part = [b'x'; 1 << 16];
            while stream.write_all(&part).is_ok() {
                taken.fetch_add(part.len() as u64, Ordering::SeqCst);
            }
        }
        // As long as a client waits.
        Answer::Silence => loop {
            std::thread::park();
        },
    }
}

/// A folder with a configuration, whose jobs audit a simulated account.
pub(crate) struct Estate {
    folder: TempDir,
    simulated: Simulated,
}

impl Estate {
    pub(crate) fn new(world: &Value) -> Self {
        Self { folder: TempDir::new().unwrap(), simulated: Simulated::serve(world) }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn configure(&self, jobs: &str) {
        self.configure_for("storage", jobs);
    }

    /// The same for controls of another area.
    pub(crate) fn configure_for(&self, area: &str, jobs: &str) {
        let text = format!(
            "[audit]\ncontrols = [\"{area}\"]\n[history]\nstore = \"posture.db\"\nsnapshots = \"snapshots\"\n\
             [[target]]\nname = \"account\"\nprovider = \"aws\"\n{jobs}"
        );
        std::fs::write(self.path("posture.toml"), text).unwrap();
    }

    fn program(&self, arguments: &[&str]) -> Program {
        // The arguments of an audit come with the program of the simulator: they are not wanted here.
        self.simulated
            .bare(ACCOUNT)
            .env("HOOK", "not set")
            .args(&["schedule"])
            .args(arguments)
            .args(&["--config", &self.path("posture.toml")])
    }

    pub(crate) fn once(&self, arguments: &[&str]) -> Run {
        self.program(&["once"]).args(arguments).run()
    }

    fn deliveries(&self) -> String {
        self.program(&["list"]).run().out
    }

    fn runs(&self) -> usize {
        let run = Program::new()
            .args(&["history", "list", "--format", "json", "--history", &self.path("posture.db")])
            .run();
        if run.code == 0 { run.json()["runs"].as_array().unwrap().len() } else { 0 }
    }
}

pub(crate) fn job(name: &str, deliveries: &str) -> String {
    format!("[[job]]\nname = \"{name}\"\ncron = \"0 3 * * *\"\n{deliveries}")
}

#[test]
fn a_job_that_is_due_is_done_once_and_delivered() {
    let estate = Estate::new(&good());
    let deliveries = "[[job.deliver]]\nfile = \"out/{job}-{run}.html\"\n\
         [[job.deliver]]\nfile = \"out/changed-{run}.ocsf.ndjson\"\nwhen = \"changed\"\n";
    estate
        .configure(&format!("[metrics]\nfile = \"posture.prom\"\n{}", job("nightly", deliveries)));
    let first = estate.once(&["--due"]);
    assert_eq!(first.code, 0, "{}", first.err);
    // Where a delivery is, and not by which pattern it was named.
    assert!(first.err.contains("out/nightly-1.html"), "{}", first.err);
    assert!(!first.err.contains("{job}") && first.err.contains("bytes="), "{}", first.err);
    let again = estate.once(&["--due"]);
    assert_eq!((again.code, estate.runs()), (0, 1), "{}", again.err);
    let anyway = estate.once(&["nightly"]);
    assert_eq!((anyway.code, estate.runs()), (0, 2), "{}", anyway.err);
    let mut files: Vec<String> = std::fs::read_dir(estate.path("out"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    // The second run changed nothing.
    assert_eq!(files, ["changed-1.ocsf.ndjson", "nightly-1.html", "nightly-2.html"]);
    let page = std::fs::read_to_string(estate.path("out/nightly-2.html")).unwrap();
    assert!(page.contains("id=trend") && page.contains(ACCOUNT));
    let metrics = std::fs::read_to_string(estate.path("posture.prom")).unwrap();
    for words in [
        "posture_findings{outcome=\"pass\"} ",
        "posture_job_failed{job=\"nightly\"} 0",
        "posture_run_calls{job=\"nightly\"} ",
    ] {
        assert!(metrics.contains(words), "{words}: {metrics}");
    }
    // Prometheus reads it as another user; a report is for its owner only.
    #[cfg(unix)]
    for (name, expected) in [("posture.prom", 0o644), ("out/nightly-1.html", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(estate.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, expected, "{name}");
    }
    let list = estate.deliveries();
    assert!(list.contains("unchanged") && list.contains("delivered"), "{list}");
    assert!(list.lines().all(|line| console::measure_text_width(line) <= 80), "{list}");
    assert_eq!(estate.once(&["weekly"]).code, 2);
}

#[test]
fn a_webhook_is_notified_again_until_it_has_received_and_can_recognize_a_repeat() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Status(500), Answer::Status(429)]);
    let delivery = "[[job.deliver]]\nwebhook-file = \"url\"\nkey-file = \"key\"\nprivate = true\n";
    let link = "link = \"https://reports.example/{job}/{date}-{run}.html\"\n";
    estate.configure(&job("nightly", &format!("{link}{delivery}")));
    std::fs::write(estate.path("url"), format!("{}/{CANARY}\n", hook.url)).unwrap();
    std::fs::write(estate.path("key"), CANARY).unwrap();
    let run = estate.once(&["--due"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let received = hook.received();
    assert_eq!(received.len(), 3);
    let ids: Vec<&str> = received.iter().map(|one| one.header("idempotency-key")).collect();
    assert!(!ids[0].is_empty() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let message: Value = serde_json::from_str(&received[2].body).unwrap();
    assert_eq!((&message["job"], &message["run"]), (&json!("nightly"), &json!(1)));
    assert_eq!(message["id"], ids[0]);
    let scope = &message["scopes"][0];
    assert_eq!((&scope["provider"], &scope["id"]), (&json!("aws"), &json!(ACCOUNT)));
    assert_eq!(message["scopes"].as_array().unwrap().len(), 1);
    let link = message["link"].as_str().unwrap();
    assert!(link.starts_with("https://reports.example/nightly/20") && link.ends_with("-1.html"));
    assert_eq!(received[2].path, format!("/{CANARY}"));
    // A recipient with the key can verify the message.
    let check = "import hmac,sys\nt,v=[p.split('=')[1] for p in sys.argv[2].split(',')]\n\
        b=sys.stdin.buffer.read()\n\
        print(hmac.new(sys.argv[1].encode(),t.encode()+b'.'+b,'sha256').hexdigest()==v)";
    let mut checked = std::process::Command::new("python3")
        .args(["-c", check, CANARY, received[2].header("posture-signature")])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    checked.stdin.take().unwrap().write_all(received[2].body.as_bytes()).unwrap();
    let checked = checked.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(checked.stdout).unwrap().trim(), "True");
    // Neither the address nor the key is anywhere but where they were put.
    let list = estate.deliveries();
    assert!(!format!("{}{}{list}", run.out, run.err).contains(CANARY), "{}{list}", run.err);
    let database = std::fs::read(estate.path("posture.db")).unwrap();
    assert!(!database.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()));
}

/// Every file below a folder, with what it holds; a snapshot as it is before it is packed.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let bytes = match posture_core::snapshot::Snapshot::read(bytes.as_slice(), 1 << 30) {
            Ok(snapshot) => serde_json::to_vec(&snapshot).unwrap(),
            Err(_) => bytes,
        };
        all.push((path.to_string_lossy().into_owned(), bytes));
    }
    all
}

#[test]
fn logs_are_for_machines_on_request_and_no_secret_is_in_anything_that_is_left() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Redirect]);
    let deliveries = "[[job.deliver]]\nwebhook-file = \"url\"\nkey-file = \"key\"\nprivate = true\n\
         [[job.deliver]]\nfile = \"report.html\"\n";
    estate.configure(&format!(
        "[metrics]\nfile = \"posture.prom\"\n{}",
        job("nightly\u{1b}[2J", deliveries).replace('\u{1b}', "\\u001b")
    ));
    std::fs::write(estate.path("url"), format!("{}/{CANARY}\n", hook.url)).unwrap();
    std::fs::write(estate.path("key"), CANARY).unwrap();
    let run = |format: &str, arguments: &[&str]| {
        let log = ["--log-format", format, "--log-level", "debug"];
        // What is secret in the clouds is a canary, too.
        let program = estate.program(&["once"]).env("AWS_SECRET_ACCESS_KEY", CANARY);
        program.args(arguments).args(&log).run()
    };
    let machine = run("json", &["--due"]);
    assert_eq!(machine.code, 1, "{}", machine.err);
    let lines: Vec<Value> = machine
        .err
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect();
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()));
    let entry = |message: &str| {
        let found = lines.iter().find(|line| line["message"] == message);
        found.unwrap_or_else(|| panic!("{message}: {}", machine.err))
    };
    let read = entry("account read");
    assert_eq!(
        (&read["cloud.provider"], &read["cloud.account.id"]),
        (&json!("aws"), &json!(ACCOUNT))
    );
    assert!(read["calls"].as_u64().unwrap() > 10, "{read}");
    assert_eq!(entry("service begins")["level"], "DEBUG");
    assert_eq!(entry("recorded")["run"], 1);
    let lost = entry("delivery failed; will retry");
    assert_eq!((&lost["level"], &lost["job"]), (&json!("WARN"), &json!("nightly\u{1b}[2J")));
    assert!(lost["error"].as_str().unwrap().contains("it responded with status 307"), "{lost}");

    let people = run("text", &[]);
    assert_eq!(people.code, 0, "{}", people.err);
    assert!(people.err.contains("nightly\\u{1b}[2J: recorded run=2"), "{}", people.err);
    assert!(people.err.lines().all(|line| line.starts_with("20") && !line.contains('\u{1b}')));

    // An error at the very end is one of the lines.
    std::fs::write(estate.path("posture.toml"), "[job]\n").unwrap();
    let wrong = run("json", &[]);
    let line: Value = serde_json::from_str(wrong.err.trim()).unwrap();
    assert_eq!((wrong.code, &line["level"]), (2, &json!("ERROR")), "{line}");

    let mut left = files(estate.folder.path());
    left.push((
        "what was logged".to_owned(),
        format!("{}{}", machine.err, people.err).into_bytes(),
    ));
    left.push((
        "what was printed".to_owned(),
        format!("{}{}", machine.out, people.out).into_bytes(),
    ));
    assert!(left.len() > 8, "{:?}", left.iter().map(|(name, _)| name).collect::<Vec<_>>());
    for (name, bytes) in left {
        let secret = name.ends_with("/url") || name.ends_with("/key");
        let found = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert_eq!(found, secret, "{name}");
    }
}

#[test]
fn a_webhook_that_misbehaves_fails_in_time_and_is_tried_at_the_next_run() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Redirect]);
    let delivery = |url: &str, private: bool| {
        format!("[[job.deliver]]\nwebhook = \"{url}/{CANARY}\"\nprivate = {private}\ntimeout = 1\n")
    };
    estate.configure(&job("nightly", &delivery(&hook.url, true)));
    let redirected = estate.once(&["--due"]);
    assert_eq!(redirected.code, 1, "{}", redirected.err);
    assert!(redirected.err.contains("it responded with status 307"), "{}", redirected.err);
    assert_eq!(hook.received().len(), 1, "it was not followed");
    // What failed is tried at the next run, which has nothing else to do.
    let later = estate.once(&["--due"]);
    assert_eq!((later.code, estate.runs()), (0, 1), "{}", later.err);
    assert_eq!(hook.received().len(), 2);
    assert_eq!(
        hook.received()[0].header("idempotency-key"),
        hook.received()[1].header("idempotency-key")
    );
    // A gigabyte is not read, and what says nothing is not waited for.
    for (answer, code) in [(Answer::Endless, 0), (Answer::Silence, 1)] {
        let estate = Estate::new(&good());
        let hook = Hook::start(&[answer; 3]);
        estate.configure(&job("nightly", &delivery(&hook.url, true)));
        let run = estate.once(&["--due"]);
        assert_eq!(run.code, code, "{}", run.err);
        // The buffers of two sockets hold little compared with a gigabyte.
        assert!(hook.taken.load(Ordering::SeqCst) < 1 << 26);
        assert!(!run.err.contains(CANARY), "{}", run.err);
    }
    // Unless it is allowed, nothing is sent to an address in a private network.
    let estate = Estate::new(&good());
    let hook = Hook::start(&[]);
    for url in [hook.url.clone(), hook.url.replace("http://", "https://")] {
        estate.configure(&job("nightly", &delivery(&url, false)));
        let run = estate.once(&["nightly"]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(hook.received().is_empty());
    }
}

#[test]
fn slack_is_notified_without_a_mention() {
    let mut world = good();
    world["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    let estate = Estate::new(&world);
    let hook = Hook::start(&[]);
    let delivery =
        format!("[[job.deliver]]\nwebhook = \"{}\"\nprivate = true\nslack = true\n", hook.url);
    let link = "link = \"https://reports.example/{run}?a&b\"\n";
    estate.configure(&job("<!channel>", &format!("{link}{delivery}")));
    let run = estate.once(&["--due"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let message: Value = serde_json::from_str(&hook.received()[0].body).unwrap();
    let text = message["text"].as_str().unwrap();
    let link = "\n<https://reports.example/1?a&amp;b|Report>";
    assert!(text.contains(link), "{text}");
    let text = text.replace(link, "");
    assert!(text.contains("&lt;!channel&gt;") && !text.contains('<'), "{text}");
    assert!(text.contains(ACCOUNT), "{text}");
    assert!(text.contains("Versioning is off or suspended (storage.versioning)"), "{text}");
}

#[test]
fn a_run_that_is_killed_before_it_is_delivered_is_delivered_later_and_no_twice() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Silence]);
    let delivery = format!("[[job.deliver]]\nwebhook = \"{}\"\nprivate = true\n", hook.url);
    estate.configure(&job("nightly", &delivery));
    let running = estate.program(&["once", "--due"]).start();
    hook.wait_for(|received| !received.is_empty());
    running.kill();
    assert_eq!(estate.runs(), 1);
    let next = estate.once(&["--due"]);
    assert_eq!((next.code, estate.runs()), (0, 1), "{}", next.err);
    let received = hook.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("idempotency-key"), received[1].header("idempotency-key"));
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(estate.once(&["--due"]).code, 0);
    assert_eq!(hook.received().len(), 2);
}

#[test]
fn a_snapshot_whose_run_was_killed_before_it_was_recorded_is_deleted_later() {
    let estate = Estate::new(&good());
    // A storage that has the object, and does not answer.
    let storage = Hook::start(&[Answer::Silence]);
    let text = format!(
        "[audit]\ncontrols = [\"storage\"]\n[history]\nstore = \"posture.db\"\nsnapshots = \"gs://archive/kept\"\n\
         [[target]]\nprovider = \"aws\"\n{}",
        job("nightly", "")
    );
    std::fs::write(estate.path("posture.toml"), text).unwrap();
    let once = || {
        let key = json!({
            "private_key": "",
            "private_key_id": "",
            "client_email": "",
            "disable_oauth": true,
            "gcs_base_url": storage.url,
        });
        let program = estate.program(&["once"]).env("GOOGLE_ALLOW_HTTP", "true");
        program.env("GOOGLE_SERVICE_ACCOUNT_KEY", &key.to_string())
    };
    let asked = |method: &str| -> Vec<String> {
        let received = storage.received().into_iter().filter(|received| received.method == method);
        received.map(|received| received.path).collect()
    };
    let running = once().start();
    storage.wait_for(|received| received.iter().any(|received| received.method == "PUT"));
    running.kill();
    assert_eq!(estate.runs(), 0);
    let change = |statement: &str| {
        let mut changed = python("sql.py");
        assert!(changed.args([&estate.path("posture.db"), statement]).status().unwrap().success());
    };
    // As far as is known, the killed process may be about to record it.
    change("UPDATE jobs SET claimed_until = 0");
    let next = once().run();
    assert_eq!((next.code, estate.runs()), (0, 1), "{}", next.err);
    assert_eq!((asked("PUT").len(), asked("DELETE").len()), (2, 0));
    // After a day it is not.
    change("UPDATE puts SET lease = 0");
    let later = once().run();
    assert_eq!((later.code, estate.runs()), (0, 2), "{}", later.err);
    assert_eq!((asked("PUT").len(), asked("DELETE")), (3, vec![asked("PUT").remove(0)]));
    assert!(later.err.contains("deleted snapshots that no run refers to"), "{}", later.err);
    assert_eq!(once().run().code, 0);
    assert_eq!(asked("DELETE").len(), 1);
}

/// What an object of the local server's S3 holds.
fn object(cloud: &Cloud, bucket: &str, key: &str) -> String {
    let read = python("object.py")
        .args([cloud.endpoint().as_str(), bucket, key])
        .env("AWS_ACCESS_KEY_ID", Cloud::KEY)
        .env("AWS_SECRET_ACCESS_KEY", "any")
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

fn first_line(lines: &str) -> Value {
    let line = lines.lines().next().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn snapshots_and_reports_go_to_azure_blob_storage() {
    let Some(blobs) = Blobs::start() else { return };
    let estate = Estate::new(&good());
    let configuration = |container: &str| {
        format!(
            "[audit]\ncontrols = [\"storage\"]\n\
             [history]\nstore = \"posture.db\"\nsnapshots = \"az://reports/snapshots\"\n\
             [[target]]\nprovider = \"aws\"\n[[job]]\nname = \"nightly\"\ncron = \"@daily\"\n\
             [[job.deliver]]\nobject = \"az://{container}/ocsf/{{job}}-{{run}}.ocsf.ndjson\"\n"
        )
    };
    std::fs::write(estate.path("posture.toml"), configuration("nowhere")).unwrap();
    let once = || blobs.allow(estate.program(&["once"])).run();
    let lost = once();
    assert_eq!(lost.code, 1, "{}", lost.err);
    assert!(lost.err.contains("delivery failed; will retry"), "{}", lost.err);
    std::fs::write(estate.path("posture.toml"), configuration(Blobs::CONTAINER)).unwrap();
    let run = once();
    // What was to go elsewhere is given up, as nothing goes there any more.
    assert!(run.err.contains("delivery failed; gave up"), "{}", run.err);
    let names = blobs.names();
    assert_eq!(names.iter().filter(|name| name.starts_with("snapshots/")).count(), 2, "{names:?}");
    let lines = blobs.text("ocsf/nightly-2.ocsf.ndjson");
    assert_eq!(first_line(&lines)["class_uid"], 2003);
    // The key is nowhere.
    for (name, bytes) in files(estate.folder.path()) {
        let key = Blobs::KEY.as_bytes();
        assert!(!bytes.windows(key.len()).any(|part| part == key), "{name}");
    }
    assert!(!format!("{}{}", lost.err, run.err).contains(Blobs::KEY));
}

#[test]
fn a_place_that_does_not_answer_holds_up_no_other() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Silence]);
    estate.configure(&job(
        "nightly",
        "[[job.deliver]]\nwebhook-file = \"url\"\nprivate = true\n\
         [[job.deliver]]\nfile = \"report.html\"\n",
    ));
    std::fs::write(estate.path("url"), &hook.url).unwrap();
    let running = estate.program(&["once", "--due"]).start();
    hook.wait_for(|received| !received.is_empty());
    running.wait_for("delivered");
    assert!(std::path::Path::new(&estate.path("report.html")).exists());
    // Nothing has become of the webhook yet, which a file that waits for it would know.
    let deliveries = estate.deliveries();
    let webhook = deliveries.lines().find(|line| line.contains("nightly: webhook")).unwrap();
    let words: Vec<&str> = webhook.split_whitespace().collect();
    assert!(words.windows(2).any(|pair| pair == ["pending", "0"]), "{deliveries}");
    running.kill();
}

#[test]
fn a_delivery_finds_its_place_when_others_moved_and_a_job_has_frameworks_of_its_own() {
    let estate = Estate::new(&good());
    let hook = Hook::start(&[Answer::Status(500); 3]);
    let (hooked, file) = (
        "[[job.deliver]]\nwebhook-file = \"url\"\nprivate = true\n",
        "[[job.deliver]]\nfile = \"requirements.csv\"\nformat = \"csv-requirements\"\n",
    );
    let of = |deliveries: String| job("nightly", &format!("frameworks = [\"ccm\"]\n{deliveries}"));
    estate.configure(&of(format!("{file}{hooked}")));
    std::fs::write(estate.path("url"), &hook.url).unwrap();
    assert_eq!(estate.once(&["--due"]).code, 1);
    let rows = std::fs::read_to_string(estate.path("requirements.csv")).unwrap();
    assert!(rows.lines().skip(1).all(|row| row.starts_with("ccm-4.1,")), "{rows}");
    assert_eq!(rows.lines().count(), 208);
    // The history of the run says what has not arrived, and why.
    let show = |format: &str| {
        let store = estate.path("posture.db");
        let arguments = ["history", "show", "1", "--history", &store, "--format", format];
        Program::new().args(&arguments).run()
    };
    let page = show("table");
    assert!(page.out.contains("Deliveries") && page.out.contains("pending"), "{}", page.out);
    assert!(page.out.lines().all(|line| console::measure_text_width(line) <= 80), "{}", page.out);
    let deliveries = show("json").json()["deliveries"].clone();
    let states: Vec<&str> =
        deliveries.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["delivered", "pending"]);
    assert!(
        deliveries[1]["error"].as_str().unwrap().contains("it responded with status 500"),
        "{deliveries}"
    );
    // Not due any more: nothing but what was left over.
    estate.configure(&of(format!("{hooked}{file}")));
    let again = estate.once(&["--due"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.err.contains("delivered run=1"), "{}", again.err);
    estate.configure(&job("nightly", "frameworks = [\"cmm\"]\n"));
    let wrong = estate.once(&[]);
    assert!(wrong.code == 2 && wrong.err.contains("unknown framework `cmm`"), "{}", wrong.err);
}

#[test]
fn a_report_goes_to_an_object_store() {
    let cloud = Cloud::with("788888888888", "small");
    let bucket = cloud.add("archive").trim().to_owned();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posture.toml");
    let text = format!(
        "[audit]\ncontrols = [\"storage\"]\n[history]\nstore = \"posture.db\"\nsnapshots = \"s3://{bucket}/snapshots\"\n\
         [[target]]\nprovider = \"aws\"\n[[job]]\nname = \"nightly\"\ncron = \"@daily\"\n\
         [[job.deliver]]\nobject = \"s3://{bucket}/ocsf/{{job}}-{{run}}.ocsf.ndjson\"\n"
    );
    std::fs::write(&path, text).unwrap();
    let run = cloud
        .program()
        .env("AWS_ALLOW_HTTP", "true")
        .args(&["schedule", "once", "--due", "--config", path.to_str().unwrap()])
        .run();
    assert_eq!(run.code, 0, "{}", run.err);
    let lines = object(&cloud, &bucket, "ocsf/nightly-1.ocsf.ndjson");
    assert_eq!(first_line(&lines)["class_uid"], 2003);
}

#[test]
fn a_scheduler_keeps_its_jobs_when_the_configuration_is_wrong_and_stops_on_a_signal() {
    let estate = Estate::new(&good());
    // Due every minute: it was missed before, and is made up for at once.
    let jobs = "[[job]]\nname = \"often\"\ncron = \"* * * * *\"\n";
    estate.configure(jobs);
    let running = estate.program(&["run"]).start();
    running.wait_for("often: recorded run=1");
    estate.configure("[[job]]\nname = \"often\"\ncron = \"* * *\"\n");
    running.signal("HUP");
    running.wait_for("configuration not reloaded; the previous one stays in use");
    estate.configure(&format!("{jobs}[[job]]\nname = \"daily\"\ncron = \"@daily\"\n"));
    running.signal("HUP");
    running.wait_for("configuration reloaded jobs=2");
    running.signal("TERM");
    let run = running.wait();
    assert_eq!(run.code, 0, "{}", run.err);
    let expected = [
        "often: recorded run=1",
        "configuration not reloaded; the previous one stays in use",
        "configuration reloaded jobs=2",
        "stopped",
    ];
    let places: Vec<usize> = expected
        .iter()
        .map(|part| run.err.find(part).unwrap_or_else(|| panic!("{part}: {}", run.err)))
        .collect();
    assert!(places.is_sorted(), "{}", run.err);
}

#[test]
fn jobs_that_cannot_be_are_named_with_their_lines() {
    let estate = Estate::new(&good());
    std::fs::write(
        estate.path("posture.toml"),
        "[[job]]\nname = \"a\"\ncron = \"61 * * * *\"\ntime-zone = \"Mars\"\ntargets = [\"x\"]\n\
         [[job.deliver]]\nfile = \"a\"\n[[job.deliver]]\nfile = \"{day}.html\"\n[[job.deliver]]\nslack = true\n",
    )
    .unwrap();
    let run = estate.once(&[]);
    assert_eq!(run.code, 2);
    for words in [
        "invalid cron expression",
        "jobs need `store`",
        "jobs need a `[[target]]`",
        "unknown target `x`",
        "cannot infer a format from the file name",
        "unknown part `day`",
        "needs one of `file`",
    ] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
}

/// A mail server on loopback that wants TLS and a password.
pub(crate) struct Post {
    folder: TempDir,
    port: u16,
    process: std::process::Child,
}

impl Post {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let mut process = python("mail.py")
            .arg(folder.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server did not start");
        Self { folder, port, process }
    }

    pub(crate) fn settings(&self, more: &str) -> String {
        format!(
            "[mail]\nserver = \"localhost\"\nport = {}\nfrom = \"posture@example.com\"\nuser = \"posture\"\n\
             password-file = \"password\"\n{more}",
            self.port
        )
    }

    pub(crate) fn authorities(&self) -> String {
        format!("authorities = \"{}\"\n", self.folder.path().join("ca.pem").display())
    }

    pub(crate) fn taken(&self, number: usize) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join(format!("{number}.eml"))).ok()
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn mail_goes_over_tls_to_its_recipients_only() {
    const PASSWORD: &str = "canary-of-the-mail";
    let mut world = good();
    world["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    let estate = Estate::new(&world);
    let post = Post::start();
    std::fs::write(estate.path("password"), PASSWORD).unwrap();
    let deliver = "[[job.deliver]]\nmail = [\"Team <team@example.com>\", \"boss@example.com\"]\n";
    let job = job("night\\r\\nBcc: evil@example.com\\r\\n<b>", deliver);
    estate.configure(&format!("{}{}{job}", post.settings(""), post.authorities()));
    let run = estate.once(&["--due"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mail = post.taken(1).unwrap();
    // Encrypted, after the password, and to these two.
    assert!(mail.starts_with("True True team@example.com,boss@example.com\n"), "{mail}");
    let (head, _) = mail.split_once("\r\n\r\n").unwrap_or_else(|| mail.split_once("\n\n").unwrap());
    assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
    assert!(head.contains("Subject: ") && head.contains("Message-ID: <"), "{head}");
    assert!(
        mail.contains("text/html") && mail.contains("Content-Disposition: attachment"),
        "{head}"
    );
    assert!(!mail.contains("<b>night") && !run.err.contains(PASSWORD));
    // A server that sends nothing, one with an untrusted certificate, and a wrong password, which is not shown.
    let known = post.settings(&post.authorities());
    for (settings, password, why) in [
        (
            known.replace("user = \"posture\"", "user = \"silence\""),
            "canary",
            "not respond in time",
        ),
        (post.settings(""), PASSWORD, "UnknownIssuer"),
        (known.clone(), "canary", "535"),
    ] {
        std::fs::write(estate.path("password"), password).unwrap();
        estate.configure(&format!("{settings}{job}"));
        let again = estate.once(&["night\r\nBcc: evil@example.com\r\n<b>"]);
        assert_eq!(again.code, 1, "{}", again.err);
        assert!(again.err.contains("cannot send mail through localhost"), "{}", again.err);
        assert!(again.err.contains(why), "{why}: {}", again.err);
        assert!(!again.err.contains("canary"), "{}", again.err);
    }
    assert!(post.taken(2).is_none());
    // What failed is still there, and goes once it can.
    std::fs::write(estate.path("password"), PASSWORD).unwrap();
    estate.configure(&format!("{}{job}", post.settings(&post.authorities())));
    let last = estate.once(&["--due"]);
    assert_eq!(last.code, 0, "{}", last.err);
    assert!(post.taken(2).is_some() && post.taken(4).is_some());
}

#[test]
fn a_summary_is_read_in_the_mail_and_in_the_chat_themselves() {
    let mut world = good();
    world["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    let estate = Estate::new(&world);
    let (post, hook) = (Post::start(), Hook::start(&[]));
    std::fs::write(estate.path("password"), "canary-of-the-mail").unwrap();
    let deliveries = |format: &str| {
        format!(
            "link = \"https://reports.example/{{run}}?a&b\"\n\
             [[job.deliver]]\nmail = [\"boss@example.com\"]\nformat = \"summary\"\n\
             [[job.deliver]]\nwebhook = \"{}\"\nprivate = true\nslack = true\nformat = \"{format}\"\n",
            hook.url
        )
    };
    let configure = |format: &str| {
        let settings = post.settings(&post.authorities());
        estate.configure(&format!("{settings}{}", job("<!channel>", &deliveries(format))));
    };
    configure("summary");
    let run = estate.once(&["--due"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mail = post.taken(1).unwrap();
    assert!(mail.contains("Content-Type: text/plain") && !mail.contains("attachment"), "{mail}");
    assert!(
        mail.contains("Subject: Audit ") && mail.contains("https://reports.example/1"),
        "{mail}"
    );
    let received = hook.received();
    assert_eq!(received[0].header("content-type"), "application/json");
    let message: Value = serde_json::from_str(&received[0].body).unwrap();
    let text = message["text"].as_str().unwrap();
    let link = "\nFull report: <https://reports.example/1?a&amp;b>\n";
    assert!(text.starts_with("*Cloud posture, 20") && text.ends_with(link), "{text}");
    assert!(!text.replace(link, "").contains(['<', '>']), "{text}");
    assert!(text.contains("*FAILED: ") && text.contains(ACCOUNT), "{text}");
    assert!(text.contains("No earlier audit is known"), "{text}");
    // Slack takes no file.
    configure("html");
    let wrong = estate.once(&["--due"]);
    assert!(wrong.code == 2 && wrong.err.contains("`slack` takes no `format`"), "{}", wrong.err);
}

/// What is shipped says commands that there are, and a configuration that is understood; systemd itself reads its units where
/// it is installed.
#[test]
fn what_is_shipped_fits_the_program() {
    let packaging = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging");
    let folder = TempDir::new().unwrap();
    let configuration = folder.path().join("posture.toml");
    let read = python("packaging.py").arg(packaging).arg(&configuration).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let commands = String::from_utf8(read.stdout).unwrap();
    assert_eq!(commands.lines().count(), 4, "{commands}");
    for line in commands.lines() {
        let words: Vec<String> = serde_json::from_str(line).unwrap();
        assert!(words[0].ends_with("posture"), "{line}");
        // Without its file the command goes as far as that it looks for it.
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let run = Program::new().args(&words).run();
        assert!(
            run.code == 2 && run.err.contains("/etc/posture/posture.toml"),
            "{line}: {}",
            run.err
        );
    }
    // All that is amiss is that its database is not there.
    let list = Program::new()
        .args(&["schedule", "list", "--config", configuration.to_str().unwrap()])
        .run();
    assert!(list.code == 1 && list.err.contains("postgres://postgres/posture"), "{}", list.err);
    let mut verify = std::process::Command::new("systemd-analyze");
    verify.arg("verify").args(["--man=no", "--recursive-errors=no"]);
    for unit in ["posture.service", "posture.timer", "posture-scheduler.service"] {
        verify.arg(format!("{packaging}/systemd/{unit}"));
    }
    match verify.output() {
        Ok(output) => {
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            // The program is not installed where tests run.
            let amiss: Vec<&str> = errors
                .lines()
                .filter(|line| line.contains("posture") && !line.contains("/usr/bin/posture"))
                .collect();
            assert!(amiss.is_empty(), "{amiss:?}");
        }
        Err(_) => eprintln!("SKIPPED: no systemd to read its units"),
    }
}

#[test]
fn one_configuration_audits_two_clouds_and_delivers_by_mail_and_to_an_object_store() {
    let cloud = Cloud::with("799999999999", "small");
    let bucket = cloud.add("archive").trim().to_owned();
    let tenant = azure::Tenant::serve(azure::example());
    let post = Post::start();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("posture.toml");
    std::fs::write(folder.path().join("password"), "canary-of-the-mail").unwrap();
    let text = format!(
        "[audit]\ncontrols = [\"storage\"]\n\
         [history]\nstore = \"posture.db\"\nsnapshots = \"s3://{bucket}/snapshots\"\n\
         [[target]]\nname = \"aws\"\nprovider = \"aws\"\n\
         [[target]]\nname = \"azure\"\nprovider = \"azure\"\nsimulator = \"{}\"\ncredential = \"environment\"\n\
         {}{}\
         [[job]]\nname = \"nightly\"\ncron = \"0 3 * * *\"\ntime-zone = \"Europe/Berlin\"\n\
         targets = [\"aws\", \"azure\"]\n\
         [[job.deliver]]\nmail = [\"team@example.com\"]\n\
         [[job.deliver]]\nobject = \"s3://{bucket}/ocsf/nightly-{{run}}.ocsf.ndjson\"\n",
        tenant.url(),
        post.settings(""),
        post.authorities()
    );
    std::fs::write(&path, text).unwrap();
    let program = tenant.credentials(cloud.program()).env("AWS_ALLOW_HTTP", "true");
    let run =
        program.args(&["schedule", "once", "--due", "--config", path.to_str().unwrap()]).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let mail = post.taken(1).unwrap();
    assert!(mail.contains("text/html") && mail.contains("filename=\"nightly-"), "{mail}");
    let lines = object(&cloud, &bucket, "ocsf/nightly-1.ocsf.ndjson");
    let of = |provider: &str| {
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["cloud"]["provider"] == provider).count()
    };
    assert!(of("AWS") > 0 && of("Azure") > 0, "{}", &lines[..lines.len().min(900)]);
    // No secret is in what it left behind.
    for file in ["posture.db", "posture.toml"] {
        let text = std::fs::read(folder.path().join(file)).unwrap();
        let canaries = [&b"canary-secret-key"[..], b"canary-of-the-mail"];
        for canary in canaries {
            assert!(!text.windows(canary.len()).any(|part| part == canary), "{file}");
        }
    }
}
