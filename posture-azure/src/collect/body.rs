//! A response, with what is needed to report what is wrong with it.

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::time::Time;
use serde_json::Value;

use crate::client::ApiClient;
pub(crate) use crate::view::{Misfit, Read, View, field, name_of, same, word};

/// A response, with what is needed to report what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) ask: &'a ApiClient,
    /// The action that gave it.
    pub(crate) action: &'a str,
    /// The id of the resource.
    pub(crate) id: &'a str,
    pub(crate) value: &'a Value,
}

impl<'a> Body<'a> {
    pub(crate) fn view(&self) -> View<'a> {
        View(self.value)
    }

    /// What was read, as a fact.
    pub(crate) fn fact<T>(&self, read: Read<T>) -> Fact<T> {
        match read {
            Ok(value) => Known(value),
            Err(Misfit(path)) => self.malformed(&path),
        }
    }

    /// The value of a required property, as a fact.
    pub(crate) fn need<T>(
        &self,
        path: &str,
        read: impl FnOnce(View<'a>, &str) -> Read<Option<T>>,
    ) -> Fact<T> {
        self.fact(self.view().need(path, read))
    }

    /// Whether the body is a resource: the values of a resource are in an object with this name.
    pub(crate) fn is_resource(&self) -> bool {
        matches!(self.view().object("properties"), Ok(Some(_)))
    }

    /// A fact that this property does not show, because it does not fit.
    pub(crate) fn malformed<T>(&self, path: &str) -> Fact<T> {
        self.ask.malformed(self.action, self.id, format!("`{path}` has an unexpected type"))
    }

    /// A fact whose value is not known to us.
    pub(crate) fn unsupported<T>(&self, value: &str) -> Fact<T> {
        self.ask.unsupported(self.action, self.id, value)
    }

    pub(crate) fn text(&self, path: &str) -> Fact<Option<&'a str>> {
        self.fact(self.view().text(path))
    }

    pub(crate) fn flag(&self, path: &str) -> Fact<Option<bool>> {
        self.fact(self.view().flag(path))
    }

    pub(crate) fn number(&self, path: &str) -> Fact<Option<u32>> {
        self.fact(self.view().number(path))
    }

    /// An instant as the number of seconds since 1970.
    pub(crate) fn seconds(&self, path: &str) -> Fact<Option<Time>> {
        self.fact(self.view().seconds(path))
    }

    pub(crate) fn time(&self, path: &str) -> Fact<Option<Time>> {
        self.fact(self.view().time(path))
    }

    /// A list of text; an absent one is empty. One item that is none spoils it.
    pub(crate) fn texts(&self, path: &str) -> Fact<Vec<&'a str>> {
        self.fact(self.view().texts(path))
    }

    /// A list; an absent one is empty.
    pub(crate) fn list(&self, path: &str) -> Fact<&'a [Value]> {
        self.fact(self.view().array(path)).map(|list| list.unwrap_or(&[]))
    }

    /// The same response, read as that of another object in it.
    pub(crate) fn within(&self, value: &'a Value) -> Self {
        Self { value, ..*self }
    }
}

/// Keeps the smallest of some gaps, so that the order in which they were found does not matter.
pub(crate) fn note(place: &mut Option<Gap>, gap: &Gap) {
    if place.as_ref().is_none_or(|known| gap < known) {
        *place = Some(gap.clone());
    }
}

/// The gap of a whole resource that makes no sense.
pub(crate) fn senseless(action: &str, id: &str) -> Gap {
    let mut gap = Gap::new(action, id, Reason::Malformed);
    gap.detail = Some("it does not have the format of a resource".to_owned());
    gap
}
