//! Reading JSON values without leniency: a wrong type is an error with its path, never a default.

use serde_json::{Map, Value};

pub(crate) use posture_yaml::{below, within};

/// Why an object cannot be used: what is wrong, and where in the object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Invalid {
    /// The path of the field, such as `spec.ingress[0].from[1].ipBlock.cidr`. Empty for the object as a whole.
    pub path: String,
    /// What is wrong, and what to write instead where that is known.
    pub message: String,
}

impl Invalid {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// What a value is, in the words of JSON.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The fields of an object. A field that is `null` is absent, as in Kubernetes.
pub(crate) struct Object<'v> {
    path: String,
    fields: &'v Map<String, Value>,
    asked: Vec<&'static str>,
}

/// A value of a list with its path.
pub(crate) type Item<'v> = (String, &'v Value);

impl<'v> Object<'v> {
    pub(crate) fn of(value: &'v Value, path: impl Into<String>) -> Result<Self, Invalid> {
        let path = path.into();
        match value {
            Value::Object(fields) => Ok(Self { path, fields, asked: Vec::new() }),
            other => Err(Invalid::new(path, format!("not an object but {}", kind_of(other)))),
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn at(&self, field: &str) -> String {
        below(&self.path, field)
    }

    pub(crate) fn error(&self, field: &str, message: impl Into<String>) -> Invalid {
        Invalid::new(self.at(field), message)
    }

    pub(crate) fn get(&mut self, field: &'static str) -> Option<&'v Value> {
        self.asked.push(field);
        self.fields.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<Option<&'v str>, Invalid> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.error(field, format!("not a string but {}", kind_of(other)))),
        }
    }

    pub(crate) fn boolean(&mut self, field: &'static str) -> Result<Option<bool>, Invalid> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(self.error(field, format!("not a boolean but {}", kind_of(other)))),
        }
    }

    pub(crate) fn integer(&mut self, field: &'static str) -> Result<Option<i64>, Invalid> {
        match self.get(field) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.error(field, format!("not an integer but {}", kind_of(value)))),
            },
        }
    }

    pub(crate) fn object(&mut self, field: &'static str) -> Result<Option<Object<'v>>, Invalid> {
        match self.get(field) {
            None => Ok(None),
            Some(value) => Object::of(value, self.at(field)).map(Some),
        }
    }

    /// The items of a list; empty if it is absent. See [`Self::get`] where absent differs from empty.
    pub(crate) fn list(&mut self, field: &'static str) -> Result<Vec<Item<'v>>, Invalid> {
        match self.get(field) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let path = self.at(field);
                let items = items.iter().enumerate();
                Ok(items.map(|(place, item)| (within(&path, place), item)).collect())
            }
            Some(other) => Err(self.error(field, format!("not a list but {}", kind_of(other)))),
        }
    }

    pub(crate) fn objects(&mut self, field: &'static str) -> Result<Vec<Object<'v>>, Invalid> {
        self.list(field)?.into_iter().map(|(path, item)| Object::of(item, path)).collect()
    }

    pub(crate) fn texts(&mut self, field: &'static str) -> Result<Vec<&'v str>, Invalid> {
        let items = self.list(field)?.into_iter();
        items
            .map(|(path, item)| {
                let wrong = || Invalid::new(path, format!("not a string but {}", kind_of(item)));
                item.as_str().ok_or_else(wrong)
            })
            .collect()
    }

    /// The entries of a map of strings, such as labels; empty if it is absent. A value that is `null` is the empty string, as the
    /// decoder of Kubernetes reads it.
    pub(crate) fn map(&mut self, field: &'static str) -> Result<Vec<(String, String)>, Invalid> {
        let Some(entries) = self.object(field)? else { return Ok(Vec::new()) };
        let text = |(key, value): (&String, &Value)| match value {
            Value::String(text) => Ok((key.clone(), text.clone())),
            Value::Null => Ok((key.clone(), String::new())),
            other => {
                let path = within(&entries.path, key);
                Err(Invalid::new(path, format!("not a string but {}", kind_of(other))))
            }
        };
        entries.fields.iter().map(text).collect()
    }

    /// The names of the fields that are not `null`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'v str> {
        let given = self.fields.iter().filter(|(_, value)| !value.is_null());
        given.map(|(name, _)| name.as_str())
    }

    /// Fails if the object has a field that was not asked for: its meaning is not known.
    pub(crate) fn closed(self) -> Result<(), Invalid> {
        let known = |name: &String| self.asked.iter().any(|asked| asked == name);
        match self.fields.keys().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let known = self.asked.join("`, `");
                Err(self.error(name, format!("unknown field; known are `{known}`")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_absent_and_a_wrong_type_is_an_error_with_its_path() {
        let value =
            json!({"a": null, "b": "x", "c": 1, "d": true, "e": [1], "f": {"k": null, "l": 2}});
        let mut object = Object::of(&value, "spec").unwrap();
        assert_eq!(object.text("a"), Ok(None));
        assert_eq!(object.text("b"), Ok(Some("x")));
        assert_eq!(object.integer("c"), Ok(Some(1)));
        assert_eq!(object.boolean("d"), Ok(Some(true)));
        let wrong = |error: Invalid| error.to_string();
        assert_eq!(
            object.text("c").map_err(wrong),
            Err("spec.c: not a string but a number".into())
        );
        assert_eq!(
            object.boolean("b").map_err(wrong),
            Err("spec.b: not a boolean but a string".into())
        );
        assert_eq!(
            object.texts("e").map_err(wrong),
            Err("spec.e[0]: not a string but a number".into())
        );
        assert_eq!(
            object.map("f").map_err(wrong),
            Err("spec.f[l]: not a string but a number".into())
        );
        assert_eq!(
            object.list("b").map(|_| ()).map_err(wrong),
            Err("spec.b: not a list but a string".into())
        );
        assert!(object.closed().is_ok());
        let mut object = Object::of(&value, "").unwrap();
        object.get("a");
        assert_eq!(object.closed().map_err(wrong), Err("b: unknown field; known are `a`".into()));
        assert!(Object::of(&json!([]), "x").is_err());
    }

    #[test]
    fn numbers_that_are_not_integers_are_errors() {
        for value in [json!({"n": 1.5}), json!({"n": "1"}), json!({"n": u64::MAX})] {
            assert!(Object::of(&value, "").unwrap().integer("n").is_err(), "{value}");
        }
    }
}
