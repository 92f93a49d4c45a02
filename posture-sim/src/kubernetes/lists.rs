//! Lists in pages, and single objects.
//!
//! Objects are in the order of their keys in etcd, `namespace/name`. A token to continue is that of the
//! [server](https://github.com/kubernetes/apiserver/blob/master/pkg/storage/continue.go), read on 2026-11-30.

use std::collections::{BTreeMap, HashMap};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};

use super::controllers::selects;
use super::json::{group_version, pairs, text};
use super::request::{Form, Request};
use super::resources::{Resource, Resources};
use super::status::Reply;

/// The version of everything, as nothing changes.
pub(crate) const RESOURCE_VERSION: i64 = 4711;

/// An object, ready to be sent.
#[derive(Debug)]
struct Stored {
    /// `namespace/name`, or the name of what is not in a namespace.
    key: String,
    namespace: String,
    name: String,
    labels: BTreeMap<String, String>,
    /// The fields as JSON without the braces around them, `apiVersion` and `kind`.
    fields: String,
    metadata: String,
}

/// All objects, by group and plural name.
#[derive(Debug, Default)]
pub(crate) struct Store(HashMap<(String, String), Vec<Stored>>);

/// What is asked of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    /// The most items of a page, whatever the client asks.
    pub(crate) most: Option<usize>,
    /// Whether lists continue where they began.
    pub(crate) endless: bool,
    /// Whether what a token continues is no longer kept.
    pub(crate) compacted: bool,
}

impl Store {
    pub(crate) fn of(objects: Vec<Value>, resources: &Resources) -> Self {
        let mut store = Self::default();
        for object in objects {
            let (group, version) = group_version(text(&object, "/apiVersion"));
            let Some(resource) = resources.of_kind(group, version, text(&object, "/kind")) else {
                continue;
            };
            let key = (resource.group.clone(), resource.plural.clone());
            if let Some(stored) = Stored::of(object) {
                store.0.entry(key).or_default().push(stored);
            }
        }
        for all in store.0.values_mut() {
            all.sort_by(|one, other| one.key.cmp(&other.key));
        }
        store
    }

    fn all(&self, resource: &Resource) -> &[Stored] {
        let key = (resource.group.clone(), resource.plural.clone());
        self.0.get(&key).map_or(&[], Vec::as_slice)
    }

    /// One object.
    pub(crate) fn get(&self, resource: &Resource, request: &Request, form: Form) -> Reply {
        let namespace = if resource.namespaced { request.namespace.as_str() } else { "" };
        let found = self
            .all(resource)
            .iter()
            .find(|one| one.name == request.name && one.namespace == namespace);
        let Some(found) = found else { return Reply::no_object(&request.target()) };
        match form {
            Form::Whole => Reply::json(found.whole(resource, true)),
            Form::Metadata => Reply::json(found.metadata()),
            Form::MetadataList | Form::Discovery(_) => Reply::not_acceptable(),
        }
    }

