//! Which connections become possible from one scope to a later one, and which end.

use std::collections::BTreeMap;

use super::table::Table;
use super::{Connections, Outside};
use crate::network::{Passing, Ports, TooManyGroups};

/// In which of two scopes a workload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// In both.
    Both,
    /// In the first only.
    Before,
    /// In the second only.
    After,
}

/// An end of connections: a workload, or the internet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct End {
    /// The ID of the workload, or `internet`.
    pub id: String,
    /// Where it is.
    pub presence: Presence,
}

/// What changes about the ports that some pod of one workload reaches at some pod of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta {
    /// They were certainly not reached, and certainly are.
    pub opened: Ports,
    /// They were certainly reached, and certainly are not.
    pub closed: Ports,
    /// More of them may be reached: before or after, that is open.
    pub may_open: Ports,
    /// Fewer of them may be reached.
    pub may_close: Ports,
}

impl Delta {
    /// From what certainly passes and what may, before and after.
    fn of(before: &Reached<'_>, after: &Reached<'_>) -> Self {
        let more = |one: &Reached<'_>, other: &Reached<'_>| {
            let opened = other.certain().minus(one.possible());
            let may = other.possible().minus(one.possible()).minus(&opened);
            let settled = other.certain().and(one.possible()).minus(one.certain());
            (opened, may.or(&settled))
        };
        let (opened, may_open) = more(before, after);
        let (closed, may_close) = more(after, before);
        Self { opened, closed, may_open, may_close }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A change of connections between workloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The senders, at most [`Changed::ENDS`].
    pub from: Vec<End>,
    /// How many more senders there are.
    pub more_from: usize,
    /// The receivers, at most as many.
    pub to: Vec<End>,
    /// How many more receivers there are.
    pub more_to: usize,
    /// What changes from each of the senders to each of the receivers.
    pub delta: Delta,
}

impl Changed {
    /// How many ends it names on each side at most.
    pub const ENDS: usize = 1000;

    fn new(mut from: Vec<End>, mut to: Vec<End>, delta: Delta) -> Self {
        from.sort();
        let (more_from, more_to) =
            (from.len().saturating_sub(Self::ENDS), to.len().saturating_sub(Self::ENDS));
        from.truncate(Self::ENDS);
        to.truncate(Self::ENDS);
        Self { from, more_from, to, more_to, delta }
    }
}

/// What certainly passes, and what may.
enum Reached<'p> {
    One(&'p Passing<Ports>),
    Sum(Ports, Ports),
}

impl Reached<'_> {
    fn certain(&self) -> &Ports {
        match self {
            Self::One(passes) => passes.certain(),
            Self::Sum(certain, _) => certain,
        }
    }

    fn possible(&self) -> &Ports {
        match self {
            Self::One(passes) => passes.possible(),
            Self::Sum(_, possible) => possible,
        }
    }

    fn sum<'p>(all: impl IntoIterator<Item = &'p Passing<Ports>>) -> Reached<'p> {
        let mut all = all.into_iter();
        let Some(first) = all.next() else { return Reached::Sum(Ports::none(), Ports::none()) };
        all.fold(Reached::One(first), |sum, one| {
            let (certain, possible) =
                (sum.certain().or(one.certain()), sum.possible().or(one.possible()));
            Reached::Sum(certain, possible)
        })
    }
}

/// The groups that the pods of a workload are in; none if it is not in the scope.
type Groups = Option<Vec<usize>>;

/// Workloads that are in the same groups before, and in the same groups after.
struct Class {
    groups: (Groups, Groups),
    workloads: Vec<String>,
    /// Whether a pod of it has another one to connect to, before and after.
    peers: (bool, bool),
}

impl Class {
    fn ends(&self) -> Vec<End> {
        let presence = match &self.groups {
            (Some(_), None) => Presence::Before,
            (None, Some(_)) => Presence::After,
            (Some(_), Some(_)) | (None, None) => Presence::Both,
        };
        self.workloads.iter().map(|id| End { id: id.clone(), presence }).collect()
    }
}

/// The groups of each workload, and whether it has several pods.
fn groups(connections: &Connections<'_>, table: &Table) -> BTreeMap<String, (Vec<usize>, bool)> {
    let mut all: BTreeMap<String, (Vec<usize>, bool)> = BTreeMap::new();
    for (at, name) in table.receivers().iter().enumerate() {
        for id in name.iter().flat_map(|name| &name.workloads) {
            all.entry(id.clone()).or_default().0.push(at);
        }
    }
    for party in connections.everything() {
        let several = party.pods.len() > 1
            || party
                .pods
                .iter()
                .any(|at| connections.pods.get(*at).is_some_and(|pod| !pod.is_single()));
        if let Some((_, peers)) = all.get_mut(&party.id) {
            *peers = several;
        }
    }
    all
}

