//! Facts of small sets of objects: good, bad and malformed ones, and lists that were not read.

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::provider::Provider;
use posture_model::resource::{Kind, RbacSubject};
use posture_model::scope::Scope;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::action::listing;
use crate::pod_security::Version;

/// A mirror pod of the control plane with these flags.
pub(super) fn control_plane_pod(name: &str, flags: &[&str]) -> Value {
    let command: Vec<&str> = std::iter::once(name).chain(flags.iter().copied()).collect();
    json!({
        "kind": "Pod",
        "metadata": {
            "name": format!("{name}-cp1"), "namespace": "kube-system",
            "labels": {"component": name, "tier": "control-plane"},
            "annotations": {"kubernetes.io/config.mirror": "0a"},
            "ownerReferences": [{"apiVersion": "v1", "kind": "Node", "name": "cp1", "uid": "1", "controller": true}],
        },
        "spec": {"nodeName": "cp1", "containers": [{"name": name, "image": "i", "command": command}]},
    })
}

pub(super) fn read_with(origin: Origin, objects: &[Value], unread: &[&str]) -> Scope {
    let mut inventory = Inventory::new(origin, Version::NEWEST.into());
    for object in objects {
        inventory.take(object, None);
    }
    for kind in unread {
        let (action, _) = listing(kind).unwrap();
        inventory.unread(action, Gap::new(action.name, "", Reason::Denied));
    }
    let mut scope = Scope::unread(Provider::Kubernetes, "c", "kubernetes", Time::from_unix(0));
    inventory.fill(&Wanted::everything(), &mut scope);
    scope
}

pub(super) fn cluster(objects: &[Value]) -> Scope {
    read_with(Origin::Cluster, objects, &[])
}

fn manifests(objects: &[Value]) -> Scope {
    read_with(Origin::Manifests, objects, &[])
}

fn role(namespace: &str, name: &str, rules: Value) -> Value {
    let kind = if namespace.is_empty() { "ClusterRole" } else { "Role" };
    json!({"kind": kind, "metadata": {"name": name, "namespace": namespace}, "rules": rules})
}

fn binding(namespace: &str, name: &str, role: (&str, &str), subjects: Value) -> Value {
    let kind = if namespace.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" };
    json!({
        "kind": kind, "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"kind": role.0, "name": role.1}, "subjects": subjects,
    })
}

fn user(name: &str) -> Value {
    json!([{"kind": "User", "name": name}])
}

fn account(name: &str) -> Value {
    json!([{"kind": "ServiceAccount", "name": name, "namespace": "shop"}])
}

fn on(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!([{"apiGroups": [group], "resources": resources, "verbs": verbs}])
}

fn subject<'s>(scope: &'s Scope, id: &str) -> &'s RbacSubject {
    scope.rbac_subjects.items.iter().find(|one| one.id == id).unwrap()
}

/// The certain entries, and why there may be more.
fn entries<'s>(
    scope: &'s Scope,
    fact: &'s Fact<posture_model::entries::Entries>,
) -> (Vec<&'s str>, Option<&'s Gap>) {
    match fact {
        Known(all) => {
            let open = all.undecided().map(|gap| scope.gap(gap).unwrap());
            (all.certain().iter().map(String::as_str).collect(), open)
        }
        Fact::Gap(gap) => (Vec::new(), Some(scope.gap(*gap).unwrap())),
        Fact::NotOffered => panic!("not offered"),
    }
}

#[test]
fn a_permission_is_listed_with_its_binding_role_and_rule() {
    let scope = cluster(&[
        role("", "reader", on("", &["secrets"], &["list"])),
        binding("shop", "b", ("ClusterRole", "reader"), user("jane")),
    ]);
    let jane = subject(&scope, "User/jane");
    let grant = "RoleBinding shop/b grants ClusterRole reader, rules[0], to user jane";
    assert_eq!(entries(&scope, &jane.secret_reads), (vec![grant], None));
    let binding = "RoleBinding shop/b grants ClusterRole reader to user jane";
    assert_eq!(entries(&scope, &jane.grants), (vec![binding], None));
    for fact in [&jane.full_admin, &jane.wildcards, &jane.token_creation, &jane.webhook_writes] {
        assert_eq!(entries(&scope, fact), (vec![], None));
    }
}

