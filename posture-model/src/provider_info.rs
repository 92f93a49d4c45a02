//! What a provider is called, and how other tools identify its resources: data for renderers.
//!
//! Each provider's crate has one static of it, so that a new provider is described where it is read. Judging knows nothing
//! of it.

use crate::provider::Provider;
use crate::resource::{FactId, Kind, Subject};
use crate::scope::Level;
use crate::wanted::Wanted;

/// The description of a provider.
#[derive(Clone, Copy, Debug)]
pub struct ProviderInfo {
    /// Which provider it is.
    pub provider: Provider,
    /// What its scopes are, for each level that it has.
    pub levels: &'static [LevelInfo],
    /// The partition that most customers are in, and that needs no mention.
    pub usual_partition: &'static str,
    /// Whether accounts are read by the identity of the tenant above them, and listed below it. Otherwise each has its identity
    /// and its regions.
    pub accounts_in_tenant: bool,
    /// Whether people know an account by its name rather than by its number.
    pub known_by_name: bool,
    /// The commands of the provider's own tool that show a fact of a resource to a person.
    pub commands: fn(FactId, &Subject<'_>) -> Vec<String>,
    /// The actions that fill the wanted facts, as the provider calls them.
    pub actions: fn(&Wanted) -> Vec<&'static str>,
    /// The permissions that these actions need, as the provider calls them.
    pub permissions: fn(&Wanted) -> Vec<&'static str>,
    /// What the AWS Security Finding Format needs; none if that format cannot hold findings about the provider.
    pub asff: Option<Asff>,
    /// Where the provider's own audit reports are, and where it documents its part of the responsibility.
    pub assurance: &'static [Link],
}

impl ProviderInfo {
    /// What the provider calls a scope of a level, in one word: account, subscription, tenant.
    pub fn level_word(&self, level: Level) -> &'static str {
        self.at(level).map_or(level.id(), |info| info.word)
    }

    /// What a scope of a level is in OCSF; unknown for a level that the provider does not have.
    pub fn ocsf_account(&self, level: Level) -> OcsfAccount {
        self.at(level).map_or(OcsfAccount { type_id: 0, name: "Unknown" }, |info| info.ocsf_account)
    }

    fn at(&self, level: Level) -> Option<&'static LevelInfo> {
        self.levels.iter().find(|info| info.level == level)
    }
}

/// What the scopes of a level are at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelInfo {
    /// The level.
    pub level: Level,
    /// What the provider calls a scope of it, in one word: account, subscription, tenant.
    pub word: &'static str,
    /// What a scope of it is in OCSF.
    pub ocsf_account: OcsfAccount,
}

/// The type of an account in OCSF, as in [`account.type_id`](https://schema.ocsf.io/1.8.0/objects/account).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcsfAccount {
    /// The number of the type: 99 for one that OCSF has no number for, 0 where it is not known.
    pub type_id: u8,
    /// The name of the type.
    pub name: &'static str,
}

/// What a provider's resources are in the AWS Security Finding Format.
#[derive(Clone, Copy, Debug)]
pub struct Asff {
    /// The type of the account itself.
    pub account_type: &'static str,
    /// The prefix of an account's number in its ID.
    pub account_prefix: &'static str,
    /// The type of a kind of resource; `Other` where the format has none.
    pub resource_type: fn(Kind) -> &'static str,
    /// The region of a partition that findings without a region are imported into.
    pub home_region: fn(partition: &str) -> &'static str,
    /// How the addresses of the provider's own documentation begin.
    pub documentation: &'static str,
}

/// A page on the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is.
    pub title: &'static str,
    /// Its address.
    pub url: &'static str,
}
