//! The table of a provider's actions: the source of the permissions, of the plan, and of the command that shows a fact to a
//! person.

use posture_model::plan::Bound;
use posture_model::resource::Subject;
use posture_model::resource::{FactId, Kind};
use posture_model::wanted::Wanted;

use crate::text::{fill, shell};

/// A read-only action of a provider's interface.
#[derive(Clone, Copy, Debug)]
pub struct Action<P: 'static = ()> {
    /// The name of the permission, as the provider writes it.
    pub name: &'static str,
    /// How often it is called in one audit.
    pub per: Per,
    /// The kinds of resource that it lists.
    pub lists: &'static [Kind],
    /// The facts that it fills, alone or together with other actions.
    pub fills: &'static [FactId],
    /// The command that shows the same to a user; `{name}`, `{id}` and `{region}` are placeholders for those of the resource.
    pub command: &'static str,
    /// What only this provider's table holds.
    pub own: P,
}

/// How often an action is called in one audit; each page of a listing is one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Per {
    /// For what it is called.
    pub each: Each,
    /// How sure the number is.
    pub bound: Bound,
}

/// For what an action is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Each {
    /// So many times.
    Times(u32),
    /// Once in each part of the scope: each region of an account, each subscription of a tenant.
    Place,
    /// Once in each part that holds resources of a kind.
    PlaceOf(Kind),
    /// Once for each of these resources.
    Resource(Kind, Filter),
    /// As often as listing the resources of a kind requires, which only the listing shows.
    Listing(Kind),
    /// Once per so many listed items.
    Page(u32),
    /// Never called separately: this action reads it for many resources at once.
    Within(&'static str),
}

