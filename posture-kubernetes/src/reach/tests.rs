//! Questions about small clusters, asked of a scope that was written and read again.

mod published;

use posture_model::gap::Reason;
use posture_model::provider::Provider;
use posture_model::resource::{Kind, Resource};
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::Value;

use super::*;
use crate::action::ACTIONS;
use crate::info::PARTITION;
use crate::inventory::{Inventory, Origin};
use crate::manifest::{self, Content};
use crate::network::{Direction, Effect, OtherKind, Passing, Ports};
use crate::pod_security::Version;

/// Two namespaces. In `shop` everything is denied but what the database gets from the web.
const SHOP: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: bank, labels: {team: bank}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    - ipBlock: {cidr: 198.51.100.0/24}
    ports: [{port: sql}]
";

fn pod(namespace: &str, app: &str, number: u8, more: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: Pod
metadata: {{name: {app}-{number}, namespace: {namespace}, labels: {{app: {app}}}}}
spec:
  nodeName: node-{number}{more}
  containers: [{{name: c, image: i, ports: [{{name: sql, containerPort: 5432}}, {{containerPort: 1}}]}}]
status: {{phase: Running, podIPs: [{{ip: 10.0.0.{number}}}]}}
"
    )
}

/// The DaemonSet of a network plugin that enforces policies.
const PLUGIN: &str = "---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: shop}
spec:
  selector: {matchLabels: {app: calico}}
  template:
    metadata: {labels: {app: calico}}
    spec: {hostNetwork: true, containers: [{name: c, image: calico/node}]}
";

fn documents(text: &str) -> Vec<manifest::Document> {
    manifest::read(text.as_bytes(), &manifest::Options::default())
}

fn inventory(origin: Origin, text: &str) -> Inventory {
    let mut inventory = Inventory::new(origin, Version::NEWEST.into());
    for document in documents(text) {
        match document.content {
            Content::Object(manifest) => inventory.take(&manifest.object, None),
            Content::Custom { identity, object } => {
                inventory.custom(&identity, &object, None);
            }
            other => panic!("{other:?}"),
        }
    }
    inventory
}

/// The scope as it comes back from a file.
fn saved(inventory: Inventory) -> Scope {
    let mut scope = Scope::unread(Provider::Kubernetes, "shop", PARTITION, Time::from_unix(0));
    inventory.fill(&Wanted::everything(), &mut scope);
    scope.canonicalise();
    serde_json::from_str(&serde_json::to_string(&scope).unwrap()).unwrap()
}

fn cluster(text: &str) -> Scope {
    saved(inventory(Origin::Cluster, &format!("{SHOP}{PLUGIN}{text}")))
}

fn shop() -> String {
    let web = pod("shop", "web", 1, "");
    [web, pod("shop", "db", 2, ""), pod("bank", "web", 3, "")].concat()
}

fn ask(scope: &Scope, from: &str, to: &str, port: &str) -> Vec<Answer> {
    let connections = Connections::of(scope);
    let asked = if port.is_empty() { Asked::Any } else { port.parse().unwrap() };
    match (connections.named(from).unwrap(), connections.named(to).unwrap()) {
        (Named::Pods(from), Named::Pods(to)) => connections.between(&from, &to, &asked).unwrap(),
        (Named::Outside(other), Named::Pods(own)) => {
            connections.outside(&own[0], Direction::Ingress, other, &asked)
        }
        (Named::Pods(own), Named::Outside(other)) => {
            connections.outside(&own[0], Direction::Egress, other, &asked)
        }
        other => panic!("{other:?}"),
    }
}

fn one_pair(of: &Connections<'_>, from: &Party, to: &Party) -> Vec<Answer> {
    let (from, to) = (std::slice::from_ref(from), std::slice::from_ref(to));
    of.between(from, to, &Asked::Any).unwrap()
}

/// `yes`, `no`, or why it is open.
fn word(scope: &Scope, from: &str, to: &str, port: &str) -> String {
    let answers = ask(scope, from, to, port);
    let [answer] = answers.as_slice() else { panic!("{answers:#?}") };
    match &answer.reaches {
        Tri::Yes => "yes".to_owned(),
        Tri::No => "no".to_owned(),
        Tri::Unknown(why) => why.join("; "),
    }
}

