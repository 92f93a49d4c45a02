//! How much is read of what is attached to an image.

/// Bounds on one verification. What is beyond one is not read, and is a [`Gap`](crate::Gap): a signature that is found within the
/// bounds counts all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a manifest. Registries accept 4 MiB.
    pub manifest: usize,
    /// Layers of one manifest that are looked at.
    pub layers: usize,
    /// Layers of all manifests that are looked at. It bounds the time: each may take [`signatures`](Self::signatures) checks by each
    /// key.
    pub items: usize,
    /// Manifests that refer to the image.
    pub referrers: usize,
    /// Bytes of a payload of cosign, which has some 250.
    pub payload: usize,
    /// Bytes of a bundle or envelope, which may hold a bill of materials.
    pub envelope: usize,
    /// Bytes of all blobs together.
    pub total: usize,
    /// Signatures of one envelope.
    pub signatures: usize,
    /// Subjects of one statement.
    pub subjects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest: 4 << 20,
            layers: 200,
            items: 1_000,
            referrers: 1_000,
            payload: 1 << 20,
            envelope: 32 << 20,
            total: 128 << 20,
            signatures: 16,
            subjects: 10_000,
        }
    }
}
