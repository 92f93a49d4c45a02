//! Kubernetes: clusters and manifests, read into facts.
//!
//! - [`cluster`] reads live clusters; [`permissions`] is the least role that it needs.
//! - [`inventory`] makes resources with facts of objects, wherever they come from; [`action`] lists what is read of a cluster.
//! - [`manifests`] reads files and folders; [`manifest`] reads YAML and JSON as the API server does, strictly, and names every mistake with its place.
//! - [`network`] decides which connections network policies allow.
//! - [`reach`] answers questions about connections from the facts of a scope.
//! - [`pod_security`] judges pods by the Pod Security Standards.
//!
//! # Design
//!
//! One crate is for clusters and for manifests: two sources of the same objects. Objects are JSON values until an engine reads from
//! them what it needs, through [`read`]: a wrong type is an error with its path, and never a default. So a page of a large cluster can
//! be decoded, reduced to the structures of the engines, and dropped, and an object of a newer version is not lost for one field that
//! no engine reads. Where an unknown field would change the meaning of what is known, as in a network policy, it is an error as well.
//!
//! The fields of all built-in kinds are data and not types (`data/schema.txt`, written by `data/schema.py`): strict reading collects
//! every mistake of a document at once and can tell where a misplaced field belongs, which a decoder of types cannot, and it costs no
//! build time.
//!
//! The engines are pure functions. An answer is in three values where something may not be known, with the reasons ([`open`]): what was
//! not read, what is not modeled, and what Kubernetes leaves to the network plugin or to the node. It is never settled by a default.

pub mod action;
#[cfg(test)]
#[path = "../../tests/src/cases.rs"]
mod cases;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod flags;
pub mod info;
pub mod inventory;
pub mod labels;
pub mod manifest;
pub mod manifests;
pub mod network;
pub mod open;
pub mod permissions;
pub mod platform;
pub mod pod_security;
pub mod rbac;
pub mod reach;
pub mod read;
#[cfg(test)]
mod tree;
pub mod workload;
