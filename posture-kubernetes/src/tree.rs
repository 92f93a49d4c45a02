//! From the text of manifests to answers, as a caller does it.

use crate::manifest::{Content, Manifest, Options, read};
use crate::network::{Cluster, Direction, Effect, Namespace, Other, OtherKind, Pod, Policy};
use crate::pod_security::{Level, Version, evaluate};
use crate::rbac::{Binding, Rbac, Role, Subject};
use crate::workload::PodOf;
use posture_model::tri::Tri;

const TREE: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
      - name: main
        image: example.com/web
        ports: [{name: http, containerPort: 8080}]
        securityContext: {privileged: true}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  serviceName: db
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: main, image: example.com/db}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: operator, namespace: shop}]
";

/// The objects of a text, and the policies of other kinds.
fn objects(text: &str) -> (Vec<Manifest>, Vec<Other>) {
    let (mut manifests, mut others) = (Vec::new(), Vec::new());
    for document in read(text.as_bytes(), &Options::default()) {
        match document.content {
            Content::Object(manifest) => manifests.push(manifest),
            Content::Custom { identity, .. } => {
                if let Some(kind) = OtherKind::of(&identity.api_version, &identity.kind) {
                    others.push(kind.object(&identity.namespace, &identity.name));
                }
            }
            Content::Invalid { identity, mistakes } => others.push(Other {
                namespace: Some(identity.namespace),
                what: format!("{} {}", identity.kind, identity.name),
                because: mistakes[0].to_string(),
                effect: Effect::Unread,
            }),
            Content::Other(why) => panic!("{why}"),
        }
    }
    (manifests, others)
}

fn cluster(text: &str) -> (Cluster, Vec<Pod>) {
    let (manifests, others) = objects(text);
    let of = |kind: &'static str| manifests.iter().filter(move |one| one.identity.kind == kind);
    let namespaces = of("Namespace").map(|one| Namespace::read(&one.object).unwrap());
    let policies = of("NetworkPolicy").map(|one| Policy::read(&one.object).unwrap()).collect();
    let pods = manifests.iter().filter_map(|one| Pod::read(&one.object).unwrap()).collect();
    (Cluster::new(namespaces, policies, others, Tri::Yes), pods)
}

#[test]
fn connections_follow_from_the_text_of_manifests() {
    let (cluster, pods) = cluster(TREE);
    let [web, db] = pods.as_slice() else { panic!("{pods:?}") };
    assert_eq!(cluster.between(web, db).to_string(), "TCP 5432 allowed");
    assert_eq!(cluster.between(db, web).to_string(), "every port allowed");
    assert!(cluster.isolated(db, Direction::Ingress).is_yes());
    assert!(cluster.from_outside(db).possible().is_empty());
    // Policies also decide between two pods of one template.
    let matrix = cluster.matrix(&pods).unwrap();
    let cells: Vec<String> = matrix
        .cells()
        .map(|cell| format!("{} → {}: {}", cell.from.first.name, cell.to.first.name, cell.passes))
        .collect();
    assert_eq!(
        cells,
        [
            "web → web: every port allowed",
            "web → db: TCP 5432 allowed",
            "db → web: every port allowed",
            "db → db: no port allowed",
        ]
    );
}

#[test]
fn a_policy_with_a_mistake_leaves_its_namespace_undecided() {
    let text = TREE.replace("networking.k8s.io/v1\n", "networking.k8s.io/v1beta1\n");
    let (cluster, pods) = cluster(&text);
    assert_eq!(
        cluster.between(&pods[0], &pods[1]).to_string(),
        "every port undecided (NetworkPolicy db may decide otherwise: 31:1: apiVersion: `networking.k8s.io/v1beta1` never had the \
         kind NetworkPolicy: write `apiVersion: networking.k8s.io/v1`)"
    );
    let more = format!(
        "{TREE}---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {{name: c, namespace: shop}}\n"
    );
    let (cluster, pods) = self::cluster(&more);
    assert!(cluster.between(&pods[0], &pods[1]).to_string().contains("CiliumNetworkPolicy shop/c"));
}

#[test]
fn pods_and_permissions_are_judged_from_the_same_objects() {
    let (manifests, _) = objects(TREE);
    let pod = PodOf::find(&manifests[1].object).unwrap().unwrap();
    let all = evaluate(&pod, Level::Baseline, Version::NEWEST).unwrap();
    let failed: Vec<String> =
        all.iter().flat_map(|one| &one.violations).map(ToString::to_string).collect();
    assert_eq!(
        failed,
        [
            "spec.template.spec.containers[0].securityContext.privileged (container `main`) is true, expected absent or false"
        ]
    );
    let of = |suffix: &'static str| {
        manifests.iter().filter(move |one| one.identity.kind.ends_with(suffix))
    };
    let bindings = of("Binding").map(|one| Binding::read(&one.object).unwrap()).collect();
    let roles = of("Role").map(|one| Role::read(&one.object).unwrap()).collect();
    let rbac = Rbac::of_manifests(roles, bindings);
    let chain = rbac.chain(&Subject::account("shop", "web")).unwrap();
    assert!(chain.is_certain() && chain.steps.len() == 2, "{chain}");
}
