//! `network.metadata-service`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "no policy keeps the pod from the address that gives out the credentials of its node";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.metadata-service",
    life: since("0.1.0"),
    title: "Network policies block the cloud's metadata service",
    finding: "Pods may reach the cloud's metadata service",
    keywords: &["Kubernetes", "NetworkPolicy", "169.254.169.254", "instance metadata", "IMDS"],
    severity: High,
    rationale: "The metadata service of a cloud returns credentials of the node to every pod that reaches \
                it. An attacker in the pod then acts as the node.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Isolate the pod for egress, and exclude 169.254.169.254/32 from blocks of addresses, on \
                   AWS fd00:ec2::254/128 and on Azure 168.63.129.16/32 as well. The command lists the policies of a namespace.",
            console: "NetworkPolicy → spec.egress[*].to[*].ipBlock.except",
            command: Inspect("kubectl describe networkpolicies --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/administer-cluster/securing-a-cluster/#restricting-cloud-metadata-api-access",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        nsa_kubernetes12("N8", Partial(SHOWS)),
    ],
    test: is_false!(
        Workload.reaches_metadata,
        "port 80 of a metadata service is allowed",
        "a policy for egress without its addresses"
    ),
};
