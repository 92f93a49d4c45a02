//! Credentials, and a client for each service and region, all over one HTTP client.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::credential_process::CredentialProcessProvider;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials as SdkCredentials;
use aws_credential_types::provider::{
    ProvideCredentials, SharedCredentialsProvider, error, future,
};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
#[cfg(test)]
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use futures::future::BoxFuture;
use posture_model::gap::Reason;
use posture_model::scope::Calls;
use posture_model::skew::Skew;
use posture_model::time::Time;

use crate::entry::{ASSUME_ROLE, holds_always};
use crate::guard::Guard;
use crate::meter::{Lookup, Meter, host_allowed, host_of, is_loopback};
use crate::profile::{Renewal, Shared};
use crate::trouble::{Suspect, diagnose};
use crate::wire::Client;
use crate::wire::endpoint::partition_of;

pub use crate::transport::Transport;
pub use crate::trouble::{Connection, LoginError};

/// Where credentials come from, and what may be reached with them.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// What requests travel over; several accounts do well to share it.
    pub transport: Transport,
    /// The profile of the shared configuration, which goes before keys in the environment; the standard chain's own choice
    /// where none is named.
    pub profile: Option<String>,
    /// The region in which the first call is made; that of environment or profile where none is named.
    pub region: Option<String>,
    /// A role to assume with these credentials before anything is read.
    pub role_arn: Option<String>,
    /// The external ID that the role's trust policy requires.
    pub external_id: Option<String>,
    /// Hosts beyond AWS's own that requests may go to, such as a private gateway. Loopback needs no permission.
    pub allowed_hosts: Vec<String>,
    /// How long one attempt of a call may take, and a third of how long a call may take with its retries; 20 seconds
    /// by default.
    pub timeout: Option<Duration>,
    /// How often an attempt is made, and how long to wait before the second; 5 times and 200 ms by default.
    pub attempts: Option<(u32, Duration)>,
    /// The source of credentials, which replaces the standard chain.
    pub credentials: Option<Source>,
    /// A simulator that is called instead of AWS; neither environment nor configuration is read then.
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
    /// When they expire; they are requested again a little before.
    pub expires: Option<Time>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// The source of keys, which replaces the standard chain.
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

/// Credentials that work, and whose they are.
#[derive(Clone, Debug)]
pub struct Session {
    sdk: SdkConfig,
    account: String,
    arn: String,
    guard: Guard,
    /// Whether a simulator answers.
    simulated: bool,
    /// The calls that determined whose credentials these are, and which accounts belong to them.
    calls: BTreeMap<String, Calls>,
    /// How often the role of the session was assumed.
    assumed: Assumed,
    /// How a session of these credentials is renewed.
    renewal: Renewal,
    /// What a user should know of how these credentials were chosen.
    note: Option<String>,
}

/// How long one attempt may take.
const ATTEMPT: Duration = Duration::from_secs(20);
/// How long establishing a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How often an attempt is made, and how long is waited before the second.
const ATTEMPTS: (u32, Duration) = (5, Duration::from_millis(200));
/// How many times as long an operation may take, with its retries.
const OPERATION: u32 = 3;

