//! `control-plane.provider-authorization`

use crate::checks::managed_cluster::AKS;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: roles of the cluster may grant the same to groups of Entra ID. So the control decides nothing but the row that asks for
/// Azure RBAC.
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.provider-authorization",
    life: since("0.1.0"),
    title: "Azure RBAC authorizes the users of a cluster",
    finding: "Azure RBAC does not authorize users",
    keywords: &[
        "Kubernetes",
        "AKS",
        "Azure RBAC",
        "enableAzureRBAC",
        "role assignment",
        "Entra ID",
    ],
    severity: Low,
    rationale: "Without it the permissions in each cluster are managed in that cluster alone. Reviews of role assignments and eligible \
                roles of PIM do not cover them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign roles of AKS to groups, and enable Azure RBAC for the cluster. It requires the integration with Entra ID.",
            console: "Kubernetes services → the cluster → Settings → Security configuration",
            command: Change(
                "az aks update --resource-group <group> --name <cluster> --enable-azure-rbac",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/aks/manage-azure-rbac"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        mcsb1("PA-7", Supporting),
        cis_aks18("5.5.2", Full).of(AKS),
    ],
    test: is_true!(Cluster.provider_authorizes, "off", "on"),
};
