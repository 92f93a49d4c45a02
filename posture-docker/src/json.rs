//! Reading what an engine printed: a value that is absent or of another type is a gap, and never a default.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, GapId, Reason, Register};
use serde_json::Value;

/// An object, with what to report where something in it does not fit.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    value: &'v Value,
    gaps: &'v Register,
    /// The action and the resource of its gaps.
    action: &'static str,
    target: &'v str,
    path: &'static str,
}

impl<'v> View<'v> {
    pub(crate) fn new(
        value: &'v Value,
        gaps: &'v Register,
        action: &'static str,
        target: &'v str,
    ) -> Self {
        Self { value, gaps, action, target, path: "" }
    }

    /// What is wrong with a field.
    pub(crate) fn malformed(&self, field: &str, what: &str) -> GapId {
        let dot = if self.path.is_empty() { "" } else { "." };
        let detail = format!("{}{dot}{field} {what}", self.path);
        let gap = Gap::new(self.action, self.target, Reason::Malformed);
        self.gaps.note(Gap { detail: Some(detail), ..gap })
    }

    /// What was read does not decide an answer, for this reason.
    pub(crate) fn undetermined(&self, detail: &str) -> GapId {
        self.gaps.note(Gap::undetermined(self.action, self.target, detail))
    }

    /// An object in it. Where it is none, every field of it is a gap.
    pub(crate) fn object(&self, field: &'static str) -> Self {
        let value = self.value.get(field).unwrap_or(&Value::Null);
        Self { value, path: field, ..*self }
    }

    /// A field, read by a function; where that does not know what to do with it, it is malformed.
    pub(crate) fn read<T>(
        &self,
        field: &str,
        expected: &str,
        read: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Fact<T> {
        match self.value.get(field) {
            None => Open(self.malformed(field, "is missing")),
            Some(value) => match read(value) {
                Some(value) => Known(value),
                None => Open(self.malformed(field, &format!("is not {expected}"))),
            },
        }
    }

    /// The same of a field that the engine leaves out where it is empty.
    pub(crate) fn read_or<T>(
        &self,
        field: &str,
        expected: &str,
        absent: T,
        read: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Fact<T> {
        match self.value.get(field) {
            None if self.value.is_object() => Known(absent),
            _ => self.read(field, expected, read),
        }
    }

    pub(crate) fn boolean(&self, field: &str) -> Fact<bool> {
        self.read(field, "a boolean", Value::as_bool)
    }

    pub(crate) fn text(&self, field: &str) -> Fact<String> {
        self.read(field, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// Whether a number is greater than zero; `null` is none.
    pub(crate) fn is_positive(&self, field: &str) -> Fact<bool> {
        self.read(field, "a number", |value| match value {
            Value::Null => Some(false),
            other => other.as_i64().map(|number| number > 0),
        })
    }

    /// A list of texts; `null` is an empty one.
    pub(crate) fn texts(&self, field: &str) -> Fact<Vec<String>> {
        self.read(field, "a list of strings", texts)
    }

    /// A list of objects; `null` is an empty one.
    pub(crate) fn list(&self, field: &str) -> Fact<Vec<&'v Value>> {
        self.read(field, "a list", |value| match value {
            Value::Null => Some(Vec::new()),
            Value::Array(items) => Some(items.iter().collect()),
            _ => None,
        })
    }

    /// Texts by their names; `null` is none.
    pub(crate) fn labels(&self, field: &str) -> Fact<BTreeMap<String, String>> {
        self.read(field, "an object of strings", |value| match value {
            Value::Null => Some(BTreeMap::new()),
            Value::Object(fields) => {
                let each = fields.iter().map(|(key, value)| {
                    value.as_str().map(|value| (key.clone(), value.to_owned()))
                });
                each.collect()
            }
            _ => None,
        })
    }
}

pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_absent_or_of_another_type_is_a_gap() {
        let gaps = Register::default();
        let value = json!({ "a": true, "b": "x", "c": null, "d": { "e": 1 }, "f": ["x", 1] });
        let view = View::new(&value, &gaps, "docker inspect", "web");
        assert_eq!(view.boolean("a"), Known(true));
        assert!(view.boolean("b").gap().is_some() && view.boolean("z").gap().is_some());
        assert!(view.boolean("c").gap().is_some(), "null is not false");
        assert_eq!(view.text("b"), Known("x".to_owned()));
        assert_eq!(view.texts("c"), Known(Vec::new()));
        assert!(view.texts("f").gap().is_some() && view.list("a").gap().is_some());
        assert_eq!(view.object("d").is_positive("e"), Known(true));
        assert_eq!(view.is_positive("c"), Known(false));
        assert!(view.object("none").boolean("a").gap().is_some());
        assert_eq!(view.read_or("z", "a string", 1, |_| None), Known(1));
        assert!(view.object("none").read_or("z", "a string", 1, |_| None).gap().is_some());
        let words: Vec<String> = gaps.list().iter().skip(2).map(Gap::words).collect();
        assert!(
            words.iter().any(|gap| gap.contains("web malformed response: b is not a boolean")),
            "{words:?}"
        );
    }
}
