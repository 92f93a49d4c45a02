use posture_model::gap::Reason;
use posture_model::resource::Kind;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

const FIREWALL_ARN: &str = "arn:aws:network-firewall:eu-central-1:123456789012:firewall/core";
const POLICY_ARN: &str = "arn:aws:network-firewall:eu-central-1:123456789012:firewall-policy/core";
const GROUP_ARN: &str =
    "arn:aws:network-firewall:eu-central-1:123456789012:stateless-rulegroup/filter";

fn everything() -> Wanted {
    let kinds = [Kind::Firewall, Kind::FirewallPolicy, Kind::FirewallRuleGroup];
    let facts: Vec<_> = kinds.iter().flat_map(|kind| kind.fact_ids()).collect();
    Wanted::of(&facts, &kinds)
}

/// What a region answers about one of each, by operation.
fn answers() -> Vec<(&'static str, Value)> {
    vec![
        (
            "ListFirewalls",
            json!({ "Firewalls": [{ "FirewallName": "core", "FirewallArn": FIREWALL_ARN }] }),
        ),
        (
            "DescribeFirewall",
            described(json!({ "DeleteProtection": true, "SubnetChangeProtection": false })),
        ),
        (
            "DescribeLoggingConfiguration",
            logging(json!([{ "LogType": "FLOW" }, { "LogType": "ALERT" }])),
        ),
        (
            "ListFirewallPolicies",
            json!({ "FirewallPolicies": [{ "Name": "core", "Arn": POLICY_ARN }] }),
        ),
        (
            "DescribeFirewallPolicy",
            policy(json!({
                "StatelessRuleGroupReferences": [{}], "StatefulRuleGroupReferences": [{}, {}],
                "StatelessDefaultActions": ["aws:forward_to_sfe"],
                "StatelessFragmentDefaultActions": ["count", "aws:pass"],
            })),
        ),
        (
            "ListRuleGroups",
            json!({ "RuleGroups": [
            { "Name": "filter", "Arn": GROUP_ARN },
            { "Name": "ips", "Arn": GROUP_ARN.replace("stateless", "stateful") },
        ] }),
        ),
        (
            "DescribeRuleGroup",
            group(json!({ "StatelessRulesAndCustomActions": { "StatelessRules": [{}, {}] } })),
        ),
    ]
}

fn described(members: Value) -> Value {
    let mut firewall = json!({
        "FirewallPolicyArn": POLICY_ARN, "VpcId": "vpc-1", "Tags": [{ "Key": "owner", "Value": "net" }],
    });
    firewall.as_object_mut().unwrap().append(&mut members.as_object().unwrap().clone());
    json!({ "Firewall": firewall })
}

fn logging(destinations: Value) -> Value {
    json!({ "FirewallArn": FIREWALL_ARN, "LoggingConfiguration": { "LogDestinationConfigs": destinations } })
}

fn policy(policy: Value) -> Value {
    json!({ "UpdateToken": "1", "FirewallPolicyResponse": {}, "FirewallPolicy": policy })
}

fn group(source: Value) -> Value {
    json!({ "UpdateToken": "1", "RuleGroupResponse": {}, "RuleGroup": { "RulesSource": source } })
}

