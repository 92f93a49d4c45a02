//! `identity.masters-group`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the group is allowed everything without any check, and the finding names who \
    uses it besides the default binding";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.masters-group",
    life: since("0.1.0"),
    title: "No binding or subject uses the group system:masters",
    finding: "The group system:masters is bound or impersonated",
    keywords: &["Kubernetes", "RBAC", "system:masters", "impersonate", "Group"],
    severity: High,
    rationale: "The API server allows the group everything, before it reads any role. What a \
                certificate or an impersonation makes a member cannot be limited or revoked by RBAC.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding to the group, or limit the names of the groups that the role \
                   may impersonate. Bind administrators by a group of your own. The command shows all \
                   bindings of the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-10", Partial(SHOWS)),
        ccm41("IAM-12", Supporting),
        cis_kubernetes2("5.1.7", Partial(SHOWS)),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[RbacSubject::GRANTS, RbacSubject::MASTERS_IMPERSONATION],
        params: &[],
        check: Check::RbacSubject(check),
        examples: Examples {
            pass: |scope| scope.add(of("User/jane", Entries::none(), Entries::none())),
            fail: |scope| {
                let grant =
                    "ClusterRoleBinding ops grants ClusterRole operator, rules[0], to user jane";
                scope.add(of("User/jane", Entries::none(), Entries::from([grant])));
            },
        },
    },
};

const MASTERS: &str = "Group/system:masters";

fn of(id: &str, grants: Entries, impersonation: Entries) -> RbacSubject {
    let subject = RbacSubject::unread(id, id, None);
    subject.grants(Known(grants)).masters_impersonation(Known(impersonation))
}

fn check(subject: &RbacSubject, _: &Context<'_>) -> CheckResult {
    if subject.id == MASTERS {
        return subject.grants.must_be_empty(RbacSubject::GRANTS, "only the default binding");
    }
    let expected = "no permission to impersonate the group";
    subject.masters_impersonation.must_be_empty(RbacSubject::MASTERS_IMPERSONATION, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_itself_has_the_default_binding_only() {
        let some = || Entries::from(["a grant"]);
        let with = |id: &'static str, grants: Entries, more: Entries| {
            move |scope: &mut Scope| scope.add(of(id, grants, more))
        };
        assert_fails(&CONTROL, with(MASTERS, some(), Entries::none()));
        assert_passes(&CONTROL, with(MASTERS, Entries::none(), Entries::none()));
        // What another subject is granted does not concern the group.
        assert_passes(&CONTROL, with("Group/ops", some(), Entries::none()));
        assert_fails(&CONTROL, with("Group/ops", some(), some()));
        let open = || Entries::new(Vec::new(), Some(DENIED));
        assert_unknown(&CONTROL, with(MASTERS, open(), Entries::none()));
        assert_unknown(&CONTROL, with("Group/ops", Entries::none(), open()));
    }
}
