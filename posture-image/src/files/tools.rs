//! What an image has beyond what an application needs.

use crate::layer::tar::Kind;
use crate::text;
use crate::tree::Tree;
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

const PROGRAMS: [(&str, Tool); 46] = [
    ("sshd", Tool::SshServer),
    ("dropbear", Tool::SshServer),
    ("sudo", Tool::Sudo),
    ("doas", Tool::Sudo),
    ("pkexec", Tool::Sudo),
    ("gcc", Tool::Compiler),
    ("g++", Tool::Compiler),
    ("cc", Tool::Compiler),
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

const DIRECTORIES: [&str; 6] =
    ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"];

/// Programs in the usual directories, with the layers that they come from.
pub fn tools(tree: &Tree) -> List<(Tool, String, u32)> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    let go = [("usr/local/go/bin/go", Tool::Compiler)].map(|(path, tool)| (path.to_owned(), tool));
    let usual = DIRECTORIES
        .iter()
        .flat_map(|directory| PROGRAMS.map(|(name, tool)| (format!("{directory}/{name}"), tool)));
    for (path, tool) in usual.chain(go) {
        if let Some(node) =
            tree.at(path.as_bytes()).filter(|node| matches!(node.kind, Kind::File | Kind::Symlink))
        {
            list.items.push((tool, text::path(path.as_bytes()), node.layer));
        }
    }
    list.items.sort();
    list
}

/// Caches and lists of package managers, by the directory: the number of files and their bytes.
pub fn caches(tree: &Tree) -> List<(&'static str, usize, u64)> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    for directory in [
        "var/cache/apt/archives",
        "var/lib/apt/lists",
        "var/cache/apk",
        "var/cache/dnf",
        "var/cache/yum",
        "var/cache/zypp",
        "root/.cache/pip",
        "root/.npm",
        "root/.cache/yarn",
        "root/.cargo/registry",
        "root/.m2/repository",
    ] {
        let file = |path: &[u8]| {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            name != b"lock" && !path.windows(9).any(|part| part == b"/partial/")
        };
        let files = tree
            .below(directory.as_bytes())
            .filter(|(path, node)| node.kind == Kind::File && file(path));
        let (count, bytes) = files
            .fold((0, 0_u64), |(count, sum), (_, node)| (count + 1, sum.saturating_add(node.size)));
        if count > 0 {
            list.items.push((directory, count, bytes));
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
    let directories = [&b"etc/ssh"[..], b"etc/dropbear"];
    let found = directories
        .iter()
        .flat_map(|directory| tree.below(directory))
        .filter(|(path, node)| node.kind == Kind::File && key(path));
    List {
        items: found.map(|(path, node)| (text::path(path), node.layer)).collect(),
        gaps: tree.gaps.clone(),
    }
}

/// `.git` directories, which hold the history of the sources.
pub fn repositories(tree: &Tree) -> List<(String, u32)> {
    let git = |path: &[u8]| path == b".git/HEAD" || path.ends_with(b"/.git/HEAD");
    let found = tree.iter().filter(|(path, node)| node.kind == Kind::File && git(path));
    let directory = |path: &[u8]| text::path(path.strip_suffix(b"/HEAD").unwrap_or(path));
    List {
        items: found.map(|(path, node)| (directory(path), node.layer)).collect(),
        gaps: tree.gaps.clone(),
    }
}
