//! `network.ingress-tls`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the host answers in plain text";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.ingress-tls",
    life: since("0.1.0"),
    title: "Ingresses and gateways serve TLS",
    finding: "A host is served without TLS",
    keywords: &["Kubernetes", "Ingress", "Gateway", "TLS", "HTTPS"],
    severity: Medium,
    rationale: "Without TLS, an attacker on the path reads and changes the traffic, including sessions and \
                passwords.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Add the host to `tls` with a Secret that has its certificate, or use a listener of the \
                   protocol HTTPS. The command shows the ingress.",
            console: "Ingress → spec.tls",
            command: Inspect("kubectl describe ingress <name> --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
        "https://gateway-api.sigs.k8s.io/guides/tls/",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Partial(SHOWS)),
        ccm41("DSP-10", Partial(SHOWS)),
        cis_eks18("5.4.5", Partial(shows::STEP)),
        cis_aks18("5.4.5", Partial(shows::STEP)),
        nsa_kubernetes12("N6", Partial(SHOWS)),
    ],
    test: no_entries!(Ingress.plain_hosts, "TLS for every host"),
};