#[test]
fn what_a_group_is_granted_is_listed_at_the_group() {
    let scope = cluster(&[
        role("", "reader", on("", &["secrets"], &["list"])),
        role("", "pods", on("", &["pods"], &["list"])),
        binding(
            "",
            "all",
            ("ClusterRole", "reader"),
            json!([{"kind": "Group", "name": "system:serviceaccounts"}]),
        ),
        binding("shop", "b", ("ClusterRole", "pods"), account("web")),
    ]);
    assert_eq!(
        entries(&scope, &subject(&scope, "ServiceAccount/shop/web").secret_reads).0.len(),
        0
    );
    assert_eq!(
        entries(&scope, &subject(&scope, "Group/system:serviceaccounts").secret_reads).0.len(),
        1
    );
}

#[test]
fn a_role_that_was_not_read_leaves_its_subjects_open_and_no_others() {
    let objects = [
        role("shop", "known", on("", &["pods"], &["list"])),
        binding("shop", "a", ("Role", "known"), user("jane")),
        binding("shop", "b", ("ClusterRole", "gone"), user("joe")),
    ];
    let scope = read_with(Origin::Cluster, &objects, &["ClusterRole"]);
    assert_eq!(entries(&scope, &subject(&scope, "User/jane").secret_reads), (vec![], None));
    let (_, open) = entries(&scope, &subject(&scope, "User/joe").secret_reads);
    assert_eq!(open.unwrap().action, "list clusterroles.rbac.authorization.k8s.io");
    // All of them were read: there is no such role.
    let scope = cluster(&objects);
    assert_eq!(entries(&scope, &subject(&scope, "User/joe").secret_reads), (vec![], None));
    // A binding that was not read may name anyone.
    let scope = read_with(Origin::Cluster, &objects, &["RoleBinding"]);
    assert!(entries(&scope, &subject(&scope, "User/jane").secret_reads).1.is_some());
    assert!(!scope.rbac_subjects.is_complete());
    // Neither may one that does not have the shape of a binding.
    let broken = json!({"kind": "RoleBinding", "metadata": {"name": "x", "namespace": "shop"}, "roleRef": 1});
    let scope = cluster(&[objects.as_slice(), &[broken]].concat());
    let (_, open) = entries(&scope, &subject(&scope, "User/jane").grants);
    assert_eq!(open.unwrap().reason, Reason::Malformed);
}

#[test]
fn a_role_that_is_not_among_the_manifests_may_grant_anything() {
    let scope = manifests(&[binding("shop", "b", ("Role", "other"), user("jane"))]);
    let (certain, open) = entries(&scope, &subject(&scope, "User/jane").secret_reads);
    let open = open.unwrap();
    assert!(certain.is_empty() && open.reason == Reason::Undetermined);
    assert_eq!(open.target, "RoleBinding shop/b");
    assert_eq!(open.detail.as_deref(), Some("Role other is not among the manifests"));
    // Every cluster has `edit`.
    let scope = manifests(&[binding("shop", "b", ("ClusterRole", "edit"), user("jane"))]);
    let (certain, open) = entries(&scope, &subject(&scope, "User/jane").secret_reads);
    assert!(!certain.is_empty() && open.is_none());
}

#[test]
fn approval_takes_a_signer_and_impersonating_a_group_takes_a_user() {
    let approve = |signer: &str| {
        let mut rules =
            on("certificates.k8s.io", &["certificatesigningrequests/approval"], &["update"]);
        let signers = json!({"apiGroups": ["certificates.k8s.io"], "resources": ["signers"], "verbs": ["approve"], "resourceNames": [signer]});
        rules.as_array_mut().unwrap().push(signers);
        rules
    };
    let count = |rules: Value, of: fn(&RbacSubject) -> &Fact<posture_model::entries::Entries>| {
        let scope =
            cluster(&[role("", "r", rules), binding("", "b", ("ClusterRole", "r"), user("jane"))]);
        entries(&scope, of(subject(&scope, "User/jane"))).0.len()
    };
    assert_eq!(
        count(approve("kubernetes.io/kube-apiserver-client"), |s| &s.certificate_approval),
        2
    );
    assert_eq!(count(approve("kubernetes.io/kubelet-serving"), |s| &s.certificate_approval), 0);
    let alone = on("certificates.k8s.io", &["certificatesigningrequests/approval"], &["update"]);
    assert_eq!(count(alone, |s| &s.certificate_approval), 0);
    assert_eq!(count(on("", &["groups"], &["impersonate"]), |s| &s.masters_impersonation), 0);
    assert_eq!(
        count(on("", &["users", "groups"], &["impersonate"]), |s| &s.masters_impersonation),
        1
    );
}

