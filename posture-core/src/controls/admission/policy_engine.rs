//! `admission.policy-engine`

use crate::checks::kubernetes::at_least_one;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "no namespace enforces a level and no engine sees pods, so that nothing at all controls them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "admission.policy-engine",
    life: since("0.1.0"),
    title: "Something rejects pods by policy",
    finding: "Nothing rejects pods by policy",
    keywords: &[
        "Kubernetes",
        "admission",
        "Pod Security Admission",
        "Kyverno",
        "Gatekeeper",
        "ValidatingAdmissionPolicy",
    ],
    severity: Medium,
    rationale: "Without any policy, everyone who creates pods may create privileged ones and reach \
                the node. Of an engine with policies of its own, these are not read: that it is \
                installed does not show that it rejects anything.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Label namespaces with `pod-security.kubernetes.io/enforce`, or install a policy \
                   engine. The command shows the labels of all namespaces.",
            console: "Namespace: metadata.labels",
            command: Inspect("kubectl get namespaces --show-labels"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.PS-05", Supporting),
        ccm41("CCC-06", Supporting),
        ccm41("CCC-04", Supporting),
        cis_kubernetes2("5.2.1", Partial(SHOWS)),
        nsa_kubernetes12("P4", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Cluster::ENFORCING],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(of(Entries::from(["Namespace/shop"]))),
            fail: |scope| scope.add(of(Entries::none())),
        },
    },
};

fn of(found: Entries) -> Cluster {
    Cluster::unread("cluster", "cluster", None).enforcing(Known(found))
}

fn check(cluster: &Cluster, _: &Context<'_>) -> CheckResult {
    at_least_one(
        (Cluster::ENFORCING, &cluster.enforcing),
        "a namespace that enforces a level, or a policy engine",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough_and_none_takes_a_complete_list() {
        let with = |found: Entries| move |scope: &mut Scope| scope.add(of(found));
        assert_passes(&CONTROL, with(Entries::from(["one"])));
        assert_unknown(&CONTROL, with(Entries::new(vec!["one".to_owned()], Some(DENIED))));
        assert_unknown(&CONTROL, with(Entries::new(Vec::new(), Some(DENIED))));
        assert_fails(&CONTROL, with(Entries::none()));
    }
}
