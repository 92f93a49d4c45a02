//! `posture audit image REF`: images of a registry on loopback, with signatures.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_image::digest::{Algorithm, Digest};
use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::image_support::{Build, Tar};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// What a registry answers: by path, the media type and the bytes.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) answers: BTreeMap<String, (String, Vec<u8>)>,
}

impl Registry {
    pub(crate) fn blob(&mut self, repository: &str, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(Algorithm::Sha256, bytes).to_string();
        let path = format!("/v2/{repository}/blobs/{digest}");
        self.answers.insert(path, ("application/octet-stream".to_owned(), bytes.to_owned()));
        json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
    }

    /// A manifest under a tag and under its digest, which is returned.
    pub(crate) fn manifest(&mut self, repository: &str, tag: &str, value: &Value) -> String {
        let bytes = value.to_string().into_bytes();
        let digest = Digest::of(Algorithm::Sha256, &bytes).to_string();
        for name in [tag, &digest] {
            let path = format!("/v2/{repository}/manifests/{name}");
            self.answers.insert(path, (MANIFEST.to_owned(), bytes.clone()));
        }
        digest
    }

    /// An image, of which the digest is returned.
    pub(crate) fn image(&mut self, repository: &str, tag: &str, build: &Build) -> String {
        let config = self.blob(repository, CONFIG, &build.config_json());
        let mut layers = Vec::new();
        for layer in &build.layers {
            layers.push(self.blob(repository, "application/vnd.oci.image.layer.v1.tar", layer));
        }
        let value = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers });
        self.manifest(repository, tag, &value)
    }

    /// A signature of a digest, where cosign keeps the one of an image.
    pub(crate) fn sign(&mut self, repository: &str, image: &str, signed: &str, key: &Key) {
        let payload = json!({
            "critical": {
                "identity": { "docker-reference": repository },
                "image": { "docker-manifest-digest": signed },
                "type": "cosign container image signature",
            },
            "optional": null,
        });
        let payload = payload.to_string().into_bytes();
        let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
        let mut layer = self.blob(repository, kind, &payload);
        layer["annotations"] = json!({ "dev.cosignproject.cosign/signature": key.sign(&payload) });
        let config = self.blob(repository, CONFIG, b"{}");
        let value = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
        self.manifest(repository, &format!("{}.sig", image.replace(':', "-")), &value);
    }

    /// Answers on a port until the process ends.
    pub(crate) fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let answers = Arc::new(self.answers);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let answers = Arc::clone(&answers);
                std::thread::spawn(move || answer(&stream, &answers));
            }
        });
        host
    }
}

fn answer(mut stream: &TcpStream, answers: &BTreeMap<String, (String, Vec<u8>)>) -> Option<()> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    while !lines.next()?.is_empty() {}
    let (status, (kind, bytes)) = match answers.get(&path) {
        Some(found) => ("200 OK", found.clone()),
        None => ("404 Not Found", ("application/json".to_owned(), b"{\"errors\":[]}".to_vec())),
    };
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&bytes).ok()?;
    stream.shutdown(Shutdown::Write).ok()
}

pub(crate) struct Key(EcdsaKeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.0.sign(&SystemRandom::new(), bytes).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        let der = self.0.public_key().as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    }
}

pub(crate) fn build() -> Build {
    Build::new().layer(Tar::new().file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"))
}

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn with(key: &Key) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::write(folder.path("cosign.pub"), key.pem()).unwrap();
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn audit(&self, arguments: &[&str]) -> Run {
        let program = Program::new().env("COLUMNS", "100").current_dir(self.0.path());
        let docker = self.0.path().to_str().unwrap();
        program.env("DOCKER_CONFIG", docker).args(&["audit", "image"]).args(arguments).run()
    }

    /// The outcome of a control about an image, by the audit with these options.
    pub(crate) fn outcome(&self, control: &str, reference: &str, options: &[&str]) -> String {
        let fixed = ["--plain-http", "--format", "json", "--control", control, reference];
        let run = self.audit(&[fixed.as_slice(), options].concat());
        let report: Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
        let all = report["findings"].as_array().unwrap();
        let [finding] = all.as_slice() else { panic!("{all:?}") };
        finding["outcome"].as_str().unwrap().to_owned()
    }
}

const VERIFIED: &str = "images.signature-verified";

