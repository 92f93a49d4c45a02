//! Who may do what at a scope: assignments, denials, groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Answer, Condition, Permission, Place, Plane, Role};

/// The ID that means [everyone](https://learn.microsoft.com/en-us/azure/role-based-access-control/deny-assignments#deny-assignment-properties)
/// in a deny assignment.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// The identity that is granted or denied something. The ID is in lowercase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) kind: IdentityKind,
}

/// What an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IdentityKind {
    User,
    Group,
    /// A service principal: an application or a managed identity.
    Application,
    /// A group of another tenant, whose members cannot be read here.
    ForeignGroup,
    /// It was deleted, and what it was is not known any more.
    Deleted,
    Device,
    /// Its kind is missing, or an unknown word.
    Unclear,
}

impl IdentityKind {
    /// By the [type](https://learn.microsoft.com/en-us/rest/api/authorization/role-assignments/list-for-subscription#principaltype)
    /// that Azure returns.
    pub(crate) fn read(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "user" => Self::User,
            "group" => Self::Group,
            "serviceprincipal" | "msi" => Self::Application,
            "foreigngroup" => Self::ForeignGroup,
            "unknown" => Self::Deleted,
            "device" => Self::Device,
            _ => Self::Unclear,
        }
    }
}

/// A role, assigned to an identity at a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    pub(crate) to: Identity,
    /// The id of the role: a number that is the same wherever the role is.
    pub(crate) role: String,
    pub(crate) place: Place,
    pub(crate) condition: Option<Condition>,
    /// Whether it must be activated each time that it is needed.
    pub(crate) eligible: bool,
}

/// A [deny assignment](https://learn.microsoft.com/en-us/azure/role-based-access-control/deny-assignments), which beats
/// every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) place: Place,
    pub(crate) here_only: bool,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) from: Vec<Identity>,
    pub(crate) but: Vec<Identity>,
    pub(crate) condition: Option<Condition>,
}

/// The members of groups at any depth, by the IDs of the groups; none if they could not be read.
pub(crate) type Groups = BTreeMap<String, Option<Arc<BTreeSet<String>>>>;

/// Which assignments count.
#[allow(dead_code, reason = "no control asks for what is in force alone")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those that are in force.
    Now,
    /// Also the eligible ones.
    OnDemand,
}

/// Everything that decides who may do what in a subscription and below.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    /// By id.
    pub(crate) roles: BTreeMap<String, Arc<Role>>,
    pub(crate) assignments: Vec<Arc<Assignment>>,
    pub(crate) denials: Vec<Denial>,
    pub(crate) groups: Groups,
}

/// The identities for which a question is answered with yes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Who {
    /// Those for which it is certain.
    pub(crate) certain: BTreeSet<String>,
    /// Those for which it is unknown.
    pub(crate) perhaps: BTreeSet<String>,
    /// Whether there may be others, in groups whose members are not known.
    pub(crate) others: bool,
}

impl Who {
    /// Whether these are all, and certain.
    pub(crate) fn is_complete(&self) -> bool {
        !self.others && self.perhaps.is_empty()
    }
}

impl Access {
    /// Whether an identity may act at a scope.
    pub(crate) fn may(
        &self,
        who: &str,
        plane: Plane,
        action: &str,
        at: &Place,
        reach: Reach,
    ) -> Answer {
        let given = |assignment: &Arc<Assignment>| {
            self.counts(assignment, reach)
                & self.is(who, &assignment.to)
                & self.gives(assignment, plane, action)
                & self.holds(&assignment.place, at)
        };
        let given = Answer::any(self.assignments.iter().map(given));
        if given == Answer::No {
            return Answer::No;
        }
        let denied = |denial: &Denial| self.denies(denial, who, plane, action, at);
        given & !Answer::any(self.denials.iter().map(denied))
    }

    /// The assignments that hold at a scope for an identity, or may, by itself or through groups.
    pub(crate) fn given_to(
        &self,
        who: &str,
        at: &Place,
        reach: Reach,
    ) -> Vec<(&Arc<Assignment>, Answer)> {
        let given = |assignment: &Arc<Assignment>| {
            self.counts(assignment, reach)
                & self.is(who, &assignment.to)
                & self.holds(&assignment.place, at)
        };
        let all = self.assignments.iter().map(|assignment| (assignment, given(assignment)));
        all.filter(|(_, answer)| *answer != Answer::No).collect()
    }

