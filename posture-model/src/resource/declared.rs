//! What every resource has, and the macro that declares one.

use crate::gap::GapId;
use crate::kind::Kind;
use crate::provider::Provider;
use crate::source::Source;

/// A fact's name and meaning.
#[derive(Clone, Copy, Debug)]
pub struct FactInfo {
    /// The name, as in the snapshot.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// The providers that offer it: those on which a collector reads it. On any other it is not offered.
    pub providers: &'static [Provider],
}

/// What every resource has, and what can be done to any of its facts by name.
pub trait Resource {
    /// Its kind.
    const KIND: Kind;
    /// Its facts, in the order of the snapshot.
    const FACTS: &'static [FactInfo];

    /// The provider's id: an ARN, an ARM id.
    fn id(&self) -> &str;
    /// The name people know it by.
    fn name(&self) -> &str;
    /// Its region, where it has one.
    fn region(&self) -> Option<&str>;
    /// Where a file declares it; none for what was read from a live system.
    fn source(&self) -> Option<&Source>;
    /// Puts a gap in place of a fact; returns whether there is a fact of that name.
    fn hide(&mut self, fact: &str, gap: GapId) -> bool;
    /// Points a fact that has a gap to the gap with another number; returns whether there is a fact of that name.
    fn renumber(&mut self, fact: &str, gap: GapId) -> bool;
    /// Makes a fact one that the provider does not offer; returns whether there is a fact of that name.
    fn withdraw(&mut self, fact: &str) -> bool;
    /// The gap in place of a fact, or behind the undecided part of a list, if there is one.
    fn gap(&self, fact: &str) -> Option<GapId>;
    /// A fact as JSON, in the snapshot's form.
    fn show(&self, fact: &str) -> Option<serde_json::Value>;
    /// Sets a fact to a value in the snapshot's form; returns whether there is a fact of that name, or why it
    /// cannot be that.
    fn set(&mut self, fact: &str, value: serde_json::Value) -> Result<bool, serde_json::Error>;
}

/// Declares a resource: for each fact its meaning, the providers that offer it, its name and its type.
macro_rules! resource {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[doc = $doc:literal])+ [$($provider:ident),+] $fact:ident: $ty:ty, )*
        }
    ) => {
        pastey::paste! {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The provider's id: an ARN, an ARM id.
            pub id: String,
            /// The name people know it by.
            pub name: String,
            /// Its region, where it has one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub region: Option<String>,
            /// Where a file declares it; none for what was read from a live system.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub source: Option<Box<crate::source::Source>>,
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "crate::fact::Fact::is_not_collected")]
                pub $fact: crate::fact::Fact<$ty>,
            )*
        }

        impl $name {
            /// A resource with no known facts yet.
            pub fn unread(id: impl Into<String>, name: impl Into<String>, region: Option<&str>) -> Self {
                Self {
                    id: id.into(),
                    name: name.into(),
                    region: region.map(str::to_owned),
                    source: None,
                    $( $fact: crate::fact::Fact::not_collected(), )*
                }
            }

            /// A resource with no known facts yet, except those for which its provider has no setting: they are
            /// [not offered](crate::fact::Fact::NotOffered).
            pub fn unread_on(
                provider: crate::provider::Provider,
                id: impl Into<String>,
                name: impl Into<String>,
                region: Option<&str>,
            ) -> Self {
                let mut resource = Self::unread(id, name, region);
                $(
                    if !Self::[<$fact:upper>].is_offered_by(provider) {
                        resource.$fact = crate::fact::Fact::NotOffered;
                    }
                )*
                resource
            }

            /// Copies each fact that was requested from the other, also gaps.
            pub fn adopt(&mut self, other: Self) {
                $( if !other.$fact.is_not_collected() { self.$fact = other.$fact; } )*
            }

            $(
                #[doc = concat!("The fact `", stringify!($fact), "`.")]
                pub const [<$fact:upper>]: crate::kind::FactId = crate::kind::FactId {
                    kind: crate::kind::Kind::$name,
                    name: stringify!($fact),
                };
            )*

            $(
                #[doc = concat!("With `", stringify!($fact), "` as given.")]
                #[must_use]
                pub fn $fact(mut self, fact: crate::fact::Fact<$ty>) -> Self {
                    self.$fact = fact;
                    self
                }
            )*
        }

        impl crate::resource::declared::Resource for $name {
            const KIND: crate::kind::Kind = crate::kind::Kind::$name;
            const FACTS: &'static [crate::resource::declared::FactInfo] = &[
                $( crate::resource::declared::FactInfo {
                    name: stringify!($fact),
                    doc: concat!($($doc),+),
                    providers: &[$( crate::provider::Provider::$provider ),+],
                }, )*
            ];

            fn id(&self) -> &str {
                &self.id
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn region(&self) -> Option<&str> {
                self.region.as_deref()
            }

            fn source(&self) -> Option<&crate::source::Source> {
                self.source.as_deref()
            }

            fn hide(&mut self, fact: &str, gap: crate::gap::GapId) -> bool {
                match fact {
                    $( stringify!($fact) => self.$fact = crate::fact::Fact::Gap(gap), )*
                    _ => return false,
                }
                true
            }

            fn renumber(&mut self, fact: &str, gap: crate::gap::GapId) -> bool {
                match fact {
                    $( stringify!($fact) => crate::entries::renumber(&mut self.$fact, gap), )*
                    _ => return false,
                }
                true
            }

            fn withdraw(&mut self, fact: &str) -> bool {
                match fact {
                    $( stringify!($fact) => self.$fact = crate::fact::Fact::NotOffered, )*
                    _ => return false,
                }
                true
            }

            fn gap(&self, fact: &str) -> Option<crate::gap::GapId> {
                match fact {
                    $( stringify!($fact) => crate::entries::gap_of(&self.$fact), )*
                    _ => None,
                }
            }

            fn show(&self, fact: &str) -> Option<serde_json::Value> {
                match fact {
                    $( stringify!($fact) => serde_json::to_value(&self.$fact).ok(), )*
                    _ => None,
                }
            }

            fn set(&mut self, fact: &str, value: serde_json::Value) -> Result<bool, serde_json::Error> {
                match fact {
                    $( stringify!($fact) => self.$fact = crate::fact::Fact::Known(serde_json::from_value(value)?), )*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
        }
    };
}
pub(crate) use resource;
