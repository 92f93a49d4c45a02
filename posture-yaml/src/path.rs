//! The path of a value in a document, such as `spec.ingress[0].from[1]`.

use std::fmt::Display;

/// Where a path ends, however deep its field is: an object with long names must not cost its length for each of its values.
const PATH: usize = 1024;

/// The path of a field below another.
pub fn below(path: &str, field: &str) -> String {
    match (path.is_empty(), path.len() + field.len() > PATH) {
        (true, false) => field.to_owned(),
        (false, false) => format!("{path}.{field}"),
        (_, true) => ended(path),
    }
}

/// The path of an item of a list, or of an entry of a map.
pub fn within(path: &str, key: impl Display) -> String {
    let key = key.to_string();
    if path.len() + key.len() > PATH { ended(path) } else { format!("{path}[{key}]") }
}

fn ended(path: &str) -> String {
    if path.ends_with('…') { path.to_owned() } else { format!("{path}…") }
}
