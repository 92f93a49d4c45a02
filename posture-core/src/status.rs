//! The status of a finding.

use serde::{Deserialize, Serialize};

/// The status of a finding. An accepted failure is a separate status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingStatus {
    /// The objective is met.
    Pass,
    /// It is not met.
    Fail,
    /// It is not met, and that was accepted.
    Excepted,
    /// It does not concern the resource.
    NotApplicable,
    /// It could not be decided.
    Unknown,
}

impl FindingStatus {
    /// Every status.
    pub const ALL: &'static [Self] =
        &[Self::Pass, Self::Fail, Self::Excepted, Self::NotApplicable, Self::Unknown];

    /// The status in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Excepted => "excepted",
            Self::NotApplicable => "not applicable",
            Self::Unknown => "unknown",
        }
    }

    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            other => other.words(),
        }
    }

    /// Whether the objective is not met, accepted or not.
    pub fn fails(self) -> bool {
        matches!(self, Self::Fail | Self::Excepted)
    }
}
