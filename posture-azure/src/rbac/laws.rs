//! What holds for every set of roles, assignments and denials.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

const PEOPLE: &[&str] = &["anna", "bert", "carl"];
const PLACES: &[&str] = &[
    "/",
    "/providers/Microsoft.Management/managementGroups/top",
    "/subscriptions/1",
    "/subscriptions/1/resourceGroups/a",
    "/subscriptions/1/resourceGroups/b",
];
const ACTIONS: &[&str] = &["A.x/t/read", "A.x/t/write", "B.y/t/write", GIVES_ROLES];

fn pattern() -> impl Strategy<Value = Pattern> {
    prop::sample::select(vec!["*", "*/read", "*/write", "A.x/*", "b.Y/t/WRITE", "nothing"])
        .prop_map(Pattern::new)
}

fn permission() -> impl Strategy<Value = Permission> {
    let patterns = || prop::collection::vec(pattern(), 0..3);
    (patterns(), patterns()).prop_map(|(actions, not_actions)| Permission {
        actions,
        not_actions,
        ..Permission::default()
    })
}

fn role() -> impl Strategy<Value = Arc<Role>> {
    let permissions = prop::option::weighted(0.9, prop::collection::vec(permission(), 0..3));
    permissions.prop_map(|permissions| Arc::new(Role { permissions, ..Role::default() }))
}

fn identity() -> impl Strategy<Value = Identity> {
    prop::sample::select(vec![
        ("anna", IdentityKind::User),
        ("bert", IdentityKind::User),
        ("staff", IdentityKind::Group),
        ("hidden", IdentityKind::Group),
    ])
    .prop_map(|(id, kind)| Identity { id: id.to_owned(), kind })
}

fn assignment() -> impl Strategy<Value = Arc<Assignment>> {
    let role = prop::sample::select(vec!["0", "1", "2", "missing"]);
    let condition = prop::sample::select(vec![None, None, Some("@Request[a:b] StringEquals 'c'")]);
    (identity(), role, prop::sample::select(PLACES), condition, proptest::bool::ANY).prop_map(
        |(to, role, place, condition, eligible)| {
            Arc::new(Assignment {
                id: String::new(),
                to,
                role: role.to_owned(),
                place: Place::new(place),
                condition: condition.map(Condition::new),
                eligible,
            })
        },
    )
}

fn denial() -> impl Strategy<Value = Denial> {
    let identities = || prop::collection::vec(identity(), 0..2);
    let permissions = prop::collection::vec(permission(), 1..2);
    (prop::sample::select(PLACES), proptest::bool::ANY, permissions, identities(), identities())
        .prop_map(|(place, here_only, permissions, from, but)| Denial {
            place: Place::new(place),
            here_only,
            permissions,
            from,
            but,
            condition: None,
        })
}

fn access() -> impl Strategy<Value = Access> {
    let roles = prop::collection::vec(role(), 3);
    let assignments = prop::collection::vec(assignment(), 0..6);
    (roles, assignments, prop::collection::vec(denial(), 0..2)).prop_map(
        |(roles, assignments, denials)| {
            let roles = roles.into_iter().enumerate().map(|(n, role)| (n.to_string(), role));
            let members = BTreeSet::from(["bert".to_owned(), "carl".to_owned()]);
            Access {
                roles: roles.collect(),
                assignments,
                denials,
                groups: Groups::from([
                    ("staff".to_owned(), Some(Arc::new(members))),
                    ("hidden".to_owned(), None),
                ]),
            }
        },
    )
}

/// Every answer about every person, place and action.
fn answers(access: &Access, reach: Reach) -> Vec<Answer> {
    let mut all = Vec::new();
    for who in PEOPLE {
        for place in PLACES {
            for action in ACTIONS {
                let place = Place::new(place);
                all.push(access.may(who, Plane::Control, action, &place, reach));
            }
        }
    }
    all
}

fn rank(answer: Answer) -> u8 {
    match answer {
        Answer::No => 0,
        Answer::Unknown(()) => 1,
        Answer::Yes => 2,
    }
}

fn never_less(before: &[Answer], after: &[Answer]) -> bool {
    before.iter().zip(after).all(|(before, after)| rank(*before) <= rank(*after))
}

/// Whether answers that were certain stayed as they were.
fn refines(before: &[Answer], after: &[Answer]) -> bool {
    before
        .iter()
        .zip(after)
        .all(|(before, after)| *before == Answer::Unknown(()) || before == after)
}

/// The number of cases, which a setting raises.
fn cases() -> ProptestConfig {
    let cases = ProptestConfig::with_cases(crate::cases::cases(64));
    ProptestConfig { failure_persistence: None, ..cases }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn one_more_assignment_takes_nothing_away(access in access(), more in assignment()) {
        let before = answers(&access, Reach::OnDemand);
        let mut after = access;
        after.assignments.push(more);
        prop_assert!(never_less(&before, &answers(&after, Reach::OnDemand)));
    }

    #[test]
    fn one_more_denial_gives_nothing(access in access(), more in denial()) {
        let before = answers(&access, Reach::Now);
        let mut after = access;
        after.denials.push(more);
        prop_assert!(never_less(&answers(&after, Reach::Now), &before));
    }

    #[test]
    fn what_is_in_force_can_be_asked_for_as_well(access in access()) {
        prop_assert!(never_less(&answers(&access, Reach::Now), &answers(&access, Reach::OnDemand)));
    }

    #[test]
    fn to_learn_more_changes_no_certain_answer(access in access(), members in prop::collection::btree_set("anna|bert|carl", 0..3), role in role()) {
        let before = answers(&access, Reach::OnDemand);
        let mut after = access;
        after.groups.insert("hidden".to_owned(), Some(Arc::new(members)));
        after.roles.insert("missing".to_owned(), role);
        for assignment in &mut after.assignments {
            *assignment = Arc::new(Assignment { condition: None, ..(**assignment).clone() });
        }
        prop_assert!(refines(&before, &answers(&after, Reach::OnDemand)));
    }

    #[test]
    fn what_is_given_above_holds_below(access in access()) {
        let mut access = access;
        access.denials.clear();
        for who in PEOPLE {
            for action in ACTIONS {
                let at = |place| access.may(who, Plane::Control, action, &Place::new(place), Reach::Now);
                prop_assert!(rank(at(PLACES[2])) <= rank(at(PLACES[3])));
                prop_assert!(rank(at(PLACES[0])) <= rank(at(PLACES[2])));
            }
        }
    }

    #[test]
    fn the_list_of_those_who_may_agrees_with_each(access in access()) {
        let place = Place::new(PLACES[2]);
        for action in ACTIONS {
            let listed = access.who_may(Plane::Control, action, &place, Reach::Now);
            for who in PEOPLE {
                match access.may(who, Plane::Control, action, &place, Reach::Now) {
                    Answer::Yes => prop_assert!(listed.certain.contains(*who)),
                    Answer::Unknown(()) => prop_assert!(listed.perhaps.contains(*who) || listed.others),
                    Answer::No => prop_assert!(!listed.certain.contains(*who) && !listed.perhaps.contains(*who)),
                }
            }
        }
    }

    #[test]
    fn nothing_that_is_written_makes_it_panic(text in ".{0,60}", action in ".{0,20}") {
        let _ = Condition::new(&text).lets(&action);
        let _ = Pattern::new(&text).matches(&action);
        let _ = Place::new(&text).holds(&Place::new(&action), |_| true);
    }
}
