//! The users of the directory, and the credentials of its applications.

use posture_sim::azure::Scenario;
use posture_tests::Run;
use posture_tests::azure::{Tenant, ago, assert_planned, garbled, patience, tenant};
use serde_json::{Value, json};

const USERS: &str = "/users";
const REPORT: &str = "/reports/authenticationMethods/userRegistrationDetails";
const APPLICATIONS: &str = "/applications";
const PRINCIPALS: &str = "/servicePrincipals";

const MFA: &str = "identity.user-mfa";
const UNUSED: &str = "identity.unused-user";
const EXPIRED: &str = "identity.expired-credential";
const LONG: &str = "identity.long-lived-credential";
const ALL: &[&str] =
    &["--control", MFA, "--control", UNUSED, "--control", EXPIRED, "--control", LONG];

fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(ALL)
}

/// A user who signed in with success so many days ago.
fn user(id: &str, days: i64) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user", "id": id, "displayName": id,
        "userPrincipalName": name(id), "accountEnabled": true, "userType": "Member",
        "createdDateTime": ago(700), "signInActivity": { "lastSuccessfulSignInDateTime": ago(days) },
    })
}

fn name(id: &str) -> String {
    format!("{id}@contoso.example")
}

fn registered(id: &str, yes: bool) -> Value {
    json!({ "id": id, "userPrincipalName": name(id), "isMfaRegistered": yes, "isMfaCapable": yes })
}

fn credential(number: u32, from: i64, to: i64) -> Value {
    json!({
        "keyId": format!("key-{number}"), "displayName": format!("c{number}"), "hint": "Xy7",
        "startDateTime": ago(from), "endDateTime": ago(-to), "secretText": null,
    })
}

fn certificate(number: u32, usage: &str, mark: &str) -> Value {
    let mut key = credential(number, 10, 100);
    key["type"] = json!("AsymmetricX509Cert");
    key["usage"] = json!(usage);
    key["customKeyIdentifier"] = json!(mark);
    key
}

fn application(passwords: Value, keys: Value) -> Value {
    json!({ "id": "app", "displayName": "shop", "passwordCredentials": passwords, "keyCredentials": keys })
}

/// A tenant of users who use their accounts and have registered, and of an application with a fresh password.
fn good() -> Scenario {
    let mut scenario = tenant();
    set(&mut scenario, USERS, json!([user("anna", 1), user("bert", 89)]));
    set(&mut scenario, REPORT, json!([registered("anna", true), registered("BERT", true)]));
    set(
        &mut scenario,
        APPLICATIONS,
        json!([application(json!([credential(1, 10, 100)]), json!([]))]),
    );
    let deploy = json!({
        "id": "deploy", "displayName": "deploy", "servicePrincipalType": "Application",
        "passwordCredentials": [], "keyCredentials": [certificate(2, "Verify", "AA")],
    });
    set(&mut scenario, PRINCIPALS, json!([deploy]));
    scenario
}

fn set(scenario: &mut Scenario, path: &str, value: Value) {
    scenario.graph.insert(path.to_owned(), value);
}

/// The results for the passwords and certificates of one application.
fn judged(passwords: Value, keys: Value) -> Run {
    let mut scenario = good();
    set(&mut scenario, APPLICATIONS, json!([application(passwords, keys)]));
    set(&mut scenario, PRINCIPALS, json!([]));
    audit(scenario)
}

/// The outcome of a control for a user, and the reason where it is unknown.
fn outcome_of(run: &Run, control: &str, who: Option<&str>) -> (String, Option<(String, String)>) {
    let findings = run.findings(control);
    let found = findings.iter().find(|found| found.resource.as_deref() == who);
    let found = found.unwrap_or_else(|| panic!("{control} of {who:?}: {findings:?}"));
    (found.outcome.clone(), found.gap.clone())
}

fn unknown(action: &str, reason: &str) -> (String, Option<(String, String)>) {
    ("unknown".to_owned(), Some((action.to_owned(), reason.to_owned())))
}

/// The outcomes of a control.
fn outcomes(run: &Run, control: &str) -> Vec<String> {
    run.findings(control).into_iter().map(|found| found.outcome).collect()
}

#[test]
fn people_and_applications_as_they_should_be_pass_everything() {
    let run = audit(good());
    for control in [MFA, UNUSED] {
        assert_eq!(run.outcome(control, &name("anna")), "pass", "{control}");
        assert_eq!(run.outcome(control, &name("bert")), "pass", "{control}");
    }
    for control in [EXPIRED, LONG] {
        assert_eq!(run.outcome(control, "shop: c1"), "pass", "{control}");
        assert_eq!(run.outcome(control, "deploy: c2"), "pass", "{control}");
    }
    assert_eq!(run.gaps(), []);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.out.contains("Xy7"), "a hint of a password is in the report");
}

