use posture_kubernetes::rbac::{Binding, Rbac, Request, Role, Subject};
use serde_json::{Value, json};

use super::super::cluster::complete;
use super::super::{Authority, Identity, Permission, World};
use super::{Client, world};
use crate::pace::Dice;

const ROLES: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: widgets, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}
rules: [{apiGroups: [shop.example.com], resources: [widgets, '*/scale'], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: monitoring}
aggregationRule: {clusterRoleSelectors: [{matchExpressions: [{key: monitored, operator: In, values: ['yes']}]}]}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics, labels: {monitored: 'yes'}}
rules:
- {apiGroups: [''], resources: [nodes/metrics], verbs: ['*']}
- {nonResourceURLs: [/metrics, /logs/*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: everything-but-subresources}
rules: [{apiGroups: ['*'], resources: [pods], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: one-secret, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list], resourceNames: [web]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: one-secret, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: one-secret}
subjects: [{kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: Group, name: readers, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: reader, namespace: tools}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: gone, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: nowhere}
subjects: [{kind: User, name: bob, apiGroup: rbac.authorization.k8s.io}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: monitoring}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: monitoring}
subjects: [{kind: ServiceAccount, name: prometheus, namespace: tools}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: pods}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything-but-subresources}
subjects: [{kind: Group, name: 'system:serviceaccounts:tools', apiGroup: rbac.authorization.k8s.io}]
";

fn ask<'a>(
    verb: &'a str,
    group: &'a str,
    resource: &'a str,
    namespace: &'a str,
    name: &'a str,
) -> Permission<'a> {
    Permission::Resource { verb, group, resource, namespace, name }
}

#[test]
fn rules_grant_what_they_name() {
    let authority = Authority::of(&world(ROLES)).unwrap();
    let ann = Identity::new("", "ann");
    let reader = Identity { groups: vec!["readers".to_owned()], ..Identity::new("", "zoe") };
    let account = Identity::service_account("", "tools", "reader");
    let prometheus = Identity::service_account("", "tools", "prometheus");
    let master =
        Identity { groups: vec!["system:masters".to_owned()], ..Identity::new("", "root") };
    for (who, asked, allowed) in [
        // A name does not grant a list, and grants one that is of this name alone.
        (&ann, ask("get", "", "secrets", "shop", "web"), true),
        (&ann, ask("get", "", "secrets", "shop", "db"), false),
        (&ann, ask("list", "", "secrets", "shop", ""), false),
        (&ann, ask("list", "", "secrets", "shop", "web"), true),
        (&ann, ask("get", "", "secrets", "other", "web"), false),
        // A binding in a namespace holds there alone.
        (&reader, ask("list", "", "pods", "shop", ""), true),
        (&reader, ask("list", "", "pods", "", ""), false),
        (&reader, ask("list", "", "secrets", "shop", ""), false),
        (&account, ask("list", "apps", "deployments", "shop", ""), true),
        // A part of `view` that a label adds, and a subresource of any resource.
        (&reader, ask("get", "shop.example.com", "widgets", "shop", "a"), true),
        (&reader, ask("get", "shop.example.com", "gadgets/scale", "shop", "a"), true),
        (&reader, ask("get", "shop.example.com", "gadgets", "shop", "a"), false),
        // Aggregation replaces what the role itself has.
        (&prometheus, ask("get", "", "nodes/metrics", "", "one"), true),
        (&prometheus, ask("get", "", "secrets", "shop", "web"), false),
        (&prometheus, ask("list", "", "nodes", "", ""), false),
        (&prometheus, Permission::Path { verb: "get", path: "/metrics" }, true),
        (&prometheus, Permission::Path { verb: "get", path: "/metrics/slis" }, false),
        (&prometheus, Permission::Path { verb: "get", path: "/logs/kubelet" }, true),
        (&prometheus, Permission::Path { verb: "post", path: "/metrics" }, false),
        // Groups of accounts; a resource is not its subresources.
        (&prometheus, ask("delete", "", "pods", "shop", "web"), true),
        (&account, ask("create", "", "pods/exec", "shop", "web"), false),
        // Everyone who is signed in discovers.
        (&ann, Permission::Path { verb: "get", path: "/apis/apps/v1" }, true),
        (&Identity::anonymous(), Permission::Path { verb: "get", path: "/apis/apps/v1" }, false),
        (&Identity::anonymous(), Permission::Path { verb: "get", path: "/version" }, true),
        // No role is asked for this group.
        (&master, ask("escalate", "x", "y", "z", ""), true),
    ] {
        assert_eq!(authority.allows(who, &asked), allowed, "{} {asked:?}", who.user);
    }
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_named() {
    let bob = Client::user(world(ROLES), "bob");
    let message = bob.get("/api/v1/namespaces/shop/pods").await.message();
    assert_eq!(
        message,
        "pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\": \
         RBAC: clusterrole.rbac.authorization.k8s.io \"nowhere\" not found"
    );
}

#[tokio::test]
async fn a_cluster_shows_aggregated_rules_filled_in() {
    let client = Client::new(world(ROLES));
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/";
    let view = client.get(&format!("{path}view")).await.text;
    assert!(view.contains("shop.example.com") && view.contains("endpointslices"));
    // Through `view`, `edit` has it, and through that `admin`.
    assert!(client.get(&format!("{path}admin")).await.text.contains("shop.example.com"));
    assert!(!client.get(&format!("{path}monitoring")).await.text.contains("secrets"));
}

/// Both evaluators, written apart, over the same objects and every request of a small world.
#[test]
fn the_evaluator_of_an_audit_agrees() {
    for scene in [ROLES, super::scenes::GOOD, super::scenes::BAD] {
        let world = world(scene);
        let compared = agree(&world);
        assert!(compared > 5_000, "{compared}");
    }
}

/// The same over roles and bindings that chance makes.
#[test]
fn the_evaluator_of_an_audit_agrees_on_roles_by_chance() {
    for seed in 0..20 {
        assert!(agree(&by_chance(seed)) > 0, "seed {seed}");
    }
}

fn by_chance(seed: u64) -> World {
    let dice = Dice::new(seed);
    let one = |all: &[Value]| all[(dice.roll() * all.len() as f64) as usize].clone();
    let verbs = ["get", "list", "create", "delete", "escalate", "*"].map(Value::from);
    let groups = ["", "apps", "*", "rbac.authorization.k8s.io"].map(Value::from);
    let resources = [
        "pods",
        "pods/exec",
        "pods/*",
        "*/exec",
        "*/scale",
        "secrets",
        "nodes/proxy",
        "deployments",
        "clusterroles",
        "*",
    ]
    .map(Value::from);
    let names = [json!([]), json!([]), json!(["web"]), json!([""]), json!(["other", "web"])];
    let mut objects = Vec::new();
    let mut add = |kind: &str, name: String, mut object: Value| {
        object["apiVersion"] = json!("rbac.authorization.k8s.io/v1");
        object["kind"] = json!(kind);
        object["metadata"]["name"] = json!(name);
        if matches!(kind, "Role" | "RoleBinding") {
            object["metadata"]["namespace"] = json!("shop");
        }
        objects.push(object);
    };
    for number in 0..8 {
        let kind = if number < 5 { "ClusterRole" } else { "Role" };
        let rule = || {
            json!({
                "verbs": [one(&verbs), one(&verbs)], "apiGroups": [one(&groups)],
                "resources": [one(&resources), one(&resources)], "resourceNames": one(&names),
            })
        };
        let label = if number % 2 == 0 { "even" } else { "odd" };
        let mut role =
            json!({ "metadata": { "labels": { "number": label } }, "rules": [rule(), rule()] });
        if number == 4 {
            let selector = json!({ "matchLabels": { "number": "odd" } });
            role["aggregationRule"] = json!({ "clusterRoleSelectors": [selector] });
        }
        add(kind, format!("role-{number}"), role);
    }
    let subjects = [
        json!({ "kind": "User", "name": "ann" }),
        json!({ "kind": "User", "name": "system:serviceaccount:shop:web" }),
        json!({ "kind": "User", "name": "system:anonymous" }),
        json!({ "kind": "Group", "name": "dev" }),
        json!({ "kind": "Group", "name": "system:authenticated" }),
        json!({ "kind": "Group", "name": "system:unauthenticated" }),
        json!({ "kind": "Group", "name": "system:serviceaccounts:shop" }),
        json!({ "kind": "ServiceAccount", "name": "web", "namespace": "shop" }),
        json!({ "kind": "ServiceAccount", "name": "web", "namespace": "kube-system" }),
    ];
    for number in 0..6 {
        let kind = if number < 2 { "ClusterRoleBinding" } else { "RoleBinding" };
        let local = number >= 4;
        // One of them does not exist.
        let role = (dice.roll() * 4.0) as usize + if local { 5 } else { 0 };
        let role = json!({ "kind": if local { "Role" } else { "ClusterRole" }, "name": format!("role-{role}") });
        let subjects = json!([one(&subjects), one(&subjects)]);
        add(kind, format!("binding-{number}"), json!({ "roleRef": role, "subjects": subjects }));
    }
    World { objects, bootstrap: false, ..World::default() }
}

