//! The changes of one layer, gathered while it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Blocked, Content, Extra, Node, Path, Tree, walk};
use crate::layer::tar::{Kind, Member, path_of};
use crate::limits::Limits;
use crate::text;
use crate::truth::{Cause, Gap};

/// The doubts of a layer that are listed; more of them are counted.
const DOUBTS: usize = 100;

/// What one layer changes.
#[derive(Clone, Debug)]
pub struct Upper {
    layer: u32,
    pub(super) files: BTreeMap<Path, Arc<Node>>,
    pub(super) whiteouts: BTreeSet<Path>,
    pub(super) opaque: BTreeSet<Path>,
    pub(crate) duplicates: BTreeSet<Path>,
    pub(crate) gaps: Vec<Gap>,
    more_doubts: usize,
    /// A directory that was checked last: no link, no file.
    checked: Option<Vec<u8>>,
}

impl Upper {
    /// The changes of the layer with a number, from 0: none yet.
    pub const fn new(layer: u32) -> Self {
        Self {
            layer,
            files: BTreeMap::new(),
            whiteouts: BTreeSet::new(),
            opaque: BTreeSet::new(),
            duplicates: BTreeSet::new(),
            gaps: Vec::new(),
            more_doubts: 0,
            checked: None,
        }
    }

    pub(super) const fn layer(&self) -> u32 {
        self.layer
    }

    pub(crate) fn doubt(&mut self, cause: Cause, place: &str, detail: &str) {
        if self.gaps.len() < DOUBTS {
            self.gaps.push(Gap::new(cause, place, detail));
        } else {
            self.more_doubts += 1;
            let detail = format!("{} more doubts of this kind", self.more_doubts);
            self.gaps.truncate(DOUBTS);
            self.gaps.push(Gap::new(Cause::Ambiguous, format!("layer {}", self.layer + 1), detail));
        }
    }

    /// Adds a member, and returns where it is in the image; nothing for whiteouts and for what has no place.
    pub(crate) fn add(
        &mut self,
        path: Vec<u8>,
        member: &Member,
        content: Content,
        lower: &Tree,
        limits: &Limits,
        place: &str,
    ) -> Option<(Path, Arc<Node>)> {
        let shown = format!("{place}, {}", text::path(&path));
        let path = self.place(path, lower, limits, &shown)?;
        let start = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let (parent, name) = (path.get(..start.saturating_sub(1))?, path.get(start..)?);
        if path.split(|byte| *byte == b'/').any(|part| part.starts_with(b".wh.")) {
            let inner = parent.split(|byte| *byte == b'/').any(|part| part.starts_with(b".wh."));
            match name.strip_prefix(b".wh.") {
                // Remains of AUFS, also what is in them.
                _ if inner => {}
                Some(b".wh.plnk" | b".wh.aufs") => {}
                Some(b".wh..opq") => {
                    self.opaque.insert(parent.into());
                }
                Some(rest) if rest.is_empty() || rest == b"." || rest == b".." => {
                    self.doubt(Cause::Malformed, &shown, "a whiteout of nothing");
                }
                Some(rest) if rest.starts_with(b".wh.") => {
                    self.doubt(Cause::Ambiguous, &shown, "a whiteout of a whiteout");
                }
                Some(rest) => {
                    let hidden = if parent.is_empty() {
                        rest.to_vec()
                    } else {
                        [parent, b"/", rest].concat()
                    };
                    if self.files.contains_key(&*hidden) {
                        self.doubt(
                            Cause::Ambiguous,
                            &shown,
                            "a whiteout of a file of the same layer",
                        );
                    }
                    self.whiteouts.insert(hidden.into());
                }
                None => {}
            }
            return None;
        }
        if self.whiteouts.contains(&*path) && member.kind != Kind::Directory {
            self.doubt(Cause::Ambiguous, &shown, "a whiteout of a file of the same layer");
        }
        let node = if member.kind == Kind::HardLink {
            self.hard_link(member, lower, limits, &shown)?
        } else {
            let link = if member.kind == Kind::Symlink { member.link.clone() } else { Vec::new() };
            let plain =
                link.is_empty() && member.capability.is_none() && matches!(content, Content::None);
            let extra = (!plain)
                .then(|| Box::new(Extra { link, capability: member.capability.clone(), content }));
            Arc::new(Node {
                kind: member.kind,
                mode: member.mode,
                uid: member.uid,
                gid: member.gid,
                size: member.real_size,
                layer: self.layer,
                extra,
            })
        };
        self.put(path, node)
    }

    fn put(&mut self, path: Vec<u8>, node: Arc<Node>) -> Option<(Path, Arc<Node>)> {
        let path: Path = path.into();
        if path.is_empty() && node.kind != Kind::Directory {
            self.doubt(Cause::Malformed, "/", "the root is not a directory");
            return None;
        }
        if let Some(before) = self.files.get(&path) {
            if before.kind != Kind::Directory || node.kind != Kind::Directory {
                self.duplicates.insert(path.clone());
            }
            if node.kind != Kind::Directory && before.kind == Kind::Directory {
                let start = [&*path, b"/"].concat();
                let range = self.files.range::<[u8], _>((
                    std::ops::Bound::Included(&*start),
                    std::ops::Bound::Unbounded,
                ));
                let below: Vec<Path> = range
                    .take_while(|(path, _)| path.starts_with(&start))
                    .map(|(path, _)| path.clone())
                    .collect();
                for path in below {
                    self.files.remove(&path);
                }
            }
        }
        if node.kind != Kind::Directory
            && self.checked.as_ref().is_some_and(|checked| checked.starts_with(&path))
        {
            self.checked = None;
        }
        self.files.insert(path.clone(), Arc::clone(&node));
        Some((path, node))
    }

