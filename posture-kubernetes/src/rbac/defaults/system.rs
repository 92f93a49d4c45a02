//! The roles of Kubernetes' own parts. Some of them are bound by users: `system:auth-delegator` by those who extend the API.

use posture_model::dated::Dated;

use crate::labels::Labels;
use crate::rbac::{Role, Rule};

/// A rule: verbs, groups, resources and names, each with spaces between them. A group that is empty is the core.
type Words = (&'static str, &'static str, &'static str, &'static str);

/// The roles on resources: the namespace, empty for a ClusterRole, the name, and the rules.
static ROLES: Dated<(&str, &str, &[Words])> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/cluster-roles.yaml",
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/namespace-roles.yaml",
    ],
    "2026-12-01",
    &[
        (
            "",
            "system:auth-delegator",
            &[
                ("create", "authentication.k8s.io", "tokenreviews", ""),
                ("create", "authorization.k8s.io", "subjectaccessreviews", ""),
            ],
        ),
        (
            "",
            "system:basic-user",
            &[
                (
                    "create",
                    "authorization.k8s.io",
                    "selfsubjectaccessreviews selfsubjectrulesreviews",
                    "",
                ),
                ("create", "authentication.k8s.io", "selfsubjectreviews", ""),
            ],
        ),
        (
            "",
            "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
            &[("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient", "")],
        ),
        (
            "",
            "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
            &[("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient", "")],
        ),
        (
            "",
            "system:certificates.k8s.io:kube-apiserver-client-approver",
            &[("approve", "certificates.k8s.io", "signers", "kubernetes.io/kube-apiserver-client")],
        ),
        (
            "",
            "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver",
            &[(
                "approve",
                "certificates.k8s.io",
                "signers",
                "kubernetes.io/kube-apiserver-client-kubelet",
            )],
        ),
        (
            "",
            "system:certificates.k8s.io:kubelet-serving-approver",
            &[("approve", "certificates.k8s.io", "signers", "kubernetes.io/kubelet-serving")],
        ),
        (
            "",
            "system:certificates.k8s.io:legacy-unknown-approver",
            &[("approve", "certificates.k8s.io", "signers", "kubernetes.io/legacy-unknown")],
        ),
        (
            "",
            "system:heapster",
            &[
                ("get list watch", "", "events namespaces nodes pods", ""),
                ("get list watch", "extensions", "deployments", ""),
            ],
        ),
        ("", "system:kube-aggregator", &[("get list watch", "", "endpoints services", "")]),
        (
            "",
            "system:kube-controller-manager",
            &[
                ("create patch update", " events.k8s.io", "events", ""),
                ("create", "coordination.k8s.io", "leases", ""),
                ("get update", "coordination.k8s.io", "leases", "kube-controller-manager"),
                ("create", "", "secrets serviceaccounts", ""),
                ("delete", "", "secrets", ""),
                ("get", "", "configmaps namespaces secrets serviceaccounts", ""),
                ("update", "", "secrets serviceaccounts", ""),
                ("create", "authentication.k8s.io", "tokenreviews", ""),
                ("create", "authorization.k8s.io", "subjectaccessreviews", ""),
                ("list watch", "*", "*", ""),
                ("create", "", "serviceaccounts/token", ""),
            ],
        ),
        ("", "system:kube-dns", &[("list watch", "", "endpoints services", "")]),
        (
            "",
            "system:kube-scheduler",
            &[
                ("create patch update", " events.k8s.io", "events", ""),
                ("create", "coordination.k8s.io", "leases", ""),
                ("get update", "coordination.k8s.io", "leases", "kube-scheduler"),
                (
                    "get list watch",
                    "",
                    "namespaces nodes persistentvolumeclaims persistentvolumes replicationcontrollers services",
                    "",
                ),
                ("delete get list watch", "", "pods", ""),
                ("create", "", "bindings pods/binding", ""),
                ("patch update", "", "pods/status", ""),
                ("get list watch", "apps extensions", "replicasets", ""),
                ("get list watch", "apps", "statefulsets", ""),
                ("get list watch", "policy", "poddisruptionbudgets", ""),
                ("create", "authentication.k8s.io", "tokenreviews", ""),
                ("create", "authorization.k8s.io", "subjectaccessreviews", ""),
                (
                    "get list watch",
                    "storage.k8s.io",
                    "csidrivers csinodes csistoragecapacities",
                    "",
                ),
            ],
        ),
        (
            "",
            "system:kubelet-api-admin",
            &[
                ("get list proxy watch", "", "nodes", ""),
                ("*", "", "nodes/log nodes/metrics nodes/proxy nodes/stats", ""),
            ],
        ),
        (
            "",
            "system:node",
            &[
                ("create", "authentication.k8s.io", "tokenreviews", ""),
                (
                    "create",
                    "authorization.k8s.io",
                    "localsubjectaccessreviews subjectaccessreviews",
                    "",
                ),
                ("get list watch", "", "services", ""),
                ("create get list patch update watch", "", "nodes", ""),
                ("patch update", "", "nodes/status pods/status", ""),
                ("create patch update", "", "events", ""),
                ("create delete get list watch", "", "pods", ""),
                ("create", "", "pods/eviction", ""),
                ("get list watch", "", "configmaps secrets", ""),
                ("get", "", "endpoints persistentvolumeclaims persistentvolumes", ""),
                ("create get list watch", "certificates.k8s.io", "certificatesigningrequests", ""),
                ("create delete get patch update", "coordination.k8s.io", "leases", ""),
                ("get", "storage.k8s.io", "volumeattachments", ""),
                ("create", "", "serviceaccounts/token", ""),
                ("get patch update", "", "persistentvolumeclaims/status", ""),
                ("get list watch", "storage.k8s.io", "csidrivers", ""),
                ("create delete get patch update", "storage.k8s.io", "csinodes", ""),
                ("get list watch", "node.k8s.io", "runtimeclasses", ""),
            ],
        ),
        (
            "",
            "system:node-bootstrapper",
            &[("create get list watch", "certificates.k8s.io", "certificatesigningrequests", "")],
        ),
        (
            "",
            "system:node-problem-detector",
            &[
                ("get", "", "nodes", ""),
                ("patch", "", "nodes/status", ""),
                ("create patch update", " events.k8s.io", "events", ""),
            ],
        ),
        (
            "",
            "system:node-proxier",
            &[
                ("list watch", "", "endpoints services", ""),
                ("get list watch", "", "nodes", ""),
                ("create patch update", " events.k8s.io", "events", ""),
                ("list watch", "discovery.k8s.io", "endpointslices", ""),
            ],
        ),
        (
            "",
            "system:persistent-volume-provisioner",
            &[
                ("create delete get list watch", "", "persistentvolumes", ""),
                ("get list update watch", "", "persistentvolumeclaims", ""),
                ("get list watch", "storage.k8s.io", "storageclasses", ""),
                ("watch", "", "events", ""),
                ("create patch update", " events.k8s.io", "events", ""),
            ],
        ),
        (
            "",
            "system:volume-scheduler",
            &[
                ("get list patch update watch", "", "persistentvolumes persistentvolumeclaims", ""),
                ("get list watch", "storage.k8s.io", "storageclasses", ""),
            ],
        ),
        (
            "kube-system",
            "extension-apiserver-authentication-reader",
            &[("get list watch", "", "configmaps", "extension-apiserver-authentication")],
        ),
        (
            "kube-system",
            "system::leader-locking-kube-controller-manager",
            &[(
                "create get list update watch",
                "coordination.k8s.io",
                "leasecandidates leases",
                "",
            )],
        ),
        (
            "kube-system",
            "system::leader-locking-kube-scheduler",
            &[(
                "create get list update watch",
                "coordination.k8s.io",
                "leasecandidates leases",
                "",
            )],
        ),
    ],
);