#[test]
fn everything_wrong_fails_everything() {
    let mut scenario = good();
    let mut guest = user("gast", 91);
    guest["userType"] = json!("Guest");
    let mut never = user("nora", 0);
    never.as_object_mut().unwrap().remove("signInActivity");
    set(&mut scenario, USERS, json!([guest, never]));
    set(&mut scenario, REPORT, json!([registered("gast", false), registered("nora", false)]));
    let run = audit(scenario);
    for control in [MFA, UNUSED] {
        assert_eq!(outcomes(&run, control), ["fail", "fail"], "{control}");
    }
    assert!(run.out.contains("a guest, last signed in"), "{}", run.out);
    assert!(run.out.contains("never signed in, created"), "{}", run.out);
}

#[test]
fn an_account_that_is_switched_off_is_left_out_though_the_report_lacks_it() {
    let mut scenario = good();
    let mut off = user("anna", 400);
    off["accountEnabled"] = json!(false);
    set(&mut scenario, USERS, json!([off]));
    set(&mut scenario, REPORT, json!([]));
    let run = audit(scenario);
    for control in [MFA, UNUSED] {
        assert_eq!(run.outcome(control, &name("anna")), "not-applicable", "{control}");
    }
    assert_eq!(run.gaps(), []);
}

#[test]
fn only_a_success_is_a_sign_in() {
    let attempts = |value: Value| {
        let mut scenario = good();
        let mut anna = user("anna", 0);
        anna["signInActivity"] = value;
        set(&mut scenario, USERS, json!([anna]));
        outcome_of(&audit(scenario), UNUSED, Some(&name("anna")))
    };
    let fresh = ago(1);
    // An attacker guesses the password of an unused account.
    let guessed = json!({ "lastSignInDateTime": fresh, "lastSuccessfulSignInDateTime": ago(200) });
    assert_eq!(attempts(guessed).0, "fail");
    for only in ["lastSignInDateTime", "lastNonInteractiveSignInDateTime"] {
        assert_eq!(attempts(json!({ only: fresh })), unknown(USERS, "undetermined"), "{only}");
        assert_eq!(attempts(json!({ only: "2023-11-30T23:00:00Z" })).0, "fail", "{only}");
        assert_eq!(attempts(json!({ only: "yesterday" })), unknown(USERS, "malformed"), "{only}");
    }
    // Created long ago, and never there.
    assert_eq!(attempts(Value::Null).0, "fail");
    assert_eq!(attempts(json!({})).0, "fail");
    assert_eq!(attempts(json!("today")), unknown(USERS, "malformed"));
}

#[test]
fn without_the_license_mfa_and_sign_ins_are_unknown_and_the_rest_is_judged() {
    let mut scenario = good();
    scenario.premium = false;
    let mut off = user("emil", 400);
    off["accountEnabled"] = json!(false);
    set(&mut scenario, USERS, json!([user("anna", 1), off]));
    set(&mut scenario, REPORT, json!([registered("anna", false)]));
    let run = audit(scenario);
    let anna = name("anna");
    assert_eq!(outcome_of(&run, MFA, Some(&anna)), unknown(REPORT, "license-missing"));
    assert_eq!(outcome_of(&run, UNUSED, Some(&anna)), unknown(USERS, "license-missing"));
    assert_eq!(run.outcome(MFA, &name("emil")), "not-applicable");
    assert_eq!(run.outcome(UNUSED, &name("emil")), "not-applicable");
    assert_eq!(run.outcome(LONG, "shop: c1"), "pass");
    // The list itself is complete.
    assert_eq!(run.findings(MFA).len(), 2);
}

#[test]
fn without_the_permission_to_read_logs_mfa_and_sign_ins_are_unknown() {
    let mut scenario = good();
    scenario.graph_permissions.retain(|held| held != "AuditLog.Read.All");
    let run = audit(scenario);
    let anna = name("anna");
    assert_eq!(outcome_of(&run, MFA, Some(&anna)), unknown(REPORT, "denied"));
    assert_eq!(outcome_of(&run, UNUSED, Some(&anna)), unknown(USERS, "denied"));
    assert_eq!(outcomes(&run, MFA), ["unknown", "unknown"]);
}

#[test]
fn everything_refused_is_everything_unknown() {
    let mut scenario = good();
    scenario.graph_permissions.clear();
    let run = audit(scenario);
    for (control, action) in
        [(MFA, USERS), (UNUSED, USERS), (EXPIRED, APPLICATIONS), (LONG, APPLICATIONS)]
    {
        let all = run.findings(control);
        assert!(all.iter().all(|found| found.outcome == "unknown"), "{control}: {all:?}");
        assert_eq!(outcome_of(&run, control, None), unknown(action, "denied"));
    }
}