#[test]
fn policies_decide_by_port_number_and_name() {
    let scope = cluster(&shop());
    for (from, to, port, yes) in [
        ("web-1", "db-2", "5432", "yes"),
        ("shop/web-1", "Pod/shop/db-2", "sql", "yes"),
        ("pod/shop/web-1", "10.0.0.2", "tcp/sql", "yes"),
        ("web-1", "db-2", "", "yes"),
        ("web-1", "db-2", "udp/5432", "no"),
        ("web-1", "db-2", "80", "no"),
        ("10.0.0.3", "db-2", "sql", "no"),
        ("db-2", "web-1", "", "no"),
        ("web-1", "web-3", "80", "yes"),
        ("db-2", "db-2", "80", "yes"),
        // Addresses as rules compare them.
        ("198.51.100.7", "db-2", "5432", "yes"),
        ("198.51.100.7", "db-2", "80", "no"),
        ("internet", "db-2", "5432", "no"),
        ("internet", "web-3", "5432", "yes"),
        ("outside", "web-3", "", "yes"),
        ("web-1", "internet", "443", "yes"),
        ("web-1", "169.254.169.254", "80", "yes"),
    ] {
        assert_eq!(word(&scope, from, to, port), yes, "{from} {to} {port}");
    }
    // No pod calls a port so.
    assert!(ask(&scope, "web-1", "db-2", "http").is_empty());
}

#[test]
fn a_name_is_one_of_pods_workloads_and_namespaces() {
    let scope = cluster(&shop());
    let connections = Connections::of(&scope);
    let ids = |name: &str| -> Vec<String> {
        connections.find(name).into_iter().map(|one| one.id).collect()
    };
    assert_eq!(ids("web-1"), ["Pod/shop/web-1"]);
    assert_eq!(ids("bank/web-3"), ["Pod/bank/web-3"]);
    assert_eq!(ids("daemonset/calico-node"), ["DaemonSet/shop/calico-node"]);
    assert_eq!(ids("bank"), ["Pod/bank/web-3"]);
    assert_eq!(ids("Namespace/bank"), ["Pod/bank/web-3"]);
    assert_eq!(ids("namespace/shop").len(), 3);
    for name in ["", "web", "shop/web-3", "Deployment/shop/web-1", "10.0.0.9", "/", "a/b/c/d"] {
        assert_eq!(ids(name), [""; 0], "{name}");
    }
    let taken = cluster(&shop().replace("name: web-1", "name: internet"));
    let taken = Connections::of(&taken);
    assert!(matches!(taken.named("internet"), Some(Named::Outside(_))));
    assert!(matches!(taken.named("shop/internet"), Some(Named::Pods(_))));
    assert!(matches!(connections.named("internet"), Some(Named::Outside(Outside::Internet))));
    assert!(matches!(connections.named("10.0.0.9"), Some(Named::Outside(_))));
    assert!(connections.named("nobody").is_none());
}

#[test]
fn ports_are_numbers_and_names_of_the_protocols_of_policies() {
    for (text, asked) in [
        ("22", Asked::Number(Protocol::Tcp, 22)),
        ("udp/53", Asked::Number(Protocol::Udp, 53)),
        ("SCTP/1", Asked::Number(Protocol::Sctp, 1)),
        ("http", Asked::Name(None, "http".to_owned())),
        ("udp/dns", Asked::Name(Some(Protocol::Udp), "dns".to_owned())),
    ] {
        assert_eq!(text.parse(), Ok(asked), "{text}");
    }
    for wrong in ["", "70000", "udp/", "icmp/1", "x/1", "HTTP", "-", "a b", "udp/53/1"] {
        assert_eq!(wrong.parse::<Asked>(), Err(NotAPort), "{wrong}");
    }
}

#[test]
fn an_answer_names_each_rule_that_was_weighed() {
    let scope = cluster(&shop());
    let answer = ask(&scope, "web-1", "db-2", "5432").remove(0);
    assert_eq!((answer.allowed.as_str(), answer.undecided.as_str()), ("TCP 5432", ""));
    let [egress, ingress] = answer.sides.as_slice() else { panic!("{answer:#?}") };
    assert_eq!((egress.direction, egress.allowed.as_str()), ("egress", "every port"));
    let steps: Vec<String> = ingress
        .steps
        .iter()
        .map(|step| {
            let allows = step.allows.as_ref().map_or("", |(allowed, _)| allowed.as_str());
            let place = step.place.as_deref().unwrap_or_default();
            format!("{} {place} {allows} {}", step.policy.as_deref().unwrap(), step.because)
        })
        .collect();
    assert_eq!(
        steps,
        [
            "shop/db   isolates it",
            "shop/db spec.ingress[0].from[0] TCP 5432 the selectors match",
            "shop/db spec.ingress[0].from[1]  the address is outside of the block",
            "shop/deny   isolates it",
        ]
    );
}

