use super::*;

const MESSAGE: &[u8] = b"posture";

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/openssl/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn signature(name: &str) -> Vec<u8> {
    STANDARD.decode(data(name)).unwrap()
}

fn reason(pem: &[u8]) -> String {
    let error = PublicKey::from_pem("cosign.pub", pem).unwrap_err();
    assert!(error.to_string().starts_with("cosign.pub: "), "{error}");
    error.reason
}

fn block(label: &str, body: &str) -> String {
    format!("-----{} {label}-----\n{body}\n-----END {label}-----\n", "BEGIN")
}

#[test]
fn signatures_of_openssl_verify() {
    // cosign up to 2 signs with SHA-256 whatever the curve is.
    for (key, algorithm, made) in [
        ("p384.pub", Algorithm::EcdsaP384, "p384-sha256.sig"),
        ("rsa-pss.pub", Algorithm::RsaPss, "rsa-pss.sig"),
    ] {
        let key = PublicKey::from_pem(key, &data(key)).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert!(key.verifies(MESSAGE, &signature(made)));
        assert!(!key.verifies(b"postures", &signature(made)));
        assert!(!key.verifies(MESSAGE, &[]));
    }
    assert_eq!(
        PublicKey::from_pem("k", &data("p521.pub")).unwrap().algorithm(),
        Algorithm::EcdsaP521
    );
}

#[test]
fn a_key_has_the_fingerprint_that_openssl_prints() {
    let key = PublicKey::from_pem("k", &data("p384.pub")).unwrap();
    assert_eq!(key.fingerprint().len(), "SHA256:".len() + 64);
    // `openssl pkey -pubin -in p384.pub -outform DER | sha256sum`
    assert_eq!(key.fingerprint(), FINGERPRINT);
    // Text around the block, and other line ends, make no difference.
    let text = String::from_utf8(data("p384.pub")).unwrap();
    for text in
        [format!("a comment\n{text}\nmore"), text.replace('\n', "\r\n"), text.trim().to_owned()]
    {
        assert_eq!(
            PublicKey::from_pem("k", text.as_bytes()).unwrap().fingerprint(),
            key.fingerprint()
        );
    }
}

const FINGERPRINT: &str = "SHA256:fcb2402df47f85f942ebde90a8aaacb96bde9ba46b1c603e75880da9b6b5327f";

#[test]
fn what_is_not_a_public_key_is_named_with_what_to_give_instead() {
    let text = String::from_utf8(data("p384.pub")).unwrap();
    for (pem, expected) in [
        (String::new(), "is empty"),
        (" \n".into(), "is empty"),
        ("hello".into(), "holds no block"),
        ("ssh-ed25519 AAAA a@b".into(), "ssh-keygen"),
        ("awskms:///alias/a".into(), "not called"),
        (String::from_utf8(data("certificate.pem")).unwrap(), "openssl x509"),
        (String::from_utf8(data("rsa-pkcs1.pub")).unwrap(), "PKCS #1"),
        (String::from_utf8(data("rsa-1024.pub")).unwrap(), "1024 bits"),
        (String::from_utf8(data("secp256k1.pub")).unwrap(), "curve"),
        (String::from_utf8(data("x25519.pub")).unwrap(), "kind of key"),
        (block("ENCRYPTED SIGSTORE PRIVATE KEY", "AAAA"), "cosign public-key"),
        (block("ENCRYPTED COSIGN PRIVATE KEY", "AAAA"), "cosign public-key"),
        (block("ENCRYPTED PRIVATE KEY", "AAAA"), "is a private key"),
        (block("PRIVATE KEY", "AAAA"), "is a private key"),
        (block("OPENSSH PRIVATE KEY", "AAAA"), "is a private key"),
        (block("PGP PUBLIC KEY BLOCK", "AAAA"), "OpenPGP"),
        (block("\u{1b}[31m", "AAAA"), "\\u{1b}[31m"),
        (block("PUBLIC KEY", ""), "not a SubjectPublicKeyInfo"),
        (block("PUBLIC KEY", "AAAA"), "not a SubjectPublicKeyInfo"),
        (block("PUBLIC KEY", "%"), "not base64"),
        (text.repeat(2), "several keys"),
        (text.clone() + &block("CERTIFICATE", "AAAA"), "several blocks"),
        (text.replace("END PUBLIC KEY", "END CERTIFICATE"), "no end"),
        (text[..text.len() - 20].to_owned(), "no end"),
        (text.replacen("MHYw", "MHUw", 1), "is damaged"),
        ("x".repeat(70_000), "larger"),
    ] {
        let reason = reason(pem.as_bytes());
        assert!(reason.contains(expected), "{reason}");
        assert!(!reason.contains("AAAA") && !reason.contains('\u{1b}'), "{reason}");
    }
    assert!(reason(&[0xff, 0xfe]).contains("not text"));
    assert_eq!(
        PublicKey::from_pem("a\u{1b}b", b"").unwrap_err().to_string(),
        "a\\u{1b}b: is empty"
    );
}

#[test]
fn no_damaged_key_is_accepted_as_another_one() {
    for name in ["p384.pub", "p521.pub", "rsa-pss.pub"] {
        let good = PublicKey::from_pem(name, &data(name)).unwrap();
        let der = spki(&data(name)).unwrap().1;
        for bit in 0..der.len() * 8 {
            let mut wrong = der.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            // A flipped bit may give another valid key; it is never the same one.
            if let Ok(key) =
                PublicKey::from_pem(name, block("PUBLIC KEY", &STANDARD.encode(&wrong)).as_bytes())
            {
                assert_ne!(key.fingerprint(), good.fingerprint());
                let made = if name == "p384.pub" { "p384-sha256.sig" } else { "rsa-pss.sig" };
                if bit % 8 == 0 {
                    assert!(!key.verifies(MESSAGE, &signature(made)), "{name}, bit {bit}");
                }
            }
        }
        for length in 0..der.len() {
            assert!(
                PublicKey::from_pem(
                    name,
                    block("PUBLIC KEY", &STANDARD.encode(&der[..length])).as_bytes()
                )
                .is_err()
            );
        }
    }
}
