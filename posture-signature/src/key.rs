//! Public keys that a user names, and the signatures that they verify.
//!
//! A key is a PEM file as `cosign generate-key-pair` writes it (`cosign.pub`): one block `PUBLIC KEY` with a SubjectPublicKeyInfo
//! ([RFC 7468, 13](https://www.rfc-editor.org/rfc/rfc7468#section-13), [RFC 5280, 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
//! A signature does not state its algorithm; it follows from the key
//! ([signature specification of cosign](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#signature-schemes)).
//! Which ones there are is in the
//! [registry of Sigstore](https://github.com/sigstore/architecture-docs/blob/main/algorithm-registry.md). A key of the curve P-384
//! is used with SHA-256 by cosign up to 2, and with SHA-384 by others: both are tried. Nothing weaker is.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{der, text};

/// Bytes of a file that is read as a key. A key of RSA with 8,192 bits has some 1,500.
const LARGEST: usize = 64 << 10;

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on the curve P-256, with SHA-256.
    EcdsaP256,
    /// ECDSA on the curve P-384, with SHA-256 or SHA-384.
    EcdsaP384,
    /// ECDSA on the curve P-521, with SHA-256 or SHA-512.
    EcdsaP521,
    /// Ed25519 over the message itself.
    Ed25519,
    /// RSA of 2,048 to 8,192 bits, PKCS #1 v1.5 or PSS, with SHA-256, SHA-384 or SHA-512.
    Rsa,
    /// RSA as above that is restricted to PSS.
    RsaPss,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::EcdsaP521 => "ECDSA P-521",
            Self::Ed25519 => "Ed25519",
            Self::Rsa => "RSA",
            Self::RsaPss => "RSA-PSS",
        })
    }
}

impl Algorithm {
    /// How a signature by such a key may be made, the most usual way first.
    fn schemes(self) -> &'static [&'static dyn VerificationAlgorithm] {
        match self {
            Self::EcdsaP256 => &[&signature::ECDSA_P256_SHA256_ASN1],
            Self::EcdsaP384 => {
                &[&signature::ECDSA_P384_SHA384_ASN1, &signature::ECDSA_P384_SHA256_ASN1]
            }
            Self::EcdsaP521 => {
                &[&signature::ECDSA_P521_SHA512_ASN1, &signature::ECDSA_P521_SHA256_ASN1]
            }
            Self::Ed25519 => &[&signature::ED25519],
            Self::Rsa => &[
                &signature::RSA_PKCS1_2048_8192_SHA256,
                &signature::RSA_PSS_2048_8192_SHA256,
                &signature::RSA_PKCS1_2048_8192_SHA384,
                &signature::RSA_PKCS1_2048_8192_SHA512,
                &signature::RSA_PSS_2048_8192_SHA384,
                &signature::RSA_PSS_2048_8192_SHA512,
            ],
            Self::RsaPss => &[
                &signature::RSA_PSS_2048_8192_SHA256,
                &signature::RSA_PSS_2048_8192_SHA384,
                &signature::RSA_PSS_2048_8192_SHA512,
            ],
        }
    }
}

/// A public key with the name under which the user knows it.
#[derive(Clone)]
pub struct PublicKey {
    name: String,
    algorithm: Algorithm,
    fingerprint: String,
    parsed: Arc<[ParsedPublicKey]>,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "PublicKey({}, {}, {})", self.name, self.algorithm, self.fingerprint)
    }
}

/// Why a file is not a key that can be used. The messages begin with the name of the key and hold nothing of the file, which may
/// be a private key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct KeyError {
    name: String,
    reason: String,
}

impl PublicKey {
    /// Reads a PEM file with one public key. Text around the block is ignored.
    ///
    /// # Errors
    ///
    /// The file holds something else (a private key, a certificate, several keys …), is damaged, or has a kind of key that is not
    /// supported. The message states which, and what to give instead.
    pub fn from_pem(name: &str, pem: &[u8]) -> Result<Self, KeyError> {
        let name = text::name(name);
        let (algorithm, spki) = match spki(pem) {
            Ok(read) => read,
            Err(reason) => return Err(KeyError { name, reason }),
        };
        let parsed: Option<Vec<_>> = algorithm
            .schemes()
            .iter()
            .map(|scheme| ParsedPublicKey::new(*scheme, &spki).ok())
            .collect();
        let Some(parsed) = parsed else {
            let reason = format!("is damaged: it is not a valid key of {algorithm}");
            return Err(KeyError { name, reason });
        };
        let fingerprint = format!("SHA256:{}", text::hex(digest(&SHA256, &spki).as_ref()));
        Ok(Self { name, algorithm, fingerprint, parsed: parsed.into() })
    }

    /// The name under which the user knows it, such as that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its kind.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// `SHA256:` and the digest of its SubjectPublicKeyInfo in hexadecimal, as
    /// `openssl pkey -pubin -in cosign.pub -outform DER | sha256sum` prints it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether `signature` is one of this key over `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.iter().any(|key| key.verify_sig(message, signature).is_ok())
    }
}

/// What a block of another kind is, and what to give instead.
fn instead(label: &str) -> String {
    let private = "is a private key; give the public one";
    match label {
        "ENCRYPTED SIGSTORE PRIVATE KEY" | "ENCRYPTED COSIGN PRIVATE KEY" => {
            format!("{private}, as `cosign public-key --key FILE` prints it")
        }
        "CERTIFICATE" | "TRUSTED CERTIFICATE" | "X509 CERTIFICATE" => {
            "is a certificate, not a key; `openssl x509 -in FILE -noout -pubkey` prints its key".to_owned()
        }
        "RSA PUBLIC KEY" => {
            "is a key in the form of PKCS #1; `openssl rsa -RSAPublicKey_in -in FILE -pubout` prints it as `PUBLIC KEY`".to_owned()
        }
        "PGP PUBLIC KEY BLOCK" => "is a key of OpenPGP; signatures of OpenPGP are not verified".to_owned(),
        "SSH2 PUBLIC KEY" => SSH.to_owned(),
        label if label.ends_with("PRIVATE KEY") || label == "PGP PRIVATE KEY BLOCK" => {
            format!("{private}, as `openssl pkey -in FILE -pubout` prints it")
        }
        label => format!("holds a block `{}`; a public key is a block `PUBLIC KEY`", text::clean(label, 60)),
    }
}