#[test]
fn what_is_not_known_is_undetermined_and_named() {
    let denied = |action: &str| {
        let mut inventory = inventory(Origin::Cluster, &format!("{SHOP}{PLUGIN}{}", shop()));
        let action = ACTIONS.iter().find(|one| one.name == action).unwrap();
        inventory.unread(action, Gap::new(action.name, "", Reason::Denied));
        saved(inventory)
    };
    let policies = denied("list networkpolicies.networking.k8s.io");
    assert_eq!(
        word(&policies, "db-2", "web-1", "80"),
        "a NetworkPolicy may decide otherwise: it was not read: list networkpolicies.networking.k8s.io denied"
    );
    // What a policy that was read allows is allowed, whatever the others are.
    assert!(word(&policies, "web-1", "db-2", "80").contains("denied"));
    let kinds = denied("list customresourcedefinitions.apiextensions.k8s.io");
    assert!(word(&kinds, "web-1", "db-2", "5432").ends_with(
        "it was not read which kinds are installed: list customresourcedefinitions.apiextensions.k8s.io denied"
    ));
    // The labels of namespaces.
    let policy = "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: bank, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: bank}}}]}]}
";
    let mut inventory = inventory(Origin::Cluster, &format!("{PLUGIN}{policy}{}", shop()));
    let list = "list namespaces";
    let action = ACTIONS.iter().find(|one| one.name == list).unwrap();
    inventory.unread(action, Gap::new(list, "", Reason::Denied));
    assert_eq!(
        word(&saved(inventory), "web-3", "db-2", "80"),
        "label `team` of namespace `bank` is not known: list namespaces denied"
    );
    // Without a known plugin.
    let open = saved(self::inventory(Origin::Cluster, &format!("{SHOP}{}", shop())));
    assert!(word(&open, "db-2", "web-1", "80").contains("no network plugin was seen"));
    assert_eq!(word(&open, "web-1", "db-2", "5432"), "yes");
    // In the network of a node.
    let host = cluster(&format!("{}{}", shop(), pod("shop", "agent", 9, "\n  hostNetwork: true")));
    assert!(word(&host, "web-1", "agent-9", "80").contains("uses the network of its node"));
    // A policy of another kind.
    let cilium = "---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: c, namespace: bank}
";
    let other = cluster(&format!("{}{cilium}", shop()));
    assert!(word(&other, "web-1", "web-3", "80").contains("CiliumNetworkPolicy bank/c"));
    assert_eq!(word(&other, "web-1", "db-2", "5432"), "yes");
}

/// A scope of a version that did not keep the facts, and one in which they were hidden.
#[test]
fn facts_that_are_missing_from_a_snapshot_leave_it_open() {
    type Change = fn(&mut Scope);
    let gap = GapId::NOT_COLLECTED;
    let hidden: [(Change, &str); 6] = [
        (
            |scope| {
                scope.workloads.items.iter_mut().for_each(|one| one.pods = Fact::not_collected())
            },
            "Pod/shop/web-1 not collected: the pods of the workload are not in it",
        ),
        (
            |scope| {
                let all = scope.network_policies.items.iter_mut();
                all.for_each(|one| one.spec = Fact::not_collected());
            },
            "NetworkPolicy shop/deny may decide otherwise: its rules were not read: not collected",
        ),
        (
            |scope| {
                let all = scope.namespaces.items.iter_mut();
                all.for_each(|one| one.other_policies = Fact::not_collected());
            },
            "a policy may decide otherwise: it was not read which others there are: not collected",
        ),
        (|scope| scope.namespaces = Default::default(), "it was not read which others there are"),
        (
            |scope| scope.network_policies = Default::default(),
            "a NetworkPolicy may decide otherwise: it was not read: not collected",
        ),
        (
            |scope| {
                let all = scope.network_policies.items.iter_mut();
                all.for_each(|one| one.spec = Known(json!({"ingress": "x"})));
            },
            "spec.ingress: not a list but a string",
        ),
    ];
    for (change, why) in hidden {
        let mut scope = cluster(&shop());
        change(&mut scope);
        let found = word(&scope, "shop/web-1", "shop/db-2", "80");
        assert!(found.contains(why), "{found}");
    }
    // A fact that is hidden never turns an answer around.
    let scope = cluster(&shop());
    let questions = [("web-1", "db-2"), ("db-2", "web-1"), ("web-1", "web-3"), ("web-3", "db-2")];
    for (from, to) in questions {
        let whole = word(&scope, from, to, "5432");
        for fact in Kind::ALL.iter().flat_map(|kind| kind.fact_ids()) {
            struct Hide(posture_model::resource::FactId, GapId);
            impl posture_model::scope::VisitMut for Hide {
                fn resources<R: Resource>(&mut self, all: &mut [R], _: Option<&mut Vec<GapId>>) {
                    if R::KIND == self.0.kind {
                        all.iter_mut().for_each(|one| {
                            one.hide(self.0.name, self.1);
                        });
                    }
                }
            }
            let mut without = scope.clone();
            without.visit_mut(&mut Hide(fact, gap));
            let now = word(&without, from, to, "5432");
            assert!(now == whole || (now != "yes" && now != "no"), "{fact}: {whole} to {now}");
        }
    }
}

