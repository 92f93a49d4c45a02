//! `control-plane.static-tokens`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the tokens in the file are accepted without an end";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.static-tokens",
    life: since("0.1.0"),
    title: "The API server accepts no static tokens",
    finding: "The API server accepts static tokens",
    keywords: &["Kubernetes", "control plane", "static pod", "kube-apiserver", "token-auth-file"],
    severity: High,
    rationale: "A static token is in plain text in a file, has no end, and cannot be revoked without \
                a restart of the API server.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `--token-auth-file`. Its users can sign in by OIDC or by client \
                   certificates. The evidence names the pod and the flag. The command shows the pods \
                   of the control plane.",
            console: "kube-apiserver: --token-auth-file",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.AA-01", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        cis_kubernetes2("1.2.2", Full),
        nsa_kubernetes12("A1", Partial(SHOWS)),
    ],
    test: control_plane::no_settings!(
        static_tokens,
        "no `--token-auth-file`",
        ["kube-apiserver: --token-auth-file=/etc/kubernetes/tokens.csv"]
    ),
};
