//! Small objects, and the facts that follow from them.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as Unknown};
use posture_model::gap::Reason;
use posture_model::resource::{Namespace, NetworkPolicy, Resource, Workload};
use posture_model::time::Time;
use serde_json::json;

use super::*;
use crate::action::{ACTIONS, KubernetesAction, listing};
use crate::info::PARTITION;
use crate::manifest::Identity;
use crate::pod_security::Version;

mod beside;
mod contents;
mod networks;
mod running;

fn scope_of(origin: Origin, fill: impl FnOnce(&mut Inventory)) -> Scope {
    let mut inventory = Inventory::new(origin, Version::NEWEST.into());
    fill(&mut inventory);
    let mut scope =
        Scope::unread(Provider::Kubernetes, "shop".to_owned(), PARTITION, Time::from_unix(0));
    inventory.fill(&Wanted::everything(), &mut scope);
    scope
}

fn read(origin: Origin, objects: &[Value]) -> Scope {
    scope_of(origin, |inventory| {
        for object in objects {
            inventory.take(object, None);
        }
    })
}

/// In a cluster whose plugin enforces policies.
fn cluster(objects: &[Value]) -> Scope {
    let mut all = vec![daemon_set("cilium")];
    all.extend(objects.iter().cloned());
    read(Origin::Cluster, &all)
}

fn manifests(objects: &[Value]) -> Scope {
    read(Origin::Manifests, objects)
}

fn daemon_set(name: &str) -> Value {
    json!({
        "kind": "DaemonSet", "metadata": {"name": name, "namespace": "kube-system"},
        "spec": {"template": {"spec": {"hostNetwork": true, "containers": [{"name": "a", "image": "a"}]}}},
    })
}

/// A template that violates nothing.
fn good() -> Value {
    json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {
            "automountServiceAccountToken": false,
            "hostUsers": false,
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container("app")],
        },
    })
}

fn container(name: &str) -> Value {
    json!({
        "name": name, "image": "registry.example/shop/web:1.2",
        "securityContext": {
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "10m"}},
    })
}

fn deployment(template: Value) -> Value {
    json!({
        "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"template": template},
    })
}

fn pod(name: &str, owner: Option<(&str, &str)>, template: &Value) -> Value {
    let mut pod = template.clone();
    pod["kind"] = json!("Pod");
    pod["metadata"]["name"] = json!(name);
    pod["metadata"]["namespace"] = json!("shop");
    if let Some((kind, name)) = owner {
        pod["metadata"]["ownerReferences"] =
            json!([{"kind": kind, "name": name, "controller": true}]);
    }
    pod
}

fn workload<'s>(scope: &'s Scope, id: &str) -> &'s Workload {
    scope.workloads.items.iter().find(|one| one.id == id).unwrap_or_else(|| {
        let ids: Vec<&str> = scope.workloads.items.iter().map(|one| one.id.as_str()).collect();
        panic!("{id} is not among {ids:?}")
    })
}

fn namespace<'s>(scope: &'s Scope, name: &str) -> &'s Namespace {
    scope.namespaces.items.iter().find(|one| one.name == name).unwrap()
}

fn policy<'s>(scope: &'s Scope, name: &str) -> &'s NetworkPolicy {
    scope.network_policies.items.iter().find(|one| one.name == name).unwrap()
}

const WEB: &str = "Deployment/shop/web";

fn entries(fact: &Fact<Entries>) -> Vec<&str> {
    match fact {
        Known(entries) => entries.certain().iter().map(String::as_str).collect(),
        other => panic!("{other:?}"),
    }
}

/// Every list of a workload that has an entry or is open, with its entries.
fn found(workload: &Workload) -> Vec<String> {
    let lists = Workload::FACTS
        .iter()
        .filter(|fact| !["images", "pods", "running_images"].contains(&fact.name));
    let shown = lists.filter_map(|fact| {
        let value = workload.show(fact.name)?;
        let list = value.get("known")?.as_array()?.clone();
        (!list.is_empty()).then(|| format!("{}: {}", fact.name, list[0].as_str().unwrap()))
    });
    shown.collect()
}

fn because<T: std::fmt::Debug>(scope: &Scope, fact: &Fact<T>) -> String {
    let Unknown(gap) = fact else { panic!("{fact:?}") };
    let gap = scope.gap(*gap).unwrap();
    gap.detail.clone().unwrap_or_else(|| gap.reason.to_string())
}

/// Sets a value at a path such as `/spec/hostPID`.
fn with(mut template: Value, path: &str, value: Value) -> Value {
    let (parent, last) = path.rsplit_once('/').unwrap();
    let place = template.pointer_mut(parent).unwrap();
    match place {
        Value::Array(items) if last == "-" => items.push(value),
        place => place[last] = value,
    }
    template
}

