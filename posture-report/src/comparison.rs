//! What changed since an earlier audit, for the formats that say so.

use posture_core::diff::{Change, RequirementChange};
use posture_core::time::Time;

/// What changed since an earlier audit. It is compared before it is written: a format judges nothing.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The number of the earlier audit in its history; none if it is in none.
    pub run: Option<i64>,
    /// When the reading of the earlier audit ended.
    pub finished: Time,
    /// How many accounts, subscriptions and tenants both audits read. If there are none, nothing shows a change.
    pub shared: usize,
    /// The findings with another status.
    pub changes: Vec<Change>,
    /// The requirements with another state, of the frameworks that both audits rolled up from every control.
    pub requirements: Vec<RequirementChange>,
}
