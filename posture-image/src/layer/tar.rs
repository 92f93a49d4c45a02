//! A reader of tar streams for hostile input.
//!
//! It follows [Go's archive/tar](https://pkg.go.dev/archive/tar), with which Docker and containerd read layers, bounds everything
//! that it holds, and states where GNU tar, libarchive or Python would see something else: such members have `doubts`, and what
//! cannot be continued from is an error. The formats are described in
//! [pax](https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html) and the
//! [manual of GNU tar](https://www.gnu.org/software/tar/manual/html_section/Formats.html).

use std::io::{self, Read};

use super::header::{self, Block};
pub use super::member::{Kind, Member, TarError, path_of};
use super::pax::{self, Records};
use crate::limits::Limits;
use crate::truth::Cause;

/// The unit of tar.
pub(super) const BLOCK: u64 = 512;

/// A reader that can pass over bytes.
pub trait Discard: Read {
    /// Passes over bytes, and returns how many there were.
    ///
    /// # Errors
    ///
    /// The bytes cannot be read.
    fn discard(&mut self, bytes: u64) -> io::Result<u64>
    where
        Self: Sized,
    {
        io::copy(&mut self.by_ref().take(bytes), &mut io::sink())
    }
}

impl Discard for &[u8] {}

/// Reads members one after the other.
#[derive(Debug)]
pub struct Tar<R> {
    reader: R,
    pub(super) limits: Limits,
    position: u64,
    /// Bytes of the current member that were not read yet, and the padding after them.
    pub(super) left: u64,
    padding: u64,
    members: usize,
    ended: bool,
}

impl<R: Discard> Tar<R> {
    /// Reads from the beginning of a stream.
    pub fn new(reader: R, limits: &Limits) -> Self {
        Self {
            reader,
            limits: limits.clone(),
            position: 0,
            left: 0,
            padding: 0,
            members: 0,
            ended: false,
        }
    }

    /// The number of bytes before what is read next.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The next member. The bytes of the one before are passed over.
    ///
    /// # Errors
    ///
    /// The stream is malformed, or a bound is reached.
    pub fn next_member(&mut self) -> Result<Option<Member>, TarError> {
        if self.ended {
            return Ok(None);
        }
        let mut long_name = None;
        let mut long_link = None;
        let mut records: Option<Records> = None;
        loop {
            self.pass_over()?;
            let Some(block) = self.header()? else {
                if long_name.is_some() || long_link.is_some() || records.is_some() {
                    return Err(TarError::malformed("ends after an extension header"));
                }
                self.ended = true;
                return Ok(None);
            };
            let size = block.size()?;
            match block.kind() {
                b'x' | b'g' | b'L' | b'K' => {
                    let bytes = self.extension(size)?;
                    match block.kind() {
                        b'g' if Records::read(&bytes)?.only_comment() => {}
                        b'g' => {
                            let detail =
                                "a global PAX header, which some programs apply and Go ignores";
                            return Err(TarError::new(Cause::Ambiguous, detail));
                        }
                        b'x' if records.is_none() => records = Some(Records::read(&bytes)?),
                        b'L' if long_name.is_none() => long_name = Some(pax::long(bytes)?),
                        b'K' if long_link.is_none() => long_link = Some(pax::long(bytes)?),
                        _ => {
                            return Err(TarError::new(
                                Cause::Ambiguous,
                                "two extension headers of a kind in a row",
                            ));
                        }
                    }
                    if records.is_some() && (long_name.is_some() || long_link.is_some()) {
                        return Err(TarError::new(
                            Cause::Ambiguous,
                            "PAX and GNU extensions of one member",
                        ));
                    }
                }
                kind => {
                    self.members += 1;
                    if self.members > self.limits.entries {
                        let detail = format!("more than {} entries", self.limits.entries);
                        return Err(TarError::new(Cause::Incomplete, detail));
                    }
                    return self
                        .member(
                            &block,
                            kind,
                            size,
                            records.unwrap_or_default(),
                            long_name,
                            long_link,
                        )
                        .map(Some);
                }
            }
        }
    }

