//! From the documents of a file to objects.

use posture_yaml::{Data, Node, Place, Scalars, Trouble, shown};
use serde_json::Value;

use super::schema::Kind;
use super::{
    Content, Document, Identity, Manifest, Mistake, Options, api, check, is_kind, required,
};
use crate::network::{Pod, Policy};
use crate::pod_security::contradiction;
use crate::rbac::{Binding, Role};
use crate::read::{Invalid, below, within};
use crate::workload::PodOf;

/// For how many mistakes of a file it is worked out what to write instead.
const HINTS: usize = 1000;

/// Reads the documents of a file. An empty document, such as one of comments alone, gives none.
pub fn read(bytes: &[u8], options: &Options) -> Vec<Document> {
    let text = match posture_yaml::decode(bytes, &options.limits) {
        Ok(text) => text,
        Err(trouble) => {
            let place = trouble.place;
            let mistakes = vec![mistake(*trouble, "")];
            let content = Content::Invalid { identity: Identity::default(), mistakes };
            return vec![Document { place, source: None, content }];
        }
    };
    let mut all = Vec::new();
    let mut hints = HINTS;
    for document in posture_yaml::documents(text, &options.limits, Scalars::Yaml11) {
        let (place, source) = (document.place, document.source);
        if document.troubles.is_empty() {
            let Some(root) = document.root else { continue };
            item(&root, "", None, options, &mut hints, &mut |place, content| {
                all.push(Document { place, source: source.clone(), content });
            });
            continue;
        }
        let mistakes = document.troubles.into_iter().map(|one| mistake(one, text)).collect();
        let content = Content::Invalid { identity: Identity::default(), mistakes };
        all.push(Document { place, source, content });
    }
    all
}

fn mistake(trouble: Trouble, text: &str) -> Mistake {
    Mistake {
        place: trouble.place,
        path: shown(&trouble.path),
        problem: trouble.problem,
        fix: trouble.fix.or_else(|| template_near(text, trouble.place)),
    }
}

/// What to do about a text that is not YAML yet.
fn template_near(text: &str, place: Place) -> Option<String> {
    let near = text.lines().skip(place.line.saturating_sub(3)).take(5);
    let is_template = near.filter(|line| line.contains("{{")).count() > 0;
    let advice = "the file is a template of Helm: render it first, with `helm template`";
    is_template.then(|| advice.to_owned())
}

/// Gives each object of a document: of a list, its items.
fn item(
    node: &Node,
    path: &str,
    of_list: Option<(&str, &str)>,
    options: &Options,
    hints: &mut usize,
    add: &mut dyn FnMut(Place, Content),
) {
    let given = (node.text("apiVersion"), node.text("kind"));
    let (api_version, kind) = match (given, of_list) {
        ((None, None), Some((version, kind))) => (version, kind),
        ((version, kind), _) => (version.unwrap_or_default(), kind.unwrap_or_default()),
    };
    let metadata = node.get("metadata").map(|field| &field.value);
    let of_metadata = |name| metadata.and_then(|one| one.text(name)).unwrap_or_default().to_owned();
    let identity = Identity {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        namespace: of_metadata("namespace"),
        name: of_metadata("name"),
    };
    if api_version.is_empty() && kind.is_empty() && path.is_empty() {
        let named = ["apiVersion", "kind"].into_iter().any(|name| node.get(name).is_some());
        if !named {
            add(node.place, Content::Other("it has neither `apiVersion` nor `kind`"));
            return;
        }
    }
    let input = [("skaffold/", "it is the configuration of Skaffold")];
    if let Some((_, what)) = input.into_iter().find(|(start, _)| api_version.starts_with(start)) {
        add(node.place, Content::Other(what));
        return;
    }
    if kind.is_empty() && node.get("kind").is_none() && is_chart(node) {
        add(
            node.place,
            Content::Other("it describes a chart of Helm: render it first, with `helm template`"),
        );
        return;
    }
    if api_version.starts_with("kustomize.config.k8s.io/") {
        add(
            node.place,
            Content::Other("it is input of kustomize: render it first, with `kubectl kustomize`"),
        );
        return;
    }
    if let Some(kind) = kind.strip_suffix("List")
        && is_list(api_version, kind, node)
    {
        let items = match node.get("items").map(|items| (items.place, &items.value)) {
            // A list without items is one of nothing, as an export of nothing is.
            None => return,
            Some((_, Node { data: Data::Null, .. })) => return,
            Some((_, Node { data: Data::List(items), .. })) => items,
            Some((place, other)) => {
                let problem = format!("a list is expected, not {}", other.kind());
                let path = shown(&below(path, "items"));
                let mistakes = vec![Mistake { place, path, problem, fix: None }];
                add(node.place, Content::Invalid { identity, mistakes });
                return;
            }
        };
        // The items of `List` name their kinds themselves.
        let of_items = (!kind.is_empty()).then_some((api_version, kind));
        for (number, one) in items.iter().enumerate() {
            let path = within(&below(path, "items"), number);
            item(one, &path, of_items, options, hints, add);
        }
        return;
    }
    let mut mistakes = Vec::new();
    match object(node, path, &identity, options, hints, &mut mistakes) {
        Known::Custom if mistakes.is_empty() => {
            add(node.place, Content::Custom { identity, object: node.json() });
        }
        Known::Kind(kind) if mistakes.is_empty() => {
            let object = complete(node, &identity);
            let namespaced = kind.namespaced;
            add(node.place, Content::Object(Manifest { identity, namespaced, object }));
        }
        _ => {
            mistakes.sort_by_key(|mistake| mistake.place);
            add(node.place, Content::Invalid { identity, mistakes });
        }
    }
}

