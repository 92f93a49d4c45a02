//! The lists of a cluster, page by page. A page is reduced to facts before the next one is requested, and dropped.
//!
//! [Source](https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks), read on 2026-11-30:
//! all pages of a list are of one moment and have its resource version. A list whose token has expired is read again from the start,
//! once. If it expires a second time, the server's other token continues it as it is by then: what is found is certain, and the list
//! counts as incomplete.

use posture_collect::gaps::CallError;
use posture_collect::pages::{Endless, Trail};
use posture_collect::text::clip;
use posture_model::dated::Dated;
use posture_model::gap::{Gap, Reason};
use serde_json::Value;

use super::client::{Client, Held, Refused};
use crate::action::{Api, KubernetesAction, PAGE};
use crate::inventory::Inventory;
use crate::manifest;
use crate::read::kind_of;

/// A page of a list.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    next: Option<String>,
    version: Option<String>,
    /// How many items are left, where the server knows.
    pub(super) remaining: Option<u64>,
}

impl Page {
    pub(super) fn is_last(&self) -> bool {
        self.next.is_none()
    }

    /// Reads a page. Nothing of it has a default: a missing member is not an empty list.
    fn read(value: &mut Value, api: &Api) -> Result<Self, String> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let kind = format!("{}List", api.kind);
        let found = (text("kind"), text("apiVersion"));
        if found != (Some(kind.as_str()), Some(api.api_version().as_str())) {
            let (kind, version) = (found.0.unwrap_or("?"), found.1.unwrap_or("?"));
            return Err(format!("not a list of {} but `{kind}` of `{version}`", api.name()));
        }
        let Some(Value::Object(metadata)) = value.get("metadata") else {
            return Err("the list has no metadata".to_owned());
        };
        let text = |name: &str| match metadata.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(other) => Err(format!("metadata.{name}: not a string but {}", kind_of(other))),
        };
        let (next, version) = (text("continue")?, text("resourceVersion")?);
        let remaining = match metadata.get("remainingItemCount") {
            None => None,
            Some(number) => match number.as_u64() {
                Some(number) => Some(number),
                None => return Err("metadata.remainingItemCount is not a count".to_owned()),
            },
        };
        if next.is_none() && remaining.is_some_and(|remaining| remaining > 0) {
            return Err("the list ends, although its metadata count more items".to_owned());
        }
        match value.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => Ok(Self { items, next, version, remaining }),
            Some(other) => Err(format!("items: not a list but {}", kind_of(&other))),
            None => Err("the list has no items".to_owned()),
        }
    }
}

/// Requests a page of so many items, in a namespace or in all.
pub(super) async fn page(
    client: &Client,
    action: &'static KubernetesAction,
    api: &Api,
    namespace: Option<&str>,
    limit: u32,
    token: Option<&str>,
) -> Result<(Page, Held), Refused> {
    let limit = limit.to_string();
    let mut query = vec![("limit", limit.as_str())];
    query.extend(token.map(|token| ("continue", token)));
    let mut held = client.get(action.name, &api.path(namespace), &query).await?;
    match Page::read(&mut held.value, api) {
        Ok(page) => Ok((page, held)),
        Err(what) => {
            let error = CallError::senseless(action.name, "", what);
            Err(Refused { error, offered: None, login: None })
        }
    }
}

