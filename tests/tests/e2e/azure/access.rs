//! Roles: who holds what where, through whom, and what cannot be read.

use posture_sim::Rule;
use posture_sim::azure::{Resource, Scenario, Subscription};
use posture_tests::Run;
use posture_tests::azure::{
    SUBSCRIPTION, Tenant, answer, assert_planned, child, fault, patience, tenant,
};
use serde_json::{Value, json};

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const ACCESS: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";

const ROOT: &str = "/providers/Microsoft.Authorization";
const MIDDLE: &str = "/providers/Microsoft.Management/managementGroups/middle";

const CONTROLS: &[&str] = &[
    "identity.application-owners",
    "identity.classic-administrators",
    "identity.disabled-user-grants",
    "identity.full-admin-policy",
    "identity.guest-privileges",
    "identity.lock-role",
    "identity.orphaned-grants",
    "identity.owner-count",
    "identity.policy-privilege-escalation",
    "identity.role-giver-count",
    "identity.root-role-grant",
    "identity.service-wildcard-policy",
    "identity.standing-privileges",
];

/// Audits the controls of this file.
fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(&selection())
}

fn selection() -> Vec<&'static str> {
    CONTROLS.iter().flat_map(|id| ["--control", id]).collect()
}

fn whole() -> String {
    format!("/subscriptions/{SUBSCRIPTION}")
}

fn user(id: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user", "id": id, "displayName": id,
        "userPrincipalName": format!("{id}@contoso.example"), "accountEnabled": true, "userType": "Member",
    })
}

fn with(mut value: Value, key: &str, to: Value) -> Value {
    value[key] = to;
    value
}

fn properties(kind: &str, who: &str, role: &str, scope: &str) -> Value {
    json!({
        "roleDefinitionId": format!("{ROOT}/roleDefinitions/{role}"),
        "principalId": who, "principalType": kind, "scope": scope,
    })
}

/// A role that is given in the subscription.
fn give(kind: &str, who: &str, role: &str) -> Resource {
    let properties = properties(kind, who, role, &whole());
    child("Microsoft.Authorization/roleAssignments", &format!("{who}-{}", &role[..4]), properties)
}

/// A role that can be asked for in the subscription.
fn offer(kind: &str, who: &str, role: &str) -> Resource {
    let properties = properties(kind, who, role, &whole());
    let name = format!("{who}-{}-eligible", &role[..4]);
    child("Microsoft.Authorization/roleEligibilityScheduleInstances", &name, properties)
}

/// A role that is given above subscriptions.
fn give_above(kind: &str, who: &str, role: &str, scope: &str) -> Value {
    let prefix = if scope == "/" { "" } else { scope };
    json!({
        "id": format!("{prefix}{ROOT}/roleAssignments/{who}-{}", &role[..4]),
        "type": "Microsoft.Authorization/roleAssignments",
        "name": format!("{who}-{}", &role[..4]),
        "properties": properties(kind, who, role, scope),
    })
}

/// A role of the customer's.
fn custom(name: &str, scope: &str, actions: &[&str], not_actions: &[&str]) -> Value {
    json!({
        "roleName": name, "type": "CustomRole", "assignableScopes": [scope],
        "permissions": [{ "actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": [] }],
    })
}

fn role(id: &str, properties: Value) -> Resource {
    child("Microsoft.Authorization/roleDefinitions", id, properties)
}

/// A subscription with two eligible owners and a role for locks.
fn good() -> Scenario {
    let mut scenario = tenant();
    let locks = ["Microsoft.Authorization/locks/write", "Microsoft.Authorization/locks/delete"];
    scenario.subscriptions[0].resources = vec![
        offer("User", "anna", OWNER),
        offer("User", "bert", OWNER),
        give("Group", "staff", READER),
        give("ServicePrincipal", "deploy", CONTRIBUTOR),
        role("0000-locks", custom("Lock Keeper", &whole(), &locks, &[])),
    ];
    let users = ["anna", "bert", "carl", "dora", "emil", "fred"].map(user);
    scenario.graph.insert("/users".to_owned(), json!(users));
    scenario.graph.insert("/groups".to_owned(), json!([{ "id": "staff", "displayName": "Staff" }]));
    members(&mut scenario, "staff", vec![user("carl"), user("dora")]);
    let app = json!({ "id": "deploy", "displayName": "deployment", "accountEnabled": true });
    scenario.graph.insert("/servicePrincipals".to_owned(), json!([app]));
    scenario
}

fn members(scenario: &mut Scenario, group: &str, members: Vec<Value>) {
    scenario.graph.insert(format!("/groups/{group}/transitiveMembers"), json!(members));
}

fn replace_user(scenario: &mut Scenario, user: Value) {
    let users = scenario.graph.get_mut("/users").unwrap().as_array_mut().unwrap();
    users.retain(|known| known["id"] != user["id"]);
    users.push(user);
}

