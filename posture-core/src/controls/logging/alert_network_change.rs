//! `logging.alert-network-change`

use crate::checks::alert;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-network-change",
    life: since("0.1.0"),
    title: "VPC changes raise an alert",
    finding: "No working CloudWatch alarm on VPC changes",
    keywords: &["VPC", "VPC peering", "CloudTrail", "CloudWatch", "metric filter", "alarm", "SNS"],
    severity: Low,
    rationale: "A new peering connection joins networks that were separated on purpose.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name network-change --filter-pattern '{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        // Its pattern also names the events of ClassicLink, which ended in 2022.
        cis_aws7("5.14", Partial(shows::STEP)),
    ],
    test: alert::raised_at!(NetworkChange),
};