impl Session {
    /// Finds credentials and asks AWS whose they are.
    ///
    /// # Errors
    /// If there are none, or they are denied, or an endpoint outside AWS's domains is configured.
    pub async fn login(login: &Login) -> Result<Self, LoginError> {
        let attempt = login.timeout.unwrap_or(ATTEMPT);
        let (attempts, pause) = login.attempts.unwrap_or(ATTEMPTS);
        let shared = match (&login.simulator, &login.credentials, &login.profile) {
            (Some(Simulator { url, .. }), ..) if !is_loopback(&host_of(url)) => {
                return Err(LoginError::Endpoint(host_of(url)));
            }
            (Some(_), ..) => None,
            // If a caller supplies credentials, the profile in the environment does not matter.
            (None, Some(_), None) => Shared::load(None).await.ok(),
            (None, _, profile) => Some(Shared::load(profile.as_deref()).await?),
        };
        let guard = Guard::new(&login.allowed_hosts);
        let http = guard.client(&login.transport.client(shared.as_ref())?);
        let retry = RetryConfig::standard()
            .with_max_attempts(attempts)
            .with_initial_backoff(pause)
            .with_max_backoff(Duration::from_secs(8));
        let timeout = TimeoutConfig::builder()
            // Less than an attempt, so that it shows whether a service does not answer or cannot be reached.
            .connect_timeout(CONNECT.min(attempt.mul_f64(0.75)))
            .operation_attempt_timeout(attempt)
            .operation_timeout(attempt.saturating_mul(OPERATION))
            .build();
        let version = BehaviorVersion::v2026_01_12();
        let mut loader = aws_config::defaults(version)
            .http_client(http.clone())
            .retry_config(retry.clone())
            .timeout_config(timeout.clone())
            .no_credentials();
        if let Some(name) = shared.as_ref().and_then(|shared| shared.name.as_ref()) {
            loader = loader.profile_name(name);
        }
        match (&login.simulator, &login.region) {
            (Some(Simulator { url, .. }), _) => {
                loader = loader.endpoint_url(url).region(Region::from_static("us-east-1"));
            }
            (None, Some(region)) => loader = loader.region(Region::new(region.clone())),
            (None, None) => {}
        }
        let sdk = loader.load().await;
        if let Some(endpoint) = sdk.endpoint_url() {
            let host = host_of(endpoint);
            let plain = endpoint.starts_with("http://") && !is_loopback(&host);
            if plain || !host_allowed(&host, &login.allowed_hosts) {
                return Err(LoginError::Endpoint(host));
            }
        }
        let who = match (&login.role_arn, &login.profile) {
            _ if login.simulator.is_some() => "the simulator".to_owned(),
            (None, None) if login.credentials.is_some() => "the given credentials".to_owned(),
            (Some(role), _) => format!("role `{role}`"),
            (None, Some(profile)) => format!("profile `{profile}`"),
            (None, None) => "the default credential chain".to_owned(),
        };
        let shared = shared.as_ref();
        let of_profile = login.simulator.is_none() && login.credentials.is_none();
        let suspect = Suspect {
            who,
            profile: login.profile.clone().filter(|_| of_profile),
            renewal: match shared.filter(|_| of_profile) {
                Some(shared) => shared.renewal(),
                None => Renewal::Unknown,
            },
            mfa: shared
                .filter(|_| of_profile)
                .and_then(|shared| shared.mfa_serial().map(str::to_owned)),
            host: String::new(),
            proxy: shared
                .and_then(|shared| crate::transport::proxy_name(|name| shared.variable(name))),
        };
        let named = login.role_arn.as_deref().or_else(|| shared.and_then(Shared::arn));
        let mut first = None;
        for region in regions(&sdk, named) {
            let region = Region::new(region);
            let config = ProviderConfig::without_region()
                .with_behavior_version(Some(version))
                .with_http_client(http.clone())
                .with_retry_config(retry.clone())
                .with_timeout_config(timeout.clone())
                .with_region(Some(region.clone()))
                .with_use_fips(sdk.use_fips())
                .with_use_dual_stack(sdk.use_dual_stack());
            let credentials = credentials(login, shared, config, &region).await;
            let base = sdk.to_builder().region(region).credentials_provider(credentials).build();
            let assumed = Assumed::default();
            let base = match &login.role_arn {
                Some(role) => assume(&base, role, login.external_id.as_deref(), &assumed).await,
                None => base,
            };
            match Self::identify(base, suspect.clone(), guard.clone()).await {
                Ok(session) => {
                    let session = Self {
                        assumed,
                        simulated: login.simulator.is_some(),
                        note: shared.filter(|_| of_profile).and_then(Shared::note),
                        ..session
                    };
                    return session.of_role(login.role_arn.as_deref());
                }
                Err(error) => {
                    let regional = error.is_regional();
                    // The response of the requested region is more informative.
                    let error = first.take().unwrap_or(error);
                    if !regional {
                        return Err(error);
                    }
                    first = Some(error);
                }
            }
        }
        Err(first.unwrap_or_else(|| LoginError::Endpoint(String::new())))
    }

    /// The same for a role in another account, assumed with these credentials.
    ///
    /// # Errors
    /// When the role cannot be assumed.
    pub async fn assume(
        &self,
        role_arn: &str,
        external_id: Option<&str>,
    ) -> Result<Self, LoginError> {
        let assumed = Assumed::default();
        let sdk = assume(&self.sdk, role_arn, external_id, &assumed).await;
        let suspect = Suspect {
            who: format!("role `{role_arn}`"),
            profile: None,
            renewal: self.renewal.clone(),
            mfa: None,
            host: String::new(),
            proxy: None,
        };
        let session = Self::identify(sdk, suspect, self.guard.clone()).await?;
        Self { simulated: self.simulated, assumed, ..session }.of_role(Some(role_arn))
    }

