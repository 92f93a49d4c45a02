//! `control-plane.admission-plugins`

use crate::checks::control_plane;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.admission-plugins",
    life: since("0.1.0"),
    title: "The admission plugins protect the cluster",
    finding: "An admission plugin is not set as it should be",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "admission",
        "EventRateLimit",
        "AlwaysPullImages",
        "DenyServiceExternalIPs",
    ],
    severity: Medium,
    rationale: "Admission plugins stop requests that authorization allows: floods of events, images \
                that another tenant pulled, external IPs that catch the traffic of others.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Add DenyServiceExternalIPs, EventRateLimit and AlwaysPullImages to \
                   `--enable-admission-plugins`, and remove AlwaysAdmit. Remove ServiceAccount and \
                   NamespaceLifecycle from `--disable-admission-plugins`. The evidence names the pod \
                   and the flag. The command shows the pods of the control plane.",
            console: "kube-apiserver: --enable-admission-plugins, --disable-admission-plugins",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-06", Supporting),
        cis_kubernetes2("1.2.3", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "DenyServiceExternalIPs"
        )),
        cis_kubernetes2("1.2.9", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "EventRateLimit"
        )),
        cis_kubernetes2("1.2.10", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "AlwaysAdmit"
        )),
        cis_kubernetes2("1.2.11", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "AlwaysPullImages"
        )),
        cis_kubernetes2("1.2.12", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "has ServiceAccount"
        )),
        cis_kubernetes2("1.2.13", Full).by(control_plane::row!(
            admission_plugins,
            "kube-apiserver",
            "NamespaceLifecycle"
        )),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        admission_plugins,
        "the plugins set as recommended",
        [
            "kube-apiserver: --enable-admission-plugins is without DenyServiceExternalIPs",
            "kube-apiserver: --enable-admission-plugins is without EventRateLimit",
            "kube-apiserver: --enable-admission-plugins is without AlwaysPullImages",
            "kube-apiserver: --enable-admission-plugins has AlwaysAdmit",
            "kube-apiserver: --disable-admission-plugins has ServiceAccount",
            "kube-apiserver: --disable-admission-plugins has NamespaceLifecycle"
        ]
    ),
};
