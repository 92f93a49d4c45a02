//! What is kept of images that were read, so that an image that was seen already is not read again.
//!
//! An entry holds what an image shows by itself: facts, gaps and packages, and no file, no credential and no verdict. Signatures,
//! vulnerabilities and everything that depends on the day are looked up anew in each audit. Its name is a digest over the digest of
//! the image, the platform, the version of the program and the rules by which it reads images, so that an entry never answers for
//! another image or another version.
//!
//! An image of a registry is known by its digest. Of a layout or an archive the manifest, the configuration and each layer are hashed
//! again before an entry counts, which takes as long as reading the file, and not as long as searching it. Archives of `docker save`
//! without digests of layers are not kept.
//!
//! An entry that is damaged, too large, or not of this version counts as none. The folder is private to the user, and bounded: what
//! was not used for the longest time is removed first.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use posture_image::digest::{Algorithm, Digest};
use posture_image::image::Identity;
use posture_image::manifest::Platform;
use posture_image::packages::os::Os;
use posture_image::packages::{Inventory, Package};
use posture_image::source::{Named, Root};
use posture_image::{Answer, List};
use posture_model::gap::Gap;
use posture_model::resource::ContainerImage;
use serde::{Deserialize, Serialize};

use crate::seen::Seen;

/// The usual name of the folder.
pub const FOLDER: &str = "images";
/// The most bytes of all entries.
const MOST_BYTES: u64 = 256 << 20;
/// The most entries.
const MOST_ENTRIES: usize = 2_000;
/// The most bytes of one entry, and of its content.
const ENTRY: u64 = 16 << 20;
const CONTENT: u64 = 128 << 20;
/// Before the digest of the rest, and the rest.
const MAGIC: &[u8] = b"posture image 1\n";
/// The length of a SHA-256 digest in hexadecimal digits.
const DIGEST: usize = 64;
/// Of zstd: an entry is written once and read often, and small either way.
const LEVEL: i32 = 3;
/// The end of the names of entries.
const END: &str = "seen";

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// None for an image that is not known by a digest before it is read.
    pub(crate) fn of(named: &Named, platform: &Platform) -> Option<Self> {
        let Root::Document(root) = &named.root else { return None };
        let parts = [
            env!("CARGO_PKG_VERSION"),
            env!("POSTURE_IMAGE_RULES"),
            &platform.to_string(),
            &root.media_type,
            &root.size.to_string(),
            &root.digest.to_string(),
        ];
        // Texts with their lengths, so that no two lists look the same.
        let text = parts.map(|part| format!("{} {part}\n", part.len())).concat();
        Some(Self(Digest::of(Algorithm::Sha256, text.as_bytes()).hex().to_owned()))
    }
}

/// The content of an entry.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Its own name, so that an entry that was renamed is not another.
    key: String,
    /// The digests of index, manifest and configuration.
    digests: [Option<String>; 3],
    image: ContainerImage,
    gaps: Vec<Gap>,
    os: Answer<Os>,
    packages: List<Package>,
    deleted: Vec<(String, u32)>,
    unrecorded: List<String>,
}

/// A folder with entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cache<'f> {
    folder: &'f Path,
    most_bytes: u64,
    most_entries: usize,
}

impl<'f> Cache<'f> {
    pub(crate) const fn new(folder: &'f Path) -> Self {
        Self { folder, most_bytes: MOST_BYTES, most_entries: MOST_ENTRIES }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.{END}", key.0))
    }

    /// What was kept; none if there is nothing that can be used.
    pub(crate) fn get(&self, key: &Key) -> Option<Seen> {
        let path = self.path(key);
        if !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        let mut file = File::open(&path).ok()?;
        let mut bytes = Vec::new();
        (&mut file).take(ENTRY + 1).read_to_end(&mut bytes).ok()?;
        let seen = decode(&bytes, key)?;
        // The folder keeps what is used.
        let _ = file.set_modified(SystemTime::now());
        Some(seen)
    }

    /// Keeps what was read.
    pub(crate) fn put(&self, key: &Key, seen: &Seen) -> io::Result<()> {
        let bytes = encode(key, seen)?;
        if bytes.len() as u64 > ENTRY.min(self.most_bytes) {
            return Ok(());
        }
        private(self.folder)?;
        // Its rights are those of the user alone.
        let mut file = tempfile::NamedTempFile::new_in(self.folder)?;
        file.write_all(&bytes)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        self.trim()
    }

    /// Removes the entries that were not used for the longest time, until the rest is within the bounds.
    fn trim(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.folder)? {
            let path = entry?.path();
            let is_entry = path.extension().is_some_and(|end| end == END);
            // Another audit may have removed it by now.
            let Ok(found) = fs::symlink_metadata(&path) else { continue };
            if is_entry && found.is_file() {
                entries.push((found.modified()?, found.len(), path));
            }
        }
        entries.sort();
        let mut bytes: u64 = entries.iter().map(|(_, size, _)| size).sum();
        let mut count = entries.len();
        for (_, size, path) in entries {
            if bytes <= self.most_bytes && count <= self.most_entries {
                break;
            }
            fs::remove_file(path)?;
            bytes -= size;
            count -= 1;
        }
        Ok(())
    }
}

/// Makes a folder that only the user can read.
fn private(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn encode(key: &Key, seen: &Seen) -> io::Result<Vec<u8>> {
    let Seen { identity, image, gaps, packages } = seen.clone();
    let digests = [identity.index, identity.manifest, identity.config];
    let digests = digests.map(|digest| digest.map(|digest| digest.to_string()));
    let Inventory { os, packages, owners: _, deleted, unrecorded } = packages;
    let key = key.0.clone();
    let entry = Entry { key, digests, image, gaps, os, packages, deleted, unrecorded };
    let content = zstd::bulk::compress(&serde_json::to_vec(&entry)?, LEVEL)?;
    let digest = Digest::of(Algorithm::Sha256, &content);
    Ok([MAGIC, digest.hex().as_bytes(), &content].concat())
}

fn decode(bytes: &[u8], key: &Key) -> Option<Seen> {
    let rest = bytes.strip_prefix(MAGIC).filter(|_| bytes.len() as u64 <= ENTRY)?;
    let (stated, content) = rest.split_at_checked(DIGEST)?;
    if Digest::of(Algorithm::Sha256, content).hex().as_bytes() != stated {
        return None;
    }
    let mut json = Vec::new();
    zstd::Decoder::new(content).ok()?.take(CONTENT).read_to_end(&mut json).ok()?;
    let Entry { key: own, digests, image, gaps, os, packages, deleted, unrecorded } =
        serde_json::from_slice(&json).ok()?;
    if own != key.0 {
        return None;
    }
    let [index, manifest, config] = &digests;
    let digest = |text: &Option<String>| text.as_deref().map(Digest::parse).transpose().ok();
    let (index, manifest, config) = (digest(index)?, digest(manifest)?, digest(config)?);
    let identity = Identity { index, manifest, config };
    let packages = Inventory { os, packages, deleted, unrecorded, ..Inventory::default() };
    Some(Seen { identity, image, gaps, packages })
}

#[cfg(test)]
mod tests;
