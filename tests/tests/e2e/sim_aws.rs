//! AWS accounts of posture's simulator, read by the program.

use std::io::{Read, Write};
use std::net::TcpStream;

use posture_sim::aws::{Recorded, Server, World};
use posture_tests::{Program, Run, with_little_patience};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const ACCOUNT: &str = "111111111111";
const MEMBER: &str = "222222222222";
const LONER: &str = "333333333333";

/// What is judged here; no control of these reads IAM.
const AREAS: &[&str] = &[
    "--control",
    "storage",
    "--control",
    "logging",
    "--control",
    "keys",
    "--control",
    "detection",
];

/// A simulated AWS, served until it is dropped.
pub(crate) struct Simulated {
    runtime: Runtime,
    server: Option<Server>,
    keys: Vec<(String, String)>,
}

impl Simulated {
    pub(crate) fn serve(world: &Value) -> Self {
        let world = World::parse(&world.to_string()).unwrap();
        let keys = world.accounts.iter().map(|account| (account.id.clone(), account.key()));
        let keys = keys.collect();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(world, None)).unwrap();
        Self { runtime, server: Some(server), keys }
    }

    /// Waits until this many requests have arrived, answered or not.
    pub(crate) fn wait_for(&self, requests: u64) {
        self.runtime.block_on(self.server.as_ref().unwrap().arrived(requests));
    }

    fn audit(&self, account: &str, arguments: &[&str]) -> Run {
        self.program(account, arguments).run()
    }

    pub(crate) fn program(&self, account: &str, arguments: &[&str]) -> Program {
        self.bare(account).args(&["audit", "aws", "--format", "json"]).args(arguments)
    }

    /// The program with credentials of an account, without any argument.
    pub(crate) fn bare(&self, account: &str) -> Program {
        let key = self.keys.iter().find(|(id, _)| id == account).unwrap();
        Program::new()
            .env("AWS_ENDPOINT_URL", &self.server.as_ref().unwrap().url())
            .env("AWS_ACCESS_KEY_ID", &key.1)
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env("AWS_REGION", "us-east-1")
    }

    /// The status and the text of the response to a request as it is on the wire.
    fn ask(
        &self,
        account: &str,
        region: &str,
        service: &str,
        head: &str,
        body: &str,
    ) -> (u16, String) {
        let key = &self.keys.iter().find(|(id, _)| id == account).unwrap().1;
        let url = self.server.as_ref().unwrap().url();
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let (line, headers) = head.split_once('\n').unwrap_or((head, ""));
        let headers: String = headers.lines().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
             authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, Signature=0\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.server.as_ref().unwrap().requests()
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        // The server's task has to end within its runtime.
        let _inside = self.runtime.enter();
        self.server.take();
    }
}

fn regions() -> Value {
    json!({
        "us-east-1": "ENABLED_BY_DEFAULT", "eu-west-1": "ENABLED_BY_DEFAULT", "af-south-1": "DISABLED",
    })
}

/// A policy that forbids plain connections.
pub(crate) fn only_tls(bucket: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
}

fn bucket(name: &str, region: &str, log_to: &str) -> Value {
    json!({
        "name": name, "region": region, "created": "now-200d", "policy": only_tls(name),
        "ownership": "BucketOwnerEnforced", "public_access_block": { "all": true },
        "versioning": "Enabled", "mfa_delete": true, "encryption": "aws:kms",
        "key": "arn:aws:kms:us-east-1:111111111111:key/key-1", "log_to": log_to,
        "object_lock": true, "lock_days": 365, "lifecycle": ["old"],
        "replicates_to": ["arn:aws:s3:::copy"], "tags": { "owner": "security", "data": "secret" },
    })
}

fn detector(region: &str) -> Value {
    let features = [
        "S3_DATA_EVENTS",
        "EKS_AUDIT_LOGS",
        "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS",
        "RUNTIME_MONITORING",
    ]
    .map(|name| json!({ "name": name, "status": "ENABLED" }));
    json!({ "region": region, "features": features })
}

fn recorder(region: &str) -> Value {
    json!({
        "region": region, "status": { "recording": true, "lastStatus": "SUCCESS" },
        "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true },
        "deliveryChannel": { "s3BucketName": "records" },
    })
}

