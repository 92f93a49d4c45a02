//! The program, run as a user runs it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;

use posture_core::params::Value as Parameter;
use serde_json::Value;
use tempfile::TempDir;

use crate::cloud::python;

/// A configuration that sets what has no default to its example: without it, such controls need no call.
pub fn examples() -> String {
    let mut text = String::new();
    for control in posture_core::controls::ALL {
        let given = control.test.params.iter().filter_map(|param| match param.example()? {
            Parameter::Names(names) => Some(format!("{} = {names:?}\n", param.name())),
            Parameter::Number(_) => None,
        });
        let given: String = given.collect();
        if !given.is_empty() {
            text.push_str(&format!("[control.\"{}\"]\n{given}", control.id));
        }
    }
    text
}

/// A run of the program that is being prepared.
pub struct Program {
    command: Command,
    folder: TempDir,
}

impl Program {
    /// In an empty folder and an empty environment.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(binary());
        command
            .env_clear()
            .env("HOME", folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(folder.path())
            .stdin(Stdio::null());
        Self { command, folder }
    }

    /// Where it is.
    pub fn path() -> PathBuf {
        binary()
    }

    /// With a variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With these arguments after those before.
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With a file in the folder in which it runs.
    pub fn file(self, name: &str, content: &str) -> Self {
        std::fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    /// In another folder.
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// With a text on its standard input.
    pub fn input(mut self, text: &str) -> Self {
        let path = self.folder.path().join("standard-input");
        std::fs::write(&path, text).unwrap();
        self.command.stdin(std::fs::File::open(path).unwrap());
        self
    }

    /// The folder in which it will run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Run {
        let output = self.command.output().unwrap();
        Run::new(output, self.folder)
    }

    /// Runs it to its end while its result is not read.
    pub fn run_unread(mut self) -> Run {
        let (_, unread) = std::io::pipe().unwrap();
        let child = self.command.stdout(unread).stderr(Stdio::piped()).spawn().unwrap();
        Run::new(child.wait_with_output().unwrap(), self.folder)
    }

    /// Runs it to its end while none of its output is read, and gives its exit code.
    pub fn run_unseen(mut self) -> i32 {
        let (_, unread) = std::io::pipe().unwrap();
        let (_, unheard) = std::io::pipe().unwrap();
        let status = self.command.stdout(unread).stderr(unheard).status().unwrap();
        status.code().expect("ended by a signal")
    }

    /// Runs it to its end on a terminal of so many columns and lines. What it prints is one text, as on the screen.
    pub fn on_terminal(self, columns: u16, lines: u16) -> Run {
        let mut command = python("terminal.py");
        command.args([columns.to_string(), lines.to_string()]).arg(self.command.get_program());
        command.args(self.command.get_args()).current_dir(self.folder.path()).env_clear();
        command.env("TERM", "xterm").stdin(Stdio::null());
        for (name, value) in self.command.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        let mut run = Run::new(command.output().unwrap(), self.folder);
        run.out = run.out.replace("\r\n", "\n");
        run
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err: Arc<Notes> = Arc::default();
        let (mut pipe, written) = (child.stderr.take().unwrap(), Arc::clone(&err));
        let reader = std::thread::spawn(move || written.read(&mut pipe));
        Running { child, folder: self.folder, err, reader }
    }
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

/// The program that `cargo xtask test` built, next to the test itself, or another that was named.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("POSTURE_BIN") {
        return named.into();
    }
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().and_then(Path::parent).unwrap().join("posture");
    assert!(binary.exists(), "{} is not built: run `cargo xtask test`", binary.display());
    binary
}

/// What a running program has written to standard error so far.
#[derive(Default)]
struct Notes {
    /// The bytes, and whether more may come.
    written: Mutex<(Vec<u8>, bool)>,
    more: Condvar,
}

impl Notes {
    fn read(&self, pipe: &mut impl Read) {
        let mut part = [0; 4096];
        loop {
            let length = pipe.read(&mut part).unwrap_or(0);
            let mut written = self.written.lock().unwrap();
            written.0.extend_from_slice(&part[..length]);
            written.1 = length == 0;
            self.more.notify_all();
            if length == 0 {
                return;
            }
        }
    }
}

/// A running program.
pub struct Running {
    child: Child,
    folder: TempDir,
    err: Arc<Notes>,
    reader: JoinHandle<()>,
}

