//! What images, credentials, paths and controllers a workload has, wherever it holds them.

use super::*;

fn of(template: Value) -> Scope {
    cluster(&[deployment(template)])
}

#[test]
fn an_image_volume_is_an_image() {
    let volumes = json!([
        {"name": "data", "image": {"reference": "registry.example/data:latest"}},
        {"name": "later", "image": {}},
    ]);
    let scope = of(with(good(), "/spec/volumes", volumes));
    let images = entries(&workload(&scope, WEB).images);
    assert_eq!(
        images,
        ["app: registry.example/shop/web:1.2", "volume data: registry.example/data:latest"]
    );
}

/// Put together here, so that no scanner takes this file for a leak.
fn token() -> String {
    format!("gh{}", "p_0123456789abcdefghijABCDEFGHIJ012345")
}

#[test]
fn a_credential_is_found_wherever_a_workload_holds_it() {
    let token = token();
    let shell = json!(["sh", "-c", format!("curl -H 'x: {token}' localhost")]);
    let template = with(
        with(good(), "/spec/containers/0/livenessProbe", json!({"exec": {"command": shell}})),
        "/spec/containers/0/lifecycle",
        json!({"preStop": {"exec": {"command": shell}}}),
    );
    let headers = json!([{"name": "Authorization", "value": "Basic c2hvcDpiYW5rZXI5"}]);
    let template = with(
        template,
        "/spec/containers/0/readinessProbe",
        json!({"httpGet": {"port": 80, "httpHeaders": headers}}),
    );
    let mut object = deployment(template);
    object["metadata"]["annotations"] = json!({"note": format!("token {token}")});
    let scope = cluster(&[object]);
    assert_eq!(
        entries(&workload(&scope, WEB).literal_credentials),
        [
            "app: lifecycle.preStop.exec.command[2] holds a GitHub token",
            "app: livenessProbe.exec.command[2] holds a GitHub token",
            "app: readinessProbe.httpGet: header Authorization holds what looks like a credential",
            "its annotation note holds a GitHub token",
        ]
    );
    assert!(!format!("{scope:?}").contains(&token));
}

#[test]
fn the_credentials_of_a_config_map_are_those_of_its_readers() {
    let token = token();
    let map = |namespace: &str| {
        json!({
            "kind": "ConfigMap", "metadata": {"name": "conf", "namespace": namespace},
            "data": {"app.conf": format!("a=b\ntoken={token}"), "DB_PASSWORD": "q8Z!v2Lm#x0Kp4", "host": "db"},
        })
    };
    let both = [
        "key DB_PASSWORD of ConfigMap conf holds what looks like a credential",
        "key app.conf of ConfigMap conf holds a GitHub token",
    ];
    let variable = |key: &str| json!([{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "conf", "key": key}}}]);
    for (path, value, expected) in [
        ("/spec/containers/0/envFrom", json!([{"configMapRef": {"name": "conf"}}]), &both[..]),
        ("/spec/containers/0/env", variable("DB_PASSWORD"), &both[..1]),
        ("/spec/containers/0/env", variable("host"), &[]),
        ("/spec/volumes", json!([{"name": "v", "configMap": {"name": "conf"}}]), &both[..]),
        (
            "/spec/volumes",
            json!([{"name": "v", "projected": {"sources": [{"configMap": {"name": "conf"}}]}}]),
            &both[..],
        ),
        ("/spec/volumes", json!([{"name": "v", "configMap": {"name": "other"}}]), &[]),
    ] {
        let scope = manifests(&[map("shop"), map("bank"), deployment(with(good(), path, value))]);
        assert_eq!(entries(&workload(&scope, WEB).literal_credentials), expected, "{path}");
        assert!(!format!("{scope:?}").contains(&token));
    }
    let other =
        with(good(), "/spec/volumes", json!([{"name": "v", "configMap": {"name": "conf"}}]));
    let scope = manifests(&[map("bank"), deployment(other)]);
    assert!(entries(&workload(&scope, WEB).literal_credentials).is_empty());
}

