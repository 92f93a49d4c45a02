//! What roles mean: actions as patterns, what a set of permissions allows, and what a principal may do at a scope.

mod access;
mod answer;
mod condition;
#[cfg(test)]
mod laws;
mod pattern;
mod place;

use posture_model::dated::Dated;
use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use access::{Access, Assignment, Denial, Groups, Identity, IdentityKind, Reach, Who};
pub(crate) use answer::Answer;
pub(crate) use condition::Condition;
pub(crate) use pattern::Pattern;
use pattern::VERBS;
pub(crate) use place::{Height, Place};

use crate::view::View;

/// Assigns roles, and with them any permission.
pub(crate) const GIVES_ROLES: &str = "Microsoft.Authorization/roleAssignments/write";

/// What leads to assigning roles: doing so, widening a role that the identity has, and the
/// [elevation](https://learn.microsoft.com/en-us/azure/role-based-access-control/elevate-access-global-admin) to the root.
pub(crate) static ESCALATIONS: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin",
        "https://learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance",
    ],
    "2026-11-24",
    &[
        GIVES_ROLES,
        "Microsoft.Authorization/roleDefinitions/write",
        "Microsoft.Authorization/elevateAccess/action",
    ],
);

/// The two planes of Azure: managing resources, and working with the data in them. An action of one allows nothing in
/// the other.
#[allow(dead_code, reason = "no control asks about data")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    Control,
    Data,
}

/// The actions of one role: what it allows, less what it excludes again.
///
/// [`notActions`](https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions#notactions) is not a
/// denial: another role may allow what this one leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) actions: Vec<Pattern>,
    pub(crate) not_actions: Vec<Pattern>,
    pub(crate) data_actions: Vec<Pattern>,
    pub(crate) not_data_actions: Vec<Pattern>,
    /// Some built-in roles have a condition themselves.
    pub(crate) condition: Option<Condition>,
}

impl Permission {
    /// Reads one element of `permissions`; none if it does not fit. What it allows and excludes on the control
    /// plane is always returned, if only by an empty list.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let view = View(value);
        let patterns =
            |words: Vec<&str>| -> Vec<Pattern> { words.into_iter().map(Pattern::new).collect() };
        Some(Self {
            actions: patterns(view.need("actions", View::words).ok()?),
            not_actions: patterns(view.need("notActions", View::words).ok()?),
            data_actions: patterns(view.texts("dataActions").ok()?),
            not_data_actions: patterns(view.texts("notDataActions").ok()?),
            condition: Condition::read(value)?,
        })
    }

    /// The same for a role, which has both planes.
    pub(crate) fn of_role(value: &Value) -> Option<Self> {
        let view = View(value);
        view.need("dataActions", View::words).ok()?;
        view.need("notDataActions", View::words).ok()?;
        Self::read(value)
    }

    fn of(&self, plane: Plane) -> (&[Pattern], &[Pattern]) {
        match plane {
            Plane::Control => (&self.actions, &self.not_actions),
            Plane::Data => (&self.data_actions, &self.not_data_actions),
        }
    }

    /// Whether it names an action, whatever its condition is.
    pub(crate) fn allows(&self, action: &str) -> bool {
        self.names(Plane::Control, action)
    }

    fn names(&self, plane: Plane, action: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action));
        let (given, taken) = self.of(plane);
        any(given) && !any(taken)
    }

    /// Whether it allows an action.
    pub(crate) fn gives(&self, plane: Plane, action: &str) -> Answer {
        let named = Answer::from(self.names(plane, action));
        match &self.condition {
            Some(condition) if named == Answer::Yes => condition.lets(action),
            _ => named,
        }
    }

    /// Whether it allows every action of the control plane.
    fn is_everything(&self) -> bool {
        let all = |verb: &str| self.actions.iter().any(|pattern| pattern.covers_all(verb));
        self.condition.is_none()
            && self.not_actions.is_empty()
            && VERBS.iter().all(|verb| all(verb))
    }
}

/// A [role](https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions). Its name does not prove
/// anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) name: String,
    /// Whether the customer made it.
    pub(crate) custom: bool,
    /// Its assignable scopes; they do not show where it is assigned.
    pub(crate) assignable: Vec<Place>,
    /// Each is separate: what one excludes another may allow. None if they could not be read.
    pub(crate) permissions: Option<Vec<Permission>>,
}

/// How far the permissions of a role reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Power {
    /// It can only look.
    Reads,
    /// It can change something.
    Changes,
    /// It can assign roles, and so have any permission.
    GivesRoles,
    /// It can do everything.
    Everything,
}

impl Role {
    pub(crate) const OWNER: &'static str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    pub(crate) const CONTRIBUTOR: &'static str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
    pub(crate) const READER: &'static str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
    pub(crate) const USER_ACCESS_ADMINISTRATOR: &'static str =
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";