/// Each change of the good template adds one entry to one list, and a manifest shows the same as the object in a cluster.
#[test]
fn one_change_is_one_entry_in_manifests_and_in_clusters() {
    const SECURITY: &str = "/spec/containers/0/securityContext";
    let security = |field: &str| format!("{SECURITY}/{field}");
    let volume = |source: Value| ("/spec/volumes".to_owned(), json!([source]));
    for ((path, value), found_there) in [
        (
            (security("privileged"), json!(true)),
            vec!["privileged_containers: app: securityContext.privileged is true"],
        ),
        (("/spec/hostPID".into(), json!(true)), vec!["host_process_namespace: hostPID is true"]),
        (("/spec/hostIPC".into(), json!(true)), vec!["host_ipc_namespace: hostIPC is true"]),
        (("/spec/hostNetwork".into(), json!(true)), vec!["host_network: hostNetwork is true"]),
        (
            (security("capabilities"), json!({"drop": ["ALL"], "add": ["NET_RAW"]})),
            vec![
                "added_capabilities: app: securityContext.capabilities.add is NET_RAW",
                "undropped_capabilities: app: securityContext.capabilities.add is NET_RAW",
            ],
        ),
        (
            (security("capabilities"), json!({"drop": ["all"]})),
            vec!["undropped_capabilities: app: securityContext.capabilities.drop is all"],
        ),
        (
            volume(json!({"name": "data", "hostPath": {"path": "/data"}})),
            vec![
                "host_path_volumes: volumes.hostPath is set for volume `data`",
                "restricted_volume_types: volumes.hostPath is set for volume `data`",
            ],
        ),
        (
            volume(json!({"name": "run", "hostPath": {"path": "/var/run/docker.sock"}})),
            vec![
                "host_path_volumes: volumes.hostPath is set for volume `run`",
                "sensitive_host_paths: volume run is hostPath /var/run/docker.sock",
                "restricted_volume_types: volumes.hostPath is set for volume `run`",
            ],
        ),
        (
            volume(json!({"name": "nfs", "nfs": {"server": "a", "path": "/"}})),
            vec!["restricted_volume_types: volumes.nfs is set for volume `nfs`"],
        ),
        (
            ("/spec/containers/0/ports".into(), json!([{"containerPort": 80, "hostPort": 80}])),
            vec!["host_ports: app: ports.hostPort is 80"],
        ),
        (
            (
                "/spec/containers/0/livenessProbe".into(),
                json!({"httpGet": {"host": "example.com", "port": 80}}),
            ),
            vec!["probe_hosts: app: livenessProbe.httpGet.host is example.com"],
        ),
        (
            (security("appArmorProfile"), json!({"type": "Unconfined"})),
            vec!["app_armor_overrides: app: securityContext.appArmorProfile.type is Unconfined"],
        ),
        (
            (
                "/metadata/annotations".into(),
                json!({"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}),
            ),
            vec![
                "app_armor_overrides: metadata.annotations[container.apparmor.security.beta.kubernetes.io/app] is unconfined",
            ],
        ),
        (
            ("/spec/securityContext/seLinuxOptions".into(), json!({"type": "spc_t"})),
            vec!["se_linux_overrides: securityContext.seLinuxOptions.type is spc_t"],
        ),
        (
            (security("seccompProfile"), json!({"type": "Unconfined"})),
            vec![
                "seccomp_overrides: app: securityContext.seccompProfile.type is Unconfined",
                "seccomp_missing: app: securityContext.seccompProfile.type is Unconfined",
            ],
        ),
        (
            ("/spec/securityContext/seccompProfile".into(), Value::Null),
            vec!["seccomp_missing: app: securityContext.seccompProfile.type is absent"],
        ),
        (
            (
                "/spec/securityContext/sysctls".into(),
                json!([{"name": "kernel.msgmax", "value": "1"}]),
            ),
            vec!["unsafe_sysctls: securityContext.sysctls.name is kernel.msgmax"],
        ),
        (
            (security("windowsOptions"), json!({"hostProcess": true})),
            vec!["windows_host_processes: app: securityContext.windowsOptions.hostProcess is true"],
        ),
        (
            (security("allowPrivilegeEscalation"), Value::Null),
            vec!["privilege_escalation: app: securityContext.allowPrivilegeEscalation is absent"],
        ),
        (
            (security("readOnlyRootFilesystem"), json!(false)),
            vec!["writable_root_filesystems: app: securityContext.readOnlyRootFilesystem is false"],
        ),
        (
            ("/spec/automountServiceAccountToken".into(), json!(true)),
            // It is asked for.
            vec![],
        ),
        (
            (
                "/spec/containers/0/env".into(),
                json!([{"name": "A", "valueFrom": {"secretKeyRef": {"name": "db", "key": "p"}}}]),
            ),
            vec!["secrets_in_environment: app: variable A is from Secret db"],
        ),
        (
            ("/spec/containers/0/envFrom".into(), json!([{"secretRef": {"name": "db"}}])),
            vec!["secrets_in_environment: app: all of Secret db is in variables"],
        ),
        (
            (
                "/spec/containers/0/env".into(),
                json!([{"name": "DATABASE", "value": "postgres://a:Tr0ub4dor@db"}]),
            ),
            vec!["literal_credentials: app: variable DATABASE holds a password in an address"],
        ),
        (
            ("/spec/containers/0/args".into(), json!(["--password", "q8Z!v2Lm#x0Kp4"])),
            vec!["literal_credentials: app: args[0] holds what looks like a credential"],
        ),
        (
            ("/spec/containers/0/resources".into(), json!({"requests": {"cpu": 1}})),
            vec!["without_memory_limit: app: resources.limits.memory is absent"],
        ),
        (
            // The server takes the limit as the request.
            (
                "/spec/containers/0/resources".into(),
                json!({"limits": {"memory": 1024, "cpu": "1"}}),
            ),
            vec![],
        ),
        (
            ("/spec/containers/0/resources".into(), json!({"limits": {"memory": "0"}})),
            vec![
                "without_memory_limit: app: resources.limits.memory is absent",
                "without_cpu_request: app: resources.requests.cpu is absent",
            ],
        ),
    ] {
        // A user namespace relaxes two checks, and contradicts those of the node.
        let relaxed = with(good(), &path, value.clone());
        let template = with(relaxed, "/spec/hostUsers", Value::Null);
        let expected: Vec<String> = found_there.iter().map(|&text| text.to_owned()).collect();
        let of = |scope: &Scope| -> Vec<String> {
            let all = found(workload(scope, WEB));
            all.into_iter().filter(|one| !one.starts_with("host_user_namespace")).collect()
        };
        let object = deployment(template.clone());
        assert_eq!(of(&manifests(std::slice::from_ref(&object))), expected, "{path}");
        assert_eq!(of(&cluster(std::slice::from_ref(&object))), expected, "{path}");
        // With a pod, which is like its template, there is nothing more.
        let set = json!({
            "kind": "ReplicaSet", "metadata": {
                "name": "web-1", "namespace": "shop",
                "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": true}],
            },
            "spec": {"replicas": 1, "template": template},
        });
        let pod = pod("web-1-a", Some(("ReplicaSet", "web-1")), &template);
        let scope = cluster(&[pod, object, set]);
        assert_eq!(of(&scope), expected, "{path}");
        assert_eq!(scope.workloads.items.len(), 2, "{path}");
    }
}

#[test]
fn init_and_ephemeral_containers_count_and_ephemeral_ones_have_no_resources() {
    for kind in ["initContainers", "ephemeralContainers"] {
        let mut bad = container("second");
        bad["securityContext"]["privileged"] = json!(true);
        bad["securityContext"]["readOnlyRootFilesystem"] = json!(false);
        bad["resources"] = Value::Null;
        let template = with(good(), &format!("/spec/{kind}"), json!([bad]));
        let scope = cluster(&[pod("a", None, &template)]);
        let shown = found(workload(&scope, "Pod/shop/a"));
        let mut expected = vec![
            "privileged_containers: second: securityContext.privileged is true",
            "writable_root_filesystems: second: securityContext.readOnlyRootFilesystem is false",
        ];
        if kind == "initContainers" {
            expected.push("without_memory_limit: second: resources.limits.memory is absent");
            expected.push("without_cpu_request: second: resources.requests.cpu is absent");
        }
        assert_eq!(shown, expected, "{kind}");
    }
}

