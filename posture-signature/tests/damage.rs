//! No damage to what is signed, to a signature or to a digest is ever verified.
#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_signature::*;
use proptest::prelude::*;
use serde_json::json;
use support::*;

fn verified(held: &Held, policy: &Policy) -> bool {
    matches!(check(held, policy).verdict(), Verdict::Verified(_))
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// The three forms with a payload and a signature.
fn forms(payload: &[u8], signature: &[u8]) -> [Held; 2] {
    let envelope = envelope(payload, &[signature.to_vec()]);
    [under_tag(&[signed(payload, signature)]), referring(&[bundle("dsseEnvelope", &envelope)])]
}

#[test]
fn no_flipped_bit_of_a_signature_is_verified() {
    for (name, key) in Key::all() {
        let policy = policy(&[&key]);
        let simple = payload(&digest(), REPOSITORY);
        let sign = statement(&digest(), SIGN, &json!({}));
        let (over_simple, over_sign, over_manifest) =
            (key.sign(&simple), key.sign(&pae(&sign)), key.sign(MANIFEST));
        assert!(
            verified(&forms(&simple, &over_simple)[0], &policy)
                && verified(&forms(&sign, &over_sign)[1], &policy),
            "{name}"
        );
        assert!(verified(&referring(&[message(MANIFEST, &over_manifest)]), &policy), "{name}");
        for bit in 0..over_simple.len() * 8 {
            assert!(
                !verified(&forms(&simple, &flipped(&over_simple, bit))[0], &policy),
                "{name}, bit {bit}"
            );
        }
        for bit in (0..over_sign.len() * 8).step_by(7) {
            assert!(
                !verified(&forms(&sign, &flipped(&over_sign, bit))[1], &policy),
                "{name}, bit {bit}"
            );
        }
        for bit in (0..over_manifest.len() * 8).step_by(7) {
            assert!(
                !verified(&referring(&[message(MANIFEST, &flipped(&over_manifest, bit))]), &policy),
                "{name}, bit {bit}"
            );
        }
        for length in 0..over_simple.len() {
            assert!(
                !verified(&forms(&simple, &over_simple[..length])[0], &policy),
                "{name}, {length} bytes"
            );
        }
        let mut longer = over_simple.clone();
        longer.push(0);
        assert!(!verified(&forms(&simple, &longer)[0], &policy), "{name}");
    }
}

#[test]
fn no_flipped_bit_of_a_payload_is_verified() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let simple = payload(&digest(), REPOSITORY);
    let sign = statement(&digest(), SIGN, &json!({}));
    let (over_simple, over_sign) = (key.sign(&simple), key.sign(&pae(&sign)));
    for bit in 0..simple.len() * 8 {
        assert!(!verified(&forms(&flipped(&simple, bit), &over_simple)[0], &policy), "bit {bit}");
    }
    for bit in 0..sign.len() * 8 {
        assert!(!verified(&forms(&flipped(&sign, bit), &over_sign)[1], &policy), "bit {bit}");
    }
}

#[test]
fn no_flipped_bit_of_the_text_of_a_signature_is_verified() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let simple = payload(&digest(), REPOSITORY);
    let text = STANDARD.encode(key.sign(&simple));
    for bit in 0..text.len() * 8 {
        let Ok(text) = String::from_utf8(flipped(text.as_bytes(), bit)) else { continue };
        let held = under_tag(&[(
            SIMPLE,
            simple.clone(),
            vec![("dev.cosignproject.cosign/signature", text)],
        )]);
        assert!(!verified(&held, &policy), "bit {bit}");
    }
}

