//! Images that were seen before are not read again, and signatures of a platform's manifest count.

use std::path::Path;

use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::image_registry::{Folder, Key, Registry, build};
use crate::image_support::{Build, Tar};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn audit(cache: &Path, arguments: &[&str]) -> Run {
    let program = Program::new().env("XDG_CACHE_HOME", cache.to_str().unwrap());
    let fixed = ["audit", "image", "--plain-http", "--format", "json"];
    program.args(&fixed).args(arguments).run()
}

fn findings(run: &Run) -> String {
    run.json()["findings"].to_string()
}

fn app() -> Build {
    let layer = Tar::new()
        .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        .file("app/.env", "DB_PASSWORD=q8Rw2kZp5vXn\n");
    Build::new().layer(layer).layer(Tar::new().file("b", "c"))
}

#[test]
fn an_image_that_was_seen_is_not_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut registry = Registry::default();
    registry.image("team/app", "1.2", &app());
    // Another registry has the manifest, and none of the blobs.
    let manifests = registry.answers.iter().filter(|(path, _)| path.contains("/manifests/"));
    let other = Registry { answers: manifests.map(|(a, b)| (a.clone(), b.clone())).collect() };
    let (host, other) = (registry.serve(), other.serve());
    let (one, two) = (format!("{host}/team/app:1.2"), format!("{other}/team/app:1.2"));
    let none = ["--no-cache", &one];
    let fresh = audit(folder.path(), &none);
    assert!(!folder.path().join("posture").exists());
    let first = audit(folder.path(), &[&one]);
    let second = audit(folder.path(), &[&one]);
    assert_eq!(findings(&first), findings(&fresh), "{}", fresh.err);
    assert_eq!(findings(&second), findings(&fresh));
    // What is known by its digest is known wherever it is.
    let elsewhere = audit(folder.path(), &[&two, "--control", "images.root-user"]);
    assert_eq!(elsewhere.code, 10, "{}", elsewhere.err);
    let elsewhere = audit(folder.path(), &[&two, "--control", "images.root-user", "--no-cache"]);
    assert!(matches!(elsewhere.code, 11 | 12), "{}", elsewhere.err);
    let entries: Vec<_> = std::fs::read_dir(folder.path().join("posture/images"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(entry).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // What is damaged is read anew.
    std::fs::write(entry, "damaged").unwrap();
    assert_eq!(findings(&audit(folder.path(), &[&one])), findings(&fresh));
    assert_ne!(std::fs::read(entry).unwrap(), b"damaged");
}

/// An index under a tag, with one image for each of two platforms. Returns the digests of index and images.
fn index(registry: &mut Registry, repository: &str, tag: &str, seed: &str) -> [String; 3] {
    let mut entries = Vec::new();
    let mut digests = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let layer = Tar::new().file("seed", format!("{seed} {architecture}"));
        let digest =
            registry.image(repository, &format!("{tag}-{architecture}"), &build().layer(layer));
        let size = registry.answers[&format!("/v2/{repository}/manifests/{digest}")].1.len();
        entries.push(json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": size,
            "platform": { "os": "linux", "architecture": architecture },
        }));
        digests.push(digest);
    }
    let value: Value = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries });
    let whole = registry.manifest(repository, tag, &value);
    for name in [tag, &whole] {
        let path = format!("/v2/{repository}/manifests/{name}");
        registry.answers.get_mut(&path).unwrap().0 = INDEX.to_owned();
    }
    [whole, digests[0].clone(), digests[1].clone()]
}

#[test]
fn a_signature_of_the_index_or_of_the_manifest_for_the_platform_counts() {
    let (mut registry, key, other) = (Registry::default(), Key::new(), Key::new());
    let [whole, ..] = index(&mut registry, "team/whole", "1", "a");
    registry.sign("team/whole", &whole, &whole, &key);
    let [_, amd64, _] = index(&mut registry, "team/part", "1", "b");
    registry.sign("team/part", &amd64, &amd64, &key);
    let [whole, amd64, _] = index(&mut registry, "team/both", "1", "c");
    registry.sign("team/both", &whole, &whole, &other);
    registry.sign("team/both", &amd64, &amd64, &key);
    index(&mut registry, "team/none", "1", "d");
    // The signature of the other platform beside this one.
    let [_, amd64, arm64] = index(&mut registry, "team/moved", "1", "e");
    registry.sign("team/moved", &amd64, &arm64, &key);
    let host = registry.serve();
    let folder = Folder::with(&key);
    let of = |name: &str, options: &[&str]| {
        let options = [&["--key", "cosign.pub"], options].concat();
        folder.outcome("images.signature-verified", &format!("{host}/{name}:1"), &options)
    };
    assert_eq!(of("team/whole", &[]), "pass");
    assert_eq!(of("team/whole", &["--platform", "linux/arm64"]), "pass");
    assert_eq!(of("team/part", &[]), "pass");
    assert_eq!(of("team/part", &["--platform", "linux/arm64"]), "fail");
    assert_eq!(of("team/both", &[]), "pass");
    assert_eq!(of("team/none", &[]), "fail");
    assert_eq!(of("team/moved", &[]), "fail");
    // A note names the digest that the signature is about.
    let part = format!("{host}/team/part:1");
    let arguments =
        ["--plain-http", "--key", "cosign.pub", "--control", "images.signature-verified"];
    let run = folder.audit(&[arguments.as_slice(), &[&part, "-v"]].concat());
    assert!(run.err.contains("of its manifest for linux/amd64"), "{}", run.err);
}

#[test]
fn a_trusted_root_that_cannot_be_used_is_refused() {
    let folder = Folder::with(&Key::new());
    let identity = [
        "--certificate-identity",
        "a@example.com",
        "--certificate-oidc-issuer",
        "https://issuer.example",
    ];
    for (name, content) in [("none.json", None), ("bad.json", Some("{}")), ("text.json", Some("x"))]
    {
        if let Some(content) = content {
            std::fs::write(folder.path(name), content).unwrap();
        }
        let given = ["127.0.0.1:1/team/app:1", "--plain-http", "--trusted-root", name];
        let run = folder.audit(&[given.as_slice(), &identity].concat());
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(name), "{}", run.err);
    }
    // The one that is compiled in is shown with its age.
    let run =
        folder.audit(&[&["127.0.0.1:1/team/app:1", "--plain-http", "-v"], &identity[..]].concat());
    assert!(run.err.contains("of 2026-10-23"), "{}", run.err);
    // Without an identity it would decide nothing.
    let run = folder.audit(&["127.0.0.1:1/team/app:1", "--trusted-root", "bad.json"]);
    assert_eq!(run.code, 2, "{}", run.err);
}
