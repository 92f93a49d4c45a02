//! References to images, as in `registry.example.com:5000/team/app:1.2@sha256:…`.
//!
//! The rules are those of the [reference package](https://github.com/distribution/reference) that Docker, containerd and Kubernetes
//! use, with its defaults for Docker Hub.

use std::fmt;

use crate::digest::{Digest, DigestError};
use crate::text;

/// The registry of a reference without one.
pub const DOCKER_HUB: &str = "docker.io";

/// A reference to an image in a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The registry's host, with its port if the reference has one.
    pub registry: String,
    /// The repository in the registry; on Docker Hub with `library/` for official images.
    pub repository: String,
    /// The tag as written. If there is a digest as well, the digest decides.
    pub tag: Option<String>,
    /// The digest.
    pub digest: Option<Digest>,
}

/// Why a text is not a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Empty, or longer than any reference can be.
    #[error("empty, or longer than 1,024 bytes")]
    Length,
    /// The registry is not a host with an optional port.
    #[error("not a host with an optional port: {0}")]
    Registry(String),
    /// The repository has a character or a form that is not allowed, or more than 255 bytes.
    #[error("not a repository: {0}")]
    Repository(String),
    /// The tag has a character that is not allowed, or more than 128 bytes.
    #[error("not a tag: {0}")]
    Tag(String),
    /// The digest cannot be checked.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl Reference {
    /// Reads a reference.
    ///
    /// # Errors
    ///
    /// A part of it has a form that registries do not accept.
    pub fn parse(reference: &str) -> Result<Self, ReferenceError> {
        if reference.is_empty() || reference.len() > 1_024 {
            return Err(ReferenceError::Length);
        }
        let (name, digest) = match reference.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (reference, None),
        };
        let slash = name.rfind('/').map_or(0, |at| at + 1);
        let (path, tag) = match name.get(slash..).and_then(|last| last.find(':')) {
            Some(colon) => name.split_at(slash + colon),
            None => (name, ""),
        };
        let tag = tag.strip_prefix(':');
        let (registry, repository) = match path.split_once('/') {
            Some((first, rest)) if is_host(first) => (first, rest),
            _ => (DOCKER_HUB, path),
        };
        let registry = if registry == "index.docker.io" { DOCKER_HUB } else { registry };
        if !valid_host(registry) {
            return Err(ReferenceError::Registry(text::clip(registry.as_bytes(), 100)));
        }
        let repository = if registry == DOCKER_HUB && !repository.contains('/') {
            format!("library/{repository}")
        } else {
            repository.to_owned()
        };
        let image_id = path.len() == 64 && path.bytes().all(|byte| byte.is_ascii_hexdigit());
        if repository.len() > 255 || image_id || !repository.split('/').all(valid_component) {
            return Err(ReferenceError::Repository(text::clip(path.as_bytes(), 100)));
        }
        if let Some(tag) = tag.filter(|tag| !valid_tag(tag)) {
            return Err(ReferenceError::Tag(text::clip(tag.as_bytes(), 100)));
        }
        Ok(Self { registry: registry.to_owned(), repository, tag: tag.map(str::to_owned), digest })
    }

    /// The tag that is used: as written, `latest` where neither tag nor digest is there, and none where a digest decides.
    pub fn effective_tag(&self) -> Option<&str> {
        match (&self.digest, &self.tag) {
            (Some(_), _) => None,
            (None, Some(tag)) => Some(tag),
            (None, None) => Some("latest"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Whether the first component is a registry: repositories have no capital letters, no dot alone and no colon.
fn is_host(first: &str) -> bool {
    first.contains(['.', ':'])
        || first == "localhost"
        || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn valid_host(registry: &str) -> bool {
    let port = |port: &str| {
        !port.is_empty() && port.len() <= 5 && port.parse::<u16>().is_ok_and(|port| port != 0)
    };
    let (host, rest) = if registry.starts_with('[') {
        let Some(end) = registry.find(']') else { return false };
        let (address, rest) = registry.split_at(end + 1);
        let inner = address.trim_matches(['[', ']']);
        if inner.parse::<std::net::Ipv6Addr>().is_err() {
            return false;
        }
        ("v6", rest)
    } else {
        registry.split_at(registry.find(':').unwrap_or(registry.len()))
    };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253
        && host.split('.').all(label)
        && (rest.is_empty() || rest.strip_prefix(':').is_some_and(port))
}

/// `[a-z0-9]+` parts, separated by one dot, one or two underscores, or hyphens.
fn valid_component(component: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let ends = bytes.first().is_some_and(|byte| part(*byte))
        && bytes.last().is_some_and(|byte| part(*byte));
    let mut separators = component
        .split(|character: char| character.is_ascii_lowercase() || character.is_ascii_digit());
    ends && separators
        .all(|run| matches!(run, "" | "." | "_" | "__") || run.bytes().all(|byte| byte == b'-'))
}

fn valid_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_gets_the_defaults_of_docker_hub() {
        for (written, canonical, tag) in [
            ("ubuntu", "docker.io/library/ubuntu", Some("latest")),
            ("ubuntu:22.04", "docker.io/library/ubuntu:22.04", Some("22.04")),
            ("team/app", "docker.io/team/app", Some("latest")),
            ("index.docker.io/team/app", "docker.io/team/app", Some("latest")),
            ("docker.io/ubuntu", "docker.io/library/ubuntu", Some("latest")),
            ("localhost/app", "localhost/app", Some("latest")),
            ("localhost:5000/a/b:c", "localhost:5000/a/b:c", Some("c")),
            ("app:5000/b", "app:5000/b", Some("latest")),
            ("ghcr.io/a/b__c.d-e--f:T_1", "ghcr.io/a/b__c.d-e--f:T_1", Some("T_1")),
            ("[::1]:5000/app", "[::1]:5000/app", Some("latest")),
            ("HOST/app", "HOST/app", Some("latest")),
        ] {
            let reference = Reference::parse(written).unwrap();
            assert_eq!(reference.to_string(), canonical);
            assert_eq!(reference.effective_tag(), tag, "{written}");
            assert_eq!(Reference::parse(canonical).unwrap(), reference, "{written}");
        }
    }

    #[test]
    fn a_digest_decides_and_the_tag_is_text() {
        let digest = Digest::of(crate::digest::Algorithm::Sha256, b"x");
        let reference = Reference::parse(&format!("h:1/r/s:t@{digest}")).unwrap();
        assert_eq!((reference.tag.as_deref(), reference.effective_tag()), (Some("t"), None));
        assert_eq!(reference.digest, Some(digest));
    }

    #[test]
    fn what_registries_do_not_accept_is_an_error() {
        let long = format!("a/{}", "b".repeat(255));
        let tag = format!("a:{}", "t".repeat(129));
        let id = "0123456789abcdef".repeat(4);
        for wrong in [
            "",
            "a//b",
            "/a",
            "a/",
            "A",
            "a:",
            "a:-x",
            "a@",
            "a@sha256:00",
            "-a",
            "a_",
            "a___b",
            "a..b",
            "h:0/a",
            "h:99999/a",
            "h:x/a",
            "a b",
            "a\n",
            "a:b c",
            "h.:1/a",
            "-h.x/a",
            "[::1/a",
            "[zz]/a",
            "é",
            &long,
            &tag,
            &id,
        ] {
            assert!(Reference::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Reference::parse(&format!("h.x/{}", "b".repeat(255))).is_ok());
        assert_eq!(Reference::parse(&"a".repeat(1_025)), Err(ReferenceError::Length));
    }
}
