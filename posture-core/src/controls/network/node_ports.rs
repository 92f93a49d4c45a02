//! `network.node-ports`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the port is open at the addresses of all nodes, in a namespace for which the user demands \
                     that there are none";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.node-ports",
    life: since("0.1.0"),
    title: "Services open no node ports",
    finding: "A service opens a node port",
    keywords: &["Kubernetes", "Service", "NodePort"],
    severity: Low,
    rationale: "A node port is open at every address of every node, so that it may be reachable from outside \
                without a load balancer.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Use the type `ClusterIP` with an ingress, or `allocateLoadBalancerNodePorts: false`. The \
                   command shows the service.",
            console: "Service → spec.type",
            command: Inspect("kubectl describe service <name> --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport"],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        nsa_kubernetes12("N2", Supporting),
    ],
    test: Test {
        reads: &[Service::NODE_PORTS],
        params: &[Param::Given(&kubernetes::JUDGED)],
        check: Check::Service(check),
        examples: Examples {
            pass: |scope| scope.add(web(Entries::none())),
            fail: |scope| scope.add(web(Entries::from(["port 80/TCP is node port 30080"]))),
        },
    },
};

fn web(ports: Entries) -> Service {
    Service::unread("Service/shop/web", "web", Some("shop")).node_ports(Known(ports))
}

fn check(service: &Service, context: &Context<'_>) -> CheckResult {
    // A manifest that does not name a namespace is only judged where every one is.
    if !kubernetes::is_judged(context, service.region.as_deref().unwrap_or_default()) {
        return not_applicable("the namespace is not one of those to judge");
    }
    service.node_ports.must_be_empty(Service::NODE_PORTS, "no node port")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn only_the_named_namespaces_are_judged() {
        let open = || web(Entries::from(["port 80/TCP is node port 30080"]));
        let judge = |name: &str| {
            let names = Value::Names(vec![name.to_owned()]);
            judged_with(&CONTROL, &world(|scope| scope.add(open())), &[("namespaces", names)])
        };
        assert!(matches!(&judge("shop")[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(&judge("*")[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(&judge("other")[..], [Ok(Verdict::NotApplicable(_))]));
    }
}
