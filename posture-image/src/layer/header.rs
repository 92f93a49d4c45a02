//! The header block of a tar member.

use super::tar::{BLOCK, TarError};
use crate::truth::Cause;

/// The first size that the octal field of a header cannot hold.
pub(super) const OCTAL_SIZE: u64 = 1 << 33;

/// The format of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavor {
    /// Without a magic number.
    Old,
    /// POSIX.
    Ustar,
    /// GNU tar.
    Gnu,
}

/// One block of 512 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block(pub(super) [u8; BLOCK as usize]);

impl Block {
    fn field(&self, start: usize, length: usize) -> &[u8] {
        self.0.get(start..start + length).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|byte| *byte == 0)
    }

    pub(super) fn kind(&self) -> u8 {
        self.0.get(156).copied().unwrap_or_default()
    }

    pub(super) fn flavor(&self) -> Flavor {
        match (self.field(257, 6), self.field(263, 2)) {
            (b"ustar\0", _) => Flavor::Ustar,
            (b"ustar ", b" \0") => Flavor::Gnu,
            _ => Flavor::Old,
        }
    }

    /// Compares the checksum. Old programs summed signed bytes.
    pub(super) fn check(&self) -> Result<(), TarError> {
        let stated = octal(self.field(148, 8))
            .ok_or_else(|| TarError::malformed("a header without a checksum"))?;
        let blank = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { b' ' } else { *byte };
        let unsigned: u64 = self.0.iter().enumerate().map(blank).map(u64::from).sum();
        let signed: i64 =
            self.0.iter().enumerate().map(blank).map(|byte| i64::from(byte.cast_signed())).sum();
        if stated == unsigned || i64::try_from(stated) == Ok(signed) {
            Ok(())
        } else {
            Err(TarError::malformed("a header whose checksum is wrong"))
        }
    }

    pub(super) fn number(&self, start: usize, length: usize) -> Result<u64, TarError> {
        number(self.field(start, length))
    }

    pub(super) fn size(&self) -> Result<u64, TarError> {
        self.number(124, 12)
    }

    pub(super) fn mode(&self) -> Result<u64, TarError> {
        self.number(100, 8)
    }

    pub(super) fn uid(&self) -> Result<u64, TarError> {
        self.number(108, 8)
    }

    pub(super) fn gid(&self) -> Result<u64, TarError> {
        self.number(116, 8)
    }

    pub(super) fn link(&self) -> Vec<u8> {
        until_nul(self.field(157, 100)).to_vec()
    }

    pub(super) fn path(&self, doubts: &mut Vec<&'static str>) -> Result<Vec<u8>, TarError> {
        let name = until_nul(self.field(0, 100));
        let prefix = match self.flavor() {
            Flavor::Ustar if self.field(508, 4) == b"tar\0" => until_nul(self.field(345, 131)),
            Flavor::Ustar => until_nul(self.field(345, 155)),
            Flavor::Gnu => {
                // Times of access and change; Go falls back to a prefix where they are not numbers.
                if number(self.field(345, 12)).is_err() || number(self.field(357, 12)).is_err() {
                    return Err(TarError::new(
                        Cause::Ambiguous,
                        "a header of GNU tar with a prefix",
                    ));
                }
                b""
            }
            Flavor::Old => {
                if self.field(257, 5) == b"ustar" {
                    doubts.push("a header with an unknown version of the format");
                }
                b""
            }
        };
        if prefix.is_empty() { Ok(name.to_vec()) } else { Ok([prefix, b"/", name].concat()) }
    }

    /// Adds parts of a sparse file, and returns whether another block follows.
    pub(super) fn sparse_parts(
        &self,
        start: usize,
        count: usize,
        more: usize,
        parts: &mut Vec<(u64, u64)>,
    ) -> Result<bool, TarError> {
        for at in (0..count).map(|index| start + index * 24) {
            if self.field(at, 1) == [0] {
                break;
            }
            parts.push((self.number(at, 12)?, self.number(at + 12, 12)?));
        }
        Ok(self.field(more, 1).first().is_some_and(|byte| *byte != 0))
    }
}

pub(super) fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Octal digits between spaces and NULs; nothing is 0.
fn octal(field: &[u8]) -> Option<u64> {
    let filler = |byte: &u8| *byte == b' ' || *byte == 0;
    let start = field.iter().position(|byte| !filler(byte)).unwrap_or(field.len());
    let rest = field.get(start..)?;
    let end = rest.iter().position(filler).unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end)?;
    let sum = digits.iter().try_fold(0_u64, |sum, digit| match digit {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })?;
    after.iter().all(filler).then_some(sum)
}

/// A number in octal, or in base 256 if the first bit is set. Negative numbers are refused.
fn number(field: &[u8]) -> Result<u64, TarError> {
    let malformed = || TarError::malformed("a number in a header");
    match field.first() {
        Some(first) if first & 0x80 != 0 => {
            if first & 0x40 != 0 {
                return Err(TarError::malformed("a negative number in a header"));
            }
            let mut rest = field.get(1..).unwrap_or_default().iter();
            let number = rest.try_fold(u64::from(first & 0x3f), |sum, byte| {
                sum.checked_mul(256)?.checked_add(u64::from(*byte))
            });
            number.filter(|number| i64::try_from(*number).is_ok()).ok_or_else(malformed)
        }
        _ => octal(field).ok_or_else(malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        for (field, value) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"    644 ", Some(0o644)),
            (b"\0\0\0\0", Some(0)),
            (b"7777777", Some(0o7_777_777)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(1 << 33)),
            (b"0x644", None),
            (b"8", None),
            (b"64 4", None),
            (b"-1", None),
            (b"\xff\xff\xff\xff", None),
            (b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
        ] {
            assert_eq!(number(field).ok(), value, "{field:?}");
        }
    }
}
