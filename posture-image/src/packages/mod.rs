//! What is installed in an image: by the distribution, and by package managers of languages.
//!
//! Only what is installed counts: databases of package managers, metadata beside installed code, and what compilers record in
//! programs. Lock files list what someone wished for, and are not read.

pub mod apk;
pub mod binary;
pub mod dpkg;
mod elf;
pub mod java;
pub mod language;
pub mod os;
pub mod owners;
pub mod purl;
pub mod rpm;
mod sqlite;
pub mod support;

use serde::{Deserialize, Serialize};

use crate::layer::Want;
use crate::layer::tar::Member;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Tree};
use crate::truth::{Answer, Cause, Gap, List};
use owners::Owners;

/// Who installs a package, which decides how its versions compare and which records are about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Manager {
    /// dpkg: Debian, Ubuntu and others.
    Dpkg,
    /// apk: Alpine, Wolfi and others.
    Apk,
    /// rpm: Red Hat, Fedora, SUSE, Amazon Linux and others.
    Rpm,
    /// npm.
    Npm,
    /// Python.
    Python,
    /// Rust crates that cargo-auditable recorded.
    Cargo,
    /// Go modules that the compiler recorded; the standard library is `stdlib`.
    Go,
    /// Java archives.
    Maven,
    /// Ruby gems.
    Gem,
    /// PHP packages of Composer.
    Composer,
    /// .NET packages of NuGet, by what applications and the runtime state about themselves.
    Nuget,
}

impl Manager {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Dpkg,
        Self::Apk,
        Self::Rpm,
        Self::Npm,
        Self::Python,
        Self::Cargo,
        Self::Go,
        Self::Maven,
        Self::Gem,
        Self::Composer,
        Self::Nuget,
    ];

    /// The type in package URLs.
    pub const fn purl_type(self) -> &'static str {
        match self {
            Self::Dpkg => "deb",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Npm => "npm",
            Self::Python => "pypi",
            Self::Cargo => "cargo",
            Self::Go => "golang",
            Self::Maven => "maven",
            Self::Gem => "gem",
            Self::Composer => "composer",
            Self::Nuget => "nuget",
        }
    }

    /// Whether it is the one of a distribution.
    pub const fn is_distribution(self) -> bool {
        matches!(self, Self::Dpkg | Self::Apk | Self::Rpm)
    }
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Package {
    /// Who installs it.
    pub manager: Manager,
    /// Its name. Of Maven: `group:artifact`.
    pub name: String,
    /// Its version; of rpm with the epoch, if there is one.
    pub version: String,
    /// The processor.
    pub architecture: Option<String>,
    /// The source package and its version, by which distributions report vulnerabilities.
    pub source: Option<(String, String)>,
    /// Where this is recorded, escaped.
    pub evidence: String,
    /// The layer of that file, from 0.
    pub layer: u32,
    /// Whether a distribution installed it.
    pub ownership: Ownership,
    /// Whether its name or version is a guess.
    pub guessed: bool,
    /// The license, as its record states it: not checked, and possibly not an expression of SPDX.
    pub license: Option<String>,
    /// The SBOM that states it, escaped. Such a package was not read from the image, and its layer is not known.
    pub stated_by: Option<String>,
    /// Of rpm: the label of the module that it is of, `NAME:STREAM:VERSION:CONTEXT`.
    pub module: Option<String>,
}

/// Whether a package of a language is a part of a distribution's package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ownership {
    /// It is the distribution's own record, or no package installed it.
    Own,
    /// A package of the distribution installed it, so that the distribution's feed is about it.
    Distribution(String),
    /// The lists of files could not be read.
    Unknown(Gap),
}

/// The distribution and the packages of an image.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The distribution and its release.
    pub os: Answer<os::Os>,
    /// The packages.
    pub packages: List<Package>,
    /// Which package installed which file.
    pub owners: Owners,
    /// Databases that a layer deleted, with the layer from 0: `(path, layer)`. The packages are listed from the layer before it.
    pub deleted: Vec<(String, u32)>,
    /// Programs in ELF form that no package installed and that record nothing.
    pub unrecorded: List<String>,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            os: Answer::Absent,
            packages: List::default(),
            owners: Owners::default(),
            deleted: Vec::new(),
            unrecorded: List::default(),
        }
    }
}

