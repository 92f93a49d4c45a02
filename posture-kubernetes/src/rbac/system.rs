//! What Kubernetes itself binds, so that it is not reported.
//!
//! A name proves nothing, since anyone who may create bindings can choose it. What is left out is a rule that the default role of the
//! default binding has, for its default subject. What was added to one of the three is reported.

use posture_model::dated::Dated;

use super::{Grant, RoleRef, Rule, Subject, defaults};
use crate::platform::Platform;

/// A rule of a default role.
enum Known {
    /// Verbs, groups, resources, and names unless there are none.
    On(
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    ),
    /// Verbs on paths that are not of resources.
    At(&'static [&'static str], &'static [&'static str]),
}

use Known::{At, On};

/// A default binding with the rules that could matter here; those that lead nowhere are left out. Without rules, it is all that the
/// [default role](super::defaults) has.
struct Default {
    /// The namespace; empty for a ClusterRoleBinding.
    namespace: &'static str,
    /// The name of the binding.
    binding: &'static str,
    /// The name of its role, which is a Role in a namespace.
    role: &'static str,
    /// `Group/system:masters`, `User/system:anonymous`, `ServiceAccount/kube-system/job-controller`.
    subjects: &'static [&'static str],
    rules: &'static [Known],
}

const fn of_cluster(
    name: &'static str,
    subjects: &'static [&'static str],
    rules: &'static [Known],
) -> Default {
    Default { namespace: "", binding: name, role: name, subjects, rules }
}

const fn in_namespace(
    namespace: &'static str,
    name: &'static str,
    subjects: &'static [&'static str],
    rules: &'static [Known],
) -> Default {
    Default { namespace, binding: name, role: name, subjects, rules }
}

const EVERYONE: &[&str] = &["Group/system:authenticated", "Group/system:unauthenticated"];
const SIGNED_IN: &[&str] = &["Group/system:authenticated"];
/// All rules of the role.
const OF_ROLE: &[Known] = &[];
const EVERYTHING: &[Known] = &[On(&["*"], &["*"], &["*"], &[]), At(&["*"], &["*"])];
const READ: &[&str] = &["get", "list", "watch"];
/// What controllers that make pods may do to them.
const PODS: Known = On(
    &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    &[""],
    &["pods"],
    &[],
);
const ALL: &[&str] =
    &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// The default bindings. What older versions bound beyond this, such as discovery for unauthenticated requests before 1.14, is reported.
