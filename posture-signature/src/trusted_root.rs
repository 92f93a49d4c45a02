//! The authorities and logs behind signatures by certificate.

use std::fmt;
use std::sync::{Arc, OnceLock};

use sigstore_verify::Verifier;
use sigstore_verify::trust_root::{self, SigstoreInstance};

use crate::report::RootUsed;
use crate::text;

/// When the version of `sigstore-trust-root` that is compiled in was published, by its changelog: it then held the newest root. A test
/// fails when the content changes and this does not.
pub const PUBLISHED: &str = "2026-10-23";
/// The same in days since 1970-01-01.
const DAY: u64 = 20_749;

/// Bytes of a trusted root. That of the public instance has 7 KiB.
const LARGEST: usize = 1 << 20;

/// The certificate authorities, transparency logs, certificate logs and timestamp authorities that are trusted
/// ([`trustroot.proto`](https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto)).
#[derive(Clone)]
pub struct TrustedRoot {
    used: RootUsed,
    verifier: Arc<Verifier>,
}

impl fmt::Debug for TrustedRoot {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "TrustedRoot({})", self.used)
    }
}

/// Why a trusted root cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("trusted root {name}: {reason}")]
pub struct RootError {
    name: String,
    reason: String,
}

impl TrustedRoot {
    /// That of the public instance of Sigstore, compiled in. It ages: see [`RootUsed::days_old`]. Nothing is fetched.
    ///
    /// # Errors
    ///
    /// Never for the root that is compiled in; a test shows it.
    pub fn compiled() -> Result<Self, RootError> {
        static COMPILED: OnceLock<Result<TrustedRoot, RootError>> = OnceLock::new();
        let read = || {
            let json = SigstoreInstance::PublicGood.embedded_trusted_root_json();
            Self::read(Self::compiled_used(), json)
        };
        COMPILED.get_or_init(read).clone()
    }

    /// One that the user gives, such as a newer one (`cosign trusted-root create --with-default-services`) or that of a private
    /// instance. `name` is shown in the report.
    ///
    /// # Errors
    ///
    /// It is not a `trusted_root.json`.
    pub fn from_json(name: &str, json: &[u8]) -> Result<Self, RootError> {
        let used = RootUsed { source: text::name(name), published: None, day: None };
        let error =
            |reason: &str| RootError { name: used.source.clone(), reason: reason.to_owned() };
        if json.len() > LARGEST {
            return Err(error("it is larger than 1 MiB"));
        }
        let json = std::str::from_utf8(json).map_err(|_| error("it is not text"))?;
        Self::read(used, json)
    }

    fn read(used: RootUsed, json: &str) -> Result<Self, RootError> {
        let error = |error: &dyn fmt::Display| RootError {
            name: used.source.clone(),
            reason: text::name(&error.to_string()),
        };
        let root = trust_root::TrustedRoot::from_json(json).map_err(|reason| error(&reason))?;
        if root.certificate_authorities.is_empty() || root.tlogs.is_empty() {
            return Err(error(&"it has no certificate authority or no transparency log"));
        }
        let verifier = Verifier::new(&root).map_err(|reason| error(&reason))?;
        Ok(Self { used, verifier: Arc::new(verifier) })
    }

    pub(crate) fn compiled_used() -> RootUsed {
        RootUsed {
            source: "Sigstore public instance, compiled in".into(),
            published: Some(PUBLISHED),
            day: Some(DAY),
        }
    }

    /// What a report shows of it.
    pub fn used(&self) -> &RootUsed {
        &self.used
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}
