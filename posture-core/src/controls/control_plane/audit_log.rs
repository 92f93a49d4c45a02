//! `control-plane.audit-log`

use crate::checks::control_plane;
use crate::checks::managed_cluster::{AKS, EKS};
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the API server keeps no record of any request, because it has no policy for it, nowhere to write to, or is \
    managed and does not deliver it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.audit-log",
    life: since("0.1.0"),
    title: "The API server records requests in an audit log",
    finding: "The API server records no audit log",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "audit log",
        "audit policy",
        "audit-log-path",
        "EKS",
        "AKS",
        "kube-audit",
    ],
    severity: High,
    rationale: "The audit log is the only record of who changed or read what in the cluster. Without \
                a policy or without a target, nothing is recorded.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `--audit-policy-file`, and `--audit-log-path` or \
                       `--audit-webhook-config-file`. The evidence names the pod and the flag. The \
                       command shows the pods of the control plane.",
                console: "kube-apiserver: --audit-policy-file, --audit-log-path",
                command: Inspect(
                    "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
                ),
            },
        ),
        (
            Aws,
            Remedy {
                text: "Turn on the control plane log `audit`. It goes to the log group `/aws/eks/<cluster>/cluster`.",
                console: "EKS → Clusters → the cluster → Observability → Control plane logs → Manage",
                command: Change(
                    "aws eks update-cluster-config --name <cluster> --region <region> --logging clusterLogging=[{types=[audit,authenticator],enabled=true}]",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Create a diagnostic setting of the cluster with the category `kube-audit` or `kube-audit-admin`.",
                console: "Kubernetes services → the cluster → Monitoring → Diagnostic settings",
                command: Change(
                    "az monitor diagnostic-settings create --name <name> --resource <cluster-id> --workspace <workspace-id> --logs '[{\"category\":\"kube-audit-admin\",\"enabled\":true}]'",
                ),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/",
        "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-8",
        "https://learn.microsoft.com/en-us/azure/aks/monitor-aks-reference",
    ],
    satisfies: &[
        csf20("PR.PS-04", Partial(SHOWS)),
        csf20("DE.CM-03", Supporting),
        ccm41("LOG-09", Partial(SHOWS)),
        ccm41("LOG-12", Partial(SHOWS)),
        cis_kubernetes2("1.2.16", Full).by(control_plane::row!(
            audit_log_off,
            "kube-apiserver",
            "--audit-log-path"
        )),
        cis_kubernetes2("3.2.1", Partial(shows::STEP)).by(control_plane::row!(
            audit_off,
            "kube-apiserver",
            "--audit-policy-file"
        )),
        nsa_kubernetes12("L1", Partial(SHOWS)),
        fsbp("EKS.8", Full),
        cis_eks18("2.1.1", Partial(shows::STEP)).of(EKS),
        cis_aks18("2.1.1", Partial(shows::STEP)).of(AKS),
    ],
    test: control_plane::no_settings!(audit_off, "an audit policy, and a log or a webhook", ["kube-apiserver: --audit-log-path is absent", "kube-apiserver: --audit-policy-file is absent"], reads audit_log_off, or the cloud by "control-plane.audit-log"),
};
