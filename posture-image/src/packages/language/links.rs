//! Metadata behind links: of stores whose files have other names, of folders that are linked, and folders without metadata.
//!
//! pnpm and uv link packages from a store, `npm link` and workspaces link folders. What is under another name when a layer is read
//! may not be kept; then the package is not known, and that is a gap.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Node, Tree};
use crate::truth::{Answer, Cause, Gap};

/// Paths behind linked folders that are looked at. A hostile image could link one large folder very often.
const VISITS: usize = 500_000;

/// The content of metadata; nothing if it is a folder, leads nowhere, or is read under the name that it leads to.
pub(super) fn content(
    tree: &Tree,
    path: &[u8],
    node: &Node,
    limits: &Limits,
) -> Result<Option<Arc<[u8]>>, Gap> {
    let target;
    let node = match node.kind {
        Kind::Directory => return Ok(None),
        Kind::Symlink => match tree.resolve(path, limits) {
            Answer::Known((real, _)) if super::manager(&real) == super::manager(path) => {
                return Ok(None);
            }
            Answer::Known((_, node)) if node.kind == Kind::Directory => return Ok(None),
            Answer::Known((_, node)) => {
                target = node;
                &*target
            }
            Answer::Absent => return Ok(None),
            Answer::Unknown(gap) => return Err(gap),
        },
        Kind::File | Kind::HardLink | Kind::Special => node,
    };
    match node.content() {
        Content::Kept(bytes) => Ok(Some(Arc::clone(bytes))),
        Content::Unknown(gap) => Err(gap.clone()),
        Content::None | Content::Inspected(_) => Err(not_kept(path)),
    }
}

fn not_kept(path: &[u8]) -> Gap {
    let detail = "metadata of a package, linked to a file that was not kept";
    Gap::new(Cause::NotRead, text::path(path), detail)
}

/// A folder for metadata of a package of Python in which there is none, once.
pub(super) fn without_metadata(
    tree: &Tree,
    path: &[u8],
    seen: &mut BTreeSet<Vec<u8>>,
) -> Option<Gap> {
    let end = path.iter().rposition(|byte| *byte == b'/')?;
    let folder = path.get(..end)?;
    let name = if folder.ends_with(b".dist-info") {
        &b"/METADATA"[..]
    } else if folder.ends_with(b".egg-info") {
        b"/PKG-INFO"
    } else {
        return None;
    };
    if tree.at(&[folder, name].concat()).is_some() || !seen.insert(folder.to_vec()) {
        return None;
    }
    Some(Gap::new(Cause::Missing, text::path(folder), "a package of Python without its metadata"))
}

/// Hands over the metadata in linked folders, under the names that the links give it.
pub(super) fn folders(
    tree: &Tree,
    limits: &Limits,
    mut found: impl FnMut(&[u8], &Node, Result<Arc<[u8]>, Gap>),
) {
    let mut left = VISITS;
    for (path, link) in tree.iter().filter(|(_, node)| node.kind == Kind::Symlink) {
        let Some(depth) = depth(path) else { continue };
        let real = match tree.folder(path, limits) {
            Answer::Known(known) => known,
            // What the tree lacks is a gap of every list.
            Answer::Absent => continue,
            Answer::Unknown(gap) => {
                found(path, link, Err(gap));
                continue;
            }
        };
        let last = |path: &[u8]| path.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_vec);
        // Below a folder of the same name, everything is known by its own.
        if depth > 1 && last(&real) == last(path) {
            continue;
        }
        if depth == 1 {
            for name in [&b"/METADATA"[..], b"/PKG-INFO", b"/package.json", b"/installed.json"] {
                let (named, inner) = ([path, name].concat(), [&*real, name].concat());
                let (true, false) = (is_metadata(&named), is_metadata(&inner)) else { continue };
                let Some(node) = tree.at(&inner) else { continue };
                match content(tree, &inner, node, limits) {
                    Ok(Some(bytes)) => found(&named, node, Ok(bytes)),
                    Ok(None) => {}
                    Err(gap) => found(&named, node, Err(gap)),
                }
            }
            continue;
        }
        for (inner, node) in tree.below(&real) {
            let Some(rest) = inner.get(real.len()..) else { continue };
            left = left.saturating_sub(1);
            if left == 0 {
                let detail = format!("more than {VISITS} paths behind linked folders");
                found(path, link, Err(Gap::new(Cause::Incomplete, text::path(path), detail)));
                return;
            }
            // A link into a folder whose own name is known adds nothing.
            let named = [path, rest].concat();
            if rest.iter().filter(|byte| **byte == b'/').count() > depth
                || !is_metadata(&named)
                || is_metadata(inner)
            {
                continue;
            }
            match content(tree, inner, node, limits) {
                Ok(Some(bytes)) => found(&named, node, Ok(bytes)),
                Ok(None) => {}
                Err(gap) => found(&named, node, Err(gap)),
            }
        }
    }
}

fn is_metadata(path: &[u8]) -> bool {
    super::manager(path).is_some()
}

/// How deep metadata is below a folder of this name; nothing for folders that are not for it.
fn depth(path: &[u8]) -> Option<usize> {
    let mut parts = path.rsplit(|byte| *byte == b'/');
    let (name, parent) = (parts.next()?, parts.next().unwrap_or_default());
    let scoped = parent.starts_with(b"@") && parts.next() == Some(b"node_modules");
    match name {
        b"node_modules" => Some(3),
        b"specifications" => Some(2),
        b"default" if parent == b"specifications" => Some(2),
        b"composer" | b"EGG-INFO" => Some(1),
        _ if name.ends_with(b".dist-info") || name.ends_with(b".egg-info") => Some(1),
        _ if name.starts_with(b"@") && parent == b"node_modules" => Some(2),
        _ if parent == b"node_modules" || scoped => Some(1),
        _ => None,
    }
}
