//! The client: one request on the runtime of the AWS SDK.

use std::future::Future;

use aws_config::{Region, SdkConfig};
use aws_runtime::auth::sigv4::{self, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::recursion_detection::RecursionDetectionInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{
    DisableClockSkewCorrection, ServiceClockSkewClassifier, ServiceClockSkewInterceptor,
};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime::client::stalled_stream_protection::StalledStreamProtectionInterceptor;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::endpoint::error::ResolveEndpointError;
use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint, SharedEndpointResolver,
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{SharedRuntimePlugin, StaticRuntimePlugin};
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::endpoint::Endpoint as SdkEndpoint;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use super::decode::{Fault, decode};
use super::encode::{Encoded, encode};
use super::endpoint::{Endpoint, Settings, endpoint};
use super::shape::{Answer, Shape};
use super::spec::{Operation, Service, Spec};
use crate::meter::Meter;

/// The result of a call: a response that fits, or an error of the SDK's kind.
pub(crate) type Called<S> = Result<Answer<S>, SdkError<Fault, HttpResponse>>;

/// A client for the services of a region. Its calls share a quota of retries, so that each service has a separate one.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    sdk: SdkConfig,
    region: Region,
    /// What is the same in every call.
    plugin: SharedRuntimePlugin,
}

impl Client {
    pub(crate) fn new(
        sdk: &SdkConfig,
        region: Region,
        meter: Meter,
        retries: RetryPartition,
    ) -> Self {
        let plugin = StaticRuntimePlugin::new()
            .with_config(config(sdk, retries).freeze())
            .with_runtime_components(components(sdk, meter));
        Self { sdk: sdk.clone(), region, plugin: SharedRuntimePlugin::new(plugin) }
    }

    /// Calls an operation once, with its retries.
    pub(crate) fn call<const TAKES: usize, S: Shape>(
        &self,
        operation: &'static Operation<TAKES, S>,
        takes: [&str; TAKES],
    ) -> impl Future<Output = Called<S>> + use<TAKES, S> {
        self.page(operation, takes, None)
    }

    /// Calls an operation for the page of a token, or for the first one.
    pub(crate) fn page<const TAKES: usize, S: Shape>(
        &self,
        operation: &'static Operation<TAKES, S>,
        takes: [&str; TAKES],
        token: Option<&str>,
    ) -> impl Future<Output = Called<S>> + use<TAKES, S> {
        let call = self.invoke(&operation.spec, encode(&operation.spec, &takes, token));
        async {
            let mut response = call.await?;
            if let Some(pages) = operation.spec.pages {
                pages.join(&mut response);
            }
            Ok(Answer::of_fitted(response))
        }
    }

    fn invoke(
        &self,
        spec: &'static Spec,
        request: Encoded,
    ) -> impl Future<Output = Result<Value, SdkError<Fault, HttpResponse>>> + use<> {
        let mut components = RuntimeComponentsBuilder::new(spec.name);
        let found = self.endpoint(spec.service, request.account.as_deref());
        let region = match &found {
            Ok(endpoint) => Region::new(endpoint.region.clone()),
            Err(_) => self.region.clone(),
        };
        components.set_endpoint_resolver(Some(SharedEndpointResolver::new(Found(found))));
        let mut config = Layer::new(spec.name);
        config.store_put(EndpointResolverParams::new(()));
        config.store_put(SigningRegion::from(region));
        config.store_put(SigningName::from_static(spec.service.signs));
        config.store_put(ApiMetadata::new(spec.service.host, env!("CARGO_PKG_VERSION")));
        if spec.service.shared_quota {
            self.be_patient(&mut config);
        }
        if spec.service.of_s3 {
            config.store_put(signature_of_s3());
        }
        let own = StaticRuntimePlugin::new()
            .with_config(config.freeze())
            .with_runtime_components(components);
        let mut operation = Orchestrated::builder()
            .service_name(spec.service.id)
            .operation_name(spec.name)
            .serializer(Encoded::into_request)
            .deserializer(move |response: &HttpResponse| decode(spec, response))
            .runtime_plugin(self.plugin.clone())
            .runtime_plugin(own);
        if let Some(version) = self.sdk.behavior_version() {
            operation = operation.behavior_version(version);
        }
        let operation = operation.build();
        async move { operation.invoke(request).await }
    }

    /// All accounts of an organization live off one small quota, so that a call is given more time than others.
    fn be_patient(&self, config: &mut Layer) {
        let retry = self.sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let attempts = match retry.max_attempts() {
            // If nothing is requested twice, this is not either.
            few @ 0..=1 => few,
            more => more + 3,
        };
        config.store_put(retry.with_max_attempts(attempts));
        let timeout =
            self.sdk.timeout_config().cloned().unwrap_or_else(|| TimeoutConfig::builder().build());
        let whole = timeout.operation_timeout().map(|time| time.saturating_mul(2));
        let mut timeout = timeout.to_builder();
        timeout.set_operation_timeout(whole);
        config.store_put(timeout.build());
    }

