//! The rules about sign-ins: policies of conditional access, and security defaults in their place.

use posture_sim::Rule;
use posture_sim::azure::Scenario;
use posture_tests::Run;
use posture_tests::azure::{Tenant, answer, assert_planned, fault, garbled, tenant};
use serde_json::{Value, json};

use super::directory::{
    ACTIVE, ASSIGNED, ELIGIBLE, NAME, active, add, give, outcome_of, set, unknown,
};

const POLICIES: &str = "/identity/conditionalAccess/policies";
const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";
const DEFAULTS: &str = "/policies/identitySecurityDefaultsEnforcementPolicy";

const EVERYONE: &str = "identity.mfa-for-everyone";
const ADMINISTRATORS: &str = "identity.mfa-for-administrators";
const MANAGEMENT: &str = "identity.mfa-for-management";
const RISKY: &str = "identity.mfa-for-risky-sign-ins";
const LEGACY: &str = "identity.legacy-protocols";
const CODES: &str = "identity.device-code-sign-in";
const NETWORKS: &str = "identity.trusted-networks";
const DEVICE: &str = "identity.device-registration-mfa";

const DEVICES: &str = "/policies/deviceRegistrationPolicy";

/// What security defaults cannot meet, and what they can.
const BY_RULES: &[&str] = &[EVERYONE, RISKY, CODES];
const BY_DEFAULTS: &[&str] = &[ADMINISTRATORS, MANAGEMENT, LEGACY];
const BY_MFA: &[&str] = &[EVERYONE, ADMINISTRATORS, MANAGEMENT];

fn rules() -> impl Iterator<Item = &'static str> {
    BY_RULES.iter().chain(BY_DEFAULTS).copied()
}

fn selection() -> Vec<&'static str> {
    rules().chain([NETWORKS]).flat_map(|id| ["--control", id]).collect()
}

fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(&selection())
}

/// A policy for all users and applications, in the format of the service.
fn policy(number: u8, name: &str, control: &str) -> Value {
    json!({
        "id": format!("dddddddd-0000-4000-8000-{number:012}"), "templateId": null, "displayName": name,
        "createdDateTime": "2026-01-01T00:00:00Z", "modifiedDateTime": null, "deletedDateTime": null,
        "state": "enabled", "sessionControls": null,
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "clientAppTypes": ["all"], "platforms": null,
            "locations": null, "devices": null, "clientApplications": null, "authenticationFlows": null,
            "servicePrincipalRiskLevels": [], "insiderRiskLevels": null,
            "applications": {
                "includeApplications": ["All"], "excludeApplications": [], "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [], "applicationFilter": null,
            },
            "users": {
                "includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
                "includeRoles": [], "excludeRoles": ["d29b2b05-8046-44ba-8758-1e26182fcf32"],
                "includeGuestsOrExternalUsers": null, "excludeGuestsOrExternalUsers": null,
            },
        },
        "grantControls": {
            "operator": "OR", "builtInControls": [control], "customAuthenticationFactors": [],
            "termsOfUse": [], "authenticationStrength": null,
        },
    })
}

/// A tenant whose policies require everything, with a trusted network, and without security defaults.
fn good() -> Scenario {
    let mut risky = policy(3, "Risky", "mfa");
    risky["conditions"]["signInRiskLevels"] = json!(["high", "medium"]);
    risky["sessionControls"] = json!({ "signInFrequency": {
        "isEnabled": true, "frequencyInterval": "everyTime", "type": null, "value": null,
        "authenticationType": "primaryAndSecondaryAuthentication",
    } });
    let mut codes = policy(4, "Codes", "block");
    codes["conditions"]["authenticationFlows"] = json!({ "transferMethods": "deviceCodeFlow" });
    let mut legacy = policy(2, "Legacy", "block");
    legacy["conditions"]["clientAppTypes"] = json!(["exchangeActiveSync", "other"]);
    let mut off = policy(5, "Off", "block");
    off["state"] = json!("disabled");
    let network = json!({
        "@odata.type": "#microsoft.graph.ipNamedLocation", "id": "n1", "displayName": "Zurich",
        "isTrusted": true, "ipRanges": [],
    });
    let country = json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation", "id": "n2", "displayName": "Abroad",
        "countriesAndRegions": ["KP"],
    });
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let all = [off, policy(1, "MFA", "mfa"), legacy, risky, codes];
    set(&mut scenario, POLICIES, json!(all));
    set(&mut scenario, LOCATIONS, json!([country, network]));
    scenario
}