#[test]
fn a_service_with_ports_of_nodes_may_hide_the_sender() {
    let service = |selector: &str, kind: &str| {
        format!(
            "---
apiVersion: v1
kind: Service
metadata: {{name: s, namespace: shop}}
spec: {{type: {kind}, selector: {{app: {selector}}}, ports: [{{port: 80, nodePort: 30080}}]}}
"
        )
    };
    let of =
        |text: &str| word(&cluster(&format!("{}{text}", shop())), "internet", "shop/web-1", "80");
    assert!(of(&service("web", "NodePort")).contains("Service s may replace the address"));
    assert_eq!(of(&service("db", "NodePort")), "no");
    assert_eq!(of(&service("web", "ClusterIP").replace(", nodePort: 30080", "")), "no");
    // Addresses that a node may have.
    let scope = cluster(&shop());
    assert!(word(&scope, "10.9.9.9", "shop/web-1", "80").contains("a node may have the address"));
}

#[test]
fn pods_that_policies_distinguish_have_an_answer_each() {
    let mut two = pod("shop", "web", 1, "");
    two.push_str(&pod("shop", "web", 4, "").replace("app: web}", "app: web, canary: 'yes'}"));
    let owner = "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: a, controller: true}], labels:";
    let text = format!(
        "{}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: canary, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{canary: 'yes'}}}}, ingress: [{{}}]}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: web, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: c, image: i}}]}}
{}",
        two.replace("labels:", owner),
        pod("shop", "db", 2, ""),
    );
    let scope = cluster(&text);
    let answers = ask(&scope, "db-2", "ReplicaSet/shop/web", "80");
    let found: Vec<(&str, bool)> =
        answers.iter().map(|one| (one.to.as_str(), one.reaches.is_yes())).collect();
    assert_eq!(found, [("Pod/shop/web-1", false), ("Pod/shop/web-4", true)]);
    // A policy cannot block a pod from itself, and the other pods of its group are not it.
    let canary = "podSelector: {matchLabels: {canary: 'yes'}}, ingress: [{}]";
    assert!(text.contains(canary));
    let same = cluster(&text.replace(canary, "podSelector: {}"));
    for (from, to, yes) in [
        ("shop/web", "Pod/shop/web-1", "no"),
        ("Pod/shop/web-1", "shop/web", "no"),
        ("Pod/shop/web-1", "Pod/shop/web-1", "yes"),
    ] {
        assert_eq!(word(&same, from, to, "80"), yes, "{from} {to}");
    }
    // Between the pods of one workload.
    assert_eq!(ask(&scope, "shop/web", "shop/web", "80").len(), 4);
}