#[test]
fn directories_of_programs_and_of_logs_are_sensitive() {
    for (path, read_only, sensitive) in [
        ("/bin", true, true),
        ("/usr/bin", true, true),
        ("/usr/lib/", true, true),
        ("/var/log", false, true),
        ("/var/log/pods", false, true),
        ("/var/log", true, false),
        ("/var/log/shop", false, false),
        ("/usr/share/zoneinfo", false, false),
    ] {
        let volumes = json!([{"name": "v", "hostPath": {"path": path}}]);
        let mounts = json!([{"name": "v", "mountPath": "/v", "readOnly": read_only}]);
        let template = with(good(), "/spec/volumes", volumes);
        let scope = of(with(template, "/spec/containers/0/volumeMounts", mounts));
        let found = !entries(&workload(&scope, WEB).sensitive_host_paths).is_empty();
        assert_eq!(found, sensitive, "{path} {read_only}");
    }
}

#[test]
fn a_quantity_of_nothing_is_no_limit() {
    for (limit, open) in
        [("0e3", true), ("0", true), ("0Gi", true), ("1e3", false), ("0.5Gi", false)]
    {
        let limits = json!({"limits": {"memory": limit, "cpu": 1}});
        let scope = of(with(good(), "/spec/containers/0/resources", limits));
        let found = !entries(&workload(&scope, WEB).without_memory_limit).is_empty();
        assert_eq!(found, open, "{limit}");
    }
}

#[test]
fn a_copy_of_the_retired_controller_is_not_ruled_out() {
    let labels = |more: Value| {
        let mut labels = json!({"app.kubernetes.io/name": "ingress-nginx"});
        labels.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(good(), "/metadata/labels", labels)
    };
    let open = |scope: &Scope| match &workload(scope, WEB).retired_ingress {
        Known(entries) => entries.undecided().is_some(),
        _ => true,
    };
    assert!(open(&of(labels(json!({})))));
    assert!(open(&of(labels(json!({"app.kubernetes.io/component": "controller"})))));
    assert!(!open(&of(labels(json!({"app.kubernetes.io/component": "admission-webhook"})))));
    assert!(!open(&of(good())));
    let args = json!(["--controller-class=k8s.io/ingress-nginx"]);
    assert!(open(&of(with(good(), "/spec/containers/0/args", args))));
    let mut sidecar = container("proxy");
    sidecar["image"] = json!("registry.k8s.io/ingress-nginx/controller:v1");
    sidecar["restartPolicy"] = json!("Always");
    let scope = of(with(good(), "/spec/initContainers", json!([sidecar])));
    assert_eq!(
        entries(&workload(&scope, WEB).retired_ingress),
        ["proxy: registry.k8s.io/ingress-nginx/controller:v1"]
    );
}

#[test]
fn the_listeners_of_gateways_and_of_their_sets_are_judged_in_clusters_as_well() {
    let one = |kind: &str, protocol: &str| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": kind,
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"listeners": [{"name": "a", "protocol": protocol}]},
        })
    };
    for kind in ["Gateway", "ListenerSet", "XListenerSet"] {
        for (protocol, expected) in
            [("HTTP", Some(1)), ("HTTPS", Some(0)), ("TCP", Some(0)), ("example.com/h2c", None)]
        {
            let scope = cluster(&[one(kind, protocol)]);
            let [found] = scope.ingresses.items.as_slice() else { panic!("{scope:?}") };
            assert_eq!(found.id, format!("{kind}/shop/web"));
            let plain = match &found.plain_hosts {
                Known(entries) => Some(entries.certain().len()),
                _ => None,
            };
            assert_eq!(plain, expected, "{kind} {protocol}");
        }
    }
    let mut refused = one("ListenerSet", "HTTP");
    refused["status"] = json!({"conditions": [{"type": "Accepted", "status": "False"}]});
    let scope = cluster(&[refused]);
    assert!(entries(&scope.ingresses.items[0].plain_hosts).is_empty());
    // A list that was not read leaves the hosts of the cluster open.
    let scope = scope_of(Origin::Cluster, |inventory| {
        let (action, _) = listing("Gateway").unwrap();
        inventory.unread(action, Gap::new(action.name, "", Reason::Denied));
    });
    assert!(!scope.ingresses.is_complete());
}