    /// Whether a denial takes anything away from an identity at a scope.
    pub(crate) fn is_denied_something(&self, who: &str, at: &Place) -> Answer {
        Answer::any(self.denials.iter().map(|denial| {
            let of = |all: &[Identity]| Answer::any(all.iter().map(|other| self.is(who, other)));
            self.holds(&denial.place, at) & of(&denial.from) & !of(&denial.but)
        }))
    }

    fn counts(&self, assignment: &Assignment, reach: Reach) -> Answer {
        (!assignment.eligible || reach == Reach::OnDemand).into()
    }

    fn gives(&self, assignment: &Assignment, plane: Plane, action: &str) -> Answer {
        let role = self.roles.get(&assignment.role);
        let gives = role.map_or(Answer::Unknown(()), |role| role.gives(plane, action));
        match &assignment.condition {
            Some(condition) => gives & condition.lets(action),
            None => gives,
        }
    }

    fn denies(&self, denial: &Denial, who: &str, plane: Plane, action: &str, at: &Place) -> Answer {
        let here = if denial.here_only {
            (denial.place == *at).into()
        } else {
            self.holds(&denial.place, at)
        };
        let names = Answer::any(denial.permissions.iter().map(|p| p.gives(plane, action)));
        let lets = match &denial.condition {
            // It denies where its condition holds.
            Some(condition) => condition.lets(action),
            None => Answer::Yes,
        };
        let of = |all: &[Identity]| Answer::any(all.iter().map(|identity| self.is(who, identity)));
        here & names & lets & of(&denial.from) & !of(&denial.but)
    }

    /// Whether a principal is an identity or is in it.
    fn is(&self, who: &str, identity: &Identity) -> Answer {
        if identity.id == who || identity.id == EVERYONE {
            return Answer::Yes;
        }
        match identity.kind {
            IdentityKind::User
            | IdentityKind::Application
            | IdentityKind::Device
            | IdentityKind::Deleted => Answer::No,
            IdentityKind::ForeignGroup | IdentityKind::Unclear => Answer::Unknown(()),
            IdentityKind::Group => match self.groups.get(&identity.id) {
                Some(Some(members)) => members.contains(who).into(),
                Some(None) | None => Answer::Unknown(()),
            },
        }
    }

    /// Whether what is given at a place holds at another. A management group that shows among the assignments of the
    /// subscription is one above it.
    fn holds(&self, place: &Place, at: &Place) -> Answer {
        place.holds(at, |_| true)
    }

    /// Everyone for whom a question about an assignment is answered with yes, through groups as well.
    pub(crate) fn holders(&self, asked: impl Fn(&Assignment) -> Answer) -> Who {
        let mut who = Who::default();
        for assignment in &self.assignments {
            let answer = asked(assignment);
            if answer == Answer::No {
                continue;
            }
            match self.members(&assignment.to) {
                Some(members) if answer == Answer::Yes => who.certain.extend(members),
                Some(members) => who.perhaps.extend(members),
                None => who.others = true,
            }
        }
        who.perhaps = who.perhaps.difference(&who.certain).cloned().collect();
        who
    }

    /// The principals that get what an identity is granted; none if that is unknown. A deleted identity has none.
    pub(crate) fn members(&self, identity: &Identity) -> Option<Vec<String>> {
        match identity.kind {
            IdentityKind::User | IdentityKind::Application => Some(vec![identity.id.clone()]),
            // A device cannot act on its own.
            IdentityKind::Deleted | IdentityKind::Device => Some(Vec::new()),
            IdentityKind::ForeignGroup | IdentityKind::Unclear => None,
            IdentityKind::Group => {
                let members = self.groups.get(&identity.id)?.as_ref()?;
                Some(members.iter().cloned().collect())
            }
        }
    }

    /// Everyone who holds the role of a number over all of a scope.
    pub(crate) fn holders_of(&self, role: &str, at: &Place, reach: Reach) -> Who {
        self.holders(|assignment| {
            self.counts(assignment, reach)
                & (assignment.role == role).into()
                & self.holds(&assignment.place, at)
        })
    }

