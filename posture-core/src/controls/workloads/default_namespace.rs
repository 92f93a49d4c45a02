//! `workloads.default-namespace`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// The rows of CIS are about everything that the user has in the namespace. Workloads are a part of it, so that a pass does not decide
/// them.
pub(crate) static CONTROL: Control = Control {
    id: "workloads.default-namespace",
    life: since("0.1.0"),
    title: "Workloads are not in the namespace default",
    finding: "A workload is in the namespace default",
    keywords: &["Kubernetes", "pod", "namespace", "default"],
    severity: Low,
    rationale: "Objects are in `default` when no namespace was named. Permissions, quotas and policies then \
                apply to all of them together.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Move the workload to another namespace. The command lists what is in the namespace.",
            console: "metadata.namespace",
            command: Inspect("kubectl get all --namespace default"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-06", Supporting),
        cis_kubernetes2("5.6.4", Partial(shows::STEP)),
        cis_eks18("4.5.2", Partial(shows::STEP)),
        cis_aks18("4.6.3", Partial(shows::STEP)),
        nsa_kubernetes12("N1", Supporting),
    ],
    test: Test {
        reads: &[Workload::NAMESPACE],
        params: &[],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web("shop")),
            fail: |scope| scope.add(web("default")),
        },
    },
};

fn web(namespace: &str) -> Workload {
    Workload::unread("Deployment/web", "web", Some(namespace))
        .namespace(Known(namespace.to_owned()))
}

fn check(workload: &Workload, _: &Context<'_>) -> CheckResult {
    if workload.namespace.known()? != "default" {
        return pass();
    }
    fail(Workload::NAMESPACE, "default", "another namespace")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_names_no_namespace_is_unknown() {
        assert_unknown(&CONTROL, |scope| scope.add(web("shop").namespace(denied())));
    }
}
