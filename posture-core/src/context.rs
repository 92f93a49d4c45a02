//! What a check sees besides the resource.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};

use posture_model::verdict::{CheckResult, Undecided};

use crate::ask::{About, Ask, Counts, Running};
use crate::checks::names::Held;
use crate::fact::Fact;
use crate::gap::GapId;
use crate::resource::{Kind, Resource};
use crate::scope::{Listed, Scope};
use crate::skew::TOLERANCE;
use crate::threshold::{Count, Days, Given, Names, Param, Value};
use crate::time::Time;

/// What a check sees besides the resource.
#[derive(Debug)]
pub struct Context<'a> {
    /// The scope that the resource belongs to.
    pub scope: &'a Scope,
    /// The thresholds that differ from their defaults.
    pub(crate) params: &'a [(&'static str, Value)],
    /// The positions of the resources of a kind in their list, built when first needed: to walk the list for each resource would
    /// take minutes for a million of them.
    indexes: RefCell<BTreeMap<(Kind, By), Places<'a>>>,
    /// The names and addresses of the resources of the scope, likewise.
    held: OnceCell<Held>,
    /// The question of the last check to the other scopes of the run.
    asked: RefCell<Option<Ask>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(scope: &'a Scope, params: &'a [(&'static str, Value)]) -> Self {
        let asked = RefCell::new(None);
        Self { scope, params, indexes: RefCell::default(), held: OnceCell::new(), asked }
    }

    /// Delegates to the other scopes of the run: a pass if one of `about` passes there. A check returns this as it is, since
    /// it is not an answer yet. `otherwise` is the verdict where the run does not hold them.
    pub(crate) fn elsewhere(&self, about: Vec<About>, otherwise: CheckResult) -> CheckResult {
        self.ask(Ask::new(about, otherwise, Counts::Any))
    }

    /// The same, where only a pass counts.
    pub(crate) fn passes_elsewhere(
        &self,
        about: Vec<About>,
        otherwise: CheckResult,
    ) -> CheckResult {
        self.ask(Ask::new(about, otherwise, Counts::AnyPass))
    }

    /// Asks whether the run audited these images. `otherwise` is the verdict where it audited none.
    pub(crate) fn audited(&self, running: Running, otherwise: CheckResult) -> CheckResult {
        self.ask(Ask::images(running, otherwise))
    }

    /// Delegates to the other scopes of the run, by the answers that count.
    pub(crate) fn ask(&self, ask: Ask) -> CheckResult {
        self.asked.replace(Some(ask));
        Err(Undecided::Unknown(GapId::ELSEWHERE))
    }

    /// The names and addresses of the resources of the scope.
    pub(crate) fn held(&self) -> &Held {
        self.held.get_or_init(|| Held::of(self.scope))
    }

    /// The question of the check that returned `judged`.
    pub(crate) fn take_ask(&self, judged: &CheckResult) -> Option<Ask> {
        let asked = self.asked.take();
        asked.filter(|_| *judged == Err(Undecided::Unknown(GapId::ELSEWHERE)))
    }

    /// The time at which it is judged: when the scope was read.
    ///
    /// # Errors
    /// [`Undecided`] if that time is unknown.
    pub fn now(&self) -> Result<Time, Undecided> {
        match self.scope.time_unknown {
            Some(gap) => Err(Undecided::Unknown(gap)),
            None => Ok(self.scope.finished),
        }
    }

    /// A time at which something happened, whose age is needed: it is before the scope was read.
    ///
    /// # Errors
    /// [`Undecided`] if it is later, because it cannot have happened yet, or if the time of reading is unknown.
    pub fn past(&self, time: Time) -> Result<Time, Undecided> {
        let ahead = time.unix().saturating_sub(self.now()?.unix());
        if ahead > TOLERANCE {
            return Err(Undecided::Unknown(GapId::AHEAD_OF_TIME));
        }
        Ok(time)
    }

    /// The value of a threshold.
    pub fn value(&self, param: Param) -> Value {
        let changed = self.params.iter().find(|(name, _)| *name == param.name());
        changed.map_or_else(|| param.default(), |(_, value)| value.clone())
    }

    /// The resource of a kind with this id, or with this number at the end of its id (`key/1234…`). That there is none may
    /// only be stated of a complete list.
    pub fn by_id<R: Listed>(&self, id: &str) -> Fact<Option<&'a R>> {
        self.find(By::Id, id)
    }

    /// The first resource of a kind with this name. That there is none may only be stated of a complete list.
    pub fn by_name<R: Listed>(&self, name: &str) -> Fact<Option<&'a R>> {
        self.find(By::Name, name)
    }

    fn find<R: Listed>(&self, by: By, key: &str) -> Fact<Option<&'a R>> {
        let listing = R::listing(self.scope);
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry((R::KIND, by)).or_insert_with(|| by.index(&listing.items));
        match index.get(key).and_then(|place| listing.items.get(*place)) {
            Some(resource) => Fact::Known(Some(resource)),
            None => listing.absence().map(|_| None),
        }
    }
}

