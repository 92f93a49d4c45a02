//! Every form in which an image is signed or attested by key, with every kind of key.
#![allow(clippy::unwrap_used)]

mod support;

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
fn every_kind_of_key_verifies_in_every_form() {
    for (name, key) in Key::all() {
        let policy = policy(&[&key]);
        let simple = payload(&digest(), REPOSITORY);
        let sign = statement(&digest(), SIGN, &json!({}));
        for held in [
            under_tag(&[signed(&simple, &key.sign(&simple))]),
            referring(&[signed(&simple, &key.sign(&simple))]),
            referring(&[message(MANIFEST, &key.sign(MANIFEST))]),
            referring(&[attested(&sign, &[&key])]),
        ] {
            let report = check(&held, &policy);
            let Verdict::Verified(signers) = report.verdict() else { panic!("{name}: {report:?}") };
            assert!(
                matches!(&signers[..], [Signer::Key { name, .. }] if name == "key-0.pub"),
                "{name}"
            );
            // Another key of the same kind.
            let other = self::policy(&[&Key::others()
                .into_iter()
                .find(|(other, _)| *other == name)
                .unwrap()
                .1]);
            assert_eq!(*why(&check(&held, &other)), Why::OtherSigner, "{name}");
        }
    }
}

#[test]
fn an_attestation_is_not_a_signature() {
    let key = Key::new();
    for predicate in
        ["https://slsa.dev/provenance/v1", "https://cosign.sigstore.dev/attestation/vuln/v1"]
    {
        let held = referring(&[attested(&statement(&digest(), predicate, &json!({})), &[&key])]);
        let report = check(&held, &policy(&[&key]));
        assert_eq!(report.verdict(), Verdict::NotSigned);
        assert!(matches!(report.attestations[0].status, Status::Verified(_)));
        assert!(matches!(
            report.attested(&report.attestations[0].statement.kind),
            Verdict::Verified(_)
        ));
        assert_eq!(report.attested(&Kind::Exploitability), Verdict::NotSigned);
    }
}

#[test]
fn a_signature_of_another_image_is_not_one_of_this_image() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let other = Digest::sha256(b"other").to_string();
    let signer = |why: &Why| matches!(why, Why::OtherImage { signed, by } if *signed == other && by.len() == 1);
    let simple = payload(&other, REPOSITORY);
    assert!(signer(why(&check(&under_tag(&[signed(&simple, &key.sign(&simple))]), &policy))));
    let held = referring(&[attested(&statement(&other, SIGN, &json!({})), &[&key])]);
    assert!(signer(why(&check(&held, &policy))));
    // A bundle that names another message, and one that names this message with a signature over another.
    let held = referring(&[message(b"other", &key.sign(b"other"))]);
    assert!(
        matches!(why(&check(&held, &policy)), Why::OtherImage { signed, .. } if *signed == other)
    );
    let held = referring(&[message(MANIFEST, &key.sign(b"other"))]);
    assert_eq!(*why(&check(&held, &policy)), Why::OtherSigner);
    // The signature of a payload beside another payload.
    let this = payload(&digest(), REPOSITORY);
    assert_eq!(
        *why(&check(&under_tag(&[signed(&this, &key.sign(&simple))]), &policy)),
        Why::OtherSigner
    );
    // The signature of an envelope as one of a payload, and the reverse.
    let sign = statement(&digest(), SIGN, &json!({}));
    let held = referring(&[bundle("dsseEnvelope", &envelope(&sign, &[key.sign(&sign)]))]);
    assert_eq!(*why(&check(&held, &policy)), Why::OtherSigner, "without the encoding");
}

