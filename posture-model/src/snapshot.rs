//! The value between collecting and judging: everything that was read, in one file.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::budget;
use crate::gap::Gap;
use crate::packing;
use crate::provider::Provider;
use crate::replace::{create, replace};
use crate::scope::{Level, Scope};
use crate::time::Time;

/// The word that identifies a snapshot.
pub const FORMAT: &str = "posture-snapshot";

/// The version of the format that this crate writes, and the only one it reads.
pub const VERSION: u32 = 2;

/// How many bytes of memory [`Snapshot::load`] needs at most, so that no file can fill the memory: 512 MiB.
pub const DEFAULT_LIMIT: u64 = 512 << 20;

/// How many bytes of memory a value needs in a list or a map beside its text.
const VALUE: usize = 48;

/// How many times its size a compressed file may unpack to. A thousand subscriptions with the same twenty accounts in each
/// unpack to 60 times.
const MOST_RATIO: u64 = 500;

/// Below so many bytes no ratio matters: 64 MiB.
const HARMLESS: u64 = 64 << 20;

/// Everything that was read, and what could not be.
///
/// In its canonical form (after [`Snapshot::canonicalise`]) equal content is equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Always `posture-snapshot`.
    pub format: String,
    /// The version of the format.
    pub version: u32,
    /// The version of the tool that wrote it.
    pub tool: String,
    /// When collecting began.
    pub started: Time,
    /// What was audited, ordered by provider, then accounts before tenants, then id.
    #[serde(deserialize_with = "budget::list")]
    pub scopes: Vec<Scope>,
    /// When collecting ended.
    pub finished: Time,
    /// Whether collecting was stopped before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// What a snapshot records about its creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version of the tool that collected.
    pub tool: String,
    /// When collecting began.
    pub started: Time,
    /// When collecting ended.
    pub finished: Time,
    /// Whether collecting was stopped before its end.
    pub partial: bool,
}

/// Why a snapshot could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened, read or written.
    #[error("cannot access the snapshot")]
    Io(#[from] io::Error),
    /// The file is something else.
    #[error("not a snapshot: {0}")]
    NotASnapshot(String),
    /// The format is of another version.
    #[error("the snapshot has format version {found}, this version of posture reads {VERSION}")]
    Version {
        /// The version in the file.
        found: u64,
    },
    /// The file ends before its end.
    #[error("the snapshot is truncated")]
    Truncated,
    /// Another process is writing the same snapshot.
    #[error("another audit is writing this snapshot")]
    Busy,
    /// Another read was interrupted.
    #[error(
        "the interrupted audit was a different one: of other accounts, controls or regions, or by another version"
    )]
    Another,
    /// The file is small and holds much, as nothing that is read from a cloud does.
    #[error("the compressed snapshot unpacks to more than {MOST_RATIO} times its size")]
    Bomb,
    /// The file is larger than the limit.
    #[error("the snapshot has more than {limit} bytes of JSON")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The file claims to be a snapshot and does not fit the format.
    #[error("the snapshot is damaged")]
    Damaged(#[source] serde_json::Error),
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Io(_) => "check the path and its permissions",
            Self::NotASnapshot(_) => "write one with `posture audit … --save FILE`",
            Self::Version { .. } => {
                "read it with the version of posture that wrote it, or audit again"
            }
            Self::Truncated => "copy the file again, or audit again",
            Self::Busy => "wait for it, or save to another file",
            Self::Another => "pass the same arguments as before, or start over without --resume",
            Self::Bomb => "decompress it with another tool first, if you trust the file",
            Self::TooLarge { .. } => "audit fewer accounts into one snapshot",
            Self::Damaged(_) => "audit again; a snapshot is not meant to be edited by hand",
        }
    }
}

