//! Writes a database.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};

use serde_json::{Map, Value};

use super::{Description, MAGIC, key};
use crate::json;
use crate::osv::ecosystem::{self, base};
use crate::truth::{Cause, Gap};
use crate::zip;

/// Decompressed bytes of a block, unless one record is larger. Smaller ones compress less, larger ones are slower to read.
const BLOCK: usize = 128 << 10;
/// Bytes of one record. Those of the kernel's largest ones are some megabytes.
const LONGEST: u64 = 32 << 20;
/// Records of one dump.
const MOST: usize = 4_000_000;
/// Of zstd. A database is written once a day and read often.
const LEVEL: i32 = 12;

/// Collects records for a database.
#[derive(Debug, Default)]
pub struct Builder {
    /// The first package, the record without what is not needed, and the keys of all packages.
    records: Vec<(String, Vec<u8>, Vec<u64>)>,
    seen: HashSet<String>,
    ecosystems: BTreeMap<String, u64>,
    damaged: BTreeMap<String, u64>,
    dumps: BTreeMap<String, String>,
}

/// The records of a dump that were added: by the ecosystem that all of them name, the number and the last change.
#[derive(Debug, Default)]
struct Dumped {
    added: usize,
    about: usize,
    damaged: u64,
    named: BTreeMap<String, usize>,
    modified: String,
}

impl Builder {
    /// Adds all records of a dump: a zip archive of JSON files, as OSV publishes it for an ecosystem. Its ecosystem is what all
    /// records name; of several, the one that is given. Returns it, and the number of records.
    ///
    /// # Errors
    ///
    /// It is not a zip archive, or its records have no ecosystem in common. Records that cannot be read are counted, and make the
    /// ecosystem incomplete.
    pub fn add_dump(&mut self, ecosystem: &str, bytes: &[u8]) -> Result<(String, usize), Gap> {
        let gap = |(cause, detail): zip::Problem| {
            Gap::new(cause, crate::text::escape(ecosystem.as_bytes()), detail)
        };
        let entries = zip::entries(bytes, MOST).map_err(gap)?;
        let records = entries.iter().filter(|entry| entry.name.ends_with(b".json"));
        let records =
            records.map(|entry| entry.content(bytes, LONGEST).map_err(|(_, detail)| detail));
        self.add_all(ecosystem, records)
    }

    /// The same for a dump that was unpacked: the contents of its files, or why one could not be read.
    ///
    /// # Errors
    ///
    /// The records have no ecosystem in common.
    pub fn add_all<E>(
        &mut self,
        ecosystem: &str,
        records: impl IntoIterator<Item = Result<Vec<u8>, E>>,
    ) -> Result<(String, usize), Gap> {
        let mut dumped = Dumped::default();
        for record in records {
            let taken = record.ok().and_then(|bytes| self.take(&bytes).ok());
            let Some((bases, modified)) = taken else {
                dumped.damaged += 1;
                continue;
            };
            dumped.added += 1;
            // A record that was withdrawn may have lost its packages.
            dumped.about += usize::from(!bases.is_empty());
            for base in bases {
                *dumped.named.entry(base).or_default() += 1;
            }
            dumped.modified = dumped.modified.max(modified);
        }
        let malformed = |detail: &str| {
            Gap::new(Cause::Malformed, crate::text::escape(ecosystem.as_bytes()), detail)
        };
        if dumped.about == 0 {
            return Err(malformed("the dump has no record"));
        }
        let all: Vec<&String> = dumped
            .named
            .iter()
            .filter(|(_, n)| **n == dumped.about)
            .map(|(base, _)| base)
            .collect();
        let own = match all.as_slice() {
            [one] => one,
            several => {
                several.iter().find(|one| one.as_str() == base(ecosystem)).ok_or_else(|| {
                    malformed("not the dump of one ecosystem: name it after its ecosystem")
                })?
            }
        };
        if dumped.damaged > 0 {
            *self.damaged.entry((*own).clone()).or_default() += dumped.damaged;
        }
        self.covers(own, &dumped.modified);
        Ok(((*own).clone(), dumped.added))
    }

    /// States that all records about an ecosystem were added, with the time at which the last of them was changed. Records of other
    /// ecosystems name it too, and do not show that.
    pub fn covers(&mut self, ecosystem: &str, modified: &str) {
        let known = self.dumps.entry(base(ecosystem).to_owned()).or_default();
        if known.as_str() < modified {
            modified.clone_into(known);
        }
    }

