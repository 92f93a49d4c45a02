//! Keys of every kind, and images with what is attached to them.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use posture_signature::{
    Artifact, Digest, Held, Image, Limits, Place, Policy, PublicKey, Referrer, Report, verify,
    wanted,
};
use serde_json::{Value, json};

pub const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
pub const IN_TOTO: &str = "application/vnd.in-toto+json";
pub const SIGN: &str = "https://sigstore.dev/cosign/sign/v1";
pub const REPOSITORY: &str = "registry.example.com/app";

pub enum Key {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(&'static rsa::KeyPair, &'static dyn signature::RsaEncoding),
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm) -> Key {
    Key::Ecdsa(EcdsaKeyPair::generate(algorithm).unwrap())
}

impl Key {
    pub fn new() -> Self {
        ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING)
    }

    /// One key for each way to sign. Keys of RSA are slow to make, so there is one.
    pub fn all() -> Vec<(&'static str, Self)> {
        static RSA: LazyLock<rsa::KeyPair> =
            LazyLock::new(|| rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap());
        Self::with(&RSA)
    }

    /// The same again.
    pub fn others() -> Vec<(&'static str, Self)> {
        static RSA: LazyLock<rsa::KeyPair> =
            LazyLock::new(|| rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap());
        Self::with(&RSA)
    }

    fn with(rsa: &'static rsa::KeyPair) -> Vec<(&'static str, Self)> {
        vec![
            ("P-256", Self::new()),
            ("P-384", ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING)),
            ("P-521", ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING)),
            ("Ed25519", Self::Ed25519(Ed25519KeyPair::generate().unwrap())),
            ("RSA PKCS #1, SHA-256", Self::Rsa(rsa, &signature::RSA_PKCS1_SHA256)),
            ("RSA PKCS #1, SHA-384", Self::Rsa(rsa, &signature::RSA_PKCS1_SHA384)),
            ("RSA PKCS #1, SHA-512", Self::Rsa(rsa, &signature::RSA_PKCS1_SHA512)),
            ("RSA PSS, SHA-256", Self::Rsa(rsa, &signature::RSA_PSS_SHA256)),
            ("RSA PSS, SHA-384", Self::Rsa(rsa, &signature::RSA_PSS_SHA384)),
            ("RSA PSS, SHA-512", Self::Rsa(rsa, &signature::RSA_PSS_SHA512)),
        ]
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Self::Rsa(key, encoding) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(*encoding, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    pub fn der(&self) -> Vec<u8> {
        let der = |key: PublicKeyX509Der<'_>| key.as_ref().to_vec();
        match self {
            Self::Ecdsa(key) => der(key.public_key().as_der().unwrap()),
            Self::Ed25519(key) => der(key.public_key().as_der().unwrap()),
            Self::Rsa(key, _) => der(key.public_key().as_der().unwrap()),
        }
    }

    pub fn pem(&self) -> String {
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            STANDARD.encode(self.der())
        )
    }

    pub fn public(&self, name: &str) -> PublicKey {
        PublicKey::from_pem(name, self.pem().as_bytes()).unwrap()
    }
}

/// The manifest of the image that is asked about.
pub const MANIFEST: &[u8] = br#"{"schemaVersion":2,"config":{},"layers":[]}"#;

pub fn digest() -> String {
    Digest::sha256(MANIFEST).to_string()
}

pub fn payload(digest: &str, reference: &str) -> Vec<u8> {
    json!({
        "critical": {
            "identity": { "docker-reference": reference },
            "image": { "docker-manifest-digest": digest },
            "type": "cosign container image signature",
        },
        "optional": null,
    })
    .to_string()
    .into_bytes()
}

/// A layer: media type, content, annotations.
pub type Layer = (&'static str, Vec<u8>, Vec<(&'static str, String)>);

/// A layer of cosign: a payload with the signature of a key.
pub fn signed(payload: &[u8], signature: &[u8]) -> Layer {
    (
        SIMPLE,
        payload.to_vec(),
        vec![("dev.cosignproject.cosign/signature", STANDARD.encode(signature))],
    )
}

