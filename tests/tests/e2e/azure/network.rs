//! Networks: whether their traffic is recorded, where it goes, for how long it is kept.

use posture_sim::azure::{Resource, Scenario};
use posture_tests::Run;
use posture_tests::azure::{SUBSCRIPTION, Tenant, assert_planned, child, example, resource, with};
use serde_json::{Value, json};

const NETWORK: &[&str] = &[
    "--control",
    LOGS,
    "--control",
    SEARCH,
    "--control",
    GROUP_SEARCH,
    "--control",
    RETENTION,
    "--control",
    GROUP_RETENTION,
    "--control",
    WATCHER,
];

const LOGS: &str = "network.flow-logs";
const SEARCH: &str = "network.flow-log-search";
const GROUP_SEARCH: &str = "network.security-group-flow-log-search";
const RETENTION: &str = "network.flow-log-retention";
const GROUP_RETENTION: &str = "network.security-group-flow-log-retention";
const WATCHER: &str = "network.watcher";

fn id(kind: &str, name: &str) -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/main/providers/Microsoft.Network/{kind}/{name}"
    )
}

fn subnet_id(network: &str, subnet: &str) -> String {
    format!("{}/subnets/{subnet}", id("virtualNetworks", network))
}

/// A network with these subnets, each with these interfaces.
fn network(name: &str, subnets: &[(&str, &[&str])]) -> Resource {
    let subnet = |(subnet, cards): &(&str, &[&str])| {
        let addresses: Vec<Value> = cards
            .iter()
            .map(|card| {
                json!({ "id": format!("{}/ipConfigurations/first", id("networkInterfaces", card)) })
            })
            .collect();
        json!({
            "id": subnet_id(name, subnet), "name": subnet,
            "properties": { "addressPrefix": "10.0.0.0/24", "ipConfigurations": addresses }
        })
    };
    let subnets: Vec<Value> = subnets.iter().map(subnet).collect();
    resource("Microsoft.Network/virtualNetworks", name, json!({}), json!({ "subnets": subnets }))
}

fn group(name: &str, subnets: &[String], cards: &[&str]) -> Resource {
    let list = |ids: Vec<String>| ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
    let cards = cards.iter().map(|card| id("networkInterfaces", card)).collect();
    let mut properties = json!({ "securityRules": [] });
    if !subnets.is_empty() {
        properties["subnets"] = json!(list(subnets.to_vec()));
    }
    properties["networkInterfaces"] = json!(list(cards));
    resource("Microsoft.Network/networkSecurityGroups", name, json!({}), properties)
}

fn log(name: &str, target: &str) -> Resource {
    child(
        "flowLogs",
        name,
        json!({
            "targetResourceId": target, "storageId": "account", "enabled": true,
            "provisioningState": "Succeeded",
            "retentionPolicy": { "days": 90, "enabled": true },
            "flowAnalyticsConfiguration": {
                "networkWatcherFlowAnalyticsConfiguration": {
                    "enabled": true, "workspaceId": "1", "workspaceResourceId": "workspace"
                }
            }
        }),
    )
}

/// A flow log with some properties changed; null takes one away.
fn bent(name: &str, target: &str, changes: Value) -> Resource {
    let mut log = log(name, target);
    for (name, value) in changes.as_object().unwrap() {
        log.properties.remove(name);
        if !value.is_null() {
            log.properties.insert(name.clone(), value.clone());
        }
    }
    log
}

fn watcher(region: &str, logs: Vec<Resource>) -> Resource {
    Resource {
        location: Some(region.to_owned()),
        children: logs,
        ..resource(
            "Microsoft.Network/networkWatchers",
            &format!("NetworkWatcher_{region}"),
            json!({}),
            json!({ "provisioningState": "Succeeded" }),
        )
    }
}

fn good() -> Vec<Resource> {
    vec![
        network("core", &[("front", &["web"]), ("back", &[])]),
        network("apart", &[("only", &[])]),
        group("front", &[subnet_id("core", "front"), subnet_id("apart", "only")], &["web"]),
        watcher(
            "westeurope",
            vec![
                log("core", &id("virtualNetworks", "core").to_uppercase()),
                log("only", &subnet_id("apart", "only")),
                log("group", &id("networkSecurityGroups", "front")),
            ],
        ),
    ]
}

