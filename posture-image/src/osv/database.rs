//! A local database of records: one file, in which the records of a package are found without reading the others.
//!
//! Records are kept without their texts and links, ordered by package, in blocks that are compressed. Behind the blocks are the
//! tables of blocks and records, an index by a hash of ecosystem and name, a description in JSON, and where that is. All parts
//! have checksums, so that a damaged file is unknown and not empty.

mod build;

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

pub use build::Builder;
use serde::{Deserialize, Serialize};

use super::ecosystem::{self, base};
use super::record::Record;
use super::records::Source;
use crate::text;
use crate::truth::{Cause, Gap};

/// The last byte is the version of the form: 1 had no related vulnerabilities.
const MAGIC: &[u8; 8] = b"posture2";
/// Bytes of the entries of the tables.
const BLOCK: usize = 20;
const RECORD: usize = 8;
const ENTRY: usize = 12;
/// Bytes behind everything: offset, length and checksum of the description, and the magic.
const TRAILER: usize = 24;
/// Blocks that stay decompressed.
const CACHED: usize = 64;
/// The largest decompressed block: one record alone may be of this size.
const LARGEST: usize = 64 << 20;

/// What a database holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// When the records were fetched, as the builder was given it; empty if that is not known.
    pub fetched: String,
    /// The number of records.
    pub records: u64,
    /// The ecosystems with their releases, each with the number of its records.
    pub ecosystems: std::collections::BTreeMap<String, u64>,
    /// Records that could not be read, by the ecosystem of their dump.
    pub damaged: std::collections::BTreeMap<String, u64>,
    /// The ecosystems of which all records were added, without releases, each with the time at which the last of its records was
    /// changed, as written there.
    pub dumps: std::collections::BTreeMap<String, String>,
    /// Offset, length and checksum of the tables: blocks, records, index.
    tables: Vec<(u64, u64, u32)>,
}

/// A database that is open.
pub struct Database {
    file: Mutex<Opened>,
    place: String,
    description: Description,
    records: Vec<u8>,
    index: Vec<u8>,
    blocks: Vec<u8>,
}

struct Opened {
    file: File,
    cache: HashMap<u32, Arc<Vec<u8>>>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("description", &self.description).finish_non_exhaustive()
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// The key of a package in the index.
fn key(ecosystem: &str, name: &str) -> u64 {
    let base = base(ecosystem);
    let digest = crate::digest::Digest::of(
        crate::digest::Algorithm::Sha256,
        format!("{base}\n{}", ecosystem::name(base, name)).as_bytes(),
    );
    digest.hex().get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default()
}

impl Database {
    /// Opens a database.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is damaged.
    pub fn open(path: &Path) -> Result<Self, Gap> {
        let place = text::escape(path.as_os_str().as_encoded_bytes());
        let damaged =
            || Gap::new(Cause::Malformed, &place, "not a database of vulnerabilities, or damaged");
        let unreadable =
            |error: std::io::Error| Gap::new(Cause::Unreadable, &place, error.to_string());
        let mut file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let mut part = |offset: u64, length: u64, sum: Option<u32>| -> Result<Vec<u8>, Gap> {
            if offset.checked_add(length).is_none_or(|end| end > size) {
                return Err(damaged());
            }
            let mut bytes = vec![0; usize::try_from(length).map_err(|_| damaged())?];
            file.seek(SeekFrom::Start(offset))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(unreadable)?;
            if sum.is_some_and(|sum| crc32fast::hash(&bytes) != sum) {
                return Err(damaged());
            }
            Ok(bytes)
        };
        let trailer =
            part(size.checked_sub(TRAILER as u64).ok_or_else(damaged)?, TRAILER as u64, None)?;
        let field = |at: usize, length: usize| number(&trailer, at, length).ok_or_else(damaged);
        let magic = trailer.get(16..).unwrap_or_default();
        if magic != MAGIC && magic.get(..7) == MAGIC.get(..7) {
            let detail = "a database of vulnerabilities in another version's form: make it anew";
            return Err(Gap::new(Cause::Unsupported, &place, detail));
        }
        if magic != MAGIC {
            return Err(damaged());
        }
        let sum = u32::try_from(field(12, 4)?).map_err(|_| damaged())?;
        let description = part(field(0, 8)?, field(8, 4)?, Some(sum))?;
        let description: Description =
            serde_json::from_slice(&description).map_err(|_| damaged())?;
        let [blocks, records, index] = description.tables.as_slice() else { return Err(damaged()) };
        let mut table =
            |(offset, length, sum): &(u64, u64, u32)| part(*offset, *length, Some(*sum));
        let (blocks, records, index) = (table(blocks)?, table(records)?, table(index)?);
        let file = Mutex::new(Opened { file, cache: HashMap::new() });
        Ok(Self { file, place, description, records, index, blocks })
    }

