//! What the command knows about container images: its arguments and its targets in `posture.toml`.

mod demo;

use std::path::{Path, PathBuf};

use clap::Args;
use posture::image::{self, Images, Platform, Reference, Registries, cache, database};
use posture_core::scope::Scope;

use crate::args::Common;
use crate::config::reader::{Reader, Table};
use crate::error::Failure;
use crate::providers::given::Given;
use crate::typed::Words;
pub(super) use demo::Demo;

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
    /// Images of registries, such as ghcr.io/example/app:1.2; OCI layouts, as folders or tar files; archives of `docker save`.
    /// What exists as a file or folder is read there; write ./NAME for one that may not exist.
    #[arg(value_name = "REF|PATH", required_unless_present = "sbom")]
    pub(crate) images: Vec<String>,
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
    /// Public key in PEM, of which one has to have signed an image of a registry.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// Identity of a certificate, of which one has to have signed an image of a registry: an email address or a URI, which may
    /// end in /*.
    #[arg(long, value_name = "IDENTITY", requires = "certificate_oidc_issuer")]
    pub(crate) certificate_identity: Vec<String>,
    /// Issuer of the identities: the URL of an OpenID Connect provider.
    #[arg(long, value_name = "URL", requires = "certificate_identity")]
    pub(crate) certificate_oidc_issuer: Option<String>,
    /// Run no credential helper of Docker's configuration; helpers are programs.
    #[arg(long)]
    pub(crate) no_exec: bool,
    /// Read registries on this machine over plain HTTP.
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Trusted root of Sigstore, by which signatures with a certificate are verified: a trusted_root.json [default: that of the
    /// public instance, compiled in].
    #[arg(long, value_name = "FILE", requires = "certificate_identity")]
    pub(crate) trusted_root: Option<PathBuf>,
    /// Read images anew that were seen already, and keep nothing of them.
    #[arg(long)]
    pub(crate) no_cache: bool,
    #[command(flatten)]
    pub(crate) given: Given,
}

/// What an operand of the command stands for: what exists as a file, or is written like one, is one.
fn is_path(text: &str) -> bool {
    const ENDINGS: [&str; 5] = [".tar", ".tgz", ".gz", ".zst", ".oci"];
    let written = text.starts_with(['.', '/', '~']) || text.contains('\\');
    written || ENDINGS.iter().any(|ending| text.ends_with(ending)) || Path::new(text).exists()
}

/// One image, read for another purpose than an audit.
pub(crate) fn one(
    image: String,
    platform: Option<Platform>,
    no_exec: bool,
    plain_http: bool,
) -> Images {
    let files = Files { images: vec![image], platform, no_exec, plain_http, ..Files::default() };
    files.to_read()
}

pub(crate) fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).ok_or_else(|| "expected one such as linux/arm64".to_owned())
}

