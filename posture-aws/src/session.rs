//! Credentials, and a client for each service and region, all over one HTTP client.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error, future,
};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_http_client::tls::{Provider as TlsProvider, rustls_provider::CryptoMode};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use futures::future::BoxFuture;
use posture_core::gap::Reason;
use posture_core::scope::Calls;
use posture_core::skew::Skew;
use posture_core::time::Time;

use crate::ask::{by_code, reason};
use crate::guard::Guard;
use crate::meter::{Meter, host_allowed, host_of, is_loopback};

/// Where credentials come from, and what may be reached with them.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// What requests travel over; several accounts do well to share it.
    pub transport: Transport,
    /// The profile of the shared configuration; the standard chain's own choice where none is named.
    pub profile: Option<String>,
    /// A role to take on with these credentials before anything is read.
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Hosts beyond AWS's own that requests may go to, such as a private gateway. Loopback needs no permission.
    pub allowed_hosts: Vec<String>,
    /// How long one attempt of a call may take, and a third of how long a call may take with its retries; 20 seconds
    /// where nothing is said.
    pub timeout: Option<Duration>,
    /// How often an attempt is made, and how long is waited before the second; 5 times and 200 ms where nothing is said.
    pub attempts: Option<(u32, Duration)>,
    /// Where credentials come from, in the place of the standard chain.
    pub credentials: Option<Source>,
    /// A simulator that is asked instead of AWS; neither environment nor configuration is looked at then.
    pub simulator: Option<Simulator>,
}

/// Keys that sign requests.
#[derive(Clone)]
pub struct Keys {
    /// The id of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The token that goes with temporary ones.
    pub session_token: Option<String>,
    /// When they end; they are asked for anew a little before.
    pub expires: Option<Time>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Where keys come from, in the place of the standard chain.
pub trait Credentials: Send + Sync {
    /// The keys as of now. They are kept until they end.
    fn keys(&self) -> BoxFuture<'_, Result<Keys, Box<dyn std::error::Error + Send + Sync>>>;
}

impl Credentials for Keys {
    fn keys(&self) -> BoxFuture<'_, Result<Keys, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// A source of keys that several accounts may share.
#[derive(Clone)]
pub struct Source(pub Arc<dyn Credentials>);

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source(…)")
    }
}

impl ProvideCredentials for Source {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async move {
            let keys = self.0.keys().await.map_err(error::CredentialsError::provider_error)?;
            let Keys { access_key_id, secret_access_key, session_token, expires } = keys;
            let expires = expires.and_then(|time| {
                let seconds = u64::try_from(time.unix()).ok()?;
                SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
            });
            Ok(SdkCredentials::new(
                access_key_id,
                secret_access_key,
                session_token,
                expires,
                "given",
            ))
        })
    }
}

/// A simulated AWS on this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct Simulator {
    /// Its address, which must be one of loopback.
    pub url: String,
    /// The access key of the account that is meant.
    pub key: String,
    /// The secret that goes with it.
    pub secret: String,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator")
            .field("url", &self.url)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Why an account cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// No usable credentials, or AWS did not accept them.
    #[error("{who} has no usable credentials")]
    Credentials {
        /// Which profile or role.
        who: String,
        /// What AWS or the credential chain said.
        why: String,
        /// What kind of refusal that is.
        reason: Reason,
    },
    /// An address outside AWS's domains was configured and not allowed.
    #[error("the configured endpoint `{0}` is not one of AWS's")]
    Endpoint(String),
}

impl LoginError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Credentials { .. } => {
                "tried, in this order: AWS_ACCESS_KEY_ID in the environment, the shared configuration and its profile \
                 (SSO, process, role), a web identity token, container and instance credentials; sign in with \
                 `aws sso login --profile NAME`, or pass `--profile NAME`"
                    .to_owned()
            }
            Self::Endpoint(host) => format!("remove the endpoint from environment and profile, or pass `--allow-endpoint {host}`"),
        }
    }
}