/// Where the resources of a kind are in their list, by what they are looked up.
type Places<'a> = HashMap<&'a str, usize>;

/// By what a resource is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    /// Its id, or the number at the end of its id.
    Id,
    /// Its name.
    Name,
}

impl By {
    /// Where each resource is in its list.
    fn index<R: Resource>(self, resources: &[R]) -> Places<'_> {
        let mut index = HashMap::new();
        for (place, resource) in resources.iter().enumerate() {
            match self {
                Self::Name => {
                    index.entry(resource.name()).or_insert(place);
                }
                Self::Id => {
                    index.entry(resource.id()).or_insert(place);
                    if let Some((_, number)) = resource.id().rsplit_once('/') {
                        index.entry(number).or_insert(place);
                    }
                }
            }
        }
        index
    }
}

impl Context<'_> {
    /// The threshold in days.
    pub fn days(&self, param: &Days) -> u32 {
        self.number(param.name).unwrap_or(param.default)
    }

    /// The threshold that counts.
    pub fn count(&self, param: &Count) -> u32 {
        self.number(param.name).unwrap_or(param.default)
    }

    /// The names.
    pub fn names(&self, param: &Names) -> Vec<&str> {
        let changed = self.params.iter().find(|(name, _)| *name == param.name);
        match changed {
            Some((_, Value::Names(names))) => names.iter().map(String::as_str).collect(),
            Some((_, Value::Number(_))) | None => param.default.to_vec(),
        }
    }

    /// The names that the user set. Where there are none, the control is not applicable, and no check asks.
    pub fn given(&self, param: &Given) -> Vec<&str> {
        let changed = self.params.iter().find(|(name, _)| *name == param.name);
        match changed {
            Some((_, Value::Names(names))) => names.iter().map(String::as_str).collect(),
            Some((_, Value::Number(_))) | None => Vec::new(),
        }
    }

    fn number(&self, param: &str) -> Option<u32> {
        self.params.iter().find_map(|(name, value)| match value {
            Value::Number(number) if *name == param => Some(*number),
            Value::Number(_) | Value::Names(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::Listing;
    use crate::provider::Provider;
    use crate::resource::{Bucket, Key};

    #[test]
    fn a_resource_is_found_by_its_id_the_number_in_it_and_its_name() {
        let mut scope = Scope::empty(Provider::Aws, "1");
        let key = |number: &str, name: &str| Key::unread(format!("arn:key/{number}"), name, None);
        scope.keys.items = vec![key("1", "a"), key("2", "b"), key("3", "b")];
        let context = Context::new(&scope, &[]);
        fn number(found: Fact<Option<&Key>>) -> Option<&str> {
            found.known().unwrap().map(|key| key.id.as_str())
        }
        assert_eq!(number(context.by_id("arn:key/2")), Some("arn:key/2"));
        assert_eq!(number(context.by_id("3")), Some("arn:key/3"));
        assert_eq!(number(context.by_name("b")), Some("arn:key/2"));
        assert_eq!(number(context.by_id("b")), None);
        assert_eq!(number(context.by_name("arn:key/2")), None);
        // Another kind has another index.
        assert_eq!(context.by_id::<Bucket>("arn:key/2"), Fact::Known(None));
    }

    #[test]
    fn a_resource_is_absent_from_a_complete_list_only() {
        let mut scope = Scope::empty(Provider::Aws, "1");
        let look = |scope: &Scope| Context::new(scope, &[]).by_name::<Bucket>("logs").map(|_| ());
        assert_eq!(look(&scope), Fact::Known(()));
        scope.buckets = Listing::not_collected();
        assert_eq!(look(&scope), Fact::Gap(GapId::NOT_COLLECTED));
    }
}