#[test]
fn labels_count_where_a_namespace_enforces_a_level() {
    let namespace = |name: &str, level: &str| json!({"kind": "Namespace", "metadata": {"name": name, "labels": {"pod-security.kubernetes.io/enforce": level}}});
    let change = || on("", &["namespaces"], &["patch"]);
    let objects = |place: &str, level: &str| {
        vec![
            namespace("shop", level),
            role("", "r", change()),
            binding(place, "b", ("ClusterRole", "r"), user("jane")),
        ]
    };
    let count = |place: &str, level: &str| {
        let scope = cluster(&objects(place, level));
        let (certain, open) = entries(&scope, &subject(&scope, "User/jane").namespace_changes);
        assert!(open.is_none());
        certain.len()
    };
    assert_eq!(count("", "baseline"), 1);
    assert_eq!(count("shop", "restricted"), 1);
    assert_eq!((count("bank", "restricted"), count("", "privileged")), (0, 0));
    let scope = read_with(Origin::Cluster, &objects("", "privileged"), &["Namespace"]);
    assert!(entries(&scope, &subject(&scope, "User/jane").namespace_changes).1.is_some());
}

#[test]
fn a_chain_is_certain_open_or_not_there() {
    let admin = binding("", "ops", ("ClusterRole", "cluster-admin"), account("operator"));
    let everything = role("", "cluster-admin", on("*", &["*"], &["*"]));
    let with = |rules: Value| {
        let objects = [
            everything.clone(),
            admin.clone(),
            role("", "r", rules),
            binding("shop", "b", ("ClusterRole", "r"), user("jane")),
        ];
        cluster(&objects)
    };
    let scope = with(on("", &["pods"], &["create"]));
    let (certain, open) = entries(&scope, &subject(&scope, "User/jane").escalation_paths);
    assert!(open.is_none() && certain.len() == 1);
    assert!(certain[0].starts_with("user jane may create pods in namespace shop"), "{certain:?}");
    assert!(!certain[0].contains('\n'));
    let scope = with(on("", &["pods/exec"], &["create"]));
    let (certain, open) = entries(&scope, &subject(&scope, "User/jane").escalation_paths);
    assert!(certain.is_empty());
    assert!(open.unwrap().detail.as_deref().unwrap().contains("if a pod runs as the account"));
    let scope = with(on("", &["pods"], &["list"]));
    assert_eq!(entries(&scope, &subject(&scope, "User/jane").escalation_paths), (vec![], None));
    // One that may do everything has no way to go.
    let operator = subject(&scope, "ServiceAccount/shop/operator");
    assert_eq!(entries(&scope, &operator.escalation_paths), (vec![], None));
    assert_eq!(entries(&scope, &operator.full_admin).0.len(), 1);
}

#[test]
fn manifests_do_not_show_the_accounts_of_the_cluster() {
    let with = |verb: &str| {
        manifests(&[
            role("shop", "r", on("", &["pods"], &[verb])),
            binding("shop", "b", ("Role", "r"), user("jane")),
        ])
    };
    let scope = with("create");
    assert!(entries(&scope, &subject(&scope, "User/jane").escalation_paths).1.is_some());
    let scope = with("list");
    assert_eq!(entries(&scope, &subject(&scope, "User/jane").escalation_paths), (vec![], None));
}

