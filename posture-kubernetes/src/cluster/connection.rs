//! The way to an API server: TLS, the proxy, and the credentials of each request, which are renewed before they end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use posture_collect::text::clip;
use posture_model::memory::{Full, Share, weight};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderValue;
use reqwest::{Certificate, Identity, Proxy};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::kubeconfig::read;
use super::login::{Access, Credential, shown};
use super::secret::Secret;
use super::trouble::LoginError;

/// The most bytes of one answer.
const MOST_BYTES: usize = 64 << 20;

/// How long a token from a file is used before the file is read again. A pod's token is replaced while it runs.
/// [Source](https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#launch-a-pod-using-service-account-token-projection),
/// read on 2026-11-30.
const FILE_FOR: i64 = 60;

/// How long before its end a token is not used any more, in seconds.
const MARGIN: i64 = 10;

/// A server, and who calls it.
#[derive(Debug)]
pub(super) struct Connection {
    access: Access,
    timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    client: Option<reqwest::Client>,
    token: Option<Secret>,
    /// From when on the credentials have to be renewed, in seconds since 1970; never where there is none.
    due: Option<i64>,
    generation: u64,
}

/// What a request is sent with.
#[derive(Clone, Debug)]
struct Ready {
    client: reqwest::Client,
    token: Option<Secret>,
    generation: u64,
}

/// A response, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) body: Vec<u8>,
    /// Which credentials it was requested with.
    pub(super) generation: u64,
    token: Option<Secret>,
}

impl Answer {
    /// A text of the server without the token of the request, which it may repeat.
    pub(super) fn clean(&self, text: &str) -> String {
        clip(self.token.as_ref().map_or_else(|| text.to_owned(), |token| token.hide(text)))
    }
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum Failed {
    /// There are no credentials.
    Login(LoginError),
    /// The request was not answered, or not to its end.
    Sent(reqwest::Error),
    /// The response is too large.
    TooLarge(String),
    /// There is no room for it beside the other responses.
    Full(Full),
}

impl Connection {
    pub(super) fn new(access: Access, timeout: Duration) -> Self {
        Self { access, timeout, state: Mutex::default() }
    }

    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// The address of the server.
    pub(super) fn server(&self) -> String {
        shown(&self.access.server)
    }

