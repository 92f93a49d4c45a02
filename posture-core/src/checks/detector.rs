//! What threat detection watches besides the records of management calls.

use crate::prelude::*;

/// Judges one thing that a detector may watch. Where the detector is off altogether, it watches nothing, and
/// `detection.threat-detector` fails for that region once, in place of every control of its features. Where there is no
/// switch for all of it, each thing is judged by itself.
pub(crate) fn feature(detector: &Detector, fact: FactId, on: &Fact<bool>) -> Judged {
    if detector.enabled != NotOffered && !*detector.enabled.known()? {
        return not_applicable("threat detection is off in this region altogether");
    }
    if *on.known()? {
        return pass();
    }
    fail(fact, "off", "on")
}
