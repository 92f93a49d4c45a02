//! What a request calls: the account, the action and its arguments, in each of the protocols.

use http::request::Parts;
use serde_json::Value;

use crate::fault::Subject;
use crate::text::{decode, pairs};

/// The [protocols](https://smithy.io/2.0/aws/protocols/index.html) in which AWS services speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Form in, XML out.
    Query,
    /// The same, as EC2 has it.
    Ec2,
    /// JSON both ways, the action in a header, with the version that the content type names.
    Json,
    /// JSON both ways, the action in method and path.
    RestJson,
    /// CBOR both ways.
    Cbor,
    /// XML both ways, the action in method, path and query.
    S3,
    /// The same, as S3 Control has it.
    S3Control,
}

/// A call as the cloud sees it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The name of its permission, such as `s3:GetBucketPolicy`.
    pub(crate) action: String,
    /// The name of the operation in its protocol, such as `ListBuckets`.
    pub(crate) operation: String,
    /// The region that it was signed for.
    pub(crate) region: String,
    /// By whose key.
    pub(crate) key: String,
    /// The token of a session.
    pub(crate) token: Option<String>,
    pub(crate) protocol: Protocol,
    /// The version of the JSON protocol, to be answered in kind.
    pub(crate) json_version: &'static str,
    /// The bucket, of S3.
    pub(crate) bucket: String,
    /// The path, decoded.
    pub(crate) path: String,
    /// What follows the question mark, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The account that the request names itself, in S3 Control.
    pub(crate) named_account: Option<String>,
    /// The arguments in the body: of a form as pairs of text.
    pub(crate) body: Value,
}

/// Why a request is not a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoCall {
    /// It is not signed.
    Unsigned,
    /// There is no such operation here.
    UnknownOperation,
}

impl Call {
    /// Reads a request.
    pub(crate) fn of(head: &Parts, body: &[u8]) -> Result<Self, NoCall> {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
        let credential = header("authorization")
            .and_then(|signature| signature.split_once("Credential="))
            .and_then(|(_, rest)| rest.split(',').next())
            .ok_or(NoCall::Unsigned)?;
        let [key, _, region, service, _] = credential.split('/').collect::<Vec<_>>()[..] else {
            return Err(NoCall::Unsigned);
        };
        let path = decode(head.uri.path(), false);
        let query = pairs(head.uri.query().unwrap_or_default());
        let mut call = Self {
            action: String::new(),
            operation: String::new(),
            region: region.to_owned(),
            key: key.to_owned(),
            token: header("x-amz-security-token").map(str::to_owned),
            protocol: Protocol::Json,
            json_version: "1.1",
            bucket: String::new(),
            path,
            query,
            named_account: header("x-amz-account-id").map(str::to_owned),
            body: Value::Null,
        };
        if let Some((_, operation)) =
            header("x-amz-target").and_then(|target| target.rsplit_once('.'))
        {
            call.operation = operation.to_owned();
            call.body = serde_json::from_slice(body).unwrap_or(Value::Null);
            if header("content-type").is_some_and(|kind| kind.ends_with("1.0")) {
                call.json_version = "1.0";
            }
        } else if let Some((_, operation)) = head.uri.path().rsplit_once("/operation/") {
            call.operation = operation.to_owned();
            call.protocol = Protocol::Cbor;
            call.body = super::wire::from_cbor(body);
        } else if matches!(service, "cloudfront" | "route53") {
            // The same as of S3 Control.
            call.protocol = Protocol::S3Control;
            call.operation = rest_xml(&call.path).ok_or(NoCall::UnknownOperation)?.to_owned();
        } else if service == "s3" && call.path.starts_with("/v20180820/") {
            call.protocol = Protocol::S3Control;
            call.operation = s3_control(&call.path).ok_or(NoCall::UnknownOperation)?.to_owned();
        } else if service == "s3" {
            let host = header("x-forwarded-host").or_else(|| header("host")).unwrap_or_default();
            call.bucket = bucket_of(host, &call.path);
            call.protocol = Protocol::S3;
            call.operation =
                s3(&call.bucket, &call.query).ok_or(NoCall::UnknownOperation)?.to_owned();
        } else if let Some(operation) = rest_json(service, head, &call.path) {
            call.protocol = Protocol::RestJson;
            call.operation = operation.to_owned();
            call.body = serde_json::from_slice(body).unwrap_or(Value::Null);
        } else {
            let form = pairs(&String::from_utf8_lossy(body));
            let form = form.into_iter().map(|(key, value)| (key, Value::String(value)));
            call.body = Value::Object(form.collect());
            call.protocol = if service == "ec2" { Protocol::Ec2 } else { Protocol::Query };
            call.operation = match call.argument("Action") {
                "" => return Err(NoCall::UnknownOperation),
                operation => operation.to_owned(),
            };
        }
        call.action = action(service, call.protocol, &call.operation);
        Ok(call)
    }

