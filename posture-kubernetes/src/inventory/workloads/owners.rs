//! Who owns what.

use std::collections::BTreeMap;

use super::super::Missing;
use super::{APART, Workloads};

impl Workloads {
    /// Gives pods to the owner whose number they name. Where that one is gone, and another object has its name, they have no owner: the
    /// [garbage collector](https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents), read on 2026-12-01,
    /// takes them for orphans.
    pub(super) fn find_owners(&mut self) {
        let uids: BTreeMap<String, String> =
            self.all.iter().filter_map(|(id, one)| Some((id.clone(), one.uid.clone()?))).collect();
        let other = |id: &str, uid: &str| uids.get(id).is_some_and(|own| own != uid);
        for (key, mut one) in std::mem::take(&mut self.all) {
            if let (Some(owner), Some(uid)) = (&one.controller, &one.controller_uid)
                && other(owner, uid)
            {
                one.controller = None;
            }
            let Some((owner, uid)) = key.split_once(APART) else {
                self.all.entry(key).or_default().merge(one);
                continue;
            };
            match one.a_pod.take().filter(|_| other(owner, uid)) {
                Some((id, name)) => {
                    if let Some(declared) = &mut one.declared {
                        declared.name = name;
                    }
                    one.is_read = true;
                    self.all.entry(id).or_default().merge(one);
                }
                None => self.all.entry(owner.to_owned()).or_default().merge(one),
            }
        }
    }
}

/// The workload at the top of the owners of an object. Owners that lead in a circle end where they began.
pub(super) fn top(id: &str, owners: &BTreeMap<String, Option<String>>) -> String {
    let mut top = id;
    for _ in 0..owners.len() {
        match owners.get(top) {
            Some(Some(owner)) if owner != id => top = owner,
            Some(Some(_) | None) | None => break,
        }
    }
    top.to_owned()
}

/// The kinds of owners that others may own.
const BETWEEN: [&str; 2] = ["Job", "ReplicaSet"];

/// Whether an owner that was not read may have an owner, as its list is not complete.
pub(super) fn is_between(owner: &str, missing: &Missing) -> bool {
    let mut parts = owner.split('/');
    let (kind, namespace) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    BETWEEN.contains(&kind) && !missing.of_in([kind], namespace).is_empty()
}
