//! What responses hold, as data, and the reading of a tree that was checked against it.
//!
//! [`answers!`] declares records. For each it makes a type that reads the members, and the list of the members, against
//! which a response is checked before anything reads it ([`fit`]). So a reader can name no member that was not declared, and
//! a declared member has its type: a required one is present, and an optional one is present or not.

use std::fmt;
use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::spec::Pages;

/// The type of a value in a response.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// A word; these are the known ones, others may come.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A number without a fraction.
    Whole,
    /// A number.
    Number,
    /// A list.
    List(&'static Kind),
    /// Values by keys that are text.
    Map(&'static Kind),
    /// Members by name.
    Record(&'static [Member]),
}

/// A member of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// As it is called where it is sent.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether the service's model calls it required.
    pub(crate) required: bool,
}

/// What does not fit, by the path to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Misfit {
    path: String,
    missing: bool,
}

impl Misfit {
    /// The same, seen from the record or list around it.
    fn within(self, name: &dyn fmt::Display) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_string(),
            path => format!("{name}.{path}"),
        };
        Self { path, ..self }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.missing, self.path.as_str()) {
            (true, path) => write!(f, "the response lacks `{path}`"),
            (false, "") => f.write_str("the response has an unexpected type"),
            (false, path) => write!(f, "`{path}` of the response has an unexpected type"),
        }
    }
}

impl std::error::Error for Misfit {}

/// Checks a value against its declaration, and keeps only what is declared. A member that is `null` is absent.
pub(crate) fn fit(kind: &Kind, value: Value) -> Result<Value, Misfit> {
    match (kind, value) {
        // A service may learn a word that is not known here, but none is empty.
        (Kind::Word(_), Value::String(word)) if word.trim().is_empty() => Err(Misfit::default()),
        (Kind::Text | Kind::Word(_), value @ Value::String(_))
        | (Kind::Flag, value @ Value::Bool(_))
        | (Kind::Number, value @ Value::Number(_)) => Ok(value),
        (Kind::Whole, Value::Number(number)) if number.as_i64().is_some() => {
            Ok(Value::Number(number))
        }
        (Kind::List(of), Value::Array(items)) => {
            let item = |(place, item)| fit(of, item).map_err(|misfit| misfit.within(&place));
            items.into_iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
        }
        (Kind::Map(of), Value::Object(all)) => {
            let mut kept = Map::new();
            for (key, value) in all {
                let value = fit(of, value).map_err(|misfit| misfit.within(&key))?;
                kept.insert(key, value);
            }
            Ok(Value::Object(kept))
        }
        (Kind::Record(members), value) => record(members, value),
        _ => Err(Misfit::default()),
    }
}

/// Checks a record against its members, and keeps only these.
pub(super) fn record(members: &[Member], value: Value) -> Result<Value, Misfit> {
    let Value::Object(mut all) = value else { return Err(Misfit::default()) };
    let mut kept = Map::new();
    for Member { name, kind, required } in members {
        match all.remove(*name) {
            None | Some(Value::Null) if *required => {
                return Err(Misfit { missing: true, ..Misfit::default() }.within(name));
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                let value = fit(kind, value).map_err(|misfit| misfit.within(name))?;
                kept.insert((*name).to_owned(), value);
            }
        }
    }
    Ok(Value::Object(kept))
}

/// A record that [`answers!`] declared.
pub(crate) trait Shape: 'static {
    /// Its members.
    const MEMBERS: &'static [Member];
    /// What reads them.
    type View<'a>: Copy;
    /// Reads a value that fits.
    fn view(value: &Value) -> Self::View<'_>;
}

/// A word that [`words!`] declared.
pub(crate) trait Word: Copy {
    /// Those that are known to us.
    const KNOWN: &'static [&'static str];
    /// The word of a text.
    fn of(text: &str) -> Self;
}

/// An answer that fits its declaration.
pub(crate) struct Answer<S> {
    value: Value,
    shape: PhantomData<fn() -> S>,
}

