//! `detection.threat-detector-servers`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-servers",
    life: since("0.1.0"),
    title: "Defender for Servers is on",
    finding: "Defender for Servers is not fully on",
    keywords: &[
        "Defender for Servers",
        "Defender for Cloud",
        "virtual machine",
        "server",
        "threat detection",
    ],
    severity: Medium,
    rationale: "A compromised machine behaves differently from others, which goes unnoticed \
                where nothing monitors it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Servers",
            command: Change(
                "az security pricing create --name VirtualMachines --tier Standard \
                             --subplan P2",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-servers-overview",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("ES-1", Supporting),
        cis_azure6("8.1.3.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(Detector.servers, "off, or on for some resources only", "on for all resources"),
};
