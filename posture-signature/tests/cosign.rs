//! Signatures and attestations that cosign made: recorded ones, and fresh ones where the programs are installed.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use posture_signature::*;
use support::read;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cosign-2.5.0")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(data().join(name)).unwrap()
}

fn recorded() -> Held {
    let artifact =
        |name: &str| read(file(name), |digest| file(&format!("blobs/{}.json", &digest[7..])));
    let referrer = |name: &str| support::referrer(artifact(name));
    Held {
        signature_tag: Place::Read(artifact("signature-tag.json")),
        attestation_tag: Place::Read(artifact("attestation-tag.json")),
        referrers: Place::Read(vec![referrer("referrer-1.json"), referrer("referrer-2.json")]),
    }
}

fn policy(keys: &[&[u8]], threshold: Threshold) -> Policy {
    let keys = keys.iter().map(|key| PublicKey::from_pem("cosign.pub", key).unwrap()).collect();
    let mut policy = Policy::new(keys, Vec::new());
    policy.threshold = threshold;
    policy
}

#[test]
fn what_cosign_made_is_verified_by_its_keys_alone() {
    let manifest = file("image.json");
    let digest = Digest::sha256(&manifest);
    let image = Image::new(digest.as_str(), &manifest, Some("127.0.0.1:5711/app")).unwrap();
    let held = recorded();
    let (one, two) = (file("p256.pub"), file("ed25519.pub"));
    let check = |policy: &Policy| verify(&image, &held, policy, &Limits::default());
    let report = check(&policy(&[&one, &two], Threshold::All));
    assert!(
        matches!(report.verdict(), Verdict::Verified(signers) if signers.len() == 2),
        "{report:?}"
    );
    assert_eq!((report.signatures.len(), report.attestations.len(), report.gaps.len()), (2, 3, 0));
    assert!(
        report
            .signatures
            .iter()
            .all(|signature| signature.other_repository.is_none() && !signature.log_entry)
    );
    assert!(
        matches!(report.attested(&Kind::BillOfMaterials), Verdict::NotVerified(_)),
        "by one of both keys"
    );
    let report = check(&policy(&[&one], Threshold::Any));
    assert!(matches!(report.attested(&Kind::BillOfMaterials), Verdict::Verified(_)));
    assert!(matches!(report.attested(&Kind::Provenance), Verdict::Verified(_)));
    let provenance = report
        .attestations
        .iter()
        .find_map(|attestation| attestation.statement.provenance.as_ref())
        .unwrap();
    assert_eq!(provenance.builder.as_deref(), Some("https://ci.example.com"));
    assert_eq!(provenance.source.as_deref(), Some("git+https://git.example.com/app"));
    let other = support::Key::new().pem();
    let report = check(&policy(&[other.as_bytes()], Threshold::Any));
    assert_eq!(report.verdict(), Verdict::NotVerified(vec![Why::OtherSigner]));
    assert_eq!(report.attested(&Kind::Provenance), Verdict::NotVerified(vec![Why::OtherSigner]));
    // What is attached to it says nothing about another image.
    let manifest = b"{}";
    let image = Image::new(Digest::sha256(manifest).as_str(), manifest, None).unwrap();
    let report = verify(&image, &held, &policy(&[&one, &two], Threshold::Any), &Limits::default());
    assert!(matches!(report.verdict(), Verdict::NotVerified(_)));
    assert!(
        report
            .attestations
            .iter()
            .all(|attestation| matches!(attestation.status, Status::NotVerified(_)))
    );
}

/// A program: from `variable`, or from the path.
fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from);
    let paths = std::env::var_os("PATH").unwrap_or_default();
    given.or_else(|| {
        std::env::split_paths(&paths).map(|path| path.join(name)).find(|path| path.is_file())
    })
}

