//! Simulated clouds on loopback, for tests, benchmarks and a first look: [`aws`], [`azure`] and [`kubernetes`], in the wire
//! protocols of the services, with faults on demand.

pub mod aws;
pub mod azure;
mod declared;
mod fault;
pub mod kubernetes;
mod pace;
mod serve;
mod text;
mod time;

pub use declared::Error;
pub use fault::{Custom, Fault, Rule};
pub use pace::{Latency, Quota};
