//! What went wrong: what was requested, of which registry, and what it answered.

use std::time::Duration;

use posture_image::{Cause, Gap};

/// Why something was not read from a registry. No text in it holds a secret or a character that controls a terminal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read {asked} from {registry}: {why}")]
pub struct Error {
    /// The registry, as references name it.
    pub registry: String,
    /// What was requested, such as "the manifest team/app:1.2".
    pub asked: String,
    /// What happened.
    pub why: Why,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The registry requires credentials, or rejects those that it got (401).
    #[error("{0}")]
    SignIn(String),
    /// The identity may not read it (403).
    #[error("access is denied{0}")]
    Denied(String),
    /// The registry does not have it, or hides it from this identity (404).
    #[error("it is absent, or access is denied{0}")]
    Absent(String),
    /// Too many requests (429), also after the waits that are allowed.
    #[error("too many requests{}{detail}", wait.map_or_else(String::new, |wait| format!("; the registry asks to wait {} seconds", wait.as_secs())))]
    Throttled {
        /// What `Retry-After` asks for.
        wait: Option<Duration>,
        /// The words of the registry.
        detail: String,
    },
    /// The registry failed (5xx), also after repeats.
    #[error("the registry failed with status {status}{detail}")]
    Server {
        /// The status.
        status: u16,
        /// The words of the registry.
        detail: String,
    },
    /// A status that the protocol has no meaning for here.
    #[error("unexpected status {status}{detail}")]
    Unexpected {
        /// The status.
        status: u16,
        /// The words of the registry.
        detail: String,
    },
    /// No connection: the name, the network or TLS.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// The connection ended before the response.
    #[error("the connection was interrupted: {0}")]
    Interrupted(String),
    /// Nothing came for too long, or the image took too long altogether.
    #[error("{0}")]
    TimedOut(String),
    /// The body ended too early, also after repeats.
    #[error("the body ended after {read} bytes{}", expected.map_or_else(String::new, |expected| format!(" of {expected}")))]
    Truncated {
        /// The bytes that came.
        read: u64,
        /// The bytes that were announced.
        expected: Option<u64>,
    },
    /// There is more than is read.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// The bytes are not those of the digest or size that is stated.
    #[error("{0}")]
    Mismatch(String),
    /// The content has an encoding that was not asked for.
    #[error("a content encoding that is not supported: {0}")]
    Encoding(String),
    /// The response is not of the form that the protocol requires.
    #[error("the response is malformed: {0}")]
    Malformed(String),
    /// A redirect that is not followed.
    #[error("a redirect that is not followed: {0}")]
    Redirect(String),
    /// The registry names a token service that is not asked.
    #[error("a token service that is not asked: {0}")]
    Realm(String),
    /// Nothing was requested, because of the options or the reference.
    #[error("{0}")]
    NotRequested(String),
}

impl Why {
    /// Whether it may be different at the next attempt.
    pub(crate) const fn passes(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Server { .. }
            | Self::Unreachable(_)
            | Self::Interrupted(_)
            | Self::TimedOut(_)
            | Self::Truncated { .. } => true,
            Self::SignIn(_)
            | Self::Denied(_)
            | Self::Absent(_)
            | Self::Unexpected { .. }
            | Self::TooLarge(_)
            | Self::Mismatch(_)
            | Self::Encoding(_)
            | Self::Malformed(_)
            | Self::Redirect(_)
            | Self::Realm(_)
            | Self::NotRequested(_) => false,
        }
    }

    /// The cause of the gap that it leaves in an image.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Absent(_) => Cause::Missing,
            Self::TooLarge(_) => Cause::Incomplete,
            Self::Mismatch(_) => Cause::Mismatch,
            Self::Encoding(_) => Cause::Unsupported,
            Self::Malformed(_) => Cause::Malformed,
            Self::NotRequested(_) => Cause::NotRead,
            Self::SignIn(_)
            | Self::Denied(_)
            | Self::Throttled { .. }
            | Self::Server { .. }
            | Self::Unexpected { .. }
            | Self::Unreachable(_)
            | Self::Interrupted(_)
            | Self::TimedOut(_)
            | Self::Truncated { .. }
            | Self::Redirect(_)
            | Self::Realm(_) => Cause::Unreadable,
        }
    }
}

impl From<&Error> for Gap {
    fn from(error: &Error) -> Self {
        Self::new(error.why.cause(), &error.registry, format!("{}: {}", error.asked, error.why))
    }
}
