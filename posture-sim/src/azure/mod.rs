//! A simulated Azure on loopback: Resource Manager, Resource Graph, Microsoft Graph and the token endpoint, over a
//! tenant that a [`Scenario`] declares.
//!
//! It behaves like the real services where it responds: it rejects what they reject (an `api-version` that is missing or
//! unknown, a path that does not exist, a token for another audience, a continuation token that it did not issue), with
//! errors in their format; it lets a client see only what its permissions allow; and a test compares the format of its
//! responses with the published examples.
//!
//! A client keeps the addresses of the real services and sends what it would send to `https://management.azure.com/…`
//! to the simulator with the host in `x-forwarded-host`.

mod arm;
mod graph;
mod query;
mod reply;
mod scenario;
mod server;
mod token;

pub use scenario::{Client, Resource, Scenario, Subscription, generate};
pub use server::{Recorded, Server};
