//! Who holds the administrative roles of the directory.

use posture_sim::azure::Scenario;
use posture_tests::azure::fault;
use serde_json::{Value, json};

use super::directory::{
    ACTIVE, ASSIGNED, CREATOR, ELIGIBLE, GLOBAL, NAME, active, add, audit, give, good, outcome_of,
    set, unknown, user,
};

const IN_GROUPS: &str = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances";
const USERS: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";

#[test]
fn administrators_count_once_however_they_hold_the_role() {
    let control = "identity.global-administrator-count";
    // Anna and bert hold it already; those who are switched off do not count, nor do applications.
    let mut scenario = good();
    let mut off = user("gone");
    off["accountEnabled"] = json!(false);
    add(&mut scenario, "/users", off.clone());
    add(&mut scenario, ASSIGNED, give("user", "gone", GLOBAL));
    add(&mut scenario, ASSIGNED, give("user", "deleted", GLOBAL));
    add(&mut scenario, ELIGIBLE, give("user", "bert", GLOBAL));
    set(
        &mut scenario,
        "/groups/admins/transitiveMembers",
        json!([user("anna"), user("bert"), user("carl"), user("dora"), off]),
    );
    assert_eq!(audit(scenario.clone()).outcome(control, NAME), "pass");
    add(&mut scenario, ELIGIBLE, give("user", "emil", GLOBAL));
    assert_eq!(audit(scenario.clone()).outcome(control, NAME), "fail");
    // One alone is too few.
    set(&mut scenario, ELIGIBLE, json!([]));
    assert_eq!(audit(scenario.clone()).outcome(control, NAME), "fail");
    // The members of the group are unknown.
    let mut scenario = good();
    scenario.faults.push(fault("/transitiveMembers", 403, "Authorization_RequestDenied"));
    assert_eq!(
        outcome_of(&audit(scenario), control),
        unknown("/groups/{id}/transitiveMembers", "denied")
    );
    let mut scenario = good();
    scenario
        .graph_permissions
        .retain(|name| name != "User.Read.All" && name != "Directory.Read.All");
    scenario.graph_permissions.push("GroupMember.Read.All".to_owned());
    assert_eq!(outcome_of(&audit(scenario), control), unknown("/users/{id}", "denied"));
    // Nor is the holder of the role known, if its kind is unknown.
    let mut scenario = good();
    let mut unclear = give("user", "emil", GLOBAL);
    unclear["principal"] = Value::Null;
    add(&mut scenario, ASSIGNED, unclear);
    assert_eq!(outcome_of(&audit(scenario), control), unknown(ASSIGNED, "undetermined"));
    let mut scenario = good();
    add(&mut scenario, ELIGIBLE, json!({ "id": "odd" }));
    assert_eq!(outcome_of(&audit(scenario), control), unknown(ELIGIBLE, "malformed"));
}

#[test]
fn a_user_who_can_ask_to_be_in_a_group_counts_as_well() {
    let control = "identity.global-administrator-count";
    let may = |who: &str, group: &str, access: &str| {
        json!({
            "id": format!("{who}-{group}"), "groupId": group, "principalId": who, "accessId": access,
            "principal": { "@odata.type": "#microsoft.graph.user", "id": who },
        })
    };
    let mut scenario = good();
    let some = ["carl", "dora"].map(|who| may(who, "admins", "member"));
    set(&mut scenario, IN_GROUPS, json!(some));
    add(&mut scenario, IN_GROUPS, may("emil", "others", "member"));
    add(&mut scenario, IN_GROUPS, may("fred", "admins", "owner"));
    assert_eq!(audit(scenario.clone()).outcome(control, NAME), "pass");
    add(&mut scenario, IN_GROUPS, may("emil", "admins", "member"));
    assert_eq!(audit(scenario.clone()).outcome(control, NAME), "fail");
    scenario.page_size = 1;
    assert_eq!(audit(scenario).outcome(control, NAME), "fail");
    let mut scenario = good();
    scenario.graph_permissions.retain(|name| !name.starts_with("PrivilegedEligibility"));
    assert_eq!(outcome_of(&audit(scenario), control), unknown(IN_GROUPS, "denied"));
    let mut scenario = good();
    set(&mut scenario, IN_GROUPS, json!([may("carl", "admins", "friend")]));
    assert_eq!(outcome_of(&audit(scenario), control), unknown(IN_GROUPS, "malformed"));
}