    /// The name of the service in the names of its permissions.
    pub(crate) fn service(&self) -> &str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// An argument as text: of the body, otherwise of the query; empty if there is none.
    pub(crate) fn argument(&self, name: &str) -> &str {
        if let Some(text) = self.body.get(name).and_then(Value::as_str) {
            return text;
        }
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// An argument that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        if let Some(number) = self.body.get(name).and_then(Value::as_u64) {
            return usize::try_from(number).ok();
        }
        self.argument(name).parse().ok()
    }

    /// The items of a list in a form, as `Filter.member.1`, or of a list in JSON.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        if let Some(list) = self.body.get(name).and_then(Value::as_array) {
            return list.iter().filter_map(Value::as_str).collect();
        }
        let item = |n: usize| {
            let by = |name: String| self.body.get(&name).and_then(Value::as_str);
            by(format!("{name}.member.{n}")).or_else(|| by(format!("{name}.{n}")))
        };
        (1..).map_while(item).collect()
    }

    /// A word of the path, counted from nought.
    pub(crate) fn word(&self, place: usize) -> &str {
        self.path.trim_matches('/').split('/').nth(place).unwrap_or_default()
    }
}

impl Subject for Call {
    fn action(&self) -> &str {
        &self.action
    }

    fn region(&self) -> &str {
        &self.region
    }

    fn speaks_of(&self, words: &str) -> bool {
        self.path.contains(words)
            || self.bucket.contains(words)
            || self.query.iter().any(|(key, value)| key.contains(words) || value.contains(words))
            || holds(&self.body, words)
    }
}

fn holds(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(all) => all.iter().any(|value| holds(value, words)),
        Value::Object(all) => all.values().any(|value| holds(value, words)),
        _ => false,
    }
}

/// The name of the permission, which for some operations is another, see the
/// [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
fn action(service: &str, protocol: Protocol, operation: &str) -> String {
    let name = match (protocol, operation) {
        (Protocol::S3, "ListBuckets") => "ListAllMyBuckets",
        (Protocol::S3, "GetBucketEncryption") => "GetEncryptionConfiguration",
        (Protocol::S3, "GetBucketLifecycleConfiguration") => "GetLifecycleConfiguration",
        (Protocol::S3, "GetBucketReplication") => "GetReplicationConfiguration",
        (Protocol::S3, "GetObjectLockConfiguration") => "GetBucketObjectLockConfiguration",
        (Protocol::S3, "GetPublicAccessBlock") => "GetBucketPublicAccessBlock",
        (Protocol::S3Control, "GetPublicAccessBlock") => "GetAccountPublicAccessBlock",
        (_, operation) => operation,
    };
    let prefix = match service {
        "monitoring" => "cloudwatch",
        other => other,
    };
    format!("{prefix}:{name}")
}

/// The bucket of a request: in the [host or the path](https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
fn bucket_of(host: &str, path: &str) -> String {
    let host = host.split(':').next().unwrap_or_default();
    for suffix in [".localhost", ".127.0.0.1"] {
        if let Some(bucket) = host.strip_suffix(suffix) {
            return bucket.to_owned();
        }
    }
    if let Some((bucket, _)) = host.split_once(".s3.").or_else(|| host.split_once(".s3-")) {
        return bucket.to_owned();
    }
    path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned()
}

/// The operation of S3, which a word of the query names.
fn s3(bucket: &str, query: &[(String, String)]) -> Option<&'static str> {
    if bucket.is_empty() {
        return Some("ListBuckets");
    }
    [
        ("accelerate", "GetBucketAccelerateConfiguration"),
        ("acl", "GetBucketAcl"),
        ("cors", "GetBucketCors"),
        ("encryption", "GetBucketEncryption"),
        ("intelligent-tiering", "ListBucketIntelligentTieringConfigurations"),
        ("lifecycle", "GetBucketLifecycleConfiguration"),
        ("location", "GetBucketLocation"),
        ("logging", "GetBucketLogging"),
        ("notification", "GetBucketNotificationConfiguration"),
        ("object-lock", "GetObjectLockConfiguration"),
        ("ownershipControls", "GetBucketOwnershipControls"),
        ("policy", "GetBucketPolicy"),
        ("policyStatus", "GetBucketPolicyStatus"),
        ("publicAccessBlock", "GetPublicAccessBlock"),
        ("replication", "GetBucketReplication"),
        ("requestPayment", "GetBucketRequestPayment"),
        ("tagging", "GetBucketTagging"),
        ("versioning", "GetBucketVersioning"),
        ("website", "GetBucketWebsite"),
    ]
    .into_iter()
    .find_map(|(name, operation)| query.iter().any(|(key, _)| key == name).then_some(operation))
}

