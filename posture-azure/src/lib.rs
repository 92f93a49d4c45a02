//! Collectors and role semantics for Azure subscriptions and Entra ID.
//!
//! [`login::Session`] holds credentials, [`collect`] reads subscriptions and the tenant above them, each into a
//! [`posture_model::scope::Scope`]. Every call it can make is in the [`action`] table.

pub mod action;
#[cfg(test)]
#[path = "../../tests/src/cases.rs"]
mod cases;
mod client;
mod cloud;
pub mod collect;
mod entry;
pub mod info;
pub mod login;
mod network;
pub mod plan;
mod rbac;
pub mod registries;
mod trouble;
mod view;
mod wire;

pub use cloud::Cloud;
