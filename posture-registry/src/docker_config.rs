//! Credentials from Docker's `config.json`: `auths`, `credHelpers` and `credsStore`.
//!
//! [Source](https://docs.docker.com/reference/cli/docker/login/), read on 2026-12-01. Entries of Podman for a part of a registry
//! (`host/namespace`) are not used.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::secret::Secret;

/// The most bytes of the file.
const MOST_BYTES: u64 = 4 << 20;

/// The name of Docker Hub in the file and for helpers.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// Credentials for a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// A name and a password, or a token in its place.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// An identity token, for which the token service issues others.
    Identity(Secret),
    /// A token that the registry accepts as it is.
    Token(Secret),
}

/// What `config.json` has about credentials. Printing it shows no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DockerConfig {
    auths: BTreeMap<String, Entry>,
    helpers: BTreeMap<String, String>,
    store: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Login(Login),
    /// Nothing: the credentials are in the store.
    Empty,
    Malformed,
}

/// Where the credentials of a registry come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The helper to ask, and by which name it knows the registry.
    pub(crate) helper: Option<(String, String)>,
    /// What the file itself has.
    pub(crate) login: Option<Login>,
    /// What is wrong with the entry of the file.
    pub(crate) note: Option<String>,
}

/// Why the file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot use the Docker configuration {path}: {why}")]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// What is wrong with it. It repeats nothing of the file.
    pub why: String,
}

impl DockerConfig {
    /// Where Docker looks for the file: in the folder that `DOCKER_CONFIG` names, else in `.docker` of the home folder.
    pub fn default_path(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").or_else(|| set("USERPROFILE")).map(|home| home.join(".docker"));
        Some(set("DOCKER_CONFIG").or_else(home)?.join("config.json"))
    }

    /// Reads a file. One that is not there has no credentials.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has another form.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let wrong = |why: String| ConfigError {
            path: posture_image::text::escape(path.as_os_str().as_encoded_bytes()),
            why,
        };
        let file = match std::fs::File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            opened => opened.map_err(|error| wrong(error.to_string()))?,
        };
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(wrong("it is not a regular file".to_owned()));
        }
        let mut bytes = Vec::new();
        let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| wrong(error.to_string()))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(wrong(format!("it has more than {MOST_BYTES} bytes")));
        }
        Self::parse(&bytes).map_err(wrong)
    }

    /// Reads the content of the file.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        // The errors of serde_json repeat values.
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            format!("it is not JSON at line {}, column {}", error.line(), error.column())
        })?;
        let root = value.as_object().ok_or("it is not a JSON object")?;
        let object = |name: &str| match root.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(format!("`{name}` is not an object")),
        };
        let mut config = Self::default();
        for (key, value) in object("auths")?.into_iter().flatten() {
            config.auths.insert(key.clone(), Entry::read(value));
        }
        for (key, value) in object("credHelpers")?.into_iter().flatten() {
            let name = value.as_str().ok_or("an entry of `credHelpers` is not a text")?;
            config.helpers.insert(key.clone(), name.to_owned());
        }
        config.store = match root.get("credsStore") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name.clone()).filter(|name| !name.is_empty()),
            Some(_) => return Err("`credsStore` is not a text".to_owned()),
        };
        Ok(config)
    }

    /// Where the credentials of a registry come from.
    pub(crate) fn source(&self, registry: &str) -> Source {
        let hub = registry == posture_image::reference::DOCKER_HUB;
        let key = if hub { DOCKER_HUB_KEY } else { registry };
        let is_this = |key: &str| {
            host(key).is_some_and(|host| {
                host == registry
                    || (hub && matches!(host, "index.docker.io" | "registry-1.docker.io"))
            })
        };
        let named = self.helpers.iter().find(|(key, _)| is_this(key)).map(|(_, name)| name);
        let helper = named.or(self.store.as_ref()).map(|name| (name.clone(), key.to_owned()));
        // The exact key comes first, as with Docker.
        let entry = self
            .auths
            .get(key)
            .or_else(|| self.auths.iter().find(|(key, _)| is_this(key)).map(|(_, entry)| entry));
        let (login, note) = match entry {
            Some(Entry::Login(login)) => (Some(login.clone()), None),
            Some(Entry::Malformed) => {
                (None, Some("its entry in the Docker configuration is malformed".to_owned()))
            }
            Some(Entry::Empty) | None => (None, None),
        };
        Source { helper, login, note }
    }
}

impl Entry {
    fn read(value: &Value) -> Self {
        let text =
            |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(token) = text("registrytoken") {
            return Self::Login(Login::Token(Secret::new(token)));
        }
        if let Some(token) = text("identitytoken") {
            return Self::Login(Login::Identity(Secret::new(token)));
        }
        if let Some(auth) = text("auth") {
            let pair =
                BASE64_STANDARD.decode(auth).ok().and_then(|pair| String::from_utf8(pair).ok());
            let pair = pair.as_deref().and_then(|pair| pair.split_once(':'));
            return pair.map_or(Self::Malformed, |(user, password)| {
                Self::password(user, password.trim_end_matches('\0'))
            });
        }
        match (text("username"), text("password")) {
            (Some(user), Some(password)) => Self::password(user, password),
            (None, None) if value.is_object() => Self::Empty,
            _ => Self::Malformed,
        }
    }

