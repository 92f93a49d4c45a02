//! Programs from PyPI that chores use, each in a virtual environment below `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Installs the version that `xtask/NAME.txt` pins with its hashes, unless it is there, and returns the path of the program.
pub(crate) fn tool(root: &Path, name: &str) -> Result<PathBuf> {
    let folder = root.join("target").join(name);
    install(root, name, &folder).with_context(|| format!("cannot install {name}"))?;
    Ok(folder.join("bin").join(name))
}

fn install(root: &Path, name: &str, folder: &Path) -> Result<()> {
    let requirements = root.join("xtask").join(name).with_extension("txt");
    let wanted = std::fs::read_to_string(&requirements)?;
    let stamp = folder.join("requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing {name} into {}", folder.display());
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