    /// The session, if it is in the account of the requested role.
    fn of_role(self, role_arn: Option<&str>) -> Result<Self, LoginError> {
        let wanted = role_arn.and_then(|role| role.split(':').nth(4));
        match wanted.filter(|wanted| *wanted != self.account) {
            None => Ok(self),
            Some(wanted) => Err(LoginError::OtherAccount {
                who: format!("role `{}`", role_arn.unwrap_or_default()),
                wanted: wanted.to_owned(),
                found: self.account,
            }),
        }
    }

    async fn identify(sdk: SdkConfig, suspect: Suspect, guard: Guard) -> Result<Self, LoginError> {
        let meter = Meter::new(guard.allowed_hosts(), holds_always);
        let config = aws_sdk_sts::config::Builder::from(&sdk).interceptor(meter.clone()).build();
        let renewal = suspect.renewal.clone();
        let identity = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
        let identity = match identity {
            Ok(identity) => identity,
            Err(error) => {
                let host = guard.failed_host().unwrap_or_default();
                return Err(diagnose(&error, Suspect { host, ..suspect }));
            }
        };
        // The number of the account is in every ARN that is made here, and distinguishes the audited account from others.
        let number = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        match (identity.account.filter(number), identity.arn) {
            (Some(account), Some(arn)) => {
                let (calls, assumed) = (meter.calls(), Assumed::default());
                let (simulated, note) = (false, None);
                Ok(Self { sdk, account, arn, guard, simulated, calls, assumed, renewal, note })
            }
            _ => Err(LoginError::Service {
                who: suspect.who,
                why: "the response has no account".to_owned(),
                reason: Reason::Malformed,
            }),
        }
    }

    /// A session over an HTTP client that responds without a network, which retries once and at once.
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
            assumed: Assumed::default(),
            renewal: Renewal::Unknown,
            note: None,
        }
    }

    /// The same with other settings.
    #[cfg(test)]
    pub(crate) fn with(
        self,
        change: impl FnOnce(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder,
    ) -> Self {
        Self { sdk: change(self.sdk.to_builder()).build(), ..self }
    }

    /// What a user should know of how these credentials were chosen.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The number of the account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The identity by which it is read.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The calls that were made to begin the session: whose credentials these are, which accounts belong to them, and how
    /// often its role was assumed so far. What the chain of a profile calls for its credentials is not among them.
    pub(crate) fn login_calls(&self) -> BTreeMap<String, Calls> {
        let mut calls = self.calls.clone();
        let assumed = self.assumed.0.load(Ordering::Relaxed);
        if assumed > 0 {
            // The retries of a provider of credentials cannot be seen.
            let assumed = Calls { operations: assumed, attempts: assumed, throttled: 0 };
            calls.insert(ASSUME_ROLE.to_owned(), assumed);
        }
        calls
    }

    /// Counts calls among those that were made to begin the session.
    pub(crate) fn count(&mut self, calls: BTreeMap<String, Calls>) {
        self.calls.extend(calls);
    }

    /// The same session, the calls to begin which are counted elsewhere.
    #[must_use]
    pub fn counted(self) -> Self {
        Self { calls: BTreeMap::new(), assumed: Assumed::default(), ..self }
    }

    /// The partition, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }

    /// Whether a simulator answers.
    pub(crate) fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// The part of the cloud that is read, as reports name it; what a simulator returns is marked as such.
    pub fn source(&self) -> &str {
        if self.simulated { "simulated" } else { self.partition() }
    }

    /// The region that is configured.
    pub fn region(&self) -> &str {
        self.sdk.region().map_or("us-east-1", AsRef::as_ref)
    }

    /// A region in which the global services of the partition are reached.
    pub(crate) fn home_region(&self) -> &str {
        home_region(self.partition()).unwrap_or_else(|| self.region())
    }

    /// A meter that checks each response against what this returns for the name of its action.
    pub(crate) fn meter_by(&self, holds: Lookup) -> Meter {
        Meter::new(self.guard.allowed_hosts(), holds)
    }

    /// A meter that knows every action.
    #[cfg(test)]
    pub(crate) fn meter(&self) -> Meter {
        self.meter_by(crate::action::holds)
    }

    /// The times that the provider's services reported.
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
    cloudtrail: aws_sdk_cloudtrail;
    iam: aws_sdk_iam;
}

