//! `network.transit-acceptance`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the gateway has to be shared before another account can attach to it, so that requirements of outcome are only
/// supported.
pub(crate) static CONTROL: Control = Control {
    id: "network.transit-acceptance",
    life: since("0.1.0"),
    title: "Transit gateways do not accept attachments automatically",
    finding: "Transit gateway accepts attachments automatically",
    keywords: &["transit gateway", "AutoAcceptSharedAttachments", "attachment", "VPC", "RAM"],
    severity: High,
    rationale: "Every account that the gateway is shared with can join its network to all others, \
                and no one approves it.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn off the automatic acceptance of shared attachments.",
            console: "VPC → Transit gateways → the gateway → Actions → Modify transit gateway",
            command: Change(
                "aws ec2 modify-transit-gateway --transit-gateway-id <gateway> --options \
                             AutoAcceptSharedAttachments=disable",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[csf20("PR.IR-01", Supporting), ccm41("I&S-06", Supporting), fsbp("EC2.23", Full)],
    test: is_false!(TransitGateway.accepts_automatically, "on", "off"),
};