/// With every policy bent.
fn bent(bend: impl Fn(&mut Value)) -> Scenario {
    let mut scenario = good();
    for policy in scenario.graph.get_mut(POLICIES).unwrap().as_array_mut().unwrap() {
        bend(policy);
    }
    scenario
}

/// The evidence of a control that failed.
fn found(run: &Run, control: &str) -> String {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|f| f["control"] == control).unwrap();
    assert_eq!(finding["outcome"], "fail", "{finding:#}");
    finding["evidence"][0]["found"].as_str().unwrap().to_owned()
}

#[test]
fn policies_that_demand_everything_pass_everything() {
    let tenant = Tenant::serve(good());
    let run = tenant.json(&selection());
    for control in rules().chain([NETWORKS]) {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}: {:?}", run.findings(control));
    }
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.gaps(), []);
    // What is not referred to is not asked for, and nothing was too fast for the service.
    let requests = tenant.requests();
    assert!(!requests.iter().any(|request| request.path.contains(STRENGTHS)));
    assert!(!requests.iter().any(|request| request.status == 429));
}

#[test]
fn a_tenant_without_anything_fails_everything() {
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let run = audit(scenario);
    for control in rules() {
        assert_eq!(found(&run, control), "no policy", "{control}");
    }
    assert_eq!(run.outcome(NETWORKS, NAME), "fail");
}

#[test]
fn policies_that_are_off_or_only_report_demand_nothing() {
    for state in ["disabled", "enabledForReportingButNotEnforced"] {
        let run = audit(bent(|policy| policy["state"] = json!(state)));
        for control in rules() {
            assert_eq!(found(&run, control), "no policy", "{control}");
        }
    }
}

#[test]
fn security_defaults_demand_some_of_it() {
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": true }));
    let run = audit(scenario.clone());
    for control in BY_DEFAULTS {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    for control in BY_RULES {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}");
    }
    // They do so whatever cannot be read besides.
    scenario.faults.push(fault(POLICIES, 403, "Authorization_RequestDenied"));
    let run = audit(scenario);
    for control in BY_DEFAULTS {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    for control in BY_RULES {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "denied"), "{control}");
    }
    // If it is unknown whether they are on, policies are enough, and no policies are not.
    let mut scenario = good();
    scenario.faults.push(fault(DEFAULTS, 403, "Authorization_RequestDenied"));
    let run = audit(scenario.clone());
    for control in BY_DEFAULTS {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    set(&mut scenario, POLICIES, json!([]));
    let run = audit(scenario);
    for control in BY_DEFAULTS {
        assert_eq!(outcome_of(&run, control), unknown(DEFAULTS, "denied"), "{control}");
    }
}

#[test]
fn users_who_are_left_out_have_to_be_named() {
    let (account, group) =
        ("aaaaaaaa-0000-4000-8000-00000000000a", "bbbbbbbb-0000-4000-8000-00000000000b");
    let scenario = bent(|policy| {
        policy["conditions"]["users"]["excludeUsers"] = json!([account]);
        policy["conditions"]["users"]["excludeGroups"] = json!([group]);
    });
    let run = audit(scenario.clone());
    for control in rules() {
        let found = found(&run, control);
        assert!(found.ends_with(&format!("excludes {account}, {group}")), "{control}: {found}");
    }
    let tenant = Tenant::serve(scenario);
    let config = rules()
        .map(|id| {
            let ids = [account, group, "d29b2b05-8046-44ba-8758-1e26182fcf32"];
            format!("[control.\"{id}\"]\naccepted-exclusions = {ids:?}\n")
        })
        .collect::<String>();
    let url = tenant.url();
    let run = tenant
        .program()
        .file("posture.toml", &config)
        .args(&["audit", "azure", "--simulator", &url, "--format", "json"])
        .args(&selection())
        .run();
    for control in rules() {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
}

/// Without the license no policy can be created, and Graph returns an empty list. What was created before the license ended
/// stays in effect, and is returned.
#[test]
fn without_the_license_there_are_no_policies_but_those_that_are_left() {
    let mut scenario = tenant();
    scenario.premium = false;
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let run = audit(scenario);
    assert_eq!(run.gaps(), []);
    for control in rules() {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}");
    }
    let mut scenario = good();
    scenario.premium = false;
    let run = audit(scenario.clone());
    for control in rules() {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    // So a denial because of the license does not show that there are none.
    let message = "Your tenant is not licensed for this feature.";
    scenario.faults.push(answer(
        "/identity/conditionalAccess/",
        403,
        "AccessDenied",
        message,
        None,
    ));
    let run = audit(scenario);
    for control in rules() {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "license-missing"), "{control}");
    }
    assert_eq!(outcome_of(&run, NETWORKS), unknown(LOCATIONS, "license-missing"));
}

