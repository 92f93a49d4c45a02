//! Images that were seen already: the answer is the one of a fresh reading, byte for byte, and never that of another image.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "../../posture-image/tests/support/mod.rs"]
mod support;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{CRITICAL, OS, STATUS, database, now, record};
use posture_image::Gap as Open;
use posture_image::digest::Digest;
use posture_image::source::{Blobs, Bytes, Memory, Root};
use posture_image_audit::database::Feeds;
use posture_image_audit::trust::Trust;
use posture_image_audit::{Input, Options, read};
use posture_model::fact::Known;
use posture_model::gap::{Gap, Reason};
use posture_model::resource::{ContainerImage, Kind, Vulnerability};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::json;
use support::{Build, Tar};

const PASSWORD: &str = "q8Rw2kZp5vXn";

/// An image with something of every sort: credentials, also deleted ones and in a label, packages, files with rights, gaps.
fn rich() -> Build {
    let layer = Tar::new()
        .file("etc/os-release", OS)
        .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        .file("var/lib/dpkg/status", STATUS)
        .file("var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/libssl.so.3\n")
        .file("app/.env", format!("DB_PASSWORD={PASSWORD}\n"))
        .mode("usr/local/bin/run", 0o4755, "#!/bin/sh\n")
        .file("usr/lib/python3/dist-packages/a-1.dist-info/METADATA", "Name: a\nVersion: 1\n");
    Build::new()
        .layer(layer)
        .layer(Tar::new().file("app/.wh..env", "").mode("srv/open", 0o666, "x"))
        .history(&["/bin/sh -c #(nop) ADD file:1 in / ", "RUN curl -k https://example.com | sh"])
        .config(json!({
            "User": "", "Env": [format!("API_TOKEN={PASSWORD}{PASSWORD}"), "PATH=:/bin"],
            "Labels": { "password": PASSWORD, "maintainer": "a" }, "ExposedPorts": { "22/tcp": {} },
        }))
}

/// Blobs that count how often a layer or configuration is opened.
struct Counted {
    blobs: Memory,
    opened: AtomicUsize,
    is_registry: bool,
}

impl Blobs for Counted {
    fn open(&self, digest: &Digest) -> Result<Bytes, Open> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.blobs.open(digest)
    }

    fn is_addressed_by_digest(&self) -> bool {
        self.is_registry
    }
}

struct Case {
    input: Input,
    blobs: Arc<Counted>,
}

fn case(build: Build, is_registry: bool) -> Case {
    let (blobs, mut named) = build.finish();
    named.names = vec!["registry.example/shop/web:1.2".to_owned()];
    let blobs = Arc::new(Counted { blobs, opened: AtomicUsize::new(0), is_registry });
    let kept: Arc<dyn Blobs + Send + Sync> = Arc::clone(&blobs) as _;
    let input = Input { id: "web".to_owned(), blobs: kept, named, trust: Trust::of_archive() };
    Case { input, blobs }
}

impl Case {
    /// The scope, and how many blobs were opened for it.
    fn read(&self, options: &Options, wanted: &Wanted) -> (Scope, usize) {
        let before = self.blobs.opened.load(Ordering::SeqCst);
        let scope = read::read(&self.input, options, &Feeds::open(options, now()), wanted, now);
        (scope, self.blobs.opened.load(Ordering::SeqCst) - before)
    }
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn cache(&self) -> PathBuf {
        self.0.path().join("images")
    }

