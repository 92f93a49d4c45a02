//! What the end-to-end tests need: a third-party local AWS server, a proxy that injects faults, and the
//! program itself.
//!
//! `cargo xtask test` installs the server. Everything stays on the loopback interface.

// A test that cannot be set up has to fail, and says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod azure;
mod blobs;
mod cloud;
mod complete;
mod fault;
pub mod fuzz;
mod program;
mod proxy;
pub mod scenes;
mod tls_proxy;
mod wire;

pub use blobs::Blobs;
pub use cloud::{Cloud, python};
pub use fault::{Fault, Rule};
pub use program::{Finding, Program, Run, examples, with_little_patience, with_patience};
pub use tls_proxy::TlsProxy;
pub use wire::Call;
