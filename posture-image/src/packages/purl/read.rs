use std::collections::BTreeMap;
use std::fmt;

use super::encode;

/// A package URL that was read. Its parts are decoded, and as the author wrote them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// The type, in small letters: `deb`, `npm`, `oci`.
    pub kind: String,
    /// What the name is in: a distribution, a scope, a group, a path.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// The qualifiers, by their keys in small letters. Empty ones are left out.
    pub qualifiers: BTreeMap<String, String>,
    /// The path inside of the package.
    pub subpath: Option<String>,
}

/// A longer one is not read.
const LONGEST: usize = 4_096;

impl Purl {
    /// Reads a package URL, by the [rules of the specification](https://github.com/package-url/purl-spec).
    ///
    /// # Errors
    ///
    /// The text has another form, or is longer than 4 KiB. The error says what is wrong, without the text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("a package URL of more than 4,096 bytes");
        }
        let scheme = text.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("pkg:"));
        let rest = text.strip_prefix(scheme.ok_or("not a package URL")?).unwrap_or_default();
        let (rest, subpath) = match rest.split_once('#') {
            Some((rest, subpath)) => (rest, path(subpath)?),
            None => (rest, None),
        };
        let (rest, qualifiers) = match rest.split_once('?') {
            Some((rest, list)) => (rest, qualifiers(list)?),
            None => (rest, BTreeMap::new()),
        };
        let rest = rest.trim_matches('/');
        let (kind, rest) = rest.split_once('/').ok_or("a package URL without a name")?;
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
        if kind.is_empty()
            || !kind.bytes().all(valid)
            || kind.starts_with(|first: char| first.is_ascii_digit())
        {
            return Err("a package URL without a type");
        }
        let kind = kind.to_ascii_lowercase();
        // The version is behind the last `@` of the last part: in front of it, a scope may have one that is not encoded.
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        let at = rest
            .get(last..)
            .and_then(|part| part.rfind('@'))
            .map(|at| last + at)
            .filter(|at| *at > last);
        let (rest, version) = match at {
            Some(at) => {
                (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).map(decode).transpose()?)
            }
            None => (rest, None),
        };
        let mut parts: Vec<String> = Vec::new();
        for part in rest.split('/').filter(|part| !part.is_empty()) {
            parts.push(decode(part)?);
        }
        let name =
            parts.pop().filter(|name| !name.is_empty()).ok_or("a package URL without a name")?;
        let namespace = Some(parts.join("/")).filter(|namespace| !namespace.is_empty());
        Ok(Self {
            kind,
            namespace,
            name,
            version: version.filter(|version| !version.is_empty()),
            qualifiers,
            subpath,
        })
    }

    /// A qualifier.
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.get(key).map(String::as_str)
    }

    /// The name by which packages of this type are compared, with its namespace: without letter case where the specification of
    /// the type folds it.
    pub(crate) fn key(&self) -> (String, String, String) {
        let namespace = self.namespace.clone().unwrap_or_default();
        let (namespace, name) = match self.kind.as_str() {
            "pypi" => (namespace, crate::packages::language::normalize(&self.name)),
            "deb" | "apk" | "golang" | "oci" | "composer" | "github" | "bitbucket" => {
                (namespace.to_lowercase(), self.name.to_lowercase())
            }
            "rpm" => (namespace.to_lowercase(), self.name.clone()),
            "nuget" => (namespace, self.name.to_lowercase()),
            _ => (namespace, self.name.clone()),
        };
        (self.kind.clone(), namespace, name)
    }
}

impl fmt::Display for Purl {
    /// The canonical form. Everything that could control a terminal is percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for part in self.namespace.iter().flat_map(|namespace| namespace.split('/')) {
            write!(f, "{}/", encode(part))?;
        }
        f.write_str(&encode(&self.name))?;
        if let Some(version) = &self.version {
            write!(f, "@{}", encode(version))?;
        }
        for (index, (key, value)) in self.qualifiers.iter().enumerate() {
            write!(f, "{}{key}={}", if index == 0 { '?' } else { '&' }, encode(value))?;
        }
        if let Some(subpath) = &self.subpath {
            let parts: Vec<String> = subpath.split('/').map(encode).collect();
            write!(f, "#{}", parts.join("/"))?;
        }
        Ok(())
    }
}

fn path(text: &str) -> Result<Option<String>, &'static str> {
    let mut parts = Vec::new();
    for part in text.split('/').filter(|part| !matches!(*part, "" | "." | "..")) {
        parts.push(decode(part)?);
    }
    Ok(Some(parts.join("/")).filter(|path| !path.is_empty()))
}

