//! Credentials, and the services that are reached with them.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
pub use azure_core::credentials::TokenCredential;
use azure_core::credentials::{AccessToken, Secret, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
pub use azure_core::http::HttpClient;
use azure_core::http::{ClientOptions, Transport, Url};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};
use posture_collect::retries::Retries;
use serde_json::Value;

use crate::client::Client;
use crate::cloud::Cloud;
use crate::trouble::{Secrets, chain, diagnose};
use crate::wire::Wire;

pub use crate::trouble::Cause;

/// Where credentials come from, and what they are for.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// The cloud.
    pub cloud: Cloud,
    /// The id or domain of the tenant; that of the credentials where none is named.
    pub tenant: Option<String>,
    /// The one source of credentials to use; the first of [`Source::ALL`] that works where none is named.
    pub source: Option<Source>,
    /// The client id of a managed identity that was made by the customer, or of the application of a workload identity.
    pub client_id: Option<String>,
    /// The secret of an application, where it does not come from the environment.
    pub client_secret: Option<ClientSecret>,
    /// Custom credentials, which replace every source.
    pub credential: Option<Arc<dyn TokenCredential>>,
    /// The HTTP client to use instead of the built-in one. It must limit the time of a request itself.
    pub http: Option<Arc<dyn HttpClient>>,
    /// How long one attempt of a call may take; 20 seconds by default.
    pub timeout: Option<Duration>,
    /// How often a request is sent before it counts as failed, and about how long to wait before the second time; by default
    /// 5 times and half a second. As long as nothing has responded, a connection is attempted 3 times at most.
    pub attempts: Option<(u32, Duration)>,
    /// The most concurrent calls; 32 by default.
    pub concurrency: usize,
    /// The most calls a second that count against one limit of Azure's.
    pub max_rate: Option<NonZeroU32>,
    /// A simulator on loopback that everything is sent to instead of to the cloud.
    pub simulator: Option<String>,
    /// Whether a simulator is called as fast as it responds, rather than at the pace that the cloud allows.
    pub unpaced: bool,
}

impl Login {
    /// How requests are repeated.
    pub(crate) fn retries(&self) -> Retries {
        let given = self.attempts.map(|(attempts, pause)| Retries { attempts, pause });
        given.unwrap_or_default()
    }

    /// The client secret, from the options or the environment.
    fn secret(&self) -> Option<String> {
        let given = self.client_secret.as_ref().map(|ClientSecret(secret)| secret.clone());
        given.or_else(|| variable("AZURE_CLIENT_SECRET"))
    }

    fn secrets(&self) -> Secrets {
        Secrets::of(self.secret().as_deref())
    }
}

/// The secret of an application, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(pub String);

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSecret(***)")
    }
}

/// A source of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An application's secret in the environment: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`.
    Environment,
    /// A token that a Kubernetes cluster or a pipeline puts in a file: `AZURE_FEDERATED_TOKEN_FILE`.
    WorkloadIdentity,
    /// The identity of the machine or service that runs this. Without being named it is only tried where the service
    /// announces it with `IDENTITY_ENDPOINT`, because requests to a machine that has none take long.
    ManagedIdentity,
    /// The user who is signed in to the Azure CLI.
    AzureCli,
    /// The user who is signed in to the Azure Developer CLI.
    AzureDeveloperCli,
    /// [`Login::credential`].
    Given,
}

impl Source {
    /// Every source that is discovered automatically, in the order in which they are tried.
    pub const ALL: &'static [Self] = &[
        Self::Environment,
        Self::WorkloadIdentity,
        Self::ManagedIdentity,
        Self::AzureCli,
        Self::AzureDeveloperCli,
    ];

    /// Whether the source was configured for this run, so that no other may replace it.
    fn is_set_up(self) -> bool {
        matches!(self, Self::Environment | Self::WorkloadIdentity | Self::Given)
    }

    /// The name as written in arguments.
    pub fn id(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::WorkloadIdentity => "workload-identity",
            Self::ManagedIdentity => "managed-identity",
            Self::AzureCli => "cli",
            Self::AzureDeveloperCli => "developer-cli",
            Self::Given => "given",
        }
    }
}

/// Why a tenant cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// No source gave credentials that work.
    #[error("no usable credentials")]
    Credentials {
        /// What became of each source that was tried.
        tried: Vec<Attempt>,
        /// The requested tenant.
        tenant: Option<String>,
    },
    /// The simulator's address is not one of this machine.
    #[error("the simulator's address `{0}` is not on this machine")]
    Simulator(String),
    /// The client could not be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

