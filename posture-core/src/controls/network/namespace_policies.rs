//! `network.namespace-policies`

use crate::checks::kubernetes;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.namespace-policies",
    life: since("0.1.0"),
    title: "Namespaces have a network policy",
    finding: "Namespace has no network policy",
    keywords: &["Kubernetes", "NetworkPolicy", "namespace"],
    severity: Low,
    rationale: "Without a network policy, every pod of the namespace accepts connections from every pod of \
                the cluster, and may connect to everything.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a network policy that denies all, and one for each connection that is needed. The \
                   command lists those of a namespace.",
            console: "NetworkPolicy",
            command: Inspect("kubectl get networkpolicies --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        cis_kubernetes2("5.3.2", Full).by(EVERY),
        cis_eks18("4.3.2", Full).by(EVERY),
        cis_aks18("4.4.2", Full).by(EVERY),
        nsa_kubernetes12("N2", Supporting),
    ],
    test: kubernetes::of_namespace!(used network_policy, "no NetworkPolicy", "a NetworkPolicy"),
};

/// The rows are about every namespace, with workloads or without alike.
const EVERY: Check = Check::Namespace(|namespace, _| {
    if *namespace.network_policy.known()? {
        return pass();
    }
    fail(Namespace::NETWORK_POLICY, "no NetworkPolicy", "a NetworkPolicy")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_ask_for_every_namespace() {
        let system = |scope: &mut Scope| {
            let namespace = Namespace::unread("Namespace/kube-system", "kube-system", None);
            scope.add(namespace.network_policy(Known(false)).has_workloads(Known(true)));
        };
        assert_not_applicable(&CONTROL, system);
        let row = row_of(&CONTROL, "cis-kubernetes-2.0:5.3.2", system);
        assert!(matches!(&row[..], [Ok(Verdict::Fail(_))]));
    }
}
