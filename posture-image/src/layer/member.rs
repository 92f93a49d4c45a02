//! A member of a tar stream.

use std::io;

use crate::digest::Stopped;
use crate::limits::Limits;
use crate::truth::{Cause, Gap};

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// Another name of a file.
    HardLink,
    /// A device, pipe or socket. It is never opened.
    Special,
}

/// One member of a tar stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The path as written.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// The number of the owner.
    pub uid: u64,
    /// The number of the group.
    pub gid: u64,
    /// The bytes that are stored.
    pub size: u64,
    /// The size of the file, which for a sparse file is larger.
    pub real_size: u64,
    /// The target of a link, as written.
    pub link: Vec<u8>,
    /// The extended attribute `security.capability`.
    pub capability: Option<Vec<u8>>,
    /// The parts of a sparse file that are stored: offset and length.
    pub sparse: Option<Vec<(u64, u64)>>,
    /// Why other programs may read this member differently.
    pub doubts: Vec<&'static str>,
}

/// Why a stream cannot be read further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TarError {
    /// Why.
    pub cause: Cause,
    /// What is wrong.
    pub detail: String,
}

impl TarError {
    pub(super) fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, detail: detail.into() }
    }

    pub(super) fn malformed(detail: &str) -> Self {
        Self::new(Cause::Malformed, detail)
    }

    /// The gap at a place.
    pub fn gap(self, place: &str) -> Gap {
        Gap::new(self.cause, place, self.detail)
    }
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        if let Some(stopped) = error.get_ref().and_then(|inner| inner.downcast_ref::<Stopped>()) {
            return Self::new(stopped.cause, stopped.to_string());
        }
        let cause = match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Other => Cause::Malformed,
            _ => Cause::Unreadable,
        };
        Self::new(cause, error.to_string())
    }
}

/// The path of a member from the root of the image, without `.` and empty parts; empty for the root.
///
/// # Errors
///
/// The path leaves the root, is too long, or has a part that no file system stores.
pub fn path_of(raw: &[u8], limits: &Limits) -> Result<Vec<u8>, TarError> {
    if raw.len() > limits.path {
        return Err(TarError::new(
            Cause::Incomplete,
            format!("a path of more than {} bytes", limits.path),
        ));
    }
    if raw.contains(&0) {
        return Err(TarError::new(Cause::Ambiguous, "a path with a NUL"));
    }
    let mut path = Vec::with_capacity(raw.len());
    let mut depth = 0;
    for part in raw.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".") {
        if part == b".." {
            return Err(TarError::new(Cause::Ambiguous, "a path with `..`"));
        }
        if part.len() > 255 {
            return Err(TarError::new(
                Cause::Ambiguous,
                "a name of more than 255 bytes, which no file system stores",
            ));
        }
        depth += 1;
        if depth > limits.depth {
            return Err(TarError::new(
                Cause::Incomplete,
                format!("a path of more than {} parts", limits.depth),
            ));
        }
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(part);
    }
    Ok(path)
}
