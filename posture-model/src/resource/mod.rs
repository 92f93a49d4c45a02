//! The normalized resources that controls judge, whatever the provider calls them.
//!
//! A resource has an id, a name, a region, and facts. Each is declared once with the `resource!` macro, which also
//! generates what the engine and the laws need to treat facts mechanically: their names, hiding one, showing one.

mod account;
mod audit;
mod balancer;
mod declared;
mod directory;
mod docker;
mod identity;
mod image;
mod key;
mod kubernetes;
mod network;
mod reach;
mod regional;
mod storage;
mod subject;

use crate::listings;
use crate::provider::Provider;

pub use account::*;
pub use audit::*;
pub use balancer::*;
pub use declared::{FactInfo, Resource};
pub use directory::*;
pub use docker::*;
pub use identity::*;
pub use image::*;
pub use key::*;
pub use kubernetes::*;
pub use network::*;
pub use reach::*;
pub use regional::*;
pub use storage::*;
pub use subject::{Facts, Subject};

pub use crate::kind::{FactId, Kind};

impl FactId {
    /// Its meaning and its providers.
    pub fn info(self) -> Option<&'static FactInfo> {
        self.kind.facts().iter().find(|fact| fact.name == self.name)
    }

    /// Whether a provider offers it.
    pub fn is_offered_by(self, provider: Provider) -> bool {
        self.info().is_some_and(|fact| fact.providers.contains(&provider))
    }
}

macro_rules! kinds {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, $levels:tt; )*) => {
        impl Kind {
            /// Whether a fact of this kind can be known to be a value, which is in the snapshot's form.
            ///
            /// # Errors
            /// Why it cannot; none if there is no such fact.
            pub fn accepts(self, fact: &str, value: serde_json::Value) -> Result<(), serde_json::Error> {
                match self {
                    Self::Account => Account::unread("", "", None).set(fact, value)?,
                    $( Self::$name => $name::unread("", "", None).set(fact, value)?, )*
                };
                Ok(())
            }

            /// The facts that a resource of this kind has.
            pub fn facts(self) -> &'static [FactInfo] {
                match self {
                    Self::Account => Account::FACTS,
                    $( Self::$name => $name::FACTS, )*
                }
            }
        }
    };
}
listings!(kinds);

impl Kind {
    /// The fact of this name.
    pub fn fact(self, name: &str) -> Option<FactId> {
        self.fact_ids().find(|fact| fact.name == name)
    }

    /// The facts that a resource of this kind has, to be named elsewhere.
    pub fn fact_ids(self) -> impl Iterator<Item = FactId> {
        self.facts().iter().map(move |fact| FactId { kind: self, name: fact.name })
    }
}