impl Session {
    /// A client for operations without an SDK crate; each service has a separate one, because its calls share a
    /// quota of retries.
    pub(crate) fn client(&self, region: &str, meter: &Meter) -> Client {
        let retries = self.partition_of_retries(region);
        Client::new(&self.sdk, Region::new(region.to_owned()), meter.clone(), retries)
    }

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

/// How often a role was assumed.
#[derive(Clone, Debug, Default)]
struct Assumed(Arc<AtomicU64>);

/// A role whose sessions are counted.
#[derive(Debug)]
struct CountedRole {
    role: AssumeRoleProvider,
    assumed: Assumed,
}

impl ProvideCredentials for CountedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        self.assumed.0.fetch_add(1, Ordering::Relaxed);
        self.role.provide_credentials()
    }
}

async fn assume(
    base: &SdkConfig,
    role_arn: &str,
    external_id: Option<&str>,
    assumed: &Assumed,
) -> SdkConfig {
    let mut role = AssumeRoleProvider::builder(role_arn).session_name("posture").configure(base);
    if let Some(id) = external_id {
        role = role.external_id(id);
    }
    let role = CountedRole { role: role.build().await, assumed: assumed.clone() };
    let provider = SharedCredentialsProvider::new(role);
    base.clone().into_builder().credentials_provider(provider).build()
}

/// The credentials of a login. A profile that was named to us is the only source then, as with `--profile` of the
/// [AWS CLI](https://github.com/boto/botocore/blob/1.44.8/botocore/credentials.py) (`create_credential_resolver`, read
/// 2026-11-29): keys in the environment may belong to another account. A profile that the environment names comes after
/// keys in the environment there, and also here.
async fn credentials(
    login: &Login,
    shared: Option<&Shared>,
    config: ProviderConfig,
    region: &Region,
) -> SharedCredentialsProvider {
    if let Some(source) = &login.credentials {
        return SharedCredentialsProvider::new(source.clone());
    }
    if let Some(Simulator { key, secret, .. }) = &login.simulator {
        let credentials = SdkCredentials::new(key, secret, None, None, "simulator");
        return SharedCredentialsProvider::new(credentials);
    }
    if let Some(command) = shared.and_then(Shared::login_command) {
        return SharedCredentialsProvider::new(CredentialProcessProvider::new(command));
    }
    let name = shared.and_then(|shared| shared.name.as_deref());
    if let Some(name) = name.filter(|_| shared.is_some_and(|shared| shared.explicit)) {
        let provider = ProfileFileCredentialsProvider::builder().configure(&config);
        return SharedCredentialsProvider::new(provider.profile_name(name).build());
    }
    let mut chain = DefaultCredentialsChain::builder().configure(config).region(region.clone());
    if let Some(name) = name {
        chain = chain.profile_name(name);
    }
    SharedCredentialsProvider::new(chain.build().await)
}

/// The regions in which the first call is tried, in turn: the one that is configured, and the one that every account of its
/// partition can use. `arn` belongs to the credentials and names a partition, where no region is configured.
fn regions(sdk: &SdkConfig, arn: Option<&str>) -> Vec<String> {
    let partition = arn.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
    let first = match sdk.region() {
        Some(region) => region.to_string(),
        None => home_region(partition).unwrap_or("us-east-1").to_owned(),
    };
    let home = home_region(partition_of(&first).id).map(str::to_owned);
    let mut regions = vec![first];
    // Everything goes to the endpoint that is configured.
    if sdk.endpoint_url().is_none() {
        regions.extend(home.filter(|home| *home != regions[0]));
    }
    regions
}

