//! Answers that may stay open.

use std::collections::BTreeSet;
use std::fmt;

/// Yes, no, or that it depends on something a policy alone does not say.
///
/// The connectives follow three-valued logic: one certain yes decides an "or", one certain no decides an "and",
/// whatever else is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is so, whatever is open.
    Yes,
    /// It is not so, whatever is open.
    No,
    /// It depends on what is named here: condition keys, or reasons in words.
    Unknown(BTreeSet<String>),
}

impl Answer {
    /// An open answer that depends on one thing.
    pub fn needs(what: impl Into<String>) -> Self {
        Self::Unknown(BTreeSet::from([what.into()]))
    }

    /// Whether it is certainly so.
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Whether it is certainly not so.
    pub fn is_no(&self) -> bool {
        matches!(self, Self::No)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, x) | (x, Self::Yes) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(&a | &b),
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, x) | (x, Self::No) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(&a | &b),
        }
    }

    /// The contrary.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            open @ Self::Unknown(_) => open,
        }
    }

    /// The contrary, if `negated`.
    #[must_use]
    pub(crate) fn negate_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }

    /// Whether all are so; yes for none at all.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::Yes;
        for answer in answers {
            result = result.and(answer);
            if result.is_no() {
                break;
            }
        }
        result
    }

    /// Whether any is so; no for none at all.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::No;
        for answer in answers {
            result = result.or(answer);
            if result.is_yes() {
                break;
            }
        }
        result
    }

    /// What an open answer depends on, in words; empty for a certain one.
    pub fn reason(&self) -> String {
        match self {
            Self::Yes | Self::No => String::new(),
            Self::Unknown(needs) => needs.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<bool> for Answer {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// Something that may be so, and what it depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Maybe {
    /// What was asked for: a statement, an account, a service, a path.
    pub what: String,
    /// What could not be resolved.
    pub why: String,
}

impl fmt::Display for Maybe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.why)
    }
}

/// What a question found: things that are certainly so, and things that may be.
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
    fn a_certain_answer_outranks_an_open_one() {
        assert_eq!(open("a").and(Answer::No), Answer::No);
        assert_eq!(open("a").or(Answer::Yes), Answer::Yes);
        assert_eq!(open("a").and(Answer::Yes), open("a"));
        assert_eq!(open("a").or(Answer::No), open("a"));
        assert_eq!(open("a").or(open("b")).reason(), "a, b");
        assert_eq!(open("a").and(open("b")).reason(), "a, b");
        // The same thing is open once.
        assert_eq!(open("a").and(open("a")), open("a"));
        assert_eq!(open("a").or(open("a")), open("a"));
        assert_eq!(open("a").negate(), open("a"));
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