/// What the engine says of the objects themselves.
fn directly(text: &str) -> (Cluster, Vec<Pod>) {
    let (mut namespaces, mut policies, mut pods) = (Vec::new(), Vec::new(), Vec::new());
    let mut others = Vec::new();
    for document in documents(text) {
        let object = match document.content {
            Content::Object(manifest) => manifest.object,
            Content::Custom { identity, .. } => {
                let kind = OtherKind::of(&identity.api_version, &identity.kind);
                others.extend(kind.map(|kind| kind.object(&identity.namespace, &identity.name)));
                continue;
            }
            _ => continue,
        };
        match object["kind"].as_str().unwrap() {
            "Namespace" => namespaces.push(network::Namespace::read(&object).unwrap()),
            "NetworkPolicy" => policies.push(Policy::read(&object).unwrap()),
            _ => pods.extend(Pod::read(&object).unwrap()),
        }
    }
    // A snapshot holds them in the order of their IDs.
    policies.sort_by_key(Policy::id);
    let read: BTreeSet<String> = namespaces.iter().map(|one| one.name.clone()).collect();
    let used = pods.iter().map(|pod| &pod.namespace);
    let used: BTreeSet<&String> = used.chain(policies.iter().map(|one| &one.namespace)).collect();
    for namespace in used.into_iter().filter(|name| !read.contains(*name)) {
        others.push(Other {
            namespace: Some(namespace.clone()),
            what: "a policy of the cluster".to_owned(),
            because: "no manifest of the namespace was read".to_owned(),
            effect: Effect::Unread,
        });
    }
    (Cluster::new(namespaces, policies, others, Tri::Yes), pods)
}

/// The examples and the worlds of the tests.
fn worlds() -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let files = [
        "examples/kubernetes/network-policy.yaml",
        "examples/cluster.yaml",
        "tests/worlds/kubernetes-good.yaml",
        "tests/worlds/kubernetes-bad.yaml",
    ];
    let mut all: Vec<String> = files
        .iter()
        .map(|file| std::fs::read_to_string(format!("{root}/{file}")).unwrap())
        .collect();
    all.push(format!("{SHOP}{}", shop()));
    all
}

#[test]
fn a_snapshot_answers_as_the_engine_does_for_the_objects() {
    let mut asked = 0;
    for text in worlds() {
        let (engine, pods) = directly(&text);
        let tree = {
            let mut inventory = Inventory::new(Origin::Manifests, Version::NEWEST.into());
            for document in documents(&text) {
                match document.content {
                    Content::Object(manifest) => inventory.take(&manifest.object, None),
                    Content::Custom { identity, object } => {
                        inventory.custom(&identity, &object, None);
                    }
                    Content::Invalid { .. } | Content::Other(_) => {}
                }
            }
            saved(inventory)
        };
        let connections = Connections::of(&tree);
        let own = |pod: &Pod| {
            let found = connections.pods.iter().find(|one| one.id() == pod.id());
            found.cloned()
        };
        for from in &pods {
            for to in &pods {
                let (Some(one), Some(other)) = (own(from), own(to)) else { continue };
                assert_eq!((&one.labels, &one.ports), (&from.labels, &from.ports));
                let (stored, direct) =
                    (connections.cluster.explain(&one, &other), engine.explain(from, to));
                assert_eq!(stored, direct, "{} to {}", from.id(), to.id());
                asked += 1;
            }
            let Some(one) = own(from) else { continue };
            for direction in Direction::ALL {
                assert_eq!(
                    connections.cluster.explain_outside(&one, direction),
                    engine.explain_outside(from, direction)
                );
            }
        }
    }
    assert!(asked > 400, "{asked}");
}

#[test]
fn the_table_holds_the_answer_of_each_pair() {
    for text in worlds().split_off(2) {
        let mut inventory = Inventory::new(Origin::Manifests, Version::NEWEST.into());
        for document in documents(&text) {
            if let Content::Object(manifest) = document.content {
                inventory.take(&manifest.object, None);
            }
        }
        let scope = saved(inventory);
        let connections = Connections::of(&scope);
        let all = connections.everything();
        let table = connections.table(&all, &all).unwrap();
        let group = |party: &Party| {
            let has = |name: &Option<GroupName>| {
                name.as_ref().is_some_and(|name| name.workloads.contains(&party.id))
            };
            table.senders().iter().position(has).unwrap()
        };
        for from in &all {
            for to in &all {
                let answers = one_pair(&connections, from, to);
                let ([answer], true) = (answers.as_slice(), from != to) else { continue };
                let (row, column) = (group(from), group(to));
                let nothing = Passing::<Ports>::nothing();
                let cell = table.cells().find(|(a, b, _)| (*a, *b) == (row, column));
                let passes = cell.map_or(&nothing, |(_, _, passes)| passes);
                let (text, _) = passes.in_words();
                assert_eq!(text, answer.allowed, "{} to {}", from.id, to.id);
            }
        }
        // Only what was asked for has a name.
        let one = connections.table(&all[..1], &all[1..]).unwrap();
        assert_eq!(one.senders().iter().flatten().count(), 1);
        assert!(one.cells().all(|(from, _, _)| one.senders()[from].is_some()));
    }
}