#[test]
fn a_binding_names_what_does_not_exist() {
    let sa = json!({"kind": "ServiceAccount", "metadata": {"name": "web", "namespace": "shop"}});
    let objects = [
        sa,
        role("shop", "r", on("", &["pods"], &["list"])),
        binding("shop", "a", ("Role", "r"), account("web")),
        binding("shop", "b", ("Role", "gone"), account("ghost")),
        binding("shop", "c", ("Role", "r"), user("jane")),
    ];
    let scope = cluster(&objects);
    let of = |scope: &Scope, id: &str| {
        let one = scope.role_bindings.items.iter().find(|one| one.id == id).unwrap();
        let (certain, open) = entries(scope, &one.missing);
        let certain: Vec<String> = certain.into_iter().map(str::to_owned).collect();
        (certain, open.map(|gap| gap.reason))
    };
    assert_eq!(of(&scope, "RoleBinding/shop/a"), (vec![], None));
    assert_eq!(of(&scope, "RoleBinding/shop/c"), (vec![], None));
    let gone = vec!["Role gone".to_owned(), "service account shop/ghost".to_owned()];
    assert_eq!(of(&scope, "RoleBinding/shop/b"), (gone, None));
    let scope = read_with(Origin::Cluster, &objects, &["ServiceAccount", "Role"]);
    assert_eq!(of(&scope, "RoleBinding/shop/b"), (vec![], Some(Reason::Denied)));
    let scope = manifests(&objects);
    assert_eq!(of(&scope, "RoleBinding/shop/b"), (vec![], Some(Reason::Undetermined)));
    // Every namespace of a cluster has this account.
    let default = [
        role("shop", "r", on("", &["pods"], &["list"])),
        binding("shop", "d", ("Role", "r"), account("default")),
    ];
    assert_eq!(of(&manifests(&default), "RoleBinding/shop/d"), (vec![], None));
}

fn sa(name: &str, fields: &[(&str, Value)]) -> Value {
    let mut object =
        json!({"kind": "ServiceAccount", "metadata": {"name": name, "namespace": "shop"}});
    for (field, value) in fields {
        object[*field] = value.clone();
    }
    object
}

fn deployment(name: &str, spec: Value) -> Value {
    json!({"kind": "Deployment", "metadata": {"name": name, "namespace": "shop"}, "spec": {"template": {"spec": spec}}})
}

#[test]
fn an_account_has_its_users_and_its_bindings() {
    let containers = json!([{"name": "c", "image": "i"}]);
    let spec = |fields: &[(&str, Value)]| {
        let mut spec = json!({"containers": containers});
        for (field, value) in fields {
            spec[*field] = value.clone();
        }
        spec
    };
    let replicas = json!({"kind": "ReplicaSet", "metadata": {"name": "web-1", "namespace": "shop",
        "ownerReferences": [{"controller": true, "kind": "Deployment", "name": "web"}]},
        "spec": {"template": {"spec": spec(&[])}}});
    let ended = json!({"kind": "Pod", "metadata": {"name": "done", "namespace": "shop"},
        "spec": spec(&[]), "status": {"phase": "Succeeded"}});
    let objects = [
        sa("default", &[]),
        sa("api", &[("automountServiceAccountToken", json!(false))]),
        deployment("web", spec(&[])),
        replicas,
        ended,
        deployment("quiet", spec(&[("automountServiceAccountToken", json!(false))])),
        deployment("api", spec(&[("serviceAccountName", json!("api"))])),
        deployment(
            "loud",
            spec(&[
                ("serviceAccountName", json!("api")),
                ("automountServiceAccountToken", json!(true)),
            ]),
        ),
        binding("shop", "b", ("ClusterRole", "view"), account("default")),
    ];
    let scope = cluster(&objects);
    let of = |id: &str| scope.service_accounts.items.iter().find(|one| one.id == id).unwrap();
    let default = of("ServiceAccount/shop/default");
    assert_eq!(default.automounts_token, Known(true));
    assert_eq!(entries(&scope, &default.used_by), (vec!["Deployment/shop/web"], None));
    assert_eq!(entries(&scope, &default.bindings), (vec!["RoleBinding shop/b"], None));
    let api = of("ServiceAccount/shop/api");
    assert_eq!(api.automounts_token, Known(false));
    assert_eq!(entries(&scope, &api.used_by), (vec!["Deployment/shop/loud"], None));
    assert_eq!(entries(&scope, &api.bindings), (vec![], None));
    let scope = read_with(Origin::Cluster, &objects, &["DaemonSet", "RoleBinding"]);
    let api = scope.service_accounts.items.iter().find(|one| one.name == "api").unwrap();
    assert!(
        entries(&scope, &api.used_by).1.is_some() && entries(&scope, &api.bindings).1.is_some()
    );
}