    /// The endpoint of a service: as set by the caller or by the settings for this service or for all of them, otherwise its
    /// standard endpoint.
    fn endpoint(&self, service: &Service, account: Option<&str>) -> Result<Endpoint, String> {
        let of_all = || self.sdk.endpoint_url().map(str::to_owned);
        let named = if self.sdk.get_origin("endpoint_url").is_client_config() {
            of_all()
        } else {
            self.setting(service).or_else(of_all)
        };
        let settings = Settings {
            region: self.region.as_ref(),
            fips: self.sdk.use_fips().unwrap_or_default(),
            dual_stack: self.sdk.use_dual_stack().unwrap_or_default(),
            url: named.as_deref(),
        };
        endpoint(service, settings, account)
    }

    /// The settings for one service in `AWS_ENDPOINT_URL_SERVICE` or the profile.
    fn setting(&self, service: &Service) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        self.sdk.service_config()?.load_config(key)
    }
}

/// An endpoint that was found already, or why there is none.
#[derive(Debug)]
struct Found(Result<Endpoint, String>);

impl ResolveEndpoint for Found {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(match &self.0 {
            Ok(endpoint) => Ok(SdkEndpoint::builder().url(endpoint.url.clone()).build()),
            Err(why) => Err(ResolveEndpointError::message(why.clone()).into()),
        })
    }
}

/// What the SDK's clients use of the settings of a session.
fn config(sdk: &SdkConfig, retries: RetryPartition) -> Layer {
    let mut config = Layer::new("posture");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(SigV4OperationSigningConfig {
        signing_options: SigningOptions::default(),
        ..SigV4OperationSigningConfig::default()
    });
    config.store_put(retries);
    config.store_put(sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard));
    if let Some(timeout) = sdk.timeout_config() {
        config.store_put(timeout.clone());
    }
    if let Some(stalled) = sdk.stalled_stream_protection() {
        config.store_put(stalled);
    }
    if let Some(name) = sdk.app_name() {
        config.store_put(name.clone());
    }
    if let Some(disabled) = sdk.disable_clock_skew_correction() {
        config.store_put(DisableClockSkewCorrection::from(disabled));
    }
    config
}

/// How [requests to S3 are signed](https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
fn signature_of_s3() -> SigV4OperationSigningConfig {
    let mut signing_options = SigningOptions::default();
    signing_options.double_uri_encode = false;
    signing_options.normalize_uri_path = false;
    signing_options.content_sha256_header = true;
    SigV4OperationSigningConfig { signing_options, ..SigV4OperationSigningConfig::default() }
}

/// What the SDK's own clients are made of.
fn components(sdk: &SdkConfig, meter: Meter) -> RuntimeComponentsBuilder {
    let mut components = RuntimeComponentsBuilder::new("posture")
        .with_http_client(sdk.http_client())
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID]),
        )))
        .with_identity_cache(Some(
            sdk.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build()),
        ))
        .with_retry_classifier(HttpStatusCodeClassifier::default())
        .with_retry_classifier(TransientErrorClassifier::<Fault>::new())
        .with_retry_classifier(AwsErrorCodeClassifier::<Fault>::new())
        .with_retry_classifier(ServiceClockSkewClassifier::<Fault>::new())
        .with_interceptor(meter)
        .with_interceptor(SharedInterceptor::permanent(ConnectionPoisoningInterceptor::new()))
        .with_interceptor(SharedInterceptor::permanent(
            StalledStreamProtectionInterceptor::default(),
        ))
        .with_interceptor(ServiceClockSkewInterceptor::new())
        .with_interceptor(RequestInfoInterceptor::new())
        .with_interceptor(UserAgentInterceptor::new())
        .with_interceptor(InvocationIdInterceptor::new())
        .with_interceptor(SharedInterceptor::permanent(RecursionDetectionInterceptor::new()));
    if let Some(credentials) = sdk.credentials_provider() {
        components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
    }
    if sdk.sleep_impl().is_some() {
        components.set_sleep_impl(sdk.sleep_impl());
    }
    if sdk.time_source().is_some() {
        components.set_time_source(sdk.time_source());
    }
    components
}

#[cfg(test)]
mod tests {
    use aws_types::service_config::LoadServiceConfig;
    use posture_model::gap::Reason;

    use crate::collect::alerts::LIST_SUBSCRIPTIONS;
    use crate::collect::regional::DESCRIBE_HUB;
    use crate::collect::regions::LIST_ALL_REGIONS;
    use crate::fake::{Fake, asker};
    use crate::session::Session;

