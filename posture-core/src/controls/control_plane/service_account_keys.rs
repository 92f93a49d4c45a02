//! `control-plane.service-account-keys`

use crate::checks::control_plane;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.service-account-keys",
    life: since("0.1.0"),
    title: "Service account tokens have keys and limits of their own",
    finding: "A setting of service account tokens is weak",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "ServiceAccount",
        "token",
        "service-account-key-file",
    ],
    severity: Medium,
    rationale: "These flags decide which key signs tokens, whether a deleted account is still \
                accepted, and for how long a token is.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set the flag as the evidence expects it. The evidence names the pod and the flag. \
                   The command shows the pods of the control plane.",
            console: "kube-apiserver, kube-controller-manager: flags of service accounts",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-04", Supporting),
        ccm41("IAM-14", Supporting),
        cis_kubernetes2("1.2.21", Full).by(control_plane::row!(
            token_settings,
            "kube-apiserver",
            "--service-account-lookup"
        )),
        cis_kubernetes2("1.2.22", Partial(shows::STEP)).by(control_plane::row!(
            token_settings,
            "kube-apiserver",
            "--service-account-key-file"
        )),
        cis_kubernetes2("1.2.30", Full).by(control_plane::row!(
            token_settings,
            "kube-apiserver",
            "--service-account-extend-token-expiration"
        )),
        cis_kubernetes2("1.3.3", Full).by(control_plane::row!(
            token_settings,
            "kube-controller-manager",
            "--use-service-account-credentials"
        )),
        cis_kubernetes2("1.3.4", Full).by(control_plane::row!(
            token_settings,
            "kube-controller-manager",
            "--service-account-private-key-file"
        )),
        nsa_kubernetes12("P5", Supporting),
    ],
    test: control_plane::no_settings!(
        token_settings,
        "the flags set as recommended",
        [
            "kube-apiserver: --service-account-lookup=false",
            "kube-apiserver: --service-account-key-file is absent",
            "kube-apiserver: --service-account-extend-token-expiration is absent, so that it is true",
            "kube-controller-manager: --use-service-account-credentials is absent, so that it is false",
            "kube-controller-manager: --service-account-private-key-file is absent"
        ]
    ),
};