#[test]
fn a_payload_for_another_repository_is_reported_and_refused_on_demand() {
    let key = Key::new();
    let mut policy = policy(&[&key]);
    for (reference, other) in [
        (REPOSITORY, false),
        ("registry.example.com/app:1@sha256:0", false),
        ("evil.example.com/app", true),
        ("", true),
    ] {
        let simple = payload(&digest(), reference);
        let held = under_tag(&[signed(&simple, &key.sign(&simple))]);
        policy.same_repository = false;
        let report = check(&held, &policy);
        assert!(matches!(report.verdict(), Verdict::Verified(_)));
        assert_eq!(report.signatures[0].other_repository.is_some(), other, "{reference}");
        policy.same_repository = true;
        let refused = Verdict::NotVerified(vec![Why::OtherRepository(reference.into())]);
        let report = check(&held, &policy);
        assert_eq!(report.verdict() == refused, other, "{reference}");
        assert_eq!(matches!(report.verdict(), Verdict::Verified(_)), !other);
    }
}

#[test]
fn one_of_several_signatures_suffices_unless_all_are_demanded() {
    let (one, two, three) = (Key::new(), Key::all().remove(3).1, Key::new());
    let simple = payload(&digest(), REPOSITORY);
    let layer = |key: &Key| signed(&simple, &key.sign(&simple));
    let verified = |held: &Held, keys: &[&Key], threshold| {
        let mut policy = policy(keys);
        policy.threshold = threshold;
        matches!(check(held, &policy).verdict(), Verdict::Verified(_))
    };
    let tag = under_tag(&[layer(&three), layer(&one), layer(&two)]);
    let sign = statement(&digest(), SIGN, &json!({}));
    let envelope = referring(&[attested(&sign, &[&three, &one, &two])]);
    let mixed = Held {
        signature_tag: under_tag(&[layer(&one)]).signature_tag,
        ..referring(&[attested(&sign, &[&two])])
    };
    for held in [&tag, &envelope, &mixed] {
        assert!(verified(held, &[&one], Threshold::Any));
        assert!(verified(held, &[&Key::new(), &two], Threshold::Any));
        assert!(verified(held, &[&one, &two], Threshold::All));
        assert!(!verified(held, &[&one, &Key::new()], Threshold::All));
        assert!(!verified(held, &[&Key::new()], Threshold::Any));
        assert!(!verified(held, &[], Threshold::Any));
        assert!(!verified(held, &[], Threshold::All));
    }
    // One key signed twice is one signer.
    let twice = under_tag(&[layer(&one), layer(&one)]);
    assert!(!verified(&twice, &[&one, &two], Threshold::All));
    let mut policy = policy(&[&one, &two]);
    policy.threshold = Threshold::All;
    assert_eq!(check(&twice, &policy).verdict(), Verdict::NotVerified(Vec::new()));
}

#[test]
fn without_a_policy_nothing_is_verified() {
    let key = Key::new();
    let simple = payload(&digest(), REPOSITORY);
    let held = under_tag(&[signed(&simple, &key.sign(&simple))]);
    let report = check(&held, &Policy::default());
    assert_eq!(*only(&report), Status::NotVerified(Why::NothingToVerifyAgainst));
    assert!(matches!(report.verdict(), Verdict::Unknown(_)));
    assert_eq!(check(&Held::nothing(), &Policy::default()).verdict(), Verdict::NotSigned);
}

