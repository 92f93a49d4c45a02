//! `detection.threat-detector-apis`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-apis",
    life: since("0.1.0"),
    title: "Threat detection watches APIs",
    severity: Medium,
    rationale: "Who misuses an API sends requests that are each allowed: what gives them away is \
                how many there are, and from where.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for APIs in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → APIs",
            command: "az security pricing create --name Api --tier Standard --subplan P1",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-apis-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        ccm41("AIS-08", Supporting),
        cis_azure6("8.1.2.1", Full),
        mcsb1("LT-1", Partial),
    ],
    test: is_true!(Detector.apis, "off", "on"),
};