impl LoginError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Credentials { tried, tenant } => {
                // What was set up and refused is nearer to what was meant than a program that is not there.
                let first = tried.iter().find_map(|attempt| attempt.cause.help(tenant.as_deref()));
                let general = "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, sign in with `az login`, or select a source \
                     with --credential";
                match first {
                    Some(first) => first,
                    None => general.to_owned(),
                }
            }
            Self::Simulator(_) => "give an address such as http://127.0.0.1:8080".to_owned(),
            Self::Client(_) => "check that the system has CA certificates".to_owned(),
        }
    }
}

/// What became of a source of credentials.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The source.
    pub source: Source,
    /// What failed.
    pub cause: Cause,
    /// The same in the words of the service or program, without secrets.
    pub why: String,
}

impl std::fmt::Display for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.source.id(), self.cause, self.why)
    }
}

/// Credentials that work, the tenant they belong to, and the services.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) client: Arc<Client>,
    cloud: Cloud,
    tenant: String,
    identity: String,
    simulated: bool,
    credential: Arc<Renewable>,
}

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(20);

impl Session {
    /// Finds credentials and gets a first token with them.
    ///
    /// # Errors
    /// When no source has credentials that are accepted.
    pub async fn login(login: &Login) -> Result<Self, LoginError> {
        let simulator = login.simulator.as_deref().map(loopback).transpose()?;
        let simulated = simulator.is_some();
        let retries = login.retries();
        let wire = match &login.http {
            Some(client) => Wire::given(Arc::clone(client), simulator, retries),
            None => Wire::new(login.timeout.unwrap_or(ATTEMPT), simulator, retries)
                .map_err(|error| LoginError::Client(chain(&error, &Secrets::default())))?,
        };
        let transport = wire.transport();
        let scope = format!("{}.default", login.cloud.management());
        let mut tried = Vec::new();
        let secrets = login.secrets();
        for source in sources(login) {
            let failed = |error: &Error| Attempt {
                source,
                cause: diagnose(error),
                why: chain(error, &secrets),
            };
            let credential = match Renewable::new(source, login, &transport) {
                Ok(credential) => Arc::new(credential),
                Err(error) => {
                    tried.push(failed(&error));
                    continue;
                }
            };
            let token = match credential.get_token(&[&scope], None).await {
                Ok(token) => token,
                Err(error) => {
                    tried.push(failed(&error));
                    if source.is_set_up() {
                        // Another source may lead to another tenant, which was not requested.
                        break;
                    }
                    continue;
                }
            };
            let claims = claims(token.token.secret());
            if let Err((cause, why)) = is_wanted(login, source, &claims) {
                tried.push(Attempt { source, cause, why });
                continue;
            }
            let claim = |name: &str| claims.get(name).and_then(Value::as_str);
            let tenant = claim("tid").or(login.tenant.as_deref()).unwrap_or_default();
            let identity = claim("upn").or_else(|| claim("appid")).or_else(|| claim("oid"));
            return Ok(Self {
                client: Arc::new(Client::new(login, &credential, &transport)),
                cloud: login.cloud,
                tenant: tenant.to_owned(),
                identity: identity.unwrap_or_default().to_owned(),
                simulated,
                credential,
            });
        }
        Err(LoginError::Credentials { tried, tenant: login.tenant.clone() })
    }

    /// The tenant's id.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The user's name or the application's id.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The cloud that it lives in.
    pub(crate) fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// Whether a simulator answers.
    pub(crate) fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// A token of Azure Resource Manager, which registries exchange; or why there is none, without a secret.
    pub(crate) async fn management_token(&self) -> Result<String, String> {
        let scope = format!("{}.default", self.cloud.management());
        let token = self.credential.get_token(&[&scope], None).await;
        match token {
            Ok(token) => Ok(token.token.secret().to_owned()),
            Err(error) => Err(chain(&error, self.credential.secrets())),
        }
    }

    /// The part of Azure that is read; what a simulator returns is marked as such.
    pub fn partition(&self) -> &'static str {
        if self.simulated { "simulated" } else { self.cloud.id() }
    }
}

/// Whether a token is for the requested tenant and identity. Not every source heeds both: a managed
/// identity has its own tenant, and the user of a CLI is not the named application.
fn is_wanted(login: &Login, source: Source, claims: &Value) -> Result<(), (Cause, String)> {
    let claim = |name: &str| claims.get(name).and_then(Value::as_str);
    let differs = |wanted: &str, found: &str| !wanted.eq_ignore_ascii_case(found);
    if let (Some(wanted), Some(found)) = (login.tenant.as_deref(), claim("tid")) {
        if is_id(wanted) && differs(wanted, found) {
            return Err((Cause::OtherTenant, format!("they are for tenant {found}, not {wanted}")));
        }
        if !is_id(wanted) && source == Source::ManagedIdentity {
            let why = format!(
                "they are for tenant {found}; cannot determine whether that is {wanted}: pass the ID of the tenant"
            );
            return Err((Cause::OtherTenant, why));
        }
    }
    let of_application = matches!(source, Source::AzureCli | Source::AzureDeveloperCli);
    if let (Some(wanted), Some(found)) = (login.client_id.as_deref(), claim("appid"))
        && of_application
        && differs(wanted, found)
    {
        return Err((
            Cause::OtherIdentity,
            format!("they are for application {found}, not {wanted}"),
        ));
    }
    Ok(())
}

