//! A simulated AWS on loopback: many accounts behind one port, over a world that a [`World`] declares, in the wire
//! protocols of the services.
//!
//! It is honest where it answers: it refuses what the real services refuse (a request without a signature, a key that
//! nobody has, an operation that does not exist, a continuation that it did not hand out, an action that the caller may
//! not call), with errors in the form of each protocol. It checks no signatures: whoever reaches loopback is trusted.
//!
//! Accounts are told apart by the access key of the request; a session of a role belongs to the account of the role.

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
