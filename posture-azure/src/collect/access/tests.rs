//! Roles and who holds them, from the answers of a subscription, good and bad.

use posture_model::resource::Kind;
use serde_json::{Value, json};

use super::super::answers::{Answers, ID, audited, value_of};
use super::*;

const AUTHORIZATION: &str = "providers/Microsoft.Authorization";
const CUSTOM: &str = "cccccccc-0000-4000-8000-000000000001";
const WRITE_LOCKS: &str = "Microsoft.Authorization/locks/write";
const DELETE_LOCKS: &str = "Microsoft.Authorization/locks/delete";

fn gap(target: &str) -> Gap {
    Gap::new(DEFINITIONS.name, target, Reason::Denied)
}

fn path(kind: &str) -> String {
    format!("/subscriptions/{ID}/{AUTHORIZATION}/{kind}")
}

/// A subscription without role assignments.
fn nothing() -> Answers {
    [
        "roleAssignments",
        "roleEligibilityScheduleInstances",
        "roleAssignmentScheduleInstances",
        "roleDefinitions",
        "denyAssignments",
        "classicAdministrators",
    ]
    .iter()
    .fold(Answers::new(), |answers, kind| answers.with(&path(kind), json!({ "value": [] })))
}

fn given_role(to: &str, kind: &str, role: &str, scope: &str) -> Value {
    json!({
        "id": format!("{}/{AUTHORIZATION}/roleAssignments/{to}-{role}", scope.trim_end_matches('/')),
        "properties": {
            "roleDefinitionId": format!("/subscriptions/{ID}/{AUTHORIZATION}/roleDefinitions/{role}"),
            "principalId": to, "principalType": kind, "scope": scope,
        },
    })
}

fn here() -> String {
    format!("/subscriptions/{ID}")
}

fn definition(name: &str, actions: &[&str], not_actions: &[&str], scope: &str) -> Value {
    json!({
        "name": name,
        "properties": {
            "type": "CustomRole", "roleName": name, "assignableScopes": [scope],
            "permissions": [{
                "actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": [],
            }],
        },
    })
}

/// Responses of Microsoft Graph to one batch, in the order of the requests.
fn batch(bodies: &[Value]) -> Value {
    let one = |(n, body)| json!({ "id": usize::to_string(&n), "status": 200, "body": body });
    json!({ "responses": bodies.iter().enumerate().map(one).collect::<Vec<_>>() })
}

fn user(id: &str, enabled: Value) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.user", "id": id, "displayName": id, "userType": "Member",
        "accountEnabled": enabled,
    })
}

async fn collected(answers: &Answers, facts: &[FactId], kinds: &[Kind]) -> (Part, InheritedAccess) {
    audited(answers, facts, kinds, async |audit| {
        let (part, above, _) = collect(audit, &Principals::new(audit.ask, audit.wanted)).await;
        (part, above)
    })
    .await
}

fn read_role(value: &Value) -> Role {
    role(View(value)).ok().unwrap().1
}

fn read_assignment(value: &Value) -> Assignment {
    assignment(View(value), false).ok().unwrap()
}

fn to(kind: IdentityKind) -> Assignment {
    let mut given = read_assignment(&given_role("a", "User", Role::READER, &here()));
    given.to.kind = kind;
    given
}

fn given(role: Result<Arc<Role>, Gap>, permanent: Result<bool, Gap>) -> ObservedAssignment {
    ObservedAssignment { assignment: Arc::new(to(IdentityKind::User)), role, permanent }
}

fn person(id: &str, user: bool, enabled: Option<bool>, guest: Option<bool>) -> Arc<Person> {
    Arc::new(Person { id: id.to_owned(), name: format!("{id}@x"), user, enabled, guest })
}

