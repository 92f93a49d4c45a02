//! `detection.threat-detector-cosmos`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-cosmos",
    life: since("0.1.0"),
    title: "Defender for Azure Cosmos DB is on",
    finding: "Defender for Azure Cosmos DB is not fully on",
    keywords: &[
        "Defender for Azure Cosmos DB",
        "Defender for Cloud",
        "Cosmos DB",
        "NoSQL database",
        "threat detection",
    ],
    severity: Medium,
    rationale: "Stolen keys and injected queries show in the data access of the database, which \
                the log of management operations does not record.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Defender for Azure Cosmos DB in the subscription.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Defender plans → Azure Cosmos DB",
            command: Change("az security pricing create --name CosmosDbs --tier Standard"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/concept-defender-for-cosmos",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/pricings/list",
    ],
    satisfies: &[
        csf20("DE.CM-09", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.DocumentDB/databaseAccounts")])
            .or_tool(Purpose::Threats),
        ccm41("LOG-03", Supporting),
        mcsb1("DP-2", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.DocumentDB/databaseAccounts")])
            .or_tool(Purpose::Threats),
        cis_azure6("8.1.7.1", Full),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[Arm("Microsoft.DocumentDB/databaseAccounts")])
            .or_tool(Purpose::Threats),
    ],
    test: is_true!(Detector.cosmos, "off, or on for some resources only", "on for all resources"),
};