static DEFAULTS: Dated<Default> = Dated::new(
    &[
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings",
        "https://github.com/kubernetes/kubernetes/tree/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata",
        "https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/",
    ],
    "2026-11-30",
    &[
        of_cluster("cluster-admin", &["Group/system:masters"], EVERYTHING),
        Default {
            namespace: "",
            binding: "kubeadm:cluster-admins",
            role: "cluster-admin",
            subjects: &["Group/kubeadm:cluster-admins"],
            rules: EVERYTHING,
        },
        of_cluster("system:public-info-viewer", EVERYONE, OF_ROLE),
        of_cluster("system:discovery", SIGNED_IN, OF_ROLE),
        of_cluster("system:basic-user", SIGNED_IN, OF_ROLE),
        of_cluster(
            "system:service-account-issuer-discovery",
            &["Group/system:serviceaccounts"],
            OF_ROLE,
        ),
        in_namespace(
            "kube-public",
            "kubeadm:bootstrap-signer-clusterinfo",
            &["User/system:anonymous"],
            &[On(&["get"], &[""], &["configmaps"], &["cluster-info"])],
        ),
        of_cluster(
            "system:kube-controller-manager",
            &["User/system:kube-controller-manager"],
            &[
                On(
                    &["create", "delete", "get", "update"],
                    &[""],
                    &["configmaps", "namespaces", "secrets", "serviceaccounts"],
                    &[],
                ),
                On(&["list", "watch"], &["*"], &["*"], &[]),
                On(&["create"], &[""], &["serviceaccounts/token"], &[]),
            ],
        ),
        of_cluster(
            "system:controller:generic-garbage-collector",
            &["ServiceAccount/kube-system/generic-garbage-collector"],
            &[On(&["delete", "get", "list", "patch", "update", "watch"], &["*"], &["*"], &[])],
        ),
        of_cluster(
            "system:controller:namespace-controller",
            &["ServiceAccount/kube-system/namespace-controller"],
            &[On(&["delete", "deletecollection", "get", "list", "watch"], &["*"], &["*"], &[])],
        ),
        of_cluster(
            "system:controller:resourcequota-controller",
            &["ServiceAccount/kube-system/resourcequota-controller"],
            &[On(&["list", "watch"], &["*"], &["*"], &[])],
        ),
        of_cluster(
            "system:controller:horizontal-pod-autoscaler",
            &["ServiceAccount/kube-system/horizontal-pod-autoscaler"],
            &[
                On(&["get", "update"], &["*"], &["*/scale"], &[]),
                On(READ, &["custom.metrics.k8s.io", "external.metrics.k8s.io"], &["*"], &[]),
            ],
        ),
        of_cluster(
            "system:controller:disruption-controller",
            &["ServiceAccount/kube-system/disruption-controller"],
            &[On(&["get"], &["*"], &["*/scale"], &[])],
        ),
        of_cluster(
            "system:controller:clusterrole-aggregation-controller",
            &["ServiceAccount/kube-system/clusterrole-aggregation-controller"],
            &[On(
                &["escalate", "get", "list", "patch", "update", "watch"],
                &["rbac.authorization.k8s.io"],
                &["clusterroles"],
                &[],
            )],
        ),
        of_cluster(
            "system:controller:certificate-controller",
            &["ServiceAccount/kube-system/certificate-controller"],
            &[
                On(
                    &["update"],
                    &["certificates.k8s.io"],
                    &["certificatesigningrequests/approval", "certificatesigningrequests/status"],
                    &[],
                ),
                On(
                    &["approve", "sign"],
                    &["certificates.k8s.io"],
                    &["signers"],
                    &["kubernetes.io/kube-apiserver-client-kubelet"],
                ),
            ],
        ),
        of_cluster(
            "system:controller:cronjob-controller",
            &["ServiceAccount/kube-system/cronjob-controller"],
            &[On(ALL, &["batch"], &["cronjobs", "jobs"], &[])],
        ),
        of_cluster(
            "system:controller:daemon-set-controller",
            &["ServiceAccount/kube-system/daemon-set-controller"],
            &[PODS],
        ),
        of_cluster(
            "system:controller:deployment-controller",
            &["ServiceAccount/kube-system/deployment-controller"],
            &[PODS, On(ALL, &["apps", "extensions"], &["deployments", "replicasets"], &[])],
        ),
        of_cluster(
            "system:controller:job-controller",
            &["ServiceAccount/kube-system/job-controller"],
            &[PODS, On(&["get", "list", "patch", "update", "watch"], &["batch"], &["jobs"], &[])],
        ),
        of_cluster(
            "system:controller:node-controller",
            &["ServiceAccount/kube-system/node-controller"],
            &[
                On(&["delete", "get", "list", "patch", "update", "watch"], &[""], &["nodes"], &[]),
                On(&["patch", "update"], &[""], &["nodes/status"], &[]),
            ],
        ),
        of_cluster(
            "system:controller:ttl-controller",
            &["ServiceAccount/kube-system/ttl-controller"],
            &[On(&["list", "patch", "update", "watch"], &[""], &["nodes"], &[])],
        ),
        of_cluster(
            "system:controller:route-controller",
            &["ServiceAccount/kube-system/route-controller"],
            &[On(&["patch"], &[""], &["nodes/status"], &[])],
        ),
        of_cluster(
            "system:controller:attachdetach-controller",
            &["ServiceAccount/kube-system/attachdetach-controller"],
            &[On(&["patch", "update"], &[""], &["nodes/status"], &[])],
        ),
        of_cluster(
            "system:controller:root-ca-cert-publisher",
            &["ServiceAccount/kube-system/root-ca-cert-publisher"],
            &[On(&["create", "update"], &[""], &["configmaps"], &[])],
        ),
        in_namespace(
            "kube-system",
            "system:controller:cloud-provider",
            &["ServiceAccount/kube-system/cloud-provider"],
            &[On(&["create", "get", "list", "watch"], &[""], &["configmaps"], &[])],
        ),
        of_cluster(
            "system:controller:persistent-volume-binder",
            &["ServiceAccount/kube-system/persistent-volume-binder"],
            &[PODS, On(ALL, &[""], &["persistentvolumes"], &[])],
        ),
        of_cluster(
            "system:controller:replicaset-controller",
            &["ServiceAccount/kube-system/replicaset-controller"],
            &[
                PODS,
                On(
                    &["get", "list", "update", "watch"],
                    &["apps", "extensions"],
                    &["replicasets"],
                    &[],
                ),
            ],
        ),
        of_cluster(
            "system:controller:replication-controller",
            &["ServiceAccount/kube-system/replication-controller"],
            &[
                PODS,
                On(&["get", "list", "update", "watch"], &[""], &["replicationcontrollers"], &[]),
            ],
        ),
        of_cluster(
            "system:controller:statefulset-controller",
            &["ServiceAccount/kube-system/statefulset-controller"],
            &[PODS],
        ),
        in_namespace(
            "kube-system",
            "system:controller:bootstrap-signer",
            &["ServiceAccount/kube-system/bootstrap-signer"],
            &[On(READ, &[""], &["secrets"], &[])],
        ),
        in_namespace(
            "kube-system",
            "system:controller:token-cleaner",
            &["ServiceAccount/kube-system/token-cleaner"],
            &[On(&["delete", "get", "list", "watch"], &[""], &["secrets"], &[])],
        ),
    ],
);

