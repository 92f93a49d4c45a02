//! `identity.cluster-full-admin`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the subject may do everything in the cluster, which exceeds what any single task needs";

/// The subjects that Kubernetes itself binds to `cluster-admin`.
/// [Default bindings](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles), read on 2026-11-30.
static SUBJECTS: Names = Names {
    name: "administrators",
    doc: "The IDs of the subjects that may have every right, such as `User/alice` and `ServiceAccount/flux-system/flux`.",
    default: &["Group/system:masters"],
};

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.cluster-full-admin",
    life: since("0.1.0"),
    title: "Only known subjects administer the cluster",
    finding: "A subject has every right in the cluster",
    keywords: &["Kubernetes", "RBAC", "cluster-admin", "ClusterRoleBinding", "wildcard"],
    severity: Critical,
    rationale: "A subject with every right reads every Secret, runs on every node and grants itself \
                whatever it lacks. One leaked token of it is the whole cluster.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding that the evidence names, and bind a role that lists what the subject \
                   needs. The command shows all bindings of the cluster.",
            console: "ClusterRoleBinding",
            command: Inspect("kubectl get clusterrolebindings --output wide"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        ccm41("IAM-09", Supporting),
        cis_kubernetes2("5.1.1", Partial(SHOWS)),
        cis_eks18("4.1.1", Partial(SHOWS)),
        cis_aks18("4.1.1", Partial(SHOWS)),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[RbacSubject::FULL_ADMIN],
        params: &[Param::Names(&SUBJECTS)],
        check: Check::RbacSubject(check),
        examples: Examples {
            pass: |scope| scope.add(alice().full_admin(Known(Entries::none()))),
            fail: |scope| {
                let grant = "ClusterRoleBinding ops grants ClusterRole cluster-admin, rules[0], to user alice";
                scope.add(alice().full_admin(Known(Entries::from([grant]))));
            },
        },
    },
};

fn alice() -> RbacSubject {
    RbacSubject::unread("User/alice", "alice", None)
}

fn check(subject: &RbacSubject, context: &Context<'_>) -> CheckResult {
    if context.names(&SUBJECTS).iter().any(|known| *known == subject.id) {
        return not_applicable("the subject is one that may administer the cluster");
    }
    subject
        .full_admin
        .must_be_empty(RbacSubject::FULL_ADMIN, "not every right in the whole cluster")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(subject: RbacSubject, grants: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.add(subject.full_admin(grants))
    }

    #[test]
    fn known_administrators_are_left_out() {
        let masters = RbacSubject::unread("Group/system:masters", "system:masters", None);
        let grants = || Known(Entries::from(["a grant"]));
        assert_not_applicable(&CONTROL, with(masters, grants()));
        assert_fails(&CONTROL, with(alice(), grants()));
        assert_unknown(&CONTROL, with(alice(), denied()));
    }
}
