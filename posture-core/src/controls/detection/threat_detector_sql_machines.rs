//! `detection.threat-detector-sql-machines`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-sql-machines",
    life: since("0.1.0"),
    title: "Threat detection watches SQL servers on virtual machines",
    severity: Medium,
    rationale: "A SQL server that the customer runs is attacked as often as a managed one, and \
                watched by nobody else.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for SQL servers on machines in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → SQL servers on machines",
            command: "az security pricing create --name SqlServerVirtualMachines --tier Standard",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-sql-usage",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial),
        cis_azure6("8.1.7.4", Full),
        mcsb1("LT-1", Partial),
    ],
    test: is_true!(Detector.sql_machines, "off", "on"),
};
