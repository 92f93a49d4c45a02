//! Makes the local database from dumps that were fetched before: what [OSV](https://google.github.io/osv.dev/data/#data-dumps)
//! publishes for an ecosystem, and the catalog of exploited vulnerabilities. [`fetch`](crate::fetch) fetches them.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use posture_collect::files::{regular, shown};
use posture_image::osv::Builder;
use posture_image::osv::database::Description;
use posture_model::time::Time;

use crate::database::beside;
use crate::exploited::{self, Catalog};

/// The most bytes of a dump. The largest of 2026 has some hundred megabytes.
pub(crate) const DUMP: usize = 2 << 30;
/// The most bytes of a record, and of the catalog.
pub(crate) const RECORD: usize = 32 << 20;
/// The most folders below one that is given.
const DEPTH: usize = 3;
/// The most files of a folder.
const FILES: usize = 2_000_000;

/// What became of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// What the database holds.
    pub description: Description,
    /// The dumps that were read: file, ecosystem, number of records.
    pub dumps: Vec<(String, String, usize)>,
    /// The catalog of exploited vulnerabilities, with its number of entries.
    pub exploited: Option<(String, usize)>,
}

/// Writes a database from dumps: zip archives, unpacked dumps, and folders of them. A file with the name under which CISA publishes
/// its catalog is copied beside the database. `fetched` is when they were fetched; without it, the age of an ecosystem is that of its
/// last change.
///
/// Nothing is left half written: the database is replaced once it is complete.
///
/// # Errors
/// A file cannot be read or is not a dump, or the database cannot be written.
pub fn update(from: &[PathBuf], to: &Path, fetched: Option<Time>) -> Result<Updated, String> {
    let mut reading = Reading { builder: Builder::default(), dumps: Vec::new(), catalog: None };
    for path in from {
        if path.is_dir() {
            reading.folder(path, 0)?;
        } else {
            reading.file(path)?;
        }
    }
    let Reading { builder, dumps, catalog } = reading;
    if dumps.is_empty() && catalog.is_none() {
        return Err(
            "no dump of OSV records there: neither a .zip file nor a folder of .json files"
                .to_owned(),
        );
    }
    write(builder, dumps, catalog, to, fetched)
}

/// A catalog that was read.
#[derive(Debug)]
pub(crate) struct CatalogFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) count: usize,
}

/// Writes the database and the catalog beside it. Both are complete and on the disk before one of them replaces what was there.
pub(crate) fn write(
    builder: Builder,
    dumps: Vec<(String, String, usize)>,
    catalog: Option<CatalogFile>,
    to: &Path,
    fetched: Option<Time>,
) -> Result<Updated, String> {
    let failed = |error: io::Error| format!("{}: {error}", shown(to));
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut description = Description::default();
    let mut made = None;
    if !dumps.is_empty() {
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let fetched = fetched.map(|time| time.to_string()).unwrap_or_default();
        description = builder.finish(BufWriter::new(&mut file), &fetched).map_err(failed)?;
        file.flush().map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        made = Some(file);
    }
    let mut exploited = None;
    if let Some(CatalogFile { name, bytes, count }) = catalog {
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(beside(to)).map_err(|error| failed(error.error))?;
        exploited = Some((name, count));
    }
    if let Some(file) = made {
        file.persist(to).map_err(|error| failed(error.error))?;
    }
    Ok(Updated { description, dumps, exploited })
}

struct Reading {
    builder: Builder,
    dumps: Vec<(String, String, usize)>,
    catalog: Option<CatalogFile>,
}

impl Reading {
    fn file(&mut self, path: &Path) -> Result<(), String> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if name == exploited::FILE {
            return self.catalog(path);
        }
        if !name.to_ascii_lowercase().ends_with(".zip") {
            return Err(format!(
                "{}: neither a dump (.zip), nor {}, nor a folder",
                shown(path),
                exploited::FILE
            ));
        }
        let bytes = self.bytes(path, DUMP)?;
        let found = self.builder.add_dump(&hint(path), &bytes);
        let (ecosystem, count) = found.map_err(|gap| format!("{}: {}", shown(path), gap.detail))?;
        self.dumps.push((shown(path), ecosystem, count));
        Ok(())
    }

    fn bytes(&self, path: &Path, most: usize) -> Result<Vec<u8>, String> {
        let bytes = regular(path, most).map_err(|error| format!("{}: {error}", shown(path)))?;
        if bytes.len() > most {
            return Err(format!("{}: more than {most} bytes", shown(path)));
        }
        Ok(bytes)
    }

    fn catalog(&mut self, path: &Path) -> Result<(), String> {
        let bytes = self.bytes(path, RECORD)?;
        let catalog = Catalog::parse(&bytes).map_err(|why| format!("{}: {why}", shown(path)))?;
        let (name, count) = (shown(path), catalog.ids.len());
        self.catalog = Some(CatalogFile { name, bytes, count });
        Ok(())
    }

    /// A folder: dumps in it, and an unpacked one.
    fn folder(&mut self, path: &Path, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("{}: folders in folders", shown(path)));
        }
        let failed = |error: std::io::Error| format!("{}: {error}", shown(path));
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            entries.push(entry.map_err(failed)?.path());
            if entries.len() > FILES {
                return Err(format!("{}: more than {FILES} files", shown(path)));
            }
        }
        entries.sort();
        let ends = |path: &Path, end: &str| path.extension().is_some_and(|one| one == end);
        let mut records = Vec::new();
        for entry in entries {
            if entry.is_dir() {
                self.folder(&entry, depth + 1)?;
            } else if entry.file_name().is_some_and(|name| name == exploited::FILE) {
                self.catalog(&entry)?;
            } else if ends(&entry, "zip") {
                self.file(&entry)?;
            } else if ends(&entry, "json") {
                records.push(entry);
            }
        }
        if records.is_empty() {
            return Ok(());
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let contents = records.iter().map(|file| match regular(file, RECORD) {
            Ok(bytes) if bytes.len() <= RECORD => Ok(bytes),
            Ok(_) | Err(_) => Err(()),
        });
        let found = self.builder.add_all(&name.unwrap_or_default(), contents);
        let (ecosystem, count) = found.map_err(|gap| format!("{}: {}", shown(path), gap.detail))?;
        self.dumps.push((shown(path), ecosystem, count));
        Ok(())
    }
}

/// The ecosystem that a path names: `Debian.zip`, `Debian/all.zip`.
fn hint(path: &Path) -> String {
    let text = |name: Option<&std::ffi::OsStr>| {
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    match text(path.file_stem()) {
        stem if stem == "all" => text(path.parent().and_then(Path::file_name)),
        stem => stem,
    }
}
