use std::cmp::Ordering;

use super::Number;

/// Tokens with the separators in front of them, without those at the ends that mean nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(Vec<(Separator, Token)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Dot,
    Hyphen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number(Number),
    Word(Box<str>),
}

/// Qualifiers with a place of their own; the empty one is the release.
const KNOWN: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

impl Token {
    fn word(word: &str, before_number: bool) -> Self {
        let word = word.to_ascii_lowercase();
        let word = match (word.as_str(), before_number) {
            ("a", true) => "alpha",
            ("b", true) => "beta",
            ("m", true) => "milestone",
            ("cr", _) => "rc",
            _ => &word,
        };
        Self::Word(word.into())
    }

    fn is_null(&self) -> bool {
        match self {
            Self::Number(number) => number.is_zero(),
            Self::Word(word) => word.is_empty(),
        }
    }

    /// The place of a qualifier: known ones first, others by their letters. Those of a release are like none, and yet there, so
    /// that what follows them is in its place (MNG-7714).
    fn rank(word: &str) -> (usize, &str) {
        let word = if matches!(word, "ga" | "final" | "release") { "" } else { word };
        KNOWN
            .iter()
            .position(|known| *known == word)
            .map_or((KNOWN.len(), word), |place| (place, ""))
    }
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.starts_with(|character: char| character.is_ascii_alphanumeric()) {
            return None;
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
        if !text.bytes().all(allowed) {
            return None;
        }
        let mut tokens: Vec<(Separator, Token)> = Vec::new();
        let mut separator = Separator::Dot;
        let mut rest = text;
        loop {
            let digit = rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
            let ends = |byte: u8| b".-_".contains(&byte) || byte.is_ascii_digit() != digit;
            let (token, after) = rest.split_at(rest.bytes().position(ends).unwrap_or(rest.len()));
            let number = after.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
            // An empty token is 0.
            let parsed = if token.is_empty() { Some(Number::zero()) } else { Number::parse(token) };
            let parsed = parsed.map_or_else(|| Token::word(token, number), Token::Number);
            // In front of a word, a dot is a hyphen: `2.0.a` is `2-a` (MNG-7644).
            if matches!(parsed, Token::Word(_)) {
                separator = Separator::Hyphen;
            }
            tokens.push((separator, parsed));
            rest = match after.bytes().next() {
                None => break,
                Some(b'.') => {
                    separator = Separator::Dot;
                    after.get(1..)?
                }
                Some(b'-' | b'_') => {
                    separator = Separator::Hyphen;
                    after.get(1..)?
                }
                Some(_) => {
                    separator = Separator::Hyphen;
                    after
                }
            };
        }
        Some(Self(trim(tokens)))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        for index in 0..self.0.len().max(other.0.len()) {
            let order = match (self.0.get(index), other.0.get(index)) {
                (Some(one), Some(other)) => both(one, other),
                (Some(one), None) => both(one, &padding(one)),
                (None, Some(other)) => both(&padding(other), other),
                (None, None) => Ordering::Equal,
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// Cuts tokens without meaning from the end, and in front of each hyphen.
fn trim(tokens: Vec<(Separator, Token)>) -> Vec<(Separator, Token)> {
    let mut kept: Vec<(Separator, Token)> = Vec::new();
    let cut = |kept: &mut Vec<(Separator, Token)>| {
        while kept.len() > 1 && kept.last().is_some_and(|(_, token)| token.is_null()) {
            kept.pop();
        }
    };
    for (separator, token) in tokens {
        if separator == Separator::Hyphen {
            cut(&mut kept);
        }
        kept.push((separator, token));
    }
    cut(&mut kept);
    kept
}

/// What stands for a missing token beside another one: the one of its kind that means nothing, as Maven's code does it.
fn padding((separator, token): &(Separator, Token)) -> (Separator, Token) {
    match token {
        Token::Number(_) => (*separator, Token::Number(Number::zero())),
        Token::Word(_) => (*separator, Token::Word("".into())),
    }
}

fn both((left, one): &(Separator, Token), (right, other): &(Separator, Token)) -> Ordering {
    // A qualifier, then a number after a hyphen, then a number after a dot.
    let place = |separator: &Separator, token: &Token| match (separator, token) {
        (_, Token::Word(_)) => 0,
        (Separator::Hyphen, Token::Number(_)) => 1,
        (Separator::Dot, Token::Number(_)) => 2,
    };
    match (one, other) {
        (Token::Word(one), Token::Word(other)) => Token::rank(one).cmp(&Token::rank(other)),
        (Token::Number(one), Token::Number(other)) if left == right => one.cmp(other),
        _ => place(left, one).cmp(&place(right, other)),
    }
}
