//! Images in registries: how they are reached, and the policy by which signatures are verified.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posture_collect::files::shown;
use posture_image::reference::Reference;
use posture_model::gap::{Gap, Reason};
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use posture_registry::{Client, DockerConfig, Error, Why};
use posture_signature::{Identity, Policy, PublicKey};

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
}

/// Why registries cannot be read as the options say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccessError(String);

/// The most bytes of a file with a public key.
const KEY_BYTES: u64 = 64 * 1024;

/// The way to registries.
#[derive(Clone, Debug)]
pub struct Access {
    client: Client,
    policy: Policy,
}

impl Access {
    /// Reads the keys and Docker's configuration. Nothing is connected to.
    ///
    /// # Errors
    /// A key, an identity or the configuration cannot be used.
    pub fn open(of: &Registries) -> Result<Self, AccessError> {
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
            config,
            no_exec: *no_exec,
            plain_loopback: *plain_http,
            ..posture_registry::Options::default()
        });
        Ok(Self { client, policy })
    }

    /// The image of a reference, with what is attached to it if that is wanted. What cannot be read is a scope of which nothing is
    /// known.
    pub async fn input(&self, reference: &Reference, wanted: &Wanted, now: Time) -> Found {
        let id = reference.to_string();
        let remote = match self.client.image(reference).await {
            Ok(remote) => remote,
            Err(error) => return Err(Box::new(closed(&id, gap(CONFIGURATION, &id, &error), now))),
        };
        let trust = match wanted.any(trust::FACTS) {
            true => attached::read(&self.client, reference, &remote, &self.policy).await,
            false => trust::Trust::unread(&Gap::not_collected()),
        };
        let named = remote.named.clone();
        Ok(Input { id, blobs: Arc::new(remote), named, trust })
    }
}

/// Checks the keys and identities where no registry is read: one that cannot be used is a mistake all the same.
///
/// # Errors
/// A key or an identity cannot be used.
pub fn check(of: &Registries) -> Result<(), AccessError> {
    policy(of).map(|_| ())
}

fn policy(of: &Registries) -> Result<Policy, AccessError> {
    let keys = of.keys.iter().map(|path| key(path)).collect::<Result<Vec<_>, _>>()?;
    let identity = |(identity, issuer): &(String, String)| {
        Identity::new(identity, issuer).map_err(|error| AccessError(error.to_string()))
    };
    let identities = of.identities.iter().map(identity).collect::<Result<Vec<_>, _>>()?;
    Ok(Policy::new(keys, identities))
}

fn key(path: &Path) -> Result<PublicKey, AccessError> {
    let name = shown(path);
    let size = std::fs::metadata(path).map_err(|error| AccessError(format!("{name}: {error}")))?;
    if !size.is_file() || size.len() > KEY_BYTES {
        return Err(AccessError(format!("{name}: not a file of at most {KEY_BYTES} bytes")));
    }
    let pem = std::fs::read(path).map_err(|error| AccessError(format!("{name}: {error}")))?;
    PublicKey::from_pem(&name, &pem).map_err(|error| AccessError(error.to_string()))
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
        std::fs::write(folder.path().join("config.json"), "[").unwrap();
        assert!(Access::open(&none).unwrap_err().to_string().contains("config.json"));
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
