//! Compose files, read as Compose reads them.
//!
//! The rules are those of the [Compose Specification](https://github.com/compose-spec/compose-spec/blob/main/spec.md) and of its
//! [implementation](https://github.com/compose-spec/compose-go), read on 2026-12-01: YAML with anchors and `<<`, variables, `include`,
//! `extends`, and the merge of several files. A variable without a known value leaves open what it is part of.

mod check;
mod dotenv;
mod fit;
mod hints;
mod merge;
mod mounted;
mod mounts;
mod network;
mod ports;
mod project;
mod schema;
mod service;
mod size;
#[cfg(test)]
mod tests;
mod value;
mod variables;
mod volume;

pub(crate) use dotenv::environment;
pub(crate) use project::{Project, load};
pub(crate) use variables::Variables;
