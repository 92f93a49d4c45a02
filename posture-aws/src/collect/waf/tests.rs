use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

fn everything() -> Wanted {
    let kinds = [Kind::WebAcl, Kind::WebRuleGroup];
    let facts: Vec<_> = kinds.iter().flat_map(|kind| kind.fact_ids()).collect();
    Wanted::of(&facts, &kinds)
}

fn arn(what: &str) -> String {
    format!("arn:aws:wafv2:us-east-1:123456789012:{what}/11111111-1111-4111-8111-111111111111")
}

fn regional() -> String {
    arn("regional/webacl/front")
}

fn acls(arns: &[String]) -> Value {
    let one = |arn: &String| json!({ "Name": arn.split('/').nth(2), "ARN": arn });
    json!({ "WebACLs": arns.iter().map(one).collect::<Vec<_>>() })
}

fn groups(arns: &[String]) -> Value {
    let one = |arn: &String| json!({ "Name": arn.split('/').nth(2), "ARN": arn });
    json!({ "RuleGroups": arns.iter().map(one).collect::<Vec<_>>() })
}

fn acl(mut members: Value) -> Value {
    members["ARN"] = json!(regional());
    json!({ "WebACL": members })
}

fn group(measured: bool) -> Value {
    let visibility = json!({ "CloudWatchMetricsEnabled": measured });
    json!({ "RuleGroup": { "ARN": arn("regional/rulegroup/own"), "VisibilityConfig": visibility } })
}

fn logging(arns: &[String]) -> Value {
    let one = |arn: &String| json!({ "ResourceArn": arn, "LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs"] });
    json!({ "LoggingConfigurations": arns.iter().map(one).collect::<Vec<_>>() })
}

const REGIONS: &str = r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#;

/// What is answered, by operation: first about the region or about CloudFront, as it comes.
fn fake(instead: &[(&'static str, Value)]) -> Fake {
    let mut all: BTreeMap<&str, Value> = BTreeMap::from([
        ("ListWebACLs", acls(&[regional()])),
        ("GetWebACL", acl(json!({ "Rules": [{}], "PreProcessFirewallManagerRuleGroups": [{}] }))),
        ("ListLoggingConfigurations", logging(&[regional()])),
        ("ListRuleGroups", groups(&[arn("regional/rulegroup/own")])),
        ("GetRuleGroup", group(true)),
    ]);
    all.extend(instead.iter().cloned());
    let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    all.into_iter().fold(fake, |fake, (name, answer)| fake.answer(name, 200, answer.to_string()))
}

fn failing(operation: &'static str, code: &str) -> Fake {
    let state = [
        ("ListWebACLs", acls(&[regional()])),
        ("GetWebACL", acl(json!({}))),
        ("ListLoggingConfigurations", logging(&[])),
        ("ListRuleGroups", groups(&[arn("regional/rulegroup/own")])),
        ("GetRuleGroup", group(true)),
    ];
    let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    state.into_iter().fold(fake, |fake, (name, answer)| match name == operation {
        true => fake.json_error(name, 400, code, "no"),
        false => fake.answer(name, 200, answer.to_string()),
    })
}

fn reason<T>(scope: &Scope, fact: &Fact<T>) -> (Reason, String) {
    let gap = scope.gap(fact.gap().unwrap()).unwrap();
    (gap.reason, gap.action.clone())
}

#[tokio::test]
async fn web_acls_and_rule_groups_are_read_of_regions_and_of_cloud_front() {
    let fake = fake(&[]);
    let scope = fake.collect(&everything()).await;
    // The same answer comes for both.
    assert_eq!((scope.web_acls.items.len(), scope.web_rule_groups.items.len()), (2, 2));
    let regions = || scope.web_acls.items.iter().map(|acl| acl.region.as_deref());
    assert!(regions().any(|region| region == Some("eu-central-1")));
    assert!(regions().any(|region| region.is_none()));
    for acl in &scope.web_acls.items {
        assert_eq!((acl.id.as_str(), acl.name.as_str()), (regional().as_str(), "front"));
        assert_eq!((&acl.rules, &acl.logs), (&Known(2), &Known(true)));
    }
    assert_eq!(scope.web_rule_groups.items[0].measured, Known(true));
    assert!(scope.web_acls.is_complete() && scope.web_rule_groups.is_complete());
    let seen = fake.seen();
    let scope_of = |signed: &str| {
        let found = seen.iter().find(|one| one.action == "ListWebACLs" && one.signed == signed);
        let body: Value = serde_json::from_str(&found.unwrap().body).unwrap();
        body["Scope"].as_str().unwrap().to_owned()
    };
    assert_eq!(scope_of("eu-central-1/wafv2"), "REGIONAL");
    assert_eq!(scope_of("us-east-1/wafv2"), "CLOUDFRONT");
}

#[tokio::test]
async fn what_is_not_configured_is_an_answer() {
    let scope = fake(&[
        ("GetWebACL", acl(json!({}))),
        ("ListLoggingConfigurations", logging(&[])),
        ("GetRuleGroup", group(false)),
    ]);
    let scope = scope.collect(&everything()).await;
    let acl = &scope.web_acls.items[0];
    assert_eq!((&acl.rules, &acl.logs), (&Known(0), &Known(false)));
    assert_eq!(scope.web_rule_groups.items[0].measured, Known(false));
    let nothing = fake(&[("ListWebACLs", acls(&[])), ("ListRuleGroups", groups(&[]))]);
    let scope = nothing.collect(&everything()).await;
    assert!(scope.web_acls.items.is_empty() && scope.web_acls.is_complete());
    assert_eq!(nothing.count("ListLoggingConfigurations"), 0);
}

#[tokio::test]
async fn a_denied_call_leaves_open_what_it_fills() {
    let denied = |action: &Action| (Reason::Denied, action.name.to_owned());
    let deny = |operation| failing(operation, "AccessDeniedException");
    let scope = deny("GetWebACL").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.web_acls.items[0].rules), denied(&ACL));
    assert_eq!(scope.web_acls.items[0].logs, Known(false));
    let scope = deny("ListLoggingConfigurations").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.web_acls.items[0].logs), denied(&LOGGING));
    let scope = deny("GetRuleGroup").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.web_rule_groups.items[0].measured), denied(&GROUP));
    for (operation, action) in [("ListWebACLs", &ACLS), ("ListRuleGroups", &GROUPS)] {
        let scope = deny(operation).collect(&everything()).await;
        let gaps = [&scope.web_acls.gaps[..], &scope.web_rule_groups.gaps[..]].concat();
        assert!(!gaps.is_empty(), "{operation}");
        assert!(gaps.iter().all(|gap| scope.gap(*gap).unwrap().action == action.name));
    }
}