impl<S> fmt::Debug for Answer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may contain private data.
        f.write_str("Answer")
    }
}

impl<S: Shape> Answer<S> {
    /// A response that was checked against the members of its shape.
    pub(super) fn of_fitted(value: Value) -> Self {
        Self { value, shape: PhantomData }
    }

    /// Reads it.
    pub(crate) fn read(&self) -> S::View<'_> {
        S::view(&self.value)
    }

    /// A record of tests, checked against its declaration as responses are.
    #[cfg(test)]
    pub(crate) fn of(value: Value) -> Result<Self, Misfit> {
        fit(&Kind::Record(S::MEMBERS), value).map(Self::of_fitted)
    }

    /// The token of the next page.
    pub(crate) fn next(&self, pages: Pages) -> Option<&str> {
        text(&self.value, pages.output)
    }

    /// Whether the response reports more pages; nothing for services that do not report it.
    pub(crate) fn more(&self, pages: Pages) -> Option<bool> {
        flag(&self.value, pages.more?)
    }
}

// What the types that `answers!` makes read with.

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

pub(crate) fn flag(value: &Value, name: &str) -> Option<bool> {
    value.get(name)?.as_bool()
}

pub(crate) fn whole(value: &Value, name: &str) -> Option<i64> {
    value.get(name)?.as_i64()
}

pub(crate) fn number(value: &Value, name: &str) -> Option<f64> {
    value.get(name)?.as_f64()
}

/// The items of a list; an absent one is empty, as services leave out lists in which nothing is.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// How many values a map holds.
pub(crate) fn size(value: &Value, name: &str) -> usize {
    value.get(name).and_then(Value::as_object).map_or(0, Map::len)
}

/// The texts of a map by their keys.
pub(crate) fn texts<'a>(
    value: &'a Value,
    name: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> + Clone + use<'a> {
    let map = value.get(name).and_then(Value::as_object);
    map.into_iter().flatten().filter_map(|(key, text)| Some((key.as_str(), text.as_str()?)))
}