#[test]
fn users_who_may_create_tenants_by_a_role_are_named_however_they_hold_it() {
    let control = "identity.tenant-creators";
    // Global administrators are another matter.
    assert_eq!(audit(good()).outcome(control, NAME), "pass");
    let found = |scenario: Scenario| {
        let run = audit(scenario);
        assert_eq!(run.outcome(control, NAME), "fail");
        let report = run.json();
        let mut all = report["findings"].as_array().unwrap().iter();
        let finding = all.find(|finding| finding["control"] == control).unwrap();
        finding["evidence"][0]["found"].as_str().unwrap().to_owned()
    };
    let mut scenario = good();
    add(&mut scenario, ASSIGNED, give("user", "carl", CREATOR));
    assert_eq!(found(scenario.clone()), "carl@contoso.example");
    add(&mut scenario, ELIGIBLE, give("group", "admins", CREATOR));
    set(&mut scenario, "/groups/admins/transitiveMembers", json!([user("dora")]));
    assert_eq!(found(scenario.clone()), "carl@contoso.example, dora@contoso.example");
    let mut may = give("user", "emil", CREATOR);
    (may["groupId"], may["accessId"]) = (json!("admins"), json!("member"));
    add(&mut scenario, "/users", user("emil"));
    set(&mut scenario, IN_GROUPS, json!([may]));
    let all = "carl@contoso.example, dora@contoso.example, emil@contoso.example";
    assert_eq!(found(scenario.clone()), all);
    scenario.graph_permissions.retain(|name| !name.starts_with("PrivilegedEligibility"));
    assert_eq!(outcome_of(&audit(scenario), control), unknown(IN_GROUPS, "denied"));
    // Without the license no user is eligible.
    let mut scenario = good();
    scenario.premium = false;
    assert_eq!(audit(scenario).outcome(control, NAME), "pass");
}

#[test]
fn a_role_that_was_activated_is_not_permanent_and_one_that_is_assigned_is() {
    let control = "identity.standing-administrators";
    let mut scenario = good();
    add(&mut scenario, ASSIGNED, give("user", "dora", USERS));
    add(&mut scenario, ACTIVE, active("dora", USERS, "Assigned"));
    assert_eq!(audit(scenario).outcome(control, NAME), "fail");
    // It is not among those in force, so that nothing says that it will end.
    let mut scenario = good();
    add(&mut scenario, ASSIGNED, give("group", "admins", USERS));
    let run = audit(scenario.clone());
    assert_eq!(run.outcome(control, NAME), "fail");
    // Asked for and assigned as well.
    let mut scenario = good();
    add(&mut scenario, ACTIVE, active("anna", GLOBAL, "Assigned"));
    assert_eq!(audit(scenario).outcome(control, NAME), "fail");
    // With an unknown word it may be either.
    let mut scenario = good();
    add(&mut scenario, ACTIVE, active("emil", GLOBAL, "Borrowed"));
    assert_eq!(outcome_of(&audit(scenario), control), unknown(ACTIVE, "malformed"));
}

/// Without the license there are no eligible assignments, and every role is active.
#[test]
fn without_the_license_no_user_is_eligible() {
    let mut scenario = good();
    scenario.premium = false;
    let run = audit(scenario.clone());
    assert_eq!(run.outcome("identity.global-administrator-count", NAME), "fail");
    assert_eq!(run.outcome("identity.standing-administrators", NAME), "fail");
    add(&mut scenario, ASSIGNED, give("user", "bert", GLOBAL));
    let run = audit(scenario);
    assert_eq!(run.outcome("identity.global-administrator-count", NAME), "pass");
}
