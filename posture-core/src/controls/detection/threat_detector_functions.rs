//! `detection.threat-detector-functions`

use crate::checks::detector;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-functions",
    life: since("0.1.0"),
    title: "GuardDuty Lambda Protection is on",
    finding: "GuardDuty Lambda Protection is off",
    keywords: &["GuardDuty", "Lambda Protection", "Lambda", "serverless", "threat detection"],
    severity: Medium,
    rationale: "A compromised function shows in the hosts that it connects to.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty Lambda Protection in the region.",
            console: "GuardDuty → the region → Lambda Protection → Enable",
            command: Change(
                "aws guardduty update-detector --region <region> --detector-id \
                             <detector> --features \
                             '[{\"Name\":\"LAMBDA_NETWORK_LOGS\",\"Status\":\"ENABLED\"}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/lambda-protection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("GuardDuty.6", Full),
    ],
    test: detector::watches!(functions),
};
