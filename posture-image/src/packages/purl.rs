//! [Package URLs](https://github.com/package-url/purl-spec).

mod read;

use std::fmt::Write as _;

use super::os::Os;
use super::{Manager, Package};
pub use read::Purl;

/// The package URL of a package. Those of distributions name the distribution, if it is known.
pub fn purl(package: &Package, os: Option<&Os>) -> String {
    let manager = package.manager;
    let mut version = package.version.as_str();
    let mut qualifiers: Vec<(&str, String)> = Vec::new();
    if let Some(architecture) = &package.architecture {
        qualifiers.push(("arch", architecture.clone()));
    }
    if manager == Manager::Rpm
        && let Some((epoch, rest)) = version.split_once(':')
    {
        qualifiers.push(("epoch", epoch.to_owned()));
        version = rest;
    }
    if let Some(module) = &package.module {
        qualifiers.push(("rpmmod", module.clone()));
    }
    let namespace =
        if manager.is_distribution() { os.map(|os| namespace(os).to_owned()) } else { None };
    if let Some(os) = os.filter(|_| manager.is_distribution()) {
        let release = os
            .version
            .as_deref()
            .map_or_else(|| os.id.clone(), |version| format!("{}-{version}", os.id));
        qualifiers.push(("distro", release));
    }
    let (namespace, name) = match (manager, &package.name) {
        (Manager::Maven, name) => match name.split_once(':') {
            Some((group, artifact)) => (Some(group.to_owned()), artifact.to_owned()),
            None => (None, name.clone()),
        },
        (Manager::Go, name) => {
            let name = name.to_lowercase();
            match name.rsplit_once('/') {
                Some((path, last)) => (Some(path.to_owned()), last.to_owned()),
                None => (None, name),
            }
        }
        (Manager::Npm | Manager::Composer, name) => match name.split_once('/') {
            Some((scope, name)) => (Some(scope.to_owned()), name.to_owned()),
            None => (None, name.clone()),
        },
        (_, name) => (namespace, name.clone()),
    };
    let mut text = format!("pkg:{}/", manager.purl_type());
    if let Some(namespace) = namespace {
        for part in namespace.split('/').filter(|part| !part.is_empty()) {
            let _ = write!(text, "{}/", encode(part));
        }
    }
    text.push_str(&encode(&name));
    if !version.is_empty() {
        // Of Go, the version keeps its `v`, which the inventory does not have.
        let prefix = if manager == Manager::Go
            && version.starts_with(|first: char| first.is_ascii_digit())
        {
            "v"
        } else {
            ""
        };
        let prefix = if package.name == "stdlib" { "" } else { prefix };
        let _ = write!(text, "@{prefix}{}", encode(version));
    }
    qualifiers.sort();
    for (index, (key, value)) in
        qualifiers.into_iter().filter(|(_, value)| !value.is_empty()).enumerate()
    {
        let _ = write!(text, "{}{key}={}", if index == 0 { '?' } else { '&' }, encode(&value));
    }
    text
}

fn namespace(os: &Os) -> &str {
    match os.id.as_str() {
        "rhel" => "redhat",
        "amzn" => "amazon",
        id => id,
    }
}

/// Percent-encodes everything but unreserved characters and the colon.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::Ownership;

    fn url(
        manager: Manager,
        name: &str,
        version: &str,
        architecture: Option<&str>,
        os: Option<(&str, &str)>,
    ) -> String {
        let package = Package {
            manager,
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: architecture.map(str::to_owned),
            source: None,
            evidence: String::new(),
            layer: 0,
            ownership: Ownership::Own,
            guessed: false,
            license: None,
            stated_by: None,
            module: None,
        };
        let os = os.map(|(id, version)| Os {
            id: id.to_owned(),
            version: Some(version.to_owned()),
            ..Os::default()
        });
        purl(&package, os.as_ref())
    }

    #[test]
    fn urls_have_the_forms_of_the_specification() {
        let deb = url(
            Manager::Dpkg,
            "libssl3",
            "1:3.0.15-1~deb12u1",
            Some("amd64"),
            Some(("debian", "12")),
        );
        assert_eq!(deb, "pkg:deb/debian/libssl3@1:3.0.15-1~deb12u1?arch=amd64&distro=debian-12");
        let rpm =
            url(Manager::Rpm, "openssl", "1:3.0.7-28.el9", Some("x86_64"), Some(("rhel", "9")));
        assert_eq!(rpm, "pkg:rpm/redhat/openssl@3.0.7-28.el9?arch=x86_64&distro=rhel-9&epoch=1");
        assert_eq!(
            url(Manager::Apk, "curl", "8.9.0-r0", None, Some(("alpine", "3.20"))),
            "pkg:apk/alpine/curl@8.9.0-r0?distro=alpine-3.20"
        );
        assert_eq!(
            url(Manager::Npm, "@angular/core", "1.0.0", None, None),
            "pkg:npm/%40angular/core@1.0.0"
        );
        assert_eq!(
            url(Manager::Go, "github.com/Azure/x", "1.2.3", None, None),
            "pkg:golang/github.com/azure/x@v1.2.3"
        );
        assert_eq!(url(Manager::Go, "stdlib", "1.22.3", None, None), "pkg:golang/stdlib@1.22.3");
        assert_eq!(url(Manager::Maven, "org.x:a", "1", None, None), "pkg:maven/org.x/a@1");
        assert_eq!(url(Manager::Cargo, "a", "1.0.0+b", None, None), "pkg:cargo/a@1.0.0%2Bb");
        assert_eq!(url(Manager::Dpkg, "g++", "1", None, None), "pkg:deb/g%2B%2B@1");
    }
}
