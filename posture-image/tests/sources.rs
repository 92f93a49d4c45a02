//! Layouts and archives.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use posture_image::digest::{Algorithm, Digest};
use posture_image::image::{self, Form};
use posture_image::limits::Limits;
use posture_image::source::{Archive, Blobs, Bytes, Memory, Root};
use posture_image::{Cause, Gap};
use serde_json::json;
use support::{Build, Tar, causes, options, paths};

fn write(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn bytes(blobs: &Memory, digest: &Digest) -> Vec<u8> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut blobs.open(digest).unwrap(), &mut bytes).unwrap();
    bytes
}

/// A source that keeps manifests apart, as registries do, and notes what is opened.
#[derive(Default)]
struct Apart {
    manifests: Memory,
    blobs: Memory,
    opened: std::cell::RefCell<Vec<(Digest, u64)>>,
}

impl Blobs for Apart {
    fn open(&self, digest: &Digest) -> Result<Bytes, Gap> {
        Err(Gap::new(Cause::Missing, digest.to_string(), "its size is stated"))
    }

    fn open_sized(&self, digest: &Digest, size: u64) -> Result<Bytes, Gap> {
        self.opened.borrow_mut().push((digest.clone(), size));
        self.blobs.open(digest)
    }

    fn open_manifest(&self, digest: &Digest, size: u64) -> Result<Bytes, Gap> {
        self.opened.borrow_mut().push((digest.clone(), size));
        self.manifests.open(digest)
    }
}

#[test]
fn a_source_is_asked_for_manifests_apart_and_with_the_stated_sizes() {
    let (blobs, named) = Build::new().layer(Tar::new().file("a", "1")).finish();
    let Root::Document(root) = &named.root else { panic!() };
    let mut apart = Apart { blobs: blobs.clone(), ..Apart::default() };
    apart.manifests.add(bytes(&blobs, &root.digest));
    apart.blobs.add_as(root.digest.clone(), b"not a manifest".to_vec());
    let image = image::read(&apart, &named, &options()).unwrap();
    assert!(image.is_complete(), "{:?}", image.gaps);
    let opened = apart.opened.borrow();
    assert_eq!(opened.len(), 3);
    for (digest, size) in opened.iter() {
        assert_eq!(bytes(&blobs, digest).len() as u64, *size);
    }
}