fn fake(instead: &[(&'static str, Value)]) -> Fake {
    let mut all: BTreeMap<&str, Value> = answers().into_iter().collect();
    all.extend(instead.iter().cloned());
    let regions = r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#;
    let fake = Fake::default().answer("POST /listRegions", 200, regions);
    all.into_iter().fold(fake, |fake, (name, answer)| fake.answer(name, 200, answer.to_string()))
}

/// The same, with an error for one operation.
fn failing(operation: &'static str, status: u16, code: &str) -> Fake {
    let regions = r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#;
    let fake = Fake::default().answer("POST /listRegions", 200, regions);
    answers().into_iter().fold(fake, |fake, (name, answer)| match name == operation {
        true => fake.json_error(name, status, code, "no"),
        false => fake.answer(name, 200, answer.to_string()),
    })
}

async fn read(instead: &[(&'static str, Value)]) -> Scope {
    fake(instead).collect(&everything()).await
}

fn reason<T>(scope: &Scope, fact: &Fact<T>) -> (Reason, String) {
    let gap = scope.gap(fact.gap().unwrap()).unwrap();
    (gap.reason, gap.action.clone())
}

#[tokio::test]
async fn firewalls_policies_and_stateless_rule_groups_are_read() {
    let scope = read(&[]).await;
    let [firewall] = &scope.firewalls.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!((firewall.id.as_str(), firewall.name.as_str()), (FIREWALL_ARN, "core"));
    assert_eq!(firewall.region.as_deref(), Some("eu-central-1"));
    assert_eq!(
        (&firewall.deletion_protected, &firewall.subnets_protected),
        (&Known(true), &Known(false))
    );
    let logs = ["ALERT", "FLOW"].map(str::to_owned);
    assert_eq!(firewall.logs, Known(BTreeSet::from(logs)));
    let tags = BTreeMap::from([("owner".to_owned(), "net".to_owned())]);
    assert_eq!(firewall.tags, Known(tags));
    assert_eq!(firewall.blocks_known_threats, Fact::NotOffered);
    let [policy] = &scope.firewall_policies.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(policy.rule_groups, Known(3));
    assert_eq!((&policy.passes_packets, &policy.passes_fragments), (&Known(false), &Known(true)));
    // A stateful one has no rules of this kind.
    let [group] = &scope.firewall_rule_groups.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!((group.id.as_str(), &group.rules), (GROUP_ARN, &Known(2)));
    assert!(scope.firewalls.is_complete() && scope.firewall_policies.is_complete());
    assert!(scope.firewall_rule_groups.is_complete());
    assert!(scope.gaps.iter().all(|gap| gap.action.is_empty()), "{:?}", scope.gaps);
}

#[tokio::test]
async fn what_is_not_configured_is_an_answer() {
    let none = json!({ "FirewallArn": FIREWALL_ARN });
    for logging in [logging(json!([])), none] {
        let scope = read(&[("DescribeLoggingConfiguration", logging)]).await;
        assert_eq!(scope.firewalls.items[0].logs, Known(BTreeSet::new()));
    }
    let bare = json!({ "StatelessDefaultActions": ["aws:drop"], "StatelessFragmentDefaultActions": ["aws:drop"] });
    let empty = json!({ "StatelessRulesAndCustomActions": { "StatelessRules": [] } });
    let scope =
        read(&[("DescribeFirewallPolicy", policy(bare)), ("DescribeRuleGroup", group(empty))])
            .await;
    let policy = &scope.firewall_policies.items[0];
    assert_eq!(policy.rule_groups, Known(0));
    assert_eq!((&policy.passes_packets, &policy.passes_fragments), (&Known(false), &Known(false)));
    assert_eq!(scope.firewall_rule_groups.items[0].rules, Known(0));
    let nothing = [
        ("ListFirewalls", json!({ "Firewalls": [] })),
        ("ListFirewallPolicies", json!({ "FirewallPolicies": [] })),
        ("ListRuleGroups", json!({ "RuleGroups": [] })),
    ];
    let scope = read(&nothing).await;
    assert!(scope.firewalls.items.is_empty() && scope.firewalls.is_complete());
    assert!(scope.firewall_policies.items.is_empty() && scope.firewall_policies.is_complete());
    assert!(
        scope.firewall_rule_groups.items.is_empty() && scope.firewall_rule_groups.is_complete()
    );
}

#[tokio::test]
async fn what_is_missing_or_not_known_here_is_open() {
    let malformed = |action: &Action| (Reason::Malformed, action.name.to_owned());
    let scope = read(&[("DescribeFirewall", described(json!({ "DeleteProtection": true })))]).await;
    let firewall = &scope.firewalls.items[0];
    assert_eq!(firewall.deletion_protected, Known(true));
    assert_eq!(reason(&scope, &firewall.subnets_protected), malformed(&FIREWALL));

    let own = json!({ "StatelessDefaultActions": ["own"], "StatelessFragmentDefaultActions": [] });
    let scope = read(&[("DescribeFirewallPolicy", policy(own))]).await;
    let open = (Reason::Undetermined, POLICY.name.to_owned());
    let found = &scope.firewall_policies.items[0];
    assert_eq!(reason(&scope, &found.passes_packets), open);
    assert_eq!(reason(&scope, &found.passes_fragments), open);
    let lacking = json!({ "UpdateToken": "1", "FirewallPolicyResponse": {} });
    let scope = read(&[("DescribeFirewallPolicy", lacking)]).await;
    let found = &scope.firewall_policies.items[0];
    assert_eq!(reason(&scope, &found.rule_groups), malformed(&POLICY));

    // Rules as text are not those of a stateless group.
    let text = group(json!({ "RulesString": "pass ip any any" }));
    let scope = read(&[("DescribeRuleGroup", text)]).await;
    assert_eq!(reason(&scope, &scope.firewall_rule_groups.items[0].rules), malformed(&RULE_GROUP));

    let nameless = json!({ "Firewalls": [{ "FirewallName": "core" }] });
    let scope = read(&[("ListFirewalls", nameless)]).await;
    let gap = scope.gap(scope.firewalls.gaps[0]).unwrap();
    assert_eq!((gap.reason, gap.region.as_deref()), (Reason::Malformed, Some("eu-central-1")));
}

#[tokio::test]
async fn a_denied_call_leaves_open_what_it_fills() {
    let denied = |action: &Action| (Reason::Denied, action.name.to_owned());
    let deny = |operation| failing(operation, 400, "AccessDeniedException");
    let scope = deny("DescribeFirewall").collect(&everything()).await;
    let firewall = &scope.firewalls.items[0];
    assert_eq!(reason(&scope, &firewall.deletion_protected), denied(&FIREWALL));
    assert_eq!(reason(&scope, &firewall.tags), denied(&FIREWALL));
    assert!(firewall.logs.is_known());
    let scope = deny("DescribeLoggingConfiguration").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.firewalls.items[0].logs), denied(&LOGGING));
    let scope = deny("DescribeFirewallPolicy").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.firewall_policies.items[0].rule_groups), denied(&POLICY));
    let scope = deny("DescribeRuleGroup").collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.firewall_rule_groups.items[0].rules), denied(&RULE_GROUP));
    for (operation, action) in [
        ("ListFirewalls", &FIREWALLS),
        ("ListFirewallPolicies", &POLICIES),
        ("ListRuleGroups", &RULE_GROUPS),
    ] {
        let scope = deny(operation).collect(&everything()).await;
        let lists = [
            (&scope.firewalls.gaps, scope.firewalls.items.len()),
            (&scope.firewall_policies.gaps, scope.firewall_policies.items.len()),
            (&scope.firewall_rule_groups.gaps, scope.firewall_rule_groups.items.len()),
        ];
        let [(gaps, 0)] =
            &lists.into_iter().filter(|(gaps, _)| !gaps.is_empty()).collect::<Vec<_>>()[..]
        else {
            panic!("{operation}: {:?}", scope.gaps);
        };
        assert_eq!(scope.gap(gaps[0]).unwrap().action, action.name);
    }
}

