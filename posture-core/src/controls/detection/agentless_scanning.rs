//! `detection.agentless-scanning`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.agentless-scanning",
    life: since("0.1.0"),
    title: "Agentless scanning for machines is on in Defender for Cloud",
    finding: "Agentless scanning for machines is not fully on",
    keywords: &[
        "Defender for Cloud",
        "Defender for Servers",
        "Defender CSPM",
        "agentless scanning",
        "virtual machine",
        "vulnerability",
    ],
    severity: Medium,
    rationale: "Agentless scanning also covers a virtual machine that has no agent, or whose \
                agent was turned off.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on agentless scanning for machines, in Defender for Servers plan 2 or in \
                   Defender CSPM.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → Agentless scanning for machines",
            command: Change(
                "az security pricing create --name VirtualMachines --tier Standard \
                             --subplan P2 --extensions name=AgentlessVmScanning isEnabled=True",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/concept-agentless-data-collection",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("ID.RA-01", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
        csf20("DE.CM-09", Supporting),
        ccm41("TVM-03", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
        cis_azure6("8.1.3.4", Full),
        mcsb1("PV-5", Partial(shows::UNSCANNED))
            .any_of(shows::SCANNED)
            .where_any(shows::MACHINES)
            .or_tool(Purpose::Vulnerabilities),
    ],
    test: is_true!(Detector.agentless_scanning, "off", "on"),
};