#[test]
fn a_failure_or_nonsense_is_never_a_pass() {
    for (action, controls) in
        [(USERS, [MFA, UNUSED]), (APPLICATIONS, [EXPIRED, LONG]), (PRINCIPALS, [EXPIRED, LONG])]
    {
        let path = format!("{action}?");
        let garbled = garbled(&path);
        let throttled = patience(&path, 3600);
        for (fault, reason) in [(garbled, "malformed"), (throttled, "throttled")] {
            let mut scenario = good();
            scenario.faults = vec![fault];
            let run = audit(scenario);
            for control in controls {
                assert_eq!(outcome_of(&run, control, None), unknown(action, reason), "{control}");
            }
        }
    }
    let mut scenario = good();
    scenario.faults = vec![garbled(REPORT)];
    let run = audit(scenario);
    assert_eq!(outcome_of(&run, MFA, Some(&name("anna"))), unknown(REPORT, "malformed"));
    assert_eq!(run.outcome(UNUSED, &name("anna")), "pass");
}

#[test]
fn a_user_that_makes_no_sense_costs_that_user() {
    let mut scenario = good();
    set(
        &mut scenario,
        USERS,
        json!([user("anna", 1), user("bert", 1), { "id": 7 }, user("carl", 1)]),
    );
    set(
        &mut scenario,
        REPORT,
        json!([registered("anna", true), registered("bert", false), { "id": "carl", "isMfaRegistered": true, "isMfaCapable": "?" }]),
    );
    let run = audit(scenario);
    assert_eq!(run.outcome(MFA, &name("anna")), "pass");
    assert_eq!(run.outcome(MFA, &name("bert")), "fail");
    assert_eq!(outcome_of(&run, MFA, Some(&name("carl"))), unknown(REPORT, "malformed"));
    assert_eq!(outcome_of(&run, MFA, None), unknown(USERS, "malformed"));
    assert_eq!(outcome_of(&run, UNUSED, None), unknown(USERS, "malformed"));
}

#[test]
fn properties_that_do_not_fit_are_unknown_each_for_itself() {
    for (property, value) in [
        ("accountEnabled", Value::Null),
        ("accountEnabled", json!("perhaps")),
        ("createdDateTime", json!("yesterday")),
    ] {
        let mut scenario = good();
        let mut anna = user("anna", 1);
        anna["signInActivity"] = Value::Null;
        anna[property] = value.clone();
        set(&mut scenario, USERS, json!([anna]));
        let run = audit(scenario);
        let found = outcome_of(&run, UNUSED, Some(&name("anna")));
        assert_eq!(found, unknown(USERS, "malformed"), "{property} {value}");
    }
}

#[test]
fn a_user_that_the_report_lacks_is_unknown() {
    let mut scenario = good();
    set(&mut scenario, REPORT, json!([registered("anna", true)]));
    let run = audit(scenario);
    assert_eq!(run.outcome(MFA, &name("anna")), "pass");
    assert_eq!(outcome_of(&run, MFA, Some(&name("bert"))), unknown(REPORT, "incomplete"));
    // An entry about an unknown user.
    let mut scenario = good();
    set(
        &mut scenario,
        REPORT,
        json!([registered("anna", true), { "isMfaRegistered": true, "isMfaCapable": true }]),
    );
    let run = audit(scenario);
    assert_eq!(outcome_of(&run, MFA, Some(&name("bert"))), unknown(REPORT, "malformed"));
    // Two that contradict each other.
    let mut scenario = good();
    let both = [registered("bert", false), registered("anna", true), registered("bert", true)];
    set(&mut scenario, REPORT, json!(both));
    let run = audit(scenario);
    assert_eq!(outcome_of(&run, MFA, Some(&name("bert"))), unknown(REPORT, "malformed"));
}

#[test]
fn credentials_are_judged_each_for_itself() {
    let mut endless = credential(4, 10, 0);
    endless["endDateTime"] = Value::Null;
    let passwords =
        json!([credential(1, 10, 354), credential(2, 10, 355), credential(3, 400, -1), endless]);
    // Certificates may live shorter than secrets.
    let mut certificates = [certificate(5, "Verify", "AA"), certificate(6, "verify", "BB")];
    certificates[0]["endDateTime"] = json!(ago(-170));
    certificates[1]["endDateTime"] = json!(ago(-171));
    let run = judged(passwords, json!(certificates));
    for (which, expired, long) in [
        ("shop: c1", "pass", "pass"),
        ("shop: c2", "pass", "fail"),
        ("shop: c3", "fail", "not-applicable"),
        ("shop: c4", "pass", "fail"),
        ("shop: c5", "pass", "pass"),
        ("shop: c6", "pass", "fail"),
    ] {
        assert_eq!(run.outcome(EXPIRED, which), expired, "{which}");
        assert_eq!(run.outcome(LONG, which), long, "{which}");
    }
}

