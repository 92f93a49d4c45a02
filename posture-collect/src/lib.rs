//! What the collectors of every provider share.
//!
//! A provider crate holds what is specific to it: sessions, credentials, endpoints, protocols, and the meaning of its
//! documents. How an [`action`] is described, when it is wanted, how often it is called, how fast and for how long, and how
//! an error becomes a gap is the same for all of them, and is here.

pub mod action;
pub mod breaker;
mod error;
mod event;
pub mod files;
pub mod gaps;
pub mod host_paths;
pub mod pace;
pub mod pages;
pub mod plan;
pub mod retries;
pub mod stop;
pub mod text;

pub use action::{Action, Each, Filter, Per, Value};
pub use error::CollectError;
pub use event::{Event, Observer, observed};