impl Snapshot {
    /// A snapshot of these scopes.
    pub fn new(tool: impl Into<String>, started: Time, finished: Time, scopes: Vec<Scope>) -> Self {
        let mut snapshot = Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            tool: tool.into(),
            started,
            scopes,
            finished,
            partial: false,
        };
        snapshot.canonicalise();
        snapshot
    }

    /// What it records about its creation.
    pub fn header(&self) -> Header {
        let (tool, started, finished) = (self.tool.clone(), self.started, self.finished);
        Header { tool, started, finished, partial: self.partial }
    }

    /// Puts everything in its canonical order.
    pub fn canonicalise(&mut self) {
        for scope in &mut self.scopes {
            scope.canonicalise();
        }
        self.scopes.sort_by(|a, b| a.place().cmp(&b.place()));
    }

    /// Writes it as one line of JSON.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn write(&self, mut out: impl Write) -> Result<(), Error> {
        serde_json::to_writer(&mut out, self).map_err(|e| Error::Io(e.into()))?;
        out.write_all(b"\n").and_then(|()| out.flush()).map_err(Error::Io)
    }

    /// Writes it to a file, compressed with zstd when the name ends in `.zst`.
    ///
    /// The file appears in whole or not at all, and only its owner may read it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        save(path, |out| self.write(out))
    }

    /// Reads one from a file, plain or compressed, with at most [`DEFAULT_LIMIT`] bytes of memory.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::load_limited(path, DEFAULT_LIMIT)
    }

    /// Reads one from a file with at most `limit` bytes of memory.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn load_limited(path: &Path, limit: u64) -> Result<Self, Error> {
        Self::read(BufReader::new(File::open(path).map_err(Error::Io)?), limit)
    }

    /// Reads one with at most `limit` bytes of memory, plain or compressed, whatever the name of its file.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(mut input: impl Read, limit: u64) -> Result<Self, Error> {
        const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
        // A text takes room while it is read, and its words once more in what is made of it.
        let most = limit / 4;
        let mut head = Vec::with_capacity(4);
        input.by_ref().take(4).read_to_end(&mut head).map_err(Error::Io)?;
        let whole = head.as_slice().chain(input);
        let mut json = Vec::new();
        let result = if head == ZSTD_MAGIC {
            unpack(whole, most, &mut json)
        } else {
            whole.take(most.saturating_add(1)).read_to_end(&mut json).map(|_| true)
        };
        match result {
            Ok(true) => {}
            Ok(false) => return Err(Error::Bomb),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(Error::Truncated),
            Err(e) if head == ZSTD_MAGIC && e.kind() == io::ErrorKind::Other => {
                return Err(Error::NotASnapshot("the compressed data is damaged".to_owned()));
            }
            Err(e) => return Err(Error::Io(e)),
        }
        if json.len() as u64 > most {
            return Err(Error::TooLarge { limit });
        }
        let values = json.iter().filter(|byte| **byte == b',').count();
        let texts = json.len().saturating_mul(3).saturating_add(values.saturating_mul(VALUE));
        let limit_of_lists = usize::try_from(limit).unwrap_or(usize::MAX).checked_sub(texts);
        let Some(left) = limit_of_lists else { return Err(Error::TooLarge { limit }) };
        match budget::within(left, || Self::parse(&json)) {
            (_, true) => Err(Error::TooLarge { limit }),
            (read, false) => read,
        }
    }

    fn parse(json: &[u8]) -> Result<Self, Error> {
        match serde_json::from_slice::<Self>(json) {
            Ok(mut snapshot)
                if snapshot.format == FORMAT
                    && snapshot.version == VERSION
                    && snapshot.gaps_resolve() =>
            {
                if snapshot.has_twins() {
                    return Err(Error::Damaged(serde::de::Error::custom(
                        "it contains an account twice",
                    )));
                }
                // Findings are about one resource each.
                for scope in snapshot.scopes.iter_mut().filter(|scope| !scope.is_ordered()) {
                    scope.canonicalise();
                }
                Ok(snapshot)
            }
            Ok(snapshot) if snapshot.format == FORMAT && snapshot.version == VERSION => {
                Err(Error::Damaged(serde::de::Error::custom(
                    "a fact refers to a gap that does not exist",
                )))
            }
            outcome => Err(Self::diagnose(json, outcome.err())),
        }
    }

    /// Describes a file that is not a snapshot of this version.
    fn diagnose(json: &[u8], error: Option<serde_json::Error>) -> Error {
        #[derive(Deserialize)]
        struct Header {
            #[serde(default)]
            format: serde_json::Value,
            #[serde(default)]
            version: serde_json::Value,
        }
        if json.iter().all(u8::is_ascii_whitespace) {
            return Error::NotASnapshot("the file is empty".to_owned());
        }
        // The head of a truncated file still shows what it was.
        let prefix = String::from_utf8_lossy(&json[..json.len().min(200)]).into_owned();
        match (serde_json::from_slice::<Header>(json), error) {
            (Ok(header), error) => match (header.format.as_str(), header.version.as_u64(), error) {
                (Some(FORMAT), Some(version), _) if version != u64::from(VERSION) => {
                    Error::Version { found: version }
                }
                (Some(FORMAT), _, Some(error)) => Error::Damaged(error),
                (Some(FORMAT), _, None) => Error::NotASnapshot("it has no version".to_owned()),
                _ => Error::NotASnapshot(format!("its `format` is not `{FORMAT}`")),
            },
            (Err(e), _) if e.is_eof() && prefix.contains(FORMAT) => Error::Truncated,
            (Err(e), _) if prefix.contains(FORMAT) => Error::Damaged(e),
            (Err(_), _) => Error::NotASnapshot("not a JSON object".to_owned()),
        }
    }

    /// Whether a scope is there twice, which would count everything in it twice.
    fn has_twins(&self) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        !self.scopes.iter().all(|scope| seen.insert(scope.place()))
    }

    /// Whether every fact and listing points to a gap that exists: judging relies on it.
    fn gaps_resolve(&self) -> bool {
        use crate::gap::GapId;
        use crate::resource::Resource;
        struct Highest(usize);
        impl crate::scope::Visit for Highest {
            fn resources<R: Resource>(&mut self, resources: &[R], gaps: &[GapId]) {
                let facts = resources
                    .iter()
                    .flat_map(|r| R::FACTS.iter().filter_map(|fact| r.gap(fact.name)));
                for gap in facts.chain(gaps.iter().copied()) {
                    self.0 = self.0.max(gap.index());
                }
            }
        }
        self.scopes.iter().all(|scope| {
            let mut highest = Highest(GapId::OUTSIDE_SCOPE.index());
            scope.visit(&mut highest);
            if let Some(gap) = scope.time_unknown {
                highest.0 = highest.0.max(gap.index());
            }
            highest.0 < scope.gaps.len()
                && scope.gaps.first() == Some(&Gap::not_collected())
                && scope.gaps.get(1) == Some(&Gap::outside_scope())
        })
    }
}

