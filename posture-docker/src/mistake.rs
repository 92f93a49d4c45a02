//! A mistake in a file, with its place.

use posture_model::gap::{Gap, Reason};
use posture_yaml::{Place, Trouble, shown};

/// What is wrong in a file, and where. Its texts hold no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) place: Place,
    /// The path in the file, such as `services.web.ports[0]`; empty for the file as a whole.
    pub(crate) path: String,
    pub(crate) problem: String,
    /// What to write instead, where that is known.
    pub(crate) fix: Option<String>,
}

impl Mistake {
    pub(crate) fn new(place: Place, path: &str, problem: impl Into<String>) -> Self {
        Self { place, path: shown(path), problem: problem.into(), fix: None }
    }

    pub(crate) fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    /// `compose.yaml:12:5`, and what is wrong there.
    pub(crate) fn gap(self, action: &str, file: &str) -> Gap {
        let Self { place, path, problem, fix } = self;
        let mut detail = if path.is_empty() { problem } else { format!("{path}: {problem}") };
        if let Some(fix) = fix {
            detail.push_str(": ");
            detail.push_str(&fix);
        }
        let target = format!("{file}:{}:{}", place.line, place.column);
        Gap { detail: Some(detail), ..Gap::new(action, target, Reason::InvalidFile) }
    }
}

impl From<Trouble> for Mistake {
    fn from(trouble: Trouble) -> Self {
        let Trouble { place, path, problem, fix } = trouble;
        Self { place, path: shown(&path), problem, fix }
    }
}

/// The line as a resource names it.
pub(crate) fn line(place: Place) -> u32 {
    u32::try_from(place.line).unwrap_or(u32::MAX)
}
