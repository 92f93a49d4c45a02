use std::cmp::Ordering;

use super::Number;

/// Numbers, and the parts of a pre-release. What follows `+` does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    numbers: Vec<Number>,
    pre: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(Number),
    Word(Box<str>),
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let mut numbers: Vec<Number> = core.split('.').map(Number::parse).collect::<Option<_>>()?;
        while numbers.len() > 1 && numbers.last().is_some_and(Number::is_zero) {
            numbers.pop();
        }
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let part = |part: &str| {
            let number = Number::parse(part).map(Part::Number);
            let named = !part.is_empty() && part.bytes().all(word);
            number.or_else(|| named.then(|| Part::Word(part.into())))
        };
        let pre: Vec<Part> = match pre {
            Some(pre) => pre.split('.').map(part).collect::<Option<_>>()?,
            None => Vec::new(),
        };
        build
            .bytes()
            .all(|byte| word(byte) || b".+_".contains(&byte))
            .then_some(Self { numbers, pre })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        // A longer list of parts is newer if the others are equal; none at all is the release, which is newest.
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                _ => self.pre.cmp(&other.pre),
            }
        })
    }
}