/// The outcome, and the reason where it is unknown.
fn outcome_of(run: &Run, control: &str, resource: &str) -> (String, Option<(String, String)>) {
    let findings = run.findings(control);
    let found = findings.iter().find(|f| f.resource.as_deref() == Some(resource));
    let found = found.unwrap_or_else(|| panic!("{control} of {resource}: {findings:?}"));
    (found.outcome.clone(), found.gap.clone())
}

fn unknown(action: &str, reason: &str) -> (String, Option<(String, String)>) {
    ("unknown".to_owned(), Some((action.to_owned(), reason.to_owned())))
}

#[test]
fn a_subscription_as_it_should_be_passes_everything() {
    let run = audit(good());
    for finding in run.json()["findings"].as_array().unwrap() {
        let fine = finding["outcome"] == "pass" || finding["resource"].is_null();
        assert!(fine, "{finding:#}");
    }
    assert_eq!(run.outcome("identity.owner-count", "production"), "pass");
    assert_eq!(run.outcome("identity.lock-role", "production"), "pass");
    assert_eq!(run.outcome("identity.guest-privileges", "Reader for Staff"), "pass");
    assert_eq!(run.outcome("identity.application-owners", "Contributor for deployment"), "pass");
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.gaps(), []);
}

#[test]
fn everything_that_can_be_wrong_is_found() {
    let mut scenario = good();
    let all = [("Microsoft.Authorization/classicAdministrators", "old")].map(|(kind, name)| {
        child(
            kind,
            name,
            json!({ "emailAddress": "old@contoso.example", "role": "CoAdministrator" }),
        )
    });
    scenario.subscriptions[0].resources = vec![
        give("User", "anna", OWNER),
        give("User", "carl", READER),
        give("User", "eve", CONTRIBUTOR),
        give("ServicePrincipal", "deploy", OWNER),
        give("User", "gone", READER),
        give("Unknown", "older", READER),
        role("0000-all", custom("Everything", &whole(), &["*"], &[])),
        role("0000-most", custom("Most", &whole(), &["*"], &["Microsoft.Authorization/*/Write"])),
        role("0000-give", custom("Giver", &whole(), &["Microsoft.Authorization/*"], &[])),
    ];
    scenario.subscriptions[0].resources.extend(all);
    scenario.tenant_resources.push(give_above("User", "bert", ACCESS, "/"));
    replace_user(&mut scenario, with(user("carl"), "accountEnabled", json!(false)));
    replace_user(&mut scenario, with(user("eve"), "userType", json!("Guest")));
    let run = audit(scenario);
    for (control, resource, expected) in [
        ("identity.application-owners", "Owner for deployment", "fail"),
        ("identity.classic-administrators", "production", "fail"),
        ("identity.disabled-user-grants", "Reader for carl@contoso.example", "fail"),
        ("identity.disabled-user-grants", "Contributor for eve@contoso.example", "pass"),
        ("identity.full-admin-policy", "Everything", "fail"),
        ("identity.full-admin-policy", "Most", "fail"),
        ("identity.full-admin-policy", "Giver", "pass"),
        ("identity.guest-privileges", "Contributor for eve@contoso.example", "fail"),
        ("identity.lock-role", "production", "fail"),
        ("identity.orphaned-grants", "Reader for gone", "fail"),
        ("identity.orphaned-grants", "Reader for older", "fail"),
        ("identity.orphaned-grants", "Owner for deployment", "pass"),
        ("identity.owner-count", "production", "pass"),
        ("identity.policy-privilege-escalation", "Everything", "fail"),
        ("identity.policy-privilege-escalation", "Giver", "fail"),
        ("identity.root-role-grant", "User Access Administrator for bert@contoso.example", "fail"),
        ("identity.root-role-grant", "Owner for anna@contoso.example", "pass"),
        ("identity.service-wildcard-policy", "Giver", "fail"),
        ("identity.standing-privileges", "Owner for anna@contoso.example", "fail"),
        ("identity.standing-privileges", "Owner for deployment", "pass"),
    ] {
        assert_eq!(run.outcome(control, resource), expected, "{control} {resource}");
    }
    assert!(run.out.contains("every action but microsoft.authorization/*/write"), "{}", run.out);
    assert!(run.out.contains("old@contoso.example (CoAdministrator)"));
}

