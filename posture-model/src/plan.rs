//! Which calls an audit would make.

use std::collections::BTreeMap;

use crate::scope::Calls;

/// The calls that an audit of one account or tenant would make.
#[derive(Clone, Debug)]
pub struct Plan {
    /// By action, ordered by name.
    pub calls: Vec<Planned>,
    /// What was called to find out how much there is.
    pub asked: BTreeMap<String, Calls>,
}

/// How often an action would be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The action.
    pub action: &'static str,
    /// How often.
    pub calls: u64,
    /// How sure that is.
    pub bound: Bound,
}

/// How sure a planned number of calls is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Exactly as many.
    Exact,
    /// More where a listing has more pages than can be known beforehand, or an answer is not ready yet.
    AtLeast,
    /// Fewer where an answer makes other questions needless.
    AtMost,
}
