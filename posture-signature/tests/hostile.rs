//! What is of another format, damaged or huge.
#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_signature::*;
use serde_json::json;
use support::*;

fn only(report: &Report) -> &Status {
    assert_eq!(report.signatures.len(), 1, "{report:?}");
    assert!(report.gaps.is_empty(), "{report:?}");
    &report.signatures[0].status
}

fn why(report: &Report) -> &Why {
    match only(report) {
        Status::NotVerified(why) => why,
        Status::Verified(_) => panic!("{report:?}"),
    }
}

#[test]
fn other_formats_are_present_and_not_verified() {
    let policy = policy(&[&Key::new()]);
    for manifest in [
        json!({ "artifactType": "application/vnd.cncf.notary.signature", "layers": [] }),
        json!({ "config": { "mediaType": "application/vnd.cncf.notary.signature" }, "layers": [] }),
    ] {
        let artifact =
            Artifact { manifest: manifest.to_string().into_bytes(), ..Artifact::default() };
        let held = Held { referrers: Place::Read(vec![referrer(artifact)]), ..Held::nothing() };
        assert_eq!(check(&held, &policy).verdict(), Verdict::NotVerified(vec![Why::Notation]));
    }
    let unsupported = |held: &Held| matches!(check(held, &policy).verdict(), Verdict::NotVerified(whys) if matches!(&whys[..], [Why::Unsupported(_)]));
    assert!(unsupported(&under_tag(&[(
        "application/vnd.example.signature",
        b"x".to_vec(),
        Vec::new()
    )])));
    for version in [
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle+json;version=1.0",
        "x",
    ] {
        let content = json!({ "mediaType": version, "messageSignature": { "signature": "" } })
            .to_string()
            .into_bytes();
        assert!(unsupported(&referring(&[(BUNDLE, content, Vec::new())])), "{version}");
    }
    let mut other = envelope(b"{}", &[]);
    other["payloadType"] = "text/plain".into();
    assert!(unsupported(&referring(&[bundle("dsseEnvelope", &other)])));
    // A bill of materials as a plain artifact is not a signature.
    assert_eq!(
        check(
            &referring(&[("application/vnd.cyclonedx+json", b"{}".to_vec(), Vec::new())]),
            &policy
        )
        .verdict(),
        Verdict::NotSigned
    );
}

#[test]
fn what_is_damaged_is_not_verified() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let simple = payload(&digest(), REPOSITORY);
    let signature = STANDARD.encode(key.sign(&simple));
    let with = |signature: &str| {
        under_tag(&[(
            SIMPLE,
            simple.clone(),
            vec![("dev.cosignproject.cosign/signature", signature.to_owned())],
        )])
    };
    assert!(matches!(check(&with(&signature), &policy).verdict(), Verdict::Verified(_)));
    assert_eq!(*why(&check(&with(""), &policy)), Why::Unsigned);
    for text in [
        &signature[..signature.len() - 1],
        &signature[..signature.len() - 5],
        "%",
        &format!("{signature}\n"),
        &format!(" {signature}"),
    ] {
        let report = check(&with(text), &policy);
        assert!(matches!(why(&report), Why::Malformed(_) | Why::OtherSigner), "{text}");
    }
    // A blob with another content, or another size, than its manifest states.
    let mut held = with(&signature);
    let Place::Read(artifact) = &mut held.signature_tag else { unreachable!() };
    for content in artifact.blobs.values_mut() {
        // Of the same size.
        *content = Ok(payload(&digest(), &REPOSITORY.replace("app", "bpp")));
    }
    assert!(matches!(why(&check(&held, &policy)), Why::OtherContent { .. }));
    // A manifest that states a wrong size.
    let mut held = with(&signature);
    let Place::Read(artifact) = &mut held.signature_tag else { unreachable!() };
    let wrong = String::from_utf8(artifact.manifest.clone())
        .unwrap()
        .replace(&format!("\"size\":{}", simple.len()), "\"size\":1");
    artifact.manifest = wrong.into_bytes();
    assert!(matches!(why(&check(&held, &policy)), Why::OtherContent { .. }));
    // A bundle with two contents, with none, and with other types.
    let both = json!({ "mediaType": BUNDLE, "messageSignature": { "signature": "" }, "dsseEnvelope": envelope(b"{}", &[]) });
    let wrong = json!({ "mediaType": BUNDLE, "messageSignature": { "signature": 1 } });
    for content in [
        both.to_string(),
        json!({ "mediaType": BUNDLE }).to_string(),
        wrong.to_string(),
        "{".into(),
        "[".repeat(1 << 20),
    ] {
        let report = check(&referring(&[(BUNDLE, content.into_bytes(), Vec::new())]), &policy);
        assert!(matches!(why(&report), Why::Malformed(_)), "{report:?}");
    }
    // An envelope without signatures, and one with a broken attestation under the tag of attestations.
    let sign = statement(&digest(), SIGN, &json!({}));
    assert_eq!(*why(&check(&referring(&[attested(&sign, &[])]), &policy)), Why::Unsigned);
    let held = Held {
        attestation_tag: under_tag(&[(DSSE, b"{".to_vec(), Vec::new())]).signature_tag,
        ..Held::nothing()
    };
    let report = check(&held, &policy);
    assert_eq!((report.verdict(), report.attestations.len()), (Verdict::NotSigned, 1));
    assert!(matches!(report.attested(&Kind::Scan), Verdict::NotVerified(_)));
}

