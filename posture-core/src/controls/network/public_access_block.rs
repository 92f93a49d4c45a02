//! `network.public-access-block`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: networks without such a block may be closed by groups and routes, so that requirements of outcome are only
/// supported.
pub(crate) static CONTROL: Control = Control {
    id: "network.public-access-block",
    life: since("0.1.0"),
    title: "VPC Block Public Access blocks traffic from the internet",
    finding: "VPC Block Public Access does not block the internet",
    keywords: &["VPC BPA", "Block Public Access", "internet gateway", "region"],
    severity: Medium,
    rationale: "The block holds for every network of the region, whatever its routes and groups \
                allow. Without it one mistake in one network is enough.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Exclude the networks that serve the internet, then block what comes in from \
                   internet gateways.",
            console: "VPC → Settings → Block public access",
            command: Change(
                "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode \
                             block-ingress --region <region>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[csf20("PR.IR-01", Supporting), ccm41("I&S-03", Supporting), fsbp("EC2.172", Full)],
    test: is_true!(InternetBlock.blocks_ingress, "off", "block-ingress or block-bidirectional"),
};
