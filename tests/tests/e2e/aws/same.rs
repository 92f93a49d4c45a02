//! One account on two servers: the local third-party AWS server, and posture's simulator. posture reads the
//! same from both, so that what is proved on the simulator does not depend on its authors' idea of AWS.
//!
//! What the local server does not know at all, the proxy in front of it adds (`complete.rs`: regions, the contact,
//! root's line of the credential report, event data stores, analyzers). That is compared as well, and shows nothing.

use std::collections::{BTreeMap, BTreeSet};

use posture_sim::aws::{Server, World};
use posture_tests::{Cloud, Program, python};
use serde_json::Value;

const WORLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/same.toml");

/// What is only listed is that of the account in which everything is wrong.
const BAD_WORLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/aws-bad.toml");

/// Members that are compared nowhere, with the reason. Ids of keys need no place here, as those of the local server are
/// replaced by those of the world.
const NORMALIZED: &[(&str, &str)] =
    &[("attempts", "on a busy machine the program may have to ask again")];

/// How many seconds apart two times may be: the audits are made one after the other, and the local server writes some
/// times in its machine's zone. That there is a time, and not none, is compared.
const APART: u64 = 24 * 60 * 60;

const BOUNDARIES: &str =
    "the local server leaves the boundaries of users out of GetAccountAuthorizationDetails";
const NO_PASSWORD: &str = "without a password it never changed, and in the local server it did, see \
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html";
const EVERYWHERE: &str = "the local server lists an access point in every region";
const NO_SELECTORS: &str = "a trail without selectors records management events, there nothing, see \
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html";

const NO_LAST_RULE: &str = "the local server leaves the rule that denies the rest out of the list of an ACL that a user made";
const KEPT: &str = "the local server keeps the ACL of a network that was deleted";

/// Where the two differ, with the reason; a path includes everything below it. In all of these the simulator does as
/// AWS does.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("identity", "the local server names a user of IAM as if it were one of STS"),
    ("account.conflicting_duties", BOUNDARIES),
    ("users.items[carol].full_admin", BOUNDARIES),
    ("users.items[carol].escalation_paths", BOUNDARIES),
    ("users.items[carol].password_last_changed", NO_PASSWORD),
    ("users.items[robot].password_last_changed", NO_PASSWORD),
    ("users.items[idle+=.@-_].password_last_changed", NO_PASSWORD),
    (
        "buckets.items[same-bare in us-east-1].encryption",
        "AWS encrypts by default since 2023, and the local server does not, see \
         https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html",
    ),
    ("access_points.items[door in ap-south-1]", EVERYWHERE),
    ("access_points.items[within in ap-south-1]", EVERYWHERE),
    ("access_points.items[door in eu-west-1]", EVERYWHERE),
    ("access_points.items[within in eu-west-1]", EVERYWHERE),
    ("calls.s3:GetAccessPoint", EVERYWHERE),
    ("calls.s3:GetAccessPointPolicy", EVERYWHERE),
    ("audit_trails.items[quiet in eu-west-1].management_reads", NO_SELECTORS),
    ("audit_trails.items[quiet in eu-west-1].management_writes", NO_SELECTORS),
    (
        "calls.s3:GetBucketLocation",
        "the local server does not show in its list where buckets are, see \
         https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html",
    ),
    ("network_acls.items[acl-front in us-east-1].filter", NO_LAST_RULE),
    ("network_acls.items[acl-left in us-east-1]", KEPT),
    ("network_acls.items[acl-left in eu-west-1]", KEPT),
    ("network_acls.items[acl-left in ap-south-1]", KEPT),
    (
        "calls.iam:GenerateCredentialReport",
        "the first time, the local server begins a report; the simulator is as if there were one that is not old yet",
    ),
];

