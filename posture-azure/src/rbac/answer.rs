//! Answers in three values.

use posture_model::tri::Tri;

/// A question about roles. It is open where the answer depends on what is not known: a condition, the members of a group,
/// a role that could not be read.
pub(crate) type Answer = Tri<()>;
