//! Digests, as the
//! [OCI image specification](https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests) defines them.

use std::fmt;

use aws_lc_rs::digest::{self, SHA256, SHA512};

use crate::text;

/// A digest of SHA-256 or SHA-512: `sha256:` and 64 digits, or `sha512:` and 128.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

/// A text that is not a digest which can be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of SHA-256 or SHA-512: {0}")]
pub struct DigestError(String);

impl Digest {
    /// Reads `sha256:…` or `sha512:…`, in small letters.
    ///
    /// # Errors
    ///
    /// The text has another form, another length or another algorithm.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let digits = match text.split_once(':') {
            Some(("sha256", digits)) if digits.len() == 64 => digits,
            Some(("sha512", digits)) if digits.len() == 128 => digits,
            _ => return Err(DigestError(text::clean(text, 150))),
        };
        let small = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digits.bytes().all(small) {
            Ok(Self(text.to_owned()))
        } else {
            Err(DigestError(text::clean(text, 150)))
        }
    }

    /// The SHA-256 digest of a content.
    pub fn sha256(content: &[u8]) -> Self {
        Self(format!("sha256:{}", text::hex(digest::digest(&SHA256, content).as_ref())))
    }

    /// Whether this is the digest of `content`.
    pub fn is_of(&self, content: &[u8]) -> bool {
        let (algorithm, digits) = self.parts();
        let algorithm = if algorithm == "sha512" { &SHA512 } else { &SHA256 };
        text::hex(digest::digest(algorithm, content).as_ref()) == digits
    }

    /// `sha256` or `sha512`, and the digits.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or_default()
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digests_that_can_be_checked_are_read() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::sha256(b"").as_str(), empty);
        assert!(Digest::parse(empty).is_ok_and(|digest| digest.is_of(b"") && !digest.is_of(b"a")));
        let long = format!("sha512:{}", text::hex(digest::digest(&SHA512, b"a").as_ref()));
        assert!(Digest::parse(&long).is_ok_and(|digest| digest.is_of(b"a") && !digest.is_of(b"")));
        for wrong in [
            "",
            "sha256:",
            "sha256:E3",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
            &empty[..70],
            &empty.to_uppercase(),
        ] {
            assert!(Digest::parse(wrong).is_err(), "{wrong}");
        }
    }
}
