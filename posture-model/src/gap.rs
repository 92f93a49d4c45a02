//! Why something could not be read.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The number of a gap in its scope's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct GapId(u32);

impl GapId {
    /// The first gap of every scope: not requested, because no selected control reads it.
    pub const NOT_COLLECTED: Self = Self(0);

    /// The second gap of every scope: what was pointed to lives in an account or subscription outside this audit.
    pub const OUTSIDE_SCOPE: Self = Self(1);

    /// The gap of every scope that no fact has: what was read is known, and a rule has no answer
    /// for it.
    pub const NO_ANSWER: Self = Self(u32::MAX);

    /// The answer of a check that asked the other scopes of the run. No finding has it.
    pub const ELSEWHERE: Self = Self(u32::MAX - 2);

    /// The gap of every scope that no fact has: something is dated later than the time at which the scope was read, so that
    /// its age is not known.
    pub const AHEAD_OF_TIME: Self = Self(u32::MAX - 1);

    /// The gap at `index` of the scope's list.
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// The gap of every scope that no fact has: a version is past the support of its project, and whether its vendor supports it for
    /// longer is not shown.
    pub const VENDOR_SUPPORT: Self = Self(u32::MAX - 3);

    /// The index in the scope's list.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that could not be read: the action, the target, and the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The provider's name of the action that would have shown it, such as `s3:GetBucketPolicy`; empty if none was
    /// involved.
    pub action: String,
    /// The native ID of the resource; empty for the whole scope or region.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// The region of the call, if the service is regional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    // An alias is the spelling of earlier snapshots.
    /// Why there was no answer.
    pub reason: Reason,
    /// The provider's own error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's number of the request, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What else is known, in a few words. It may repeat the provider's text and is as hostile as any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Gap {
    /// The gap behind [`GapId::NOT_COLLECTED`].
    pub fn not_collected() -> Self {
        Self::new("", "", Reason::NotCollected)
    }

    /// The gap behind [`GapId::OUTSIDE_SCOPE`].
    pub fn outside_scope() -> Self {
        Self::new("", "", Reason::OutsideScope)
    }

    /// The gap behind [`GapId::NO_ANSWER`].
    pub(crate) fn no_answer() -> &'static Self {
        static GAP: LazyLock<Gap> = LazyLock::new(|| Gap {
            detail: Some("the control cannot decide what was read".to_owned()),
            ..Gap::new("", "", Reason::Undetermined)
        });
        &GAP
    }

    /// The gap behind [`GapId::AHEAD_OF_TIME`].
    pub(crate) fn ahead_of_time() -> &'static Self {
        static GAP: LazyLock<Gap> = LazyLock::new(|| Gap {
            detail: Some("its date is later than the time of reading".to_owned()),
            ..Gap::new("", "", Reason::Undetermined)
        });
        &GAP
    }

    /// The gap behind [`GapId::VENDOR_SUPPORT`].
    pub(crate) fn vendor_support() -> &'static Self {
        static GAP: LazyLock<Gap> = LazyLock::new(|| {
            Gap {
            detail: Some(
                "the project supports the version no more, and what was read does not show for how long its vendor does"
                    .to_owned(),
            ),
            ..Gap::new("", "", Reason::Undetermined)
        }
        });
        &GAP
    }

    /// A gap with its three mandatory parts.
    pub fn new(action: impl Into<String>, target: impl Into<String>, reason: Reason) -> Self {
        Self {
            action: action.into(),
            target: target.into(),
            region: None,
            reason,
            code: None,
            request_id: None,
            detail: None,
        }
    }

    /// The action, its target and the reason in words, with what else is known. It is as hostile as any text of a cloud.
    pub fn words(&self) -> String {
        let parts = [self.action.as_str(), self.target.as_str(), self.reason.words()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let detail = self.detail.as_deref().map_or(String::new(), |text| format!(": {text}"));
        format!("{}{detail}", parts.join(" "))
    }

    /// What was read does not decide an answer, for the reason that `detail` states.
    pub fn undetermined(action: &str, target: &str, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..Self::new(action, target, Reason::Undetermined) }
    }
}