/// Declares records that answers hold: what each member is read by, its name, whether the service's model calls it required,
/// and what it is.
///
/// ```text
/// answers! {
///     /// A page of analyzers.
///     ListAnalyzers {
///         analyzers: "analyzers" required records(Analyzer),
///     }
/// }
/// ```
macro_rules! answers {
    ($(
        $(#[$meta:meta])*
        $name:ident {
            $( $get:ident: $wire:literal $need:ident $kind:ident $(($of:ident))? ),+ $(,)?
        }
    )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name<'a>(&'a serde_json::Value);

        impl $crate::wire::shape::Shape for $name<'static> {
            const MEMBERS: &'static [$crate::wire::shape::Member] = &[$(
                $crate::wire::shape::Member {
                    name: $wire,
                    kind: $crate::wire::shape::answers!(@kind $kind $($of)?),
                    required: $crate::wire::shape::answers!(@$need),
                },
            )+];
            type View<'a> = $name<'a>;

            fn view(value: &serde_json::Value) -> $name<'_> {
                $name(value)
            }
        }

        impl<'a> $name<'a> {
            $( $crate::wire::shape::answers!(@get $need $kind $($of)? => $get, $wire); )+
        }
    )+ };

    (@required) => { true };
    (@optional) => { false };

    (@kind text) => { $crate::wire::shape::Kind::Text };
    (@kind flag) => { $crate::wire::shape::Kind::Flag };
    (@kind whole) => { $crate::wire::shape::Kind::Whole };
    (@kind number) => { $crate::wire::shape::Kind::Number };
    (@kind word $of:ident) => {
        $crate::wire::shape::Kind::Word(<$of as $crate::wire::shape::Word>::KNOWN)
    };
    (@kind record $of:ident) => {
        $crate::wire::shape::Kind::Record(<$of<'static> as $crate::wire::shape::Shape>::MEMBERS)
    };
    (@kind texts) => { $crate::wire::shape::Kind::List(&$crate::wire::shape::Kind::Text) };
    // Records of which only the number is needed.
    (@kind counted) => {
        $crate::wire::shape::Kind::List(&$crate::wire::shape::Kind::Record(&[]))
    };
    (@kind named) => { $crate::wire::shape::Kind::Map(&$crate::wire::shape::Kind::Text) };
    (@kind texts_by_key) => { $crate::wire::shape::Kind::Map(&$crate::wire::shape::Kind::Text) };
    (@kind records $of:ident) => {
        $crate::wire::shape::Kind::List(&$crate::wire::shape::Kind::Record(
            <$of<'static> as $crate::wire::shape::Shape>::MEMBERS,
        ))
    };

    // A required member is present: the response was checked.
    (@get required text => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> &'a str {
            $crate::wire::shape::text(self.0, $wire).unwrap_or_default()
        }
    };
    (@get optional text => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<&'a str> {
            $crate::wire::shape::text(self.0, $wire)
        }
    };
    (@get required flag => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> bool {
            $crate::wire::shape::flag(self.0, $wire).unwrap_or_default()
        }
    };
    (@get optional flag => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<bool> {
            $crate::wire::shape::flag(self.0, $wire)
        }
    };
    (@get required whole => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> i64 {
            $crate::wire::shape::whole(self.0, $wire).unwrap_or_default()
        }
    };
    (@get optional whole => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<i64> {
            $crate::wire::shape::whole(self.0, $wire)
        }
    };
    (@get optional number => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<f64> {
            $crate::wire::shape::number(self.0, $wire)
        }
    };
    (@get required word $of:ident => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> $of {
            let text = $crate::wire::shape::text(self.0, $wire).unwrap_or_default();
            <$of as $crate::wire::shape::Word>::of(text)
        }
    };
    (@get optional word $of:ident => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<$of> {
            $crate::wire::shape::text(self.0, $wire).map(<$of as $crate::wire::shape::Word>::of)
        }
    };
    (@get required record $of:ident => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> $of<'a> {
            $of(self.0.get($wire).unwrap_or(&serde_json::Value::Null))
        }
    };
    (@get optional record $of:ident => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> Option<$of<'a>> {
            self.0.get($wire).map($of)
        }
    };
    // A list that may be absent is empty then.
    (@get $need:ident texts => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> impl ExactSizeIterator<Item = &'a str> + Clone {
            let items = $crate::wire::shape::list(self.0, $wire);
            items.iter().map(|item| item.as_str().unwrap_or_default())
        }
    };
    (@get $need:ident records $of:ident => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> impl ExactSizeIterator<Item = $of<'a>> + Clone {
            $crate::wire::shape::list(self.0, $wire).iter().map($of)
        }
    };
    (@get $need:ident counted => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> usize {
            $crate::wire::shape::list(self.0, $wire).len()
        }
    };
    // Of texts by key, only how many there are.
    (@get $need:ident named => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> usize {
            $crate::wire::shape::size(self.0, $wire)
        }
    };
    // A map that may be absent is empty then.
    (@get $need:ident texts_by_key => $get:ident, $wire:literal) => {
        pub(crate) fn $get(self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
            $crate::wire::shape::texts(self.0, $wire)
        }
    };
}
pub(crate) use answers;