#[test]
fn no_flipped_bit_of_a_manifest_or_of_the_image_is_verified_as_another_image() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let simple = payload(&digest(), REPOSITORY);
    let sign = statement(&digest(), SIGN, &json!({}));
    for held in [
        forms(&simple, &key.sign(&simple))[0].clone(),
        forms(&sign, &key.sign(&pae(&sign)))[1].clone(),
        referring(&[message(MANIFEST, &key.sign(MANIFEST))]),
    ] {
        for bit in 0..MANIFEST.len() * 8 {
            let other = flipped(MANIFEST, bit);
            assert!(Image::new(&digest(), &other, None).is_err());
            let digest = Digest::sha256(&other);
            let image = Image::new(digest.as_str(), &other, None).unwrap();
            let report = verify(&image, &held, &policy, &Limits::default());
            assert!(!matches!(report.verdict(), Verdict::Verified(_)), "bit {bit}");
        }
    }
    // Every bit of the digest in the payload.
    for bit in 0..digest().len() * 8 {
        let Ok(other) = String::from_utf8(flipped(digest().as_bytes(), bit)) else { continue };
        let simple = payload(&other, REPOSITORY);
        assert!(!verified(&forms(&simple, &key.sign(&simple))[0], &policy), "{other:?}");
    }
}

#[test]
fn a_damaged_bundle_is_verified_only_where_nothing_signed_is_damaged() {
    let key = Key::new();
    let policy = policy(&[&key]);
    let sign = statement(&digest(), SIGN, &json!({}));
    let (media_type, json, _) = attested(&sign, &[&key]);
    let signed = |json: &[u8]| {
        let json: serde_json::Value = serde_json::from_slice(json).ok()?;
        let envelope = &json["dsseEnvelope"];
        Some((
            envelope["payload"].clone(),
            envelope["payloadType"].clone(),
            envelope["signatures"][0]["sig"].clone(),
        ))
    };
    let whole = signed(&json).unwrap();
    for bit in 0..json.len() * 8 {
        let damaged = flipped(&json, bit);
        let held = referring(&[(media_type, damaged.clone(), Vec::new())]);
        if verified(&held, &policy) {
            assert_eq!(signed(&damaged).as_ref(), Some(&whole), "bit {bit}");
        }
    }
    for length in 0..json.len() {
        assert!(!verified(
            &referring(&[(media_type, json[..length].to_vec(), Vec::new())]),
            &policy
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any bytes in every place: nothing panics, and nothing is verified.
    #[test]
    fn any_bytes_are_not_verified(
        manifest in proptest::collection::vec(any::<u8>(), 0..200),
        content in proptest::collection::vec(any::<u8>(), 0..300),
        signature in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let policy = policy(&[&Key::new()]);
        let raw = Artifact { manifest, ..Artifact::default() };
        for held in [
            Held { signature_tag: Place::Read(raw.clone()), attestation_tag: Place::Read(raw.clone()), referrers: Place::Read(vec![referrer(raw)]) },
            under_tag(&[signed(&content, &signature), (DSSE, content.clone(), Vec::new()), (IN_TOTO, content.clone(), Vec::new())]),
            referring(&[(BUNDLE, content.clone(), Vec::new()), bundle("dsseEnvelope", &envelope(&content, std::slice::from_ref(&signature))), message(&content, &signature)]),
        ] {
            prop_assert!(!verified(&held, &policy));
        }
    }

    /// Several changes at once, in the payload, the signature or the digest.
    #[test]
    fn no_changes_are_verified(
        which in 0..3_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 1..=255_u8), 1..4),
    ) {
        let key = Key::new();
        let policy = policy(&[&key]);
        let simple = payload(&digest(), REPOSITORY);
        let signature = key.sign(&simple);
        let change = |bytes: &[u8]| {
            let mut changed = bytes.to_vec();
            for (index, by) in &changes {
                let at = index.index(changed.len());
                changed[at] ^= by;
            }
            changed
        };
        let (payload, changed) = match which {
            0 => (change(&simple), signature.clone()),
            1 => (simple.clone(), change(&signature)),
            _ => {
                let other = String::from_utf8_lossy(&change(digest().as_bytes())).into_owned();
                prop_assume!(other != digest());
                let other = support::payload(&other, REPOSITORY);
                let signature = key.sign(&other);
                (other, signature)
            }
        };
        // Two changes of one byte may cancel each other.
        prop_assume!(payload != simple || changed != signature);
        prop_assert!(!verified(&forms(&payload, &changed)[0], &policy));
    }
}
