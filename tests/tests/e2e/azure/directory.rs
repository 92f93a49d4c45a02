//! The settings of the directory, and who holds its administrative roles.

use posture_sim::Rule;
use posture_sim::azure::Scenario;
use posture_tests::Run;
use posture_tests::azure::{Tenant, assert_planned, fault, garbled, patience, tenant};
use serde_json::{Value, json};

const DEFAULTS: &str = "/policies/identitySecurityDefaultsEnforcementPolicy";
const AUTHORIZATION: &str = "/policies/authorizationPolicy";
const DEVICES: &str = "/policies/deviceRegistrationPolicy";
const SETTINGS: &str = "/groupSettings";
const MOVES: &str = "Microsoft.Subscription/policies";
pub(super) const ASSIGNED: &str = "/roleManagement/directory/roleAssignments";
pub(super) const ACTIVE: &str = "/roleManagement/directory/roleAssignmentScheduleInstances";
pub(super) const ELIGIBLE: &str = "/roleManagement/directory/roleEligibilityScheduleInstances";

/// The actions whose failure each control reports.
const ACTIONS: &[(&str, &[&str])] = &[
    (DEFAULTS, &["identity.security-defaults"]),
    (
        AUTHORIZATION,
        &[
            "identity.application-registration",
            "identity.group-creation",
            "identity.guest-access",
            "identity.guest-invitations",
            "identity.tenant-creation",
            "identity.user-consent",
        ],
    ),
    (DEVICES, &["identity.device-registration-mfa"]),
    (
        SETTINGS,
        &["identity.banned-passwords", "identity.lockout-duration", "identity.lockout-threshold"],
    ),
    ("Microsoft.Subscription/policies/read", &["identity.subscription-moves"]),
    (
        ASSIGNED,
        &[
            "identity.global-administrator-count",
            "identity.standing-administrators",
            "identity.tenant-creators",
        ],
    ),
    (ELIGIBLE, &["identity.global-administrator-count", "identity.tenant-creators"]),
    (ACTIVE, &["identity.standing-administrators"]),
];

pub(super) const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
pub(super) const CREATOR: &str = "112ca1a2-15ad-4102-995e-45b0bc479a6a";
const READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

pub(super) const NAME: &str = "Entra ID";

fn controls() -> Vec<&'static str> {
    let mut all: Vec<_> =
        ACTIONS.iter().flat_map(|(_, controls)| controls.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn selection() -> Vec<&'static str> {
    controls().into_iter().flat_map(|id| ["--control", id]).collect()
}

pub(super) fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(&selection())
}

fn authorization() -> Value {
    json!({
        "id": "authorizationPolicy", "displayName": "Authorization Policy",
        "allowInvitesFrom": "adminsAndGuestInviters",
        "guestUserRoleId": "2af84b1e-32c8-42b7-82bc-daa82404023b",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": false, "allowedToCreateSecurityGroups": false,
            "allowedToCreateTenants": false,
            "permissionGrantPoliciesAssigned": [
                "managePermissionGrantsForSelf.microsoft-user-default-low",
                "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"
            ],
        },
    })
}

fn rules(values: &[(&str, &str)]) -> Value {
    let values: Vec<Value> =
        values.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "id": "rules", "displayName": "Password Rule Settings",
        "templateId": "5cf42378-d67d-4f36-ba46-e8b86229381d", "values": values,
    })
}

const STRICT: &[(&str, &str)] = &[
    ("BannedPasswordCheckOnPremisesMode", "Enforce"),
    ("EnableBannedPasswordCheckOnPremises", "True"),
    ("EnableBannedPasswordCheck", "True"),
    ("LockoutDurationInSeconds", "60"),
    ("LockoutThreshold", "5"),
    ("BannedPasswordList", "contoso\tzurich"),
];

fn moves(properties: Value) -> Vec<Value> {
    vec![json!({
        "id": "/providers/Microsoft.Subscription/policies/default", "name": "default",
        "type": MOVES, "properties": properties,
    })]
}

pub(super) fn user(id: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user", "id": id, "displayName": id,
        "userPrincipalName": format!("{id}@contoso.example"), "accountEnabled": true,
        "userType": "Member",
    })
}

pub(super) fn give(kind: &str, who: &str, role: &str) -> Value {
    json!({
        "id": format!("{who}-{}", &role[..4]), "principalId": who, "roleDefinitionId": role,
        "directoryScopeId": "/", "appScopeId": null,
        "principal": { "@odata.type": format!("#microsoft.graph.{kind}"), "id": who },
    })
}

