//! Where images come from: OCI layouts (a directory or a tar file) and archives of `docker save`. What reads registries implements
//! [`Blobs`].

mod archive;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::digest::{Algorithm, Digest, Hasher};
use crate::json;
use crate::limits::Limits;
use crate::manifest::{Descriptor, Document};
use crate::text;
use crate::truth::{Cause, Gap};

/// The bytes of a blob. They are not checked yet.
pub type Bytes = Box<dyn Read>;

/// Blobs by their digests: a layout, an archive, or a registry.
pub trait Blobs {
    /// Opens a blob. The caller checks what it reads against the digest. A source that has a time limit returns an error of the kind
    /// `TimedOut` from its readers; what follows is then unreadable.
    ///
    /// # Errors
    ///
    /// The blob is not there, or cannot be read.
    fn open(&self, digest: &Digest) -> Result<Bytes, Gap>;

    /// Opens a blob of which the size is stated. A source may find out by the size that it has another blob before it reads that.
    ///
    /// # Errors
    ///
    /// The blob is not there, has another size, or cannot be read.
    fn open_sized(&self, digest: &Digest, size: u64) -> Result<Bytes, Gap> {
        let _ = size;
        self.open(digest)
    }

    /// Opens a manifest or index, which registries keep apart from blobs.
    ///
    /// # Errors
    ///
    /// The document is not there, has another size, or cannot be read.
    fn open_manifest(&self, digest: &Digest, size: u64) -> Result<Bytes, Gap> {
        self.open_sized(digest, size)
    }

    /// Whether the source keeps nothing but blobs under their own digests, and the document that an image begins with was checked
    /// already. Everyone who pulls the image checks the rest, so that the digest stands for the image. A file may hold other bytes
    /// than it states.
    fn is_addressed_by_digest(&self) -> bool {
        false
    }

    /// Opens a layer of an archive that names layers by files and not by digests.
    ///
    /// # Errors
    ///
    /// The file is not there, or cannot be read.
    fn open_file(&self, name: &str) -> Result<Bytes, Gap> {
        Err(Gap::new(Cause::Missing, text::escape(name.as_bytes()), "not in the archive"))
    }
}

/// What a name in a source leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A manifest or index.
    Document(Descriptor),
    /// An image of `manifest.json`, as `docker save` writes it: a configuration, and layers by file names.
    Files {
        /// The file of the configuration, whose name holds its digest.
        config: String,
        /// The files of the layers, from the lowest.
        layers: Vec<String>,
    },
}

/// One image, or index of images, of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The names that the source has for it. They are text of its author.
    pub names: Vec<String>,
    /// Where to begin.
    pub root: Root,
}

/// A layout or archive in the local file system.
#[derive(Debug)]
pub struct Archive {
    files: Files,
    /// The images in it.
    pub images: Vec<Named>,
}

#[derive(Debug)]
enum Files {
    Directory(PathBuf),
    Tar { path: PathBuf, members: archive::Members },
}