/// Owners count through groups, from above, and as eligible; each once, and only those who can act.
#[test]
fn owners_are_counted_over_every_road() {
    let mut scenario = good();
    scenario.management_groups.insert("middle".to_owned(), vec![SUBSCRIPTION.to_owned()]);
    scenario.subscriptions[0].resources = vec![
        give("User", "anna", OWNER),
        offer("User", "anna", OWNER),
        give("User", "gone", OWNER),
        give("Group", "empty", OWNER),
    ];
    let groups = scenario.graph.get_mut("/groups").unwrap().as_array_mut().unwrap();
    groups.push(json!({ "id": "empty", "displayName": "Nobody" }));
    let one = audit(scenario.clone());
    assert_eq!(one.outcome("identity.owner-count", "production"), "fail");
    // Another group is not a way from here.
    scenario.tenant_resources.push(give_above(
        "User",
        "bert",
        OWNER,
        &MIDDLE.replace("middle", "other"),
    ));
    assert_eq!(audit(scenario.clone()).outcome("identity.owner-count", "production"), "fail");
    scenario.tenant_resources.push(give_above("Group", "staff", OWNER, MIDDLE));
    members(&mut scenario, "staff", vec![user("anna"), user("carl")]);
    assert_eq!(audit(scenario.clone()).outcome("identity.owner-count", "production"), "pass");
    // Members come in pages, and more than three of them are too many.
    scenario.page_size = 2;
    members(&mut scenario, "staff", ["anna", "carl", "dora", "emil"].map(user).into());
    let run = audit(scenario.clone());
    assert_eq!(run.outcome("identity.owner-count", "production"), "fail");
    assert!(run.out.contains("4: anna@contoso.example, carl@"), "{}", run.out);
    let off = |name| with(user(name), "accountEnabled", json!(false));
    members(&mut scenario, "staff", vec![user("anna"), off("carl"), off("dora"), user("emil")]);
    let run = audit(scenario);
    assert_eq!(run.outcome("identity.owner-count", "production"), "pass");
    assert_eq!(run.outcome("identity.disabled-user-grants", "Owner for Staff"), "fail");
    assert!(run.out.contains("carl@contoso.example, dora@contoso.example"));
}

#[test]
fn what_is_assigned_above_is_reported_once_for_all_subscriptions() {
    let mut scenario = good();
    for number in 2..5 {
        scenario.subscriptions.push(Subscription {
            id: format!("aaaaaaaa-0000-4000-8000-00000000000{number}"),
            name: format!("other {number}"),
            ..Subscription::default()
        });
    }
    let all = scenario.subscriptions.iter().map(|s| s.id.clone()).collect();
    scenario.management_groups.insert("middle".to_owned(), all);
    scenario.tenant_resources = vec![
        give_above("User", "anna", ACCESS, "/"),
        give_above("Group", "staff", OWNER, MIDDLE),
        json!({
            "id": format!("{ROOT}/roleDefinitions/0000-wide"), "name": "0000-wide",
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": custom("Wide", MIDDLE, &["*"], &[]),
        }),
    ];
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(&selection());
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    for (control, name) in [
        ("identity.root-role-grant", "User Access Administrator for anna@contoso.example"),
        ("identity.standing-privileges", "Owner for Staff"),
        ("identity.full-admin-policy", "Wide"),
    ] {
        let about: Vec<&Value> = findings
            .iter()
            .filter(|f| f["control"] == control && f["resource"]["name"] == name)
            .collect();
        assert_eq!(about.len(), 1, "{about:#?}");
        assert_eq!(about[0]["outcome"], "fail");
        assert_eq!(about[0]["scope"], "11111111-1111-4111-8111-111111111111", "{:#}", about[0]);
    }
    // Each subscription counts it for itself.
    assert_eq!(run.outcome("identity.owner-count", "other 3"), "pass");
    // No principal is requested twice.
    let asked = tenant.requests().iter().filter(|r| r.path == "/v1.0/$batch").count();
    assert!(asked <= 4, "{asked} batches");
}

#[test]
fn a_subscription_that_refuses_may_hide_what_is_given_above() {
    let mut scenario = good();
    scenario.subscriptions.push(Subscription {
        id: "aaaaaaaa-0000-4000-8000-000000000002".to_owned(),
        name: "other".to_owned(),
        not_actions: vec!["Microsoft.Authorization/roleAssignments/read".to_owned()],
        ..Subscription::default()
    });
    scenario.tenant_resources.push(give_above("User", "anna", READER, "/"));
    let run = audit(scenario);
    let report = run.json();
    let of_tenant = |finding: &&Value| {
        finding["control"] == "identity.root-role-grant"
            && finding["scope"] == "11111111-1111-4111-8111-111111111111"
    };
    let findings = report["findings"].as_array().unwrap();
    let outcomes: Vec<&Value> = findings.iter().filter(of_tenant).map(|f| &f["outcome"]).collect();
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    assert!(outcomes.contains(&&json!("pass")) && outcomes.contains(&&json!("unknown")));
    assert_eq!(
        outcome_of(&run, "identity.owner-count", "other"),
        unknown("Microsoft.Authorization/roleAssignments/read", "denied")
    );
}

