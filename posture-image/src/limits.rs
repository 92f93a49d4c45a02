//! How much of an image is read at most.

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Bounds on reading one image. Reaching one is reported as [`Cause::Incomplete`](crate::Cause::Incomplete).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a manifest or index. Registries accept 4 MiB.
    pub manifest: u64,
    /// Bytes of a configuration.
    pub config: u64,
    /// Entries of an index.
    pub index_entries: usize,
    /// Layers of an image.
    pub layers: usize,
    /// Compressed bytes of a layer.
    pub layer_compressed: u64,
    /// Decompressed bytes of a layer.
    pub layer_decompressed: u64,
    /// Decompressed bytes of all layers.
    pub image_decompressed: u64,
    /// Decompressed bytes for each compressed one, beyond the first `ratio_after` decompressed bytes.
    pub ratio: u64,
    /// Decompressed bytes that no ratio applies to.
    pub ratio_after: u64,
    /// Entries of a layer.
    pub entries: usize,
    /// Bytes of all paths that are held of an image.
    pub path_bytes: u64,
    /// Bytes of a path.
    pub path: usize,
    /// Components of a path.
    pub depth: usize,
    /// Bytes of a PAX header or of a GNU long name.
    pub extension: u64,
    /// Parts of a sparse file.
    pub sparse_parts: usize,
    /// Bytes of a file of which the content is kept.
    pub file: u64,
    /// Bytes of a package database.
    pub database: u64,
    /// Bytes of all contents that are held at the same time.
    pub kept: u64,
    /// Nesting of JSON.
    pub json_depth: usize,
    /// Symbolic links that are followed for one path.
    pub links: usize,
    /// Nesting of archives in files.
    pub jar_depth: usize,
    /// Decompressed bytes of all archives in the files of an image, which are searched for credentials.
    pub archives: u64,
    /// Findings of secrets for one image.
    pub secrets: usize,
    /// Packages of one database, and of what one file records.
    pub packages: usize,
    /// Files whose packages are known.
    pub owned_files: usize,
    /// Bytes of a document of another program: an SBOM, statements about vulnerabilities, a report.
    pub document: u64,
    /// Entries of a list of such a document.
    pub document_entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest: 4 * MIB,
            config: 8 * MIB,
            index_entries: 1_000,
            layers: 500,
            layer_compressed: 10 * GIB,
            layer_decompressed: 20 * GIB,
            image_decompressed: 50 * GIB,
            ratio: 200,
            ratio_after: 64 * MIB,
            entries: 2_000_000,
            path_bytes: 512 * MIB,
            path: 4_096,
            depth: 256,
            extension: MIB,
            sparse_parts: 100_000,
            file: 64 * MIB,
            database: 256 * MIB,
            kept: 512 * MIB,
            json_depth: 64,
            links: 40,
            jar_depth: 5,
            archives: 4 * GIB,
            secrets: 10_000,
            packages: 100_000,
            owned_files: 3_000_000,
            document: 128 * MIB,
            document_entries: 500_000,
        }
    }
}
