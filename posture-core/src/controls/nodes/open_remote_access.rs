//! `nodes.open-remote-access`

use crate::checks::managed_cluster::pool;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the security group of the node group allows remote access from every address, which no requirement of least \
                     access allows";

/// See the [module](self).
///
/// Counter-test: a node without a public address is not reached from the internet all the same, but from wherever its network is.
pub(crate) static CONTROL: Control = Control {
    id: "nodes.open-remote-access",
    life: since("0.1.0"),
    title: "Remote access to node groups is limited to security groups",
    finding: "Remote access to nodes is open to everyone",
    keywords: &["Kubernetes", "EKS", "node group", "SSH", "RDP", "remoteAccess", "ec2SshKey"],
    severity: High,
    rationale: "A node group with an SSH key and without source security groups opens port 22 of its nodes, or 3389 for Windows, to \
                every address. A stolen key gives an attacker the nodes and every pod on them.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the node group by one without an SSH key, or with source security groups; the setting of an existing one \
                   cannot be changed. Use Session Manager instead of SSH. The command shows the setting.",
            console: "EKS → Clusters → the cluster → Compute → the node group",
            command: Inspect(
                "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --region <region>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        nsa_kubernetes12("N5", Supporting),
    ],
    test: Test {
        reads: &[NodePool::OPEN_REMOTE_ACCESS],
        params: &[],
        check: Check::NodePool(|pool, _| {
            let expected = "no SSH key, or source security groups";
            pool.open_remote_access.must_be_empty(NodePool::OPEN_REMOTE_ACCESS, expected)
        }),
        examples: Examples {
            pass: |scope| scope.add(pool().open_remote_access(Known(Entries::none()))),
            fail: |scope| {
                let open = ["port 22 from 0.0.0.0/0"];
                scope.add(pool().open_remote_access(Known(open.into())));
            },
        },
    },
};