/// Selects resources of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// All.
    All,
    /// Those for which each of these facts is known, and has this value.
    Are(&'static [(FactId, Value)]),
    /// Those for which none of these facts is known to have this value.
    Unless(&'static [(FactId, Value)]),
    /// Those that have a part of this name, which is not a fact; the collector counts them.
    Having(&'static str),
}

/// A value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// A word, as in the snapshot.
    Word(&'static str),
}

impl Per {
    /// Once in the scope.
    pub const ONCE: Self = Self::times(1);
    /// Once in each part of the scope: each region of an account, each subscription of a tenant.
    pub const PLACE: Self = Self::exactly(Each::Place);
    /// How often shows only in the audit: it depends on other answers.
    pub const UNFORESEEN: Self = Self::times(0).at_least();

    /// So many times.
    pub const fn times(times: u32) -> Self {
        Self::exactly(Each::Times(times))
    }

    /// Once in each part of the scope that holds resources of a kind.
    pub const fn place_of(kind: Kind) -> Self {
        Self::exactly(Each::PlaceOf(kind))
    }

    /// Once for each resource of a kind.
    pub const fn resource(kind: Kind) -> Self {
        Self::exactly(Each::Resource(kind, Filter::All))
    }

    /// Once for each of these resources of a kind.
    pub const fn of(kind: Kind, filter: Filter) -> Self {
        Self::exactly(Each::Resource(kind, filter))
    }

    /// As often as listing the resources of a kind requires.
    pub const fn listing(kind: Kind) -> Self {
        Self::exactly(Each::Listing(kind))
    }

    /// Once per so many listed items, or more often if pages are not full.
    pub const fn page(of: u32) -> Self {
        Self::exactly(Each::Page(of)).at_least()
    }

    /// Never called separately: this action reads it for many resources at once.
    pub const fn within(action: &'static str) -> Self {
        Self::exactly(Each::Within(action))
    }

    /// The same, or more often: pages, or an answer that is not ready yet.
    #[must_use]
    pub const fn at_least(self) -> Self {
        Self { bound: Bound::AtLeast, ..self }
    }

    /// The same, or less often: an answer may make it needless.
    #[must_use]
    pub const fn at_most(self) -> Self {
        Self { bound: Bound::AtMost, ..self }
    }

    const fn exactly(each: Each) -> Self {
        Self { each, bound: Bound::Exact }
    }

    /// The action that reads it for many resources at once, if it is never called separately.
    pub const fn carrier(self) -> Option<&'static str> {
        match self.each {
            Each::Within(action) => Some(action),
            _ => None,
        }
    }
}

impl<P> Action<P> {
    /// Whether an audit that wants this calls the action. One that fills no fact and lists nothing names the account, and is
    /// always called.
    pub fn is_wanted(&self, wanted: &Wanted) -> bool {
        let names = self.fills.is_empty() && self.lists.is_empty();
        names || wanted.any(self.fills) || self.lists.iter().any(|kind| wanted.kind(*kind))
    }

    /// The kind of resource that its command shows, for a fact. A row may hold facts of another kind of resource than that
    /// which it is: where an account's records go.
    fn shows(&self, fact: FactId) -> Kind {
        match self.lists.first() {
            Some(first) if self.per.carrier().is_some() && !self.lists.contains(&fact.kind) => {
                *first
            }
            _ => fact.kind,
        }
    }
}

/// The actions of a table that an audit calls for the wanted facts, in the order of the table.
pub fn wanted_actions<P>(table: &'static [Action<P>], wanted: &Wanted) -> Vec<&'static Action<P>> {
    table.iter().filter(|action| action.is_wanted(wanted)).collect()
}

/// The action of a name.
pub fn find<P>(table: &'static [Action<P>], name: &str) -> Option<&'static Action<P>> {
    table.iter().find(|action| action.name == name)
}

/// Whether the wanted facts require the action with a name.
pub fn is_called<P>(table: &'static [Action<P>], name: &str, wanted: &Wanted) -> bool {
    find(table, name).is_some_and(|action| action.is_wanted(wanted))
}

/// The commands that show a fact of a resource to a user, ready to paste into a shell. A finding about the account may
/// depend on a fact of other resources: then the reader has to choose them. `words` are further placeholders of the provider.
pub fn commands<'t, P: 'static>(
    table: impl IntoIterator<Item = &'t Action<P>>,
    fact: FactId,
    subject: &Subject<'_>,
    words: &[(&'static str, &str)],
) -> Vec<String> {
    let filled = |action: &Action<P>| {
        let about = action.shows(fact);
        let own = |word: &str| {
            if subject.kind == about {
                shell(word)
            } else {
                format!("<{}>", about.to_string().replace(' ', "-"))
            }
        };
        let mut all: Vec<(&str, String)> =
            words.iter().map(|(name, word)| (*name, (*word).to_owned())).collect();
        all.extend([
            ("name", own(subject.name)),
            ("id", own(subject.id)),
            ("region", subject.region.map_or_else(|| "<region>".to_owned(), shell)),
        ]);
        fill(action.command, &all)
    };
    table.into_iter().filter(|action| action.fills.contains(&fact)).map(filled).collect()
}

#[cfg(test)]
mod tests {
    use posture_model::resource::{Account, AuditTrail, Bucket};

    use super::*;

    const fn action(name: &'static str, per: Per, command: &'static str) -> Action {
        Action { name, per, lists: &[], fills: &[], command, own: () }
    }

    static TABLE: &[Action] = &[
        action("names", Per::ONCE, "show names"),
        Action {
            fills: &[AuditTrail::KEY],
            ..action("settings", Per::ONCE, "show settings --of {id} --in {region}")
        },
        Action {
            lists: &[Kind::Bucket],
            fills: &[Bucket::VERSIONING, AuditTrail::KEY],
            ..action("buckets", Per::within("query"), "show bucket {name}{part}")
        },
    ];

    #[test]
    fn an_action_is_wanted_for_what_it_fills_and_lists() {
        let names = |wanted: &Wanted| {
            let actions = wanted_actions(TABLE, wanted);
            actions.into_iter().map(|action| action.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&Wanted::default()), ["names"]);
        assert_eq!(names(&Wanted::of(&[], &[Kind::Bucket])), ["names", "buckets"]);
        let key = Wanted::of(&[AuditTrail::KEY], &[]);
        assert_eq!(names(&key), ["names", "settings", "buckets"]);
        assert!(is_called(TABLE, "settings", &key) && !is_called(TABLE, "nothing", &key));
    }

    #[test]
    fn a_command_names_the_kind_that_it_shows() {
        let of = |kind, id, name| {
            let subject = Subject { kind, id, name, region: None, source: None };
            commands(TABLE, AuditTrail::KEY, &subject, &[("part", "/blobs")])
        };
        assert_eq!(
            of(Kind::AuditTrail, "/t", "t"),
            ["show settings --of /t --in <region>", "show bucket <bucket>/blobs"]
        );
        let account = of(Account::ORGANIZATION.kind, "1", "home");
        assert_eq!(account[0], "show settings --of <audit-trail> --in <region>");
    }

    #[test]
    fn a_name_that_is_a_placeholder_stays_one_word() {
        let subject = Subject {
            kind: Kind::Bucket,
            id: "; id #",
            name: "{id}",
            region: Some("{id}"),
            source: None,
        };
        let commands = commands(TABLE, Bucket::VERSIONING, &subject, &[("part", "")]);
        assert_eq!(commands, ["show bucket '{id}'"]);
    }
}
