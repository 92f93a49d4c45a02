//! Secrets in memory: nothing prints them.

use std::fmt;

use serde_json::Value;

/// A token or a private key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, to send it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// A text in which the secret, as it is and as JSON spells it, is replaced.
    pub(super) fn hide(&self, text: &str) -> String {
        // What is shorter is part of ordinary words.
        const SHORTEST: usize = 6;
        if self.0.chars().count() < SHORTEST {
            return text.to_owned();
        }
        let json = Value::from(self.0.as_str()).to_string();
        let json = json.trim_matches('"');
        text.replace(&self.0, "***").replace(json, "***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