/// The files of an OCI layout with one image under a name, and an index with an attestation.
fn layout() -> Vec<(String, Vec<u8>)> {
    let (blobs, named) =
        Build::new().layer(Tar::new().file("a", "1")).layer(Tar::new().file("b", "2")).finish();
    let Root::Document(root) = &named.root else { panic!() };
    let manifest = bytes(&blobs, &root.digest);
    let value: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let mut files = Vec::new();
    let mut add = |bytes: Vec<u8>| {
        let digest = Digest::of(Algorithm::Sha256, &bytes);
        files.push((format!("blobs/sha256/{}", digest.hex()), bytes));
        digest.to_string()
    };
    let digests = value["layers"].as_array().unwrap().iter().chain([&value["config"]]);
    for digest in digests {
        add(bytes(&blobs, &Digest::parse(digest["digest"].as_str().unwrap()).unwrap()));
    }
    let size = manifest.len();
    let manifest = add(manifest);
    let index = json!({"schemaVersion": 2, "manifests": [
        {"digest": manifest, "size": size, "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": manifest, "size": size, "platform": {"os": "unknown", "architecture": "unknown"},
         "annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
    ]});
    let index = serde_json::to_vec(&index).unwrap();
    let size = index.len();
    let index = add(index);
    let names = json!({"schemaVersion": 2, "manifests": [
        {"digest": index, "size": size, "mediaType": "application/vnd.oci.image.index.v1+json",
         "annotations": {"org.opencontainers.image.ref.name": "app:1"}},
        {"digest": index, "size": size, "annotations": {"org.opencontainers.image.ref.name": "app:2"}},
    ]});
    files.push(("index.json".into(), serde_json::to_vec(&names).unwrap()));
    files.push(("oci-layout".into(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
    files
}

fn archive(files: &[(String, Vec<u8>)]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let tar =
        files.iter().fold(Tar::new().dir("blobs/"), |tar, (name, bytes)| tar.file(name, bytes));
    std::fs::write(file.path(), tar.end()).unwrap();
    file
}

fn directory(files: &[(String, Vec<u8>)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        write(root.path(), name, bytes);
    }
    root
}

fn open(path: &Path) -> Result<Archive, Gap> {
    Archive::open(path, &Limits::default())
}

#[test]
fn a_layout_is_read_from_a_directory_and_from_an_archive() {
    let files = layout();
    let (root, tar) = (directory(&files), archive(&files));
    for path in [root.path(), tar.path()] {
        let archive = open(path).unwrap();
        assert_eq!(archive.images.len(), 1);
        assert_eq!(archive.images[0].names, ["app:1", "app:2"]);
        let image = image::read(&archive, &archive.images[0], &options()).unwrap();
        assert_eq!(paths(&image), ["a", "b"]);
        assert!(image.is_complete(), "{:?}", image.gaps);
        assert!(
            image.identity.index.is_some()
                && image.identity.manifest.is_some()
                && image.identity.config.is_some()
        );
        assert_eq!(image.form, Form::Oci);
    }
}

#[test]
fn another_platform_is_missing_and_not_replaced() {
    let root = directory(&layout());
    let archive = open(root.path()).unwrap();
    let mut options = options();
    options.platform.architecture = "s390x".into();
    let gap = image::read(&archive, &archive.images[0], &options).unwrap_err();
    assert_eq!(gap.cause, Cause::Missing);
    assert!(gap.detail.contains("linux/amd64"), "{gap}");
}

#[test]
fn a_blob_with_other_bytes_is_a_mismatch_and_a_missing_one_is_missing() {
    let files = layout();
    for (index, (name, content)) in
        files.iter().enumerate().filter(|(_, (name, _))| name.starts_with("blobs"))
    {
        let mut changed = files.clone();
        // The second half of a compressed blob may be damaged in a way that the decoder finds first.
        changed[index].1 = content.iter().map(|byte| byte ^ 1).collect();
        let root = directory(&changed);
        let archive = open(root.path()).unwrap();
        let gaps = match image::read(&archive, &archive.images[0], &options()) {
            Ok(image) => image.gaps,
            Err(gap) => vec![gap],
        };
        assert!(causes(&gaps).contains(&"mismatch"), "{name}: {gaps:?}");
        let mut gone = files.clone();
        gone.remove(index);
        let root = directory(&gone);
        let archive = open(root.path()).unwrap();
        let gaps = match image::read(&archive, &archive.images[0], &options()) {
            Ok(image) => image.gaps,
            Err(gap) => vec![gap],
        };
        assert!(causes(&gaps).contains(&"missing"), "{name}: {gaps:?}");
    }
}

/// An archive as `docker save` wrote it before it used the OCI layout.
fn docker(config_name: Option<&str>) -> Vec<(String, Vec<u8>)> {
    let mut build = Build::new().layer(Tar::new().file("a", "1")).layer(Tar::new().file("b", "2"));
    build.docker = true;
    let config = build.config_json();
    let name = format!("{}.json", Digest::of(Algorithm::Sha256, &config).hex());
    let name = config_name.unwrap_or(&name);
    let manifest =
        json!([{"Config": name, "RepoTags": ["app:1"], "Layers": ["x/layer.tar", "y/layer.tar"]}]);
    vec![
        (name.to_owned(), config),
        ("x/layer.tar".into(), build.layers[0].clone()),
        ("y/layer.tar".into(), build.layers[1].clone()),
        ("manifest.json".into(), serde_json::to_vec(&manifest).unwrap()),
        ("repositories".into(), b"{}".to_vec()),
    ]
}

#[test]
fn an_archive_of_docker_save_is_read() {
    let tar = archive(&docker(None));
    let archive = open(tar.path()).unwrap();
    assert_eq!(archive.images[0].names, ["app:1"]);
    let image = image::read(&archive, &archive.images[0], &options()).unwrap();
    assert_eq!(paths(&image), ["a", "b"]);
    assert!(image.is_complete(), "{:?}", image.gaps);
    assert_eq!((image.identity.manifest, image.form), (None, Form::Docker));
}

#[test]
fn links_between_layers_of_docker_save_are_followed() {
    let files = docker(None);
    let tar = files
        .iter()
        .filter(|(name, _)| name != "y/layer.tar")
        .fold(Tar::new(), |tar, (name, bytes)| tar.file(name, bytes));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), tar.symlink("y/layer.tar", "../x/layer.tar").end()).unwrap();
    let archive = open(file.path()).unwrap();
    let image = image::read(&archive, &archive.images[0], &options()).unwrap();
    // The link leads to another layer than the configuration states, which its digest shows.
    assert_eq!(causes(&image.gaps), ["mismatch"]);
    assert_eq!(paths(&image), ["a"]);
}

#[test]
fn archives_that_lead_elsewhere_are_refused() {
    let files = docker(Some("config.json"));
    let tar = archive(&files);
    let opened = open(tar.path()).unwrap();
    assert_eq!(
        image::read(&opened, &opened.images[0], &options()).unwrap_err().cause,
        Cause::Malformed,
        "a name without digest"
    );
    for name in ["../x/layer.tar", "/etc/passwd", "x/./layer.tar", "a//b"] {
        assert_eq!(opened.open_file(name).err().unwrap().cause, Cause::Malformed, "{name}");
    }
    let twice = [docker(None), docker(None)].concat();
    let tar = archive(&twice);
    assert_eq!(open(tar.path()).unwrap_err().cause, Cause::Ambiguous);
}

#[test]
fn what_is_no_image_is_named() {
    let no = |files: &[(&str, &[u8])]| {
        let files: Vec<_> =
            files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
        let (root, tar) = (directory(&files), archive(&files));
        let (one, other) = (open(root.path()).unwrap_err(), open(tar.path()).unwrap_err());
        assert_eq!(one.cause, other.cause, "{one} {other}");
        one.cause
    };
    assert_eq!(no(&[("x", b"")]), Cause::Unsupported);
    assert_eq!(no(&[("oci-layout", br#"{"imageLayoutVersion":"2"}"#)]), Cause::Unsupported);
    assert_eq!(no(&[("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)]), Cause::Missing);
    assert_eq!(no(&[("manifest.json", b"{}")]), Cause::Malformed);
    assert_eq!(no(&[("manifest.json", b"[{}]")]), Cause::Malformed);
    for (content, cause) in [
        (&b""[..], Cause::Malformed),
        (b"\x1f\x8b\x08\0", Cause::Unsupported),
        (b"text", Cause::Malformed),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        assert_eq!(open(file.path()).unwrap_err().cause, cause, "{content:?}");
    }
    assert_eq!(open(Path::new("/nonexistent/image")).unwrap_err().cause, Cause::Unreadable);
}

#[test]
fn an_artifact_is_not_an_image() {
    let mut blobs = Memory::default();
    let config = blobs.add(b"{}".to_vec()).to_string();
    let manifest = json!({"schemaVersion": 2, "layers": [],
        "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": config, "size": 2}});
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let size = manifest.len() as u64;
    let named = support::named(blobs.add(manifest), size);
    let gap = image::read(&blobs, &named, &options()).unwrap_err();
    assert_eq!(gap.cause, Cause::Unsupported);
    assert!(gap.detail.contains("helm"), "{gap}");
}

#[test]
fn layers_and_digests_must_agree_in_number() {
    let build = Build::new().layer(Tar::new().file("a", "1"));
    let config = build.config_json();
    let more =
        Build { config: build.config.clone(), ..build.clone() }.layer(Tar::new().file("b", "2"));
    let (mut blobs, named) = more.finish();
    let Root::Document(root) = &named.root else { panic!() };
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&bytes(&blobs, &root.digest)).unwrap();
    manifest["config"]["size"] = config.len().into();
    manifest["config"]["digest"] = blobs.add(config).to_string().into();
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let size = manifest.len() as u64;
    let named = support::named(blobs.add(manifest), size);
    let image = image::read(&blobs, &named, &options()).unwrap();
    assert_eq!(causes(&image.gaps), ["malformed", "missing"]);
}
