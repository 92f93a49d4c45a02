//! The administrative roles from the answers of a tenant, good and bad.

use posture_model::resource::{FactId, Kind};
use serde_json::{Value, json};

use super::super::recorded::{scopes, why};
use super::*;

const EVERY: &[FactId] = &[
    Directory::GLOBAL_ADMINISTRATORS,
    Directory::PERMANENT_ADMINISTRATORS,
    Directory::TENANT_CREATORS,
];
/// Requests that do not matter here.
const READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
fn permissions() -> [&'static str; 5] {
    [
        "User.Read.All",
        "GroupMember.Read.All",
        "Application.Read.All",
        "RoleManagement.Read.Directory",
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    ]
}

/// What a tenant answers about its roles.
#[derive(Clone, Default)]
struct Tenancy {
    assigned: Vec<Value>,
    eligible: Vec<Value>,
    active: Vec<Value>,
    /// Who is eligible for membership of groups.
    on_demand: Vec<Value>,
    without_license: bool,
    /// A permission that the identity lacks.
    lacks: Option<&'static str>,
}

fn person(kind: &str, id: &str, enabled: Value) -> Value {
    json!({
        "@odata.type": format!("#microsoft.graph.{kind}"), "id": id, "displayName": id,
        "userPrincipalName": format!("{id}@example.com"), "accountEnabled": enabled, "userType": "Member",
    })
}

fn users() -> Value {
    let user = |id: &str, enabled: Value| person("user", id, enabled);
    json!([
        user("anna", json!(true)),
        user("bert", json!(true)),
        user("carl", json!(false)),
        user("dora", Value::Null),
    ])
}

impl Tenancy {
    fn read(&self, wanted: &[FactId]) -> posture_model::scope::Scope {
        let held: Vec<&str> =
            permissions().into_iter().filter(|name| Some(*name) != self.lacks).collect();
        let robot = json!({ "id": "robot", "displayName": "robot", "accountEnabled": Value::Null });
        let members = [
            person("user", "anna", json!(true)),
            person("user", "carl", json!(false)),
            person("servicePrincipal", "robot", json!(true)),
            person("servicePrincipal", "hidden-robot", Value::Null),
            json!({ "@odata.type": "#microsoft.graph.device", "id": "laptop" }),
        ];
        let scenario = json!({
            "subscriptions": [{ "id": "s", "name": "s" }],
            "premium": !self.without_license,
            "graph": {
                "/users": users(),
                "/groups": [{ "id": "staff", "displayName": "staff" }, { "id": "no-staff", "displayName": "no-staff" }],
                "/groups/staff/transitiveMembers": members,
                "/servicePrincipals": [robot],
                ASSIGNMENTS.name: self.assigned,
                ELIGIBLE.name: self.eligible,
                ACTIVE.name: self.active,
                MEMBERS_ON_DEMAND.name: self.on_demand,
            },
            "graph_permissions": held,
        });
        scopes(&scenario, wanted, &[Kind::Directory]).pop().unwrap()
    }

    fn directory(&self) -> Directory {
        self.read(EVERY).directories.items[0].clone()
    }

    fn global(&self) -> Fact<Vec<String>> {
        self.directory().global_administrators
    }

    fn permanent(&self) -> Fact<Vec<String>> {
        self.directory().permanent_administrators
    }
}

fn give(role: &str, kind: &str, who: &str) -> Value {
    json!({
        "id": format!("{who}-{role}"), "principalId": who, "roleDefinitionId": role, "directoryScopeId": "/",
        "principal": { "@odata.type": format!("#microsoft.graph.{kind}"), "id": who },
    })
}

fn with(mut value: Value, name: &str, new: Value) -> Value {
    value[name] = new;
    value
}

fn in_force(role: &str, kind: &str, who: &str, how: &str) -> Value {
    with(give(role, kind, who), "assignmentType", json!(how))
}

fn asks(group: &str, kind: &str, who: &str, access: &str) -> Value {
    json!({
        "id": format!("{group}-{who}"), "groupId": group, "principalId": who, "accessId": access,
        "principal": { "@odata.type": format!("#microsoft.graph.{kind}"), "id": who },
    })
}

fn names(all: &[&str]) -> Fact<Vec<String>> {
    Known(all.iter().map(|name| format!("{name}@example.com")).collect())
}