impl Inventory {
    /// That programs record nothing, whose parts nobody can list; none if there is no such program.
    pub fn unlisted(&self) -> Option<Gap> {
        let programs = &self.unrecorded.items;
        let first = programs.first()?;
        let others = programs.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let detail =
            format!("no package lists the parts of {first}{more}, which record nothing of them");
        Some(Gap::new(Cause::Incomplete, "programs", detail))
    }
}

/// Which files are kept.
pub(crate) fn want(path: &[u8], member: &Member, head: &[u8], limits: &Limits) -> Want {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let database =
        [&b"var/lib/dpkg/status"[..], b"lib/apk/db/installed", b"usr/lib/apk/db/installed"];
    if database.contains(&path)
        || rpm::DATABASES.iter().any(|known| known.as_bytes() == path)
        || path.ends_with(b"rpmdb.sqlite-wal")
    {
        return Want::Keep(limits.database);
    }
    let system =
        [&b"etc/passwd"[..], b"etc/group", b"etc/shadow", b"etc/os-release", b"usr/lib/os-release"];
    let lists = path.starts_with(b"var/lib/dpkg/info/") && name.ends_with(b".list");
    if system.contains(&path)
        || lists
        || path.starts_with(b"var/lib/dpkg/status.d/")
        || language::is_metadata(path)
        || crate::sbom::is_sbom(path)
    {
        return Want::Keep(limits.file);
    }
    // Java finds the end of an archive, so that it may begin with a script.
    let archive = java::is_archive(path) && member.size > 0;
    if archive || (head.starts_with(b"\x7fELF") && member.size >= 64 && !name.ends_with(b".ko")) {
        return Want::Inspect(limits.file);
    }
    Want::Nothing
}

/// Lists what is installed.
pub fn inventory(tree: &Tree, limits: &Limits) -> Inventory {
    let mut found = Inventory { os: os::read(tree, limits), ..Inventory::default() };
    let mut files = Owners::new(limits);
    for distribution in [dpkg::read(tree, limits), apk::read(tree, limits), rpm::read(tree, limits)]
    {
        found.packages.append(distribution.packages);
        found.deleted.extend(distribution.deleted);
        files.append(distribution.owners);
    }
    found.owners = files;
    if let Some(gap) = without_database(&found) {
        found.packages.lacks(gap.clone());
        found.owners.lacks(gap);
    }
    language::read(tree, limits, &found.owners, &mut found.packages);
    binaries(tree, limits, &mut found);
    let owners = &found.owners;
    let owned = |package: &mut Package| {
        if !package.manager.is_distribution() {
            package.ownership = owners.ownership(&package.evidence, tree);
        }
    };
    found.packages.items.iter_mut().for_each(owned);
    found.packages.items.sort();
    found.packages.items.dedup();
    for gap in &tree.gaps {
        found.packages.lacks(gap.clone());
        found.unrecorded.lacks(gap.clone());
    }
    if let Some(gap) = &found.owners.gap {
        found.unrecorded.lacks(gap.clone());
    }
    contradiction(&mut found);
    found
}

/// A distribution whose package manager lists nothing: the list was emptied, or the files came without it.
fn without_database(found: &Inventory) -> Option<Gap> {
    let os = found.os.known()?;
    let listed = |package: &Package| package.manager.is_distribution();
    let any = found.packages.items.iter().any(listed);
    let name = text::clip(os.id.as_bytes(), 40);
    (!any).then(|| {
        Gap::new(
            Cause::Missing,
            "packages",
            format!("the image is {name}, and no package database lists a package"),
        )
    })
}

/// A database of another distribution than the one that os-release names: one of the two is wrong.
fn contradiction(found: &mut Inventory) {
    let Answer::Known(os) = &found.os else { return };
    let Some(expected) = os.manager() else { return };
    let has = |manager| found.packages.items.iter().any(|package| package.manager == manager);
    let others = [Manager::Dpkg, Manager::Apk, Manager::Rpm]
        .into_iter()
        .any(|manager| manager != expected && has(manager));
    if others && !has(expected) {
        let detail = format!(
            "os-release names {}, and the packages are of another distribution",
            text::clip(os.id.as_bytes(), 40)
        );
        found.os = Answer::Unknown(Gap::new(Cause::Malformed, "/etc/os-release", detail));
    }
}

