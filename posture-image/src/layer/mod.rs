//! Layers: streamed, hashed, and reduced to what is kept of their files.

mod decode;
mod header;
mod member;
mod pax;
mod sparse;
pub mod tar;

use std::cell::Cell;
use std::io::BufReader;
use std::rc::Rc;
use std::sync::Arc;

pub use decode::Compression;

use crate::digest::{Algorithm, Digest};
use crate::limits::Limits;
use crate::source::Bytes;
use crate::text;
use crate::tree::{Content, Node, Tree, Upper};
use crate::truth::{Cause, Gap};
use decode::Stream;
use tar::{Kind, Member, Tar, TarError, path_of};

/// What to do with the content of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Nothing.
    Nothing,
    /// Keep it, up to so many bytes.
    Keep(u64),
    /// Collect it, up to so many bytes, and keep what [`Observer::inspect`] makes of it.
    Inspect(u64),
}

/// What looks at files while a layer is read.
pub trait Observer {
    /// What to do with a file, of which `head` is the beginning.
    fn want(&mut self, path: &[u8], member: &Member, head: &[u8]) -> Want;
    /// The next stored bytes of the file.
    fn data(&mut self, bytes: &[u8]);
    /// What is kept of a file that was collected.
    fn inspect(&mut self, path: &[u8], bytes: &[u8]) -> Content;
    /// The end of a file, and what became of it. `path` is where it is in the image.
    fn end(&mut self, path: &[u8], node: &Arc<Node>);
}

/// What a layer's descriptor and the configuration state about it.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The digest of the blob; none in archives that name layers by files.
    pub digest: Option<Digest>,
    /// The size of the blob.
    pub size: Option<u64>,
    /// The digest of the tar stream.
    pub diff_id: Option<Digest>,
}

/// A layer that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The digest of the blob that was computed.
    pub digest: Option<Digest>,
    /// The digest of the tar stream that was computed.
    pub diff_id: Option<Digest>,
    /// The bytes of the blob.
    pub size: u64,
    /// The bytes of the tar stream.
    pub decompressed: u64,
    /// The bytes of its files, as their headers state them; sparse files count in full.
    pub declared: u64,
    /// Its compression.
    pub compression: Option<Compression>,
    /// The entries.
    pub entries: usize,
    /// Paths that the layer has twice. The last one counts.
    pub duplicates: Vec<String>,
    /// What is not certain about it. Empty if it was read to the end and every program reads it in the same way.
    pub gaps: Vec<Gap>,
}

/// What is needed to read a layer.
pub(crate) struct Reading<'a> {
    pub(crate) limits: &'a Limits,
    /// The decompressed bytes of all layers so far.
    pub(crate) total: Rc<Cell<u64>>,
    /// The bytes of paths and contents that are held.
    pub(crate) held: Held,
}

/// What an image takes in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    pub(crate) paths: u64,
    pub(crate) contents: u64,
}

