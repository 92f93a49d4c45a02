//! What network plugins, policies and load balancers show, where a name or an annotation alone proves nothing.

use super::*;

fn set(namespace: &str, name: &str, image: &str, args: &[&str], nodes: Option<i64>) -> Value {
    let mut set = json!({
        "kind": "DaemonSet", "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"spec": {"containers": [{"name": "a", "image": image, "args": args}]}}},
    });
    if let Some(nodes) = nodes {
        set["status"] = json!({"currentNumberScheduled": nodes});
    }
    set
}

#[test]
fn a_name_alone_is_not_a_network_plugin() {
    let shop = || json!({"kind": "Namespace", "metadata": {"name": "shop"}});
    let of = |sets: &[Value]| {
        let mut objects = vec![shop(), deny_all()];
        objects.extend(sets.iter().cloned());
        let scope = read(Origin::Cluster, &objects);
        match &namespace(&scope, "shop").policies_enforced {
            Known(enforced) => Some(*enforced),
            _ => None,
        }
    };
    let flannel = || set("kube-flannel", "kube-flannel-ds", "flannel:1", &[], None);
    let fake = |nodes| set("dev", "cilium", "busybox", &[], nodes);
    let real = || set("cilium", "cilium", "quay.io/cilium/cilium:v1", &[], Some(3));
    let router = |args: &[&str]| set("kube-system", "kube-router", "kube-router:1", args, Some(3));
    let aws = |args: &[&str]| {
        let mut set = set("kube-system", "aws-node", "amazon-k8s-cni:1", args, Some(3));
        set["metadata"]["annotations"] = json!({"note": "was --enable-network-policy=true"});
        set
    };
    let mut beside = flannel();
    beside["spec"]["template"]["spec"]["containers"] = json!([
        {"name": "a", "image": "flannel:1"},
        {"name": "b", "image": "registry.k8s.io/networking/kube-network-policies:v1"},
    ]);
    for (sets, expected) in [
        (vec![flannel(), fake(Some(0))], Some(false)),
        (vec![flannel(), fake(Some(3))], Some(false)),
        (vec![fake(Some(3))], None),
        (vec![real()], Some(true)),
        (vec![flannel(), real()], Some(true)),
        (vec![set("dev", "cilium", "mirror.example/cilium/cilium:v1", &[], Some(0))], None),
        (
            vec![set("kube-system", "cilium", "cilium:1", &["--enable-policy=never"], None)],
            Some(false),
        ),
        (vec![router(&["--run-firewall=false"])], Some(false)),
        (vec![router(&["--run-firewall", "false"])], Some(false)),
        (vec![router(&["--run-firewall=false", "--run-firewall=true"])], Some(true)),
        (vec![router(&[])], Some(true)),
        (vec![aws(&["--enable-network-policy=false"])], Some(false)),
        (vec![aws(&["--enable-network-policy=true"])], Some(true)),
        (vec![aws(&["--enable-network-policy"])], Some(true)),
        (vec![aws(&[])], Some(false)),
        (vec![beside], Some(true)),
        (vec![set("dev", "kube-flannel-exporter", "exporter:1", &[], Some(1))], None),
    ] {
        assert_eq!(of(&sets), expected, "{sets:?}");
    }
}

fn rules(direction: &str, rules: Value) -> Value {
    json!({
        "kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "shop"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], direction: rules},
    })
}

#[test]
fn a_rule_in_parts_is_open_like_a_rule_as_a_whole() {
    let block = |cidr: &str, except: &[&str]| json!({"ipBlock": {"cidr": cidr, "except": except}});
    let name = |operator: &str, key: &str| json!({"namespaceSelector": {"matchExpressions": [{"key": key, "operator": operator}]}});
    let ports =
        |last: u16| json!([{"port": 1, "endPort": 40_000}, {"port": 40_001, "endPort": last}]);
    let (low, high) = (block("0.0.0.0/1", &[]), block("128.0.0.0/1", &[]));
    for (open, ingress) in [
        (true, json!([{"from": [low, high]}])),
        (true, json!([{"from": [low]}, {"from": [high]}])),
        (true, json!([{"from": [low], "ports": ports(65_535)}, {"from": [high]}])),
        (false, json!([{"from": [low], "ports": ports(65_534)}, {"from": [high]}])),
        (false, json!([{"from": [low]}])),
        (true, json!([{"from": [block("0.0.0.0/0", &["192.0.2.1/32"])]}])),
        (true, json!([{"from": [block("::/0", &["fd00:ec2::254/128"])]}])),
        (true, json!([{"from": [block("0.0.0.0/0", &["169.254.0.0/16"])]}])),
        (false, json!([{"from": [block("0.0.0.0/0", &["192.168.0.0/16"])]}])),
        (false, json!([{"from": [block("0.0.0.0/0", &["10.0.0.0/8"])]}])),
        (true, json!([{"from": [name("Exists", "kubernetes.io/metadata.name")]}])),
        (true, json!([{"from": [name("DoesNotExist", "zz")]}])),
        (false, json!([{"from": [name("Exists", "team")]}])),
        (true, json!([{"ports": ports(65_535)}])),
        (false, json!([{"ports": [{"port": 443}]}])),
    ] {
        let scope = cluster(&[
            json!({"kind": "Namespace", "metadata": {"name": "shop"}}),
            rules("ingress", ingress.clone()),
        ]);
        let found = !entries(&policy(&scope, "p").open_rules).is_empty();
        assert_eq!(found, open, "{ingress}");
        assert_eq!(namespace(&scope, "shop").default_deny_ingress, Known(!open), "{ingress}");
    }
}

