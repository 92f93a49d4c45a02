//! Each action that an audit calls, denied: what it fills is unknown, and says so by the action's name.

use std::collections::BTreeSet;

use posture_aws::action::{ACTIONS, Action, LIST_REGIONS};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_tests::scenes::{has_event_store, mixed, opens_access_points, root_has_mfa};
use posture_tests::{Cloud, Rule, Run};
use serde_json::json;

/// Actions that fill no fact of a control: the effect of their denial is beside each.
const WITHOUT_FACTS: &[&str] = &[
    // The account has no name in the report.
    "iam:ListAccountAliases",
    // Only exceptions read these tags: without them an exception covers nothing, see `exceptions.rs`.
    "cloudtrail:ListTags",
    "kms:ListResourceTags",
    "logs:ListTagsForResource",
];

/// An account with one resource of each kind, as far as the local server knows it.
fn cloud() -> Cloud {
    let cloud = mixed("100000000020");
    cloud.regions(&[("us-east-1", "ENABLED_BY_DEFAULT"), ("eu-central-1", "ENABLED")]);
    has_event_store(&cloud, true);
    cloud.answer(
        "access-analyzer:ListAnalyzers",
        &json!({ "analyzers": [{
            "arn": "arn:aws:access-analyzer:us-east-1:100000000020:analyzer/a", "name": "a", "type": "ACCOUNT",
            "status": "ACTIVE", "createdAt": "2026-01-01T00:00:00Z"
        }] }),
    );
    // The local server does not know how users sign in to a cluster.
    let answers = [
        ("eks:ListClusters", json!({ "clusters": ["shop"] })),
        (
            "eks:DescribeCluster",
            json!({ "cluster": {
                "name": "shop", "version": "1.36",
                "endpoint": "https://A0DC.gr7.us-east-1.eks.amazonaws.com",
                "resourcesVpcConfig": { "endpointPublicAccess": false, "publicAccessCidrs": [] },
                "logging": { "clusterLogging": [{ "types": ["audit"], "enabled": true }] },
                "accessConfig": { "authenticationMode": "API" },
            } }),
        ),
        ("eks:ListIdentityProviderConfigs", json!({ "identityProviderConfigs": [] })),
        ("eks:ListNodegroups", json!({ "nodegroups": ["workers"] })),
        (
            "eks:DescribeNodegroup",
            json!({ "nodegroup": { "nodegroupName": "workers", "version": "1.36" } }),
        ),
    ];
    for (action, answer) in &answers {
        cloud.answer(action, answer);
    }
    opens_access_points(&cloud);
    // Root has MFA: whether by hardware is then asked.
    root_has_mfa(&cloud);
    cloud
}

/// Whether a control takes this action: it reads a fact that the action fills, or judges what the action lists.
fn takes(control: &Control, action: &Action) -> bool {
    control.judges(Provider::Aws)
        && (control.test.reads.iter().any(|fact| action.fills.contains(fact))
            || control.kinds().iter().any(|kind| action.lists.contains(kind)))
}

fn is_unknown_for(run: &Run, control: &str, action: &str) -> bool {
    run.findings(control).iter().any(|finding| {
        finding.outcome == "unknown"
            && finding.gap.as_ref().is_some_and(|(denied, _)| denied == action)
    })
}

#[test]
fn every_denied_action_is_unknown_by_its_name() {
    let whole = cloud();
    let healthy = whole.report_with_examples(&[]);
    assert_eq!(healthy.gaps(), []);
    let called: BTreeSet<String> = whole.calls().into_iter().map(|call| call.action).collect();
    // The local server makes default networks in each region, so that here EC2 answers with empty lists, and the scene has nothing
    // that is in front of networks. The laws of faults and of permissions deny these actions in worlds that have both.
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
    let in_scene =
        |action: &&Action| !of_networks.iter().any(|service| action.name.starts_with(service));
    let actions = ACTIONS.iter().filter(in_scene);
    for action in actions.filter(|action| !WITHOUT_FACTS.contains(&action.name)) {
        assert!(
            called.contains(action.name),
            "{} was not called: the scene lacks something",
            action.name
        );
        let controls: Vec<&str> = posture_core::controls::ALL
            .iter()
            .filter(|control| takes(control, action))
            .map(|control| control.id)
            .collect();
        assert!(!controls.is_empty(), "no control needs {}", action.name);
        let arguments: Vec<&str> =
            controls.iter().flat_map(|control| ["--control", control]).collect();
        whole.rule(Rule::deny(action.name));
        let run = whole.report_with_examples(&arguments);
        whole.forgive();
        assert!(
            run.gaps()
                .iter()
                .any(|(gap, reason)| gap == action.name && reason.starts_with("denied")),
            "{} denied: {:?}",
            action.name,
            run.gaps()
        );
        let unknown: Vec<&&str> =
            controls.iter().filter(|control| is_unknown_for(&run, control, action.name)).collect();
        assert!(
            !unknown.is_empty(),
            "{} denied, and nothing of {controls:?} is unknown",
            action.name
        );
        assert_ne!(run.code, 0, "{}", action.name);
        // A refusal never turns a failure into a pass.
        for control in &controls {
            for before in
                healthy.findings(control).iter().filter(|finding| finding.outcome == "fail")
            {
                let after = run.findings(control);
                let same = after.iter().find(|finding| finding.resource == before.resource);
                assert!(
                    same.is_none_or(|finding| finding.outcome != "pass"),
                    "{} denied: {control} passes {:?}",
                    action.name,
                    before.resource
                );
            }
        }
    }
}

#[test]
fn without_the_list_of_regions_nothing_is_reported_of_every_region() {
    let cloud = Cloud::empty("100000000021");
    cloud.rule(Rule::deny(LIST_REGIONS));
    let run = cloud.report(&["--control", "detection", "--control", "logging"]);
    assert!(run.gaps().iter().any(|(action, _)| action == LIST_REGIONS), "{:?}", run.gaps());
    assert!(is_unknown_for(&run, "detection.threat-detector", LIST_REGIONS));
    assert!(is_unknown_for(&run, "logging.audit-trail-coverage", LIST_REGIONS));
}

#[test]
fn everything_denied_is_everything_unknown() {
    let cloud = Cloud::with("100000000022", "small");
    for action in ACTIONS {
        cloud.rule(Rule::deny(action.name));
    }
    cloud.rule(Rule::deny(LIST_REGIONS));
    let run = cloud.report(&["--fail-on", "never"]);
    let report = run.json();
    for finding in report["findings"].as_array().unwrap() {
        assert!(
            matches!(finding["outcome"].as_str(), Some("unknown" | "not-applicable")),
            "{finding}"
        );
    }
    assert_eq!(run.code, 11);
    for framework in report["frameworks"].as_array().unwrap() {
        for state in ["met", "partly-evidenced", "not-met"] {
            assert_eq!(
                framework["states"][state].as_u64().unwrap_or(0),
                0,
                "{state} of {}",
                framework["id"]
            );
        }
    }
}