/// Unpacks up to a limit and one byte more; false where more comes out than can have been meant.
fn unpack(packed: impl Read, limit: u64, json: &mut Vec<u8>) -> io::Result<bool> {
    struct Counted<'c, R>(R, &'c Cell<u64>);
    impl<R: Read> Read for Counted<'_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.read(buffer)?;
            self.1.set(self.1.get() + count as u64);
            Ok(count)
        }
    }
    let packed_bytes = Cell::new(0);
    let mut plain = packing::unpacking(Counted(packed, &packed_bytes))?;
    loop {
        let left = limit.saturating_add(1) - json.len() as u64;
        let read = Read::by_ref(&mut plain).take(left.min(1 << 20)).read_to_end(json)?;
        let unpacked = json.len() as u64;
        if unpacked > HARMLESS && unpacked / MOST_RATIO > packed_bytes.get() {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

/// Writes a file that appears in whole or not at all.
fn save(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), Error>) -> Result<(), Error> {
    replace(path, |file| {
        let file = BufWriter::new(file);
        if is_zstd(path) {
            packing::packing(file, write)?.flush().map_err(Error::Io)
        } else {
            let mut out = file;
            write(&mut out)?;
            out.flush().map_err(Error::Io)
        }
    })
}

/// Writes a snapshot scope by scope, so that no more than one has to be in memory.
///
/// Scopes come in any order, and are kept in a file beside the snapshot until all are there. If the writing is interrupted,
/// that file stays, and [`Writer::resume`] continues from it.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    kept: PathBuf,
    file: File,
    /// Where each scope is in the file, by its position in the snapshot.
    index: BTreeMap<(Provider, Level, String), (u64, u64)>,
    end: u64,
    /// Whether what is kept stays although the writing is given up.
    stays: bool,
}

