//! Identifiers.

use std::fmt;

use posture_core::judge::Finding;
use posture_core::scope::Scope;
use serde::{Serialize, Serializer};

/// The space of names: `urn:posture:oscal` as the name of an address.
const SPACE: uuid::Uuid = uuid::uuid!("a272bd7c-e75f-5c8b-aa2e-bb47a77529fe");

/// An identifier derived from its object, of version 5 by RFC 9562. OSCAL accepts versions 4 and 5 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Uuid(uuid::Uuid);

impl Uuid {
    /// The identifier of a thing of this kind that has these parts.
    pub(super) fn new<P: AsRef<str>>(kind: &str, parts: &[P]) -> Self {
        let mut name = Vec::new();
        // Each with its length before it, so that no two lists of parts make one name.
        let mut add = |part: &str| {
            name.extend((part.len() as u64).to_be_bytes());
            name.extend(part.as_bytes());
        };
        add(kind);
        for part in parts {
            add(part.as_ref());
        }
        Self(uuid::Uuid::new_v5(&SPACE, &name))
    }

    /// The identifier of an object about a finding.
    pub(super) fn of(kind: &str, finding: &Finding<'_>) -> Self {
        Self::new(kind, &[finding.id()])
    }

    pub(super) fn scope(scope: &Scope) -> Self {
        Self::new("scope", &[scope.provider.id(), scope.level.id(), &scope.id])
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl Serialize for Uuid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_of_the_version_that_it_says() {
        assert_eq!(SPACE, uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, b"urn:posture:oscal"));
        // By SHA-1 of the space and the name (RFC 9562, section 5.5), computed apart from this crate.
        let id = Uuid::new("scope", &["aws", "account", "123456789012"]);
        assert_eq!(id.to_string(), "bc9b2ea1-7ae0-56c3-968e-f574f1ac952f");
        assert_eq!(id.0.get_version_num(), 5);
        assert_ne!(Uuid::new("a", &["bc"]), Uuid::new("ab", &["c"]));
    }
}
