//! The file system that the layers of an image make together.
//!
//! Whiteouts and opaque directories follow the
//! [layer specification](https://github.com/opencontainers/image-spec/blob/main/layer.md): they hide what lower layers have, and
//! nothing of their own layer.

mod upper;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

pub use upper::Upper;

use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::packages::binary::Inspection;
use crate::text;
use crate::truth::{Answer, Cause, Gap};

/// Lists of packages that are compared with those that replaced them. Databases of rpm are large, and are not.
const COMPARED: [&[u8]; 3] =
    [b"var/lib/dpkg/status", b"lib/apk/db/installed", b"usr/lib/apk/db/installed"];

/// A path from the root, without a leading slash.
pub type Path = Box<[u8]>;

/// What is kept of a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// No reader asked for it.
    None,
    /// All of it.
    Kept(Arc<[u8]>),
    /// What an inspection of it found.
    Inspected(Arc<Inspection>),
    /// A reader asked for it, and it could not be kept.
    Unknown(Gap),
}

/// A file, directory or link. Several paths may have the same one (hard links).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is; never a hard link.
    pub kind: Kind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// The number of the owner.
    pub uid: u64,
    /// The number of the group.
    pub gid: u64,
    /// The size in bytes.
    pub size: u64,
    /// The layer that it comes from, from 0.
    pub layer: u32,
    extra: Option<Box<Extra>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Extra {
    link: Vec<u8>,
    capability: Option<Vec<u8>>,
    content: Content,
}

impl Node {
    /// The target of a symbolic link.
    pub fn link(&self) -> &[u8] {
        self.extra.as_ref().map_or(&[], |extra| &extra.link)
    }

    /// The extended attribute `security.capability`.
    pub fn capability(&self) -> Option<&[u8]> {
        self.extra.as_ref()?.capability.as_deref()
    }

    /// What is kept of its content.
    pub fn content(&self) -> &Content {
        self.extra.as_ref().map_or(&Content::None, |extra| &extra.content)
    }
}

/// A file of which the content is kept, and that a later layer removed. Lists of packages also if it replaced them.
#[derive(Clone, Debug)]
pub struct Removed {
    /// Where it was.
    pub path: Path,
    /// What it was.
    pub node: Arc<Node>,
    /// The layer that removed it, from 0.
    pub by: u32,
}

/// The files of an image.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: BTreeMap<Path, Arc<Node>>,
    /// Files with kept content that are not part of the result.
    pub removed: Vec<Removed>,
    /// Of files that a layer wrote again with the size that they had, the layer from which on they have it.
    since: HashMap<Path, u32>,
    /// Why the tree may differ from that of a container.
    pub gaps: Vec<Gap>,
}

impl Tree {
    /// What is at a path, without following links.
    pub fn at(&self, path: &[u8]) -> Option<&Arc<Node>> {
        self.nodes.get(path)
    }

