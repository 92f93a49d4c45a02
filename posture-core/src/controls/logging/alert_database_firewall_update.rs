//! `logging.alert-database-firewall-update`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-database-firewall-update",
    life: since("0.1.0"),
    title: "New or changed SQL server firewall rules raise an alert",
    finding: "No working activity log alert on SQL firewall rule changes",
    keywords: &[
        "Azure SQL",
        "SQL server",
        "firewall rule",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "A single rule can open a database to any IP address.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Sql/servers/firewallRules/write \
                             --action-group <action-group>",
            ),
        },
    )],
    references: alert::AZURE_REFERENCES,
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        cis_azure6("6.1.2.7", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: alert::raised_at!(DatabaseFirewallUpdate),
};
