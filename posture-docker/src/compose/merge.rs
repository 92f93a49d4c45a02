//! The merge of several Compose files, and of a service with the one that it extends
//! ([rules](https://github.com/compose-spec/compose-spec/blob/main/13-merge.md)).

use posture_yaml::{Data, Field, Node};

/// The tag of what is removed, whatever another file sets.
const RESET: &str = "!reset";

/// Lists whose items are replaced as a whole.
const REPLACED: [&str; 4] = ["command", "entrypoint", "test", "platforms"];

/// Lists of `NAME=value` that may be objects as well.
const PAIRS: [&str; 6] = ["annotations", "args", "environment", "extra_hosts", "labels", "sysctls"];

/// Lists of names that may be objects as well.
const NAMES: [&str; 3] = ["depends_on", "models", "networks"];

/// Lists in which an item replaces the one of the same target.
const BY_TARGET: [&str; 4] = ["configs", "devices", "secrets", "volumes"];

pub(super) fn is_reset(node: &Node) -> bool {
    node.tag.as_deref() == Some(RESET)
}

/// A value without what is to be removed. Compose removes it also where nothing is merged
/// ([source](https://github.com/compose-spec/compose-go/blob/main/loader/reset.go), read on 2026-12-01).
pub(super) fn without_reset(node: Node) -> Node {
    if is_reset(&node) {
        return Node { data: Data::Null, tag: None, ..node };
    }
    let Node { place, data, tag } = node;
    let data = match data {
        Data::Fields(mut fields) => {
            fields.retain(|field| !is_reset(&field.value));
            let each = fields.into_iter();
            Data::Fields(
                each.map(|field| Field { value: without_reset(field.value), ..field }).collect(),
            )
        }
        Data::List(mut items) => {
            items.retain(|item| !is_reset(item));
            Data::List(items.into_iter().map(without_reset).collect())
        }
        other => other,
    };
    Node { place, data, tag }
}

/// A value of a field that is set in two places: the second one decides where they differ.
pub(super) fn merge(base: Node, over: Node, field: &str) -> Node {
    match over.tag.as_deref() {
        Some(RESET) => return Node { data: Data::Null, ..over },
        Some("!override") => return Node { tag: None, ..over },
        _ => {}
    }
    let (base, over) = if PAIRS.contains(&field) {
        (as_fields(base, true), as_fields(over, true))
    } else if NAMES.contains(&field) {
        (as_fields(base, false), as_fields(over, false))
    } else {
        (base, over)
    };
    // A field without a value changes nothing.
    if over.data == Data::Null && over.tag.is_none() {
        return base;
    }
    let Node { place, data, tag } = over;
    let data = match (base.data, data) {
        (Data::Fields(base), Data::Fields(over)) => Data::Fields(fields(base, over)),
        (Data::List(base), Data::List(over)) if !REPLACED.contains(&field) => {
            Data::List(items(base, over, field))
        }
        (_, over) => over,
    };
    Node { place, data, tag }
}

fn fields(base: Vec<Field>, over: Vec<Field>) -> Vec<Field> {
    let mut all = base;
    for field in over {
        match all.iter().position(|known| known.name == field.name) {
            Some(at) => {
                let known = all.remove(at);
                let Field { name, place, value } = field;
                let value = merge(known.value, value, &name);
                all.insert(at, Field { name, place, value });
            }
            None => all.push(field),
        }
    }
    all
}

fn items(base: Vec<Node>, over: Vec<Node>, field: &str) -> Vec<Node> {
    let mut all = base;
    for item in over {
        let own = target(&item);
        let by_target = BY_TARGET.contains(&field) && own.is_some();
        if by_target {
            all.retain(|known| target(known) != own);
        }
        if !all.iter().any(|known| known.data == item.data) {
            all.push(item);
        }
    }
    all
}

/// The path in the container that an item is about.
fn target(item: &Node) -> Option<String> {
    match &item.data {
        Data::Text(text) => {
            let mut parts = text.split(':');
            let first = parts.next()?;
            Some(parts.next().unwrap_or(first).to_owned())
        }
        Data::Fields(_) => item.text("target").or_else(|| item.text("source")).map(str::to_owned),
        _ => None,
    }
}

/// A list of names, or of names with values, as an object.
fn as_fields(node: Node, pairs: bool) -> Node {
    let Node { place, data, tag } = node;
    let Data::List(items) = data else { return Node { place, data, tag } };
    let mut all: Vec<Field> = Vec::new();
    for item in items {
        let Data::Text(text) = &item.data else { continue };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) if pairs => {
                (name.to_owned(), Node { data: Data::Text(value.to_owned()), ..item.clone() })
            }
            _ => (text.clone(), Node { data: Data::Null, ..item.clone() }),
        };
        all.retain(|known| known.name != name);
        all.push(Field { name, place: item.place, value });
    }
    Node { place, data: Data::Fields(all), tag }
}

#[cfg(test)]
mod tests {
    use posture_yaml::{Limits, Scalars, documents};
    use serde_json::json;

    use super::*;

    fn merged(base: &str, over: &str) -> serde_json::Value {
        let node = |text: &str| {
            let mut all = documents(text, &Limits::default(), Scalars::Yaml12);
            all.remove(0).root.unwrap()
        };
        merge(node(base), node(over), "").json()
    }

    #[test]
    fn the_second_file_decides_where_they_differ() {
        for (base, over, expected) in [
            ("a: 1\nb: 2", "b: 3\nc: 4", json!({ "a": 1, "b": 3, "c": 4 })),
            ("cap_add: [A]", "cap_add: [A, B]", json!({ "cap_add": ["A", "B"] })),
            ("command: [a, b]", "command: [c]", json!({ "command": ["c"] })),
            (
                "environment: [A=1, B=2]",
                "environment: {B: 3}",
                json!({ "environment": { "A": "1", "B": 3 } }),
            ),
            (
                "volumes: ['/a:/x', '/b:/y']",
                "volumes: ['/c:/x:ro']",
                json!({ "volumes": ["/b:/y", "/c:/x:ro"] }),
            ),
            (
                "volumes: ['/a:/x']",
                "volumes: [{type: bind, source: /c, target: /x}]",
                json!({ "volumes": [{ "type": "bind", "source": "/c", "target": "/x" }] }),
            ),
            ("ports: ['80:80']", "ports: !reset []", json!({ "ports": null })),
            ("ports: ['80:80']", "ports: !override ['81:81']", json!({ "ports": ["81:81"] })),
            ("a: {b: 1}", "a:", json!({ "a": { "b": 1 } })),
            ("privileged: true", "privileged: !reset null", json!({ "privileged": null })),
            (
                "depends_on: [a]",
                "depends_on: {b: {condition: service_started}}",
                json!({ "depends_on": { "a": null, "b": { "condition": "service_started" } } }),
            ),
        ] {
            assert_eq!(merged(base, over), expected, "{base} and {over}");
        }
    }
}
