//! What the command knows about Docker: its arguments and its targets in `posture.toml`.

use std::path::{Path, PathBuf};

use clap::Args;
use posture::docker;
use posture_core::scope::Scope;

use crate::args::Common;
use crate::config::reader::{Reader, Table};
use crate::typed::Words;

/// `posture audit docker`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Docker")]
pub(crate) struct Files {
    /// Output of `docker inspect` or `docker info`, Compose files, daemon.json, folders; `-` reads standard input.
    #[arg(value_name = "PATH", required_unless_present_any = ["file", "socket"])]
    pub(crate) paths: Vec<PathBuf>,
    /// Compose file that is merged with the others given so, as by `docker compose --file`.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Vec<PathBuf>,
    /// Socket of a running engine, such as /var/run/docker.sock; it is read by GET requests alone.
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// Name of the host or application, which identifies it in the history and in finding IDs [default: the paths].
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// File with the values of variables in Compose files, such as .env; without it they are not known.
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// Flags of dockerd, as its unit or `ps` shows them, or '' for none; without it they are not known.
    #[arg(long, value_name = "FLAGS", allow_hyphen_values = true)]
    pub(crate) dockerd_flags: Option<String>,
}

impl Audit {
    pub(super) fn typed(&self, command: Words) -> Words {
        let Files { paths, file, socket, name, env_file, dockerd_flags } = &self.files;
        command
            .operands(paths.iter().map(AsRef::as_ref))
            .paths("file", file.iter().map(AsRef::as_ref))
            .paths("socket", socket.as_deref())
            .each("name", name)
            .paths("env-file", env_file.as_deref())
            .each("dockerd-flags", dockerd_flags)
    }

    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }
}

impl Files {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] =
            &["name", "provider", "paths", "compose-files", "socket", "env-file", "dockerd-flags"];
        let mut files = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let paths = |texts: Vec<String>| texts.into_iter().map(PathBuf::from).collect();
            match name {
                "provider" => {}
                "name" => files.name = reader.owned(name, item),
                "paths" => files.paths = paths(reader.texts(name, item)),
                "compose-files" => files.file = paths(reader.texts(name, item)),
                "socket" => files.socket = reader.owned(name, item).map(PathBuf::from),
                "env-file" => files.env_file = reader.owned(name, item).map(PathBuf::from),
                "dockerd-flags" => files.dockerd_flags = reader.owned(name, item),
                _ => reader.unknown(key.span().start, "setting", name, KEYS),
            }
        }
        files
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        let all = self.paths.iter_mut().chain(&mut self.file).chain(&mut self.env_file);
        let all = all.chain(&mut self.socket);
        for path in all.filter(|path| path.as_os_str() != "-") {
            *path = configuration.with_file_name("").join(&*path);
        }
    }

    pub(super) fn to_read(&self) -> docker::Docker {
        docker::Docker {
            paths: self.paths.clone(),
            files: self.file.clone(),
            socket: self.socket.clone(),
            name: self.name.clone(),
            env_file: self.env_file.clone(),
            dockerd_flags: self.dockerd_flags.clone(),
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        let Self { paths, file, socket, name, env_file, dockerd_flags } = self;
        format!("docker {paths:?} {file:?} {socket:?} {name:?} {env_file:?} {dockerd_flags:?}")
    }
}

/// Whether a scope of an interrupted audit need not be read again. Files are read in a moment.
pub(super) fn is_whole(_: &Scope) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config;
    use crate::providers::Target;

    fn target(text: &str) -> Result<Target, String> {
        let text = format!("[[target]]\nprovider = \"docker\"\n{text}");
        let config = config::parse(&text, Catalogue::default());
        let mut targets = config.map_err(|mistakes| mistakes.join("\n"))?.targets;
        Ok(targets.remove(0).target)
    }

    #[test]
    fn a_target_names_its_files_beside_the_configuration() {
        let text = "name = \"shop\"\npaths = [\"info.json\", \"-\"]\ncompose-files = [\"a.yaml\", \"/b.yaml\"]\n\
                    env-file = \".env\"\ndockerd-flags = \"\"";
        let Ok(Target::Docker(mut files)) = target(text) else { panic!("{:?}", target(text)) };
        files.beside(Path::new("folder/posture.toml"));
        let read = files.to_read();
        assert_eq!(read.paths, [Path::new("folder/info.json"), Path::new("-")]);
        assert_eq!(read.files, [Path::new("folder/a.yaml"), Path::new("/b.yaml")]);
        assert_eq!(read.env_file.as_deref(), Some(Path::new("folder/.env")));
        assert_eq!((read.name.as_deref(), read.dockerd_flags.as_deref()), (Some("shop"), Some("")));
        assert!(target("path = \"a\"").unwrap_err().contains("paths"));
    }
}
