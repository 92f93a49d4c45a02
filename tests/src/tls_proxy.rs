//! A proxy on loopback that responds to every HTTPS request itself, with a certificate of a separate authority.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Stdio};

use tempfile::TempDir;

use crate::cloud::python;

/// See `tests/cloud/tls_proxy.py`.
pub struct TlsProxy {
    process: Child,
    stdout: BufReader<ChildStdout>,
    port: u16,
    folder: TempDir,
}

impl TlsProxy {
    /// One whose certificates end with a year.
    pub fn start(ends: u16) -> Self {
        let folder = TempDir::new().unwrap();
        let mut process = python("tls_proxy.py")
            .arg(folder.path())
            .arg(ends.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        stdout.read_line(&mut port).unwrap();
        let port = port.trim().parse().expect("the proxy did not start");
        Self { process, stdout, port, folder }
    }

    /// Its address, as in `HTTPS_PROXY`.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Ends it, and says which hosts it was asked for.
    pub fn asked(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        let mut hosts = String::new();
        self.stdout.read_to_string(&mut hosts).unwrap();
        self.process.wait().unwrap();
        hosts.lines().map(str::to_owned).collect()
    }
}
