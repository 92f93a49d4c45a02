//! `--images`: the images that another target names, audited in the same run.

use std::path::{Path, PathBuf};

use clap::Args;
use posture::image::{self, Images, MOST, NEWEST, Platform, Registries, database};

use super::image::{platform, usual_database};
use crate::config::reader::{Item, Reader};
use crate::typed::Words;

/// Whether and how the images of a target are audited.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Images")]
pub(crate) struct Beside {
    /// Audit the images that it names as well.
    ///
    /// Each distinct one once: what runs by the digest that the nodes report, the rest by what their tags lead to.
    #[arg(long)]
    pub(crate) images: bool,
    /// The most images; those beyond are unknown [default: 200].
    #[arg(long, hide_short_help = true, value_name = "COUNT", requires = "images")]
    pub(crate) max_images: Option<u32>,
    /// Platform where no node has another one [default: linux/amd64].
    #[arg(long, hide_short_help = true, value_name = "OS/ARCH", value_parser = platform, requires = "images")]
    pub(crate) platform: Option<Platform>,
    /// Database of vulnerabilities [default: that of `posture db update`, if it exists].
    #[arg(long, hide_short_help = true, value_name = "FILE", requires = "images")]
    pub(crate) database: Option<PathBuf>,
    /// Catalog of exploited vulnerabilities of CISA [default: the one beside the database, if it exists].
    #[arg(long, hide_short_help = true, value_name = "FILE", requires = "images")]
    pub(crate) exploited: Option<PathBuf>,
    /// Days that the database may be old; an older one never shows that there are no vulnerabilities [default: 7].
    #[arg(long, hide_short_help = true, value_name = "DAYS", requires = "images")]
    pub(crate) max_database_age: Option<u32>,
    /// Do not judge vulnerabilities that no version fixes.
    #[arg(long, hide_short_help = true, requires = "images")]
    pub(crate) ignore_unfixed: bool,
    /// Public key in PEM, of which one has to have signed each image.
    #[arg(long, hide_short_help = true, value_name = "FILE", requires = "images")]
    pub(crate) key: Vec<PathBuf>,
    /// Identity of a certificate, of which one has to have signed each image: an email address or a URI, which may end in /*.
    #[arg(
        long,
        hide_short_help = true,
        value_name = "IDENTITY",
        requires = "images",
        requires = "certificate_oidc_issuer"
    )]
    pub(crate) certificate_identity: Vec<String>,
    /// Issuer of the identities: the URL of an OpenID Connect provider.
    #[arg(long, hide_short_help = true, value_name = "URL", requires = "certificate_identity")]
    pub(crate) certificate_oidc_issuer: Option<String>,
    /// Read registries on this machine over plain HTTP.
    #[arg(long, hide_short_help = true, requires = "images")]
    pub(crate) plain_http: bool,
    /// How many images of each repository of an account are read; the clouds have an option for it.
    #[arg(skip)]
    pub(crate) newest: Option<u32>,
}

/// `--newest-images`, of the clouds.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Images")]
pub(crate) struct Newest {
    /// Newest images that are read of each repository [default: 3].
    #[arg(long, hide_short_help = true, value_name = "COUNT", requires = "images")]
    newest_images: Option<u32>,
}

impl Beside {
    /// The same, of the newest images of each repository.
    pub(super) fn of_newest(&self, of: &Newest) -> Self {
        Self { newest: of.newest_images, ..self.clone() }
    }

