//! `detection.posture-management`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.posture-management",
    life: since("0.1.0"),
    title: "Defender CSPM is on",
    finding: "Defender CSPM is not fully on",
    keywords: &[
        "Defender CSPM",
        "Defender for Cloud",
        "CSPM",
        "attack path",
        "posture management",
        "CloudPosture",
    ],
    severity: Medium,
    rationale: "Single weaknesses look harmless, but together they form an attack path to \
                critical resources. The free plan does not show attack paths.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender CSPM in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Defender CSPM",
            command: Change("az security pricing create --name CloudPosture --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/concept-cloud-security-posture-management",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        ccm41("TVM-03", Supporting),
        cis_azure6("8.1.1.1", Full),
        mcsb1("PV-2", Supporting),
        mcsb1("PV-5", Supporting),
    ],
    test: is_true!(Detector.posture, "off, or on for some resources only", "on for all resources"),
};
