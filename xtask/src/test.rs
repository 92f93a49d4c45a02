//! Sets up what the tests need, and runs them all.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::root;

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let requirements = root.join("tests/requirements.txt");
    let venv = root.join("target/moto-venv");
    if requirements.exists() {
        cloud(&venv, &requirements)?;
    }
    // The tests that run the program find it where a build leaves it. Built together with the tests, as the program alone
    // would have its dependencies compiled once more, with fewer features.
    command("cargo", &["build", "--locked", "--workspace", "--bins", "--tests"], &root, &venv)?;
    let laws = root.join("target/laws");
    let _ = std::fs::remove_dir_all(&laws);
    command("cargo", &["test", "--locked", "--workspace"], &root, &venv)?;
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
