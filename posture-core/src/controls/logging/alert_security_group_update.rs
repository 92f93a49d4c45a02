//! `logging.alert-security-group-update`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.alert-security-group-update",
    life: since("0.1.0"),
    title: "New or changed network security groups raise an alert",
    finding: "No working activity log alert on NSG changes",
    keywords: &[
        "NSG",
        "network security group",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "A single rule can open a network to the internet.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Network/networkSecurityGroups/write \
                             --action-group <action-group>",
            ),
        },
    )],
    references: alert::AZURE_REFERENCES,
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("CCC-07", Supporting),
        cis_azure6("6.1.2.3", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: Test {
        reads: alert::READS,
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.alerts.items.push(alert::working(EventClass::SecurityGroupUpdate)),
            fail: |scope| {
                scope
                    .alerts
                    .items
                    .push(alert::working(EventClass::SecurityGroupUpdate).notifies(Known(false)));
            },
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> Judged {
    alert::raised(context, EventClass::SecurityGroupUpdate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_this_class_counts_and_of_another_does_not() {
        alert::only(&CONTROL, EventClass::SecurityGroupUpdate);
    }
}
