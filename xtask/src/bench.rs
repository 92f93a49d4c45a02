//! Runs the scale scenarios with release builds, and writes down what they took.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::root;

pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let root = root()?;
    let run = |program: &str, arguments: &[&str]| -> Result<()> {
        let status = Command::new(program)
            .args(arguments)
            .current_dir(&root)
            .status()
            .with_context(|| format!("cannot run `{program}`"))?;
        if !status.success() {
            bail!("`{program} {}` failed", arguments.join(" "));
        }
        Ok(())
    };
    // Both at once, as each alone would have another choice of features, and so other builds of its dependencies.
    let packages = ["--package", "posture-cli", "--package", "posture-benchmarks"];
    run("cargo", &[&["build", "--release", "--locked", "--bins"], &packages[..]].concat())?;
    let mut arguments = vec!["target/release/posture", "benchmarks/README.md"];
    arguments.extend(only);
    run("target/release/scenarios", &arguments)
}
