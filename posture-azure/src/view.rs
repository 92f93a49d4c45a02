//! Reading of answers, by one reader for all of them.
//!
//! A property is one of three kinds. An *optional* one may be absent or `null`, and then means what the service documents
//! for that. A *required* one is always sent, so that its absence means nothing. A *nullable* one is always sent and may be
//! `null`. Any other value where something is expected (a string for an object, a list for an object, `null` in a list,
//! a number for a boolean) is malformed: it costs the facts that are read from it, and is never taken for absent.

use posture_model::time::Time;
use serde_json::{Map, Value};

/// A property that does not fit, by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit(pub(crate) String);

/// What was read of a property, unless it does not fit.
pub(crate) type Read<T> = Result<T, Misfit>;

/// An object that properties are read of, by paths of names with dots between. Names are compared without regard to case, as
/// Resource Manager does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a>(pub(crate) &'a Value);

impl<'a> View<'a> {
    /// The value at a path; none if it, or an object that contains it, is absent or `null`.
    pub(crate) fn at(self, path: &str) -> Read<Option<&'a Value>> {
        let mut value = self.0;
        let mut end = 0;
        for name in path.split('.') {
            if !value.is_object() {
                return Err(Misfit(path[..end].trim_end_matches('.').to_owned()));
            }
            end += name.len() + 1;
            match field(value, name) {
                None | Some(Value::Null) => return Ok(None),
                Some(next) => value = next,
            }
        }
        Ok(Some(value))
    }

    fn read<T>(self, path: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Read<Option<T>> {
        let Some(value) = self.at(path)? else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| Misfit(path.to_owned()))
    }

    /// The value of a required property.
    pub(crate) fn need<T>(
        self,
        path: &str,
        read: impl FnOnce(Self, &str) -> Read<Option<T>>,
    ) -> Read<T> {
        read(self, path)?.ok_or_else(|| Misfit(path.to_owned()))
    }

    /// The value of a nullable property: it has to be there, and may be `null`.
    pub(crate) fn nullable<T>(
        self,
        path: &str,
        read: impl FnOnce(Self, &str) -> Read<Option<T>>,
    ) -> Read<Option<T>> {
        let (parent, name) = match path.rsplit_once('.') {
            Some((parent, name)) => (self.need(parent, Self::at)?, name),
            None => (self.0, path),
        };
        match field(parent, name) {
            None => Err(Misfit(path.to_owned())),
            Some(_) => read(self, path),
        }
    }

    pub(crate) fn text(self, path: &str) -> Read<Option<&'a str>> {
        self.read(path, Value::as_str)
    }

    /// A boolean, also as the text `True` or `False`, which is how
    /// [Defender for Cloud](https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list) and Resource Graph send
    /// some, and which can mean nothing else.
    pub(crate) fn flag(self, path: &str) -> Read<Option<bool>> {
        self.read(path, |value| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if same(text, "True") => Some(true),
            Value::String(text) if same(text, "False") => Some(false),
            _ => None,
        })
    }

    /// A boolean, and no text of one: Microsoft Graph sends none.
    pub(crate) fn boolean(self, path: &str) -> Read<Option<bool>> {
        self.read(path, Value::as_bool)
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self, path: &str) -> Read<Option<u32>> {
        self.read(path, |value| u32::try_from(value.as_u64()?).ok())
    }

    pub(crate) fn integer(self, path: &str) -> Read<Option<i64>> {
        self.read(path, Value::as_i64)
    }

    pub(crate) fn ratio(self, path: &str) -> Read<Option<f64>> {
        self.read(path, Value::as_f64)
    }

    /// An instant as the number of seconds since 1970.
    pub(crate) fn seconds(self, path: &str) -> Read<Option<Time>> {
        self.read(path, |value| value.as_i64().map(Time::from_unix))
    }

    pub(crate) fn time(self, path: &str) -> Read<Option<Time>> {
        self.read(path, |value| value.as_str()?.parse().ok())
    }

    pub(crate) fn object(self, path: &str) -> Read<Option<&'a Map<String, Value>>> {
        self.read(path, Value::as_object)
    }

    pub(crate) fn array(self, path: &str) -> Read<Option<&'a [Value]>> {
        self.read(path, |value| value.as_array().map(Vec::as_slice))
    }

    /// A list of objects; an absent one is empty. One item that is none spoils it.
    pub(crate) fn items(self, path: &str) -> Read<Vec<Self>> {
        Ok(self.listed(path)?.unwrap_or_default())
    }

    /// A list of objects, where it is there.
    pub(crate) fn listed(self, path: &str) -> Read<Option<Vec<Self>>> {
        let object = |item: &'a Value| item.is_object().then_some(Self(item));
        self.read(path, |value| value.as_array()?.iter().map(object).collect())
    }

    /// A list of text; an absent one is empty. One item that is none spoils it.
    pub(crate) fn texts(self, path: &str) -> Read<Vec<&'a str>> {
        Ok(self.words(path)?.unwrap_or_default())
    }

    /// A list of text, where it is there.
    pub(crate) fn words(self, path: &str) -> Read<Option<Vec<&'a str>>> {
        self.read(path, |value| value.as_array()?.iter().map(Value::as_str).collect())
    }
}

/// The property of a name, without regard to case where the exact one is not there.
pub(crate) fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| {
        object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// The text of a property, where it is there and is text: for what only labels a resource, or where absent and malformed
/// are handled alike. All else is read by a [`View`].
pub(crate) fn word<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    field(value, name)?.as_str()
}