#[test]
fn what_is_refused_or_makes_no_sense_is_unknown() {
    let mut scenario = good();
    scenario.graph_permissions.clear();
    let run = audit(scenario);
    for control in rules() {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "denied"), "{control}");
    }
    assert_eq!(outcome_of(&run, NETWORKS), unknown(LOCATIONS, "denied"));

    for (path, controls) in [(POLICIES, rules().collect()), (LOCATIONS, vec![NETWORKS])] {
        let garbled = garbled(path);
        // The service does not say how long to wait.
        let throttled = fault(path, 429, "TooManyRequests");
        for (fault, reason) in [(garbled, "malformed"), (throttled, "throttled")] {
            let mut scenario = good();
            scenario.faults = vec![fault];
            let run = audit(scenario);
            for control in &controls {
                assert_eq!(outcome_of(&run, control), unknown(path, reason), "{control}");
            }
        }
        let mut scenario = good();
        scenario.faults = vec![Rule { times: Some(2), ..fault(path, 429, "TooManyRequests") }];
        let run = audit(scenario);
        for control in controls {
            assert_eq!(run.outcome(control, NAME), "pass", "{control}");
        }
    }
}

#[test]
fn a_policy_that_makes_no_sense_costs_itself() {
    let odd = || {
        let mut odd = policy(9, "Odd", "mfa");
        odd["conditions"]["users"] = json!("everybody");
        odd
    };
    // The others demand it all the same.
    let mut scenario = good();
    add(&mut scenario, POLICIES, odd());
    add(&mut scenario, POLICIES, json!(7));
    add(&mut scenario, LOCATIONS, json!({ "id": "odd", "isTrusted": "perhaps" }));
    let run = audit(scenario);
    for control in rules().chain([NETWORKS]) {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    // If there are no others, this one may require it; that is unknown.
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    set(&mut scenario, POLICIES, json!([odd()]));
    set(&mut scenario, LOCATIONS, json!([{ "id": "odd", "isTrusted": "perhaps" }]));
    let run = audit(scenario);
    for control in BY_MFA {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "malformed"), "{control}");
    }
    assert_eq!(outcome_of(&run, NETWORKS), unknown(LOCATIONS, "malformed"));
    // One without an ID is not read, and may be any.
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    set(&mut scenario, POLICIES, json!([{ "displayName": "without an id" }]));
    let nameless = audit(scenario);
    for control in rules() {
        assert_eq!(outcome_of(&nameless, control), unknown(POLICIES, "malformed"), "{control}");
    }
    // It is not a policy about device codes, to whomever it applies.
    assert_eq!(run.outcome(CODES, NAME), "fail");
    // For another policy that excludes a user it is unknown whether it is the only one.
    let mut scenario = bent(|policy| policy["conditions"]["users"]["excludeUsers"] = json!(["u"]));
    add(&mut scenario, POLICIES, odd());
    let run = audit(scenario);
    for control in rules() {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "malformed"), "{control}");
    }
    // What may narrow a policy leaves it open as well.
    let run = audit(bent(|policy| policy["conditions"]["moonPhases"] = json!(["full"])));
    for control in rules() {
        assert_eq!(outcome_of(&run, control), unknown(POLICIES, "undetermined"), "{control}");
    }
}

