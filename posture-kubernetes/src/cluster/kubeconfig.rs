//! The kubeconfig: contexts, clusters and users, merged from several files as `kubectl` does it.
//!
//! Sources, read on 2026-11-30: [its fields](https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/) and
//! [how files are merged](https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::exec::Plugin;
use super::login::{LoginError, Machine};
use super::secret::Secret;
use crate::read::{Invalid, Object};

/// The most bytes of a file.
const MOST_BYTES: u64 = 8 << 20;

/// Contexts, clusters and users, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kubeconfig {
    files: Vec<PathBuf>,
    contexts: BTreeMap<String, Context>,
    clusters: BTreeMap<String, Cluster>,
    users: BTreeMap<String, User>,
    current: Option<String>,
}

/// Which cluster is used as which user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) cluster: String,
    pub(super) user: String,
    /// The namespace that its user works in.
    pub(super) namespace: Option<String>,
}

/// Where a cluster is, and how its server is recognized.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) server: String,
    pub(super) authority: Option<Pem>,
    pub(super) insecure: bool,
    pub(super) server_name: Option<String>,
    pub(super) proxy: Option<String>,
    /// What a credential plugin is given of the cluster besides.
    pub(super) for_plugins: Option<Value>,
}

/// What a user signs in with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct User {
    pub(super) token: Option<Secret>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) certificate: Option<Pem>,
    pub(super) key: Option<Pem>,
    pub(super) exec: Option<Plugin>,
    /// Impersonation: the headers of each request.
    pub(super) impersonate: Vec<(&'static str, String)>,
    /// What is set and cannot be used: why.
    pub(super) unusable: Option<String>,
}

/// Certificates or a key, in a file or in the kubeconfig itself.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Pem {
    File(PathBuf),
    Data(Vec<u8>),
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Data(_) => f.write_str("Data(***)"),
        }
    }
}

impl Pem {
    /// Its text.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Data(bytes) => Ok(bytes.clone()),
            Self::File(path) => read(path).map_err(|error| format!("{}: {error}", path.display())),
        }
    }
}

/// Reads a file that is not larger than any file of its kind.
pub(super) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
        let what = format!("the file is larger than {MOST_BYTES} bytes");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, what));
    }
    Ok(bytes)
}

impl Kubeconfig {
    /// The kubeconfig of this process: the named file, or the files of `KUBECONFIG`, or `~/.kube/config`. Without any of them it is
    /// empty.
    ///
    /// # Errors
    /// If the named file is missing, or a file cannot be used.
    pub fn load(named: Option<&Path>) -> Result<Self, LoginError> {
        Self::of(named, &Machine::this())
    }

    pub(super) fn of(named: Option<&Path>, machine: &Machine) -> Result<Self, LoginError> {
        if let Some(path) = named {
            let mut all = Self::default();
            let bytes = read(path).map_err(|error| unreadable(path, &error))?;
            all.add(path, &bytes)?;
            return Ok(all);
        }
        let mut all = Self::default();
        for path in machine.kubeconfigs() {
            match read(&path) {
                Ok(bytes) => all.add(&path, &bytes)?,
                // `kubectl` goes on without it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        Ok(all)
    }

    /// The names of the contexts.
    pub fn contexts(&self) -> impl Iterator<Item = &str> {
        self.contexts.keys().map(String::as_str)
    }

    /// The context that is used if none is named.
    pub fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    /// Whether no file has anything.
    pub fn is_empty(&self) -> bool {
        self.contexts.is_empty() && self.clusters.is_empty() && self.users.is_empty()
    }

    /// The files that were read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The namespace of a context, which was [resolved](Self::resolve).
    pub(super) fn namespace(&self, context: &str) -> Option<&str> {
        self.contexts.get(context)?.namespace.as_deref()
    }

    /// The name, the cluster and the user of a context: the named one, or the current one.
    pub(super) fn resolve(
        &self,
        named: Option<&str>,
    ) -> Result<(&str, &Cluster, &str, &User), LoginError> {
        let known = || self.contexts().map(str::to_owned).collect::<Vec<_>>();
        let Some(name) = named.or(self.current()) else {
            return Err(LoginError::NoCurrentContext { known: known() });
        };
        let Some((name, context)) = self.contexts.get_key_value(name) else {
            return Err(LoginError::NoSuchContext { name: name.to_owned(), known: known() });
        };
        let dangling = |kind: &'static str, of: &str| LoginError::Unusable {
            context: name.clone(),
            why: match of.is_empty() {
                true => format!("it names no {kind}"),
                false => format!("the kubeconfig has no {kind} `{of}`"),
            },
        };
        let cluster = self.clusters.get(&context.cluster);
        let cluster = cluster.ok_or_else(|| dangling("cluster", &context.cluster))?;
        let user = self.users.get_key_value(&context.user);
        let (user, with) = user.ok_or_else(|| dangling("user", &context.user))?;
        Ok((name, cluster, user, with))
    }

    /// Adds a file. What an earlier file has of the same name stays, whole.
    pub(super) fn add(&mut self, path: &Path, bytes: &[u8]) -> Result<(), LoginError> {
        let wrong = |why: String| LoginError::Kubeconfig { file: path.to_owned(), why };
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("not UTF-8".to_owned()))?;
        let value = posture_yaml::value(text).map_err(wrong)?;
        self.files.push(path.to_owned());
        // An empty file is an empty kubeconfig.
        let Some(value) = value else { return Ok(()) };
        let folder = path.parent().unwrap_or(Path::new(""));
        self.merge(&value, folder).map_err(|invalid| wrong(invalid.to_string()))
    }