/// The name of a resource: the last part of its ID, if it has no other name.
pub(crate) fn name_of(value: &Value) -> &str {
    let last = || word(value, "id")?.trim_end_matches('/').rsplit('/').next();
    word(value, "name").filter(|name| !name.is_empty()).or_else(last).unwrap_or_default()
}

/// Whether two words are the same to Azure.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn misfit<T>(path: &str) -> Read<T> {
        Err(Misfit(path.to_owned()))
    }

    #[test]
    fn absent_and_null_are_the_default_and_everything_else_that_does_not_fit_is_malformed() {
        for absent in
            [json!({}), json!({ "a": null }), json!({ "a": {} }), json!({ "a": { "b": null } })]
        {
            assert_eq!(View(&absent).text("a.b"), Ok(None), "{absent}");
            assert_eq!(View(&absent).need("a.b", View::text), misfit("a.b"), "{absent}");
        }
        for (value, path) in [
            (json!("x"), ""),
            (json!([]), ""),
            (json!(null), ""),
            (json!({ "a": "x" }), "a"),
            (json!({ "a": [] }), "a"),
            (json!({ "a": [{ "b": "x" }] }), "a"),
            (json!({ "a": true }), "a"),
            (json!({ "a": 0 }), "a"),
            (json!({ "a": { "b": {} } }), "a.b"),
            (json!({ "a": { "b": [null] } }), "a.b"),
            (json!({ "a": { "b": 1 } }), "a.b"),
        ] {
            assert_eq!(View(&value).text("a.b"), misfit(path), "{value}");
        }
    }

    #[test]
    fn a_name_is_found_in_any_case_and_the_exact_one_first() {
        let value = json!({ "Key": "other", "key": "own", "NAME": "n" });
        assert_eq!(View(&value).text("key"), Ok(Some("own")));
        assert_eq!(View(&value).text("name"), Ok(Some("n")));
    }

    #[test]
    fn a_nullable_property_has_to_be_there() {
        let value = json!({ "end": null, "a": { "end": null }, "time": "2026-01-01T00:00:00Z" });
        assert_eq!(View(&value).nullable("end", View::time), Ok(None));
        assert_eq!(View(&value).nullable("a.end", View::time), Ok(None));
        assert!(View(&value).nullable("time", View::time).unwrap().is_some());
        assert_eq!(View(&value).nullable("start", View::time), misfit("start"));
        assert_eq!(View(&value).nullable("b.end", View::time), misfit("b"));
        assert_eq!(View(&value).nullable("time", View::number), misfit("time"));
    }

    #[test]
    fn lists_hold_what_they_should_and_nothing_else() {
        let value = json!({
            "words": ["a", "b"], "objects": [{ "a": 1 }], "nulls": [null], "mixed": [{}, "a"], "empty": [], "object": {},
        });
        let view = View(&value);
        assert_eq!(view.texts("words"), Ok(vec!["a", "b"]));
        assert_eq!(view.items("objects").unwrap().len(), 1);
        for empty in ["empty", "absent"] {
            assert_eq!(view.texts(empty), Ok(Vec::new()));
            assert!(view.items(empty).unwrap().is_empty());
        }
        for odd in ["nulls", "mixed", "object"] {
            assert_eq!(view.texts(odd), misfit(odd));
            assert_eq!(view.items(odd).unwrap_err(), Misfit(odd.to_owned()));
        }
        assert!(view.words("absent").unwrap().is_none() && view.words("empty").unwrap().is_some());
        assert!(
            view.listed("absent").unwrap().is_none() && view.listed("empty").unwrap().is_some()
        );
    }

    #[test]
    fn values_have_their_types() {
        let value = json!({ "text": "True", "flag": false, "three": 3, "minus": -1, "half": 0.5, "huge": 4_294_967_296_u64, "word": "perhaps", "list": [true] });
        let view = View(&value);
        assert_eq!(view.flag("text"), Ok(Some(true)));
        assert_eq!(view.flag("flag"), Ok(Some(false)));
        for odd in ["three", "word", "list"] {
            assert_eq!(view.flag(odd), misfit(odd), "{odd}");
        }
        assert_eq!(view.number("three"), Ok(Some(3)));
        for odd in ["minus", "half", "huge", "text", "flag"] {
            assert_eq!(view.number(odd), misfit(odd), "{odd}");
        }
        assert_eq!(view.integer("minus"), Ok(Some(-1)));
        assert_eq!(view.integer("half"), misfit("half"));
        assert_eq!(view.ratio("half"), Ok(Some(0.5)));
        assert_eq!(view.ratio("text"), misfit("text"));
        assert_eq!(view.seconds("three"), Ok(Some(Time::from_unix(3))));
        assert_eq!(view.seconds("text"), misfit("text"));
        assert_eq!(view.time("text"), misfit("text"));
        assert_eq!(view.object("text"), misfit("text"));
        assert_eq!(view.array("text"), misfit("text"));
    }

    #[test]
    fn a_resource_without_a_name_is_called_by_its_id() {
        for (value, name) in [
            (json!({ "id": "/a/b/c", "name": "n" }), "n"),
            (json!({ "id": "/a/b/c/", "name": "" }), "c"),
            (json!({ "id": "/a/b/c", "name": 3 }), "c"),
            (json!({ "id": "/a/b/c" }), "c"),
            (json!({ "name": null }), ""),
        ] {
            assert_eq!(name_of(&value), name, "{value}");
        }
    }
}
