//! Extension headers: PAX records, long names of GNU tar, and sparse files.

use super::tar::TarError;
use crate::truth::Cause;

/// What the PAX records of a member change.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) capability: Option<Vec<u8>>,
    pub(super) sparse: Option<Sparse>,
    pub(super) doubts: Vec<&'static str>,
    other: bool,
    only_libarchive: bool,
}

/// What PAX records state about a sparse file.
#[derive(Clone, Debug, Default)]
pub(super) struct Sparse {
    pub(super) name: Option<Vec<u8>>,
    pub(super) real_size: u64,
    /// The parts; none in form 1.0, where they stand in front of the data.
    pub(super) parts: Option<Vec<(u64, u64)>>,
}

#[derive(Default)]
struct SparseKeys {
    seen: bool,
    major: Option<u64>,
    minor: Option<u64>,
    name: Option<Vec<u8>>,
    real_size: Option<u64>,
    map: Option<Vec<u64>>,
    listed: Vec<u64>,
}

impl Records {
    /// Reads `LENGTH KEY=VALUE\n`, one after the other.
    pub(super) fn read(mut bytes: &[u8]) -> Result<Self, TarError> {
        let malformed = || TarError::malformed("a PAX header");
        let mut records = Self::default();
        let mut sparse = SparseKeys::default();
        let mut seen: std::collections::HashSet<&[u8]> = std::collections::HashSet::new();
        while !bytes.is_empty() {
            let space =
                bytes.iter().take(12).position(|byte| *byte == b' ').ok_or_else(malformed)?;
            let length = decimal(bytes.get(..space).unwrap_or_default()).ok_or_else(malformed)?;
            let length = usize::try_from(length).map_err(|_| malformed())?;
            let record = bytes
                .get(space + 1..length)
                .and_then(|record| record.strip_suffix(b"\n"))
                .ok_or_else(malformed)?;
            let equals = record
                .iter()
                .position(|byte| *byte == b'=')
                .filter(|at| *at > 0)
                .ok_or_else(malformed)?;
            let (key, value) = (
                record.get(..equals).unwrap_or_default(),
                record.get(equals + 1..).unwrap_or_default(),
            );
            let list = matches!(key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes");
            if !list && !seen.insert(key) {
                records.doubts.push("a PAX header with a key twice");
            }
            records.take(key, value, &mut sparse)?;
            bytes = bytes.get(length..).unwrap_or_default();
        }
        records.sparse = sparse.finish()?;
        // bsdtar writes both forms; Go reads the other one.
        if records.only_libarchive && records.capability.is_none() {
            records.doubts.push("file capabilities that only libarchive reads");
        }
        Ok(records)
    }

    /// Whether nothing in it changes how a member is read, as in the header that `git archive` writes.
    pub(super) fn only_comment(&self) -> bool {
        !self.other
    }

    fn take(&mut self, key: &[u8], value: &[u8], sparse: &mut SparseKeys) -> Result<(), TarError> {
        let malformed = || TarError::malformed("a value in a PAX header");
        let number = |value: &[u8]| {
            decimal(value).filter(|number| i64::try_from(*number).is_ok()).ok_or_else(malformed)
        };
        let optional =
            |value: &[u8]| if value.is_empty() { Ok(None) } else { number(value).map(Some) };
        let name = |value: &[u8]| {
            if value.contains(&0) {
                return Err(TarError::new(Cause::Ambiguous, "a name with a NUL in a PAX header"));
            }
            Ok((!value.is_empty()).then(|| value.to_vec()))
        };
        self.other |= key != b"comment";
        if key.contains(&0) {
            return Err(malformed());
        }
        match key {
            b"path" => self.path = name(value)?,
            b"linkpath" => self.link = name(value)?,
            b"size" => self.size = optional(value)?,
            b"uid" => self.uid = optional(value)?,
            b"gid" => self.gid = optional(value)?,
            b"hdrcharset" if value != b"BINARY" && value != b"ISO-IR 10646 2000 UTF-8" => {
                self.doubts.push("a PAX header in another character set");
            }
            b"SCHILY.xattr.security.capability" => {
                self.capability = (!value.is_empty()).then(|| value.to_vec())
            }
            b"LIBARCHIVE.xattr.security.capability" => self.only_libarchive = true,
            _ => {
                if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                    sparse.seen = true;
                    match key {
                        b"major" => sparse.major = Some(number(value)?),
                        b"minor" => sparse.minor = Some(number(value)?),
                        b"name" => sparse.name = name(value)?,
                        b"realsize" | b"size" => sparse.real_size = Some(number(value)?),
                        b"map" if value.is_empty() => sparse.map = Some(Vec::new()),
                        b"map" => {
                            let numbers = value.split(|byte| *byte == b',').map(number);
                            sparse.map = Some(numbers.collect::<Result<_, _>>()?);
                        }
                        b"offset" | b"numbytes" => sparse.listed.push(number(value)?),
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }
}

impl SparseKeys {
    fn finish(self) -> Result<Option<Sparse>, TarError> {
        if !self.seen {
            return Ok(None);
        }
        let ambiguous = |detail: &str| TarError::new(Cause::Ambiguous, detail);
        let real_size =
            self.real_size.ok_or_else(|| ambiguous("a sparse file without its size"))?;
        let numbers = match (self.major, self.minor) {
            (Some(1), Some(0)) if self.map.is_none() && self.listed.is_empty() => None,
            (None | Some(0), None | Some(0 | 1)) => match (self.map, self.listed) {
                (Some(map), listed) if listed.is_empty() => Some(map),
                (None, listed) => Some(listed),
                _ => return Err(ambiguous("two maps of a sparse file")),
            },
            _ => return Err(ambiguous("an unknown form of sparse files")),
        };
        let parts = match numbers {
            Some(numbers) if numbers.len() % 2 == 1 => {
                return Err(TarError::malformed("the map of a sparse file"));
            }
            Some(numbers) => Some(
                numbers
                    .chunks_exact(2)
                    .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
                    .collect(),
            ),
            None => None,
        };
        Ok(Some(Sparse { name: self.name, real_size, parts }))
    }
}

/// A name of GNU tar, which ends at the first NUL.
pub(super) fn long(mut bytes: Vec<u8>) -> Result<Vec<u8>, TarError> {
    if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        if bytes.get(end..).unwrap_or_default().iter().any(|byte| *byte != 0) {
            return Err(TarError::new(Cause::Ambiguous, "a long name with a NUL in the middle"));
        }
        bytes.truncate(end);
    }
    Ok(bytes)
}

/// Checks that parts are in order, do not overlap, and that as many bytes are stored.
pub(super) fn check_sparse(
    parts: &[(u64, u64)],
    stored: u64,
    real_size: u64,
) -> Result<(), TarError> {
    let malformed = || TarError::malformed("the map of a sparse file does not match its data");
    let (mut end, mut sum) = (0_u64, 0_u64);
    for (offset, length) in parts {
        if *offset < end {
            return Err(malformed());
        }
        end = offset.checked_add(*length).ok_or_else(malformed)?;
        sum = sum.checked_add(*length).ok_or_else(malformed)?;
    }
    if end > real_size || sum != stored { Err(malformed()) } else { Ok(()) }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    all.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let records = Records::read(b"16 path=a\nb=c\nd\n12 uid=1000\n13 size=\n\n").err();
        assert!(records.is_some(), "the length decides");
        let records = Records::read(b"14 path=a\nb=c\n12 uid=1000\n").unwrap();
        assert_eq!((records.path.as_deref(), records.uid), (Some(&b"a\nb=c"[..]), Some(1000)));
        for wrong in [
            &b"5 a=b\n"[..],
            b"x a=b\n",
            b"99 a=b\n",
            b"6 a=b ",
            b"6 =ab\n",
            b"0 a=b\n",
            b" a=b\n",
            b"10 size=-1\n",
        ] {
            assert!(Records::read(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(Records::read(b"12 path=a\0b\n").unwrap_err().cause, Cause::Ambiguous);
        let both = b"47 LIBARCHIVE.xattr.security.capability=AQAAAg\n38 SCHILY.xattr.security.capability=x\n";
        assert!(Records::read(&both[..47]).is_ok_and(|records| records.doubts.len() == 1));
        assert!(Records::read(both).is_ok_and(|records| records.doubts.is_empty()));
        assert!(Records::read(b"14 comment=ab\n").unwrap().only_comment());
        assert!(!Records::read(b"10 path=a\n").unwrap().only_comment());
    }

    #[test]
    fn sparse_maps_match_their_data() {
        assert!(check_sparse(&[(0, 10), (20, 5)], 15, 30).is_ok());
        for (parts, stored, real) in [
            (&[(0, 10), (5, 5)][..], 15, 30),
            (&[(0, 10)], 9, 30),
            (&[(25, 10)], 10, 30),
            (&[(u64::MAX, 1)], 1, u64::MAX),
        ] {
            assert!(check_sparse(parts, stored, real).is_err());
        }
    }
}
