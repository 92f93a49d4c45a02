//! A simulated AWS on loopback: many accounts behind one port, over a world that a [`World`] declares, in the wire
//! protocols of the services.
//!
//! It behaves like the real services where it responds: it rejects what they reject (a request without a signature, an unknown
//! key, an operation that does not exist, a continuation token that it did not issue, an action that the caller may
//! not call), with errors in the format of each protocol. It checks no signatures: every client on loopback is trusted.
//!
//! The access key of a request selects the account; a session of a role belongs to the account of the role.

mod call;
mod generate;
mod lists;
mod networks;
mod server;
mod services;
mod wire;
mod world;

pub use generate::{Size, generate};
pub use server::{Asked, Authorizer, Recorded, Server};
pub use world::{
    AccessKey, AccessPoint, Account, Block, Bucket, Caller, Group, Item, Organization, Password,
    Policy, Role, User, World,
};
