//! What the author of a mistake may have meant.

use std::collections::VecDeque;

use super::check::Way;
use super::schema::{Object, SCHEMA, Type};
use crate::read::below;
use posture_yaml::{Data, Field, Node, shown};

/// How many levels below an object a misplaced field is looked for.
const LEVELS: usize = 4;

/// What to write instead of a value of the wrong type.
pub(super) fn of_type(of: Type, node: &Node) -> Option<String> {
    match (of, &node.data) {
        (Type::Boolean, Data::Text(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(format!("write `{text}` without quotes"))
        }
        (Type::Text | Type::Time, Data::Boolean(value)) => {
            Some(format!("put it in quotes, as YAML reads it as {value}"))
        }
        (Type::Text | Type::Time, Data::Number(number)) => {
            Some(format!("put it in quotes, as YAML reads it as the number {number}"))
        }
        (Type::Int32 | Type::Int64 | Type::Number, Data::Text(text))
            if text.parse::<f64>().is_ok() =>
        {
            Some(format!("write `{}` without quotes", shown(text)))
        }
        (Type::List(_), Data::Null) => None,
        (Type::List(_), _) => Some("begin each item with `- `".to_owned()),
        (Type::Object(_) | Type::Map(_), Data::List(_)) => {
            Some("write its fields without `- `".to_owned())
        }
        _ => None,
    }
}

/// Names that authors give to a host in the peer of a network policy.
const HOSTS: [&str; 10] = [
    "host",
    "hosts",
    "hostname",
    "hostnames",
    "dnsName",
    "dnsNames",
    "domain",
    "domains",
    "fqdn",
    "toFQDNs",
];

/// What to write instead of a field that its object does not have.
pub(super) fn of_field(field: &Field, object: &Object, path: &str, way: &Way) -> Option<String> {
    let name = field.name.as_str();
    if object.name == "NetworkPolicyPeer" && HOSTS.contains(&name) {
        return Some(
            "a peer is `podSelector`, `namespaceSelector` or `ipBlock`: a NetworkPolicy compares labels and addresses, not \
             host names; for these use a policy of the network plugin (`toFQDNs` of a CiliumNetworkPolicy) or, for egress, \
             `domainNames` of a ClusterNetworkPolicy where the plugin supports it"
                .to_owned(),
        );
    }
    if object.name == "NetworkPolicyPeer" && matches!(name, "cidr" | "except") {
        return Some(format!("write `ipBlock.{name}`"));
    }
    // Another case, or an underscore: surely the same field.
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    if let Some(same) = object.fields.keys().find(|known| plain(known) == plain(name)) {
        return Some(format!("write `{same}`"));
    }
    let own = way.len().checked_sub(1)?;
    let (place, parent) = way.get(own)?;
    let here = below_of(*place, name, parent);
    if !here.is_empty() {
        return Some(belongs(&here));
    }
    for (place, outer) in way.iter().take(own).rev() {
        if SCHEMA.object(*place)?.fields.contains_key(name) {
            return Some(belongs(&[below(outer, name)]));
        }
        let there = below_of(*place, name, outer);
        if !there.is_empty() {
            return Some(belongs(&there));
        }
    }
    // Metadata has fields that are not meant.
    let _ = path;
    None
}

fn belongs(paths: &[String]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| format!("`{}`", shown(path))).collect();
    match quoted.as_slice() {
        [one] => format!("it belongs in {one}"),
        [first @ .., last] => format!("it belongs in {} or {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// The nearest places below an object that have a field of this name, up to three.
fn below_of(object: usize, name: &str, path: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut queue = VecDeque::from([(object, path.to_owned(), 0)]);
    let mut depth = LEVELS;
    let mut seen = vec![object];
    while let Some((place, path, level)) = queue.pop_front() {
        if level > depth {
            break;
        }
        let Some(object) = SCHEMA.object(place) else { continue };
        if level > 0 && object.fields.contains_key(name) && found.len() < 3 {
            // Others on the same level count too.
            depth = level;
            found.push(below(&path, name));
        }
        if level == depth {
            continue;
        }
        for (field, known) in &object.fields {
            if matches!(*field, "status" | "metadata") {
                continue;
            }
            let (inner, suffix) = match known.of {
                Type::Object(inner) => (inner, ""),
                Type::List(Type::Object(inner)) => (*inner, "[]"),
                _ => continue,
            };
            if !seen.contains(&inner) {
                seen.push(inner);
                queue.push_back((inner, format!("{}{suffix}", below(&path, field)), level + 1));
            }
        }
    }
    found
}
