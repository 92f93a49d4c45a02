//! `detection.threat-detector-apis`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-apis",
    life: since("0.1.0"),
    title: "Defender for APIs is on",
    finding: "Defender for APIs is not fully on",
    keywords: &["Defender for APIs", "Defender for Cloud", "API Management", "threat detection"],
    severity: Medium,
    rationale: "Each request of an API attack can be valid in itself. Only the number of \
                requests and their origin give the attack away.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for APIs in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → APIs",
            command: Change("az security pricing create --name Api --tier Standard --subplan P1"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-apis-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.ApiManagement/service")])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        ccm41("AIS-08", Supporting),
        cis_azure6("8.1.2.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.ApiManagement/service")])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(Detector.apis, "off, or on for some resources only", "on for all resources"),
};
