//! Secrets in memory: nothing prints them.

use std::fmt;

/// A password or token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, to send it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A text in which the secret, as it is and as JSON spells it, is replaced.
    pub(crate) fn hide(&self, text: &str) -> String {
        // What is shorter is part of ordinary words.
        const SHORTEST: usize = 6;
        if self.0.chars().count() < SHORTEST {
            return text.to_owned();
        }
        let json = serde_json::Value::from(self.0.as_str()).to_string();
        let json = json.trim_matches('"');
        text.replace(&self.0, "***").replace(json, "***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed_and_is_hidden_in_texts() {
        let secret = Secret::new("ca\"nary");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.hide(r#"a ca"nary and ca\"nary"#), "a *** and ***");
        assert_eq!(Secret::new("ab").hide("about"), "about");
    }
}
