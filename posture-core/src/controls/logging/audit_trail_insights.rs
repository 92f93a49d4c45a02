//! `logging.audit-trail-insights`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.audit-trail-insights",
    title: "Audit trails look for unusual activity",
    severity: Low,
    rationale: "A burst of calls or of errors that never was before is often the first sign of an intruder.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on CloudTrail Insights for the trail.",
            console: "CloudTrail → Trails → the trail → Insights events → Edit",
            command: r#"aws cloudtrail put-insight-selectors --trail-name <trail> --insight-selectors '[{"InsightType": "ApiCallRateInsight"}]'"#,
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html",
    ],
    satisfies: &[
        csf20("DE.AE-02", Supporting),
        csf20("DE.CM-03", Supporting),
        ccm41("LOG-05", Supporting),
        ccm41("LOG-14", Supporting),
    ],
    reads: &[AuditTrail::INSIGHTS],
    params: &[],
    check: Check::AuditTrail(check),
    examples: Examples {
        pass: |scope| scope.audit_trails.items.push(trail::trail().insights(Known(true))),
        fail: |scope| scope.audit_trails.items.push(trail::trail().insights(Known(false))),
    },
};

fn check(trail: &AuditTrail, _: &Context<'_>) -> Judged {
    if *trail.insights.known()? {
        return pass();
    }
    fail(AuditTrail::INSIGHTS, "off", "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |insights| {
            move |scope: &mut Scope| {
                scope.audit_trails.items.push(trail::trail().insights(insights))
            }
        };
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