    pub(crate) const ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR: &'static str =
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

    /// The [built-in roles](https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged)
    /// that matter most, for when roles cannot be read: their IDs are the same everywhere. As of 2026-07-01; Reader
    /// is [among the general ones](https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/general).
    pub(crate) fn built_in(id: &str) -> Option<Self> {
        let (name, actions, not_actions): (&str, &[&str], &[&str]) = match id {
            Self::OWNER => ("Owner", &["*"], &[]),
            Self::CONTRIBUTOR => (
                "Contributor",
                &["*"],
                &[
                    "Microsoft.Authorization/*/Delete",
                    "Microsoft.Authorization/*/Write",
                    "Microsoft.Authorization/elevateAccess/Action",
                    "Microsoft.Blueprint/blueprintAssignments/write",
                    "Microsoft.Blueprint/blueprintAssignments/delete",
                    "Microsoft.Compute/galleries/share/action",
                    "Microsoft.Purview/consents/write",
                    "Microsoft.Purview/consents/delete",
                    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
                    "Microsoft.Subscription/cancel/action",
                    "Microsoft.Subscription/enable/action",
                ],
            ),
            Self::ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR => (
                "Role Based Access Control Administrator",
                &[
                    "Microsoft.Authorization/roleAssignments/write",
                    "Microsoft.Authorization/roleAssignments/delete",
                    "*/read",
                    "Microsoft.Support/*",
                ],
                &[],
            ),
            Self::READER => ("Reader", &["*/read"], &[]),
            Self::USER_ACCESS_ADMINISTRATOR => (
                "User Access Administrator",
                &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
                &[],
            ),
            _ => return None,
        };
        let patterns = |all: &[&str]| all.iter().map(|text| Pattern::new(text)).collect();
        let permission = Permission {
            actions: patterns(actions),
            not_actions: patterns(not_actions),
            ..Permission::default()
        };
        Some(Self {
            name: name.to_owned(),
            custom: false,
            assignable: vec![Place::ROOT],
            permissions: Some(vec![permission]),
        })
    }

    /// Whether it allows an action.
    pub(crate) fn gives(&self, plane: Plane, action: &str) -> Answer {
        match &self.permissions {
            None => Answer::Unknown(()),
            Some(all) => Answer::any(all.iter().map(|permission| permission.gives(plane, action))),
        }
    }

    /// Whether it allows every action of the control plane.
    pub(crate) fn is_everything(&self) -> Answer {
        match &self.permissions {
            None => Answer::Unknown(()),
            Some(all) => all.iter().any(Permission::is_everything).into(),
        }
    }

    /// Whether it can change anything: it names an action that does more than read.
    fn changes(&self) -> Answer {
        match &self.permissions {
            None => Answer::Unknown(()),
            Some(all) => all
                .iter()
                .flat_map(|permission| permission.actions.iter().chain(&permission.data_actions))
                .any(|pattern| !pattern.is_read())
                .into(),
        }
    }

    /// How far it reaches, under a condition of its assignment; none if that is unknown.
    pub(crate) fn power(&self, condition: Option<&Condition>) -> Option<Power> {
        let lets = |action: &str| condition.map_or(Answer::Yes, |condition| condition.lets(action));
        let roles = Answer::any(
            ESCALATIONS.iter().map(|action| self.gives(Plane::Control, action) & lets(action)),
        );
        let everything = self.is_everything() & Answer::from(condition.is_none());
        match (everything, roles, self.changes()) {
            (Answer::Yes, ..) => Some(Power::Everything),
            (Answer::No, Answer::Yes, _) => Some(Power::GivesRoles),
            (Answer::No, Answer::No, Answer::Yes) => Some(Power::Changes),
            (Answer::No, Answer::No, Answer::No) => Some(Power::Reads),
            _ => None,
        }
    }

    /// Whether it is one of what Microsoft calls
    /// [privileged administrator roles](https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged)
    /// (read on 2026-11-30): it can assign roles, or do everything but that. A condition may leave less of it.
    pub(crate) fn is_privileged(&self, condition: Option<&Condition>) -> Answer {
        match self.power(condition) {
            Some(Power::Everything | Power::GivesRoles) => Answer::Yes,
            _ if self.wildcards().is_empty() && self.permissions.is_some() => {
                match self.power(condition) {
                    None => Answer::Unknown(()),
                    Some(_) => Answer::No,
                }
            }
            _ if self.permissions.is_some() && condition.is_none() => Answer::Yes,
            _ => Answer::Unknown(()),
        }
    }