    /// The settings of a `[[target]]` that are about its images.
    pub(super) const KEYS: &'static [&'static str] = &[
        "images",
        "max-images",
        "platform",
        "database",
        "exploited",
        "max-database-age",
        "ignore-unfixed",
        "keys",
        "certificate-identities",
        "certificate-oidc-issuer",
        "plain-http",
    ];

    pub(super) fn typed(&self, command: Words) -> Words {
        let Self {
            images,
            max_images,
            platform,
            database,
            exploited,
            max_database_age,
            ignore_unfixed,
            key,
            certificate_identity,
            certificate_oidc_issuer,
            plain_http,
            newest,
        } = self;
        command
            .flag("images", *images)
            .each("newest-images", newest.iter().map(ToString::to_string))
            .each("max-images", max_images.iter().map(ToString::to_string))
            .each("platform", platform.iter().map(ToString::to_string))
            .paths("database", database.as_deref())
            .paths("exploited", exploited.as_deref())
            .each("max-database-age", max_database_age.iter().map(ToString::to_string))
            .flag("ignore-unfixed", *ignore_unfixed)
            .paths("key", key.iter().map(PathBuf::as_path))
            .each("certificate-identity", certificate_identity)
            .each("certificate-oidc-issuer", certificate_oidc_issuer)
            .flag("plain-http", *plain_http)
    }

    /// Reads a setting of a `[[target]]`, if it is one of these.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, name: &str, item: &Item<'_>) -> bool {
        let flag = |reader: &mut Reader<'_>| {
            let given = item.get_ref().as_bool();
            if given.is_none() {
                reader.expected(item, name, "true or false");
            }
            given.unwrap_or(false)
        };
        match name {
            "images" => self.images = flag(reader),
            "max-images" => self.max_images = reader.count(name, item, "a number of images", 1),
            "platform" => self.platform = reader.word(name, item, platform),
            "database" => self.database = reader.owned(name, item).map(PathBuf::from),
            "exploited" => self.exploited = reader.owned(name, item).map(PathBuf::from),
            "max-database-age" => {
                self.max_database_age = reader.count(name, item, "a number of days", 0);
            }
            "ignore-unfixed" => self.ignore_unfixed = flag(reader),
            "keys" => {
                self.key = reader.texts(name, item).into_iter().map(PathBuf::from).collect();
            }
            "certificate-identities" => self.certificate_identity = reader.texts(name, item),
            "certificate-oidc-issuer" => {
                self.certificate_oidc_issuer = reader.owned(name, item);
            }
            "plain-http" => self.plain_http = flag(reader),
            _ => return false,
        }
        true
    }

    /// Reports settings that have no effect as they are.
    pub(super) fn check(&self, reader: &mut Reader<'_>, place: usize) {
        let other = Self { images: self.images, ..Self::default() };
        if !self.images && *self != other {
            reader.mistake(place, "the settings of images need `images = true`".to_owned());
        }
        if self.certificate_identity.is_empty() != self.certificate_oidc_issuer.is_none() {
            let what = "`certificate-identities` and `certificate-oidc-issuer` need each other";
            reader.mistake(place, what.to_owned());
        }
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(super) fn beside(&mut self, configuration: &Path) {
        let all = self.database.iter_mut().chain(&mut self.exploited).chain(&mut self.key);
        for path in all {
            *path = configuration.with_file_name("").join(&*path);
        }
    }

    /// How the images are read; none where they are not.
    pub(super) fn to_read(&self, no_exec: bool) -> Option<image::Beside> {
        if !self.images {
            return None;
        }
        let usual = Images::default();
        let issuer = self.certificate_oidc_issuer.clone().unwrap_or_default();
        let identities = self.certificate_identity.iter();
        let registries = Registries {
            no_exec,
            plain_http: self.plain_http,
            keys: self.key.clone(),
            identities: identities.map(|one| (one.clone(), issuer.clone())).collect(),
            ..Registries::default()
        };
        let reading = Images {
            registries,
            platform: self.platform.clone().unwrap_or(usual.platform),
            database: self.database.clone().or_else(usual_database),
            exploited: self.exploited.clone(),
            max_database_age_days: self.max_database_age.unwrap_or(database::MAX_AGE_DAYS),
            ignore_unfixed: self.ignore_unfixed,
            ..Images::default()
        };
        let most = self.max_images.map_or(MOST, |most| most as usize);
        let newest = self.newest.map_or(NEWEST, |newest| newest as usize);
        Some(image::Beside { reading, most, newest })
    }
}

/// The target, with its images if they are read.
pub(super) fn with(
    target: impl Into<posture::Target>,
    how: Option<image::Beside>,
) -> posture::Target {
    match how {
        Some(how) => target.into().with_images(how),
        None => target.into(),
    }
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config;
    use crate::providers::Target;

    fn target(text: &str) -> Result<Target, String> {
        let text = format!("[[target]]\nprovider = \"kubernetes\"\n{text}");
        let config = config::parse(&text, Catalogue::default());
        let mut targets = config.map_err(|mistakes| mistakes.join("\n"))?.targets;
        Ok(targets.remove(0).target)
    }

    #[test]
    fn a_target_says_how_its_images_are_read() {
        let settings = "images = true\nmax-images = 7\nplatform = \"linux/arm64\"\ndatabase = \"v.db\"\n\
            max-database-age = 3\nignore-unfixed = true\nkeys = [\"k.pub\"]\nno-exec = true\nplain-http = true\n\
            certificate-identities = [\"a@example.com\"]\ncertificate-oidc-issuer = \"https://example.com\"";
        for place in ["", "manifests = [\"k8s\"]\n"] {
            let mut target = target(&format!("{place}{settings}")).unwrap();
            target.beside(Path::new("folder/posture.toml"));
            let posture::Target::WithImages(_, how) = target.to_read() else {
                panic!("{target:?}")
            };
            assert_eq!((how.most, how.reading.platform.architecture.as_str()), (7, "arm64"));
            assert_eq!(how.reading.database.as_deref(), Some(Path::new("folder/v.db")));
            assert_eq!((how.reading.max_database_age_days, how.reading.ignore_unfixed), (3, true));
            let of = &how.reading.registries;
            assert_eq!((of.no_exec, of.plain_http), (true, true));
            assert_eq!(of.keys, [Path::new("folder/k.pub")]);
            let identity = ("a@example.com".to_owned(), "https://example.com".to_owned());
            assert_eq!(of.identities, [identity]);
            assert!(of.references.is_empty() && how.reading.paths.is_empty());
        }
        let plain = target("manifests = [\"k8s\"]").unwrap().to_read();
        assert!(matches!(plain, posture::Target::Manifests(_)));
    }

    #[test]
    fn settings_without_effect_are_mistakes() {
        for (text, words) in [
            ("images = [\"a\"]", "`images` must be true or false"),
            ("max-images = 0\nimages = true", "a number of images"),
            ("database = \"v.db\"", "need `images = true`"),
            ("images = true\ncertificate-oidc-issuer = \"https://a\"", "need each other"),
            ("images = true\nplatform = \"arm64\"", "linux/arm64"),
        ] {
            for place in ["", "manifests = [\"k8s\"]\n"] {
                let mistakes = target(&format!("{place}{text}")).unwrap_err();
                assert!(mistakes.contains(words), "{text}: {mistakes}");
            }
        }
    }
}
