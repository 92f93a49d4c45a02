//! `logging.alert-public-address-deletion`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-public-address-deletion",
    life: since("0.1.0"),
    title: "Deleted public IP addresses raise an alert",
    finding: "No working activity log alert on deleted public IPs",
    keywords: &[
        "public IP address",
        "dangling DNS",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "A released IP address can be assigned to another customer while DNS names still \
                point to it.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Network/publicIPAddresses/delete \
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
        cis_azure6("6.1.2.10", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: alert::raised_at!(PublicAddressDeletion),
};