pub fn artifact(layers: &[Layer]) -> Artifact {
    let entries: Vec<Value> = layers
        .iter()
        .map(|(media_type, content, annotations)| {
            let annotations: BTreeMap<_, _> = annotations.iter().cloned().collect();
            json!({
                "mediaType": media_type,
                "digest": Digest::sha256(content).as_str(),
                "size": content.len(),
                "annotations": annotations,
            })
        })
        .collect();
    let manifest =
        json!({ "schemaVersion": 2, "config": {}, "layers": entries }).to_string().into_bytes();
    let blobs = layers
        .iter()
        .map(|(_, content, _)| (Digest::sha256(content).to_string(), Ok(content.clone())))
        .collect();
    Artifact { manifest, blobs }
}

pub fn under_tag(layers: &[Layer]) -> Held {
    Held { signature_tag: Place::Read(artifact(layers)), ..Held::nothing() }
}

pub fn referrer(artifact: Artifact) -> Referrer {
    Referrer {
        digest: Digest::sha256(&artifact.manifest).to_string(),
        artifact: Place::Read(artifact),
    }
}

pub fn referring(layers: &[Layer]) -> Held {
    let referrers =
        layers.iter().map(|layer| referrer(artifact(std::slice::from_ref(layer)))).collect();
    Held { referrers: Place::Read(referrers), ..Held::nothing() }
}

pub fn pae(payload: &[u8]) -> Vec<u8> {
    let mut signed = format!("DSSEv1 {} {IN_TOTO} {} ", IN_TOTO.len(), payload.len()).into_bytes();
    signed.extend_from_slice(payload);
    signed
}

pub fn statement(digest: &str, predicate_type: &str, predicate: &Value) -> Vec<u8> {
    let (algorithm, digits) = digest.split_once(':').unwrap();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "app", "digest": { algorithm: digits } }],
        "predicateType": predicate_type,
        "predicate": predicate,
    })
    .to_string()
    .into_bytes()
}

pub fn envelope(payload: &[u8], signatures: &[Vec<u8>]) -> Value {
    let signatures: Vec<_> = signatures
        .iter()
        .map(|signature| json!({ "keyid": "", "sig": STANDARD.encode(signature) }))
        .collect();
    json!({ "payload": STANDARD.encode(payload), "payloadType": IN_TOTO, "signatures": signatures })
}

pub fn bundle(content: &str, value: &Value) -> Layer {
    let json = json!({
        "mediaType": BUNDLE,
        "verificationMaterial": { "publicKey": { "hint": "" }, "tlogEntries": [] },
        content: value,
    });
    (BUNDLE, json.to_string().into_bytes(), Vec::new())
}

/// A bundle with a statement that these keys signed.
pub fn attested(payload: &[u8], keys: &[&Key]) -> Layer {
    let signatures: Vec<_> = keys.iter().map(|key| key.sign(&pae(payload))).collect();
    bundle("dsseEnvelope", &envelope(payload, &signatures))
}

pub fn message(manifest: &[u8], signature: &[u8]) -> Layer {
    let digest = Digest::sha256(manifest);
    let digits: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&digest.parts().1[at..at + 2], 16).unwrap())
        .collect();
    let digest = json!({ "algorithm": "SHA2_256", "digest": STANDARD.encode(digits) });
    bundle(
        "messageSignature",
        &json!({ "messageDigest": digest, "signature": STANDARD.encode(signature) }),
    )
}

pub fn policy(keys: &[&Key]) -> Policy {
    let keys = keys
        .iter()
        .enumerate()
        .map(|(index, key)| key.public(&format!("key-{index}.pub")))
        .collect();
    Policy::new(keys, Vec::new())
}

pub fn check(held: &Held, policy: &Policy) -> Report {
    let digest = digest();
    let image = Image::new(&digest, MANIFEST, Some(REPOSITORY)).unwrap();
    verify(&image, held, policy, &Limits::default())
}

/// An artifact of which the blobs are read by a function, as a caller would.
pub fn read(manifest: Vec<u8>, blob: impl Fn(&str) -> Vec<u8>) -> Artifact {
    let blobs = wanted(&manifest, &Limits::default()).into_iter().map(|wanted| {
        let content = blob(&wanted.digest);
        assert_eq!(content.len() as u64, wanted.size);
        (wanted.digest, Ok(content))
    });
    Artifact { blobs: blobs.collect(), manifest }
}
