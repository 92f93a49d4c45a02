//! The least role that an audit of a cluster needs, as manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use posture_model::wanted::Wanted;
use serde_json::{Map, Value, json};

use crate::action::{Request, wanted_actions};

/// The name of the role and of its binding.
pub const NAME: &str = "posture-audit";

/// A service account, which a binding assigns the role to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// The [ClusterRole](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole) that allows exactly the calls of
/// an audit that wants this: `list`, and no other verb on resources. Rules are merged by group.
pub fn role(wanted: &Wanted) -> Value {
    let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut paths = BTreeSet::new();
    for action in wanted_actions(wanted) {
        match action.own {
            Request::List(api) => {
                lists.entry(api.group).or_default().insert(api.resource);
            }
            Request::Path(path) => {
                paths.insert(path);
            }
        }
    }
    let list = |(group, resources): (&str, BTreeSet<&str>)| json!({ "apiGroups": [group], "resources": resources, "verbs": ["list"] });
    let mut rules: Vec<Value> = lists.into_iter().map(list).collect();
    if !paths.is_empty() {
        rules.push(json!({ "nonResourceURLs": paths, "verbs": ["get"] }));
    }
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": { "name": NAME },
        "rules": rules,
    })
}

/// A service account, and the binding of the role to it.
pub fn binding(account: &Account) -> [Value; 2] {
    let Account { namespace, name } = account;
    [
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": { "name": name, "namespace": namespace },
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": { "name": NAME },
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME,
            },
            "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": namespace }],
        }),
    ]
}

/// Objects as YAML documents. Every text is in quotes, so that none is read as another type.
pub fn yaml(objects: &[Value]) -> String {
    let mut out = String::new();
    for object in objects {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        // What names the object comes first, as people write it.
        let empty = Map::new();
        let fields = object.as_object().unwrap_or(&empty);
        let first = ["apiVersion", "kind", "metadata"];
        let named = first.iter().filter_map(|name| fields.get_key_value(*name));
        let rest = fields.iter().filter(|(name, _)| !first.contains(&name.as_str()));
        for (name, value) in named.chain(rest) {
            field(&mut out, name, value, 0, "");
        }
    }
    out
}

fn field(out: &mut String, name: &str, value: &Value, indent: usize, before: &str) {
    let space = " ".repeat(indent);
    let _ = write!(out, "{space}{before}{name}:");
    let below = indent + before.len();
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            for (name, value) in fields {
                field(out, name, value, below + 2, "");
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            out.push('\n');
            for item in items.iter().filter_map(Value::as_object) {
                for (place, (name, value)) in item.iter().enumerate() {
                    let (indent, before) = if place == 0 { (below, "- ") } else { (below + 2, "") };
                    field(out, name, value, indent, before);
                }
            }
        }
        Value::Array(items) if items.len() > 4 => {
            out.push('\n');
            for item in items {
                let _ = writeln!(out, "{}- {item}", " ".repeat(below + 2));
            }
        }
        // JSON is YAML.
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(Value::to_string).collect();
            let _ = writeln!(out, " [{}]", items.join(", "));
        }
        value => {
            let _ = writeln!(out, " {}", word(value));
        }
    }
}

/// A value without quotes where no reader of YAML mistakes it.
fn word(value: &Value) -> String {
    let plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.contains(['/', '-', '.'])
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/-.".contains(c))
    };
    match value.as_str() {
        Some(text) if plain(text) || KINDS.contains(&text) => text.to_owned(),
        _ => value.to_string(),
    }
}

const KINDS: [&str; 4] = ["ClusterRole", "ClusterRoleBinding", "ServiceAccount", "v1"];

#[cfg(test)]
mod tests {
    use posture_model::resource::{Kind, RbacSubject, Workload};

    use super::*;
    use crate::action::ACTIONS;
    use crate::manifest::{self, Content, Options};

    /// What a role allows: verb, group and resource, or verb and path.
    fn allowed(role: &Value) -> BTreeSet<String> {
        let texts = |rule: &Value, field: &str| -> Vec<String> {
            let all = rule.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
            all.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let mut all = BTreeSet::new();
        for rule in role["rules"].as_array().unwrap() {
            for verb in texts(rule, "verbs") {
                for path in texts(rule, "nonResourceURLs") {
                    all.insert(format!("{verb} {path}"));
                }
                for group in texts(rule, "apiGroups") {
                    for resource in texts(rule, "resources") {
                        let dot = if group.is_empty() { "" } else { "." };
                        all.insert(format!("{verb} {resource}{dot}{group}"));
                    }
                }
            }
        }
        all
    }

    fn everything() -> Wanted {
        let facts: Vec<_> = ACTIONS.iter().flat_map(|action| action.fills).copied().collect();
        Wanted::of(&facts, Kind::ALL)
    }

    #[test]
    fn the_role_is_exactly_what_is_called() {
        for wanted in [
            Wanted::default(),
            everything(),
            Wanted::of(&[Workload::PRIVILEGED_CONTAINERS], &[Kind::Workload]),
            Wanted::of(&[RbacSubject::FULL_ADMIN], &[Kind::RbacSubject]),
        ] {
            let called: BTreeSet<String> =
                wanted_actions(&wanted).iter().map(|action| action.name.to_owned()).collect();
            assert_eq!(allowed(&role(&wanted)), called);
            for least in ["get /version", "list namespaces"] {
                assert!(called.contains(least), "{least}");
            }
        }
        assert_eq!(allowed(&role(&everything())).len(), ACTIONS.len());
    }

    #[test]
    fn the_role_holds_nothing_that_an_audit_must_not_have() {
        let role = role(&everything()).to_string();
        for word in ["*", "secrets", "\"watch\"", "create", "nodes/", "pods/", "update", "patch"] {
            assert!(!role.contains(word), "{word}: {role}");
        }
    }

    #[test]
    fn each_group_has_one_rule() {
        let role = role(&everything());
        let groups: Vec<&Value> =
            role["rules"].as_array().unwrap().iter().map(|rule| &rule["apiGroups"]).collect();
        let unique: BTreeSet<String> = groups.iter().map(ToString::to_string).collect();
        assert_eq!(groups.len(), unique.len());
    }

    #[test]
    fn the_text_is_read_by_the_strict_reader_as_the_same_objects() {
        // `on` is a boolean of YAML.
        let account = Account { namespace: "on".to_owned(), name: "posture".to_owned() };
        let mut objects = vec![role(&everything())];
        objects.extend(binding(&account));
        let read = manifest::read(yaml(&objects).as_bytes(), &Options::default());
        let read: Vec<Value> = read
            .into_iter()
            .map(|document| match document.content {
                Content::Object(manifest) => manifest.object,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(read, objects);
        let text = yaml(&objects);
        assert!(text.starts_with("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: posture-audit\nrules:\n- apiGroups: [\"\"]\n"), "{text}");
    }
}
