//! The image that is asked about.

use crate::digest::{Digest, DigestError};

/// The image that is asked about.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    pub(crate) digest: Digest,
    pub(crate) manifest: &'a [u8],
    pub(crate) repository: Option<&'a str>,
}

/// Why an image cannot be asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// The digest is not one that can be checked.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The manifest has another digest.
    #[error("the manifest does not have the digest {0}")]
    OtherContent(Digest),
}

impl<'a> Image<'a> {
    /// An image, or an index of images, by its digest and the bytes of its manifest as the registry served them. A signature of an
    /// index covers its images only if the caller found the image through that index. `repository` is the name by which it was
    /// found, such as `ghcr.io/example/app`.
    ///
    /// # Errors
    ///
    /// The digest has another form, or is not that of the manifest.
    pub fn new(
        digest: &str,
        manifest: &'a [u8],
        repository: Option<&'a str>,
    ) -> Result<Self, ImageError> {
        let digest = Digest::parse(digest)?;
        if !digest.is_of(manifest) {
            return Err(ImageError::OtherContent(digest));
        }
        Ok(Self { digest, manifest, repository })
    }

    /// Its digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}