    /// In words, what makes it a role for everything: a `*`, whatever it takes away from that again.
    pub(crate) fn wildcards(&self) -> Vec<String> {
        let everything = |permission: &&Permission| {
            let all = |verb: &str| permission.actions.iter().any(|p| p.covers_all(verb));
            VERBS.iter().all(|verb| all(verb))
        };
        let words = |permission: &Permission| {
            if permission.not_actions.is_empty() {
                return "every action".to_owned();
            }
            let taken: Vec<&str> = permission.not_actions.iter().map(Pattern::text).collect();
            format!("every action but {}", taken.join(", "))
        };
        self.permissions.iter().flatten().filter(everything).map(words).collect()
    }

    /// The namespaces for which it allows every action.
    pub(crate) fn wildcard_services(&self) -> BTreeSet<String> {
        let patterns = self.permissions.iter().flatten().flat_map(|p| &p.actions);
        patterns.filter_map(Pattern::service).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use posture_model::tri::Tri::{No, Unknown, Yes};

    /// A role with these permissions, in which lists that are not named are empty.
    fn role(permissions: Value) -> Role {
        let whole = |permission: &Value| {
            let mut whole =
                json!({ "actions": [], "notActions": [], "dataActions": [], "notDataActions": [] });
            for (name, value) in permission.as_object().unwrap() {
                whole[name] = value.clone();
            }
            Permission::of_role(&whole)
        };
        let permissions = permissions.as_array().unwrap().iter().map(whole).collect();
        Role { permissions, ..Role::default() }
    }

    #[test]
    fn what_a_role_leaves_out_another_part_of_it_may_give() {
        let contributor =
            json!({ "actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"] });
        let one = role(json!([contributor]));
        assert_eq!(one.gives(Plane::Control, GIVES_ROLES), No);
        assert_eq!(one.gives(Plane::Control, "Microsoft.Sql/servers/write"), Yes);
        let two = role(
            json!([contributor, { "actions": ["microsoft.authorization/roleassignments/WRITE"] }]),
        );
        assert_eq!(two.gives(Plane::Control, GIVES_ROLES), Yes);
    }

    #[test]
    fn actions_and_data_actions_are_apart() {
        let read = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
        let owner = role(json!([{ "actions": ["*"] }]));
        assert_eq!(owner.gives(Plane::Data, read), No);
        let reader = role(json!([{ "dataActions": ["*"], "notDataActions": ["*/delete"] }]));
        assert_eq!(reader.gives(Plane::Data, read), Yes);
        assert_eq!(reader.gives(Plane::Data, &read.replace("read", "delete")), No);
        assert_eq!(reader.gives(Plane::Control, read), No);
        assert_eq!(reader.power(None), Some(Power::Changes));
    }

    #[test]
    fn power_is_recognized_by_what_a_role_gives_and_not_by_its_name() {
        for (permissions, expected) in [
            (json!([{ "actions": ["*"] }]), Power::Everything),
            (json!([{ "actions": ["*/*"] }]), Power::Everything),
            (
                json!([{ "actions": ["*/read", "*/write", "*/delete", "*/action"] }]),
                Power::Everything,
            ),
            (
                json!([{ "actions": ["*"], "notActions": ["Microsoft.Support/*"] }]),
                Power::GivesRoles,
            ),
            (json!([{ "actions": ["Microsoft.Authorization/*"] }]), Power::GivesRoles),
            (json!([{ "actions": ["*/write"] }]), Power::GivesRoles),
            (
                json!([{ "actions": ["Microsoft.Authorization/elevateAccess/Action"] }]),
                Power::GivesRoles,
            ),
            (
                json!([{ "actions": ["*"], "notActions": ["Microsoft.Authorization/*"] }]),
                Power::Changes,
            ),
            (json!([{ "actions": ["*/read", "Microsoft.Support/*"] }]), Power::Changes),
            (json!([{ "actions": ["*/read"], "dataActions": ["x/y/READ"] }]), Power::Reads),
            (json!([]), Power::Reads),
        ] {
            assert_eq!(role(permissions.clone()).power(None), Some(expected), "{permissions}");
        }
        assert_eq!(Role::default().power(None), None);
        let conditional = Condition::new("@Request[x:y] StringEquals 'z'");
        assert_eq!(role(json!([{ "actions": ["*"] }])).power(Some(&conditional)), None);
    }

    #[test]
    fn the_roles_that_are_known_by_their_ids_are_what_they_are_called() {
        let power = |id| Role::built_in(id).unwrap().power(None).unwrap();
        assert_eq!(power(Role::OWNER), Power::Everything);
        assert_eq!(power(Role::CONTRIBUTOR), Power::Changes);
        assert_eq!(power(Role::READER), Power::Reads);
        assert_eq!(power(Role::USER_ACCESS_ADMINISTRATOR), Power::GivesRoles);
        assert_eq!(power(Role::ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR), Power::GivesRoles);
        assert_eq!(Role::built_in("owner"), None);
    }