/// Whether a text is an id, and no domain.
fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// An address of this machine without TLS: any other host could be anyone's.
fn loopback(address: &str) -> Result<Url, LoginError> {
    let refuse = || LoginError::Simulator(address.to_owned());
    let url = Url::parse(address).map_err(|_| refuse())?;
    let host = url.host_str().unwrap_or_default();
    let here = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    if url.scheme() == "http" && here { Ok(url) } else { Err(refuse()) }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The sources to be tried.
fn sources(login: &Login) -> Vec<Source> {
    if login.credential.is_some() {
        return vec![Source::Given];
    }
    if let Some(source) = login.source {
        return vec![source];
    }
    let worth = |source: &Source| match source {
        Source::Environment => variable("AZURE_CLIENT_SECRET").is_some(),
        Source::WorkloadIdentity => variable("AZURE_FEDERATED_TOKEN_FILE").is_some(),
        Source::ManagedIdentity => variable("IDENTITY_ENDPOINT").is_some(),
        Source::AzureCli | Source::AzureDeveloperCli => true,
        Source::Given => false,
    };
    Source::ALL.iter().copied().filter(worth).collect()
}

fn credential(
    source: Source,
    login: &Login,
    transport: &Transport,
) -> azure_core::Result<Arc<dyn TokenCredential>> {
    let options = || ClientOptions {
        transport: Some(transport.clone()),
        cloud: Some(Arc::new(login.cloud.configuration())),
        ..ClientOptions::default()
    };
    let tenant = || login.tenant.clone().or_else(|| variable("AZURE_TENANT_ID"));
    let needed = |name: &str, value: Option<String>| {
        value
            .ok_or_else(|| Error::with_message(ErrorKind::Credential, format!("{name} is not set")))
    };
    Ok(match source {
        Source::Given => match &login.credential {
            Some(credential) => Arc::clone(credential),
            None => return Err(Error::with_message(ErrorKind::Credential, "none was given")),
        },
        Source::Environment => {
            let id = login.client_id.clone().or_else(|| variable("AZURE_CLIENT_ID"));
            ClientSecretCredential::new(
                &needed("AZURE_TENANT_ID", tenant())?,
                needed("AZURE_CLIENT_ID", id)?,
                Secret::new(needed("AZURE_CLIENT_SECRET", login.secret())?),
                Some(ClientSecretCredentialOptions { client_options: options() }),
            )?
        }
        Source::WorkloadIdentity => {
            WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                credential_options: ClientAssertionCredentialOptions { client_options: options() },
                client_id: login.client_id.clone(),
                tenant_id: login.tenant.clone(),
                ..WorkloadIdentityCredentialOptions::default()
            }))?
        }
        Source::ManagedIdentity => {
            let inner = ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: login.client_id.clone().map(UserAssignedId::ClientId),
                // The address of the machine's own service is plain and no part of the cloud's.
                client_options: ClientOptions::default(),
            }))?;
            Arc::new(Impatient(inner))
        }
        Source::AzureCli => AzureCliCredential::new(Some(AzureCliCredentialOptions {
            tenant_id: login.tenant.clone(),
            ..AzureCliCredentialOptions::default()
        }))?,
        Source::AzureDeveloperCli => {
            AzureDeveloperCliCredential::new(Some(AzureDeveloperCliCredentialOptions {
                tenant_id: login.tenant.clone(),
                ..AzureDeveloperCliCredentialOptions::default()
            }))?
        }
    })
}

/// A credential that can be made to forget its tokens: those of the SDK keep one until its time, also where the service
/// no longer accepts it.
#[derive(Debug)]
pub(crate) struct Renewable {
    source: Source,
    login: Login,
    transport: Transport,
    secrets: Secrets,
    current: Mutex<(u64, Arc<dyn TokenCredential>)>,
}

impl Renewable {
    fn new(source: Source, login: &Login, transport: &Transport) -> azure_core::Result<Self> {
        let (login, transport) = (login.clone(), transport.clone());
        let current = Mutex::new((0, credential(source, &login, &transport)?));
        Ok(Self { source, secrets: login.secrets(), login, transport, current })
    }

