//! Controls, frameworks, snapshot, judging and the report model of posture.
//!
//! A [`snapshot::Snapshot`] holds what was read from the audited accounts. [`judge::judge`] evaluates the
//! [`controls`] on it, and [`report::roll_up`] gives the state of the requirements of each of the [`frameworks`].
//!
//! What could not be read is never a pass and never a failure: every [`fact::Fact`] is known, not offered by the
//! provider, or a [`gap::Gap`] with its cause, and a control decides on known facts only.
//!
//! This crate has no network access, no clock, no terminal and no global state.

mod ask;
pub mod catalogue;
mod check;
mod checks;
mod context;
pub mod control;
pub mod controls;
mod counted;
pub mod diff;
mod digest;
pub mod exception;
pub mod filter;
mod finding_id;
pub mod frameworks;
mod join;
pub mod json;
pub mod judge;
mod lack;
pub mod notes;
pub mod params;
mod prelude;
pub mod reach;
pub mod record;
pub mod report;
mod search;
pub mod services;
mod status;
mod threshold;
pub mod tools;
pub mod unread;
pub mod wanted;
pub mod what_if;

#[cfg(test)]
mod testing;

pub use posture_model::{
    dated, entries, fact, gap, listing, memory, network, part, plan, presence, provider,
    provider_info, redact, replace, resource, scope, skew, snapshot, source, suggest, text, time,
    tri, wildcard,
};

/// The example of the page on the library has to compile and hold.
#[cfg(doctest)]
#[doc = include_str!("../../docs/library.md")]
struct Readme;
