//! What a new cluster has: namespaces, the service of the server, roles and their bindings.
//!
//! Of the
//! [default roles](https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go), read
//! on 2026-11-30, those for users, for everyone, and those that lead to permissions that an audit has to know as the system's own. The
//! roles of single controllers are left out, except two.

use serde_json::{Value, json};

/// The [initial namespaces](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces).
const NAMESPACES: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];

/// A line that is not indented is a ClusterRole: its name, after `<` the label by which it aggregates others, after `>` the label by
/// which it is aggregated. An indented line is a rule: verbs, group, resources, and names if it has any; with the group `url` the
/// resources are paths.
const ROLES: &str = "\
cluster-admin
  * * *
  * url *
admin <admin
edit <edit >admin
view <view >edit
system:aggregate-to-admin >admin
  create authorization.k8s.io localsubjectaccessreviews
  all rbac.authorization.k8s.io rolebindings,roles
system:aggregate-to-edit >edit
  read core pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy
  impersonate core serviceaccounts
  write core pods,pods/attach,pods/exec,pods/portforward,pods/proxy
  create core pods/eviction,serviceaccounts/token
  write core configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale
  write core secrets,serviceaccounts,services,services/proxy
  write apps daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale
  write apps statefulsets,statefulsets/scale
  write autoscaling horizontalpodautoscalers
  write batch cronjobs,jobs
  write policy poddisruptionbudgets
  write networking.k8s.io ingresses,networkpolicies
  all coordination.k8s.io leases
system:aggregate-to-view >view
  read core bindings,configmaps,endpoints,events,limitranges,namespaces,namespaces/status
  read core persistentvolumeclaims,persistentvolumeclaims/status,pods,pods/log,pods/status
  read core replicationcontrollers,replicationcontrollers/scale,replicationcontrollers/status
  read core resourcequotas,resourcequotas/status,serviceaccounts,services,services/status
  read discovery.k8s.io endpointslices
  read apps controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status
  read apps replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status
  read autoscaling horizontalpodautoscalers,horizontalpodautoscalers/status
  read batch cronjobs,cronjobs/status,jobs,jobs/status
  read policy poddisruptionbudgets,poddisruptionbudgets/status
  read networking.k8s.io ingresses,ingresses/status,networkpolicies
system:auth-delegator
  create authentication.k8s.io tokenreviews
  create authorization.k8s.io subjectaccessreviews
system:basic-user
  create authorization.k8s.io selfsubjectaccessreviews,selfsubjectrulesreviews
  create authentication.k8s.io selfsubjectreviews
system:certificates.k8s.io:kube-apiserver-client-approver
  approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client
system:certificates.k8s.io:kubelet-serving-approver
  approve certificates.k8s.io signers kubernetes.io/kubelet-serving
system:controller:clusterrole-aggregation-controller
  escalate,get,list,patch,update,watch rbac.authorization.k8s.io clusterroles
system:controller:generic-garbage-collector
  delete,get,list,patch,update,watch * *
system:discovery
  get url /api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/
system:kube-controller-manager
  list,watch * *
  get core configmaps,namespaces,secrets,serviceaccounts
  create,update core secrets,serviceaccounts
  delete core secrets
  create core serviceaccounts/token
  create authentication.k8s.io tokenreviews
  create authorization.k8s.io subjectaccessreviews
system:kube-scheduler
  read core namespaces,nodes,persistentvolumeclaims,persistentvolumes,replicationcontrollers,services
  delete,get,list,watch core pods
  create core bindings,pods/binding
  patch,update core pods/status
  read apps replicasets,statefulsets
  read storage.k8s.io csidrivers,csinodes,csistoragecapacities
system:kubelet-api-admin
  read core nodes
  proxy core nodes
  * core nodes/log,nodes/metrics,nodes/proxy,nodes/stats
system:monitoring
  get url /healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*
system:node
  read core configmaps,pods,secrets,services
  create,get,list,patch,update,watch core nodes
  create,delete core pods
  patch,update core nodes/status,pods/status
  create core pods/eviction,serviceaccounts/token
  get core endpoints,persistentvolumeclaims,persistentvolumes
  create,get,list,watch certificates.k8s.io certificatesigningrequests
system:node-proxier
  list,watch core endpoints,services
  read core nodes
  list,watch discovery.k8s.io endpointslices
system:public-info-viewer
  get url /healthz,/livez,/readyz,/version,/version/
system:service-account-issuer-discovery
  get url /.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/
";