    fn password(user: &str, password: &str) -> Self {
        if user.is_empty() {
            return Self::Malformed;
        }
        Self::Login(Login::Password { user: user.to_owned(), password: Secret::new(password) })
    }
}

/// The host of a key of `auths`: `host`, `https://host`, and these with `/v1/` or `/v2/`, which old versions wrote.
fn host(key: &str) -> Option<&str> {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    matches!(path.trim_end_matches('/'), "" | "v1" | "v2").then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> DockerConfig {
        DockerConfig::parse(text.as_bytes()).unwrap()
    }

    fn password(user: &str, password: &str) -> Option<Login> {
        Some(Login::Password { user: user.to_owned(), password: Secret::new(password) })
    }

    #[test]
    fn credentials_are_those_of_the_exact_host() {
        let pair = BASE64_STANDARD.encode("user:pa:ss");
        let config = config(&format!(
            r#"{{"auths": {{"r.example": {{"auth": "{pair}"}}, "https://old.example/v1/": {{"username": "u", "password": "p"}},
            "https://index.docker.io/v1/": {{"identitytoken": "canary"}}, "part.example/team": {{"auth": "{pair}"}},
            "raw.example:5000": {{"registrytoken": "canary"}}, "none.example": {{}}}}}}"#
        ));
        let login = |registry: &str| config.source(registry).login;
        assert_eq!(login("r.example"), password("user", "pa:ss"));
        assert_eq!(login("old.example"), password("u", "p"));
        assert_eq!(login("docker.io"), Some(Login::Identity(Secret::new("canary"))));
        assert_eq!(login("raw.example:5000"), Some(Login::Token(Secret::new("canary"))));
        for other in [
            "r.example:443",
            "r.example.evil.example",
            "sub.r.example",
            "raw.example",
            "index.docker.io.evil",
            "part.example",
            "none.example",
            "https",
            "",
        ] {
            assert_eq!(login(other), None, "{other}");
        }
        assert!(
            !format!("{config:?}").contains("canary") && !format!("{config:?}").contains("pa:ss")
        );
    }

    #[test]
    fn a_helper_of_a_registry_comes_before_the_store() {
        let config = config(
            r#"{"credHelpers": {"gcr.io": "gcloud"}, "credsStore": "desktop", "auths": {"gcr.io": {}}}"#,
        );
        let helper = |registry: &str| config.source(registry).helper.unwrap();
        assert_eq!(helper("gcr.io"), ("gcloud".to_owned(), "gcr.io".to_owned()));
        assert_eq!(helper("docker.io"), ("desktop".to_owned(), DOCKER_HUB_KEY.to_owned()));
    }

    #[test]
    fn what_is_malformed_is_an_error_that_repeats_nothing() {
        for wrong in [
            "canary",
            "[]",
            r#"{"auths": ["canary"]}"#,
            r#"{"credsStore": 7}"#,
            r#"{"credHelpers": {"a": {"canary": 1}}}"#,
            r#"{"auths": {"a": {"auth": "canary"}"#,
        ] {
            let error = DockerConfig::parse(wrong.as_bytes()).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
        for entry in [
            r#"{"auth": "%%%"}"#,
            r#"{"auth": "YWJj"}"#,
            r#"{"auth": "OmI="}"#,
            r#"{"username": "u"}"#,
            "7",
        ] {
            let config = config(&format!(r#"{{"auths": {{"r.example": {entry}}}}}"#));
            let source = config.source("r.example");
            assert!(source.login.is_none() && source.note.is_some(), "{entry}");
        }
    }

    #[test]
    fn the_file_is_where_docker_has_it() {
        let path = |set: &[(&str, &str)]| {
            let set: Vec<(String, OsString)> = set
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OsString::from(value)))
                .collect();
            DockerConfig::default_path(|name| {
                set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
            })
        };
        assert_eq!(path(&[("HOME", "/h")]), Some("/h/.docker/config.json".into()));
        assert_eq!(path(&[("HOME", "/h"), ("DOCKER_CONFIG", "/c")]), Some("/c/config.json".into()));
        assert_eq!(path(&[("HOME", ""), ("DOCKER_CONFIG", "")]), None);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(DockerConfig::read(&folder.path().join("no")), Ok(DockerConfig::default()));
        assert!(DockerConfig::read(folder.path()).is_err());
        let path = folder.path().join("config.json");
        std::fs::write(&path, vec![b' '; usize::try_from(MOST_BYTES).unwrap() + 1]).unwrap();
        assert!(DockerConfig::read(&path).unwrap_err().why.contains("more than"));
        std::fs::write(&path, r#"{"auths": {"r.example": {"username": "u", "password": "p"}}}"#)
            .unwrap();
        assert_eq!(
            DockerConfig::read(&path).unwrap().source("r.example").login,
            password("u", "p")
        );
    }
}