impl Archive {
    /// Opens a directory with an OCI layout, or a tar file with a layout or of `docker save`, and lists its images.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is neither.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, Gap> {
        let place = text::escape(path.as_os_str().as_encoded_bytes());
        let unreadable = |error: io::Error| Gap::new(Cause::Unreadable, &place, error.to_string());
        let files = if path.metadata().map_err(unreadable)?.is_dir() {
            Files::Directory(path.to_owned())
        } else {
            let members =
                archive::Members::list(File::open(path).map_err(unreadable)?, &place, limits)?;
            Files::Tar { path: path.to_owned(), members }
        };
        let mut archive = Self { files, images: Vec::new() };
        archive.images = match (
            archive.small("oci-layout", limits)?,
            archive.small("manifest.json", limits)?,
        ) {
            (Some(marker), _) => {
                let version = json::parse(&marker, limits.json_depth).ok();
                if version
                    .as_ref()
                    .and_then(|value| value.get("imageLayoutVersion"))
                    .and_then(Value::as_str)
                    != Some("1.0.0")
                {
                    return Err(Gap::new(
                        Cause::Unsupported,
                        "oci-layout",
                        "not an OCI layout of version 1.0.0",
                    ));
                }
                archive.layout(limits)?
            }
            (None, Some(list)) => docker_list(&list, limits)?,
            (None, None) => {
                let detail = "neither an OCI layout nor an archive of `docker save`: no `oci-layout`, no `manifest.json`";
                return Err(Gap::new(Cause::Unsupported, place, detail));
            }
        };
        Ok(archive)
    }

    fn layout(&self, limits: &Limits) -> Result<Vec<Named>, Gap> {
        let index = self.small("index.json", limits)?;
        let index = index.ok_or_else(|| {
            Gap::new(Cause::Missing, "index.json", "an OCI layout without index.json")
        })?;
        let Document::Index(entries) = Document::read(&index, "", "index.json", limits)? else {
            return Err(Gap::new(Cause::Malformed, "index.json", "not an index"));
        };
        let mut images: Vec<Named> = Vec::new();
        for entry in entries.into_iter().filter(|entry| !entry.is_attestation()) {
            let names = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
            let name = names.iter().find_map(|key| entry.annotations.get(*key)).cloned();
            let same = |image: &&mut Named| matches!(&image.root, Root::Document(root) if root.digest == entry.digest);
            match images.iter_mut().find(same) {
                Some(image) => image.names.extend(name),
                None => images
                    .push(Named { names: name.into_iter().collect(), root: Root::Document(entry) }),
            }
        }
        Ok(images)
    }

    /// A small file at the top.
    fn small(&self, name: &str, limits: &Limits) -> Result<Option<Vec<u8>>, Gap> {
        match self.file(name)? {
            Some(reader) => bounded(reader, limits.manifest, name).map(Some),
            None => Ok(None),
        }
    }

    fn file(&self, name: &str) -> Result<Option<Bytes>, Gap> {
        let unreadable = |error: io::Error| {
            Gap::new(Cause::Unreadable, text::escape(name.as_bytes()), error.to_string())
        };
        match &self.files {
            Files::Directory(root) => {
                let path = name.split('/').fold(root.clone(), |path, part| path.join(part));
                // A pipe or device in the place of a blob would block.
                match path.metadata() {
                    Ok(found) if found.is_file() => {
                        Ok(Some(Box::new(File::open(path).map_err(unreadable)?)))
                    }
                    Ok(_) => Err(Gap::new(
                        Cause::Malformed,
                        text::escape(name.as_bytes()),
                        "not a regular file",
                    )),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(unreadable(error)),
                }
            }
            Files::Tar { path, members } => {
                let Some((start, size)) = members.find(name)? else { return Ok(None) };
                let mut file = File::open(path).map_err(unreadable)?;
                file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
                Ok(Some(Box::new(file.take(size))))
            }
        }
    }
}

impl Blobs for Archive {
    fn open(&self, digest: &Digest) -> Result<Bytes, Gap> {
        let name = format!("blobs/{}/{}", digest.algorithm().name(), digest.hex());
        self.file(&name)?.ok_or_else(|| {
            Gap::new(Cause::Missing, digest.to_string(), "the blob is not in the archive")
        })
    }

    fn open_file(&self, name: &str) -> Result<Bytes, Gap> {
        let place = text::escape(name.as_bytes());
        if name.starts_with('/') || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(Gap::new(Cause::Malformed, place, "a file name that leaves the archive"));
        }
        self.file(name)?.ok_or_else(|| Gap::new(Cause::Missing, place, "not in the archive"))
    }
}

/// `manifest.json` of an archive of `docker save`.
fn docker_list(bytes: &[u8], limits: &Limits) -> Result<Vec<Named>, Gap> {
    let malformed = |detail: &str| Gap::new(Cause::Malformed, "manifest.json", detail);
    let fields = ["Config", "Layers", "RepoTags"];
    let value =
        json::parse_fields(bytes, limits.json_depth, &fields).map_err(|error| malformed(&error))?;
    let list = value.as_array().ok_or_else(|| malformed("not a list of images"))?;
    if list.len() > limits.index_entries {
        return Err(Gap::new(
            Cause::Incomplete,
            "manifest.json",
            format!("more than {} images", limits.index_entries),
        ));
    }
    let texts = |value: Option<&Value>| -> Result<Vec<String>, Gap> {
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or_else(|| malformed("a list is expected"))?;
        list.iter()
            .map(|entry| {
                entry.as_str().map(str::to_owned).ok_or_else(|| malformed("a text is expected"))
            })
            .collect()
    };
    list.iter()
        .map(|image| {
            let config = image
                .get("Config")
                .and_then(Value::as_str)
                .ok_or_else(|| malformed("an image without `Config`"))?;
            let layers = texts(image.get("Layers"))?;
            if layers.len() > limits.layers {
                return Err(Gap::new(
                    Cause::Incomplete,
                    "manifest.json",
                    format!("more than {} layers", limits.layers),
                ));
            }
            Ok(Named {
                names: texts(image.get("RepoTags"))?,
                root: Root::Files { config: config.to_owned(), layers },
            })
        })
        .collect()
}

