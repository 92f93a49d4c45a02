//! `identity.subject-privilege-escalation`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the subject may do less than everything, and takes everything by the steps in \
    the finding, so that more is allowed than was granted";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.subject-privilege-escalation",
    life: since("0.1.0"),
    title: "No subject can escalate to cluster administrator",
    finding: "A subject can escalate to cluster administrator",
    keywords: &["Kubernetes", "RBAC", "privilege escalation", "escalation path", "service account"],
    severity: High,
    rationale: "A few harmless permissions together can lead to cluster administration: a pod runs as \
                a stronger service account, whose permissions lead further. Not followed are ways that RBAC \
                does not show: what operators do with their custom resources and ConfigMaps, DNS and \
                the traffic of others, the identities of nodes, and what other authorizers grant.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove the permission of one step that the evidence names, preferably of the first \
                   one. Run strong service accounts in a namespace of their own. The command shows \
                   all bindings of the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        ccm41("IAM-09", Supporting),
        cis_kubernetes2("5.1.8", Supporting),
        cis_kubernetes2("5.1.1", Supporting),
        cis_eks18("4.1.8", Supporting),
        cis_aks18("4.1.7", Supporting),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[RbacSubject::FULL_ADMIN, RbacSubject::ESCALATION_PATHS],
        params: &[],
        check: Check::RbacSubject(check),
        examples: Examples {
            pass: |scope| scope.add(jane(Entries::none(), Entries::none())),
            fail: |scope| scope.add(jane(Entries::none(), Entries::from([STEPS]))),
        },
    },
};

#[rustfmt::skip]
const STEPS: &str = "user jane may create pods in namespace shop and so becomes service account shop/operator; service account shop/operator may do everything";

fn jane(full: Entries, paths: Entries) -> RbacSubject {
    RbacSubject::unread("User/jane", "jane", None)
        .full_admin(Known(full))
        .escalation_paths(Known(paths))
}

fn check(subject: &RbacSubject, _: &Context<'_>) -> CheckResult {
    // One certain chain outranks what else is not decided.
    if subject.escalation_paths.any() != Known(true) && *subject.full_admin.any().known()? {
        return not_applicable(
            "the subject administers the cluster: see identity.cluster-full-admin",
        );
    }
    let paths = subject.escalation_paths.known()?;
    if *paths.any().known()? {
        let found = paths.evidence_with("; ");
        return fail(RbacSubject::ESCALATION_PATHS, found, "no chain to cluster administrator");
    }
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_has_no_way_to_go() {
        let with =
            |full: Entries, paths: Entries| move |scope: &mut Scope| scope.add(jane(full, paths));
        let some = || Entries::from(["a grant"]);
        let open = || Entries::new(Vec::new(), Some(DENIED));
        assert_not_applicable(&CONTROL, with(some(), Entries::none()));
        assert_unknown(&CONTROL, with(open(), Entries::none()));
        assert_unknown(&CONTROL, with(Entries::none(), open()));
        assert_fails(&CONTROL, with(open(), some()));
    }
}
