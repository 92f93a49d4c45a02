//! `logging.alert-public-address-update`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-public-address-update",
    life: since("0.1.0"),
    title: "New or changed public IP addresses raise an alert",
    finding: "No working activity log alert on public IP changes",
    keywords: &[
        "public IP address",
        "internet exposure",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "A public IP address exposes its resource to the internet.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Network/publicIPAddresses/write \
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
        cis_azure6("6.1.2.9", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: alert::raised_at!(PublicAddressUpdate),
};