/// Credentials that work, and whose they are.
#[derive(Clone, Debug)]
pub struct Session {
    sdk: SdkConfig,
    account: String,
    arn: String,
    guard: Guard,
    /// Whether a simulator answers.
    simulated: bool,
    /// What it took to find out whose credentials these are.
    calls: BTreeMap<String, Calls>,
}

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(20);
/// How often an attempt is made, and how long is waited before the second.
const ATTEMPTS: (u32, Duration) = (5, Duration::from_millis(200));
/// How many times as long an operation may take, with its retries.
const OPERATION: u32 = 3;

impl Session {
    /// Finds credentials and asks AWS whose they are.
    ///
    /// # Errors
    /// When there are none, or they are refused, or an endpoint outside AWS's domains is configured.
    pub async fn login(login: &Login) -> Result<Self, LoginError> {
        let attempt = login.timeout.unwrap_or(ATTEMPT);
        let (attempts, pause) = login.attempts.unwrap_or(ATTEMPTS);
        let guard = Guard::new(&login.allowed_hosts);
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(guard.client(&login.transport.0))
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(attempts)
                    .with_initial_backoff(pause)
                    .with_max_backoff(Duration::from_secs(8)),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .operation_attempt_timeout(attempt)
                    .operation_timeout(attempt.saturating_mul(OPERATION))
                    .build(),
            );
        if let Some(profile) = &login.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(Simulator { url, key, secret }) = &login.simulator {
            if !is_loopback(&host_of(url)) {
                return Err(LoginError::Endpoint(host_of(url)));
            }
            let credentials = SdkCredentials::new(key, secret, None, None, "simulator");
            loader = loader
                .endpoint_url(url)
                .credentials_provider(credentials)
                .region(Region::from_static("us-east-1"));
        }
        if let Some(source) = &login.credentials {
            loader = loader.credentials_provider(source.clone());
        }
        let mut sdk = loader.load().await;
        if sdk.region().is_none() {
            // Global services are reached through any region; this one exists in the partition that most accounts use.
            sdk = sdk.into_builder().region(Region::from_static("us-east-1")).build();
        }
        if let Some(endpoint) = sdk.endpoint_url() {
            let host = host_of(endpoint);
            let plain = endpoint.starts_with("http://") && !is_loopback(&host);
            if plain || !host_allowed(&host, &login.allowed_hosts) {
                return Err(LoginError::Endpoint(host));
            }
        }
        let who = match (&login.role_arn, &login.profile) {
            _ if login.simulator.is_some() => "the simulator".to_owned(),
            (None, None) if login.credentials.is_some() => "what was given".to_owned(),
            (Some(role), _) => format!("role `{role}`"),
            (None, Some(profile)) => format!("profile `{profile}`"),
            (None, None) => "the default credential chain".to_owned(),
        };
        if let Some(role) = &login.role_arn {
            sdk = assume(&sdk, role, login.external_id.as_deref()).await;
        }
        let session = Self::identify(sdk, who, guard).await?;
        Ok(Self { simulated: login.simulator.is_some(), ..session })
    }

    /// The same for a role in another account, taken on with these credentials.
    ///
    /// # Errors
    /// When the role cannot be taken on.
    pub async fn assume(
        &self,
        role_arn: &str,
        external_id: Option<&str>,
    ) -> Result<Self, LoginError> {
        let sdk = assume(&self.sdk, role_arn, external_id).await;
        let who = format!("role `{role_arn}`");
        let session = Self::identify(sdk, who, self.guard.clone()).await?;
        Ok(Self { simulated: self.simulated, ..session })
    }

    async fn identify(sdk: SdkConfig, who: String, guard: Guard) -> Result<Self, LoginError> {
        let meter = Meter::new(guard.allowed_hosts());
        let config = aws_sdk_sts::config::Builder::from(&sdk).interceptor(meter.clone()).build();
        let refused =
            |why: String, reason| LoginError::Credentials { who: who.clone(), why, reason };
        let identity =
            match aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await {
                Ok(identity) => identity,
                Err(error) => {
                    let said = error.message().map(str::to_owned);
                    let reason = refused_role(&error).unwrap_or_else(|| reason(&error));
                    return Err(refused(said.unwrap_or_else(|| chain(&error)), reason));
                }
            };
        match (identity.account, identity.arn) {
            (Some(account), Some(arn)) => {
                let calls = meter.calls();
                Ok(Self { sdk, account, arn, guard, simulated: false, calls })
            }
            _ => Err(refused("the answer names no account".to_owned(), Reason::Malformed)),
        }
    }

    /// A session over an HTTP client that answers by itself, which retries once and at once.
    #[cfg(test)]
    pub(crate) fn fake(http: SharedHttpClient) -> Self {
        let guard = Guard::new(&[]);
        let credentials = SdkCredentials::new("AKIAFAKE", "secret", None, None, "test");
        let retry = RetryConfig::standard()
            .with_max_attempts(2)
            .with_initial_backoff(Duration::ZERO)
            .with_max_backoff(Duration::ZERO);
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(retry)
            .http_client(guard.client(&http))
            .build();
        Self {
            sdk,
            account: "123456789012".to_owned(),
            arn: "arn:aws:iam::123456789012:user/auditor".to_owned(),
            guard,
            simulated: false,
            calls: BTreeMap::new(),
        }
    }

    /// The number of the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// As whom it is read.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// What it took to find out whose credentials these are.
    pub(crate) fn login_calls(&self) -> &BTreeMap<String, Calls> {
        &self.calls
    }

    /// The partition, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }

    /// Whether a simulator answers.
    pub(crate) fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// The part of the cloud that is read, as reports name it; what a simulator tells is marked as such.
    pub fn source(&self) -> &str {
        if self.simulated { "simulated" } else { self.partition() }
    }

    /// The region that is configured.
    pub fn region(&self) -> &str {
        self.sdk.region().map_or("us-east-1", AsRef::as_ref)
    }

    /// A region in which the global services of the partition are reached.
    pub(crate) fn home_region(&self) -> &str {
        match self.partition() {
            "aws" => "us-east-1",
            "aws-cn" => "cn-north-1",
            "aws-us-gov" => "us-gov-west-1",
            _ => self.region(),
        }
    }

    pub(crate) fn meter(&self) -> Meter {
        Meter::new(self.guard.allowed_hosts())
    }

    /// What the provider's services said of the time.
    pub(crate) fn skew(&self) -> &Skew {
        self.guard.skew()
    }

    /// Failures in one account and service do not use up the retries of another.
    fn partition_of_retries(&self, service: &str) -> RetryPartition {
        RetryPartition::custom(format!("{}-{service}", self.account))
            .token_bucket(TokenBucket::builder().capacity(1_000).build())
            .build()
    }
}

