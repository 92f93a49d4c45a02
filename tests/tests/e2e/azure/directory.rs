//! The settings of the directory.

use posture_sim::{Fault, Scenario};
use posture_tests::Run;
use posture_tests::azure::{Tenant, assert_planned, fault, tenant};
use serde_json::{Value, json};

const DEFAULTS: &str = "/policies/identitySecurityDefaultsEnforcementPolicy";

const CONTROLS: &[&str] = &["identity.security-defaults"];

const NAME: &str = "Entra ID";

fn selection() -> Vec<&'static str> {
    CONTROLS.iter().flat_map(|id| ["--control", id]).collect()
}

fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(&selection())
}

/// A directory as it should be.
fn good() -> Scenario {
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": true }));
    scenario
}

fn set(scenario: &mut Scenario, path: &str, value: Value) {
    scenario.graph.insert(path.to_owned(), value);
}

/// The outcome, and the reason where it is unknown.
fn told(run: &Run, control: &str) -> (String, Option<(String, String)>) {
    let findings = run.findings(control);
    let found = findings.iter().find(|f| f.resource.as_deref() == Some(NAME));
    let found = found.unwrap_or_else(|| panic!("{control}: {findings:?}"));
    (found.outcome.clone(), found.gap.clone())
}

fn unknown(action: &str, reason: &str) -> (String, Option<(String, String)>) {
    ("unknown".to_owned(), Some((action.to_owned(), reason.to_owned())))
}

#[test]
fn a_directory_as_it_should_be_passes_everything() {
    let run = audit(good());
    for control in CONTROLS {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn everything_wrong_fails_everything() {
    let mut scenario = good();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let run = audit(scenario);
    for control in CONTROLS {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}");
    }
}

/// The action behind each control.
const ACTIONS: &[(&str, &[&str])] = &[(DEFAULTS, &["identity.security-defaults"])];

#[test]
fn what_is_refused_is_unknown_and_names_what_was_asked() {
    let mut scenario = good();
    scenario.graph_permissions.clear();
    let run = audit(scenario);
    for (action, controls) in ACTIONS {
        for control in *controls {
            assert_eq!(told(&run, control), unknown(action, "denied"));
        }
    }
}

#[test]
fn a_failure_or_nonsense_is_never_a_pass() {
    for (action, controls) in ACTIONS {
        let garbled = Fault { body: Some("<html>".to_owned()), ..fault(action, 200, "") };
        let throttled = Fault { retry_after: Some(3600), ..fault(action, 429, "TooManyRequests") };
        for (fault, reason) in [(garbled, "malformed"), (throttled, "throttled")] {
            let mut scenario = good();
            scenario.faults = vec![fault];
            let run = audit(scenario);
            for control in *controls {
                assert_eq!(told(&run, control), unknown(action, reason), "{control}");
            }
        }
        let mut scenario = good();
        let once = Fault { times: Some(1), retry_after: Some(1), ..fault(action, 429, "Busy") };
        scenario.faults = vec![once];
        let run = audit(scenario);
        for control in *controls {
            assert_eq!(run.outcome(control, NAME), "pass", "{control}");
        }
    }
}

#[test]
fn a_policy_that_says_nothing_or_something_odd_is_unknown() {
    for policy in [json!({ "id": "1" }), json!({ "isEnabled": 7 }), json!({ "isEnabled": null })] {
        let mut scenario = good();
        set(&mut scenario, DEFAULTS, policy);
        let run = audit(scenario);
        assert_eq!(told(&run, "identity.security-defaults"), unknown(DEFAULTS, "malformed"));
    }
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&good(), &selection());
}
