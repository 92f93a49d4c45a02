//! `edge.distribution-web-firewall`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a distribution of public files may need no firewall, and what is behind it may inspect the requests. So the control
/// decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.distribution-web-firewall",
    life: since("0.1.0"),
    title: "A web application firewall inspects requests to CloudFront distributions",
    finding: "CloudFront distribution has no web application firewall",
    keywords: &["AWS WAF", "web ACL", "CloudFront", "distribution", "OWASP", "bots"],
    severity: Medium,
    rationale: "Injection, known exploits and floods of requests reach the application unfiltered.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Associate a web ACL of AWS WAF with the distribution, in count mode at first.",
            console: "CloudFront → Distributions → the distribution → Security → AWS WAF",
            command: Inspect("aws cloudfront get-distribution-config --id <distribution>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/developerguide/cloudfront-features.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/cloudfront-associated-with-waf.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("DE.CM-01", Supporting),
        ccm41("I&S-09", Supporting),
        ccm41("AIS-08", Supporting),
        fsbp("CloudFront.6", Full),
    ],
    test: is_true!(Distribution.inspected, "no web ACL", "a web ACL"),
};
