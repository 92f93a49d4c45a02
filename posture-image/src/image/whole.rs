//! Whether a source holds an image, byte for byte.

use std::io;

use super::{Identity, Options, resolve};
use crate::digest::Hashing;
use crate::source::{Blobs, Named, Root, checked};
use crate::truth::{Cause, Gap};

/// Checks that the manifest, the configuration and the layers of an image are there and have the digests and sizes that are stated,
/// without reading what is in them. What was read from the same digest before is then true of this source as well.
///
/// # Errors
///
/// One is missing, differs or cannot be read, or the image is one of `docker save`, which states no digests of its layers' files.
pub fn verify(blobs: &dyn Blobs, named: &Named, options: &Options) -> Result<Identity, Gap> {
    let Root::Document(root) = &named.root else {
        return Err(Gap::new(Cause::Unsupported, "manifest.json", "layers without digests"));
    };
    let limits = &options.limits;
    let mut identity = Identity::default();
    let manifest = resolve(blobs, root, options, &mut identity)?;
    let config = &manifest.config;
    checked(blobs, &config.digest, Some(config.size), limits.config)?;
    identity.config = Some(config.digest.clone());
    for layer in &manifest.layers {
        let place = layer.digest.to_string();
        if layer.foreign || layer.size > limits.layer_compressed {
            return Err(Gap::new(Cause::NotRead, place, "a layer that is not read"));
        }
        let bytes = blobs.open_sized(&layer.digest, layer.size)?;
        let algorithm = layer.digest.algorithm();
        let mut hashing = Hashing::new(bytes, algorithm, layer.size);
        io::copy(&mut hashing, &mut io::sink())
            .map_err(|error| Gap::new(Cause::Unreadable, &place, error.to_string()))?;
        let (digest, size) = hashing.finish();
        if digest != layer.digest || size != layer.size {
            return Err(Gap::new(Cause::Mismatch, place, "the bytes are others"));
        }
    }
    Ok(identity)
}
