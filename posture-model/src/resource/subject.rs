//! A resource of whatever kind, as a finding names it and as a rule sees it.

use crate::fact::Fact;
use crate::kind::Kind;
use crate::source::Source;

use super::declared::Resource;

/// A resource of any kind, with its facts by name.
pub trait Facts {
    /// What it is.
    fn subject(&self) -> Subject<'_>;
    /// A fact in the snapshot's form; none if the kind has no such fact.
    fn fact(&self, name: &str) -> Option<Fact<serde_json::Value>>;
}

impl<R: Resource> Facts for R {
    fn subject(&self) -> Subject<'_> {
        Subject::of(self)
    }

    fn fact(&self, name: &str) -> Option<Fact<serde_json::Value>> {
        // A rule sees a list whole or not at all: what it makes of the certain entries could change with the others.
        if let Some(gap) = self.gap(name) {
            return Some(Fact::Gap(gap));
        }
        serde_json::from_value(self.show(name)?).ok()
    }
}

/// The resource that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'s> {
    /// Its kind.
    pub kind: Kind,
    /// The provider's id.
    pub id: &'s str,
    /// The name people know it by.
    pub name: &'s str,
    /// Its region, where it has one.
    pub region: Option<&'s str>,
    /// Where a file declares it.
    pub source: Option<&'s Source>,
}

impl<'s> Subject<'s> {
    /// What it is of a resource.
    pub fn of<R: Resource>(resource: &'s R) -> Self {
        Self {
            kind: R::KIND,
            id: resource.id(),
            name: resource.name(),
            region: resource.region(),
            source: resource.source(),
        }
    }
}