impl Writer {
    /// Begins a snapshot that will be at `path`, compressed with zstd if the name ends in `.zst`. `mark` identifies the audit
    /// that it belongs to, for a process that resumes it. What an earlier writer left is discarded.
    ///
    /// # Errors
    /// When nothing can be written beside `path`, or another process is writing there.
    pub fn create(path: &Path, mark: &str) -> Result<Self, Error> {
        let kept = parts(path);
        match File::open(&kept) {
            // A process that holds the lock is at work.
            Ok(file) => lock(&file)?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::Io(e)),
        }
        let _ = std::fs::remove_file(&kept);
        let mut writer = Self::begin(path, kept.clone(), create(&kept).map_err(Error::Io)?)?;
        writer.frame(mark.as_bytes())?;
        Ok(writer)
    }

    /// Resumes an interrupted snapshot, and returns each stored scope for which `keep` returns true. Begins
    /// again if nothing was stored.
    ///
    /// # Errors
    /// As [`Writer::create`], and if what was kept belongs to something else than `mark`.
    pub fn resume(
        path: &Path,
        mark: &str,
        mut keep: impl FnMut(Scope) -> bool,
    ) -> Result<Self, Error> {
        let kept = parts(path);
        let plain = std::fs::symlink_metadata(&kept).is_ok_and(|found| found.is_file());
        if !plain {
            return Self::create(path, mark);
        }
        let file = File::options().read(true).write(true).open(&kept).map_err(Error::Io)?;
        let mut writer = Self::begin(path, kept, file)?;
        writer.stays = true;
        let size = writer.file.metadata().map_err(Error::Io)?.len();
        if writer.next(size)?.as_deref() != Some(mark.as_bytes()) {
            return Err(Error::Another);
        }
        // A frame whose writing was interrupted is incomplete, and ends the list.
        loop {
            let start = writer.end + FRAME;
            let Some(json) = writer.next(size)? else { break };
            let scope: Scope = serde_json::from_slice(&json).map_err(Error::Damaged)?;
            let (provider, level, id) = scope.place();
            let place = (provider, level, id.to_owned());
            let length = writer.end - start;
            if keep(scope) {
                writer.index.insert(place, (start, length));
            }
        }
        writer.file.set_len(writer.end).map_err(Error::Io)?;
        writer.file.seek(SeekFrom::Start(writer.end)).map_err(Error::Io)?;
        Ok(writer)
    }

    fn begin(path: &Path, kept: PathBuf, file: File) -> Result<Self, Error> {
        lock(&file)?;
        let (path, index) = (path.to_owned(), BTreeMap::new());
        Ok(Self { path, kept, file, index, end: 0, stays: false })
    }

    /// The next frame, unpacked; none if it is incomplete.
    fn next(&mut self, size: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut length = [0; 8];
        if self.end + FRAME > size || self.file.read_exact(&mut length).is_err() {
            return Ok(None);
        }
        let length = u64::from_le_bytes(length);
        if length > size - self.end - FRAME {
            return Ok(None);
        }
        let mut plain = Vec::new();
        let mut kept = Read::by_ref(&mut self.file).take(length);
        let whole = if packing::PACKS {
            unpack(kept, DEFAULT_LIMIT, &mut plain)
        } else {
            kept.read_to_end(&mut plain).map(|_| true)
        };
        match whole {
            Ok(true) if plain.len() as u64 <= DEFAULT_LIMIT => {}
            Ok(_) => return Err(Error::Bomb),
            Err(_) => return Ok(None),
        }
        self.end += FRAME + length;
        self.file.seek(SeekFrom::Start(self.end)).map_err(Error::Io)?;
        Ok(Some(plain))
    }

    fn frame(&mut self, plain: &[u8]) -> Result<(u64, u64), Error> {
        let packed = packing::keep(plain).map_err(Error::Io)?;
        let length = packed.len() as u64;
        self.file.write_all(&length.to_le_bytes()).map_err(Error::Io)?;
        self.file.write_all(&packed).map_err(Error::Io)?;
        let start = self.end + FRAME;
        self.end = start + length;
        Ok((start, length))
    }

    /// Keeps what was written when the writing is given up, for a process that resumes it.
    pub fn stay(&mut self) {
        self.stays = true;
    }

    /// Adds a scope, which must be in its canonical form.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, scope: &Scope) -> Result<(), Error> {
        let plain = serde_json::to_vec(scope).map_err(|e| Error::Io(e.into()))?;
        let place = self.frame(&plain)?;
        let (provider, level, id) = scope.place();
        self.index.insert((provider, level, id.to_owned()), place);
        Ok(())
    }

    /// Puts the scopes in their order into the snapshot. The file appears in whole or not at all, and only its owner
    /// may read it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, header: &Header) -> Result<(), Error> {
        let index = std::mem::take(&mut self.index);
        // What was read stays where it is until the snapshot is there.
        self.stays = true;
        let file = &mut self.file;
        let io = |error: serde_json::Error| Error::Io(error.into());
        save(&self.path, |out| {
            let started = serde_json::to_string(&header.started).map_err(io)?;
            let finished = serde_json::to_string(&header.finished).map_err(io)?;
            let tool = serde_json::to_string(&header.tool).map_err(io)?;
            let head = format!(
                "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"tool\":{tool},\"started\":{started},\"scopes\":["
            );
            out.write_all(head.as_bytes()).map_err(Error::Io)?;
            for (number, (start, length)) in index.into_values().enumerate() {
                if number > 0 {
                    out.write_all(b",").map_err(Error::Io)?;
                }
                file.seek(SeekFrom::Start(start)).map_err(Error::Io)?;
                let packed = BufReader::new(Read::by_ref(file).take(length));
                let mut plain = packing::kept(packed).map_err(Error::Io)?;
                io::copy(&mut plain, out).map_err(Error::Io)?;
            }
            let partial = if header.partial { ",\"partial\":true" } else { "" };
            let tail = format!("],\"finished\":{finished}{partial}}}\n");
            out.write_all(tail.as_bytes()).map_err(Error::Io)
        })?;
        // Who stopped in the middle may want to go on.
        self.stays = header.partial;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_file(&self.kept);
        }
    }
}

