//! `nodes.pool-public-addresses`

use crate::checks::shows;
use crate::frameworks::ResourceType;
use crate::prelude::*;

/// Agent pools of Azure Kubernetes Service.
const AKS_NODES: &[ResourceType] = &[Arm("Microsoft.ContainerService/managedClusters/agentPools")];

/// See the [module](self).
///
/// Counter-test: a network security group may stop what comes to the address. So the control decides nothing but the row.
pub(crate) static CONTROL: Control = Control {
    id: "nodes.pool-public-addresses",
    life: since("0.1.0"),
    title: "Node pools give their nodes no public addresses",
    finding: "Node pool gives each node a public address",
    keywords: &["Kubernetes", "AKS", "agent pool", "enableNodePublicIP", "public IP"],
    severity: Medium,
    rationale: "A node with a public address exposes its kubelet, its node ports and its SSH server to scans from the internet, \
                unless a firewall stops them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a node pool without public addresses, and delete this one; the setting of an existing pool cannot be \
                   changed. The command shows the setting.",
            console: "Kubernetes services → the cluster → Settings → Node pools",
            command: Inspect(
                "az aks nodepool show --resource-group <group> --cluster-name <cluster> --name <pool>",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/aks/use-node-public-ips"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        mcsb1("NS-2", Supporting),
        nsa_kubernetes12("N5", Supporting),
        cis_aks18("5.4.3", Partial(shows::STEP)).of(AKS_NODES),
    ],
    test: is_false!(
        NodePool.public_addresses,
        "a public address for each node",
        "private addresses only"
    ),
};