#[test]
fn a_user_other_than_0_is_not_root_whether_the_kubelet_checks_it_or_not() {
    let of = |pod_context: Value, container_context: Value| {
        let template = json!({"spec": {
            "securityContext": pod_context,
            "containers": [{"name": "app", "image": "a", "securityContext": container_context}],
        }});
        let scope = manifests(&[deployment(template)]);
        let shown = entries(&workload(&scope, WEB).root_containers);
        shown.iter().map(|&one| one.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(json!({}), json!({})), ["app: securityContext.runAsNonRoot is absent"]);
    assert!(of(json!({"runAsUser": 1000}), json!({})).is_empty());
    assert!(of(json!({}), json!({"runAsUser": 1000})).is_empty());
    assert!(of(json!({"runAsNonRoot": true}), json!({})).is_empty());
    assert!(of(json!({"runAsNonRoot": false}), json!({"runAsUser": 1000})).is_empty());
    assert_eq!(of(json!({"runAsNonRoot": true}), json!({"runAsNonRoot": false})).len(), 1);
    // A container without a user of its own, such as one for debugging, runs as that of the pod.
    assert_eq!(
        of(json!({"runAsUser": 0}), json!({"runAsUser": 1000})),
        ["securityContext.runAsUser is 0"]
    );
    assert_eq!(of(json!({"runAsUser": 1000}), json!({"runAsUser": 0})).len(), 2);
}

#[test]
fn a_check_that_is_newer_than_the_cluster_is_judged_as_well() {
    let template = with(
        good(),
        "/spec/containers/0/livenessProbe",
        json!({"tcpSocket": {"host": "example.com", "port": 80}}),
    );
    let mut inventory = Inventory::new(Origin::Manifests, Version::of_minor(20).into());
    inventory.take(&deployment(template), None);
    let mut scope = scope_of(Origin::Manifests, |_| {});
    inventory.fill(&Wanted::everything(), &mut scope);
    assert_eq!(entries(&workload(&scope, WEB).probe_hosts).len(), 1);
}

#[test]
fn without_the_version_of_the_server_only_what_depends_on_it_is_not_known() {
    let sysctl = |name: &str| {
        let sysctls = json!({"sysctls": [{"name": name, "value": "1"}], "runAsNonRoot": true});
        deployment(with(good(), "/spec/securityContext", sysctls))
    };
    let role = |verb: &str| {
        json!({
            "kind": "Role", "metadata": {"name": "r", "namespace": "shop"},
            "rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": [verb]}],
        })
    };
    let binding = json!({
        "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "shop"},
        "roleRef": {"kind": "Role", "name": "r"},
        "subjects": [{"kind": "User", "name": "jane"}],
    });
    let unknown = || Err(Gap::new(crate::action::VERSION, "", Reason::Denied));
    let versions: [(_, &dyn Fn() -> Result<String, Gap>); 2] =
        [("denied", &unknown), ("strange", &|| Ok("next".to_owned()))];
    // Kubernetes allows the first in every version, the second since 1.29, and the last in none; so it is with the verbs.
    for (reason, version) in versions {
        for (name, verb, known) in [
            ("kernel.shm_rmid_forced", "list", Some(0)),
            ("net.ipv4.tcp_keepalive_time", "get", None),
            ("kernel.msgmax", "create", Some(1)),
        ] {
            let mut inventory = Inventory::new(Origin::Cluster, Versions::ANY);
            for object in [sysctl(name), role(verb), binding.clone()] {
                inventory.take(&object, None);
            }
            inventory.server(version());
            let mut scope = scope_of(Origin::Cluster, |_| {});
            inventory.fill(&Wanted::everything(), &mut scope);
            let number = |fact: &Fact<Entries>| match fact {
                Known(entries) if entries.undecided().is_none() => Some(entries.certain().len()),
                Fact::Gap(gap) => {
                    assert_eq!(scope.gap(*gap).unwrap().action, crate::action::VERSION);
                    None
                }
                other => panic!("{other:?}"),
            };
            let workload = workload(&scope, WEB);
            assert_eq!(number(&workload.unsafe_sysctls), known, "{reason}: {name}");
            assert_eq!(number(&workload.privileged_containers), Some(0), "{reason}");
            let [jane] = scope.rbac_subjects.items.as_slice() else { panic!() };
            assert_eq!(number(&jane.pod_exec), known, "{reason}: {verb}");
            assert_eq!(number(&jane.secret_reads), Some(0), "{reason}");
        }
    }
}

#[test]
fn every_kind_of_workload_is_judged_and_what_has_no_pods_is_not() {
    let bad = with(good(), "/spec/hostPID", json!(true));
    for kind in crate::workload::kinds() {
        let object = match kind {
            "Pod" => pod("web", None, &bad),
            "CronJob" => json!({"spec": {"jobTemplate": {"spec": {"template": bad}}}}),
            "PodTemplate" => json!({"template": bad}),
            _ => json!({"spec": {"template": bad}}),
        };
        let mut object = object;
        object["kind"] = json!(kind);
        object["metadata"]["name"] = json!("web");
        object["metadata"]["namespace"] = json!("shop");
        let scope = manifests(&[object]);
        if kind == "PodTemplate" {
            assert!(scope.workloads.items.is_empty());
            continue;
        }
        let id = format!("{kind}/shop/web");
        assert_eq!(entries(&workload(&scope, &id).host_process_namespace).len(), 1, "{kind}");
        assert_eq!(workload(&scope, &id).bare, Known(kind == "Pod"), "{kind}");
    }
}

#[test]
fn pods_add_what_their_template_does_not_have() {
    let mut injected = good();
    let mut bad = container("sidecar");
    bad["securityContext"]["privileged"] = json!(true);
    injected["spec"]["containers"].as_array_mut().unwrap().push(bad);
    let pods = [
        pod("web-1", Some(("Deployment", "web")), &good()),
        pod("web-2", Some(("Deployment", "web")), &injected),
    ];
    let scope = cluster(&[deployment(good()), pods[0].clone(), pods[1].clone()]);
    let web = workload(&scope, WEB);
    assert_eq!(
        entries(&web.privileged_containers),
        ["sidecar: securityContext.privileged is true (injected: not in the template)"]
    );
    assert_eq!(entries(&web.images).len(), 2);
    assert_eq!(web.bare, Known(false));
}

/// Lists are read side by side: in whatever order they end, they add up to the same.
#[test]
fn lists_that_were_read_apart_add_up() {
    let mut injected = good();
    let mut bad = container("sidecar");
    bad["securityContext"]["privileged"] = json!(true);
    injected["spec"]["containers"].as_array_mut().unwrap().push(bad);
    let set = json!({
        "kind": "ReplicaSet", "metadata": {
            "name": "web-1", "namespace": "shop",
            "ownerReferences": [{"kind": "Deployment", "name": "web", "controller": true}],
        },
        "spec": {"replicas": 1, "template": good()},
    });
    let lists = [
        vec![daemon_set("cilium")],
        vec![shop(json!({}))],
        vec![deployment(good())],
        vec![set],
        vec![pod("web-1-a", Some(("ReplicaSet", "web-1")), &injected)],
        vec![deny_all()],
    ];
    let whole = read(Origin::Cluster, &lists.concat());
    for reversed in [false, true] {
        let scope = scope_of(Origin::Cluster, |root| {
            let mut parts: Vec<Inventory> = Vec::new();
            for list in &lists {
                let mut part = root.another();
                list.iter().for_each(|object| part.take(object, None));
                parts.push(part);
            }
            if reversed {
                parts.reverse();
            }
            parts.into_iter().for_each(|part| root.add(part));
        });
        assert_eq!(scope.workloads, whole.workloads);
        assert_eq!(scope.namespaces, whole.namespaces);
        assert_eq!(scope.network_policies, whole.network_policies);
        let entry = "sidecar: securityContext.privileged is true (injected: not in the template)";
        assert_eq!(entries(&workload(&scope, WEB).privileged_containers), [entry]);
    }
}

#[test]
fn an_owner_of_another_kind_is_a_workload() {
    let bad = with(good(), "/spec/hostPID", json!(true));
    let scope = cluster(&[pod("web-1", Some(("Rollout", "web")), &bad)]);
    let rollout = workload(&scope, "Rollout/shop/web");
    assert_eq!((rollout.name.as_str(), rollout.region.as_deref()), ("web", Some("shop")));
    assert_eq!(entries(&rollout.host_process_namespace), ["hostPID is true"]);
}

