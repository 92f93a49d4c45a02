//! What an image has beyond what an application needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Node, Tree, walk};
use crate::truth::List;

/// What a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// An SSH server.
    SshServer,
    /// A program that gives the rights of another user, such as sudo.
    Sudo,
    /// A compiler or linker.
    Compiler,
    /// A package manager.
    PackageManager,
    /// A tool for connections or downloads.
    Network,
    /// A debugger.
    Debugger,
}

const PROGRAMS: [(&str, Tool); 48] = [
    ("sshd", Tool::SshServer),
    ("dropbear", Tool::SshServer),
    ("sudo", Tool::Sudo),
    ("doas", Tool::Sudo),
    ("pkexec", Tool::Sudo),
    ("gcc", Tool::Compiler),
    ("g++", Tool::Compiler),
    ("cc", Tool::Compiler),
    ("c++", Tool::Compiler),
    ("tcc", Tool::Compiler),
    ("clang", Tool::Compiler),
    ("ld", Tool::Compiler),
    ("make", Tool::Compiler),
    ("rustc", Tool::Compiler),
    ("cargo", Tool::Compiler),
    ("javac", Tool::Compiler),
    ("apt", Tool::PackageManager),
    ("apt-get", Tool::PackageManager),
    ("dpkg", Tool::PackageManager),
    ("apk", Tool::PackageManager),
    ("rpm", Tool::PackageManager),
    ("yum", Tool::PackageManager),
    ("dnf", Tool::PackageManager),
    ("microdnf", Tool::PackageManager),
    ("zypper", Tool::PackageManager),
    ("pip", Tool::PackageManager),
    ("pip3", Tool::PackageManager),
    ("npm", Tool::PackageManager),
    ("yarn", Tool::PackageManager),
    ("gem", Tool::PackageManager),
    ("composer", Tool::PackageManager),
    ("nc", Tool::Network),
    ("ncat", Tool::Network),
    ("netcat", Tool::Network),
    ("nc.openbsd", Tool::Network),
    ("nc.traditional", Tool::Network),
    ("socat", Tool::Network),
    ("telnet", Tool::Network),
    ("ftp", Tool::Network),
    ("curl", Tool::Network),
    ("wget", Tool::Network),
    ("nmap", Tool::Network),
    ("tcpdump", Tool::Network),
    ("ssh", Tool::Network),
    ("rsync", Tool::Network),
    ("gdb", Tool::Debugger),
    ("strace", Tool::Debugger),
    ("ltrace", Tool::Debugger),
];

/// Compilers whose names also have a target in front, `x86_64-linux-gnu-gcc`.
const WITH_TARGET: [&str; 5] = ["gcc", "g++", "clang", "ld", "cc"];

/// What a program with this name is for. It may have a version at its end, `gcc-12` and `pip3.11`.
fn tool_of(name: &str) -> Option<Tool> {
    let plain = name.trim_end_matches(|character: char| {
        character.is_ascii_digit() || matches!(character, '.' | '-')
    });
    let known = |name: &str| PROGRAMS.iter().find(|(known, _)| *known == name);
    let target = WITH_TARGET.iter().copied().find(|known| {
        plain.strip_suffix(known).is_some_and(|rest| rest.ends_with('-') && rest.contains("linux"))
    });
    known(name).or_else(|| known(plain)).or_else(|| known(target?)).map(|(_, tool)| *tool)
}

/// Programs in directories for programs, wherever these are, with the layers that they come from.
pub fn tools(tree: &Tree) -> List<(Tool, String, u32)> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    for (path, node) in tree.iter() {
        if !matches!(node.kind, Kind::File | Kind::Symlink) {
            continue;
        }
        let mut parts = path.rsplit(|byte| *byte == b'/');
        let (name, directory) = (parts.next().unwrap_or_default(), parts.next());
        let programs = matches!(directory, Some(b"bin" | b"sbin" | b"libexec"));
        let Some(name) = std::str::from_utf8(name).ok().filter(|_| programs) else { continue };
        let go = path == b"usr/local/go/bin/go";
        if let Some(tool) = tool_of(name).or(go.then_some(Tool::Compiler)) {
            list.items.push((tool, text::path(path), node.layer));
        }
    }
    list.items.sort();
    list
}

