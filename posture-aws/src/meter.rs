//! Counts every call, lets none go to a foreign address, and accepts no response that lacks what its action always returns.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use posture_collect::Observer;
use posture_collect::pace::Tally;
use posture_model::scope::Calls;

use crate::always;
use crate::codes::THROTTLES;
use crate::guard::Whole;
use crate::hosts;
use crate::whole::Holds;

/// Finds what an answer of an action must hold, by the name of the action.
pub(crate) type Lookup = fn(&str) -> Option<Holds>;

/// Counts operations and attempts by action; one for each audited account.
///
/// Calls that credential providers make (AssumeRole, SSO) do not pass here; the session counts the roles that it assumes.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    calls: Arc<Tally>,
    /// Hosts beyond AWS's own that requests may go to.
    allowed_hosts: Arc<[String]>,
    /// What each response is checked against.
    holds: Lookup,
}

impl Meter {
    pub(crate) fn new(allowed_hosts: Arc<[String]>, holds: Lookup) -> Self {
        Self { calls: Arc::default(), allowed_hosts, holds }
    }

    /// The same from zero, reporting each call to an observer.
    pub(crate) fn observed_by(self, observer: &Observer) -> Self {
        Self { calls: Arc::new(Tally::observed_by(observer)), ..self }
    }

    /// Counts calls that were made elsewhere.
    pub(crate) fn add(&self, calls: BTreeMap<String, Calls>) {
        for (action, more) in calls {
            self.calls.count(&action, |calls| {
                calls.operations += more.operations;
                calls.attempts += more.attempts;
                calls.throttled += more.throttled;
            });
        }
    }

    /// What was called so far.
    pub(crate) fn calls(&self) -> BTreeMap<String, Calls> {
        self.calls.calls()
    }

    fn count(&self, cfg: &ConfigBag, add: impl FnOnce(&mut Calls)) {
        if let Some(metadata) = cfg.load::<Metadata>() {
            self.calls.count(&action_name(metadata.service(), metadata.name()), add);
        }
    }
}

#[cfg(test)]
impl Default for Meter {
    /// One that knows every action.
    fn default() -> Self {
        Self::new(Arc::default(), crate::action::holds)
    }
}

/// The name that IAM uses for the permission of an operation, which for some differs from the operation's own, see the
/// [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
pub(crate) fn action_name(service: &str, operation: &str) -> String {
    let operation = match (service, operation) {
        ("S3", "ListBuckets") => "ListAllMyBuckets",
        ("S3", "GetBucketEncryption") => "GetEncryptionConfiguration",
        ("S3", "GetBucketLifecycleConfiguration") => "GetLifecycleConfiguration",
        ("S3", "GetBucketReplication") => "GetReplicationConfiguration",
        ("S3", "GetObjectLockConfiguration") => "GetBucketObjectLockConfiguration",
        ("S3", "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
        ("S3 Control", "GetPublicAccessBlock") => "GetAccountPublicAccessBlock",
        (_, operation) => operation,
    };
    let prefix = match service {
        "S3" | "S3 Control" => "s3",
        "CloudWatch Logs" => "logs",
        "Config Service" => "config",
        "AccessAnalyzer" => "access-analyzer",
        "Network Firewall" => "network-firewall",
        "Elastic Load Balancing v2" => "elasticloadbalancing",
        other => &other.to_ascii_lowercase().replace(' ', ""),
    };
    format!("{prefix}:{operation}")
}

/// Whether a response throttles. Errors of the JSON protocols name their code in a header or in `__type`, those of
/// the XML ones in `<Code>`.
fn is_throttled(status: u16, header: &str, body: &[u8]) -> bool {
    /// Errors are short, and their codes come first or close to it.
    const MOST: usize = 4 << 10;
    if matches!(status, 429 | 503) {
        return true;
    }
    if status < 400 {
        return false;
    }
    let body = String::from_utf8_lossy(body.get(..MOST).unwrap_or(body));
    let words = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| THROTTLES.contains(&word))
    };
    if words(header) {
        return true;
    }
    // The message is the caller's to read; only the code counts.
    let code = ["<Code>", "\"__type\"", "\"code\""].into_iter().find_map(|start| {
        let rest = body.split_once(start)?.1;
        let end = rest.find([',', '<', '}']).unwrap_or(rest.len());
        rest.get(..end)
    });
    code.is_some_and(words)
}

/// Whether signed requests may go to a host: AWS's own, this machine, or one that was allowed by name.
pub(crate) fn host_allowed(host: &str, allowed: &[String]) -> bool {
    let host = host.to_ascii_lowercase();
    let within = |domain: &str| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    hosts::is_aws(&host) || is_loopback(&host) || allowed.iter().any(|name| within(name))
}