pub(super) fn active(who: &str, role: &str, kind: &str) -> Value {
    let mut given = give("user", who, role);
    given["assignmentType"] = json!(kind);
    given
}

/// A directory as it should be, with two eligible global administrators, one of them through a group.
pub(super) fn good() -> Scenario {
    let mut scenario = tenant();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": true }));
    set(&mut scenario, AUTHORIZATION, authorization());
    set(&mut scenario, DEVICES, json!({ "multiFactorAuthConfiguration": "required" }));
    let other = json!({ "id": "unified", "templateId": "62375ab9-6b52-47ed-826b-58e47e0e304b", "values": [] });
    set(&mut scenario, SETTINGS, json!([other, rules(STRICT)]));
    scenario.tenant_resources = moves(json!({
        "policyId": "1", "blockSubscriptionsLeavingTenant": true,
        "blockSubscriptionsIntoTenant": true, "exemptedPrincipals": [],
    }));
    let users = ["anna", "bert", "carl", "dora", "emil", "fred"].map(user);
    set(&mut scenario, "/users", json!(users));
    set(&mut scenario, "/groups", json!([{ "id": "admins", "displayName": "Administrators" }]));
    set(&mut scenario, "/groups/admins/transitiveMembers", json!([user("bert")]));
    // A user may read permanently, an application has to, and anna has activated her role.
    let assigned = [
        give("user", "carl", READERS),
        give("servicePrincipal", "sync", GLOBAL),
        give("user", "anna", GLOBAL),
    ];
    set(&mut scenario, ASSIGNED, json!(assigned));
    let now = [active("carl", READERS, "Assigned"), active("anna", GLOBAL, "Activated")];
    set(&mut scenario, ACTIVE, json!(now));
    let eligible = [give("user", "anna", GLOBAL), give("group", "admins", GLOBAL)];
    set(&mut scenario, ELIGIBLE, json!(eligible));
    scenario
}

pub(super) fn set(scenario: &mut Scenario, path: &str, value: Value) {
    scenario.graph.insert(path.to_owned(), value);
}

pub(super) fn add(scenario: &mut Scenario, path: &str, value: Value) {
    scenario.graph.get_mut(path).unwrap().as_array_mut().unwrap().push(value);
}

/// The outcome, and the reason where it is unknown.
pub(super) fn outcome_of(run: &Run, control: &str) -> (String, Option<(String, String)>) {
    let findings = run.findings(control);
    let found = findings.iter().find(|f| f.resource.as_deref() == Some(NAME));
    let found = found.unwrap_or_else(|| panic!("{control}: {findings:?}"));
    (found.outcome.clone(), found.gap.clone())
}

pub(super) fn unknown(action: &str, reason: &str) -> (String, Option<(String, String)>) {
    ("unknown".to_owned(), Some((action.to_owned(), reason.to_owned())))
}

#[test]
fn a_directory_as_it_should_be_passes_everything() {
    let run = audit(good());
    for control in controls() {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}: {:?}", run.findings(control));
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn everything_wrong_fails_everything() {
    let mut scenario = good();
    set(&mut scenario, DEFAULTS, json!({ "id": "1", "isEnabled": false }));
    let mut policy = authorization();
    policy["allowInvitesFrom"] = json!("everyone");
    policy["guestUserRoleId"] = json!("A0B1B346-4D3E-4E8B-98F8-753987BE4970");
    policy["defaultUserRolePermissions"] = json!({
        "allowedToCreateApps": true, "allowedToCreateSecurityGroups": true,
        "allowedToCreateTenants": true,
        "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"],
    });
    set(&mut scenario, AUTHORIZATION, policy);
    set(&mut scenario, DEVICES, json!({ "multiFactorAuthConfiguration": "notRequired" }));
    let lax = [
        ("EnableBannedPasswordCheck", "False"),
        ("LockoutDurationInSeconds", "5"),
        ("LockoutThreshold", "50"),
        ("BannedPasswordList", "contoso"),
    ];
    set(&mut scenario, SETTINGS, json!([rules(&lax)]));
    scenario.tenant_resources = moves(json!({
        "blockSubscriptionsLeavingTenant": true, "blockSubscriptionsIntoTenant": false,
    }));
    for who in ["anna", "bert", "carl", "dora", "emil"] {
        add(&mut scenario, ASSIGNED, give("user", who, GLOBAL));
    }
    add(&mut scenario, ASSIGNED, give("user", "fred", CREATOR));
    let run = audit(scenario);
    for control in controls() {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}: {:?}", run.findings(control));
    }
}