#[test]
fn a_volume_of_its_own_gives_a_pod_the_token() {
    let quiet = json!({"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "shop"}, "automountServiceAccountToken": false});
    let users = |spec: Value, more: &[Value]| {
        let mut objects = vec![quiet.clone(), deployment("web", spec)];
        objects.extend_from_slice(more);
        let scope = manifests(&objects);
        let of = |one: &&posture_model::resource::ServiceAccount| {
            one.id == "ServiceAccount/shop/default"
        };
        let default = scope.service_accounts.items.iter().find(of).unwrap();
        let (users, open) = entries(&scope, &default.used_by);
        (users.len(), open.is_some())
    };
    let token = |fields: Value| {
        let mut token = json!({"path": "token"});
        for (field, value) in fields.as_object().unwrap() {
            token[field] = value.clone();
        }
        json!({"name": "t", "projected": {"sources": [{"serviceAccountToken": token}]}})
    };
    let spec = |volume: Value, mounts: Value| json!({"containers": [{"name": "c", "image": "i", "volumeMounts": mounts}], "volumes": [volume]});
    let mounts = || json!([{"name": "t", "mountPath": "/t"}]);
    assert_eq!(users(spec(token(json!({})), mounts()), &[]), (1, false));
    let of = |audience: &str| token(json!({"audience": audience}));
    assert_eq!(
        users(spec(of("https://kubernetes.default.svc.cluster.local"), mounts()), &[]),
        (1, false)
    );
    assert_eq!(users(spec(of("sts.amazonaws.com"), mounts()), &[]), (0, false));
    assert_eq!(users(spec(token(json!({})), json!([])), &[]), (0, false));
    let mut off = spec(token(json!({})), mounts());
    off["automountServiceAccountToken"] = json!(false);
    assert_eq!(users(off, &[]), (1, false));
    // The token of the account in a Secret, in a pod of another account.
    let secret = json!({
        "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "tok", "namespace": "shop", "annotations": {"kubernetes.io/service-account.name": "default"}},
    });
    let mut other = spec(json!({"name": "t", "secret": {"secretName": "tok"}}), mounts());
    other["serviceAccountName"] = json!("api");
    assert_eq!(users(other.clone(), &[secret]), (1, false));
    assert_eq!(users(other, &[]), (0, false));
}

#[test]
fn manifests_use_accounts_that_they_do_not_declare() {
    let spec = json!({"containers": [{"name": "c", "image": "i"}]});
    let scope = manifests(&[deployment("web", spec.clone())]);
    let [default] = scope.service_accounts.items.as_slice() else { panic!() };
    assert_eq!(default.id, "ServiceAccount/shop/default");
    assert!(default.automounts_token.gap().is_some_and(|gap| gap != GapId::NOT_COLLECTED));
    let (certain, open) = entries(&scope, &default.used_by);
    assert!(certain.is_empty() && open.is_some());
    let mut loud = spec;
    loud["automountServiceAccountToken"] = json!(true);
    let scope = manifests(&[deployment("web", loud)]);
    let [default] = scope.service_accounts.items.as_slice() else { panic!() };
    assert_eq!(entries(&scope, &default.used_by), (vec!["Deployment/shop/web"], None));
}

#[test]
fn tokens_without_an_end_are_found_and_never_ruled_out() {
    let secret = json!({"kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "forever", "namespace": "shop", "annotations": {"kubernetes.io/service-account.name": "web"}},
        "data": {"token": "c2VjcmV0"}});
    let listed =
        sa("old", &[("secrets", json!([{"name": "old-token-x1"}, {"name": "old-dockercfg-x"}]))]);
    let scope = manifests(&[secret, sa("web", &[]), sa("none", &[]), listed]);
    let of = |name: &str| {
        let one = scope.service_accounts.items.iter().find(|one| one.name == name).unwrap();
        let (certain, open) = entries(&scope, &one.token_secrets);
        assert!(open.is_some());
        certain
    };
    assert_eq!(of("web"), ["forever"]);
    assert_eq!(of("old"), ["old-token-x1"]);
    assert!(of("none").is_empty());
    assert!(!serde_json::to_string(&scope).unwrap().contains("c2VjcmV0"));
}

fn hooks(kind: &str, name: &str, hook: Value) -> Value {
    json!({"kind": kind, "metadata": {"name": name}, "webhooks": [hook]})
}

fn pod_rules() -> Value {
    json!([{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}])
}

#[test]
fn webhooks_have_a_failure_policy_and_a_service() {
    let service = json!({"kind": "Service", "metadata": {"name": "guard", "namespace": "guards"}});
    let client = json!({"service": {"name": "guard", "namespace": "guards"}});
    let objects = [
        hooks(
            "ValidatingWebhookConfiguration",
            "a",
            json!({"name": "a.io", "clientConfig": client, "failurePolicy": "Ignore"}),
        ),
        hooks(
            "ValidatingWebhookConfiguration",
            "b",
            json!({"name": "b.io", "clientConfig": client}),
        ),
        hooks(
            "MutatingWebhookConfiguration",
            "c",
            json!({"name": "c.io", "clientConfig": {"url": "https://example.com"}}),
        ),
    ];
    let of = |scope: &Scope, name: &str| {
        let one = scope.admission_webhooks.items.iter().find(|one| one.name == name).unwrap();
        let ignored = entries(scope, &one.ignored_failures).0.len();
        let (gone, open) = entries(scope, &one.missing_services);
        (one.validating.clone(), ignored, gone.len(), open.map(|gap| gap.reason))
    };
    let scope = cluster(&[objects.as_slice(), &[service]].concat());
    assert_eq!(of(&scope, "a"), (Known(true), 1, 0, None));
    assert_eq!(of(&scope, "b"), (Known(true), 0, 0, None));
    assert_eq!(of(&scope, "c"), (Known(false), 0, 0, None));
    assert_eq!(of(&cluster(&objects), "b"), (Known(true), 0, 1, None));
    let scope = read_with(Origin::Cluster, &objects, &["Service"]);
    assert_eq!(of(&scope, "b"), (Known(true), 0, 0, Some(Reason::Denied)));
    assert_eq!(of(&manifests(&objects), "b"), (Known(true), 0, 0, Some(Reason::Undetermined)));
}

#[test]
fn engines_are_known_and_other_webhooks_leave_it_open() {
    let server =
        control_plane_pod("kube-apiserver", &["--enable-admission-plugins=NodeRestriction"]);
    let with = |objects: &[Value]| {
        let scope = cluster(&[objects, std::slice::from_ref(&server)].concat());
        let cluster = &scope.clusters.items[0];
        let shape = |fact| {
            let (certain, open) = entries(&scope, fact);
            (certain.len(), open.is_some())
        };
        (shape(&cluster.enforcing), shape(&cluster.signature_checks))
    };
    let kind = "ValidatingWebhookConfiguration";
    let hook = || json!({"name": "h.io", "clientConfig": {"url": "https://h.example.com"}, "rules": pod_rules()});
    let elsewhere = json!({"name": "h.io", "clientConfig": {}, "rules": [{"operations": ["CREATE"], "apiGroups": ["cert-manager.io"], "resources": ["*"]}]});
    assert_eq!(with(&[]), ((0, false), (0, false)));
    assert_eq!(with(&[hooks(kind, "cert-manager", elsewhere)]), ((0, false), (0, false)));
    assert_eq!(with(&[hooks(kind, "mine", hook())]), ((0, true), (0, true)));
    assert_eq!(
        with(&[hooks("MutatingWebhookConfiguration", "mine", hook())]),
        ((0, false), (0, true))
    );
    let kyverno = hooks(kind, "kyverno-resource-validating-webhook-cfg", hook());
    assert_eq!(with(&[kyverno]), ((0, true), (0, true)));
    let policy = |resource: &str| {
        json!({
            "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"},
            "spec": {"matchConstraints": {"resourceRules": [
                {"apiGroups": [""], "resources": [resource], "operations": ["CREATE"]},
            ]}},
        })
    };
    let binding = || {
        json!({
            "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"},
            "spec": {"policyName": "p", "validationActions": ["Deny"]},
        })
    };
    assert_eq!(with(&[binding(), policy("pods")]), ((0, true), (0, false)));
    assert_eq!(with(&[binding(), policy("services")]), ((0, false), (0, false)));
    assert_eq!(with(&[binding()]), ((0, false), (0, false)));
    assert_eq!(with(&[policy("pods")]), ((0, false), (0, false)));
    assert_eq!(with(&[hooks(kind, "clusterwide-quota-helper", hook())]), ((0, true), (0, true)));
    // A product that verifies images counts where it acts on pods.
    let sigstore = |fields: Value| {
        let mut hook = hook();
        for (field, value) in fields.as_object().unwrap() {
            hook[field] = value.clone();
        }
        hooks(kind, "policy.sigstore.dev", hook)
    };
    assert_eq!(with(&[sigstore(json!({}))]), ((1, false), (1, false)));
    let none = json!({"kind": kind, "metadata": {"name": "policy.sigstore.dev"}, "webhooks": []});
    assert_eq!(with(&[none]), ((0, false), (0, false)));
    let changing = hooks("MutatingWebhookConfiguration", "policy.sigstore.dev", hook());
    assert_eq!(with(&[changing]), ((0, false), (0, true)));
    let service = json!({"service": {"namespace": "tools", "name": "w"}});
    let gone = json!({"clientConfig": service, "failurePolicy": "Ignore"});
    let there = json!({"kind": "Service", "metadata": {"name": "w", "namespace": "tools"}});
    let shop =
        json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": {"verify": "yes"}}});
    let selects = |value: &str| json!({"namespaceSelector": {"matchLabels": {"verify": value}}});
    for (objects, expected) in [
        (vec![sigstore(json!({"clientConfig": service}))], ((0, true), (0, true))),
        (vec![sigstore(json!({"clientConfig": service})), there.clone()], ((1, false), (1, false))),
        (vec![sigstore(gone.clone())], ((0, false), (0, false))),
        (vec![sigstore(gone), there], ((0, true), (0, true))),
        (vec![sigstore(selects("yes")), shop.clone()], ((1, false), (1, false))),
        (vec![sigstore(selects("no")), shop], ((0, false), (0, false))),
        (
            vec![sigstore(json!({"objectSelector": {"matchLabels": {"a": "b"}}}))],
            ((0, true), (0, true)),
        ),
    ] {
        assert_eq!(with(&objects), expected, "{objects:?}");
    }
    let namespace = json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "baseline"}}});
    assert_eq!(with(&[namespace]), ((1, false), (0, false)));
}

