use std::cmp::Ordering;

use super::Number;

/// `[epoch:]version[-release]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    epoch: Number,
    version: Box<str>,
    release: Option<Box<str>>,
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (Number::parse(epoch)?, rest),
            None => (Number::zero(), text),
        };
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~^%{}".contains(&byte);
        let valid = |part: &str| !part.is_empty() && part.bytes().all(allowed);
        (valid(version) && release.is_none_or(valid)).then(|| Self {
            epoch,
            version: version.into(),
            release: release.map(Into::into),
        })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| segments(&self.version, &other.version))
            .then_with(|| {
                // A release compares only if both have one.
                match (&self.release, &other.release) {
                    (Some(one), Some(other)) => segments(one, other),
                    _ => Ordering::Equal,
                }
            })
    }
}

fn segments(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    let separator = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'~' && *byte != b'^';
    let skip = |bytes: &mut &[u8]| {
        let end = bytes.iter().position(|byte| !separator(byte)).unwrap_or(bytes.len());
        *bytes = bytes.get(end..).unwrap_or_default();
    };
    loop {
        skip(&mut one);
        skip(&mut other);
        match (one.first(), other.first()) {
            (Some(b'~'), Some(b'~')) | (Some(b'^'), Some(b'^')) => {
                one = one.get(1..).unwrap_or_default();
                other = other.get(1..).unwrap_or_default();
                continue;
            }
            (Some(b'~'), _) => return Ordering::Less,
            (_, Some(b'~')) => return Ordering::Greater,
            // Newer than the end, and older than anything else.
            (Some(b'^'), None) => return Ordering::Greater,
            (None, Some(b'^')) => return Ordering::Less,
            (Some(b'^'), _) => return Ordering::Less,
            (_, Some(b'^')) => return Ordering::Greater,
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(first), Some(second)) => {
                match (first.is_ascii_digit(), second.is_ascii_digit()) {
                    (true, false) => return Ordering::Greater,
                    (false, true) => return Ordering::Less,
                    (digits, _) => {
                        let (left, right) = (run(&mut one, digits), run(&mut other, digits));
                        let order = match (Number::parse(left), Number::parse(right)) {
                            (Some(left), Some(right)) => left.cmp(&right),
                            _ => left.cmp(right),
                        };
                        if order != Ordering::Equal {
                            return order;
                        }
                    }
                }
            }
        }
    }
}

fn run<'a>(bytes: &mut &'a [u8], digits: bool) -> &'a str {
    let same = |byte: &u8| if digits { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() };
    let end = bytes.iter().position(|byte| !same(byte)).unwrap_or(bytes.len());
    let (run, rest) = bytes.split_at_checked(end).unwrap_or_default();
    *bytes = rest;
    std::str::from_utf8(run).unwrap_or_default()
}