fn assigned(all: &[Value]) -> Tenancy {
    Tenancy { assigned: all.to_vec(), ..Tenancy::default() }
}

#[test]
fn each_fact_names_the_holders_of_its_roles() {
    let tenant = Tenancy {
        assigned: vec![
            give(GLOBAL, "user", "anna"),
            give(&USER_ADMINISTRATOR.to_ascii_uppercase(), "user", "bert"),
            give(READER, "user", "dora"),
        ],
        eligible: vec![give(TENANT_CREATOR, "user", "bert"), give(GLOBAL, "user", "bert")],
        ..Tenancy::default()
    };
    let of = |wanted: &[FactId]| {
        let directory = tenant.read(wanted).directories.items[0].clone();
        [
            directory.global_administrators,
            directory.permanent_administrators,
            directory.tenant_creators,
        ]
    };
    let all = [names(&["anna", "bert"]), names(&["anna", "bert"]), names(&["bert"])];
    assert_eq!(of(EVERY), all);
    // What is not wanted is not collected, and does not prevent the rest from being collected.
    for (place, fact) in EVERY.iter().enumerate() {
        let mut expected = [const { Fact::not_collected() }; 3];
        expected[place] = all[place].clone();
        assert_eq!(of(&[*fact]), expected, "{fact:?}");
    }
    let none = Tenancy::default().directory();
    assert_eq!(none.global_administrators, names(&[]));
    assert_eq!(none.permanent_administrators, names(&[]));
    assert_eq!(none.tenant_creators, names(&[]));
}

#[test]
fn only_people_who_can_sign_in_count() {
    let global = |kind: &str, who: &str| assigned(&[give(GLOBAL, kind, who)]).global();
    assert_eq!(global("user", "ANNA"), names(&["anna"]));
    assert_eq!(global("user", "carl"), names(&[]));
    assert_eq!(global("user", "deleted"), names(&[]));
    // Applications are not people, even if nothing may be known about them.
    assert_eq!(global("servicePrincipal", "robot"), names(&[]));
    assert_eq!(global("servicePrincipal", "deleted"), names(&[]));
    assert_eq!(global("group", "staff"), names(&["anna"]));
    assert_eq!(global("group", "no-staff"), names(&[]));
    assert_eq!(global("group", "deleted"), names(&[]));
    // Whether this one can sign in may be unknown, and what the last ones are is not returned.
    for (kind, who) in
        [("user", "dora"), ("martian", "anna"), ("user", "an/na"), ("group", "st'aff")]
    {
        assert!(global(kind, who).gap().is_some(), "{kind} {who}");
    }
    // Each user is listed once.
    let both = [give(GLOBAL, "user", "anna"), give(GLOBAL, "group", "staff")];
    assert_eq!(assigned(&both).global(), names(&["anna"]));
}

#[test]
fn a_role_stays_unless_it_is_only_in_force_on_demand() {
    let permanent = |active: &[Value]| {
        let assigned = vec![give(GLOBAL, "user", "anna")];
        Tenancy { assigned, active: active.to_vec(), ..Tenancy::default() }.permanent()
    };
    let (anna, gone) = (names(&["anna"]), names(&[]));
    let activated = || in_force(GLOBAL, "user", "anna", "Activated");
    let elsewhere = with(activated(), "directoryScopeId", json!("/administrativeUnits/1"));
    for (active, expected) in [
        (vec![], &anna),
        (vec![activated()], &gone),
        (vec![in_force(GLOBAL, "user", "anna", "Assigned")], &anna),
        (vec![activated(), in_force(GLOBAL, "user", "anna", "Assigned")], &anna),
        // Another user's, another role's, and that of a part of the directory.
        (vec![in_force(GLOBAL, "user", "bert", "Activated")], &anna),
        (vec![in_force(USER_ADMINISTRATOR, "user", "anna", "Activated")], &anna),
        (vec![elsewhere.clone()], &anna),
        (vec![activated(), in_force(GLOBAL, "user", "bert", "Assigned")], &gone),
        (vec![activated(), in_force(USER_ADMINISTRATOR, "user", "anna", "Assigned")], &gone),
        (vec![activated(), with(elsewhere, "assignmentType", json!("Assigned"))], &gone),
    ] {
        assert_eq!(permanent(&active), *expected, "{active:?}");
    }
    assert!(permanent(&[in_force(GLOBAL, "user", "anna", "Odd")]).gap().is_some());
    // A role that changes nothing is left out, and so is an eligible one.
    assert_eq!(assigned(&[give(READER, "user", "anna")]).permanent(), gone);
    let eligible = vec![give(GLOBAL, "user", "anna")];
    assert_eq!(Tenancy { eligible, ..Tenancy::default() }.permanent(), gone);
}

