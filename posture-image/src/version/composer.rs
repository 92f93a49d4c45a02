//! Versions of [Composer](https://getcomposer.org/doc/articles/versions.md): up to four numbers, and a stability. Branches, such as
//! `dev-main`, have no order.

use std::cmp::Ordering;

use super::Number;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    numbers: [Number; 4],
    stability: Stability,
    /// The numbers behind the stability, such as 1 in `beta1`.
    counts: Vec<Number>,
    /// Whether it is a development version, which is before that of which it is one.
    development: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stability {
    Development,
    Alpha,
    Beta,
    Candidate,
    Stable,
    Patch,
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.split_once('+').map_or(text, |(version, _)| version).to_ascii_lowercase();
        let mut rest = text.strip_prefix('v').unwrap_or(&text);
        let mut numbers = [Number::zero(), Number::zero(), Number::zero(), Number::zero()];
        for (index, place) in numbers.iter_mut().enumerate() {
            let after = if index == 0 { Some(rest) } else { rest.strip_prefix('.') };
            let digits = after.map(|after| {
                after
                    .split(|character: char| !character.is_ascii_digit())
                    .next()
                    .unwrap_or_default()
            });
            match (index, after, digits) {
                (_, Some(after), Some(digits)) if !digits.is_empty() => {
                    *place = Number::parse(digits)?;
                    rest = after.get(digits.len()..)?;
                }
                (0, ..) => return None,
                _ => break,
            }
        }
        let (rest, development) = match rest.strip_suffix("dev") {
            Some(before) => (before.strip_suffix(['.', '-']).unwrap_or(before), true),
            None => (rest, false),
        };
        let rest = rest.strip_prefix(['.', '_', '-']).unwrap_or(rest);
        let words = [
            ("stable", Stability::Stable),
            ("alpha", Stability::Alpha),
            ("beta", Stability::Beta),
            ("rc", Stability::Candidate),
            ("patch", Stability::Patch),
            ("pl", Stability::Patch),
            ("a", Stability::Alpha),
            ("b", Stability::Beta),
            ("p", Stability::Patch),
        ];
        let found =
            words.iter().find_map(|(word, stability)| Some((*stability, rest.strip_prefix(word)?)));
        let (stability, rest) = match found {
            Some(found) => found,
            None if rest.is_empty() && development => (Stability::Development, rest),
            None if rest.is_empty() => (Stability::Stable, rest),
            None => return None,
        };
        let mut counts = Vec::new();
        if !rest.is_empty() {
            for count in rest.trim_start_matches(['.', '-']).split(['.', '-']) {
                counts.push(Number::parse(count)?);
            }
        }
        Some(Self {
            numbers,
            stability,
            counts,
            development: development && stability != Stability::Development,
        })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let order = self.numbers.cmp(&other.numbers).then(self.stability.cmp(&other.stability));
        order
            .then_with(|| self.counts.cmp(&other.counts))
            .then(other.development.cmp(&self.development))
    }
}
