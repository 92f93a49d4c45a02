//! The members of a tar file that holds an image: where their bytes are.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};

use crate::layer::tar::{Kind, Tar, path_of};
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// Where the regular files of a tar file are, by name.
#[derive(Debug, Default)]
pub(super) struct Members {
    files: HashMap<Vec<u8>, (u64, u64)>,
    links: HashMap<Vec<u8>, Vec<u8>>,
    twice: Vec<Vec<u8>>,
    /// Why the list may lack members.
    gap: Option<Gap>,
}

impl Members {
    /// Lists a tar file, without reading the contents.
    pub(super) fn list(mut file: File, place: &str, limits: &Limits) -> Result<Self, Gap> {
        let mut magic = [0; 4];
        let read = file.read(&mut magic).and_then(|read| file.rewind().map(|()| read));
        let read = read.map_err(|error| Gap::new(Cause::Unreadable, place, error.to_string()))?;
        if magic.starts_with(&[0x1f, 0x8b]) || magic == [0x28, 0xb5, 0x2f, 0xfd] {
            return Err(Gap::new(
                Cause::Unsupported,
                place,
                "a compressed archive; decompress it first",
            ));
        }
        let size = file
            .metadata()
            .map_err(|error| Gap::new(Cause::Unreadable, place, error.to_string()))?
            .len();
        let mut found = Self::default();
        if read == 0 {
            return Err(Gap::new(Cause::Malformed, place, "an empty file"));
        }
        let mut tar = Tar::new(BufReader::new(Skip { file, size }), limits);
        loop {
            let member = match tar.next_member() {
                Ok(Some(member)) => member,
                Ok(None) => return Ok(found),
                Err(error) => {
                    let gap = error.gap(place);
                    if found.files.is_empty() {
                        return Err(gap);
                    }
                    found.gap = Some(gap);
                    return Ok(found);
                }
            };
            let Ok(path) = path_of(&member.path, limits) else { continue };
            match member.kind {
                Kind::File
                    if member.sparse.is_none()
                        && found
                            .files
                            .insert(path.clone(), (tar.position(), member.size))
                            .is_some() =>
                {
                    found.twice.push(path);
                }
                // Old archives of `docker save` have links to equal layers.
                Kind::Symlink | Kind::HardLink => {
                    let directory =
                        path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                    let base = if member.kind == Kind::Symlink {
                        path.get(..directory).unwrap_or_default()
                    } else {
                        b""
                    };
                    if let Some(target) = join(base, &member.link) {
                        found.links.insert(path, target);
                    }
                }
                _ => {}
            }
        }
    }

    /// Where a member begins, and its size.
    pub(super) fn find(&self, name: &str) -> Result<Option<(u64, u64)>, Gap> {
        let name = name.as_bytes();
        let target = self.links.get(name).map_or(name, Vec::as_slice);
        if self.twice.iter().any(|twice| twice == target || twice == name) {
            return Err(Gap::new(
                Cause::Ambiguous,
                text::escape(name),
                "the archive has this file twice",
            ));
        }
        match (self.files.get(target), &self.gap) {
            (Some(place), _) => Ok(Some(*place)),
            (None, Some(gap)) => Err(gap.clone()),
            (None, None) => Ok(None),
        }
    }
}

fn join(base: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> =
        base.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in target.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

/// A file that skips instead of reading.
#[derive(Debug)]
pub(super) struct Skip {
    file: File,
    size: u64,
}

impl std::io::Read for Skip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(buffer)
    }
}

impl crate::layer::tar::Discard for BufReader<Skip> {
    fn discard(&mut self, bytes: u64) -> std::io::Result<u64> {
        let here = self.stream_position()?;
        let end = here.saturating_add(bytes).min(self.get_ref().size.max(here));
        self.seek_relative(i64::try_from(end - here).map_err(std::io::Error::other)?)?;
        Ok(end - here)
    }
}

impl std::io::Seek for Skip {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}
