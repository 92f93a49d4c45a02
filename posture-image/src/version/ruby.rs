use std::cmp::Ordering;

use super::Number;

/// Numbers and words, without zeros in front of the first word and at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    /// A pre-release, which comes before every number.
    Word(Box<str>),
    Number(Number),
}

impl Segment {
    const fn is_zero(&self) -> bool {
        matches!(self, Self::Number(number) if number.is_zero())
    }
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (release, pre) = text.split_once('-').unwrap_or((text, ""));
        let word = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let number = release.starts_with(|character: char| character.is_ascii_digit());
        let dashed = text.len() == release.len() || pre.split('.').all(word);
        if !number || !release.split('.').all(|part| word(part) && !part.contains('-')) || !dashed {
            return None;
        }
        let text = text.replace('-', ".pre.");
        let mut segments = Vec::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.bytes().next() {
            let same = |byte: u8| {
                if first.is_ascii_digit() {
                    byte.is_ascii_digit()
                } else {
                    byte.is_ascii_alphabetic() && first.is_ascii_alphabetic()
                }
            };
            let end = rest.bytes().position(|byte| !same(byte)).unwrap_or(rest.len()).max(1);
            let (run, after) = rest.split_at(end);
            rest = after;
            match Number::parse(run) {
                Some(number) => segments.push(Segment::Number(number)),
                None if run.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                    segments.push(Segment::Word(run.into()))
                }
                None => {}
            }
        }
        let words = segments
            .iter()
            .position(|segment| matches!(segment, Segment::Word(_)))
            .unwrap_or(segments.len());
        let mut pre = segments.split_off(words);
        for part in [&mut segments, &mut pre] {
            while part.last().is_some_and(Segment::is_zero) {
                part.pop();
            }
        }
        segments.append(&mut pre);
        Some(Self(segments))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let zero = Segment::Number(Number::zero());
        let length = self.0.len().max(other.0.len());
        let pairs = (0..length)
            .map(|index| (self.0.get(index).unwrap_or(&zero), other.0.get(index).unwrap_or(&zero)));
        pairs
            .map(|(one, other)| one.cmp(other))
            .find(|order| *order != Ordering::Equal)
            .unwrap_or(Ordering::Equal)
    }
}