    fn merge(&mut self, value: &Value, folder: &Path) -> Result<(), Invalid> {
        let mut root = Object::of(value, "")?;
        if let Some(kind) = root.text("kind")?.filter(|kind| *kind != "Config") {
            let what = format!("not `Config` but `{}`", posture_model::text::clip(kind, 80));
            return Err(root.error("kind", what));
        }
        let current = root.text("current-context")?.filter(|name| !name.is_empty());
        if self.current.is_none() {
            self.current = current.map(str::to_owned);
        }
        for mut entry in root.objects("contexts")? {
            let Some(name) = entry.text("name")? else { continue };
            let Some(mut inner) = entry.object("context")? else { continue };
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            let context = Context {
                cluster: text(inner.text("cluster")?),
                user: text(inner.text("user")?),
                namespace: inner.text("namespace")?.map(str::to_owned),
            };
            self.contexts.entry(name.to_owned()).or_insert(context);
        }
        for mut entry in root.objects("clusters")? {
            let Some(name) = entry.text("name")? else { continue };
            let Some(inner) = entry.object("cluster")? else { continue };
            let cluster = cluster(inner, folder)?;
            self.clusters.entry(name.to_owned()).or_insert(cluster);
        }
        for mut entry in root.objects("users")? {
            let Some(name) = entry.text("name")? else { continue };
            let Some(inner) = entry.object("user")? else { continue };
            let user = user(inner, folder)?;
            self.users.entry(name.to_owned()).or_insert(user);
        }
        Ok(())
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> LoginError {
    LoginError::Kubeconfig { file: path.to_owned(), why: error.to_string() }
}

fn filled<'v>(object: &mut Object<'v>, field: &'static str) -> Result<Option<&'v str>, Invalid> {
    Ok(object.text(field)?.filter(|text| !text.is_empty()))
}

/// A file, or the data beside it, which wins.
fn pem(
    object: &mut Object<'_>,
    file: &'static str,
    data: &'static str,
    folder: &Path,
) -> Result<Option<Pem>, Invalid> {
    let path = filled(object, file)?.map(|path| Pem::File(folder.join(path)));
    let Some(text) = filled(object, data)? else { return Ok(path) };
    match BASE64_STANDARD.decode(text.replace(['\n', '\r'], "")) {
        Ok(bytes) => Ok(Some(Pem::Data(bytes))),
        Err(_) => Err(object.error(data, "not base64")),
    }
}

/// The name of the extension for [credential plugins](https://kubernetes.io/docs/reference/config-api/client-authentication.v1/).
const FOR_PLUGINS: &str = "client.authentication.k8s.io/exec";

fn cluster(mut object: Object<'_>, folder: &Path) -> Result<Cluster, Invalid> {
    let mut for_plugins = None;
    for mut extension in object.objects("extensions")? {
        if extension.text("name")? == Some(FOR_PLUGINS) {
            for_plugins = extension.get("extension").cloned();
        }
    }
    Ok(Cluster {
        server: object.text("server")?.unwrap_or_default().to_owned(),
        authority: pem(&mut object, "certificate-authority", "certificate-authority-data", folder)?,
        insecure: object.boolean("insecure-skip-tls-verify")?.unwrap_or(false),
        server_name: filled(&mut object, "tls-server-name")?.map(str::to_owned),
        proxy: filled(&mut object, "proxy-url")?.map(str::to_owned),
        for_plugins,
    })
}

fn user(mut object: Object<'_>, folder: &Path) -> Result<User, Invalid> {
    let mut user = User {
        token: filled(&mut object, "token")?.map(Secret::new),
        token_file: filled(&mut object, "tokenFile")?.map(|path| folder.join(path)),
        certificate: pem(&mut object, "client-certificate", "client-certificate-data", folder)?,
        key: pem(&mut object, "client-key", "client-key-data", folder)?,
        ..User::default()
    };
    let named = [("as", "impersonate-user"), ("as-uid", "impersonate-uid")];
    for (field, header) in named {
        if let Some(text) = filled(&mut object, field)? {
            user.impersonate.push((header, text.to_owned()));
        }
    }
    for group in object.texts("as-groups")? {
        user.impersonate.push(("impersonate-group", group.to_owned()));
    }
    if object.get("as-user-extra").is_some() {
        user.unusable = Some("`as-user-extra` is not supported".to_owned());
    }
    let basic = [filled(&mut object, "username")?, filled(&mut object, "password")?];
    if basic.iter().any(Option::is_some) {
        // https://github.com/kubernetes/kubernetes/pull/89069
        let why = "user names and passwords are not supported: no API server accepts them since Kubernetes 1.19";
        user.unusable = Some(why.to_owned());
    }
    if let Some(mut provider) = object.object("auth-provider")? {
        let name = posture_model::text::clip(filled(&mut provider, "name")?.unwrap_or("?"), 80);
        user.unusable = Some(format!(
            "the auth-provider `{name}` is not supported: use a credential plugin (`exec`) in its place"
        ));
    }
    if let Some(exec) = object.object("exec")? {
        user.exec = Some(Plugin::read(exec, folder)?);
    }
    Ok(user)
}
