//! `workloads.literal-credentials`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the credential is readable by everyone who may read the object, and cannot be replaced \
                     without changing it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.literal-credentials",
    life: since("0.1.0"),
    title: "Workloads contain no recognizable credentials",
    finding: "A credential is part of the workload",
    keywords: &[
        "Kubernetes",
        "pod",
        "secret scanning",
        "password",
        "token",
        "hard-coded credentials",
    ],
    severity: High,
    rationale: "Anyone who may read the workload or its manifest reads the credential, in version control \
                for as long as the history exists.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Revoke the credential, and put the new one into a Secret or an external store. The command \
                   shows the pods with their settings.",
            console: "spec.template.spec.containers[*].env[*].value",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/secret/",
        "https://owasp.org/www-project-kubernetes-top-ten/2022/en/src/K08-secrets-management",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        ccm41("DSP-17", Supporting),
        cis_kubernetes2("5.4.1", Supporting),
        cis_eks18("4.4.1", Supporting),
        cis_aks18("4.5.1", Supporting),
        nsa_kubernetes12("N7", Supporting),
    ],
    test: no_entries!(
        Workload.literal_credentials,
        "no credential in variables, arguments and annotations"
    ),
};