/// The ClusterRoles on paths, all for `get`.
static PATHS: Dated<(&str, &[&str])> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/cluster-roles.yaml",
    ],
    "2026-12-01",
    &[
        (
            "system:discovery",
            &[
                "/api",
                "/api/*",
                "/apis",
                "/apis/*",
                "/healthz",
                "/livez",
                "/openapi",
                "/openapi/*",
                "/readyz",
                "/version",
                "/version/",
            ],
        ),
        (
            "system:monitoring",
            &[
                "/healthz",
                "/healthz/*",
                "/livez",
                "/livez/*",
                "/metrics",
                "/metrics/slis",
                "/readyz",
                "/readyz/*",
            ],
        ),
        ("system:public-info-viewer", &["/healthz", "/livez", "/readyz", "/version", "/version/"]),
        (
            "system:service-account-issuer-discovery",
            &[
                "/.well-known/openid-configuration",
                "/.well-known/openid-configuration/",
                "/openid/v1/jwks",
                "/openid/v1/jwks/",
            ],
        ),
    ],
);

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// As [`words`]; a space before the first one, or no word at all, stands for the core.
fn groups(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn rule((verbs, of, resources, names): &Words) -> Rule {
    Rule {
        verbs: words(verbs),
        groups: groups(of),
        resources: words(resources),
        names: words(names),
        urls: Vec::new(),
    }
}

/// All of them.
pub(super) fn roles() -> impl Iterator<Item = Role> {
    let role = |namespace: &str, name: &str, rules: Vec<Rule>| Role {
        namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
        name: name.to_owned(),
        labels: Labels::exactly(std::iter::empty::<(String, String)>()),
        rules,
        aggregates: None,
    };
    let on = ROLES.iter().map(move |(namespace, name, rules)| {
        role(namespace, name, rules.iter().map(rule).collect())
    });
    let at = PATHS.iter().map(move |(name, paths)| {
        let urls = paths.iter().map(|path| (*path).to_owned()).collect();
        role("", name, vec![Rule { verbs: words("get"), urls, ..Rule::default() }])
    });
    on.chain(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_rules_that_say_what_they_are_on() {
        let all: Vec<Role> = roles().collect();
        assert_eq!(all.len(), ROLES.len() + PATHS.len());
        for role in &all {
            assert!(!role.rules.is_empty(), "{}", role.id());
            for rule in &role.rules {
                assert_eq!(rule.urls.is_empty(), !rule.resources.is_empty(), "{}", role.id());
                assert!(!rule.verbs.is_empty());
            }
        }
        let events = rule(&("create", " events.k8s.io", "events", ""));
        assert_eq!(events.groups, ["", "events.k8s.io"]);
        assert_eq!(rule(&("get", "", "pods", "")).groups, [""]);
    }
}
