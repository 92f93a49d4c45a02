//! Packages of Python, Node.js, Ruby, PHP and .NET, by the metadata beside the installed code.

mod links;
mod others;

use std::collections::BTreeSet;

use serde_json::Value;

use super::binary::Recorded;
use super::owners::Owners;
use super::{Manager, Ownership, Package, java};
use crate::json;
use crate::limits::Limits;
use crate::text;
use crate::tree::{Node, Tree};
use crate::truth::{Cause, Gap, List};

/// A package that a file records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Metadata {
    name: String,
    version: String,
    license: Option<String>,
}

/// Whether a file is such metadata. A package of Node.js may be linked from the source of another, whose folder has any name.
pub(super) fn is_metadata(path: &[u8]) -> bool {
    let own = |path: &[u8]| {
        path.ends_with(b"/package.json") && memchr::memmem::find(path, b"node_modules/").is_none()
    };
    manager(path).is_some() || own(path)
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
        // An unpacked archive of Java.
        b"pom.properties" => {
            memchr::memmem::find(path, b"META-INF/maven/").is_some().then_some(Manager::Maven)
        }
        b"installed.json" if parent == b"composer" => Some(Manager::Composer),
        _ if name.ends_with(b".deps.json") => Some(Manager::Nuget),
        // What is installed; other specifications of gems are sources.
        _ if name.ends_with(b".gemspec") => {
            let default = parent == b"default" && parts.next() == Some(b"specifications");
            (parent == b"specifications" || default).then_some(Manager::Gem)
        }
        _ => None,
    }
}

/// Inventories that are known by name and not read. What they list is missing.
fn unread(path: &[u8]) -> Option<&'static str> {
    let mut parts = path.rsplit(|byte| *byte == b'/');
    let (name, parent) = (parts.next()?, parts.next().unwrap_or_default());
    let above = parts.next().unwrap_or_default();
    match name {
        b"history" if parent == b"conda-meta" => Some("packages of Conda"),
        b".pnp.cjs" => Some("packages of Yarn in archives (Plug'n'Play)"),
        b"DESCRIPTION" if matches!(above, b"library" | b"site-library") => Some("packages of R"),
        b"rock_manifest" => Some("packages of LuaRocks"),
        b"INSTALL_RECEIPT.json" => Some("packages of Homebrew"),
        b"status" if parent == b"opkg" => Some("packages of opkg"),
        _ if parent == b"ebin" && name.ends_with(b".app") => {
            Some("applications of Erlang and Elixir")
        }
        _ if name.starts_with(b".spdx-") && name.ends_with(b".spdx") => {
            Some("components of Bitnami")
        }
        _ if path.starts_with(b"var/lib/pacman/local/") => Some("packages of pacman"),
        _ if path.starts_with(b"var/db/pkg/") => Some("packages of Portage"),
        _ if path.starts_with(b"nix/store/") => Some("packages of Nix"),
        _ if path == b"var/lib/chisel/manifest.wall" => Some("slices of Chisel"),
        _ => None,
    }
}

pub(super) fn read(tree: &Tree, limits: &Limits, owners: &Owners, list: &mut List<Package>) {
    let mut unread_kinds = BTreeSet::new();
    let mut bare = BTreeSet::new();
    let mut reading = Reading { tree, limits, owners, list };
    for (path, node) in tree.iter() {
        // Each once: there may be thousands of its files.
        if let Some(what) = unread(path)
            && owners.of(path, tree).is_none()
            && unread_kinds.insert(what)
        {
            reading.list.lacks(Gap::new(
                Cause::Unsupported,
                text::path(path),
                format!("{what} are not read"),
            ));
        }
        if let Some(manager) = manager(path) {
            match links::content(tree, path, node, limits) {
                Ok(Some(bytes)) => add(manager, path, node, &bytes, &mut reading),
                // Of what the distribution installed, its own record counts.
                Err(gap) if owners.of(path, tree).is_none() => reading.list.lacks(gap),
                Ok(None) | Err(_) => {}
            }
        }
        if let Some(gap) = links::without_metadata(tree, path, &mut bare)
            && owners.of(path, tree).is_none()
        {
            reading.list.lacks(gap);
        }
    }
    links::folders(tree, limits, |path, node, found| match (manager(path), found) {
        (Some(manager), Ok(bytes)) => add(manager, path, node, &bytes, &mut reading),
        (_, Err(gap)) => reading.list.lacks(gap),
        (None, Ok(_)) => {}
    });
}

