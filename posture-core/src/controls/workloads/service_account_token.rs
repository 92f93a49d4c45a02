//! `workloads.service-account-token`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the token is mounted by default: neither the pod nor its account asks for it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.service-account-token",
    life: since("0.1.0"),
    title: "API tokens are mounted only on request",
    finding: "Pods have an API token without a request for it",
    keywords: &["Kubernetes", "pod", "service account", "automountServiceAccountToken", "token"],
    severity: Medium,
    rationale: "A token in a pod is a credential for the API of the cluster. By default every pod has one, \
                although few call the API, and an attacker in the pod can use it.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `automountServiceAccountToken: false` for the pod or its service account, or `true` for \
                   the pods that call the API. The command sets it for a service account.",
            console: "spec.template.spec.automountServiceAccountToken",
            command: Change(
                "kubectl patch serviceaccount <name> --namespace <namespace> --patch '{\"automountServiceAccountToken\": false}'",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#default-service-accounts",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        cis_kubernetes2("5.1.6", Partial(shows::STEP)),
        cis_eks18("4.1.6", Partial(shows::STEP)),
        cis_aks18("4.1.6", Partial(shows::STEP)),
        nsa_kubernetes12("P5", Partial(SHOWS)),
    ],
    test: no_entries!(Workload.unrequested_tokens, "no token, or automountServiceAccountToken set"),
};