    use super::*;

    const HUB: &str = "GET /accounts";
    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

    /// What becomes of a call.
    async fn hub(cloud: &Fake, session: &Session) -> Result<(), posture_model::gap::Gap> {
        let client = session.client("eu-west-1", &session.meter());
        let answer = asker().read(&client, &DESCRIBE_HUB, "", "eu-west-1", []).await;
        assert!(cloud.hosts().len() <= 2, "{:?}", cloud.hosts());
        answer.map(|_| ()).map_err(crate::ask::CallError::into_gap)
    }

    #[tokio::test]
    async fn a_request_is_signed_for_its_service_and_region() {
        let cloud = Fake::default();
        let session = cloud.session();
        let client = session.client("eu-west-1", &session.meter());
        let _ = client.call(&DESCRIBE_HUB, []).await;
        let _ = client.call(&LIST_SUBSCRIPTIONS, [TOPIC]).await;
        // It is in one region of the partition only.
        let _ = client.call(&LIST_ALL_REGIONS, []).await;
        let gov = session.client("us-gov-east-1", &session.meter());
        let _ = gov.call(&LIST_ALL_REGIONS, []).await;
        // Nothing is requested again, as no response is worth it.
        let signed: Vec<String> = cloud.seen().into_iter().map(|request| request.signed).collect();
        let expected = [
            "eu-west-1/securityhub",
            "eu-west-1/sns",
            "us-east-1/account",
            "us-gov-west-1/account",
        ];
        assert_eq!(signed, expected);
        let hosts = [
            "securityhub.eu-west-1.amazonaws.com",
            "sns.eu-west-1.amazonaws.com",
            "account.us-east-1.amazonaws.com",
            "account.us-gov-west-1.amazonaws.com",
        ];
        assert_eq!(cloud.hosts(), hosts);
    }

    #[tokio::test]
    async fn a_throttled_call_and_one_that_fails_are_repeated() {
        for (status, code, reason) in [
            (400, "ThrottlingException", Reason::Throttled),
            (429, "TooManyRequestsException", Reason::Throttled),
            (503, "", Reason::ServerError),
            (500, "InternalException", Reason::ServerError),
        ] {
            let cloud = Fake::default().json_error(HUB, status, code, "x");
            let gap = hub(&cloud, &cloud.session()).await.unwrap_err();
            assert_eq!((gap.reason, cloud.count(HUB)), (reason, 2), "{status} {code}");
        }
        for (status, code, reason) in [
            (403, "AccessDeniedException", Reason::Denied),
            (404, "ResourceNotFoundException", Reason::Unsupported),
        ] {
            let cloud = Fake::default().json_error(HUB, status, code, "x");
            let gap = hub(&cloud, &cloud.session()).await.unwrap_err();
            assert_eq!((gap.reason, cloud.count(HUB)), (reason, 1), "{status} {code}");
            assert_eq!((gap.code.as_deref(), gap.detail.as_deref()), (Some(code), Some("x")));
        }
    }

