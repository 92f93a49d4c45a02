//! Fields that have one meaning in whatever file they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::files::{AWS_SECRET, KUBECONFIG};
use super::tokens::run;
use super::{Hit, words};

/// What is between a field and its value: quotes, blanks and one sign.
fn value_at(bytes: &[u8], end: usize) -> Option<usize> {
    let between =
        |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'=' | b':' | b'>' | b'\\');
    let between = run(bytes, end, 16, between);
    let signs = between.iter().filter(|byte| matches!(byte, b'=' | b':' | b'>')).count();
    // `=>` and `:=` are one sign.
    (1..=2).contains(&signs).then_some(end + between.len())
}

const fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// The secret access key of AWS: 40 characters of base64.
pub(super) fn aws_secret(bytes: &[u8], at: usize) -> Option<Hit> {
    let name = run(bytes, at, 40, |byte| byte.is_ascii_alphabetic() || byte == b'_');
    let start = value_at(bytes, at + name.len())?;
    let value = run(bytes, start, 40, base64);
    let real = value.len() == 40
        && words::entropy(value) >= 4.0
        && !words::is_stand_in(&String::from_utf8_lossy(value));
    real.then(|| Hit { form: AWS_SECRET, at: start, value: value.to_vec() })
}

/// The private key of a kubeconfig: PEM in base64.
pub(super) fn client_key(bytes: &[u8], at: usize) -> Option<Hit> {
    let start = value_at(bytes, at + "client-key-data".len())?;
    let value = run(bytes, start, 14_000, base64);
    let key = STANDARD.decode(value).ok()?;
    let real = memchr::memmem::find(&key, b"PRIVATE KEY-----").is_some();
    real.then(|| Hit { form: KUBECONFIG, at: start, value: value.to_vec() })
}
