//! Each action that an audit calls, denied: what it fills is unknown, and says so by the action's name.

use std::collections::BTreeSet;

use posture_azure::action::{ACTIONS, Action};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::resource::Account;
use posture_sim::azure::Scenario;
use posture_sim::{Fault, Rule};
use posture_tests::Run;
use posture_tests::azure::{self, Tenant};

/// The example, and a firewall with a policy, which it lacks.
fn example() -> Scenario {
    let mut example = azure::example();
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/azure-good.toml");
    let good = Scenario::parse(&std::fs::read_to_string(good).unwrap()).unwrap();
    let firewalls = good.subscriptions.into_iter().flat_map(|one| one.resources);
    let firewalls = firewalls.filter(|one| {
        ["Microsoft.Network/azureFirewalls", "Microsoft.Network/firewallPolicies"]
            .contains(&one.kind.as_str())
    });
    example.subscriptions[0].resources.extend(firewalls);
    example
}

/// Whether a control takes this action: it reads a fact that the action fills, or judges what the action lists.
fn takes(control: &Control, action: &Action) -> bool {
    control.judges(Provider::Azure)
        && (control.test.reads.iter().any(|fact| action.fills.contains(fact))
            || control.kinds().iter().any(|kind| action.lists.contains(kind)))
}

/// The scenario without the right to an action.
fn without(mut scenario: Scenario, action: &Action) -> Scenario {
    if action.own.is_empty() {
        scenario.not_actions.push(action.name.to_owned());
        return scenario;
    }
    // A permission of Microsoft Graph covers more than one path, so that the path is denied directly.
    scenario.faults.push(Rule::new(action.name, Fault::Denied));
    scenario
}

/// The outcomes of a control by resource.
fn outcomes(run: &Run, control: &str) -> Vec<(Option<String>, String)> {
    run.findings(control).into_iter().map(|found| (found.resource, found.outcome)).collect()
}

#[test]
fn every_denied_action_is_unknown_by_its_name() {
    let healthy = Tenant::serve(example()).with_examples().json(&[]);
    assert_eq!(healthy.gaps(), []);
    let report = healthy.json();
    let scopes = report["scopes"].as_array().unwrap().iter();
    let called: BTreeSet<&String> =
        scopes.flat_map(|scope| scope["calls"].as_object().unwrap().keys()).collect();
    let mut missed = Vec::new();
    for action in ACTIONS {
        // Whether there is such a resource decides what a requirement counts, and no finding.
        if action.fills == [Account::RESOURCE_TYPES] {
            continue;
        }
        // A subnet of the example uses no route table. The laws of faults and permissions deny it in a world in which one does.
        if action.name == "Microsoft.Network/routeTables/read" {
            continue;
        }
        // Some are asked for many at once.
        let counted = action.per.carrier().unwrap_or(action.name);
        if !called.contains(&counted.to_owned()) {
            missed.push(format!("{} is not called: the example lacks something", action.name));
            continue;
        }
        let controls: Vec<&str> = posture_core::controls::ALL
            .iter()
            .filter(|control| takes(control, action))
            .map(|control| control.id)
            .collect();
        assert!(!controls.is_empty(), "no control needs {}", action.name);
        let arguments: Vec<&str> = controls.iter().flat_map(|id| ["--control", id]).collect();
        let run = Tenant::serve(without(example(), action)).with_examples().json(&arguments);
        if !run.gaps().iter().any(|(gap, why)| gap == action.name && why.starts_with("denied")) {
            missed.push(format!("{} denied: {:?}", action.name, run.gaps()));
        }
        let unknown = |id: &&&str| {
            run.findings(id).iter().any(|found| {
                let named = found.gap.as_ref().is_some_and(|(gap, _)| gap == action.name);
                found.outcome == "unknown" && named
            })
        };
        if controls.iter().filter(unknown).count() == 0 {
            missed.push(format!("{} denied, and nothing of {controls:?} is unknown", action.name));
        }
        assert_ne!(run.code, 0, "{}", action.name);
        // A refusal never turns a failure into a pass.
        for control in &controls {
            let after = outcomes(&run, control);
            for (resource, outcome) in outcomes(&healthy, control) {
                let passes = after.contains(&(resource.clone(), "pass".to_owned()));
                let fine = outcome != "fail" || !passes;
                assert!(fine, "{} denied: {control} passes {resource:?}", action.name);
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn everything_denied_is_everything_unknown() {
    let mut scenario = example();
    scenario.not_actions = ACTIONS.iter().map(|action| action.name.to_owned()).collect();
    scenario.graph_permissions.clear();
    let run = Tenant::serve(scenario).json(&["--fail-on", "never"]);
    let report = run.json();
    for finding in report["findings"].as_array().unwrap() {
        let outcome = finding["outcome"].as_str();
        assert!(matches!(outcome, Some("unknown" | "not-applicable")), "{finding:#}");
    }
    assert_eq!(run.code, 11);
    for framework in report["frameworks"].as_array().unwrap() {
        for state in ["met", "partly-evidenced", "not-met"] {
            let count = framework["states"][state].as_u64().unwrap_or(0);
            assert_eq!(count, 0, "{state} of {}", framework["id"]);
        }
    }
}
