//! `network.acl-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.acl-tags",
    life: since("0.1.0"),
    title: "Network ACLs have the required tags",
    finding: "Network ACL lacks a required tag",
    keywords: &["VPC", "network ACL", "NACL", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive what it \
                protects is.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add the missing tags to the network ACL.",
            console: "VPC → Network ACLs → the ACL → Tags",
            command: Change("aws ec2 create-tags --resources <acl> --tags Key=<tag>,Value=<value>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
    ],
    test: tags::required!(NetworkAcl),
};
