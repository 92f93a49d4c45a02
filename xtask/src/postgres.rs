//! A PostgreSQL server for the tests of the history: on loopback, in a separate folder, removed afterwards.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A server that runs.
pub(crate) struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

/// The only user, and the password that the tests must never see anywhere.
const USER: &str = "posture";
const PASSWORD: &str = "canary-of-postgres";

impl Server {
    /// Starts a server by the programs in a folder.
    pub(crate) fn start(programs: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("posture-postgres-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder)?;
        let made = Self::start_in(programs, &folder);
        if made.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        made
    }

    fn start_in(programs: &Path, folder: &Path) -> Result<Self> {
        let password = folder.join("password");
        std::fs::write(&password, PASSWORD)?;
        let data = folder.join("data");
        // The server refuses to run as root.
        let root = is_root();
        if root {
            run(Command::new("chown").arg("-R").arg("postgres").arg(folder))?;
        }
        let command = |name: &str| {
            let program = programs.join(name);
            let mut command = if root {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            } else {
                Command::new(program)
            };
            command
                .current_dir(folder)
                .env_clear()
                .env("LC_ALL", "C.UTF-8")
                .env("PATH", "/usr/bin:/bin");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mut init = command("initdb");
        init.arg("--pgdata").arg(&data).arg("--pwfile").arg(&password);
        init.args(["--username", USER, "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]);
        run(&mut init)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut serve = command("postgres");
        serve.arg("-D").arg(&data).arg("-k").arg(folder).args(["-p", &port.to_string()]);
        // What is lost when the machine stops was only ever a test.
        serve.args([
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
            "-c",
            "full_page_writes=off",
        ]);
        let process = serve.spawn().context("cannot run `postgres`")?;
        let mut server = Self { process, folder: folder.to_owned(), port };
        let patience = Instant::now() + Duration::from_secs(60);
        while run(command("pg_isready").args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]))
            .is_err()
        {
            if let Some(status) = server.process.try_wait()? {
                bail!("`postgres` ended with {status}");
            }
            if Instant::now() > patience {
                bail!("`postgres` does not answer");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }

    /// The address of a database that is always there.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // Its processes notice that it is gone.
        std::thread::sleep(Duration::from_millis(200));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder with the programs of the newest server that is installed.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|version| version.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    found.sort();
    found.pop().or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
    })
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output();
    user.is_ok_and(|user| user.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if !status.success() {
        bail!("{:?} failed", command.get_program());
    }
    Ok(())
}