/// What stands for a certificate; only whether there is one matters here.
fn with_certificate(key: &Key) -> [Held; 2] {
    let simple = payload(&digest(), REPOSITORY);
    let mut tag = signed(&simple, &key.sign(&simple));
    tag.2.push(("dev.sigstore.cosign/certificate", "x".into()));
    let (media_type, json, _) = message(MANIFEST, &key.sign(MANIFEST));
    let json = String::from_utf8(json)
        .unwrap()
        .replace(r#""publicKey":{"hint":""}"#, r#""certificate":{"rawBytes":""}"#);
    [under_tag(&[tag]), referring(&[(media_type, json.into_bytes(), Vec::new())])]
}

#[test]
fn a_signature_by_certificate_needs_an_identity_or_the_key() {
    let key = Key::new();
    for held in with_certificate(&key) {
        assert_eq!(*why(&check(&held, &policy(&[&Key::new()]))), Why::NoIdentity);
        assert!(matches!(only(&check(&held, &policy(&[&key]))), Status::Verified(_)));
        let identity = Identity::new("dev@example.com", "https://accounts.example.com").unwrap();
        let mut policy = policy(&[]);
        policy.identities.push(identity);
        let report = check(&held, &policy);
        if cfg!(feature = "keyless") {
            assert!(matches!(why(&report), Why::Malformed(_) | Why::Certificate(_)), "{report:?}");
            assert!(report.trusted_root.is_some());
        } else {
            assert_eq!(*why(&report), Why::KeylessNotBuilt);
            assert!(why(&report).is_undecided());
        }
        // The key beside an identity: one of both suffices, unless all are demanded.
        policy.keys = self::policy(&[&key]).keys;
        assert!(matches!(check(&held, &policy).verdict(), Verdict::Verified(_)));
        policy.threshold = Threshold::All;
        assert!(matches!(check(&held, &policy).verdict(), Verdict::NotVerified(_)));
    }
}

#[test]
fn what_was_not_read_is_unknown_and_never_not_signed() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let simple = payload(&digest(), REPOSITORY);
    let good = artifact(&[signed(&simple, &key.sign(&simple))]);
    let unread = || "503".to_owned();
    for held in [
        Held::unread("403"),
        Held { signature_tag: Place::Unread(unread()), ..Held::nothing() },
        Held { referrers: Place::Unread(unread()), ..Held::nothing() },
        Held {
            signature_tag: Place::Read(Artifact {
                manifest: good.manifest.clone(),
                ..Artifact::default()
            }),
            ..Held::nothing()
        },
        Held {
            signature_tag: Place::Read(Artifact {
                blobs: good.blobs.keys().map(|digest| (digest.clone(), Err(unread()))).collect(),
                manifest: good.manifest.clone(),
            }),
            ..Held::nothing()
        },
        Held {
            signature_tag: Place::Read(Artifact { manifest: b"{".to_vec(), ..Artifact::default() }),
            ..Held::nothing()
        },
        Held {
            referrers: Place::Read(vec![Referrer {
                digest: Digest::sha256(b"x").to_string(),
                artifact: Place::Unread(unread()),
            }]),
            ..Held::nothing()
        },
        // The list names a digest that the manifest does not have, or that is none.
        Held {
            referrers: Place::Read(vec![Referrer {
                digest: Digest::sha256(b"x").to_string(),
                artifact: Place::Read(good.clone()),
            }]),
            ..Held::nothing()
        },
        Held {
            referrers: Place::Read(vec![Referrer {
                digest: "x".into(),
                artifact: Place::Read(good.clone()),
            }]),
            ..Held::nothing()
        },
    ] {
        let report = check(&held, &policy);
        assert!(matches!(report.verdict(), Verdict::Unknown(_)), "{report:?}");
        assert!(report.gaps.iter().any(|gap| gap.signatures), "{report:?}");
    }
    // Attestations that were not read leave signatures decided.
    let held = Held { attestation_tag: Place::Unread(unread()), ..Held::nothing() };
    assert_eq!(check(&held, &policy).verdict(), Verdict::NotSigned);
    assert!(matches!(check(&held, &policy).attested(&Kind::Provenance), Verdict::Unknown(_)));
    // A signature that is verified counts, whatever else was not read.
    let held = Held { signature_tag: Place::Read(good), ..Held::unread("503") };
    assert!(matches!(check(&held, &policy).verdict(), Verdict::Verified(_)));
}

#[test]
fn an_image_is_asked_about_by_the_digest_of_its_manifest() {
    assert!(matches!(Image::new(&digest(), b"other", None), Err(ImageError::OtherContent(_))));
    assert!(matches!(Image::new("latest", MANIFEST, None), Err(ImageError::Digest(_))));
    let digest = Digest::parse(&digest()).unwrap();
    assert_eq!(signature_tag(&digest), format!("sha256-{}.sig", digest.parts().1));
    assert_eq!(attestation_tag(&digest), format!("sha256-{}.att", digest.parts().1));
}
