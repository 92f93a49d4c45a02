//! `control-plane.anonymous-requests`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the API server takes requests without authenticating who sends them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.anonymous-requests",
    life: since("0.1.0"),
    title: "The API server denies anonymous requests",
    finding: "The API server accepts anonymous requests",
    keywords: &["Kubernetes", "control plane", "static pod", "kube-apiserver", "anonymous-auth"],
    severity: High,
    rationale: "An anonymous request reaches authorization without any credentials. One wrong role \
                binding then opens the cluster to anyone who reaches the API server.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--anonymous-auth=false`, or allow anonymous requests for the health endpoints \
                   only, in the file of `--authentication-config`. The evidence names the pod and the \
                   flag. The command shows the pods of the control plane.",
            console: "kube-apiserver: --anonymous-auth",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("AIS-08", Partial(SHOWS)),
        cis_kubernetes2("1.2.1", Full),
        nsa_kubernetes12("A1", Partial(SHOWS)),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        anonymous_requests,
        "`--anonymous-auth=false`",
        ["kube-apiserver: --anonymous-auth is absent, so that it is true"]
    ),
};