/// How many bytes hold the length of a frame.
const FRAME: u64 = 8;

/// Where the scopes of a snapshot are kept until all are there.
fn parts(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".parts");
    path.with_file_name(name)
}

/// Holds a file for this process alone.
fn lock(file: &File) -> Result<(), Error> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Busy),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::Io(error)),
    }
}

fn is_zstd(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zst"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use crate::gap::GapId;
    use crate::provider::Provider;
    use crate::resource::Bucket;

    fn sample() -> Snapshot {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        scope.buckets.items.push(
            Bucket::unread("arn:aws:s3:::logs", "logs", None).tls_enforced(Fact::Known(true)),
        );
        Snapshot::new("0.1.0", Time::from_unix(0), Time::from_unix(9), vec![scope])
    }

    fn bytes(snapshot: &Snapshot) -> Vec<u8> {
        let mut out = Vec::new();
        snapshot.write(&mut out).unwrap();
        out
    }

    #[test]
    fn a_small_file_of_many_resources_does_not_fill_the_memory() {
        let mut whole = sample();
        let scope = &mut whole.scopes[0];
        scope.buckets.items =
            (0..2_000).map(|n| Bucket::unread(n.to_string(), "b", None)).collect();
        let json = bytes(&whole);
        assert!(Snapshot::read(json.as_slice(), DEFAULT_LIMIT).is_ok());
        // The text would fit many times.
        let limit = 16 * json.len() as u64;
        assert!(limit < 2_000 * size_of::<Bucket>() as u64 * 2);
        let read = Snapshot::read(json.as_slice(), limit);
        assert!(matches!(read, Err(Error::TooLarge { .. })), "{read:?}");
    }

    #[test]
    fn a_file_of_many_gaps_does_not_fill_the_memory() {
        let mut whole = sample();
        for n in 0..5_000 {
            whole.scopes[0].gaps.push(Gap::new("", n.to_string(), crate::gap::Reason::Denied));
        }
        let json = bytes(&whole);
        let limit = 8 * json.len() as u64;
        assert!(matches!(Snapshot::read(json.as_slice(), limit), Err(Error::TooLarge { .. })));
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn plain_and_compressed_files_come_back_equal() {
        let dir = std::env::temp_dir().join(format!("posture-snapshot-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        for name in ["s.json", "s.json.zst"] {
            let path = dir.join(name);
            sample().save(&path).unwrap();
            assert_eq!(Snapshot::load(&path).unwrap(), sample());
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            }
        }
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 2, "no partial file stays");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn scope_by_scope_gives_the_same_bytes_as_all_at_once() {
        let dir = std::env::temp_dir().join(format!("posture-writer-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let mut tenant = Scope::empty(Provider::Azure, "0");
        tenant.level = Level::Tenant;
        let scopes = vec![
            tenant,
            Scope::empty(Provider::Azure, "9"),
            sample().scopes.remove(0),
            Scope::empty(Provider::Azure, "1"),
        ];
        for partial in [false, true] {
            let mut whole =
                Snapshot::new("0.1.0", Time::from_unix(0), Time::from_unix(9), scopes.clone());
            whole.partial = partial;
            for name in ["w.json", "w.json.zst"] {
                let path = dir.join(name);
                let mut writer = Writer::create(&path, "all").unwrap();
                for scope in &scopes {
                    let mut scope = scope.clone();
                    scope.canonicalise();
                    writer.add(&scope).unwrap();
                }
                writer.finish(&whole.header()).unwrap();
                assert_eq!(Snapshot::load(&path).unwrap(), whole);
                if name == "w.json" {
                    assert_eq!(std::fs::read(&path).unwrap(), bytes(&whole));
                }
            }
        }
        // One that is given up leaves nothing behind, and one that was stopped leaves what it had.
        drop(Writer::create(&dir.join("never.json"), "all").unwrap());
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 4);
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn what_was_interrupted_is_resumed() {
        let dir = std::env::temp_dir().join(format!("posture-resume-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("r.json");
        let scopes = ["1", "2", "3"].map(|id| Scope::empty(Provider::Aws, id));
        let whole = Snapshot::new("0.1.0", Time::from_unix(0), Time::from_unix(9), scopes.to_vec());
        let resume = |mark: &str| {
            let mut kept = Vec::new();
            let writer = Writer::resume(&path, mark, |scope| {
                kept.push(scope.id.clone());
                scope.id != "2"
            });
            writer.map(|writer| (writer, kept))
        };
        // Nothing was begun.
        assert_eq!(resume("all").unwrap().1, [""; 0]);
        let mut writer = Writer::create(&path, "all").unwrap();
        writer.add(&scopes[0]).unwrap();
        writer.add(&scopes[1]).unwrap();
        assert!(matches!(Writer::create(&path, "all"), Err(Error::Busy)));
        assert!(matches!(resume("all"), Err(Error::Busy)));
        writer.stay();
        drop(writer);
        assert!(matches!(resume("some"), Err(Error::Another)));
        // The last one was interrupted in its middle.
        let parts = dir.join("r.json.parts");
        let bytes = std::fs::read(&parts).unwrap();
        for lost in [1, 9, 30] {
            std::fs::write(&parts, &bytes[..bytes.len() - lost]).unwrap();
            assert_eq!(resume("all").unwrap().1, ["1"], "{lost}");
        }
        std::fs::write(&parts, &bytes).unwrap();
        let (mut writer, kept) = resume("all").unwrap();
        assert_eq!(kept, ["1", "2"]);
        writer.add(&scopes[1]).unwrap();
        writer.add(&scopes[2]).unwrap();
        writer.finish(&whole.header()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), super::tests::bytes(&whole));
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "nothing is left");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn each_kind_of_foreign_file_is_named() {
        let good = bytes(&sample());
        let read = |data: &[u8]| Snapshot::read(data, DEFAULT_LIMIT).unwrap_err();
        assert!(matches!(read(b""), Error::NotASnapshot(_)));
        assert!(matches!(read(b"hello"), Error::NotASnapshot(_)));
        assert!(matches!(read(br#"{"Reports": []}"#), Error::NotASnapshot(_)));
        assert!(matches!(read(&good[..good.len() / 2]), Error::Truncated));
        let packed = zstd::encode_all(good.as_slice(), 3).unwrap();
        assert!(matches!(read(&packed[..packed.len() / 2]), Error::Truncated));
        assert!(matches!(
            Snapshot::read(packed.as_slice(), 20).unwrap_err(),
            Error::TooLarge { limit: 20 }
        ));
        let text = String::from_utf8(good).unwrap();
        let newer = text.replace(r#""version":2"#, r#""version":3,"future":true"#);
        assert!(matches!(read(newer.as_bytes()), Error::Version { found: 3 }));
        let damaged = text
            .replace(r#""tls_enforced":{"known":true}"#, r#""tls_enforced":{"known":"perhaps"}"#);
        assert!(matches!(read(damaged.as_bytes()), Error::Damaged(_)));
        let dangling =
            text.replace(r#""tls_enforced":{"known":true}"#, r#""tls_enforced":{"gap":99}"#);
        assert!(matches!(read(dangling.as_bytes()), Error::Damaged(_)));
    }

    #[test]
    fn a_fact_that_was_not_asked_for_takes_no_room_and_stays_unknown() {
        let text = String::from_utf8(bytes(&sample())).unwrap();
        assert!(!text.contains("mfa_delete"));
        let back = Snapshot::read(text.as_bytes(), DEFAULT_LIMIT).unwrap();
        assert_eq!(back.scopes[0].buckets.items[0].mfa_delete, Fact::Gap(GapId::NOT_COLLECTED));
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn a_bomb_is_refused_before_it_is_unpacked() {
        let packed = zstd::encode_all(io::repeat(b' ').take(1 << 30), 3).unwrap();
        assert!(packed.len() < 1 << 20, "{} bytes", packed.len());
        assert!(matches!(Snapshot::read(packed.as_slice(), DEFAULT_LIMIT), Err(Error::Bomb)));
        let small = Snapshot::read(packed.as_slice(), 16 << 20);
        assert!(matches!(small, Err(Error::TooLarge { .. })));
    }

    #[test]
    fn what_has_two_readings_or_none_is_an_error() {
        let text = String::from_utf8(bytes(&sample())).unwrap();
        let fact = r#""tls_enforced":{"known":true}"#;
        let deep = format!(r#""tls_enforced":{}"#, r#"{"known":"#.repeat(100_000));
        for (from, to) in [
            (r#""version":2"#, r#""version":2,"version":2"#),
            (fact, r#""tls_enforced":{"known":true},"tls_enforced":{"known":false}"#),
            (fact, r#""tls_enforced":{"known":true,"known":false}"#),
            (fact, r#""tls_enforced":{"known":true,"gap":0}"#),
            (r#""version":2"#, r#""version":1e400"#),
            (r#""tool":"0.1.0""#, r#""tool":"\ud800""#),
            (fact, deep.as_str()),
        ] {
            assert!(text.contains(from), "{from} in {text}");
            let odd = text.replacen(from, to, 1);
            let read = Snapshot::read(odd.as_bytes(), DEFAULT_LIMIT);
            assert!(read.is_err(), "{}", &to[..to.len().min(80)]);
        }
        let mut twice = sample();
        twice.scopes.push(twice.scopes[0].clone());
        let read = Snapshot::read(bytes(&twice).as_slice(), DEFAULT_LIMIT);
        assert!(matches!(read, Err(Error::Damaged(_))));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = "[".repeat(100_000);
        assert!(Snapshot::read(deep.as_bytes(), DEFAULT_LIMIT).is_err());
    }
}
