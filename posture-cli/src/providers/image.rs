//! What the command knows about container images: its arguments and its targets in `posture.toml`.

use std::path::{Path, PathBuf};

use clap::Args;
use posture::image::{Images, Platform, database};
use posture_core::scope::Scope;

use crate::args::Common;
use crate::config::reader::{Reader, Table};
use crate::typed::Words;

/// `posture audit image`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Images")]
pub(crate) struct Files {
    /// OCI layouts, as folders or tar files, and archives of `docker save`.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Name of the image, which identifies it in the history and in finding IDs [default: its path].
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Platform that is chosen where an image is for several [default: linux/amd64].
    #[arg(long, value_name = "OS/ARCH", value_parser = platform)]
    pub(crate) platform: Option<Platform>,
    /// Database of vulnerabilities [default: that of `posture db update`, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) database: Option<PathBuf>,
    /// Catalog of exploited vulnerabilities of CISA [default: the one beside the database, if it exists].
    #[arg(long, value_name = "FILE")]
    pub(crate) exploited: Option<PathBuf>,
    /// Days that the database may be old; an older one never shows that there are no vulnerabilities [default: 7].
    #[arg(long, value_name = "DAYS")]
    pub(crate) max_database_age: Option<u32>,
    /// Do not judge vulnerabilities that no version fixes.
    #[arg(long)]
    pub(crate) ignore_unfixed: bool,
}

fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).ok_or_else(|| "expected one such as linux/arm64".to_owned())
}

impl Audit {
    pub(super) fn typed(&self, command: Words) -> Words {
        let Files { paths, name, platform, database, exploited, max_database_age, ignore_unfixed } =
            &self.files;
        command
            .operands(paths.iter().map(AsRef::as_ref))
            .each("name", name)
            .each("platform", platform.iter().map(ToString::to_string))
            .paths("database", database.as_deref())
            .paths("exploited", exploited.as_deref())
            .each("max-database-age", max_database_age.iter().map(ToString::to_string))
            .flag("ignore-unfixed", *ignore_unfixed)
    }

    pub(super) fn files(&self) -> Files {
        self.files.clone()
    }
}

impl Files {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] = &[
            "name",
            "provider",
            "paths",
            "platform",
            "database",
            "exploited",
            "max-database-age",
            "ignore-unfixed",
        ];
        let mut files = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "provider" => {}
                "name" => files.name = reader.owned(name, item),
                "paths" => {
                    files.paths = reader.texts(name, item).into_iter().map(PathBuf::from).collect();
                }
                "platform" => files.platform = reader.word(name, item, platform),
                "database" => files.database = reader.owned(name, item).map(PathBuf::from),
                "exploited" => files.exploited = reader.owned(name, item).map(PathBuf::from),
                "max-database-age" => {
                    files.max_database_age = reader.count(name, item, "a number of days", 0);
                }
                "ignore-unfixed" => match item.get_ref().as_bool() {
                    Some(ignore) => files.ignore_unfixed = ignore,
                    None => reader.expected(item, name, "true or false"),
                },
                _ => reader.unknown(key.span().start, "setting", name, KEYS),
            }
        }
        files
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        let all = self.paths.iter_mut().chain(&mut self.database).chain(&mut self.exploited);
        for path in all {
            *path = configuration.with_file_name("").join(&*path);
        }
    }

    pub(super) fn to_read(&self) -> Images {
        let usual = Images::default();
        Images {
            paths: self.paths.clone(),
            name: self.name.clone(),
            platform: self.platform.clone().unwrap_or(usual.platform),
            database: self.database.clone().or_else(usual_database),
            exploited: self.exploited.clone(),
            max_database_age_days: self.max_database_age.unwrap_or(database::MAX_AGE_DAYS),
            ignore_unfixed: self.ignore_unfixed,
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        let Self { paths, name, platform, database, exploited, max_database_age, ignore_unfixed } =
            self;
        format!(
            "image {paths:?} {name:?} {platform:?} {database:?} {exploited:?} {max_database_age:?} {ignore_unfixed}"
        )
    }
}

/// Whether a scope of an interrupted audit need not be read again. The file may be another one by now.
pub(super) fn is_whole(_: &Scope) -> bool {
    false
}

/// Where the database is if no other place is named: in the folder for what a program can make anew.
pub(crate) fn place_of_database() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
    };
    let cache = match cfg!(windows) {
        true => folder("LOCALAPPDATA"),
        false => folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache"))),
    };
    Some(cache?.join("posture").join(database::FILE))
}

fn usual_database() -> Option<PathBuf> {
    place_of_database().filter(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config;
    use crate::providers::Target;

    fn target(text: &str) -> Result<Target, String> {
        let text = format!("[[target]]\nprovider = \"image\"\n{text}");
        let config = config::parse(&text, Catalogue::default());
        let mut targets = config.map_err(|mistakes| mistakes.join("\n"))?.targets;
        Ok(targets.remove(0).target)
    }

    #[test]
    fn a_target_names_its_files_beside_the_configuration() {
        let text = "name = \"web\"\npaths = [\"web.tar\", \"/b\"]\nplatform = \"linux/arm64\"\ndatabase = \"v.db\"\n\
                    max-database-age = 3\nignore-unfixed = true";
        let Ok(Target::Image(mut files)) = target(text) else { panic!("{:?}", target(text)) };
        files.beside(Path::new("folder/posture.toml"));
        let read = files.to_read();
        assert_eq!(read.paths, [Path::new("folder/web.tar"), Path::new("/b")]);
        assert_eq!(read.database.as_deref(), Some(Path::new("folder/v.db")));
        assert_eq!((read.name.as_deref(), read.max_database_age_days), (Some("web"), 3));
        assert_eq!((read.platform.architecture.as_str(), read.ignore_unfixed), ("arm64", true));
        assert!(target("path = \"a\"").unwrap_err().contains("paths"));
        assert!(target("platform = \"arm64\"").unwrap_err().contains("linux/arm64"));
        assert!(target("ignore-unfixed = 1").unwrap_err().contains("true or false"));
    }
}
