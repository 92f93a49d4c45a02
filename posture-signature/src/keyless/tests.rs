//! Bundles of the public instance of Sigstore, see `tests/data/sigstore-rust`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sigstore_verify::trust_root::SigstoreInstance;
use sigstore_verify::types::{Artifact, ArtifactDigest, HashAlgorithm};

use super::*;
use crate::policy::Identity;
use crate::trusted_root::TrustedRoot;

const ATTESTATION: &str = include_str!("../../tests/data/sigstore-rust/attestation.json");
const MESSAGE: &str = include_str!("../../tests/data/sigstore-rust/message.json");
const GITHUB: &str = "https://token.actions.githubusercontent.com";
const ATTESTER: &str =
    "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main";
const SIGNER: &str =
    "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2";

fn policy(identity: &str, issuer: &str) -> Policy {
    Policy::new(Vec::new(), vec![Identity::new(identity, issuer).unwrap()])
}

/// What the attestation is about.
fn subject() -> Digest {
    Digest::parse("sha256:54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f")
        .unwrap()
}

/// The digest of the message, which itself is a package that is not kept here.
fn message_digest() -> Vec<u8> {
    let bundle: Value = serde_json::from_str(MESSAGE).unwrap();
    STANDARD
        .decode(bundle["messageSignature"]["messageDigest"]["digest"].as_str().unwrap())
        .unwrap()
}

fn message(json: &str, policy: &Policy) -> Result<Signer, Why> {
    let digest = ArtifactDigest::new(HashAlgorithm::Sha2256, message_digest()).unwrap();
    signer_of(json, &subject(), Artifact::from_digest(digest), policy)
}

fn attestation(json: &str, policy: &Policy) -> Result<Signer, Why> {
    signer(&subject(), b"", &Evidence::Bundle(json.as_bytes()), policy)
}

fn identity(text: &str) -> Result<Signer, Why> {
    Ok(Signer::Identity { identity: text.into(), issuer: GITHUB.into() })
}

#[test]
fn bundles_verify_for_the_named_identity_and_issuer_alone() {
    let check = |identity: &str, issuer: &str| {
        let policy = policy(identity, issuer);
        (attestation(ATTESTATION, &policy), message(MESSAGE, &policy))
    };
    assert_eq!(check(ATTESTER, GITHUB).0, identity(ATTESTER));
    assert_eq!(check(SIGNER, GITHUB).1, identity(SIGNER));
    assert_eq!(
        check("https://github.com/prefix-dev/sigstore-example/*", GITHUB).0,
        identity(ATTESTER)
    );
    assert_eq!(
        check("https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@*", GITHUB)
            .1,
        identity(SIGNER)
    );
    for (other, issuer) in [
        (SIGNER, "https://accounts.google.com"),
        (ATTESTER, "https://accounts.google.com"),
        ("dev@example.com", GITHUB),
        ("https://github.com/prefix-dev/sigstore/*", GITHUB),
        (
            "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.1",
            GITHUB,
        ),
    ] {
        let (one, two) = check(other, issuer);
        assert!(matches!(one, Err(Why::OtherIdentity { .. })), "{one:?}");
        assert!(matches!(two, Err(Why::OtherIdentity { .. })), "{two:?}");
    }
}

#[test]
fn an_attestation_of_another_image_is_not_one_of_this_image() {
    let policy = policy(ATTESTER, GITHUB);
    let other = Digest::sha256(b"other");
    assert!(matches!(
        signer(&other, b"other", &Evidence::Bundle(ATTESTATION.as_bytes()), &policy),
        Err(Why::Certificate(_))
    ));
    let other = Evidence::Bundle(MESSAGE.as_bytes());
    assert!(matches!(signer(&subject(), b"other", &other, &policy), Err(Why::Certificate(_))));
}