fn audit(resources: Vec<Resource>) -> Run {
    Tenant::serve(with(resources)).json(NETWORK)
}

/// The one outcome of a control, whatever it is about.
fn outcome(run: &Run, control: &str) -> String {
    let findings = run.findings(control);
    assert_eq!(findings.len(), 1, "{control}: {findings:?}");
    findings[0].outcome.clone()
}

/// A network of two subnets, recorded by these flow logs.
fn recorded(logs: Vec<Resource>) -> Run {
    audit(vec![network("core", &[("front", &[]), ("back", &[])]), watcher("westeurope", logs)])
}

#[test]
fn networks_as_they_should_be_pass_everything() {
    let run = audit(good());
    for control in [LOGS, SEARCH, WATCHER] {
        for name in ["core", "apart"] {
            assert_eq!(run.outcome(control, name), "pass", "{control} {name}");
        }
    }
    assert_eq!(outcome(&run, GROUP_SEARCH), "pass");
    for (name, of_network, of_group) in [
        ("core", "pass", "not-applicable"),
        ("only", "pass", "not-applicable"),
        ("group", "not-applicable", "pass"),
    ] {
        assert_eq!(run.outcome(RETENTION, name), of_network, "{name}");
        assert_eq!(run.outcome(GROUP_RETENTION, name), of_group, "{name}");
    }
    assert_eq!((run.code, run.gaps()), (0, vec![]), "{}", run.err);
}

#[test]
fn what_is_planned_is_what_is_called() {
    let scenario = with(good());
    for control in [LOGS, SEARCH, GROUP_SEARCH, RETENTION, GROUP_RETENTION, WATCHER] {
        assert_planned(&scenario, &["--control", control]);
    }
    assert_planned(&scenario, NETWORK);
}

/// The tenant of the demo has a machine that anyone reaches by SSH, and that acts as what owns its subscription.
#[test]
fn what_the_internet_reaches_shows_with_its_path() {
    let controls = [
        "network.reachable-admin-ports",
        "network.reachable-ports",
        "network.group-admin-ports",
        "compute.reachable-administrators",
        "network.subnet-groups",
        "network.bastion",
        "network.public-addresses",
        "network.vpn",
        "network.firewall",
        "network.environment-separation",
    ];
    for control in controls {
        assert_planned(&example(), &["--control", control]);
    }
    let arguments: Vec<&str> = controls.iter().flat_map(|control| ["--control", control]).collect();
    let run = Tenant::serve(example()).json(&arguments);
    let path = "public IP address build (198.51.100.11) → NSG build (ssh) → network interface build → virtual machine build";
    assert!(run.out.contains(path), "{}", run.out);
    for (control, name, expected) in [
        ("network.reachable-admin-ports", "build", "fail"),
        ("network.reachable-admin-ports", "web", "pass"),
        ("network.reachable-ports", "web", "pass"),
        ("network.group-admin-ports", "build", "fail"),
        ("network.group-admin-ports", "web", "pass"),
        ("compute.reachable-administrators", "build", "fail"),
        ("compute.reachable-administrators", "web", "not-applicable"),
        ("network.public-addresses", "shop", "pass"),
    ] {
        assert_eq!(run.outcome(control, name), expected, "{control} {name}");
    }
    // What may not be read leaves open what depends on it, by its name.
    for kind in ["networkSecurityGroups", "loadBalancers", "azureFirewalls", "networkManagers"] {
        let action = format!("Microsoft.Network/{kind}/read");
        let mut scenario = example();
        scenario.not_actions.push(action.clone());
        let run = Tenant::serve(scenario).json(&["--control", "network.reachable-admin-ports"]);
        let unknown = run
            .findings("network.reachable-admin-ports")
            .into_iter()
            .find(|found| found.outcome == "unknown")
            .unwrap_or_else(|| panic!("{kind}: {}", run.out));
        assert_eq!(unknown.gap, Some((action, "denied".to_owned())), "{kind}");
    }
}

