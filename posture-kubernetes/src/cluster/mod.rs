//! Live clusters: how they are reached, read and planned.
//!
//! A cluster is called with the project's HTTP client and not with the crate [`kube`](https://docs.rs/kube). Objects are JSON values
//! here, so its types have no use; they are what it compiles longest. What is needed beside requests is a small part of it: the
//! kubeconfig, credential plugins, and the tokens of service accounts.
//!
//! An audit sends GET requests for `/version` and for the lists of [`action::ACTIONS`](crate::action::ACTIONS), and nothing else.

mod client;
mod collect;
mod connection;
mod exec;
#[cfg(test)]
mod fake;
mod kubeconfig;
mod list;
mod login;
mod places;
mod plan;
mod secret;
mod trouble;

pub use collect::{Options, Session};
pub use kubeconfig::Kubeconfig;
pub use login::{Login, LoginError, Place, is_in_cluster};
pub use trouble::Cause;