#[test]
fn another_trusted_root_verifies_nothing() {
    let mut policy = policy(ATTESTER, GITHUB);
    let given = |instance: SigstoreInstance| {
        TrustedRoot::from_json("given", instance.embedded_trusted_root_json().as_bytes())
    };
    policy.root = Some(given(SigstoreInstance::PublicGood).unwrap());
    assert_eq!(attestation(ATTESTATION, &policy), identity(ATTESTER));
    policy.root = Some(given(SigstoreInstance::Staging).unwrap());
    let Err(Why::Certificate(reason)) = attestation(ATTESTATION, &policy) else { panic!() };
    assert!(reason.starts_with("by the trusted root (given), it is not valid: "), "{reason}");
    let used = used(&policy).unwrap();
    assert_eq!((used.published, used.days_old(0)), (None, None));
    let newest = used.newest.clone().unwrap();
    assert!(newest.as_str() > "2021-01-01" && newest.len() == 10, "{newest}");
    assert!(
        used.aged(0).ends_with(&format!("given, whose newest authority or log is of {newest}"))
    );
    // 2036-01-01T00:00Z.
    assert!(used.aged(2_082_758_400).ends_with(" days ago)"), "{}", used.aged(2_082_758_400));
    // GitHub's has no transparency log; an entry in one is demanded here.
    assert!(given(SigstoreInstance::GitHub).is_err());
    for (json, reason) in [("", "EOF"), ("{}", ""), ("\u{1b}", "")] {
        let error = TrustedRoot::from_json("a\u{1b}b", json.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("trusted root a\\u{1b}b: ") && error.contains(reason), "{error}");
    }
    assert!(TrustedRoot::from_json("a", &[0xff]).is_err());
    assert!(TrustedRoot::from_json("a", &vec![b' '; 2 << 20]).is_err());
}

#[test]
fn the_age_of_the_trusted_root_is_known() {
    use sigstore_verify::trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;

    // When this fails, a dependency brings another root: write its date into `trusted_root.rs`.
    let content = Digest::sha256(SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes());
    assert_eq!(
        content.as_str(),
        "sha256:6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66"
    );
    let used = used(&policy(ATTESTER, GITHUB)).unwrap();
    assert_eq!(used.published, Some("2026-10-23"));
    // 2026-10-23T00:00Z, 2026-12-01T12:00Z, 2026-10-22T23:59:59Z.
    assert_eq!(used.days_old(1_792_713_600), Some(0));
    assert_eq!(used.days_old(1_796_126_400), Some(39));
    assert!(used.aged(1_796_126_400).ends_with(" of 2026-10-23 (39 days old)"));
    assert_eq!(used.days_old(1_792_713_599), None);
    assert!(self::used(&Policy::default()).is_none());
    assert_eq!(TrustedRoot::compiled().unwrap().used(), &used);
}

/// A bundle in the form of cosign up to 2: certificate and log entry.
fn old_form(json: &str) -> (String, String) {
    let bundle: Value = serde_json::from_str(json).unwrap();
    let material = &bundle["verificationMaterial"];
    let der = [
        &material["certificate"]["rawBytes"],
        &material["x509CertificateChain"]["certificates"][0]["rawBytes"],
    ];
    let der = der.iter().find_map(|der| der.as_str()).unwrap();
    let entry = &material["tlogEntries"][0];
    let log_id =
        crate::text::hex(&STANDARD.decode(entry["logId"]["keyId"].as_str().unwrap()).unwrap());
    let number = |name: &str| entry[name].as_str().unwrap().parse::<i64>().unwrap();
    let log = json!({
        "SignedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
        "Payload": {
            "body": entry["canonicalizedBody"],
            "integratedTime": number("integratedTime"),
            "logIndex": number("logIndex"),
            "logID": log_id,
        },
    });
    (format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n"), log.to_string())
}

#[test]
fn the_annotations_of_cosign_2_verify_as_a_bundle() {
    let (certificate, log) = old_form(MESSAGE);
    // Fulcio's intermediate certificate is in the trusted root.
    let with = Annotations {
        certificate: Some(&certificate),
        chain: None,
        log: Some(&log),
        timestamp: None,
    };
    let bundle: Value = serde_json::from_str(MESSAGE).unwrap();
    let signature =
        STANDARD.decode(bundle["messageSignature"]["signature"].as_str().unwrap()).unwrap();
    let digest = Digest::parse(&format!("sha256:{}", crate::text::hex(&message_digest()))).unwrap();
    let policy = policy(SIGNER, GITHUB);
    let check = |signature: &[u8], with: &Annotations<'_>| {
        message(&convert::message(&digest, signature, with).map_err(Why::Malformed)?, &policy)
    };
    assert_eq!(check(&signature, &with), identity(SIGNER));
    for bit in 0..signature.len() * 8 {
        let mut wrong = signature.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert!(check(&wrong, &with).is_err(), "bit {bit}");
    }
    let later = log.replace("\"integratedTime\":1", "\"integratedTime\":2");
    let (other, other_log) = old_form(ATTESTATION);
    for wrong in [
        Annotations { log: None, ..with },
        Annotations { log: Some("{}"), ..with },
        Annotations { log: Some(&later), ..with },
        Annotations { log: Some(&other_log), ..with },
        Annotations { certificate: Some(&other), ..with },
        Annotations { certificate: Some("x"), ..with },
        Annotations { timestamp: Some("{}"), ..with },
        Annotations { timestamp: Some("{\"SignedRFC3161Timestamp\":\"AAAA\"}"), ..with },
        Annotations { chain: Some("-----BEGIN CERTIFICATE-----"), ..with },
    ] {
        assert!(check(&signature, &wrong).is_err(), "{wrong:?}");
    }
    let twice = certificate.repeat(2);
    assert!(check(&signature, &Annotations { certificate: Some(&twice), ..with }).is_err());
    // The envelope of an attestation.
    let bundle: Value = serde_json::from_str(ATTESTATION).unwrap();
    let envelope =
        Envelope::read(bundle["dsseEnvelope"].to_string().as_bytes(), &crate::Limits::default())
            .unwrap();
    let with = Annotations { certificate: Some(&other), log: Some(&other_log), ..with };
    let attester = self::policy(ATTESTER, GITHUB);
    assert_eq!(
        signer(&subject(), b"", &Evidence::Dsse(&envelope, with), &attester),
        identity(ATTESTER)
    );
}

