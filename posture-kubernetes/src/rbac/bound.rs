//! The service accounts that Kubernetes' own bindings name, whether they exist or not.
//!
//! The server creates these bindings when it starts, and again after they were deleted. An account exists only where its controller runs,
//! and runs as that account: that it is missing is not a mistake of the user's.

use posture_model::dated::Dated;

use super::{Binding, RoleRef};

const SYSTEM: &str = "kube-system";

/// Controllers. For each there is a ClusterRoleBinding `system:controller:NAME` of the ClusterRole of the same name to its account in
/// `kube-system`.
static CONTROLLERS: Dated<&str> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/controller-role-bindings.yaml",
        "https://github.com/kubernetes/kubernetes/blob/v1.20.2/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/controller-role-bindings.yaml",
    ],
    "2026-12-01",
    &[
        "attachdetach-controller",
        "certificate-controller",
        "clusterrole-aggregation-controller",
        "cronjob-controller",
        "daemon-set-controller",
        "deployment-controller",
        "disruption-controller",
        "endpoint-controller",
        "endpointslice-controller",
        "endpointslicemirroring-controller",
        "ephemeral-volume-controller",
        "expand-controller",
        "generic-garbage-collector",
        "horizontal-pod-autoscaler",
        "job-controller",
        "legacy-service-account-token-cleaner",
        "namespace-controller",
        "node-controller",
        "persistent-volume-binder",
        "pod-garbage-collector",
        "podcheckpoint-controller",
        "pv-protection-controller",
        "pvc-protection-controller",
        "replicaset-controller",
        "replication-controller",
        "resource-claim-controller",
        "resourcequota-controller",
        "root-ca-cert-publisher",
        "route-controller",
        "selinux-warning-controller",
        "service-account-controller",
        "service-cidrs-controller",
        "service-controller",
        "statefulset-controller",
        "ttl-after-finished-controller",
        "ttl-controller",
        "validatingadmissionpolicy-status-controller",
        "volumeattributesclass-protection-controller",
    ],
);

/// Others: the namespace, empty for a ClusterRoleBinding, the name of the binding and of its role, and the account in `kube-system`.
static OTHERS: Dated<(&str, &str, &str)> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/namespace-role-bindings.yaml",
        "https://github.com/kubernetes/kubernetes/blob/v1.20.2/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/cluster-role-bindings.yaml",
    ],
    "2026-12-01",
    &[
        ("", "system:kube-dns", "kube-dns"),
        ("kube-public", "system:controller:bootstrap-signer", "bootstrap-signer"),
        (SYSTEM, "system::leader-locking-kube-controller-manager", "kube-controller-manager"),
        (SYSTEM, "system::leader-locking-kube-controller-manager", "leader-election-controller"),
        (SYSTEM, "system::leader-locking-kube-scheduler", "kube-scheduler"),
        (SYSTEM, "system:controller:bootstrap-signer", "bootstrap-signer"),
        (SYSTEM, "system:controller:cloud-provider", "cloud-provider"),
        (SYSTEM, "system:controller:token-cleaner", "token-cleaner"),
    ],
);

impl Binding {
    /// Whether Kubernetes itself names an account in this binding. The name of the binding alone proves nothing: its role and the account
    /// have to be those of Kubernetes too.
    pub(crate) fn names_by_default(&self, namespace: &str, account: &str) -> bool {
        let (own, role) = match (&self.namespace, &self.role) {
            (None, RoleRef::ClusterRole(role)) => ("", role),
            (Some(own), RoleRef::Role(role)) => (own.as_str(), role),
            (None, RoleRef::Role(_)) | (Some(_), RoleRef::ClusterRole(_)) => return false,
        };
        if namespace != SYSTEM || *role != self.name {
            return false;
        }
        let controller = own.is_empty()
            && self.name.strip_prefix("system:controller:") == Some(account)
            && CONTROLLERS.contains(&account);
        controller || OTHERS.contains(&(own, self.name.as_str(), account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_of_kubernetes_is_known_by_its_role_and_its_account() {
        let of = |namespace: Option<&str>, name: &str, role: RoleRef| Binding {
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            role,
            subjects: Vec::new(),
        };
        let cluster = |name: &str| RoleRef::ClusterRole(name.to_owned());
        let job = "system:controller:job-controller";
        for (binding, namespace, account, known) in [
            (of(None, job, cluster(job)), "kube-system", "job-controller", true),
            (of(None, job, cluster("cluster-admin")), "kube-system", "job-controller", false),
            (of(None, job, cluster(job)), "kube-system", "other", false),
            (of(None, job, cluster(job)), "shop", "job-controller", false),
            (of(Some("kube-system"), job, cluster(job)), "kube-system", "job-controller", false),
            (
                of(None, "system:controller:x", cluster("system:controller:x")),
                "kube-system",
                "x",
                false,
            ),
            (
                of(None, "system:kube-dns", cluster("system:kube-dns")),
                "kube-system",
                "kube-dns",
                true,
            ),
        ] {
            assert_eq!(binding.names_by_default(namespace, account), known, "{binding:?}");
        }
        let name = "system:controller:token-cleaner";
        let role = RoleRef::Role(name.to_owned());
        assert!(
            of(Some("kube-system"), name, role.clone())
                .names_by_default("kube-system", "token-cleaner")
        );
        assert!(
            !of(Some("kube-public"), name, role).names_by_default("kube-system", "token-cleaner")
        );
    }
}
