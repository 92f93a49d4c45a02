//! What a request asks, and how each protocol says that it failed.

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

/// A call as the cloud sees it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The name of its permission, such as `s3:GetBucketPolicy`.
    pub action: String,
    /// The region that it was signed for.
    pub region: String,
    /// By whose key.
    pub key: String,
    /// Path, query and body: where its arguments are.
    pub arguments: String,
    protocol: Protocol,
}

/// The ways in which AWS services speak, see the
/// [Smithy specifications](https://smithy.io/2.0/aws/protocols/index.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// Form in, XML out.
    Query,
    /// JSON both ways; the action in a header or in the path.
    Json,
    /// S3's XML.
    S3,
    /// S3 Control's XML.
    S3Control,
}

impl Call {
    /// Reads a request. One that is not signed, or that no service here answers, is `None`.
    pub(crate) fn of(head: &Parts, body: &Bytes) -> Option<Self> {
        // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
        let signature = head.headers.get("authorization")?.to_str().ok()?;
        let scope = signature.split("Credential=").nth(1)?.split(',').next()?;
        let [key, _, region, service, _] = scope.split('/').collect::<Vec<_>>()[..] else {
            return None;
        };
        let path = head.uri.path();
        let query = head.uri.query().unwrap_or_default();
        let text = String::from_utf8_lossy(body);
        let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let (operation, protocol) =
            if let Some((_, operation)) = target.and_then(|target| target.rsplit_once('.')) {
                (operation, Protocol::Json)
            } else if let Some(operation) =
                text.split('&').find_map(|pair| pair.strip_prefix("Action="))
            {
                (operation, Protocol::Query)
            } else if matches!(service, "cloudfront" | "route53") {
                (rest_xml(path)?, Protocol::S3Control)
            } else if service == "s3" && path.starts_with("/v20180820/") {
                (s3_control(path)?, Protocol::S3Control)
            } else if service == "s3" {
                (s3(path, query)?, Protocol::S3)
            } else {
                (by_path(service, path)?, Protocol::Json)
            };
        let service = match service {
            "monitoring" => "cloudwatch",
            other => other,
        };
        Some(Self {
            action: format!("{service}:{operation}"),
            region: region.to_owned(),
            key: key.to_owned(),
            arguments: format!("{path}?{query}\n{text}"),
            protocol,
        })
    }

    /// The answer of a service that fails.
    pub(crate) fn error(&self, status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
        let xml = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        let (kind, body) = match self.protocol {
            Protocol::Query | Protocol::S3Control => (
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
                     <RequestId>11111111-2222-3333-4444-555555555555</RequestId></ErrorResponse>",
                    xml(message)
                )
                .into_bytes(),
            ),
            Protocol::S3 => (
                "application/xml",
                format!("<Error><Code>{code}</Code><Message>{}</Message></Error>", xml(message)).into_bytes(),
            ),
            Protocol::Json => (
                "application/x-amz-json-1.1",
                serde_json::json!({ "__type": code, "message": message }).to_string().into_bytes(),
            ),
        };
        let answer = Response::builder()
            .status(status)
            .header("content-type", kind)
            .header("x-amzn-errortype", code)
            .header("x-amzn-requestid", "11111111-2222-3333-4444-555555555555");
        answer.body(body.into()).unwrap()
    }

    /// The code by which the service denies.
    pub(crate) fn denied(&self) -> &'static str {
        match self.protocol {
            Protocol::Json => "AccessDeniedException",
            _ => "AccessDenied",
        }
    }

    /// The code by which the service throttles, and its status.
    pub(crate) fn throttled(&self) -> (StatusCode, &'static str) {
        match self.protocol {
            Protocol::S3 | Protocol::S3Control => (StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
            Protocol::Query => (StatusCode::BAD_REQUEST, "Throttling"),
            Protocol::Json => (StatusCode::BAD_REQUEST, "ThrottlingException"),
        }
    }
}

/// The permission of an S3 operation, which the sub-resource in the query names.
fn s3(path: &str, query: &str) -> Option<&'static str> {
    let flag = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    if path.trim_matches('/').is_empty() {
        return Some("ListAllMyBuckets");
    }
    [
        ("accelerate", "GetAccelerateConfiguration"),
        ("acl", "GetBucketAcl"),
        ("encryption", "GetEncryptionConfiguration"),
        ("lifecycle", "GetLifecycleConfiguration"),
        ("location", "GetBucketLocation"),
        ("logging", "GetBucketLogging"),
        ("object-lock", "GetBucketObjectLockConfiguration"),
        ("ownershipControls", "GetBucketOwnershipControls"),
        ("policy", "GetBucketPolicy"),
        ("policyStatus", "GetBucketPolicyStatus"),
        ("publicAccessBlock", "GetBucketPublicAccessBlock"),
        ("replication", "GetReplicationConfiguration"),
        ("tagging", "GetBucketTagging"),
        ("versioning", "GetBucketVersioning"),
    ]
    .into_iter()
    .find_map(|(name, action)| flag(name).then_some(action))
}

fn s3_control(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
    match words.as_slice() {
        ["configuration", "publicAccessBlock"] => Some("GetAccountPublicAccessBlock"),
        ["accesspoint"] => Some("ListAccessPoints"),
        ["accesspoint", _] => Some("GetAccessPoint"),
        ["accesspoint", _, "policy"] => Some("GetAccessPointPolicy"),
        _ => None,
    }
}

fn rest_xml(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    match words.as_slice() {
        ["2013-04-01", "hostedzone"] => Some("ListHostedZones"),
        ["2013-04-01", "hostedzone", _, "rrset"] => Some("ListResourceRecordSets"),
        ["2013-04-01", "queryloggingconfig"] => Some("ListQueryLoggingConfigs"),
        ["2020-05-31", "distribution"] => Some("ListDistributions"),
        _ => None,
    }
}

fn by_path(service: &str, path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (service, words.as_slice()) {
        ("access-analyzer", ["analyzer"]) => Some("ListAnalyzers"),
        ("account", ["listRegions"]) => Some("ListRegions"),
        ("account", ["getAlternateContact"]) => Some("GetAlternateContact"),
        ("account", ["getContactInformation"]) => Some("GetContactInformation"),
        ("eks", ["clusters"]) => Some("ListClusters"),
        ("eks", ["clusters", _]) => Some("DescribeCluster"),
        ("eks", ["clusters", _, "identity-provider-configs"]) => {
            Some("ListIdentityProviderConfigs")
        }
        ("eks", ["clusters", _, "node-groups"]) => Some("ListNodegroups"),
        ("eks", ["clusters", _, "node-groups", _]) => Some("DescribeNodegroup"),
        ("guardduty", ["detector"]) => Some("ListDetectors"),
        ("guardduty", ["detector", _]) => Some("GetDetector"),
        ("securityhub", ["accounts"]) => Some("DescribeHub"),
        _ => None,
    }
}
