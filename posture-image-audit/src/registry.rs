//! Images in registries: how they are reached, and the policy by which signatures are verified.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use posture_collect::files::shown;
use posture_image::image::Options as Reading;
use posture_image::manifest::Platform;
use posture_image::reference::Reference;
use posture_model::gap::{Gap, Reason};
use posture_model::resource::Vulnerability;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use posture_registry::{AzureHeld, Client, DockerConfig, Error, Why};
pub use posture_registry::{Login, Secret};
use posture_signature::{Identity, Policy, PublicKey, TrustedRoot};

use crate::attached;
use crate::info::CONFIGURATION;
use crate::read::{Found, Input, closed};
use crate::trust;

/// Which images of registries are read, and who has to have signed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registries {
    /// The images.
    pub references: Vec<Reference>,
    /// Docker's configuration with credentials; that of this user if none is named.
    pub docker_config: Option<PathBuf>,
    /// Whether credential helpers, which are programs that the configuration names, are not run.
    pub no_exec: bool,
    /// Whether registries on this machine are read over plain HTTP.
    pub plain_http: bool,
    /// Files with public keys in PEM, of which one has to have signed an image.
    pub keys: Vec<PathBuf>,
    /// Identities of certificates, each with its issuer, of which one has to have signed an image.
    pub identities: Vec<(String, String)>,
    /// A `trusted_root.json` of Sigstore, by which signatures with a certificate are verified; that of the public instance which is
    /// compiled in if none is named.
    pub trusted_root: Option<PathBuf>,
}

/// Why registries cannot be read as the options say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccessError(String);

/// The most bytes of a file with a public key, and of one with a trusted root.
const KEY_BYTES: u64 = 64 * 1024;
const ROOT_BYTES: u64 = 1 << 20;

/// The way to registries.
#[derive(Clone, Debug)]
pub struct Access {
    client: Client,
    policy: Policy,
    platform: Platform,
}

impl Access {
    /// Reads the keys, the trusted root and Docker's configuration. Nothing is connected to.
    ///
    /// # Errors
    /// A key, an identity, the trusted root or the configuration cannot be used.
    pub fn open(of: &Registries) -> Result<Self, AccessError> {
        Self::open_with(of, BTreeMap::new())
    }

    /// The same, with credentials of registries, by their hosts. They go before those of Docker's configuration.
    ///
    /// # Errors
    /// A key, an identity, the trusted root or the configuration cannot be used.
    pub fn open_with(
        of: &Registries,
        logins: BTreeMap<String, Login>,
    ) -> Result<Self, AccessError> {
        let Registries { docker_config, no_exec, plain_http, .. } = of;
        let policy = policy(of)?;
        let usual = || DockerConfig::default_path(|name| std::env::var_os(name));
        let config = match docker_config.clone().or_else(usual) {
            Some(path) => Some(DockerConfig::read(&path).map_err(|error| {
                AccessError(format!("cannot use {}: {}", error.path, error.why))
            })?),
            None => None,
        };
        let client = Client::new(posture_registry::Options {
            logins,
            config,
            no_exec: *no_exec,
            plain_loopback: *plain_http,
            ..posture_registry::Options::default()
        });
        Ok(Self { client, policy, platform: Reading::new([0; 32]).platform })
    }

    /// The platform that is chosen where an image is for several; that of the default options otherwise.
    #[must_use]
    pub fn for_platform(self, platform: Platform) -> Self {
        Self { platform, ..self }
    }

    /// What a reader of the result should know of how signatures are verified: by which trusted root, and how old that is.
    pub fn note(&self, now: Time) -> Option<String> {
        if self.policy.identities.is_empty() {
            return None;
        }
        let now = u64::try_from(now.unix()).unwrap_or_default();
        let root = match &self.policy.root {
            Some(root) => root.used().aged(now),
            None => TrustedRoot::compiled().ok()?.used().aged(now),
        };
        Some(format!("signatures with a certificate are verified by the trusted root: {root}"))
    }

    /// The newest images of a registry in Azure that have a tag, by their digests, for the holder of a token of Azure Resource Manager;
    /// what they are read with; and what could not be read.
    pub async fn azure_images(
        &self,
        host: &str,
        token: &Secret,
        newest: usize,
    ) -> (Vec<String>, Option<Login>, Vec<Gap>) {
        let AzureHeld { images, login, errors } =
            self.client.azure_images(host, token, newest).await;
        let gaps = errors.iter().map(|error| gap(CONFIGURATION, host, error)).collect();
        (images, login, gaps)
    }

    /// The image of a reference, with what is attached to it if that is wanted. What cannot be read is a scope of which nothing is
    /// known.
    pub async fn input(&self, reference: &Reference, wanted: &Wanted, now: Time) -> Found {
        let id = reference.to_string();
        let remote = match self.client.image(reference).await {
            Ok(remote) => remote,
            Err(error) => return Err(Box::new(closed(&id, gap(CONFIGURATION, &id, &error), now))),
        };
        let is_wanted = wanted.any(trust::FACTS) || wanted.fact(Vulnerability::STATEMENTS);
        let trust = match is_wanted {
            true => {
                attached::read(&self.client, reference, &remote, &self.policy, &self.platform).await
            }
            false => trust::Trust::unread(&Gap::not_collected()),
        };
        let named = remote.named.clone();
        Ok(Input { id, blobs: Arc::new(remote), named, trust })
    }
}

/// Checks the keys, identities and the trusted root where no registry is read: one that cannot be used is a mistake all the same.
///
/// # Errors
/// A key, an identity or the trusted root cannot be used.
pub fn check(of: &Registries) -> Result<(), AccessError> {
    policy(of).map(|_| ())
}

