//! Reading of answers: every property may be absent, and one that does not fit costs only its own fact.

use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, Reason};
use posture_core::time::Time;
use serde_json::Value;

use crate::client::Asker;

/// Something that was answered, with what is needed to say what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) ask: &'a Asker,
    /// The action that gave it.
    pub(crate) action: &'a str,
    /// The id of the resource.
    pub(crate) id: &'a str,
    pub(crate) value: &'a Value,
}

impl<'a> Body<'a> {
    /// What stands at a path of names with dots between; none for `null` as well.
    pub(crate) fn at(&self, path: &str) -> Option<&'a Value> {
        path.split('.').try_fold(self.value, field).filter(|value| !value.is_null())
    }

    fn read<T>(&self, path: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Fact<Option<T>> {
        match self.at(path) {
            None => Known(None),
            Some(value) => match read(value) {
                Some(value) => Known(Some(value)),
                None => self.malformed(path),
            },
        }
    }

    /// A fact that this property does not tell, because it does not fit.
    pub(crate) fn malformed<T>(&self, path: &str) -> Fact<T> {
        self.ask.malformed(self.action, self.id, &format!("`{path}` does not fit"))
    }

    /// A fact whose value is not known to us.
    pub(crate) fn unsupported<T>(&self, value: &str) -> Fact<T> {
        self.ask.unsupported(self.action, self.id, value)
    }

    pub(crate) fn text(&self, path: &str) -> Fact<Option<&'a str>> {
        self.read(path, Value::as_str)
    }

    /// A boolean, also where it is written as text.
    pub(crate) fn flag(&self, path: &str) -> Fact<Option<bool>> {
        self.read(path, flag)
    }

    pub(crate) fn number(&self, path: &str) -> Fact<Option<u32>> {
        self.read(path, |value| u32::try_from(value.as_i64()?.max(0)).ok())
    }

    /// An instant as the number of seconds since 1970.
    pub(crate) fn seconds(&self, path: &str) -> Fact<Option<Time>> {
        self.read(path, |value| value.as_i64().map(Time::from_unix))
    }

    pub(crate) fn time(&self, path: &str) -> Fact<Option<Time>> {
        self.read(path, |value| value.as_str()?.parse().ok())
    }

    /// A list; an absent one is empty.
    pub(crate) fn list(&self, path: &str) -> Fact<&'a [Value]> {
        self.read(path, |value| value.as_array().map(Vec::as_slice)).map(|list| list.unwrap_or(&[]))
    }

    /// The same answer, read as that of another thing in it.
    pub(crate) fn within(&self, value: &'a Value) -> Self {
        Self { value, ..*self }
    }
}

/// The gap of a whole resource that makes no sense.
pub(crate) fn senseless(action: &str, id: &str) -> Gap {
    let mut gap = Gap::new(action, id, Reason::Malformed);
    gap.detail = Some("it is not in the form of a resource".to_owned());
    gap
}

/// The property of a name, without regard to case where the exact one is not there.
pub(crate) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// A boolean, also in the form of text that Defender for Cloud uses.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The text of a property, where it is there and is text.
pub(crate) fn word<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    field(value, name)?.as_str()
}

/// Whether two words are the same to Azure.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