#[tokio::test]
async fn what_is_missing_or_gone_is_distinguished() {
    let gone = |operation| failing(operation, "WAFNonexistentItemException");
    let scope = gone("GetWebACL").collect(&everything()).await;
    assert!(scope.web_acls.items.is_empty() && scope.web_acls.is_complete());
    let scope = gone("GetRuleGroup").collect(&everything()).await;
    assert!(scope.web_rule_groups.items.is_empty());
    let nameless = fake(&[("ListWebACLs", json!({ "WebACLs": [{ "Name": "front" }] }))]);
    let scope = nameless.collect(&everything()).await;
    assert_eq!(scope.gap(scope.web_acls.gaps[0]).unwrap().reason, Reason::Malformed);
    let scope = fake(&[("GetWebACL", json!({}))]).collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.web_acls.items[0].rules).0, Reason::Malformed);
    let scope = fake(&[("GetRuleGroup", json!({ "RuleGroup": { "ARN": "x" } }))]);
    let scope = scope.collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.web_rule_groups.items[0].measured).0, Reason::Malformed);
}

/// A list of logging configurations that was cut may hold those that it does not show.
#[tokio::test]
async fn a_list_that_was_cut_shows_what_is_certain() {
    let mut first = logging(&[]);
    first["NextMarker"] = json!("2");
    let cut = fake(&[("ListLoggingConfigurations", first)]);
    let cut = cut.json_error("ListLoggingConfigurations", 400, "AccessDeniedException", "no");
    let scope = cut.collect(&everything()).await;
    assert!(scope.web_acls.items.iter().all(|acl| !acl.logs.is_known()));
}

#[tokio::test]
async fn only_what_is_wanted_is_called() {
    let fake = fake(&[]);
    let scope = fake.collect(&Wanted::of(&[WebAcl::LOGS], &[])).await;
    assert_eq!(scope.web_acls.items.len(), 2);
    assert_eq!((fake.count("GetWebACL"), fake.count("ListRuleGroups")), (0, 0));
    assert!(scope.web_acls.items[0].rules.is_not_collected());
}
