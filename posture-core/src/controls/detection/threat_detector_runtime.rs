//! `detection.threat-detector-runtime`

use crate::checks::detector;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-runtime",
    life: since("0.1.0"),
    title: "GuardDuty Runtime Monitoring is on",
    finding: "GuardDuty Runtime Monitoring is off",
    keywords: &[
        "GuardDuty",
        "Runtime Monitoring",
        "EKS",
        "ECS",
        "EC2",
        "container",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Only a sensor inside the workload can see what its processes do.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty Runtime Monitoring in the region.",
            console: "GuardDuty → the region → Runtime Monitoring → Enable",
            command: Change(
                "aws guardduty update-detector --region <region> --detector-id \
                             <detector> --features \
                             '[{\"Name\":\"RUNTIME_MONITORING\",\"Status\":\"ENABLED\"}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.11", Full),
        fsbp("GuardDuty.7", Supporting),
        fsbp("GuardDuty.12", Partial(shows::STEP)),
        fsbp("GuardDuty.13", Partial(shows::STEP)),
    ],
    test: detector::watches!(runtime),
};