/// Without the directory roles are known and people are not.
#[test]
fn without_permissions_for_the_directory_people_are_unknown() {
    let mut scenario = good();
    scenario.graph_permissions.clear();
    scenario.tenant_resources.push(give_above("User", "anna", ACCESS, "/"));
    let run = audit(scenario);
    for (control, resource, expected) in [
        ("identity.orphaned-grants", "Reader for staff", unknown("/groups/{id}", "denied")),
        ("identity.orphaned-grants", "Owner (eligible) for anna", unknown("/users/{id}", "denied")),
        (
            "identity.orphaned-grants",
            "Contributor for deploy",
            unknown("/servicePrincipals/{id}", "denied"),
        ),
        (
            "identity.disabled-user-grants",
            "Reader for staff",
            unknown("/groups/{id}/transitiveMembers", "denied"),
        ),
        ("identity.owner-count", "production", unknown("/users/{id}", "denied")),
    ] {
        assert_eq!(outcome_of(&run, control, resource), expected, "{control}");
    }
    let root = "User Access Administrator for anna";
    assert_eq!(run.outcome("identity.root-role-grant", root), "fail");
    // A guest may look, so that it does not matter who is in the group.
    assert_eq!(run.outcome("identity.guest-privileges", "Reader for staff"), "pass");
    assert_eq!(run.outcome("identity.guest-privileges", "Contributor for deploy"), "unknown");
    // Who may list members but not read users sees their ids only.
    let mut scenario = good();
    scenario.graph_permissions = vec!["GroupMember.Read.All".to_owned()];
    scenario.subscriptions[0].resources.push(give("Group", "staff", OWNER));
    let run = audit(scenario);
    assert_eq!(
        outcome_of(&run, "identity.disabled-user-grants", "Owner for Staff"),
        unknown("/users/{id}", "denied")
    );
    assert_eq!(run.outcome("identity.orphaned-grants", "Owner for Staff"), "pass");
}

/// Enough certain ones decide, however many others there may be.
#[test]
fn too_many_certain_owners_are_too_many_although_a_group_is_hidden() {
    let mut scenario = good();
    scenario.subscriptions[0].resources =
        ["anna", "bert", "carl"].map(|who| give("User", who, OWNER)).into();
    scenario.subscriptions[0].resources.push(give("Group", "staff", OWNER));
    scenario.faults.push(fault("/transitiveMembers", 403, "Authorization_RequestDenied"));
    let run = audit(scenario.clone());
    assert_eq!(
        outcome_of(&run, "identity.owner-count", "production"),
        unknown("/groups/{id}/transitiveMembers", "denied")
    );
    scenario.subscriptions[0].resources.push(give("User", "dora", OWNER));
    assert_eq!(audit(scenario).outcome("identity.owner-count", "production"), "fail");
}

#[test]
fn a_condition_leaves_open_what_it_may_narrow() {
    let mut scenario = good();
    let condition = |who: &str, role: &str, text: &str| {
        let mut given = give("User", who, role);
        given.properties.insert("condition".to_owned(), json!(text));
        given.properties.insert("conditionVersion".to_owned(), json!("2.0"));
        given
    };
    let narrow = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR \
        (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7}))";
    scenario.subscriptions[0].resources = vec![
        condition("anna", OWNER, narrow),
        condition("bert", CONTRIBUTOR, "@Resource[x:y] StringEquals 'z'"),
        condition("carl", READER, narrow),
        condition("dora", "0000-delegate", narrow),
        role(
            "0000-delegate",
            custom(
                "Delegate",
                &whole(),
                &["*/read", "Microsoft.Authorization/roleAssignments/write"],
                &[],
            ),
        ),
    ];
    let run = audit(scenario);
    let open = unknown("Microsoft.Authorization/roleAssignments/read", "undetermined");
    let control = "identity.standing-privileges";
    assert_eq!(outcome_of(&run, control, "Delegate for dora@contoso.example"), open);
    // The condition says nothing of changing roles.
    assert_eq!(run.outcome(control, "Owner for anna@contoso.example"), "fail");
    assert_eq!(run.outcome(control, "Contributor for bert@contoso.example"), "pass");
    assert_eq!(run.outcome(control, "Reader for carl@contoso.example"), "pass");
    assert_eq!(outcome_of(&run, "identity.role-giver-count", "production"), open);
    // It is an owner all the same.
    assert_eq!(run.outcome("identity.owner-count", "production"), "fail");
}

