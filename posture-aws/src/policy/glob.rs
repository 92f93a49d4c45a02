//! Patterns with `*` and `?`.

use std::fmt;

pub(super) use posture_model::wildcard::Token;
use posture_model::wildcard::Wildcard;

/// A pattern of a policy in its normal form; the wildcards cross `:` and `/`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Glob(Wildcard);

impl Glob {
    /// Reads a pattern, in which upper and lower case differ.
    pub(super) fn new(pattern: &str) -> Self {
        Self::from_tokens(pattern.chars().map(Token::of))
    }

    /// Reads a pattern of an action name: upper and lower case are the same, so both sides are kept in lower case.
    pub(super) fn action(pattern: &str) -> Self {
        Self::from_tokens(pattern.chars().flat_map(char::to_lowercase).map(Token::of))
    }

    /// The pattern that only this text matches, wildcard characters included.
    pub(super) fn literal(text: &str) -> Self {
        Self::from_tokens(text.chars().map(Token::Char))
    }

    /// The pattern that everything matches.
    pub(super) fn everything() -> Self {
        Self::from_tokens([Token::Many])
    }

    pub(super) fn new_tokens(pattern: &str) -> impl Iterator<Item = Token> + '_ {
        pattern.chars().map(Token::of)
    }

    /// The tokens as text, in which a wildcard is a character like any other.
    pub(super) fn spell(tokens: &[Token]) -> String {
        tokens
            .iter()
            .map(|token| match token {
                Token::Char(c) => *c,
                Token::One => '?',
                Token::Many => '*',
            })
            .collect()
    }

    pub(super) fn from_tokens(source: impl IntoIterator<Item = Token>) -> Self {
        Self(Wildcard::from_tokens(source))
    }

    pub(super) fn tokens(&self) -> &[Token] {
        self.0.tokens()
    }

    /// Whether everything matches.
    pub(super) fn is_everything(&self) -> bool {
        self.tokens() == [Token::Many]
    }

    /// Whether it has no wildcard.
    pub(super) fn is_literal(&self) -> bool {
        self.tokens().iter().all(|token| matches!(token, Token::Char(_)))
    }

    /// The literal text before the first wildcard.
    pub(super) fn prefix(&self) -> String {
        self.tokens()
            .iter()
            .map_while(|token| if let Token::Char(c) = token { Some(*c) } else { None })
            .collect()
    }

    /// One text that matches: each `*` is replaced by `filler` and each `?` by its first character.
    pub(super) fn example(&self, filler: &str) -> String {
        let one = filler.chars().next().unwrap_or('x');
        let mut text = String::new();
        for token in self.tokens() {
            match token {
                Token::Char(c) => text.push(*c),
                Token::One => text.push(one),
                Token::Many => text.push_str(filler),
            }
        }
        text
    }

    /// Whether `text` matches. No pattern takes long, see [`Wildcard::matches`].
    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in self.tokens() {
            match token {
                Token::Char(c) => write!(f, "{c}")?,
                Token::One => f.write_str("?")?,
                Token::Many => f.write_str("*")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({:?})", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_cross_colons_and_slashes() {
        assert!(Glob::new("arn:aws:*:*:*:*").matches("arn:aws:s3:::bucket/a/b:c"));
        assert!(Glob::new("*").matches(""));
        assert!(Glob::new("a?c*").matches("abc"));
        assert!(!Glob::new("a?c").matches("ac"));
        assert!(!Glob::new("?*").matches(""));
        assert!(Glob::new("*a*b").matches("xaxabxb"));
        assert!(!Glob::new("*a*b").matches("xaxabxc"));
        assert!(!Glob::literal("a*").matches("ab"));
        assert!(Glob::literal("a*").matches("a*"));
    }

    #[test]
    fn action_names_are_case_insensitive_globs() {
        for pattern in ["s3:putobject", "S3:PutObject", "s3:P*", "s3:*", "*", "*:*", "s3:Put?bject"]
        {
            assert!(Glob::action(pattern).matches("s3:putobject"), "{pattern}");
        }
        assert!(!Glob::action("s3:GetObject").matches("s3:putobject"));
    }

    #[test]
    fn a_pattern_is_shown_in_its_normal_form() {
        assert_eq!(Glob::new("a**?*b").to_string(), "a?*b");
    }
}
