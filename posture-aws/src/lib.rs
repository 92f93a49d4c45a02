//! Collectors and policy semantics for AWS accounts.
//!
//! [`session::Session`] holds credentials, [`collect::collect`] reads an account into a
//! [`posture_model::scope::Scope`]. Every call it can make is in the [`action`] table.

pub mod action;
mod always;
mod ask;
#[cfg(test)]
#[path = "../../tests/src/cases.rs"]
mod cases;
mod codes;
pub mod collect;
mod entry;
#[cfg(test)]
mod fake;
mod guard;
pub mod hosts;
pub mod info;
pub mod members;
mod meter;
#[doc(hidden)]
pub mod model;
mod network;
pub mod peers;
pub mod plan;
pub mod policy;
mod profile;
pub mod registries;
pub mod session;
mod transport;
mod trouble;
pub mod whole;
mod wire;

pub use profile::names as profile_names;
