//! `identity.anonymous-rights`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "anyone who reaches the API server may do what the binding grants, without signing in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.anonymous-rights",
    life: since("0.1.0"),
    title: "Anonymous requests have no permissions beyond the default",
    finding: "Anonymous requests have further permissions",
    keywords: &["Kubernetes", "RBAC", "system:anonymous", "system:unauthenticated"],
    severity: Critical,
    rationale: "A request without credentials is `system:anonymous` in the group \
                `system:unauthenticated`. What these are granted, anyone who reaches the API server \
                may do.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding that the evidence names, or bind the subjects that need the \
                   permission by name. The command shows all bindings of the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        cis_kubernetes2("1.2.1", Supporting),
        nsa_kubernetes12("A1", Partial(SHOWS)),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: no_entries_unless!(
        RbacSubject.grants,
        "ClusterRoleBinding all grants ClusterRole view to the group",
        "health and version only",
        [],
        |subject| Ok((!matches!(
            subject.id.as_str(),
            "User/system:anonymous" | "Group/system:unauthenticated"
        ))
        .then_some("the subject signs in")),
        kubernetes::subject("Group/system:unauthenticated"),
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_subjects_are_judged() {
        let with = |id: &'static str, grants: Entries| {
            move |scope: &mut Scope| scope.add(kubernetes::subject(id).grants(Known(grants)))
        };
        let some = || Entries::from(["a grant"]);
        for id in ["User/system:anonymous", "Group/system:unauthenticated"] {
            assert_fails(&CONTROL, with(id, some()));
            assert_passes(&CONTROL, with(id, Entries::none()));
            assert_unknown(&CONTROL, with(id, Entries::new(Vec::new(), Some(DENIED))));
        }
        for id in ["User/jane", "Group/system:authenticated", "Group/system:anonymous"] {
            assert_not_applicable(&CONTROL, with(id, some()));
        }
    }
}