fn s3_control(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
    match words.as_slice() {
        ["configuration", "publicAccessBlock"] => Some("GetPublicAccessBlock"),
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

/// The operation of a service that has it in method and path.
fn rest_json(service: &str, head: &Parts, path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (service, head.method.as_str(), words.as_slice()) {
        ("access-analyzer", "GET", ["analyzer"]) => Some("ListAnalyzers"),
        ("account", "POST", ["listRegions"]) => Some("ListRegions"),
        ("account", "POST", ["getAlternateContact"]) => Some("GetAlternateContact"),
        ("account", "POST", ["getContactInformation"]) => Some("GetContactInformation"),
        ("eks", "GET", ["clusters"]) => Some("ListClusters"),
        ("eks", "GET", ["clusters", _]) => Some("DescribeCluster"),
        ("eks", "GET", ["clusters", _, "identity-provider-configs"]) => {
            Some("ListIdentityProviderConfigs")
        }
        ("eks", "GET", ["clusters", _, "node-groups"]) => Some("ListNodegroups"),
        ("eks", "GET", ["clusters", _, "node-groups", _]) => Some("DescribeNodegroup"),
        ("guardduty", "GET", ["detector"]) => Some("ListDetectors"),
        ("guardduty", "GET", ["detector", _]) => Some("GetDetector"),
        ("securityhub", "GET", ["accounts"]) => Some("DescribeHub"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn call(request: http::request::Builder, service: &str, body: &str) -> Result<Call, NoCall> {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request = request.header("authorization", signature).body(()).unwrap();
        Call::of(&request.into_parts().0, body.as_bytes())
    }

    #[test]
    fn each_protocol_names_its_operation_in_its_own_way() {
        let post = |uri: &str| Request::builder().method("POST").uri(uri);
        let get = |uri: &str| Request::builder().method("GET").uri(uri);
        for (request, service, body, expected) in [
            (
                post("/"),
                "iam",
                "Action=GetAccountSummary&Version=2010-05-08",
                "iam:GetAccountSummary",
            ),
            (
                post("/").header("x-amz-target", "TrentService.ListKeys"),
                "kms",
                "{}",
                "kms:ListKeys",
            ),
            (
                post("/service/GraniteServiceVersion20100801/operation/DescribeAlarms"),
                "monitoring",
                "",
                "cloudwatch:DescribeAlarms",
            ),
            (
                get("/?max-buckets=10&x-id=ListBuckets").header("host", "s3.amazonaws.com"),
                "s3",
                "",
                "s3:ListAllMyBuckets",
            ),
            (get("/b?encryption"), "s3", "", "s3:GetEncryptionConfiguration"),
            (
                get("/?acl").header("host", "b.s3.eu-west-1.amazonaws.com"),
                "s3",
                "",
                "s3:GetBucketAcl",
            ),
            (get("/v20180820/accesspoint/door/policy"), "s3", "", "s3:GetAccessPointPolicy"),
            (get("/detector/12"), "guardduty", "", "guardduty:GetDetector"),
            (post("/"), "ec2", "Action=DescribeRegions", "ec2:DescribeRegions"),
        ] {
            let call = call(request, service, body).unwrap();
            assert_eq!(call.action, expected);
            assert_eq!((call.key.as_str(), call.region.as_str()), ("AKIAX", "eu-west-1"));
        }
        assert_eq!(call(get("/b?torrent"), "s3", "").unwrap_err(), NoCall::UnknownOperation);
        let unsigned = Request::builder().uri("/").body(()).unwrap().into_parts().0;
        assert_eq!(Call::of(&unsigned, b"").unwrap_err(), NoCall::Unsigned);
    }

    #[test]
    fn arguments_are_found_wherever_they_are() {
        let request = Request::builder().method("POST").uri("/?a=b%20c");
        let call = call(
            request,
            "iam",
            "Action=GetAccountAuthorizationDetails&Filter.member.1=User&Filter.member.2=Role&MaxItems=7",
        )
        .unwrap();
        assert_eq!(call.list("Filter"), ["User", "Role"]);
        assert_eq!(call.number("MaxItems"), Some(7));
        assert_eq!(call.argument("a"), "b c");
        assert!(call.speaks_of("Role") && !call.speaks_of("Group"));
    }
}
