//! `workloads.host-user-namespace`

use crate::checks::kubernetes;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-user-namespace",
    life: since("0.1.0"),
    title: "Pods have their own user namespace",
    finding: "Pods share the user namespace of their node",
    keywords: &["Kubernetes", "pod", "hostUsers", "user namespace", "rootless"],
    severity: Low,
    rationale: "In a user namespace, root of the container is an unprivileged user of the node. It makes \
                most escapes harmless.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `hostUsers: false` for the pod, where the kernel and the runtime of the nodes support \
                   it. The command shows the pods with their settings.",
            console: "spec.template.spec.hostUsers",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/"],
    satisfies: &[csf20("PR.IR-01", Supporting), ccm41("I&S-06", Supporting)],
    test: Test {
        reads: &[Workload::HOST_USER_NAMESPACE, Workload::NAMESPACE],
        params: &[Param::Given(&kubernetes::JUDGED)],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(Entries::none())),
            fail: |scope| scope.add(web(Entries::from(["hostUsers is absent"]))),
        },
    },
};

fn web(shared: Entries) -> Workload {
    Workload::unread("Deployment/shop/web", "web", Some("shop"))
        .namespace(Known("shop".to_owned()))
        .host_user_namespace(Known(shared))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    if !kubernetes::is_judged(context, workload.namespace.known()?) {
        return not_applicable("the namespace is not one of those to judge");
    }
    workload.host_user_namespace.must_be_empty(Workload::HOST_USER_NAMESPACE, "hostUsers is false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn only_the_named_namespaces_are_judged() {
        let shared = || web(Entries::from(["hostUsers is absent"]));
        let judge = |name: &str, workload: Workload| {
            let names = Value::Names(vec![name.to_owned()]);
            judged_with(&CONTROL, &world(|scope| scope.add(workload)), &[("namespaces", names)])
        };
        assert!(matches!(&judge("shop", shared())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(&judge("*", shared())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(&judge("other", shared())[..], [Ok(Verdict::NotApplicable(_))]));
        assert!(judge("shop", shared().namespace(denied()))[0].is_err());
        assert!(judge("shop", shared().host_user_namespace(denied()))[0].is_err());
    }
}
