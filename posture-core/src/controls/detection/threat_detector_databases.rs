//! `detection.threat-detector-databases`

use crate::checks::detector;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-databases",
    life: since("0.1.0"),
    title: "GuardDuty RDS Protection is on",
    finding: "GuardDuty RDS Protection is off",
    keywords: &["GuardDuty", "RDS Protection", "RDS", "Aurora", "database", "threat detection"],
    severity: Medium,
    rationale: "Guessed and stolen database passwords show in sign-ins that only the database \
                sees.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on GuardDuty RDS Protection in the region.",
            console: "GuardDuty → the region → RDS Protection → Enable",
            command: Change(
                "aws guardduty update-detector --region <region> --detector-id \
                             <detector> --features \
                             '[{\"Name\":\"RDS_LOGIN_EVENTS\",\"Status\":\"ENABLED\"}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/rds-protection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.9", Full),
    ],
    test: detector::watches!(databases),
};
