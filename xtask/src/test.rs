//! Runs all tests, with what they need from outside.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::postgres::Server;
use crate::{root, setup, wasm};

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let outside = setup::run()?;
    let postgres = outside.postgres.as_deref().and_then(|programs| match Server::start(programs) {
        Ok(server) => Some(server),
        Err(error) => {
            println!("SKIPPED: PostgreSQL for the tests of the history: {error:#}");
            None
        }
    });
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&root).env("POSTURE_TEST_VENV", &outside.venv);
        cargo
    };
    // The tests that run the program find it where a build leaves it. Built together with the tests, as the program alone
    // would have its dependencies compiled once more, with fewer features.
    let mut build = cargo();
    build.args(["build", "--locked", "--workspace", "--bins", "--examples", "--tests"]);
    if !build.status().context("cannot run `cargo`")?.success() {
        bail!("`cargo build` failed");
    }
    let laws = root.join("target/laws");
    let _ = std::fs::remove_dir_all(&laws);
    let mut tests = cargo();
    tests.args(["test", "--locked", "--workspace"]);
    match outside.browser {
        Some(browser) => tests.env("POSTURE_TEST_BROWSER", browser),
        None => tests.env_remove("POSTURE_TEST_BROWSER"),
    };
    match &postgres {
        Some(server) => tests.env("POSTURE_TEST_POSTGRES", server.url()),
        None => tests.env_remove("POSTURE_TEST_POSTGRES"),
    };
    match &outside.azurite {
        Some(server) => tests.env("POSTURE_TEST_AZURITE", server),
        None => tests.env_remove("POSTURE_TEST_AZURITE"),
    };
    match &outside.cosign {
        Some(program) => tests.env("POSTURE_TEST_COSIGN", program),
        None => tests.env_remove("POSTURE_TEST_COSIGN"),
    };
    if !tests.status().context("cannot run `cargo`")?.success() {
        bail!("`cargo test` failed");
    }
    if let Some(rust) = &outside.wasm {
        wasm::check(&root, rust)?;
    }
    for law in std::fs::read_dir(&laws).context("no law was tested")? {
        println!("{}", std::fs::read_to_string(law?.path())?);
    }
    Ok(())
}
