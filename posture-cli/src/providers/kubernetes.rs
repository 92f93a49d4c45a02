//! What the command knows about Kubernetes: its arguments, its targets in `posture.toml`, permissions, and errors.

mod clusters;
mod demo;
pub(super) mod found;
mod sim;

use std::path::{Path, PathBuf};

use clap::Args;
use posture::{image, kubernetes};
use posture_core::scope::Scope;
use posture_kubernetes::manifest::{NEWEST_MINOR, OLDEST_MINOR};

use super::beside::Beside;
use crate::args::Common;
use crate::config::reader::{Reader, Table};
use crate::typed::Words;

pub(super) use clusters::failure;
pub(crate) use clusters::{AuditClusters, Clusters, Permissions};
pub(super) use demo::Demo;
pub(crate) use sim::Sim;

/// `posture audit manifests`.
#[derive(Debug, Args)]
pub(crate) struct AuditManifests {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Which manifests are read.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Manifests")]
pub(crate) struct Files {
    /// Files and folders; `-` reads standard input. In folders, files that end in .yaml, .yml and .json are read.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Name of the application, which identifies it in the history and in finding IDs [default: the paths].
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Version of Kubernetes that the manifests are for, such as 1.33 [default: the newest that is known].
    #[arg(long, value_name = "VERSION", value_parser = minor)]
    pub(crate) kubernetes_version: Option<u16>,
    #[command(flatten)]
    pub(crate) beside: Beside,
    /// Run no credential helper of Docker's configuration; helpers are programs.
    #[arg(long, hide_short_help = true, requires = "images", help_heading = "Images")]
    pub(crate) no_exec: bool,
}

/// Parses a version of Kubernetes to its minor version.
pub(crate) fn minor(text: &str) -> Result<u16, String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let minor = text.strip_prefix("1.").and_then(|rest| rest.split('.').next()?.parse().ok());
    match minor {
        Some(minor) if minor < OLDEST_MINOR => {
            Err(format!("1.{OLDEST_MINOR} is the oldest version that is known"))
        }
        Some(minor) if minor <= NEWEST_MINOR => Ok(minor),
        Some(_) => Err(format!("1.{NEWEST_MINOR} is the newest version that is known")),
        None => Err(format!("expected a version such as 1.{NEWEST_MINOR}")),
    }
}

impl AuditManifests {
    pub(super) fn typed(&self, command: Words) -> Words {
        let Files { paths, name, kubernetes_version, beside, no_exec } = &self.files;
        let command = command
            .operands(paths.iter().map(AsRef::as_ref))
            .each("name", name)
            .each("kubernetes-version", kubernetes_version.map(|minor| format!("1.{minor}")));
        beside.typed(command).flag("no-exec", *no_exec)
    }

    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }
}

impl Files {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] = &["name", "provider", "manifests", "kubernetes-version", "no-exec"];
        let mut files = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "provider" => {}
                "name" => files.name = reader.owned(name, item),
                "manifests" => {
                    files.paths = reader.texts(name, item).into_iter().map(PathBuf::from).collect();
                }
                "kubernetes-version" => files.kubernetes_version = reader.word(name, item, minor),
                "no-exec" => match item.get_ref().as_bool() {
                    Some(yes) => files.no_exec = yes,
                    None => reader.expected(item, name, "true or false"),
                },
                _ if files.beside.read(reader, name, item) => {}
                _ => {
                    let known = [KEYS, Beside::KEYS].concat();
                    reader.unknown(key.span().start, "setting", name, &known);
                }
            }
        }
        files.beside.check(reader, table.get("provider").map_or(0, |item| item.span().start));
        files
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        for path in self.paths.iter_mut().filter(|path| path.as_os_str() != "-") {
            *path = configuration.with_file_name("").join(&*path);
        }
        self.beside.beside(configuration);
    }

    /// How the images are read that the manifests name, if they are.
    pub(super) fn images(&self) -> Option<image::Beside> {
        self.beside.to_read(self.no_exec)
    }

    pub(super) fn to_read(&self) -> kubernetes::Manifests {
        kubernetes::Manifests {
            paths: self.paths.clone(),
            name: self.name.clone(),
            minor: self.kubernetes_version.unwrap_or(NEWEST_MINOR),
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        let Self { paths, name, kubernetes_version, beside, no_exec: _ } = self;
        let images = if beside.images { format!(" {beside:?}") } else { String::new() };
        format!("manifests {paths:?} {name:?} {kubernetes_version:?}{images}")
    }
}

/// Whether a scope of an interrupted audit need not be read again. Files are read in a moment, and a cluster is read in seconds.
pub(super) fn is_whole(_: &Scope) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_given_as_people_write_it() {
        for text in ["1.33", "v1.33", "1.33.2", "v1.33.2-eks-1234"] {
            assert_eq!(minor(text), Ok(33), "{text}");
        }
        for text in ["", "33", "2.0", "1.x", "1.99", "1.32", "1.20"] {
            assert!(minor(text).is_err(), "{text}");
        }
    }
}
