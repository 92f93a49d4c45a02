//! From the bytes of a layer's blob to those of its tar stream: hashed on both sides, bounded, and decompressed by what they begin
//! with, as the stated media type may be wrong.

use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Read};
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

use super::tar::Discard;
use crate::digest::{Algorithm, Digest, Hashing, Stopped};
use crate::limits::Limits;
use crate::source::Bytes;
use crate::truth::{Cause, Gap};

/// The compression of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// None.
    Plain,
    /// gzip, of one or several members.
    Gzip,
    /// Zstandard, of one or several frames.
    Zstd,
}

type Input = BufReader<Hashing<Bytes>>;

enum Decoder {
    Plain(Input),
    Gzip(Box<MultiGzDecoder<Input>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, Input>>),
}

/// A decompressing reader.
pub(super) struct Stream {
    decoder: Decoder,
    hashing: Counter,
    /// What this layer has decompressed, and all layers of the image together.
    total: Rc<Cell<u64>>,
}

struct Counter {
    hasher: crate::digest::Hasher,
    compressed: Rc<Cell<u64>>,
    count: u64,
    limits: Limits,
}

/// What was read in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) compressed: (Digest, u64),
    pub(super) diff_id: Option<Digest>,
    pub(super) decompressed: u64,
}

impl Stream {
    /// Looks at the beginning of a blob. `total` counts the decompressed bytes of the image.
    pub(super) fn open(
        blob: Bytes,
        algorithms: (Algorithm, Algorithm),
        limits: &Limits,
        total: Rc<Cell<u64>>,
        size: Option<u64>,
        place: &str,
    ) -> Result<(Self, Compression), Gap> {
        let unreadable = |error: io::Error| super::tar::TarError::from(error).gap(place);
        let hashing = Hashing::new(blob, algorithms.0, limits.layer_compressed).stated(size);
        let compressed = hashing.count();
        let mut input = BufReader::with_capacity(256 << 10, hashing);
        let magic = input.fill_buf().map_err(unreadable)?;
        let (decoder, compression) = match magic {
            [0x1f, 0x8b, ..] => {
                (Decoder::Gzip(Box::new(MultiGzDecoder::new(input))), Compression::Gzip)
            }
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                let decoder =
                    zstd::stream::read::Decoder::with_buffer(input).map_err(unreadable)?;
                (Decoder::Zstd(Box::new(decoder)), Compression::Zstd)
            }
            [b'B', b'Z', b'h', ..] | [0xfd, b'7', b'z', b'X', b'Z', ..] => {
                return Err(Gap::new(Cause::Unsupported, place, "a layer in bzip2 or xz"));
            }
            _ => (Decoder::Plain(input), Compression::Plain),
        };
        let hasher = crate::digest::Hasher::new(algorithms.1);
        let hashing = Counter { hasher, compressed, count: 0, limits: limits.clone() };
        Ok((Self { decoder, hashing, total }, compression))
    }

    /// Reads both streams to their ends.
    pub(super) fn finish(mut self) -> Result<Sums, io::Error> {
        let decoded = io::copy(&mut self, &mut io::sink()).map(|_| ());
        let bound = decoded
            .as_ref()
            .err()
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| inner.is::<Stopped>());
        let mut input = match self.decoder {
            Decoder::Plain(input) => input,
            Decoder::Gzip(decoder) => decoder.into_inner(),
            Decoder::Zstd(decoder) => decoder.finish(),
        };
        let whole = decoded.is_ok();
        if bound {
            decoded?;
        }
        io::copy(&mut input, &mut io::sink())?;
        let diff_id = whole.then(|| self.hashing.hasher.finish());
        Ok(Sums {
            compressed: input.into_inner().finish(),
            diff_id,
            decompressed: self.hashing.count,
        })
    }
}

impl Counter {
    fn check(&self, total: u64) -> io::Result<()> {
        let limits = &self.limits;
        let bound =
            |detail: String| Err(io::Error::other(Stopped { cause: Cause::Incomplete, detail }));
        if self.count > limits.layer_decompressed {
            return bound(format!("more than {} decompressed bytes", limits.layer_decompressed));
        }
        if total > limits.image_decompressed {
            return bound(format!(
                "more than {} decompressed bytes in all layers",
                limits.image_decompressed
            ));
        }
        let beyond = self.count.saturating_sub(limits.ratio_after);
        if beyond > self.compressed.get().saturating_mul(limits.ratio) {
            return bound(format!(
                "more than {} decompressed bytes for each compressed one",
                limits.ratio
            ));
        }
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.decoder {
            Decoder::Plain(input) => input.read(buffer)?,
            Decoder::Gzip(decoder) => decoder.read(buffer)?,
            Decoder::Zstd(decoder) => decoder.read(buffer)?,
        };
        self.hashing.hasher.update(buffer.get(..read).unwrap_or_default());
        self.hashing.count += read as u64;
        self.total.set(self.total.get().saturating_add(read as u64));
        self.hashing.check(self.total.get())?;
        Ok(read)
    }
}

impl Discard for BufReader<Stream> {}
