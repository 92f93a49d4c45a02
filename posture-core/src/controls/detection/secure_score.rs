//! `detection.secure-score`

use crate::prelude::*;

/// See the [module](self).
///
/// A score is not a configuration: it sums up what the provider checked, so that it supports requirements and decides none.
pub(crate) static CONTROL: Control = Control {
    id: "detection.secure-score",
    life: since("0.1.0"),
    title: "Secure score in Defender for Cloud meets the threshold",
    finding: "Secure score is below the threshold",
    keywords: &["secure score", "Defender for Cloud", "recommendations"],
    severity: Low,
    rationale: "Defender for Cloud assesses more than an external audit can. A low score means \
                that many of its recommendations are open. A high score says nothing about what \
                it does not assess.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Fix the recommendations that add the most points. The command lists the \
                   assessments.",
            console: "Microsoft Defender for Cloud → Recommendations → Secure score \
                      recommendations",
            command: Inspect("az security assessment list"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/secure-score-security-controls",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/secure-scores/get",
    ],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-07", Supporting),
        ccm41("TVM-11", Supporting),
        mcsb1("PV-2", Supporting),
    ],
    test: Test {
        reads: &[Detector::SECURE_SCORE_PERCENT],
        params: &[Param::Count(&MIN_PERCENT)],
        check: Check::Detector(check),
        examples: Examples {
            pass: |scope| scope.detectors.items.push(example(Known(Some(70)))),
            fail: |scope| scope.detectors.items.push(example(Known(Some(69)))),
        },
    },
};

static MIN_PERCENT: Count = Count {
    name: "min-percent",
    doc: "The minimum secure score in percent. A lower score fails; an equal score passes. No source defines a value: raise the default as the score rises.",
    default: 70,
};

fn check(detector: &Detector, context: &Context<'_>) -> CheckResult {
    let least = context.count(&MIN_PERCENT);
    match *detector.secure_score_percent.known()? {
        None => not_applicable("Defender for Cloud has not calculated a score"),
        Some(percent) if percent < least => fail(
            Detector::SECURE_SCORE_PERCENT,
            format!("{percent} %"),
            format!("at least {least} %"),
        ),
        Some(_) => pass(),
    }
}

fn example(percent: Fact<Option<u32>>) -> Detector {
    Detector::unread("/subscriptions/1/providers/Microsoft.Security", "Defender for Cloud", None)
        .secure_score_percent(percent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(value: Fact<Option<u32>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.detectors.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(70))));
        assert_fails(&CONTROL, with(Known(Some(69))));
        assert_not_applicable(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
        let scope = world(with(Known(Some(70))));
        let all = judged_with(&CONTROL, &scope, &[("min-percent", Value::Number(71))]);
        assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
    }
}
