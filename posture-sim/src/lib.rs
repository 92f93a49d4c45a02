//! Simulated clouds on loopback, for tests, benchmarks and a first look: [`aws`] and [`azure`], in the wire protocols of the
//! services, with faults on demand.

pub mod aws;
pub mod azure;
mod declared;
mod fault;
mod pace;
mod serve;
mod text;
mod time;

pub use declared::Error;
pub use fault::{Custom, Fault, Rule};
pub use pace::{Latency, Quota};
