//! The actions or the resources of a statement.

use super::automaton;
use super::glob::Glob;

/// A set of texts.
#[derive(Clone, Debug)]
pub(super) enum Patterns {
    These(Vec<Glob>),
    AllBut(Vec<Glob>),
}

impl Patterns {
    pub(super) fn everything() -> Self {
        Self::These(vec![Glob::everything()])
    }

    pub(super) fn globs(&self) -> &[Glob] {
        match self {
            Self::These(globs) | Self::AllBut(globs) => globs,
        }
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::These(globs) => globs.iter().any(|glob| glob.matches(text)),
            Self::AllBut(globs) => !globs.iter().any(|glob| glob.matches(text)),
        }
    }

    /// Whether everything that `inner` matches is in the set; `None` if that is too much work to decide.
    pub(super) fn contains(&self, inner: &Glob) -> Option<bool> {
        match self {
            Self::These(globs) => automaton::contains(globs, inner),
            Self::AllBut(globs) => Some(!globs.iter().any(|glob| automaton::overlaps(glob, inner))),
        }
    }
}
