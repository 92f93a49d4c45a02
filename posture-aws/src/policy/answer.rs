//! Answers that may stay open.

use std::collections::BTreeSet;
use std::fmt;

use posture_model::tri::Tri;

/// Yes, no, or that it depends on something that a policy alone does not show: condition keys, or reasons in words.
pub type Answer = Tri<BTreeSet<String>>;

/// Something that may be so, and what it depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Maybe {
    /// The subject of a question: a statement, an account, a service, a path.
    pub what: String,
    /// What could not be resolved.
    pub why: String,
}

impl fmt::Display for Maybe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.why)
    }
}

/// The result of a question: certain entries, and possible ones.
///
/// Both lists are sorted and free of repeats, so that the order of statements leaves no trace. Something certain is not
/// listed again as undecided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is certainly so.
    pub certain: Vec<String>,
    /// What may be so.
    pub undecided: Vec<Maybe>,
}

impl Found {
    /// Yes if anything is certain, no if nothing was found at all, else open.
    pub fn answer(&self) -> Answer {
        if !self.certain.is_empty() {
            Answer::Yes
        } else if self.undecided.is_empty() {
            Answer::No
        } else {
            Answer::Unknown(self.undecided.iter().map(ToString::to_string).collect())
        }
    }

    /// Whether something undecided depends on `what`.
    pub fn depends_on(&self, what: &str) -> bool {
        self.undecided.iter().any(|maybe| maybe.why.contains(what))
    }

    /// Adds `what` by the answer about it.
    pub(crate) fn add(&mut self, what: impl Into<String>, answer: Answer) {
        let what = what.into();
        match answer {
            Answer::Yes => {
                self.undecided.retain(|maybe| maybe.what != what);
                if let Err(place) = self.certain.binary_search(&what) {
                    self.certain.insert(place, what);
                }
            }
            Answer::No => {}
            Answer::Unknown(_) => {
                if self.certain.binary_search(&what).is_ok() {
                    return;
                }
                let maybe = Maybe { why: answer.reason(), what };
                if let Err(place) = self.undecided.binary_search(&maybe) {
                    self.undecided.insert(place, maybe);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(what: &str) -> Answer {
        Answer::needs(what)
    }

    #[test]
    fn certain_things_leave_the_undecided_list() {
        let mut found = Found::default();
        found.add("x", open("k"));
        assert!(matches!(found.answer(), Answer::Unknown(_)));
        found.add("x", Answer::Yes);
        found.add("x", open("k"));
        assert_eq!(found.certain, ["x"]);
        assert!(found.undecided.is_empty());
        assert!(found.answer().is_yes());
        assert!(Found::default().answer().is_no());
    }
}