#[test]
fn what_has_ended_shows_nothing() {
    let bad = with(good(), "/spec/hostPID", json!(true));
    let ended = |phase: &str| {
        let mut pod = pod("web-1", Some(("Deployment", "web")), &bad);
        pod["status"] = json!({"phase": phase});
        pod
    };
    for phase in ["Succeeded", "Failed"] {
        let scope = cluster(&[deployment(good()), ended(phase)]);
        assert!(entries(&workload(&scope, WEB).host_process_namespace).is_empty(), "{phase}");
    }
    let scope = cluster(&[deployment(good()), ended("Running")]);
    assert_eq!(entries(&workload(&scope, WEB).host_process_namespace).len(), 1);
    let set = |replicas: u8, owned: bool| {
        let owners = json!([{"kind": "Deployment", "name": "web", "controller": true}]);
        json!({
            "kind": "ReplicaSet",
            "metadata": {"name": "old", "namespace": "shop", "ownerReferences": if owned { owners } else { json!([]) }},
            "spec": {"replicas": replicas, "template": bad},
        })
    };
    let scope = cluster(&[deployment(good()), set(0, true)]);
    assert!(entries(&workload(&scope, WEB).host_process_namespace).is_empty());
    let scope = cluster(&[deployment(good()), set(1, true)]);
    assert_eq!(entries(&workload(&scope, WEB).host_process_namespace).len(), 1);
    // One of its own may be scaled up at any time.
    let scope = cluster(&[set(0, false)]);
    assert_eq!(entries(&workload(&scope, "ReplicaSet/shop/old").host_process_namespace).len(), 1);
    let job = |done: &str| {
        json!({
            "kind": "Job", "metadata": {"name": "a", "namespace": "shop"},
            "spec": {"template": bad},
            "status": {"conditions": [{"type": "Complete", "status": done}]},
        })
    };
    assert_eq!(cluster(&[job("True")]).workloads.items.len(), 1);
    assert_eq!(cluster(&[job("False")]).workloads.items.len(), 2);
    // A manifest is to be applied, whatever its status was.
    assert_eq!(manifests(&[job("True")]).workloads.items.len(), 1);
}

#[test]
fn static_pods_have_no_facts() {
    let mut bad = with(good(), "/spec/hostPID", json!(true));
    bad["spec"]["nodeName"] = json!("one");
    let mut mirror = pod("etcd-one", Some(("Node", "one")), &bad);
    mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "1"});
    let scope = cluster(std::slice::from_ref(&mirror));
    let etcd = workload(&scope, "Pod/shop/etcd-one");
    assert_eq!(
        (&etcd.host_process_namespace, &etcd.bare, &etcd.namespace),
        (&Fact::NotOffered, &Fact::NotOffered, &Fact::NotOffered)
    );
    assert!(scope.namespaces.items.iter().all(|one| one.name != "shop"));
    // The pod of another node is none of this one.
    mirror["spec"]["nodeName"] = json!("two");
    let scope = cluster(std::slice::from_ref(&mirror));
    let etcd = workload(&scope, "Pod/shop/etcd-one");
    assert_eq!(entries(&etcd.host_process_namespace), ["hostPID is true"]);
    // The annotation alone is what any user can write.
    mirror["metadata"]["ownerReferences"] = Value::Null;
    let scope = cluster(&[mirror]);
    let etcd = workload(&scope, "Pod/shop/etcd-one");
    assert_eq!(entries(&etcd.host_process_namespace), ["hostPID is true"]);
}

#[test]
fn malformed_objects_leave_the_list_open() {
    for object in [
        with(deployment(good()), "/spec/template/spec/containers/0/image", json!(1)),
        with(deployment(good()), "/spec/template/spec/containers/0/env", json!({})),
        with(deployment(good()), "/spec/template/spec/containers/0/args", json!([1])),
        with(deployment(good()), "/spec/template/spec/hostUsers", json!("no")),
        with(deployment(good()), "/spec/template", json!([])),
        json!({"kind": "Deployment"}),
    ] {
        let scope = cluster(std::slice::from_ref(&object));
        assert!(!scope.workloads.is_complete(), "{object}");
    }
}

#[test]
fn an_image_that_is_not_set_leaves_the_list_open() {
    let template = with(good(), "/spec/containers/0/image", Value::Null);
    let scope = manifests(&[deployment(template)]);
    let web = workload(&scope, WEB);
    assert_eq!(because(&scope, &web.images), "no image is set for app");
}

#[test]
fn limits_of_the_namespace_are_seen_in_pods_and_hold_for_templates() {
    let bare = with(good(), "/spec/containers/0/resources", Value::Null);
    let range = |value: Value| {
        json!({
            "kind": "LimitRange", "metadata": {"name": "a", "namespace": "shop"},
            "spec": {"limits": [value]},
        })
    };
    let found_with = |objects: &[Value]| {
        let scope = cluster(objects);
        let web = workload(&scope, WEB);
        (entries(&web.without_memory_limit).len(), entries(&web.without_cpu_request).len())
    };
    assert_eq!(found_with(&[deployment(bare.clone())]), (1, 1));
    let sets = range(json!({"type": "Container", "default": {"memory": "1Gi"}}));
    assert_eq!(found_with(&[deployment(bare.clone()), sets]), (0, 1));
    let most = range(json!({"type": "Container", "max": {"memory": "1Gi", "cpu": 1}}));
    assert_eq!(found_with(&[deployment(bare.clone()), most]), (0, 0));
    let of_pods = range(json!({"type": "Pod", "max": {"memory": "1Gi"}}));
    assert_eq!(found_with(&[deployment(bare.clone()), of_pods]), (1, 1));
    // What runs decides.
    let set = pod("a", Some(("Deployment", "web")), &good());
    assert_eq!(found_with(&[deployment(bare.clone()), set]), (0, 0));
    // Without the list of them it is open.
    let scope = scope_of(Origin::Cluster, |inventory| {
        inventory.take(&deployment(bare), None);
        inventory.unread(action("list limitranges"), denied());
    });
    assert_eq!(because(&scope, &workload(&scope, WEB).without_memory_limit), "denied");
    assert_eq!(
        because(&scope, &namespace(&scope, "shop").limit_range),
        "the list of namespaces does not have it"
    );
}

fn action(name: &str) -> &'static KubernetesAction {
    ACTIONS.iter().find(|action| action.name == name).unwrap()
}

fn denied() -> Gap {
    Gap::new("list", "", Reason::Denied)
}

