//! What is beside the workloads: policies of other kinds, identities of clouds, stores of secrets, versions of APIs.

use super::*;

/// Each kind of policy that is not evaluated leaves the connections of its namespace, or of all, open, and is named.
#[test]
fn every_kind_of_policy_that_is_not_evaluated_leaves_connections_open() {
    let kinds = [
        ("cilium.io/v2", "CiliumNetworkPolicy", true),
        ("cilium.io/v2", "CiliumClusterwideNetworkPolicy", false),
        ("projectcalico.org/v3", "NetworkPolicy", true),
        ("projectcalico.org/v3", "GlobalNetworkPolicy", false),
        ("crd.projectcalico.org/v1", "NetworkPolicy", true),
        ("crd.projectcalico.org/v1", "GlobalNetworkPolicy", false),
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", false),
        ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy", false),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", false),
    ];
    let teller = json!({
        "kind": "Deployment", "metadata": {"name": "teller", "namespace": "bank"},
        "spec": {"template": good()},
    });
    for (api_version, kind, namespaced) in kinds {
        let bank = json!({"kind": "Namespace", "metadata": {"name": "bank"}});
        let mut deny = deny_all();
        deny["metadata"]["namespace"] = json!("bank");
        let objects = [shop(json!({})), bank, deployment(good()), teller.clone(), deny_all(), deny];
        let namespace_of = if namespaced { "shop" } else { "" };
        let identity = Identity {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace_of.to_owned(),
            name: "one".to_owned(),
        };
        let in_manifests = scope_of(Origin::Manifests, |inventory| {
            objects.iter().for_each(|object| inventory.take(object, None));
            inventory.custom(&identity, &json!({}), None);
        });
        // A cluster shows that the kind is installed.
        let (group, _) = api_version.split_once('/').unwrap();
        let definition = json!({
            "kind": "CustomResourceDefinition", "metadata": {"name": "x"},
            "spec": {"group": group, "names": {"kind": kind}},
        });
        let in_cluster = scope_of(Origin::Cluster, |inventory| {
            inventory.take(&daemon_set("cilium"), None);
            objects.iter().for_each(|object| inventory.take(object, None));
            inventory.take(&definition, None);
        });
        let baseline = kind == "BaselineAdminNetworkPolicy";
        for (scope, what) in [(&in_manifests, "manifests"), (&in_cluster, "cluster")] {
            let shop = namespace(scope, "shop");
            let named = shop.other_policies.known().unwrap();
            assert!(named.iter().any(|one| one.what.contains(kind)), "{what} {kind}: {named:?}");
            let egress = &workload(scope, WEB).egress_isolated;
            assert_eq!(matches!(egress, Known(true)), baseline, "{what} {kind}: {egress:?}");
            let ingress = &workload(scope, WEB).ingress_isolated;
            // It only denies what no other policy decides, so that what is isolated stays so.
            match baseline {
                true => assert_eq!(*ingress, Known(true), "{what} {kind}"),
                false => {
                    let why = because(scope, ingress);
                    assert!(why.contains(kind), "{what} {kind}: {why}");
                }
            }
        }
        // One of a namespace does not act on the others.
        let teller = workload(&in_manifests, "Deployment/bank/teller");
        let is_open = matches!(teller.ingress_isolated, Unknown(_));
        assert_eq!(is_open, !namespaced && !baseline, "{kind}");
    }
}

#[test]
fn an_account_has_the_identity_that_its_annotations_give() {
    let account = |annotations: Value| {
        json!({
            "kind": "ServiceAccount",
            "metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
        })
    };
    for (annotations, expected) in [
        (
            json!({"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a"}),
            Some("arn:aws:iam::1:role/a"),
        ),
        (json!({"azure.workload.identity/client-id": "c"}), Some("c")),
        (json!({"iam.gke.io/gcp-service-account": "a@p.iam"}), Some("a@p.iam")),
        (json!({"eks.amazonaws.com/role-arn": ""}), None),
        (json!({"other": "x"}), None),
        (Value::Null, None),
    ] {
        let scope = cluster(&[account(annotations)]);
        let found = scope.service_accounts.items[0].cloud_identity.known().unwrap();
        assert_eq!(found.as_deref(), expected);
    }
}

