//! Sets of sign-ins as policies describe them, and what is known of how these sets overlap.
//!
//! A policy applies to all users, or to those that it includes, except those that it excludes. So a sign-in escapes it
//! in one of a few ways: it is in none of what the policy includes, or in one of what it excludes.

use posture_collect::text::clip;
use posture_model::dated::Dated;
use posture_model::gap::{Gap, Reason};

use super::actions::POLICIES;
use super::policy::is_one;
use super::question::{EXCHANGE, MANAGEMENT};
use super::truth::Truth;
use crate::collect::body::same;

/// What a policy can name in its conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    User,
    Group,
    Role,
    /// A [type](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessguestsorexternalusers) of guests or
    /// external users, of every tenant or of one.
    Guest,
    /// `GuestsOrExternalUsers`, which older policies name in place of the types.
    AnyGuest,
    /// `AllAgentIdUsers`.
    Agents,
    Application,
    /// A word for several applications, such as `Office365`.
    Suite,
    /// The applications that a filter selects by their attributes.
    Attribute,
    Place,
    /// `AllTrusted`.
    Trusted,
    Platform,
    /// The devices that a filter selects.
    Filter,
}

/// One set of sign-ins that a condition names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom<'a> {
    pub(super) kind: Kind,
    /// Its id or word.
    pub(super) name: &'a str,
    /// The tenant that guests come from; none for every tenant.
    pub(super) tenant: Option<&'a str>,
}

/// The types of guests and external users, each user being of one of them or a member: of the page that [`Kind::Guest`] links.
pub(super) static GUESTS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/graph/api/resources/conditionalaccessguestsorexternalusers"],
    "2026-11-29",
    &[
        "internalGuest",
        "b2bCollaborationGuest",
        "b2bCollaborationMember",
        "b2bDirectConnectUser",
        "otherExternalUser",
        "serviceProvider",
    ],
);

/// The types that "all guest and external users" means according to [the portal](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-users-groups):
/// guests by their user type, and service providers.
static SURELY_ANY_GUEST: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups",
    ],
    "2026-11-29",
    &["internalGuest", "b2bCollaborationGuest", "serviceProvider"],
);

/// SharePoint Online, which with Exchange Online is in
/// [Office 365](https://learn.microsoft.com/en-us/entra/identity/conditional-access/reference-office-365-application-contents).
const SHAREPOINT: &str = "00000003-0000-0ff1-ce00-000000000000";

impl<'a> Atom<'a> {
    pub(super) fn new(kind: Kind, name: &'a str) -> Self {
        Self { kind, name, tenant: None }
    }

    /// Whether both are the same set by their names.
    pub(super) fn is(&self, other: &Atom<'_>) -> bool {
        let tenants = match (self.tenant, other.tenant) {
            (None, None) => true,
            (Some(one), Some(other)) => same(one, other),
            _ => false,
        };
        self.kind == other.kind && same(self.name, other.name) && tenants
    }

    /// Whether it is a set in which a user is or is not.
    fn has_users(&self) -> bool {
        matches!(self.kind, Kind::Group | Kind::Role | Kind::Guest | Kind::AnyGuest | Kind::Agents)
    }
}

/// Who is in groups, roles and other sets of users.
pub(super) trait Members {
    /// Whether a user is in a set.
    fn has(&self, user: &str, set: &Atom<'_>) -> Truth;
}

/// Whether all of one set is in another. `No` means that it need not be: a user can be added to a group or get a role
/// tomorrow, and policies have to apply to that user too.
pub(super) fn within(one: &Atom<'_>, other: &Atom<'_>, members: &dyn Members) -> Truth {
    if one.is(other) {
        return Truth::Yes;
    }
    match (one.kind, other.kind) {
        (Kind::User, _) if other.has_users() => members.has(one.name, other),
        (Kind::Guest, Kind::Guest) => (same(one.name, other.name) && other.tenant.is_none()).into(),
        (Kind::Guest, Kind::AnyGuest) if is_one(one.name, &SURELY_ANY_GUEST) => Truth::Yes,
        (Kind::Guest, Kind::AnyGuest) => unclear(one, other),
        (Kind::Application, Kind::Suite) if is_portal_of_azure(one, other) => Truth::No,
        (Kind::Application, Kind::Suite | Kind::Attribute) => in_suite(one, other),
        (Kind::Place, Kind::Trusted) => unclear(one, other),
        _ => Truth::No,
    }
}

/// Whether nothing is in both of two sets.
pub(super) fn apart(one: &Atom<'_>, other: &Atom<'_>, members: &dyn Members) -> Truth {
    if one.is(other) {
        return Truth::No;
    }
    match (one.kind, other.kind) {
        (Kind::User, Kind::User)
        | (Kind::Application, Kind::Application)
        | (Kind::Platform, Kind::Platform) => Truth::Yes,
        (Kind::User, _) if other.has_users() => !members.has(one.name, other),
        (_, Kind::User) if one.has_users() => !members.has(other.name, one),
        (Kind::Guest, Kind::Guest) => {
            (!same(one.name, other.name) || (one.tenant.is_some() && other.tenant.is_some())).into()
        }
        (Kind::Application, Kind::Suite) if is_portal_of_azure(one, other) => Truth::No,
        (Kind::Suite, Kind::Application) if is_portal_of_azure(other, one) => Truth::No,
        (Kind::Application, Kind::Suite | Kind::Attribute) => !in_suite(one, other),
        (Kind::Suite | Kind::Attribute, Kind::Application) => !in_suite(other, one),
        (Kind::Place | Kind::Trusted, Kind::Place | Kind::Trusted) => unclear(one, other),
        _ => Truth::No,
    }
}

/// Resources are managed with the portal and without it: the sign-ins to the one application are in part those to the other.
fn is_portal_of_azure(application: &Atom<'_>, suite: &Atom<'_>) -> bool {
    is_one(application.name, &MANAGEMENT) && same(suite.name, "MicrosoftAdminPortals")
}

fn in_suite(application: &Atom<'_>, suite: &Atom<'_>) -> Truth {
    if suite.kind == Kind::Attribute {
        return unclear(application, suite);
    }
    if is_one(application.name, &[EXCHANGE, SHAREPOINT]) {
        return same(suite.name, "Office365").into();
    }
    if is_one(application.name, &MANAGEMENT) {
        return Truth::No;
    }
    unclear(application, suite)
}

fn unclear(one: &Atom<'_>, other: &Atom<'_>) -> Truth {
    Truth::Unknown(undetermined(one.name, other.name))
}

/// Why it cannot be decided whether one set is in another.
pub(super) fn undetermined(one: &str, other: &str) -> Gap {
    let mut gap = Gap::new(POLICIES, one, Reason::Undetermined);
    gap.detail = Some(clip(format!("cannot determine whether it is in `{other}`")));
    gap
}

/// What a condition includes and excludes.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice<'a> {
    /// Whether it includes everything.
    pub(super) every: bool,
    pub(super) included: Vec<Atom<'a>>,
    pub(super) excluded: Vec<Atom<'a>>,
}