fn list(names: &[&str]) -> Fact<Vec<String>> {
    Known(names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn roles_are_read_where_anything_about_them_is_wanted() {
    for fact in FACTS {
        assert!(is_wanted(&Wanted::of(&[*fact], &[])), "{fact:?}");
    }
    assert!(is_wanted(&Wanted::of(&[], &[Kind::Grant])));
    assert!(is_wanted(&Wanted::of(&[], &[Kind::Policy])));
    assert!(!is_wanted(&Wanted::of(&[], &[])));
    assert!(!is_wanted(&Wanted::of(&[Account::BENCHMARK_DISABLED], &[Kind::Bucket])));
}

#[test]
fn of_gaps_the_smallest_is_kept_in_any_order() {
    let (small, large) = (gap("a"), gap("b"));
    for order in [[&small, &large], [&large, &small]] {
        let mut kept = None;
        order.into_iter().for_each(|gap| note(&mut kept, gap));
        assert_eq!(kept.as_ref(), Some(&small));
    }
    let mut kept = Some(small.clone());
    note(&mut kept, &small);
    assert_eq!(kept, Some(small));
}

#[test]
fn of_what_subscriptions_know_of_one_assignment_the_best_is_kept_in_any_order() {
    let role = || Ok(Arc::new(Role::built_in(Role::READER).unwrap()));
    let (small, large) = (|| gap("a"), || gap("b"));
    let cases = [
        (given(role(), Ok(true)), given(Err(small()), Err(small())), (true, Ok(true))),
        (given(role(), Ok(true)), given(role(), Ok(false)), (true, Ok(true))),
        (given(role(), Ok(false)), given(role(), Ok(false)), (true, Ok(false))),
        (given(role(), Ok(false)), given(role(), Err(small())), (true, Ok(false))),
        (given(role(), Err(large())), given(role(), Err(small())), (true, Err(small()))),
        (given(role(), Err(small())), given(role(), Err(small())), (true, Err(small()))),
        (given(Err(large()), Ok(true)), given(Err(small()), Ok(true)), (false, Ok(true))),
    ];
    for (one, other, (read, permanent)) in cases {
        for (first, second) in [(&one, &other), (&other, &one)] {
            let mut known = first.clone();
            known.learn(second);
            assert_eq!(known.permanent, permanent, "{first:?} {second:?}");
            match known.role {
                Ok(_) => assert!(read, "{first:?} {second:?}"),
                Err(why) => assert!(!read && why == small(), "{first:?} {second:?}"),
            }
        }
    }
}

#[test]
fn an_item_that_does_not_fit_leaves_its_list_incomplete() {
    let read = |items: Vec<Value>| {
        Read::from(Items { items, refused: None }, DEFINITIONS.name, |value| {
            value.need("id", View::text).map(str::to_owned)
        })
    };
    let whole = read(vec![json!({ "id": "a" }), json!({ "id": "b" })]);
    assert_eq!((whole.items, whole.gap), (vec!["a".to_owned(), "b".to_owned()], None));
    let open = read(vec![json!({ "id": 7 }), json!({ "id": "b" })]);
    assert_eq!(open.items, ["b"]);
    let why = open.gap.unwrap();
    assert_eq!(
        (why.reason, why.detail.as_deref()),
        (Reason::Malformed, Some("`id` has an unexpected type"))
    );
    // Where it is not known what does not fit, nothing is named.
    let items = Items { items: vec![json!({})], refused: None };
    let open = Read::<()>::from(items, DEFINITIONS.name, |_| Err(Misfit(String::new())));
    assert_eq!(open.gap, Some(senseless(DEFINITIONS.name, "")));
}

#[test]
fn a_role_is_the_providers_or_the_customers_and_nothing_else() {
    assert_eq!(last("/a/B"), "b");
    assert_eq!(last(""), "");
    let of = |path: &str, new: Value| {
        let mut value = definition(CUSTOM, &["*/read"], &[], "/");
        value["properties"][path] = new;
        role(View(&value)).map_err(|Misfit(path)| path)
    };
    let custom = |kind: Value| of("type", kind).map(|(_, role)| role.custom);
    assert_eq!(custom(json!("CustomRole")).ok(), Some(true));
    assert_eq!(custom(json!("customrole")).ok(), Some(true));
    assert_eq!(custom(json!("BuiltInRole")).ok(), Some(false));
    assert_eq!(custom(json!("OtherRole")).err().as_deref(), Some("type"));
    assert!(custom(json!(7)).is_err());
    assert!(custom(Value::Null).is_err());
    // What it allows is not known where that is empty or does not fit.
    let permissions = |value: Value| of("permissions", value).ok().unwrap().1.permissions;
    let fits =
        json!({ "actions": ["a"], "notActions": [], "dataActions": [], "notDataActions": [] });
    assert_eq!(permissions(json!([fits])).map(|all| all.len()), Some(1));
    for odd in [json!([]), json!([fits, 7]), json!("x"), Value::Null] {
        assert_eq!(permissions(odd.clone()), None, "{odd}");
    }
    // Of one of the provider's own it is known all the same.
    let reader =
        json!({ "name": Role::READER, "properties": { "type": "BuiltInRole", "permissions": [] } });
    assert!(read_role(&reader).permissions.is_some());
}

#[test]
fn the_role_of_an_assignment_is_read_or_there_is_a_reason() {
    let mut roles = BTreeMap::new();
    let custom = read_role(&definition("Mine", &["*/read"], &[], "/"));
    let unread = Role { permissions: None, ..custom.clone() };
    roles.insert("mine".to_owned(), Arc::new(custom.clone()));
    roles.insert("unread".to_owned(), Arc::new(unread));
    let of = |role: &str, gap: Option<&Gap>, asked: bool| {
        let given = Assignment { role: role.to_owned(), ..to(IdentityKind::User) };
        role_of(&given, &roles, gap, asked).map(|role| role.name.clone())
    };
    let why = gap("x");
    assert_eq!(of("mine", Some(&why), true), Ok("Mine".to_owned()));
    assert_eq!(of("unread", None, true), Err(senseless(DEFINITIONS.name, "unread")));
    assert_eq!(of(Role::READER, Some(&why), true), Ok("Reader".to_owned()));
    assert_eq!(of("other", Some(&why), true), Err(why));
    assert_eq!(of("other", None, false), Err(Gap::not_collected()));
    assert_eq!(of("other", None, true).map_err(|gap| gap.reason), Err(Reason::Incomplete));
}

#[test]
fn without_the_license_nothing_is_on_demand() {
    let why = |reason| {
        let gap = Some(Gap::new(ELIGIBLE.name, "", reason));
        licensed(Read::<()> { items: Vec::new(), gap }).gap.map(|gap| gap.reason)
    };
    assert_eq!(why(Reason::LicenseMissing), None);
    assert_eq!(why(Reason::Denied), Some(Reason::Denied));
}

#[test]
fn an_activated_role_differs_from_one_that_was_given() {
    let read = |properties: Value| {
        activated(View(&json!({ "properties": properties }))).map_err(|Misfit(path)| path)
    };
    let of = |kind: &str| json!({ "assignmentType": kind, "originRoleAssignmentId": "/A" });
    assert_eq!(read(of("Assigned")).ok(), Some(None));
    assert_eq!(read(of("assigned")).ok(), Some(None));
    assert_eq!(read(of("Activated")).ok(), Some(Some("/a".to_owned())));
    assert_eq!(read(of("Other")).err().as_deref(), Some("properties.assignmentType"));
    assert!(read(json!({ "assignmentType": "Activated" })).is_err());
    assert!(read(json!({})).is_err());
}

#[test]
fn a_role_is_permanent_where_no_user_had_to_activate_it() {
    let why = gap("x");
    let (user, group) = (to(IdentityKind::User), to(IdentityKind::Group));
    let eligible = Assignment { eligible: true, ..user.clone() };
    let none = BTreeSet::new();
    let this = BTreeSet::from([user.id.to_ascii_lowercase()]);
    assert_eq!(permanent(&user, &none, None, true), Ok(true));
    assert_eq!(permanent(&user, &this, None, true), Ok(false));
    assert_eq!(permanent(&eligible, &none, None, true), Ok(false));
    assert_eq!(permanent(&user, &none, Some(&why), true), Err(why.clone()));
    assert_eq!(permanent(&user, &this, Some(&why), true), Ok(false));
    // Only users activate roles.
    assert_eq!(permanent(&group, &none, Some(&why), true), Ok(true));
    for gap in [None, Some(&why)] {
        assert_eq!(permanent(&user, &none, gap, false), Err(Gap::not_collected()));
        assert_eq!(permanent(&group, &none, gap, false), Err(Gap::not_collected()));
    }
}

const GRANT: &[FactId] =
    &[Grant::POWER, Grant::ORPHANED, Grant::GUESTS, Grant::DISABLED_USERS, Grant::PERMANENT];

/// A grant of a role to what was found so.
async fn granted(kind: IdentityKind, found: Found, role: Result<Arc<Role>, Gap>) -> Grant {
    audited(&nothing(), GRANT, &[Kind::Grant], async |audit| {
        let given =
            ObservedAssignment { assignment: Arc::new(to(kind)), role, permanent: Ok(true) };
        let directory = Directory::of_groups(&[]).and("a", found);
        grant(audit.ask, audit.wanted, &given, &directory)
    })
    .await
}

fn reader() -> Result<Arc<Role>, Gap> {
    Ok(Arc::new(Role::built_in(Role::READER).unwrap()))
}

#[tokio::test]
async fn a_grant_is_called_by_its_role_and_holder_where_these_are_known() {
    use super::super::principals::Group;
    let ann = || Found::User(person("ann", true, Some(true), Some(false)));
    let app = || Found::Application(person("app", false, Some(true), Some(false)));
    let staff = |name: Option<&str>| {
        let name = name.map(str::to_owned);
        Found::Group(Arc::new(Group { name, unseen: None, members: None }))
    };
    let nameless = || Ok(Arc::new(Role { name: String::new(), ..Role::default() }));
    let cases = [
        (ann(), reader(), "Reader for ann@x".to_owned()),
        (app(), reader(), "Reader for app@x".to_owned()),
        (staff(Some("Staff")), reader(), "Reader for Staff".to_owned()),
        (staff(None), reader(), "Reader for a".to_owned()),
        (Found::NotAsked, reader(), "Reader for a".to_owned()),
        (ann(), nameless(), format!("{} for ann@x", Role::READER)),
        (ann(), Err(gap("x")), format!("{} for ann@x", Role::READER)),
    ];
    for (found, role, expected) in cases {
        let grant = granted(IdentityKind::User, found, role).await;
        assert_eq!(grant.name, expected);
    }
}

#[tokio::test]
async fn facts_of_a_grant_follow_from_who_holds_it() {
    use super::super::principals::Group;
    use IdentityKind::{Application, Deleted, Device, ForeignGroup, Unclear, User};
    let ann = |enabled, guest| Found::User(person("ann", true, enabled, guest));
    let refused = || Found::Refused(Arc::new(gap("a")));
    let unseen = || {
        let members = Some(Err(gap("a")));
        Found::Group(Arc::new(Group { name: None, unseen: Some(gap("a")), members }))
    };
    let (none, unknown, ann_is) = (json!([]), json!("gap"), json!(["ann@x"]));
    let (yes, no) = (json!(true), json!(false));
    // What it is, then whether it is orphaned, guests, disabled users.
    let cases = [
        (User, ann(Some(true), Some(false)), [&no, &none, &none]),
        (User, ann(Some(false), Some(true)), [&no, &ann_is, &ann_is]),
        (User, ann(None, Some(false)), [&no, &none, &unknown]),
        (User, ann(Some(true), None), [&no, &unknown, &none]),
        (
            Application,
            Found::Application(person("app", false, Some(false), Some(false))),
            [&no, &none, &none],
        ),
        (
            Application,
            Found::Application(person("app", false, None, Some(false))),
            [&no, &none, &none],
        ),
        (User, Found::Gone, [&yes, &none, &none]),
        (Deleted, Found::NotAsked, [&yes, &none, &none]),
        (User, refused(), [&unknown, &unknown, &unknown]),
        (IdentityKind::Group, unseen(), [&unknown, &unknown, &unknown]),
        (Unclear, Found::Other, [&unknown, &unknown, &unknown]),
        (ForeignGroup, Found::Other, [&json!("not-offered"), &unknown, &unknown]),
        (Device, Found::Other, [&json!("not-offered"), &none, &none]),
        (User, Found::NotAsked, [&unknown, &unknown, &unknown]),
    ];
    for (kind, found, expected) in cases {
        let context = format!("{kind:?} {found:?}");
        let grant = granted(kind, found, reader()).await;
        let shown = ["orphaned", "guests", "disabled_users"].map(|fact| value_of(&grant, fact));
        assert_eq!(shown.each_ref(), expected, "{context}");
    }
    let holder = async |kind| value_of(&granted(kind, Found::Other, reader()).await, "holder");
    assert_eq!(holder(User).await, json!("user"));
    assert_eq!(holder(Application).await, json!("application"));
    assert_eq!(holder(ForeignGroup).await, json!("group"));
    assert_eq!(holder(Device).await, json!("other"));
    assert_eq!(holder(Unclear).await, json!("gap"));
}

#[tokio::test]
async fn how_far_a_grant_reaches_follows_from_its_role() {
    let of = async |role: Result<Arc<Role>, Gap>| {
        granted(IdentityKind::User, Found::NotAsked, role).await.power
    };
    let built_in = |id: &str| Ok(Arc::new(Role::built_in(id).unwrap()));
    assert_eq!(of(built_in(Role::OWNER)).await, Known(GrantPower::Everything));
    assert_eq!(of(built_in(Role::CONTRIBUTOR)).await, Known(GrantPower::Changes));
    assert_eq!(of(built_in(Role::READER)).await, Known(GrantPower::Reads));
    assert_eq!(of(built_in(Role::USER_ACCESS_ADMINISTRATOR)).await, Known(GrantPower::GivesRoles));
    assert!(of(Err(gap("x"))).await.gap().is_some());
    assert!(of(Ok(Arc::new(Role::default()))).await.gap().is_some());
}

#[tokio::test]
async fn a_foreign_group_or_something_unclear_is_unknown_for_its_reason() {
    audited(&nothing(), GRANT, &[Kind::Grant], async |audit| {
        let of = |kind| users(audit.ask, &to(kind), &Found::Other, |person| person.guest).gap();
        let mut foreign =
            Gap::new(ASSIGNMENTS.name, &to(IdentityKind::User).id, Reason::OutsideScope);
        foreign.detail = Some("the group belongs to another tenant".to_owned());
        assert_eq!(of(IdentityKind::ForeignGroup), Some(audit.ask.gap(foreign)));
        let why = unclear(&to(IdentityKind::Unclear));
        assert_eq!(of(IdentityKind::Unclear), Some(audit.ask.gap(why)));
    })
    .await;
}

#[tokio::test]
async fn people_are_all_where_no_user_is_in_doubt_and_nothing_is_missing() {
    audited(&nothing(), &[], &[], async |audit| {
        let directory = Directory::of_groups(&[])
            .and("a", Found::User(person("a", true, Some(true), None)))
            .and("off", Found::User(person("off", true, Some(false), None)))
            .and("hidden", Found::User(person("hidden", true, None, None)))
            .and("gone", Found::Gone)
            .and("refused", Found::Refused(Arc::new(gap("refused"))));
        let who = |ids: &[&str], perhaps: &[&str], others: bool| Who {
            certain: ids.iter().map(|&id| id.to_owned()).collect(),
            perhaps: perhaps.iter().map(|&id| id.to_owned()).collect(),
            others,
        };
        let found = |who: Who, why: Option<Gap>, incomplete: bool| {
            let (all, certain) = people_or(audit, who, &directory, why, incomplete);
            assert!(all.gap().is_some() || all == certain);
            (all.gap().is_none(), certain)
        };
        let only = || list(&["a@x"]);
        assert_eq!(found(who(&["a", "off", "gone"], &[], false), None, false), (true, only()));
        assert_eq!(found(who(&["a"], &[], false), None, true), (false, only()));
        assert_eq!(found(who(&["a"], &["b"], false), None, false), (false, only()));
        assert_eq!(found(who(&["a"], &[], true), None, false), (false, only()));
        assert_eq!(found(who(&["a"], &["b"], true), None, true), (false, only()));
        // A reason alone does not make more of them.
        assert_eq!(found(who(&["a"], &[], false), Some(gap("x")), false), (true, only()));
        for doubtful in ["hidden", "refused", "never"] {
            let people = found(who(&["a", doubtful], &[], false), None, false);
            assert_eq!(people, (false, only()), "{doubtful}");
        }
    })
    .await;
}

#[tokio::test]
async fn owners_are_read_from_what_was_given() {
    let all = json!({ "value": [
        given_role("a", "User", Role::OWNER, &here()),
        given_role("b", "User", Role::OWNER, "/"),
        given_role("c", "User", Role::READER, &here()),
    ] });
    let people = batch(&[user("a", json!(true)), user("b", json!(false)), user("c", json!(true))]);
    let answers = nothing().with(&path("roleAssignments"), all).with("/v1.0/$batch", people);
    let facts = [Account::OWNERS, Account::CERTAIN_OWNERS];
    let (part, _) = collected(&answers, &facts, &[]).await;
    assert_eq!(part.account.owners, list(&["a"]));
    assert_eq!(part.account.certain_owners, list(&["a"]));
    let denied = nothing().refused(&path("roleAssignments"), 403, "AuthorizationFailed");
    let (part, _) = collected(&denied, &facts, &[]).await;
    assert!(part.account.owners.gap().is_some());
    assert_eq!(part.account.certain_owners, list(&[]));
    // The holders of roles are not requested if they are not wanted.
    let answers = nothing();
    let (part, _) = collected(&answers, &[Account::LOCK_ROLES], &[]).await;
    assert_eq!(part.account.owners.gap(), Some(GapId::NOT_COLLECTED));
    assert_eq!(part.account.lock_roles, list(&[]));
    assert_eq!(answers.count("/roleAssignments"), 0);
}

#[tokio::test]
async fn who_is_in_a_group_of_a_denial_gives_no_roles() {
    let denial = |to: Value| {
        json!({ "value": [{ "properties": {
            "scope": here(), "principals": to, "excludePrincipals": [],
            "permissions": [{ "actions": [GIVES_ROLES], "notActions": [], "dataActions": [], "notDataActions": [] }],
        }}]})
    };
    let group = json!([{ "id": "g", "type": "Group" }]);
    let given = json!({ "value": [given_role("a", "User", Role::OWNER, &here())] });
    let facts = [Account::ROLE_GIVERS, Account::CERTAIN_ROLE_GIVERS];
    let of = async |to: Value, members: Value| {
        let people = batch(&[user("a", json!(true)), json!({ "value": members })]);
        let answers = nothing()
            .with(&path("roleAssignments"), given.clone())
            .with(&path("denyAssignments"), denial(to))
            .with("/v1.0/$batch", people);
        collected(&answers, &facts, &[]).await.0.account.role_givers
    };
    let ann = || user("a", json!(true));
    assert_eq!(of(group.clone(), json!([ann()])).await, list(&[]));
    assert_eq!(of(group.clone(), json!([])).await, list(&["a"]));
    assert!(of(group, json!([7])).await.gap().is_some());
    assert_eq!(of(json!([{ "id": "a", "type": "User" }]), json!([])).await, list(&[]));
    assert_eq!(of(json!([{ "id": "z", "type": "User" }]), json!([])).await, list(&["a"]));
    let denied = nothing().refused(&path("denyAssignments"), 403, "AuthorizationFailed");
    let (part, _) = collected(&denied, &facts, &[]).await;
    assert!(part.account.role_givers.gap().is_some());
    assert!(part.account.certain_role_givers.gap().is_some());
}

#[tokio::test]
async fn a_holder_of_a_role_that_was_not_read_may_assign_roles_for_that_reason() {
    let given = json!({ "value": [given_role("a", "User", CUSTOM, &here())] });
    let answers = nothing()
        .with(&path("roleAssignments"), given)
        .with("/v1.0/$batch", batch(&[user("a", json!(true))]));
    audited(&answers, &[Account::ROLE_GIVERS], &[], async |audit| {
        let (part, _, _) = collect(audit, &Principals::new(audit.ask, audit.wanted)).await;
        let why = role_of(
            &Assignment { role: CUSTOM.to_owned(), ..to(IdentityKind::User) },
            &BTreeMap::new(),
            None,
            true,
        );
        assert_eq!(part.account.role_givers.gap(), Some(audit.ask.gap(why.err().unwrap())));
        assert_eq!(part.account.certain_role_givers, list(&[]));
    })
    .await;
}

#[tokio::test]
async fn administrators_from_before_there_were_roles_are_those_that_do_more_than_pay() {
    let of = async |answers: Answers| {
        collected(&answers, &[Account::CLASSIC_ADMINISTRATORS], &[])
            .await
            .0
            .account
            .classic_administrators
    };
    let one = |role: Value| json!({ "properties": { "emailAddress": "a@x", "role": role } });
    let all = |all: Value| nothing().with(&path("classicAdministrators"), json!({ "value": all }));
    let service = "ServiceAdministrator;AccountAdministrator";
    assert_eq!(of(nothing()).await, list(&[]));
    assert_eq!(
        of(all(json!([one(json!(service)), one(json!("accountadministrator"))]))).await,
        list(&[&format!("a@x ({service})")])
    );
    assert!(of(all(json!([one(json!(7))]))).await.gap().is_some());
    let denied = nothing().refused(&path("classicAdministrators"), 403, "AuthorizationFailed");
    assert!(of(denied).await.gap().is_some());
    let retired = nothing().refused(&path("classicAdministrators"), 404, "NotFound");
    assert_eq!(of(retired).await, list(&[]));
    let (part, _) = collected(&nothing(), &[Account::OWNERS], &[]).await;
    assert_eq!(part.account.classic_administrators.gap(), Some(GapId::NOT_COLLECTED));
}

#[tokio::test]
async fn grants_of_the_subscription_are_in_it_and_others_above() {
    let all = json!({ "value": [
        given_role("a", "User", Role::OWNER, &here()),
        given_role("b", "User", Role::OWNER, "/"),
    ] });
    let answers = nothing().with(&path("roleAssignments"), all);
    let (part, above) = collected(&answers, &[], &[Kind::Grant]).await;
    assert!(part.grants.is_complete());
    assert_eq!(part.grants.items.len(), 1);
    assert_eq!(above.grants.len(), 1);
    assert_eq!((above.subscriptions, above.grants_gap), (1, None));
    let denied = nothing().refused(&path("roleAssignments"), 403, "AuthorizationFailed");
    let (part, above) = collected(&denied, &[], &[Kind::Grant]).await;
    assert!(!part.grants.is_complete() && above.grants_gap.is_some());
}

#[tokio::test]
async fn roles_of_the_subscription_are_in_it_and_others_above() {
    let mut built_in = definition("Theirs", &["*"], &[], "/");
    built_in["properties"]["type"] = json!("BuiltInRole");
    let all = json!({ "value": [
        definition("Mine", &["*/read"], &[], &here()),
        definition("Shared", &["*/read"], &[], "/providers/Microsoft.Management/managementGroups/g"),
        built_in,
    ] });
    let answers = nothing().with(&path("roleDefinitions"), all);
    let (part, above) = collected(&answers, &[], &[Kind::Policy]).await;
    assert!(part.policies.is_complete());
    let names: Vec<&str> = part.policies.items.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Mine"]);
    assert_eq!(above.policies.keys().collect::<Vec<_>>(), ["shared"]);
    assert_eq!((above.subscriptions, above.policies_gap), (1, None));
    // A subscription counts once, whatever is wanted of it.
    let (_, above) = collected(&answers, &[], &[Kind::Policy, Kind::Grant]).await;
    assert_eq!(above.subscriptions, 1);
    let (part, above) = collected(&answers, &[], &[Kind::Grant]).await;
    assert!(part.policies.items.is_empty() && above.policies.is_empty());
    let denied = nothing().refused(&path("roleDefinitions"), 403, "AuthorizationFailed");
    let (part, above) = collected(&denied, &[], &[Kind::Policy]).await;
    assert!(!part.policies.is_complete() && above.policies_gap.is_some());
    // One whose scope is unknown may be above.
    let mut placeless = definition("Mine", &["*/read"], &[], &here());
    placeless["properties"]["assignableScopes"] = json!([]);
    let answers = nothing().with(&path("roleDefinitions"), json!({ "value": [placeless] }));
    let (_, above) = collected(&answers, &[], &[Kind::Policy]).await;
    assert_eq!(above.policies_gap, Some(senseless(DEFINITIONS.name, "mine")));
}

#[tokio::test]
async fn what_is_above_is_complete_where_a_subscription_was_read() {
    audited(&nothing(), &[], &[Kind::Grant, Kind::Policy], async |audit| {
        let principals = Principals::new(audit.ask, audit.wanted);
        let of =
            async |kept: InheritedAccess| above(audit.ask, audit.wanted, kept, &principals).await;
        let given = given(reader(), Ok(true));
        let role = Arc::new(read_role(&definition("Shared", &["*/read"], &[], "/")));
        let kept = |subscriptions| InheritedAccess {
            grants: BTreeMap::from([("x".to_owned(), given.clone())]),
            policies: BTreeMap::from([("shared".to_owned(), Arc::clone(&role))]),
            subscriptions,
            ..InheritedAccess::default()
        };
        let read = of(kept(1)).await;
        assert!(read.grants.is_complete() && read.policies.is_complete());
        assert_eq!((read.grants.items.len(), read.policies.items.len()), (1, 1));
        let mut both = kept(1);
        both.add(kept(2));
        assert_eq!(both.subscriptions, 3);
        let unread = of(kept(0)).await;
        assert!(!unread.grants.is_complete() && !unread.policies.is_complete());
        let open =
            InheritedAccess { grants_gap: Some(gap("x")), policies_gap: Some(gap("y")), ..kept(1) };
        let mut other = kept(1);
        other.add(open);
        let open = of(other).await;
        assert_eq!(open.grants.gaps, [audit.ask.gap(gap("x"))]);
        assert_eq!(open.policies.gaps, [audit.ask.gap(gap("y"))]);
    })
    .await;
}

#[tokio::test]
async fn what_a_role_of_the_customers_allows_is_known_with_its_place() {
    audited(&nothing(), &[], &[], async |audit| {
        let of = |role: &Role| {
            let policy = policy(audit.ask, "/x", role);
            ["full_admin", "wildcard_services", "escalation_paths"]
                .map(|fact| value_of(&policy, fact))
        };
        let escalates =
            read_role(&definition("Mine", &[GIVES_ROLES, "Microsoft.Sql/*"], &[], &here()));
        let [full, wide, paths] = of(&escalates);
        assert_eq!((full, paths), (json!([]), json!([GIVES_ROLES])));
        assert_eq!(wide.as_array().map(Vec::len), Some(1));
        let reads = read_role(&definition("Mine", &["*/read"], &[], &here()));
        assert_eq!(of(&reads)[2], json!([]));
        let unread = Role { permissions: None, ..reads.clone() };
        let placeless = Role { assignable: Vec::new(), ..reads };
        for role in [unread, placeless] {
            assert_eq!(of(&role), [json!("gap"), json!("gap"), json!("gap")], "{role:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_for_locks_gives_both_actions_of_locks_and_no_roles() {
    let custom = |actions: &[&str], not: &[&str]| definition("Locks", actions, not, &here());
    let mut built_in = custom(&[WRITE_LOCKS, DELETE_LOCKS], &[]);
    built_in["properties"]["type"] = json!("BuiltInRole");
    let mut unread = custom(&[], &[]);
    unread["name"] = json!("unread");
    unread["properties"]["permissions"] = json!([]);
    let locks = || custom(&[WRITE_LOCKS, DELETE_LOCKS], &[]);
    let found = || Some(list(&["Locks"]));
    let none = || Some(list(&[]));
    let cases = [
        (vec![], none()),
        (vec![locks()], found()),
        (vec![custom(&["Microsoft.Authorization/locks/*"], &[])], found()),
        (vec![custom(&[WRITE_LOCKS], &[])], none()),
        (vec![custom(&["*/read"], &[])], none()),
        (vec![custom(&[WRITE_LOCKS, DELETE_LOCKS, GIVES_ROLES], &[])], none()),
        (vec![custom(&["*"], &[])], none()),
        (vec![custom(&["*"], &[GIVES_ROLES])], none()),
        (vec![built_in], none()),
        (vec![unread.clone()], None),
        (vec![unread, locks()], found()),
        // One that does not fit may be it, but does not hide another.
        (vec![json!(7)], None),
        (vec![json!(7), locks()], found()),
    ];
    for (all, expected) in cases {
        let answers = nothing().with(&path("roleDefinitions"), json!({ "value": all }));
        let (part, _) = collected(&answers, &[Account::LOCK_ROLES], &[]).await;
        let roles = part.account.lock_roles;
        match expected {
            Some(expected) => assert_eq!(roles, expected, "{all:?}"),
            None => assert!(roles.gap().is_some(), "{all:?}: {roles:?}"),
        }
    }
}