    /// Every path with what is there, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Arc<Node>)> {
        self.nodes.iter().map(|(path, node)| (&**path, node))
    }

    /// The layer from which on a file is as it is: the one that it comes from, or an earlier one if later layers only seem to have
    /// changed its owner or mode, as its size is the same.
    pub(crate) fn since(&self, path: &[u8]) -> Option<u32> {
        self.since.get(path).copied().or_else(|| Some(self.at(path)?.layer))
    }

    /// What is in a directory and below.
    pub fn below<'a>(
        &'a self,
        directory: &[u8],
    ) -> impl Iterator<Item = (&'a [u8], &'a Arc<Node>)> + use<'a> {
        let start = [directory, b"/"].concat();
        let range = self.nodes.range::<[u8], _>((Bound::Included(&*start), Bound::Unbounded));
        range
            .take_while(move |(path, _)| path.starts_with(&start))
            .map(|(path, node)| (&**path, node))
    }

    /// The number of paths.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The path and node that a path leads to, through symbolic links inside of the image.
    pub fn resolve(&self, path: &[u8], limits: &Limits) -> Answer<(Vec<u8>, Arc<Node>)> {
        match walk(path, true, limits.links, |at| self.at(at)) {
            Ok(walk) => match self.at(&walk.path) {
                Some(node) => Answer::Known((walk.path, Arc::clone(node))),
                None => self.absent(),
            },
            Err(Blocked::NotADirectory) => self.absent(),
            Err(Blocked::Links) => Answer::Unknown(Gap::new(
                Cause::Incomplete,
                text::path(path),
                "too many symbolic links",
            )),
        }
    }

    /// The folder that a path leads to. Layers need not have a member for it.
    pub(crate) fn folder(&self, path: &[u8], limits: &Limits) -> Answer<Vec<u8>> {
        match walk(path, true, limits.links, |at| self.at(at)) {
            Ok(walk) => {
                let there = match self.at(&walk.path) {
                    Some(node) => node.kind == Kind::Directory,
                    None => self.below(&walk.path).next().is_some(),
                };
                if there { Answer::Known(walk.path) } else { self.absent() }
            }
            Err(Blocked::NotADirectory) => self.absent(),
            Err(Blocked::Links) => Answer::Unknown(Gap::new(
                Cause::Incomplete,
                text::path(path),
                "too many symbolic links",
            )),
        }
    }

    /// The content of the file that a path leads to.
    pub fn content(&self, path: &[u8], limits: &Limits) -> Answer<Arc<[u8]>> {
        let node = match self.resolve(path, limits) {
            Answer::Known((_, node)) => node,
            Answer::Absent => return Answer::Absent,
            Answer::Unknown(gap) => return Answer::Unknown(gap),
        };
        match node.content() {
            // A file of an uncertain tree may be another one in a container.
            Content::Kept(bytes) => match self.gaps.first() {
                Some(gap) => Answer::Unknown(gap.clone()),
                None => Answer::Known(Arc::clone(bytes)),
            },
            Content::Unknown(gap) => Answer::Unknown(gap.clone()),
            Content::None | Content::Inspected(_) if node.kind == Kind::File => {
                Answer::Unknown(Gap::new(
                    Cause::NotRead,
                    text::path(path),
                    "leads to a file of which the content was not kept",
                ))
            }
            Content::None | Content::Inspected(_) => {
                Answer::Unknown(Gap::new(Cause::Malformed, text::path(path), "not a regular file"))
            }
        }
    }

    /// The answer where nothing was found: certain only if everything was read.
    fn absent<T>(&self) -> Answer<T> {
        self.gaps.first().map_or(Answer::Absent, |gap| Answer::Unknown(gap.clone()))
    }

    /// Adds a layer.
    pub fn apply(&mut self, upper: Upper) {
        let by = upper.layer();
        for path in &upper.opaque {
            self.remove_below(path, by, &upper);
        }
        for path in &upper.whiteouts {
            self.remove(path, by, &upper);
            self.remove_below(path, by, &upper);
        }
        for (path, node) in &upper.files {
            let lower = self.nodes.get(path);
            let merges = node.kind == Kind::Directory
                && lower.is_none_or(|lower| lower.kind == Kind::Directory);
            let same = lower.filter(|lower| {
                lower.kind == Kind::File && node.kind == Kind::File && lower.size == node.size
            });
            let since = same.and_then(|_| self.since(path));
            if !merges && lower.is_some() {
                self.remove(path, by, &upper);
            }
            if let Some(since) = since {
                self.since.insert(path.clone(), since);
            }
            if node.kind != Kind::Directory {
                self.remove_below(path, by, &upper);
            }
        }
        self.nodes.extend(upper.files);
    }

    fn remove(&mut self, path: &[u8], by: u32, upper: &Upper) {
        self.since.remove(path);
        if let Some(node) = self.nodes.remove(path)
            // Of other files that are replaced, the old content is of no use, and takes memory.
            && matches!(node.content(), Content::Kept(_))
            && (!upper.files.contains_key(path) || COMPARED.contains(&path))
        {
            self.removed.push(Removed { path: path.into(), node, by });
        }
    }

    fn remove_below(&mut self, directory: &[u8], by: u32, upper: &Upper) {
        let below: Vec<Path> = if directory.is_empty() {
            self.nodes.keys().filter(|path| !path.is_empty()).cloned().collect()
        } else {
            self.below(directory).map(|(path, _)| path.into()).collect()
        };
        for path in below {
            self.remove(&path, by, upper);
        }
    }
}

/// Where a walk through links ended.
pub(crate) struct Walk {
    pub(crate) path: Vec<u8>,
    /// The links that were followed.
    pub(crate) links: Vec<Vec<u8>>,
}

/// Why a walk did not end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Blocked {
    /// A file is in the place of a directory.
    NotADirectory,
    /// Too many links.
    Links,
}

/// Follows the parts of a path. Links are resolved inside of the root; what is not there is kept as it is.
pub(crate) fn walk<'a>(
    path: &[u8],
    last: bool,
    limit: usize,
    at: impl Fn(&[u8]) -> Option<&'a Arc<Node>>,
) -> Result<Walk, Blocked> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let parts =
            path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".");
        parts.rev().map(<[u8]>::to_vec).collect()
    };
    let mut todo = parts(path);
    let mut here: Vec<u8> = Vec::new();
    let mut links = Vec::new();
    while let Some(part) = todo.pop() {
        let parent = here.len();
        if part == b".." {
            here.truncate(here.iter().rposition(|byte| *byte == b'/').unwrap_or(0));
            continue;
        }
        if !here.is_empty() {
            here.push(b'/');
        }
        here.extend_from_slice(&part);
        match at(&here) {
            Some(node) if node.kind == Kind::Symlink && (last || !todo.is_empty()) => {
                if links.len() >= limit || here.len() > 1 << 16 {
                    return Err(Blocked::Links);
                }
                links.push(here.clone());
                let target = node.link();
                here.truncate(if target.starts_with(b"/") { 0 } else { parent });
                todo.extend(parts(target));
            }
            Some(node)
                if node.kind != Kind::Directory
                    && node.kind != Kind::Symlink
                    && !todo.is_empty() =>
            {
                return Err(Blocked::NotADirectory);
            }
            _ => {}
        }
    }
    Ok(Walk { path: here, links })
}
