//! `detection.threat-detector-sql-machines`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-sql-machines",
    life: since("0.1.0"),
    title: "Defender for SQL servers on machines is on",
    finding: "Defender for SQL servers on machines is not fully on",
    keywords: &[
        "Defender for SQL servers on machines",
        "Defender for SQL",
        "Defender for Cloud",
        "SQL Server",
        "virtual machine",
        "threat detection",
    ],
    severity: Medium,
    rationale: "A self-managed SQL server is attacked as often as a managed one, and no other \
                service monitors it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for SQL servers on machines in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → SQL servers on machines",
            command: Change(
                "az security pricing create --name SqlServerVirtualMachines --tier \
                             Standard",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-sql-usage",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.SqlVirtualMachine/sqlVirtualMachines"),
                Arm("Microsoft.AzureArcData/sqlServerInstances"),
            ])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.SqlVirtualMachine/sqlVirtualMachines"),
                Arm("Microsoft.AzureArcData/sqlServerInstances"),
            ])
            .or_tool(Purpose::Threats),
        cis_azure6("8.1.7.4", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.SqlVirtualMachine/sqlVirtualMachines"),
                Arm("Microsoft.AzureArcData/sqlServerInstances"),
            ])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(
        Detector.sql_machines,
        "off, or on for some resources only",
        "on for all resources"
    ),
};
