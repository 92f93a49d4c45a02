//! A simulated account.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::complete::{UNKNOWN, regions};
use crate::fault::{Fault, Rule};
use crate::program::{Program, Run};
use crate::proxy::{KEY, Proxy};
use crate::wire::Call;

/// The local AWS server, one for the whole process: each of its accounts is separate.
struct Server {
    port: u16,
    // It ends when this does, at the latest with the process.
    _process: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

impl Server {
    fn start() -> Self {
        let mut process = python("server.py")
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the local AWS server did not start");
        Self { port, _process: process }
    }
}

/// A script of `tests/cloud`, in the virtual environment that holds the local server.
pub fn python(script: &str) -> Command {
    let venv = std::env::var_os("POSTURE_TEST_VENV").map(PathBuf::from);
    let python = venv.map(|venv| venv.join("bin/python")).filter(|python| python.exists());
    let python = python.expect("no local AWS server is installed: run `cargo xtask test`, or point POSTURE_TEST_VENV at it");
    let mut command = Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/cloud/").to_owned() + script);
    // Nothing of the user's own AWS configuration may reach the tests, and nothing of them the user's cloud.
    command
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command
}

/// An account in the local server, behind a separate proxy.
pub struct Cloud {
    account: String,
    proxy: Proxy,
}

impl Cloud {
    /// The access key that belongs to the account.
    pub const KEY: &str = KEY;

    /// An account with nothing in it.
    pub fn empty(account: &str) -> Self {
        Self { account: account.to_owned(), proxy: Proxy::start(SERVER.port, account) }
    }

    /// An account with the content of a scene of `tests/cloud/seed.py`. Each scene needs a separate account.
    pub fn with(account: &str, scene: &str) -> Self {
        let cloud = Self::empty(account);
        cloud.add(scene);
        cloud
    }

    /// Adds a scene; what its script prints is returned.
    pub fn add(&self, scene: &str) -> String {
        let endpoint = format!("http://127.0.0.1:{}", SERVER.port);
        let done = python("seed.py").args([&endpoint, &self.account, scene]).output().unwrap();
        assert!(done.status.success(), "scene {scene}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// The number of the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// From now on, this applies to calls; the newest rule that matches a call wins.
    pub fn rule(&self, rule: Rule) -> &Self {
        self.proxy.rule(rule);
        self
    }

    /// From now on, the server itself answers what it knows of networks.
    pub fn networks(&self) -> &Self {
        let known = |action: &str| action.starts_with("ec2:") && !UNKNOWN.contains(&action);
        self.proxy.retain(|rule| !known(rule.action()));
        self
    }

    /// Takes the newest rule back.
    pub fn forgive(&self) {
        self.proxy.unrule();
    }

    /// The answer to an action, instead of the server's own.
    pub fn answer(&self, action: &str, answer: &Value) -> &Self {
        self.rule(Rule::new(action, Fault::Answer(answer.to_string())))
    }

    /// The regions of the account, with their status.
    pub fn regions(&self, all: &[(&str, &str)]) -> &Self {
        self.answer("account:ListRegions", &regions(all))
    }

    /// Every call that arrived since the last look, by the permission that it needs.
    pub fn calls(&self) -> Vec<Call> {
        let calls = self.proxy.calls();
        self.proxy.forget();
        calls
    }

    /// Whether an action arrived since the last look.
    pub fn has_called(&self, action: &str) -> bool {
        self.proxy.calls().iter().any(|call| call.action == action)
    }

    /// Where the account is reached.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.proxy.address)
    }

    /// The program, with credentials of this account.
    pub fn program(&self) -> Program {
        Program::new()
            .env("AWS_ENDPOINT_URL", &self.endpoint())
            .env("AWS_ACCESS_KEY_ID", Self::KEY)
            .env("AWS_SECRET_ACCESS_KEY", "canary-secret-key-0123456789")
            .env("AWS_REGION", "us-east-1")
    }

    /// Audits the account.
    pub fn audit(&self, arguments: &[&str]) -> Run {
        self.program().args(&["audit", "aws"]).args(arguments).run()
    }

    /// Audits the account, and takes the report as JSON.
    pub fn report(&self, arguments: &[&str]) -> Run {
        self.program().args(&["audit", "aws", "--format", "json"]).args(arguments).run()
    }

    /// The same with the examples of what has no default, so that every control applies.
    pub fn report_with_examples(&self, arguments: &[&str]) -> Run {
        let program = self.program().file("posture.toml", &crate::examples());
        program.args(&["audit", "aws", "--format", "json"]).args(arguments).run()
    }
}
