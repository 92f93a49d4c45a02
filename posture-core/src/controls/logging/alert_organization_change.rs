//! `logging.alert-organization-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.alert-organization-change",
    life: since("0.1.0"),
    title: "AWS Organizations changes raise an alert",
    finding: "No working CloudWatch alarm on AWS Organizations changes",
    keywords: &[
        "AWS Organizations",
        "SCP",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "A change of the organization changes what every account in it is allowed to do.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name organization-change --filter-pattern '{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = AcceptHandshake) || ($.eventName = AttachPolicy) || ($.eventName = CreateAccount) || ($.eventName = CreateOrganizationalUnit) || ($.eventName = CreatePolicy) || ($.eventName = DeclineHandshake) || ($.eventName = DeleteOrganization) || ($.eventName = DeleteOrganizationalUnit) || ($.eventName = DeletePolicy) || ($.eventName = DetachPolicy) || ($.eventName = DisablePolicyType) || ($.eventName = EnablePolicyType) || ($.eventName = InviteAccountToOrganization) || ($.eventName = LeaveOrganization) || ($.eventName = MoveAccount) || ($.eventName = RemoveAccountFromOrganization) || ($.eventName = UpdateOrganizationalUnit) || ($.eventName = UpdatePolicy)) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Partial),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.15", Full),
    ],
    test: Test {
        reads: alert::READS,
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.alerts.items.push(alert::working(EventClass::OrganizationChange)),
            fail: |scope| {
                scope
                    .alerts
                    .items
                    .push(alert::working(EventClass::OrganizationChange).notifies(Known(false)))
            },
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> Judged {
    alert::raised(context, EventClass::OrganizationChange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_this_class_counts_and_of_another_does_not() {
        for class in EventClass::ALL {
            let alert = alert::working(*class);
            let fill = |scope: &mut Scope| scope.alerts.items.push(alert);
            if *class == EventClass::OrganizationChange {
                assert_passes(&CONTROL, fill);
            } else {
                assert_fails(&CONTROL, fill);
            }
        }
    }
}
