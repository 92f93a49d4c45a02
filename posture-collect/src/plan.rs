//! Which calls an audit would make: the table of actions, multiplied by what there is.

use std::collections::{BTreeMap, BTreeSet};

pub use posture_model::plan::{Bound, Plan, Planned};
use posture_model::resource::Kind;
use posture_model::scope::Scope;

use crate::action::{Action, Each, Filter, Value};

/// How much there is, as far as it was counted.
pub trait Counted {
    /// How often an action was called to count, where that will be the same again: a listing that was walked to count what it
    /// holds will be walked in the same steps.
    fn walked<P>(&self, action: &Action<P>) -> Option<u64>;

    /// How many parts the scope has.
    fn places(&self) -> u64;

    /// How many parts of it hold resources of a kind.
    fn places_of(&self, kind: Kind) -> u64;

    /// How many resources of a kind there are.
    fn resources(&self, kind: Kind, filter: Filter) -> u64;

    /// How many resources of some kinds there are by the provider's own count, where it has one.
    fn total(&self, kinds: &[Kind]) -> Option<u64>;
}

/// The kinds of resource that have to be listed to know how often these actions are called.
pub fn counted_kinds<P>(actions: &[&Action<P>]) -> BTreeSet<Kind> {
    let kind = |action: &&Action<P>| match action.per.each {
        Each::PlaceOf(kind) | Each::Resource(kind, _) | Each::Listing(kind) => Some(kind),
        Each::Times(_) | Each::Place | Each::Page(_) | Each::Within(_) => None,
    };
    actions.iter().filter_map(kind).collect()
}

/// How often each of these actions would be called. What is only read within another action counts as that one, which
/// is there at least once where nothing else plans it.
pub fn planned<P>(
    actions: &[&Action<P>],
    counted: &impl Counted,
    others: impl IntoIterator<Item = Planned>,
) -> Vec<Planned> {
    let mut all: Vec<Planned> = others.into_iter().collect();
    for action in actions {
        match action.per.carrier() {
            None => all.push(one(action, counted)),
            // The resources for which it is called are known only in the audit.
            Some(carrier) if all.iter().all(|planned| planned.action != carrier) => {
                all.push(Planned { action: carrier, calls: 0, bound: Bound::AtLeast });
            }
            Some(_) => {}
        }
    }
    all.sort_by_key(|planned| planned.action);
    all
}

fn one<P>(action: &Action<P>, counted: &impl Counted) -> Planned {
    let exactly = |calls| Planned { action: action.name, calls, bound: Bound::Exact };
    if let Some(calls) = counted.walked(action) {
        return exactly(calls);
    }
    let calls = match action.per.each {
        Each::Times(times) => u64::from(times),
        Each::Place => counted.places(),
        Each::PlaceOf(kind) => counted.places_of(kind),
        Each::Resource(kind, filter) => counted.resources(kind, filter),
        Each::Page(of) => {
            counted.total(action.lists).unwrap_or(1).div_ceil(u64::from(of.max(1))).max(1)
        }
        // It was not walked.
        Each::Listing(_) | Each::Within(_) => 0,
    };
    Planned { action: action.name, calls, bound: action.per.bound }
}

/// A scope in which everything that is counted was listed.
#[derive(Debug)]
pub struct Listed<'a> {
    scope: &'a Scope,
    totals: Option<BTreeMap<Kind, u64>>,
}

impl<'a> Listed<'a> {
    /// What a scope contains, and the provider's counts of some kinds.
    pub fn new(scope: &'a Scope, totals: Option<BTreeMap<Kind, u64>>) -> Self {
        Self { scope, totals }
    }

    /// What counting called already as the audit will.
    pub fn called(&self, action: &str) -> u64 {
        self.scope.calls.get(action).map_or(0, |calls| calls.operations)
    }

    fn is(&self, kind: Kind, place: usize, filter: Filter) -> bool {
        // In the form of the snapshot.
        let is = |(fact, value): &(posture_model::resource::FactId, Value)| {
            let shown = self.scope.show(kind, place, fact.name);
            let known = shown.as_ref().and_then(|shown| shown.get("known"));
            known.is_some_and(|known| match value {
                Value::Flag(flag) => known.as_bool() == Some(*flag),
                Value::Word(word) => known.as_str() == Some(*word),
            })
        };
        match filter {
            Filter::All => true,
            Filter::Are(values) => values.iter().all(is),
            Filter::Unless(values) => !values.iter().any(is),
            // What is not a fact is not in a scope.
            Filter::Having(_) => false,
        }
    }
}

impl Counted for Listed<'_> {
    fn walked<P>(&self, action: &Action<P>) -> Option<u64> {
        let walked = !action.lists.is_empty() && self.scope.calls.contains_key(action.name);
        walked.then(|| self.called(action.name))
    }

    fn places(&self) -> u64 {
        self.scope.regions.iter().filter(|region| region.enabled && !region.excluded).count() as u64
    }

    fn places_of(&self, kind: Kind) -> u64 {
        let of = |place| self.scope.subject(kind, place)?.region;
        let regions: BTreeSet<&str> = (0..self.scope.population(kind)).filter_map(of).collect();
        regions.len() as u64
    }

    fn resources(&self, kind: Kind, filter: Filter) -> u64 {
        let all = 0..self.scope.population(kind);
        all.filter(|place| self.is(kind, *place, filter)).count() as u64
    }

    fn total(&self, kinds: &[Kind]) -> Option<u64> {
        let totals = self.totals.as_ref()?;
        Some(kinds.iter().filter_map(|kind| totals.get(kind)).sum())
    }
}