fn agree(world: &World) -> usize {
    let objects = complete(world).unwrap().objects;
    let of = |kinds: [&'static str; 2]| -> Vec<&Value> {
        let is = |one: &&Value| {
            kinds.contains(&one["kind"].as_str().unwrap())
                && one["apiVersion"] == "rbac.authorization.k8s.io/v1"
        };
        objects.iter().filter(is).collect()
    };
    let roles =
        of(["Role", "ClusterRole"]).into_iter().map(|one| Role::read(one).unwrap()).collect();
    let bindings: Vec<Binding> = of(["RoleBinding", "ClusterRoleBinding"])
        .into_iter()
        .map(|one| Binding::read(one).unwrap())
        .collect();
    let subjects: Vec<Subject> = bindings.iter().flat_map(|one| one.subjects.clone()).collect();
    let rbac = Rbac::of_cluster(roles, bindings);
    let authority = Authority::of(world).unwrap();
    let mut compared = 0;
    for subject in subjects {
        let who = match &subject {
            Subject::User(name) => Identity::new("", name),
            // A user that is in it, and in no other group that the server does not add.
            // Its only member is the user `system:anonymous`.
            Subject::Group(name) if name == "system:unauthenticated" => continue,
            // A user that is in it, and in no other group that the server does not add.
            Subject::Group(name) => {
                Identity { groups: vec![name.clone()], ..Identity::new("", "not bound") }
            }
            Subject::ServiceAccount { namespace, name } => {
                Identity::service_account("", namespace, name)
            }
        };
        // RBAC alone decides for the others.
        if who.groups.iter().any(|name| name == "system:masters") {
            continue;
        }
        for verb in
            ["get", "list", "create", "delete", "deletecollection", "impersonate", "escalate"]
        {
            for (group, resource) in [
                ("", "pods"),
                ("", "pods/exec"),
                ("", "secrets"),
                ("", "nodes"),
                ("", "nodes/proxy"),
                ("", "serviceaccounts/token"),
                ("apps", "deployments"),
                ("apps", "deployments/scale"),
                ("rbac.authorization.k8s.io", "clusterroles"),
                ("shop.example.com", "widgets"),
            ] {
                for namespace in ["", "shop", "kube-system"] {
                    for name in ["", "web"] {
                        let ours = ask(verb, group, resource, namespace, name);
                        let theirs = Request {
                            verb,
                            group,
                            resource,
                            namespace: Some(namespace).filter(|one| !one.is_empty()),
                            name: Some(name).filter(|one| !one.is_empty()),
                        };
                        let allowed = authority.allows(&who, &ours);
                        let audited = !rbac.allows(&subject, theirs).is_empty();
                        assert_eq!(allowed, audited, "{subject} {theirs:?}");
                        compared += 1;
                    }
                }
            }
        }
    }
    compared
}
