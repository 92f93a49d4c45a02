//! What is in a container image, read without a daemon and without running or unpacking anything of it.
//!
//! [`source`] opens OCI layouts, `oci-archive` and `docker-archive` files; [`image`] checks every blob against its digest and
//! reads the layers one after the other; [`tree`] is the file system that they make together. On top of these, [`config`]
//! answers questions about the configuration, [`files`] about the files, [`secrets`] finds credentials in known forms,
//! [`packages`] lists what is installed, and [`osv`] matches that with records of vulnerabilities.
//!
//! What others state comes in beside that and never replaces it: [`sbom`] reads and writes software bills of materials, [`vex`]
//! marks findings with the statements that cover them, [`theirs`] reads reports of other scanners, and [`priority`] reads
//! how probable an exploit is and which vulnerabilities are exploited.
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
//! A finding with what is stated about it:
//!
//! ```no_run
//! use posture_image::image::Image;
//! use posture_image::limits::Limits;
//! use posture_image::osv::{self, Database};
//! use posture_image::vex;
//!
//! # fn judge(image: &Image, database: &Database, statements: &[u8]) -> Result<(), posture_image::Gap> {
//! let documents = [vex::read(statements, "app.vex.json", &[], &Limits::default())?];
//! let mut found = osv::audit(&image.packages, database);
//! let rest = vex::apply(&mut found.items, &image.packages, &image.identity, &image.names, &documents);
//! for one in &found.items {
//!     let excused = vex::excuses(one, |author| author == "security@example.com");
//!     println!("{} {}: {} statements, excused: {excused}", one.id, one.package, one.vex.len());
//! }
//! for one in rest.unmatched {
//!     println!("{} {}: {}", one.document, one.place, one.reason);
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
//! Registries, which `posture-registry` reads as another source; signatures; package databases of rpm in the forms of Berkeley DB
//! and NDB, of pacman, Portage, opkg and Nix, and packages of Conda, R, Erlang and others, all of which are gaps by their names;
//! archives of xz, bzip2, 7z and RAR in an image, which are gaps of the search for credentials; lock files; programs that record
//! nothing, which are counted. Values with telling names are only searched for in configuration files.
//!
//! # Sources of the rules
//!
//! [OCI image specification](https://github.com/opencontainers/image-spec) 1.1,
//! [Docker image manifest, version 2, schema 2](https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md),
//! [OSV schema](https://ossf.github.io/osv-schema/) 1.7, [OpenVEX](https://github.com/openvex/spec) 0.2.0,
//! [CycloneDX](https://cyclonedx.org/specification/overview/) 1.4 to 1.6, [SPDX](https://spdx.github.io/spdx-spec/v2.3/) 2.2 and 2.3,
//! [package URLs](https://github.com/package-url/purl-spec); each module names its own.

pub mod config;
pub mod digest;
mod document;
pub mod files;
pub mod image;
pub mod json;
pub mod layer;
pub mod limits;
pub mod manifest;
pub mod osv;
pub mod packages;
pub mod priority;
pub mod reference;
pub mod sbom;
pub mod secrets;
pub mod source;
pub mod text;
pub mod theirs;
pub mod time;
pub mod tree;
pub mod truth;
pub mod version;
pub mod vex;
mod zip;

pub use truth::{Answer, Cause, Gap, List};
