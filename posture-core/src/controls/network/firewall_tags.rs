//! `network.firewall-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-tags",
    life: since("0.1.0"),
    title: "Firewalls have the required tags",
    finding: "Firewall lacks a required tag",
    keywords: &["Azure Firewall", "AWS Network Firewall", "firewall", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive what it \
                protects is.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the firewall.",
                console: "VPC → Network Firewall → Firewalls → the firewall → Firewall details → Tags",
                command: Change(
                    "aws network-firewall tag-resource --resource-arn <firewall> --tags \
                     Key=<tag>,Value=<value>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the firewall. The command shows its tags.",
                console: "Firewalls → the firewall → Tags",
                command: Inspect("az resource show --ids <firewall-id> --query tags"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(Firewall),
};