#[test]
fn a_malformed_snapshot_is_never_an_answer() {
    let mut scope = cluster(&shop());
    for (group, why) in [
        (json!([{"ports": [{"name": "a", "protocol": "TCPX", "number": 1}]}]), "a port"),
        (json!([{"pods": [{"name": "a", "addresses": ["x"]}]}]), "an address"),
    ] {
        for workload in &mut scope.workloads.items {
            let value: Value = group.clone();
            workload.set("pods", value).unwrap();
        }
        let found = word(&scope, "shop/web-1", "shop/db-2", "80");
        assert!(found.contains("malformed") && found.contains(why), "{found}");
    }
}

/// Each change as `to from opened|closed|perhaps opened|perhaps closed`.
fn changes(before: &Scope, after: &Scope) -> Vec<String> {
    let (before, after) = (Connections::of(before), Connections::of(after));
    let all = before.changes(&after).unwrap();
    let ends = |ends: &[End]| -> String {
        let mark = |end: &End| match end.presence {
            Presence::Both => end.id.clone(),
            Presence::Before => format!("-{}", end.id),
            Presence::After => format!("+{}", end.id),
        };
        ends.iter().map(mark).collect::<Vec<_>>().join(",")
    };
    let shown = all.iter().map(|one| {
        let Delta { opened, closed, may_open, may_close } = &one.delta;
        let parts = [opened, closed, may_open, may_close];
        let parts: Vec<String> = parts
            .iter()
            .map(|ports| if ports.is_empty() { String::new() } else { ports.to_string() })
            .collect();
        format!("{} from {}: {}", ends(&one.to), ends(&one.from), parts.join("|"))
    });
    shown.collect()
}

#[test]
fn what_becomes_reachable_and_what_ends_is_named_by_workload() {
    let whole = shop();
    let before = cluster(&whole);
    assert_eq!(changes(&before, &before), [""; 0]);
    // A rule more, for one port.
    let opened = whole.clone()
        + "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: more, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{namespaceSelector: {matchLabels: {team: bank}}}], ports: [{port: 80}]}]
";
    let after = cluster(&opened);
    assert_eq!(changes(&before, &after), ["Pod/shop/db-2 from Pod/bank/web-3: TCP 80|||"]);
    assert_eq!(changes(&after, &before), ["Pod/shop/db-2 from Pod/bank/web-3: |TCP 80||"]);
    // What is not known is neither.
    let mut unread = inventory(Origin::Cluster, &format!("{SHOP}{PLUGIN}{whole}"));
    let list = "list networkpolicies.networking.k8s.io";
    let action = ACTIONS.iter().find(|one| one.name == list).unwrap();
    unread.unread(action, Gap::new(list, "", Reason::Denied));
    for line in changes(&before, &saved(unread)) {
        let parts: Vec<&str> = line.rsplit_once(": ").unwrap().1.split('|').collect();
        assert_eq!(parts[..2], ["", ""], "{line}");
    }
    // A pod that is new.
    let more = cluster(&format!("{whole}{}", pod("bank", "new", 7, "")));
    let found = changes(&before, &more);
    let all = "DaemonSet/shop/calico-node,Pod/bank/web-3,Pod/shop/db-2,Pod/shop/web-1,internet";
    let expected = [
        "DaemonSet/shop/calico-node from +Pod/bank/new-7: ||every port|".to_owned(),
        format!("+Pod/bank/new-7 from {all}: every port|||"),
        "Pod/bank/web-3 from +Pod/bank/new-7: every port|||".to_owned(),
        "internet from +Pod/bank/new-7: every port|||".to_owned(),
    ];
    assert_eq!(found, expected);
    let gone = changes(&more, &before);
    assert!(gone.contains(&format!("-Pod/bank/new-7 from {all}: |every port||")), "{gone:?}");
}