#[tokio::test]
async fn what_was_deleted_since_it_was_listed_is_not_there() {
    let gone = |operation| failing(operation, 400, "ResourceNotFoundException");
    let scope = gone("DescribeFirewall").collect(&everything()).await;
    assert!(scope.firewalls.items.is_empty() && scope.firewalls.is_complete());
    let scope = gone("DescribeFirewallPolicy").collect(&everything()).await;
    assert!(scope.firewall_policies.items.is_empty() && scope.firewall_policies.is_complete());
    let scope = gone("DescribeRuleGroup").collect(&everything()).await;
    assert!(scope.firewall_rule_groups.items.is_empty());
    // The firewall is there, and why its logging is not found is not documented.
    let scope = gone("DescribeLoggingConfiguration").collect(&everything()).await;
    assert!(!scope.firewalls.items[0].logs.is_known());
}

#[tokio::test]
async fn what_is_shared_with_the_account_is_not_its_own() {
    let of = |arn: &str| arn.replace("123456789012", "999999999999");
    let shared = [
        ("ListFirewalls", json!({ "Firewalls": [{ "FirewallArn": of(FIREWALL_ARN) }] })),
        ("ListFirewallPolicies", json!({ "FirewallPolicies": [{ "Arn": of(POLICY_ARN) }] })),
        ("ListRuleGroups", json!({ "RuleGroups": [{ "Arn": of(GROUP_ARN) }] })),
    ];
    let fake = fake(&shared);
    let scope = fake.collect(&everything()).await;
    assert!(scope.firewalls.items.is_empty() && scope.firewalls.is_complete());
    assert!(
        scope.firewall_policies.items.is_empty() && scope.firewall_rule_groups.items.is_empty()
    );
    assert_eq!(fake.count("DescribeFirewall") + fake.count("DescribeRuleGroup"), 0);
}

#[tokio::test]
async fn pages_are_followed_and_only_what_is_wanted_is_called() {
    let second = FIREWALL_ARN.replace("core", "edge");
    let first = json!({ "Firewalls": [{ "FirewallArn": FIREWALL_ARN }], "NextToken": "2" });
    let fake = fake(&[("ListFirewalls", first)]).answer(
        "ListFirewalls",
        200,
        json!({ "Firewalls": [{ "FirewallArn": second }] }).to_string(),
    );
    let scope = fake.collect(&Wanted::of(&[Firewall::LOGS], &[])).await;
    assert_eq!(scope.firewalls.items.len(), 2);
    assert_eq!(
        (fake.count("DescribeFirewall"), fake.count("DescribeLoggingConfiguration")),
        (0, 2)
    );
    assert_eq!(fake.count("ListRuleGroups"), 0);
    assert!(scope.firewalls.items[0].deletion_protected.is_not_collected());
}