    /// What no error may show.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn current(&self) -> (u64, Arc<dyn TokenCredential>) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        (current.0, Arc::clone(&current.1))
    }

    /// Which tokens are given out now.
    pub(crate) fn generation(&self) -> u64 {
        self.current().0
    }

    /// Forgets the tokens of a generation, unless another request did so already.
    pub(crate) fn forget(&self, generation: u64) {
        let Ok(fresh) = credential(self.source, &self.login, &self.transport) else { return };
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 == generation {
            *current = (generation + 1, fresh);
        }
    }
}

#[async_trait]
impl TokenCredential for Renewable {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.current().1.get_token(scopes, options).await
    }
}

/// A credential that gives up soon: on a machine without an identity requests for it get no response.
#[derive(Debug)]
struct Impatient(Arc<ManagedIdentityCredential>);

#[async_trait]
impl TokenCredential for Impatient {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let answer = self.0.get_token(scopes, options);
        tokio::time::timeout(Duration::from_secs(10), answer).await.unwrap_or_else(|_| {
            let what = "no managed identity answered within 10 seconds";
            Err(Error::with_message(ErrorKind::Credential, what))
        })
    }
}

/// The claims of a token about its bearer. It is posture's own token and only shown, so that nothing is verified.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = azure_core::base64::decode_url_safe(payload).unwrap_or_default();
    serde_json::from_slice(&payload).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_can_be_a_simulator() {
        for good in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in [
            "https://management.azure.com",
            "http://169.254.169.254",
            "http://127.0.0.1.nip.io",
            "http://localhost.evil.example",
            "file:///etc/passwd",
            "x",
        ] {
            assert!(loopback(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_names_its_owner() {
        // {"tid":"t","appid":"a"}
        assert_eq!(claims("x.eyJ0aWQiOiJ0IiwiYXBwaWQiOiJhIn0.y")["appid"], "a");
        assert_eq!(claims("opaque"), Value::Null);
    }

    #[test]
    fn credentials_for_another_tenant_are_not_used() {
        let (own, other) =
            ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
        let claims = serde_json::json!({ "tid": other, "appid": other });
        let login = |tenant: Option<&str>, client: Option<&str>| Login {
            tenant: tenant.map(str::to_owned),
            client_id: client.map(str::to_owned),
            ..Login::default()
        };
        let cause = |login: &Login, source| is_wanted(login, source, &claims).err().map(|(c, _)| c);
        for source in Source::ALL {
            let source = *source;
            assert_eq!(cause(&login(Some(own), None), source), Some(Cause::OtherTenant));
            assert_eq!(cause(&login(Some(other), None), source), None);
            assert_eq!(cause(&login(None, None), source), None);
        }
        // The tenant of a machine's identity does not follow a domain.
        let domain = login(Some("contoso.com"), None);
        assert_eq!(cause(&domain, Source::ManagedIdentity), Some(Cause::OtherTenant));
        assert_eq!(cause(&domain, Source::AzureCli), None);
        let named = login(None, Some(own));
        assert_eq!(cause(&named, Source::AzureCli), Some(Cause::OtherIdentity));
        assert_eq!(cause(&named, Source::ManagedIdentity), None);
        assert_eq!(cause(&login(None, Some(other)), Source::AzureCli), None);
    }

    /// Rejects every connection, and counts them.
    #[derive(Debug, Default)]
    struct Refusing(std::sync::atomic::AtomicUsize);

    #[async_trait]
    impl HttpClient for Refusing {
        async fn execute_request(
            &self,
            _: &azure_core::http::Request,
        ) -> azure_core::Result<azure_core::http::AsyncRawResponse> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            Err(Error::new(ErrorKind::Connection, refused))
        }
    }

    #[tokio::test]
    async fn a_login_that_reaches_nothing_is_given_up_soon() {
        let http = Arc::new(Refusing::default());
        let login = Login {
            tenant: Some("contoso.com".to_owned()),
            source: Some(Source::Environment),
            client_id: Some("application".to_owned()),
            client_secret: Some(ClientSecret("secret".to_owned())),
            http: Some(http.clone()),
            attempts: Some((5, Duration::ZERO)),
            ..Login::default()
        };
        let error = Session::login(&login).await.unwrap_err();
        let LoginError::Credentials { tried, .. } = error else { panic!("{error}") };
        assert_eq!((tried.len(), tried[0].cause), (1, Cause::Refused), "{tried:?}");
        assert_eq!(http.0.load(std::sync::atomic::Ordering::SeqCst), 3);
    }
}