/// Whether a signed request may be sent to an address; else why not.
pub(crate) fn address_allowed(uri: &str, allowed: &[String]) -> Result<(), String> {
    let host = host_of(uri);
    let plain = !uri.starts_with("https://") && !is_loopback(&host);
    if plain || !host_allowed(&host, allowed) {
        return Err(format!("refused to send a signed request to `{host}`"));
    }
    Ok(())
}

/// The host of an address.
pub(crate) fn host_of(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.to_ascii_lowercase()
}

/// Whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    // A name below `localhost` is loopback by RFC 6761. No domain ends in a number, so that a label before an address
    // can only come from us, and our resolver takes it for the address.
    host == "localhost"
        || host.ends_with(".localhost")
        || host.ends_with(".127.0.0.1")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "posture::Meter"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.count(cfg, |calls| calls.operations += 1);
        Ok(())
    }

    fn read_before_signing(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        address_allowed(context.request().uri(), &self.allowed_hosts).map_err(Into::into)
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let Some(metadata) = cfg.load::<Metadata>().filter(|_| response.status().is_success())
        else {
            return Ok(());
        };
        // What broke off on the way has no whole body, and says so where it is read.
        let Some(Whole(body)) = response.extension::<Whole>() else { return Ok(()) };
        let action = action_name(metadata.service(), metadata.name());
        match (self.holds)(&action) {
            Some(holds) => {
                holds.check(metadata.name(), body)?;
                Ok(always::check(&action, metadata.name(), body)?)
            }
            None => Err(format!("the members of an answer to {action} are not declared").into()),
        }
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // S3 answers 503 SlowDown, and 503 for other reasons as well; both ask for patience. Most others answer 400.
        let throttled = context.response().is_some_and(|response| {
            is_throttled(
                response.status().as_u16(),
                response.headers().get("x-amzn-errortype").unwrap_or_default(),
                response.body().bytes().unwrap_or_default(),
            )
        });
        self.count(cfg, |calls| {
            calls.attempts += 1;
            calls.throttled += u64::from(throttled);
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_requests_stay_with_aws() {
        for good in [
            "iam.amazonaws.com",
            "b.s3.eu-west-1.amazonaws.com",
            "s3.cn-north-1.amazonaws.com.cn",
            "127.0.0.1",
            "123456789012.localhost",
            "123456789012.127.0.0.1",
            "[::1]",
        ] {
            assert!(host_allowed(good, &[]), "{good}");
        }
        for bad in [
            "169.254.169.254",
            "evil.example",
            "amazonaws.com.evil.example",
            "xamazonaws.com",
            "127.0.0.1.nip.io",
            "10.0.0.1",
        ] {
            assert!(!host_allowed(bad, &[]), "{bad}");
        }
        assert!(host_allowed("s3.private.example", &["private.example".to_owned()]));
    }

    #[test]
    fn the_host_of_an_endpoint_is_found_behind_disguises() {
        assert_eq!(host_of("http://127.0.0.1:5000/"), "127.0.0.1");
        assert_eq!(host_of("https://iam.amazonaws.com@evil.example/"), "evil.example");
        assert_eq!(host_of("https://[::1]:80"), "[::1]");
        assert_eq!(host_of("HTTPS://Evil.Example"), "evil.example");
    }

    #[test]
    fn throttles_are_recognized_in_every_protocol() {
        for code in &THROTTLES {
            for (status, header, body) in [
                (
                    400,
                    "",
                    format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
                ),
                (400, "", format!(r#"{{"__type":"com.amazonaws.x#{code}","message":"slow"}}"#)),
                (400, *code, String::new()),
            ] {
                assert!(is_throttled(status, header, body.as_bytes()), "{status} {header} {body}");
            }
        }
        assert!(is_throttled(429, "", b"") && is_throttled(503, "", b""));
        let denied = br#"{"__type":"AccessDenied","message":"SlowDown is not a code here"}"#;
        assert!(!is_throttled(400, "", denied));
        assert!(!is_throttled(200, "", b"<Code>Throttling</Code>"));
        assert!(!is_throttled(404, "NoSuchBucket", b"<Error><Code>NoSuchBucket</Code></Error>"));
    }

    #[test]
    fn actions_have_the_names_of_permissions() {
        assert_eq!(action_name("S3", "ListBuckets"), "s3:ListAllMyBuckets");
        assert_eq!(
            action_name("S3 Control", "GetPublicAccessBlock"),
            "s3:GetAccountPublicAccessBlock"
        );
        assert_eq!(action_name("IAM", "GetAccountSummary"), "iam:GetAccountSummary");
        assert_eq!(action_name("CloudWatch Logs", "DescribeLogGroups"), "logs:DescribeLogGroups");
        assert_eq!(
            action_name("Config Service", "DescribeDeliveryChannels"),
            "config:DescribeDeliveryChannels"
        );
    }
}
