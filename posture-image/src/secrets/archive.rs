//! Archives and compressed files in an image, searched for credentials without unpacking anything to disk.

use std::io::{self, BufReader, Cursor, Read};

use super::scan::{FileScan, Found, Scanner};
use crate::layer::tar::{Discard, Kind as Member, Tar};
use crate::limits::Limits;
use crate::truth::{Cause, Gap};
use crate::zip;

/// The longest archive that is searched.
pub(super) const WHOLE: usize = 64 << 20;
/// How much a file is read at a time.
const PIECE: usize = 1 << 20;

/// How a file holds other files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zstd,
    Tar,
    Zip,
    /// In a form that is not read, by its name.
    Closed(&'static str),
}

/// What may be read of the archives of an image.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    pub(super) limits: Limits,
    /// The decompressed bytes that are left.
    left: u64,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { limits: limits.clone(), left: limits.archives }
    }
}

/// Ends of the names of zip archives. A program may stand in front of one.
const ZIPS: [&str; 12] = [
    ".zip", ".jar", ".war", ".ear", ".hpi", ".jpi", ".whl", ".egg", ".pyz", ".pex", ".nupkg",
    ".aar",
];

/// The kind of a file with this beginning, if it is an archive.
pub(super) fn kind(path: &[u8], head: &[u8]) -> Option<Kind> {
    let ends = |end: &&str| path.ends_with(end.as_bytes());
    match head {
        [0x1f, 0x8b, 8, ..] => Some(Kind::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Kind::Zstd),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Some(Kind::Closed("bzip2")),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Closed("xz")),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Kind::Closed("7z")),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some(Kind::Closed("RAR")),
        [4, 0x22, 0x4d, 0x18, ..] => Some(Kind::Closed("LZ4")),
        [0xed, 0xab, 0xee, 0xdb, ..] => Some(Kind::Closed("RPM")),
        [b'h', b's', b'q', b's', ..] => Some(Kind::Closed("SquashFS")),
        _ if head.starts_with(b"!<arch>\ndebian-binary") => Some(Kind::Closed("Debian packages")),
        _ if is_tar(head) => Some(Kind::Tar),
        _ if !head.is_empty() && ZIPS.iter().any(ends) => Some(Kind::Zip),
        _ => None,
    }
}

fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// What a search brought.
pub(super) struct Searched {
    pub(super) found: Vec<Found>,
    pub(super) more: usize,
    pub(super) gaps: Vec<(Vec<u8>, Gap)>,
    pub(super) budget: Budget,
}

/// Searches an archive, and those that are in it.
pub(super) fn search(
    kind: Kind,
    bytes: &[u8],
    path: &[u8],
    scanner: &Scanner,
    budget: Budget,
    depth: usize,
) -> Searched {
    let most = budget.limits.jar_depth;
    let left = budget.left;
    let searched = Searched { found: Vec::new(), more: 0, gaps: Vec::new(), budget };
    let mut search = Search { searched, path, scanner, depth, buffer: Vec::new() };
    if depth >= most {
        search.gap(b"", Cause::Incomplete, format!("an archive in more than {most} others"));
        return search.searched;
    }
    // What decompresses to much more than it is, is made to do so.
    let limits = &search.searched.budget.limits;
    let ratio = (bytes.len() as u64).saturating_mul(limits.ratio).max(limits.ratio_after);
    let bound = left.min(ratio);
    match kind {
        Kind::Gzip => search.stream(flate2::bufread::MultiGzDecoder::new(bytes), bound),
        Kind::Zstd => match zstd::stream::read::Decoder::with_buffer(bytes) {
            Ok(decoder) => search.stream(decoder, bound),
            Err(error) => search.gap(b"", Cause::Malformed, error.to_string()),
        },
        Kind::Tar => search.stream(bytes, u64::MAX),
        Kind::Zip => search.zip(bytes, bound),
        Kind::Closed(name) => {
            search.gap(
                b"",
                Cause::Unsupported,
                format!("an archive of {name}, which is not searched"),
            );
        }
    }
    search.searched
}

struct Search<'a> {
    searched: Searched,
    path: &'a [u8],
    scanner: &'a Scanner,
    depth: usize,
    /// What files are read into, one after the other.
    buffer: Vec<u8>,
}

/// The most gaps of an archive that are named: one leaves a list open.
const GAPS: usize = 100;

