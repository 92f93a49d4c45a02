//! What reaches something, as facts.

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId};
use posture_model::network::{Opening, Traffic};

use super::Flow;

/// What is open to strangers, and what to some of the internet: entries that are certain, and what else there may be by name.
pub(crate) fn openings(
    flow: &Flow,
    path: impl Fn(&Traffic) -> String,
    note: impl Fn(Gap) -> GapId,
) -> (Fact<Entries>, Fact<Entries>) {
    let texts = |openings: &[Opening]| -> Vec<String> {
        openings.iter().map(ToString::to_string).collect()
    };
    let gap = flow.why().cloned().map(note);
    let certain = Opening::to_anyone(flow.certain(), &path);
    // A run of ports that is certain in part is named as a whole.
    let more = |open: &Opening| {
        !certain
            .iter()
            .any(|sure| sure.service.covers(open.service) && sure.sources == open.sources)
    };
    let named: Vec<Opening> =
        Opening::to_anyone(flow.possible(), &path).into_iter().filter(more).collect();
    let anyone =
        Entries::new(texts(&certain), gap.filter(|_| !named.is_empty())).naming(texts(&named));
    // What may be open to a wide part of the internet may be open to a narrow one, so that these cannot be named.
    let some = Entries::new(texts(&Opening::to_some(flow.certain(), &path)), gap);
    (anyone.into_fact(), some.into_fact())
}