/// Declares words that answers hold: those that are known to us, and one for all others.
macro_rules! words {
    ($( $(#[$meta:meta])* $name:ident { $( $word:ident = $text:literal ),+ $(,)? } )+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $( $word, )+
            /// One that is not known to us.
            Other,
        }

        impl $crate::wire::shape::Word for $name {
            const KNOWN: &'static [&'static str] = &[$( $text ),+];

            fn of(text: &str) -> Self {
                match text {
                    $( $text => Self::$word, )+
                    _ => Self::Other,
                }
            }
        }
    )+ };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    words! { Status { On = "ON", Off = "OFF" } }

    answers! {
        Part {
            name: "name" required text,
            status: "status" required word(Status),
        }

        Whole {
            name: "Name" optional text,
            count: "Count" optional whole,
            share: "Share" optional number,
            on: "On" required flag,
            state: "State" optional word(Status),
            part: "Part" optional record(Part),
            parts: "Parts" optional records(Part),
            words: "Words" required texts,
            tags: "Tags" optional named,
        }
    }

    fn read(value: Value) -> Result<Answer<Whole<'static>>, String> {
        Answer::of(value).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn what_fits_is_read() {
        let answer = read(json!({
            "Name": "n", "Count": 7, "Share": 0.5, "On": true, "State": "OFF", "Words": ["a", "b"],
            "Part": { "name": "p", "status": "NEW", "more": 1 }, "Parts": [{ "name": "q", "status": "ON" }],
            "Tags": { "a": "b" }, "Undeclared": { "deep": [null] },
        }));
        let answer = answer.unwrap();
        let whole = answer.read();
        assert_eq!((whole.name(), whole.count(), whole.share()), (Some("n"), Some(7), Some(0.5)));
        assert_eq!((whole.on(), whole.state(), whole.tags()), (true, Some(Status::Off), 1));
        assert_eq!(whole.words().collect::<Vec<_>>(), ["a", "b"]);
        let part = whole.part().unwrap();
        assert_eq!((part.name(), part.status()), ("p", Status::Other));
        assert_eq!(whole.parts().map(Part::name).collect::<Vec<_>>(), ["q"]);
        // Nothing else is kept.
        assert!(answer.value.get("Undeclared").is_none());
    }

    #[test]
    fn what_is_absent_or_null_is_not_there() {
        for value in [
            json!({ "On": false, "Words": [] }),
            json!({ "On": false, "Words": [], "Name": null, "Part": null, "Parts": null, "Tags": null, "Count": null }),
        ] {
            let answer = read(value).unwrap();
            let whole = answer.read();
            assert_eq!((whole.name(), whole.count(), whole.state()), (None, None, None));
            assert_eq!((whole.parts().len(), whole.tags()), (0, 0));
            assert!(whole.part().is_none());
        }
    }

    #[test]
    fn what_does_not_fit_is_reported_by_its_path() {
        let with = |name: &str, value: Value| {
            let mut whole = json!({ "On": true, "Words": [] });
            whole[name] = value;
            read(whole).unwrap_err()
        };
        for (name, value, path) in [
            ("Name", json!(1), "Name"),
            ("Name", json!(["x"]), "Name"),
            ("Count", json!(1.5), "Count"),
            ("Count", json!("1"), "Count"),
            ("Count", json!(u64::MAX), "Count"),
            ("Share", json!("NaN"), "Share"),
            ("On", json!("true"), "On"),
            ("State", json!(true), "State"),
            ("State", json!(""), "State"),
            ("Part", json!([]), "Part"),
            ("Part", json!({ "name": {}, "status": "ON" }), "Part.name"),
            ("Parts", json!({ "name": "p" }), "Parts"),
            ("Parts", json!([null]), "Parts.0"),
            ("Parts", json!([{ "name": "p", "status": "ON" }, { "name": 1 }]), "Parts.1.name"),
            ("Words", json!(["a", null]), "Words.1"),
            ("Words", json!("a"), "Words"),
            ("Tags", json!({ "a": 1 }), "Tags.a"),
        ] {
            assert_eq!(
                with(name, value),
                format!("`{path}` of the response has an unexpected type")
            );
        }
        assert_eq!(read(json!([])).unwrap_err(), "the response has an unexpected type");
    }

    #[test]
    fn a_required_member_has_no_default() {
        for (value, path) in [
            (json!({ "Words": [] }), "On"),
            (json!({ "On": null, "Words": [] }), "On"),
            (json!({ "On": true }), "Words"),
            (json!({ "On": true, "Words": [], "Part": { "status": "ON" } }), "Part.name"),
            (json!({ "On": true, "Words": [], "Parts": [{ "name": "a" }] }), "Parts.0.status"),
        ] {
            assert_eq!(read(value).unwrap_err(), format!("the response lacks `{path}`"));
        }
    }
}