    fn options(&self) -> Options {
        Options { cache: Some(self.cache()), ..Options::default() }
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.cache()).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

/// The bytes of a scope, as a snapshot has them.
fn bytes(scope: &Scope) -> String {
    serde_json::to_string(scope).unwrap()
}

#[test]
fn a_cached_answer_is_the_fresh_one_byte_for_byte() {
    let place = Place::new();
    let data = database(
        place.0.path(),
        &[record("CVE-2026-1", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL)],
    );
    let fresh = Options { database: Some(data), ..Options::default() };
    let cached = Options { cache: Some(place.cache()), ..fresh.clone() };
    let broken = Build::new().config(json!({ "User": "a b", "Healthcheck": 1 }));
    let docker = Build { docker: true, ..rich() };
    for build in [rich(), docker, Build::new(), broken.layer(Tar::new().file("a", "b"))] {
        let case = case(build, true);
        for wanted in [
            Wanted::everything(),
            Wanted::of(&[ContainerImage::ROOT_USER], &[]),
            Wanted::of(&[Vulnerability::RATING], &[]),
            Wanted::of(&[], &[Kind::Vulnerability]),
            Wanted::of(&[], Kind::ALL),
        ] {
            let (expected, opened) = case.read(&fresh, &wanted);
            assert!(opened >= 2, "nothing was read");
            let (first, _) = case.read(&cached, &wanted);
            let (second, opened) = case.read(&cached, &wanted);
            assert_eq!(opened, 0, "it was read again");
            assert_eq!(bytes(&first), bytes(&expected));
            assert_eq!(bytes(&second), bytes(&expected));
            assert_eq!(second, expected);
        }
    }
    assert_eq!(place.entries().len(), 4);
}

#[test]
fn a_change_of_names_signatures_or_data_shows_at_once() {
    let place = Place::new();
    let mut case = case(rich(), true);
    let everything = Wanted::everything();
    case.read(&place.options(), &everything);
    case.input.named.names = vec!["registry.example/shop/web:latest".to_owned()];
    case.input.trust = Trust { signature_verified: Ok(true), ..Trust::of_archive() };
    let data = database(
        place.0.path(),
        &[record("CVE-2026-7", "Debian:12", "openssl", Some("3.0.13-1"), CRITICAL)],
    );
    let with = Options { database: Some(data), ..place.options() };
    let (scope, opened) = case.read(&with, &everything);
    assert_eq!(opened, 0);
    let image = &scope.container_images.items[0];
    assert_eq!(image.name, "registry.example/shop/web:latest");
    assert_eq!(image.latest_tags.known().unwrap().certain().len(), 1);
    assert_eq!(image.signature_verified, Known(true));
    assert_eq!(scope.vulnerabilities.items.len(), 1);
    let fresh = Options { cache: None, ..with.clone() };
    assert_eq!(bytes(&scope), bytes(&case.read(&fresh, &everything).0));
    // A signature that cannot be read is a gap of this audit, and not of the next.
    let gap = Gap::new("image signatures", "", Reason::Denied);
    case.input.trust = Trust::unread(&gap);
    assert!(case.read(&with, &everything).0.gaps.contains(&gap));
    case.input.trust = Trust::of_archive();
    assert!(!case.read(&with, &everything).0.gaps.contains(&gap));
}

#[test]
fn a_file_counts_only_with_the_bytes_that_were_read() {
    let place = Place::new();
    let everything = Wanted::everything();
    let good = case(rich(), false);
    let (expected, first) = good.read(&place.options(), &everything);
    let (again, hashed) = good.read(&place.options(), &everything);
    assert_eq!(bytes(&again), bytes(&expected));
    // Manifest, configuration and both layers, as at first.
    assert_eq!((first, hashed), (4, 4));
    // Another layer under the digest of the first.
    let Root::Document(root) = &good.input.named.root else { panic!() };
    let mut text = String::new();
    good.blobs.blobs.open(&root.digest).unwrap().read_to_string(&mut text).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let digest = manifest["layers"][1]["digest"].as_str().unwrap();
    let size = usize::try_from(manifest["layers"][1]["size"].as_u64().unwrap()).unwrap();
    let mut changed = good.blobs.blobs.clone();
    changed.add_as(Digest::parse(digest).unwrap(), vec![0; size]);
    let blobs = Counted { blobs: changed, opened: AtomicUsize::new(0), is_registry: false };
    let blobs = Arc::new(blobs);
    let input = Input { blobs: Arc::clone(&blobs) as _, ..good.input.clone() };
    let other = Case { input, blobs };
    let (scope, _) = other.read(&place.options(), &everything);
    assert_ne!(bytes(&scope), bytes(&expected));
    assert!(scope.gaps.iter().any(|gap| gap.reason == Reason::Malformed), "{:?}", scope.gaps);
    // What was kept of the right bytes stays.
    assert_eq!(bytes(&good.read(&place.options(), &everything).0), bytes(&expected));
}

#[test]
fn what_was_not_read_completely_is_not_kept() {
    let place = Place::new();
    let mut cut = Tar::new().file("a", vec![b'x'; 600]).end();
    cut.truncate(700);
    let case = case(Build::new().raw(cut), true);
    let (scope, _) = case.read(&place.options(), &Wanted::everything());
    assert!(scope.gaps.len() > 2);
    assert!(place.entries().is_empty());
    let (_, opened) = case.read(&place.options(), &Wanted::everything());
    assert!(opened > 0);
}

#[test]
fn no_credential_is_kept() {
    let place = Place::new();
    let (scope, _) = case(rich(), true).read(&place.options(), &Wanted::everything());
    let image = &scope.container_images.items[0];
    assert_eq!(image.deleted_file_secrets.known().unwrap().certain().len(), 1);
    let entries = place.entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    let kept = unpacked(entry);
    assert!(kept.contains("/app/.env: line 1"), "{kept}");
    assert!(!kept.contains(PASSWORD), "{kept}");
}

/// The content of an entry, behind its head.
fn unpacked(entry: &Path) -> String {
    let bytes = std::fs::read(entry).unwrap();
    let start = bytes.windows(4).position(|four| four == [0x28, 0xb5, 0x2f, 0xfd]).unwrap();
    String::from_utf8(zstd::decode_all(&bytes[start..]).unwrap()).unwrap()
}

#[test]
fn a_damaged_entry_is_read_anew_and_written_anew() {
    let place = Place::new();
    let case = case(rich(), true);
    let everything = Wanted::everything();
    let (expected, _) = case.read(&place.options(), &everything);
    let entry = place.entries().remove(0);
    std::fs::write(&entry, "damaged").unwrap();
    let (scope, opened) = case.read(&place.options(), &everything);
    assert!(opened > 0);
    assert_eq!(bytes(&scope), bytes(&expected));
    assert_eq!(case.read(&place.options(), &everything).1, 0);
}