fn binaries(tree: &Tree, limits: &Limits, found: &mut Inventory) {
    for (path, node) in tree.iter() {
        match node.content() {
            Content::Inspected(inspection) => {
                let evidence = text::path(path);
                for one in &inspection.packages {
                    found.packages.items.push(Package {
                        manager: one.manager,
                        name: one.name.clone(),
                        version: one.version.clone(),
                        architecture: None,
                        source: None,
                        evidence: evidence.clone(),
                        layer: node.layer,
                        ownership: Ownership::Own,
                        guessed: one.guessed,
                        license: None,
                        stated_by: None,
                        module: None,
                    });
                }
                // What a distribution's package installed, its feed is about.
                if found.owners.of(path, tree).is_none() {
                    for gap in &inspection.gaps {
                        found.packages.lacks(gap.clone());
                    }
                }
                let program = inspection.program && node.mode & 0o111 != 0;
                if program
                    && inspection.packages.is_empty()
                    && found.owners.of(path, tree).is_none()
                {
                    found.unrecorded.items.push(evidence);
                }
            }
            Content::Unknown(gap) if found.owners.of(path, tree).is_none() => {
                found.packages.lacks(gap.clone())
            }
            // By its name an archive, and by a link a file that had another name when it was read.
            Content::None
                if java::is_archive(path)
                    && found.owners.of(path, tree).is_none()
                    && !java::is_read(path, node, tree, limits) =>
            {
                found.packages.lacks(Gap::new(
                    Cause::NotRead,
                    text::path(path),
                    "an archive of Java whose content was not kept",
                ));
            }
            _ => {}
        }
    }
}

/// The folder that a path leads to; the path itself where nothing is there.
pub(crate) fn folder(tree: &Tree, path: &[u8], limits: &Limits) -> Vec<u8> {
    match tree.folder(path, limits) {
        Answer::Known(real) => real,
        Answer::Absent | Answer::Unknown(_) => path.to_vec(),
    }
}

/// The content of a database: in the result, or in the layer before one that deleted it.
pub(crate) enum Database {
    /// The content, the layer that it is from, and the layer that deleted it.
    Found(std::sync::Arc<[u8]>, u32, Option<u32>),
    Absent,
    Unknown(Gap),
}

pub(crate) fn database(tree: &Tree, path: &[u8], limits: &Limits) -> Database {
    match tree.resolve(path, limits) {
        Answer::Known((_, node)) => match node.content() {
            Content::Kept(bytes) => Database::Found(std::sync::Arc::clone(bytes), node.layer, None),
            Content::Unknown(gap) => Database::Unknown(gap.clone()),
            Content::None | Content::Inspected(_) => Database::Unknown(Gap::new(
                Cause::NotRead,
                text::path(path),
                "leads to a file that was not kept",
            )),
        },
        // An answer that only depends on the gaps of the tree: these are added to every list.
        Answer::Absent | Answer::Unknown(_) => {
            match tree.removed.iter().rev().find(|removed| *removed.path == *path) {
                Some(removed) => match removed.node.content() {
                    Content::Kept(bytes) => Database::Found(
                        std::sync::Arc::clone(bytes),
                        removed.node.layer,
                        Some(removed.by),
                    ),
                    _ => Database::Absent,
                },
                None => Database::Absent,
            }
        }
    }
}

/// What the database of a distribution's package manager gives.
#[derive(Debug)]
pub(crate) struct Distribution {
    pub(crate) packages: List<Package>,
    pub(crate) owners: Owners,
    pub(crate) deleted: Vec<(String, u32)>,
    most: usize,
}

impl Distribution {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            packages: List::default(),
            owners: Owners::new(limits),
            deleted: Vec::new(),
            most: limits.packages,
        }
    }

    /// Whether another package fits; else the list lacks it.
    pub(crate) fn has_room(&mut self, evidence: &str) -> bool {
        let room = self.packages.items.len() < self.most;
        if !room {
            let gap =
                Gap::new(Cause::Incomplete, evidence, format!("more than {} packages", self.most));
            self.owners.lacks(gap.clone());
            self.packages.lacks(gap);
        }
        room
    }
}
