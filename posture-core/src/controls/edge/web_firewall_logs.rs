//! `edge.web-firewall-logs`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the access log of what is behind the firewall may record the same requests. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "edge.web-firewall-logs",
    life: since("0.1.0"),
    title: "AWS WAF writes logs",
    finding: "Web ACL writes no logs",
    keywords: &["AWS WAF", "web ACL", "logging configuration"],
    severity: Medium,
    rationale: "Without logs no one sees which requests the firewall stopped, and which attacks it let \
                through.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Send the logs of the web ACL to a log group, a bucket or a delivery stream.",
            console: "WAF & Shield → Web ACLs → the web ACL → Logging and metrics → Enable",
            command: Change(
                "aws wafv2 put-logging-configuration --logging-configuration \
                 ResourceArn=<web-acl>,LogDestinationConfigs=<destination>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/developerguide/logging.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/wafv2-logging-enabled.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-01", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("I&S-09", Supporting),
    ],
    test: is_true!(WebAcl.logs, "off", "on"),
};