    #[tokio::test]
    async fn an_answer_that_does_not_fit_is_asked_for_again_and_is_a_gap() {
        for body in
            [r#"{"HubArn":1}"#, r#"{"HubArn":null}"#, r#"{"HubArn":"#, "[1]", "<HubArn/>", ""]
        {
            let cloud = Fake::default().answer(HUB, 200, body);
            let gap = hub(&cloud, &cloud.session()).await.unwrap_err();
            assert_eq!(gap.reason, Reason::Malformed, "{body}");
        }
        let cloud = Fake::default().answer(HUB, 200, r#"{"HubArn":1}"#);
        let gap = hub(&cloud, &cloud.session()).await.unwrap_err();
        assert!(
            gap.detail
                .unwrap_or_default()
                .contains("`HubArn` of the response has an unexpected type")
        );
        assert_eq!(cloud.count(HUB), 2);
        // The second time may be right.
        let cloud = Fake::default().answer(HUB, 200, r#"{"HubArn":1}"#).answer(
            HUB,
            200,
            r#"{"HubArn":"arn"}"#,
        );
        assert_eq!(hub(&cloud, &cloud.session()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_required_member_that_is_missing_is_a_gap() {
        let primary = "POST /getContactInformation";
        let whole = serde_json::json!({
            "AddressLine1": "1 Main St", "CountryCode": "DE", "FullName": "Example", "PhoneNumber": "+49",
        });
        for missing in ["AddressLine1", "CountryCode", "FullName", "PhoneNumber"] {
            let mut contact = whole.clone();
            contact.as_object_mut().unwrap().remove(missing);
            let body = serde_json::json!({ "ContactInformation": contact }).to_string();
            let cloud = Fake::default().answer(primary, 200, body);
            let session = cloud.session();
            let client = session.client("us-east-1", &session.meter());
            let operation = &crate::collect::account::GET_CONTACT_INFORMATION;
            let gap = asker().read(&client, operation, "", "", []).await.unwrap_err().into_gap();
            assert_eq!(gap.reason, Reason::Malformed);
            let path = format!("lacks `ContactInformation.{missing}`");
            assert!(gap.detail.unwrap_or_default().contains(&path));
        }
    }

    #[tokio::test]
    async fn pages_follow_each_other() {
        let page = |name: &str, next: &str| {
            format!(
                "<Subscriptions><member><SubscriptionArn>{name}</SubscriptionArn></member></Subscriptions>{next}"
            )
        };
        let cloud = Fake::default()
            .sns("ListSubscriptionsByTopic", &page("a", "<NextToken>t 1</NextToken>"))
            .sns("ListSubscriptionsByTopic", &page("b", "<NextToken/>"));
        let session = cloud.session();
        let client = session.client("eu-west-1", &session.meter());
        let (pages, refused) =
            asker().list(&client, &LIST_SUBSCRIPTIONS, "eu-west-1", [TOPIC]).await;
        assert!(refused.is_none());
        let arns = pages.iter().flat_map(|page| page.read().subscriptions());
        let arns: Vec<Option<&str>> = arns.map(|one| one.subscription_arn()).collect();
        assert_eq!(arns, [Some("a"), Some("b")]);
        let bodies: Vec<String> = cloud.seen().into_iter().map(|request| request.body).collect();
        assert!(!bodies[0].contains("NextToken"), "{bodies:?}");
        assert!(bodies[1].contains("NextToken=t%201&"), "{bodies:?}");
        // A page that leads to itself is none.
        let endless = page("a", "<NextToken>t</NextToken>");
        let cloud = Fake::default().sns("ListSubscriptionsByTopic", &endless);
        let session = cloud.session();
        let client = session.client("eu-west-1", &session.meter());
        let (pages, refused) =
            asker().list(&client, &LIST_SUBSCRIPTIONS, "eu-west-1", [TOPIC]).await;
        assert_eq!((pages.len(), refused.unwrap().into_gap().reason), (2, Reason::Malformed));
    }

    #[derive(Debug)]
    struct Configured;

    impl LoadServiceConfig for Configured {
        fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
            assert_eq!((key.env(), key.profile()), ("AWS_ENDPOINT_URL", "endpoint_url"));
            (key.service_id() == "SecurityHub").then(|| "http://127.0.0.1:1/hub".to_owned())
        }
    }

    #[tokio::test]
    async fn a_configured_endpoint_is_asked() {
        let cloud = Fake::default();
        let session = cloud.session().with(|sdk| sdk.service_config(Configured));
        let client = session.client("eu-west-1", &session.meter());
        let _ = client.call(&DESCRIBE_HUB, []).await;
        let _ = client.call(&LIST_SUBSCRIPTIONS, [TOPIC]).await;
        // The setting for one service goes before that for all.
        let all = session.with(|sdk| sdk.endpoint_url("http://127.0.0.2:1"));
        let client = all.client("eu-west-1", &all.meter());
        let _ = client.call(&DESCRIBE_HUB, []).await;
        let _ = client.call(&LIST_ALL_REGIONS, []).await;
        let hosts = ["127.0.0.1", "sns.eu-west-1.amazonaws.com", "127.0.0.1", "127.0.0.2"];
        assert_eq!(cloud.hosts(), hosts);
        let seen = cloud.seen();
        assert_eq!(seen[0].action, "GET /hub/accounts");
        assert_eq!(seen[3].signed, "eu-west-1/account");
        // Neither FIPS nor dual stack can be asked of it.
        for session in
            [all.clone().with(|sdk| sdk.use_fips(true)), all.with(|sdk| sdk.use_dual_stack(true))]
        {
            let client = session.client("eu-west-1", &session.meter());
            assert!(client.call(&DESCRIBE_HUB, []).await.is_err());
        }
        assert_eq!(cloud.hosts().len(), 4);
    }

    #[tokio::test]
    async fn signed_requests_stay_with_aws() {
        let cloud = Fake::default();
        for url in ["https://evil.example", "http://169.254.169.254"] {
            let session = cloud.session().with(|sdk| sdk.endpoint_url(url));
            let gap = hub(&cloud, &session).await.unwrap_err();
            assert!(gap.detail.unwrap_or_default().contains("refused to send"), "{url}");
        }
        let session = cloud.session();
        let client = session.client("evil.example/", &session.meter());
        assert!(client.call(&DESCRIBE_HUB, []).await.is_err());
        assert_eq!(cloud.hosts(), <[String; 0]>::default());
    }
}
