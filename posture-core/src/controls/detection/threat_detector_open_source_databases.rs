//! `detection.threat-detector-open-source-databases`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-open-source-databases",
    life: since("0.1.0"),
    title: "Defender for open-source relational databases is on",
    finding: "Defender for open-source databases is not fully on",
    keywords: &[
        "Defender for open-source relational databases",
        "Defender for Cloud",
        "PostgreSQL",
        "MySQL",
        "database",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Guessed and stolen database passwords show in sign-ins that only the database \
                sees.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for open-source relational databases in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → open-source relational databases",
            command: Change(
                "az security pricing create --name OpenSourceRelationalDatabases \
                             --tier Standard",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-databases-introduction",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.DBforPostgreSQL/flexibleServers"),
                Arm("Microsoft.DBforPostgreSQL/servers"),
                Arm("Microsoft.DBforMySQL/flexibleServers"),
                Arm("Microsoft.DBforMySQL/servers"),
                Arm("Microsoft.DBforMariaDB/servers"),
            ])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.DBforPostgreSQL/flexibleServers"),
                Arm("Microsoft.DBforPostgreSQL/servers"),
                Arm("Microsoft.DBforMySQL/flexibleServers"),
                Arm("Microsoft.DBforMySQL/servers"),
                Arm("Microsoft.DBforMariaDB/servers"),
            ])
            .or_tool(Purpose::Threats),
        cis_azure6("8.1.7.2", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.DBforPostgreSQL/flexibleServers"),
                Arm("Microsoft.DBforPostgreSQL/servers"),
                Arm("Microsoft.DBforMySQL/flexibleServers"),
                Arm("Microsoft.DBforMySQL/servers"),
                Arm("Microsoft.DBforMariaDB/servers"),
            ])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(
        Detector.open_source_databases,
        "off, or on for some resources only",
        "on for all resources"
    ),
};
