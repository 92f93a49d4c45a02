//! Where records come from.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::ecosystem::{self, base};
use super::record::Record;
use crate::truth::Gap;

/// Records by the packages that they are about.
pub trait Source {
    /// Whether there are records about this ecosystem and release. Without them, an empty result shows nothing.
    fn covers(&self, ecosystem: &str) -> bool;

    /// The records that name a package of an ecosystem, of all its releases.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    fn about(&self, ecosystem: &str, name: &str) -> Result<Vec<Arc<Record>>, Gap>;

    /// What the records about an ecosystem lack.
    fn gaps(&self, ecosystem: &str) -> Vec<Gap>;
}

/// Records in memory, by the packages that they are about.
#[derive(Debug, Default)]
pub struct Records {
    records: Vec<Arc<Record>>,
    by_package: HashMap<(String, String), Vec<u32>>,
    ecosystems: BTreeSet<String>,
}

impl Records {
    /// Adds a record.
    pub fn add(&mut self, record: Record) {
        let index = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        for entry in &record.affected {
            let base = base(&entry.ecosystem).to_owned();
            let name = ecosystem::name(&base, &entry.name);
            let list = self.by_package.entry((base, name)).or_default();
            if list.last() != Some(&index) {
                list.push(index);
            }
            self.ecosystems.insert(entry.ecosystem.clone());
        }
        self.records.push(Arc::new(record));
    }

    /// The number of records.
    pub const fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn list(&self, ecosystem: &str, name: &str) -> impl Iterator<Item = &Arc<Record>> {
        let key = (base(ecosystem).to_owned(), ecosystem::name(ecosystem, name));
        let list = self.by_package.get(&key).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|index| self.records.get(*index as usize))
    }
}

impl Source for Records {
    fn covers(&self, ecosystem: &str) -> bool {
        self.ecosystems.iter().any(|own| ecosystem::covers(own, ecosystem))
    }

    fn about(&self, ecosystem: &str, name: &str) -> Result<Vec<Arc<Record>>, Gap> {
        Ok(self.list(ecosystem, name).cloned().collect())
    }

    fn gaps(&self, _: &str) -> Vec<Gap> {
        Vec::new()
    }
}
