//! `logging.alert-unauthorized-calls`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.alert-unauthorized-calls",
    life: since("0.1.0"),
    title: "Unauthorized API calls raise an alert",
    finding: "No working CloudWatch alarm on unauthorized API calls",
    keywords: &[
        "AccessDenied",
        "UnauthorizedOperation",
        "API calls",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "A series of denied calls is a sign that an attacker is probing for permissions.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name unauthorized-calls --filter-pattern '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Partial),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.1", Full),
    ],
    test: Test {
        reads: alert::READS,
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.alerts.items.push(alert::working(EventClass::UnauthorizedCalls)),
            fail: |scope| {
                scope
                    .alerts
                    .items
                    .push(alert::working(EventClass::UnauthorizedCalls).notifies(Known(false)))
            },
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> Judged {
    alert::raised(context, EventClass::UnauthorizedCalls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_this_class_counts_and_of_another_does_not() {
        for class in EventClass::ALL {
            let alert = alert::working(*class);
            let fill = |scope: &mut Scope| scope.alerts.items.push(alert);
            if *class == EventClass::UnauthorizedCalls {
                assert_passes(&CONTROL, fill);
            } else {
                assert_fails(&CONTROL, fill);
            }
        }
    }
}
