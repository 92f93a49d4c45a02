//! Patterns in which `*` matches any text and `?` any one character.
//!
//! Not by a crate: policies compare patterns with each other by their tokens, and `wildmatch` goes back to the last star,
//! which takes the product of both lengths.

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    /// Exactly this character.
    Char(char),
    /// Any one character (`?`).
    One,
    /// Any text, also none (`*`).
    Many,
}

impl Token {
    /// The token for a character of a pattern.
    pub const fn of(c: char) -> Self {
        match c {
            '*' => Self::Many,
            '?' => Self::One,
            other => Self::Char(other),
        }
    }
}

/// A pattern with wildcards. Case counts, and no character is special to a wildcard: `*` and `?` cross `/` and `:`.
///
/// Patterns are kept in a normal form: of a run of wildcards, the `?` come first and at most one `*` follows, so that
/// ten thousand stars cost as much as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wildcard {
    tokens: Vec<Token>,
    /// The parts before, between and after the stars; never empty.
    parts: Vec<Part>,
}

/// A part between two stars.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    /// Characters only. Only these are searched for by [`str::find`], whose time is linear.
    Text(String),
    /// Characters and `?`.
    Tokens(Vec<Token>),
}

impl Wildcard {
    /// Reads a pattern with `*` and `?`.
    pub fn new(pattern: &str) -> Self {
        Self::from_tokens(pattern.chars().map(Token::of))
    }

    /// Reads a pattern in which `*` is the only wildcard, and `?` a character like any other.
    pub fn stars(pattern: &str) -> Self {
        let token = |c| if c == '*' { Token::Many } else { Token::Char(c) };
        Self::from_tokens(pattern.chars().map(token))
    }

    /// The pattern of these steps.
    pub fn from_tokens(source: impl IntoIterator<Item = Token>) -> Self {
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
        let parts = tokens.split(|token| *token == Token::Many).map(Part::of).collect();
        Self { tokens, parts }
    }

    /// The steps, in the normal form.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Whether `text` matches as a whole.
    ///
    /// Each part between stars is searched for once, from the left: the first place where it fits leaves the most for
    /// what follows, so that no star is ever tried a second time. The time is linear in the length of the text for parts
    /// without `?`, whatever the pattern; a part with `?` is compared at each place, and costs at most the product of its
    /// length and that of the text.
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return text.is_empty() };
        let Some(mut left) = first.strip(text) else { return false };
        let Some((last, middle)) = rest.split_last() else { return left.is_empty() };
        for part in middle {
            match part.find(left) {
                Some(behind) => left = behind,
                None => return false,
            }
        }
        last.ends(left)
    }
}

impl Part {
    fn of(tokens: &[Token]) -> Self {
        let char = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
        match tokens.iter().map(char).collect() {
            Some(text) => Self::Text(text),
            None => Self::Tokens(tokens.to_vec()),
        }
    }

    /// The text after this part at the beginning of a text; none if the text does not begin with it.
    fn strip<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.strip_prefix(part.as_str()),
            Self::Tokens(tokens) => {
                let mut rest = text.chars();
                for token in tokens {
                    let next = rest.next()?;
                    if matches!(token, Token::Char(c) if *c != next) {
                        return None;
                    }
                }
                Some(rest.as_str())
            }
        }
    }

    /// What follows the first place where this part fits.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(part) => text.split_once(part.as_str()).map(|(_, behind)| behind),
            Self::Tokens(_) => {
                text.char_indices().find_map(|(at, _)| text.get(at..).and_then(|t| self.strip(t)))
            }
        }
    }

    /// Whether a text ends with this part.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Text(part) => text.ends_with(part.as_str()),
            Self::Tokens(tokens) => {
                let begin = text.char_indices().nth_back(tokens.len().saturating_sub(1));
                begin.and_then(|(at, _)| text.get(at..)).is_some_and(|t| self.strip(t).is_some())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition, in exponential time.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| by_definition(rest, &text[skip..])),
            Some((c, rest)) => match text.split_first() {
                Some((first, behind)) => (*c == '?' || c == first) && by_definition(rest, behind),
                None => false,
            },
        }
    }

    /// Every text of up to `most` of these characters.
    fn texts(characters: &[char], most: usize) -> Vec<Vec<char>> {
        let mut all: Vec<Vec<char>> = vec![vec![]];
        let mut longest = all.clone();
        for _ in 0..most {
            longest = longest
                .iter()
                .flat_map(|text| characters.iter().map(|c| [&text[..], &[*c]].concat()))
                .collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    #[test]
    fn short_patterns_match_by_the_definition() {
        // Of two bytes and of three, as places in a text are counted in bytes.
        let texts_of = texts(&['ä', '€'], 5);
        for pattern in texts(&['ä', '€', '*', '?'], 5) {
            let wildcard = Wildcard::new(&pattern.iter().collect::<String>());
            for text in &texts_of {
                let expected = by_definition(&pattern, text);
                let found = wildcard.matches(&text.iter().collect::<String>());
                assert_eq!(found, expected, "{pattern:?} {text:?}");
            }
        }
    }

    #[test]
    fn a_question_mark_is_a_character_where_only_stars_are_wildcards() {
        assert!(Wildcard::stars("a?*").matches("a?b"));
        assert!(!Wildcard::stars("a?*").matches("abb"));
        assert!(Wildcard::new("a?*").matches("abb"));
    }

    #[test]
    fn the_normal_form_is_one() {
        assert_eq!(Wildcard::new("a**?*b"), Wildcard::new("a?*b"));
        assert_ne!(Wildcard::new("a?*b"), Wildcard::stars("a?*b"));
        assert_eq!(Wildcard::new(&"*".repeat(10_000)).tokens(), [Token::Many]);
        assert_eq!(Wildcard::new("").tokens(), []);
    }

    #[test]
    fn hostile_patterns_end() {
        // Each would take hours where a star is tried again.
        let text = "a".repeat(1_000_000);
        assert!(Wildcard::new(&"*a".repeat(100_000)).matches(&text));
        assert!(!Wildcard::new(&format!("{}b", "*a".repeat(100_000))).matches(&text));
        assert!(!Wildcard::new(&format!("{}b", "a*".repeat(100_000))).matches(&text));
        assert!(!Wildcard::new(&format!("*{}b*", "a".repeat(500_000))).matches(&text));
        assert!(!Wildcard::new(&format!("{}b", "*?a".repeat(1_000))).matches(&text));
    }
}
