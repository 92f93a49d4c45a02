//! Compression with zstd, if it is compiled in: the feature `zstd`. Without it, packed snapshots are rejected, and what is
//! kept between is not packed.

use std::io::{self, Read, Write};

use crate::snapshot::Error;

/// Whether temporary data is packed.
pub(crate) const PACKS: bool = cfg!(feature = "zstd");

#[cfg(feature = "zstd")]
mod with {
    use super::*;

    pub(crate) fn unpacking(packed: impl Read) -> io::Result<impl Read> {
        zstd::Decoder::new(packed)
    }

    pub(crate) fn packing<W: Write>(
        out: W,
        write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<W, Error> {
        let mut out = zstd::Encoder::new(out, 3).map_err(Error::Io)?;
        write(&mut out)?;
        out.finish().map_err(Error::Io)
    }

    pub(crate) fn keep(plain: &[u8]) -> io::Result<Vec<u8>> {
        zstd::encode_all(plain, 1)
    }

    pub(crate) fn kept(packed: impl Read) -> io::Result<impl Read> {
        zstd::Decoder::new(packed)
    }
}

#[cfg(not(feature = "zstd"))]
mod without {
    use super::*;

    fn none() -> io::Error {
        io::Error::new(io::ErrorKind::Unsupported, "compressed snapshots need the feature `zstd`")
    }

    pub(crate) fn unpacking(_: impl Read) -> io::Result<io::Empty> {
        Err(none())
    }

    pub(crate) fn packing<W: Write>(
        _: W,
        _: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
    ) -> Result<W, Error> {
        Err(Error::Io(none()))
    }

    pub(crate) fn keep(plain: &[u8]) -> io::Result<Vec<u8>> {
        Ok(plain.to_vec())
    }

    pub(crate) fn kept(plain: impl Read) -> io::Result<impl Read> {
        Ok(plain)
    }
}

#[cfg(feature = "zstd")]
pub(crate) use with::*;
#[cfg(not(feature = "zstd"))]
pub(crate) use without::*;