impl Audit {
    pub(super) fn typed(&self, command: Words) -> Words {
        let Files {
            images,
            name,
            platform,
            database,
            exploited,
            max_database_age,
            ignore_unfixed,
            key,
            certificate_identity,
            certificate_oidc_issuer,
            no_exec,
            plain_http,
            trusted_root,
            no_cache,
            given,
        } = &self.files;
        let command = command
            .operands(images.iter().map(Path::new))
            .each("name", name)
            .each("platform", platform.iter().map(ToString::to_string))
            .paths("database", database.as_deref())
            .paths("exploited", exploited.as_deref())
            .each("max-database-age", max_database_age.iter().map(ToString::to_string))
            .flag("ignore-unfixed", *ignore_unfixed)
            .paths("key", key.iter().map(PathBuf::as_path))
            .each("certificate-identity", certificate_identity)
            .each("certificate-oidc-issuer", certificate_oidc_issuer)
            .flag("no-exec", *no_exec)
            .flag("plain-http", *plain_http)
            .paths("trusted-root", trusted_root.as_deref())
            .flag("no-cache", *no_cache);
        given.typed(command)
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
            "images",
            "paths",
            "platform",
            "database",
            "exploited",
            "max-database-age",
            "ignore-unfixed",
            "keys",
            "certificate-identities",
            "certificate-oidc-issuer",
            "no-exec",
            "plain-http",
            "trusted-root",
            "no-cache",
            "vex",
            "sboms",
            "reports",
            "epss",
        ];
        let mut files = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "provider" => {}
                "name" => files.name = reader.owned(name, item),
                "images" => files.images.extend(reader.texts(name, item)),
                "paths" => {
                    let paths = reader.texts(name, item).into_iter();
                    // A name alone is one of a registry as well.
                    files.images.extend(paths.map(|path| match is_path(&path) {
                        true => path,
                        false => format!("./{path}"),
                    }));
                }
                "keys" => {
                    files.key = reader.texts(name, item).into_iter().map(PathBuf::from).collect();
                }
                "certificate-identities" => files.certificate_identity = reader.texts(name, item),
                "certificate-oidc-issuer" => {
                    files.certificate_oidc_issuer = reader.owned(name, item);
                }
                "trusted-root" => {
                    files.trusted_root = reader.owned(name, item).map(PathBuf::from);
                }
                "no-exec" | "plain-http" | "no-cache" => match item.get_ref().as_bool() {
                    Some(yes) if name == "no-exec" => files.no_exec = yes,
                    Some(yes) if name == "no-cache" => files.no_cache = yes,
                    Some(yes) => files.plain_http = yes,
                    None => reader.expected(item, name, "true or false"),
                },
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
                _ if files.given.read(reader, name, item) => {}
                _ => reader.unknown(key.span().start, "setting", name, KEYS),
            }
        }
        files
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        let all = self.database.iter_mut().chain(&mut self.exploited).chain(&mut self.key);
        let all = all.chain(&mut self.trusted_root);
        for path in all {
            *path = configuration.with_file_name("").join(&*path);
        }
        self.given.beside(configuration);
        for image in self.images.iter_mut().filter(|image| is_path(image)) {
            let path = configuration.with_file_name("").join(&*image);
            if let Some(text) = path.to_str() {
                text.clone_into(image);
            }
        }
    }

    pub(super) fn to_read(&self) -> Images {
        let usual = Images::default();
        let (mut paths, mut references) = (Vec::new(), Vec::new());
        for text in &self.images {
            match Reference::parse(text) {
                Ok(reference) if !is_path(text) => references.push(reference),
                // What is neither is a file that cannot be read.
                Ok(_) | Err(_) => paths.push(PathBuf::from(text)),
            }
        }
        let issuer = self.certificate_oidc_issuer.clone().unwrap_or_default();
        let identities = self.certificate_identity.iter();
        let registries = Registries {
            references,
            docker_config: None,
            no_exec: self.no_exec,
            plain_http: self.plain_http,
            keys: self.key.clone(),
            identities: identities.map(|one| (one.clone(), issuer.clone())).collect(),
            trusted_root: self.trusted_root.clone(),
        };
        Images {
            paths,
            registries,
            name: self.name.clone(),
            platform: self.platform.clone().unwrap_or(usual.platform),
            database: self.database.clone().or_else(usual_database),
            exploited: self.exploited.clone(),
            max_database_age_days: self.max_database_age.unwrap_or(database::MAX_AGE_DAYS),
            ignore_unfixed: self.ignore_unfixed,
            documents: self.given.to_read(),
            cache: if self.no_cache { None } else { usual_cache() },
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        format!("image {self:?}")
    }
}

/// An error of an audit of images as one of the command.
pub(super) fn failure(what: String, error: &image::Error) -> Failure {
    let image::Error::Access(cause) = error;
    Failure::usage(format!("{what}: {cause}"))
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

/// Where images that were seen are kept: beside the usual database.
fn usual_cache() -> Option<PathBuf> {
    Some(place_of_database()?.with_file_name(cache::FOLDER))
}

pub(super) fn usual_database() -> Option<PathBuf> {
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
        let text = "images = [\"ghcr.io/a/b:1\"]\nkeys = [\"k.pub\"]\nno-exec = true\nno-cache = true\ntrusted-root = \"root.json\"\ncertificate-identities = [\"a@example.com\"]\n\
                    certificate-oidc-issuer = \"https://example.com\"";
        let Ok(Target::Image(mut files)) = target(text) else { panic!("{:?}", target(text)) };
        files.beside(Path::new("folder/posture.toml"));
        assert_eq!(files.to_read().cache, None);
        let read = files.to_read().registries;
        assert_eq!(read.trusted_root.as_deref(), Some(Path::new("folder/root.json")));
        assert_eq!(read.references[0].to_string(), "ghcr.io/a/b:1");
        assert_eq!((read.keys[0].as_path(), read.no_exec), (Path::new("folder/k.pub"), true));
        let identity = ("a@example.com".to_owned(), "https://example.com".to_owned());
        assert_eq!(read.identities, [identity]);
        let text =
            "sboms = [\"a.json\"]\nvex = [\"v.json\"]\nreports = [\"t.json\"]\nepss = \"e.csv\"";
        let Ok(Target::Image(mut files)) = target(text) else { panic!("{:?}", target(text)) };
        files.beside(Path::new("folder/posture.toml"));
        let read = files.to_read().documents;
        assert_eq!(read.sboms, [Path::new("folder/a.json")]);
        assert_eq!(read.vex, [Path::new("folder/v.json")]);
        assert_eq!(read.reports, [Path::new("folder/t.json")]);
        assert_eq!(read.epss.as_deref(), Some(Path::new("folder/e.csv")));
        assert!(target("vex = \"v.json\"").is_err());
        assert!(target("path = \"a\"").unwrap_err().contains("paths"));
        assert!(target("platform = \"arm64\"").unwrap_err().contains("linux/arm64"));
        assert!(target("ignore-unfixed = 1").unwrap_err().contains("true or false"));
    }
}
