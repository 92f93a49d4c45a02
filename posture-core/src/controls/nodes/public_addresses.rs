//! `nodes.public-addresses`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "nodes.public-addresses",
    life: since("0.1.0"),
    title: "Nodes have no public addresses",
    finding: "A node has a public address",
    keywords: &["Kubernetes", "Node", "ExternalIP"],
    severity: Medium,
    rationale: "A node with a public address exposes its kubelet, its node ports and its SSH server \
                to scans from the internet, unless a firewall stops them.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create the node pool without public addresses, in private subnets with a NAT \
                   gateway. The command shows the addresses of the nodes.",
            console: "Node: status.addresses",
            command: Inspect("kubectl get nodes --output wide"),
        },
    )],
    references: &["https://kubernetes.io/docs/reference/node/node-status/#addresses"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_eks18("5.4.3", Partial(shows::STEP)),
        cis_aks18("5.4.3", Partial(shows::STEP)),
        nsa_kubernetes12("N5", Supporting),
    ],
    test: no_entries!(Node.public_addresses, "private addresses only"),
};
