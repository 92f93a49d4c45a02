//! The authorities and logs behind signatures by certificate.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
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
        let source = text::name(name);
        let used = RootUsed { source, published: None, newest: None, day: None };
        let error =
            |reason: &str| RootError { name: used.source.clone(), reason: reason.to_owned() };
        if json.len() > LARGEST {
            return Err(error("it is larger than 1 MiB"));
        }
        let json = std::str::from_utf8(json).map_err(|_| error("it is not text"))?;
        let (newest, day) = newest(json).unzip();
        Self::read(RootUsed { newest, day, ..used }, json)
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
            newest: None,
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

/// The latest day on which an authority or log of a root began, as it is written, and in days since 1970-01-01.
fn newest(json: &str) -> Option<(String, u64)> {
    let root: Value = serde_json::from_str(json).ok()?;
    let mut found = None;
    let mut left = vec![&root];
    while let Some(value) = left.pop() {
        match value {
            Value::Object(fields) => {
                let start = fields.get("validFor").and_then(|period| period.get("start"));
                let day = start.and_then(Value::as_str).and_then(day);
                found = found.max(day.map(|(number, text)| (number, text.to_owned())));
                left.extend(fields.values());
            }
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    found.map(|(number, text)| (text, number))
}

/// The day of a time such as `2026-10-23T00:00:00Z`, in days since 1970-01-01, and as it is written.
fn day(time: &str) -> Option<(u64, &str)> {
    let (day, _) = time.split_once('T')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = day.splitn(3, '-').filter(|part| digits(part));
    let mut number = || parts.next()?.parse::<u64>().ok();
    let (year, month, of_month) = (number()?, number()?, number()?);
    let is_day =
        (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&of_month);
    if !is_day || day.len() != 10 {
        return None;
    }
    // The civil calendar in days: https://howardhinnant.github.io/date_algorithms.html#days_from_civil
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted / 400, shifted % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some((days.checked_sub(719_468)?, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_start_is_the_day_of_a_root() {
        let json = r#"{"tlogs": [{"publicKey": {"validFor": {"start": "2021-01-12T11:53:27.000Z"}}}],
            "ctlogs": [{"publicKey": {"validFor": {"start": "2026-10-23T00:00:00Z", "end": "2027-01-01T00:00:00Z"}}}],
            "certificateAuthorities": [{"validFor": {"start": "2022-04-13T20:06:15.000Z"}}]}"#;
        assert_eq!(newest(json), Some(("2026-10-23".to_owned(), DAY)));
        for odd in
            ["{}", "[]", "", r#"{"validFor": {"start": 1}}"#, r#"{"validFor": {"start": "soon"}}"#]
        {
            assert_eq!(newest(odd), None, "{odd}");
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        for (time, days) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-12-31T00:00:00Z", 364),
            ("2000-02-29T00:00:00Z", 11_016),
            ("2000-03-01T00:00:00Z", 11_017),
            ("2026-10-23T00:00:00Z", DAY),
        ] {
            assert_eq!(day(time).unwrap().0, days, "{time}");
        }
        for bad in ["2026-13-01T", "2026-1-1T", "2026-10-23", "1969-01-01T", "2026-10-+3T", "T", ""]
        {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
}