#[test]
fn what_opens_every_pod_without_a_label_undoes_a_default_deny() {
    for (selector, denied) in [
        (json!({"matchExpressions": [{"key": "zz", "operator": "DoesNotExist"}]}), false),
        (
            json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["db"]}]}),
            false,
        ),
        (json!({"matchExpressions": [{"key": "app", "operator": "Exists"}]}), true),
        (json!({"matchLabels": {"app": "web"}}), true),
    ] {
        let opens = json!({
            "kind": "NetworkPolicy", "metadata": {"name": "open", "namespace": "shop"},
            "spec": {"podSelector": selector, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
        });
        let shop = json!({"kind": "Namespace", "metadata": {"name": "shop"}});
        let scope = cluster(&[shop, deny_all(), opens]);
        let shop = namespace(&scope, "shop");
        assert_eq!(shop.default_deny_ingress, Known(denied), "{selector}");
        assert_eq!(shop.default_deny_egress, Known(denied), "{selector}");
    }
}

fn node(provider: Option<&str>) -> Value {
    json!({
        "kind": "Node", "metadata": {"name": "n"}, "spec": {"providerID": provider},
        "status": {"nodeInfo": {"kubeletVersion": "v1.37.0"}, "addresses": [{"type": "InternalIP", "address": "10.0.0.5"}]},
    })
}

#[test]
fn each_cloud_has_its_metadata_services() {
    let to = |cidr: &str, except: &[&str]| {
        rules("egress", json!([{"to": [{"ipBlock": {"cidr": cidr, "except": except}}]}]))
    };
    let common = ["169.254.169.254/32"];
    let (aws, azure, gcp) = ("aws:///a/i-0", "azure:///subscriptions/s", "gce://p/z/n");
    for (cidr, except, provider, expected) in [
        ("0.0.0.0/0", &[][..], None, Some(true)),
        ("0.0.0.0/0", &common[..], Some(aws), Some(false)),
        ("0.0.0.0/0", &common[..], Some(gcp), Some(false)),
        ("0.0.0.0/0", &common[..], Some(azure), Some(true)),
        ("0.0.0.0/0", &common[..], None, None),
        ("168.63.129.16/32", &[][..], Some(azure), Some(true)),
        ("168.63.129.16/32", &[][..], Some(aws), Some(false)),
        ("::/0", &[][..], Some(aws), Some(true)),
        ("fd00::/8", &[][..], Some(aws), Some(true)),
        ("::/0", &[][..], Some(azure), Some(false)),
        ("10.0.0.0/8", &[][..], None, Some(false)),
    ] {
        let objects = [deployment(good()), to(cidr, except), node(provider)];
        let scope = cluster(&objects);
        let found = workload(&scope, WEB).reaches_metadata.known().ok().copied();
        assert_eq!(found, expected, "{cidr} {except:?} {provider:?}");
    }
    // Manifests do not show the cloud.
    let shop = json!({"kind": "Namespace", "metadata": {"name": "shop"}});
    let scope = manifests(&[shop.clone(), deployment(good()), to("::/0", &[])]);
    let why = because(&scope, &workload(&scope, WEB).reaches_metadata);
    assert!(why.contains("fd00:ec2::254") && why.contains("AWS"), "{why}");
    let scope = manifests(&[shop, deployment(good()), to("10.0.0.0/8", &[])]);
    assert_eq!(workload(&scope, WEB).reaches_metadata, Known(false));
}

#[test]
fn an_annotation_does_not_make_an_address_of_the_internet_internal() {
    let of = |origin, ranges: &[&str], annotations: Value, status: Value| {
        let spec = json!({"type": "LoadBalancer", "loadBalancerSourceRanges": ranges});
        let scope = read(origin, &[service(spec, annotations, status)]);
        match &scope.services.items[0].public_load_balancer {
            Known(entries) if entries.undecided().is_none() => Some(!entries.certain().is_empty()),
            _ => None,
        }
    };
    let azure = json!({"service.beta.kubernetes.io/azure-load-balancer-internal": "true"});
    let aws = json!({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"});
    let facing = json!({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"});
    let both = json!({
        "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
        "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    });
    let (live, files) = (Origin::Cluster, Origin::Manifests);
    let nearly: &[&str] = &["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3"];
    for (origin, ranges, annotations, status, expected) in [
        (live, &[][..], &azure, json!([{"ip": "20.1.2.3"}]), None),
        (live, &[][..], &aws, json!([{"ip": "8.8.8.8"}]), None),
        (live, &[][..], &azure, json!([{"ip": "10.0.0.4"}]), Some(false)),
        (live, &[][..], &aws, json!([{"hostname": "a.elb.amazonaws.com"}]), Some(false)),
        (files, &[][..], &azure, json!([]), Some(false)),
        (files, &[][..], &both, json!([]), None),
        (files, nearly, &facing, json!([]), Some(true)),
        (files, &nearly[..2], &facing, json!([]), Some(false)),
    ] {
        let found = of(origin, ranges, annotations.clone(), status);
        assert_eq!(found, expected, "{origin:?} {ranges:?} {annotations}");
    }
}
