//! Digests of blobs, as the [OCI image specification](https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests)
//! defines them.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

use sha2::Digest as _;

use crate::text;
use crate::truth::Cause;

/// An algorithm that is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// Its name in digests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    const fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// A digest: the algorithm, and the value in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

/// Why a text is not a digest that can be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// Not of the form `algorithm:hex`, or of a wrong length, or with capital letters.
    #[error("not a digest: {0}")]
    Malformed(String),
    /// An algorithm other than SHA-256 and SHA-512.
    #[error("digest algorithm that is not supported: {0}")]
    Unsupported(String),
}

impl Digest {
    /// Reads `sha256:…` or `sha512:…`.
    ///
    /// # Errors
    ///
    /// The text has another form or another algorithm.
    pub fn parse(digest: &str) -> Result<Self, DigestError> {
        let malformed = || DigestError::Malformed(text::clip(digest.as_bytes(), 100));
        let (name, hex) = digest.split_once(':').ok_or_else(malformed)?;
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            other
                if !other.is_empty()
                    && other
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"+._-".contains(&byte)) =>
            {
                return Err(DigestError::Unsupported(text::clip(other.as_bytes(), 40)));
            }
            _ => return Err(malformed()),
        };
        let small = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if hex.len() == algorithm.digits() && hex.bytes().all(small) {
            Ok(Self { algorithm, hex: hex.to_owned() })
        } else {
            Err(malformed())
        }
    }

    /// The digest of bytes.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// The algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The value, in hexadecimal.
    pub fn hex(&self) -> &str {
        &self.hex
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

/// Computes a digest piece by piece.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha256(sha2::Sha256),
    Sha512(Box<sha2::Sha512>),
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// A digest of nothing yet.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            Algorithm::Sha512 => State::Sha512(Box::new(sha2::Sha512::new())),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// The digest of all bytes so far.
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(state) => {
                Digest { algorithm: Algorithm::Sha256, hex: text::hex(&state.finalize()) }
            }
            State::Sha512(state) => {
                Digest { algorithm: Algorithm::Sha512, hex: text::hex(&state.finalize()) }
            }
        }
    }
}

/// A reader that hashes and counts what passes, and ends with an error at a limit.
#[derive(Debug)]
pub struct Hashing<R> {
    inner: R,
    hasher: Hasher,
    count: Rc<Cell<u64>>,
    limit: u64,
    cause: Cause,
}

/// The error behind an [`io::Error`] of [`Hashing`] and of the decompressor: a bound was reached, or the source failed.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Stopped {
    /// Why reading stopped: a bound, more bytes than are stated, or the source.
    pub cause: Cause,
    /// What is known beyond that.
    pub detail: String,
}

impl<R: Read> Hashing<R> {
    /// Hashes what `inner` gives, up to `limit` bytes.
    pub fn new(inner: R, algorithm: Algorithm, limit: u64) -> Self {
        let hasher = Hasher::new(algorithm);
        Self { inner, hasher, count: Rc::default(), limit, cause: Cause::Incomplete }
    }

    /// Ends already at the size that is stated, if that is smaller: more is another blob.
    #[must_use]
    pub fn stated(self, size: Option<u64>) -> Self {
        match size.filter(|size| *size <= self.limit) {
            Some(limit) => Self { limit, cause: Cause::Mismatch, ..self },
            None => self,
        }
    }

    /// The number of bytes so far, which also others can look at.
    pub fn count(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.count)
    }

    /// The digest and the number of bytes so far.
    pub fn finish(self) -> (Digest, u64) {
        (self.hasher.finish(), self.count.get())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            // What fails here is the source, and not the form of what it gives.
            _ => io::Error::other(Stopped { cause: Cause::Unreadable, detail: error.to_string() }),
        })?;
        let count = self.count.get().saturating_add(read as u64);
        if count > self.limit {
            let stated = if self.cause == Cause::Mismatch { " that are stated" } else { "" };
            let detail = format!("more than the {} bytes{stated}", self.limit);
            return Err(io::Error::other(Stopped { cause: self.cause, detail }));
        }
        self.count.set(count);
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn digests_are_read_strictly() {
        assert_eq!(Digest::of(Algorithm::Sha256, b"").to_string(), EMPTY);
        assert_eq!(Digest::parse(EMPTY).unwrap().to_string(), EMPTY);
        let long = Digest::of(Algorithm::Sha512, b"x");
        assert_eq!(Digest::parse(&long.to_string()).unwrap(), long);
        for malformed in [
            "",
            "sha256",
            "sha256:",
            "sha256:ab",
            &EMPTY.to_uppercase(),
            &EMPTY.replace('e', "E"),
            ":ab",
            "../x:ab",
        ] {
            let error = Digest::parse(malformed).unwrap_err();
            assert!(
                matches!(error, DigestError::Malformed(_)) || malformed.starts_with("SHA"),
                "{malformed}"
            );
        }
        assert_eq!(Digest::parse("sha384:ab"), Err(DigestError::Unsupported("sha384".into())));
    }

    #[test]
    fn a_reader_hashes_counts_and_stops() {
        let mut reader = Hashing::new(&b"abc"[..], Algorithm::Sha256, 3);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(reader.finish(), (Digest::of(Algorithm::Sha256, b"abc"), 3));
        let mut reader = Hashing::new(&b"abcd"[..], Algorithm::Sha256, 3);
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert!(error.get_ref().is_some_and(|inner| inner.is::<Stopped>()));
    }
}