#[test]
fn everything_wrong_fails_everything() {
    let run = audit(vec![
        network("core", &[("front", &["web"])]),
        network("empty", &[]),
        group("front", &[subnet_id("core", "front")], &["web"]),
        watcher(
            "northeurope",
            vec![
                bent(
                    "short",
                    &id("virtualNetworks", "gone"),
                    json!({ "retentionPolicy": { "days": 89, "enabled": true } }),
                ),
                bent(
                    "group",
                    &id("networkSecurityGroups", "other"),
                    json!({ "retentionPolicy": { "days": 1, "enabled": true } }),
                ),
            ],
        ),
    ]);
    for control in [LOGS, SEARCH, WATCHER] {
        for name in ["core", "empty"] {
            assert_eq!(run.outcome(control, name), "fail", "{control} {name}");
        }
    }
    assert_eq!(outcome(&run, GROUP_SEARCH), "fail");
    assert_eq!(run.outcome(RETENTION, "short"), "fail");
    assert_eq!(run.outcome(GROUP_RETENTION, "group"), "fail");
    assert!(run.out.contains("not recorded: core/front, web"), "{}", run.out);
}

/// Where nothing is, nothing is judged, and that is an answer.
#[test]
fn without_networks_nothing_is_judged() {
    let mut unregistered = with(good());
    unregistered.subscriptions[0].unregistered.push("Microsoft.Network".to_owned());
    for scenario in [with(Vec::new()), unregistered] {
        let run = Tenant::serve(scenario).json(NETWORK);
        for control in [LOGS, SEARCH, GROUP_SEARCH, RETENTION, GROUP_RETENTION, WATCHER] {
            assert_eq!(outcome(&run, control), "not-applicable", "{control}");
        }
        assert_eq!((run.code, run.gaps()), (0, vec![]));
    }
}

#[test]
fn a_flow_log_of_a_part_covers_that_part() {
    let whole = id("virtualNetworks", "core");
    let (front, back) = (subnet_id("core", "front"), subnet_id("core", "back"));
    let card = id("networkInterfaces", "web");
    for (targets, expected) in [
        (vec![&whole], "pass"),
        (vec![&front, &back], "pass"),
        (vec![&front], "fail"),
        (vec![&card], "fail"),
        (vec![], "fail"),
    ] {
        let logs = targets.iter().enumerate().map(|(n, target)| log(&format!("l{n}"), target));
        let run = recorded(logs.collect());
        assert_eq!(outcome(&run, LOGS), expected, "{targets:?}");
        assert_eq!(outcome(&run, SEARCH), expected, "{targets:?}");
    }
    let run = recorded(vec![log("front", &front)]);
    assert!(run.out.contains("not recorded: back"), "{}", run.out);
}

/// What does not record everything, or does not record now, is as good as none.
#[test]
fn a_flow_log_that_is_off_or_leaves_something_out_does_not_count() {
    let whole = id("virtualNetworks", "core");
    let analytics = |of: Value| json!({ "flowAnalyticsConfiguration": { "networkWatcherFlowAnalyticsConfiguration": of } });
    for (changes, logs, search) in [
        (json!({ "enabled": false }), "fail", "fail"),
        (json!({ "enabled": "False" }), "fail", "fail"),
        (json!({ "enabled": null }), "unknown", "unknown"),
        (json!({ "enabled": "perhaps" }), "unknown", "unknown"),
        (json!({ "provisioningState": "Updating" }), "pass", "pass"),
        (json!({ "provisioningState": null }), "pass", "pass"),
        (json!({ "provisioningState": "Deleting" }), "fail", "fail"),
        (json!({ "provisioningState": "Failed" }), "unknown", "unknown"),
        (json!({ "provisioningState": "Resting" }), "unknown", "unknown"),
        (json!({ "enabledFilteringCriteria": "srcIP=10.0.0.1" }), "fail", "fail"),
        (json!({ "enabledFilteringCriteria": "" }), "pass", "pass"),
        (json!({ "recordTypes": "B, d" }), "pass", "pass"),
        (json!({ "recordTypes": "D" }), "fail", "fail"),
        (json!({ "recordTypes": ["B"] }), "unknown", "unknown"),
        (json!({ "flowAnalyticsConfiguration": {} }), "pass", "fail"),
        (json!({ "flowAnalyticsConfiguration": null }), "pass", "fail"),
        (analytics(json!({ "enabled": false, "workspaceId": "1" })), "pass", "fail"),
        (analytics(json!({ "enabled": true, "workspaceId": "-" })), "pass", "fail"),
        (analytics(json!({ "enabled": true, "workspaceId": "1" })), "pass", "pass"),
        (analytics(json!({ "enabled": 7, "workspaceId": "1" })), "pass", "unknown"),
        (json!({ "targetResourceId": null }), "unknown", "unknown"),
    ] {
        let run = recorded(vec![bent("one", &whole, changes.clone())]);
        assert_eq!(outcome(&run, LOGS), logs, "{changes}");
        assert_eq!(outcome(&run, SEARCH), search, "{changes}");
        // Another one that is as it should be settles it.
        let run = recorded(vec![bent("one", &whole, changes.clone()), log("two", &whole)]);
        assert_eq!(outcome(&run, LOGS), "pass", "{changes}");
    }
}