    #[test]
    fn a_permission_that_does_not_fit_gives_nothing_and_says_so() {
        for bad in [
            json!(null),
            json!("*"),
            json!([]),
            json!({}),
            json!({ "notActions": [] }),
            json!({ "actions": ["*"] }),
            json!({ "actions": "*", "notActions": [] }),
            json!({ "actions": [1], "notActions": [] }),
            json!({ "actions": [null], "notActions": [] }),
            json!({ "actions": null, "notActions": [] }),
            json!({ "actions": ["*"], "notActions": null }),
            json!({ "actions": ["*"], "notActions": [], "dataActions": {} }),
            json!({ "actions": ["*"], "notActions": [], "notDataActions": "x" }),
            json!({ "actions": [], "notActions": [], "condition": 1 }),
        ] {
            assert_eq!(Permission::read(&bad), None, "{bad}");
        }
        // Some API versions return what an identity may do without the data plane; what a role allows always has it.
        let control = json!({ "actions": [], "notActions": [] });
        assert_eq!(Permission::read(&control), Some(Permission::default()));
        assert_eq!(Permission::of_role(&control), None);
        let spelled =
            json!({ "Actions": ["*"], "NotActions": [], "DataActions": [], "NotDataActions": [] });
        assert_eq!(Permission::of_role(&spelled).unwrap().actions, [Pattern::new("*")]);
    }

    #[test]
    fn a_permission_names_what_it_gives_and_does_not_take_away() {
        let permission =
            Permission::read(&json!({ "actions": ["x/*"], "notActions": ["x/y/write"] })).unwrap();
        assert!(permission.allows("x/y/read"));
        assert!(!permission.allows("x/y/write"));
        assert!(!permission.allows("z/y/read"));
        let conditional = Permission { condition: Some(Condition::new("a eq 'b'")), ..permission };
        assert!(conditional.allows("x/y/read"));
        assert_eq!(conditional.gives(Plane::Control, "x/y/read"), Unknown(()));
        assert_eq!(conditional.gives(Plane::Control, "x/y/write"), No);
    }

    #[test]
    fn a_role_for_everything_says_so_in_words() {
        for (permissions, expected) in [
            (json!([{ "actions": ["*"] }]), &["every action"] as &[&str]),
            (json!([{ "actions": ["x/y/read", "*"] }]), &["every action"]),
            (
                json!([{ "actions": ["*/read", "*/write", "*/delete", "*/action"] }]),
                &["every action"],
            ),
            (
                json!([{ "actions": ["*"], "notActions": ["X/y/*", "z/*"] }]),
                &["every action but x/y/*, z/*"],
            ),
            (json!([{ "actions": ["*/read"] }, { "actions": ["*"] }]), &["every action"]),
            (json!([{ "actions": ["*/read", "*/write"] }]), &[]),
            (json!([{ "actions": ["Microsoft.Sql/*"] }]), &[]),
            (json!([]), &[]),
        ] {
            assert_eq!(role(permissions.clone()).wildcards(), expected, "{permissions}");
        }
        assert_eq!(Role::default().wildcards(), [""; 0]);
    }

    #[test]
    fn a_role_under_a_condition_is_not_everything() {
        let all = json!({ "actions": ["*"] });
        let condition = json!({ "actions": ["*"], "condition": "a eq 'b'" });
        assert_eq!(role(json!([condition])).is_everything(), No);
        assert_eq!(role(json!([condition, all])).is_everything(), Yes);
        assert_eq!(role(json!([{ "actions": ["*"], "notActions": ["x/*"] }])).is_everything(), No);
        assert_eq!(Role::default().is_everything(), Unknown(()));
        assert!(!Role::built_in(Role::OWNER).unwrap().custom);
    }

    #[test]
    fn a_condition_of_a_permission_is_one() {
        let role = role(json!([{
            "actions": ["Microsoft.Authorization/roleAssignments/write", "*/read"],
            "condition": "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[a:b] ForAnyOfAnyValues:GuidEquals {1}))"
        }]));
        assert_eq!(role.gives(Plane::Control, GIVES_ROLES), Unknown(()));
        assert_eq!(role.gives(Plane::Control, "x/y/read"), Yes);
        assert_eq!(role.power(None), None);
    }

    #[test]
    fn every_service_that_is_given_whole_is_named() {
        let role = role(json!([{ "actions": [
            "Microsoft.Sql/*", "Microsoft.Compute/*/read", "Microsoft.Web/sites/*", "microsoft.cache/*/*", "*", "*/read"
        ] }]));
        let services: Vec<String> = role.wildcard_services().into_iter().collect();
        assert_eq!(services, ["microsoft.cache", "microsoft.sql"]);
    }
}
