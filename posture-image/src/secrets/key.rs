//! Private keys in PEM and in the form of OpenSSH.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Confidence, Form, Hit};

/// A private key that anyone who has it can use.
pub(super) const PRIVATE_KEY: Form =
    Form { id: "private-key", name: "private key", confidence: Confidence::High };
const ENCRYPTED: Form = Form {
    id: "encrypted-private-key",
    name: "private key that needs a passphrase",
    confidence: Confidence::Low,
};
const SERVICE_ACCOUNT: Form = Form {
    id: "google-service-account",
    name: "key of a Google service account",
    confidence: Confidence::High,
};

/// The longest key that is looked at: RSA with 16,384 bits has 12 KiB.
const LONGEST: usize = 15 << 10;

/// A block that begins at a place, if it holds a private key. Certificates and public keys are none.
pub(super) fn private_key(bytes: &[u8], at: usize) -> Option<Hit> {
    let rest = bytes.get(at..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let head = rest.get("-----BEGIN ".len()..)?;
    let head = head.get(..60).unwrap_or(head);
    let label_end = memchr::memmem::find(head, b"-----")?;
    let label = std::str::from_utf8(head.get(..label_end)?).ok()?;
    if !label.ends_with("PRIVATE KEY") && label != "PGP PRIVATE KEY BLOCK" {
        return None;
    }
    let start = "-----BEGIN ".len() + label_end + "-----".len();
    let body = rest.get(start..)?;
    // The next mark ends it; anything else in between is not a key.
    let end = memchr::memmem::find(body, b"-----")?;
    let marked = body.get(end..)?.strip_prefix(b"-----END ")?.strip_prefix(label.as_bytes())?;
    let body =
        std::str::from_utf8(body.get(..end)?).ok().filter(|_| marked.starts_with(b"-----"))?;
    // In JSON and in configuration files, line ends are written as `\n`.
    let body = body.replace("\\r", "").replace("\\n", "\n");
    let lines = body.lines().map(|line| line.trim().trim_matches(['"', '\'', ',', '+', '\\', ' ']));
    let (headers, lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains(": "));
    let base64: String = lines.into_iter().filter(|line| !line.starts_with('=')).collect();
    let decoded = STANDARD.decode(base64.trim()).ok()?;
    let form = match label {
        "OPENSSH PRIVATE KEY" => {
            let rest = decoded.strip_prefix(b"openssh-key-v1\0")?;
            let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
            let cipher = rest.get(4..4_usize.checked_add(usize::try_from(length).ok()?)?)?;
            if cipher == b"none" { PRIVATE_KEY } else { ENCRYPTED }
        }
        "PGP PRIVATE KEY BLOCK" => {
            (decoded.len() >= 64 && decoded.first()? & 0x80 != 0).then_some(PRIVATE_KEY)?
        }
        "ENCRYPTED PRIVATE KEY" => (decoded.first() == Some(&0x30)).then_some(ENCRYPTED)?,
        _ if headers
            .iter()
            .any(|header| header.starts_with("Proc-Type:") && header.contains("ENCRYPTED")) =>
        {
            ENCRYPTED
        }
        // A sequence of ASN.1 of about this length; anything else is text in the form of a key.
        _ if decoded.len() >= 40 && decoded.first() == Some(&0x30) && der_fits(&decoded) => {
            let before = bytes.get(at.saturating_sub(2_000)..at)?;
            if memchr::memmem::find(before, b"service_account").is_some() {
                SERVICE_ACCOUNT
            } else {
                PRIVATE_KEY
            }
        }
        _ => return None,
    };
    Some(Hit { form, at, value: decoded })
}

fn der_fits(bytes: &[u8]) -> bool {
    let length = match bytes.get(1..) {
        Some([short @ 0..=0x7f, ..]) => 2 + usize::from(*short),
        Some([0x81, length, ..]) => 3 + usize::from(*length),
        Some([0x82, high, low, ..]) => 4 + usize::from(*high) * 256 + usize::from(*low),
        _ => return false,
    };
    length == bytes.len()
}