/// Whether a document is the `Chart.yaml` of a [chart](https://helm.sh/docs/topics/charts/#the-chartyaml-file).
fn is_chart(node: &Node) -> bool {
    matches!(node.text("apiVersion"), Some("v1" | "v2"))
        && node.get("name").is_some()
        && node.get("version").is_some()
        && node.get("metadata").is_none()
}

/// Whether a kind that ends in `List` is a list of objects. An extension may have a kind of such a name, whose items are anything.
fn is_list(api_version: &str, kind: &str, node: &Node) -> bool {
    if (api_version == "v1" && kind.is_empty()) || is_kind(kind) {
        return true;
    }
    match node.get("items").map(|items| &items.value.data) {
        Some(Data::List(items)) => {
            items.iter().all(|item| item.get("metadata").is_some() || item.get("kind").is_some())
        }
        _ => false,
    }
}

/// The object as JSON. The items of a list that a server gives leave out their kind.
fn complete(node: &Node, identity: &Identity) -> Value {
    let mut object = node.json();
    if let Value::Object(fields) = &mut object {
        fields.entry("apiVersion").or_insert_with(|| identity.api_version.as_str().into());
        fields.entry("kind").or_insert_with(|| identity.kind.as_str().into());
    }
    object
}

enum Known {
    Kind(&'static Kind),
    Custom,
    Unknown,
}

fn object(
    node: &Node,
    path: &str,
    identity: &Identity,
    options: &Options,
    hints: &mut usize,
    mistakes: &mut Vec<Mistake>,
) -> Known {
    let mut wrong = |field: &str, problem: String, fix: Option<String>| {
        let place = node.get(field).map_or(node.place, |field| field.place);
        let path = if field.is_empty() { shown(path) } else { shown(&below(path, field)) };
        mistakes.push(Mistake { place, path, problem, fix });
    };
    if !matches!(node.data, Data::Fields(_)) {
        wrong("", format!("an object is expected, not {}", node.kind()), None);
        return Known::Unknown;
    }
    for field in ["apiVersion", "kind"] {
        let text = if field == "kind" { &identity.kind } else { &identity.api_version };
        if text.is_empty() {
            let problem = match node.get(field) {
                Some(found) => format!("a string is expected, not {}", found.value.kind()),
                None => "is missing".to_owned(),
            };
            wrong(field, problem, None);
        }
    }
    if identity.api_version.is_empty() || identity.kind.is_empty() {
        return Known::Unknown;
    }
    let kind = match api::named(&identity.api_version, &identity.kind, options.minor) {
        api::Named::Custom => return Known::Custom,
        api::Named::Known(kind) => Some(kind),
        api::Named::Wrong { problem, fix, meant } => {
            wrong("apiVersion", problem, fix);
            meant
        }
    };
    let Some(kind) = kind else { return Known::Unknown };
    let mut checker = check::Checker::new(options.minor, mistakes, hints);
    checker.document(node, kind.object, path);
    if mistakes.is_empty()
        && let Err(Invalid { path: inner, message }) =
            meaning(identity, &complete(node, identity), options.minor)
    {
        let place = node.place_of(&inner);
        let path = shown(&if inner.starts_with('[') || inner.is_empty() {
            format!("{path}{inner}")
        } else {
            below(path, &inner)
        });
        mistakes.push(Mistake { place, path, problem: shown(&message), fix: None });
    }
    Known::Kind(kind)
}

/// What the server rejects beyond the form of the fields, for the kinds that are judged here.
fn meaning(identity: &Identity, object: &Value, minor: u16) -> Result<(), Invalid> {
    match (identity.api_version.as_str(), identity.kind.as_str()) {
        ("networking.k8s.io/v1", "NetworkPolicy") => Policy::read(object).map(drop),
        ("rbac.authorization.k8s.io/v1", "Role" | "ClusterRole") => Role::read(object).map(drop),
        ("rbac.authorization.k8s.io/v1", "RoleBinding" | "ClusterRoleBinding") => {
            Binding::read(object).map(drop)
        }
        _ => {
            Pod::read(object)?;
            let pod = PodOf::find(object)?;
            pod.map_or(Ok(()), |pod| contradiction(&pod, minor))?;
            required::check(&identity.kind, object)
        }
    }
}
