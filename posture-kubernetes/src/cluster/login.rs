//! Which cluster is read, and with which credentials: a context of a kubeconfig, the cluster of this pod, or a server.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use posture_model::api_server::{host, issuer};
use url::{Host, Url};

use super::exec::Plugin;
use super::kubeconfig::{Kubeconfig, Pem};
use super::secret::Secret;
pub use super::trouble::LoginError;

/// Which cluster is read, with which credentials, and how fast.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// Which cluster.
    pub place: Place,
    /// Whether credential plugins, which are programs that the kubeconfig names, are not run.
    pub no_exec: bool,
    /// Whether a kubeconfig may turn off the verification of the server's certificate. Anyone in the network can then read the token
    /// and answer in the place of the cluster.
    pub insecure: bool,
    /// How long one attempt of a call may take.
    pub timeout: Option<Duration>,
    /// The most calls at once; the default where it is 0.
    pub concurrency: usize,
    /// The most calls a second.
    pub max_rate: Option<NonZeroU32>,
    /// How often a request is sent before it counts as failed, and how long to wait before the second time.
    pub attempts: Option<(u32, Duration)>,
    /// Whether a server on this machine is called as fast as it responds.
    pub unpaced: bool,
}

/// Which cluster is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The current context of the kubeconfig or, without a kubeconfig, the cluster of this pod.
    #[default]
    Found,
    /// A context of the kubeconfig.
    Context {
        /// The file; if none is named, those of `KUBECONFIG`, or `~/.kube/config`.
        kubeconfig: Option<PathBuf>,
        /// Its name; the current one if none is named.
        context: Option<String>,
    },
    /// The cluster of this pod, with the token of its service account.
    InCluster,
    /// A server.
    Server {
        /// Its address, such as `https://10.0.0.1:6443`.
        url: String,
        /// A file with a token. It is read again every minute.
        token_file: Option<PathBuf>,
        /// A file with the certificate authority of the server, as PEM; those of the system if none is named.
        certificate_authority: Option<PathBuf>,
    },
}

/// A variable of the environment, by its name.
type Variable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// The environment of a process.
pub(super) struct Machine {
    variable: Box<Variable>,
    /// The folder of the service account of a pod.
    account: PathBuf,
}

impl Machine {
    pub(super) fn this() -> Self {
        Self {
            variable: Box::new(|name| std::env::var(name).ok()),
            // https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
            account: PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount"),
        }
    }

    #[cfg(test)]
    pub(super) fn with(
        variable: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        account: &Path,
    ) -> Self {
        Self { variable: Box::new(variable), account: account.to_owned() }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The files of `KUBECONFIG`, each once, or the one in the home folder.
    pub(super) fn kubeconfigs(&self) -> Vec<PathBuf> {
        if let Some(paths) = self.variable("KUBECONFIG") {
            let mut all: Vec<PathBuf> = Vec::new();
            for path in std::env::split_paths(&paths) {
                if !path.as_os_str().is_empty() && !all.contains(&path) {
                    all.push(path);
                }
            }
            return all;
        }
        let home = self.variable("HOME").or_else(|| self.variable("USERPROFILE"));
        home.map(|home| Path::new(&home).join(".kube").join("config")).into_iter().collect()
    }

    /// The namespace that this pod is in.
    fn namespace(&self) -> Option<String> {
        let bytes = super::kubeconfig::read(&self.account.join("namespace")).ok()?;
        String::from_utf8(bytes).ok().map(|name| name.trim().to_owned())
    }

    /// The issuer of the token of this pod, which its own cluster issued.
    fn issuer(&self) -> Option<String> {
        let bytes = super::kubeconfig::read(&self.account.join("token")).ok()?;
        issuer(&super::secret::issuer_of(std::str::from_utf8(&bytes).ok()?)?)
    }

    /// The server of the cluster that this pod is in.
    fn server(&self) -> Option<String> {
        let host = self.variable("KUBERNETES_SERVICE_HOST")?;
        let port = self.variable("KUBERNETES_SERVICE_PORT")?;
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        Some(format!("https://{host}:{port}"))
    }
}

/// Whether this process runs in a pod that has a service account.
pub fn is_in_cluster() -> bool {
    let machine = Machine::this();
    machine.server().is_some() && machine.account.join("token").is_file()
}

/// Everything that is needed to call a cluster.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// The name of the context, by which people know the cluster.
    pub(super) name: String,
    /// Who calls, as the kubeconfig names it.
    pub(super) identity: Option<String>,
    pub(super) server: Url,
    pub(super) authority: Option<Pem>,
    /// Whether the server's certificate is not verified.
    pub(super) insecure: bool,
    /// The name that the server's certificate must have instead of that of its address.
    pub(super) server_name: Option<String>,
    pub(super) proxy: Option<Url>,
    pub(super) credential: Credential,
    /// A client certificate and its key.
    pub(super) certificate: Option<(Pem, Pem)>,
    /// The namespace in which the user works, or that this pod is in.
    pub(super) namespace: Option<String>,
    /// The issuer of the token of this pod, if it identifies the cluster that the pod is in.
    pub(super) issuer: Option<String>,
    /// Headers for impersonation.
    pub(super) headers: Vec<(&'static str, String)>,
    /// What a credential plugin is given of the cluster besides.
    pub(super) for_plugins: Option<serde_json::Value>,
}

/// Where the token of a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    None,
    Token(Secret),
    File(PathBuf),
    Plugin(Plugin),
}