#[test]
fn a_denial_takes_the_right_to_give_roles_from_all_but_those_it_leaves_out() {
    let mut scenario = good();
    let people = ["anna", "bert", "carl", "dora", "emil", "fred"];
    scenario.subscriptions[0].resources = people.map(|who| give("User", who, OWNER)).into();
    let control = "identity.role-giver-count";
    assert_eq!(audit(scenario.clone()).outcome(control, "production"), "fail");
    let denial = json!({
        "denyAssignmentName": "stack", "scope": whole(), "doNotApplyToChildScopes": false,
        "permissions": [{ "actions": ["*/write"], "notActions": [] }],
        "principals": [{ "id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined" }],
        "excludePrincipals": [{ "id": "staff", "type": "Group" }],
        "isSystemProtected": true,
    });
    let kind = "Microsoft.Authorization/denyAssignments";
    scenario.subscriptions[0].resources.push(child(kind, "stack", denial));
    let run = audit(scenario.clone());
    assert_eq!(run.outcome(control, "production"), "pass");
    // Owners they stay.
    assert_eq!(run.outcome("identity.owner-count", "production"), "fail");
    // Whether a principal is excluded from the denial is unknown if the group is hidden.
    scenario.faults.push(fault("/transitiveMembers", 403, "Authorization_RequestDenied"));
    assert_eq!(audit(scenario.clone()).outcome(control, "production"), "unknown");
    scenario.faults = vec![fault("denyAssignments", 403, "AuthorizationFailed")];
    let denied = unknown("Microsoft.Authorization/denyAssignments/read", "denied");
    assert_eq!(outcome_of(&audit(scenario), control, "production"), denied);
}

/// A role that was activated is among the active ones, with a word on its origin.
#[test]
fn a_role_that_a_user_activated_is_not_held_all_the_time() {
    let mut scenario = good();
    let instance = |who: &str, kind: &str| {
        let origin =
            format!("{}{ROOT}/roleAssignments/{who}-{}", whole(), &OWNER[..4]).to_uppercase();
        let mut instance = properties("User", who, OWNER, &whole());
        instance["assignmentType"] = json!(kind);
        instance["originRoleAssignmentId"] = json!(origin);
        child("Microsoft.Authorization/roleAssignmentScheduleInstances", who, instance)
    };
    scenario.subscriptions[0].resources.extend([
        give("User", "carl", OWNER),
        instance("carl", "Activated"),
        give("User", "dora", OWNER),
        instance("dora", "Assigned"),
    ]);
    let control = "identity.standing-privileges";
    let run = audit(scenario.clone());
    assert_eq!(run.outcome(control, "Owner for carl@contoso.example"), "pass");
    assert_eq!(run.outcome(control, "Owner for dora@contoso.example"), "fail");
    // An unknown word may mean either.
    scenario.subscriptions[0].resources.push(instance("emil", "Borrowed"));
    let run = audit(scenario);
    let action = "Microsoft.Authorization/roleAssignmentScheduleInstances/read";
    assert_eq!(
        outcome_of(&run, control, "Owner for dora@contoso.example"),
        unknown(action, "malformed")
    );
}

/// Without the license there are no eligible assignments; if it is only hidden, that is another matter.
#[test]
fn without_the_license_no_user_is_eligible() {
    let mut scenario = good();
    scenario.subscriptions[0].resources.push(give("User", "anna", OWNER));
    scenario.premium = false;
    let run = audit(scenario.clone());
    let control = "identity.standing-privileges";
    assert_eq!(run.outcome(control, "Owner for anna@contoso.example"), "fail");
    assert_eq!(run.outcome("identity.owner-count", "production"), "fail");
    scenario.premium = true;
    scenario.not_actions =
        vec!["Microsoft.Authorization/roleEligibilityScheduleInstances/read".to_owned()];
    let run = audit(scenario);
    let denied = unknown("Microsoft.Authorization/roleEligibilityScheduleInstances/read", "denied");
    let listing = run.findings(control).into_iter().find(|f| f.resource.is_none());
    assert_eq!(listing.map(|f| (f.outcome, f.gap)), Some(denied.clone()));
    assert_eq!(outcome_of(&run, "identity.owner-count", "production"), denied);
}

#[test]
fn roles_that_may_not_be_read_are_known_where_their_ids_say_enough() {
    let mut scenario = good();
    scenario.subscriptions[0].resources.push(give("User", "carl", "0000-custom"));
    scenario.not_actions = vec!["Microsoft.Authorization/roleDefinitions/read".to_owned()];
    let run = audit(scenario);
    let denied = unknown("Microsoft.Authorization/roleDefinitions/read", "denied");
    let control = "identity.standing-privileges";
    assert_eq!(run.outcome(control, "Contributor for deployment"), "pass");
    assert_eq!(outcome_of(&run, control, "0000-custom for carl@contoso.example"), denied);
    assert_eq!(outcome_of(&run, "identity.role-giver-count", "production"), denied);
    assert_eq!(outcome_of(&run, "identity.lock-role", "production"), denied);
    assert_eq!(run.outcome("identity.owner-count", "production"), "pass");
    let findings = run.findings("identity.full-admin-policy");
    assert!(findings.iter().all(|f| f.outcome == "unknown"), "{findings:?}");
}

