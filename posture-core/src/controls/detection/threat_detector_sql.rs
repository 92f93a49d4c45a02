//! `detection.threat-detector-sql`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-sql",
    life: since("0.1.0"),
    title: "Defender for Azure SQL Databases is on",
    finding: "Defender for Azure SQL Databases is not fully on",
    keywords: &[
        "Defender for Azure SQL Databases",
        "Defender for SQL",
        "Defender for Cloud",
        "Azure SQL",
        "SQL injection",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Injected queries and unusual sign-ins show in the database, long before its data \
                appears elsewhere.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Azure SQL Databases in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Azure SQL Databases",
            command: Change("az security pricing create --name SqlServers --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-sql-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.Sql/servers"), Arm("Microsoft.Sql/managedInstances")])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.Sql/servers"), Arm("Microsoft.Sql/managedInstances")])
            .or_tool(Purpose::Threats),
        cis_azure6("8.1.7.3", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.Sql/servers"), Arm("Microsoft.Sql/managedInstances")])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(Detector.sql, "off, or on for some resources only", "on for all resources"),
};
