//! Why a cluster cannot be read at all: what failed, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use posture_model::redact::redact;

/// The maximum number of characters of a message of a server or program in an error.
const MOST: usize = 300;

/// Why a cluster cannot be read at all.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// There is no kubeconfig, and this process is not in a pod.
    #[error("no kubeconfig{}", listed(looked))]
    NoKubeconfig {
        /// The files that do not exist or are empty.
        looked: Vec<PathBuf>,
    },
    /// A kubeconfig cannot be used.
    #[error("cannot use the kubeconfig {}: {why}", file.display())]
    Kubeconfig {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// The kubeconfig has no context of this name.
    #[error("the kubeconfig has no context `{name}`")]
    NoSuchContext {
        /// The name.
        name: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// No context is named, and none is the current one.
    #[error("the kubeconfig has no current context")]
    NoCurrentContext {
        /// Those that it has.
        known: Vec<String>,
    },
    /// A context cannot be used.
    #[error("the context `{context}` cannot be used: {why}")]
    Unusable {
        /// The context.
        context: String,
        /// Why.
        why: String,
    },
    /// The kubeconfig turns off the verification of the server's certificate.
    #[error("the context `{context}` sets `insecure-skip-tls-verify`")]
    Insecure {
        /// The context.
        context: String,
    },
    /// The context needs a program, and none is to be run.
    #[error(
        "the context `{context}` needs the credential plugin `{program}`, which --no-exec does not run"
    )]
    NoExec {
        /// The context.
        context: String,
        /// The program.
        program: String,
    },
    /// A credential plugin failed.
    #[error(
        "the credential plugin `{program}` of the context `{context}` issued no credentials: {why}"
    )]
    Plugin {
        /// The context.
        context: String,
        /// The program.
        program: String,
        /// Why.
        why: String,
    },
    /// A file with a token, a certificate or a key cannot be used.
    #[error("the context `{context}` cannot be used: {what}: {why}")]
    File {
        /// The context.
        context: String,
        /// What the file holds.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// This process is not in a pod.
    #[error(
        "this process is not in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set"
    )]
    NotInCluster,
    /// The pod has no token of a service account.
    #[error("the pod has no token of a service account: {} does not exist", token.display())]
    NoServiceAccount {
        /// Where it would be.
        token: PathBuf,
    },
    /// The server cannot be reached.
    #[error("cannot reach {server}: {cause}{}", parenthesized(detail))]
    Unreachable {
        /// The context.
        context: String,
        /// The address of the server.
        server: String,
        /// What failed.
        cause: Cause,
        /// The message of the system.
        detail: String,
    },
    /// The server does not accept the credentials.
    #[error(
        "{server} does not accept the credentials of the context `{context}`{}",
        parenthesized(detail)
    )]
    Credentials {
        /// The context.
        context: String,
        /// The address of the server.
        server: String,
        /// The server's words.
        detail: String,
    },
    /// The audit was stopped before.
    #[error("interrupted while signing in")]
    Interrupted,
}

fn listed(files: &[PathBuf]) -> String {
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    if files.is_empty() { String::new() } else { format!(": looked for {}", files.join(", ")) }
}

fn parenthesized(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" ({text})") }
}

impl LoginError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let one_of = |known: &[String]| {
            let named = known.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if known.len() > 10 { ", …" } else { "" };
            format!("name one with --context: {named}{more}")
        };
        Some(match self {
            Self::NoKubeconfig { .. } => {
                "set KUBECONFIG or --kubeconfig to a file; the command line of your cloud writes one, such as `aws eks update-kubeconfig` or `az aks get-credentials`".to_owned()
            }
            Self::NoCurrentContext { known } if !known.is_empty() => one_of(known),
            Self::Insecure { .. } => {
                "add the cluster's `certificate-authority` to the kubeconfig, or accept the risk with --insecure-skip-tls-verify".to_owned()
            }
            Self::NoExec { .. } => {
                "omit --no-exec if you trust the kubeconfig, or use a context with a token or a client certificate".to_owned()
            }
            Self::NoServiceAccount { .. } => {
                "set `automountServiceAccountToken: true` on the pod that runs posture".to_owned()
            }
            Self::NotInCluster => "use a kubeconfig: --kubeconfig".to_owned(),
            Self::Credentials { .. } => {
                "if the token has expired, renew it, for example with the command line of your cloud".to_owned()
            }
            Self::Unreachable { cause, .. } => return cause.help().map(str::to_owned),
            Self::Kubeconfig { .. }
            | Self::NoSuchContext { .. }
            | Self::NoCurrentContext { .. }
            | Self::Unusable { .. }
            | Self::Plugin { .. }
            | Self::File { .. }
            | Self::Interrupted => return None,
        })
    }
}