struct Reading<'a> {
    tree: &'a Tree,
    limits: &'a Limits,
    owners: &'a Owners,
    list: &'a mut List<Package>,
}

/// Adds the packages that a file records, under the path by which programs find it.
fn add(manager: Manager, path: &[u8], node: &Node, bytes: &[u8], reading: &mut Reading<'_>) {
    let limits = reading.limits;
    let evidence = text::path(path);
    let found = match manager {
        Manager::Python => python(bytes).map(|one| vec![one]),
        Manager::Gem => others::gem(bytes).map(|gem| vec![gem]),
        Manager::Composer => others::composer(bytes, limits),
        Manager::Nuget => others::nuget(bytes, limits),
        Manager::Maven => maven(bytes).map(|one| vec![one]),
        _ => npm(bytes, limits).map(Vec::from_iter),
    };
    match found {
        Ok(found) => {
            reading.list.items.extend(found.into_iter().map(|one| Package {
                manager,
                name: one.name,
                version: one.version,
                architecture: None,
                source: None,
                evidence: evidence.clone(),
                layer: node.layer,
                ownership: Ownership::Own,
                guessed: false,
                license: one.license,
                stated_by: None,
                module: None,
            }));
        }
        // Of what the distribution installed, its own record counts.
        Err(_) if reading.owners.of(path, reading.tree).is_some() => {}
        Err(detail) => reading.list.lacks(Gap::new(Cause::Malformed, evidence, detail)),
    }
}

fn maven(bytes: &[u8]) -> Result<Metadata, String> {
    let found =
        java::properties(bytes).ok_or("properties of Maven without group, artifact and version")?;
    Ok(Metadata { name: found.name, version: found.version, license: None })
}

/// The metadata in an egg that is an archive.
pub(super) fn egg(bytes: &[u8]) -> Result<Recorded, String> {
    let Metadata { name, version, .. } = python(bytes)?;
    Ok(Recorded { manager: Manager::Python, name, version, guessed: false })
}