/// The parts of a bundle that are signed, or prove something.
fn counted(json: &str) -> Option<Vec<Value>> {
    let bundle: Value = serde_json::from_str(json).ok()?;
    let material = &bundle["verificationMaterial"];
    let entry = &material["tlogEntries"][0];
    let envelope = &bundle["dsseEnvelope"];
    Some(vec![
        material["certificate"].clone(),
        material["x509CertificateChain"]["certificates"][0].clone(),
        bundle["messageSignature"]["signature"].clone(),
        entry["canonicalizedBody"].clone(),
        entry["inclusionPromise"].clone(),
        entry["integratedTime"].clone(),
        entry["inclusionProof"]["hashes"].clone(),
        entry["inclusionProof"]["treeSize"].clone(),
        envelope["payload"].clone(),
        envelope["payloadType"].clone(),
        envelope["signatures"][0]["sig"].clone(),
    ])
}

#[test]
fn no_flipped_byte_of_a_bundle_is_verified_where_it_counts() {
    let policy = policy(ATTESTER, GITHUB);
    let bundle: Value = serde_json::from_str(ATTESTATION).unwrap();
    let compact = bundle.to_string();
    let whole = counted(&compact).unwrap();
    assert!(attestation(&compact, &policy).is_ok());
    for at in (0..compact.len()).step_by(3) {
        let mut damaged = compact.clone().into_bytes();
        damaged[at] ^= 1;
        let Ok(damaged) = String::from_utf8(damaged) else { continue };
        if attestation(&damaged, &policy).is_ok() {
            assert_eq!(counted(&damaged).as_ref(), Some(&whole), "byte {at}");
        }
    }
}

#[test]
fn damaged_bundles_neither_panic_nor_verify() {
    let seconds =
        std::env::var("POSTURE_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let end =
        seconds.map(|seconds| std::time::Instant::now() + std::time::Duration::from_secs(seconds));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % end.max(1)
    };
    let mut round = 0;
    let (attester, signer) = (policy(ATTESTER, GITHUB), policy(SIGNER, GITHUB));
    while end.map_or(round < 400, |end| std::time::Instant::now() < end) {
        round += 1;
        let whole = [ATTESTATION, MESSAGE][round % 2];
        let mut damaged = whole.as_bytes().to_vec();
        for _ in 0..=below(2) {
            let at = below(damaged.len());
            let to = (at + below(30)).min(damaged.len());
            match below(5) {
                0 => damaged[at] = b"0Aa+/=\"{}[],:-"[below(14)],
                1 => drop(damaged.drain(at..to)),
                2 => damaged
                    .splice(at..at, whole.bytes().skip(below(whole.len())).take(to - at))
                    .for_each(drop),
                3 => damaged.splice(at..to, b"18446744073709551616".iter().copied()).for_each(drop),
                _ => damaged[at] ^= 1 << below(7),
            }
        }
        let Ok(damaged) = String::from_utf8(damaged) else { continue };
        let result = if round % 2 == 0 {
            attestation(&damaged, &attester)
        } else {
            message(&damaged, &signer)
        };
        if result.is_ok() {
            assert_eq!(counted(&damaged), counted(whole), "round {round}");
        }
    }
}
