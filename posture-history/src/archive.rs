//! Snapshots that are kept: files in a folder or in the object storage of a cloud.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::path::Path as File;
use std::sync::Arc;

use futures::StreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem};
use posture_core::snapshot::{DEFAULT_LIMIT, Snapshot};
use posture_core::text::hex;
use posture_core::time::Time;
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::{Error, Result};

/// Where snapshots are kept.
#[derive(Clone, Debug)]
pub struct Archive {
    store: Arc<dyn ObjectStore>,
    within: Path,
    /// As it was named, for messages.
    name: String,
    /// The folder, where it is one.
    folder: Option<std::path::PathBuf>,
}

/// A snapshot that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedSnapshot {
    /// Its name in the archive.
    pub name: String,
    /// The SHA-256 digest of its bytes, in hexadecimal.
    pub sha256: String,
}

impl ArchivedSnapshot {
    /// The digest of the bytes of a snapshot, and a name for them. No other snapshot has the name, even with the same bytes:
    /// another history may keep them in the same archive, and each deletes only its own.
    pub(crate) fn new(finished: Time, bytes: &[u8]) -> Self {
        let sha256 = hex(Sha256::digest(bytes));
        let day: String =
            finished.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).take(15).collect();
        let chance = RandomState::new().hash_one(&sha256);
        let name = format!("{day}-{}-{chance:016x}.json.zst", &sha256[..16]);
        Self { name, sha256 }
    }
}

impl Archive {
    /// Opens an archive: a folder, which is made where it is not there, or an address such as `s3://bucket/folder`,
    /// `az://container/folder` or `gs://bucket/folder`. Credentials come from the environment variables of the cloud's own
    /// tools, or from the identity of the machine. An endpoint that the environment names has to be `allowed`, by its address.
    ///
    /// # Errors
    /// [`Error::Address`] where it means nothing or leads to an endpoint that is not allowed, [`Error::File`] where the folder
    /// cannot be made.
    pub fn open(
        address: &str,
        environment: impl IntoIterator<Item = (String, String)>,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let Some((scheme, _)) = address.split_once("://") else {
            return Self::folder(address);
        };
        let wrong = |why| Error::Address(format!("{scheme}://…"), why);
        if !["s3", "az", "gs", "abfs", "abfss"].contains(&scheme) {
            return Err(wrong("snapshots can be stored in a folder, or at s3://, az:// or gs://"));
        }
        let url = Url::parse(address).map_err(|_| wrong("the address is invalid"))?;
        if url.password().is_some() {
            return Err(wrong("an address must not contain a password"));
        }
        // Other variables mean other things, even where their names are those of options.
        let options = environment.into_iter().filter(|(name, _)| {
            ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix))
        });
        let options: Vec<(String, String)> = options.collect();
        if options.iter().any(|(name, value)| !stays(name, value, &allowed)) {
            return Err(wrong(
                "the environment sets an endpoint that is not a cloud's; POSTURE_ALLOW_ENDPOINT allows other endpoints",
            ));
        }
        let (store, within) = object_store::parse_url_opts(&url, options).map_err(|error| {
            Error::Archive { archive: address.to_owned(), source: Box::new(error) }
        })?;
        Ok(Self { store: store.into(), within, name: address.to_owned(), folder: None })
    }

    fn folder(path: &str) -> Result<Self> {
        let failed = |error| Error::File(path.into(), error);
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(|error| Error::Archive {
            archive: path.to_owned(),
            source: Box::new(error),
        })?;
        // The same folder is the same archive, however it is named.
        let folder = Some(File::new(path).canonicalize().map_err(failed)?);
        Ok(Self { store: Arc::new(store), within: Path::default(), name: path.to_owned(), folder })
    }

    /// Stores something under a separate name; what was there under that name is replaced as a whole.
    ///
    /// # Errors
    /// [`Error::Archive`] or [`Error::File`] if the storage fails.
    pub async fn put_as(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        // Others may write the same name at the same time.
        let chance = RandomState::new().hash_one(name);
        self.put(name, format!("{name}.{chance:016x}.part"), bytes).await
    }

    /// Stores a snapshot under its name, which no other process writes.
    pub(crate) async fn put_kept(&self, kept: &ArchivedSnapshot, bytes: Vec<u8>) -> Result<()> {
        self.put(&kept.name, staged(&kept.name), bytes).await
    }

    async fn put(&self, name: &str, part: String, bytes: Vec<u8>) -> Result<()> {
        let Some(folder) = &self.folder else {
            let put = self.store.put(&self.path(name), PutPayload::from(bytes)).await;
            return put.map(drop).map_err(|error| self.failed(error));
        };
        let path = folder.join(name);
        let (target, part) = (path.clone(), folder.join(part));
        let written = tokio::task::spawn_blocking(move || write(&target, &part, &bytes)).await;
        written
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(|error| Error::File(path, error))
    }

    /// Reads a snapshot again.
    ///
    /// # Errors
    /// [`Error::Archive`] if the storage does not return it, [`Error::Changed`] if its bytes differ from those that were put
    /// there.
    pub async fn get(&self, kept: &ArchivedSnapshot) -> Result<Snapshot> {
        let bytes = self.bytes(kept).await?;
        Snapshot::read(bytes.as_slice(), DEFAULT_LIMIT).map_err(Error::Snapshot)
    }

    /// Reads the bytes of a snapshot again, as they were put there.
    ///
    /// # Errors
    /// [`Error::Archive`] where the storage does not give them, [`Error::Changed`] where they are others than were put there.
    pub async fn bytes(&self, kept: &ArchivedSnapshot) -> Result<Vec<u8>> {
        let found = self.store.get(&self.path(&kept.name)).await.map_err(|e| self.failed(e))?;
        let mut bytes = Vec::new();
        let mut stream = found.into_stream();
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part.map_err(|error| self.failed(error))?);
            if bytes.len() as u64 > DEFAULT_LIMIT {
                return Err(Error::Changed(kept.name.clone()));
            }
        }
        if hex(Sha256::digest(&bytes)) != kept.sha256 {
            return Err(Error::Changed(kept.name.clone()));
        }
        Ok(bytes)
    }

    /// Identifies the archive, however it was named.
    pub(crate) fn address(&self) -> String {
        match &self.folder {
            Some(folder) => folder.to_string_lossy().into_owned(),
            None => self.name.trim_end_matches('/').to_owned(),
        }
    }

    /// Deletes a snapshot; one that is not there any more is deleted already.
    ///
    /// # Errors
    /// [`Error::Archive`] if the storage fails.
    pub async fn delete(&self, name: &str) -> Result<()> {
        // Leftovers of a process that was killed while it wrote.
        if let Some(folder) = &self.folder {
            let part = folder.join(staged(name));
            match std::fs::remove_file(&part) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::File(part, error));
                }
                _ => {}
            }
        }
        match self.store.delete(&self.path(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn path(&self, name: &str) -> Path {
        self.within.clone().join(name)
    }

    fn failed(&self, error: object_store::Error) -> Error {
        Error::Archive { archive: self.to_string(), source: Box::new(error) }
    }
}

impl fmt::Display for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)
    }
}