impl<'a> Choice<'a> {
    pub(super) fn everything() -> Self {
        Self { every: true, ..Self::default() }
    }

    /// Whether it includes nothing at all.
    pub(super) fn is_nothing(&self) -> bool {
        !self.every && self.included.is_empty()
    }

    /// How a sign-in escapes it.
    fn escapes(self) -> impl Iterator<Item = Vec<Literal<'a>>> {
        let is_outside = |atom| Literal { atom, holds: false };
        let outside: Option<Vec<Literal<'a>>> =
            (!self.every).then(|| self.included.into_iter().map(is_outside).collect());
        let out = self.excluded.into_iter().map(|atom| vec![Literal { atom, holds: true }]);
        outside.into_iter().chain(out)
    }
}

/// That a sign-in is in a set, or is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'a> {
    pub(super) atom: Atom<'a>,
    pub(super) holds: bool,
}

/// The sign-ins of a part of a question for which a policy requires what the question demands.
#[derive(Clone, Debug)]
pub(super) struct Region<'a> {
    /// Whether it demands it; never `No`.
    pub(super) sure: Truth,
    /// The ways in which a sign-in escapes it; each is a list of conditions.
    pub(super) escapes: Vec<Vec<Literal<'a>>>,
}

impl<'a> Region<'a> {
    /// A region of all that match every choice; none if nothing does. A choice that is not understood may match everything.
    pub(super) fn new(
        sure: Truth,
        choices: impl IntoIterator<Item = Result<Choice<'a>, Gap>>,
    ) -> Option<Self> {
        let mut region = Self { sure, escapes: Vec::new() };
        for choice in choices {
            let sure = match choice {
                Ok(choice) if choice.is_nothing() => Truth::No,
                Ok(choice) => {
                    region.escapes.extend(choice.escapes());
                    Truth::Yes
                }
                Err(why) => Truth::Unknown(why),
            };
            region.sure = region.sure & sure;
        }
        (region.sure != Truth::No).then_some(region)
    }

    /// The sets that are excluded.
    pub(super) fn excluded(&self) -> impl Iterator<Item = &Atom<'a>> {
        self.escapes.iter().flatten().filter(|literal| literal.holds).map(|literal| &literal.atom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Anna is in everything that begins with `her`.
    struct Anna;

    impl Members for Anna {
        fn has(&self, user: &str, set: &Atom<'_>) -> Truth {
            match user {
                "anna" => set.name.starts_with("her").into(),
                _ => Truth::Unknown(undetermined(user, set.name)),
            }
        }
    }

    fn of(kind: Kind, name: &'static str) -> Atom<'static> {
        Atom::new(kind, name)
    }

    fn from(name: &'static str, tenant: &'static str) -> Atom<'static> {
        Atom { tenant: Some(tenant), ..of(Kind::Guest, name) }
    }

    fn word(truth: Truth) -> &'static str {
        match truth {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown(_) => "unclear",
        }
    }

