//! The payload that cosign signs: simple signing, as the
//! [signature specification](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing) and
//! [containers-signature(5)](https://github.com/containers/image/blob/main/docs/containers-signature.5.md) define it.

use serde::Deserialize;

use crate::{json, text};

const TYPE: &str = "cosign container image signature";

/// What a payload states about the image.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// The digest of the image.
    pub(crate) digest: String,
    /// The repository or reference for which it was signed. The specification ignores it.
    pub(crate) reference: String,
}

#[derive(Deserialize)]
struct Document {
    critical: Critical,
}

#[derive(Deserialize)]
struct Critical {
    #[serde(default)]
    identity: Identity,
    image: Image,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Default, Deserialize)]
struct Identity {
    #[serde(default, rename = "docker-reference")]
    reference: String,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// Reads a payload. Names that are there twice are malformed: two readers could see two digests.
pub(crate) fn read(payload: &[u8]) -> Result<Payload, String> {
    let document: Document = json::read("payload", payload)?;
    let Critical { identity, image, kind } = document.critical;
    if kind != TYPE {
        return Err(format!(
            "the payload has the type \"{}\", not \"{TYPE}\"",
            text::clean(&kind, 80)
        ));
    }
    Ok(Payload { digest: image.digest, reference: identity.reference })
}

/// Whether two names stand for one repository. Tags and digests do not count, and Docker Hub has several names
/// ([reference grammar](https://github.com/distribution/reference/blob/main/normalize.go)).
pub(crate) fn same_repository(one: &str, other: &str) -> bool {
    repository(one) == repository(other)
}

fn repository(reference: &str) -> String {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    let name = match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    };
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("docker.io", name),
    };
    match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" if path.contains('/') => {
            format!("docker.io/{path}")
        }
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => {
            format!("docker.io/library/{path}")
        }
        host => format!("{host}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"critical":{"identity":{"docker-reference":"r/a"},"image":{"docker-manifest-digest":"sha256:1"},"type":"cosign container image signature"},"optional":null}"#;

    #[test]
    fn a_payload_names_an_image_and_a_repository() {
        assert_eq!(
            read(GOOD.as_bytes()),
            Ok(Payload { digest: "sha256:1".into(), reference: "r/a".into() })
        );
        assert!(
            read(GOOD.replace(r#""identity":{"docker-reference":"r/a"},"#, "").as_bytes()).is_ok()
        );
        let twice = r#""docker-manifest-digest":"sha256:1","docker-manifest-digest":"sha256:2""#;
        for wrong in [
            "",
            "null",
            "[]",
            &GOOD[..GOOD.len() - 1],
            &GOOD.replace("cosign container image signature", "atomic container signature"),
            &GOOD.replace("docker-manifest-digest", "Docker-manifest-digest"),
            &GOOD.replace(r#""docker-manifest-digest":"sha256:1""#, twice),
            &GOOD.replace("\"sha256:1\"", "1"),
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_repository_has_several_names() {
        for (one, other) in [
            ("alpine", "index.docker.io/library/alpine"),
            ("docker.io/example/app:1", "example/app"),
            ("localhost:5000/app", "localhost:5000/app:2@sha256:1"),
        ] {
            assert!(same_repository(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("example/app", "example/app2"),
            ("example/app", "ghcr.io/example/app"),
            ("a", "library/b"),
        ] {
            assert!(!same_repository(one, other), "{one} {other}");
        }
    }
}
