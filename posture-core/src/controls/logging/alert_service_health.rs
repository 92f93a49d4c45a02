//! `logging.alert-service-health`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-service-health",
    life: since("0.1.0"),
    title: "An incident at the provider raises an alert",
    severity: Low,
    rationale: "Who does not know that the provider has an outage looks for the cause at home.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: "az monitor activity-log alert create --name <alert> --resource-group <group> --scope /subscriptions/<id> --condition category=ServiceHealth --action-group <action-group>",
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
        cis_azure6("6.1.2.11", Partial),
        ccm41("LOG-03", Supporting),
        mcsb1("IR-3", Supporting),
    ],
    test: alert::raised_at!(ServiceHealth),
};
