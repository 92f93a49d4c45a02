//! What the author of a mistake may have meant.

use posture_yaml::{Data, Node, shown};

use super::schema::{Object, SCHEMA, Type};

/// The fields whose values may be passwords.
const PRIVATE: [&str; 9] = [
    "annotations",
    "args",
    "command",
    "driver_opts",
    "entrypoint",
    "environment",
    "labels",
    "options",
    "test",
];

/// What to write instead of a value of the wrong type. A value that may be a password is not shown.
pub(super) fn of_type(of: &Type, node: &Node, path: &str) -> Option<String> {
    let is_private = path.split(['.', '[']).any(|part| PRIVATE.contains(&part))
        || matches!(&node.data, Data::Text(text) if text.contains('='));
    let has = |kind: fn(&Type) -> bool| match of {
        Type::Either(all) => all.iter().any(kind),
        other => kind(other),
    };
    match &node.data {
        Data::Number(_) if is_private && has(|of| *of == Type::Text) => {
            Some("put it in quotes".to_owned())
        }
        Data::Text(_) if is_private && has(|of| matches!(of, Type::List(..))) => {
            Some("write a list, with `- ` before each item".to_owned())
        }
        Data::Number(number) if has(|of| *of == Type::Text) => {
            Some(format!("put it in quotes: `\"{number}\"`"))
        }
        Data::Boolean(value) if has(|of| matches!(of, Type::Text | Type::OneOf(_))) => {
            Some(format!("put it in quotes, as YAML reads it as {value}"))
        }
        Data::Text(text) if has(|of| matches!(of, Type::List(..))) => {
            Some(format!("write a list: `- {}`", shown(text)))
        }
        Data::Fields(_) if has(|of| matches!(of, Type::List(..))) => {
            Some("begin each item with `- `".to_owned())
        }
        Data::List(_) if has(|of| matches!(of, Type::Object(_) | Type::Map(_))) => {
            Some("write its fields without `- `".to_owned())
        }
        Data::Text(text) if has(|of| matches!(of, Type::OnlyBoolean)) => {
            matches!(text.as_str(), "true" | "false")
                .then(|| format!("write `{text}` without quotes"))
        }
        _ => None,
    }
}

/// Names that authors carry over from `docker run` and from other places, with what Compose calls them.
const OTHERS: [(&str, &str); 24] = [
    ("cap-add", "cap_add"),
    ("cpu", "cpus"),
    ("cpu_limit", "cpus"),
    ("device", "devices"),
    ("dockerfile", "build.dockerfile"),
    ("env", "environment"),
    ("env_vars", "environment"),
    ("environments", "environment"),
    ("limits", "deploy.resources.limits"),
    ("log_driver", "logging.driver"),
    ("log_opt", "logging.options"),
    ("memory", "mem_limit"),
    ("memory_limit", "mem_limit"),
    ("mounts", "volumes"),
    ("name", "container_name"),
    ("net", "network_mode"),
    ("network", "networks"),
    ("pids-limit", "pids_limit"),
    ("publish", "ports"),
    ("readonly", "read_only"),
    ("replicas", "deploy.replicas"),
    ("resources", "deploy.resources"),
    ("securityopt", "security_opt"),
    ("volume", "volumes"),
];

/// Where a field belongs that its object does not have.
pub(super) fn of_field(name: &str, object_name: &str, object: &Object) -> Option<String> {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    if let Some(same) = object.fields.keys().find(|known| plain(known) == plain(name)) {
        return Some(format!("write `{same}`"));
    }
    if object_name == "Service"
        && let Some((_, right)) = OTHERS.iter().find(|(other, _)| plain(other) == plain(name))
    {
        return Some(format!("write `{right}`"));
    }
    let is_of =
        |object: &str| SCHEMA.object(object).is_some_and(|object| object.fields.contains_key(name));
    match object_name {
        "File" if is_of("Service") => {
            Some(format!("it belongs in a service: `services.<name>.{}`", shown(name)))
        }
        "Service" if is_of("File") => Some("it belongs at the top of the file".to_owned()),
        "Deploy" | "Resources" | "Build" | "Limits" if is_of("Service") => {
            Some(format!("it belongs in the service: `services.<name>.{}`", shown(name)))
        }
        _ => None,
    }
}