#[test]
fn records_are_kept_long_enough_or_for_ever() {
    let whole = id("virtualNetworks", "core");
    for (changes, expected) in [
        (json!({ "retentionPolicy": { "days": 90, "enabled": true } }), "pass"),
        (json!({ "retentionPolicy": { "days": 89, "enabled": true } }), "fail"),
        (json!({ "retentionPolicy": { "days": 0, "enabled": true } }), "pass"),
        (json!({ "retentionPolicy": { "enabled": true } }), "pass"),
        (json!({ "retentionPolicy": { "days": 7, "enabled": false } }), "pass"),
        (json!({ "retentionPolicy": { "days": 7 } }), "pass"),
        (json!({ "retentionPolicy": null }), "pass"),
        (json!({ "retentionPolicy": { "days": "long", "enabled": true } }), "unknown"),
        (json!({ "retentionPolicy": { "days": 7, "enabled": "maybe" } }), "unknown"),
        (json!({ "enabled": false, "retentionPolicy": null }), "not-applicable"),
        (json!({ "targetResourceId": "/somewhere/else" }), "unknown"),
        (json!({ "targetResourceId": 7 }), "unknown"),
    ] {
        let run = recorded(vec![bent("one", &whole, changes.clone())]);
        assert_eq!(outcome(&run, RETENTION), expected, "{changes}");
    }
}

/// What a group decides is recorded for the group, for the network, for the subnet, or for the interface.
#[test]
fn a_group_is_covered_by_itself_or_by_what_it_filters() {
    let (whole, front) = (id("virtualNetworks", "core"), subnet_id("core", "front"));
    let (own, card) = (id("networkSecurityGroups", "rules"), id("networkInterfaces", "web"));
    let of_subnet = || group("rules", &[subnet_id("core", "front")], &[]);
    let of_card = || group("rules", &[], &["web"]);
    let both = || group("rules", &[subnet_id("core", "back")], &["web"]);
    let lost = || group("rules", &[], &["lost"]);
    let idle = || group("rules", &[], &[]);
    for (rules, target, expected) in [
        (of_subnet(), &own, "pass"),
        (of_subnet(), &whole, "pass"),
        (of_subnet(), &front, "pass"),
        (of_subnet(), &card, "fail"),
        (of_card(), &own, "pass"),
        (of_card(), &whole, "pass"),
        (of_card(), &front, "pass"),
        (of_card(), &card, "pass"),
        (both(), &whole, "pass"),
        (both(), &own, "pass"),
        (both(), &front, "fail"),
        // No network shows the subnet of the interface.
        (lost(), &whole, "unknown"),
        (lost(), &own, "pass"),
        (idle(), &whole, "not-applicable"),
    ] {
        let scene = |logs| {
            audit(vec![
                network("core", &[("front", &["web"]), ("back", &[])]),
                rules.clone(),
                watcher("westeurope", logs),
            ])
        };
        let context = format!("{:?} by {target}", rules.properties);
        assert_eq!(outcome(&scene(vec![log("one", target)]), GROUP_SEARCH), expected, "{context}");
        // Without analytics nothing is searched.
        let silent = bent("one", target, json!({ "flowAnalyticsConfiguration": null }));
        let without = if expected == "pass" { "fail" } else { expected };
        let without = if rules.properties == lost().properties { "unknown" } else { without };
        assert_eq!(outcome(&scene(vec![silent]), GROUP_SEARCH), without, "{context}");
    }
}