#[test]
fn a_strength_that_is_only_named_is_looked_up() {
    let strong = |id: &str| {
        let mut scenario = good();
        let policies = scenario.graph.get_mut(POLICIES).unwrap().as_array_mut().unwrap();
        let policy = policies.iter_mut().find(|policy| policy["displayName"] == "MFA").unwrap();
        policy["grantControls"]["builtInControls"] = json!([]);
        policy["grantControls"]["authenticationStrength"] = json!({ "id": id });
        scenario
    };
    // Some are in every tenant.
    let built_in = strong("00000000-0000-0000-0000-000000000004");
    let run = audit(built_in.clone());
    for control in BY_MFA {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    assert_planned(&built_in, &selection());
    let mut scenario = strong("weak");
    let weak = json!({ "id": "weak", "policyType": "custom", "requirementsSatisfied": "none" });
    set(&mut scenario, STRENGTHS, json!([weak]));
    let run = audit(scenario);
    for control in BY_MFA {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}");
    }
    let run = audit(strong("gone"));
    for control in BY_MFA {
        assert_eq!(outcome_of(&run, control), unknown(STRENGTHS, "undetermined"), "{control}");
    }
    let mut scenario = built_in;
    scenario.faults.push(fault(STRENGTHS, 403, "Authorization_RequestDenied"));
    let run = audit(scenario);
    for control in BY_MFA {
        assert_eq!(outcome_of(&run, control), unknown(STRENGTHS, "denied"), "{control}");
    }
    // If a policy is not in effect, what it names is not requested.
    let mut off = strong("00000000-0000-0000-0000-000000000004");
    for policy in off.graph.get_mut(POLICIES).unwrap().as_array_mut().unwrap() {
        policy["state"] = json!("disabled");
    }
    let tenant = Tenant::serve(off);
    tenant.json(&selection());
    assert!(!tenant.requests().iter().any(|request| request.path.contains(STRENGTHS)));
    // It is nothing to what needs no MFA.
    for control in [CODES, LEGACY] {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
}

#[test]
fn a_list_of_many_pages_is_read_to_its_end() {
    let mut scenario = good();
    scenario.page_size = 2;
    let run = audit(scenario.clone());
    for control in rules().chain([NETWORKS]) {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
    // If the list is interrupted, what was read counts, and the rest may be anything.
    scenario.faults.push(fault("skiptoken=m~4", 500, "InternalServerError"));
    let run = audit(scenario);
    assert_eq!(run.outcome(EVERYONE, NAME), "pass");
    assert_eq!(outcome_of(&run, CODES), unknown(POLICIES, "server-error"));
}

#[test]
fn only_what_is_judged_is_asked_for() {
    let paths = |control: &str| {
        let tenant = Tenant::serve(good());
        tenant.json(&["--control", control]);
        let paths: Vec<String> = tenant.requests().into_iter().map(|r| r.path).collect();
        paths.join(" ")
    };
    let networks = paths(NETWORKS);
    assert!(networks.contains(LOCATIONS) && !networks.contains(POLICIES), "{networks}");
    let codes = paths(CODES);
    assert!(codes.contains(POLICIES) && !codes.contains(LOCATIONS), "{codes}");
    assert!(!codes.contains(DEFAULTS), "{codes}");
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&good(), &selection());
}

const ANNA: &str = "aaaaaaaa-0000-4000-8000-00000000000a";
const STAFF: &str = "bbbbbbbb-0000-4000-8000-00000000000b";
const ROLE: &str = "cccccccc-0000-4000-8000-00000000000c";

/// A tenant with these policies, each bent, and a group that a user may be in.
fn policies(all: &[&dyn Fn(&mut Value)], members: &[&str]) -> Scenario {
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let mut number = 0;
    let made = all.iter().map(|bend| {
        number += 1;
        let mut made = policy(number, &format!("P{number}"), "mfa");
        made["conditions"]["users"]["excludeRoles"] = json!([]);
        bend(&mut made["conditions"]["users"]);
        made
    });
    let made: Vec<Value> = made.collect();
    set(&mut scenario, POLICIES, json!(made));
    let user = |id: &str| {
        json!({
            "@odata.type": "#microsoft.graph.user", "id": id, "displayName": id, "userType": "Member",
        })
    };
    set(&mut scenario, "/groups", json!([{ "id": STAFF, "displayName": "staff" }]));
    let members: Vec<Value> = members.iter().map(|id| user(id)).collect();
    set(&mut scenario, &format!("/groups/{STAFF}/transitiveMembers"), json!(members));
    set(&mut scenario, ASSIGNED, json!([]));
    set(&mut scenario, ACTIVE, json!([]));
    set(&mut scenario, ELIGIBLE, json!([]));
    scenario
}

fn of_everyone(scenario: Scenario) -> (Run, Vec<String>) {
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(&["--control", EVERYONE]);
    let paths = tenant.requests().into_iter().map(|request| request.path).collect();
    (run, paths)
}

#[test]
fn policies_are_judged_together() {
    let everybody = |_: &mut Value| {};
    let but_guests = |users: &mut Value| {
        users["excludeGuestsOrExternalUsers"] = json!({
            "guestOrExternalUserTypes": "b2bCollaborationGuest,internalGuest",
            "externalTenants": { "membershipKind": "all" },
        });
    };
    let guests = |users: &mut Value| {
        users["includeUsers"] = json!([]);
        users["includeGuestsOrExternalUsers"] = json!({
            "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
            "externalTenants": { "membershipKind": "all" },
        });
    };
    let some_guests = |users: &mut Value| {
        guests(users);
        users["includeGuestsOrExternalUsers"]["guestOrExternalUserTypes"] = json!("internalGuest");
    };
    type Change<'c> = &'c dyn Fn(&mut Value);
    let cases: [(&[Change<'_>], &str); 5] = [
        (&[&everybody], "pass"),
        (&[&but_guests], "fail"),
        (&[&guests], "fail"),
        (&[&but_guests, &guests], "pass"),
        (&[&but_guests, &some_guests], "fail"),
    ];
    for (all, expected) in cases {
        let (run, paths) = of_everyone(policies(all, &[]));
        assert_eq!(run.outcome(EVERYONE, NAME), expected);
        // Nothing but the policies is needed for that.
        assert!(!paths.iter().any(|path| path.contains("batch") || path.contains(ASSIGNED)));
    }
    let (run, _) = of_everyone(policies(&[&but_guests, &some_guests], &[]));
    assert_eq!(found(&run, EVERYONE), "`P2 + P1` excludes b2bCollaborationGuest");
}

#[test]
fn who_is_in_a_group_is_read_where_it_decides() {
    let but_anna = |users: &mut Value| users["excludeUsers"] = json!([ANNA]);
    let staff = |users: &mut Value| {
        users["includeUsers"] = json!([]);
        users["includeGroups"] = json!([STAFF]);
    };
    let both: &[&dyn Fn(&mut Value)] = &[&but_anna, &staff];
    let (run, paths) = of_everyone(policies(both, &[ANNA]));
    assert_eq!(run.outcome(EVERYONE, NAME), "pass", "{:?}", run.gaps());
    assert!(paths.iter().any(|path| path.contains("$batch")));
    let (run, _) = of_everyone(policies(both, &[]));
    assert_eq!(found(&run, EVERYONE), format!("`P1` excludes {ANNA}"));
    let mut scenario = policies(both, &[ANNA]);
    scenario.faults.push(fault("/transitiveMembers", 403, "Authorization_RequestDenied"));
    let (run, _) = of_everyone(scenario.clone());
    assert_eq!(outcome_of(&run, EVERYONE), unknown("/groups/{id}/transitiveMembers", "denied"));
    // An accepted user need not be covered.
    let tenant = Tenant::serve(scenario);
    let config = format!("[control.\"{EVERYONE}\"]\naccepted-exclusions = [\"{ANNA}\"]\n");
    let url = tenant.url();
    let program = tenant.program().file("posture.toml", &config);
    let audit = ["audit", "azure", "--simulator", &url, "--format", "json", "--control", EVERYONE];
    assert_eq!(program.args(&audit).run().outcome(EVERYONE, NAME), "pass");
    // What is planned is what is called.
    assert_planned(&policies(both, &[ANNA]), &["--control", EVERYONE]);
}

#[test]
fn who_holds_a_role_is_read_where_it_decides() {
    let but_anna = |users: &mut Value| users["excludeUsers"] = json!([ANNA]);
    let holders = |users: &mut Value| {
        users["includeUsers"] = json!([]);
        users["includeRoles"] = json!([ROLE]);
    };
    let both: &[&dyn Fn(&mut Value)] = &[&but_anna, &holders];
    let of = |assigned: &[Value], now: &[Value], on_demand: &[Value]| {
        let mut scenario = policies(both, &[ANNA]);
        set(&mut scenario, ASSIGNED, json!(assigned));
        set(&mut scenario, ACTIVE, json!(now));
        set(&mut scenario, ELIGIBLE, json!(on_demand));
        scenario
    };
    let outcome = |scenario: Scenario| of_everyone(scenario).0.outcome(EVERYONE, NAME);
    let anna = || give("user", ANNA, ROLE);
    let staff = || give("group", STAFF, ROLE);
    assert_eq!(outcome(of(&[anna()], &[], &[])), "pass");
    assert_eq!(outcome(of(&[staff()], &[], &[])), "pass");
    assert_eq!(outcome(of(&[give("user", "bert", ROLE)], &[], &[])), "fail");
    assert_eq!(outcome(of(&[], &[], &[])), "fail");
    // A role that has to be asked for is held at times.
    assert_eq!(outcome(of(&[anna()], &[active(ANNA, ROLE, "Activated")], &[])), "unknown");
    assert_eq!(outcome(of(&[anna()], &[active(ANNA, ROLE, "Assigned")], &[])), "pass");
    assert_eq!(outcome(of(&[], &[], &[anna()])), "unknown");
    // One that is limited to a part of the directory does not count.
    let mut limited = anna();
    limited["directoryScopeId"] = json!("/administrativeUnits/1");
    assert_eq!(outcome(of(&[limited], &[], &[])), "fail");
    for list in [ASSIGNED, ELIGIBLE] {
        let mut scenario = of(&[], &[], &[]);
        scenario.faults.push(fault(list, 403, "Authorization_RequestDenied"));
        let (run, _) = of_everyone(scenario);
        assert_eq!(outcome_of(&run, EVERYONE), unknown(list, "denied"), "{list}");
    }
    assert_planned(&of(&[anna()], &[], &[]), &["--control", EVERYONE]);
}

/// The user action of conditional access is another way than the setting of devices.
#[test]
fn registering_a_device_takes_mfa_by_a_policy() {
    let of = |setting: &str, bend: &dyn Fn(&mut Value)| {
        let mut scenario = tenant();
        set(&mut scenario, DEVICES, json!({ "multiFactorAuthConfiguration": setting }));
        let mut policy = policy(1, "Register", "mfa");
        policy["conditions"]["applications"]["includeApplications"] = json!([]);
        policy["conditions"]["applications"]["includeUserActions"] =
            json!(["urn:user:registerdevice"]);
        bend(&mut policy);
        set(&mut scenario, POLICIES, json!([policy]));
        Tenant::serve(scenario).json(&["--control", DEVICE])
    };
    assert_eq!(of("notRequired", &|_| {}).outcome(DEVICE, NAME), "pass");
    let off = |policy: &mut Value| policy["state"] = json!("disabled");
    assert_eq!(of("notRequired", &off).outcome(DEVICE, NAME), "fail");
    assert_eq!(of("required", &off).outcome(DEVICE, NAME), "pass");
    let weak = |policy: &mut Value| {
        policy["grantControls"]["builtInControls"] = json!(["compliantDevice"]);
    };
    assert_eq!(of("notRequired", &weak).outcome(DEVICE, NAME), "fail");
    let some = |policy: &mut Value| policy["conditions"]["users"]["excludeGroups"] = json!([STAFF]);
    assert_eq!(found(&of("notRequired", &some), DEVICE), format!("`Register` excludes {STAFF}"));
    let odd = |policy: &mut Value| policy["conditions"]["moonPhases"] = json!(["full"]);
    assert_eq!(outcome_of(&of("notRequired", &odd), DEVICE), unknown(POLICIES, "undetermined"));
}
