//! What the rules about sign-ins are read by.

use crate::entry::{Action, REFERRED, TENANT};
use posture_core::resource::{Directory, FactId};

pub(crate) const POLICIES: &str = "/identity/conditionalAccess/policies";
pub(crate) const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
pub(crate) const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";

/// What takes the rules about sign-ins.
const OF_RULES: &[FactId] = &[
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("device_codes_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_rules"),
    Directory::fact("sign_in_exclusions_decided"),
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
    fills: &[Directory::fact("trusted_networks")],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/namedLocations",
};

/// What takes what those rules call MFA.
const OF_STRENGTHS: &[FactId] = &[
    Directory::fact("mfa_for_everyone"),
    Directory::fact("mfa_for_administrators"),
    Directory::fact("mfa_for_management"),
    Directory::fact("mfa_for_risky_sign_ins"),
    Directory::fact("legacy_protocols_blocked"),
    Directory::fact("mfa_for_device_registration"),
    Directory::fact("sign_in_rules"),
    Directory::fact("sign_in_exclusions_decided"),
];

pub(crate) const READ_STRENGTHS: Action = Action {
    name: STRENGTHS,
    own: &["Policy.Read.All"],
    per: REFERRED,
    lists: &[],
    fills: OF_STRENGTHS,
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies",
};
