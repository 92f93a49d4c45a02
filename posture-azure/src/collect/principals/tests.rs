//! Identities from the answers of Microsoft Graph, good and bad.

use posture_model::resource::Kind;
use serde_json::json;
use tokio::sync::watch;

use super::super::answers::{Answers, session};
use super::*;

const BATCH: &str = "/v1.0/$batch";

fn identity(id: &str, kind: IdentityKind) -> Identity {
    Identity { id: id.to_owned(), kind }
}

/// Responses to the requests of one batch, in their order.
fn batch(answers: &[(u16, Value)]) -> Answers {
    let responses: Vec<Value> = answers
        .iter()
        .enumerate()
        .map(|(n, (status, body))| json!({ "id": n.to_string(), "status": status, "body": body }))
        .collect();
    Answers::default().with(BATCH, json!({ "responses": responses }))
}

fn error(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "No." } })
}

async fn find(answers: &Answers, facts: &[FactId], identities: &[Identity]) -> Directory {
    let session = session(answers).await;
    let (_tell, stop) = watch::channel(false);
    let ask = ApiClient::new(&session.client, stop);
    let wanted = Wanted::of(facts, &[Kind::Grant]);
    let principals = Principals::new(&ask, &wanted);
    principals.find(&identities.iter().cloned().collect()).await
}

/// What becomes of asking for one identity that is answered so.
async fn one(kind: IdentityKind, facts: &[FactId], answers: &[(u16, Value)]) -> Found {
    let who = identity("a", kind);
    find(&batch(answers), facts, std::slice::from_ref(&who)).await.of(&who)
}

/// In a few words.
fn shown(found: &Found) -> String {
    let why = |gap: &Gap| format!("{} {:?}", gap.action, gap.reason);
    match found {
        Found::NotAsked => "not asked".to_owned(),
        Found::Gone => "gone".to_owned(),
        Found::User(person) => format!("user {}", person.name),
        Found::Application(person) => format!("application {}", person.name),
        Found::Group(group) => {
            let name = group.name.as_deref().unwrap_or("?");
            let unseen = group.unseen.as_ref().map_or("", |_| " unseen");
            let members = match &group.members {
                None => "not asked".to_owned(),
                Some(Ok(all)) => {
                    let ids: Vec<&str> = all.people.iter().map(|one| one.id.as_str()).collect();
                    format!("[{}]", ids.join(" "))
                }
                Some(Err(gap)) => why(gap),
            };
            format!("group {name}{unseen}: {members}")
        }
        Found::Other => "other".to_owned(),
        Found::Refused(gap) => why(gap),
    }
}

fn of_type(kind: &str, id: &str) -> Value {
    json!({ "@odata.type": format!("#microsoft.graph.{kind}"), "id": id, "displayName": id, "userType": "Member" })
}

const USERS_AND_MEMBERS: &[FactId] = &[Grant::GUESTS];
const NAMES: &[FactId] = &[Grant::ORPHANED];
const ALL: &[FactId] = &[Grant::GUESTS, Grant::ORPHANED];

#[tokio::test]
async fn a_user_or_an_application_is_what_the_answer_about_it_reports() {
    use IdentityKind::{Application, User};
    let malformed = |action: &Action| format!("{} Malformed", action.name);
    let denied = |action: &Action| format!("{} Denied", action.name);
    let guest = json!({ "id": "A", "displayName": "Ann", "userType": "Guest" });
    let cases = [
        (User, 200, guest.clone(), "user Ann".to_owned()),
        (Application, 200, guest.clone(), "application Ann".to_owned()),
        // A response about another user, or about none.
        (User, 200, json!({ "id": "b", "displayName": "Ann", "userType": null }), malformed(&USER)),
        (Application, 200, json!({ "displayName": "Ann" }), malformed(&APPLICATION)),
        (User, 200, json!({ "id": "a", "displayName": 7, "userType": null }), malformed(&USER)),
        (User, 200, json!({ "id": "a", "displayName": "Ann" }), malformed(&USER)),
        (User, 200, Value::Null, malformed(&USER)),
        (User, 404, error("Request_ResourceNotFound"), "gone".to_owned()),
        (Application, 404, error("Request_ResourceNotFound"), "gone".to_owned()),
        (User, 403, error("Authorization_RequestDenied"), denied(&USER)),
        (Application, 403, error("Authorization_RequestDenied"), denied(&APPLICATION)),
    ];
    for (kind, status, body, expected) in cases {
        let found = one(kind, USERS_AND_MEMBERS, &[(status, body.clone())]).await;
        assert_eq!(shown(&found), expected, "{kind:?} {status} {body}");
    }
    let found = one(User, USERS_AND_MEMBERS, &[(200, guest.clone())]).await;
    assert!(matches!(found, Found::User(person) if person.user && person.guest == Some(true)));
    let found = one(Application, USERS_AND_MEMBERS, &[(200, guest)]).await;
    let is_guest = |person: &Person| person.user || person.guest != Some(false);
    assert!(matches!(found, Found::Application(person) if !is_guest(&person)));
}

