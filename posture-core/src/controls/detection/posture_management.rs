//! `detection.posture-management`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.posture-management",
    life: since("0.1.0"),
    title: "Weak configuration and paths of attack are searched for",
    severity: Medium,
    rationale: "Single weaknesses look harmless: together they make a path to what matters, which \
                the free checks do not show.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender CSPM in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Defender CSPM",
            command: "az security pricing create --name CloudPosture --tier Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/concept-cloud-security-posture-management",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("ID.RA-01", Partial),
        ccm41("TVM-03", Partial),
        cis_azure6("8.1.1.1", Full),
        mcsb1("PV-2", Partial),
        mcsb1("PV-5", Supporting),
    ],
    test: is_true!(Detector.posture, "off", "on"),
};