impl Connections<'_> {
    /// What changes from this scope to a later one, by workload: receivers in order, and for each the senders with the same change
    /// together. A workload whose pods are not known in one of them is left out.
    ///
    /// # Errors
    /// If the pods of one fall into too many groups.
    pub fn changes(&self, after: &Connections<'_>) -> Result<Vec<Changed>, TooManyGroups> {
        let table = |of: &Connections<'_>| {
            let all = of.everything();
            of.table(&all, &all)
        };
        let tables = (table(self)?, table(after)?);
        let own = (groups(self, &tables.0), groups(after, &tables.1));
        let mut classes: BTreeMap<(Groups, Groups), Class> = BTreeMap::new();
        let unread = |of: &Connections<'_>| -> Vec<String> {
            let all = of.everything().into_iter().filter(|party| party.unread.is_some());
            all.map(|party| party.id).collect()
        };
        let unread = [unread(self), unread(after)].concat();
        let ids: std::collections::BTreeSet<&String> = own.0.keys().chain(own.1.keys()).collect();
        for id in ids.into_iter().filter(|id| !unread.contains(id)) {
            let of = |own: &BTreeMap<String, (Vec<usize>, bool)>| match own.get(id) {
                Some((groups, peers)) => (Some(groups.clone()), *peers),
                None => (None, false),
            };
            let ((before, peers), (later, more)) = (of(&own.0), of(&own.1));
            let key = (before, later);
            let class = classes.entry(key.clone()).or_insert_with(|| Class {
                groups: key,
                workloads: Vec::new(),
                peers: (false, false),
            });
            class.workloads.push(id.clone());
            let several = class.workloads.len() > 1;
            class.peers = (class.peers.0 || peers || several, class.peers.1 || more || several);
        }
        let classes: Vec<Class> = classes.into_values().collect();
        let mut all = Vec::new();
        for (place, to) in classes.iter().enumerate() {
            let mut found: BTreeMap<Delta, Vec<End>> = BTreeMap::new();
            let mut add = |delta: Delta, ends: Vec<End>| {
                if !delta.is_empty() {
                    found.entry(delta).or_default().extend(ends);
                }
            };
            for (other, from) in classes.iter().enumerate() {
                let peers = if place == other { to.peers } else { (true, true) };
                let before = side(&tables.0, &from.groups.0, &to.groups.0, peers.0);
                let later = side(&tables.1, &from.groups.1, &to.groups.1, peers.1);
                add(Delta::of(&before, &later), from.ends());
            }
            let internet = |table: &Table, groups: &Groups, outwards| {
                let groups = groups.iter().flatten();
                let each: Vec<Passing<Ports>> = groups
                    .filter_map(|at| match outwards {
                        true => table.to_internet(*at),
                        false => table.from_internet(*at),
                    })
                    .cloned()
                    .collect();
                let sum = Reached::sum(&each);
                Reached::Sum(sum.certain().clone(), sum.possible().clone())
            };
            let end = || vec![End { id: Outside::Internet.words(), presence: Presence::Both }];
            let delta = |outwards| {
                Delta::of(
                    &internet(&tables.0, &to.groups.0, outwards),
                    &internet(&tables.1, &to.groups.1, outwards),
                )
            };
            add(delta(false), end());
            let changed = found.into_iter();
            all.extend(changed.map(|(delta, from)| Changed::new(from, to.ends(), delta)));
            let outwards = delta(true);
            if !outwards.is_empty() {
                all.push(Changed::new(to.ends(), end(), outwards));
            }
        }
        all.sort_by(|a, b| (&a.to, &a.from).cmp(&(&b.to, &b.from)));
        Ok(all)
    }
}

/// What passes from some pod of some groups to some pod of others.
fn side<'t>(table: &'t Table, from: &Groups, to: &Groups, peers: bool) -> Reached<'t> {
    let (Some(from), Some(to), true) = (from, to, peers) else { return Reached::sum([]) };
    Reached::sum(from.iter().flat_map(|one| to.iter().filter_map(|two| table.between(*one, *two))))
}
