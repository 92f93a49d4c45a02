//! Zip archives in memory: Java archives, and dumps of vulnerability records.

use std::io::Read as _;

use crate::truth::Cause;

pub(crate) struct Entry<'a> {
    pub(crate) name: &'a [u8],
    method: u16,
    compressed: u64,
    size: u64,
    offset: u64,
}

pub(crate) type Problem = (Cause, String);

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// Whether there is an end of an archive somewhere.
pub(crate) fn has_end(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"PK\x05\x06").is_some()
}

/// The entries of the [central directory](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), by which Java reads.
pub(crate) fn entries<'a>(bytes: &'a [u8], most: usize) -> Result<Vec<Entry<'a>>, Problem> {
    let malformed = || (Cause::Malformed, "not an archive that Java reads".to_owned());
    let tail = bytes.len().saturating_sub(22 + 0xffff);
    let end = memchr::memmem::rfind(bytes.get(tail..).unwrap_or_default(), b"PK\x05\x06")
        .ok_or_else(malformed)?
        + tail;
    let field = |at: usize, length: usize| number(bytes, end + at, length).ok_or_else(malformed);
    let (mut count, mut size, mut offset) = (field(10, 2)?, field(12, 4)?, field(16, 4)?);
    // Java finds the directory by a comment that ends with the file.
    if end as u64 + 22 + field(20, 2)? != bytes.len() as u64 {
        return Err(malformed());
    }
    let mut directory_end = end;
    if count == 0xffff || size == 0xffff_ffff || offset == 0xffff_ffff {
        // The 64-bit form has another end of the directory, and where it is, in front of this one.
        let at = end.checked_sub(20 + 56).ok_or_else(malformed)?;
        let magic = bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x06\x06"));
        let locator = bytes.get(at + 56..).is_some_and(|rest| rest.starts_with(b"PK\x06\x07"));
        let wide = |offset: usize| {
            number(bytes, at + offset, 8).filter(|_| magic && locator).ok_or_else(malformed)
        };
        (count, size, offset) = (wide(32)?, wide(40)?, wide(48)?);
        directory_end = at;
    }
    if count > most as u64 {
        return Err((Cause::Incomplete, format!("more than {most} entries")));
    }
    // Programs may have been put in front of the archive, which moves everything.
    let start = directory_end
        .checked_sub(usize::try_from(size).map_err(|_| malformed())?)
        .ok_or_else(malformed)?;
    let moved = (start as u64).checked_sub(offset).ok_or_else(malformed)?;
    let mut at = start;
    let mut entries = Vec::new();
    for _ in 0..count {
        let field =
            |offset: usize, length: usize| number(bytes, at + offset, length).ok_or_else(malformed);
        if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
            return Err(malformed());
        }
        let name_length = usize::try_from(field(28, 2)?).map_err(|_| malformed())?;
        let skip = usize::try_from(field(30, 2)? + field(32, 2)?).map_err(|_| malformed())?;
        let name = bytes.get(at + 46..at + 46 + name_length).ok_or_else(malformed)?;
        let method = u16::try_from(field(10, 2)?).unwrap_or(u16::MAX);
        let offset = field(42, 4)?.checked_add(moved).ok_or_else(malformed)?;
        entries.push(Entry {
            name,
            method,
            compressed: field(20, 4)?,
            size: field(24, 4)?,
            offset,
        });
        at += 46 + name_length + skip;
    }
    Ok(entries)
}

impl Entry<'_> {
    pub(crate) fn content(&self, bytes: &[u8], limit: u64) -> Result<Vec<u8>, Problem> {
        let malformed = || (Cause::Malformed, "an entry that cannot be read".to_owned());
        if self.size > limit || self.compressed > limit {
            return Err((Cause::Incomplete, format!("more than {limit} bytes")));
        }
        let local = usize::try_from(self.offset).map_err(|_| malformed())?;
        if bytes.get(local..).is_none_or(|rest| !rest.starts_with(b"PK\x03\x04")) {
            return Err(malformed());
        }
        let lengths =
            number(bytes, local + 26, 2).zip(number(bytes, local + 28, 2)).ok_or_else(malformed)?;
        let start = local + 30 + usize::try_from(lengths.0 + lengths.1).map_err(|_| malformed())?;
        let end = start + usize::try_from(self.compressed).map_err(|_| malformed())?;
        let data = bytes.get(start..end).ok_or_else(malformed)?;
        let mut content = Vec::new();
        match self.method {
            0 => content.extend_from_slice(data),
            8 => {
                let read = flate2::read::DeflateDecoder::new(data)
                    .take(self.size + 1)
                    .read_to_end(&mut content);
                read.map_err(|_| malformed())?;
            }
            other => return Err((Cause::Unsupported, format!("compression method {other}"))),
        }
        if content.len() as u64 == self.size { Ok(content) } else { Err(malformed()) }
    }
}
