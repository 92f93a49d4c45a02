//! Answers in three values: known, absent, unknown with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why something is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A bound was reached; what is beyond it was not read.
    Incomplete,
    /// Programs that read the image may read this differently.
    Ambiguous,
    /// It is not in the form that its specification requires.
    Malformed,
    /// The form is known by name and is not read.
    Unsupported,
    /// The bytes differ from what their digest or size states.
    Mismatch,
    /// What the image refers to is not there.
    Missing,
    /// The operating system could not read it.
    Unreadable,
    /// It was not requested.
    NotRead,
}

impl Cause {
    /// The word for it in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Ambiguous => "ambiguous",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
            Self::Mismatch => "mismatch",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::NotRead => "not read",
        }
    }
}

/// Something that is unknown: where, and why. Places and details may hold names from the image; they are escaped already.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// Why.
    pub cause: Cause,
    /// Where: a layer, a file, a blob, a field.
    pub place: String,
    /// What is known beyond that, in a few words.
    pub detail: String,
}

impl Gap {
    /// A gap at a place.
    pub fn new(cause: Cause, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { cause, place: place.into(), detail: detail.into() }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.detail, self.cause.name())
    }
}

/// An answer about one thing. There is no conversion that turns "unknown" into a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer<T> {
    /// It is this.
    Known(T),
    /// It is certain that there is none.
    Absent,
    /// It may be there or not, or its value is not certain.
    Unknown(Gap),
}

impl<T> Answer<T> {
    /// The value, if it is known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Why it is unknown.
    pub const fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Unknown(gap) => Some(gap),
            Self::Known(_) | Self::Absent => None,
        }
    }

    /// The answer for another type, with the same certainty.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(change(value)),
            Self::Absent => Answer::Absent,
            Self::Unknown(gap) => Answer::Unknown(gap),
        }
    }
}

/// A list with what it may lack. Everything in `items` is certain; nothing else exists only if `gaps` is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// What is certain.
    pub items: Vec<T>,
    /// What could not be read, behind which more may be.
    pub gaps: Vec<Gap>,
}

/// The gaps that are listed. A list with one lacks something already; a hostile image could have millions.
const MOST: usize = 200;

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), gaps: Vec::new() }
    }
}

impl<T> List<T> {
    /// An empty list that lacks what a gap hides.
    pub fn unknown(gap: Gap) -> Self {
        Self { items: Vec::new(), gaps: vec![gap] }
    }

    /// Whether nothing else exists.
    pub const fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Whether it is certain that there is none.
    pub const fn is_certainly_empty(&self) -> bool {
        self.items.is_empty() && self.gaps.is_empty()
    }

    /// Adds a gap, once, and no more than a few hundred.
    pub fn lacks(&mut self, gap: Gap) {
        if self.gaps.len() < MOST && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Adds the items and gaps of another list.
    pub fn append(&mut self, other: Self) {
        self.items.extend(other.items);
        for gap in other.gaps {
            self.lacks(gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_without_gaps_shows_that_there_is_none() {
        let mut list = List::<u8>::default();
        assert!(list.is_certainly_empty() && list.is_complete());
        let gap = Gap::new(Cause::Incomplete, "layer 2", "more than 5 entries");
        list.lacks(gap.clone());
        list.lacks(gap.clone());
        assert_eq!(list.gaps.len(), 1);
        assert!(!list.is_certainly_empty() && !list.is_complete());
        for number in 0..10_000 {
            list.lacks(Gap::new(Cause::Malformed, number.to_string(), ""));
        }
        assert_eq!(list.gaps.len(), MOST);
        assert_eq!(gap.to_string(), "layer 2: more than 5 entries (incomplete)");
    }

    #[test]
    fn an_unknown_answer_stays_unknown() {
        let gap = Gap::new(Cause::Missing, "p", "d");
        assert_eq!(Answer::<u8>::Unknown(gap.clone()).map(u16::from).gap(), Some(&gap));
        assert_eq!(Answer::Known(1_u8).map(u16::from).known(), Some(&1));
        assert_eq!(Answer::<u8>::Absent.map(u16::from), Answer::Absent);
    }
}
