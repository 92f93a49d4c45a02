use std::cmp::Ordering;

use super::Number;

/// The key by which versions of PEP 440 are ordered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    epoch: Number,
    /// Without zeros at the end.
    release: Vec<Number>,
    pre: Pre,
    post: Option<Number>,
    dev: Dev,
    local: Option<Vec<Local>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pre {
    /// A development release of the release itself comes before its pre-releases.
    BeforeAll,
    Alpha(Number),
    Beta(Number),
    Candidate(Number),
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Dev {
    Some(Number),
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Local {
    Word(Box<str>),
    Number(Number),
}

/// Takes a separator, if there is one.
fn separator(text: &str) -> &str {
    text.strip_prefix(['.', '-', '_']).unwrap_or(text)
}

/// Takes digits.
fn digits(text: &str) -> (Option<Number>, &str) {
    let (digits, rest) =
        text.split_at(text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()));
    (Number::parse(digits), rest)
}

/// Takes a separator, one of some words, a separator and a number, which is 0 if it is missing.
fn marked<'a>(text: &'a str, words: &[&str]) -> Option<(Number, &'a str)> {
    let after = separator(text);
    let rest = words.iter().find_map(|word| after.strip_prefix(word))?;
    match digits(separator(rest)) {
        (Some(number), rest) => Some((number, rest)),
        (None, _) => Some((Number::zero(), rest)),
    }
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.strip_prefix('v').unwrap_or(&text);
        let (text, local) = match text.split_once('+') {
            Some((text, local)) => (text, Some(local)),
            None => (text, None),
        };
        let (epoch, mut rest) = match text.split_once('!') {
            Some((epoch, rest)) => (Number::parse(epoch)?, rest),
            None => (Number::zero(), text),
        };
        let mut release = Vec::new();
        loop {
            let (number, after) = digits(rest);
            release.push(number?);
            rest = after;
            match rest.strip_prefix('.') {
                Some(after) if after.starts_with(|character: char| character.is_ascii_digit()) => {
                    rest = after
                }
                _ => break,
            }
        }
        while release.len() > 1 && release.last().is_some_and(Number::is_zero) {
            release.pop();
        }
        let mut take = |words: &[&str]| {
            let (number, after) = marked(rest, words)?;
            rest = after;
            Some(number)
        };
        let mut pre = take(&["alpha", "a"]).map(Pre::Alpha);
        pre = pre.or_else(|| take(&["beta", "b"]).map(Pre::Beta));
        pre = pre.or_else(|| take(&["preview", "pre", "rc", "c"]).map(Pre::Candidate));
        let mut post = take(&["post", "rev", "r"]);
        if post.is_none() {
            // `1.0-1` is another way to write `1.0.post1`.
            if let Some((Some(number), after)) = rest.strip_prefix('-').map(digits) {
                post = Some(number);
                rest = after;
            }
        }
        let dev = marked(rest, &["dev"]);
        if let Some((_, after)) = &dev {
            rest = after;
        }
        let local = match local {
            Some(local) => {
                Some(local.split(['.', '-', '_']).map(part).collect::<Option<Vec<_>>>()?)
            }
            None => None,
        };
        let pre = match (pre, &post, &dev) {
            (Some(pre), _, _) => pre,
            (None, None, Some(_)) => Pre::BeforeAll,
            (None, _, _) => Pre::None,
        };
        let dev = dev.map_or(Dev::None, |(number, _)| Dev::Some(number));
        rest.is_empty().then_some(Self { epoch, release, pre, post, dev, local })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }
}

fn part(part: &str) -> Option<Local> {
    let word = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    Number::parse(part).map(Local::Number).or_else(|| word.then(|| Local::Word(part.into())))
}
