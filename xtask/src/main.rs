//! Chores of the workspace: `cargo xtask generate [--check]`, `api [--check]`, `deny`, `prose`, `wasm`, `setup`, `test`, `kube-apiserver [--start]`,
//! `mutants`, `bench`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command that talks to its user")]

mod api;
mod bench;
mod cosign;
mod deny;
mod frameworks;
mod generate;
mod index;
mod kube_apiserver;
mod mutants;
mod postgres;
mod prose;
mod setup;
mod test;
mod venv;
mod wasm;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

const USAGE: &str = "\
usage: cargo xtask generate [--check]   write the generated files, or say which are out of date
       cargo xtask api [--check]        write the public interfaces, or say what changed
       cargo xtask deny                 check the licenses and sources of the dependencies
       cargo xtask prose                check the spelling and the phrases of all texts
       cargo xtask wasm                 compile the core to WebAssembly
       cargo xtask setup [--check]      say what the tests need from outside and install what is missing, or only say it
       cargo xtask test                 run all tests, after setup where something is missing
       cargo xtask kube-apiserver [--start]
                                        build a real API server of Kubernetes for the tests against one, or also start it
       cargo xtask mutants [--module NAME]... [--jobs N] [--every N | --one-by-one]
                                        change the code that decides, and see whether the tests notice (an hour)
       cargo xtask bench [SCENARIO]     run the scale scenarios and write their table, or try one";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var_os(api::AS_RUSTDOC).is_some() {
        return match api::rustdoc(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["generate"] => generate::write(),
        ["generate", "--check"] => generate::check(),
        ["api"] => api::write(),
        ["api", "--check"] => api::check(),
        ["deny"] => deny::run(),
        ["prose"] => prose::run(),
        ["setup"] => setup::run().map(drop),
        ["setup", "--check"] => setup::check(),
        ["test"] => test::run(),
        ["wasm"] => wasm::run(),
        ["kube-apiserver"] => kube_apiserver::run(),
        ["kube-apiserver", "--start"] => kube_apiserver::start(),
        ["mutants", rest @ ..] => match mutants::Choice::parse(rest) {
            Some(choice) => mutants::run(&choice),
            None => return misused(),
        },
        ["bench", only @ ..] if only.len() <= 1 => bench::run(only.first().copied()),
        _ => return misused(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn misused() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// The root of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask has no parent folder")?.to_owned())
}