    #[test]
    fn how_two_sets_overlap() {
        use Kind::*;
        let azure = MANAGEMENT[0];
        for (one, other, all_within, nothing_in_both) in [
            (of(Group, "g"), of(Group, "G"), "yes", "no"),
            (of(Group, "g"), of(Role, "g"), "no", "no"),
            (of(Group, "g"), of(Group, "h"), "no", "no"),
            (of(User, "anna"), of(User, "ANNA"), "yes", "no"),
            (of(User, "anna"), of(User, "bert"), "no", "yes"),
            (of(User, "anna"), of(Group, "her group"), "yes", "no"),
            (of(User, "anna"), of(Group, "another"), "no", "yes"),
            (of(User, "anna"), of(Role, "her role"), "yes", "no"),
            (of(User, "anna"), of(Guest, "another"), "no", "yes"),
            (of(User, "anna"), of(AnyGuest, "another"), "no", "yes"),
            (of(User, "anna"), of(Agents, "her agents"), "yes", "no"),
            (of(User, "bert"), of(Group, "g"), "unclear", "unclear"),
            (of(User, "bert"), of(Place, "p"), "no", "no"),
            (of(Group, "her group"), of(User, "anna"), "no", "no"),
            (of(Group, "another"), of(User, "anna"), "no", "yes"),
            (of(Guest, "internalGuest"), of(Guest, "InternalGuest"), "yes", "no"),
            (of(Guest, "internalGuest"), of(Guest, "serviceProvider"), "no", "yes"),
            (from("serviceProvider", "t"), of(Guest, "serviceProvider"), "yes", "no"),
            (of(Guest, "serviceProvider"), from("serviceProvider", "t"), "no", "no"),
            (from("serviceProvider", "t"), from("serviceProvider", "T"), "yes", "no"),
            (from("serviceProvider", "t"), from("serviceProvider", "u"), "no", "yes"),
            (from("serviceProvider", "t"), of(Guest, "internalGuest"), "no", "yes"),
            (of(Guest, "internalGuest"), of(AnyGuest, "x"), "yes", "no"),
            (of(Guest, "otherExternalUser"), of(AnyGuest, "x"), "unclear", "no"),
            (of(AnyGuest, "x"), of(Guest, "internalGuest"), "no", "no"),
            (of(Application, "a"), of(Application, "b"), "no", "yes"),
            (of(Application, EXCHANGE), of(Suite, "office365"), "yes", "no"),
            (of(Application, SHAREPOINT), of(Suite, "Office365"), "yes", "no"),
            (of(Application, EXCHANGE), of(Suite, "MicrosoftAdminPortals"), "no", "yes"),
            (of(Application, azure), of(Suite, "Office365"), "no", "yes"),
            (of(Application, azure), of(Suite, "MicrosoftAdminPortals"), "no", "no"),
            (of(Suite, "MicrosoftAdminPortals"), of(Application, azure), "no", "no"),
            (of(Suite, "Office365"), of(Application, azure), "no", "yes"),
            (of(Application, "a"), of(Suite, "Office365"), "unclear", "unclear"),
            (of(Application, azure), of(Attribute, "r"), "unclear", "unclear"),
            (of(Attribute, "r"), of(Application, azure), "no", "unclear"),
            (of(Suite, "Office365"), of(Suite, "MicrosoftAdminPortals"), "no", "no"),
            (of(Place, "p"), of(Trusted, "AllTrusted"), "unclear", "unclear"),
            (of(Trusted, "AllTrusted"), of(Place, "p"), "no", "unclear"),
            (of(Place, "p"), of(Place, "q"), "no", "unclear"),
            (of(Platform, "iOS"), of(Platform, "linux"), "no", "yes"),
            (of(Platform, "iOS"), of(Platform, "ios"), "yes", "no"),
            (of(Filter, "r"), of(Filter, "s"), "no", "no"),
        ] {
            assert_eq!(word(within(&one, &other, &Anna)), all_within, "{one:?} {other:?}");
            assert_eq!(word(apart(&one, &other, &Anna)), nothing_in_both, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_region_is_sure_where_all_of_its_choices_are() {
        let gap = || undetermined("a", "b");
        let some = || Choice { included: vec![of(Kind::Group, "g")], ..Choice::default() };
        let but = || Choice { excluded: vec![of(Kind::User, "u")], ..Choice::everything() };
        let region = Region::new(Truth::Yes, [Ok(some()), Ok(but()), Ok(Choice::everything())]);
        let region = region.unwrap();
        assert_eq!(region.sure, Truth::Yes);
        assert_eq!(region.escapes.len(), 2);
        assert_eq!(region.excluded().map(|atom| atom.name).collect::<Vec<_>>(), ["u"]);
        assert!(Region::new(Truth::Yes, [Ok(some()), Ok(Choice::default())]).is_none());
        assert!(Region::new(Truth::No, [Ok(some())]).is_none());
        let region = Region::new(Truth::Yes, [Ok(some()), Err(gap())]).unwrap();
        assert_eq!((region.sure, region.escapes.len()), (Truth::Unknown(gap()), 1));
        // What includes nothing is nothing, whatever is not understood besides.
        assert!(Region::new(Truth::Yes, [Err(gap()), Ok(Choice::default())]).is_none());
        assert!(Choice::default().is_nothing() && !some().is_nothing() && !but().is_nothing());
    }
}
