//! Collectors and policy semantics for AWS accounts.
//!
//! [`session::Session`] holds credentials, [`collect::collect`] reads an account into a
//! [`posture_core::scope::Scope`]. Every call it can make is in the [`action`] table.

pub mod action;
mod ask;
mod breaker;
pub mod collect;
#[cfg(test)]
mod fake;
mod guard;
pub mod hosts;
pub mod info;
pub mod members;
mod meter;
pub mod peers;
pub mod plan;
pub mod policy;
mod profile;
pub mod session;
mod transport;
mod trouble;
pub mod whole;