const SSH: &str = "is a key of SSH; `ssh-keygen -e -m PKCS8 -f FILE` prints it as `PUBLIC KEY`";

/// The kind of the key in a PEM file, and its DER.
fn spki(pem: &[u8]) -> Result<(Algorithm, Vec<u8>), String> {
    if pem.len() > LARGEST {
        return Err(format!(
            "is larger than {} KiB; a public key has a few hundred bytes",
            LARGEST >> 10
        ));
    }
    let Ok(file) = std::str::from_utf8(pem) else {
        return Err("is not text; a public key is a PEM file with a block `PUBLIC KEY`".to_owned());
    };
    let mut blocks = blocks(file)?;
    let Some((label, body)) = blocks.pop() else {
        return Err(match file.trim_start() {
            "" => "is empty".to_owned(),
            start if start.starts_with("ssh-") || start.starts_with("ecdsa-sha2-") || start.starts_with("sk-") => SSH.to_owned(),
            start if ["awskms://", "gcpkms://", "azurekms://", "hashivault://", "k8s://", "pkcs11:"].iter().any(|scheme| start.starts_with(scheme)) => {
                "names a key management service, which is not called; `cosign public-key --key URI` prints the public key".to_owned()
            }
            _ => "holds no block `PUBLIC KEY`".to_owned(),
        });
    };
    if let Some((other, _)) = blocks.first() {
        return Err(if *other == "PUBLIC KEY" && label == "PUBLIC KEY" {
            "holds several keys; give each in a separate file".to_owned()
        } else {
            "holds several blocks; a public key is one block `PUBLIC KEY`".to_owned()
        });
    }
    if label != "PUBLIC KEY" {
        return Err(instead(label));
    }
    let body: String = body.split_ascii_whitespace().collect();
    let der =
        STANDARD.decode(body).map_err(|_| "is damaged: its block is not base64".to_owned())?;
    let algorithm =
        algorithm(&der).ok_or("is damaged: its block is not a SubjectPublicKeyInfo")??;
    Ok((algorithm, der))
}

/// The blocks of a file: label and body.
fn blocks(file: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut found = Vec::new();
    let mut rest = file;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let cut = || "is damaged: a block has no end".to_owned();
        let (label, after) = after.split_once("-----").ok_or_else(cut)?;
        let (body, after) = after.split_once("-----END ").ok_or_else(cut)?;
        let after = after
            .strip_prefix(label)
            .and_then(|after| after.strip_prefix("-----"))
            .ok_or_else(cut)?;
        found.push((label, body));
        rest = after;
    }
    Ok(found)
}

/// The algorithm that a SubjectPublicKeyInfo names ([RFC 5480](https://www.rfc-editor.org/rfc/rfc5480),
/// [RFC 8410](https://www.rfc-editor.org/rfc/rfc8410), [RFC 4055](https://www.rfc-editor.org/rfc/rfc4055)); nothing for other DER.
fn algorithm(der: &[u8]) -> Option<Result<Algorithm, String>> {
    let (info, after) = der::tagged(der::SEQUENCE, der)?;
    let (identifier, rest) = der::tagged(der::SEQUENCE, info)?;
    let (key, end) = der::tagged(der::BITS, rest)?;
    let (kind, parameters) = der::tagged(der::OID, identifier)?;
    if !after.is_empty() || !end.is_empty() || key.first() != Some(&0) {
        return None;
    }
    Some(match kind {
        // 1.2.840.10045.2.1, with the curves 1.2.840.10045.3.1.7, 1.3.132.0.34 and 1.3.132.0.35.
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01] => {
            match der::tagged(der::OID, parameters)?.0 {
                [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07] => Ok(Algorithm::EcdsaP256),
                [0x2b, 0x81, 0x04, 0x00, 0x22] => Ok(Algorithm::EcdsaP384),
                [0x2b, 0x81, 0x04, 0x00, 0x23] => Ok(Algorithm::EcdsaP521),
                _ => Err("is a key on a curve that is not supported; P-256, P-384 and P-521 are"
                    .to_owned()),
            }
        }
        // 1.3.101.112
        [0x2b, 0x65, 0x70] => Ok(Algorithm::Ed25519),
        // 1.2.840.113549.1.1.1 and .10
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last @ (0x01 | 0x0a)] => {
            let (modulus, _) =
                der::tagged(der::INTEGER, der::tagged(der::SEQUENCE, key.get(1..)?)?.0)?;
            let bits = bits(modulus);
            if (2048..=8192).contains(&bits) {
                Ok(if *last == 0x01 { Algorithm::Rsa } else { Algorithm::RsaPss })
            } else {
                Err(format!("is a key of RSA with {bits} bits; 2,048 to 8,192 are accepted"))
            }
        }
        _ => Err("is a kind of key that is not supported; ECDSA, Ed25519 and RSA are".to_owned()),
    })
}

/// The bits of a positive number.
fn bits(number: &[u8]) -> usize {
    let number = number
        .iter()
        .position(|&byte| byte != 0)
        .and_then(|at| number.get(at..))
        .unwrap_or_default();
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests;
