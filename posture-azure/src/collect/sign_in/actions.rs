//! What the rules about sign-ins are read by.

use crate::entry::{Action, REFERRED, TENANT, facts};
use posture_model::resource::{Directory, FactId};

pub(crate) const POLICIES: &str = "/identity/conditionalAccess/policies";
pub(crate) const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
pub(crate) const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";

/// Whether sign-ins require MFA, or are blocked.
const OF_MFA: &[FactId] = &[
    Directory::MFA_FOR_EVERYONE,
    Directory::MFA_FOR_ADMINISTRATORS,
    Directory::MFA_FOR_MANAGEMENT,
    Directory::MFA_FOR_RISKY_SIGN_INS,
    Directory::LEGACY_PROTOCOLS_BLOCKED,
    Directory::MFA_FOR_DEVICE_REGISTRATION,
    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
];

/// What follows from the rules about sign-ins and from who holds the roles that they name.
pub(crate) const SIGN_INS: &[FactId] = facts![OF_MFA, &[Directory::DEVICE_CODES_BLOCKED]];

pub(crate) const READ_POLICIES: Action = Action {
    name: POLICIES,
    own: &["Policy.Read.All"],
    per: TENANT,
    lists: &[],
    fills: facts![SIGN_INS, &[Directory::SIGN_IN_RULES]],
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

pub(crate) const READ_STRENGTHS: Action = Action {
    name: STRENGTHS,
    own: &["Policy.Read.All"],
    per: REFERRED,
    lists: &[],
    fills: facts![OF_MFA, &[Directory::SIGN_IN_RULES]],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies",
};
