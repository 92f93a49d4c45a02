//! Packages of Python and Node.js, by the metadata beside the installed code.

use serde_json::Value;

use super::owners::Owners;
use super::{Manager, Ownership, Package};
use crate::json;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Content, Node, Tree};
use crate::truth::{Cause, Gap, List};

/// Whether a file is such metadata.
pub(super) fn is_metadata(path: &[u8]) -> bool {
    manager(path).is_some()
}

fn manager(path: &[u8]) -> Option<Manager> {
    let mut parts = path.rsplit(|byte| *byte == b'/');
    let (name, parent) = (parts.next()?, parts.next().unwrap_or_default());
    match name {
        b"METADATA" if parent.ends_with(b".dist-info") => Some(Manager::Python),
        b"PKG-INFO" if parent.ends_with(b".egg-info") || parent == b"EGG-INFO" => {
            Some(Manager::Python)
        }
        _ if name.ends_with(b".egg-info") => Some(Manager::Python),
        // `node_modules/NAME/` and `node_modules/@SCOPE/NAME/`; deeper ones are parts of packages.
        b"package.json" => {
            let above = parts.next().unwrap_or_default();
            let scope = above.starts_with(b"@") && parts.next() == Some(b"node_modules");
            (above == b"node_modules" || scope).then_some(Manager::Npm)
        }
        _ => None,
    }
}

pub(super) fn read(tree: &Tree, limits: &Limits, owners: &Owners, list: &mut List<Package>) {
    for (path, node) in tree.iter() {
        let Some(manager) = manager(path) else { continue };
        let Content::Kept(bytes) = node.content() else { continue };
        let evidence = text::path(path);
        let found = match manager {
            Manager::Python => python(bytes),
            _ => npm(bytes, limits),
        };
        match found {
            Ok(Some((name, version))) => {
                list.items.push(package(manager, name, version, evidence, node))
            }
            Ok(None) => {}
            // Of what the distribution installed, its own record counts.
            Err(_) if owners.of(path, tree).is_some() => {}
            Err(detail) => list.lacks(Gap::new(Cause::Malformed, evidence, detail)),
        }
    }
}

fn package(
    manager: Manager,
    name: String,
    version: String,
    evidence: String,
    node: &Node,
) -> Package {
    Package {
        manager,
        name,
        version,
        architecture: None,
        source: None,
        evidence,
        layer: node.layer,
        ownership: Ownership::Own,
        guessed: false,
    }
}

/// Headers as in mail, up to the first empty line.
fn python(bytes: &[u8]) -> Result<Option<(String, String)>, String> {
    let text = String::from_utf8_lossy(bytes);
    let headers = text.lines().take_while(|line| !line.trim().is_empty());
    let (mut name, mut version) = (None, None);
    for line in headers.filter(|line| !line.starts_with([' ', '\t'])) {
        match line.split_once(':') {
            Some((key, value)) if key.eq_ignore_ascii_case("name") && name.is_none() => {
                name = Some(value.trim())
            }
            Some((key, value)) if key.eq_ignore_ascii_case("version") && version.is_none() => {
                version = Some(value.trim())
            }
            _ => {}
        }
    }
    let valid = |name: &str| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !name.is_empty()
    };
    match (name, version) {
        (Some(name), Some(version)) if valid(name) && !version.is_empty() => {
            Ok(Some((normalize(name), version.to_owned())))
        }
        _ => Err("metadata of Python without a name and a version".to_owned()),
    }
}

/// Names of Python packages: small letters, and one hyphen for each run of `-`, `_` and `.`.
pub fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for character in name.chars() {
        if matches!(character, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.push(character.to_ascii_lowercase());
        }
    }
    normal
}

fn npm(bytes: &[u8], limits: &Limits) -> Result<Option<(String, String)>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value = json::parse_loose(bytes, limits.json_depth)
        .map_err(|error| text::clip(error.as_bytes(), 100))?;
    let field = |name: &str| {
        value.get(name).and_then(Value::as_str).map(str::trim).filter(|value| !value.is_empty())
    };
    match (field("name"), field("version")) {
        (Some(name), Some(version)) => {
            Ok(Some((name.to_owned(), version.trim_start_matches(['v', '=']).to_owned())))
        }
        // A file that only states the type of modules is not a package.
        (None, _) => Ok(None),
        (Some(name), None) => Err(format!("{} has no version", text::clip(name.as_bytes(), 100))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_metadata_of_installed_packages_counts() {
        for (path, expected) in [
            (
                "usr/lib/python3/dist-packages/requests-2.28.1.egg-info/PKG-INFO",
                Some(Manager::Python),
            ),
            ("usr/lib/python3/dist-packages/six-1.16.0.egg-info", Some(Manager::Python)),
            ("v/site-packages/a-1.dist-info/METADATA", Some(Manager::Python)),
            ("v/METADATA", None),
            ("app/node_modules/express/package.json", Some(Manager::Npm)),
            ("app/node_modules/@a/b/package.json", Some(Manager::Npm)),
            ("app/node_modules/a/node_modules/b/package.json", Some(Manager::Npm)),
            ("app/node_modules/a/test/package.json", None),
            ("app/package.json", None),
            ("package.json", None),
        ] {
            assert_eq!(manager(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn metadata_is_read() {
        let found = python(b"Metadata-Version: 2.1\nName: Zope.Interface_X\nVersion: 5.4\nDescription: a\n Name: no\n\nName: body\n");
        assert_eq!(found, Ok(Some(("zope-interface-x".into(), "5.4".into()))));
        assert!(
            python(b"Name: a\n").is_err()
                && python(b"").is_err()
                && python(b"Name: a b\nVersion: 1\n").is_err()
        );
        let limits = Limits::default();
        assert_eq!(
            npm(br#"{"name":"a","version":"1.2.3"}"#, &limits),
            Ok(Some(("a".into(), "1.2.3".into())))
        );
        assert_eq!(npm(br#"{"type":"module"}"#, &limits), Ok(None));
        assert!(npm(b"{", &limits).is_err() && npm(br#"{"name":"a"}"#, &limits).is_err());
    }
}
