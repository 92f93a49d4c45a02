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
    let before = bytes.get(at.saturating_sub(2_000)..at)?;
    let body = unescaped(body);
    let readings: [fn(&str) -> &str; 3] = [plain, joined, marked_line];
    let (form, value) = readings.into_iter().find_map(|line| {
        let (decoded, encrypted) = decode(&body, line)?;
        Some((form(label, &decoded, encrypted, before)?, decoded))
    })?;
    Some(Hit { form, at, value })
}

/// What text formats write for characters of a key: line ends, and those of base64 that some of them escape.
fn unescaped(body: &str) -> String {
    const ESCAPES: [(&str, &str); 9] = [
        ("\\r", ""),
        ("\\n", "\n"),
        ("\\/", "/"),
        ("\\u002b", "+"),
        ("\\u002B", "+"),
        ("\\u003d", "="),
        ("\\u003D", "="),
        ("&#10;", "\n"),
        ("&#xA;", "\n"),
    ];
    let escaped = body.contains(['\\', '&']);
    let unescape = |text: String, (from, to): (&str, &str)| text.replace(from, to);
    let escapes = ESCAPES.into_iter().filter(|_| escaped);
    escapes.fold(body.to_owned(), unescape)
}

/// The line of a key as it is, without the quotes of a list or a program around it. `+` belongs to base64.
fn plain(line: &str) -> &str {
    line.trim().trim_matches(['"', '\'', '`', ',', ';', '\\', ' ', '\t'])
}

/// The line of a key that a program joins of several texts: `"…" +`.
fn joined(line: &str) -> &str {
    let line = line.trim().trim_end_matches([';', ',', '\\', ' ']);
    let quote = |text: &str| text.trim().is_empty() || text.trim().starts_with(['"', '\'', '`']);
    let line = line.strip_prefix('+').filter(|rest| quote(rest)).unwrap_or(line);
    let ends = |text: &str| text.trim().is_empty() || text.trim().ends_with(['"', '\'', '`']);
    let line = line.strip_suffix(['+', '.']).filter(|rest| ends(rest)).unwrap_or(line);
    plain(line)
}

/// The line of a key in a patch, a comment or a quotation, where each line begins with the same mark.
fn marked_line(line: &str) -> &str {
    let line = line.trim_start();
    let line = line.strip_prefix("// ").unwrap_or(line);
    plain(line.strip_prefix(['+', '-', '#', '*', '>', '|', ';']).unwrap_or(line))
}

/// The bytes of a key, and whether its headers state that they are encrypted.
fn decode(body: &str, line: fn(&str) -> &str) -> Option<(Vec<u8>, bool)> {
    let lines = body.lines().map(line);
    // Base64 has no colon, and the checksum of PGP begins with `=`.
    let (headers, lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.contains(':'));
    let base64: String = lines
        .into_iter()
        .filter(|line| !line.starts_with('='))
        .flat_map(|line| line.chars().filter(|character| !character.is_whitespace()))
        .collect();
    let encrypted = headers
        .iter()
        .any(|header| header.starts_with("Proc-Type:") && header.contains("ENCRYPTED"));
    Some((STANDARD.decode(base64).ok()?, encrypted))
}

fn form(label: &str, decoded: &[u8], encrypted: bool, before: &[u8]) -> Option<Form> {
    Some(match label {
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
        _ if encrypted => ENCRYPTED,
        // A sequence of ASN.1 of about this length; anything else is text in the form of a key.
        _ if decoded.len() >= 40 && decoded.first() == Some(&0x30) && der_fits(decoded) => {
            if memchr::memmem::find(before, b"service_account").is_some() {
                SERVICE_ACCOUNT
            } else {
                PRIVATE_KEY
            }
        }
        _ => return None,
    })
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
