//! `identity.everyone-rights`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "every account of the group has the permission, whether it needs it or not";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.everyone-rights",
    life: since("0.1.0"),
    title: "Groups of everyone have no permissions beyond the default",
    finding: "Everyone who signs in has further permissions",
    keywords: &["Kubernetes", "RBAC", "system:authenticated", "system:serviceaccounts"],
    severity: High,
    rationale: "Every user and every service account is in these groups, also those of later \
                namespaces. One leaked token of any pod has what they are granted.",
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
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        cis_kubernetes2("5.1.1", Supporting),
        cis_eks18("4.1.1", Supporting),
        cis_aks18("4.1.1", Supporting),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: no_entries_unless!(
        RbacSubject.grants,
        "ClusterRoleBinding all grants ClusterRole view to the group",
        "discovery and reviews of itself only",
        [],
        |subject| Ok((!(subject.id == "Group/system:authenticated"
            || subject.id == "Group/system:serviceaccounts"
            || subject.id.starts_with("Group/system:serviceaccounts:")))
        .then_some("the subject is not a group of everyone")),
        kubernetes::subject("Group/system:authenticated"),
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
        for id in [
            "Group/system:authenticated",
            "Group/system:serviceaccounts",
            "Group/system:serviceaccounts:shop",
        ] {
            assert_fails(&CONTROL, with(id, some()));
            assert_passes(&CONTROL, with(id, Entries::none()));
            assert_unknown(&CONTROL, with(id, Entries::new(Vec::new(), Some(DENIED))));
        }
        for id in
            ["User/jane", "Group/ops", "Group/system:unauthenticated", "User/system:authenticated"]
        {
            assert_not_applicable(&CONTROL, with(id, some()));
        }
    }
}
