//! `logging.alert-network-acl-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-network-acl-change",
    life: since("0.1.0"),
    title: "Network ACL changes raise an alert",
    finding: "No working CloudWatch alarm on network ACL changes",
    keywords: &[
        "VPC",
        "network ACL",
        "NACL",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Low,
    rationale: "A network ACL filters the traffic of everything in its subnets.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name network-acl-change --filter-pattern '{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.11", Full),
    ],
    test: alert::raised_at!(NetworkAclChange),
};
