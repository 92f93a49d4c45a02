//! Answers in three values.

use posture_model::gap::Gap;
use posture_model::tri::Tri;

/// Whether something holds of a policy; the gap says why that is open.
pub(super) type Truth = Tri<Gap>;
