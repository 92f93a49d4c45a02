//! `detection.file-integrity`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.file-integrity",
    life: since("0.1.0"),
    title: "Changes to system files of virtual machines are noticed",
    severity: Medium,
    rationale: "Who wants to stay on a machine changes its files; a change that nobody made is \
                the sign of it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Servers plan 2, and in its settings file integrity \
                   monitoring.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Settings & monitoring → File Integrity Monitoring",
            command: "az security pricing create --name VirtualMachines --tier Standard --subplan \
                      P2 --extensions name=FileIntegrityMonitoring isEnabled=True",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/file-integrity-monitoring-overview",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        cis_azure6("8.1.3.5", Full),
        mcsb1("PV-4", Supporting),
    ],
    test: is_true!(Detector.file_integrity, "off", "on"),
};
