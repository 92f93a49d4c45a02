//! Answers in three values.

use std::ops::{BitAnd, BitOr, Not};

/// A question with three answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// It depends on what is not known: a condition, the members of a group, a role that could not be read.
    Undetermined,
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl BitOr for Answer {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Undetermined,
        }
    }
}

impl BitAnd for Answer {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        !(!self | !other)
    }
}

impl Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Undetermined => Self::Undetermined,
        }
    }
}

/// Whether any answer is yes.
pub(crate) fn any(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let mut sum = Answer::No;
    for answer in answers {
        sum = sum | answer;
        if sum == Answer::Yes {
            break;
        }
    }
    sum
}