#[test]
fn a_token_is_unrequested_where_neither_the_pod_nor_its_account_decides() {
    let open = with(good(), "/spec/automountServiceAccountToken", Value::Null);
    let account = |mounts: Value| {
        json!({
            "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "shop"},
            "automountServiceAccountToken": mounts,
        })
    };
    let tokens = |objects: &[Value]| {
        let scope = manifests(objects);
        workload(&scope, WEB).unrequested_tokens.clone()
    };
    let entry = Entries::from(["token of service account default"]);
    assert_eq!(tokens(&[deployment(open.clone()), account(Value::Null)]), Known(entry.clone()));
    for decided in [true, false] {
        let account = account(json!(decided));
        assert_eq!(tokens(&[deployment(open.clone()), account]), Known(Entries::none()));
    }
    // An account that the manifests do not have is known to the cluster alone.
    assert!(matches!(tokens(&[deployment(open.clone())]), Unknown(_)));
    // A pod of a cluster shows whether it has one.
    let token = json!([{"name": "kube-api-access-x", "projected": {"sources": []}}]);
    let secret = |name: &str| {
        let volumes = json!([{"name": "a", "secret": {"secretName": name}}]);
        with(open.clone(), "/spec/volumes", volumes)
    };
    for (template, count) in [
        (with(open.clone(), "/spec/volumes", token), 1),
        // Before 1.22.
        (secret("default-token-x7k2p"), 1),
        (secret("other-token-x7k2p"), 0),
        (secret("default-tls"), 0),
        (open.clone(), 0),
    ] {
        let scope = cluster(&[pod("a", None, &template), account(Value::Null)]);
        let shown = entries(&workload(&scope, "Pod/shop/a").unrequested_tokens).len();
        assert_eq!(shown, count, "{template}");
    }
}

#[test]
fn a_manifest_without_a_namespace_leaves_it_open() {
    let mut object = deployment(good());
    object["metadata"]["namespace"] = Value::Null;
    let scope = manifests(&[object]);
    let web = workload(&scope, "Deployment/web");
    assert_eq!(because(&scope, &web.namespace), "the manifest does not name a namespace");
    let open = namespace(&scope, "(unnamed)");
    assert_eq!(open.has_workloads, Known(true));
    assert_eq!(because(&scope, &open.enforces_baseline), "no manifest of the namespace was read");
}

fn shop(labels: Value) -> Value {
    json!({"kind": "Namespace", "metadata": {"name": "shop", "labels": labels}})
}

#[test]
fn labels_decide_which_level_a_namespace_enforces() {
    const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
    for (labels, baseline, restricted) in [
        (json!({}), false, false),
        (json!({ENFORCE: "privileged"}), false, false),
        (json!({"pod-security.kubernetes.io/warn": "restricted"}), false, false),
        (json!({ENFORCE: "baseline"}), true, false),
        (json!({ENFORCE: "restricted"}), true, true),
        // The server enforces the strictest where it does not know the level.
        (json!({ENFORCE: "Baseline"}), true, true),
    ] {
        for origin in [Origin::Cluster, Origin::Manifests] {
            let scope = read(origin, &[shop(labels.clone())]);
            let shop = namespace(&scope, "shop");
            assert_eq!(
                (&shop.enforces_baseline, &shop.enforces_restricted),
                (&Known(baseline), &Known(restricted)),
                "{labels}"
            );
        }
    }
}

#[test]
fn where_another_engine_may_reject_pods_a_missing_label_decides_nothing() {
    let webhook = |resource: &str| {
        json!({
            "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "check"},
            "webhooks": [{"rules": [{"apiGroups": [""], "resources": [resource], "operations": ["CREATE"]}]}],
        })
    };
    let of_group = |group: &str| {
        let mut hook = webhook("*/*");
        hook["webhooks"][0]["rules"][0]["apiGroups"] = json!([group]);
        hook
    };
    let of_namespaces = |name: &str| {
        let mut hook = webhook("pods");
        hook["webhooks"][0]["namespaceSelector"] =
            json!({"matchLabels": {"kubernetes.io/metadata.name": name}});
        hook
    };
    let binding = |action: &str| {
        json!({
            "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"},
            "spec": {"validationActions": [action]},
        })
    };
    let definition = |group: &str| {
        json!({
            "kind": "CustomResourceDefinition", "metadata": {"name": "x"},
            "spec": {"group": group, "names": {"kind": "ClusterPolicy"}},
        })
    };
    for (object, open) in [
        (webhook("pods"), true),
        (webhook("*"), true),
        (webhook("deployments"), false),
        // Subresources alone.
        (webhook("pods/*"), false),
        (of_group("*"), true),
        (of_group("cert-manager.io"), false),
        (of_namespaces("shop"), true),
        (of_namespaces("other"), false),
        // Its policy does not exist.
        (binding("Deny"), false),
        (binding("Audit"), false),
        (definition("kyverno.io"), true),
        (definition("example.com"), false),
    ] {
        let scope = cluster(&[shop(json!({})), object.clone()]);
        let shop = namespace(&scope, "shop");
        assert_eq!(matches!(shop.enforces_baseline, Unknown(_)), open, "{object}");
    }
    let scope = scope_of(Origin::Cluster, |inventory| {
        inventory.take(&shop(json!({})), None);
        let name = "list validatingwebhookconfigurations.admissionregistration.k8s.io";
        inventory.unread(action(name), denied());
    });
    assert_eq!(because(&scope, &namespace(&scope, "shop").enforces_baseline), "denied");
}

#[test]
fn a_policy_about_something_else_rejects_no_pods() {
    let policy = |resource: &str| {
        json!({
            "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"},
            "spec": {"matchConstraints": {"resourceRules": [
                {"apiGroups": ["*"], "resources": [resource], "operations": ["CREATE"]},
            ]}},
        })
    };
    let binding = |resources: Value| {
        json!({
            "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"},
            "spec": {"policyName": "p", "validationActions": ["Deny"], "matchResources": resources},
        })
    };
    let other = json!({"namespaceSelector": {"matchLabels": {"a": "b"}}});
    for (objects, open) in [
        (vec![binding(Value::Null)], true),
        (vec![binding(Value::Null), policy("pods")], true),
        (vec![binding(Value::Null), policy("deployments")], false),
        (vec![binding(other), policy("pods")], false),
    ] {
        let scope = manifests(&[vec![shop(json!({}))], objects.clone()].concat());
        let shop = namespace(&scope, "shop");
        assert_eq!(matches!(shop.enforces_baseline, Unknown(_)), open, "{objects:?}");
    }
}

#[test]
fn the_policy_of_a_binding_in_a_cluster_decides_whether_it_is_about_pods() {
    let policy = |resource: &str| {
        json!({
            "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"},
            "spec": {"matchConstraints": {"resourceRules": [
                {"apiGroups": ["*"], "resources": [resource], "operations": ["CREATE"]},
            ]}},
        })
    };
    let binding = json!({
        "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "b"},
        "spec": {"policyName": "p", "validationActions": ["Deny"]},
    });
    let base = [shop(json!({})), binding];
    let of = |scope: &Scope| matches!(namespace(scope, "shop").enforces_baseline, Unknown(_));
    for (policies, open) in [
        (vec![policy("pods")], true),
        (vec![policy("deployments")], false),
        // A binding of a policy that does not exist is ignored.
        (vec![], false),
    ] {
        let scope = cluster(&[base.to_vec(), policies.clone()].concat());
        assert_eq!(of(&scope), open, "{policies:?}");
    }
    // Where the policies were not listed, it may be about pods.
    let scope = scope_of(Origin::Cluster, |inventory| {
        base.iter().for_each(|object| inventory.take(object, None));
        let list = "list validatingadmissionpolicies.admissionregistration.k8s.io";
        inventory.unread(action(list), denied());
    });
    assert!(of(&scope));
}