#[test]
fn what_is_huge_is_a_gap() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let mut huge = payload(&digest(), REPOSITORY);
    huge.resize(2 << 20, b' ');
    let held = under_tag(&[signed(&huge, &key.sign(&huge))]);
    assert!(matches!(check(&held, &policy).verdict(), Verdict::Unknown(_)));
    let Place::Read(artifact) = &held.signature_tag else { unreachable!() };
    assert!(wanted(&artifact.manifest, &Limits::default()).is_empty());
    let held = referring(&[(BUNDLE, vec![b' '; 33 << 20], Vec::new())]);
    assert!(matches!(check(&held, &policy).verdict(), Verdict::Unknown(_)));
    let simple = payload(&digest(), REPOSITORY);
    let wrong = signed(&simple, b"");
    let good = signed(&simple, &key.sign(&simple));
    let mut layers = vec![wrong; 200];
    layers.push(good.clone());
    assert!(matches!(check(&under_tag(&layers), &policy).verdict(), Verdict::Unknown(_)));
    layers.insert(0, good);
    assert!(matches!(check(&under_tag(&layers), &policy).verdict(), Verdict::Verified(_)));
    // More manifests than are looked at, each small.
    let many: Vec<_> = (0..1_001).map(|_| signed(&simple, b"x")).collect();
    let report = check(&referring(&many), &policy);
    assert!(matches!(report.verdict(), Verdict::Unknown(_)));
    assert_eq!(report.signatures.len(), 1_000);
    let manifest = Place::Read(Artifact { manifest: vec![b' '; 5 << 20], ..Artifact::default() });
    assert!(matches!(
        check(&Held { signature_tag: manifest, ..Held::nothing() }, &policy).verdict(),
        Verdict::Unknown(_)
    ));
}

#[test]
fn all_blobs_together_are_bounded() {
    let key = Key::new();
    let simple = payload(&digest(), REPOSITORY);
    let held = under_tag(&[signed(&simple, b"x"), signed(&simple, &key.sign(&simple))]);
    let digest = digest();
    let image = Image::new(&digest, MANIFEST, None).unwrap();
    let mut limits = Limits::default();
    for (total, verified) in [(simple.len() * 2, true), (simple.len() * 2 - 1, false)] {
        limits.total = total;
        let verdict = verify(&image, &held, &policy(&[&key]), &limits).verdict();
        assert_eq!(matches!(verdict, Verdict::Verified(_)), verified);
        assert_eq!(matches!(verdict, Verdict::Unknown(_)), !verified);
    }
}
