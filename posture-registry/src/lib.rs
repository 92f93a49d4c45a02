//! Container images in registries, read by the [OCI distribution protocol](https://github.com/opencontainers/distribution-spec) 1.1.
//!
//! A [`Client`] reads manifests, blobs, tags and referrers. It only reads: there is no request that changes a registry. The image
//! behind a reference is a [`Remote`], which [`posture_image::image::read`] reads as it reads an archive:
//!
//! ```no_run
//! use posture_image::image::{self, Options};
//! use posture_image::reference::Reference;
//! use posture_registry::Client;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(posture_registry::Options::default());
//! let remote = client.image(&Reference::parse("registry.example.com/team/app:1.2")?).await?;
//! let options = Options::new([0; 32]); // in a report: random
//! let read = move || image::read(&remote, &remote.named, &options);
//! match tokio::task::spawn_blocking(read).await? {
//!     Ok(image) => println!("{} packages", image.packages.packages.items.len()),
//!     Err(gap) => println!("not read: {gap}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Between async and not
//!
//! Requests are async, on the caller's Tokio runtime; `image::read` computes, and is not. Where it opens a blob, a task requests it and
//! passes on a few pieces ahead of the reader. So `image::read` belongs on a thread that may block. A reader that is dropped ends its
//! request.
//!
//! # What is checked
//!
//! The digest of every manifest, here; those of configurations and layers by `image::read`, as for every source. `Content-Type` and
//! `Docker-Content-Digest` are claims. Bodies are bounded before they are read, where a size is announced, and while they are.
//!
//! # Where credentials go
//!
//! To the registry that they are for, and to the token service that it names, over TLS; over plain HTTP on this machine only, and only
//! with [`Options::plain_loopback`]. A redirect to another host gets none. No host that a registry names may be in a network that is
//! more internal than the registry is. No error and no output of `Debug` has a secret.
//!
//! # What is not read
//!
//! Entries of `auth.json` for a part of a registry; foreign layers; registries without TLS on other machines.

mod azure;
mod body;
mod challenge;
mod client;
mod docker_config;
mod error;
mod helper;
mod link;
mod lists;
mod net;
mod options;
mod remote;
mod request;
mod secret;
mod sign_in;
mod site;
#[cfg(test)]
mod tests;

pub use azure::Held as AzureHeld;
pub use client::{Client, Fetched};
pub use docker_config::{ConfigError, DockerConfig, Login};
pub use error::{Error, Why};
pub use lists::{fallback_tag, is_helper_tag};
pub use net::client as http_client;
pub use options::{Bounds, Options, Pause, Waiting};
pub use remote::Remote;
pub use secret::Secret;
