//! A simulated Kubernetes API server on loopback, over a cluster that a [`World`] declares: manifests and a few settings.
//!
//! It behaves like the real server where it responds: discovery, lists in pages, refusals with the server's messages, RBAC.
//! It serves reads only. Every write is denied or not allowed, and [`Server::violations`] has each request that an audit must not
//! make. It does not store, does not watch, and its admission rejects nothing.
//!
//! - `world`: what a cluster is, and `generate` makes large ones.
//! - `cluster`: from manifests to the objects of a cluster, with `bootstrap` (what a new cluster has), `defaults` (what the server
//!   fills in), `controllers` (what controllers make of it: replica sets, pods, aggregated roles) and `nodes` (tokens and statuses).
//! - `resources`: what is served, and `discovery`: how clients find it.
//! - `rbac`: who may do what. It shares nothing with the evaluator of an audit, so that one can be compared with the other.
//! - `request`, `lists`, `status`, `server`: the protocol.

mod bootstrap;
mod cluster;
mod controllers;
mod defaults;
mod discovery;
mod generate;
mod json;
mod lists;
mod nodes;
mod rbac;
mod request;
mod resources;
mod server;
mod status;
#[cfg(test)]
mod tests;
mod world;

pub use generate::{Size, generate};
pub use rbac::{Authority, Permission};
pub use server::{Recorded, Server, Violation};
pub use world::{Identity, World};
