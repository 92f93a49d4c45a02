//! What [Google Cloud Storage](https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash) states of the bytes of an
//! object: `x-goog-hash: crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`.
//!
//! Every object has a CRC32C, and those that were not composed of others have an MD5 as well. Both show damage on the way and in
//! storage. That the bytes are those of OSV, TLS alone shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};

/// The header, by name.
pub(super) const HEADER: &str = "x-goog-hash";

/// The hashes of bytes that come in pieces.
pub(super) struct Hashes {
    crc32c: crc_fast::Digest,
    md5: Md5,
}

impl Hashes {
    pub(super) fn new() -> Self {
        Self { crc32c: crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi), md5: Md5::new() }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.crc32c.update(bytes);
        self.md5.update(bytes);
    }

    /// Compares the hashes with those of the header's values.
    ///
    /// # Errors
    /// There is none, one is malformed, or one differs.
    pub(super) fn check<'h>(
        self,
        values: impl IntoIterator<Item = &'h str>,
    ) -> Result<(), &'static str> {
        let crc32c = u32::try_from(self.crc32c.finalize()).map_err(|_| "its CRC32C is not one")?;
        let (crc32c, md5) = (crc32c.to_be_bytes(), self.md5.finalize());
        let mut seen = false;
        for one in values.into_iter().flat_map(|value| value.split(',')) {
            let Some((name, value)) = one.trim().split_once('=') else {
                return Err("the server states a hash that is malformed");
            };
            let own: &[u8] = match name {
                "crc32c" => &crc32c,
                "md5" => md5.as_slice(),
                _ => continue,
            };
            seen |= name == "crc32c";
            match STANDARD.decode(value) {
                Ok(stated) if stated == own => {}
                Ok(_) => return Err("its hash is not the one that the server states"),
                Err(_) => return Err("the server states a hash that is malformed"),
            }
        }
        match seen {
            true => Ok(()),
            false => Err("the server states no hash of it (x-goog-hash with crc32c)"),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The header for bytes.
    pub(in crate::fetch) fn stated(bytes: &[u8]) -> String {
        let mut crc = crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi);
        crc.update(bytes);
        let crc = u32::try_from(crc.finalize()).unwrap();
        let md5 = Md5::digest(bytes);
        format!("crc32c={},md5={}", STANDARD.encode(crc.to_be_bytes()), STANDARD.encode(md5))
    }

    fn check(bytes: &[u8], values: &[&str]) -> Result<(), &'static str> {
        let mut hashes = Hashes::new();
        bytes.chunks(3).for_each(|piece| hashes.update(piece));
        hashes.check(values.iter().copied())
    }

    #[test]
    fn the_hashes_are_those_of_the_standards() {
        // https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 and https://www.rfc-editor.org/rfc/rfc1321#appendix-A.5
        assert_eq!(stated(&[0; 32]).split(',').next().unwrap(), "crc32c=ipE2qg==");
        assert!(stated(b"abc").ends_with("md5=kAFQmDzST7DWlj99KOF/cg=="));
    }

    #[test]
    fn a_hash_that_is_missing_or_differs_is_an_error() {
        let both = stated(b"abcdefg");
        let (crc, md5) = both.split_once(',').unwrap();
        for good in [&[both.as_str()][..], &[crc], &[crc, md5], &["sha1=x", crc]] {
            assert_eq!(check(b"abcdefg", good), Ok(()), "{good:?}");
        }
        let other = stated(b"abcdefG");
        let (_, other_md5) = other.split_once(',').unwrap();
        for bad in [
            &[][..],
            &[""],
            &[md5],
            &[other.as_str()],
            &[crc, other_md5],
            &[both.as_str(), other.as_str()],
            &["crc32c=AAAA"],
            &["crc32c=?"],
            &["crc32c"],
        ] {
            assert!(check(b"abcdefg", bad).is_err(), "{bad:?}");
        }
    }
}
