//! `logging.alert-service-health`

use crate::checks::alert;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-service-health",
    life: since("0.1.0"),
    title: "Azure service incidents raise an alert",
    finding: "No working activity log alert on service incidents",
    keywords: &["Service Health", "Azure Monitor", "activity log alert", "action group", "outage"],
    severity: Low,
    rationale: "A team that does not know of a provider outage looks for the cause in its own \
                systems.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=ServiceHealth --action-group <action-group>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/service-health/alerts-activity-log-service-notifications-portal",
        "https://learn.microsoft.com/en-us/azure/service-health/service-notifications",
    ],
    satisfies: &[
        csf20("DE.CM-06", Supporting),
        csf20("DE.AE-06", Supporting),
        // It asks for every type of event; an alert on incidents alone is less than that.
        cis_azure6("6.1.2.11", Partial(shows::STEP)),
        ccm41("LOG-03", Supporting),
        mcsb1("IR-3", Supporting),
    ],
    test: alert::raised_at!(ServiceHealth),
};