#[test]
fn a_policy_that_only_reports_rejects_nothing() {
    let of = |api_version: &str, kind: &str, spec: Value| {
        let identity = crate::manifest::Identity {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: String::new(),
            name: "p".to_owned(),
        };
        let scope = scope_of(Origin::Manifests, |inventory| {
            inventory.take(&shop(json!({})), None);
            inventory.custom(&identity, &json!({"spec": spec}), None);
        });
        matches!(namespace(&scope, "shop").enforces_baseline, Unknown(_))
    };
    for (api_version, kind, spec, open) in [
        ("kyverno.io/v1", "ClusterPolicy", json!({"validationFailureAction": "Audit"}), false),
        ("kyverno.io/v1", "ClusterPolicy", json!({"validationFailureAction": "enforce"}), true),
        ("kyverno.io/v1", "ClusterPolicy", json!({"rules": []}), false),
        (
            "kyverno.io/v1",
            "ClusterPolicy",
            json!({"rules": [{"validate": {"failureAction": "Enforce"}}]}),
            true,
        ),
        ("kyverno.io/v2", "PolicyException", json!({}), false),
        (
            "policies.kyverno.io/v1",
            "ValidatingPolicy",
            json!({"validationActions": ["Audit"]}),
            false,
        ),
        (
            "policies.kyverno.io/v1",
            "ValidatingPolicy",
            json!({"validationActions": ["Deny"]}),
            true,
        ),
        ("constraints.gatekeeper.sh/v1beta1", "Any", json!({"enforcementAction": "dryrun"}), false),
        ("constraints.gatekeeper.sh/v1beta1", "Any", json!({}), true),
        ("example.com/v1", "Any", json!({}), false),
    ] {
        assert_eq!(of(api_version, kind, spec.clone()), open, "{kind} {spec}");
    }
}

#[test]
fn quotas_are_looked_for_in_the_namespace() {
    let quota = |namespace: Value| json!({"kind": "ResourceQuota", "metadata": {"name": "q", "namespace": namespace}});
    let of = |objects: &[Value]| {
        let scope = manifests(objects);
        namespace(&scope, "shop").resource_quota.clone()
    };
    assert_eq!(of(&[shop(json!({})), quota(json!("shop"))]), Known(true));
    assert_eq!(of(&[shop(json!({})), quota(json!("other"))]), Known(false));
    // One that does not name its namespace may be for this one.
    assert!(matches!(of(&[shop(json!({})), quota(Value::Null)]), Unknown(_)));
    // Without the manifest of the namespace, the cluster may have one.
    assert!(matches!(of(&[deployment(good())]), Unknown(_)));
    assert_eq!(of(&[deployment(good()), quota(json!("shop"))]), Known(true));
}

fn network_policy(name: &str, spec: Value) -> Value {
    json!({
        "kind": "NetworkPolicy", "metadata": {"name": name, "namespace": "shop"}, "spec": spec,
    })
}

fn deny_all() -> Value {
    network_policy("deny", json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}))
}

#[test]
fn a_policy_isolates_in_manifests_and_in_clusters_alike() {
    for origin in [Origin::Cluster, Origin::Manifests] {
        let objects = [daemon_set("calico-node"), shop(json!({})), deployment(good()), deny_all()];
        let scope = read(origin, &objects);
        let web = workload(&scope, WEB);
        assert_eq!(
            (&web.ingress_isolated, &web.egress_isolated, &web.reaches_metadata),
            (&Known(true), &Known(true), &Known(false))
        );
        let scope = read(origin, objects.get(..3).unwrap());
        let web = workload(&scope, WEB);
        assert_eq!(
            (&web.ingress_isolated, &web.egress_isolated, &web.reaches_metadata),
            (&Known(false), &Known(false), &Known(true))
        );
        // Pods in the network of their node are not for policies.
        let agent = workload(&scope, "DaemonSet/kube-system/calico-node");
        assert_eq!(agent.ingress_isolated, Fact::NotOffered);
    }
}

#[test]
fn without_the_manifest_of_the_namespace_the_cluster_may_isolate() {
    let scope = manifests(&[deployment(good())]);
    let web = workload(&scope, WEB);
    assert_eq!(
        because(&scope, &web.ingress_isolated),
        "a policy of the cluster may decide otherwise: no manifest of the namespace was read"
    );
    assert!(matches!(web.reaches_metadata, Unknown(_)));
    let shop = namespace(&scope, "shop");
    assert!(matches!(shop.network_policy, Unknown(_)));
    assert!(matches!(shop.default_deny_ingress, Unknown(_)));
    // What isolates for certain does so, whatever else there is.
    let scope = manifests(&[deployment(good()), deny_all()]);
    assert_eq!(workload(&scope, WEB).ingress_isolated, Known(true));
    assert_eq!(namespace(&scope, "shop").network_policy, Known(true));
}

#[test]
fn policies_that_were_not_read_decide_nothing() {
    let objects = [daemon_set("cilium"), shop(json!({})), deployment(good())];
    let scope = scope_of(Origin::Cluster, |inventory| {
        objects.iter().for_each(|object| inventory.take(object, None));
        inventory.unread(action("list networkpolicies.networking.k8s.io"), denied());
    });
    let (web, shop) = (workload(&scope, WEB), namespace(&scope, "shop"));
    assert_eq!(because(&scope, &web.ingress_isolated), "denied");
    assert_eq!(because(&scope, &shop.network_policy), "denied");
    assert_eq!(because(&scope, &shop.default_deny_egress), "denied");
    // A malformed one.
    let bad = network_policy("bad", json!({"podSelector": {}, "ingress": [{"from": [{}]}]}));
    let mut all = objects.to_vec();
    all.push(bad);
    let scope = read(Origin::Cluster, &all);
    assert!(matches!(workload(&scope, WEB).ingress_isolated, Unknown(_)));
    assert!(!scope.network_policies.is_complete());
    // An invalid manifest.
    let identity = Identity {
        api_version: "networking.k8s.io/v1beta1".to_owned(),
        kind: "NetworkPolicy".to_owned(),
        namespace: "shop".to_owned(),
        name: "bad".to_owned(),
    };
    let scope = scope_of(Origin::Manifests, |inventory| {
        objects.iter().for_each(|object| inventory.take(object, None));
        inventory.invalid(&identity, Gap::new("manifest", "a.yaml", Reason::InvalidFile));
    });
    assert_eq!(because(&scope, &workload(&scope, WEB).ingress_isolated), "invalid");
}

#[test]
fn policies_of_other_kinds_and_unknown_plugins_leave_it_open() {
    let objects = [shop(json!({})), deployment(good()), deny_all()];
    let scope = read(Origin::Cluster, &objects);
    assert!(because(&scope, &workload(&scope, WEB).ingress_isolated).contains("no network plugin"));
    let identity = Identity {
        api_version: "cilium.io/v2".to_owned(),
        kind: "CiliumNetworkPolicy".to_owned(),
        namespace: "shop".to_owned(),
        name: "c".to_owned(),
    };
    let scope = scope_of(Origin::Manifests, |inventory| {
        objects.iter().for_each(|object| inventory.take(object, None));
        inventory.custom(&identity, &json!({}), None);
    });
    assert!(
        because(&scope, &workload(&scope, WEB).ingress_isolated).contains("CiliumNetworkPolicy")
    );
    assert!(matches!(namespace(&scope, "shop").default_deny_ingress, Unknown(_)));
    // The kind is installed: there may be objects, until they were listed.
    let definition = json!({
        "kind": "CustomResourceDefinition", "metadata": {"name": "x"},
        "spec": {"group": "cilium.io", "names": {"kind": "CiliumNetworkPolicy"}},
    });
    let with_definition = |listed: bool| {
        scope_of(Origin::Cluster, |inventory| {
            inventory.take(&daemon_set("cilium"), None);
            objects.iter().for_each(|object| inventory.take(object, None));
            inventory.take(&definition, None);
            if listed {
                inventory.custom_listed("cilium.io/v2", "CiliumNetworkPolicy");
            }
        })
    };
    assert!(matches!(workload(&with_definition(false), WEB).ingress_isolated, Unknown(_)));
    assert_eq!(workload(&with_definition(true), WEB).ingress_isolated, Known(true));
}