#[test]
fn what_is_refused_is_unknown_and_names_what_was_asked() {
    let mut scenario = good();
    scenario.graph_permissions.clear();
    scenario.not_actions = vec!["Microsoft.Subscription/*".to_owned()];
    let run = audit(scenario);
    let mut seen = Vec::new();
    for (action, controls) in ACTIONS {
        for control in *controls {
            // Of two that are denied the first is reported.
            if !seen.contains(control) {
                assert_eq!(outcome_of(&run, control), unknown(action, "denied"));
                seen.push(*control);
            }
        }
    }
}

#[test]
fn a_failure_or_nonsense_is_never_a_pass() {
    for (action, controls) in ACTIONS {
        let path = action.trim_end_matches("/read").to_owned();
        // One name is the beginning of another.
        let path = if *action == ASSIGNED { format!("{path}?") } else { path };
        let garbled = garbled(&path);
        let throttled = patience(&path, 3600);
        let denied = fault(&path, 403, "Authorization_RequestDenied");
        for (fault, reason) in
            [(garbled, "malformed"), (throttled, "throttled"), (denied, "denied")]
        {
            let mut scenario = good();
            scenario.faults = vec![fault];
            let run = audit(scenario);
            for control in *controls {
                assert_eq!(outcome_of(&run, control), unknown(action, reason), "{control}");
            }
        }
        let mut scenario = good();
        let once = Rule { times: Some(1), ..patience(&path, 1) };
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
        assert_eq!(outcome_of(&run, "identity.security-defaults"), unknown(DEFAULTS, "malformed"));
    }
    let mut scenario = good();
    set(&mut scenario, AUTHORIZATION, json!({ "id": "authorizationPolicy" }));
    set(&mut scenario, DEVICES, json!({ "multiFactorAuthConfiguration": "unknownFutureValue" }));
    let run = audit(scenario);
    for control in ACTIONS[1].1 {
        assert_eq!(outcome_of(&run, control), unknown(AUTHORIZATION, "malformed"), "{control}");
    }
    assert_eq!(
        outcome_of(&run, "identity.device-registration-mfa"),
        unknown(DEVICES, "undetermined")
    );

    let mut scenario = good();
    let mut policy = authorization();
    policy["allowInvitesFrom"] = json!("friends");
    policy["guestUserRoleId"] = json!("00000000-0000-0000-0000-000000000000");
    policy["defaultUserRolePermissions"]["allowedToCreateApps"] = json!("perhaps");
    set(&mut scenario, AUTHORIZATION, policy);
    // MFA was not set as required, and it is not by default.
    set(&mut scenario, DEVICES, json!({ "id": "deviceRegistrationPolicy" }));
    let run = audit(scenario);
    for control in ["identity.guest-access", "identity.guest-invitations"] {
        assert_eq!(outcome_of(&run, control), unknown(AUTHORIZATION, "undetermined"), "{control}");
    }
    let control = "identity.application-registration";
    assert_eq!(outcome_of(&run, control), unknown(AUTHORIZATION, "malformed"));
    assert_eq!(run.outcome("identity.tenant-creation", NAME), "pass");
    assert_eq!(run.outcome("identity.device-registration-mfa", NAME), "fail");
}

#[test]
fn the_widest_of_several_policies_of_consent_counts() {
    let own = |name: &str| format!("managePermissionGrantsForSelf.{name}");
    let (low, any) = (own("microsoft-user-default-low"), own("Microsoft-User-Default-Legacy"));
    let recommended = own("microsoft-user-default-recommended");
    for (policies, expected) in [
        (json!([]), "pass"),
        (json!([low]), "pass"),
        (json!([low, own("contoso")]), "undetermined"),
        (json!([any, recommended]), "fail"),
        // What the provider recommends changes without a word.
        (json!([recommended]), "undetermined"),
        (json!([low, recommended]), "undetermined"),
        (json!(["somethingElse.microsoft-user-default-low"]), "undetermined"),
        (json!([7]), "malformed"),
        (json!("none"), "malformed"),
        (Value::Null, "malformed"),
    ] {
        let mut scenario = good();
        let mut policy = authorization();
        policy["defaultUserRolePermissions"]["permissionGrantPoliciesAssigned"] = policies.clone();
        set(&mut scenario, AUTHORIZATION, policy);
        let (outcome, gap) = outcome_of(&audit(scenario), "identity.user-consent");
        let found = gap.map_or(outcome, |(_, reason)| reason);
        assert_eq!(found, expected, "{policies}");
    }
}

