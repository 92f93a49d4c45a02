//! `network.dns-logs`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: another name server may answer for the same names and record the queries. So the control decides nothing but the row
/// of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.dns-logs",
    life: since("0.1.0"),
    title: "DNS queries to public hosted zones are recorded",
    finding: "Public hosted zone records no DNS queries",
    keywords: &["Route 53", "hosted zone", "DNS", "query logging"],
    severity: Medium,
    rationale: "The log of queries shows who looks for names of the domain, and for which: a search for \
                subdomains before an attack, or data that leaves inside of names.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Send the queries of the zone to a log group in us-east-1.",
            console: "Route 53 → Hosted zones → the zone → Configure query logging",
            command: Change(
                "aws route53 create-query-logging-config --hosted-zone-id <zone> \
                 --cloud-watch-logs-log-group-arn <log-group-arn>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/route53-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-09", Supporting),
        fsbp("Route53.2", Full),
    ],
    test: is_true!(HostedZone.records_queries, "off", "on"),
};