/// Reads a list into an inventory of its own, of a namespace or of all. `minor` is the version of the server, where it is known; `see`
/// sees each item.
///
/// # Errors
/// If the whole list is denied: another list, of fewer namespaces, may be allowed.
pub(super) async fn read(
    client: &Client,
    (action, api): (&'static KubernetesAction, &Api),
    namespace: Option<&str>,
    minor: Option<u16>,
    new: &(impl Fn() -> Inventory + Sync),
    mut see: impl FnMut(&Value) + Send,
) -> Result<Inventory, Gap> {
    let mut taken = new();
    let unread = |taken: &mut Inventory, gap: Gap| match namespace {
        None => taken.unread(action, gap),
        Some(name) => taken.unread_in(action, name, gap),
    };
    let incomplete = |taken: &mut Inventory, what: &str| {
        let gap = Gap::new(action.name, "", Reason::Incomplete);
        unread(taken, Gap { detail: Some(what.to_owned()), ..gap });
    };
    let mut trail = Trail::default();
    let (mut token, mut version): (Option<String>, Option<String>) = (None, None);
    let (mut restarted, mut mixed) = (false, false);
    loop {
        let answer = page(client, action, api, namespace, PAGE, token.as_deref()).await;
        // Its memory is held until it is taken.
        let (page, _held) = match answer {
            Ok(page) => page,
            Err(refused) if refused.error.status == 410 && token.is_some() => {
                if !restarted {
                    restarted = true;
                    (taken, trail) = (new(), Trail::default());
                    (token, version) = (None, None);
                    continue;
                }
                mixed = true;
                version = None;
                match refused.offered.filter(|offered| trail.follow(offered).is_ok()) {
                    Some(offered) => {
                        token = Some(offered);
                        continue;
                    }
                    None => {
                        let what = "the list expired before its end, twice";
                        incomplete(&mut taken, what);
                        return Ok(taken);
                    }
                }
            }
            Err(refused) if token.is_none() && refused.error.status == 403 => {
                return Err(refused.error.gap);
            }
            Err(refused) => {
                let is_first = token.is_none() && refused.error.status == 404;
                let gap = match is_first {
                    true => not_served(client, action, api, minor, refused.error.gap).await,
                    false => Some(refused.error.gap),
                };
                if let Some(gap) = gap {
                    unread(&mut taken, gap);
                }
                return Ok(taken);
            }
        };
        match (&version, &page.version) {
            (Some(before), Some(now)) if before != now => mixed = true,
            _ => version.clone_from(&page.version),
        }
        for item in page.items {
            match complete(item, api, namespace) {
                Ok(object) => {
                    see(&object);
                    taken.take(&object, None);
                }
                Err(what) => {
                    let gap = Gap::new(action.name, "", Reason::Malformed);
                    unread(&mut taken, Gap { detail: Some(clip(what)), ..gap });
                }
            }
        }
        let Some(next) = page.next else {
            if mixed {
                let what = "the list is not of one moment: it changed while it was read";
                incomplete(&mut taken, what);
            }
            return Ok(taken);
        };
        if let Err(endless) = trail.follow(&next) {
            let what = match endless {
                Endless::Repeats => "the list returns to an earlier page",
                Endless::TooLong => "the list does not end",
            };
            incomplete(&mut taken, what);
            return Ok(taken);
        }
        token = Some(next);
    }
}

/// An item with its kind, which the server leaves out in a list.
fn complete(mut item: Value, api: &Api, within: Option<&str>) -> Result<Value, String> {
    let name = |item: &Value, field: &str| {
        let text = item.pointer(&format!("/metadata/{field}"))?.as_str()?;
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    let namespace = name(&item, "namespace");
    let what = match (name(&item, "name"), &namespace) {
        (None, _) => return Err("an item of the list has no name".to_owned()),
        (Some(name), None) => name,
        (Some(name), Some(namespace)) => format!("{namespace}/{name}"),
    };
    if namespace.is_some() != api.namespaced {
        let wrong = if api.namespaced { "has no namespace" } else { "is in a namespace" };
        return Err(format!("the item {what} of the list {wrong}"));
    }
    if within.is_some_and(|within| namespace.as_deref() != Some(within)) {
        return Err(format!("the item {what} of the list is in another namespace"));
    }
    let Value::Object(fields) = &mut item else {
        return Err("an item is not an object".to_owned());
    };
    for (field, value) in [("apiVersion", api.api_version()), ("kind", api.kind.to_owned())] {
        let value = Value::String(value);
        match fields.get(field) {
            None => {
                fields.insert(field.to_owned(), value);
            }
            Some(found) if *found == value => {}
            Some(_) => return Err(format!("the item {what} of the list is of another kind")),
        }
    }
    Ok(item)
}

/// Kinds that came after the oldest servers that are still in use: in which minor version, as an alpha at the earliest.
static FIRST: Dated<(&str, u16)> = Dated::new(
    &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/",
        "https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/",
    ],
    "2026-11-30",
    &[
        ("ValidatingAdmissionPolicy", 26),
        ("ValidatingAdmissionPolicyBinding", 26),
        ("MutatingAdmissionPolicy", 32),
        ("MutatingAdmissionPolicyBinding", 32),
    ],
);

/// Why it is not known what there is of a kind that the server does not serve; none if there is nothing.
///
/// A built-in kind that the server does not serve in this version may exist in another one, or its administrator may have turned the
/// version off: only a server that is older than the kind has none. An extension may not be installed, which its
/// [group](https://kubernetes.io/docs/reference/using-api/api-concepts/#api-discovery) shows; every user may read that.
async fn not_served(
    client: &Client,
    action: &'static KubernetesAction,
    api: &Api,
    minor: Option<u16>,
    gap: Gap,
) -> Option<Gap> {
    if manifest::is_built_in(&api.api_version(), api.kind) {
        return (!is_newer(api.kind, minor)).then_some(gap);
    }
    let group = match client.get(action.name, &format!("/apis/{}", api.group), &[]).await {
        Ok(group) => group,
        Err(refused) if refused.error.status == 404 => return None,
        Err(refused) => return Some(refused.error.gap),
    };
    let versions = group.value.get("versions").and_then(Value::as_array);
    let version = |one: &Value| one.get("version").and_then(Value::as_str).map(str::to_owned);
    let Some(versions) =
        versions.and_then(|all| all.iter().map(version).collect::<Option<Vec<_>>>())
    else {
        let what = "the group has no versions";
        return Some(CallError::senseless(action.name, "", what).into_gap());
    };
    // The extension is there, and has no such kind.
    if versions.iter().any(|one| one == api.version) {
        return None;
    }
    let what = format!("the server has {} in {} only", api.group, versions.join(", "));
    Some(Gap { detail: Some(clip(what)), ..Gap::new(action.name, "", Reason::Unsupported) })
}

/// Whether a built-in kind is newer than a server.
fn is_newer(kind: &str, minor: Option<u16>) -> bool {
    let first = FIRST.iter().find(|(known, _)| *known == kind).map(|(_, first)| *first);
    matches!((first, minor), (Some(first), Some(minor)) if minor < first)
}

#[cfg(test)]
#[path = "list/tests.rs"]
mod tests;