#[test]
fn what_makes_no_sense_costs_itself_and_is_never_a_pass() {
    let mut scenario = good();
    let mut broken = give("User", "bert", READER);
    broken.properties.remove("principalId");
    scenario.subscriptions[0].resources.push(broken);
    scenario.subscriptions[0].resources.push(give("Robot", "r2", OWNER));
    let odd = json!({ "roleName": "Odd", "type": "CustomRole", "permissions": [{ "actions": 7 }] });
    scenario.subscriptions[0].resources.push(role("0000-odd", odd));
    let run = audit(scenario);
    let assignments = "Microsoft.Authorization/roleAssignments/read";
    let holder = "Owner for r2";
    for control in [
        "identity.application-owners",
        "identity.disabled-user-grants",
        "identity.guest-privileges",
        "identity.orphaned-grants",
    ] {
        assert_eq!(
            outcome_of(&run, control, holder),
            unknown(assignments, "unsupported"),
            "{control}"
        );
        let findings = run.findings(control);
        let listing = findings.iter().find(|f| f.resource.is_none() && f.outcome == "unknown");
        assert!(listing.is_some(), "{control}: {findings:?}");
    }
    assert_eq!(run.outcome("identity.orphaned-grants", "Reader for Staff"), "pass");
    assert_eq!(run.outcome("identity.owner-count", "production"), "unknown");
    let definitions = unknown("Microsoft.Authorization/roleDefinitions/read", "malformed");
    assert_eq!(outcome_of(&run, "identity.full-admin-policy", "Odd"), definitions);
    assert_eq!(run.outcome("identity.full-admin-policy", "Lock Keeper"), "pass");
    assert_eq!(run.outcome("identity.lock-role", "production"), "pass");
}

/// A role whose permissions cannot be read may allow anything; one of the provider's own allows what it always does.
#[test]
fn a_role_that_cannot_be_read_is_unknown_unless_its_id_says_what_it_is() {
    let definitions = unknown("Microsoft.Authorization/roleDefinitions/read", "malformed");
    let role_of = |id: &str, kind: &str, permissions: &Value| {
        json!({
            "id": format!("{ROOT}/roleDefinitions/{id}"), "name": id,
            "properties": { "roleName": "Some", "type": kind, "assignableScopes": ["/"], "permissions": permissions },
        })
    };
    let empty =
        || json!({ "actions": [], "notActions": [], "dataActions": [], "notDataActions": [] });
    let without = |name: &str| {
        let mut permission = empty();
        permission.as_object_mut().unwrap().remove(name);
        json!([permission])
    };
    let mut variants =
        vec![json!([null]), json!([]), json!({}), json!(null), json!(["*"]), json!([{}])];
    variants.extend(["actions", "notActions", "dataActions", "notDataActions"].map(without));
    for permissions in variants {
        let mut scenario = good();
        scenario.subscriptions[0].resources = vec![
            give("ServicePrincipal", "deploy", "0000-some"),
            give("User", "guest", "0000-some"),
            give("User", "carl", OWNER),
        ];
        let mut users = scenario.graph["/users"].as_array().unwrap().clone();
        users.push(with(user("guest"), "userType", json!("Guest")));
        scenario.graph.insert("/users".to_owned(), json!(users));
        let list = json!({ "value": [
            role_of("0000-some", "CustomRole", &permissions),
            role_of(OWNER, "BuiltInRole", &permissions),
        ] });
        let list = list.to_string();
        scenario.faults.push(answer("/roleDefinitions?", 200, "", "", Some(&list)));
        let run = audit(scenario);
        for (control, holder) in [
            ("identity.application-owners", "deployment"),
            ("identity.guest-privileges", "guest@contoso.example"),
            ("identity.standing-privileges", "guest@contoso.example"),
        ] {
            let grant = format!("Some for {holder}");
            let found = run.findings(control).into_iter().find(|finding| {
                finding.resource.as_deref().is_some_and(|name| name.ends_with(holder))
            });
            let found = found.unwrap_or_else(|| panic!("{control} of {grant}"));
            assert_eq!((found.outcome, found.gap), definitions, "{control} {permissions}");
        }
        let owner = run.findings("identity.standing-privileges").into_iter().find(|finding| {
            finding.resource.as_deref().is_some_and(|name| name.ends_with("carl@contoso.example"))
        });
        assert_eq!(owner.unwrap().outcome, "fail", "{permissions}");
    }
    // The names of properties are the same in any case.
    let mut scenario = good();
    scenario.subscriptions[0].resources = vec![give("User", "carl", "0000-some")];
    let spelled =
        json!([{ "Actions": ["*"], "NotActions": [], "DataActions": [], "NotDataActions": [] }]);
    let list = json!({ "value": [role_of("0000-some", "CustomRole", &spelled)] }).to_string();
    scenario.faults.push(answer("/roleDefinitions?", 200, "", "", Some(&list)));
    let control = "identity.standing-privileges";
    assert_eq!(audit(scenario).outcome(control, "Some for carl@contoso.example"), "fail");
}

