//! `control-plane.profiling`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a function that nothing in normal operation needs is on";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.profiling",
    life: since("0.1.0"),
    title: "Profiling is off in the control plane",
    finding: "Profiling is on in a component",
    keywords: &["Kubernetes", "control plane", "static pod", "profiling", "pprof"],
    severity: Low,
    rationale: "Profiles show details of the process and cost it time. They are on by default and \
                needed only while a problem is examined.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--profiling=false`, for the scheduler with a file `enableProfiling: false`. \
                   The evidence names the pod and the flag. The command shows the pods of the control \
                   plane.",
            console: "kube-apiserver, kube-controller-manager, kube-scheduler: --profiling",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("1.2.15", Full).by(control_plane::row!(
            profiling,
            "kube-apiserver",
            "--profiling"
        )),
        cis_kubernetes2("1.3.2", Full).by(control_plane::row!(
            profiling,
            "kube-controller-manager",
            "--profiling"
        )),
        cis_kubernetes2("1.4.1", Full).by(control_plane::row!(
            profiling,
            "kube-scheduler",
            "--profiling"
        )),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        profiling,
        "`--profiling=false`",
        [
            "kube-apiserver: --profiling is absent, so that it is true",
            "kube-controller-manager: --profiling is absent, so that it is true",
            "kube-scheduler: --profiling is absent, so that it is true"
        ]
    ),
};
