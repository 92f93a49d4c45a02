//! Versions of [NuGet](https://learn.microsoft.com/nuget/concepts/package-versioning): semantic versions with up to four numbers, and
//! labels without regard to letter case.

use std::cmp::Ordering;

use super::Number;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    numbers: [Number; 4],
    labels: Vec<Label>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Number(Number),
    Word(Box<str>),
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, labels) = match text.split_once('-') {
            Some((numbers, labels)) => (numbers, Some(labels)),
            None => (text, None),
        };
        let mut parsed = [Number::zero(), Number::zero(), Number::zero(), Number::zero()];
        for (index, number) in numbers.split('.').enumerate() {
            *parsed.get_mut(index)? = Number::parse(number)?;
        }
        let label = |label: &str| {
            let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            if label.is_empty() || !label.bytes().all(valid) {
                return None;
            }
            let word = || Label::Word(label.to_ascii_lowercase().into());
            Some(Number::parse(label).map_or_else(word, Label::Number))
        };
        let labels = labels
            .map(|labels| labels.split('.').map(label).collect())
            .unwrap_or(Some(Vec::new()))?;
        Some(Self { numbers: parsed, labels })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let labels = match (self.labels.is_empty(), other.labels.is_empty()) {
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            // Numbers are lower than words, and fewer labels are lower.
            _ => self.labels.cmp(&other.labels),
        };
        self.numbers.cmp(&other.numbers).then(labels)
    }
}
