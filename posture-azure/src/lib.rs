//! Collectors and role semantics for Azure subscriptions and Entra ID.
//!
//! [`login::Session`] holds credentials, [`collect`] reads subscriptions and the tenant above them, each into a
//! [`posture_core::scope::Scope`]. Every call it can make is in the [`action`] table.

pub mod action;
mod client;
mod cloud;
pub mod collect;
pub mod info;
pub mod login;
pub mod plan;
mod rbac;
mod trouble;
mod wire;

pub use cloud::Cloud;
