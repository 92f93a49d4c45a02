//! `detection.file-integrity`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.file-integrity",
    life: since("0.1.0"),
    title: "File integrity monitoring is on for virtual machines",
    finding: "File integrity monitoring is not fully on",
    keywords: &[
        "File Integrity Monitoring",
        "FIM",
        "Defender for Servers",
        "Defender for Cloud",
        "virtual machine",
    ],
    severity: Medium,
    rationale: "An attacker who wants to keep access to a machine changes its files. An \
                unexplained change is a sign of that.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers Plan 2, and turn on File Integrity Monitoring in \
                   its settings.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → File Integrity Monitoring",
            command: Change(
                "az security pricing create --name VirtualMachines --tier Standard \
                             --subplan P2 --extensions name=FileIntegrityMonitoring \
                             isEnabled=True",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/file-integrity-monitoring-overview",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-03", Supporting),
        cis_azure6("8.1.3.5", Full),
        mcsb1("PV-4", Supporting),
    ],
    test: is_true!(Detector.file_integrity, "off", "on"),
};