impl Search<'_> {
    fn gap(&mut self, inside: &[u8], cause: Cause, detail: impl Into<String>) {
        if self.searched.gaps.len() < GAPS {
            self.searched.gaps.push((inside.to_vec(), Gap::new(cause, "", detail)));
        }
    }

    /// A compressed file, or a tar archive in one.
    fn stream(&mut self, reader: impl Read, bound: u64) {
        let mut reader = Bounded { reader, left: bound, count: 0 };
        let mut head = Vec::new();
        if let Err(error) = reader.by_ref().take(512).read_to_end(&mut head) {
            return self.failed(b"", &error);
        }
        let tar = is_tar(&head);
        let mut whole = Cursor::new(head).chain(&mut reader);
        let read = if tar {
            self.tar(BufReader::with_capacity(256 << 10, &mut whole))
        } else {
            // Of `dump.sql.gz` the name is that of what is in it.
            let ends: [&[u8]; 3] = [b".gz", b".zst", b".Z"];
            let name = ends.iter().find_map(|end| self.path.strip_suffix(*end));
            let name = name.unwrap_or(self.path).to_vec();
            self.member(&name, b"", |buffer| whole.read(buffer))
        };
        let spent = reader.count;
        self.searched.budget.left = self.searched.budget.left.saturating_sub(spent);
        if let Err(error) = read {
            self.failed(b"", &error);
        }
    }

    fn failed(&mut self, inside: &[u8], error: &io::Error) {
        let cause = match error.kind() {
            io::ErrorKind::QuotaExceeded => Cause::Incomplete,
            _ => Cause::Malformed,
        };
        self.gap(inside, cause, format!("an archive that cannot be searched further: {error}"));
    }

    fn tar<R: Read>(&mut self, reader: BufReader<R>) -> io::Result<()>
    where
        BufReader<R>: Read,
    {
        let limits = self.searched.budget.limits.clone();
        let mut tar = Tar::new(Plain(reader), &limits);
        let other = |error: crate::layer::tar::TarError| {
            let kind = match error.cause {
                Cause::Incomplete => io::ErrorKind::QuotaExceeded,
                _ => io::ErrorKind::InvalidData,
            };
            io::Error::new(kind, error.detail)
        };
        while let Some(member) = tar.next_member().map_err(other)? {
            if member.kind == Member::File {
                let name = member.path.clone();
                let path = [self.path, b"/", &name].concat();
                self.member(&path, &name, |buffer| tar.read_data(buffer).map_err(other))?;
            }
        }
        tar.finish().map_err(other)
    }

    fn zip(&mut self, bytes: &[u8], bound: u64) {
        let limits = self.searched.budget.limits.clone();
        let entries = match zip::entries(bytes, limits.entries) {
            Ok(entries) => entries,
            Err((cause, detail)) => return self.gap(b"", cause, detail),
        };
        let mut left = bound;
        for entry in entries.iter().filter(|entry| !entry.name.ends_with(b"/")) {
            let content = match entry.content(bytes, left.min(limits.file)) {
                Ok(content) => content,
                Err((cause, detail)) => {
                    self.gap(entry.name, cause, detail);
                    continue;
                }
            };
            let size = content.len() as u64;
            left = left.saturating_sub(size);
            self.searched.budget.left = self.searched.budget.left.saturating_sub(size);
            let path = [self.path, b"/", entry.name].concat();
            let mut rest = content.as_slice();
            if let Err(error) = self.member(&path, entry.name, |buffer| rest.read(buffer)) {
                self.failed(entry.name, &error);
            }
        }
    }

    /// Searches one file: `path` tells what it may hold, `inside` where it is.
    fn member(
        &mut self,
        path: &[u8],
        inside: &[u8],
        mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<()> {
        let budget = std::mem::take(&mut self.searched.budget);
        let mut scan = FileScan::inside(budget, self.depth + 1);
        scan.begin(path);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(PIECE, 0);
        let outcome = loop {
            let mut filled = 0;
            let piece = loop {
                match read(buffer.get_mut(filled..).unwrap_or_default()) {
                    Ok(0) => break Ok(()),
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(error),
                }
                if filled == buffer.len() {
                    break Ok(());
                }
            };
            if filled > 0 {
                scan.data(self.scanner, buffer.get(..filled).unwrap_or_default());
            }
            if filled == 0 || piece.is_err() {
                break piece;
            }
        };
        let within = |one: &[u8]| match (inside, one) {
            ([], one) => one.to_vec(),
            (inside, []) => inside.to_vec(),
            (inside, one) => [inside, b"!/", one.strip_prefix(b"/").unwrap_or(one)].concat(),
        };
        let found = scan.end(self.scanner);
        let room = scan.limits().secrets.saturating_sub(self.searched.found.len());
        self.searched.more += scan.more + found.len().saturating_sub(room);
        let found = found.into_iter().take(room);
        self.searched.found.extend(found.map(|one| Found { inside: within(&one.inside), ..one }));
        let gaps = std::mem::take(&mut scan.gaps).into_iter();
        let room = GAPS.saturating_sub(self.searched.gaps.len());
        self.searched.gaps.extend(gaps.take(room).map(|(one, gap)| (within(&one), gap)));
        self.searched.budget = scan.into_budget();
        self.buffer = buffer;
        outcome
    }
}

/// A reader of a tar archive that is passed over by reading.
struct Plain<R>(R);

impl<R: Read> Read for Plain<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Discard for Plain<R> {}

/// A reader that ends with an error where the bound is reached.
struct Bounded<R> {
    reader: R,
    left: u64,
    count: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count = self.count.saturating_add(read as u64);
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::QuotaExceeded, "more decompressed bytes than are read")
        })?;
        Ok(read)
    }
}
