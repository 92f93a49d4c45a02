//! A real API server of Kubernetes for the tests that are run by hand: built from Debian's source package. CI never runs this.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::{root, setup};

/// Where the packages come from. On 2026-12-01 `bookworm` had the newest source of a server, 1.20.2: the package of `trixie`, 1.32.3, is
/// the client alone. A library of that version [crashes](https://github.com/kubernetes/client-go/issues/1048) if Go 1.18 or a newer one
/// compiles it, and `bullseye` has the newest older one. [Source](https://sources.debian.org/src/kubernetes/)
const SOURCES: &str = "\
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bullseye main
";

const SOURCE: &str = "kubernetes/bookworm";

/// The compiler, its standard library and the store behind the server.
const PACKAGES: [&str; 3] =
    ["golang-1.15-go/bullseye", "golang-1.15-src/bullseye", "etcd-server/bookworm"];

/// What is built. The controllers make pods of workloads, and the rules of aggregated roles.
const PROGRAMS: [&str; 2] = ["kube-apiserver", "kube-controller-manager"];

/// The build copies programs into a folder with `rsync -pc`. It needs nothing else of that program.
const RSYNC: &str = "#!/bin/sh\nshift\nexec cp -p \"$@\"\n";

/// Builds the server if it is not there, and prints how the tests find it.
pub(crate) fn run() -> Result<()> {
    let server = built()?;
    println!("The tests against the real API server run with these variables:");
    println!("  POSTURE_KUBE_APISERVER={}", server.display());
    println!("  POSTURE_TEST_VENV={}", setup::venv_of_tests()?.display());
    println!("For example, after `cargo build --workspace --bins`:");
    println!("  cargo test -p posture-tests --test e2e kube_apiserver");
    Ok(())
}

/// Starts the server on loopback until the user ends it.
pub(crate) fn start() -> Result<()> {
    let server = built()?;
    let folder = root()?.join("target/kube-apiserver/running");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    println!(
        "etcd and the API server start on loopback; Ctrl-C or the end of standard input stops both"
    );
    println!("  KUBECONFIG={}", folder.join("kubeconfig").display());
    let script = root()?.join("tests/cloud/kube_apiserver.py");
    let mut python = Command::new(setup::venv_of_tests()?.join("bin/python"));
    python.arg(script).arg(&folder).arg(&server).env("PYTHONDONTWRITEBYTECODE", "1");
    done(&mut python)
}

/// The server, built if it is not there.
fn built() -> Result<PathBuf> {
    let folder = root()?.join("target/kube-apiserver");
    let bin = folder.join("bin");
    let server = bin.join("kube-apiserver");
    if !server.exists() {
        println!("building kube-apiserver from Debian's source package into {}", bin.display());
        println!("this takes about ten minutes on two idle cores, and 3 GB until it ends");
        build(&folder).context("kube-apiserver could not be built")?;
    }
    Ok(server)
}

fn build(folder: &Path) -> Result<()> {
    let work = folder.join("work");
    let _ = std::fs::remove_dir_all(&work);
    for name in ["lists/partial", "archives/partial", "home", "tools"] {
        std::fs::create_dir_all(work.join(name))?;
    }
    fetch(&work)?;
    let source = work.join("source");
    let dsc = only(&work, "dsc")?;
    // It compares the checksums of the archives with those of the description, which apt has verified.
    quietly(Command::new("dpkg-source").arg("--extract").arg(&dsc).arg(&source))?;
    let go_path = source.join(".go/src/k8s.io");
    std::fs::create_dir_all(&go_path)?;
    std::os::unix::fs::symlink("../../..", go_path.join("kubernetes"))?;
    let rsync = work.join("tools/rsync");
    std::fs::write(&rsync, RSYNC)?;
    quietly(Command::new("chmod").arg("+x").arg(&rsync))?;
    let go = work.join("unpacked/usr/lib/go-1.15");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = [work.join("tools"), go.join("bin")]
        .into_iter()
        .chain(std::env::split_paths(&path))
        .collect::<Vec<_>>();
    let what = PROGRAMS.map(|program| format!("cmd/{program}")).join(" ");
    let mut make = Command::new("nice");
    make.args(["-n", "10", "make"]).arg(format!("WHAT={what}")).current_dir(&source);
    make.env("PATH", std::env::join_paths(path)?)
        .env("HOME", work.join("home"))
        .env("GOROOT", &go)
        .env("GOPATH", source.join(".go"))
        // The source has everything that it needs.
        .env("GOPROXY", "off")
        .env("GOFLAGS", "-mod=vendor")
        .env("CGO_ENABLED", "0");
    done(&mut make)?;
    let made = work.join("bin");
    std::fs::create_dir_all(&made)?;
    std::fs::copy(work.join("unpacked/usr/bin/etcd"), made.join("etcd"))?;
    for program in PROGRAMS {
        std::fs::copy(source.join("_output/bin").join(program), made.join(program))?;
    }
    // All of it or nothing.
    std::fs::rename(made, folder.join("bin"))?;
    // Go leaves folders without write permission.
    quietly(Command::new("chmod").args(["-R", "u+w"]).arg(&work))?;
    std::fs::remove_dir_all(work)?;
    Ok(())
}

/// Downloads the source and the packages through lists of its own, verified by apt; nothing is installed into the system.
fn fetch(work: &Path) -> Result<()> {
    let list = work.join("sources.list");
    std::fs::write(&list, SOURCES)?;
    let option = |name: &str, value: &Path| format!("{name}={}", value.display());
    let options = [
        option("Dir::Etc::sourcelist", &list),
        option("Dir::Etc::sourceparts", Path::new("/dev/null")),
        option("Dir::State", work),
        option("Dir::Cache", work),
        option("Dir::State::status", Path::new("/var/lib/dpkg/status")),
        "Acquire::Languages=none".to_owned(),
        // Its own user cannot write here.
        "APT::Sandbox::User=root".to_owned(),
    ];
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.current_dir(work).arg("--quiet");
        for option in &options {
            apt.args(["-o", option.as_str()]);
        }
        quietly(apt.args(arguments))
    };
    apt(&["update"])?;
    apt(&["source", "--download-only", SOURCE])?;
    for package in PACKAGES {
        apt(&["download", package])?;
        let file = only(work, "deb")?;
        let unpacked = work.join("unpacked");
        quietly(Command::new("dpkg-deb").arg("--extract").arg(&file).arg(unpacked))?;
        std::fs::remove_file(file)?;
    }
    Ok(())
}

/// The file of a folder with an ending.
fn only(folder: &Path, ending: &str) -> Result<PathBuf> {
    std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|found| found == ending))
        .with_context(|| format!("no .{ending} file was downloaded"))
}

fn quietly(command: &mut Command) -> Result<()> {
    done(command.stdout(Stdio::null()))
}

fn done(command: &mut Command) -> Result<()> {
    let status =
        command.status().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    ensure!(status.success(), "`{command:?}` failed");
    Ok(())
}