    /// Everyone who may act at a scope. Denials are counted.
    pub(crate) fn who_may(&self, plane: Plane, action: &str, at: &Place, reach: Reach) -> Who {
        let asked = |assignment: &Assignment| {
            self.counts(assignment, reach)
                & self.gives(assignment, plane, action)
                & self.holds(&assignment.place, at)
        };
        let named = self.holders(asked);
        let mut who = Who { others: named.others, ..Who::default() };
        for id in named.certain.into_iter().chain(named.perhaps) {
            match self.may(&id, plane, action, at, reach) {
                Answer::Yes => who.certain.insert(id),
                Answer::Unknown(()) => who.perhaps.insert(id),
                Answer::No => continue,
            };
        }
        who
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::{GIVES_ROLES, Pattern};
    use posture_model::tri::Tri::{No, Unknown, Yes};

    const WRITE: &str = "Microsoft.Sql/servers/write";

    fn identity(id: &str, kind: IdentityKind) -> Identity {
        Identity { id: id.to_owned(), kind }
    }

    fn give(access: &mut Access, to: Identity, role: &str, at: &str) {
        access.assignments.push(Arc::new(Assignment {
            id: format!("{role}-{}", access.assignments.len()),
            to,
            role: role.to_owned(),
            place: Place::new(at),
            condition: None,
            eligible: false,
        }));
    }

    fn world() -> Access {
        let roles = [Role::OWNER, Role::CONTRIBUTOR, Role::READER, Role::USER_ACCESS_ADMINISTRATOR];
        let role = |id: &str| (id.to_owned(), Arc::new(Role::built_in(id).unwrap()));
        let mut access =
            Access { roles: roles.iter().map(|id| role(id)).collect(), ..Access::default() };
        let members = BTreeSet::from(["carl".to_owned(), "dora".to_owned()]);
        access.groups.insert("staff".to_owned(), Some(Arc::new(members)));
        access.groups.insert("hidden".to_owned(), None);
        give(&mut access, identity("anna", IdentityKind::User), Role::OWNER, "/");
        give(
            &mut access,
            identity("bert", IdentityKind::User),
            Role::CONTRIBUTOR,
            "/subscriptions/1",
        );
        give(
            &mut access,
            identity("staff", IdentityKind::Group),
            Role::OWNER,
            "/subscriptions/1/resourceGroups/g",
        );
        access
    }

    fn now(access: &Access, who: &str, action: &str, at: &str) -> Answer {
        access.may(who, Plane::Control, action, &Place::new(at), Reach::Now)
    }

    fn denial() -> Denial {
        let actions = vec![Pattern::new("*/write")];
        Denial {
            place: Place::new("/subscriptions/1"),
            here_only: false,
            permissions: vec![Permission { actions, ..Permission::default() }],
            from: vec![identity(EVERYONE, IdentityKind::Unclear)],
            but: Vec::new(),
            condition: None,
        }
    }

    #[test]
    fn roles_hold_downward_and_through_groups() {
        let access = world();
        let (all, group) =
            ("/subscriptions/1", "/Subscriptions/1/ResourceGroups/G/providers/a/b/c");
        assert_eq!(now(&access, "anna", GIVES_ROLES, all), Yes);
        assert_eq!(now(&access, "anna", GIVES_ROLES, group), Yes);
        assert_eq!(now(&access, "bert", WRITE, group), Yes);
        assert_eq!(now(&access, "bert", GIVES_ROLES, group), No);
        assert_eq!(now(&access, "carl", GIVES_ROLES, group), Yes);
        assert_eq!(now(&access, "carl", "x/y/read", all), No);
        assert_eq!(now(&access, "emil", "x/y/read", group), No);
        assert_eq!(now(&access, "bert", WRITE, "/subscriptions/2"), No);
    }

    #[test]
    fn a_denial_wins_but_for_those_whom_it_leaves_out() {
        let mut access = world();
        access
            .denials
            .push(Denial { but: vec![identity("staff", IdentityKind::Group)], ..denial() });
        let group = "/subscriptions/1/resourceGroups/g";
        assert_eq!(now(&access, "anna", WRITE, group), No);
        assert_eq!(now(&access, "anna", "x/y/read", group), Yes);
        assert_eq!(now(&access, "anna", WRITE, "/subscriptions/2"), Yes);
        assert_eq!(now(&access, "carl", WRITE, group), Yes);
        access.denials[0].here_only = true;
        assert_eq!(now(&access, "anna", WRITE, group), Yes);
        assert_eq!(now(&access, "anna", WRITE, "/subscriptions/1"), No);
        access.denials[0].permissions[0].not_actions.push(Pattern::new("Microsoft.Sql/*"));
        assert_eq!(now(&access, "anna", WRITE, "/subscriptions/1"), Yes);
        assert_eq!(now(&access, "anna", GIVES_ROLES, "/subscriptions/1"), No);
    }

    #[test]
    fn what_is_not_known_decides_only_where_nothing_else_does() {
        let mut access = world();
        give(&mut access, identity("hidden", IdentityKind::Group), Role::OWNER, "/subscriptions/1");
        let at = "/subscriptions/1";
        assert_eq!(now(&access, "emil", WRITE, at), Unknown(()));
        assert_eq!(now(&access, "anna", WRITE, at), Yes);
        // A role that could not be read.
        give(&mut access, identity("fred", IdentityKind::User), "odd", at);
        assert_eq!(now(&access, "fred", WRITE, at), Unknown(()));
        access
            .denials
            .push(Denial { from: vec![identity("hidden", IdentityKind::Group)], ..denial() });
        assert_eq!(now(&access, "anna", WRITE, at), Unknown(()));
        access.denials.push(denial());
        for who in ["anna", "emil", "fred"] {
            assert_eq!(now(&access, who, WRITE, at), No, "{who}");
        }
    }

    #[test]
    fn a_condition_decides_nothing_but_for_actions_that_it_does_not_concern() {
        let mut access = world();
        let condition = "!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}) OR @Request[a:b] StringEquals 'c'";
        let mut assignment = (*access.assignments[0]).clone();
        assignment.condition = Some(Condition::new(condition));
        access.assignments[0] = Arc::new(assignment);
        assert_eq!(now(&access, "anna", GIVES_ROLES, "/subscriptions/1"), Unknown(()));
        assert_eq!(now(&access, "anna", WRITE, "/subscriptions/1"), Yes);
        let all = access.who_may(
            Plane::Control,
            GIVES_ROLES,
            &Place::new("/subscriptions/1"),
            Reach::Now,
        );
        assert_eq!((all.certain.len(), all.perhaps.len(), all.others), (0, 1, false));
    }

    #[test]
    fn a_denial_under_a_condition_denies_only_where_the_condition_holds() {
        let mut access = world();
        let at = "/subscriptions/1";
        let under =
            |condition: &str| Denial { condition: Some(Condition::new(condition)), ..denial() };
        // Whether it holds for the request is not known: the holder is neither denied nor certain.
        access.denials.push(under("@Request[a:b] StringEquals 'c'"));
        assert_eq!(now(&access, "anna", WRITE, at), Unknown(()));
        assert_eq!(now(&access, "anna", "x/y/read", at), Yes);
        let all = access.who_may(Plane::Control, WRITE, &Place::new(at), Reach::Now);
        assert_eq!((all.certain.len(), all.perhaps.len()), (0, 2));
        // A denial that holds anyway settles it.
        access.denials.push(denial());
        assert_eq!(now(&access, "anna", WRITE, at), No);
        access.denials.pop();
        // One that concerns another action does not hold for this one, and holds for that.
        access.denials[0] = under("ActionMatches{'Microsoft.Sql/servers/write'}");
        assert_eq!(now(&access, "anna", WRITE, at), No);
        assert_eq!(now(&access, "anna", GIVES_ROLES, at), Yes);
    }

    #[test]
    fn what_can_be_asked_for_is_not_held() {
        let mut access = world();
        let mut assignment = (*access.assignments[1]).clone();
        assignment.eligible = true;
        access.assignments[1] = Arc::new(assignment);
        let at = Place::new("/subscriptions/1");
        assert_eq!(access.may("bert", Plane::Control, WRITE, &at, Reach::Now), No);
        assert_eq!(access.may("bert", Plane::Control, WRITE, &at, Reach::OnDemand), Yes);
    }

    #[test]
    fn holders_are_counted_once_and_deleted_ones_not_at_all() {
        let mut access = world();
        let at = Place::new("/subscriptions/1");
        give(&mut access, identity("anna", IdentityKind::User), Role::OWNER, "/subscriptions/1");
        give(&mut access, identity("gone", IdentityKind::Deleted), Role::OWNER, "/subscriptions/1");
        give(
            &mut access,
            identity("app", IdentityKind::Application),
            Role::OWNER,
            "/subscriptions/1",
        );
        let owners = access.holders_of(Role::OWNER, &at, Reach::Now);
        assert_eq!(owners.certain, BTreeSet::from(["anna".to_owned(), "app".to_owned()]));
        assert!(owners.is_complete());
        give(&mut access, identity("hidden", IdentityKind::Group), Role::OWNER, "/subscriptions/1");
        let owners = access.holders_of(Role::OWNER, &at, Reach::Now);
        assert!(owners.others && owners.certain.len() == 2 && !owners.is_complete());
    }

    #[test]
    fn only_what_is_in_force_is_held_now() {
        let mut access = world();
        let at = Place::new("/subscriptions/1");
        let mut assignment = (*access.assignments[0]).clone();
        assignment.eligible = true;
        access.assignments[0] = Arc::new(assignment);
        let certain = |reach| {
            access.holders_of(Role::OWNER, &at, reach).certain.into_iter().collect::<Vec<_>>()
        };
        assert_eq!(certain(Reach::Now), [""; 0]);
        assert_eq!(certain(Reach::OnDemand), ["anna"]);
        // A role that is given below is not held over all of it.
        let below = Place::new("/subscriptions/1/resourceGroups/g");
        assert_eq!(access.holders_of(Role::OWNER, &below, Reach::Now).certain.len(), 2);
        assert_eq!(access.holders_of(Role::READER, &below, Reach::Now), Who::default());
    }

    #[test]
    fn what_is_given_to_a_management_group_above_holds_below() {
        let mut access = Access::default();
        let reader = Arc::new(Role::built_in(Role::READER).unwrap());
        access.roles.insert(Role::READER.to_owned(), reader);
        let top = "/providers/Microsoft.Management/managementGroups/top";
        give(&mut access, identity("anna", IdentityKind::User), Role::READER, top);
        assert_eq!(now(&access, "anna", "x/y/read", "/subscriptions/1"), Yes);
        assert_eq!(now(&access, "anna", "x/y/write", "/subscriptions/1"), No);
        assert_eq!(now(&access, "anna", "x/y/read", "/"), No);
    }

    #[test]
    fn whether_who_is_known_are_all_depends_on_both_others_and_doubts() {
        let of = |perhaps: &[&str], others| Who {
            perhaps: perhaps.iter().map(|id| (*id).to_owned()).collect(),
            others,
            ..Who::default()
        };
        assert!(of(&[], false).is_complete());
        for (perhaps, others) in [(&["anna"] as &[_], false), (&[], true), (&["anna"], true)] {
            assert!(!of(perhaps, others).is_complete(), "{perhaps:?} {others}");
        }
    }

    #[test]
    fn a_denial_under_a_condition_denies_where_that_holds() {
        let mut access = world();
        let at = "/subscriptions/1";
        // It denies nothing but the giving of roles, and that in part.
        let condition =
            "ActionMatches{'Microsoft.Authorization/*'} AND @Request[a:b] StringEquals 'c'";
        access.denials.push(Denial { condition: Some(Condition::new(condition)), ..denial() });
        assert_eq!(now(&access, "anna", GIVES_ROLES, at), Unknown(()));
        assert_eq!(now(&access, "anna", WRITE, at), Yes);
        access.denials[0].condition = Some(Condition::new("ActionMatches{'Microsoft.Sql/*'}"));
        assert_eq!(now(&access, "anna", WRITE, at), No);
        assert_eq!(now(&access, "anna", GIVES_ROLES, at), Yes);
    }

    #[test]
    fn a_condition_gives_nothing_that_the_role_does_not() {
        let mut access = world();
        let mut assignment = (*access.assignments[1]).clone();
        assignment.condition = Some(Condition::new("ActionMatches{'*'}"));
        access.assignments[1] = Arc::new(assignment);
        assert_eq!(now(&access, "bert", GIVES_ROLES, "/subscriptions/1"), No);
        assert_eq!(now(&access, "bert", WRITE, "/subscriptions/1"), Yes);
    }

    #[test]
    fn who_may_leaves_out_whom_a_denial_concerns() {
        let mut access = world();
        let at = Place::new("/subscriptions/1");
        let of = |access: &Access| {
            let who = access.who_may(Plane::Control, WRITE, &at, Reach::Now);
            (who.certain.into_iter().collect::<Vec<_>>(), who.perhaps.len(), who.others)
        };
        assert_eq!(of(&access), (vec!["anna".to_owned(), "bert".to_owned()], 0, false));
        let but = vec![identity("bert", IdentityKind::User)];
        access.denials.push(Denial { but, ..denial() });
        assert_eq!(of(&access), (vec!["bert".to_owned()], 0, false));
        // A deny assignment for another plane or for no principal denies nothing here.
        access.denials[0].permissions[0].data_actions =
            access.denials[0].permissions[0].actions.split_off(0);
        assert_eq!(of(&access).0.len(), 2);
    }

    #[test]
    fn types_are_read_without_regard_to_case() {
        for (text, kind) in [
            ("USER", IdentityKind::User),
            ("Group", IdentityKind::Group),
            ("ServicePrincipal", IdentityKind::Application),
            ("MSI", IdentityKind::Application),
            ("ForeignGroup", IdentityKind::ForeignGroup),
            ("Unknown", IdentityKind::Deleted),
            ("Device", IdentityKind::Device),
            ("Agent", IdentityKind::Unclear),
            ("", IdentityKind::Unclear),
        ] {
            assert_eq!(IdentityKind::read(text), kind, "{text}");
        }
        let access = world();
        let members = |kind| access.members(&identity("x", kind));
        assert_eq!(members(IdentityKind::User), Some(vec!["x".to_owned()]));
        assert_eq!(members(IdentityKind::Application), Some(vec!["x".to_owned()]));
        assert_eq!(members(IdentityKind::Device), Some(Vec::new()));
        assert_eq!(members(IdentityKind::Deleted), Some(Vec::new()));
        for kind in [IdentityKind::ForeignGroup, IdentityKind::Unclear, IdentityKind::Group] {
            assert_eq!(members(kind), None, "{kind:?}");
        }
        assert_eq!(access.members(&identity("staff", IdentityKind::Group)).unwrap().len(), 2);
        assert_eq!(access.members(&identity("hidden", IdentityKind::Group)), None);
    }

    #[test]
    fn a_group_that_cannot_be_read_matters_only_where_it_has_the_right() {
        let at = Place::new("/subscriptions/1");
        let others = |role: &str, place: &str, eligible: bool| {
            let mut access = world();
            give(&mut access, identity("hidden", IdentityKind::Group), role, place);
            let mut last = (**access.assignments.last().unwrap()).clone();
            last.eligible = eligible;
            *access.assignments.last_mut().unwrap() = Arc::new(last);
            access.who_may(Plane::Control, WRITE, &at, Reach::Now).others
        };
        assert!(others(Role::OWNER, "/subscriptions/1", false));
        // Elsewhere, for something else, or only to be asked for.
        assert!(!others(Role::OWNER, "/subscriptions/2", false));
        assert!(!others(Role::READER, "/subscriptions/1", false));
        assert!(!others(Role::OWNER, "/subscriptions/1", true));
    }

    #[test]
    fn a_holder_is_certain_only_by_an_answer_that_is() {
        let access = world();
        let who = access.holders(|given| match given.to.id.as_str() {
            "anna" => Yes,
            "bert" => Unknown(()),
            _ => No,
        });
        let set = |id: &str| BTreeSet::from([id.to_owned()]);
        assert_eq!((who.certain, who.perhaps, who.others), (set("anna"), set("bert"), false));
    }
}