    /// A page of a list.
    pub(crate) fn list(
        &self,
        resource: &Resource,
        request: &Request,
        form: Form,
        paging: Paging,
    ) -> Reply {
        let metadata_only = match form {
            Form::Whole => false,
            Form::MetadataList => true,
            Form::Metadata | Form::Discovery(_) => return Reply::not_acceptable(),
        };
        match self.page(resource, request, paging) {
            Err(reply) => reply,
            Ok(Page { items, metadata }) => {
                let (kind, version) = match metadata_only {
                    true => ("PartialObjectMetadataList", "meta.k8s.io/v1".to_owned()),
                    false => (resource.list_kind.as_str(), resource.api_version()),
                };
                let mut body = format!(
                    "{{\"kind\":{},\"apiVersion\":{},\"metadata\":{metadata},\"items\":[",
                    json!(kind),
                    json!(version)
                );
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        body.push(',');
                    }
                    match metadata_only {
                        true => body.push_str(&item.metadata()),
                        // Items of a built-in kind leave out what the list names.
                        false => body.push_str(&item.whole(resource, resource.custom)),
                    }
                }
                body.push_str("]}");
                Reply::json(body)
            }
        }
    }

    fn page(
        &self,
        resource: &Resource,
        request: &Request,
        paging: Paging,
    ) -> Result<Page<'_>, Reply> {
        let selectors = Selectors::of(request)?;
        let limit = match request.parameter("limit") {
            None | Some("") => 0,
            Some(limit) => match limit.parse::<i64>() {
                // A negative one is none.
                Ok(limit) => usize::try_from(limit).unwrap_or(0),
                Err(_) => {
                    let why = format!("strconv.ParseInt: parsing {limit:?}: invalid syntax");
                    return Err(Reply::bad_request(&why));
                }
            },
        };
        let all = self.all(resource);
        let within = request.namespace.as_str();
        // The keys of a namespace begin with its name, and tokens leave that out.
        let prefix = if within.is_empty() { String::new() } else { format!("{within}/") };
        let start = match request.parameter("continue").filter(|token| !token.is_empty()) {
            None => 0,
            Some(token) => {
                let (version, key) = decode(token)
                    .map_err(|why| Reply::bad_request(&format!("invalid continue token: {why}")))?;
                if request.parameter("resourceVersion").is_some_and(|one| !one.is_empty()) {
                    let message = "specifying resource version is not allowed when using continue";
                    return Err(Reply::bad_request(message));
                }
                let current = version == RESOURCE_VERSION || version == -1;
                if !current || (paging.compacted && version != -1) {
                    return Err(Reply::expired(&encode(-1, &key)));
                }
                let key = format!("{prefix}{key}");
                all.partition_point(|one| one.key.as_str() < key.as_str())
            }
        };
        let matches = |one: &&Stored| {
            (within.is_empty() || one.namespace == within) && selectors.match_object(one)
        };
        let mut rest = all.get(start..).unwrap_or_default().iter().filter(matches);
        let size = match (limit, paging.most) {
            (0, _) => usize::MAX,
            (limit, most) => most.map_or(limit, |most| most.max(1).min(limit)),
        };
        let items: Vec<&Stored> = rest.by_ref().take(size).collect();
        let left = rest.count();
        let key = |one: &Stored| one.key.get(prefix.len()..).unwrap_or_default().to_owned();
        let next = match (items.first(), items.last()) {
            (Some(first), _) if paging.endless => Some(encode(RESOURCE_VERSION, &key(first))),
            // Just behind it: no name holds this character.
            (_, Some(last)) if left > 0 => {
                Some(encode(RESOURCE_VERSION, &format!("{}\0", key(last))))
            }
            _ => None,
        };
        let mut metadata = json!({ "resourceVersion": RESOURCE_VERSION.to_string() });
        if let (Some(next), Some(metadata)) = (next, metadata.as_object_mut()) {
            metadata.insert("continue".to_owned(), json!(next));
            // With a selector, the server does not know.
            if selectors.is_empty() && left > 0 {
                metadata.insert("remainingItemCount".to_owned(), json!(left));
            }
        }
        Ok(Page { items, metadata })
    }
}

struct Page<'s> {
    items: Vec<&'s Stored>,
    metadata: Value,
}

impl Stored {
    fn of(object: Value) -> Option<Self> {
        let Value::Object(mut object) = object else { return None };
        object.remove("apiVersion");
        object.remove("kind");
        let object = Value::Object(object);
        let name = text(&object, "/metadata/name").to_owned();
        let namespace = text(&object, "/metadata/namespace").to_owned();
        let key = match namespace.as_str() {
            "" => name.clone(),
            namespace => format!("{namespace}/{name}"),
        };
        let fields = object.to_string();
        let fields = fields.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'))?.to_owned();
        let metadata = object.get("metadata").map(Value::to_string).unwrap_or_default();
        let labels = pairs(&object, "/metadata/labels");
        Some(Self { key, namespace, name, labels, fields, metadata })
    }

    fn whole(&self, resource: &Resource, typed: bool) -> String {
        match typed {
            true => format!(
                "{{\"apiVersion\":{},\"kind\":{},{}}}",
                json!(resource.api_version()),
                json!(resource.kind),
                self.fields
            ),
            false => format!("{{{}}}", self.fields),
        }
    }

    fn metadata(&self) -> String {
        let metadata = &self.metadata;
        format!(
            "{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{metadata}}}"
        )
    }
}

fn encode(version: i64, key: &str) -> String {
    let token = json!({ "v": "meta.k8s.io/v1", "rv": version, "start": key });
    BASE64_URL_SAFE_NO_PAD.encode(token.to_string())
}