/// Why no connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The name of the host has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// The server's certificate is of another authority.
    UnknownAuthority,
    /// The server's certificate is for another name.
    WrongName,
    /// The server's certificate has expired or is not valid yet, or the clock of this machine is wrong.
    Expired,
    /// Another failure to agree on TLS.
    Tls,
    /// The proxy blocked the connection.
    Proxy,
    /// No answer in time.
    TimedOut,
    /// The connection was interrupted, or did not come about.
    Broken,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "cannot resolve the host name",
            Self::Refused => "the connection was refused",
            Self::UnknownAuthority => "the certificate of the server is from an unknown authority",
            Self::WrongName => "the certificate of the server is for another name",
            Self::Expired => "the certificate of the server is not valid now",
            Self::Tls => "the TLS connection failed",
            Self::Proxy => "the proxy blocked the connection",
            Self::TimedOut => "no response in time",
            Self::Broken => "the connection was interrupted",
        })
    }
}

impl Cause {
    fn help(self) -> Option<&'static str> {
        Some(match self {
            Self::Dns => "check the address in the kubeconfig, and whether a VPN is required",
            Self::Refused | Self::TimedOut | Self::Broken => {
                "check that the cluster runs, and whether a VPN or a proxy is required"
            }
            Self::UnknownAuthority => {
                "set `certificate-authority` of the cluster in the kubeconfig, or --certificate-authority, to the authority of the API server"
            }
            Self::WrongName => {
                "set `tls-server-name` of the cluster in the kubeconfig to a name of the certificate"
            }
            Self::Expired => {
                "renew the certificate of the API server, or correct the clock of this machine"
            }
            Self::Proxy => "check HTTPS_PROXY, NO_PROXY and `proxy-url`",
            Self::Tls => return None,
        })
    }
}

/// An error and what caused it. An error of the system holds another without calling it its source.
fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> + 'e {
    let next = |error: &&'e (dyn Error + 'static)| {
        let error: &'e (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), next).take(32)
}

/// What an error of a connection means.
pub(super) fn diagnose(error: &(dyn Error + 'static)) -> Cause {
    let mut found = Cause::Broken;
    for error in causes(error) {
        let text = error.to_string().to_ascii_lowercase();
        for (words, cause) in [
            (&["unsuccessful tunnel"][..], Cause::Proxy),
            (&["tunnel error"], Cause::Proxy),
            (&["dns error"], Cause::Dns),
            (&["failed to lookup address"], Cause::Dns),
            (&["invalid peer certificate", "unknownissuer"], Cause::UnknownAuthority),
            (&["invalid peer certificate", "notvalidforname"], Cause::WrongName),
            (&["invalid peer certificate", "not valid for name"], Cause::WrongName),
            (&["invalid peer certificate", "expired"], Cause::Expired),
            (&["invalid peer certificate", "notvalidyet"], Cause::Expired),
            (&["invalid peer certificate", "not valid yet"], Cause::Expired),
            (&["invalid peer certificate"], Cause::Tls),
            (&["received fatal alert"], Cause::Tls),
            (&["received corrupt message"], Cause::Tls),
        ] {
            if words.iter().all(|word| text.contains(word)) {
                return cause;
            }
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => return Cause::Refused,
                io::ErrorKind::TimedOut => return Cause::TimedOut,
                _ => {}
            }
        }
        if error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout) {
            found = Cause::TimedOut;
        }
    }
    found
}

/// Whether not even a connection came about.
pub(super) fn is_unconnected(error: &(dyn Error + 'static)) -> bool {
    let connect = |error: &(dyn Error + 'static)| {
        error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect)
    };
    causes(error).any(connect)
}

/// Whether a connection may come about a moment later that did not come about. A certificate and a name that does not exist stay as
/// they are.
pub(super) fn may_pass(error: &(dyn Error + 'static)) -> bool {
    match diagnose(error) {
        Cause::Dns => causes(error).any(|error| error.to_string().contains("emporary failure")),
        Cause::UnknownAuthority | Cause::WrongName | Cause::Expired | Cause::Tls => false,
        Cause::Refused | Cause::Proxy | Cause::TimedOut | Cause::Broken => true,
    }
}

/// An error with its causes in one line, without addresses and secrets.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    // The first error repeats the whole address, with the token that continues a list.
    for error in causes(error).skip(1).take(12) {
        let text = error.to_string();
        if !words.iter().any(|word| word.contains(&text)) {
            words.push(text);
        }
    }
    redact(&words.join(": "), MOST)
}