fn policy(of: &Registries) -> Result<Policy, AccessError> {
    let keys = of.keys.iter().map(|path| key(path)).collect::<Result<Vec<_>, _>>()?;
    let identity = |(identity, issuer): &(String, String)| {
        Identity::new(identity, issuer).map_err(|error| AccessError(error.to_string()))
    };
    let identities = of.identities.iter().map(identity).collect::<Result<Vec<_>, _>>()?;
    let mut policy = Policy::new(keys, identities);
    policy.root = of.trusted_root.as_deref().map(root).transpose()?;
    Ok(policy)
}

fn key(path: &Path) -> Result<PublicKey, AccessError> {
    let pem = small(path, KEY_BYTES)?;
    PublicKey::from_pem(&shown(path), &pem).map_err(|error| AccessError(error.to_string()))
}

fn root(path: &Path) -> Result<TrustedRoot, AccessError> {
    let json = small(path, ROOT_BYTES)?;
    TrustedRoot::from_json(&shown(path), &json).map_err(|error| AccessError(error.to_string()))
}

fn small(path: &Path, most: u64) -> Result<Vec<u8>, AccessError> {
    let failed = |error: std::io::Error| AccessError(format!("{}: {error}", shown(path)));
    let size = std::fs::metadata(path).map_err(failed)?;
    if !size.is_file() || size.len() > most {
        return Err(AccessError(format!("{}: not a file of at most {most} bytes", shown(path))));
    }
    std::fs::read(path).map_err(failed)
}

/// An error of a registry as a gap of a scope.
pub(crate) fn gap(action: &str, target: &str, error: &Error) -> Gap {
    let reason = match &error.why {
        Why::SignIn(_) => Reason::Credentials,
        Why::Denied(_) => Reason::Denied,
        Why::Throttled { .. } => Reason::Throttled,
        Why::Server { .. } => Reason::ServerError,
        Why::TimedOut(_) => Reason::TimedOut,
        Why::Truncated { .. } | Why::TooLarge(_) | Why::Absent(_) => Reason::Incomplete,
        Why::Mismatch(_) | Why::Malformed(_) | Why::Unexpected { .. } => Reason::Malformed,
        Why::Encoding(_) => Reason::Unsupported,
        Why::Unreachable(_) | Why::Interrupted(_) | Why::Redirect(_) | Why::Realm(_) => {
            Reason::Unreachable
        }
        Why::NotRequested(_) => Reason::Undetermined,
    };
    Gap { detail: Some(error.to_string()), ..Gap::new(action, target, reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_identities_that_cannot_be_used_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cosign.pub");
        let none = Registries {
            docker_config: Some(folder.path().join("config.json")),
            ..Registries::default()
        };
        assert!(Access::open(&none).unwrap().policy.is_empty());
        let with = |keys: Vec<PathBuf>| Access::open(&Registries { keys, ..none.clone() });
        assert!(with(vec![path.clone()]).unwrap_err().to_string().contains("cosign.pub"));
        let unread = check(&Registries { keys: vec![path.clone()], ..Registries::default() });
        assert!(unread.unwrap_err().to_string().contains("cosign.pub"), "without a registry");
        assert_eq!(check(&Registries::default()), Ok(()));
        std::fs::write(&path, "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n").unwrap();
        assert!(with(vec![path.clone()]).unwrap_err().to_string().contains("cosign.pub"));
        assert!(with(vec![folder.path().to_owned()]).is_err());
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
        std::fs::write(&path, pem).unwrap();
        assert_eq!(with(vec![path]).unwrap().policy.keys.len(), 1);
        let identities = vec![("*".to_owned(), "https://issuer.example.com".to_owned())];
        assert!(Access::open(&Registries { identities, ..none.clone() }).is_err());
        let root = folder.path().join("root.json");
        let with =
            || Access::open(&Registries { trusted_root: Some(root.clone()), ..none.clone() });
        for bad in [
            "",
            "{}",
            "[]",
            "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}",
        ] {
            std::fs::write(&root, bad).unwrap();
            assert!(with().unwrap_err().to_string().contains("root.json"), "{bad}");
        }
        std::fs::remove_file(&root).unwrap();
        assert!(with().unwrap_err().to_string().contains("root.json"));
        std::fs::write(folder.path().join("config.json"), "[").unwrap();
        assert!(Access::open(&none).unwrap_err().to_string().contains("config.json"));
    }

    #[test]
    fn the_age_of_the_trusted_root_is_stated_where_it_decides() {
        let folder = tempfile::tempdir().unwrap();
        let none = Registries {
            docker_config: Some(folder.path().join("config.json")),
            ..Registries::default()
        };
        let now = "2026-12-01T12:00:00Z".parse().unwrap();
        assert_eq!(Access::open(&none).unwrap().note(now), None);
        let identities =
            vec![("a@example.com".to_owned(), "https://issuer.example.com".to_owned())];
        let note = Access::open(&Registries { identities, ..none }).unwrap().note(now).unwrap();
        assert!(note.contains("of 2026-10-23 (39 days old)"), "{note}");
    }

    #[test]
    fn what_a_registry_answers_is_a_reason() {
        let of = |why: Why| {
            let (registry, asked) = ("r.example.com".to_owned(), "the manifest app:1".to_owned());
            gap("image configuration", "r.example.com/app:1", &Error { registry, asked, why })
        };
        assert_eq!(of(Why::Denied(String::new())).reason, Reason::Denied);
        assert_eq!(of(Why::SignIn("no credentials".to_owned())).reason, Reason::Credentials);
        assert_eq!(of(Why::Unreachable("refused".to_owned())).reason, Reason::Unreachable);
        let absent = of(Why::Absent(String::new()));
        assert_eq!(absent.reason, Reason::Incomplete);
        assert!(absent.detail.unwrap().contains("the manifest app:1"));
    }
}
