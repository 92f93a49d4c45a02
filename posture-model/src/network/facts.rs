//! What reaches something, as facts.

use super::{Opening, Reach, Traffic};
use crate::entries::Entries;
use crate::fact::Fact;
use crate::gap::{Gap, GapId};

/// What is open to strangers, and what to some of the internet but not to strangers, as facts: entries that are certain, and what
/// else there may be by name. `path` is asked for some traffic that comes one way; `note` gives a gap its number.
pub fn openings(
    flow: &Reach<Gap>,
    path: impl Fn(&Traffic) -> String,
    note: impl Fn(Gap) -> GapId,
) -> (Fact<Entries>, Fact<Entries>) {
    let gap = flow.why().cloned().map(note);
    let anyone = |traffic: &Traffic| Opening::to_anyone(traffic, &path);
    // What may be open to a wide part of the internet may be open to a narrow one, so that these cannot be named.
    let some = Entries::new(texts(&Opening::to_some(flow.certain(), &path)), gap);
    (named(flow, gap, anyone), some.into_fact())
}

/// What is open to the whole internet, as a fact.
pub fn open_to_everyone(
    flow: &Reach<Gap>,
    path: impl Fn(&Traffic) -> String,
    note: impl Fn(Gap) -> GapId,
) -> Fact<Entries> {
    let gap = flow.why().cloned().map(note);
    named(flow, gap, |traffic| Opening::to_everyone(traffic, &path))
}

fn named(
    flow: &Reach<Gap>,
    gap: Option<GapId>,
    of: impl Fn(&Traffic) -> Vec<Opening>,
) -> Fact<Entries> {
    let certain = of(flow.certain());
    // What may be open beyond what certainly is. A run of ports that is certain in part is named as a whole.
    let more = |open: &Opening| {
        let covers =
            |sure: &Opening| sure.service.covers(open.service) && sure.sources == open.sources;
        !certain.iter().any(covers)
    };
    let named: Vec<Opening> = of(flow.possible()).into_iter().filter(more).collect();
    let gap = gap.filter(|_| !named.is_empty());
    Entries::new(texts(&certain), gap).naming(texts(&named)).into_fact()
}

fn texts(openings: &[Opening]) -> Vec<String> {
    openings.iter().map(ToString::to_string).collect()
}
