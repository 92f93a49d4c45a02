//! What the accounts of one run answer each other: a trail, a key and an alarm topic of another account.

use posture_tests::Run;
use serde_json::{Value, json};

use crate::sim_aws::{Simulated, good, only_tls};

const FIRST: &str = "111111111111";
const SECOND: &str = "222222222222";

const CONTROLS: &[&str] = &[
    "--organization",
    "--control",
    "logging.audit-trail-storage-tls",
    "--control",
    "storage.customer-managed-encryption",
    "--control",
    "logging.alert-root-use",
    "--control",
    "storage.access-point-public-access",
];

/// Two accounts of an organization, the first of which manages it. The trail of `asks` delivers to a bucket of `holds`, which
/// also has the key of a bucket of `asks`, the topic of its alarm, and the bucket behind its access point.
fn world(asks: &str, holds: &str, is_good: bool) -> Value {
    let mut world: Value = serde_json::from_str(&good().to_string().replace(FIRST, asks)).unwrap();
    world["organization"]["management_account"] = json!(FIRST);
    let key = format!("arn:aws:kms:us-east-1:{holds}:key/theirs");
    let topic = format!("arn:aws:sns:us-east-1:{holds}:theirs");
    let mut asking = world["accounts"][0].take();
    asking["trails"][0]["S3BucketName"] = json!("theirs");
    asking["buckets"] = json!([{ "name": "records", "encryption": "aws:kms", "key": key }]);
    let alarms = asking["alarms"].as_array_mut().unwrap();
    alarms.last_mut().unwrap()["AlarmActions"] = json!([topic]);
    asking["topics"] = json!([]);
    // It blocks access to its own buckets, and the access point is on none of them.
    asking["access_points"] = json!([{
        "name": "door", "bucket": "theirs", "bucket_account": holds, "public_access_block": {},
        "policy": { "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:us-east-1:{asks}:accesspoint/door/object/*") }] },
    }]);
    let mut bucket = json!({ "name": "theirs" });
    if is_good {
        bucket["policy"] = only_tls("theirs");
    }
    bucket["public_access_block"] = if is_good { json!({ "all": true }) } else { json!({}) };
    let confirmed = json!({ "SubscriptionArn": format!("{topic}:1") });
    let pending = json!({ "SubscriptionArn": "PendingConfirmation" });
    let mut holding = json!({
        "id": holds, "regions": asking["regions"], "buckets": [bucket],
        "keys": [{ "Arn": key, "KeyState": if is_good { "Enabled" } else { "PendingDeletion" } }],
        "topics": [{
            "Name": "theirs", "Subscriptions": [if is_good { confirmed } else { pending }],
        }],
    });
    for account in [&mut asking, &mut holding] {
        if account["id"] == SECOND {
            account["roles"] = json!([{ "name": "OrganizationAccountAccessRole" }]);
        }
    }
    world["accounts"] = json!([asking, holding]);
    world
}

fn audit(world: &Value) -> Run {
    Simulated::serve(world).program(FIRST, CONTROLS).run()
}

/// What is found of the trail, the bucket, the alarm and the access point of the account that asks.
fn found(run: &Run, asks: &str) -> [(String, Option<(String, String)>); 4] {
    [
        ("logging.audit-trail-storage-tls", Some("everything")),
        ("storage.customer-managed-encryption", Some("records")),
        ("logging.alert-root-use", None),
        ("storage.access-point-public-access", Some("door")),
    ]
    .map(|(control, name)| {
        let report = run.json();
        let findings = report["findings"].as_array().unwrap();
        let is = |finding: &&Value| {
            finding["control"] == control
                && finding["scope"] == asks
                && name.is_none_or(|name| finding["resource"]["name"] == name)
        };
        let finding = findings.iter().find(is).unwrap_or_else(|| {
            let of: Vec<&Value> =
                findings.iter().filter(|finding| finding["control"] == control).collect();
            panic!("{control} in {asks}: {of:#?}")
        });
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let gap = text(&finding["gap"]["action"]).zip(text(&finding["gap"]["reason"]));
        (text(&finding["outcome"]).unwrap(), gap)
    })
}

fn outcomes(run: &Run, asks: &str) -> [String; 4] {
    found(run, asks).map(|(outcome, _)| outcome)
}

#[test]
fn the_other_account_decides_whichever_is_read_first() {
    for (asks, holds) in [(FIRST, SECOND), (SECOND, FIRST)] {
        let run = audit(&world(asks, holds, true));
        assert_eq!(outcomes(&run, asks), ["pass"; 4], "{asks}: {:#?}", run.gaps());
        let run = audit(&world(asks, holds, false));
        assert_eq!(outcomes(&run, asks), ["fail"; 4], "{asks}: {:#?}", run.gaps());
    }
}

#[test]
fn what_the_other_account_does_not_show_is_unknown_for_its_reason() {
    for (asks, holds) in [(FIRST, SECOND), (SECOND, FIRST)] {
        let mut world = world(asks, holds, true);
        let denied =
            |action: &str| json!({ "action": action, "account": holds, "fault": "denied" });
        world["faults"] = json!([
            denied("s3:GetBucketPolicy"),
            denied("kms:DescribeKey"),
            denied("sns:ListSubscriptionsByTopic"),
            denied("s3:GetBucketPublicAccessBlock"),
        ]);
        let run = audit(&world);
        let gap = |action: &str| Some((action.to_owned(), "denied-by-identity-policy".to_owned()));
        let [trail, bucket, alarm, point] = found(&run, asks);
        assert_eq!(trail, ("unknown".to_owned(), gap("s3:GetBucketPolicy")), "{asks}");
        assert_eq!(bucket, ("unknown".to_owned(), gap("kms:DescribeKey")), "{asks}");
        assert_eq!(alarm, ("unknown".to_owned(), gap("sns:ListSubscriptionsByTopic")), "{asks}");
        assert_eq!(point, ("unknown".to_owned(), gap("s3:GetBucketPublicAccessBlock")), "{asks}");
    }
}

#[test]
fn an_account_that_denies_access_leaves_the_other_without_an_answer() {
    let mut world = world(FIRST, SECOND, true);
    world["accounts"][1]["roles"] = json!([]);
    let run = audit(&world);
    let [trail, bucket, alarm, point] = outcomes(&run, FIRST);
    assert_eq!([trail, alarm, point], ["unknown"; 3]);
    // Only a key of a customer can be used from another account.
    assert_eq!(bucket, "pass");
}
