//! JSON from an image, read strictly: bounded depth, and no key twice.
//!
//! Programs differ in which of two equal keys they take, and Go, in which most of them are written, also takes keys in other
//! letter case, [by simple folding](https://github.com/golang/go/blob/master/src/encoding/json/fold.go). A document that uses
//! either is read differently by different programs, and is refused.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads one document.
///
/// # Errors
///
/// It is not JSON, nested more than `depth` levels, or has a key twice (also in other letter case).
pub fn parse(bytes: &[u8], depth: usize) -> Result<Value, String> {
    parse_fields(bytes, depth, &[])
}

/// Like [`parse`], where the fields of the document are known: one that is spelled otherwise, alone, is a field for programs in
/// Go and none for others.
///
/// # Errors
///
/// Those of [`parse`], or a field is in other letter case.
pub fn parse_fields(bytes: &[u8], depth: usize, fields: &[&str]) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let left = Cell::new(usize::MAX);
    let value = Strict { depth, keys: Keys::Fields, left: &left, fields }
        .deserialize(&mut reader)
        .map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Like [`parse`], for documents of other programs than container runtimes, such as `package.json`: keys that differ in letter
/// case are different, and of equal keys the last one counts, as everywhere in JavaScript.
///
/// # Errors
///
/// It is not JSON, or nested more than `depth` levels.
pub fn parse_loose(bytes: &[u8], depth: usize) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let left = Cell::new(usize::MAX);
    let seed = Strict { depth, keys: Keys::Last, left: &left, fields: &[] };
    seed.deserialize(&mut reader).map_err(|error| error.to_string())
}

/// Like [`parse_loose`], with at most so many values, and no key is there twice: programs differ in which of two equal keys they
/// take.
///
/// # Errors
///
/// It is not JSON, nested more than `depth` levels, has more values, or has a key twice.
pub fn parse_exact(bytes: &[u8], depth: usize, values: usize) -> Result<Value, String> {
    let left = Cell::new(values);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth, keys: Keys::Exact, left: &left, fields: &[] }
        .deserialize(&mut reader)
        .map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    keys: Keys,
    /// The values that may still come.
    left: &'a Cell<usize>,
    /// The fields of the document, as they are spelled.
    fields: &'a [&'a str],
}

/// Which keys of an object are the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Those of fields, which Go compares without letter case.
    Fields,
    /// Those of a map with keys of the author's choice.
    Map,
    /// Those of every object, which differ by letter case.
    Exact,
    /// Equal keys are allowed.
    Last,
}

/// Fields whose value is a map with keys of the author's choice.
const MAPS: [&str; 4] = ["annotations", "exposedports", "labels", "volumes"];

/// What Go compares of a key. Two characters of other alphabets fold to Latin letters: the long s and the sign of the kelvin.
fn fold(key: &str) -> String {
    let letter = |character| match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other,
    };
    key.chars().map(letter).collect::<String>().to_lowercase()
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(E::custom("nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| D::Error::custom("too many values"))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Map::new();
        let mut folded = std::collections::HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let lower = fold(&key);
            let keys = match self.keys {
                Keys::Fields if MAPS.contains(&lower.as_str()) => Keys::Map,
                Keys::Map => Keys::Fields,
                same => same,
            };
            let other = self.keys == Keys::Fields
                && !self.fields.contains(&key.as_str())
                && self.fields.iter().any(|field| fold(field) == lower);
            if other {
                return Err(A::Error::custom(
                    "a field in other letter case, which programs read differently",
                ));
            }
            let twice = match self.keys {
                Keys::Fields => !folded.insert(lower),
                Keys::Map | Keys::Exact => values.contains_key(&key),
                Keys::Last => false,
            };
            if twice {
                return Err(A::Error::custom("a key twice, which programs read differently"));
            }
            let value = map.next_value_seed(Self { keys, ..inner })?;
            values.insert(key, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_read_differently_is_refused() {
        assert_eq!(parse(br#"{"a":[1,-2,0.5,"x",null,true]}"#, 2).unwrap()["a"][1], -2);
        for wrong in
            ["", "{", "[1]]", r#"{"a":1,"a":1}"#, r#"{"layers":1,"Layers":2}"#, "[[[1]]]", "{} x"]
        {
            assert!(parse(wrong.as_bytes(), 2).is_err(), "{wrong}");
        }
        assert!(
            parse(br#"{"config":{"Labels":{"a":"1","A":"2"}}}"#, 9).is_ok(),
            "labels are a map"
        );
        assert!(parse(br#"{"config":{"Labels":{"a":"1","a":"2"}}}"#, 9).is_err());
        for wrong in [
            "{\"User\":1,\"u\u{17f}er\":2}",
            "{\"k\":1,\"\u{212a}\":2}",
            "{\"\u{e9}\":1,\"\u{c9}\":2}",
        ] {
            assert!(parse(wrong.as_bytes(), 2).is_err(), "{wrong}");
        }
        let fields = ["User", "Labels"];
        for (text, fine) in [
            (r#"{"User":1,"other":2,"x":{"User":3}}"#, true),
            (r#"{"user":1}"#, false),
            ("{\"U\u{17f}er\":1}", false),
            (r#"{"x":{"USER":1}}"#, false),
            (r#"{"Labels":{"user":"a","labels":"b"}}"#, true),
            (r#"{"labels":{"a":"b"}}"#, false),
        ] {
            assert_eq!(parse_fields(text.as_bytes(), 9, &fields).is_ok(), fine, "{text}");
        }
        assert!(parse(&b"[".repeat(100_000), 64).is_err());
        assert_eq!(parse_loose(br#"{"a":1,"A":2,"a":3}"#, 2).unwrap()["a"], 3);
        assert_eq!(parse_exact(br#"{"a":1,"A":{"a":3}}"#, 3, 4).unwrap()["A"]["a"], 3);
        for wrong in [r#"{"a":1,"a":1}"#, r#"{"b":{"a":1,"a":1}}"#, "{} {}", "{", "[[[[1]]]]"] {
            assert!(parse_exact(wrong.as_bytes(), 3, 9).is_err(), "{wrong}");
        }
        assert!(parse_exact(br#"{"a":1,"A":{"a":3}}"#, 3, 3).is_err());
    }
}
