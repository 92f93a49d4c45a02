//! `logging.alert-network-acl-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-network-acl-change",
    life: since("0.1.0"),
    title: "A change of network access lists raises an alert",
    severity: Low,
    rationale: "A network access list stands before everything in its subnet.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name network-acl-change --filter-pattern '{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.11", Full),
    ],
    test: alert::raised_at!(NetworkAclChange),
};
