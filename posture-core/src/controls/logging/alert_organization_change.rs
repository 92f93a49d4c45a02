//! `logging.alert-organization-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.15", Full),
    ],
    test: alert::raised_at!(OrganizationChange),
};