/// The digest that the file name of a configuration states: `<hex>.json`, or `blobs/sha256/<hex>`.
pub(crate) fn digest_of_name(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next()?;
    Digest::parse(&format!("sha256:{}", last.strip_suffix(".json").unwrap_or(last))).ok()
}

/// All bytes of a reader, up to a limit.
pub(crate) fn bounded(reader: impl Read, limit: u64, place: &str) -> Result<Vec<u8>, Gap> {
    let mut bytes = Vec::new();
    let read = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| {
        Gap::new(Cause::Unreadable, text::escape(place.as_bytes()), error.to_string())
    })?;
    if bytes.len() as u64 > limit {
        return Err(Gap::new(
            Cause::Incomplete,
            text::escape(place.as_bytes()),
            format!("more than {limit} bytes"),
        ));
    }
    Ok(bytes)
}

/// A small blob, checked against its digest and, if known, its size.
///
/// # Errors
///
/// It is not there, too large, or differs.
pub fn checked(
    blobs: &dyn Blobs,
    digest: &Digest,
    size: Option<u64>,
    limit: u64,
) -> Result<Vec<u8>, Gap> {
    let open = || size.map_or_else(|| blobs.open(digest), |size| blobs.open_sized(digest, size));
    check(open, digest, size, limit)
}

/// A manifest or index, checked against the digest and the size that are stated.
///
/// # Errors
///
/// It is not there, too large, or differs.
pub fn checked_manifest(
    blobs: &dyn Blobs,
    stated: &Descriptor,
    limit: u64,
) -> Result<Vec<u8>, Gap> {
    let open = || blobs.open_manifest(&stated.digest, stated.size);
    check(open, &stated.digest, Some(stated.size), limit)
}

fn check(
    open: impl FnOnce() -> Result<Bytes, Gap>,
    digest: &Digest,
    size: Option<u64>,
    limit: u64,
) -> Result<Vec<u8>, Gap> {
    let place = digest.to_string();
    if size.is_some_and(|size| size > limit) {
        return Err(Gap::new(Cause::Incomplete, place, format!("more than {limit} bytes")));
    }
    let bytes =
        bounded(open()?, size.unwrap_or(limit), &place).map_err(|gap| match (gap.cause, size) {
            (Cause::Incomplete, Some(size)) => Gap::new(
                Cause::Mismatch,
                &place,
                format!("more than the {size} bytes that are stated"),
            ),
            _ => gap,
        })?;
    let mut hasher = Hasher::new(digest.algorithm());
    hasher.update(&bytes);
    let found = hasher.finish();
    if found != *digest || size.is_some_and(|size| size != bytes.len() as u64) {
        return Err(Gap::new(
            Cause::Mismatch,
            place,
            format!("the bytes have the digest {found} and the size {}", bytes.len()),
        ));
    }
    Ok(bytes)
}

/// Blobs in memory, for tests and for what was fetched already.
#[derive(Clone, Debug, Default)]
pub struct Memory(std::collections::BTreeMap<Digest, std::sync::Arc<[u8]>>);

impl Memory {
    /// Adds a blob.
    pub fn add(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(Algorithm::Sha256, &bytes);
        self.0.insert(digest.clone(), bytes.into());
        digest
    }

    /// Stores bytes under a digest that may be another one.
    pub fn add_as(&mut self, digest: Digest, bytes: Vec<u8>) {
        self.0.insert(digest, bytes.into());
    }
}

impl Blobs for Memory {
    fn open(&self, digest: &Digest) -> Result<Bytes, Gap> {
        match self.0.get(digest) {
            Some(bytes) => Ok(Box::new(io::Cursor::new(std::sync::Arc::clone(bytes)))),
            None => Err(Gap::new(Cause::Missing, digest.to_string(), "the blob is not there")),
        }
    }
}
