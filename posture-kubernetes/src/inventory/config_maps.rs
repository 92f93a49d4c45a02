//! The credentials that config maps of manifests hold. Those of a cluster are not listed.

use std::collections::BTreeMap;

use super::credentials;
use super::objects::Observed;
use super::shown::Shown;
use crate::read::{Invalid, Object};

/// What the keys of config maps hold, by namespace and name.
#[derive(Debug, Default)]
pub(super) struct ConfigMaps {
    all: BTreeMap<(String, String), BTreeMap<String, &'static str>>,
}

impl ConfigMaps {
    /// Takes a config map. Of several manifests of one, each counts.
    pub(super) fn take(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let place = (of.namespace.clone().unwrap_or_default(), of.name.clone());
        for (key, value) in Object::of(of.object, "")?.map("data")? {
            if let Some(what) = credentials::in_file(&key, &value) {
                self.all.entry(place.clone()).or_default().insert(key, what);
            }
        }
        Ok(())
    }

    pub(super) fn extend(&mut self, other: Self) {
        for (place, keys) in other.all {
            self.all.entry(place).or_default().extend(keys);
        }
    }

    /// The credentials that a workload of a namespace reads.
    pub(super) fn of(&self, namespace: &str, shown: &Shown) -> Vec<String> {
        let mut entries = Vec::new();
        for (name, only) in &shown.config_maps {
            let held = self.all.get(&(namespace.to_owned(), name.clone()));
            for (key, what) in held.into_iter().flatten() {
                if only.as_ref().is_none_or(|only| only == key) {
                    entries.push(format!("key {key} of ConfigMap {name} holds {what}"));
                }
            }
        }
        entries.sort();
        entries.dedup();
        entries
    }
}