#[tokio::test]
async fn a_group_is_what_both_answers_about_it_report() {
    let named = || (200, json!({ "id": "a", "displayName": "Staff" }));
    let members = || (200, json!({ "value": [of_type("user", "U")] }));
    let denied = || (403, error("Authorization_RequestDenied"));
    let gone = || (404, error("Request_ResourceNotFound"));
    let no_members = format!("{} Denied", MEMBERS.name);
    type Case<'c> = (&'c [FactId], Vec<(u16, Value)>, String);
    let cases: [Case<'_>; 10] = [
        (ALL, vec![named(), members()], "group Staff: [u]".to_owned()),
        (NAMES, vec![named()], "group Staff: not asked".to_owned()),
        (USERS_AND_MEMBERS, vec![members()], "group ?: [u]".to_owned()),
        (USERS_AND_MEMBERS, vec![denied()], format!("group ?: {no_members}")),
        (ALL, vec![named(), denied()], format!("group Staff: {no_members}")),
        (ALL, vec![denied(), members()], "group ?: [u]".to_owned()),
        (ALL, vec![denied(), denied()], format!("group ? unseen: {no_members}")),
        (ALL, vec![gone(), gone()], "gone".to_owned()),
        (USERS_AND_MEMBERS, vec![gone()], "gone".to_owned()),
        (
            NAMES,
            vec![(200, json!({ "id": "b", "displayName": "Others" }))],
            format!("{} Malformed", GROUP.name),
        ),
    ];
    for (facts, answers, expected) in cases {
        let found = one(IdentityKind::Group, facts, &answers).await;
        assert_eq!(shown(&found), expected, "{answers:?}");
    }
}

#[tokio::test]
async fn members_are_users_and_applications_or_not_known() {
    let malformed = format!("group ?: {} Malformed", MEMBERS.name);
    let whole = |ids: &str| format!("group ?: [{ids}]");
    let cases = [
        (json!({ "value": [] }), whole("")),
        (
            json!({ "value": [of_type("user", "Z"), of_type("ServicePrincipal", "b")] }),
            whole("b z"),
        ),
        (
            json!({ "value": [
                of_type("group", "g"), of_type("device", "d"), of_type("orgContact", "c"),
                of_type("user", "u"),
            ] }),
            whole("u"),
        ),
        (json!({ "value": [of_type("agent", "x"), of_type("user", "u")] }), malformed.clone()),
        (json!({ "value": [{ "id": "x" }] }), malformed.clone()),
        (
            json!({ "value": [{ "@odata.type": "#microsoft.graph.user", "displayName": "x" }] }),
            malformed.clone(),
        ),
        (json!({ "value": [7] }), malformed.clone()),
        (json!({ "value": {} }), malformed.clone()),
        (json!({}), malformed.clone()),
        (json!({ "value": [], "@odata.nextLink": "https://elsewhere.example/x" }), malformed),
    ];
    for (body, expected) in cases {
        let answers = [(200, body.clone())];
        let found = one(IdentityKind::Group, USERS_AND_MEMBERS, &answers).await;
        assert_eq!(shown(&found), expected, "{body}");
    }
}

#[tokio::test]
async fn a_member_of_a_group_is_known_as_what_it_is() {
    let mut robot = of_type("user", "u");
    robot["userType"] = json!("robot");
    let members =
        json!({ "value": [of_type("servicePrincipal", "p"), robot, of_type("user", "B")] });
    let group = identity("g", IdentityKind::Group);
    let directory = find(&batch(&[(200, members)]), USERS_AND_MEMBERS, &[group]).await;
    assert_eq!(shown(&directory.person("b")), "user B");
    assert_eq!(shown(&directory.person("u")), "user u");
    assert_eq!(shown(&directory.person("p")), "application p");
    assert_eq!(shown(&directory.person("x")), "not asked");
    // A word that is not known for what a user is decides nothing.
    assert!(matches!(directory.person("u"), Found::User(person) if person.guest.is_none()));
}

#[tokio::test]
async fn what_cannot_be_an_id_is_asked_nowhere() {
    for id in ["", "a/b", "a?b", "../me"] {
        let answers = batch(&[(200, json!({ "id": id, "displayName": "x", "userType": null }))]);
        let who = identity(id, IdentityKind::User);
        let directory = find(&answers, USERS_AND_MEMBERS, std::slice::from_ref(&who)).await;
        assert_eq!(shown(&directory.of(&who)), " Malformed", "{id}");
        assert_eq!(answers.count("$batch"), 0, "{id}");
    }
}

