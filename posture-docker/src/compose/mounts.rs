//! The volumes of a service, in the short and in the long form.

use posture_collect::host_paths::{is_sensitive, is_system_directory};
use posture_yaml::{Data, Node};

use super::variables::open;
use crate::mounts::Mount;

/// What an entry of `volumes` mounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Mount(Mount),
    /// A volume by its name.
    Named {
        name: String,
        target: String,
        propagation: Option<String>,
    },
    /// It holds this variable.
    Open(String),
}

/// Reads an entry.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(node: &Node) -> Result<Entry, String> {
    match &node.data {
        _ if open(node).is_some() => Ok(Entry::Open(open(node).unwrap_or_default().to_owned())),
        Data::Text(text) => short(text),
        Data::Fields(_) => long(node),
        _ => Err("a volume is expected".to_owned()),
    }
}

/// Whether a source is a path, and not the name of a volume.
fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~', '\\']) || is_drive(source)
}

/// Whether a text begins with a drive of Windows, as in `C:\data`.
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
}

const PROPAGATIONS: [&str; 6] = ["shared", "rshared", "slave", "rslave", "private", "rprivate"];

fn short(text: &str) -> Result<Entry, String> {
    const FORM: &str =
        "a volume is written as `name:/path`, `./folder:/path` or `/folder:/path:ro`";
    // The colon of a drive is not one between parts.
    let skip = if is_drive(text) { 2 } else { 0 };
    let (source, rest) = match text.get(skip..).and_then(|rest| rest.find(':')) {
        Some(at) => {
            let (source, rest) = text.split_at(at + skip);
            (source, rest.strip_prefix(':').unwrap_or(rest))
        }
        None if text.is_empty() => return Err(FORM.to_owned()),
        None => {
            let mount = Mount { source: None, target: text.to_owned(), propagation: None };
            return Ok(Entry::Mount(mount));
        }
    };
    let skip = if is_drive(rest) { 2 } else { 0 };
    let (target, modes) = match rest.get(skip..).and_then(|rest| rest.find(':')) {
        Some(at) => {
            let (target, modes) = rest.split_at(at + skip);
            (target, modes.strip_prefix(':').unwrap_or(modes))
        }
        None => (rest, ""),
    };
    if source.is_empty() || target.is_empty() || modes.contains(':') {
        return Err(FORM.to_owned());
    }
    let propagation = modes.split(',').find(|mode| PROPAGATIONS.contains(mode)).map(str::to_owned);
    let target = target.to_owned();
    if is_path(source) {
        return Ok(Entry::Mount(Mount { source: Some(source.to_owned()), target, propagation }));
    }
    Ok(Entry::Named { name: source.to_owned(), target, propagation })
}

fn long(node: &Node) -> Result<Entry, String> {
    let bind = node.get("bind").map(|field| &field.value);
    let fields = [node.get("type"), node.get("source"), node.get("target")];
    let propagation = bind.and_then(|bind| bind.get("propagation"));
    let mut all = fields.into_iter().chain([propagation]).flatten();
    if let Some(variable) = all.find_map(|field| open(&field.value)) {
        return Ok(Entry::Open(variable.to_owned()));
    }
    let text = |field: &str| node.text(field).map(str::to_owned);
    let target = text("target").unwrap_or_default();
    let propagation = bind.and_then(|bind| bind.text("propagation")).map(str::to_owned);
    Ok(match (node.text("type"), text("source")) {
        (Some("bind" | "npipe"), Some(source)) => {
            Entry::Mount(Mount { source: Some(source), target, propagation })
        }
        (Some("bind" | "npipe"), None) => return Err("`source` is missing".to_owned()),
        (Some("volume"), Some(name)) if !is_path(&name) => {
            Entry::Named { name, target, propagation }
        }
        (Some("volume"), Some(_)) => {
            return Err("`source` is a path: write `type: bind`".to_owned());
        }
        _ => Entry::Mount(Mount { source: None, target, propagation }),
    })
}

/// Why it is open what a relative path leads to: a path upward may lead to a directory of the system.
///
/// The folder of the project on the host is where Compose runs, and not where it is audited.
pub(super) fn upward(source: &str) -> Option<String> {
    if source.starts_with(['/', '~']) || is_drive(source) {
        return None;
    }
    let mut up = false;
    let mut rest: Vec<&str> = Vec::new();
    for part in source.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")) {
        match part {
            ".." => up |= rest.pop().is_none(),
            _ => rest.push(part),
        }
    }
    let path = format!("/{}", rest.join("/"));
    let may_be = |path: &str| is_sensitive(path) || is_system_directory(path);
    (up && (may_be(&path) || may_be(&format!("/var{path}")))).then(|| {
        format!(
            "where `{}` leads depends on the folder of the project",
            posture_yaml::shown(source)
        )
    })
}

#[cfg(test)]
mod tests {
    use posture_yaml::Place;

    use super::*;

    fn of(text: &str) -> Result<Entry, String> {
        read(&Node::new(Place { line: 1, column: 1 }, Data::Text(text.to_owned())))
    }

    #[test]
    fn the_short_form_tells_paths_from_names() {
        let bind = |source: &str, target: &str, propagation: Option<&str>| {
            Ok(Entry::Mount(Mount {
                source: Some(source.to_owned()),
                target: target.to_owned(),
                propagation: propagation.map(str::to_owned),
            }))
        };
        for (text, entry) in [
            ("/a:/b", bind("/a", "/b", None)),
            ("/a:/b:ro", bind("/a", "/b", None)),
            ("/a:/b:rw,rshared", bind("/a", "/b", Some("rshared"))),
            ("./a:/b:z", bind("./a", "/b", None)),
            ("~/a:/b", bind("~/a", "/b", None)),
            (r"C:\a:/b:ro", bind(r"C:\a", "/b", None)),
            (r"C:\a:D:\b", bind(r"C:\a", r"D:\b", None)),
        ] {
            assert_eq!(of(text), entry, "{text}");
        }
        assert!(matches!(of("data:/b"), Ok(Entry::Named { name, .. }) if name == "data"));
        assert!(matches!(of("/data"), Ok(Entry::Mount(Mount { source: None, .. }))));
        for text in ["", ":/b", "/a:", "/a:/b:ro:x"] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_upward_may_lead_to_the_system() {
        for path in
            ["..", "../", "../../", "../etc", "./../../proc", "../a/../etc", "a/../../etc/shadow"]
        {
            assert!(upward(path).is_some(), "{path}");
        }
        for path in [".", "./etc", "a/../etc", "./a", "../data", "../../srv/web", "/etc", "~"] {
            assert_eq!(upward(path), None, "{path}");
        }
    }
}
