//! `detection.finding-hub`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.finding-hub",
    life: since("0.1.0"),
    title: "Security Hub CSPM is on in every region",
    finding: "Security Hub CSPM is off in the region",
    keywords: &["Security Hub", "Security Hub CSPM", "security findings", "region"],
    severity: Medium,
    rationale: "Findings that stay in the service that produced them are seen late, and cannot \
                be compared with those of other services.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on Security Hub CSPM in the region, preferably for the whole \
                   organization from its delegated administrator account.",
            console: "Security Hub → the region → Go to Security Hub → Enable",
            command: Change("aws securityhub enable-security-hub --region <region>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html",
    ],
    satisfies: &[
        csf20("DE.AE-03", Supporting),
        csf20("DE.AE-02", Supporting),
        csf20("DE.AE-06", Supporting),
        csf20("ID.RA-01", Supporting),
        ccm41("SEF-06", Supporting),
        ccm41("TVM-11", Supporting),
        cis_aws7("5.16", Full),
    ],
    test: is_true!(FindingHub.enabled, "off", "on"),
};
