//! What the end-to-end tests stand on: a local AWS server that nobody here wrote, a proxy that makes it fail, and the
//! program itself.
//!
//! `cargo xtask test` installs the server. Everything stays on the loopback interface.

// A test that cannot be set up has to fail, and says why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cloud;
mod complete;
mod fault;
mod program;
mod proxy;
pub mod scenes;
mod wire;

pub use cloud::Cloud;
pub use fault::{Fault, Rule};
pub use program::{Finding, Program, Run};
pub use wire::Call;

/// A moment that lies some days ahead, as answers in XML write it.
pub fn days_from_now(days: u64) -> String {
    let then = std::time::SystemTime::now() + std::time::Duration::from_secs(days * 24 * 60 * 60);
    let then = aws_smithy_types::DateTime::from(then);
    then.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap()
}