/// An account of two regions in which nothing is amiss.
pub(crate) fn good() -> Value {
    let group = format!("arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trail:*");
    let topic = format!("arn:aws:sns:us-east-1:{ACCOUNT}:alarms");
    let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/key-1");
    json!({
        "page_size": 2,
        "organization": { "id": "o-abcdefghij", "management_account": ACCOUNT },
        "accounts": [{
            "id": ACCOUNT, "regions": regions(), "public_access_block": { "all": true },
            "buckets": [
                bucket("records", "us-east-1", "logs"), bucket("logs", "us-east-1", "records"),
                bucket("far", "eu-west-1", "far-logs"), bucket("far-logs", "eu-west-1", "far"),
            ],
            "access_points": [
                { "name": "one", "bucket": "records", "vpc": "vpc-1" },
                { "name": "two", "bucket": "far", "region": "eu-west-1", "vpc": "vpc-2" },
            ],
            "trails": [{
                "Name": "everything", "S3BucketName": "records", "IsMultiRegionTrail": true,
                "LogFileValidationEnabled": true, "KmsKeyId": key, "CloudWatchLogsLogGroupArn": group,
                "Status": {
                    "IsLogging": true, "LatestDeliveryTime": "now-1h",
                    "LatestCloudWatchLogsDeliveryTime": "now-1h",
                },
                "EventSelectors": [{
                    "ReadWriteType": "All", "IncludeManagementEvents": true,
                    "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }],
                }],
                "InsightSelectors": [{ "InsightType": "ApiCallRateInsight" }],
            }],
            "event_stores": [{ "Name": "lake", "KmsKeyId": key, "RetentionPeriod": 2557 }],
            "keys": [
                { "Arn": key, "KeyRotationEnabled": true, "RotationPeriodInDays": 180 },
                { "region": "eu-west-1", "KeyRotationEnabled": true, "RotationPeriodInDays": 90 },
                { "region": "eu-west-1", "KeyManager": "AWS", "Policy": { "Statement": [] } },
            ],
            "log_groups": [
                {
                    "logGroupName": "trail", "retentionInDays": 400, "kmsKeyId": key,
                    "creationTime": "now-30d",
                    "metricFilters": [{
                        "filterName": "root-use",
                        "filterPattern": "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }",
                        "metricTransformations": [
                            { "metricName": "root", "metricNamespace": "trail", "metricValue": "1" },
                        ],
                    }],
                },
                { "logGroupName": "a", "retentionInDays": 400, "kmsKeyId": key },
                { "logGroupName": "b", "retentionInDays": 400, "kmsKeyId": key },
            ],
            "alarms": [
                { "AlarmName": "other", "MetricName": "CPU", "Namespace": "x", "Threshold": 5 },
                { "AlarmName": "more", "AlarmRule": "ALARM(other)" },
                {
                    "AlarmName": "root", "MetricName": "root", "Namespace": "trail",
                    "Statistic": "Sum", "Threshold": 1, "Period": 300, "EvaluationPeriods": 1,
                    "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmActions": [topic],
                },
            ],
            "topics": [{
                "Name": "alarms",
                "Subscriptions": [
                    { "SubscriptionArn": "PendingConfirmation" }, { "SubscriptionArn": "Deleted" }, {},
                ],
            }],
            "recorders": [recorder("us-east-1"), recorder("eu-west-1")],
            "detectors": [detector("us-east-1"), detector("eu-west-1")],
            "hubs": [{}, { "region": "eu-west-1" }],
            "analyzers": [{}, { "region": "eu-west-1" }],
        }],
    })
}