#[test]
fn a_user_who_can_ask_to_be_in_a_group_holds_its_role() {
    let with_staff = |on_demand: &[Value]| Tenancy {
        assigned: vec![give(GLOBAL, "group", "staff")],
        on_demand: on_demand.to_vec(),
        ..Tenancy::default()
    };
    for (asking, expected) in [
        (vec![], names(&["anna"])),
        (vec![asks("staff", "user", "bert", "member")], names(&["anna", "bert"])),
        (vec![asks("staff", "user", "bert", "Member")], names(&["anna", "bert"])),
        // An owner holds no role, and another group does not have it.
        (vec![asks("staff", "user", "bert", "Owner")], names(&["anna"])),
        (vec![asks("no-staff", "user", "bert", "member")], names(&["anna"])),
        (vec![asks("staff", "user", "carl", "member")], names(&["anna"])),
    ] {
        assert_eq!(with_staff(&asking).global(), expected, "{asking:?}");
    }
    for odd in [
        asks("staff", "user", "bert", "unknownFutureValue"),
        with(asks("staff", "user", "bert", "member"), "accessId", Value::Null),
        with(asks("staff", "user", "bert", "member"), "principalId", Value::Null),
        with(asks("staff", "user", "bert", "owner"), "principalId", Value::Null),
        asks("staff", "martian", "bert", "member"),
    ] {
        assert!(with_staff(std::slice::from_ref(&odd)).global().gap().is_some(), "{odd}");
    }
    // The group itself may be eligible for its role, and the role may be requested by one fact only.
    let asking = vec![asks("no-staff", "user", "bert", "member")];
    let eligible = vec![give(TENANT_CREATOR, "group", "no-staff")];
    let directory = Tenancy { eligible, on_demand: asking, ..Tenancy::default() }.directory();
    assert_eq!(directory.tenant_creators, names(&["bert"]));
    assert_eq!(directory.global_administrators, names(&[]));
}

#[test]
fn without_the_license_nothing_is_on_demand() {
    let assigned = vec![give(GLOBAL, "user", "anna"), give(GLOBAL, "group", "no-staff")];
    let asked_for = vec![give(GLOBAL, "user", "bert")];
    let tenant = Tenancy {
        assigned,
        eligible: asked_for,
        active: vec![in_force(GLOBAL, "user", "anna", "Activated")],
        on_demand: vec![asks("no-staff", "user", "bert", "member")],
        ..Tenancy::default()
    };
    assert_eq!(tenant.global(), names(&["anna", "bert"]));
    assert_eq!(tenant.permanent(), names(&[]));
    let unlicensed = Tenancy { without_license: true, ..tenant };
    assert_eq!(unlicensed.global(), names(&["anna"]));
    assert_eq!(unlicensed.permanent(), names(&["anna"]));
}

#[test]
fn what_may_not_be_read_is_a_gap() {
    let tenant = |lacks: &'static str, kind: &str, who: &str| Tenancy {
        lacks: Some(lacks),
        ..assigned(&[give(GLOBAL, kind, who)])
    };
    let global = |tenant: &Tenancy| {
        let scope = tenant.read(&[Directory::GLOBAL_ADMINISTRATORS]);
        why(&scope, &scope.directories.items[0].global_administrators)
    };
    let denied = |action: &str| Some((action.to_owned(), Reason::Denied));
    // No one is known to hold a role, which does not mean that no one does.
    let blind = tenant("RoleManagement.Read.Directory", "user", "anna");
    assert_eq!(global(&blind), denied(ASSIGNMENTS.name));
    assert!(blind.permanent().gap().is_some());
    assert!(blind.directory().tenant_creators.gap().is_some());
    let users = tenant("User.Read.All", "user", "anna");
    assert_eq!(global(&users), denied(super::super::principals::USER.name));
    let on_demand = "PrivilegedEligibilitySchedule.Read.AzureADGroup";
    assert_eq!(global(&tenant(on_demand, "group", "no-staff")), denied(MEMBERS_ON_DEMAND.name));
    assert_eq!(global(&tenant(on_demand, "user", "anna")), None);
    assert_eq!(tenant(on_demand, "group", "staff").permanent(), names(&["anna"]));
    assert!(global(&tenant("GroupMember.Read.All", "group", "staff")).is_some());
    // For an ID that cannot be a group's, eligible members are not requested.
    for odd in ["st'aff", "st/aff"] {
        let (_, reason) = global(&tenant(on_demand, "group", odd)).unwrap();
        assert_eq!(reason, Reason::Malformed, "{odd}");
    }
}

