//! Answers in three values.

use posture_model::gap::Gap;
use posture_model::tri::Tri;

/// Whether something is true for a policy; the gap is the reason if that is open.
pub(super) type Truth = Tri<Gap>;