#[tokio::test]
async fn what_nothing_can_be_asked_about_is_asked_nowhere() {
    use IdentityKind::{Deleted, Device, ForeignGroup, Unclear};
    for (kind, expected) in
        [(Device, "other"), (ForeignGroup, "other"), (Unclear, "other"), (Deleted, "gone")]
    {
        let answers = batch(&[]);
        let who = identity("a", kind);
        let directory = find(&answers, ALL, std::slice::from_ref(&who)).await;
        assert_eq!(shown(&directory.of(&who)), expected, "{kind:?}");
        assert_eq!(answers.count("$batch"), 0, "{kind:?}");
    }
    // Nor is a value that no control wants.
    let answers = batch(&[]);
    let who = identity("a", IdentityKind::User);
    let directory = find(&answers, NAMES, std::slice::from_ref(&who)).await;
    assert_eq!(directory.gap().map(|gap| gap.action), Some(USER.name.to_owned()));
    let directory = find(&answers, &[], std::slice::from_ref(&who)).await;
    assert_eq!(shown(&directory.of(&who)), "not asked");
    assert_eq!(answers.count("$batch"), 1);
}

#[tokio::test]
async fn an_answer_that_the_batch_lacks_is_not_known() {
    use IdentityKind::{Group, User};
    let both = [identity("a", User), identity("b", User)];
    let ann = json!({ "id": "a", "displayName": "Ann", "userType": null });
    let directory = find(&batch(&[(200, ann)]), USERS_AND_MEMBERS, &both).await;
    assert_eq!(shown(&directory.of(&both[0])), "user Ann");
    assert_eq!(shown(&directory.of(&both[1])), format!("{} Malformed", USER.name));
    // A batch that is not found says nothing of what was asked for.
    let nothing = Answers::default();
    let directory = find(&nothing, USERS_AND_MEMBERS, &both).await;
    assert!(matches!(directory.of(&both[0]), Found::Refused(_)));
    let group = identity("g", Group);
    let directory = find(&nothing, USERS_AND_MEMBERS, std::slice::from_ref(&group)).await;
    assert!(matches!(directory.has_member(&group, "a"), Some(Err(_))));
}

#[tokio::test]
async fn nothing_is_asked_for_twice() {
    let answers = batch(&[(200, json!({ "id": "a", "displayName": "Ann", "userType": null }))]);
    let session = session(&answers).await;
    let (_tell, stop) = watch::channel(false);
    let ask = ApiClient::new(&session.client, stop);
    let wanted = Wanted::of(USERS_AND_MEMBERS, &[]);
    let principals = Principals::new(&ask, &wanted);
    let who = identity("a", IdentityKind::User);
    for _ in 0..2 {
        let directory = principals.find(&BTreeSet::from([who.clone()])).await;
        assert_eq!(shown(&directory.of(&who)), "user Ann");
    }
    assert_eq!(answers.count("$batch"), 1);
}

#[test]
fn a_directory_reports_why_something_of_it_is_not_known() {
    let gap = || Gap::new(USER.name, "a", Reason::Denied);
    let none = Directory::of_groups(&[("g", Ok(&["a"]))]).and("o", Found::Other);
    assert_eq!(none.gap(), None);
    assert_eq!(none.and("r", Found::Refused(Arc::new(gap()))).gap(), Some(gap()));
    assert_eq!(Directory::of_groups(&[("g", Err(gap()))]).gap(), Some(gap()));
}

/// An assignment may lack the type of its principal, and another one name it.
#[tokio::test]
async fn an_identity_without_a_type_is_asked_for_once_it_has_one() {
    let unclear = identity("a", IdentityKind::Unclear);
    let user = identity("a", IdentityKind::User);
    let answers = batch(&[(200, of_type("user", "a"))]);
    let session = session(&answers).await;
    let (_tell, stop) = watch::channel(false);
    let ask = ApiClient::new(&session.client, stop);
    let wanted = Wanted::of(USERS_AND_MEMBERS, &[Kind::Grant]);
    let principals = Principals::new(&ask, &wanted);
    let first = principals.find(&[unclear.clone()].into()).await;
    assert_eq!(shown(&first.of(&unclear)), "other");
    let second = principals.find(&[user.clone()].into()).await;
    assert_eq!(shown(&second.of(&user)), "user a");
    // Both at once, and from then on without another question.
    let both = find(&answers, USERS_AND_MEMBERS, &[unclear.clone(), user.clone()]).await;
    assert_eq!(shown(&both.of(&user)), "user a");
    principals.find(&[user, unclear].into()).await;
    assert_eq!(answers.count(BATCH), 2);
}

fn gap() -> Gap {
    Gap::new(MEMBERS.name, "g", Reason::Denied)
}

fn group(id: &str) -> Identity {
    Identity { id: id.to_owned(), kind: IdentityKind::Group }
}