#[test]
fn a_list_that_is_denied_leaves_open_what_it_would_show() {
    let refused = |action: &Action| {
        let scenario = json!({
            "subscriptions": [{ "id": "s", "name": "s" }],
            "graph": { "/users": users(), ASSIGNMENTS.name: [give(GLOBAL, "user", "anna")] },
            "graph_permissions": permissions(),
            "faults": [{ "action": action.name, "fault": "denied" }],
        });
        let scope = scopes(&scenario, EVERY, &[Kind::Directory]).pop().unwrap();
        let directory = scope.directories.items[0].clone();
        [
            directory.global_administrators,
            directory.permanent_administrators,
            directory.tenant_creators,
        ]
        .map(|fact| fact.gap().is_some())
    };
    assert_eq!(refused(&ASSIGNMENTS), [true, true, true]);
    assert_eq!(refused(&ELIGIBLE), [true, false, true]);
    assert_eq!(refused(&ACTIVE), [false, true, false]);
}

#[test]
fn a_role_that_does_not_fit_leaves_its_list_open() {
    let good = give(GLOBAL, "user", "anna");
    for name in ["principalId", "roleDefinitionId", "directoryScopeId"] {
        let odd = with(give(GLOBAL, "user", "bert"), name, Value::Null);
        let eligible =
            Tenancy { eligible: vec![odd.clone()], ..assigned(std::slice::from_ref(&good)) };
        assert!(eligible.global().gap().is_some(), "{name}");
        assert_eq!(eligible.permanent(), names(&["anna"]), "{name}");
        let both = assigned(&[good.clone(), odd]);
        assert!(both.global().gap().is_some(), "{name}");
        assert!(both.permanent().gap().is_some(), "{name}");
    }
    let odd = with(good, "principal", json!({ "@odata.type": 7 }));
    assert!(assigned(&[odd]).global().gap().is_some());
}

const ROLE: &str = "r";

fn read(items: &[Value], active: bool) -> Read {
    let given = items.iter().map(|item| given(View(item), active).ok().unwrap()).collect();
    Read { given, gap: None }
}

fn lists(assigned: &[Value], active: &[Value], eligible: &[Value]) -> Lists {
    Lists {
        assigned: read(assigned, false),
        active: read(active, true),
        eligible: read(eligible, false),
    }
}

fn gap() -> Gap {
    Gap::new(ASSIGNMENTS.name, "g", Reason::Denied)
}

/// Anna is in the group `staff`; of another one nothing is known.
fn holds(lists: &Lists, user: &str) -> Holds {
    lists.holds(user, "R", |group| match group.id.as_str() {
        "staff" => Ok(user == "anna"),
        _ => Err(gap()),
    })
}

