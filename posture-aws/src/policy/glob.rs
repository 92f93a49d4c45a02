//! Patterns with `*` and `?`.

use std::fmt;

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Token {
    /// Exactly this character.
    Char(char),
    /// Any one character (`?`).
    One,
    /// Any text, also none (`*`).
    Many,
}

/// A pattern in which `*` stands for any text and `?` for any one character; both cross `:` and `/`.
///
/// Patterns are kept in a normal form: of a run of wildcards, the `?` come first and at most one `*` follows, so that
/// ten thousand stars cost as much as one.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Glob {
    tokens: Vec<Token>,
}

impl Glob {
    /// Reads a pattern, in which upper and lower case differ.
    pub(super) fn new(pattern: &str) -> Self {
        Self::from_tokens(pattern.chars().map(token))
    }

    /// Reads a pattern of an action name: upper and lower case are the same, so both sides are kept in lower case.
    pub(super) fn action(pattern: &str) -> Self {
        Self::from_tokens(pattern.chars().flat_map(char::to_lowercase).map(token))
    }

    /// The pattern that only this text matches, wildcard characters included.
    pub(super) fn literal(text: &str) -> Self {
        Self::from_tokens(text.chars().map(Token::Char))
    }

    /// The pattern that everything matches.
    pub(super) fn everything() -> Self {
        Self { tokens: vec![Token::Many] }
    }

    pub(super) fn new_tokens(pattern: &str) -> impl Iterator<Item = Token> + '_ {
        pattern.chars().map(token)
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
        let mut tokens = Vec::new();
        let mut many = false;
        for token in source {
            match token {
                Token::Many => many = true,
                Token::One => tokens.push(Token::One),
                Token::Char(_) => {
                    if std::mem::take(&mut many) {
                        tokens.push(Token::Many);
                    }
                    tokens.push(token);
                }
            }
        }
        if many {
            tokens.push(Token::Many);
        }
        Self { tokens }
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Whether everything matches.
    pub(super) fn is_everything(&self) -> bool {
        self.tokens == [Token::Many]
    }

    /// Whether it has no wildcard.
    pub(super) fn is_literal(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Char(_)))
    }

    /// The literal text before the first wildcard.
    pub(super) fn prefix(&self) -> String {
        self.tokens
            .iter()
            .map_while(|token| if let Token::Char(c) = token { Some(*c) } else { None })
            .collect()
    }

    /// One text that matches: each `*` is replaced by `filler` and each `?` by its first character.
    pub(super) fn example(&self, filler: &str) -> String {
        let one = filler.chars().next().unwrap_or('x');
        let mut text = String::new();
        for token in &self.tokens {
            match token {
                Token::Char(c) => text.push(*c),
                Token::One => text.push(one),
                Token::Many => text.push_str(filler),
            }
        }
        text
    }

    /// Whether `text` matches. The time is at most proportional to the product of both lengths, whatever the pattern:
    /// only the latest `*` is ever taken up again, because an earlier one could not reach further.
    pub(super) fn matches(&self, text: &str) -> bool {
        if let [Token::Many] = self.tokens[..] {
            return true;
        }
        let (mut at, mut rest) = (0, text.chars());
        let mut resume = None;
        loop {
            let before = rest.clone();
            let Some(next) = rest.next() else { break };
            match self.tokens.get(at) {
                Some(Token::Many) => {
                    resume = Some((at, before.clone()));
                    at += 1;
                    rest = before;
                }
                Some(Token::One) => at += 1,
                Some(Token::Char(c)) if *c == next => at += 1,
                Some(Token::Char(_)) | None => {
                    let Some((star, mut from)) = resume else { return false };
                    from.next();
                    rest = from.clone();
                    resume = Some((star, from));
                    at = star + 1;
                }
            }
        }
        self.tokens[at..].iter().all(|token| *token == Token::Many)
    }
}

fn token(c: char) -> Token {
    match c {
        '*' => Token::Many,
        '?' => Token::One,
        other => Token::Char(other),
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in &self.tokens {
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
    fn ten_thousand_stars_take_no_time() {
        let text = "a".repeat(10_000);
        let stars = Glob::new(&"*".repeat(10_000));
        assert_eq!(stars.tokens().len(), 1);
        assert!(stars.matches(&text));
        let alternating = Glob::new(&format!("{}b", "a*".repeat(10_000)));
        let begin = crate::fake::worked();
        assert!(!alternating.matches(&text));
        assert!(!Glob::new(&format!("{}b", "*a".repeat(5_000))).matches(&text));
        assert!((crate::fake::worked() - begin).as_secs() < 5);
    }

    #[test]
    fn the_normal_form_is_one() {
        assert_eq!(Glob::new("a**?*b"), Glob::new("a?*b"));
        assert_eq!(Glob::new("a**?*b").to_string(), "a?*b");
    }
}
