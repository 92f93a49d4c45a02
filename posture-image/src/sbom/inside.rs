//! SBOMs in files of an image, where builders leave them.

use super::Sbom;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Tree};
use crate::truth::{Cause, Gap, List};

/// An SBOM in a file of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The path, escaped, which is also the name of the SBOM.
    pub path: String,
    /// The layer of the file, from 0.
    pub layer: u32,
    /// The SBOM: a claim of the author of the file.
    pub sbom: Sbom,
}

/// SBOMs of one image. Builders leave one for each package.
const MOST: usize = 5_000;

/// Whether a file is an SBOM by its name: `*.spdx.json` and `*.cdx.json`, and JSON in `/usr/share/sbom` and `/var/lib/db/sbom`.
pub(crate) fn is_sbom(path: &[u8]) -> bool {
    let folder = [&b"usr/share/sbom/"[..], b"var/lib/db/sbom/"]
        .iter()
        .any(|folder| path.starts_with(folder));
    path.ends_with(b".spdx.json")
        || path.ends_with(b".cdx.json")
        || folder && path.ends_with(b".json")
}

/// The SBOMs in the files of an image.
pub fn inside(tree: &Tree, limits: &Limits) -> List<Inside> {
    let mut list = List::default();
    for (path, node) in tree.iter().filter(|(path, _)| is_sbom(path)) {
        let name = text::path(path);
        if list.items.len() >= MOST {
            list.lacks(Gap::new(Cause::Incomplete, name, format!("more than {MOST} SBOMs")));
            break;
        }
        match node.content() {
            Content::Kept(bytes) => match super::read(bytes, &name, limits) {
                Ok(sbom) => list.items.push(Inside { path: name, layer: node.layer, sbom }),
                Err(gap) => list.lacks(gap),
            },
            Content::Unknown(gap) => list.lacks(gap.clone()),
            // A directory, a link, or an empty file.
            Content::None | Content::Inspected(_) => {}
        }
    }
    tree.gaps.iter().for_each(|gap| list.lacks(gap.clone()));
    list
}
