//! What is read from the cloud, as data: facts, gaps, resources, scopes and the snapshot that holds them.
//!
//! Collectors fill it, and the controls of `posture-core` judge it; neither knows of the other. What could not be read
//! is never a guess: every [`fact::Fact`] is known, not offered by the provider, or a [`gap::Gap`] with its cause.
//!
//! This crate has no network access, no clock and no terminal.

pub mod api_server;
mod budget;
pub mod dated;
pub mod entries;
pub mod fact;
pub mod gap;
mod kind;
pub mod listing;
pub mod memory;
pub mod network;
mod packing;
pub mod parallel;
pub mod part;
pub mod plan;
pub mod presence;
pub mod provider;
pub mod provider_info;
pub mod redact;
pub mod replace;
pub mod resource;
pub mod scope;
pub mod skew;
pub mod snapshot;
pub mod source;
pub mod suggest;
pub mod text;
pub mod time;
pub mod tri;
pub mod verdict;
pub mod wanted;
pub mod wildcard;
