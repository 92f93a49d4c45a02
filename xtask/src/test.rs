//! Sets up what the tests need, and runs them all.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::postgres::Server;
use crate::{root, wasm};

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let requirements = root.join("tests/requirements.txt");
    let venv = root.join("target/moto-venv");
    if requirements.exists() {
        cloud(&venv, &requirements)?;
    }
    let browser = browser(&root, &venv);
    let postgres = match Server::start(|package| install(package, &root, &venv)) {
        Ok(server) => Some(server),
        Err(error) => {
            println!("SKIPPED: no PostgreSQL for the tests of the history: {error:#}");
            None
        }
    };
    let azurite = match azurite(&root) {
        Ok(server) => Some(server),
        Err(error) => {
            println!("SKIPPED: no Azurite for the tests of Azure Blob Storage: {error:#}");
            None
        }
    };
    // The tests that run the program find it where a build leaves it. Built together with the tests, as the program alone
    // would have its dependencies compiled once more, with fewer features.
    command(
        "cargo",
        &["build", "--locked", "--workspace", "--bins", "--examples", "--tests"],
        &root,
        &venv,
    )?;
    let laws = root.join("target/laws");
    let _ = std::fs::remove_dir_all(&laws);
    let mut tests = Command::new("cargo");
    tests
        .args(["test", "--locked", "--workspace"])
        .current_dir(&root)
        .env("POSTURE_TEST_VENV", &venv);
    match browser {
        Some(browser) => tests.env("POSTURE_TEST_BROWSER", browser),
        None => tests.env_remove("POSTURE_TEST_BROWSER"),
    };
    match &postgres {
        Some(server) => tests.env("POSTURE_TEST_POSTGRES", server.url()),
        None => tests.env_remove("POSTURE_TEST_POSTGRES"),
    };
    match &azurite {
        Some(server) => tests.env("POSTURE_TEST_AZURITE", server),
        None => tests.env_remove("POSTURE_TEST_AZURITE"),
    };
    if !tests.status().context("cannot run `cargo`")?.success() {
        bail!("`cargo test` failed");
    }
    match wasm::unpacked(&root) {
        Ok(rust) => wasm::check(&root, &rust)?,
        Err(error) => println!("SKIPPED: no Rust for WebAssembly: {error:#}"),
    }
    for law in std::fs::read_dir(&laws).context("no law was tested")? {
        println!("{}", std::fs::read_to_string(law?.path())?);
    }
    Ok(())
}

/// A virtual environment that holds the local AWS server, renewed when its requirements change.
fn cloud(venv: &Path, requirements: &Path) -> Result<()> {
    let wanted = std::fs::read_to_string(requirements)?;
    let stamp = venv.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing the local AWS server into {}", venv.display());
    let here = venv.parent().context("no target folder")?;
    std::fs::create_dir_all(here)?;
    let venv_path = venv.to_string_lossy();
    if command("python3", &["-m", "venv", "--clear", &venv_path], here, venv).is_err() {
        bail!("`python3 -m venv` does not work; install python3 with its venv module");
    }
    let pip = venv.join("bin/pip");
    let requirements = requirements.to_string_lossy();
    command(
        &pip.to_string_lossy(),
        &["install", "--quiet", "--disable-pip-version-check", "--requirement", &requirements],
        here,
        venv,
    )?;
    std::fs::write(stamp, wanted)?;
    Ok(())
}

/// The local server of Azure Blob Storage, from the npm registry.
fn azurite(root: &Path) -> Result<PathBuf> {
    // Exactly this one, so that an upgrade is a change that somebody makes.
    const PACKAGE: &str = "azurite@3.37.0";
    let folder = root.join("target").join(PACKAGE.replace('@', "-"));
    let server = folder.join("node_modules/azurite/dist/src/blob/main.js");
    if !server.exists() {
        println!("installing {PACKAGE} into {}", folder.display());
        std::fs::create_dir_all(&folder)?;
        let prefix = folder.to_string_lossy();
        // No package runs a program of its own.
        let quiet =
            ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--silent"];
        let install = [&["install"], &quiet[..], &["--prefix", &prefix, PACKAGE]].concat();
        command("npm", &install, root, &folder)?;
    }
    if !server.exists() {
        bail!("{PACKAGE} has no server where it is looked for");
    }
    Ok(server)
}

/// Chromium for the HTML report: the one that is there, or Debian's, where it may be installed.
fn browser(root: &Path, venv: &Path) -> Option<&'static str> {
    let found = || {
        let starts = |name: &&str| {
            let mut run = Command::new(name);
            run.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            run.status().is_ok_and(|status| status.success())
        };
        ["chromium", "chromium-browser", "google-chrome"].into_iter().find(starts)
    };
    found().or_else(|| {
        if let Err(error) = install("chromium", root, venv) {
            println!("SKIPPED: no browser for the HTML report: {error:#}");
        }
        found()
    })
}

/// Installs a package of Debian.
fn install(package: &str, root: &Path, venv: &Path) -> Result<()> {
    println!("installing {package}");
    let install = ["install", "--yes", "--quiet", "--no-install-recommends", package];
    command("apt-get", &["update", "--quiet"], root, venv)?;
    command("apt-get", &install, root, venv)
}

fn command(program: &str, arguments: &[&str], folder: &Path, venv: &Path) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("POSTURE_TEST_VENV", venv)
        .status()
        .with_context(|| format!("cannot run `{program}`"))?;
    if !status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}
