//! Lists that are denied for all namespaces at once and may be allowed in some.
//!
//! A [RoleBinding](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding) permits the list of
//! its namespace alone. What is read that way is known for that namespace, each namespace that denies as well is a gap, and what holds
//! for the cluster as a whole stays unknown.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use posture_collect::{Observer, observed};
use posture_model::gap::Gap;

use super::collect::Session;
use super::list;
use crate::action::{Api, KubernetesAction};
use crate::inventory::Inventory;

/// The most namespaces that are tried. Each costs a call for each list that is denied.
const MOST: usize = 200;

/// The most characters of the [name of a namespace](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).
const MOST_CHARACTERS: usize = 63;

/// A list that is denied for all namespaces at once, and why.
pub(super) type Denied = (&'static KubernetesAction, Api, Gap);

/// A namespace, and what its list holds or why it is denied.
type Answer<'p> = (&'p String, Result<Inventory, Gap>);

impl Session {
    /// Reads what is denied for all namespaces from each of them.
    pub(super) async fn read_by_namespace(
        &self,
        inventory: &mut Inventory,
        denied: Vec<Denied>,
        names: &BTreeSet<String>,
        new: &(impl Fn() -> Inventory + Sync),
        observer: &Observer,
    ) {
        let (places, is_partial) = self.places(names, inventory.lacks("Namespace"));
        let (client, minor, context) = (&self.client, self.minor(), self.name());
        let all = denied.iter().flat_map(|one| places.iter().map(move |place| (one, place)));
        let work = all.map(|((action, api, _), place)| async move {
            let read = list::read(client, (*action, api), Some(place), minor, new, |_| {});
            let read = observed(observer, context, api.resource, place, read).await;
            (action.name, place, read)
        });
        let mut by_list: BTreeMap<&str, Vec<Answer<'_>>> = BTreeMap::new();
        for (action, place, read) in join_all(work).await {
            by_list.entry(action).or_default().push((place, read));
        }
        for (action, _, gap) in denied {
            let answers = by_list.remove(action.name).unwrap_or_default();
            // Denied everywhere: one gap says it.
            if is_partial || answers.iter().all(|(_, read)| read.is_err()) {
                inventory.unread(action, gap);
            }
            let is_some = answers.iter().any(|(_, read)| read.is_ok());
            for (place, read) in answers {
                match read {
                    Ok(read) => inventory.add(read),
                    Err(gap) if is_some => inventory.unread_in(action, place, gap),
                    Err(_) => {}
                }
            }
        }
    }

    /// The namespaces that are tried, that of the context first, and whether there may be others.
    fn places(&self, names: &BTreeSet<String>, is_unread: bool) -> (Vec<String>, bool) {
        let own = self.client.access().namespace.as_ref();
        // The namespace of the context may be the only one that is known.
        let own = own.filter(|own| is_unread || names.contains(*own));
        let others = names.iter().filter(|name| Some(*name) != own);
        let known = own.into_iter().chain(others);
        let (usable, odd): (Vec<&String>, Vec<&String>) = known.partition(|name| is_name(name));
        let is_partial = is_unread || !odd.is_empty() || usable.len() > MOST;
        (usable.into_iter().take(MOST).cloned().collect(), is_partial)
    }
}

/// Whether a text is the name of a namespace. Other texts could lead to another path.
fn is_name(text: &str) -> bool {
    let inner = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-';
    (1..=MOST_CHARACTERS).contains(&text.len()) && text.bytes().all(inner)
}

#[cfg(test)]
#[path = "places/tests.rs"]
mod tests;
