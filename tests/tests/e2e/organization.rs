//! What depends on the organization of an account, where it can be read and where it cannot.

use posture_tests::Run;
use serde_json::{Value, json};

use crate::sim_aws::Simulated;

const ACCOUNT: &str = "111111111111";
const DESCRIBE: &str = "organizations:DescribeOrganization";

/// What asks who is outside.
const OUTSIDERS: &[(&str, &str)] = &[
    ("storage.cross-account-access", "shared"),
    ("storage.access-point-cross-account-access", "door"),
    ("keys.cross-account-access", "key"),
    ("identity.external-full-admin", "partner"),
];

/// An account that admits everyone of an organization.
fn world(let_in: &str) -> Value {
    let statement = |action: &str, resource: &str| {
        json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource,
            "Condition": { "StringEquals": { "aws:PrincipalOrgID": let_in } },
        }] })
    };
    let mut trust = statement("sts:AssumeRole", "*");
    trust["Statement"][0].as_object_mut().unwrap().remove("Resource");
    let all = json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/key");
    json!({
        "organization": { "id": "o-abcdefghij", "management_account": ACCOUNT },
        "accounts": [{
            "id": ACCOUNT, "regions": { "us-east-1": "ENABLED_BY_DEFAULT" },
            "public_access_block": {},
            "buckets": [{ "name": "shared", "public_access_block": {},
                "policy": statement("s3:GetObject", "arn:aws:s3:::shared/*") }],
            "access_points": [{ "name": "door", "bucket": "shared", "public_access_block": {},
                "policy": statement("s3:GetObject",
                    &format!("arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door/object/*")) }],
            "keys": [{ "Arn": key, "Policy": statement("kms:Decrypt", "*") }],
            "roles": [{ "name": "partner", "trust": trust, "policies": { "all": all } }],
        }],
    })
}

fn audit(world: &Value, controls: &[&str]) -> Run {
    let arguments: Vec<&str> = controls.iter().flat_map(|control| ["--control", control]).collect();
    Simulated::serve(world).program(ACCOUNT, &arguments).run()
}

fn outcomes(run: &Run) -> Vec<String> {
    OUTSIDERS.iter().map(|(control, resource)| run.outcome(control, resource)).collect()
}

#[test]
fn who_is_outside_is_unknown_where_the_organization_cannot_be_read() {
    let controls: Vec<&str> = OUTSIDERS.iter().map(|(control, _)| *control).collect();
    assert_eq!(outcomes(&audit(&world("o-abcdefghij"), &controls)), ["pass"; 4]);
    assert_eq!(outcomes(&audit(&world("o-stranger00"), &controls)), ["fail"; 4]);
    for (fault, reason) in [
        (json!("denied"), "denied-by-identity-policy"),
        (json!("denied-by-organization"), "denied-by-organization-policy"),
        (json!("malformed"), "malformed"),
        (json!({ "body": "{}" }), "malformed"),
        (json!({ "body": r#"{"Organization": {"Id": "o-abcdefghij"}}"# }), "malformed"),
    ] {
        for let_in in ["o-abcdefghij", "o-stranger00"] {
            let mut world = world(let_in);
            world["faults"] = json!([{ "action": DESCRIBE, "fault": fault }]);
            let run = audit(&world, &controls);
            assert_eq!(outcomes(&run), ["unknown"; 4], "{let_in} {fault}");
            for (control, resource) in OUTSIDERS {
                let findings = run.findings(control);
                let finding =
                    findings.iter().find(|one| one.resource.as_deref() == Some(resource)).unwrap();
                let gap = Some((DESCRIBE.to_owned(), reason.to_owned()));
                assert_eq!(finding.gap, gap, "{control} {fault}");
            }
            // None of them passes for what an account without an organization would pass for.
            assert_eq!(run.code, 11, "{}", run.err);
        }
    }
}

#[test]
fn what_only_an_organization_has_does_not_pass_where_it_cannot_be_read() {
    let controls = [
        "identity.organization-guardrails",
        "identity.organization-policy-delegation",
        "identity.organization-delegated-administrators",
        "identity.central-root-credentials",
    ];
    let mut world = world("o-abcdefghij");
    world["faults"] = json!([{ "action": "organizations:*", "fault": "denied" },
        { "action": "iam:ListOrganizationsFeatures", "fault": "denied" }]);
    let run = audit(&world, &controls);
    for control in controls {
        assert_eq!(run.findings(control)[0].outcome, "unknown", "{control}");
    }
}