    /// Sends a request for a path below that of the server.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
        share: &mut Share,
    ) -> Result<Answer, Failed> {
        let ready = self.ready().await.map_err(Failed::Login)?;
        let mut request = ready.client.get(self.address(path, query));
        request = request.header("accept", "application/json");
        for (name, value) in &self.access.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = &ready.token {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
            let mut bearer = bearer.map_err(|_| {
                Failed::Login(self.unusable("the token has characters that no token has"))
            })?;
            bearer.set_sensitive(true);
            request = request.header("authorization", bearer);
        }
        let mut response = request.send().await.map_err(Failed::Sent)?;
        let header = |name: &str| {
            let value = response.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let (retry_after, date) = (header("retry-after"), header("date"));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Failed::Sent)? {
            share.grow(chunk.len()).await.map_err(Failed::Full)?;
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(Failed::TooLarge(format!("it is larger than {MOST_BYTES} bytes")));
            }
        }
        // It is going to be read.
        share.grow(weight(&body) - body.len()).await.map_err(Failed::Full)?;
        let Ready { generation, token, .. } = ready;
        let status = response.status().as_u16();
        Ok(Answer { status, retry_after, date, body, generation, token })
    }

    /// Makes the next request use other credentials than those of a generation; false if there are no others to be had.
    pub(super) async fn renew(&self, generation: u64) -> bool {
        if !matches!(self.access.credential, Credential::File(_) | Credential::Plugin(_)) {
            return false;
        }
        let mut state = self.state.lock().await;
        if state.generation == generation {
            state.due = Some(i64::MIN);
        }
        true
    }

    fn address(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.access.server.clone();
        // A server may be below a path: several clusters behind one address.
        url.set_path(&format!("{}{path}", self.access.server.path().trim_end_matches('/')));
        url.set_query(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if let Some(name) = &self.access.server_name {
            // The client verifies the name of the address; the resolver below leads it to the server.
            let _ = url.set_host(Some(name));
        }
        url
    }

    /// The client and the token, renewed if it is time.
    async fn ready(&self) -> Result<Ready, LoginError> {
        let mut state = self.state.lock().await;
        let now = Timestamp::now().as_second();
        let due = state.due.is_some_and(|due| due <= now);
        let client = match &state.client {
            Some(client) if !due => client.clone(),
            known => {
                let known = known.clone();
                let (token, identity, due) = self.credentials(now).await?;
                let client = match known {
                    Some(client) if identity.is_none() => client,
                    _ => self.client(identity)?,
                };
                state.client = Some(client.clone());
                state.token = token;
                state.due = due;
                state.generation += 1;
                client
            }
        };
        Ok(Ready { client, token: state.token.clone(), generation: state.generation })
    }

    /// The token, the certificate of a plugin as PEM, and when both have to be renewed.
    async fn credentials(
        &self,
        now: i64,
    ) -> Result<(Option<Secret>, Option<Vec<u8>>, Option<i64>), LoginError> {
        match &self.access.credential {
            Credential::None => Ok((None, None, None)),
            Credential::Token(token) => Ok((Some(token.clone()), None, None)),
            Credential::File(path) => {
                let bytes = read(path).map_err(|error| {
                    self.file("the token", format!("{}: {error}", path.display()))
                })?;
                let text = String::from_utf8(bytes).unwrap_or_default();
                let token = text.trim();
                if token.is_empty() {
                    return Err(self.file("the token", format!("{} has no text", path.display())));
                }
                Ok((Some(Secret::new(token)), None, Some(now.saturating_add(FILE_FOR))))
            }
            Credential::Plugin(plugin) => {
                let issued = plugin.run(|| self.for_plugin()).await.map_err(|why| {
                    let context = self.access.name.clone();
                    LoginError::Plugin { context, program: plugin.name(), why }
                })?;
                let identity = issued.identity.map(|(certificate, key)| {
                    format!("{certificate}\n{}\n", key.expose()).into_bytes()
                });
                let due = issued.expires.map(|end| end.as_second().saturating_sub(MARGIN));
                // One that has ended already is tried, and not requested for each call.
                let due = due.map(|due| due.max(now.saturating_add(MARGIN)));
                Ok((issued.token, identity, due))
            }
        }
    }

    /// What a plugin is given of the cluster:
    /// [its fields](https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster).
    fn for_plugin(&self) -> Value {
        let access = &self.access;
        let mut cluster = json!({ "server": access.server.as_str().trim_end_matches('/') });
        if let Some(name) = &access.server_name {
            cluster["tls-server-name"] = json!(name);
        }
        if access.insecure {
            cluster["insecure-skip-tls-verify"] = json!(true);
        }
        if let Some(bytes) = access.authority.as_ref().and_then(|pem| pem.bytes().ok()) {
            cluster["certificate-authority-data"] = json!(BASE64_STANDARD.encode(bytes));
        }
        if let Some(proxy) = &access.proxy {
            cluster["proxy-url"] = json!(proxy.as_str());
        }
        if let Some(config) = &access.for_plugins {
            cluster["config"] = config.clone();
        }
        cluster
    }

    fn client(&self, issued: Option<Vec<u8>>) -> Result<reqwest::Client, LoginError> {
        let access = &self.access;
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("posture/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(5).min(self.timeout))
            .timeout(self.timeout)
            // A token is sent to the server of the kubeconfig and to no other.
            .redirect(reqwest::redirect::Policy::none())
            .https_only(access.server.scheme() == "https");
        // What is meant for this machine does not leave it, whatever proxy the environment names.
        if access.is_local() {
            client = client.no_proxy();
        }
        if let Some(proxy) = &access.proxy {
            let proxy = Proxy::all(proxy.clone());
            client = client.proxy(proxy.map_err(|_| self.unusable("`proxy-url` cannot be used"))?);
        }
        if let Some(authority) = &access.authority {
            let what = "the certificate authority";
            let bytes = authority.bytes().map_err(|why| self.file(what, why))?;
            let none = || self.file(what, "it holds no certificate".to_owned());
            let all = Certificate::from_pem_bundle(&bytes).map_err(|_| none())?;
            if all.is_empty() {
                return Err(none());
            }
            client = client.tls_certs_only(all);
        }
        if access.insecure {
            client = client.tls_danger_accept_invalid_certs(true);
        }
        let identity = match (issued, &access.certificate) {
            (Some(issued), _) => Some(issued),
            (None, None) => None,
            (None, Some((certificate, key))) => {
                let of = |what, pem: &super::kubeconfig::Pem| {
                    pem.bytes().map_err(|why| self.file(what, why))
                };
                let mut both = of("the client certificate", certificate)?;
                both.push(b'\n');
                both.extend(of("the client key", key)?);
                Some(both)
            }
        };
        let what = "the client certificate and its key";
        if let Some(pem) = identity {
            let wrong = || self.file(what, "they are not PEM".to_owned());
            client = client.identity(Identity::from_pem(&pem).map_err(|_| wrong())?);
        }
        if access.server_name.is_some() {
            client = client.dns_resolver(Arc::new(Elsewhere(access.server.clone())));
        }
        client.build().map_err(|error| match super::trouble::chain(&error) {
            // The words of `rustls`; the error itself is not public.
            why if why.contains("KeyMismatch") => {
                self.file(what, "the key is not that of the certificate".to_owned())
            }
            why => self.unusable(&format!("no TLS connection with it: {why}")),
        })
    }

    fn unusable(&self, why: &str) -> LoginError {
        LoginError::Unusable { context: self.access.name.clone(), why: why.to_owned() }
    }

    fn file(&self, what: &'static str, why: String) -> LoginError {
        LoginError::File { context: self.access.name.clone(), what, why: clip(why) }
    }
}

/// Resolves every name to the addresses of a server: its certificate has another name than its address.
struct Elsewhere(Url);

impl Resolve for Elsewhere {
    fn resolve(&self, _: Name) -> Resolving {
        let server = self.0.clone();
        Box::pin(async move {
            let host = server.host_str().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let port = server.port_or_known_default().unwrap_or_default();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}
