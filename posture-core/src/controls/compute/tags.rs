//! `compute.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "compute.tags",
    life: since("0.1.0"),
    title: "Virtual machines have the required tags",
    finding: "Virtual machine lacks a required tag",
    keywords: &["EC2", "instance", "virtual machine", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive its data is.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the instance.",
                console: "EC2 → Instances → the instance → Tags",
                command: Change(
                    "aws ec2 create-tags --resources <instance> --tags Key=<tag>,Value=<value>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the virtual machine. The command shows its tags.",
                console: "Virtual machines → the machine → Tags",
                command: Inspect("az resource show --ids <vm-id> --query tags"),
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
    test: tags::required!(Machine),
};