struct Registry {
    process: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Registry {
    fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n",
            data.display()
        );
        std::fs::write(&config, text).unwrap();
        let process = Command::new(program)
            .args(["serve".as_ref(), config.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let registry = Self { process, address, _folder: folder };
        for _ in 0..200 {
            if TcpStream::connect(address).is_ok() {
                return registry;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the registry does not start");
    }

    /// Sends a request and returns status, headers and body.
    fn ask(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, */*";
        let head = format!(
            "{method} {target} HTTP/1.0\r\nHost: {}\r\nAccept: {accept}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, answer[end + 4..].to_vec())
    }

    fn push_blob(&self, content: &[u8]) -> String {
        let digest = Digest::sha256(content).to_string();
        let (status, head, _) = self.ask("POST", "/v2/app/blobs/uploads/", "application/json", b"");
        assert_eq!(status, 202);
        let location = head.lines().find_map(|line| line.strip_prefix("Location: ")).unwrap();
        let target = &location[location.find("/v2/").unwrap()..];
        let target = format!("{target}&digest={digest}");
        assert_eq!(self.ask("PUT", &target, "application/octet-stream", content).0, 201);
        digest
    }

    fn manifest(&self, reference: &str) -> Option<Vec<u8>> {
        let (status, _, body) = self.ask("GET", &format!("/v2/app/manifests/{reference}"), "", b"");
        (status == 200).then_some(body)
    }

    fn artifact(&self, reference: &str) -> Artifact {
        let manifest = self.manifest(reference).unwrap();
        read(manifest, |digest| self.ask("GET", &format!("/v2/app/blobs/{digest}"), "", b"").2)
    }

    /// Everything that is attached to an image; this registry has no list of referrers, so it is under a tag.
    fn held(&self, digest: &Digest) -> Held {
        let place = |tag: String| {
            if self.manifest(&tag).is_some() {
                Place::Read(self.artifact(&tag))
            } else {
                Place::Absent
            }
        };
        let index = self.manifest(&digest.as_str().replace(':', "-"));
        let referrers = index.map(|index| {
            let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
            let digests = index["manifests"]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| entry["digest"].as_str().unwrap().to_owned());
            digests
                .map(|digest| Referrer { artifact: Place::Read(self.artifact(&digest)), digest })
                .collect()
        });
        Held {
            signature_tag: place(signature_tag(digest)),
            attestation_tag: place(attestation_tag(digest)),
            referrers: referrers.map_or(Place::Absent, Place::Read),
        }
    }
}

#[test]
fn what_cosign_makes_now_is_verified() {
    let programs = (
        program("POSTURE_TEST_COSIGN", "cosign"),
        program("POSTURE_TEST_REGISTRY", "docker-registry"),
    );
    let (Some(cosign), Some(registry)) = programs else {
        eprintln!("SKIPPED: cosign or docker-registry is not installed");
        return;
    };
    let registry = Registry::start(&registry);
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(&cosign)
            .args(arguments)
            .current_dir(folder.path())
            .env("COSIGN_PASSWORD", "")
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let push = |tag: &str| {
        let config = format!(
            "{{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{{\"Labels\":{{\"a\":\"{tag}\"}}}},\"rootfs\":{{\"type\":\"layers\",\"diff_ids\":[]}}}}"
        );
        let digest = registry.push_blob(config.as_bytes());
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest = format!(
            "{{\"schemaVersion\":2,\"mediaType\":\"{kind}\",\"config\":{{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"{digest}\",\"size\":{}}},\"layers\":[]}}",
            config.len()
        );
        assert_eq!(
            registry.ask("PUT", &format!("/v2/app/manifests/{tag}"), kind, manifest.as_bytes()).0,
            201
        );
        manifest.into_bytes()
    };
    let (manifest, unsigned) = (push("1"), push("2"));
    let digest = Digest::sha256(&manifest);
    let repository = format!("{}/app", registry.address);
    let reference = format!("{repository}@{digest}");
    run(&["generate-key-pair"]);
    run(&["generate-key-pair", "--output-key-prefix", "other"]);
    let log = ["--yes", "--key", "cosign.key", "--tlog-upload=false", "--allow-http-registry"];
    run(&[&["sign"], &log[..], &[&reference]].concat());
    std::fs::write(folder.path().join("vuln.json"), "{\"scanner\":{}}").unwrap();
    std::fs::write(folder.path().join("sbom.json"), "{\"bomFormat\":\"CycloneDX\"}").unwrap();
    run(&[&["attest"], &log[..], &["--type", "cyclonedx", "--predicate", "sbom.json", &reference]]
        .concat());
    run(&[
        &["attest", "--new-bundle-format"],
        &log[..],
        &["--type", "vuln", "--predicate", "vuln.json", &reference],
    ]
    .concat());

    let key = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let image = Image::new(digest.as_str(), &manifest, Some(&repository)).unwrap();
    let held = registry.held(&digest);
    let report =
        verify(&image, &held, &policy(&[&key("cosign.pub")], Threshold::Any), &Limits::default());
    assert!(matches!(report.verdict(), Verdict::Verified(_)), "{report:?}");
    assert!(matches!(report.attested(&Kind::BillOfMaterials), Verdict::Verified(_)), "{report:?}");
    assert!(matches!(report.attested(&Kind::Scan), Verdict::Verified(_)), "{report:?}");
    let report =
        verify(&image, &held, &policy(&[&key("other.pub")], Threshold::Any), &Limits::default());
    assert_eq!(report.verdict(), Verdict::NotVerified(vec![Why::OtherSigner]));
    assert!(
        PublicKey::from_pem("cosign.key", &key("cosign.key"))
            .unwrap_err()
            .to_string()
            .contains("is a private key")
    );
    // The other image is not signed, also if what is attached to the first one is moved to it.
    let digest = Digest::sha256(&unsigned);
    let image = Image::new(digest.as_str(), &unsigned, Some(&repository)).unwrap();
    let policy = policy(&[&key("cosign.pub")], Threshold::Any);
    assert_eq!(
        verify(&image, &registry.held(&digest), &policy, &Limits::default()).verdict(),
        Verdict::NotSigned
    );
    assert!(matches!(
        verify(&image, &held, &policy, &Limits::default()).verdict(),
        Verdict::NotVerified(_)
    ));
}