/// The name of the cluster of a pod.
const IN_CLUSTER: &str = "in-cluster";

impl Access {
    pub(super) fn of(login: &Login, machine: &Machine) -> Result<Self, LoginError> {
        match &login.place {
            Place::Found => {
                let config = Kubeconfig::of(None, machine)?;
                // As `kubectl`: the kubeconfig first.
                match config.is_empty() {
                    false => Self::of_context(&config, None, login),
                    true if machine.server().is_some() => Self::in_cluster(machine),
                    true => Err(LoginError::NoKubeconfig { looked: machine.kubeconfigs() }),
                }
            }
            Place::Context { kubeconfig, context } => {
                let config = Kubeconfig::of(kubeconfig.as_deref(), machine)?;
                if config.is_empty() {
                    let looked = match kubeconfig {
                        Some(path) => vec![path.clone()],
                        None => machine.kubeconfigs(),
                    };
                    return Err(LoginError::NoKubeconfig { looked });
                }
                Self::of_context(&config, context.as_deref(), login)
            }
            Place::InCluster => Self::in_cluster(machine),
            Place::Server { url, token_file, certificate_authority } => {
                let server = address(url, url)?;
                Ok(Self {
                    name: shown(&server),
                    identity: None,
                    server,
                    authority: certificate_authority.clone().map(Pem::File),
                    insecure: false,
                    server_name: None,
                    proxy: None,
                    credential: token_file.clone().map_or(Credential::None, Credential::File),
                    certificate: None,
                    namespace: None,
                    issuer: None,
                    headers: Vec::new(),
                    for_plugins: None,
                })
            }
        }
    }

    fn in_cluster(machine: &Machine) -> Result<Self, LoginError> {
        let Some(server) = machine.server() else { return Err(LoginError::NotInCluster) };
        let token = machine.account.join("token");
        if !token.is_file() {
            return Err(LoginError::NoServiceAccount { token });
        }
        Ok(Self {
            name: IN_CLUSTER.to_owned(),
            identity: None,
            server: address(&server, IN_CLUSTER)?,
            authority: Some(Pem::File(machine.account.join("ca.crt"))),
            insecure: false,
            server_name: None,
            proxy: None,
            credential: Credential::File(token),
            certificate: None,
            namespace: machine.namespace(),
            issuer: machine.issuer(),
            headers: Vec::new(),
            for_plugins: None,
        })
    }