/// Headers as in mail, up to the first empty line.
fn python(bytes: &[u8]) -> Result<Metadata, String> {
    let text = String::from_utf8_lossy(bytes);
    let headers = text.lines().take_while(|line| !line.trim().is_empty());
    let (mut name, mut version, mut license) = (None, None, None);
    for line in headers.filter(|line| !line.starts_with([' ', '\t'])) {
        match line.split_once(':') {
            Some((key, value)) if key.eq_ignore_ascii_case("name") && name.is_none() => {
                name = Some(value.trim())
            }
            Some((key, value)) if key.eq_ignore_ascii_case("version") && version.is_none() => {
                version = Some(value.trim())
            }
            // An expression of SPDX, by PEP 639; the older field is free text, and often the whole license.
            Some((key, value)) if key.eq_ignore_ascii_case("license-expression") => {
                license = Some(value.trim())
            }
            Some((key, value)) if key.eq_ignore_ascii_case("license") && license.is_none() => {
                license =
                    Some(value.trim()).filter(|value| value.len() <= 100 && *value != "UNKNOWN")
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
            let license = license.filter(|license| !license.is_empty()).map(str::to_owned);
            Ok(Metadata { name: normalize(name), version: version.to_owned(), license })
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

fn npm(bytes: &[u8], limits: &Limits) -> Result<Option<Metadata>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value = json::parse_loose(bytes, limits.json_depth)
        .map_err(|error| text::clip(error.as_bytes(), 100))?;
    let field = |name: &str| {
        value.get(name).and_then(Value::as_str).map(str::trim).filter(|value| !value.is_empty())
    };
    match (field("name"), field("version")) {
        (Some(name), Some(version)) => {
            let version = version.trim_start_matches(['v', '=']).to_owned();
            // Old packages have an object.
            let old = || value.get("license")?.get("type")?.as_str();
            let license = field("license").or_else(old).map(str::to_owned);
            Ok(Some(Metadata { name: name.to_owned(), version, license }))
        }
        // A file that only states the type of modules is not a package.
        (None, None) => Ok(None),
        (None, Some(version)) => {
            Err(format!("version {} has no name", text::clip(version.as_bytes(), 100)))
        }
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
            ("app/x/META-INF/maven/org.x/a/pom.properties", Some(Manager::Maven)),
            ("app/pom.properties", None),
            ("usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", Some(Manager::Gem)),
            (
                "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
                Some(Manager::Gem),
            ),
            ("app/app.gemspec", None),
            ("usr/lib/ruby/gems/3.1.0/gems/rake-13.0.6/rake.gemspec", None),
            ("app/vendor/composer/installed.json", Some(Manager::Composer)),
            ("app/installed.json", None),
            ("app/App.deps.json", Some(Manager::Nuget)),
            ("package.json", None),
        ] {
            assert_eq!(manager(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn other_inventories_are_known_by_name() {
        for (path, expected) in [
            ("opt/conda/conda-meta/history", true),
            ("app/.pnp.cjs", true),
            ("var/lib/chisel/manifest.wall", true),
            ("usr/local/lib/R/site-library/x/DESCRIPTION", true),
            ("app/lib/x-1.0/ebin/x.app", true),
            ("opt/bitnami/x/.spdx-x.spdx", true),
            ("nix/store/abc-x/bin/x", true),
            ("var/lib/pacman/local/x-1/desc", true),
            ("home/linuxbrew/Cellar/x/1/INSTALL_RECEIPT.json", true),
            ("usr/lib/opkg/status", true),
            ("app/DESCRIPTION", false),
            ("app/x.app", false),
            ("var/lib/dpkg/status", false),
            ("root/history", false),
            ("app/manifest.wall", false),
        ] {
            assert_eq!(unread(path.as_bytes()).is_some(), expected, "{path}");
        }
    }

    #[test]
    fn metadata_is_read() {
        let found = python(b"Metadata-Version: 2.1\nName: Zope.Interface_X\nVersion: 5.4\nDescription: a\n Name: no\n\nName: body\n");
        let metadata = |name: &str, version: &str, license: &str| Metadata {
            name: name.to_owned(),
            version: version.to_owned(),
            license: Some(license.to_owned()).filter(|license| !license.is_empty()),
        };
        assert_eq!(found, Ok(metadata("zope-interface-x", "5.4", "")));
        let found =
            python(b"Name: a\nVersion: 1\nLicense: Apache 2.0\nLicense-Expression: Apache-2.0\n");
        assert_eq!(found, Ok(metadata("a", "1", "Apache-2.0")));
        assert!(
            python(b"Name: a\n").is_err()
                && python(b"").is_err()
                && python(b"Name: a b\nVersion: 1\n").is_err()
        );
        let limits = Limits::default();
        assert_eq!(
            npm(br#"{"name":"a","version":"v1.2.3","license":{"type":"MIT"}}"#, &limits),
            Ok(Some(metadata("a", "1.2.3", "MIT")))
        );
        assert_eq!(npm(br#"{"type":"module"}"#, &limits), Ok(None));
        assert!(npm(br#"{"version":"1.0.0"}"#, &limits).is_err());
        assert!(npm(b"{", &limits).is_err() && npm(br#"{"name":"a"}"#, &limits).is_err());
    }
}