fn qualifiers(list: &str) -> Result<BTreeMap<String, String>, &'static str> {
    let mut qualifiers = BTreeMap::new();
    for pair in list.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) =
            pair.split_once('=').ok_or("a qualifier of a package URL without a value")?;
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if key.is_empty() || !key.bytes().all(valid) {
            return Err("a qualifier of a package URL without a key");
        }
        let value = decode(value)?;
        if !value.is_empty() && qualifiers.insert(key.to_ascii_lowercase(), value).is_some() {
            return Err("a qualifier of a package URL twice");
        }
    }
    Ok(qualifiers)
}

fn decode(text: &str) -> Result<String, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err("a damaged percent-encoding in a package URL");
        };
        bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    String::from_utf8(bytes).map_err(|_| "a package URL that is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> (String, Option<String>, String, Option<String>) {
        let purl = Purl::parse(text).unwrap();
        (purl.kind, purl.namespace, purl.name, purl.version)
    }

    fn expected(
        kind: &str,
        namespace: &str,
        name: &str,
        version: &str,
    ) -> (String, Option<String>, String, Option<String>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (kind.to_owned(), some(namespace), name.to_owned(), some(version))
    }

    #[test]
    fn urls_are_read() {
        // The examples of the specification.
        for (text, kind, namespace, name, version) in [
            (
                "pkg:bitbucket/birkenfeld/pygments-main@244fd47e07d1014f0aed9c",
                "bitbucket",
                "birkenfeld",
                "pygments-main",
                "244fd47e07d1014f0aed9c",
            ),
            (
                "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
                "deb",
                "debian",
                "curl",
                "7.50.3-1",
            ),
            (
                "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c",
                "docker",
                "",
                "cassandra",
                "sha256:244fd47e07d1004f0aed9c",
            ),
            ("pkg:gem/jruby-launcher@1.1.2?platform=java", "gem", "", "jruby-launcher", "1.1.2"),
            (
                "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
                "golang",
                "google.golang.org",
                "genproto",
                "",
            ),
            (
                "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources",
                "maven",
                "org.apache.xmlgraphics",
                "batik-anim",
                "1.9.1",
            ),
            ("pkg:npm/%40angular/animation@12.3.1", "npm", "@angular", "animation", "12.3.1"),
            ("pkg:npm/@angular/animation@12.3.1", "npm", "@angular", "animation", "12.3.1"),
            ("PKG://NPM/foobar@12.3.1/", "npm", "", "foobar", "12.3.1"),
            (
                "pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
                "rpm",
                "fedora",
                "curl",
                "7.50.3-1.fc25",
            ),
            (
                "pkg:oci/debian@sha256%3A244fd47e07d10?repository_url=docker.io/library/debian&arch=amd64&tag=latest",
                "oci",
                "",
                "debian",
                "sha256:244fd47e07d10",
            ),
            ("pkg:npm/@scope/x", "npm", "@scope", "x", ""),
            ("pkg:npm/@x", "npm", "", "@x", ""),
        ] {
            assert_eq!(parts(text), expected(kind, namespace, name, version), "{text}");
        }
        let purl =
            Purl::parse("pkg:deb/debian/g%2B%2B@1:2~a?Arch=amd64&distro=&x=%20#a/../b/").unwrap();
        assert_eq!(
            (purl.qualifier("arch"), purl.qualifier("distro"), purl.subpath.as_deref()),
            (Some("amd64"), None, Some("a/b"))
        );
        assert_eq!(purl.to_string(), "pkg:deb/debian/g%2B%2B@1:2~a?arch=amd64&x=%20#a/b");
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            "pkg:",
            "pkg:deb",
            "pkg:deb/",
            "pkg:/name",
            "pkg:1a/name",
            "pkg:a b/name",
            "deb/debian/curl",
            "https://x.test/pkg:deb/x",
            "pkg:deb/x?a",
            "pkg:deb/x?=a",
            "pkg:deb/x?a=1&a=2",
            "pkg:deb/%zz",
            "pkg:deb/%f",
            "pkg:deb/%ff",
            "pkg:deb//",
            "pkg:deb/x?a=%",
        ] {
            assert!(Purl::parse(text).is_err(), "{text}");
        }
        assert!(Purl::parse(&format!("pkg:deb/{}", "a".repeat(5_000))).is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again(text in "pkg:[a-z]{1,4}/[ -~]{0,30}", any in "\\PC{0,40}") {
            for text in [text, any] {
                if let Ok(purl) = Purl::parse(&text) {
                    prop_assert_eq!(Purl::parse(&purl.to_string()), Ok(purl));
                }
            }
        }
    }
}
