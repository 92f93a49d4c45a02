//! Secrets in memory: nothing prints them.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
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

/// The issuer that a [JSON Web Token](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1) names. Its signature is not verified: only the
/// token of this pod, which the cluster put here itself, is read.
pub(super) fn issuer_of(token: &str) -> Option<String> {
    let mut parts = token.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