/// Makes the account in the local server. What that calls each key is returned with what the world does.
fn make(cloud: &Cloud) -> Vec<(String, String)> {
    let endpoint = cloud.endpoint();
    let done = python("same.py").args([endpoint.as_str(), Cloud::KEY, WORLD]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let names = String::from_utf8(done.stdout).unwrap();
    let pair = |line: &str| {
        let (given, shown) = line.split_once(' ').unwrap();
        (given.to_owned(), shown.to_owned())
    };
    names.lines().map(pair).collect()
}

/// What a snapshot of one account says, by path.
fn values(snapshot: &str) -> BTreeMap<String, Value> {
    let snapshot: Value = serde_json::from_str(snapshot).unwrap();
    let scopes = snapshot["scopes"].as_array().unwrap();
    assert_eq!(scopes.len(), 1);
    let mut seen = BTreeMap::new();
    walk(&scopes[0], "", &mut seen);
    seen
}

/// Adds the values at and below a path. Members of a list have names and, most of them, regions.
fn walk(value: &Value, path: &str, seen: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                if NORMALIZED.iter().any(|(member, _)| member == name) {
                    continue;
                }
                let dot = if path.is_empty() { "" } else { "." };
                walk(value, &format!("{path}{dot}{name}"), seen);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let mut labels = BTreeSet::new();
            for (place, item) in items.iter().enumerate() {
                let label = match (item["name"].as_str(), item["region"].as_str()) {
                    (Some(name), Some(region)) => format!("{name} in {region}"),
                    (Some(name), None) => name.to_owned(),
                    (None, _) => place.to_string(),
                };
                // Rules of both directions have the same names.
                let label =
                    if labels.insert(label.clone()) { label } else { format!("{label} {place}") };
                walk(item, &format!("{path}[{label}]"), seen);
            }
        }
        leaf => {
            let before = seen.insert(path.to_owned(), sorted(leaf));
            assert!(before.is_none(), "{path} is there twice");
        }
    }
}

/// A list of names in the order of its names. A snapshot has them in the order of their ids, which the local server draws at
/// random.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(items) = &mut value
        && items.iter().all(Value::is_string)
    {
        items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }
    value
}

fn time(value: &Value) -> Option<jiff::Timestamp> {
    value.as_str()?.parse().ok()
}

fn agree(theirs: &Value, ours: &Value) -> bool {
    match (time(theirs), time(ours)) {
        (Some(theirs), Some(ours)) => theirs.as_second().abs_diff(ours.as_second()) <= APART,
        _ => theirs == ours,
    }
}

fn covers(exception: &str, path: &str) -> bool {
    path.strip_prefix(exception).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[test]
fn the_local_server_and_the_simulator_report_the_same_of_one_account() {
    let read = |path| World::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut world = read(WORLD);
    let mut lists = read(BAD_WORLD).accounts[0].lists.clone();
    // The networks are those of the account itself. The local server has no interfaces of load balancers, without which these
    // lead nowhere.
    let of_networks = [
        "acm:",
        "cloudfront:",
        "ec2:",
        "elasticloadbalancing:",
        "network-firewall:",
        "route53:",
        "shield:",
        "wafv2:",
    ];
    lists.retain(|action, _| !of_networks.iter().any(|service| action.starts_with(service)));
    world.accounts[0].lists.extend(lists);
    let account = &world.accounts[0];
    let key = account.key();
    let cloud = Cloud::empty(&account.id);
    let regions: Vec<(&str, &str)> =
        account.regions.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    cloud.regions(&regions);
    cloud.networks();
    let names = make(&cloud);
    let theirs = cloud.report(&["--save", "theirs.json"]);

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ours = runtime.block_on(async {
        let server = Server::start(world, None).await.unwrap();
        Program::new()
            .env("AWS_ENDPOINT_URL", &server.url())
            .env("AWS_ACCESS_KEY_ID", &key)
            .env("AWS_SECRET_ACCESS_KEY", "any")
            .env("AWS_REGION", "us-east-1")
            .args(&["audit", "aws", "--format", "json", "--save", "ours.json"])
            .run()
    });

    // What could not be read would be the same on both sides.
    assert_eq!(theirs.gaps(), []);
    assert_eq!(ours.gaps(), []);
    let mut snapshot = std::fs::read_to_string(theirs.path("theirs.json")).unwrap();
    for (given, shown) in &names {
        snapshot = snapshot.replace(given, shown);
    }
    let theirs = values(&snapshot);
    let ours = values(&std::fs::read_to_string(ours.path("ours.json")).unwrap());
    assert!(ours.len() > 600, "only {} values are compared", ours.len());

    let (mut odd, mut used) = (Vec::new(), BTreeSet::new());
    let paths: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    for path in paths {
        let (their, our) = (theirs.get(path), ours.get(path));
        if their.zip(our).is_some_and(|(their, our)| agree(their, our)) {
            continue;
        }
        match EXCEPTIONS.iter().position(|(exception, _)| covers(exception, path)) {
            Some(place) => {
                used.insert(place);
            }
            None => odd.push(format!("{path}: {their:?} there and {our:?} here")),
        }
    }
    assert!(odd.is_empty(), "{odd:#?}");
    let idle: Vec<&str> = EXCEPTIONS
        .iter()
        .enumerate()
        .filter(|(place, _)| !used.contains(place))
        .map(|(_, (exception, _))| *exception)
        .collect();
    assert!(idle.is_empty(), "exceptions without use: {idle:?}");
}