#[test]
fn a_signature_counts_if_it_is_of_this_image_and_of_a_named_key() {
    let (mut registry, key, other) = (Registry::default(), Key::new(), Key::new());
    let signed = registry.image("team/app", "1.2", &build());
    registry.sign("team/app", &signed, &signed, &key);
    let bare = build().layer(Tar::new().file("a", "b"));
    let bare = registry.image("team/bare", "1", &bare);
    // The signature of one image beside another.
    let moved = build().layer(Tar::new().file("c", "d"));
    let moved = registry.image("team/moved", "1", &moved);
    registry.sign("team/moved", &moved, &signed, &key);
    assert_ne!(bare, signed);
    let host = registry.serve();
    let folder = Folder::with(&key);
    std::fs::write(folder.path("other.pub"), other.pem()).unwrap();
    let of =
        |name: &str, options: &[&str]| folder.outcome(VERIFIED, &format!("{host}/{name}"), options);
    assert_eq!(of("team/app:1.2", &["--key", "cosign.pub"]), "pass");
    assert_eq!(of("team/app:1.2", &["--key", "other.pub", "--key", "cosign.pub"]), "pass");
    assert_eq!(of("team/app:1.2", &["--key", "other.pub"]), "fail");
    assert_eq!(of("team/app:1.2", &[]), "unknown");
    assert_eq!(of("team/bare:1", &["--key", "cosign.pub"]), "fail");
    assert_eq!(of("team/moved:1", &["--key", "cosign.pub"]), "fail");
    let by_digest = format!("team/app@{signed}");
    assert_eq!(of(&by_digest, &["--key", "cosign.pub"]), "pass");
}

#[test]
fn a_bill_of_materials_is_not_absent_where_attestations_were_not_read() {
    let mut registry = Registry::default();
    let image = registry.image("team/app", "plain", &build());
    let size = registry.answers[&format!("/v2/team/app/manifests/{image}")].1.len();
    let entry = |annotations: Value| {
        let platform = json!({ "os": "linux", "architecture": "amd64" });
        json!({ "mediaType": MANIFEST, "digest": image, "size": size, "platform": platform, "annotations": annotations })
    };
    let attestation = json!({
        "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image,
    });
    let entries = [entry(json!({})), entry(attestation)];
    let kind = "application/vnd.oci.image.index.v1+json";
    for (tag, entries) in [("index", &entries[..1]), ("attested", &entries[..])] {
        let index = json!({ "schemaVersion": 2, "mediaType": kind, "manifests": entries });
        let digest = registry.manifest("team/app", tag, &index);
        for name in [tag, &digest] {
            let path = format!("/v2/team/app/manifests/{name}");
            registry.answers.get_mut(&path).unwrap().0 = kind.to_owned();
        }
    }
    let host = registry.serve();
    let folder = Folder::with(&Key::new());
    for (tag, outcome) in [("plain", "fail"), ("index", "fail"), ("attested", "unknown")] {
        let reference = format!("{host}/team/app:{tag}");
        assert_eq!(folder.outcome("images.bill-of-materials", &reference, &[]), outcome, "{tag}");
    }
}

#[test]
fn an_image_of_a_registry_is_named_by_its_reference() {
    let mut registry = Registry::default();
    registry.image("team/app", "1.2", &build());
    let host = registry.serve();
    let folder = Folder::with(&Key::new());
    let reference = format!("{host}/team/app:1.2");
    let run = folder.audit(&[&reference, "--plain-http", "--control", "images.root-user"]);
    assert_eq!(run.code, 10, "{}{}", run.out, run.err);
    assert!(run.out.contains(&format!("image {reference}")), "{}", run.out);
    // Without the option, no registry is read in plain text.
    let run = folder.audit(&[&reference, "--control", "images.root-user"]);
    assert_eq!(run.code, 11, "{}{}", run.out, run.err);
}

#[test]
fn what_cannot_be_read_of_a_registry_is_unknown_and_named() {
    let host = Registry::default().serve();
    let folder = Folder::with(&Key::new());
    for reference in [format!("{host}/team/none:1"), "127.0.0.1:1/team/app:1".to_owned()] {
        let run = folder.audit(&[&reference, "--plain-http", "-v"]);
        assert_eq!(run.code, 11, "{reference}: {}{}", run.out, run.err);
        assert!(run.out.contains("team/"), "{}", run.out);
        assert!(run.err.contains("note: cannot read the manifest team/"), "{}", run.err);
    }
    // A file that does not exist is not asked for at a registry.
    let run = folder.audit(&["./web", "--control", "images.root-user"]);
    assert_eq!(run.code, 12, "{}{}", run.out, run.err);
    for (arguments, words) in [
        (["--key", "none.pub"], "none.pub"),
        (["--certificate-identity", "a@example.com"], "--certificate-oidc-issuer"),
    ] {
        let run = folder.audit(&[&["example.com/a:1"], arguments.as_slice()].concat());
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(words), "{}", run.err);
    }
    std::fs::write(folder.path("config.json"), "[]").unwrap();
    let run = folder.audit(&["127.0.0.1:1/team/app:1", "--plain-http"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("config.json"), "{}", run.err);
}
