//! A local server of Azure Blob Storage (Azurite, from the npm registry), with a container.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Program, python};

/// A server that runs until it is dropped.
pub struct Blobs {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Blobs {
    /// The storage account.
    pub const ACCOUNT: &str = "posture";
    /// Its key: a canary, in base64.
    pub const KEY: &str = "Y2FuYXJ5LW9mLXRoZS1ibG9icy0wMTIzNDU2Nzg5YWI=";
    /// The container.
    pub const CONTAINER: &str = "reports";

    /// Starts the server that `cargo xtask test` installed; none where there is none.
    #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
    pub fn start() -> Option<Self> {
        let Some(server) = std::env::var_os("POSTURE_TEST_AZURITE") else {
            eprintln!("SKIPPED: no Azurite; `cargo xtask test` installs one");
            return None;
        };
        let folder = TempDir::new().unwrap();
        // Free at this moment; no other process requests ports in such a row.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("node")
            .arg(server)
            .args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()])
            .args(["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location"])
            .arg(folder.path())
            .env("AZURITE_ACCOUNTS", format!("{}:{}", Self::ACCOUNT, Self::KEY))
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let blobs = Self { process, port, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "Azurite does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        blobs.ask(&["make", Self::CONTAINER]);
        Some(blobs)
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/{}", self.port, Self::ACCOUNT)
    }

    /// The program, with leave to use the account.
    pub fn allow(&self, program: Program) -> Program {
        program
            .env("AZURE_STORAGE_ACCOUNT_NAME", Self::ACCOUNT)
            .env("AZURE_STORAGE_ACCOUNT_KEY", Self::KEY)
            .env("AZURE_STORAGE_ENDPOINT", &self.endpoint())
            .env("AZURE_ALLOW_HTTP", "true")
    }

    /// The names of the blobs.
    pub fn names(&self) -> Vec<String> {
        self.ask(&["list", Self::CONTAINER]).lines().map(str::to_owned).collect()
    }

    /// What a blob holds.
    pub fn text(&self, name: &str) -> String {
        self.ask(&["get", Self::CONTAINER, name])
    }

    fn ask(&self, words: &[&str]) -> String {
        let mut script = python("blob.py");
        script.args([&self.endpoint(), Self::ACCOUNT, Self::KEY]).args(words);
        let output = script.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