fn decode(token: &str) -> Result<(i64, String), String> {
    const INVALID: &str = "continue key is not valid";
    let bytes =
        BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|error| format!("{INVALID}: {error}"))?;
    let token: Value =
        serde_json::from_slice(&bytes).map_err(|error| format!("{INVALID}: {error}"))?;
    match (text(&token, "/v"), token.get("rv").and_then(Value::as_i64), text(&token, "/start")) {
        ("meta.k8s.io/v1", None | Some(0), _) => Err(format!(
            "{INVALID}: incorrect encoded start resourceVersion (version meta.k8s.io/v1)"
        )),
        ("meta.k8s.io/v1", _, "") => {
            Err(format!("{INVALID}: encoded start key empty (version meta.k8s.io/v1)"))
        }
        ("meta.k8s.io/v1", Some(version), start) => Ok((version, start.to_owned())),
        _ => Err(format!("{INVALID}: server does not recognize this encoded version")),
    }
}

/// What a list is narrowed by.
#[derive(Debug, Default)]
struct Selectors {
    /// Field, whether it is to be equal, value.
    fields: Vec<(String, bool, String)>,
    /// As a selector of labels in an object.
    labels: Value,
}

impl Selectors {
    fn of(request: &Request) -> Result<Self, Reply> {
        let mut selectors = Self::default();
        let given = |name: &str| request.parameter(name).unwrap_or_default().to_owned();
        for part in given("fieldSelector").split(',').filter(|part| !part.is_empty()) {
            let (field, equal, value) = match part.split_once("!=") {
                Some((field, value)) => (field, false, value),
                None => {
                    let (field, value) = part.split_once('=').ok_or_else(|| {
                        Reply::bad_request(&format!("invalid selector: {part:?}; can't understand"))
                    })?;
                    (field, true, value.trim_start_matches('='))
                }
            };
            if !matches!(field, "metadata.name" | "metadata.namespace") {
                // Of other fields, which some resources have, the simulator knows none.
                return Err(Reply::bad_request(&format!("field label not supported: {field}")));
            }
            selectors.fields.push((field.to_owned(), equal, value.to_owned()));
        }
        let mut expressions = Vec::new();
        for part in terms(&given("labelSelector")) {
            let expression = term(part.trim()).ok_or_else(|| {
                Reply::bad_request(&format!("unable to parse requirement: {part:?}"))
            })?;
            expressions.push(expression);
        }
        if !expressions.is_empty() {
            selectors.labels = json!({ "matchExpressions": expressions });
        }
        Ok(selectors)
    }

    fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.labels.is_null()
    }

    fn match_object(&self, object: &Stored) -> bool {
        self.fields.iter().all(|(field, equal, value)| {
            let own = if field == "metadata.name" { &object.name } else { &object.namespace };
            (own == value) == *equal
        }) && (self.labels.is_null() || selects(&self.labels, &object.labels))
    }
}

/// The parts between the commas that are not in parentheses.
fn terms(selector: &str) -> Vec<&str> {
    let (mut depth, mut start, mut all) = (0_u32, 0, Vec::new());
    for (place, one) in selector.char_indices() {
        match one {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                all.push(selector.get(start..place).unwrap_or_default());
                start = place + 1;
            }
            _ => {}
        }
    }
    all.push(selector.get(start..).unwrap_or_default());
    all.retain(|part| !part.trim().is_empty());
    all
}

/// `key`, `!key`, `key=value`, `key!=value`, `key in (a, b)` or `key notin (a, b)`.
fn term(part: &str) -> Option<Value> {
    let of = |key: &str, operator: &str, values: Vec<&str>| json!({ "key": key.trim(), "operator": operator, "values": values });
    for (word, operator) in [(" notin ", "NotIn"), (" in ", "In")] {
        if let Some((key, values)) = part.split_once(word) {
            let values = values.trim().strip_prefix('(')?.strip_suffix(')')?;
            return Some(of(key, operator, values.split(',').map(str::trim).collect()));
        }
    }
    if let Some((key, value)) = part.split_once("!=") {
        return Some(of(key, "NotIn", vec![value.trim()]));
    }
    if let Some((key, value)) = part.split_once('=') {
        return Some(of(key, "In", vec![value.trim_start_matches('=').trim()]));
    }
    match part.strip_prefix('!') {
        Some(key) => Some(of(key, "DoesNotExist", Vec::new())),
        None if part.contains(char::is_whitespace) => None,
        None => Some(of(part, "Exists", Vec::new())),
    }
}