/// An account of two regions in which almost nothing was configured, and the rest wrongly.
fn bad() -> Value {
    let open = json!({
        "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::open", "arn:aws:s3:::open/*"] }],
    });
    json!({
        "accounts": [{
            "id": ACCOUNT, "regions": regions(), "standalone": true,
            "buckets": [{ "name": "open", "region": "eu-west-1", "policy": open,
                "acl": [["everyone", "WRITE"], ["authenticated", "READ"]] }],
            "access_points": [{ "name": "door", "bucket": "open", "region": "eu-west-1",
                "public_access_block": {},
                "policy": { "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                    "Resource": "*" }] } }],
            "trails": [{ "Name": "some", "S3BucketName": "open" }],
            "event_stores": [{ "Name": "lake", "TerminationProtectionEnabled": false, "RetentionPeriod": 7 }],
            "keys": [
                { "KeyId": "fixed", "Policy": { "Statement": [
                    { "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*" }] } },
                { "KeyId": "leaving", "KeyState": "PendingDeletion" },
            ],
            "log_groups": [{ "logGroupName": "short", "retentionInDays": 1 }],
            "recorders": [{ "status": { "recording": false } }],
            "detectors": [{ "status": "DISABLED" }],
        }],
    })
}

/// The alerts, of which the account has only one.
fn is_another_alert(control: &str) -> bool {
    control.starts_with("logging.alert-") && control != "logging.alert-root-use"
}

#[test]
fn an_account_as_it_should_be_passes_everything_and_no_question_stays_open() {
    let cloud = Simulated::serve(&good());
    let run = cloud.audit(ACCOUNT, AREAS);
    assert_eq!(run.gaps(), []);
    for finding in run.json()["findings"].as_array().unwrap() {
        let control = finding["control"].as_str().unwrap();
        let expected: &[&str] = match is_another_alert(control) {
            true => &["fail"],
            false => &["pass", "not-applicable"],
        };
        if finding["outcome"] != "pass" {
            println!("NA {control} {} {}", finding["outcome"], finding["resource"]["name"]);
        }
        assert!(expected.contains(&finding["outcome"].as_str().unwrap()), "{finding:#}");
    }
    for (control, resource) in [
        ("storage.encryption", "far"),
        ("storage.access-point-network", "two"),
        ("storage.access-point-cross-account-access", "two"),
        ("logging.event-store-retention", "lake"),
        ("keys.rotation", "key-1"),
        ("detection.finding-hub", "eu-west-1"),
    ] {
        assert_eq!(run.outcome(control, resource), "pass", "{control}");
    }
    for request in cloud.requests() {
        assert!(request.status < 500, "{request:?}");
    }
}

#[test]
fn an_account_without_any_configuration_fails_and_no_question_stays_open() {
    let run = Simulated::serve(&bad()).audit(ACCOUNT, AREAS);
    assert_eq!(run.gaps(), []);
    for (control, resource) in [
        ("storage.public-access", "open"),
        ("storage.public-write", "open"),
        ("storage.public-access-block", "open"),
        ("storage.acls-disabled", "open"),
        ("storage.versioning", "open"),
        ("storage.mfa-delete", "open"),
        ("storage.object-lock", "open"),
        ("storage.access-logging", "open"),
        ("storage.lifecycle-rules", "open"),
        ("storage.replication", "open"),
        ("storage.tls-enforced", "open"),
        ("storage.customer-managed-encryption", "open"),
        ("storage.access-point-network", "door"),
        ("storage.access-point-public-access", "door"),
        ("storage.access-point-cross-account-access", "door"),
        ("storage.access-point-public-access-block", "door"),
        ("logging.audit-trail-recording", "some"),
        ("logging.audit-trail-validation", "some"),
        ("logging.audit-trail-insights", "some"),
        ("logging.audit-trail-log-group", "some"),
        ("logging.event-store-protection", "lake"),
        ("logging.event-store-retention", "lake"),
        ("logging.log-group-retention", "short"),
        ("logging.recorder", "us-east-1"),
        ("logging.recorder", "eu-west-1"),
        ("keys.public-policy", "fixed"),
        ("keys.rotation", "fixed"),
        ("keys.pending-deletion", "leaving"),
        ("detection.threat-detector", "us-east-1"),
        ("detection.threat-detector", "eu-west-1"),
        ("detection.finding-hub", "us-east-1"),
    ] {
        assert_eq!(run.outcome(control, resource), "fail", "{control} {resource}");
    }
    // AWS encrypts by default.
    assert_eq!(run.outcome("storage.encryption", "open"), "pass");
}

/// Two accounts of an organization, the first of which manages it, and one without.
fn organization() -> Value {
    let trail = json!({ "Name": "all", "S3BucketName": "theirs", "IsMultiRegionTrail": true,
        "IsOrganizationTrail": true, "Status": { "IsLogging": true } });
    json!({
        "page_size": 1,
        "organization": {
            "id": "o-abcdefghij", "management_account": ACCOUNT,
            "policies": [
                { "Id": "p-1", "Targets": [] }, { "Id": "p-2", "Targets": ["ou-a", MEMBER] },
                { "Id": "p-3", "Type": "RESOURCE_CONTROL_POLICY", "Targets": ["r-a"] },
            ],
            "others": [{ "Id": "444444444444", "State": "SUSPENDED" }],
        },
        "accounts": [
            { "id": ACCOUNT, "regions": regions(), "trails": [trail],
                "buckets": [{ "name": "theirs" }] },
            { "id": MEMBER, "regions": regions(), "buckets": [{ "name": "far", "region": "eu-west-1" }],
                "roles": [{ "name": "OrganizationAccountAccessRole" }] },
            { "id": LONER, "standalone": true },
        ],
    })
}

const ORGANIZATION: &[&str] = &[
    "--control",
    "identity.organization-guardrails",
    "--control",
    "identity.organization-policy-delegation",
    "--control",
    "identity.organization-delegated-administrators",
];

#[test]
fn an_organization_is_shown_to_those_who_may_ask() {
    let cloud = Simulated::serve(&organization());
    let run = cloud.audit(ACCOUNT, ORGANIZATION);
    assert_eq!(run.gaps(), []);
    assert_eq!(run.findings("identity.organization-guardrails")[0].outcome, "pass");
    let run = cloud.audit(MEMBER, ORGANIZATION);
    let refused: Vec<String> = run.gaps().into_iter().map(|(action, _)| action).collect();
    assert!(refused.contains(&"organizations:ListPolicies".to_owned()), "{refused:?}");
    let run = cloud.audit(LONER, ORGANIZATION);
    assert_eq!(run.gaps(), []);
    assert_eq!(run.findings("identity.organization-guardrails")[0].outcome, "not-applicable");
}

#[test]
fn every_account_of_an_organization_is_read_through_its_role() {
    let cloud = Simulated::serve(&organization());
    let run = cloud.audit(
        ACCOUNT,
        &[
            "--organization",
            "--control",
            "storage.encryption",
            "--control",
            "logging.audit-trail-recording",
        ],
    );
    assert_eq!(run.outcome("storage.encryption", "theirs"), "pass");
    assert_eq!(run.outcome("storage.encryption", "far"), "pass");
    // Its members see the trail of the organization as well.
    let trails = run.findings("logging.audit-trail-recording");
    assert_eq!(trails.iter().filter(|found| found.outcome == "pass").count(), 2, "{trails:?}");
}

#[test]
fn what_is_elsewhere_or_of_others_is_not_reported() {
    let cloud = Simulated::serve(&organization());
    let s3 = |account: &str, region: &str, path: &str| {
        cloud.ask(account, region, "s3", &format!("GET {path}"), "")
    };
    for (account, region, path, status, words) in [
        (MEMBER, "us-east-1", "/far?location", 200, ">eu-west-1</LocationConstraint>"),
        (MEMBER, "us-east-1", "/far?acl", 400, "AuthorizationHeaderMalformed"),
        (MEMBER, "eu-central-1", "/far?acl", 301, "PermanentRedirect"),
        (MEMBER, "eu-west-1", "/far?acl", 200, "xsi:type=\"CanonicalUser\""),
        (MEMBER, "us-east-1", "/theirs?acl", 403, "<Code>AccessDenied</Code>"),
        (MEMBER, "us-east-1", "/none?acl", 404, "NoSuchBucket"),
        (MEMBER, "eu-west-1", "/far?policy", 404, "NoSuchBucketPolicy"),
        (MEMBER, "eu-west-1", "/far?cors", 404, "NoSuchCORSConfiguration"),
        (MEMBER, "us-east-1", "/?continuation-token=x", 400, "InvalidArgument"),
    ] {
        let (code, answer) = s3(account, region, path);
        assert!(code == status && answer.contains(words), "{path}: {answer}");
    }
    let trail = |account: &str, region: &str, operation: &str, body: &Value| {
        let head = format!(
            "POST /\nx-amz-target: CloudTrail_20131101.{operation}\ncontent-type: application/x-amz-json-1.1"
        );
        cloud.ask(account, region, "cloudtrail", &head, &body.to_string())
    };
    let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/all");
    for (account, region, operation, body, words) in [
        (ACCOUNT, "eu-west-1", "DescribeTrails", json!({}), arn.as_str()),
        (MEMBER, "eu-west-1", "DescribeTrails", json!({}), arn.as_str()),
        (ACCOUNT, "eu-west-1", "DescribeTrails", json!({ "includeShadowTrails": false }), "[]"),
        (ACCOUNT, "eu-west-1", "GetTrailStatus", json!({ "Name": arn }), "\"IsLogging\":true"),
        (ACCOUNT, "us-east-1", "GetTrailStatus", json!({ "Name": "all" }), "\"IsLogging\":true"),
        (
            ACCOUNT,
            "eu-west-1",
            "GetTrailStatus",
            json!({ "Name": "all" }),
            "TrailNotFoundException",
        ),
        (
            ACCOUNT,
            "us-east-1",
            "GetInsightSelectors",
            json!({ "TrailName": "all" }),
            "InsightNotEnabledException",
        ),
        (LONER, "us-east-1", "DescribeTrails", json!({}), "[]"),
    ] {
        let (_, answer) = trail(account, region, operation, &body);
        assert!(answer.contains(words), "{operation} {body}: {answer}");
    }
}

#[test]
fn a_member_that_answers_slowly_costs_only_itself() {
    let mut world = organization();
    world["faults"] =
        json!([{ "action": "s3:*", "account": MEMBER, "fault": { "slow-body": 60_000 } }]);
    let cloud = Simulated::serve(&world);
    let run = with_little_patience(
        // One account is suspended.
        |gap| gap.starts_with("s3:") || gap == "sts:AssumeRole",
        |seconds| {
            let only = ["--organization", "--control", "storage.encryption", "--timeout", seconds];
            cloud.audit(ACCOUNT, &only)
        },
    );
    let findings = run.findings("storage.encryption");
    assert_eq!(run.outcome("storage.encryption", "theirs"), "pass");
    let timed_out = Some(("s3:ListAllMyBuckets".to_owned(), "timed-out".to_owned()));
    assert!(findings.iter().any(|finding| finding.gap == timed_out), "{findings:?}");
    assert_eq!(run.code, 11);
}

#[test]
fn an_account_of_thousands_is_read_to_its_end() {
    use posture_sim::aws::{Size, generate};
    let world = generate(Size { users: 5_000, policies: 1_500, ..Size::default() });
    let id = world.accounts[0].id.clone();
    let cloud = Simulated::serve(&serde_json::to_value(world).unwrap());
    let run = cloud.audit(&id, &["--control", "identity.user-mfa"]);
    assert_eq!(run.gaps(), []);
    assert_eq!(run.findings("identity.user-mfa").len(), 5_000);
}

#[test]
fn the_time_is_the_providers() {
    let mut world = organization();
    world["clock_ahead"] = json!(3 * 3600);
    let cloud = Simulated::serve(&world);
    let run = cloud.audit(ACCOUNT, &["--control", "storage.encryption"]);
    let ahead = run.json()["scopes"][0]["clock-ahead-seconds"].as_i64().unwrap();
    assert!((-10_800..=-10_790).contains(&ahead), "{ahead}");
}

/// A snapshot without the times at which it was made, and without the ids that each request has for itself.
fn timeless(path: &std::path::Path) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(strip),
            Value::Object(all) => {
                all.retain(|key, _| !matches!(key.as_str(), "started" | "finished" | "request_id"));
                all.values_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let mut snapshot = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    strip(&mut snapshot);
    snapshot
}

#[test]
fn an_audit_that_was_killed_is_resumed_and_asks_for_nothing_twice() {
    use posture_sim::aws::{Size, generate};
    let mut world = generate(Size { accounts: 20, users: 2, buckets: 2, ..Size::default() });
    // The account that answers last delays the rest, so that some are done and some are not.
    let last: Vec<String> = world.accounts[12..].iter().map(|account| account.id.clone()).collect();
    world.faults = last
        .iter()
        .map(|account| posture_sim::Rule {
            account: Some(account.clone()),
            times: Some(3),
            ..posture_sim::Rule::new("s3:ListAllMyBuckets", posture_sim::Fault::SlowStart(2_500))
        })
        .collect();
    let first = world.accounts[0].id.clone();
    let cloud = Simulated::serve(&serde_json::to_value(&world).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (broken, whole) = (folder.path().join("broken.json"), folder.path().join("whole.json"));
    let save = |path: &std::path::Path, more: &[&str]| -> Vec<String> {
        let mut all = vec!["--organization", "--control", "storage.versioning", "--save"];
        all.push(path.to_str().unwrap());
        all.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let program = |arguments: &[String]| {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        cloud.program(&first, &words)
    };
    let running = program(&save(&broken, &[])).start();
    let parts = folder.path().join("broken.json.parts");
    let enough = || std::fs::metadata(&parts).is_ok_and(|found| found.len() > 3_000);
    let begun = std::time::Instant::now();
    while !enough() && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    running.kill();
    assert!(!broken.exists() && parts.exists());
    let before = cloud.requests().len();
    // Another audit is another matter.
    let other = program(&save(&broken, &["--resume", "--region", "eu-west-1"])).run();
    assert_eq!(other.code, 1, "{}", other.err);
    assert!(other.err.contains("was a different one"), "{}", other.err);
    assert_eq!(cloud.requests().len(), before);
    let run = program(&save(&broken, &["--resume"])).run();
    assert_eq!(run.code, 10, "{}", run.err);
    let words: Vec<&str> = run.err.split_whitespace().collect();
    let count: usize =
        words[words.iter().position(|word| *word == "resuming:").unwrap() + 1].parse().unwrap();
    assert!((1..20).contains(&count), "{}", run.err);
    let asked = cloud.requests().split_off(before);
    let lists = asked.iter().filter(|request| request.action == "s3:ListAllMyBuckets").count();
    assert_eq!(lists, 20 - count, "{}", run.err);
    assert!(!parts.exists());
    let uninterrupted = program(&save(&whole, &[])).run();
    assert_eq!(uninterrupted.code, 10, "{}", uninterrupted.err);
    let (mut one, mut other) = (timeless(&broken), timeless(&whole));
    // Repeats are counted, and belong to the way there.
    for snapshot in [&mut one, &mut other] {
        for scope in snapshot["scopes"].as_array_mut().unwrap() {
            scope.as_object_mut().unwrap().remove("calls");
        }
    }
    assert_eq!(one, other);
}

#[test]
fn a_rate_that_was_set_is_kept_to() {
    let mut world = organization();
    // What is beyond it is refused, and so would be seen.
    world["quotas"] = json!([{ "action": "s3:*", "rate": 12.0, "burst": 12.0 }]);
    let cloud = Simulated::serve(&world);
    let limited = cloud.audit(ACCOUNT, &["--control", "storage", "--max-rate", "10"]);
    let throttled = |run: &Run| {
        let report = run.json();
        let calls = report["scopes"][0]["calls"].as_object().unwrap().clone();
        calls.values().map(|calls| calls["throttled"].as_u64().unwrap_or(0)).sum::<u64>()
    };
    assert_eq!(throttled(&limited), 0);
    assert_eq!(limited.gaps(), []);
    // Without it the service has to throttle. On a busy machine one call may be throttled so often that it is
    // given up, and then that is reported.
    let free = cloud.audit(ACCOUNT, &["--control", "storage"]);
    assert!(throttled(&free) > 0);
    for (action, reason) in free.gaps() {
        assert_eq!(reason, "throttled", "{action}");
    }
}

/// An organization in which something is wrong with every call of an action.
fn with_fault(action: &str, fault: &Value) -> Simulated {
    let mut world = organization();
    world["faults"] = json!([{ "action": action, "fault": fault }]);
    Simulated::serve(&world)
}

#[test]
fn an_audit_of_nothing_is_not_a_success() {
    let only = ["--organization", "--control", "storage.encryption"];
    let none = with_fault("organizations:ListAccounts", &json!({ "body": r#"{"Accounts": []}"# }));
    let run = none.audit(ACCOUNT, &only);
    assert_eq!(run.code, 11, "{}{}", run.out, run.err);
    assert!(run.err.contains("no account was read"), "{}", run.err);
    // A list that is not there is not an empty list.
    let run =
        with_fault("organizations:ListAccounts", &json!({ "body": "{}" })).audit(ACCOUNT, &only);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.err.contains("organizations:ListAccounts"), "{}", run.err);
}

#[test]
fn a_snapshot_that_is_not_whole_is_not_a_success() {
    let cloud = Simulated::serve(&organization());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.json");
    let control = ["--control", "storage.encryption"];
    let run = cloud.audit(MEMBER, &[&control[..], &["--save", path.to_str().unwrap()]].concat());
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let check = |bend: fn(&mut Value)| {
        let mut bent = whole.clone();
        bend(&mut bent);
        Program::new()
            .file("bent.json", &bent.to_string())
            .args(&["check", "bent.json", "--fail-on", "never"])
            .args(&control)
            .run()
    };
    assert_eq!(check(|_| ()).code, 0);
    let partial = check(|snapshot| snapshot["partial"] = json!(true));
    assert_eq!(partial.code, 11, "{}", partial.err);
    let empty = check(|snapshot| snapshot["scopes"] = json!([]));
    assert_eq!(empty.code, 11, "{}", empty.err);
}

#[test]
fn members_that_are_asked_together_have_keys_of_their_own() {
    use posture_sim::aws::{Size, generate};
    let mut world = generate(Size { accounts: 24, users: 1, buckets: 1, ..Size::default() });
    // All wait for their sessions at the same time.
    world.latency = serde_json::from_value(json!({ "ms": 40 })).unwrap();
    let first = world.accounts[0].id.clone();
    let cloud = Simulated::serve(&serde_json::to_value(&world).unwrap());
    let run = cloud.audit(&first, &["--organization", "--control", "storage.versioning"]);
    assert_eq!(run.gaps(), [], "{}", run.err);
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 24);
}

#[test]
fn an_answer_without_content_is_not_an_answer() {
    let empty = [
        json!({ "body": "" }),
        json!("no-content"),
        json!({ "body": "{}" }),
        json!({ "body": "null" }),
    ];
    for (action, control) in [
        ("s3:GetBucketPolicy", "storage.public-access"),
        ("s3:ListAllMyBuckets", "storage.public-access"),
        ("account:ListRegions", "keys.rotation"),
        ("securityhub:DescribeHub", "detection.finding-hub"),
    ] {
        for fault in &empty {
            let run = with_fault(action, fault).audit(ACCOUNT, &["--control", control]);
            let findings = run.findings(control);
            assert!(
                findings.iter().all(|finding| finding.outcome != "pass"),
                "{action} {fault}: {findings:?}"
            );
            let gap = (action.to_owned(), "malformed".to_owned());
            assert!(run.gaps().contains(&gap), "{action} {fault}: {:?}", run.gaps());
            assert_ne!(run.code, 0);
        }
    }
}

#[test]
fn a_time_that_cannot_be_leaves_no_age() {
    let cloud = with_fault("*", &json!({ "date": "Thu, 01 Jan 2026 00:00:00 GMT" }));
    let control = "identity.unused-role";
    let run = cloud.audit(ACCOUNT, &["--control", control]);
    assert!(run.findings(control).iter().all(|finding| finding.outcome != "pass"));
    assert!(run.json()["scopes"][0]["clock-ahead-seconds"].is_null());
    let table = cloud.bare(ACCOUNT).args(&["audit", "aws", "--all", "--control", control]).run();
    assert!(table.out.contains("ages are unknown"), "{}", table.out);
}

#[test]
fn a_detector_without_features_says_nothing_of_them() {
    let control = "detection.threat-detector-storage";
    for features in
        [json!([]), json!([{ "status": "ENABLED" }]), json!([{ "name": "S3_DATA_EVENTS" }])]
    {
        let mut world = organization();
        world["accounts"][0]["detectors"] = json!([
            { "region": "us-east-1", "status": "ENABLED", "features": features },
            { "region": "eu-west-1", "status": "ENABLED", "features": features },
        ]);
        let run = Simulated::serve(&world).audit(ACCOUNT, &["--control", control]);
        let findings = run.findings(control);
        assert!(!findings.is_empty());
        for finding in findings {
            let gap = Some(("guardduty:GetDetector".to_owned(), "malformed".to_owned()));
            assert_eq!((finding.outcome.as_str(), &finding.gap), ("unknown", &gap), "{features}");
        }
    }
}