fn node(fields: Value) -> Value {
    let mut object = json!({"kind": "Node", "metadata": {"name": "n1", "labels": {}}, "spec": {"providerID": "aws:///a/i-1"},
        "status": {"nodeInfo": {"kubeletVersion": "v1.33.2"}, "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}]}});
    for (name, value) in fields.as_object().unwrap() {
        let (parent, field) = name.split_once('.').unwrap();
        object[parent][field] = value.clone();
    }
    object
}

#[test]
fn a_node_has_public_addresses_a_version_and_a_platform() {
    let of = |node: Value| {
        let scope = cluster(&[node]);
        let node = &scope.nodes.items[0];
        let (public, open) = entries(&scope, &node.public_addresses);
        let public: Vec<String> = public.into_iter().map(str::to_owned).collect();
        let version = node.kubelet_version.known().ok().cloned();
        let platform = scope.clusters.items[0].platform.known().ok().cloned();
        (public, open.map(|gap| gap.reason), version, platform)
    };
    let version = || Some("v1.33.2".to_owned());
    let other = || Some("other".to_owned());
    assert_eq!(of(node(json!({}))), (vec![], None, version(), other()));
    let outside = json!([{"type": "ExternalIP", "address": "8.8.8.8"}, {"type": "ExternalIP", "address": "10.1.1.1"}, {"type": "Hostname", "address": "n1"}]);
    let found = vec!["ExternalIP 8.8.8.8".to_owned()];
    assert_eq!(of(node(json!({"status.addresses": outside}))), (found, None, version(), other()));
    let alone = node(json!({"spec.providerID": null}));
    assert_eq!(of(alone), (vec![], Some(Reason::Undetermined), version(), other()));
    let empty = node(json!({"status.addresses": null, "status.nodeInfo": null}));
    assert_eq!(of(empty), (vec![], Some(Reason::Malformed), None, other()));
    let aks = node(json!({"metadata.labels": {"kubernetes.azure.com/cluster": "mc"}}));
    assert_eq!(of(aks).3.as_deref(), Some("aks"));
    let eks = node(json!({"status.nodeInfo": {"kubeletVersion": "v1.33.2-eks-1"}}));
    assert_eq!(of(eks).3.as_deref(), Some("eks"));
    // Without nodes, a plain version may be of any platform.
    let scope = read_with(Origin::Cluster, &[node(json!({}))], &["Node"]);
    assert!(!scope.clusters.items[0].platform.is_known());
    assert!(!cluster(&[]).clusters.items[0].platform.is_known());
}

#[test]
fn the_retired_controller_is_found_at_its_workload() {
    let image = "registry.k8s.io/ingress-nginx/controller:v1.12.1";
    let spec = json!({"containers": [{"name": "controller", "image": image}]});
    let scope = manifests(&[
        deployment("ingress", spec),
        deployment("web", json!({"containers": [{"name": "c", "image": "nginx"}]})),
    ]);
    let of = |name: &str| {
        let one = scope.workloads.items.iter().find(|one| one.name == name).unwrap();
        entries(&scope, &one.retired_ingress).0.len()
    };
    assert_eq!((of("ingress"), of("web")), (1, 0));
}

#[test]
fn the_version_of_the_server_is_read_or_not() {
    let of = |version: Option<Result<String, Gap>>| {
        let mut inventory = Inventory::new(Origin::Cluster, Version::NEWEST.into());
        if let Some(version) = version {
            inventory.server(version);
        }
        let mut scope = Scope::unread(Provider::Kubernetes, "c", "kubernetes", Time::from_unix(0));
        inventory.fill(&Wanted::everything(), &mut scope);
        let [cluster] = scope.clusters.items.as_slice() else { panic!() };
        assert_eq!(cluster.id, "c");
        (cluster.version.clone(), cluster.platform.known().ok().cloned())
    };
    let eks = "v1.33.4-eks-1a2b3c4".to_owned();
    assert_eq!(of(Some(Ok(eks.clone()))), (Known(eks), Some("eks".to_owned())));
    assert!(of(None).0.is_not_collected());
    assert!(of(Some(Err(Gap::new("get /version", "", Reason::Denied)))).0.gap().is_some());
}

#[test]
fn what_nothing_wanted_needs_is_not_known() {
    let inventory = Inventory::new(Origin::Cluster, Version::NEWEST.into());
    let mut scope = Scope::unread(Provider::Kubernetes, "c", "kubernetes", Time::from_unix(0));
    inventory.fill(&Wanted::of(&[Cluster::ENFORCING], &[Kind::Cluster]), &mut scope);
    // Of pods there are none, and nodes were not listed.
    let cluster = &scope.clusters.items[0];
    let (_, open) = entries(&scope, &cluster.static_tokens);
    assert_eq!(open.unwrap().reason, Reason::Undetermined);
    assert_eq!(cluster.platform, Fact::Gap(GapId::NOT_COLLECTED));
}

#[test]
fn parts_that_were_read_side_by_side_are_put_together() {
    let objects = [
        role("", "r", on("", &["secrets"], &["list"])),
        binding("shop", "b", ("ClusterRole", "r"), account("web")),
        sa("web", &[]),
        deployment(
            "web",
            json!({"serviceAccountName": "web", "containers": [{"name": "c", "image": "ingress-nginx/controller"}]}),
        ),
        control_plane_pod("kube-apiserver", &["--anonymous-auth=false"]),
        node(json!({})),
        json!({"kind": "Service", "metadata": {"name": "s", "namespace": "shop"}}),
        hooks(
            "ValidatingWebhookConfiguration",
            "h",
            json!({"name": "h.io", "clientConfig": {"service": {"name": "s", "namespace": "shop"}}}),
        ),
    ];
    let whole = cluster(&objects);
    let mut inventory = Inventory::new(Origin::Cluster, Version::NEWEST.into());
    for object in &objects {
        let mut part = inventory.another();
        part.take(object, None);
        inventory.add(part);
    }
    let mut scope = Scope::unread(Provider::Kubernetes, "c", "kubernetes", Time::from_unix(0));
    inventory.fill(&Wanted::everything(), &mut scope);
    assert_eq!(scope, whole);
}