/// The gaps of a scope while it is collected, each once. Collectors note them side by side.
#[derive(Debug)]
pub struct Register(Mutex<Noted>);

#[derive(Debug)]
struct Noted {
    list: Vec<Gap>,
    ids: HashMap<Gap, GapId>,
}

impl Default for Register {
    /// With the two gaps that every scope has.
    fn default() -> Self {
        let list = vec![Gap::not_collected(), Gap::outside_scope()];
        let ids = [GapId::NOT_COLLECTED, GapId::OUTSIDE_SCOPE];
        let ids = list.iter().cloned().zip(ids).collect();
        Self(Mutex::new(Noted { list, ids }))
    }
}

impl Register {
    /// Records a gap and returns its number.
    pub fn note(&self, gap: Gap) -> GapId {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = noted.ids.get(&gap) {
            return *id;
        }
        let id = GapId::new(u32::try_from(noted.list.len()).unwrap_or(0));
        noted.list.push(gap.clone());
        noted.ids.insert(gap, id);
        id
    }

    /// Every gap noted so far, in the order of their numbers.
    pub fn list(&self) -> Vec<Gap> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).list.clone()
    }

    /// Every gap noted, in the order of their numbers.
    pub fn into_list(self) -> Vec<Gap> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).list
    }
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// Not requested: no control selected when the snapshot was taken reads it.
    NotCollected,
    /// Denied; the provider does not report by which policy.
    Denied,
    /// Denied: no identity policy allows it, or one forbids it.
    DeniedByIdentityPolicy,
    /// Denied by a policy of the organization above the account.
    DeniedByOrganizationPolicy,
    /// Denied by a policy on the resource.
    DeniedByResourcePolicy,
    /// The credentials are missing, invalid or expired.
    Credentials,
    /// Still throttled after the last retry.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// No connection, or one that broke.
    Unreachable,
    /// The provider's side failed after the last retry.
    ServerError,
    /// The answer does not parse, or contradicts itself.
    Malformed,
    /// The region is not enabled for this account.
    RegionDisabled,
    /// The tenant's license does not include it.
    #[serde(alias = "licence-missing")]
    LicenseMissing,
    /// This tool or the provider's endpoint cannot answer it.
    Unsupported,
    /// It was read, but its meaning depends on something that cannot be read: a condition key, an organization policy.
    Undetermined,
    /// It lives in an account or subscription outside this audit.
    OutsideScope,
    /// The list ended before its end, or disagrees with the provider's own count.
    Incomplete,
    /// The audit was interrupted before it was read.
    #[serde(alias = "cancelled")]
    Canceled,
    /// A file given to the audit is invalid: a manifest that the API server would reject, or that cannot be read.
    InvalidFile,
}

impl Reason {
    /// The reason in words, to follow an action: "`s3:GetBucketPolicy` denied".
    pub fn words(self) -> &'static str {
        match self {
            Self::NotCollected => "not collected",
            Self::Denied => "denied",
            Self::DeniedByIdentityPolicy => "denied by identity policy",
            Self::DeniedByOrganizationPolicy => "denied by organization policy",
            Self::DeniedByResourcePolicy => "denied by resource policy",
            Self::Credentials => "credentials not accepted",
            Self::Throttled => "throttled",
            Self::TimedOut => "timed out",
            Self::Unreachable => "unreachable",
            Self::ServerError => "server error at the provider",
            Self::Malformed => "malformed response",
            Self::RegionDisabled => "region disabled",
            Self::LicenseMissing => "license missing",
            Self::Unsupported => "not supported",
            Self::Undetermined => "undetermined",
            Self::OutsideScope => "outside the audited scope",
            Self::Incomplete => "incomplete",
            Self::Canceled => "interrupted",
            Self::InvalidFile => "invalid",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_spellings_are_read() {
        for (earlier, reason, now) in [
            ("\"licence-missing\"", Reason::LicenseMissing, "\"license-missing\""),
            ("\"cancelled\"", Reason::Canceled, "\"canceled\""),
        ] {
            assert_eq!(serde_json::from_str::<Reason>(earlier).unwrap(), reason);
            assert_eq!(serde_json::to_string(&reason).unwrap(), now);
        }
    }
}