#[test]
fn whether_a_group_has_a_member_is_known_where_it_was_read() {
    let directory = Directory::of_groups(&[("g", Ok(&["a"])), ("hidden", Err(gap()))])
        .and("gone", Found::Gone)
        .and("refused", Found::Refused(Arc::new(gap())))
        .and("other", Found::Other)
        .and("unasked", Found::NotAsked);
    assert_eq!(directory.has_member(&group("g"), "a"), Some(Ok(true)));
    assert_eq!(directory.has_member(&group("g"), "b"), Some(Ok(false)));
    assert_eq!(directory.has_member(&group("gone"), "a"), Some(Ok(false)));
    for id in ["hidden", "refused"] {
        assert_eq!(directory.has_member(&group(id), "a"), Some(Err(gap())), "{id}");
    }
    for id in ["other", "unasked", "never"] {
        assert_eq!(directory.has_member(&group(id), "a"), None, "{id}");
    }
}

#[test]
fn groups_for_access_hold_their_members_or_that_these_are_not_known() {
    let directory = Directory::of_groups(&[("g", Ok(&["a"])), ("hidden", Err(gap()))])
        .and("gone", Found::Gone)
        .and("refused", Found::Refused(Arc::new(gap())))
        .and("other", Found::Other);
    let groups = directory.groups();
    assert_eq!(groups["g"].as_ref().unwrap().len(), 1);
    assert_eq!(groups["gone"].as_ref().unwrap().len(), 0);
    assert_eq!((&groups["hidden"], &groups["refused"]), (&None, &None));
    assert!(!groups.contains_key("other"));
    assert_eq!(directory.gap(), Some(gap()));
    assert_eq!(Directory::of_groups(&[("g", Ok(&["a"]))]).gap(), None);
}

#[test]
fn a_person_is_read_with_what_may_not_be_known() {
    let read = |value: Value, user| person(View(&value), user).ok().unwrap();
    let anna = read(
        json!({ "id": "A", "userPrincipalName": "anna@x", "displayName": "Anna", "accountEnabled": true, "userType": "Member" }),
        true,
    );
    assert_eq!((anna.id.as_str(), anna.name.as_str()), ("a", "anna@x"));
    assert_eq!((anna.enabled, anna.guest, anna.user), (Some(true), Some(false), true));
    let guest = read(json!({ "id": "b", "displayName": "Bert", "userType": "GUEST" }), true);
    assert_eq!((guest.name.as_str(), guest.enabled, guest.guest), ("Bert", None, Some(true)));
    // Of one with a name it is known that it has no type; of one without nothing is.
    assert_eq!(
        read(json!({ "id": "c", "displayName": "C", "userType": null }), true).guest,
        Some(false)
    );
    let hidden = read(json!({ "id": "c", "displayName": null, "userType": null }), true);
    assert_eq!((hidden.name.as_str(), hidden.guest, hidden.enabled), ("c", None, None));
    // An application is not a guest.
    assert_eq!(read(json!({ "id": "d" }), false).guest, Some(false));
    assert!(person(View(&json!({ "displayName": "x" })), true).is_err());
    assert_eq!(super::hidden(&anna).action, USER.name);
    assert_eq!(super::hidden(&read(json!({ "id": "d" }), false)).action, APPLICATION.name);
}

#[test]
fn two_answers_about_a_group_are_one() {
    let named = || {
        Found::Group(Arc::new(Group { name: Some("n".to_owned()), unseen: None, members: None }))
    };
    let with = |members| {
        Found::Group(Arc::new(Group { name: None, unseen: None, members: Some(members) }))
    };
    let read = || with(Ok(Arc::default()));
    let shown = |found: Found| match found {
        Found::Group(group) => {
            let members = group.members.as_ref().map(Result::is_ok);
            Some((group.name.clone(), group.unseen.clone(), members))
        }
        _ => None,
    };
    let name = Some("n".to_owned());
    assert_eq!(shown(together(Some(named()), read())), Some((name.clone(), None, Some(true))));
    assert_eq!(shown(together(Some(named()), with(Err(gap())))), Some((name, None, Some(false))));
    // One that is gone has no members, whatever else was answered.
    assert!(matches!(together(Some(Found::Gone), read()), Found::Gone));
    // If its members are returned, it exists; if they are not, that is unknown.
    let refused = || Some(Found::Refused(Arc::new(gap())));
    assert_eq!(shown(together(refused(), read())), Some((None, None, Some(true))));
    assert_eq!(
        shown(together(refused(), with(Err(gap())))),
        Some((None, Some(gap()), Some(false)))
    );
    assert_eq!(shown(together(Some(Found::NotAsked), read())), Some((None, None, Some(true))));
    assert_eq!(shown(together(None, read())), Some((None, None, Some(true))));
}