    /// The node of the target, as it is when the link is read.
    fn hard_link(
        &mut self,
        member: &Member,
        lower: &Tree,
        limits: &Limits,
        shown: &str,
    ) -> Option<Arc<Node>> {
        let target = match path_of(&member.link, limits) {
            Ok(target) if !target.is_empty() => target,
            Ok(_) => {
                self.doubt(Cause::Malformed, shown, "a hard link to nothing");
                return None;
            }
            Err(error) => {
                self.doubt(error.cause, shown, &format!("a hard link to {}", error.detail));
                return None;
            }
        };
        let found =
            walk(&target, false, limits.links, |at| self.files.get(at).or_else(|| lower.at(at)))
                .ok();
        let found = found.and_then(|walk| {
            let own = self.files.get(&*walk.path).cloned();
            let own = own.map(|node| (node, false));
            own.or_else(|| {
                Some((Arc::clone(lower.at(&walk.path)?), self.whiteouts.contains(&*walk.path)))
            })
        });
        match found {
            Some((node, hidden))
                if matches!(node.kind, Kind::File | Kind::Special | Kind::Symlink) =>
            {
                if hidden {
                    self.doubt(
                        Cause::Ambiguous,
                        shown,
                        "a hard link to a file that the same layer deletes",
                    );
                }
                if !same_rights(member, &node) {
                    self.doubt(
                        Cause::Ambiguous,
                        shown,
                        "a hard link with other rights than its file, which some runtimes set",
                    );
                }
                Some(node)
            }
            Some(_) => {
                self.doubt(Cause::Malformed, shown, "a hard link to a directory");
                None
            }
            None => {
                self.doubt(Cause::Malformed, shown, "a hard link to a file that is not there");
                None
            }
        }
    }

    /// What a lower layer has at a path, unless this layer hides it.
    fn shown<'a>(&self, path: &[u8], lower: &'a Tree) -> Option<&'a Arc<Node>> {
        lower.at(path).filter(|_| !self.whiteouts.contains(path))
    }

    /// Where a member is in the image, through the links in its parents.
    fn place(
        &mut self,
        path: Vec<u8>,
        lower: &Tree,
        limits: &Limits,
        shown: &str,
    ) -> Option<Vec<u8>> {
        let Some(end) = path.iter().rposition(|byte| *byte == b'/') else { return Some(path) };
        let parent = path.get(..end)?;
        if self.checked.as_deref() == Some(parent) {
            return Some(path);
        }
        let walked = walk(&path, false, limits.links, |at| {
            self.files.get(at).or_else(|| self.shown(at, lower))
        });
        let walked = match walked {
            Ok(walked) => walked,
            Err(Blocked::Links) => {
                self.doubt(Cause::Incomplete, shown, "too many symbolic links");
                return None;
            }
            Err(Blocked::NotADirectory) => return self.replace_file(path, lower, shown),
        };
        if walked.links.is_empty() {
            self.checked = Some(parent.to_vec());
        } else if walked.links.iter().any(|link| !self.files.contains_key(&**link)) {
            // Some runtimes put the file where the link leads, others put a directory in the place of the link.
            self.doubt(Cause::Ambiguous, shown, "a path through a symbolic link of a lower layer");
        }
        Some(walked.path)
    }

    /// A path through a file: of the same layer it has no place; of a lower layer, a directory takes its place.
    fn replace_file(&mut self, path: Vec<u8>, lower: &Tree, shown: &str) -> Option<Vec<u8>> {
        self.doubt(Cause::Ambiguous, shown, "a path through a file");
        let ends: Vec<usize> =
            path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at).collect();
        for end in ends {
            let parent = path.get(..end)?;
            if self.files.get(parent).is_some_and(|node| node.kind != Kind::Directory) {
                return None;
            }
            if !self.files.contains_key(parent)
                && lower.at(parent).is_some_and(|node| node.kind != Kind::Directory)
            {
                let node = Node {
                    kind: Kind::Directory,
                    mode: 0o755,
                    uid: 0,
                    gid: 0,
                    size: 0,
                    layer: self.layer,
                    extra: None,
                };
                self.files.insert(parent.into(), Arc::new(node));
            }
        }
        Some(path)
    }
}

/// Whether the header of a hard link repeats the rights of the file. Docker and containerd set owner and extended attributes of a
/// link for its file, and Docker its mode too, so that another header changes the file in some containers.
fn same_rights(member: &Member, node: &Node) -> bool {
    let capability = member.capability.as_deref();
    node.kind == Kind::Symlink
        || (member.mode == node.mode
            && (member.uid, member.gid) == (node.uid, node.gid)
            && capability.is_none_or(|capability| node.capability() == Some(capability)))
}