/// The users that only the provider of a managed control plane can be. On Amazon EKS no
/// [access entry](https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html) may give a name that begins so.
static RESERVED: Dated<(Platform, &str)> = Dated::new(
    &[
        "https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html",
    ],
    "2026-11-30",
    &[(Platform::Eks, "eks:")],
);

impl Subject {
    /// Its ID: `User/jane`, `ServiceAccount/shop/web`.
    pub fn id(&self) -> String {
        match self {
            Self::User(name) => format!("User/{name}"),
            Self::Group(name) => format!("Group/{name}"),
            Self::ServiceAccount { namespace, name } => {
                format!("ServiceAccount/{namespace}/{name}")
            }
        }
    }
}

impl Default {
    fn covers(&self, rule: &Rule) -> bool {
        let of_role = || {
            let role = defaults::system_role(self.namespace, self.role);
            role.is_some_and(|role| role.rules.iter().any(|known| known.covers(rule)))
        };
        self.rules.iter().any(|known| known.covers(rule)) || (self.rules.is_empty() && of_role())
    }
}

impl Rule {
    /// Whether another rule allows nothing that this one does not allow. Neither may name resources, as names narrow a rule.
    fn covers(&self, other: &Self) -> bool {
        let within = |own: &[String], known: &[String]| {
            own.iter().all(|one| known.iter().any(|known| known == "*" || known == one))
        };
        other.urls.is_empty() == self.urls.is_empty()
            && self.names.is_empty()
            && within(&other.verbs, &self.verbs)
            && within(&other.groups, &self.groups)
            && within(&other.resources, &self.resources)
            && within(&other.urls, &self.urls)
    }
}

impl Known {
    fn covers(&self, rule: &Rule) -> bool {
        match self {
            On(verbs, groups, resources, names) => {
                rule.urls.is_empty()
                    && within(&rule.verbs, verbs)
                    && within(&rule.groups, groups)
                    && within(&rule.resources, resources)
                    && (names.is_empty() || (!rule.names.is_empty() && within(&rule.names, names)))
            }
            At(verbs, urls) => {
                rule.resources.is_empty() && within(&rule.verbs, verbs) && within(&rule.urls, urls)
            }
        }
    }
}

fn within(own: &[String], known: &[&str]) -> bool {
    own.iter().all(|one| known.contains(&"*") || known.contains(&one.as_str()))
}

impl Grant<'_> {
    /// Whether Kubernetes itself, or the provider that manages the control plane, makes it.
    pub fn is_default(&self, platform: Option<Platform>) -> bool {
        let id = self.through.id();
        let (binding, namespace) = (self.binding, self.namespace.unwrap_or_default());
        let role = match &binding.role {
            RoleRef::ClusterRole(name) if namespace.is_empty() => name,
            RoleRef::Role(name) if !namespace.is_empty() => name,
            RoleRef::ClusterRole(_) | RoleRef::Role(_) => return self.is_reserved(platform),
        };
        let known = DEFAULTS.iter().any(|one| {
            one.binding == binding.name
                && one.namespace == namespace
                && one.role == role
                && one.subjects.contains(&id.as_str())
                && one.covers(self.rule)
        });
        known || self.is_reserved(platform)
    }

    fn is_reserved(&self, platform: Option<Platform>) -> bool {
        let Subject::User(name) = self.through else { return false };
        let of =
            |(on, prefix): &(Platform, &str)| platform == Some(*on) && name.starts_with(prefix);
        RESERVED.iter().any(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_without_rules_of_its_own_has_those_of_its_role() {
        for one in DEFAULTS.iter().filter(|one| one.rules.is_empty()) {
            let role = defaults::system_role(one.namespace, one.role).unwrap();
            assert!(!role.rules.is_empty(), "{}", one.role);
            for rule in &role.rules {
                assert!(one.covers(rule), "{}: {rule:?}", one.role);
                let more = Rule { verbs: vec!["get".into(), "delete".into()], ..rule.clone() };
                assert!(!one.covers(&more), "{}: {more:?}", one.role);
            }
            let everything = ["*"].map(str::to_owned).to_vec();
            let all = Rule { verbs: everything.clone(), urls: everything, ..Rule::default() };
            assert!(!one.covers(&all), "{}", one.role);
        }
    }
}