    fn of_context(
        config: &Kubeconfig,
        named: Option<&str>,
        login: &Login,
    ) -> Result<Self, LoginError> {
        let (context, cluster, user_name, user) = config.resolve(named)?;
        let unusable = |why: String| LoginError::Unusable { context: context.to_owned(), why };
        if let Some(why) = &user.unusable {
            return Err(unusable(why.clone()));
        }
        if cluster.insecure && !login.insecure {
            return Err(LoginError::Insecure { context: context.to_owned() });
        }
        if cluster.insecure && cluster.authority.is_some() {
            let why = "a certificate authority has no effect with `insecure-skip-tls-verify`";
            return Err(unusable(why.to_owned()));
        }
        let proxy = match &cluster.proxy {
            None => None,
            Some(text) => match Url::parse(text) {
                Ok(url) if ["http", "https", "socks5"].contains(&url.scheme()) => Some(url),
                // Its text may hold a password.
                Ok(_) | Err(_) => {
                    let what = "`proxy-url` is not an address of http, https or socks5";
                    return Err(unusable(what.to_owned()));
                }
            },
        };
        if proxy.is_some() && cluster.server_name.is_some() {
            let what = "`tls-server-name` together with `proxy-url` is not supported";
            return Err(unusable(what.to_owned()));
        }
        let certificate = match (&user.certificate, &user.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (Some(_), None) => {
                return Err(unusable(format!(
                    "the user `{user_name}` has a client certificate without a key"
                )));
            }
            (None, Some(_)) => {
                return Err(unusable(format!(
                    "the user `{user_name}` has a key without a client certificate"
                )));
            }
        };
        let credential = match (&user.token_file, &user.token, &user.exec) {
            (Some(file), ..) => Credential::File(file.clone()),
            (None, Some(token), _) => Credential::Token(token.clone()),
            (None, None, Some(plugin)) if login.no_exec => {
                let (context, program) = (context.to_owned(), plugin.name());
                return Err(LoginError::NoExec { context, program });
            }
            (None, None, Some(plugin)) => Credential::Plugin(plugin.clone()),
            (None, None, None) => Credential::None,
        };
        Ok(Self {
            name: context.to_owned(),
            identity: Some(user_name.to_owned()),
            server: address(&cluster.server, context)?,
            authority: cluster.authority.clone(),
            insecure: cluster.insecure,
            server_name: cluster.server_name.clone(),
            proxy,
            credential,
            certificate,
            namespace: config.namespace(context).map(str::to_owned),
            // A server may accept tokens of other issuers.
            issuer: None,
            headers: user.impersonate.clone(),
            for_plugins: cluster.for_plugins.clone(),
        })
    }

    /// The host by which a cloud knows the server. Where TLS verifies another name than that of the address, it is that one: the address
    /// is the end of a tunnel.
    pub(super) fn host(&self) -> Option<String> {
        match &self.server_name {
            Some(name) if self.server.scheme() == "https" && !self.insecure => host(name),
            _ => host(&shown(&self.server)),
        }
    }

    /// Whether the server is on this machine.
    pub(super) fn is_local(&self) -> bool {
        is_local(&self.server)
    }
}

fn is_local(server: &Url) -> bool {
    match server.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An address without a user and a password.
pub(super) fn shown(server: &Url) -> String {
    let mut server = server.clone();
    let _ = server.set_password(None);
    let _ = server.set_username("");
    server.as_str().trim_end_matches('/').to_owned()
}

/// The address of a server. Without TLS, a token is sent to this machine only, as to `kubectl proxy`.
fn address(text: &str, context: &str) -> Result<Url, LoginError> {
    let unusable =
        |why: &str| LoginError::Unusable { context: context.to_owned(), why: why.to_owned() };
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|_| unusable("the address of the server is not a URL"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_local(&url) => {}
        "http" => {
            return Err(unusable(
                "the address of the server begins with http: anyone in the network could read the token, and answer in the place of the cluster",
            ));
        }
        _ => return Err(unusable("the address of the server does not begin with https")),
    }
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("the address of the server has a user name or no host"));
    }
    Ok(url)
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "login/tests.rs"]
mod tests;
