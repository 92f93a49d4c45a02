//! Real signatures, bundles, manifests, keys and scripts, damaged at random: nothing panics, and nothing is verified by a signer who
//! did not make it. `POSTURE_FUZZ_SECONDS=600` does it for ten minutes.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use posture_signature::*;
use support::*;

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");

/// A generator of numbers (xorshift), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    /// A few changes: bytes, cuts, parts that are there twice, parts of another text, numbers and brackets.
    fn damage(&mut self, text: &[u8], other: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        for _ in 0..=self.below(4) {
            let (at, length) = (self.below(text.len()), self.below(40));
            let end = (at + length).min(text.len());
            match self.below(7) {
                0 if !text.is_empty() => text[at] ^= 1 << self.below(8),
                1 => drop(text.drain(at..end)),
                2 => {
                    let part = text[at..end].to_vec();
                    text.splice(at..at, part);
                }
                3 => text.truncate(at),
                4 => {
                    let from = self.below(other.len());
                    let part = other[from..(from + length).min(other.len())].to_vec();
                    text.splice(at..end, part);
                }
                5 => {
                    let word = [
                        "null",
                        "-1",
                        "18446744073709551616",
                        "[]",
                        "{}",
                        "\"\"",
                        "1e999",
                        "\"\\u0000\"",
                    ][self.below(8)];
                    text.splice(at..end, word.bytes());
                }
                _ => drop(text.splice(at..at, [b"{}[]\",:\\"[self.below(8)]])),
            }
        }
        text
    }
}

fn files(folder: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = std::fs::read_dir(format!("{DATA}/{folder}"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn bundle_of(json: Vec<u8>) -> Layer {
    (BUNDLE, json, Vec::new())
}

#[test]
fn nothing_panics_and_nothing_foreign_is_verified() {
    let seconds =
        std::env::var("POSTURE_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let bundles = files("sigstore-rust");
    let blobs = files("cosign-2.5.0/blobs");
    let manifests = files("cosign-2.5.0");
    let keys = files("openssl");
    let identity = |identity| Identity::new(identity, GITHUB).unwrap();
    let other = Key::new();
    let mut policy = policy(&[&other]);
    // An identity that made none of the bundles: their signatures are valid, and still not by it.
    policy.identities = vec![identity("https://github.com/example/app/*")];
    let script = b"docker trust sign a\n  DOCKER_CONTENT_TRUST: \"1\"\nname: DOCKER_CONTENT_TRUST\nvalue: 1\nnotary list\n".to_vec();
    let mut round = 0;
    while end.map_or(round < 1_500, |end| Instant::now() < end) {
        round += 1;
        let pick = |from: &[Vec<u8>], random: &mut Random| from[random.below(from.len())].clone();
        let (one, two) = (pick(&bundles, &mut random), pick(&blobs, &mut random));
        let damaged = random.damage(&one, &two);
        let blob = random.damage(&two, &one);
        let manifest = pick(&manifests, &mut random);
        let manifest = random.damage(&manifest, &one);
        let text = String::from_utf8_lossy(&damaged).into_owned();
        let annotated = vec![
            ("dev.cosignproject.cosign/signature", "AAAA".to_owned()),
            ("dev.sigstore.cosign/certificate", text.clone()),
            ("dev.sigstore.cosign/bundle", String::from_utf8_lossy(&blob).into_owned()),
        ];
        let raw = Artifact { manifest, ..Artifact::default() };
        let mut referrers = vec![referrer(raw.clone())];
        for layer in [
            bundle_of(damaged.clone()),
            bundle_of(blob.clone()),
            (DSSE, blob.clone(), annotated.clone()),
            (IN_TOTO, blob.clone(), Vec::new()),
        ] {
            referrers.push(referrer(artifact(&[layer])));
        }
        let held = Held {
            signature_tag: Place::Read(artifact(&[(SIMPLE, blob.clone(), annotated)])),
            attestation_tag: Place::Read(raw),
            referrers: Place::Read(referrers),
        };
        let report = check(&held, &policy);
        assert!(!matches!(report.verdict(), Verdict::Verified(_)), "round {round}: {report:?}");
        assert!(
            report.attestations.iter().all(|attestation| attestation.status.signers().is_empty()),
            "round {round}"
        );
        let shown = format!("{:?}", report.gaps)
            + &report.signatures.iter().map(|s| format!("{:?}", s.status)).collect::<String>();
        assert!(!shown.contains('\u{1b}'), "round {round}");
        let key = pick(&keys, &mut random);
        let _ = PublicKey::from_pem("key", &random.damage(&key, &two));
        let _ = content_trust::find(&String::from_utf8_lossy(
            &random.damage(&script, &text.into_bytes()),
        ));
        #[cfg(feature = "keyless")]
        let _ = TrustedRoot::from_json("root", &damaged);
    }
}