/// ClusterRoleBindings: a role that the binding is named after, and its subjects. `system:node` has none: another authorizer
/// decides for nodes.
const BINDINGS: &[(&str, &[(&str, &str)])] = &[
    ("cluster-admin", &[("Group", "system:masters")]),
    ("system:basic-user", &[("Group", "system:authenticated")]),
    (
        "system:controller:clusterrole-aggregation-controller",
        &[("ServiceAccount", "clusterrole-aggregation-controller")],
    ),
    (
        "system:controller:generic-garbage-collector",
        &[("ServiceAccount", "generic-garbage-collector")],
    ),
    ("system:discovery", &[("Group", "system:authenticated")]),
    ("system:kube-controller-manager", &[("User", "system:kube-controller-manager")]),
    ("system:kube-scheduler", &[("User", "system:kube-scheduler")]),
    ("system:monitoring", &[("Group", "system:monitoring")]),
    ("system:node", &[]),
    ("system:node-proxier", &[("User", "system:kube-proxy")]),
    (
        "system:public-info-viewer",
        &[("Group", "system:authenticated"), ("Group", "system:unauthenticated")],
    ),
    ("system:service-account-issuer-discovery", &[("Group", "system:serviceaccounts")]),
];

const GROUP: &str = "rbac.authorization.k8s.io";

/// The objects of a new cluster.
pub(crate) fn objects() -> Vec<Value> {
    let mut all: Vec<Value> = NAMESPACES.iter().map(|name| namespace(name)).collect();
    for line in ROLES.lines() {
        match line.strip_prefix("  ") {
            None => all.push(role(line)),
            Some(line) => {
                let rules = all.last_mut().and_then(|role| role.get_mut("rules"));
                if let Some(rules) = rules.and_then(Value::as_array_mut) {
                    rules.push(rule(line));
                }
            }
        }
    }
    // How pods reach the server.
    all.push(json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {
            "name": "kubernetes", "namespace": "default",
            "labels": { "component": "apiserver", "provider": "kubernetes" },
        },
        "spec": {
            "type": "ClusterIP", "clusterIP": "10.96.0.1",
            "ports": [{ "name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443 }],
        },
    }));
    all.extend(BINDINGS.iter().map(|(role, subjects)| binding(role, subjects)));
    all
}

/// A namespace.
pub(crate) fn namespace(name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } })
}

fn role(line: &str) -> Value {
    let label = |of: &str| format!("rbac.authorization.k8s.io/aggregate-to-{of}");
    let mut words = line.split(' ');
    let mut role = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {
            "name": words.next(),
            "annotations": { "rbac.authorization.kubernetes.io/autoupdate": "true" },
            "labels": { "kubernetes.io/bootstrapping": "rbac-defaults" },
        },
        "rules": [],
    });
    for word in words {
        if let Some(of) = word.strip_prefix('<') {
            let selector = json!({ "matchLabels": { label(of): "true" } });
            role["aggregationRule"] = json!({ "clusterRoleSelectors": [selector] });
        } else if let Some(of) = word.strip_prefix('>') {
            role["metadata"]["labels"][label(of)] = json!("true");
        }
    }
    role
}

fn rule(line: &str) -> Value {
    let words: Vec<&str> = line.split(' ').collect();
    let word = |place: usize| words.get(place).copied().unwrap_or_default();
    let verbs = match word(0) {
        "read" => "get,list,watch",
        "write" => "create,delete,deletecollection,patch,update",
        "all" => "create,delete,deletecollection,get,list,patch,update,watch",
        verbs => verbs,
    };
    let several = |text: &str| text.split(',').map(Value::from).collect::<Value>();
    let mut rule = json!({ "verbs": several(verbs) });
    if word(1) == "url" {
        rule["nonResourceURLs"] = several(word(2));
        return rule;
    }
    rule["apiGroups"] = json!([if word(1) == "core" { "" } else { word(1) }]);
    rule["resources"] = several(word(2));
    if !word(3).is_empty() {
        rule["resourceNames"] = several(word(3));
    }
    rule
}

fn binding(role: &str, subjects: &[(&str, &str)]) -> Value {
    let subject = |(kind, name): &(&str, &str)| match *kind {
        "ServiceAccount" => json!({ "kind": kind, "name": name, "namespace": "kube-system" }),
        _ => json!({ "kind": kind, "name": name, "apiGroup": GROUP }),
    };
    let mut binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {
            "name": role,
            "annotations": { "rbac.authorization.kubernetes.io/autoupdate": "true" },
            "labels": { "kubernetes.io/bootstrapping": "rbac-defaults" },
        },
        "roleRef": { "apiGroup": GROUP, "kind": "ClusterRole", "name": role },
    });
    if !subjects.is_empty() {
        binding["subjects"] = subjects.iter().map(subject).collect();
    }
    binding
}
