//! `control-plane.component-tls`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "components talk to each other without a certificate that one side verifies";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.component-tls",
    life: since("0.1.0"),
    title: "The components of the control plane authenticate by TLS",
    finding: "A component lacks a certificate or an authority",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "TLS",
        "etcd",
        "kubelet",
        "certificates",
    ],
    severity: High,
    rationale: "Without its certificates a component accepts others unverified, or is not verified by \
                them. An attacker in the network can then read or answer in its place.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set the flag that is missing, to a certificate or an authority of the cluster. The \
                   evidence names the pod and the flag. The command shows the pods of the control \
                   plane.",
            console: "kube-apiserver, kube-controller-manager, etcd: flags of certificates",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/setup/best-practices/certificates/",
        "https://etcd.io/docs/v3.6/op-guide/security/",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Supporting),
        cis_kubernetes2("1.2.4", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--kubelet-client-certificate",
            "--kubelet-client-key"
        )),
        cis_kubernetes2("1.2.5", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--kubelet-certificate-authority"
        )),
        cis_kubernetes2("1.2.23", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--etcd-certfile",
            "--etcd-keyfile"
        )),
        cis_kubernetes2("1.2.24", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--tls-cert-file",
            "--tls-private-key-file"
        )),
        cis_kubernetes2("1.2.25", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--client-ca-file"
        )),
        cis_kubernetes2("1.2.26", Full).by(control_plane::row!(
            tls_missing,
            "kube-apiserver",
            "--etcd-cafile"
        )),
        cis_kubernetes2("1.3.5", Full).by(control_plane::row!(
            tls_missing,
            "kube-controller-manager",
            "--root-ca-file"
        )),
        cis_kubernetes2("2.1", Full).by(control_plane::row!(
            tls_missing,
            "etcd",
            "--cert-file",
            "--key-file"
        )),
        cis_kubernetes2("2.2", Full).by(control_plane::row!(
            tls_missing,
            "etcd",
            "--client-cert-auth"
        )),
        cis_kubernetes2("2.3", Full).by(control_plane::row!(tls_missing, "etcd", "--auto-tls")),
        cis_kubernetes2("2.4", Full).by(control_plane::row!(
            tls_missing,
            "etcd",
            "--peer-cert-file",
            "--peer-key-file"
        )),
        cis_kubernetes2("2.5", Full).by(control_plane::row!(
            tls_missing,
            "etcd",
            "--peer-client-cert-auth"
        )),
        cis_kubernetes2("2.6", Full).by(control_plane::row!(
            tls_missing,
            "etcd",
            "--peer-auto-tls"
        )),
        nsa_kubernetes12("N6", Partial(SHOWS)),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        tls_missing,
        "certificates and authorities on both sides",
        [
            "kube-apiserver: --kubelet-client-certificate is absent",
            "kube-apiserver: --kubelet-client-key is absent",
            "kube-apiserver: --kubelet-certificate-authority is absent",
            "kube-apiserver: --etcd-certfile is absent",
            "kube-apiserver: --etcd-keyfile is absent",
            "kube-apiserver: --etcd-cafile is absent",
            "kube-apiserver: --tls-cert-file is absent",
            "kube-apiserver: --tls-private-key-file is absent",
            "kube-apiserver: --client-ca-file is absent",
            "kube-controller-manager: --root-ca-file is absent",
            "etcd: --cert-file is absent",
            "etcd: --key-file is absent",
            "etcd: --peer-cert-file is absent",
            "etcd: --peer-key-file is absent",
            "etcd: --client-cert-auth is absent, so that it is false",
            "etcd: --peer-client-cert-auth is absent, so that it is false",
            "etcd: --auto-tls=true",
            "etcd: --peer-auto-tls=true"
        ]
    ),
};
