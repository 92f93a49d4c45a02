//! Objects as JSON, of which a world may hold senseless ones on purpose: what has the wrong type is left alone.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The text at a path such as `/metadata/name`; empty if there is none.
pub(crate) fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

/// The list at a path; empty if there is none.
pub(crate) fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The texts of a list at a path.
pub(crate) fn texts(value: &Value, path: &str) -> Vec<String> {
    list(value, path).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The texts of an object at a path.
pub(crate) fn pairs(value: &Value, path: &str) -> BTreeMap<String, String> {
    let Some(all) = value.pointer(path).and_then(Value::as_object) else { return BTreeMap::new() };
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    all.iter().filter_map(pair).collect()
}

/// The object at a path, which is made where there is none; nothing where there is something else.
pub(crate) fn fields<'v>(
    value: &'v mut Value,
    path: &[&str],
) -> Option<&'v mut Map<String, Value>> {
    let mut place = value;
    for step in path {
        place = place.as_object_mut()?.entry(*step).or_insert(Value::Null);
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
    }
    place.as_object_mut()
}

/// Sets a field that is absent or null.
pub(crate) fn default(fields: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    if fields.get(name).is_none_or(Value::is_null) {
        fields.insert(name.to_owned(), value.into());
    }
}

/// The objects in a list of a field, to change.
pub(crate) fn each<'v>(
    fields: &'v mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    let all = fields.get_mut(name).and_then(Value::as_array_mut);
    all.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// The group and the version of an `apiVersion`.
pub(crate) fn group_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// A number that a text alone decides. [FNV-1a](http://www.isthe.com/chongo/tech/comp/fnv/)
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Letters and digits that a text alone decides, of the alphabet of
/// [generated names](https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go).
pub(crate) fn suffix(text: &str, length: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut rest = hash(text);
    let mut made = String::new();
    for _ in 0..length {
        let place = usize::try_from(rest % ALPHABET.len() as u64).unwrap_or(0);
        made.push(char::from(ALPHABET.get(place).copied().unwrap_or(b'b')));
        rest = hash(&format!("{rest}{made}"));
    }
    made
}

/// A uid that a text alone decides.
pub(crate) fn uid(text: &str) -> String {
    let (one, two) = (hash(text), hash(&format!("{text}/uid")));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        one >> 32,
        one >> 16 & 0xffff,
        one & 0xfff,
        two >> 48 & 0xfff,
        two & 0xffff_ffff_ffff
    )
}
