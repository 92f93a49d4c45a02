//! The normalised things that controls judge, whatever the provider calls them.
//!
//! A resource has an id, a name, a region, and facts. Each is declared once with the `resource!` macro, which also
//! gives what the engine and the laws need to treat facts mechanically: their names, hiding one, showing one.

mod account;
mod audit;
mod directory;
mod identity;
mod key;
mod network;
mod regional;
mod storage;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::gap::GapId;
use crate::provider::Provider;
use crate::scope::Level;

pub use account::{Account, Organization, PasswordPolicy, PublicAccessBlock, RiskLevel};
pub use audit::{Alert, AuditTrail, EventClass, EventStore, LogGroup};
pub use directory::{Directory, GuestAccess, GuestInvitations, SignInRule, UserConsent};
pub use identity::{
    AccessKey, Certificate, Credential, Grant, GrantLevel, GrantPower, Group, Holder, Policy, Role,
    User,
};
pub use key::{Key, KeyOrigin, KeyState, Secret, Vault, VaultAccess};
pub use network::{FlowLog, FlowLogTarget, Network, SecurityGroup};
pub use regional::{Analyzer, Detector, FindingHub, Recorder};
pub use storage::{AccessPoint, Bucket, Encryption, PublicNetwork, TlsVersion};

/// One fact of one kind of resource: the unit in which controls say what they read and collectors what they fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId {
    /// The kind of resource.
    pub kind: Kind,
    /// The name of the fact, as in the snapshot.
    pub name: &'static str,
}

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

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind.id(), self.name)
    }
}

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
    /// Puts a gap in place of a fact; says whether there is a fact of that name.
    fn hide(&mut self, fact: &str, gap: GapId) -> bool;
    /// Points a fact that has a gap to the gap of another number; says whether there is a fact of that name.
    fn renumber(&mut self, fact: &str, gap: GapId) -> bool;
    /// Makes a fact one that the provider does not offer; says whether there is a fact of that name.
    fn withdraw(&mut self, fact: &str) -> bool;
    /// The gap in place of a fact, or behind what is not decided of a list, where there is one.
    fn gap(&self, fact: &str) -> Option<GapId>;
    /// A fact as JSON, in the snapshot's form.
    fn show(&self, fact: &str) -> Option<serde_json::Value>;
    /// Makes a value, in the snapshot's form, what is known of a fact; says whether there is a fact of that name, or why it
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
            $(
                $(#[doc = $doc])+
                #[serde(default, skip_serializing_if = "crate::fact::Fact::is_not_collected")]
                pub $fact: crate::fact::Fact<$ty>,
            )*
        }

        impl $name {
            /// A resource of which nothing is known yet.
            pub fn unread(id: impl Into<String>, name: impl Into<String>, region: Option<&str>) -> Self {
                Self {
                    id: id.into(),
                    name: name.into(),
                    region: region.map(str::to_owned),
                    $( $fact: crate::fact::Fact::not_collected(), )*
                }
            }

            /// A resource of which nothing is known yet but what its provider has no setting for: these facts are
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

            /// Takes over each fact that the other was asked for, be it why that is not known.
            pub fn adopt(&mut self, other: Self) {
                $( if !other.$fact.is_not_collected() { self.$fact = other.$fact; } )*
            }

            $(
                #[doc = concat!("The fact `", stringify!($fact), "`.")]
                pub const [<$fact:upper>]: crate::resource::FactId = crate::resource::FactId {
                    kind: crate::resource::Kind::$name,
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

        impl crate::resource::Resource for $name {
            const KIND: crate::resource::Kind = crate::resource::Kind::$name;
            const FACTS: &'static [crate::resource::FactInfo] = &[
                $( crate::resource::FactInfo {
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

/// Calls a macro with every kind of resource that is listed, as `listing: Type, "id", "one", "many", [Provider: Level];`, with
/// the levels at which each provider has resources of the kind.
macro_rules! listings {
    ($macro:ident) => {
        $macro! {
            directories: Directory, "directory", "directory", "directories", [Azure: Tenant];
            users: User, "user", "user", "users", [Aws: Account, Azure: Tenant];
            access_keys: AccessKey, "access-key", "access key", "access keys", [Aws: Account];
            credentials: Credential, "credential", "credential", "credentials", [Azure: Tenant];
            groups: Group, "group", "group", "groups", [Aws: Account];
            roles: Role, "role", "role", "roles", [Aws: Account];
            policies: Policy, "policy", "policy", "policies", [Aws: Account, Azure: Account, Azure: Tenant];
            grants: Grant, "grant", "grant", "grants", [Azure: Account, Azure: Tenant];
            certificates: Certificate, "certificate", "certificate", "certificates", [Aws: Account];
            buckets: Bucket, "bucket", "bucket", "buckets", [Aws: Account, Azure: Account];
            access_points: AccessPoint, "access-point", "access point", "access points", [Aws: Account];
            audit_trails: AuditTrail, "audit-trail", "audit trail", "audit trails", [Aws: Account, Azure: Account];
            event_stores: EventStore, "event-store", "event store", "event stores", [Aws: Account];
            log_groups: LogGroup, "log-group", "log group", "log groups", [Aws: Account, Azure: Account];
            alerts: Alert, "alert", "alert", "alerts", [Aws: Account, Azure: Account];
            recorders: Recorder, "recorder", "recorder", "recorders", [Aws: Account];
            detectors: Detector, "detector", "detector", "detectors", [Aws: Account, Azure: Account];
            finding_hubs: FindingHub, "finding-hub", "finding hub", "finding hubs", [Aws: Account];
            analyzers: Analyzer, "analyzer", "analyzer", "analyzers", [Aws: Account];
            keys: Key, "key", "key", "keys", [Aws: Account, Azure: Account];
            secrets: Secret, "secret", "secret", "secrets", [Azure: Account];
            vaults: Vault, "vault", "vault", "vaults", [Azure: Account];
            networks: Network, "network", "network", "networks", [Azure: Account];
            security_groups: SecurityGroup, "security-group", "security group", "security groups", [Azure: Account];
            flow_logs: FlowLog, "flow-log", "flow log", "flow logs", [Azure: Account];
        }
    };
}
pub(crate) use listings;

macro_rules! kinds {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, [$($provider:ident: $level:ident),*]; )*) => {
        /// The kind of a resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            /// See [`Account`].
            Account,
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name,
            )*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[Self::Account, $( Self::$name, )*];

            /// The name as written in files.
            pub fn id(self) -> &'static str {
                match self {
                    Self::Account => "account",
                    $( Self::$name => $id, )*
                }
            }

            /// One of them, in words.
            pub fn one(self) -> &'static str {
                match self {
                    Self::Account => "account",
                    $( Self::$name => $one, )*
                }
            }

            /// Several of them, in words.
            pub fn many(self) -> &'static str {
                match self {
                    Self::Account => "accounts",
                    $( Self::$name => $many, )*
                }
            }

            /// Where providers have resources of this kind: in the account or subscription, or in the tenant above.
            pub fn levels(self) -> &'static [(Provider, Level)] {
                match self {
                    Self::Account => &[
                        (Provider::Aws, Level::Account),
                        (Provider::Azure, Level::Account),
                    ],
                    $( Self::$name => &[$( (Provider::$provider, Level::$level) ),*], )*
                }
            }

            /// The kind of this name.
            pub fn find(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.id() == id)
            }

            /// Whether a fact of this kind can be known to be a value, which is in the snapshot's form.
            ///
            /// # Errors
            /// Why it cannot; none where there is no such fact.
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

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.one())
    }
}
