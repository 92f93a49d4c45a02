//! A reader of SQLite files for one purpose: the rows of a table in a hostile file that is in memory.
//!
//! SQLite itself wants a file on disk and trusts its schema. The [format](https://www.sqlite.org/fileformat2.html) of tables is
//! small: B-trees of pages, records, and chains of pages for long ones. Indexes, views, triggers and free pages are passed over.

use std::collections::HashSet;

/// Why a database cannot be read.
pub(super) type Problem = &'static str;

/// A database in memory.
pub(super) struct Database<'a> {
    bytes: &'a [u8],
    page: usize,
    usable: usize,
    /// The bytes of rows that may still be read. Pages may be shared by rows of a hostile file.
    left: usize,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
    /// A number with a fraction, which no column here has.
    Other,
}

const DEPTH: usize = 20;
const ROW: usize = 128;
/// Columns of a table. Those of rpm have two.
const COLUMNS: usize = 64;

impl<'a> Database<'a> {
    /// Reads the header. `left` bounds the bytes of all rows.
    pub(super) fn open(bytes: &'a [u8], left: usize) -> Result<Self, Problem> {
        if !bytes.starts_with(b"SQLite format 3\0") {
            return Err("not a database of SQLite");
        }
        let page = match number(bytes, 16, 2).ok_or("a short header")? {
            1 => 65_536,
            size @ 512..=32_768 if size.is_power_of_two() => {
                usize::try_from(size).map_err(|_| "the page size")?
            }
            _ => return Err("a page size that SQLite does not have"),
        };
        let reserved = usize::from(*bytes.get(20).ok_or("a short header")?);
        let usable = page
            .checked_sub(reserved)
            .filter(|usable| *usable >= 480)
            .ok_or("too many reserved bytes")?;
        if number(bytes, 56, 4) != Some(1) {
            return Err("text that is not UTF-8");
        }
        Ok(Self { bytes, page, usable, left })
    }

    /// The rows of a table: its column values, without the number of the row.
    pub(super) fn table(&mut self, name: &[u8]) -> Result<Option<Vec<Vec<Value>>>, Problem> {
        let schema = self.rows(1)?;
        let table = schema.iter().find(|row| {
            row.first() == Some(&Value::Text(b"table".to_vec()))
                && matches!(row.get(1), Some(Value::Text(found)) if found.eq_ignore_ascii_case(name))
        });
        let Some(table) = table else { return Ok(None) };
        let Some(Value::Integer(root)) = table.get(3) else { return Err("a table without a page") };
        let root = u64::try_from(*root).map_err(|_| "a table without a page")?;
        self.rows(root).map(Some)
    }

    fn rows(&mut self, root: u64) -> Result<Vec<Vec<Value>>, Problem> {
        let mut rows = Vec::new();
        let mut seen = HashSet::new();
        self.tree(root, DEPTH, &mut seen, &mut rows)?;
        Ok(rows)
    }

    fn page(&self, number: u64) -> Result<&'a [u8], Problem> {
        let index = number
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok())
            .ok_or("a page 0")?;
        let start = index.checked_mul(self.page).ok_or("a page beyond the end")?;
        self.bytes.get(start..start + self.page).ok_or("a page beyond the end")
    }

    fn tree(
        &mut self,
        page: u64,
        depth: usize,
        seen: &mut HashSet<u64>,
        rows: &mut Vec<Vec<Value>>,
    ) -> Result<(), Problem> {
        if depth == 0 {
            return Err("a tree that is too deep");
        }
        if !seen.insert(page) {
            return Err("a page that is used twice");
        }
        let bytes = self.page(page)?;
        let header = if page == 1 { 100 } else { 0 };
        let cells = usize::try_from(number(bytes, header + 3, 2).ok_or("a short page")?)
            .map_err(|_| "a short page")?;
        let (leaf, pointers) = match bytes.get(header) {
            Some(13) => (true, header + 8),
            Some(5) => (false, header + 12),
            _ => return Err("a page of another kind"),
        };
        for cell in 0..cells {
            let at = number(bytes, pointers + 2 * cell, 2)
                .and_then(|at| usize::try_from(at).ok())
                .ok_or("a short page")?;
            if leaf {
                let row = self.cell(bytes, at)?;
                rows.push(row);
            } else {
                self.tree(number(bytes, at, 4).ok_or("a short page")?, depth - 1, seen, rows)?;
            }
        }
        if !leaf {
            self.tree(number(bytes, header + 8, 4).ok_or("a short page")?, depth - 1, seen, rows)?;
        }
        Ok(())
    }

    /// A row: its length, its number, and its record, of which the end may be on other pages.
    fn cell(&mut self, page: &[u8], at: usize) -> Result<Vec<Value>, Problem> {
        let mut rest = page.get(at..self.usable).ok_or("a row beyond its page")?;
        let length = usize::try_from(varint(&mut rest)?).map_err(|_| "a row that is too long")?;
        varint(&mut rest)?;
        // A row takes memory also where it is empty.
        self.left = self.left.checked_sub(length.max(ROW)).ok_or("more rows than are read")?;
        // The rule of the format for how much of a long record stays on its page.
        let most = self.usable - 35;
        let local = if length <= most {
            length
        } else {
            let least = (self.usable - 12) * 32 / 255 - 23;
            let part = least + (length - least) % (self.usable - 4);
            if part <= most { part } else { least }
        };
        let mut record = rest.get(..local).ok_or("a row beyond its page")?.to_vec();
        if local < length {
            let mut next = number(rest, local, 4).ok_or("a row beyond its page")?;
            while record.len() < length {
                let overflow = self.page(next)?;
                next = number(overflow, 0, 4).ok_or("a short page")?;
                let take = (length - record.len()).min(self.usable - 4);
                record.extend_from_slice(overflow.get(4..4 + take).ok_or("a short page")?);
            }
        }
        values(&record)
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(
        bytes
            .get(at..at.checked_add(length)?)?
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

fn varint(rest: &mut &[u8]) -> Result<u64, Problem> {
    let mut value = 0_u64;
    for index in 0..9 {
        let (byte, after) = rest.split_first().ok_or("a number beyond its page")?;
        *rest = after;
        if index == 8 {
            return Ok(value << 8 | u64::from(*byte));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(value)
}

fn values(record: &[u8]) -> Result<Vec<Value>, Problem> {
    let mut rest = record;
    let header = usize::try_from(varint(&mut rest)?).map_err(|_| "a record")?;
    let used = record.len() - rest.len();
    let mut types = record.get(used..header).ok_or("a record with a long header")?;
    let mut body = record.get(header..).ok_or("a record with a long header")?;
    let mut values = Vec::new();
    while !types.is_empty() {
        if values.len() >= COLUMNS {
            return Err("more columns than are read");
        }
        let kind = varint(&mut types)?;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return Err("a reserved type"),
            kind => (kind - 12) / 2,
        };
        let length = usize::try_from(length).map_err(|_| "a value that is too long")?;
        let (bytes, after) = body.split_at_checked(length).ok_or("a value beyond its record")?;
        body = after;
        values.push(match kind {
            0 => Value::Null,
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            7 => Value::Other,
            1..=6 => {
                let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
                let start = if negative { -1 } else { 0 };
                Value::Integer(
                    bytes.iter().fold(start, |sum: i64, byte| sum << 8 | i64::from(*byte)),
                )
            }
            kind if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
            _ => Value::Text(bytes.to_vec()),
        });
    }
    Ok(values)
}
