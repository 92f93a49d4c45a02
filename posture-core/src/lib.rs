//! Controls, frameworks, snapshot, judging and the report model of posture.
//!
//! A [`snapshot::Snapshot`] holds what was read from the audited accounts. [`judge::judge`] examines it by
//! [`controls`], and [`report::roll_up`] says where the requirements of each of the [`frameworks`] stand.
//!
//! What could not be read is never a pass and never a failure: every [`fact::Fact`] is known, not offered by the
//! provider, or a [`gap::Gap`] with its cause, and a control decides on known facts only.
//!
//! There is no network here, no clock, no terminal and no global state.

mod budget;
pub mod catalogue;
pub(crate) mod checks;
pub mod control;
pub mod controls;
pub mod dated;
pub mod diff;
pub mod entries;
pub mod exception;
pub mod fact;
pub mod frameworks;
pub mod gap;
mod join;
pub mod json;
pub mod judge;
pub mod listing;
pub mod memory;
pub mod notes;
mod packing;
pub mod params;
pub mod part;
pub mod plan;
pub mod prelude;
pub mod provider;
pub mod provider_info;
pub mod record;
pub mod redact;
pub mod replace;
pub mod report;
pub mod resource;
pub mod scope;
pub mod skew;
pub mod snapshot;
pub mod suggest;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod tri;
pub mod unread;
pub mod wanted;
pub mod what_if;
pub mod wildcard;

/// The example of the README has to compile and hold.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