#[test]
fn a_default_is_a_policy_for_every_pod_that_none_beside_it_opens() {
    let of = |policies: &[Value]| {
        let mut all = vec![shop(json!({})), deployment(good())];
        all.extend(policies.iter().cloned());
        let scope = cluster(&all);
        let shop = namespace(&scope, "shop");
        (shop.default_deny_ingress.clone(), shop.default_deny_egress.clone())
    };
    let (yes, no) = (Known(true), Known(false));
    assert_eq!(of(&[]), (no.clone(), no.clone()));
    assert_eq!(of(&[deny_all()]), (yes.clone(), yes.clone()));
    let one = network_policy("web", json!({"podSelector": {"matchLabels": {"app": "web"}}}));
    assert_eq!(of(&[one]), (no.clone(), no.clone()));
    let ingress = network_policy("default", json!({"podSelector": {}}));
    assert_eq!(of(&[ingress]), (yes.clone(), no.clone()));
    let open = network_policy("open", json!({"podSelector": {}, "ingress": [{}]}));
    assert_eq!(of(&[deny_all(), open]), (no.clone(), yes.clone()));
    // Names still have to resolve.
    let names = json!({
        "podSelector": {}, "policyTypes": ["Egress"],
        "egress": [{"ports": [{"protocol": "UDP", "port": 53}]}],
    });
    assert_eq!(of(&[network_policy("dns", names)]), (no, yes));
}