#[test]
fn a_batch_that_is_not_found_says_nothing_of_who_is_asked_for_in_it() {
    for code in ["Request_ResourceNotFound", "ResourceNotFound", "NotFound"] {
        let mut scenario = good();
        scenario.faults.push(fault("/$batch", 404, code));
        let run = audit(scenario);
        for control in ["identity.orphaned-grants", "identity.disabled-user-grants"] {
            let findings = run.findings(control);
            let of_grants: Vec<_> = findings.iter().filter(|f| f.resource.is_some()).collect();
            assert!(!of_grants.is_empty());
            for finding in of_grants {
                assert_eq!(finding.outcome, "unknown", "{code} {control} {:?}", finding.resource);
            }
        }
        assert_eq!(run.outcome("identity.owner-count", "production"), "unknown");
        assert_eq!(run.code, 11);
    }
}

#[test]
fn a_subscription_that_is_nowhere_found_has_not_no_administrators() {
    let control = "identity.classic-administrators";
    for code in ["SubscriptionNotFound", "ResourceNotFound", "NotFound"] {
        let mut scenario = good();
        scenario.faults.push(fault(&format!("/subscriptions/{SUBSCRIPTION}/"), 404, code));
        assert_eq!(audit(scenario).outcome(control, "production"), "unknown", "{code}");
        let mut scenario = good();
        scenario.faults.push(fault("classicAdministrators", 404, code));
        let expected = if code == "SubscriptionNotFound" { "unknown" } else { "pass" };
        assert_eq!(audit(scenario).outcome(control, "production"), expected, "{code}");
    }
}

#[test]
fn an_assignment_whose_scope_is_not_an_id_makes_the_list_incomplete() {
    for scope in ["everywhere", "", "subscriptions/1", "/x/y"] {
        let mut scenario = good();
        let mut odd = give("User", "carl", OWNER);
        odd.properties["scope"] = json!(scope);
        scenario.subscriptions[0].resources.push(odd);
        let run = audit(scenario);
        let findings = run.findings("identity.standing-privileges");
        let unread: Vec<_> = findings.iter().filter(|f| f.resource.is_none()).collect();
        // Of the subscription and of the tenant, as its place is unknown.
        assert_eq!(unread.len(), 2, "{scope}: {findings:?}");
        for finding in unread {
            let assignments = "Microsoft.Authorization/roleAssignments/read".to_owned();
            assert_eq!(finding.outcome, "unknown");
            assert_eq!(finding.gap, Some((assignments, "malformed".to_owned())));
        }
        assert_eq!(run.outcome("identity.owner-count", "production"), "unknown");
    }
}

/// What the cloud says never leads the next request somewhere else.
#[test]
fn an_id_or_a_page_that_leads_elsewhere_is_not_followed() {
    let mut scenario = good();
    scenario.subscriptions[0].resources = vec![
        give("User", "../applications", OWNER),
        give("User", "anna?$select=id", OWNER),
        give("Group", "staff", OWNER),
    ];
    let elsewhere =
        json!({ "value": [user("carl")], "@odata.nextLink": "https://evil.example/v1.0/x" });
    scenario.graph.insert("/groups/staff/transitiveMembers".to_owned(), elsewhere);
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(&selection());
    let control = "identity.disabled-user-grants";
    for resource in ["Owner for ../applications", "Owner for anna?$select=id"] {
        let (outcome, gap) = outcome_of(&run, control, resource);
        assert_eq!((outcome.as_str(), gap.unwrap().1.as_str()), ("unknown", "malformed"));
    }
    let malformed = unknown("/groups/{id}/transitiveMembers", "malformed");
    assert_eq!(outcome_of(&run, control, "Owner for Staff"), malformed);
    assert_eq!(run.outcome("identity.owner-count", "production"), "unknown");
    let requests = tenant.requests();
    assert!(requests.iter().all(|r| !r.host.contains("evil")), "{requests:?}");
}

