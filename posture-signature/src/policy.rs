//! What a user accepts as signed: keys, and identities with their issuers.

use crate::key::PublicKey;
use crate::report::Signer;
use crate::text;
#[cfg(feature = "keyless")]
use crate::trusted_root::TrustedRoot;

/// How many of the keys and identities must have signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threshold {
    /// One of them.
    #[default]
    Any,
    /// Each of them.
    All,
}

/// An identity that a certificate of [Fulcio](https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md) may name, together with
/// the issuer that confirmed it. "Any identity" and "any issuer" cannot be expressed: they accept a signature by anyone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    identity: String,
    prefix: bool,
    issuer: String,
}

/// Why an identity is not one that can be required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The identity or the issuer is empty, or has spaces or control characters.
    #[error(
        "an identity and its issuer are not empty, and have neither spaces nor control characters"
    )]
    Empty,
    /// A `*` somewhere else than at the end of a URI.
    #[error(
        "`*` is only supported at the end of a URI with a host and a path, after `/` or `@`, such as https://github.com/example/app/.github/workflows/release.yml@*"
    )]
    Pattern,
}

impl Identity {
    /// An email address or a URI, as the certificate names it, and the URL of the OpenID Connect issuer. A URI may end in `*` after
    /// `/` or `@`: it then stands for all that begin so. It must have a host and a path before that.
    ///
    /// # Errors
    ///
    /// One of them is empty, or the `*` is somewhere else.
    pub fn new(identity: &str, issuer: &str) -> Result<Self, IdentityError> {
        let odd = |text: &str| {
            text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        if odd(identity) || odd(issuer) {
            return Err(IdentityError::Empty);
        }
        if issuer.contains('*') {
            return Err(IdentityError::Pattern);
        }
        let (text, prefix) =
            identity.strip_suffix('*').map_or((identity, false), |text| (text, true));
        let path = text
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .filter(|(host, _)| !host.is_empty());
        let whole = path.is_some_and(|(_, path)| path.len() > 1) && text.ends_with(['/', '@']);
        if text.contains('*') || (prefix && !whole) {
            return Err(IdentityError::Pattern);
        }
        Ok(Self { identity: text.to_owned(), prefix, issuer: issuer.to_owned() })
    }

    /// Whether a certificate with this identity and issuer is meant.
    pub fn matches(&self, identity: &str, issuer: &str) -> bool {
        let same = if self.prefix {
            identity.len() > self.identity.len() && identity.starts_with(&self.identity)
        } else {
            identity == self.identity
        };
        same && issuer == self.issuer
            && !identity.chars().any(|c| c.is_whitespace() || c.is_control())
    }

    /// The identity as the user wrote it.
    pub fn identity(&self) -> String {
        text::name(&format!("{}{}", self.identity, if self.prefix { "*" } else { "" }))
    }

    /// The issuer.
    pub fn issuer(&self) -> String {
        text::name(&self.issuer)
    }
}

/// What a user accepts. The default accepts nothing: with neither keys nor identities no signature is verified.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// Keys.
    pub keys: Vec<PublicKey>,
    /// Identities, for signatures by certificate.
    pub identities: Vec<Identity>,
    /// How many of the keys and identities must have signed.
    pub threshold: Threshold,
    /// Whether a payload of cosign must name the repository of the image. The
    /// [specification](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md#simple-signing) ignores that name: a
    /// signature stays valid if it is copied together with its image. It is off by default, and the name is reported.
    pub same_repository: bool,
    /// The authorities and logs behind certificates. Without one, those of the public instance that are compiled in count.
    #[cfg(feature = "keyless")]
    pub root: Option<TrustedRoot>,
}

impl Policy {
    /// A policy with these keys and identities, of which one must have signed.
    pub fn new(keys: Vec<PublicKey>, identities: Vec<Identity>) -> Self {
        Self { keys, identities, ..Self::default() }
    }

    /// Whether it names neither keys nor identities.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.identities.is_empty()
    }

    /// The keys that made one of the signatures over a message.
    pub(crate) fn keys_of<'s>(
        &self,
        message: &[u8],
        signatures: impl IntoIterator<Item = &'s [u8]> + Clone,
    ) -> Vec<Signer> {
        let made = |key: &&PublicKey| {
            signatures.clone().into_iter().any(|signature| key.verifies(message, signature))
        };
        self.keys.iter().filter(made).map(Signer::key).collect()
    }

    /// Whether these signers are enough.
    pub fn is_met_by(&self, signers: &[Signer]) -> bool {
        let keys = self.keys.iter().map(|key| signers.iter().any(|signer| signer.is_key(key)));
        let mut each = keys.chain(
            self.identities
                .iter()
                .map(|identity| signers.iter().any(|signer| signer.is_identity(identity))),
        );
        match self.threshold {
            _ if self.is_empty() => false,
            Threshold::Any => each.any(|signed| signed),
            Threshold::All => each.all(|signed| signed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    #[test]
    fn an_identity_is_exact_or_a_prefix_that_ends_at_a_boundary() {
        let exact = Identity::new("dev@example.com", "https://accounts.example.com").unwrap();
        assert!(exact.matches("dev@example.com", "https://accounts.example.com"));
        assert!(!exact.matches("dev@example.com.evil", "https://accounts.example.com"));
        assert!(!exact.matches("dev@example.com", "https://accounts.evil.com"));
        let workflow =
            Identity::new("https://github.com/example/app/.github/workflows/release.yml@*", GITHUB)
                .unwrap();
        assert!(workflow.matches(
            "https://github.com/example/app/.github/workflows/release.yml@refs/tags/v1",
            GITHUB
        ));
        assert!(
            !workflow
                .matches("https://github.com/example/app/.github/workflows/release.yml@", GITHUB)
        );
        assert!(!workflow.matches(
            "https://github.com/example/app/.github/workflows/other.yml@refs/tags/v1",
            GITHUB
        ));
        assert!(!workflow.matches(
            "https://github.com/example/app/.github/workflows/release.yml@refs/tags/v1",
            "https://gitlab.com"
        ));
        assert_eq!(
            workflow.identity(),
            "https://github.com/example/app/.github/workflows/release.yml@*"
        );
    }

    #[test]
    fn any_identity_cannot_be_expressed() {
        for (identity, issuer) in
            [("", GITHUB), ("a@b.c", ""), ("a@b.c", " "), ("a b", GITHUB), ("a\n", GITHUB)]
        {
            assert_eq!(
                Identity::new(identity, issuer),
                Err(IdentityError::Empty),
                "{identity:?} {issuer:?}"
            );
        }
        for identity in [
            "*",
            "*@example.com",
            "@*",
            "dev@*",
            "https://*",
            "https://github.com/*",
            "https:///x/*",
            "https://github.com/example*",
            "https://github.com/*/app",
            "https://github.com/example/**",
        ] {
            assert_eq!(Identity::new(identity, GITHUB), Err(IdentityError::Pattern), "{identity}");
        }
        assert_eq!(Identity::new("a@b.c", "https://*"), Err(IdentityError::Pattern));
        assert!(Identity::new("https://github.com/example/*", GITHUB).is_ok());
    }

    #[test]
    fn a_policy_without_signers_is_met_by_nothing() {
        for threshold in [Threshold::Any, Threshold::All] {
            let policy = Policy { threshold, ..Policy::default() };
            assert!(policy.is_empty() && !policy.is_met_by(&[]));
        }
    }
}
