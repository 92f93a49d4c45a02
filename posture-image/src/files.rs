//! Questions about the files of an image. All answers are about the result of its layers.

mod capability;
mod tools;

pub use capability::{Capabilities, capabilities};
pub use tools::{Tool, caches, host_keys, repositories, tools};

use crate::config::user::{Account, accounts};
use crate::layer::tar::Kind;
use crate::limits::Limits;
use crate::packages::owners::Owners;
use crate::text;
use crate::tree::{Node, Tree};
use crate::truth::{Answer, Cause, Gap, List};

/// A file that gives rights to those who start it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privileged {
    /// The path, escaped.
    pub path: String,
    /// Whether it runs as its owner (setuid).
    pub setuid: bool,
    /// Whether it runs as its group (setgid).
    pub setgid: bool,
    /// Its capabilities.
    pub capabilities: Answer<Capabilities>,
    /// The number of the owner.
    pub uid: u64,
    /// The layer that it comes from, from 0.
    pub layer: u32,
    /// The package that installed it.
    pub package: Option<String>,
    /// Whether it is one of those that distributions install with these rights.
    pub usual: bool,
    /// Whether it runs other programs or scripts: a shell, an interpreter.
    pub runs_anything: bool,
}

/// Programs that distributions install with setuid or setgid.
const USUAL: [&str; 31] = [
    "at",
    "bbsuid",
    "chage",
    "chfn",
    "chsh",
    "crontab",
    "dbus-daemon-launch-helper",
    "expiry",
    "fusermount",
    "fusermount3",
    "gpasswd",
    "mount",
    "newgidmap",
    "newgrp",
    "newuidmap",
    "pam_timestamp_check",
    "passwd",
    "ping",
    "pkexec",
    "pkcheck",
    "polkit-agent-helper-1",
    "ssh-agent",
    "ssh-keysign",
    "su",
    "sudo",
    "sudoedit",
    "umount",
    "unix_chkpwd",
    "userhelper",
    "wall",
    "write",
];

/// Programs that run whatever they are given.
const INTERPRETERS: [&str; 20] = [
    "ash", "awk", "bash", "busybox", "csh", "dash", "env", "find", "gawk", "gdb", "ksh", "lua",
    "mawk", "node", "perl", "php", "ruby", "sh", "vim", "zsh",
];

/// Files with setuid, setgid or capabilities.
pub fn privileged(tree: &Tree, owners: &Owners) -> List<Privileged> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    for (path, node) in tree.iter().filter(|(_, node)| node.kind == Kind::File) {
        let (setuid, setgid) = (node.mode & 0o4000 != 0, node.mode & 0o2000 != 0);
        if !setuid && !setgid && node.capability().is_none() {
            continue;
        }
        let name = text::escape(path.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
        let package = owners.of(path, tree).map(str::to_owned);
        let plain =
            name.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
        list.items.push(Privileged {
            path: text::path(path),
            setuid,
            setgid,
            capabilities: node.capability().map_or(Answer::Absent, capabilities),
            uid: node.uid,
            layer: node.layer,
            usual: USUAL.contains(&name.as_str()) && (package.is_some() || owners.is_empty()),
            runs_anything: INTERPRETERS.contains(&plain) || plain == "python",
            package,
        });
    }
    list
}

/// Whether everybody may write a file, or add to and delete from a directory.
pub fn is_world_writable(node: &Node) -> bool {
    match node.kind {
        Kind::File => node.mode & 0o002 != 0,
        Kind::Directory => node.mode & 0o1002 == 0o002,
        Kind::Symlink | Kind::HardLink | Kind::Special => false,
    }
}

/// Files that everybody may write, and directories without the sticky bit. Those for temporary files are left out.
pub fn world_writable(tree: &Tree) -> List<(String, u32)> {
    let temporary = [&b"tmp"[..], b"var/tmp", b"dev/shm", b"run/lock", b"var/lock", b"dev/mqueue"];
    let inside = |path: &[u8]| {
        temporary.iter().any(|directory| {
            path.strip_prefix(*directory)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        })
    };
    let found = tree.iter().filter(|(path, node)| is_world_writable(node) && !inside(path));
    List {
        items: found.map(|(path, node)| (text::path(path), node.layer)).collect(),
        gaps: tree.gaps.clone(),
    }
}

/// Accounts that can be entered without a password: an empty field in `/etc/shadow` or `/etc/passwd`.
pub fn empty_passwords(tree: &Tree, limits: &Limits) -> List<String> {
    let mut list = List::default();
    let shadow = match tree.content(b"etc/shadow", limits) {
        Answer::Known(bytes) => Some(bytes),
        Answer::Absent => None,
        Answer::Unknown(gap) => {
            list.lacks(gap);
            None
        }
    };
    let field = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b':');
        let (name, password) = (fields.next()?, fields.next()?);
        (!name.is_empty() && !name.starts_with(b"#"))
            .then(|| (text::escape(name), password.is_empty()))
    };
    let lines = shadow.as_deref().unwrap_or_default().split(|byte| *byte == b'\n');
    let in_shadow: Vec<(String, bool)> = lines.filter_map(field).collect();
    list.items.extend(in_shadow.iter().filter(|(_, empty)| *empty).map(|(name, _)| name.clone()));
    match tree.content(b"etc/passwd", limits) {
        Answer::Known(bytes) => {
            let open = |account: &Account| {
                // The login reads no comments, and no line without a password field.
                account.password.as_deref() == Some("")
                    && !account.name.is_empty()
                    && !account.name.starts_with('#')
            };
            for account in accounts(&bytes).into_iter().filter(open) {
                let name = text::escape(account.name.as_bytes());
                if !list.items.contains(&name) {
                    list.items.push(name);
                }
            }
        }
        Answer::Absent => {}
        Answer::Unknown(gap) => list.lacks(gap),
    }
    list
}

/// Files whose owner or group is not in the image. Numbers without a name are usual for application users.
pub fn unknown_owners(tree: &Tree, limits: &Limits) -> List<(String, u64)> {
    let mut list = List { items: Vec::new(), gaps: tree.gaps.clone() };
    let known = match tree.content(b"etc/passwd", limits) {
        Answer::Known(bytes) => {
            let named = accounts(&bytes).into_iter();
            let named = named.filter(|account| !account.name.starts_with('#'));
            named.filter_map(|account| account.uid).map(u64::from).collect()
        }
        Answer::Absent => {
            return List::unknown(Gap::new(
                Cause::Missing,
                "/etc/passwd",
                "the image has no users",
            ));
        }
        Answer::Unknown(gap) => return List::unknown(gap),
    };
    let known: std::collections::HashSet<u64> = known;
    let found = tree.iter().filter(|(_, node)| node.uid != 0 && !known.contains(&node.uid));
    list.items.extend(found.map(|(path, node)| (text::path(path), node.uid)));
    list
}