#[test]
fn rules_for_everything_on_every_port_are_open() {
    let of = |spec: Value| {
        let scope = cluster(&[network_policy("a", spec)]);
        entries(&policy(&scope, "a").open_rules).len()
    };
    for (rule, open) in [
        (json!({}), 1),
        (json!({"from": []}), 1),
        (json!({"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}), 1),
        (json!({"from": [{"ipBlock": {"cidr": "::/0"}}]}), 1),
        (json!({"from": [{"namespaceSelector": {}}]}), 1),
        (json!({"ports": [{"port": 1, "endPort": 65535}]}), 1),
        (json!({"ports": [{"port": 443}]}), 0),
        (json!({"from": [{"podSelector": {}}]}), 0),
        (json!({"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}), 0),
        (json!({"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}), 0),
        (json!({"from": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]}), 0),
    ] {
        assert_eq!(of(json!({"podSelector": {}, "ingress": [rule]})), open, "{rule}");
    }
}

#[test]
fn a_policy_that_selects_no_pod_has_no_effect() {
    let other = network_policy("a", json!({"podSelector": {"matchLabels": {"app": "db"}}}));
    let web = network_policy("a", json!({"podSelector": {"matchLabels": {"app": "web"}}}));
    let effect = |scope: &Scope| policy(scope, "a").without_effect.clone();
    let none = Known(Entries::none());
    let found = Known(Entries::from(["spec.podSelector selects no pod"]));
    assert_eq!(effect(&cluster(&[deployment(good()), other.clone()])), found);
    assert_eq!(effect(&cluster(&[deployment(good()), web])), none);
    assert_eq!(effect(&cluster(&[network_policy("a", json!({"podSelector": {}}))])), none);
    assert_eq!(effect(&manifests(&[shop(json!({})), other.clone()])), found);
    assert!(matches!(effect(&manifests(&[other])), Unknown(_)));
}

#[test]
fn a_peer_that_selects_no_pod_is_named_in_clusters() {
    let from = |peer: Value| {
        network_policy("a", json!({"podSelector": {}, "ingress": [{"from": [peer]}]}))
    };
    let effect = |scope: &Scope| policy(scope, "a").without_effect.clone();
    let idle = Known(Entries::from(["spec.ingress[0].from[0] selects no pod"]));
    let none = Known(Entries::none());
    let labeled = |app: &str| json!({"podSelector": {"matchLabels": {"app": app}}});
    let of = |objects: &[Value]| {
        let mut all = vec![shop(json!({"team": "shop"})), deployment(good())];
        all.extend(objects.iter().cloned());
        effect(&cluster(&all))
    };
    assert_eq!(of(&[from(labeled("web"))]), none);
    assert_eq!(of(&[from(labeled("db"))]), idle);
    assert_eq!(of(&[from(json!({"ipBlock": {"cidr": "10.0.0.0/8"}}))]), none);
    let namespaces = |team: &str| json!({"namespaceSelector": {"matchLabels": {"team": team}}});
    assert_eq!(of(&[from(namespaces("shop"))]), none);
    // The namespace of the agent of the network was not read.
    assert!(matches!(of(&[from(namespaces("other"))]), Unknown(_)));
    let all = [shop(json!({})), deployment(good()), from(labeled("db"))];
    assert_eq!(effect(&manifests(&all)), none);
}

fn service(spec: Value, annotations: Value, status: Value) -> Value {
    json!({
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
        "spec": spec, "status": {"loadBalancer": {"ingress": status}},
    })
}

#[test]
fn a_load_balancer_is_public_where_every_address_reaches_it() {
    let of = |origin: Origin, spec: Value, annotations: Value, status: Value| {
        let mut spec = spec;
        if spec["type"].is_null() {
            spec["type"] = json!("LoadBalancer");
        }
        let scope = read(origin, &[service(spec, annotations, status)]);
        match &scope.services.items[0].public_load_balancer {
            Known(entries) => Some(!entries.certain().is_empty()),
            _ => None,
        }
    };
    let (live, files) = (Origin::Cluster, Origin::Manifests);
    let public = || json!([{"ip": "203.0.114.7"}]);
    let internal = json!({"service.beta.kubernetes.io/azure-load-balancer-internal": "true"});
    let facing = json!({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"});
    let types = json!({"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"});
    for (origin, spec, annotations, status, expected) in [
        (live, json!({"type": "ClusterIP"}), json!({}), json!([]), Some(false)),
        (live, json!({}), json!({}), public(), Some(true)),
        (live, json!({}), json!({}), json!([{"ip": "10.0.0.7"}]), Some(false)),
        (
            live,
            json!({}),
            json!({}),
            json!([{"hostname": "internal-a.elb.amazonaws.com"}]),
            Some(false),
        ),
        (live, json!({}), json!({}), json!([{"hostname": "a.elb.amazonaws.com"}]), None),
        (live, json!({}), facing.clone(), json!([{"hostname": "a.elb.amazonaws.com"}]), Some(true)),
        (live, json!({}), json!({}), json!([]), None),
        (live, json!({}), internal.clone(), public(), None),
        (live, json!({}), types, public(), None),
        (
            live,
            json!({"loadBalancerSourceRanges": ["10.0.0.0/8"]}),
            json!({}),
            public(),
            Some(false),
        ),
        (
            live,
            json!({"loadBalancerSourceRanges": ["10.0.0.0/8", "0.0.0.0/0"]}),
            json!({}),
            public(),
            Some(true),
        ),
        (live, json!({"loadBalancerSourceRanges": ["all"]}), json!({}), public(), None),
        (files, json!({}), json!({}), json!([]), None),
        (files, json!({}), facing, json!([]), Some(true)),
        (files, json!({}), internal, json!([]), Some(false)),
        (
            files,
            json!({"loadBalancerSourceRanges": ["10.0.0.0/8"]}),
            json!({}),
            json!([]),
            Some(false),
        ),
    ] {
        let what = format!("{origin:?} {spec} {annotations} {status}");
        assert_eq!(of(origin, spec, annotations, status), expected, "{what}");
    }
}

#[test]
fn ports_of_nodes_and_external_addresses_are_listed() {
    let of = |spec: Value| {
        let scope = cluster(&[service(spec, json!({}), json!([]))]);
        let service = &scope.services.items[0];
        (entries(&service.node_ports).len(), entries(&service.external_ips).len())
    };
    let port = || json!([{"port": 80, "nodePort": 30080}, {"port": 443}]);
    assert_eq!(of(json!({"type": "NodePort", "ports": port()})), (2, 0));
    assert_eq!(of(json!({"type": "LoadBalancer", "ports": port()})), (2, 0));
    let none = json!({"type": "LoadBalancer", "allocateLoadBalancerNodePorts": false, "ports": [{"port": 1}]});
    assert_eq!(of(none), (0, 0));
    assert_eq!(of(json!({"ports": [{"port": 80}], "externalIPs": ["192.0.2.1"]})), (0, 1));
}

#[test]
fn hosts_without_tls_are_plain() {
    let of = |spec: Value, annotations: Value| {
        let object = json!({
            "kind": "Ingress",
            "metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
            "spec": spec,
        });
        let scope = cluster(&[object]);
        match &scope.ingresses.items[0].plain_hosts {
            Known(entries) => Some(entries.certain().to_vec()),
            _ => None,
        }
    };
    let rules = || json!([{"host": "a.example.com"}, {"host": "b.example.com"}]);
    let none: Option<Vec<String>> = Some(Vec::new());
    assert_eq!(of(json!({"rules": rules()}), json!({})).unwrap().len(), 2);
    let one = json!({"rules": rules(), "tls": [{"hosts": ["a.example.com"]}]});
    assert_eq!(of(one, json!({})).unwrap(), ["host b.example.com is served without TLS"]);
    let wild = json!({"rules": rules(), "tls": [{"hosts": ["*.example.com"]}]});
    assert_eq!(of(wild, json!({})), none);
    let deep =
        json!({"rules": [{"host": "a.b.example.com"}], "tls": [{"hosts": ["*.example.com"]}]});
    assert_eq!(of(deep, json!({})).unwrap().len(), 1);
    assert_eq!(of(json!({"rules": rules(), "tls": [{}]}), json!({})), none);
    let any = json!({"rules": [{}], "tls": [{"hosts": ["a.example.com"]}]});
    assert_eq!(of(any, json!({})).unwrap(), ["every host is served without TLS"]);
    let fallback = json!({"defaultBackend": {"service": {"name": "web"}}});
    assert_eq!(of(fallback, json!({})).unwrap().len(), 1);
    let alb = json!({"alb.ingress.kubernetes.io/certificate-arn": "arn:a"});
    assert_eq!(of(json!({"rules": rules()}), alb), None);
}

#[test]
fn a_gateway_is_plain_where_a_listener_is() {
    let identity = Identity {
        api_version: "gateway.networking.k8s.io/v1".to_owned(),
        kind: "Gateway".to_owned(),
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
    };
    let object = json!({
        "kind": "Gateway", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"listeners": [
            {"name": "http", "protocol": "HTTP"}, {"name": "https", "protocol": "HTTPS"},
        ]},
    });
    let scope = scope_of(Origin::Manifests, |inventory| {
        inventory.custom(&identity, &object, None);
    });
    assert_eq!(entries(&scope.ingresses.items[0].plain_hosts), ["listener http has protocol HTTP"]);
}

#[test]
fn a_plugin_is_seen_by_its_daemon_set() {
    let agent = |argument: &str| {
        let mut set = daemon_set("aws-node");
        set["spec"]["template"]["spec"]["containers"][0]["args"] = json!([argument]);
        set
    };
    let of = |sets: &[Value]| {
        let mut all = vec![shop(json!({})), deployment(good()), deny_all()];
        all.extend(sets.iter().cloned());
        let scope = read(Origin::Cluster, &all);
        let isolated = workload(&scope, WEB).ingress_isolated.clone();
        (namespace(&scope, "shop").policies_enforced.clone(), isolated)
    };
    let on = (Known(true), Known(true));
    let off = (Known(false), Known(false));
    assert_eq!(of(&[daemon_set("calico-node")]), on);
    assert_eq!(of(&[agent("--enable-network-policy=true")]), on);
    assert_eq!(of(&[agent("--enable-network-policy=false")]), off);
    assert_eq!(of(&[daemon_set("kube-flannel-ds")]), off);
    // With Calico beside it, policies are enforced.
    assert_eq!(of(&[daemon_set("kube-flannel-ds"), daemon_set("calico-node")]), on);
    let (enforced, isolated) = of(&[daemon_set("some-agent")]);
    assert!(matches!((enforced, isolated), (Unknown(_), Unknown(_))));
    let scope = read(Origin::Cluster, &[shop(json!({})), deny_all(), daemon_set("kube-flannel")]);
    assert_eq!(namespace(&scope, "shop").default_deny_ingress, Known(false));
    let scope = cluster(&[shop(json!({}))]);
    assert_eq!(namespace(&scope, "shop").policies_enforced, Fact::NotOffered);
    let scope = manifests(&[shop(json!({})), deny_all()]);
    assert!(matches!(namespace(&scope, "shop").policies_enforced, Unknown(_)));
}

#[test]
fn accounts_of_controllers_that_do_not_run_are_not_missing() {
    let bound = |name: &str, role: &str, account: &str| {
        json!({
            "kind": "ClusterRoleBinding", "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "kube-system"}],
        })
    };
    let role = |name: &str| json!({"kind": "ClusterRole", "metadata": {"name": name}, "rules": []});
    let dns = "system:kube-dns";
    let scope = cluster(&[
        role(dns),
        bound(dns, dns, "kube-dns"),
        bound("a", dns, "kube-dns"),
        bound("system:controller:job-controller", dns, "job-controller"),
    ]);
    let missing = |name: &str| {
        let one = scope.role_bindings.items.iter().find(|one| one.name == name).unwrap();
        one.missing.known().unwrap().certain().to_vec()
    };
    assert_eq!(missing(dns), [""; 0]);
    assert_eq!(missing("a"), ["service account kube-system/kube-dns"]);
    let other = missing("system:controller:job-controller");
    assert_eq!(other, ["service account kube-system/job-controller"]);
}