#[test]
fn an_owner_is_the_object_with_its_number_and_not_another_one_of_its_name() {
    let mut owner = deployment(good());
    owner["metadata"]["uid"] = json!("d1");
    let mut bad = container("app");
    bad["securityContext"]["privileged"] = json!(true);
    let template = with(good(), "/spec/containers", json!([bad]));
    let owned = |uid: Value| {
        let mut pod = pod("evil", Some(("Deployment", "web")), &template);
        pod["metadata"]["ownerReferences"][0]["uid"] = uid;
        pod
    };
    for (uid, ids) in [
        (json!("d1"), &[WEB][..]),
        (Value::Null, &[WEB][..]),
        (json!("d2"), &[WEB, "Pod/shop/evil"][..]),
    ] {
        for objects in [[owner.clone(), owned(uid.clone())], [owned(uid.clone()), owner.clone()]] {
            let scope = read(Origin::Cluster, &objects);
            let mut found: Vec<&str> =
                scope.workloads.items.iter().map(|one| one.id.as_str()).collect();
            found.sort_unstable();
            assert_eq!(found, ids, "{uid}");
            let privileged = |id: &str| entries(&workload(&scope, id).privileged_containers).len();
            assert_eq!(privileged(WEB), usize::from(ids.len() == 1), "{uid}");
            if ids.len() == 2 {
                assert_eq!(privileged("Pod/shop/evil"), 1);
                assert_eq!(workload(&scope, "Pod/shop/evil").bare, Known(true));
            }
        }
    }
    // The owner was not read: that it has another number is not known.
    let scope = read(Origin::Cluster, &[owned(json!("d2"))]);
    assert_eq!(scope.workloads.items[0].id, WEB);
}

#[test]
fn a_secret_of_a_manifest_shows_its_keys_and_never_its_values() {
    let of = |fields: Value| {
        let mut object = json!({"kind": "Secret", "metadata": {"name": "db", "namespace": "shop"}});
        for (name, value) in fields.as_object().unwrap() {
            object[name] = value.clone();
        }
        let scope = manifests(&[object]);
        assert!(!serde_json::to_string(&scope).unwrap().contains("hunter2"));
        let [secret] = scope.secret_manifests.items.as_slice() else { panic!() };
        assert_eq!(secret.id, "Secret/shop/db");
        entries(&secret.literal_keys).into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    // hunter2
    assert_eq!(of(json!({"data": {"password": "aHVudGVyMg=="}})), ["data: password"]);
    assert_eq!(of(json!({"stringData": {"password": "hunter2"}})), ["stringData: password"]);
    // Bytes that are not text, and a key beside its certificate.
    assert_eq!(of(json!({"data": {"a": "/w=="}})), ["data: a"]);
    let pair = json!({"tls.crt": "-----BEGIN CERTIFICATE-----\nx", "tls.key": "hunter2"});
    assert_eq!(
        of(json!({"type": "kubernetes.io/tls", "stringData": pair})),
        ["stringData: tls.key"]
    );
    let bundle = "-----BEGIN CERTIFICATE-----\nx\n-----BEGIN PRIVATE KEY-----\nx";
    assert_eq!(of(json!({"stringData": {"bundle.pem": bundle}})), ["stringData: bundle.pem"]);
    let none: [String; 0] = [];
    assert_eq!(of(json!({})), none);
    for (value, is_value) in [
        ("", false),
        ("${PASSWORD}", false),
        ("$(PASSWORD)", false),
        ("{{ .Values.password }}", false),
        ("<path:shop/data/db#password>", false),
        ("<password>", false),
        ("ref+vault://shop/db#/password", false),
        ("vault:shop/data/db#password", false),
        ("ENC[AES256_GCM,data:x,type:str]", false),
        ("-----BEGIN PUBLIC KEY-----\nx", false),
        // A default is a value, and so is what is beside a reference.
        ("${PASSWORD:=hunter2}", true),
        ("${USER}:hunter2${X}", true),
        ("${USER} hunter2 ${X}", true),
        ("$hunter2", true),
        ("<a>hunter2<b>", true),
        ("changeme", true),
    ] {
        let found = of(json!({"stringData": {"password": value}}));
        assert_eq!(!found.is_empty(), is_value, "{value}");
    }
    // "${PASSWORD}" in Base64, and what is none.
    assert_eq!(of(json!({"data": {"a": "JHtQQVNTV09SRH0=", "b": "${B64}"}})), none);
}

#[test]
fn the_secrets_of_a_cluster_are_no_resources() {
    let scope = cluster(&[]);
    assert!(scope.secret_manifests.items.is_empty());
    // A manifest that is not valid leaves it open what it declares.
    let identity = Identity {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: "shop".to_owned(),
        name: "db".to_owned(),
    };
    let scope = scope_of(Origin::Manifests, |inventory| {
        inventory.invalid(&identity, Gap::new("", "", Reason::Malformed));
    });
    assert!(!scope.secret_manifests.is_complete());
}