    fn member(
        &mut self,
        block: &Block,
        kind: u8,
        header_size: u64,
        records: Records,
        long_name: Option<Vec<u8>>,
        long_link: Option<Vec<u8>>,
    ) -> Result<Member, TarError> {
        let mut doubts = records.doubts.clone();
        let mut path = block.path(&mut doubts)?;
        let mut link = block.link();
        if let Some(name) = long_name.or(records.path) {
            path = name;
        }
        if let Some(name) = long_link.or(records.link) {
            link = name;
        }
        if path.is_empty() {
            return Err(TarError::malformed("a member without a name"));
        }
        let size = match records.size {
            Some(size) if size == header_size => size,
            // Writers leave the field empty only where the size does not fit into it.
            Some(size) if header_size == 0 && size >= header::OCTAL_SIZE => size,
            Some(_) => {
                return Err(TarError::new(
                    Cause::Ambiguous,
                    "a PAX size that differs from the header's",
                ));
            }
            None => header_size,
        };
        let slash = path.ends_with(b"/");
        let member_kind = match kind {
            0 if slash => Kind::Directory,
            b'0' if slash => {
                doubts.push("a regular file whose name ends in a slash");
                Kind::File
            }
            0 | b'0' | b'S' => Kind::File,
            b'1' => Kind::HardLink,
            b'2' => Kind::Symlink,
            b'3' | b'4' | b'6' => Kind::Special,
            b'5' => Kind::Directory,
            _ => {
                let detail =
                    format!("a member of type 0x{kind:02x}, which programs treat differently");
                return Err(TarError::new(Cause::Ambiguous, detail));
            }
        };
        if member_kind != Kind::File && size != 0 {
            // Go passes over nothing here; other programs pass over this many bytes.
            return Err(TarError::new(Cause::Ambiguous, "a link, directory or device with a size"));
        }
        self.left = size;
        self.padding = (BLOCK - size % BLOCK) % BLOCK;
        let (sparse, real_size) = match (kind, records.sparse) {
            (b'S', Some(_)) => {
                return Err(TarError::new(
                    Cause::Ambiguous,
                    "two forms of sparse files in one member",
                ));
            }
            (b'S', None) => {
                let (parts, real) = self.old_sparse(block)?;
                (Some(parts), real)
            }
            (_, Some(_)) if member_kind != Kind::File => {
                return Err(TarError::malformed("a sparse member that is not a file"));
            }
            (_, Some(sparse)) => {
                if let Some(name) = sparse.name {
                    path = name;
                }
                let parts = match sparse.parts {
                    Some(parts) => parts,
                    None => self.sparse_map()?,
                };
                (Some(parts), sparse.real_size)
            }
            (_, None) => (None, size),
        };
        if let Some(parts) = &sparse {
            pax::check_sparse(parts, self.left, real_size)?;
        }
        let (uid, gid) = (
            records.uid.map_or_else(|| block.uid(), Ok)?,
            records.gid.map_or_else(|| block.gid(), Ok)?,
        );
        let mode = u32::try_from(block.mode()? & 0o7777).unwrap_or_default();
        Ok(Member {
            path,
            kind: member_kind,
            mode,
            uid,
            gid,
            size: self.left,
            real_size,
            link,
            capability: records.capability,
            sparse,
            doubts,
        })
    }

    /// Reads stored bytes of the current member; 0 at its end.
    ///
    /// # Errors
    ///
    /// The stream ends too early, or a bound is reached.
    pub fn read_data(&mut self, buffer: &mut [u8]) -> Result<usize, TarError> {
        let want = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if want == 0 {
            return Ok(0);
        }
        let read = self.reader.read(buffer.get_mut(..want).unwrap_or_default())?;
        if read == 0 {
            return Err(TarError::malformed("ends in the middle of a file"));
        }
        self.left -= read as u64;
        self.position += read as u64;
        Ok(read)
    }

    /// Reads what is behind the end.
    ///
    /// # Errors
    ///
    /// It is not empty, so that some programs find more members there; or it cannot be read.
    pub fn finish(&mut self) -> Result<(), TarError> {
        let mut buffer = vec![0; 64 << 10];
        let mut strange = false;
        loop {
            let read = self.reader.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            self.position += read as u64;
            strange |= buffer.get(..read).unwrap_or_default().iter().any(|byte| *byte != 0);
        }
        if strange {
            return Err(TarError::new(Cause::Ambiguous, "data behind the end of the archive"));
        }
        Ok(())
    }

    /// The reader underneath.
    pub fn into_inner(self) -> R {
        self.reader
    }

    /// The reader underneath, to read the rest after an error.
    pub const fn inner(&mut self) -> &mut R {
        &mut self.reader
    }

    fn pass_over(&mut self) -> Result<(), TarError> {
        let passed = self.reader.discard(self.left)?;
        self.position += passed;
        if passed < self.left {
            return Err(TarError::malformed("ends in the middle of a file"));
        }
        // The padding may be missing at the end, as Go accepts.
        self.position += self.reader.discard(self.padding)?;
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    /// A block that is not empty; none at the end.
    fn header(&mut self) -> Result<Option<Block>, TarError> {
        let Some(block) = self.block()? else { return Ok(None) };
        if block.is_empty() {
            return match self.block()? {
                None => Ok(None),
                Some(second) if second.is_empty() => Ok(None),
                Some(_) => {
                    Err(TarError::new(Cause::Ambiguous, "a single empty block between members"))
                }
            };
        }
        block.check()?;
        Ok(Some(block))
    }

    pub(super) fn block(&mut self) -> Result<Option<Block>, TarError> {
        let mut bytes = [0; BLOCK as usize];
        let mut filled = 0;
        while filled < bytes.len() {
            let read = self.reader.read(bytes.get_mut(filled..).unwrap_or_default())?;
            if read == 0 {
                break;
            }
            filled += read;
        }
        self.position += filled as u64;
        match filled {
            0 => Ok(None),
            512 => Ok(Some(Block(bytes))),
            _ => Err(TarError::malformed("ends in the middle of a header")),
        }
    }

    fn extension(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        if size > self.limits.extension {
            let detail =
                format!("an extension header of more than {} bytes", self.limits.extension);
            return Err(TarError::new(Cause::Incomplete, detail));
        }
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(size).read_to_end(&mut bytes)?;
        self.position += read as u64;
        if (read as u64) < size {
            return Err(TarError::malformed("ends in an extension header"));
        }
        self.padding = (BLOCK - size % BLOCK) % BLOCK;
        Ok(bytes)
    }
}