    /// Adds a record. One that was added already, or was withdrawn, is passed over.
    ///
    /// # Errors
    ///
    /// It is not a record.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.take(bytes).map(|_| ())
    }

    /// Adds a record. Returns the ecosystems that it names, and when it was changed.
    fn take(&mut self, bytes: &[u8]) -> Result<(BTreeSet<String>, String), String> {
        let value = json::parse_loose(bytes, 64)?;
        let id = value.get("id").and_then(Value::as_str).ok_or("a record without an ID")?;
        let modified = value.get("modified").and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = value.get("affected").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut packages: Vec<(String, String)> = Vec::new();
        for entry in list {
            let field = |name: &str| {
                entry.get("package").and_then(|package| package.get(name)).and_then(Value::as_str)
            };
            if let (Some(ecosystem), Some(name)) = (field("ecosystem"), field("name")) {
                packages.push((ecosystem.to_owned(), name.to_owned()));
            }
        }
        packages.sort();
        packages.dedup();
        let bases = packages.iter().map(|(ecosystem, _)| base(ecosystem).to_owned()).collect();
        if value.get("withdrawn").is_some_and(|withdrawn| !withdrawn.is_null())
            || self.seen.contains(id)
        {
            return Ok((bases, modified));
        }
        let Some((first, name)) = packages.first() else { return Ok((bases, modified)) };
        let place = format!("{}\n{}", base(first), ecosystem::name(first, name));
        let mut keys: Vec<u64> =
            packages.iter().map(|(ecosystem, name)| key(ecosystem, name)).collect();
        keys.sort_unstable();
        keys.dedup();
        let ecosystems: HashSet<&String> =
            packages.iter().map(|(ecosystem, _)| ecosystem).collect();
        for ecosystem in ecosystems {
            *self.ecosystems.entry(ecosystem.clone()).or_default() += 1;
        }
        self.seen.insert(id.to_owned());
        let short = serde_json::to_vec(&shorten(&value)).map_err(|error| error.to_string())?;
        self.records.push((place, short, keys));
        Ok((bases, modified))
    }

    /// Writes the database. `fetched` is when the records were fetched; empty if that is not known.
    ///
    /// # Errors
    ///
    /// The writer fails, or there are more than fit.
    pub fn finish(mut self, writer: impl Write, fetched: &str) -> io::Result<Description> {
        // What is about one package stands together; equal content is equal bytes.
        self.records.sort();
        let mut out = Counting { writer, offset: 0 };
        let (mut blocks, mut records, mut index) = (Vec::new(), Vec::new(), Vec::new());
        let mut block: Vec<u8> = Vec::new();
        let mut number = 0_u32;
        for (place, (_, record, keys)) in self.records.iter().enumerate() {
            if !block.is_empty() && block.len() + record.len() > BLOCK {
                out.block(&block, &mut blocks)?;
                block.clear();
                number += 1;
            }
            records.extend(number.to_le_bytes());
            records.extend(short(block.len())?.to_le_bytes());
            block.extend(short(record.len())?.to_le_bytes());
            block.extend(record);
            let place = short(place)?;
            index.extend(keys.iter().map(|key| (*key, place)));
        }
        if !block.is_empty() {
            out.block(&block, &mut blocks)?;
        }
        index.sort_unstable();
        let index: Vec<u8> = index
            .into_iter()
            .flat_map(|(key, place)| [&key.to_le_bytes()[..], &place.to_le_bytes()].concat())
            .collect();
        let mut tables = Vec::new();
        for table in [blocks, records, index] {
            tables.push((out.offset, table.len() as u64, crc32fast::hash(&table)));
            out.write(&table)?;
        }
        let description = Description {
            fetched: fetched.to_owned(),
            records: self.records.len() as u64,
            ecosystems: self.ecosystems,
            damaged: self.damaged,
            dumps: self.dumps,
            tables,
        };
        let json = serde_json::to_vec(&description).map_err(io::Error::other)?;
        let offset = out.offset;
        out.write(&json)?;
        out.write(&offset.to_le_bytes())?;
        out.write(&short(json.len())?.to_le_bytes())?;
        out.write(&crc32fast::hash(&json).to_le_bytes())?;
        out.write(MAGIC)?;
        out.writer.flush()?;
        Ok(description)
    }
}

fn short(number: usize) -> io::Result<u32> {
    u32::try_from(number).map_err(io::Error::other)
}

struct Counting<W> {
    writer: W,
    offset: u64,
}

impl<W: Write> Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        self.writer.write_all(bytes)
    }

    fn block(&mut self, block: &[u8], table: &mut Vec<u8>) -> io::Result<()> {
        let compressed = zstd::bulk::compress(block, LEVEL)?;
        table.extend(self.offset.to_le_bytes());
        for number in [short(compressed.len())?, short(block.len())?, crc32fast::hash(&compressed)]
        {
            table.extend(number.to_le_bytes());
        }
        self.write(&compressed)
    }
}

/// A record with the fields that are evaluated.
fn shorten(value: &Value) -> Value {
    let keep = |value: &Value, names: &[&str]| -> Map<String, Value> {
        let field = |name: &&str| Some(((*name).to_owned(), value.get(*name)?.clone()));
        names.iter().filter_map(field).collect()
    };
    let mut short =
        keep(value, &["id", "aliases", "upstream", "related", "modified", "summary", "severity"]);
    if let Some(rating) =
        value.get("database_specific").and_then(|specific| specific.get("severity"))
    {
        short.insert("database_specific".to_owned(), serde_json::json!({ "severity": rating }));
    }
    let affected = value.get("affected").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let affected: Vec<Value> = affected
        .iter()
        .map(|entry| {
            let mut short = keep(entry, &["versions", "severity"]);
            if let Some(package) = entry.get("package") {
                short.insert("package".to_owned(), keep(package, &["ecosystem", "name"]).into());
            }
            let ranges =
                entry.get("ranges").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let ranges: Vec<Value> =
                ranges.iter().map(|range| keep(range, &["type", "events"]).into()).collect();
            short.insert("ranges".to_owned(), ranges.into());
            if let Some(urgency) =
                entry.get("ecosystem_specific").and_then(|specific| specific.get("urgency"))
            {
                short.insert(
                    "ecosystem_specific".to_owned(),
                    serde_json::json!({ "urgency": urgency }),
                );
            }
            short.into()
        })
        .collect();
    short.insert("affected".to_owned(), affected.into());
    short.into()
}
