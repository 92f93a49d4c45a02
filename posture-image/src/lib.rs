//! What is in a container image, read without a daemon and without running or unpacking anything of it.
//!
//! [`source`] opens OCI layouts, `oci-archive` and `docker-archive` files; [`image`] checks every blob against its digest and
//! reads the layers one after the other; [`tree`] is the file system that they make together. On top of these, [`config`]
//! answers questions about the configuration, [`files`] about the files, [`secrets`] finds credentials in known forms,
//! [`packages`] lists what is installed, and [`osv`] matches that with records of vulnerabilities.
//!
//! ```no_run
//! use posture_image::image::{self, Options};
//! use posture_image::source::Archive;
//!
//! # fn main() -> Result<(), posture_image::Gap> {
//! let options = Options::new([0; 32]); // in a report: random
//! let archive = Archive::open("app.tar".as_ref(), &options.limits)?;
//! for named in &archive.images {
//!     let image = image::read(&archive, named, &options)?;
//!     println!("{} packages", image.packages.packages.items.len());
//!     for gap in &image.gaps {
//!         println!("not certain: {gap}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is unknown
//!
//! Everything in an image is hostile: names, sizes, encodings, histories. What could not be read is a [`Gap`] with its reason,
//! and an answer is one of three: known, absent, or unknown. A list is a [`List`], which states what it may lack; only a list
//! without gaps shows that something is not there.
//!
//! # What is not read
//!
//! Registries, which `posture-registry` reads as another source; signatures; package databases of rpm in the forms of Berkeley DB and NDB, which are gaps; archives in an image,
//! apart from Java's, so that what is compressed in them is not searched for credentials; lock files; programs that record
//! nothing, which are counted. Values with telling names are only searched for in configuration files of up to a mebibyte.
//!
//! # Sources of the rules
//!
//! [OCI image specification](https://github.com/opencontainers/image-spec) 1.1,
//! [Docker image manifest, version 2, schema 2](https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md),
//! [OSV schema](https://ossf.github.io/osv-schema/) 1.7; each module names its own.

pub mod config;
pub mod digest;
pub mod files;
pub mod image;
pub mod json;
pub mod layer;
pub mod limits;
pub mod manifest;
pub mod osv;
pub mod packages;
pub mod reference;
pub mod secrets;
pub mod source;
pub mod text;
pub mod tree;
pub mod truth;
pub mod version;
mod zip;

pub use truth::{Answer, Cause, Gap, List};
