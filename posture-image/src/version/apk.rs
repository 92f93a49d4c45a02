use std::cmp::Ordering;

use super::Number;

/// A part of a version. The order of the variants is that of the parts; an earlier part is newer than a later one, except for
/// suffixes of pre-releases.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    First(Number),
    Digits(Number, Box<str>),
    Letter(u8),
    Suffix(usize),
    SuffixNumber(Number),
    Commit(Box<str>),
    Revision(Number),
    End,
}

/// Suffixes in their order; those before `cvs` come before the release.
const SUFFIXES: [&str; 9] = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
const PRE_RELEASES: usize = 4;

/// `digits{.digits}{letter}{_suffix{number}}{~hash}{-rN}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(Vec<Token>);

fn split(text: &str, kind: fn(u8) -> bool) -> (&str, &str) {
    text.split_at(text.bytes().position(|byte| !kind(byte)).unwrap_or(text.len()))
}

const fn digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

impl Version {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (first, mut rest) = split(text, digit);
        let mut tokens = vec![Token::First(Number::parse(first)?)];
        while let Some(after) = rest.strip_prefix('.') {
            let (digits, after) = split(after, digit);
            tokens.push(Token::Digits(Number::parse(digits)?, digits.into()));
            rest = after;
        }
        if let Some(letter) = rest.bytes().next().filter(u8::is_ascii_lowercase) {
            tokens.push(Token::Letter(letter));
            rest = rest.get(1..)?;
        }
        while let Some(after) = rest.strip_prefix('_') {
            let (word, after) = split(after, |byte| byte.is_ascii_lowercase());
            tokens.push(Token::Suffix(SUFFIXES.iter().position(|suffix| *suffix == word)?));
            let (digits, after) = split(after, digit);
            if !digits.is_empty() {
                tokens.push(Token::SuffixNumber(Number::parse(digits)?));
            }
            rest = after;
        }
        if let Some(after) = rest.strip_prefix('~') {
            let (hash, after) =
                split(after, |byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
            if hash.is_empty() {
                return None;
            }
            tokens.push(Token::Commit(hash.into()));
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("-r") {
            tokens.push(Token::Revision(Number::parse(after)?));
            rest = "";
        }
        tokens.push(Token::End);
        rest.is_empty().then_some(Self(tokens))
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        for (one, other) in self.0.iter().zip(&other.0) {
            match one.compare(other) {
                Ordering::Equal => {}
                different => return different,
            }
        }
        Ordering::Equal
    }
}

impl Token {
    const fn place(&self) -> u8 {
        match self {
            Self::First(_) => 0,
            Self::Digits(..) => 1,
            Self::Letter(_) => 2,
            Self::Suffix(_) => 3,
            Self::SuffixNumber(_) => 4,
            Self::Commit(_) => 5,
            Self::Revision(_) => 6,
            Self::End => 7,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            // With a leading zero, digits are a fraction, as in 1.01 < 1.1.
            (Self::Digits(_, one), Self::Digits(_, other))
                if one.starts_with('0') || other.starts_with('0') =>
            {
                one.cmp(other)
            }
            (Self::First(one), Self::First(other))
            | (Self::Digits(one, _), Self::Digits(other, _))
            | (Self::SuffixNumber(one), Self::SuffixNumber(other))
            | (Self::Revision(one), Self::Revision(other)) => one.cmp(other),
            (Self::Letter(one), Self::Letter(other)) => one.cmp(other),
            (Self::Suffix(one), Self::Suffix(other)) => one.cmp(other),
            (Self::Commit(one), Self::Commit(other)) => one.cmp(other),
            (Self::Suffix(one), _) if *one < PRE_RELEASES => Ordering::Less,
            (_, Self::Suffix(other)) if *other < PRE_RELEASES => Ordering::Greater,
            _ => other.place().cmp(&self.place()),
        }
    }
}
