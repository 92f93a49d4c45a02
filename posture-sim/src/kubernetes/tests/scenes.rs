//! The scenes that tests of other crates and the demo serve, by the engines of an audit.

use std::collections::BTreeSet;

use posture_kubernetes::manifest::{Content, Options, read};
use posture_kubernetes::network::{Cluster, Direction, Namespace, Pod, Policy};
use posture_kubernetes::pod_security::{Check, Level, Version, evaluate};
use posture_kubernetes::rbac::{Binding, Rbac, Role, Subject};
use posture_kubernetes::workload::PodOf;
use posture_model::tri::Tri;
use serde_json::{Value, json};

use super::super::cluster::complete;
use super::super::{Size, World, generate};

pub(super) const GOOD: &str = include_str!("../../../../tests/worlds/kubernetes-good.yaml");
pub(super) const BAD: &str = include_str!("../../../../tests/worlds/kubernetes-bad.yaml");
const DEMO: &str = include_str!("../../../../examples/cluster.yaml");

fn world(scene: &str, version: &str) -> World {
    let mut world = World { version: version.to_owned(), ..World::default() };
    world.add_manifests("scene.yaml", scene).unwrap();
    world
}

fn objects(scene: &str) -> Vec<Value> {
    complete(&world(scene, "v1.35.2")).unwrap().objects
}

fn of<'o>(objects: &'o [Value], kind: &'static str) -> impl Iterator<Item = &'o Value> {
    objects.iter().filter(move |one| one["kind"] == kind)
}

#[test]
fn scenes_are_without_a_mistake_for_every_version_that_they_are_meant_for() {
    for (scene, versions) in [
        (GOOD, &["v1.34.4", "v1.35.2", "v1.36.0", "v1.37.0"][..]),
        (BAD, &["v1.32.3", "v1.35.2", "v1.37.0"]),
        (DEMO, &["v1.33.0", "v1.35.2", "v1.37.0"]),
    ] {
        for version in versions {
            complete(&world(scene, version)).unwrap();
        }
    }
}

/// What the server and the controllers fill in has no field that the API does not have.
#[test]
fn what_a_cluster_serves_is_valid() {
    let generated = complete(&generate(Size::default())).unwrap().objects;
    for all in [objects(GOOD), objects(BAD), objects(DEMO), generated] {
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": all }).to_string();
        let documents = read(list.as_bytes(), &Options { minor: 35, ..Options::default() });
        assert_eq!(documents.len(), all.len());
        for document in documents {
            if let Content::Invalid { identity, mistakes } = document.content {
                panic!("{identity:?}: {}", mistakes[0]);
            }
        }
    }
}

fn pods(objects: &[Value]) -> Vec<&Value> {
    let mirror =
        |one: &&Value| one["metadata"]["annotations"].get("kubernetes.io/config.mirror").is_none();
    of(objects, "Pod").filter(mirror).collect()
}

#[test]
fn the_good_scene_meets_the_standards_and_the_bad_one_violates_each_check() {
    let good = objects(GOOD);
    let all = pods(&good);
    assert!(all.len() > 10);
    for pod in all {
        let pod = PodOf::find(pod).unwrap().unwrap();
        for version in [Version::of_minor(34), Version::NEWEST] {
            for judged in evaluate(&pod, Level::Restricted, version).unwrap() {
                assert!(judged.passes(), "{}: {:?}", pod.name, judged.violations);
            }
        }
    }
    let mut violated: BTreeSet<Check> = BTreeSet::new();
    for pod in pods(&objects(BAD)) {
        let pod = PodOf::find(pod).unwrap().unwrap();
        for version in [Version::of_minor(32), Version::NEWEST] {
            for level in [Level::Baseline, Level::Restricted] {
                let judged = evaluate(&pod, level, version).unwrap();
                violated.extend(judged.iter().filter(|one| !one.passes()).map(|one| one.check));
            }
        }
    }
    assert_eq!(violated, Check::ALL.iter().copied().collect());
}