    /// What it holds.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    fn damaged(&self, detail: &str) -> Gap {
        Gap::new(Cause::Malformed, &self.place, detail)
    }

    /// The numbers of the records with a key.
    fn find(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
        let count = self.index.len() / ENTRY;
        let at = move |index: usize| number(&self.index, index * ENTRY, 8);
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle).is_some_and(|found| found < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let own = (low..count).take_while(move |index| at(*index) == Some(key));
        own.filter_map(|index| u32::try_from(number(&self.index, index * ENTRY + 8, 4)?).ok())
    }

    fn block(&self, block: u32) -> Result<Arc<Vec<u8>>, Gap> {
        let damaged = || self.damaged("a damaged block");
        let mut opened = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = opened.cache.get(&block) {
            return Ok(Arc::clone(bytes));
        }
        let entry = usize::try_from(block).map_err(|_| damaged())? * BLOCK;
        let field =
            |at: usize, length: usize| number(&self.blocks, entry + at, length).ok_or_else(damaged);
        let (offset, length, raw, sum) = (field(0, 8)?, field(8, 4)?, field(12, 4)?, field(16, 4)?);
        let raw = usize::try_from(raw).ok().filter(|raw| *raw <= LARGEST).ok_or_else(damaged)?;
        let mut bytes = Vec::new();
        let seek = opened.file.seek(SeekFrom::Start(offset));
        let read = seek.and_then(|_| (&opened.file).take(length).read_to_end(&mut bytes));
        read.map_err(|error| Gap::new(Cause::Unreadable, &self.place, error.to_string()))?;
        if u64::from(crc32fast::hash(&bytes)) != sum {
            return Err(damaged());
        }
        let bytes = Arc::new(zstd::bulk::decompress(&bytes, raw).map_err(|_| damaged())?);
        if opened.cache.len() >= CACHED {
            opened.cache.clear();
        }
        opened.cache.insert(block, Arc::clone(&bytes));
        Ok(bytes)
    }

    fn record(&self, number_of_record: u32) -> Result<Record, Gap> {
        let damaged = || self.damaged("a damaged record");
        let entry = usize::try_from(number_of_record).map_err(|_| damaged())? * RECORD;
        let field = |at: usize| number(&self.records, entry + at, 4).ok_or_else(damaged);
        let block = self.block(u32::try_from(field(0)?).map_err(|_| damaged())?)?;
        let offset = usize::try_from(field(4)?).map_err(|_| damaged())?;
        let length = number(&block, offset, 4)
            .and_then(|length| usize::try_from(length).ok())
            .ok_or_else(damaged)?;
        let bytes =
            block.get(offset + 4..).and_then(|rest| rest.get(..length)).ok_or_else(damaged)?;
        Record::parse(bytes).map_err(|_| damaged())
    }
}

impl Source for Database {
    /// Records of other ecosystems name this one too, so that a record about it does not show that all are there.
    fn covers(&self, ecosystem: &str) -> bool {
        let known = |own: &String| ecosystem::covers(own, ecosystem);
        self.description.dumps.contains_key(base(ecosystem))
            && self.description.ecosystems.keys().any(known)
    }

    fn about(&self, ecosystem: &str, name: &str) -> Result<Vec<Arc<Record>>, Gap> {
        self.find(key(ecosystem, name)).map(|number| self.record(number).map(Arc::new)).collect()
    }

    fn gaps(&self, ecosystem: &str) -> Vec<Gap> {
        let about = |own: &&String| base(own) == base(ecosystem);
        let damaged = self.description.damaged.iter().filter(|(own, _)| about(own));
        damaged
            .map(|(own, count)| {
                self.damaged(&format!("{count} records of {own} could not be read"))
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;