#[test]
fn secrets_come_from_a_store_by_a_volume_a_sidecar_or_an_operator() {
    let of = |scope: &Scope| namespace(scope, "shop").external_secrets.clone();
    let volume = json!([{"name": "s", "csi": {"driver": "secrets-store.csi.k8s.io"}}]);
    let mounted = cluster(&[shop(json!({})), deployment(with(good(), "/spec/volumes", volume))]);
    assert_eq!(entries(&of(&mounted)), ["Deployment/shop/web: volume of secrets-store.csi.k8s.io"]);
    let mut injected = good();
    injected["metadata"]["annotations"] = json!({"vault.hashicorp.com/agent-inject": "true"});
    let injected = cluster(&[shop(json!({})), deployment(injected)]);
    assert_eq!(entries(&of(&injected)).len(), 1);
    let none = cluster(&[shop(json!({})), deployment(good())]);
    assert_eq!(of(&none), Known(Entries::none()));
    // Where the operator is installed, its objects are not known.
    let definition = json!({
        "kind": "CustomResourceDefinition", "metadata": {"name": "x"},
        "spec": {"group": "external-secrets.io", "names": {"kind": "ExternalSecret"}},
    });
    let installed = cluster(&[shop(json!({})), deployment(good()), definition]);
    assert!(because(&installed, &of(&installed)).contains("ExternalSecret"));
    let by_operator = scope_of(Origin::Manifests, |inventory| {
        inventory.take(&shop(json!({})), None);
        let identity = Identity {
            api_version: "external-secrets.io/v1".to_owned(),
            kind: "ExternalSecret".to_owned(),
            namespace: "shop".to_owned(),
            name: "database".to_owned(),
        };
        inventory.custom(&identity, &json!({}), None);
    });
    assert_eq!(entries(&of(&by_operator)), ["ExternalSecret/shop/database"]);
}

#[test]
fn objects_in_beta_versions_have_the_version_that_removes_them() {
    let of = |origin: Origin, minor: u16, object: &Value| {
        let mut inventory = Inventory::new(origin, Version::of_minor(minor).into());
        inventory.server(Ok(format!("v1.{minor}.0")));
        inventory.take(object, None);
        let mut scope =
            Scope::unread(Provider::Kubernetes, "shop".to_owned(), PARTITION, Time::from_unix(0));
        inventory.fill(&Wanted::everything(), &mut scope);
        scope
    };
    let removed = |scope: &Scope| -> Vec<Option<String>> {
        scope.beta_objects.items.iter().map(|one| one.removed_in.known().unwrap().clone()).collect()
    };
    let beta = "admissionregistration.k8s.io/v1beta1";
    let binding = |field: Value| {
        let mut object = json!({
            "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": "labels"},
            "spec": {"policyName": "labels", "validationActions": ["Deny"]},
        });
        match field {
            Value::String(version) => object["apiVersion"] = json!(version),
            fields => object["metadata"]["managedFields"] = fields,
        }
        object
    };
    let written = binding(json!([
        {"manager": "kubectl", "operation": "Apply", "apiVersion": beta},
        {"manager": "other", "operation": "Update", "apiVersion": "admissionregistration.k8s.io/v1"},
    ]));
    let scope = of(Origin::Cluster, 33, &written);
    assert_eq!(removed(&scope), [Some("1.34".to_owned())]);
    assert_eq!(scope.beta_objects.items[0].name, "labels");
    // A server that does not serve it has a trace of the past.
    assert_eq!(removed(&of(Origin::Cluster, 34, &written)), []);
    assert_eq!(
        removed(&of(Origin::Manifests, 33, &binding(json!(beta)))),
        [Some("1.34".to_owned())]
    );
    assert_eq!(removed(&of(Origin::Manifests, 33, &written)), []);
    // What is not listed may be in such a version; of the newest server, nothing is.
    let gaps = |scope: &Scope| -> Vec<String> {
        let of = |gap: &GapId| scope.gap(*gap).unwrap().detail.clone().unwrap_or_default();
        scope.beta_objects.gaps.iter().map(of).collect()
    };
    let unlisted = gaps(&scope);
    assert!(unlisted.iter().any(|gap| gap.contains("IPAddress")), "{unlisted:?}");
    assert_eq!(gaps(&of(Origin::Cluster, 37, &written)), [""; 0]);
    // Discovery decides: a version that is turned off is in no object that a client can still write.
    let with = |served: &[&str]| {
        let mut inventory = Inventory::new(Origin::Cluster, Version::of_minor(33).into());
        inventory.server(Ok("v1.33.0".to_owned()));
        inventory.served(served.iter().map(|one| (*one).to_owned()).collect());
        inventory.take(&written, None);
        let mut scope =
            Scope::unread(Provider::Kubernetes, "shop".to_owned(), PARTITION, Time::from_unix(0));
        inventory.fill(&Wanted::everything(), &mut scope);
        scope
    };
    let stable = with(&["admissionregistration.k8s.io/v1", "apps/v1"]);
    assert_eq!(gaps(&stable), [""; 0]);
    let on = with(&[beta, "networking.k8s.io/v1beta1"]);
    assert_eq!(removed(&on), [Some("1.34".to_owned())]);
    let unlisted = gaps(&on);
    assert!(unlisted.iter().any(|gap| gap.contains("IPAddress")), "{unlisted:?}");
    assert!(!unlisted.iter().any(|gap| gap.contains("resource.k8s.io")), "{unlisted:?}");
    assert_eq!(gaps(&of(Origin::Manifests, 33, &written)), [""; 0]);
}