/// Variables that name where signed requests go, as object_store 0.14 reads them for S3, Azure and Google.
const ENDPOINTS: &[&str] = &[
    "AWS_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AZURE_AUTHORITY_HOST",
    "AZURE_ENDPOINT",
    "AZURE_FABRIC_TOKEN_SERVICE_URL",
    "AZURE_FABRIC_WORKLOAD_HOST",
    "AZURE_STORAGE_AUTHORITY_HOST",
    "AZURE_STORAGE_ENDPOINT",
    "GOOGLE_BASE_URL",
];

/// Variables that name where a machine gets its own credentials: on itself, or on the link to its host.
const OWN: &[&str] = &[
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_METADATA_ENDPOINT",
    "AZURE_IDENTITY_ENDPOINT",
    "AZURE_MSI_ENDPOINT",
];

/// Whether a variable keeps credentials where they belong.
fn stays(variable: &str, value: &str, allowed: impl Fn(&str) -> bool) -> bool {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(variable));
    if is(ENDPOINTS) {
        return allowed(value);
    }
    if is(OWN) {
        return match Url::parse(value).as_ref().map(Url::host) {
            Ok(Some(url::Host::Ipv4(host))) => host.is_loopback() || host.is_link_local(),
            // The address of the metadata service of EC2, and of the agent of EKS.
            Ok(Some(url::Host::Ipv6(host))) => {
                host.is_loopback() || host.segments()[..2] == [0xfd00, 0x0ec2]
            }
            Ok(Some(url::Host::Domain(host))) => host == "localhost",
            _ => false,
        };
    }
    true
}

/// The temporary name of a snapshot's file while it is written, so that leftovers can be found.
fn staged(name: &str) -> String {
    format!("{name}.part")
}

/// Writes a file that only its owner can read, from the first byte on; it is whole once it has its name.
fn write(path: &File, part: &File, bytes: &[u8]) -> std::io::Result<()> {
    let written = write_part(part, bytes).and_then(|()| std::fs::rename(part, path));
    if written.is_err() {
        let _ = std::fs::remove_file(part);
    }
    written?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write_part(part: &File, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}
