//! Which package of the distribution installed which file.

use std::collections::{BTreeMap, HashMap};

use super::Ownership;
use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::Tree;
use crate::truth::{Cause, Gap};

/// Files by the packages that installed them.
#[derive(Clone, Debug)]
pub struct Owners {
    /// Packages, with the layers that state what they installed.
    names: Vec<(String, u32)>,
    files: HashMap<Box<[u8]>, u32>,
    /// Why files may have an owner that is not known.
    pub gap: Option<Gap>,
    most: usize,
}

/// Directories that are links into `usr` in most distributions, and by whose old names lists still name files.
const MERGED: [&[u8]; 6] = [b"bin/", b"sbin/", b"lib/", b"lib32/", b"lib64/", b"libx32/"];

impl Default for Owners {
    fn default() -> Self {
        Self::new(&Limits::default())
    }
}

impl Owners {
    /// No file yet, and at most so many.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { names: Vec::new(), files: HashMap::new(), gap: None, most: limits.owned_files }
    }

    /// A package whose list of files is from a layer, for [`Owners::add`].
    pub(crate) fn package(&mut self, name: &str, layer: u32) -> u32 {
        self.names.push((name.to_owned(), layer));
        u32::try_from(self.names.len() - 1).unwrap_or(u32::MAX)
    }

    /// A file of a package. The path may begin with a slash.
    pub(crate) fn add(&mut self, path: &[u8], package: u32) {
        if self.files.len() >= self.most {
            let detail = format!("more than {} files of packages", self.most);
            return self.lacks(Gap::new(Cause::Incomplete, "packages", detail));
        }
        let path = path.strip_prefix(b"/").unwrap_or(path);
        self.files.insert(path.into(), package);
    }

    pub(crate) fn lacks(&mut self, gap: Gap) {
        self.gap.get_or_insert(gap);
    }

    pub(crate) fn append(&mut self, other: Self) {
        let offset = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.extend(other.names);
        self.files.extend(
            other.files.into_iter().map(|(path, index)| (path, index.saturating_add(offset))),
        );
        if let Some(gap) = other.gap {
            self.lacks(gap);
        }
    }

    /// Whether no file has an owner, as in an image without packages.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files of each package, in order. Packages of one name, such as those of two architectures, are one.
    pub fn by_package(&self) -> BTreeMap<&str, Vec<&[u8]>> {
        let mut files: BTreeMap<&str, Vec<&[u8]>> = BTreeMap::new();
        for (path, index) in &self.files {
            if let Some((name, _)) = self.names.get(*index as usize) {
                files.entry(name).or_default().push(path);
            }
        }
        files.values_mut().for_each(|list| list.sort_unstable());
        files
    }

    /// The package that installed a file, if one is known. A file that a layer replaced after that is nobody's.
    pub fn of(&self, path: &[u8], tree: &Tree) -> Option<&str> {
        let since = tree.since(path);
        let name = |index: &u32| {
            let (name, layer) = self.names.get(*index as usize)?;
            since.is_none_or(|since| since <= *layer).then_some(name.as_str())
        };
        if let Some(index) = self.files.get(path) {
            return name(index);
        }
        let old = path.strip_prefix(b"usr/")?;
        let merged = MERGED.iter().find(|directory| old.starts_with(directory))?;
        let linked =
            tree.at(merged.get(..merged.len() - 1)?).is_some_and(|node| node.kind == Kind::Symlink);
        linked.then(|| self.files.get(old)).flatten().and_then(name)
    }

    /// Whether a distribution's package installed the file at an escaped path with its root.
    pub(crate) fn ownership(&self, evidence: &str, tree: &Tree) -> Ownership {
        let path = evidence.strip_prefix('/').unwrap_or(evidence).as_bytes();
        match (self.of(path, tree), &self.gap) {
            (Some(package), _) => Ownership::Distribution(package.to_owned()),
            (None, Some(gap)) => Ownership::Unknown(gap.clone()),
            (None, None) => Ownership::Own,
        }
    }
}

/// Folders of programs. What is elsewhere, such as configuration, stays when a package is removed.
const PROGRAMS: [&[u8]; 6] = [b"usr/", b"opt/", b"bin/", b"sbin/", b"lib/", b"lib64/"];

/// A file of a package that a list of an earlier layer named, that is there as it was, and that is of no other package now.
pub(crate) fn left<'a>(
    package: &str,
    mut files: impl Iterator<Item = &'a [u8]>,
    by: u32,
    tree: &Tree,
    owners: &Owners,
) -> Option<Gap> {
    let remains = |path: &&[u8]| {
        let path = path.strip_prefix(b"/").unwrap_or(path);
        if !PROGRAMS.iter().any(|folder| path.starts_with(folder)) {
            return false;
        }
        let merged = [&b"usr/"[..], path].concat();
        [path, &*merged].into_iter().any(|path| {
            tree.at(path).is_some_and(|node| node.kind == Kind::File)
                && tree.since(path).is_some_and(|since| since < by)
                && owners.of(path, tree).is_none()
        })
    };
    let file = files.find(remains)?;
    let detail = format!(
        "layer {} took {} out of the list of packages, and its file {} is still there",
        by.saturating_add(1),
        text::clip(package.as_bytes(), 100),
        text::clip(file, 200)
    );
    Some(Gap::new(Cause::Missing, "packages", detail))
}
