//! Collectors and policy semantics for AWS accounts.
//!
//! [`session::Session`] holds credentials, [`collect::collect`] reads an account into a
//! [`posture_core::scope::Scope`]. Every call it can make is in the [`action`] table.

pub mod action;
mod ask;
pub mod collect;
<<<<<<< HEAD
pub mod members;
=======
#[cfg(test)]
mod fake;
>>>>>>> 89bd6bd (wip: collect contacts, the organisation, root and the credential report)
mod meter;

pub mod session;
