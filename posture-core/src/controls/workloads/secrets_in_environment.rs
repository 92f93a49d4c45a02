//! `workloads.secrets-in-environment`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the Secret is an environment variable of the container, which it hands to every process that \
                     it starts";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.secrets-in-environment",
    life: since("0.1.0"),
    title: "Secrets are not passed as environment variables",
    finding: "A Secret is passed as environment variable",
    keywords: &["Kubernetes", "pod", "Secret", "secretKeyRef", "envFrom", "environment variable"],
    severity: Medium,
    rationale: "Environment variables appear in logs, crash reports and `/proc`, and every child process \
                inherits them.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Mount the Secret as a volume, and read it from the file. The command shows the pods with \
                   their settings.",
            console: "spec.template.spec.containers[*].env[*].valueFrom.secretKeyRef",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod",
        "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-14", Partial(SHOWS)),
        cis_kubernetes2("5.4.1", Full),
        cis_eks18("4.4.1", Full),
        cis_aks18("4.5.1", Full),
        nsa_kubernetes12("N7", Supporting),
    ],
    test: no_entries!(Workload.secrets_in_environment, "Secrets as volumes"),
};
