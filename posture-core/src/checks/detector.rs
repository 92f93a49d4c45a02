//! What threat detection watches besides the records of management calls.

use crate::prelude::*;

/// The test of a control that checks whether a detector watches something, with what else it reads.
macro_rules! watches {
    ($fact:ident $(, $more:ident: $good:expr)*) => {
        pastey::paste! {
            Test {
                reads: &[
                    Detector::ENABLED,
                    Detector::[<$fact:upper>],
                    $( Detector::[<$more:upper>], )*
                ],
                params: &[],
                check: Check::Detector(|detector, _| {
                    detector::feature(detector, Detector::[<$fact:upper>], &detector.$fact)
                }),
                examples: Examples {
                    pass: |scope| {
                        let example = detector::watching().$fact(Known(true));
                        scope.add(example$( .$more(Known($good)) )*);
                    },
                    fail: |scope| {
                        let example = detector::watching().$fact(Known(false));
                        scope.add(example$( .$more(Known($good)) )*);
                    },
                },
            }
        }
    };
}
pub(crate) use watches;

/// Judges one thing that a detector may watch. If the detector is off altogether, it watches nothing, and
/// `detection.threat-detector` fails for that region once, in place of every control of its features. If there is no
/// setting for the whole detector, each thing is judged separately.
pub(crate) fn feature(detector: &Detector, fact: FactId, on: &Fact<bool>) -> CheckResult {
    if detector.enabled != NotOffered && !*detector.enabled.known()? {
        return not_applicable("threat detection is off in this region");
    }
    if *on.known()? {
        return pass();
    }
    fail(fact, "off", "on")
}

/// A detector that is on, with nothing else known yet.
pub(crate) fn watching() -> Detector {
    Detector::unread(
        "arn:aws:guardduty:us-east-1:123456789012:detector/1",
        "us-east-1",
        Some("us-east-1"),
    )
    .enabled(Known(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::controls::detection::{
        threat_detector_databases, threat_detector_functions, threat_detector_kubernetes,
        threat_detector_malware, threat_detector_runtime, threat_detector_storage,
    };

    const CONTROLS: &[(&Control, FactId)] = &[
        (&threat_detector_databases::CONTROL, Detector::DATABASES),
        (&threat_detector_functions::CONTROL, Detector::FUNCTIONS),
        (&threat_detector_kubernetes::CONTROL, Detector::KUBERNETES_AUDIT),
        (&threat_detector_malware::CONTROL, Detector::MALWARE),
        (&threat_detector_runtime::CONTROL, Detector::RUNTIME),
        (&threat_detector_storage::CONTROL, Detector::OBJECT_STORAGE),
    ];

    #[test]
    fn what_is_watched_passes() {
        for (control, fact) in CONTROLS {
            assert_passes(control, but(control, [(*fact, Known(json!(true)))]));
            assert_fails(control, but(control, [(*fact, Known(json!(false)))]));
            assert_unknown(control, but(control, [(*fact, denied())]));
            // Not every region has it.
            assert_not_applicable(control, but(control, [(*fact, NotOffered)]));
        }
    }

    #[test]
    fn a_detector_that_is_off_is_judged_once() {
        for (control, fact) in CONTROLS {
            for on in [Known(json!(true)), Known(json!(false)), denied()] {
                let off = (Detector::ENABLED, Known(json!(false)));
                assert_not_applicable(control, but(control, [(*fact, on.clone()), off]));
                let unread = (Detector::ENABLED, denied());
                assert_unknown(control, but(control, [(*fact, on), unread]));
            }
        }
    }
}
