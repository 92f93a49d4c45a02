//! `detection.threat-detector-resource-manager`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-resource-manager",
    life: since("0.1.0"),
    title: "Defender for Resource Manager is on",
    finding: "Defender for Resource Manager is not fully on",
    keywords: &[
        "Defender for Resource Manager",
        "Defender for Cloud",
        "Azure Resource Manager",
        "ARM",
        "management operations",
        "threat detection",
    ],
    severity: Medium,
    rationale: "An attacker with permissions in the subscription uses its management operations, \
                and unusual operations are the first sign of the attack.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Resource Manager in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Resource Manager",
            command: Change("az security pricing create --name Arm --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-resource-manager-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED)).or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        csf20("DE.CM-03", Supporting),
        cis_azure6("8.1.9.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED)).or_tool(Purpose::Threats),
    ],
    test: is_true!(
        Detector.resource_manager,
        "off, or on for some resources only",
        "on for all resources"
    ),
};