impl Reading<'_> {
    /// Reads a layer, and returns its changes to the tree. They are none if the blob is not the one that is stated.
    pub(crate) fn layer(
        &mut self,
        blob: Result<Bytes, Gap>,
        stated: &Stated,
        number: u32,
        lower: &Tree,
        observer: &mut dyn Observer,
    ) -> (Layer, Option<Upper>) {
        let place = format!("layer {}", number + 1);
        let mut layer = Layer {
            digest: None,
            diff_id: None,
            size: 0,
            decompressed: 0,
            declared: 0,
            compression: None,
            entries: 0,
            duplicates: Vec::new(),
            gaps: Vec::new(),
        };
        let algorithm =
            |digest: &Option<Digest>| digest.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
        let algorithms = (algorithm(&stated.digest), algorithm(&stated.diff_id));
        let opened = blob.and_then(|blob| {
            Stream::open(blob, algorithms, self.limits, Rc::clone(&self.total), stated.size, &place)
        });
        let (stream, compression) = match opened {
            Ok(opened) => opened,
            Err(gap) => {
                layer.gaps.push(Gap {
                    place,
                    detail: format!("{}: {}", gap.place, gap.detail),
                    ..gap
                });
                return (layer, None);
            }
        };
        layer.compression = Some(compression);
        let mut tar = Tar::new(BufReader::with_capacity(256 << 10, stream), self.limits);
        let mut upper = Upper::new(number);
        let read = self.members(&mut tar, &mut upper, lower, &mut layer, observer, &place);
        if let Err(error) = read.and_then(|()| tar.finish()) {
            layer.gaps.push(error.gap(&place));
        }
        match tar.into_inner().into_inner().finish() {
            Ok(sums) => {
                layer.size = sums.compressed.1;
                layer.digest = Some(sums.compressed.0);
                layer.decompressed = sums.decompressed;
                layer.diff_id = sums.diff_id;
            }
            Err(error) => {
                let gap = TarError::from(error).gap(&place);
                if !layer.gaps.contains(&gap) {
                    layer.gaps.push(gap);
                }
            }
        }
        let longer = layer.gaps.iter().any(|gap| gap.cause == Cause::Mismatch);
        let differs = Self::compare(&mut layer, stated, &place) || longer;
        layer.duplicates = upper.duplicates.iter().map(|path| text::path(path)).collect();
        layer.gaps.append(&mut upper.gaps);
        (layer, (!differs).then_some(upper))
    }

    /// Compares the sums with what is stated, and returns whether it is certain that they differ.
    fn compare(layer: &mut Layer, stated: &Stated, place: &str) -> bool {
        let mut differs = false;
        let mut mismatch = |what: &str, found: String, stated: String| {
            differs = true;
            layer.gaps.push(Gap::new(
                Cause::Mismatch,
                place,
                format!("{what} is {found}, and {stated} is stated"),
            ));
        };
        if let (Some(found), Some(stated)) = (&layer.digest, &stated.digest)
            && found != stated
        {
            mismatch("the digest", found.to_string(), stated.to_string());
        }
        if let (Some(_), Some(stated)) = (&layer.digest, stated.size)
            && layer.size != stated
        {
            mismatch("the size", layer.size.to_string(), stated.to_string());
        }
        match (&layer.diff_id, &stated.diff_id) {
            (Some(found), Some(stated)) if found != stated => {
                mismatch("the digest of the content", found.to_string(), stated.to_string());
            }
            (Some(_), Some(_)) => {}
            (Some(_), None) => {
                let gap = Gap::new(
                    Cause::Missing,
                    place,
                    "the configuration states no digest of the content",
                );
                layer.gaps.push(gap);
            }
            (None, _) => layer.gaps.push(Gap::new(
                Cause::Incomplete,
                place,
                "the digest of the content was not computed",
            )),
        }
        differs
    }

    fn members(
        &mut self,
        tar: &mut Tar<BufReader<Stream>>,
        upper: &mut Upper,
        lower: &Tree,
        layer: &mut Layer,
        observer: &mut dyn Observer,
        place: &str,
    ) -> Result<(), TarError> {
        let mut buffer = vec![0; 1 << 20];
        while let Some(member) = tar.next_member()? {
            layer.entries += 1;
            layer.declared = layer.declared.saturating_add(member.real_size);
            for doubt in &member.doubts {
                let shown = text::path(&member.path);
                upper.doubt(Cause::Ambiguous, &format!("{place}, {shown}"), doubt);
            }
            let path = match path_of(&member.path, self.limits) {
                Ok(path) => path,
                Err(error) => {
                    let shown = text::clip(&member.path, 200);
                    upper.doubt(error.cause, &format!("{place}, {shown}"), &error.detail);
                    continue;
                }
            };
            self.held.paths += path.len() as u64 + 96;
            if self.held.paths > self.limits.path_bytes {
                let detail =
                    format!("more than {} bytes of paths in all layers", self.limits.path_bytes);
                return Err(TarError::new(Cause::Incomplete, detail));
            }
            let content = match member.kind {
                Kind::File => self.file(tar, &member, &path, &mut buffer, observer)?,
                _ => Content::None,
            };
            if let Some((path, node)) = upper.add(path, &member, content, lower, self.limits, place)
                && member.kind == Kind::File
            {
                observer.end(&path, &node);
            }
        }
        Ok(())
    }

    /// Streams a file through the observer, and collects it if it is wanted.
    fn file(
        &mut self,
        tar: &mut Tar<BufReader<Stream>>,
        member: &Member,
        path: &[u8],
        buffer: &mut [u8],
        observer: &mut dyn Observer,
    ) -> Result<Content, TarError> {
        let mut first = true;
        let mut want = Want::Nothing;
        let mut collected = Vec::new();
        loop {
            let mut filled = 0;
            while filled < buffer.len() {
                let read = tar.read_data(buffer.get_mut(filled..).unwrap_or_default())?;
                if read == 0 {
                    break;
                }
                filled += read;
            }
            let bytes = buffer.get(..filled).unwrap_or_default();
            if std::mem::take(&mut first) {
                want = observer.want(path, member, bytes);
            }
            if filled == 0 {
                break;
            }
            observer.data(bytes);
            let limit = match want {
                Want::Nothing => continue,
                Want::Keep(limit) | Want::Inspect(limit) => limit,
            };
            if member.real_size <= limit {
                collected.extend_from_slice(bytes);
            }
        }
        let (Want::Keep(limit) | Want::Inspect(limit)) = want else { return Ok(Content::None) };
        let incomplete = |detail: String| {
            Ok(Content::Unknown(Gap::new(Cause::Incomplete, text::path(path), detail)))
        };
        if member.real_size > limit {
            return incomplete(format!("more than {limit} bytes"));
        }
        if let Some(parts) = &member.sparse {
            collected = expand(&collected, parts, member.real_size);
        }
        match want {
            Want::Inspect(_) => {
                let content = observer.inspect(path, &collected);
                if let Content::Inspected(inspection) = &content {
                    self.held.contents += inspection.weight();
                    if self.held.contents > self.limits.kept {
                        return incomplete(format!(
                            "more than {} bytes of files that are kept",
                            self.limits.kept
                        ));
                    }
                }
                Ok(content)
            }
            _ if self.held.contents + collected.len() as u64 > self.limits.kept => {
                incomplete(format!("more than {} bytes of files that are kept", self.limits.kept))
            }
            _ => {
                self.held.contents += collected.len() as u64;
                Ok(Content::Kept(collected.into()))
            }
        }
    }
}

/// A sparse file with its holes. The caller has bounded its size.
fn expand(stored: &[u8], parts: &[(u64, u64)], real_size: u64) -> Vec<u8> {
    let mut file = vec![0; usize::try_from(real_size).unwrap_or_default()];
    let mut rest = stored;
    for (offset, length) in parts {
        let (Ok(offset), Ok(length)) = (usize::try_from(*offset), usize::try_from(*length)) else {
            break;
        };
        let Some((part, after)) = rest.split_at_checked(length) else { break };
        if let Some(place) = file.get_mut(offset..offset + length) {
            place.copy_from_slice(part);
        }
        rest = after;
    }
    file
}
