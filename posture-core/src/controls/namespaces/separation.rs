//! `namespaces.separation`

use crate::checks::kubernetes;
use crate::prelude::*;
use crate::scope::Level;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "namespaces.separation",
    life: since("0.1.0"),
    title: "Workloads are in several namespaces",
    finding: "All workloads share one namespace",
    keywords: &["Kubernetes", "namespace", "multi-tenancy"],
    severity: Low,
    rationale: "Permissions, quotas and network policies are set for namespaces. In a single one, every \
                workload and every user of it has the same.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Give each application or team a namespace. The command lists the namespaces.",
            console: "Namespace",
            command: Inspect("kubectl get namespaces"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
        "https://kubernetes.io/docs/concepts/security/multi-tenancy/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-06", Supporting),
        ccm41("I&S-05", Supporting),
        cis_kubernetes2("5.6.1", Supporting),
        cis_eks18("4.5.1", Supporting),
        cis_aks18("4.6.1", Supporting),
        nsa_kubernetes12("N1", Supporting),
    ],
    test: Test {
        reads: &[Namespace::HAS_WORKLOADS],
        params: &[Param::Names(&kubernetes::SYSTEM)],
        check: Check::Namespace(check),
        examples: Examples {
            pass: |scope| {
                scope.add(kubernetes::shop());
                scope.add(other(true));
            },
            fail: |scope| {
                scope.add(kubernetes::shop());
                scope.add(other(false));
            },
        },
    },
};

fn other(used: bool) -> Namespace {
    Namespace::unread("Namespace/billing", "billing", None).has_workloads(Known(used))
}

fn check(namespace: &Namespace, context: &Context<'_>) -> CheckResult {
    if let Some(exempt) = kubernetes::of_the_system(namespace, context) {
        return exempt;
    }
    if context.scope.level == Level::Manifests {
        return not_applicable(
            "manifests show an application, and not what else is in the cluster",
        );
    }
    if !*namespace.has_workloads.known()? {
        return not_applicable("the namespace has no workloads");
    }
    let others = context.scope.namespaces.any(|one| {
        let counts = one.id != namespace.id && kubernetes::of_the_system(one, context).is_none();
        if counts { one.has_workloads.clone() } else { Known(false) }
    });
    if *others.known()? {
        return pass();
    }
    fail(Namespace::HAS_WORKLOADS, "no other namespace has workloads", "several namespaces")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_of_the_system_do_not_count() {
        let system = || {
            let one = Namespace::unread("Namespace/kube-system", "kube-system", None);
            one.has_workloads(Known(true))
        };
        let only = |scope: &mut Scope| {
            scope.add(kubernetes::shop());
            scope.add(system());
        };
        assert_fails(&CONTROL, only);
        assert_unknown(&CONTROL, |scope| {
            only(scope);
            scope.add(other(true).has_workloads(denied()));
        });
        assert_unknown(&CONTROL, |scope| {
            only(scope);
            scope.namespaces.gaps.push(DENIED);
        });
        assert_not_applicable(&CONTROL, |scope| {
            only(scope);
            scope.level = Level::Manifests;
        });
    }
}
