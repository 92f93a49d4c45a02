//! What is around images: answers of registries, signatures, bills of materials, and VEX documents.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use posture_image::digest::{Algorithm, Digest};
use posture_image::image::{self, Identity, Options as Reading};
use posture_image::limits::Limits;
use posture_image::reference::Reference;
use posture_image::{sbom as materials, vex as exploitability};
use posture_registry::{Client, Options, Pause};
use posture_signature::{
    Artifact, Held, Image, Kind, Place, Policy, PublicKey, Referrer, TrustedRoot, Verdict, verify,
    wanted,
};

use super::RUNTIME;

/// A registry that gives one answer to every request.
struct Registry {
    host: String,
    answer: Arc<Mutex<Vec<u8>>>,
}

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let answer = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let bytes = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
            std::thread::spawn(move || serve(&stream, &bytes));
        }
    });
    Mutex::new(Registry { host, answer })
});

fn serve(mut stream: &TcpStream, answer: &[u8]) -> Option<()> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while !lines.next()?.is_empty() {}
    stream.write_all(answer).ok()?;
    stream.shutdown(Shutdown::Write).ok()
}

/// The bytes of an answer: the first line of the input is the status, those up to an empty one are headers, and the rest is the body. A
/// header that could name another host is left out, so that nothing but the loopback is called.
fn answer(input: &[u8]) -> Vec<u8> {
    let split = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = input.split_at(split.unwrap_or(input.len()));
    let body = body.get(2..).unwrap_or_default();
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse::<u16>().ok());
    let status = status.filter(|status| (200..600).contains(status)).unwrap_or(200);
    let mut out = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let is_digest = name.eq_ignore_ascii_case("docker-content-digest");
        let leads_away = value.contains([':', '\\']) || value.contains("//");
        let is_framing = ["content-length", "transfer-encoding", "connection"]
            .iter()
            .any(|framing| name.eq_ignore_ascii_case(framing));
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_text = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if is_name && is_text && !is_framing && (is_digest || !leads_away) {
            out.push_str(&format!("{name}:{value}\r\n"));
        }
    }
    out.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [out.as_bytes(), body].concat()
}

/// An answer of a registry to every request: manifests, tags, referrers, blobs and whole images end, within bounds, and an error says
/// what it is about.
pub fn registry(input: &[u8]) {
    let registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    *registry.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer(input);
    let client = Client::new(Options {
        plain_loopback: true,
        no_exec: true,
        attempts: 1,
        pause: Pause::new(|_| Box::pin(async {})),
        ..Options::default()
    });
    let reference = Reference::parse(&format!("{}/team/app:1", registry.host)).unwrap();
    let digest = Digest::of(Algorithm::Sha256, b"");
    RUNTIME.block_on(async {
        let manifest = client.manifest(&reference).await;
        let tags = client.tags(&reference).await;
        let referrers = client.referrers(&reference, &digest).await;
        let errors = [manifest.err(), tags.err(), referrers.err()];
        for error in errors.into_iter().flatten() {
            assert!(error.to_string().contains("team/app"), "{error}");
        }
        let Ok(remote) = client.image(&reference).await else { return };
        let read = move || image::read(&remote, &remote.named, &Reading::new([0; 32])).is_ok();
        tokio::task::spawn_blocking(read).await.unwrap();
    });
}

/// A key of nobody: no example is signed with it.
const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

/// What is attached to an image: a manifest, an empty line, and the content of its blobs. Nothing is verified that the key did not sign,
/// and without a key nothing is at all. The whole is also tried as a key and as a trusted root.
pub fn signature(input: &[u8]) {
    let limits = posture_signature::Limits::default();
    let split = input.windows(2).position(|two| two == b"\n\n").unwrap_or(input.len());
    let (manifest, blob) = input.split_at(split);
    let blob = blob.get(2..).unwrap_or_default();
    let mut blobs = BTreeMap::new();
    for one in wanted(manifest, &limits) {
        blobs.insert(one.digest, Ok(blob.to_vec()));
    }
    let artifact = || Place::Read(Artifact { manifest: manifest.to_vec(), blobs: blobs.clone() });
    let held = Held {
        signature_tag: artifact(),
        attestation_tag: artifact(),
        referrers: Place::Read(vec![Referrer {
            digest: "sha256:a".to_owned(),
            artifact: artifact(),
        }]),
    };
    let digest = Digest::of(Algorithm::Sha256, b"{}").to_string();
    let image = Image::new(&digest, b"{}", Some("registry.example/team/app")).unwrap();
    let key = PublicKey::from_pem("key", KEY.as_bytes()).unwrap();
    for policy in [Policy::default(), Policy::new(vec![key], Vec::new())] {
        let report = verify(&image, &held, &policy, &limits);
        for verdict in [report.verdict(), report.attested(&Kind::Provenance)] {
            match verdict {
                Verdict::Verified(by) => panic!("verified by {by:?}"),
                Verdict::Unknown(whys) => assert!(!whys.is_empty()),
                Verdict::NotVerified(whys) => assert!(!whys.is_empty()),
                Verdict::NotSigned => {}
            }
        }
    }
    if let Err(error) = PublicKey::from_pem("key", input) {
        assert!(!error.to_string().is_empty());
    }
    match TrustedRoot::from_json("root", input) {
        Ok(root) => assert!(root.used().aged(0).contains("root")),
        Err(error) => assert!(error.to_string().starts_with("trusted root root: ")),
    }
}

/// A bill of materials: the packages that it states are marked as its own.
pub fn sbom(input: &[u8]) {
    match materials::read(input, "sbom.json", &Limits::default()) {
        Ok(sbom) => {
            let inventory = sbom.inventory();
            assert!(inventory.packages.items.iter().all(|package| package.stated_by.is_some()));
            // It is about no image that has no digest.
            assert!(sbom.check(&Identity::default()).is_err());
        }
        Err(gap) => assert!(!gap.detail.is_empty()),
    }
}

/// A VEX document: nothing that it states matches an image without vulnerabilities.
pub fn vex(input: &[u8]) {
    match exploitability::read(input, "vex.json", &[], &Limits::default()) {
        Ok(document) => {
            let inventory = posture_image::packages::Inventory::default();
            let identity = Identity::default();
            exploitability::apply(&mut [], &inventory, &identity, &[], &[document]);
        }
        Err(gap) => assert!(!gap.detail.is_empty()),
    }
}
