//! Docker without an engine: what `docker inspect` and `docker info` print, Compose files and `daemon.json`, read into facts.
//!
//! - [`read`](read::read) takes files and standard input, and recognizes what each of them is.
//! - `inspect` reads containers, `daemon` what `docker info` prints, `daemon.json` and the flags of `dockerd`.
//! - `compose` reads Compose files as Compose does, strictly: every mistake has its place and what to write instead.
//! - [`socket`] reads a running engine where its socket is named, by GET requests alone.
//! - `settings` is what each source shows of one container, and becomes the facts of a workload.
//!
//! # Design
//!
//! A container that runs and a service that is to run are the same kind of resource, so that one control judges both. What a source
//! does not show is a gap with its reason, never a default: a Compose file shows neither the image's user nor the daemon's settings, and
//! `daemon.json` shows no flags. Where the daemon is among what is read, it decides for the containers.
//!
//! Nothing is run and nothing is fetched. Files are hostile: they are bounded, and only regular files are opened.

mod compose;
mod confinement;
mod daemon;
pub mod info;
mod inspect;
mod json;
mod mistake;
mod mounts;
pub mod read;
mod security;
mod settings;
mod shape;
pub mod socket;

pub use read::{Options, Tree};