macro_rules! clients {
    ($( $(#[$meta:meta])* $name:ident: $krate:ident; )*) => {
        /// A client of a service in a region.
        impl Session {
            $(
                $(#[$meta])*
                pub(crate) fn $name(&self, region: &str, meter: &Meter) -> $krate::Client {
                    let config = $krate::config::Builder::from(&self.sdk)
                        .region(Region::new(region.to_owned()))
                        .interceptor(meter.clone())
                        .retry_partition(self.partition_of_retries(stringify!($name)));
                    $krate::Client::from_conf(config.build())
                }
            )*
        }
    };
}
clients! {
    access_analyzer: aws_sdk_accessanalyzer;
    account_api: aws_sdk_account;
    cloudtrail: aws_sdk_cloudtrail;
    cloudwatch: aws_sdk_cloudwatch;
    config: aws_sdk_config;
    guardduty: aws_sdk_guardduty;
    iam: aws_sdk_iam;
    kms: aws_sdk_kms;
    logs: aws_sdk_cloudwatchlogs;
    organizations: aws_sdk_organizations;
    s3_control: aws_sdk_s3control;
    security_hub: aws_sdk_securityhub;
    sns: aws_sdk_sns;
}

impl Session {
    pub(crate) fn s3(&self, region: &str, meter: &Meter) -> aws_sdk_s3::Client {
        // A local server has no name for each bucket.
        let path_style = self.sdk.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&self.sdk)
            .region(Region::new(region.to_owned()))
            .force_path_style(path_style)
            .interceptor(meter.clone())
            .retry_partition(self.partition_of_retries("s3"));
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

async fn assume(base: &SdkConfig, role_arn: &str, external_id: Option<&str>) -> SdkConfig {
    let mut role = aws_config::sts::AssumeRoleProvider::builder(role_arn)
        .session_name("posture")
        .configure(base);
    if let Some(id) = external_id {
        role = role.external_id(id);
    }
    let provider = SharedCredentialsProvider::new(role.build().await);
    base.clone().into_builder().credentials_provider(provider).build()
}

/// Why a role was not given, where that is what an error comes from.
fn refused_role(error: &(dyn std::error::Error + 'static)) -> Option<Reason> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>() {
            return Some(reason(error));
        }
        if let Some(error) = error.downcast_ref::<AssumeRoleError>() {
            let (code, message) = (error.code(), error.message());
            return Some(by_code(code.unwrap_or_default(), message.unwrap_or_default(), 400));
        }
        cause = error.source();
    }
    None
}

/// One pool of connections and one TLS set-up for every service, region and account.
#[derive(Clone, Debug)]
pub struct Transport(SharedHttpClient);

impl From<SharedHttpClient> for Transport {
    /// A client of one's own, of the AWS SDK's kind. It decides itself whom it trusts; requests go where they go with any
    /// other.
    fn from(client: SharedHttpClient) -> Self {
        Self(client)
    }
}

impl Default for Transport {
    fn default() -> Self {
        let client = HttpClientBuilder::new()
            .tls_provider(TlsProvider::Rustls(CryptoMode::AwsLc))
            .pool_max_idle_per_host(64)
            .build_with_resolver(Resolver);
        Self(client)
    }
}

/// The system's resolver, but for names below `localhost`, which are loopback by
/// [RFC 6761](https://www.rfc-editor.org/rfc/rfc6761#section-6.3) and which not every system knows. S3 Control puts the
/// account before the host, also before that of a local test server, and even where that is an address.
#[derive(Clone, Debug)]
struct Resolver;

impl ResolveDns for Resolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            if is_loopback(name) {
                return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
            }
            match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => Ok(found.map(|address| address.ip()).collect()),
                Err(error) => Err(ResolveDnsError::new(error)),
            }
        })
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if words.last() != Some(&text) {
            words.push(text);
        }
        cause = error.source();
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fake(endpoint: &str, http: SharedHttpClient, guard: &Guard) -> aws_config::ConfigLoader {
        aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(guard.client(&http))
            .endpoint_url(endpoint)
            .credentials_provider(SdkCredentials::new("AKIAFAKE", "secret", None, None, "test"))
            .region(Region::from_static("us-east-1"))
    }

    /// The calls of credential providers do not pass the meter, and so have to be held back where bytes leave.
    #[tokio::test]
    async fn a_role_is_asked_for_nowhere_but_at_aws() {
        for endpoint in
            ["https://sts.evil.example", "http://169.254.169.254", "http://sts.amazonaws.com"]
        {
            let cloud = crate::fake::Fake::default();
            let guard = Guard::new(&[]);
            let sdk = fake(endpoint, cloud.client(), &guard).load().await;
            let role = "arn:aws:iam::123456789012:role/auditor";
            let sdk = assume(&sdk, role, Some("shared")).await;
            assert!(Session::identify(sdk, "x".to_owned(), guard).await.is_err());
            assert!(cloud.seen().is_empty(), "{endpoint}: {:?}", cloud.seen());
        }
    }

    #[tokio::test]
    async fn a_simulator_is_on_this_machine() {
        for url in ["https://evil.example", "http://169.254.169.254", "http://10.0.0.1:80"] {
            let simulator = Simulator {
                url: url.to_owned(),
                key: "AKIASIM".to_owned(),
                secret: "x".to_owned(),
            };
            let login = Login { simulator: Some(simulator), ..Login::default() };
            let refused = Session::login(&login).await;
            assert!(matches!(refused, Err(LoginError::Endpoint(_))), "{url}");
        }
    }
}