#[test]
fn a_watcher_watches_its_own_region() {
    let named = |location: Value| {
        let mut network = network("core", &[("front", &[])]);
        network.top.insert("location".to_owned(), location);
        network
    };
    let state = |state: Value| {
        let mut watcher = watcher("westeurope", Vec::new());
        watcher.properties.insert("provisioningState".to_owned(), state);
        watcher
    };
    let mut senseless = watcher("westeurope", Vec::new());
    senseless.top.insert("location".to_owned(), Value::Null);
    let ours = || watcher("westeurope", Vec::new());
    for (network, watchers, expected) in [
        (named(json!("westeurope")), vec![ours()], "pass"),
        (named(json!("West Europe")), vec![ours()], "pass"),
        (named(json!("westeurope2")), vec![ours()], "fail"),
        (named(Value::Null), vec![ours()], "unknown"),
        (named(json!("westeurope")), vec![], "fail"),
        (named(json!("westeurope")), vec![state(json!("Failed"))], "fail"),
        (named(json!("westeurope")), vec![state(json!("Dreaming"))], "unknown"),
        (named(json!("westeurope")), vec![state(Value::Null)], "unknown"),
        (named(json!("westeurope")), vec![senseless], "unknown"),
    ] {
        let mut all = vec![network];
        all.extend(watchers);
        assert_eq!(outcome(&audit(all.clone()), WATCHER), expected, "{all:?}");
    }
}

/// Resource Graph leaves out what may not be read without a word.
#[test]
fn what_is_denied_is_unknown_by_its_name() {
    let denied = |action: &str| -> Scenario {
        let mut scenario = with(good());
        scenario.not_actions.push(action.to_owned());
        scenario
    };
    for (action, unknown, fine) in [
        ("Microsoft.Network/virtualNetworks/read", &[LOGS, SEARCH, WATCHER][..], RETENTION),
        ("Microsoft.Network/networkSecurityGroups/read", &[GROUP_SEARCH], LOGS),
        ("Microsoft.Network/networkWatchers/read", &[WATCHER], LOGS),
        (
            "Microsoft.Network/networkWatchers/flowLogs/read",
            &[LOGS, SEARCH, GROUP_SEARCH, RETENTION, GROUP_RETENTION],
            WATCHER,
        ),
    ] {
        let run = Tenant::serve(denied(action)).json(NETWORK);
        for control in unknown {
            for finding in run.findings(control) {
                assert_eq!(finding.outcome, "unknown", "{control} without {action}");
                let gap = (action.to_owned(), "denied".to_owned());
                assert_eq!(finding.gap, Some(gap), "{control}");
            }
        }
        assert!(run.findings(fine).iter().all(|found| found.outcome != "unknown"), "{action}");
    }
    // A group that is recorded directly needs no network.
    let run = Tenant::serve(denied("Microsoft.Network/virtualNetworks/read")).json(NETWORK);
    assert_eq!(outcome(&run, GROUP_SEARCH), "pass");
    let mut refused = with(good());
    refused.faults.push(posture_tests::azure::fault("ResourceGraph", 403, "Forbidden"));
    let run = Tenant::serve(refused).json(NETWORK);
    assert_eq!(outcome(&run, LOGS), "unknown");
}

#[test]
fn one_that_makes_no_sense_costs_itself_and_what_it_may_have_covered() {
    let gone = |mut resource: Resource| {
        resource.top.insert("properties".to_owned(), json!("gone"));
        resource
    };
    let mut resources = good();
    resources.push(gone(network("odd", &[])));
    resources.push(gone(group("odd", &[], &[])));
    resources[3].children.push(gone(log("odd", "")));
    let mut bare = network("bare", &[("front", &[])]);
    bare.properties.insert("subnets".to_owned(), json!([{ "name": "front" }]));
    resources.push(bare);
    resources.push(network("open", &[("front", &[])]));
    let mut text = group("text", &[], &[]);
    text.properties.insert("subnets".to_owned(), json!("all"));
    resources.push(text);
    let run = audit(resources);
    for (control, name, expected) in [
        (LOGS, "core", "pass"),
        (LOGS, "odd", "unknown"),
        (LOGS, "bare", "unknown"),
        // The flow log that cannot be read may be its own.
        (LOGS, "open", "unknown"),
        (WATCHER, "odd", "pass"),
        (GROUP_SEARCH, "front", "pass"),
        (GROUP_SEARCH, "odd", "unknown"),
        (GROUP_SEARCH, "text", "unknown"),
        (RETENTION, "core", "pass"),
        (RETENTION, "odd", "unknown"),
    ] {
        assert_eq!(run.outcome(control, name), expected, "{control} {name}");
    }
}
