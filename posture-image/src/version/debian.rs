use std::cmp::Ordering;

use super::Number;

/// `[epoch:]upstream[-revision]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    epoch: Number,
    upstream: Box<str>,
    revision: Box<str>,
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (Number::parse(epoch)?, rest),
            None => (Number::zero(), text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".+-~:".contains(&byte);
        let valid = !upstream.is_empty() && rest.bytes().all(allowed) && !revision.contains(':');
        valid.then(|| Self { epoch, upstream: upstream.into(), revision: revision.into() })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| part(self.upstream.as_bytes(), other.upstream.as_bytes()))
            .then_with(|| part(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

/// Alternately what is not digits, by a modified order of characters, and numbers.
fn part(mut one: &[u8], mut other: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let word = |bytes: &[u8]| bytes.first().is_some_and(|byte| !byte.is_ascii_digit());
    while !one.is_empty() || !other.is_empty() {
        while word(one) || word(other) {
            match weight(one.first()).cmp(&weight(other.first())) {
                Ordering::Equal => {}
                different => return different,
            }
            one = one.get(1..).unwrap_or_default();
            other = other.get(1..).unwrap_or_default();
        }
        match number(&mut one).cmp(&number(&mut other)) {
            Ordering::Equal => {}
            different => return different,
        }
    }
    Ordering::Equal
}

/// Takes a number from the front; none is 0.
fn number(bytes: &mut &[u8]) -> Number {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(bytes.len());
    let (digits, rest) = bytes.split_at_checked(end).unwrap_or_default();
    *bytes = rest;
    std::str::from_utf8(digits).ok().and_then(Number::parse).unwrap_or_else(Number::zero)
}
