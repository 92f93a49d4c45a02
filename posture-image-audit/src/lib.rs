//! Container images as a provider: what [`posture_image`] reads becomes facts that controls judge.
//!
//! - [`read::inputs`] opens archives and layouts, and [`read::read`] reads one image into a scope.
//! - `facts` answers the questions about an image: its user, its files, its build.
//! - `vulnerabilities` matches its packages with a local [`database`], and with the catalog of exploited ones.
//! - [`registry`] reaches images in registries, and `attached` verifies what these hold for them.
//! - [`cache`] keeps what was read of an image, by its digest.
//! - [`trust`] is what is known from outside of the image: signatures and attestations, and the registry.
//! - [`documents`] takes in what others state: `statements` about vulnerabilities, `bills` of materials, and what is `reported` by other
//!   scanners.
//! - [`update`] makes a database from dumps, and [`fetch`] fetches these.
//!
//! # Design
//!
//! Each image is a scope, so that it is read, judged and dropped by itself. Its vulnerabilities are resources of their own: each is
//! accepted, compared and counted by itself, as in the history and in `posture diff`, and an exception names one by its ID. Packages
//! and layers are evidence.
//!
//! Nothing is a default. What the image leaves open is a gap, also behind a list that is known in part: only a complete list shows
//! that something is not there. Without a database of vulnerabilities, or with one that is too old, every image is unknown.
//!
//! Credentials are never part of a fact: their place and their type are.

mod attached;
pub mod bills;
pub mod cache;
pub mod database;
pub mod documents;
pub mod exploited;
mod facts;
pub mod fetch;
mod files;
mod gaps;
pub mod info;
mod platform;
pub mod read;
pub mod registry;
mod reported;
mod secrets;
mod seen;
mod statements;
pub mod trust;
pub mod update;
mod vulnerabilities;

pub use read::{Input, Options};
