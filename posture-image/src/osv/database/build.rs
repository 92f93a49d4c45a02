//! Writes a database.

use std::collections::{BTreeMap, HashSet};
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
}

impl Builder {
    /// Adds all records of a dump: a zip archive of JSON files, as OSV publishes it for an ecosystem.
    ///
    /// # Errors
    ///
    /// It is not a zip archive. Records that cannot be read are counted, and make the ecosystem incomplete.
    pub fn add_dump(&mut self, ecosystem: &str, bytes: &[u8]) -> Result<usize, Gap> {
        let gap = |(cause, detail): zip::Problem| {
            Gap::new(cause, crate::text::escape(ecosystem.as_bytes()), detail)
        };
        let entries = zip::entries(bytes, MOST).map_err(gap)?;
        let mut added = 0;
        for entry in entries.iter().filter(|entry| entry.name.ends_with(b".json")) {
            let content = entry.content(bytes, LONGEST);
            if content.is_ok_and(|content| self.add(&content).is_ok()) {
                added += 1;
            } else {
                *self.damaged.entry(ecosystem.to_owned()).or_default() += 1;
            }
        }
        if added == 0 {
            let detail = "the dump has no record";
            return Err(Gap::new(
                Cause::Malformed,
                crate::text::escape(ecosystem.as_bytes()),
                detail,
            ));
        }
        Ok(added)
    }

    /// Adds a record. One that was added already, or was withdrawn, is passed over.
    ///
    /// # Errors
    ///
    /// It is not a record.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        let value = json::parse_loose(bytes, 64)?;
        let id = value.get("id").and_then(Value::as_str).ok_or("a record without an ID")?;
        if value.get("withdrawn").is_some_and(|withdrawn| !withdrawn.is_null())
            || self.seen.contains(id)
        {
            return Ok(());
        }
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
        let Some((first, name)) = packages.first() else { return Ok(()) };
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
        Ok(())
    }

    /// Writes the database. `fetched` is when the records were fetched.
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
    let mut short = keep(value, &["id", "aliases", "upstream", "modified", "summary", "severity"]);
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
