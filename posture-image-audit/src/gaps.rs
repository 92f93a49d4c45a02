//! What an image leaves open, as gaps of a scope.

use posture_image::{Answer, Cause, Gap as Open, List};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as FactGap, Known};
use posture_model::gap::{Gap, GapId, Reason, Register};

/// The most gaps of one list that are noted. A hostile image could have millions, and one suffices to leave the list open.
const NOTED: usize = 20;
/// The most entries of a list that are named one by one.
const NAMED: usize = 100;

/// The gaps of a scope.
pub(crate) struct Gaps<'g>(pub(crate) &'g Register);

/// Why something is unknown, in the words of a scope.
pub(crate) fn reason(cause: Cause) -> Reason {
    match cause {
        Cause::Incomplete | Cause::Missing => Reason::Incomplete,
        Cause::Ambiguous | Cause::NotRead => Reason::Undetermined,
        Cause::Malformed | Cause::Mismatch => Reason::Malformed,
        Cause::Unsupported => Reason::Unsupported,
        Cause::Unreadable => Reason::Unreachable,
    }
}

/// The same with its place.
pub(crate) fn gap(action: &str, open: &Open) -> Gap {
    let gap = Gap::new(action, open.place.as_str(), reason(open.cause));
    Gap { detail: Some(open.detail.clone()), ..gap }
}

impl Gaps<'_> {
    pub(crate) fn note(&self, action: &str, open: &Open) -> GapId {
        self.0.note(gap(action, open))
    }

    /// What leaves a list open; none if it is complete.
    pub(crate) fn open(&self, action: &str, gaps: &[Open]) -> Option<GapId> {
        let mut first = None;
        for open in gaps.iter().take(NOTED) {
            let id = self.note(action, open);
            first = first.or(Some(id));
        }
        first
    }

    /// A list, with words for each of its items.
    pub(crate) fn list<T>(
        &self,
        action: &str,
        list: &List<T>,
        words: impl Fn(&T) -> Option<String>,
    ) -> Fact<Entries> {
        let items = list.items.iter().filter_map(words).collect();
        entries(items, self.open(action, &list.gaps))
    }

    /// An answer that is a value or its absence.
    pub(crate) fn optional<T, U>(
        &self,
        action: &str,
        answer: &Answer<T>,
        value: impl FnOnce(&T) -> U,
    ) -> Fact<Option<U>> {
        match answer {
            Answer::Known(known) => Known(Some(value(known))),
            Answer::Absent => Known(None),
            Answer::Unknown(open) => FactGap(self.note(action, open)),
        }
    }
}

/// Entries in order, each once. Of very many, only the first are named.
pub(crate) fn entries(mut items: Vec<String>, open: Option<GapId>) -> Fact<Entries> {
    items.sort_unstable();
    items.dedup();
    if let Some(more @ 1..) = items.len().checked_sub(NAMED) {
        items.truncate(NAMED);
        items.push(format!("and {more} more"));
    }
    Entries::new(items, open).into_fact()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_a_gap_is_open_and_keeps_what_is_certain() {
        let register = Register::default();
        let gaps = Gaps(&register);
        let words = |item: &u8| (*item > 1).then(|| item.to_string());
        let mut list = List { items: vec![1, 3, 2, 3], gaps: Vec::new() };
        assert_eq!(gaps.list("layers", &list, words), Known(Entries::from(["2", "3"])));
        list.lacks(Open::new(Cause::Incomplete, "layer 2", "more than 5 entries"));
        let Known(found) = gaps.list("layers", &list, words) else { panic!() };
        assert_eq!(found.certain(), ["2", "3"]);
        let id = found.undecided().unwrap();
        list.items.clear();
        assert_eq!(gaps.list("layers", &list, words), FactGap(id));
        let noted = register.list();
        assert_eq!(noted[id.index()].words(), "layers layer 2 incomplete: more than 5 entries");
    }

    #[test]
    fn very_many_entries_are_counted() {
        let all = (0..250).map(|number| format!("{number:03}")).collect();
        let Known(found) = entries(all, None) else { panic!() };
        assert_eq!(found.certain().len(), NAMED + 1);
        assert_eq!(found.certain()[NAMED], "and 150 more");
        let register = Register::default();
        let many: Vec<Open> =
            (0..500).map(|number| Open::new(Cause::Missing, number.to_string(), "")).collect();
        assert!(Gaps(&register).open("layers", &many).is_some());
        assert_eq!(register.list().len(), 2 + NOTED);
    }
}