#[test]
fn rules_of_passwords_that_were_not_changed_are_those_of_the_service() {
    for cloud in ["public", "usgovernment"] {
        let mut scenario = good();
        scenario.cloud = cloud.to_owned();
        set(&mut scenario, SETTINGS, json!([]));
        let run = audit(scenario);
        assert_eq!(run.outcome("identity.lockout-threshold", NAME), "pass");
        assert_eq!(run.outcome("identity.lockout-duration", NAME), "pass");
        assert_eq!(run.outcome("identity.banned-passwords", NAME), "fail");
    }
}

#[test]
fn rules_of_passwords_that_do_not_fit_are_unknown_each_for_itself() {
    let mut scenario = good();
    let odd = [
        ("EnableBannedPasswordCheck", "True"),
        ("LockoutDurationInSeconds", "a minute"),
        ("LockoutThreshold", "0"),
        ("BannedPasswordList", "contoso"),
    ];
    set(&mut scenario, SETTINGS, json!([rules(&odd)]));
    let run = audit(scenario);
    let malformed = unknown(SETTINGS, "malformed");
    assert_eq!(outcome_of(&run, "identity.lockout-threshold"), malformed);
    assert_eq!(outcome_of(&run, "identity.lockout-duration"), malformed);
    assert_eq!(run.outcome("identity.banned-passwords", NAME), "pass");

    for (name, value, expected) in
        [("BannedPasswordList", "", "fail"), ("EnableBannedPasswordCheck", "maybe", "unknown")]
    {
        let mut scenario = good();
        let changed: Vec<_> = STRICT
            .iter()
            .map(|(own, old)| (*own, if *own == name { value } else { old }))
            .collect();
        set(&mut scenario, SETTINGS, json!([rules(&changed)]));
        assert_eq!(audit(scenario).outcome("identity.banned-passwords", NAME), expected, "{name}");
    }

    // Two of them contradict each other, one without its template may be either, and one without values says nothing.
    for settings in [
        json!([rules(STRICT), rules(STRICT)]),
        json!([{ "id": "rules", "values": [] }]),
        json!([{ "templateId": "5CF42378-D67D-4F36-BA46-E8B86229381D", "values": "none" }]),
    ] {
        let mut scenario = good();
        set(&mut scenario, SETTINGS, settings.clone());
        let run = audit(scenario);
        for control in ACTIONS[3].1 {
            assert_eq!(outcome_of(&run, control), malformed, "{control} {settings}");
        }
    }
}

#[test]
fn subscriptions_may_move_where_it_was_not_forbidden() {
    let control = "identity.subscription-moves";
    let action = "Microsoft.Subscription/policies/read";
    for (resources, expected) in [
        (vec![], ("fail".to_owned(), None)),
        (moves(json!({})), ("fail".to_owned(), None)),
        (moves(json!({ "blockSubscriptionsLeavingTenant": true })), ("fail".to_owned(), None)),
        (moves(Value::Null), unknown(action, "malformed")),
        (
            moves(json!({
                "blockSubscriptionsLeavingTenant": "perhaps", "blockSubscriptionsIntoTenant": true,
            })),
            unknown(action, "malformed"),
        ),
    ] {
        let mut scenario = good();
        scenario.tenant_resources = resources.clone();
        assert_eq!(outcome_of(&audit(scenario), control), expected, "{resources:?}");
    }
}

#[test]
fn a_list_of_many_pages_is_read_to_its_end() {
    let mut scenario = good();
    scenario.page_size = 1;
    let run = audit(scenario);
    for control in controls() {
        assert_eq!(run.outcome(control, NAME), "pass", "{control}");
    }
}

#[test]
fn only_what_is_judged_is_asked_for() {
    let paths = |controls: &[&str]| {
        let tenant = Tenant::serve(good());
        tenant.json(controls);
        let paths: Vec<String> = tenant.requests().into_iter().map(|r| r.path).collect();
        paths.join(" ")
    };
    let defaults = paths(&["--control", "identity.security-defaults"]);
    assert!(defaults.contains(DEFAULTS), "{defaults}");
    for needless in [AUTHORIZATION, DEVICES, SETTINGS, MOVES, ASSIGNED, "$batch"] {
        assert!(!defaults.contains(needless), "{needless}");
    }
    let count = paths(&["--control", "identity.global-administrator-count"]);
    assert!(!count.contains(ACTIVE), "{count}");
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&good(), &selection());
}
