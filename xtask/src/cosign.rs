//! cosign of Debian 13, for the tests of signatures. It is unpacked and not installed; it runs on Debian 12 too, which has none.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const SOURCE: &str = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main\n";

/// Where it is unpacked.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target/cosign")
}

/// The program, if it was unpacked.
pub(crate) fn found(root: &Path) -> Option<PathBuf> {
    Some(folder(root).join("usr/bin/cosign")).filter(|program| program.is_file())
}

/// Downloads and unpacks it. apt has folders of its own for this, so that the sources of the system stay as they are; it checks the
/// signature of Debian.
pub(crate) fn install(root: &Path) -> Result<()> {
    let folder = folder(root);
    let _ = std::fs::remove_dir_all(&folder);
    for part in ["state/lists/partial", "cache/archives/partial"] {
        std::fs::create_dir_all(folder.join(part))?;
    }
    let list = folder.join("debian.list");
    std::fs::write(&list, SOURCE)?;
    let place = |option: &str, path: &Path| format!("{option}={}", path.display());
    let options = [
        place("Dir::Etc::sourcelist", &list),
        place("Dir::Etc::sourceparts", Path::new("/dev/null")),
        place("Dir::State", &folder.join("state")),
        place("Dir::State::status", Path::new("/var/lib/dpkg/status")),
        place("Dir::Cache", &folder.join("cache")),
    ];
    for command in [&["update"][..], &["download", "cosign"]] {
        let mut apt = Command::new("apt-get");
        apt.args(options.iter().flat_map(|option| ["-o", option])).arg("--quiet").args(command);
        run(apt.current_dir(&folder))?;
    }
    let package = std::fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .context("cosign was not downloaded")?;
    run(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(&folder))?;
    for part in ["state", "cache"] {
        std::fs::remove_dir_all(folder.join(part))?;
    }
    std::fs::remove_file(package)?;
    found(root).map(drop).context("the package has no program where one is expected")
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let reason = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {}", reason.trim());
    Ok(())
}
