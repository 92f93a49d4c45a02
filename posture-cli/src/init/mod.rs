//! `posture init`: a commented configuration to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::args::Screen;
use crate::error::{Failure, Result};
use crate::output::{print, put, word};

/// The configuration. A comment has a space after its `#`, an example has none.
const TEMPLATE: &str = include_str!("posture.toml");

/// Writes the configuration to a new file, or prints it.
pub(crate) fn write(path: &Path, screen: Screen) -> Result<ExitCode> {
    if path == "-" {
        return print(screen, |_, out| put(out, |out| out.write_all(TEMPLATE.as_bytes())));
    }
    create(path).map_err(|error| {
        let exists = error.kind() == ErrorKind::AlreadyExists;
        let failure = match exists {
            true => Failure::usage(format!("`{}` exists and is not overwritten", path.display())),
            false => Failure::tool(format!("cannot write `{}`", path.display())).cause(error),
        };
        match exists {
            true => failure.help("write another file with --output, or print it with --output -"),
            false => failure,
        }
    })?;
    print(screen, |_, out| {
        if screen.quiet {
            return Ok(());
        }
        put(out, |out| {
            writeln!(out, "wrote {}: uncomment what you need, then run", path.display())?;
            let config = match path == "posture.toml" {
                true => String::new(),
                false => format!(" --config {}", word(path)),
            };
            writeln!(out, "  posture audit targets{config}")
        })
    })
}

/// Creates the file in one step, so that nothing that is there is overwritten, not even by way of a link. It holds no
/// secret and is meant for a repository, so that it is as readable as other files of the user.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)?.write_all(TEMPLATE.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config::{Config, load, parse};

    #[test]
    fn it_loads_unchanged_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posture.toml");
        create(&path).unwrap();
        assert_eq!(load(Some(&path), &[]).unwrap(), Config::default());
        for line in TEMPLATE.lines() {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
            assert!(line.len() <= 80, "{line}");
        }
    }

    #[test]
    fn nothing_that_is_there_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posture.toml");
        std::fs::write(&path, "mine").unwrap();
        assert_eq!(create(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
        #[cfg(unix)]
        {
            let link = folder.path().join("link.toml");
            std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
            assert!(create(&link).is_err());
            assert!(!folder.path().join("elsewhere").exists());
        }
    }

    /// The examples without the `#` before them.
    fn uncommented() -> String {
        let line = |line: &str| match line.strip_prefix('#') {
            Some(example) if !example.starts_with(' ') => example.to_owned(),
            _ => line.to_owned(),
        };
        TEMPLATE.lines().map(|text| line(text) + "\n").collect()
    }

    #[test]
    fn every_example_can_be_used_and_every_section_has_one() {
        let text = uncommented();
        // Controls from files are loaded by their names before anything is read.
        let config = parse(&text, Catalogue::default()).unwrap();
        assert_eq!(config.targets.len(), 4);
        assert_eq!(config.jobs.len(), 1);
        assert_eq!(config.jobs[0].deliveries.len(), 2);
        assert!(config.mail.is_some() && config.metrics.is_some());
        assert_eq!(config.exceptions.len(), 1);
        assert!(config.history.store.is_some());
        let table: toml::Table = text.parse().unwrap();
        let sections: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        // What a configuration may hold, in the words of the error that lists it.
        let unknown = parse("[zzz]", Catalogue::default()).unwrap_err().join("\n");
        assert!(unknown.contains("zzz"), "{unknown}");
        for name in [
            "audit",
            "control",
            "exception",
            "history",
            "include",
            "job",
            "mail",
            "metrics",
            "target",
        ] {
            assert!(sections.contains(name), "{name}");
        }
        // Each block alone, below the ones it needs, is covered by the whole; a typing error is not.
        assert!(parse(&text.replace("fail-on", "fail-onn"), Catalogue::default()).is_err());
    }
}