#[cfg(test)]
mod tests {
    use posture_model::fact::{Fact, Known};
    use posture_model::gap::GapId;
    use posture_model::provider::Provider;
    use posture_model::resource::{Detector, Key, KeyState};
    use posture_model::scope::{Calls, Region};

    use super::*;
    use crate::action::Per;

    const ON: Filter = Filter::Unless(&[(Detector::ENABLED, Value::Flag(false))]);
    const USABLE: Filter =
        Filter::Are(&[(Key::STATE, Value::Word("enabled")), (Key::SYMMETRIC, Value::Flag(true))]);

    fn action(name: &'static str, per: Per, lists: &'static [Kind]) -> Action {
        Action { name, per, lists, fills: &[], command: "", own: () }
    }

    fn scope() -> Scope {
        let mut scope = Scope::empty(Provider::Aws, "1");
        let region =
            |name: &str, enabled, excluded| Region { name: name.to_owned(), enabled, excluded };
        scope.regions =
            vec![region("a", true, false), region("b", true, true), region("c", false, false)];
        let unread = Fact::Gap(GapId::NOT_COLLECTED);
        for (id, place, enabled) in
            [("1", "a", Known(true)), ("2", "a", Known(false)), ("3", "b", unread)]
        {
            scope.detectors.items.push(Detector::unread(id, id, Some(place)).enabled(enabled));
        }
        let key = |state| Key::unread("k", "k", Some("a")).state(state);
        scope.keys.items = vec![
            key(Known(KeyState::Enabled)).symmetric(Known(true)),
            key(Known(KeyState::Enabled)),
            key(Known(KeyState::Disabled)).symmetric(Known(true)),
            key(Fact::not_collected()).symmetric(Known(true)),
        ];
        scope.calls.insert("list".to_owned(), Calls { operations: 7, ..Calls::default() });
        scope
    }

    #[test]
    fn calls_follow_from_what_there_is() {
        let scope = scope();
        let totals = BTreeMap::from([(Kind::User, 1_500), (Kind::Role, 600), (Kind::Bucket, 9)]);
        let listed = Listed::new(&scope, Some(totals));
        let identities: &[Kind] = &[Kind::User, Kind::Role];
        for (per, lists, calls, bound) in [
            (Per::ONCE, &[][..], 1, Bound::Exact),
            (Per::times(50).at_most(), &[], 50, Bound::AtMost),
            (Per::PLACE, &[], 1, Bound::Exact),
            (Per::PLACE.at_least(), &[Kind::Key], 1, Bound::AtLeast),
            (Per::place_of(Kind::Detector), &[], 2, Bound::Exact),
            (Per::resource(Kind::Detector), &[], 3, Bound::Exact),
            // What is not known to be off is asked.
            (Per::of(Kind::Detector, ON), &[], 2, Bound::Exact),
            // What is not known to be usable is not asked.
            (Per::of(Kind::Key, USABLE), &[], 1, Bound::Exact),
            (Per::of(Kind::Key, Filter::Having("x")), &[], 0, Bound::Exact),
            (Per::listing(Kind::Key), &[Kind::Key], 0, Bound::Exact),
            (Per::page(1_000), identities, 3, Bound::AtLeast),
            (Per::UNFORESEEN, &[], 0, Bound::AtLeast),
        ] {
            let action = action("x", per, lists);
            let expected = Planned { action: "x", calls, bound };
            assert_eq!(planned(&[&action], &listed, []), [expected], "{per:?}");
        }
        let page = action("x", Per::page(1_000), identities);
        assert_eq!(planned(&[&page], &Listed::new(&scope, None), [])[0].calls, 1);
    }

    #[test]
    fn a_listing_that_was_walked_is_walked_in_the_same_steps() {
        let scope = scope();
        let listed = Listed::new(&scope, None);
        let list = action("list", Per::PLACE.at_least(), &[Kind::Key]);
        let expected = Planned { action: "list", calls: 7, bound: Bound::Exact };
        assert_eq!(planned(&[&list], &listed, []), [expected]);
        // What lists nothing may be called for other reasons.
        let other = action("list", Per::ONCE, &[]);
        assert_eq!(planned(&[&other], &listed, [])[0].calls, 1);
    }

    #[test]
    fn what_is_asked_within_another_action_counts_as_that_one() {
        let scope = scope();
        let listed = Listed::new(&scope, None);
        let (one, two) =
            (action("one", Per::within("batch"), &[]), action("two", Per::within("query"), &[]));
        let query = Planned { action: "query", calls: 3, bound: Bound::Exact };
        let batch = Planned { action: "batch", calls: 0, bound: Bound::AtLeast };
        assert_eq!(planned(&[&one, &one, &two], &listed, [query]), [batch, query]);
    }

    #[test]
    fn what_has_to_be_counted_follows_from_the_table() {
        let actions = [
            action("a", Per::ONCE, &[Kind::User]),
            action("b", Per::place_of(Kind::Bucket), &[]),
            action("c", Per::of(Kind::Key, USABLE), &[]),
            action("d", Per::listing(Kind::Detector), &[]),
            action("e", Per::page(1_000), &[Kind::Role]),
        ];
        let actions: Vec<&Action> = actions.iter().collect();
        let kinds = BTreeSet::from([Kind::Bucket, Kind::Key, Kind::Detector]);
        assert_eq!(counted_kinds(&actions), kinds);
    }
}
