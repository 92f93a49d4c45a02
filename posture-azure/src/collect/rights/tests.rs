//! What identities administer, by assignments that hold here, in groups, under conditions and denials.

use std::sync::Arc;

use posture_model::fact::Known;
use posture_model::resource::{Kind, Machine};

use super::super::answers::{Answers, audited};
use super::*;
use crate::rbac::{Assignment, Condition, Denial, Identity, IdentityKind, Permission, Role};

const HERE: &str = "/subscriptions/1";

fn identity(id: &str, kind: IdentityKind) -> Identity {
    Identity { id: id.to_owned(), kind }
}

fn rights(assignments: Vec<Assignment>) -> Rights {
    let roles = [Role::OWNER, Role::CONTRIBUTOR, Role::READER];
    let role = |id: &str| (id.to_owned(), Arc::new(Role::built_in(id).unwrap()));
    Rights {
        access: Access {
            roles: roles.iter().map(|id| role(id)).collect(),
            assignments: assignments.into_iter().map(Arc::new).collect(),
            ..Access::default()
        },
        here: Place::new(HERE),
        incomplete: None,
        eligible: None,
        hidden: None,
        doubt: None,
    }
}

fn given(to: Identity, role: &str, at: &str) -> Assignment {
    Assignment {
        id: "a".to_owned(),
        to,
        role: role.to_owned(),
        place: Place::new(at),
        condition: None,
        eligible: false,
    }
}

fn own(role: &str, at: &str) -> Assignment {
    given(identity("vm", IdentityKind::Application), role, at)
}

/// What it administers, and whether there may be more.
async fn of(rights: &Rights, who: &[&str]) -> (Vec<String>, bool) {
    let who: Vec<String> = who.iter().map(|id| (*id).to_owned()).collect();
    let answers = Answers::new();
    audited(&answers, &[Machine::ADMINISTERS], &[Kind::Machine], async |audit| {
        match rights.administers(audit.ask, &who) {
            Known(entries) => {
                let lines = entries.evidence_with("\n").lines().map(str::to_owned).collect();
                (lines, entries.undecided().is_some())
            }
            other => (Vec::new(), other.gap().is_some()),
        }
    })
    .await
}

#[tokio::test]
async fn roles_for_nearly_everything_over_all_of_it_count() {
    let owner = vec![format!("Owner on {HERE}")];
    assert_eq!(of(&rights(vec![own(Role::OWNER, HERE)]), &["vm"]).await, (owner.clone(), false));
    assert_eq!(of(&rights(vec![own(Role::OWNER, HERE)]), &["other"]).await, (vec![], false));
    assert_eq!(of(&rights(vec![own(Role::OWNER, HERE)]), &[]).await, (vec![], false));
    let above = rights(vec![own(Role::CONTRIBUTOR, "/")]);
    assert_eq!(of(&above, &["vm"]).await, (vec!["Contributor on /".to_owned()], false));
    for none in [
        own(Role::READER, HERE),
        own(Role::OWNER, "/subscriptions/1/resourceGroups/g"),
        own(Role::OWNER, "/subscriptions/2"),
        Assignment { eligible: true, ..own(Role::OWNER, HERE) },
    ] {
        assert_eq!(of(&rights(vec![none.clone()]), &["vm"]).await, (vec![], false), "{none:?}");
    }
    // A role that was not read, and one under a condition.
    let unread = rights(vec![own("unread", HERE)]);
    assert_eq!(of(&unread, &["vm"]).await, (vec![], true));
    let condition = Some(Condition::new("@Request[x:y] StringEquals 'z'"));
    let conditional = rights(vec![Assignment { condition, ..own(Role::OWNER, HERE) }]);
    assert_eq!(of(&conditional, &["vm"]).await, (vec![], true));
}

#[tokio::test]
async fn members_of_groups_have_what_the_group_has() {
    let mut group = rights(vec![given(identity("team", IdentityKind::Group), Role::OWNER, HERE)]);
    assert_eq!(of(&group, &["vm"]).await, (vec![], true));
    let members = |ids: &[&str]| Some(Arc::new(ids.iter().map(|id| (*id).to_owned()).collect()));
    group.access.groups.insert("team".to_owned(), members(&["vm"]));
    assert_eq!(of(&group, &["vm"]).await, (vec![format!("Owner on {HERE}")], false));
    group.access.groups.insert("team".to_owned(), members(&["other"]));
    assert_eq!(of(&group, &["vm"]).await, (vec![], false));
}

#[tokio::test]
async fn what_may_be_denied_or_missing_leaves_it_open() {
    let mut denied = rights(vec![own(Role::OWNER, HERE)]);
    denied.access.denials.push(Denial {
        place: Place::new(HERE),
        here_only: false,
        permissions: vec![Permission::default()],
        from: vec![identity("vm", IdentityKind::Application)],
        but: Vec::new(),
        condition: None,
    });
    assert_eq!(of(&denied, &["vm"]).await, (vec![], true));
    let gap = || Some(Gap::new("x", "", Reason::Denied));
    let hidden = Rights { hidden: gap(), ..rights(vec![own(Role::OWNER, HERE)]) };
    assert_eq!(of(&hidden, &["vm"]).await, (vec![], true));
    // Where nothing is given, nothing can be denied.
    assert_eq!(of(&Rights { hidden: gap(), ..rights(vec![]) }, &["vm"]).await, (vec![], false));
    let incomplete = Rights { incomplete: gap(), ..rights(vec![own(Role::OWNER, HERE)]) };
    let owner = vec![format!("Owner on {HERE}")];
    assert_eq!(of(&incomplete, &["vm"]).await, (owner, true));
    assert_eq!(of(&incomplete, &["other"]).await, (vec![], true));
    // What acts as nothing administers nothing.
    assert_eq!(of(&incomplete, &[]).await, (vec![], false));
}
