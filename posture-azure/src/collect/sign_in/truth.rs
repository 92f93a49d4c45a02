//! Answers with a third value that says why it is one.

use std::ops::{BitAnd, BitOr, Not};

use posture_model::gap::Gap;

/// Whether something is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// It cannot be told, and this is why.
    Unclear(Gap),
}

impl Truth {
    /// Why it cannot be told, where it cannot.
    pub(super) fn why(&self) -> Option<&Gap> {
        match self {
            Self::Unclear(why) => Some(why),
            Self::Yes | Self::No => None,
        }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unclear @ Self::Unclear(_) => unclear,
        }
    }
}

impl From<bool> for Truth {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl BitAnd for Truth {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unclear(why), _) | (_, Self::Unclear(why)) => Self::Unclear(why),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }
}

impl BitOr for Truth {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unclear(why), _) | (_, Self::Unclear(why)) => Self::Unclear(why),
            (Self::No, Self::No) => Self::No,
        }
    }
}

/// Whether any of them is so.
pub(super) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    truths.into_iter().fold(Truth::No, BitOr::bitor)
}

/// Whether all of them are so.
pub(super) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    truths.into_iter().fold(Truth::Yes, BitAnd::bitand)
}
