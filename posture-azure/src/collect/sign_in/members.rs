//! Who is in the groups and roles that policies name, if it decides whether a policy covers a user whom another one
//! excludes.

use std::collections::BTreeSet;

use posture_model::gap::Gap;

use super::region::{Atom, Kind, Members, undetermined};
use super::truth::Truth;
use crate::collect::body::same;
use crate::collect::principals::{Directory, Found, Principals};
use crate::collect::roles::{Holders, Holds, Lists};
use crate::rbac::{Identity, IdentityKind};

/// Nothing was read yet.
pub(super) struct Unread;

impl Members for Unread {
    fn has(&self, user: &str, set: &Atom<'_>) -> Truth {
        Truth::Unknown(undetermined(user, set.name))
    }
}

/// What was read.
pub(super) struct Memberships<'t> {
    directory: Directory,
    /// None if no role was requested.
    roles: Option<&'t Lists>,
}

impl<'t> Memberships<'t> {
    /// Reads what decides whether some users are in some sets.
    pub(super) async fn read(
        holders: &'t Holders<'_>,
        principals: &Principals<'_>,
        asks: &[&(Atom<'_>, Atom<'_>)],
    ) -> Self {
        let pairs = asks.iter().flat_map(|(one, other)| [(one, other), (other, one)]);
        let pairs: Vec<_> = pairs.filter(|(user, _)| user.kind == Kind::User).collect();
        let of_kind = |kind: Kind| pairs.iter().filter(move |(_, set)| set.kind == kind);
        let mut identities: BTreeSet<Identity> =
            of_kind(Kind::Group).map(|(_, group)| group_of(group.name)).collect();
        identities.extend(
            of_kind(Kind::Guest).chain(of_kind(Kind::AnyGuest)).map(|(user, _)| user_of(user.name)),
        );
        let asked: Vec<&str> = of_kind(Kind::Role).map(|(_, role)| role.name).collect();
        let mut roles = None;
        if !asked.is_empty() {
            let lists = holders.lists().await;
            identities.extend(lists.groups(&asked));
            roles = Some(lists);
        }
        Self { directory: principals.find(&identities).await, roles }
    }

    fn in_group(&self, user: &str, group: &str) -> Truth {
        match self.directory.has_member(&group_of(group), &user.to_ascii_lowercase()) {
            Some(Ok(has)) => has.into(),
            Some(Err(why)) => Truth::Unknown(why),
            None => Truth::Unknown(undetermined(user, group)),
        }
    }

    fn in_role(&self, user: &str, role: &str) -> Truth {
        let Some(lists) = self.roles else { return Truth::Unknown(undetermined(user, role)) };
        let in_group = |group: &Identity| match self.in_group(user, &group.id) {
            Truth::Yes => Ok(true),
            Truth::No => Ok(false),
            Truth::Unknown(why) => Err(why),
        };
        match lists.holds(user, role, in_group) {
            Holds::Always => Truth::Yes,
            Holds::Never => Truth::No,
            // It depends on when they ask for it.
            Holds::OnDemand => Truth::Unknown(undetermined(user, role)),
            Holds::Unknown(why) => Truth::Unknown(why),
        }
    }

    /// Whether a user is a guest of a type. For the types that hold members of other tenants nothing in the directory shows
    /// for sure.
    fn is_guest(&self, user: &str, set: &Atom<'_>) -> Truth {
        let unclear = || Truth::Unknown(undetermined(user, set.name));
        // Those are not objects of the directory, which could be named by their IDs.
        if same(set.name, "b2bDirectConnectUser") || same(set.name, "serviceProvider") {
            return Truth::No;
        }
        let by_type = ["internalGuest", "b2bCollaborationGuest"];
        match self.directory.of(&user_of(user)) {
            Found::User(person) => match person.guest {
                Some(false) if by_type.iter().any(|kind| same(set.name, kind)) => Truth::No,
                Some(true) if set.kind == Kind::AnyGuest => Truth::Yes,
                _ => unclear(),
            },
            Found::Refused(why) => Truth::Unknown(Gap::clone(&why)),
            _ => unclear(),
        }
    }
}

impl Members for Memberships<'_> {
    fn has(&self, user: &str, set: &Atom<'_>) -> Truth {
        match set.kind {
            Kind::Group => self.in_group(user, set.name),
            Kind::Role => self.in_role(user, set.name),
            Kind::Guest | Kind::AnyGuest => self.is_guest(user, set),
            _ => Truth::Unknown(undetermined(user, set.name)),
        }
    }
}

fn group_of(id: &str) -> Identity {
    Identity { id: id.to_ascii_lowercase(), kind: IdentityKind::Group }
}

fn user_of(id: &str) -> Identity {
    Identity { id: id.to_ascii_lowercase(), kind: IdentityKind::User }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use posture_model::gap::Reason;

    use super::*;
    use crate::collect::principals::Person;

    fn person(guest: Option<bool>) -> Found {
        let name = String::new();
        Found::User(Arc::new(Person { id: name.clone(), name, user: true, enabled: None, guest }))
    }

    fn gap() -> Gap {
        Gap::new("x", "y", Reason::Denied)
    }

    #[test]
    fn who_is_in_a_group_is_what_was_read() {
        let directory = Directory::of_groups(&[("g", Ok(&["anna"])), ("hidden", Err(gap()))]);
        let members = Memberships { directory, roles: None };
        let has = |user: &str, group: &str| members.has(user, &Atom::new(Kind::Group, group));
        assert_eq!(has("ANNA", "G"), Truth::Yes);
        assert_eq!(has("bert", "g"), Truth::No);
        assert_eq!(has("anna", "hidden"), Truth::Unknown(gap()));
        assert_eq!(has("anna", "unasked"), Truth::Unknown(undetermined("anna", "unasked")));
        for kind in [Kind::Role, Kind::Agents] {
            let unread = members.has("anna", &Atom::new(kind, "g"));
            assert_eq!(unread, Truth::Unknown(undetermined("anna", "g")), "{kind:?}");
        }
    }

    #[test]
    fn what_kind_of_guest_a_user_is_shows_in_part() {
        let directory = Directory::default()
            .and("member", person(Some(false)))
            .and("guest", person(Some(true)))
            .and("hidden", person(None))
            .and("refused", Found::Refused(Arc::new(gap())));
        let members = Memberships { directory, roles: None };
        let has = |user: &str, name: &str| {
            let any = name == "GuestsOrExternalUsers";
            let kind = if any { Kind::AnyGuest } else { Kind::Guest };
            match members.has(user, &Atom::new(kind, name)) {
                Truth::Yes => "yes",
                Truth::No => "no",
                Truth::Unknown(why) if why == gap() => "refused",
                Truth::Unknown(_) => "unclear",
            }
        };
        for (user, name, expected) in [
            ("MEMBER", "internalGuest", "no"),
            ("member", "b2bCollaborationGuest", "no"),
            ("member", "b2bCollaborationMember", "unclear"),
            ("member", "otherExternalUser", "unclear"),
            ("member", "GuestsOrExternalUsers", "unclear"),
            ("guest", "internalGuest", "unclear"),
            ("guest", "b2bCollaborationGuest", "unclear"),
            ("guest", "GuestsOrExternalUsers", "yes"),
            ("hidden", "internalGuest", "unclear"),
            ("refused", "internalGuest", "refused"),
            ("unasked", "internalGuest", "unclear"),
            // They are not objects of the directory.
            ("guest", "serviceProvider", "no"),
            ("unasked", "b2bDirectConnectUser", "no"),
        ] {
            assert_eq!(has(user, name), expected, "{user} {name}");
        }
    }
}