/// Whichever subscription is done first, the tenant reports the same.
#[test]
fn a_role_above_is_known_where_one_subscription_may_read_it() {
    let mut scenario = good();
    for number in 2..6 {
        scenario.subscriptions.push(Subscription {
            id: format!("aaaaaaaa-0000-4000-8000-00000000000{number}"),
            name: format!("other {number}"),
            not_actions: vec!["Microsoft.Authorization/roleDefinitions/read".to_owned()],
            ..Subscription::default()
        });
    }
    let all = scenario.subscriptions.iter().map(|s| s.id.clone()).collect();
    scenario.management_groups.insert("middle".to_owned(), all);
    scenario.tenant_resources = vec![
        give_above("User", "anna", "0000-wide", MIDDLE),
        json!({
            "id": format!("{ROOT}/roleDefinitions/0000-wide"), "name": "0000-wide",
            "type": "Microsoft.Authorization/roleDefinitions",
            "properties": custom("Wide", MIDDLE, &["*"], &[]),
        }),
    ];
    for _ in 0..3 {
        let run = audit(scenario.clone());
        let control = "identity.standing-privileges";
        assert_eq!(run.outcome(control, "Wide for anna@contoso.example"), "fail");
    }
}

#[test]
fn administrators_from_before_roles_are_those_who_can_act() {
    let kind = "Microsoft.Authorization/classicAdministrators";
    let mut scenario = good();
    let pays = json!({ "emailAddress": "pay@contoso.example", "role": "AccountAdministrator" });
    scenario.subscriptions[0].resources.push(child(kind, "pay", pays));
    let control = "identity.classic-administrators";
    assert_eq!(audit(scenario.clone()).outcome(control, "production"), "pass");
    let both = json!({ "emailAddress": "a@b.example", "role": "ServiceAdministrator;AccountAdministrator" });
    scenario.subscriptions[0].resources.push(child(kind, "both", both));
    assert_eq!(audit(scenario.clone()).outcome(control, "production"), "fail");
    for (status, code, expected) in
        [(404, "ResourceNotFound", "pass"), (403, "AuthorizationFailed", "unknown")]
    {
        scenario.faults = vec![fault(kind, status, code)];
        assert_eq!(audit(scenario.clone()).outcome(control, "production"), expected);
    }
}

#[test]
fn who_is_throttled_inside_a_batch_is_asked_for_again() {
    let mut scenario = good();
    scenario.faults.push(Rule { times: Some(1), ..patience("/users/anna", 1) });
    let tenant = Tenant::serve(scenario.clone());
    let run = tenant.json(&selection());
    assert_eq!(run.outcome("identity.owner-count", "production"), "pass");
    assert_eq!(tenant.requests().iter().filter(|r| r.path == "/v1.0/$batch").count(), 2);
    scenario.faults = vec![patience("/users/anna", 3600)];
    let run = audit(scenario);
    let throttled = unknown("/users/{id}", "throttled");
    assert_eq!(outcome_of(&run, "identity.owner-count", "production"), throttled);
    assert_eq!(
        run.outcome("identity.orphaned-grants", "Owner (eligible) for bert@contoso.example"),
        "pass"
    );
}

/// Each list that is denied makes what it would show unknown, and names the action.
#[test]
fn a_list_that_is_refused_is_never_a_pass() {
    for (kind, control) in [
        ("classicAdministrators", "identity.classic-administrators"),
        ("denyAssignments", "identity.role-giver-count"),
        ("roleAssignments", "identity.owner-count"),
        ("roleAssignments", "identity.root-role-grant"),
        ("roleDefinitions", "identity.full-admin-policy"),
        ("roleDefinitions", "identity.lock-role"),
        ("roleEligibilityScheduleInstances", "identity.guest-privileges"),
        ("roleEligibilityScheduleInstances", "identity.owner-count"),
    ] {
        let mut scenario = good();
        let action = format!("Microsoft.Authorization/{kind}/read");
        scenario.not_actions = vec![action.clone()];
        let run = audit(scenario);
        let denied = Some((action, "denied".to_owned()));
        let findings = run.findings(control);
        assert!(findings.iter().any(|f| f.gap == denied), "{kind} {control}: {findings:?}");
        assert!(findings.iter().all(|f| f.outcome != "fail"), "{kind} {control}: {findings:?}");
    }
}

#[test]
fn only_what_is_judged_is_asked_for() {
    let paths = |controls: &[&str]| {
        let tenant = Tenant::serve(good());
        tenant.json(controls);
        let paths: Vec<String> = tenant.requests().into_iter().map(|r| r.path).collect();
        paths.join(" ").to_ascii_lowercase()
    };
    let root = paths(&["--control", "identity.root-role-grant"]);
    assert!(root.contains("/roleassignments") && root.contains("/roledefinitions"), "{root}");
    for needless in ["$batch", "denyassignments", "classicadministrators"] {
        assert!(!root.contains(needless), "{needless}");
    }
    let storage = paths(&["--control", "storage"]);
    assert!(!storage.contains("/roleassignments"), "{storage}");
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&good(), &selection());
}