#[test]
fn the_good_scene_leads_no_one_to_the_cluster_and_the_bad_one_does() {
    let rbac = |objects: &[Value]| {
        let roles = ["Role", "ClusterRole"].into_iter().flat_map(|kind| of(objects, kind));
        let bindings =
            ["RoleBinding", "ClusterRoleBinding"].into_iter().flat_map(|kind| of(objects, kind));
        Rbac::of_cluster(
            roles.map(|one| Role::read(one).unwrap()).collect(),
            bindings.map(|one| Binding::read(one).unwrap()).collect(),
        )
    };
    let good = rbac(&objects(GOOD));
    for subject in [
        Subject::account("tools", "inventory"),
        Subject::Group("developers".to_owned()),
        Subject::Group("operators".to_owned()),
        Subject::account("shop", "default"),
    ] {
        assert!(good.chain(&subject).is_none(), "{subject}");
    }
    assert_eq!(good.dangling().count(), 0);
    let bad = rbac(&objects(BAD));
    for subject in [
        Subject::account("build", "builder"),
        Subject::account("build", "operator"),
        Subject::account("kube-system", "cleanup"),
    ] {
        assert!(bad.chain(&subject).is_some(), "{subject}");
    }
    assert_eq!(
        bad.dangling().map(Binding::id).collect::<Vec<_>>(),
        ["RoleBinding shop/to-nothing"]
    );
}

#[test]
fn the_good_scene_isolates_its_pods_and_the_bad_one_does_not() {
    let cluster = |objects: &[Value]| {
        let namespaces = of(objects, "Namespace").map(|one| Namespace::read(one).unwrap());
        let policies = of(objects, "NetworkPolicy").map(|one| Policy::read(one).unwrap()).collect();
        Cluster::new(namespaces.collect::<Vec<_>>(), policies, Vec::new(), Tri::Yes)
    };
    let good = objects(GOOD);
    let network = cluster(&good);
    let read = |object: &Value| Pod::read(object).unwrap().unwrap();
    let named = |objects: &[Value], name: &str| {
        let starts = |one: &&Value| one["metadata"]["name"].as_str().unwrap().starts_with(name);
        read(pods(objects).into_iter().find(starts).unwrap())
    };
    for pod in pods(&good) {
        for direction in Direction::ALL {
            assert!(
                network.isolated(&read(pod), direction).is_yes(),
                "{}",
                pod["metadata"]["name"]
            );
        }
    }
    let to_db = network.between(&named(&good, "web-"), &named(&good, "db-")).to_string();
    assert_eq!(to_db, "TCP 5432 allowed");
    assert!(network.between(&named(&good, "gateway-"), &named(&good, "db-")).is_nothing());
    let bad = objects(BAD);
    let network = cluster(&bad);
    let open = named(&bad, "privileged-");
    assert!(!network.isolated(&open, Direction::Ingress).is_yes());
    let all = network.between(&open, &named(&bad, "web-")).to_string();
    assert_eq!(all, "every port allowed");
}

/// What the bad scene is made for, besides pods, RBAC and policies.
#[test]
fn the_bad_scene_has_something_for_each_objective_and_the_good_one_its_opposite() {
    let (good, bad) = (objects(GOOD), objects(BAD));
    let text = |objects: &[Value], kind: &'static str| {
        of(objects, kind).map(Value::to_string).collect::<String>()
    };
    for (kind, words) in [
        ("Service", "\"LoadBalancer\""),
        ("Service", "\"NodePort\""),
        ("Service", "externalIPs"),
        ("Node", "ExternalIP"),
        ("Node", "v1.28.3"),
        ("Node", "v1.37.0"),
        ("ServiceAccount", "web-token-x7k2p"),
        ("ValidatingWebhookConfiguration", "Ignore"),
        ("IngressClass", "k8s.io/ingress-nginx"),
        ("Pod", "--authorization-mode=AlwaysAllow"),
        ("Pod", "--token-auth-file"),
        ("Deployment", "secretKeyRef"),
        ("ClusterRoleBinding", "system:anonymous"),
    ] {
        assert!(text(&bad, kind).contains(words), "{kind} {words}");
        let allowed = (kind, words) == ("Service", "\"LoadBalancer\"");
        assert!(allowed || !text(&good, kind).contains(words), "{kind} {words}");
    }
    assert!(
        text(&good, "Ingress").contains("\"tls\"") && !text(&bad, "Ingress").contains("\"tls\"")
    );
    for kind in ["ResourceQuota", "LimitRange"] {
        assert!(of(&good, kind).count() == 3 && of(&bad, kind).count() == 0, "{kind}");
    }
}
