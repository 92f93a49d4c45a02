//! What the rules about sign-ins are read by.

pub(crate) const POLICIES: &str = "/identity/conditionalAccess/policies";
pub(crate) const LOCATIONS: &str = "/identity/conditionalAccess/namedLocations";
pub(crate) const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";
