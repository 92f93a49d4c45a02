//! The meaning of one [policy](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccesspolicy) of Conditional Access:
//! the sign-ins to which it applies, whom it excludes, and what it requires.
//!
//! Every condition that is set makes a policy apply to fewer sign-ins. So an unknown one leaves open whether the
//! policy applies to the sign-ins in question, unless something else rules that out.

use posture_collect::text::clip;
use posture_model::gap::{Gap, Reason};
use serde_json::Value;

use super::actions::POLICIES;
use super::strength::Strengths;
use super::truth::Truth;
use crate::cloud::Cloud;
use crate::collect::body::{Misfit, Read, View, same, word};

/// A policy as it was answered.
#[derive(Clone, Copy)]
pub(super) struct Policy<'a> {
    pub(super) value: &'a Value,
    pub(super) cloud: Cloud,
    pub(super) strengths: &'a Strengths,
}

impl<'a> Policy<'a> {
    pub(super) fn id(&self) -> &'a str {
        word(self.value, "id").unwrap_or_default()
    }

    pub(super) fn name(&self) -> &'a str {
        word(self.value, "displayName").filter(|name| !name.is_empty()).unwrap_or(self.id())
    }

    /// Whether it is in force. One that only [reports](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-report-only)
    /// is not.
    pub(super) fn is_on(&self) -> Truth {
        const STATE: &str = "state";
        let state = match self.read(self.view().need(STATE, View::text)) {
            Err(why) => Truth::Unknown(why),
            Ok(state) if same(state, "enabled") => Truth::Yes,
            Ok(state) if same(state, "disabled") => Truth::No,
            Ok(state) if same(state, "enabledForReportingButNotEnforced") => Truth::No,
            Ok(state) => self.unclear(format!("what the state `{state}` means")),
        };
        // How it comes into force by and by, and whether it is gone.
        let partial = |name: &str| match self.at(name) {
            Err(why) => Truth::Unknown(why),
            Ok(None) => Truth::Yes,
            Ok(Some(_)) => self.unclear(format!("what `{name}` means")),
        };
        state & partial("partialEnablementStrategy") & partial("deletedDateTime")
    }

    pub(super) fn view(&self) -> View<'a> {
        View(self.value)
    }

    /// What was read of it; a gap where that does not fit.
    pub(super) fn read<T>(&self, read: Read<T>) -> Result<T, Gap> {
        read.map_err(|Misfit(path)| self.gap_of(&path))
    }

    /// The value at a path of names separated by dots; none for `null` as well.
    pub(super) fn at(&self, path: &str) -> Result<Option<&'a Value>, Gap> {
        self.read(self.view().at(path))
    }

    /// An object; none if it is absent or sets nothing.
    pub(super) fn object(&self, path: &str) -> Result<Option<View<'a>>, Gap> {
        self.read(self.view().object(path))?;
        Ok(self.at(path)?.filter(|object| !is_unset(object)).map(View))
    }

    /// Whether there is an object, whatever it sets.
    pub(super) fn has(&self, path: &str) -> Result<bool, Gap> {
        Ok(self.read(self.view().object(path))?.is_some())
    }

    /// A list of words; none and an empty one are the same.
    pub(super) fn words(&self, path: &str) -> Result<Vec<&'a str>, Gap> {
        self.read(self.view().texts(path))
    }

    pub(super) fn list(&self, path: &str, of: impl FnOnce(&[&'a str]) -> Truth) -> Truth {
        match self.words(path) {
            Ok(words) => of(&words),
            Err(why) => Truth::Unknown(why),
        }
    }

    /// The meaning of a value of several flags in one text: everything, if there is none.
    pub(super) fn flags(&self, path: &str, of: impl FnOnce(&[&'a str]) -> Truth) -> Truth {
        match self.read(self.view().text(path)) {
            Err(why) => Truth::Unknown(why),
            Ok(None | Some("")) => Truth::Yes,
            Ok(Some(flags)) => of(&flags.split(',').map(str::trim).collect::<Vec<_>>()),
        }
    }

    /// Whether there is nothing besides the known members.
    pub(super) fn nothing_but(&self, path: &str, known: &[&str]) -> Truth {
        let object = match self.read(self.view().object(path)) {
            Ok(Some(object)) => object,
            Ok(None) => return Truth::Yes,
            Err(why) => return Truth::Unknown(why),
        };
        let is_odd = |(name, value): &(&String, &Value)| {
            !is_one(name, known) && !name.contains("@odata.") && !is_unset(value)
        };
        match object.iter().find(is_odd) {
            None => Truth::Yes,
            Some((odd, _)) => self.unclear(format!("what `{path}.{odd}` means")),
        }
    }

    /// The same, as an error if there is anything else.
    pub(super) fn only(&self, path: &str, known: &[&str]) -> Result<(), Gap> {
        match self.nothing_but(path, known) {
            Truth::Unknown(why) => Err(why),
            Truth::Yes | Truth::No => Ok(()),
        }
    }

    pub(super) fn gap_of(&self, path: &str) -> Gap {
        let mut gap = Gap::new(POLICIES, self.id(), Reason::Malformed);
        gap.detail = Some(clip(format!("`{path}` has an unexpected type")));
        gap
    }

    pub(super) fn unclear(&self, what: String) -> Truth {
        Truth::Unknown(self.doubt(what))
    }

    /// Why a part of it is unknown.
    pub(super) fn doubt(&self, what: String) -> Gap {
        let mut gap = Gap::new(POLICIES, self.id(), Reason::Undetermined);
        gap.detail = Some(clip(format!("cannot determine {what}")));
        gap
    }
}

pub(super) fn is_one(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| same(known, name))
}

/// Whether a value means the same as none.
pub(super) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_unset),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a word is the ID of one object.
pub(super) fn is_guid(word: &str) -> bool {
    let mut parts = word.split('-');
    let fits = [8, 4, 4, 4, 12].into_iter().all(|length| {
        parts
            .next()
            .is_some_and(|part| part.len() == length && part.chars().all(|c| c.is_ascii_hexdigit()))
    });
    fits && parts.next().is_none()
}