/// A region in which the global services of a partition are reached, and which no account can switch off.
fn home_region(partition: &str) -> Option<&'static str> {
    Some(match partition {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => return None,
    })
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
            let sdk = assume(&sdk, role, Some("shared"), &Assumed::default()).await;
            assert!(Session::identify(sdk, suspect(), guard).await.is_err());
            assert!(cloud.seen().is_empty(), "{endpoint}: {:?}", cloud.seen());
        }
    }

    fn suspect() -> Suspect {
        Suspect {
            who: "x".to_owned(),
            profile: None,
            renewal: Renewal::Unknown,
            mfa: None,
            host: String::new(),
            proxy: None,
        }
    }

    #[tokio::test]
    async fn the_number_of_an_account_has_twelve_digits() {
        const ARN: &str = "arn:aws:iam::123456789012:user/auditor";
        let found = async |account: &str| {
            let answer = format!("<Arn>{ARN}</Arn><UserId>A</UserId>{account}");
            let cloud = crate::fake::Fake::default().xml("GetCallerIdentity", &answer);
            let guard = Guard::new(&[]);
            let sts = "https://sts.us-east-1.amazonaws.com";
            let sdk = fake(sts, cloud.client(), &guard).load().await;
            Session::identify(sdk, suspect(), guard).await.map(|session| session.account)
        };
        let whole = found("<Account>123456789012</Account>").await;
        assert_eq!(whole.unwrap(), "123456789012");
        for account in [
            "",
            "<Account/>",
            "<Account>12345678901</Account>",
            "<Account>1234567890123</Account>",
            "<Account>12345678901a</Account>",
            "<Account>*</Account>",
            "<Account>١٢٣٤٥٦</Account>",
        ] {
            let refused = found(account).await;
            let malformed = |error: &LoginError| {
                matches!(error, LoginError::Service { reason: Reason::Malformed, .. })
            };
            assert!(refused.as_ref().is_err_and(malformed), "{account}: {refused:?}");
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

    #[test]
    fn the_first_call_follows_the_region() {
        let sdk = |region: Option<&str>, endpoint: Option<&str>| {
            let mut sdk = SdkConfig::builder();
            sdk.set_region(region.map(|region| Region::new(region.to_owned())));
            sdk.set_endpoint_url(endpoint.map(str::to_owned));
            sdk.build()
        };
        let gov = Some("arn:aws-us-gov:iam::123456789012:role/audit");
        for (region, endpoint, arn, expected) in [
            (None, None, None, &["us-east-1"][..]),
            (Some("us-east-1"), None, None, &["us-east-1"]),
            (Some("eu-central-1"), None, None, &["eu-central-1", "us-east-1"]),
            (Some("cn-northwest-1"), None, None, &["cn-northwest-1", "cn-north-1"]),
            (Some("us-gov-east-1"), None, None, &["us-gov-east-1", "us-gov-west-1"]),
            (Some("eusc-de-east-1"), None, None, &["eusc-de-east-1"]),
            (Some("us-isob-east-1"), None, None, &["us-isob-east-1"]),
            (None, None, gov, &["us-gov-west-1"]),
            // What was named goes before what the credentials show.
            (Some("eu-central-1"), None, gov, &["eu-central-1", "us-east-1"]),
            (Some("eu-central-1"), Some("http://127.0.0.1:1"), None, &["eu-central-1"]),
        ] {
            assert_eq!(regions(&sdk(region, endpoint), arn), expected, "{region:?} {arn:?}");
        }
    }

    /// Every service is called where the settings point, and each of these hosts is AWS's.
    #[tokio::test]
    async fn settings_for_fips_and_dual_stack_reach_every_service() {
        for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
            for region in ["us-east-1", "us-gov-west-1"] {
                let cloud = crate::fake::Fake::default();
                let mut session = cloud.session();
                session.sdk = session.sdk.to_builder().use_fips(fips).use_dual_stack(dual).build();
                let meter = session.meter();
                let account = session.account().to_owned();
                let _ = session.iam(region, &meter).get_account_summary().send().await;
                let _ = session.s3(region, &meter).get_bucket_policy().bucket("b").send().await;
                let _ = session.cloudtrail(region, &meter).describe_trails().send().await;
                let _ = aws_sdk_sts::Client::new(&session.sdk).get_caller_identity().send().await;
                let client = session.client(region, &meter);
                let _ = client.call(&crate::collect::regions::LIST_ALL_REGIONS, []).await;
                let _ = client.call(&crate::collect::keys::LIST, []).await;
                let _ = client.call(&crate::collect::s3::READ_ACCOUNT_BLOCK, [&account]).await;
                let hosts = cloud.hosts();
                assert!(hosts.len() >= 7, "{fips} {dual} {region}: {hosts:?}");
                let has = |part: &str| hosts.iter().any(|host| host.contains(part));
                assert_eq!(has("fips"), fips, "{hosts:?}");
                assert_eq!(has("api.aws") || has("dualstack"), dual, "{hosts:?}");
                assert!(hosts.iter().all(|host| host_allowed(host, &[])), "{hosts:?}");
            }
        }
    }
}