#[test]
fn changes_are_the_differences_of_the_answers() {
    let texts = worlds();
    let scopes: Vec<Scope> = texts[2..]
        .iter()
        .map(|text| {
            let mut inventory = Inventory::new(Origin::Manifests, Version::NEWEST.into());
            for document in documents(text) {
                if let Content::Object(manifest) = document.content {
                    inventory.take(&manifest.object, None);
                }
            }
            saved(inventory)
        })
        .collect();
    let mut without = scopes[0].clone();
    without.network_policies.items.truncate(2);
    let (before, after) = (Connections::of(&scopes[0]), Connections::of(&without));
    let all = before.changes(&after).unwrap();
    assert!(!all.is_empty());
    let answer = |of: &Connections<'_>, from: &str, to: &str| {
        let (from, to) = (of.find(from).remove(0), of.find(to).remove(0));
        let answers = one_pair(of, &from, &to);
        (answers[0].allowed.clone(), answers[0].undecided.clone())
    };
    let ids: Vec<String> = before.everything().into_iter().map(|one| one.id).collect();
    for from in &ids {
        for to in ids.iter().filter(|to| *to != from) {
            let has = |ends: &[End], id: &str| ends.iter().any(|end| end.id == id);
            let changed = all.iter().any(|one| has(&one.from, from) && has(&one.to, to));
            let differ = answer(&before, from, to) != answer(&after, from, to);
            assert_eq!(changed, differ, "{from} to {to}");
        }
    }
}

/// A cluster of 40 namespaces, each with 10 workloads and 10 policies, and of 5,000 pods in all.
fn large() -> Scope {
    let mut scope = Scope::empty(Provider::Kubernetes, "large");
    scope.level = Level::Cluster;
    for place in 0..40_usize {
        let namespace = format!("team-{place:02}");
        let labels = [("team".to_owned(), namespace.clone())];
        let id = format!("Namespace/{namespace}");
        let read = Namespace::unread_on(Provider::Kubernetes, id, namespace.as_str(), None);
        scope.namespaces.items.push(
            read.tags(Known(labels.into()))
                .other_policies(Known(Vec::new()))
                .policies_enforced(Known(true)),
        );
        for app in 0..10_usize {
            let name = format!("app-{app}");
            let labels = [
                ("app".to_owned(), name.clone()),
                ("pod-template-hash".to_owned(), format!("{place}{app}")),
            ];
            let pods = (0..12 + app % 2).map(|number| PodPlace {
                name: format!("{name}-{number}"),
                node: Some(format!("node-{number}")),
                addresses: vec![format!("10.{place}.{app}.{number}")],
            });
            let group =
                PodGroup { labels: labels.into(), pods: pods.collect(), ..PodGroup::default() };
            let id = format!("Deployment/{namespace}/{name}");
            let of = Some(namespace.as_str());
            let read = Workload::unread_on(Provider::Kubernetes, id, name.as_str(), of);
            scope.workloads.items.push(read.pods(Known(vec![group])));
            let spec = json!({
                "podSelector": {"matchLabels": {"app": name}},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{
                    "from": [
                        {"podSelector": {"matchLabels": {"app": format!("app-{}", (app + 1) % 10)}}},
                        {"namespaceSelector": {"matchLabels": {"team": format!("team-{:02}", (place + 1) % 40)}}},
                    ],
                    "ports": [{"port": 8080 + app}],
                }],
                "egress": [{"to": [{"namespaceSelector": {}}]}],
            });
            let id = format!("NetworkPolicy/{namespace}/{name}");
            let read = NetworkPolicy::unread_on(Provider::Kubernetes, id, name.as_str(), of);
            scope.network_policies.items.push(read.spec(Known(spec)));
        }
    }
    scope
}

#[test]
fn the_matrix_of_a_large_cluster_is_one_of_groups_of_equal_labels() {
    let scope = large();
    let connections = Connections::of(&scope);
    assert_eq!(connections.pods.len(), 5000);
    let all = connections.everything();
    let table = connections.table(&all, &all).unwrap();
    assert_eq!((table.senders().len(), table.cells().count()), (400, 160_000));
    let open = table.cells().filter(|(_, _, passes)| !passes.is_nothing()).count();
    // Of each workload the neighbor in its namespace, and the 10 of the next one.
    assert_eq!(open, 400 * 11);
    // A snapshot keeps each pod in a short entry.
    let bytes = serde_json::to_string(&scope).unwrap().len();
    assert!(bytes < 5000 * 150, "{bytes}");
}