#[test]
fn credentials_that_make_no_sense_are_unknown() {
    let mut odd = credential(1, 10, 100);
    odd["endDateTime"] = json!("soon");
    let mut silent = credential(2, 10, 100);
    silent.as_object_mut().unwrap().remove("endDateTime");
    let mut early = credential(3, 10, 100);
    early["startDateTime"] = Value::Null;
    let run = judged(json!([odd, silent, early, { "displayName": "nobody" }]), json!([]));
    for which in ["shop: c1", "shop: c2"] {
        assert_eq!(
            outcome_of(&run, EXPIRED, Some(which)),
            unknown(APPLICATIONS, "malformed"),
            "{which}"
        );
        assert_eq!(
            outcome_of(&run, LONG, Some(which)),
            unknown(APPLICATIONS, "malformed"),
            "{which}"
        );
    }
    assert_eq!(run.outcome(EXPIRED, "shop: c3"), "pass");
    assert_eq!(outcome_of(&run, LONG, Some("shop: c3")), unknown(APPLICATIONS, "malformed"));
    for control in [EXPIRED, LONG] {
        assert_eq!(
            outcome_of(&run, control, None),
            unknown(APPLICATIONS, "malformed"),
            "{control}"
        );
    }
    // Without the list it is unknown whether there are any.
    for list in [Value::Null, json!("none")] {
        let run = judged(list, json!([certificate(1, "Verify", "AA")]));
        assert_eq!(run.outcome(LONG, "shop: c1"), "pass");
        assert_eq!(outcome_of(&run, LONG, None), unknown(APPLICATIONS, "malformed"));
    }
}

#[test]
fn a_certificate_that_is_shown_three_times_is_one() {
    let keys = [certificate(1, "Sign", "AA"), certificate(2, "Verify", "AA")];
    let private = credential(1, 10, 100);
    // The times of one certificate are the same everywhere.
    let run = judged(json!([private.clone()]), json!(keys));
    assert_eq!(outcomes(&run, EXPIRED), ["pass"]);
    // The directory signs with it; no user signs in with it.
    assert_eq!(outcomes(&run, LONG), ["not-applicable"]);
    let run = judged(json!([]), json!([certificate(1, "Admire", "AA")]));
    assert_eq!(outcome_of(&run, LONG, Some("shop: c1")), unknown(APPLICATIONS, "unsupported"));
    // One with another mark or another end is another.
    let mut longer = certificate(3, "Verify", "AA");
    longer["endDateTime"] = json!(ago(-900));
    let run = judged(json!([]), json!([keys[0], certificate(2, "Verify", "BB"), longer]));
    assert_eq!(run.findings(LONG).len(), 3);
    assert_eq!(run.outcome(LONG, "shop: c3"), "fail");
}

#[test]
fn the_credentials_of_managed_identities_are_the_platforms() {
    let mut scenario = good();
    let managed = json!({
        "id": "vm", "displayName": "vm", "servicePrincipalType": "ManagedIdentity",
        "passwordCredentials": [], "keyCredentials": [credential(9, 400, -1)],
    });
    set(&mut scenario, PRINCIPALS, json!([managed]));
    let run = audit(scenario);
    assert_eq!(run.findings(EXPIRED).len(), 1);
    assert_eq!(run.outcome(EXPIRED, "shop: c1"), "pass");
}

#[test]
fn a_list_of_many_pages_is_read_to_its_end() {
    let mut scenario = good();
    scenario.page_size = 1;
    let run = audit(scenario);
    for control in [MFA, UNUSED, EXPIRED, LONG] {
        assert_eq!(outcomes(&run, control), ["pass", "pass"], "{control}");
    }
}

#[test]
fn only_what_is_judged_is_asked_for() {
    let paths = |control: &str| {
        let tenant = Tenant::serve(good());
        tenant.json(&["--control", control]);
        let paths: Vec<String> = tenant.requests().into_iter().map(|r| r.path).collect();
        paths.join(" ")
    };
    let mfa = paths(MFA);
    assert!(mfa.contains(REPORT), "{mfa}");
    assert!(!mfa.contains("signInActivity") && !mfa.contains(APPLICATIONS), "{mfa}");
    let unused = paths(UNUSED);
    assert!(!unused.contains(REPORT), "{unused}");
    let credentials = paths(LONG);
    assert!(!credentials.contains(USERS), "{credentials}");
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&good(), ALL);
    let mut scenario = good();
    scenario.page_size = 1;
    assert_planned(&scenario, ALL);
    scenario.premium = false;
    assert_planned(&scenario, ALL);
    scenario.graph_permissions.clear();
    assert_planned(&scenario, ALL);
}
