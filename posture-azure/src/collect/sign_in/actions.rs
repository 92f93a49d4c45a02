//! What the rules about sign-ins are read by.

use crate::entry::{Action, REFERRED, TENANT};
use posture_model::resource::{Directory, FactId};

pub(crate) const POLICIES: &str = "/identity/conditionalAccess/policies";
pub(crate) const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
pub(crate) const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";

/// What takes the rules about sign-ins.
const OF_RULES: &[FactId] = &[
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::DEVICE_CODES_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_RULES,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

pub(crate) const READ_POLICIES: Action = Action {
    name: POLICIES,
    own: &["Policy.Read.All"],
    per: TENANT,
    lists: &[],
    fills: OF_RULES,
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
};

pub(crate) const READ_LOCATIONS: Action = Action {
    name: LOCATIONS,
    own: &["Policy.Read.All"],
    per: TENANT,
    lists: &[],
    fills: &[Directory::TRUSTED_NETWORKS],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/namedLocations",
};

/// What takes what those rules call MFA.
const OF_STRENGTHS: &[FactId] = &[
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_RULES,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

pub(crate) const READ_STRENGTHS: Action = Action {
    name: STRENGTHS,
    own: &["Policy.Read.All"],
    per: REFERRED,
    lists: &[],
    fills: OF_STRENGTHS,
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies",
};