impl Running {
    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends a signal, by its name.
    pub fn signal(&self, name: &str) {
        let (name, id) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([&name, &id]).status().unwrap().success());
    }

    /// Waits until its notes hold some words. It fails where the run ends without them.
    pub fn wait_for(&self, words: &str) {
        let mut written = self.err.written.lock().unwrap();
        loop {
            let text = String::from_utf8_lossy(&written.0);
            if text.contains(words) {
                return;
            }
            assert!(!written.1, "it ended without `{words}`: {text}");
            written = self.err.more.wait(written).unwrap();
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it without letting it do anything more.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub fn wait(self) -> Run {
        let mut output = self.child.wait_with_output().unwrap();
        self.reader.join().unwrap();
        output.stderr = std::mem::take(&mut self.err.written.lock().unwrap().0);
        Run::new(output, self.folder)
    }
}

/// What a run left behind.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// The result.
    pub out: String,
    /// Notes and errors.
    pub err: String,
    folder: TempDir,
}

/// What a report says of one control and one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The name of the resource; none where it is about the list of all.
    pub resource: Option<String>,
    /// Pass, fail, not applicable or unknown.
    pub outcome: String,
    /// The action that did not answer, and why.
    pub gap: Option<(String, String)>,
}

impl Run {
    fn new(output: Output, folder: TempDir) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is not UTF-8");
        let run = Self {
            code: output.status.code().expect("ended by a signal"),
            out: text(output.stdout),
            err: text(output.stderr),
            folder,
        };
        assert!(!run.err.contains("panicked"), "{}", run.err);
        run
    }

    /// A file in the folder in which it ran.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The report.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!("no report ({error}), exit code {}: {}{}", self.code, self.out, self.err)
        })
    }

    /// What the report says of a control, ordered.
    pub fn findings(&self, control: &str) -> Vec<Finding> {
        let report = self.json();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut findings: Vec<Finding> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["control"] == control)
            .map(|finding| Finding {
                resource: text(&finding["resource"]["name"]),
                outcome: text(&finding["outcome"]).unwrap(),
                gap: text(&finding["gap"]["action"]).zip(text(&finding["gap"]["reason"])),
            })
            .collect();
        assert!(!findings.is_empty(), "no finding of {control}");
        findings.sort();
        findings
    }

    /// What became of a control on a resource.
    pub fn outcome(&self, control: &str, resource: &str) -> String {
        let findings = self.findings(control);
        let mut found =
            findings.iter().filter(|finding| finding.resource.as_deref() == Some(resource));
        let first = found
            .next()
            .unwrap_or_else(|| panic!("{control} says nothing of {resource}: {findings:?}"));
        assert!(found.next().is_none(), "{control} has two findings of {resource}");
        first.outcome.clone()
    }

    /// The actions that did not answer, with the reasons.
    pub fn gaps(&self) -> Vec<(String, String)> {
        let report = self.json();
        let mut gaps: Vec<(String, String)> = report["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|scope| scope["gaps"].as_array().unwrap().clone())
            .map(|gap| {
                (
                    gap["action"].as_str().unwrap().to_owned(),
                    gap["reason"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        gaps.sort();
        gaps.dedup();
        gaps
    }
}

/// The run in which nothing but what was meant to failed. A busy machine lets other calls time out as well; then the
/// program runs again with more seconds for each call.
pub fn with_patience(meant: impl Fn(&str) -> bool, run: impl Fn(&str) -> Run) -> Run {
    patiently(&["2", "5", "15"], meant, run)
}

/// The same where what is meant to fail is that no answer comes in time: a fraction of a second shows it as well.
pub fn with_little_patience(meant: impl Fn(&str) -> bool, run: impl Fn(&str) -> Run) -> Run {
    patiently(&["0.3", "2", "5", "15"], meant, run)
}

fn patiently(times: &[&str], meant: impl Fn(&str) -> bool, run: impl Fn(&str) -> Run) -> Run {
    let mut last = None;
    for seconds in times {
        let run = run(seconds);
        let reported = serde_json::from_str::<Value>(&run.out).is_ok();
        let as_meant = reported && run.gaps().iter().all(|(action, _)| meant(action));
        last = Some(run);
        if as_meant {
            break;
        }
    }
    last.unwrap()
}