/// What is in a directory and below, also where the directory is a link.
fn inside<'a>(tree: &'a Tree, directory: &str) -> impl Iterator<Item = (&'a [u8], &'a Arc<Node>)> {
    let links = Limits::default().links;
    let found = walk(directory.as_bytes(), true, links, |at| tree.at(at)).map(|walk| walk.path);
    tree.below(&found.unwrap_or_else(|_| directory.as_bytes().to_vec()))
}

/// Caches of a user, in its home.
const OF_A_USER: [&str; 6] =
    [".cache/pip", ".npm", ".cache/yarn", ".cargo/registry", ".m2/repository", ".cache/go-build"];

/// Caches and lists of package managers, by the directory: the number of files and their bytes.
pub fn caches(tree: &Tree) -> List<(String, usize, u64)> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    let system = [
        "var/cache/apt/archives",
        "var/lib/apt/lists",
        "var/cache/apk",
        "var/cache/dnf",
        "var/cache/yum",
        "var/cache/zypp",
    ];
    let homes = tree.below(b"home").filter_map(|(path, node)| {
        let name = path.strip_prefix(b"home/")?;
        let directory = matches!(node.kind, Kind::Directory | Kind::Symlink);
        (directory && !name.contains(&b'/')).then(|| String::from_utf8(path.to_vec()).ok())?
    });
    // A home without an entry of its own has files all the same.
    let implied = tree.below(b"home").filter_map(|(path, _)| {
        let end = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').nth(1)?.0;
        String::from_utf8(path.get(..end)?.to_vec()).ok()
    });
    let mut homes: Vec<String> = homes.chain(implied).chain(["root".to_owned()]).collect();
    homes.sort();
    homes.dedup();
    let of_users = homes
        .iter()
        .flat_map(|home| OF_A_USER.iter().map(move |directory| format!("{home}/{directory}")));
    for directory in system.map(str::to_owned).into_iter().chain(of_users) {
        let file = |path: &[u8]| {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            name != b"lock" && !path.windows(9).any(|part| part == b"/partial/")
        };
        let files =
            inside(tree, &directory).filter(|(path, node)| node.kind == Kind::File && file(path));
        let (count, bytes) = files
            .fold((0, 0_u64), |(count, sum), (_, node)| (count + 1, sum.saturating_add(node.size)));
        if count > 0 {
            list.items.push((text::escape(directory.as_bytes()), count, bytes));
        }
    }
    list
}

/// Host keys of SSH, which all containers of the image share.
pub fn host_keys(tree: &Tree) -> List<(String, u32)> {
    let key = |path: &[u8]| {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        (name.starts_with(b"ssh_host_") && name.ends_with(b"_key"))
            || (name.starts_with(b"dropbear_") && name.ends_with(b"_host_key"))
    };
    let found = ["etc/ssh", "etc/dropbear"]
        .into_iter()
        .flat_map(|directory| inside(tree, directory))
        // A link leads to a key as well.
        .filter(|(path, node)| matches!(node.kind, Kind::File | Kind::Symlink) && key(path));
    List {
        items: found.map(|(path, node)| (text::path(path), node.layer)).collect(),
        gaps: tree.gaps.clone(),
    }
}

/// `.git` directories, which hold the history of the sources.
pub fn repositories(tree: &Tree) -> List<(String, u32)> {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for (path, node) in tree.iter().filter(|(_, node)| node.kind == Kind::File) {
        let mut ends = memchr::memmem::find_iter(path, b".git/")
            .filter(|at| *at == 0 || path.get(at - 1) == Some(&b'/'));
        let Some(at) = ends.next() else { continue };
        let (directory, rest) = (path.get(..at + 4), path.get(at + 5..).unwrap_or_default());
        let part = rest.split(|byte| *byte == b'/').next().unwrap_or_default();
        let known: [&[u8]; 7] =
            [b"HEAD", b"config", b"index", b"objects", b"packed-refs", b"refs", b"logs"];
        if let Some(directory) = directory.filter(|_| known.contains(&part)) {
            found.entry(text::path(directory)).or_insert(node.layer);
        }
    }
    List { items: found.into_iter().collect(), gaps: tree.gaps.clone() }
}