#[test]
fn a_user_holds_a_role_by_itself_or_through_a_group() {
    let anna = give(ROLE, "user", "ANNA");
    let staff = give(ROLE, "group", "staff");
    assert_eq!(holds(&lists(std::slice::from_ref(&anna), &[], &[]), "anna"), Holds::Always);
    assert_eq!(holds(&lists(std::slice::from_ref(&staff), &[], &[]), "anna"), Holds::Always);
    assert_eq!(holds(&lists(&[anna.clone(), staff.clone()], &[], &[]), "bert"), Holds::Never);
    assert_eq!(holds(&Lists::default(), "anna"), Holds::Never);
    assert_eq!(holds(&lists(&[], &[], std::slice::from_ref(&anna)), "anna"), Holds::OnDemand);
    assert_eq!(holds(&lists(&[], &[], std::slice::from_ref(&staff)), "anna"), Holds::OnDemand);
    assert_eq!(holds(&lists(&[], &[], std::slice::from_ref(&staff)), "bert"), Holds::Never);
    // Another role, and a part of the directory.
    for (name, value) in
        [("roleDefinitionId", "other"), ("directoryScopeId", "/administrativeUnits/1")]
    {
        let other = with(anna.clone(), name, json!(value));
        let of = lists(std::slice::from_ref(&other), &[], std::slice::from_ref(&other));
        assert_eq!(holds(&of, "anna"), Holds::Never, "{name}");
    }
    // What was asked for is held for a while, unless it is assigned as well.
    let of = |kind: &str| with(anna.clone(), "assignmentType", json!(kind));
    let now = |active: &[Value]| holds(&lists(std::slice::from_ref(&anna), active, &[]), "anna");
    assert_eq!(now(&[of("activated")]), Holds::OnDemand);
    assert_eq!(now(&[of("Assigned")]), Holds::Always);
    assert_eq!(now(&[of("Activated"), of("Assigned")]), Holds::Always);
}

#[test]
fn what_was_not_read_leaves_it_open() {
    let anna = give(ROLE, "user", "anna");
    for unknown in [give(ROLE, "group", "hidden"), give(ROLE, "martian", "x")] {
        for of in [
            lists(std::slice::from_ref(&unknown), &[], &[]),
            lists(&[], &[], std::slice::from_ref(&unknown)),
        ] {
            assert!(matches!(holds(&of, "anna"), Holds::Unknown(_)), "{unknown}");
        }
        let of = lists(&[unknown.clone(), anna.clone()], &[], &[]);
        assert_eq!(holds(&of, "anna"), Holds::Always);
        let of = lists(&[unknown], &[], std::slice::from_ref(&anna));
        assert!(matches!(holds(&of, "anna"), Holds::Unknown(_)));
    }
    // An identity of unknown kind may be the user itself.
    assert_eq!(holds(&lists(&[give(ROLE, "martian", "anna")], &[], &[]), "anna"), Holds::Always);
    let mut cut = lists(&[], &[], &[]);
    cut.assigned.gap = Some(gap());
    assert_eq!(holds(&cut, "anna"), Holds::Unknown(gap()));
    let mut cut = lists(&[], &[], &[]);
    cut.eligible.gap = Some(gap());
    assert_eq!(holds(&cut, "anna"), Holds::Unknown(gap()));
    // Whether it was asked for is not known.
    let mut cut = lists(&[anna], &[], &[]);
    cut.active.gap = Some(gap());
    assert_eq!(holds(&cut, "anna"), Holds::Unknown(gap()));
    assert_eq!(holds(&cut, "bert"), Holds::Never);
}

#[test]
fn the_groups_that_hold_roles_are_those_to_ask_for() {
    let staff = give(ROLE, "group", "Staff");
    let other = with(give(ROLE, "group", "other"), "roleDefinitionId", json!("other"));
    let of =
        lists(&[staff, give(ROLE, "user", "anna"), other], &[], &[give(ROLE, "group", "late")]);
    let ids = |roles: &[&str]| -> Vec<String> {
        of.groups(roles).into_iter().map(|group| group.id).collect()
    };
    assert_eq!(ids(&["R"]), ["late", "staff"]);
    assert_eq!(ids(&["other"]), ["other"]);
    assert_eq!(ids(&[]), [""; 0]);
}

#[test]
fn a_role_that_makes_no_sense_is_none() {
    let good = with(give(ROLE, "user", "Anna"), "assignmentType", json!("Assigned"));
    assert_eq!(given(View(&good), true).ok().unwrap().activated, Some(false));
    assert_eq!(given(View(&good), false).ok().unwrap().activated, None);
    assert_eq!(given(View(&good), false).ok().unwrap().to.id, "anna");
    assert!(given(View(&with(good.clone(), "assignmentType", json!("Odd"))), true).is_err());
    for name in ["principalId", "roleDefinitionId"] {
        assert!(given(View(&with(good.clone(), name, Value::Null)), false).is_err(), "{name}");
    }
    let scoped = with(good, "directoryScopeId", Value::Null);
    assert!(given(View(&scoped), false).is_err());
    let app = with(scoped, "appScopeId", json!("/app"));
    assert_eq!(given(View(&app), false).ok().unwrap().scope, "/app");
}
