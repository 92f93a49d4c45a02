//! What a Kubernetes cluster, or a tree of manifests, holds.
//!
//! The region of such a resource is its namespace; an object that is in no namespace has none. Its ID is `Kind/namespace/name`, or
//! `Kind/name`, as in `Deployment/shop/web`. Labels are tags.

mod access;
mod cluster;
mod exposure;
mod lifecycle;
mod namespace;
mod secret;
mod workload;

pub use access::*;
pub use cluster::*;
pub use exposure::*;
pub use lifecycle::*;
pub use namespace::*;
pub use secret::*;
pub use workload::*;
