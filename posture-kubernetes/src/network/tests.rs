//! The semantics of network policies, case by case.

use posture_model::network::TCP;
use serde_json::{Value, json};

use super::*;
use crate::labels::Labels;

/// A pod `namespace/name` with the label `app: name`, the port `http` and an address.
fn pod(id: &str, last: u8) -> Pod {
    let (namespace, name) = id.split_once('/').unwrap();
    Pod {
        kind: "Pod".into(),
        namespace: namespace.into(),
        name: name.into(),
        labels: Labels::exactly([("app", name)]),
        ports: vec![NamedPort {
            name: "http".into(),
            protocol: Protocol::Tcp,
            number: 8000 + u16::from(last),
            sidecar: false,
        }],
        host_network: false,
        addresses: Some(vec![[10, 0, 0, last].into()]),
        node: Some("one".into()),
    }
}

fn policy(namespace: &str, spec: Value) -> Policy {
    let object = json!({"metadata": {"namespace": namespace, "name": "p"}, "spec": spec});
    Policy::read(&object).unwrap()
}

fn cluster(policies: Vec<Policy>) -> Cluster {
    with_others(policies, Vec::new())
}

fn with_others(policies: Vec<Policy>, others: Vec<Other>) -> Cluster {
    let namespaces =
        ["shop", "bank"].map(|name| Namespace::new(name, Labels::exactly([("team", name)])));
    Cluster::new(namespaces, policies, others, Tri::Yes)
}

fn between(cluster: &Cluster, from: &Pod, to: &Pod) -> String {
    let passes = cluster.between(from, to);
    assert_eq!(cluster.explain(from, to).passes, passes);
    passes.to_string()
}

const ALL: &str = "every port allowed";
const NONE: &str = "no port allowed";

#[test]
fn without_policies_everything_passes() {
    let cluster = cluster(Vec::new());
    let (web, db) = (pod("shop/web", 1), pod("bank/db", 2));
    assert_eq!(between(&cluster, &web, &db), ALL);
    assert_eq!(cluster.isolated(&web, Direction::Ingress), Tri::No);
    assert!(cluster.from_outside(&web).certain().has([8, 8, 8, 8].into(), TCP, 1));
}

#[test]
fn a_connection_has_to_be_allowed_at_both_ends() {
    let (web, db) = (pod("shop/web", 1), pod("shop/db", 2));
    let ingress = policy(
        "shop",
        json!({
            "podSelector": {"matchLabels": {"app": "db"}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 5432}, {"protocol": "UDP", "port": 1, "endPort": 9}]}],
        }),
    );
    let egress = policy(
        "shop",
        json!({
            "podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Egress"],
            "egress": [{"to": [{"podSelector": {}}], "ports": [{"port": 5432}, {"port": 443}]}],
        }),
    );
    let one = cluster(vec![ingress.clone()]);
    assert_eq!(between(&one, &web, &db), "TCP 5432, UDP 1-9 allowed");
    assert_eq!(between(&one, &db, &web), ALL);
    let both = cluster(vec![ingress.clone(), egress.clone()]);
    assert_eq!(between(&both, &web, &db), "TCP 5432 allowed");
    assert_eq!(between(&both, &web, &pod("shop/other", 3)), "TCP 443, TCP 5432 allowed");
    assert_eq!(between(&both, &web, &pod("bank/db", 3)), NONE);
    // Policies only add.
    let open = policy("shop", json!({"podSelector": {}, "ingress": [{}]}));
    assert_eq!(between(&cluster(vec![ingress, open]), &pod("bank/x", 4), &db), ALL);
    assert_eq!(between(&both, &web, &web), ALL);
}

#[test]
fn peers_select_pods_and_namespaces() {
    let db = pod("shop/db", 2);
    let allows = |from: Value, id: &str| {
        let policy = policy("shop", json!({"ingress": [{"from": from}]}));
        let answer = between(&cluster(vec![policy]), &pod(id, 1), &db);
        assert!([ALL, NONE].contains(&answer.as_str()), "{answer}");
        answer == ALL
    };
    let (pods, team) =
        (json!({"matchLabels": {"app": "web"}}), json!({"matchLabels": {"team": "bank"}}));
    for (from, [shop_web, shop_x, bank_web, bank_x]) in [
        (json!([]), [true, true, true, true]),
        (json!([{"podSelector": {}}]), [true, true, false, false]),
        (json!([{"podSelector": pods}]), [true, false, false, false]),
        (json!([{"namespaceSelector": {}}]), [true, true, true, true]),
        (json!([{"namespaceSelector": team}]), [false, false, true, true]),
        // One peer with both is "and", two peers are "or".
        (json!([{"namespaceSelector": team, "podSelector": pods}]), [false, false, true, false]),
        (json!([{"namespaceSelector": team}, {"podSelector": pods}]), [true, false, true, true]),
        (
            json!([{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}]),
            [true, true, false, false],
        ),
        (
            json!([{"namespaceSelector": {"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}}]),
            [true, true, true, true],
        ),
        (json!([{"ipBlock": {"cidr": "10.0.0.0/24"}}]), [true, true, true, true]),
        (
            json!([{"ipBlock": {"cidr": "10.0.0.0/24", "except": ["10.0.0.1/32"]}}]),
            [false, false, false, false],
        ),
        (json!([{"ipBlock": {"cidr": "::/0"}}]), [false, false, false, false]),
    ] {
        for (id, expected) in
            [("shop/web", shop_web), ("shop/x", shop_x), ("bank/web", bank_web), ("bank/x", bank_x)]
        {
            assert_eq!(allows(from.clone(), id), expected, "{from} {id}");
        }
    }
}

#[test]
fn a_named_port_is_the_number_of_the_receiver() {
    let named = |direction: &str| {
        policy(
            "shop",
            json!({
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{"ports": if direction == "ingress" { json!([{"port": "http"}]) } else { json!([]) }}],
                "egress": [{"ports": if direction == "egress" { json!([{"port": "http"}]) } else { json!([]) }}],
            }),
        )
    };
    let (one, two) = (pod("shop/one", 1), pod("shop/two", 2));
    for direction in ["ingress", "egress"] {
        let cluster = cluster(vec![named(direction)]);
        assert_eq!(between(&cluster, &one, &two), "TCP 8002 allowed", "{direction}");
        assert_eq!(between(&cluster, &two, &one), "TCP 8001 allowed", "{direction}");
        let mut other = two.clone();
        other.ports[0].protocol = Protocol::Udp;
        assert_eq!(between(&cluster, &one, &other), NONE);
        other = two.clone();
        other.ports.push(NamedPort { number: 9, ..two.ports[0].clone() });
        assert_eq!(
            between(&cluster, &one, &other),
            "TCP 9, TCP 8002 undecided (the number of port `http` of Pod shop/two is not certain: several containers have it)"
        );
        other.ports = vec![NamedPort { sidecar: true, ..two.ports[0].clone() }];
        assert!(between(&cluster, &one, &other).starts_with("TCP 8002 undecided"));
        other.ports.push(two.ports[0].clone());
        assert_eq!(between(&cluster, &one, &other), "TCP 8002 allowed");
    }
    // Nothing outside resolves a name; at the own pod it is resolved.
    let outside = cluster(vec![named("egress")]);
    assert!(outside.to_outside(&one).possible().is_empty());
    let inside = cluster(vec![named("ingress")]);
    assert!(inside.from_outside(&one).certain().has([8, 8, 8, 8].into(), TCP, 8001));
    let block = policy(
        "shop",
        json!({"policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": "http"}, {"port": 1}]}]}),
    );
    assert!(
        between(&cluster(vec![block]), &one, &two).starts_with("TCP 1 allowed, TCP 8002 undecided")
    );
}

#[test]
fn outside_is_what_blocks_hold() {
    let spec = json!({"policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"ipBlock": {"cidr": "8.0.0.0/8", "except": ["8.8.0.0/16"]}}, {"namespaceSelector": {}}], "ports": [{"port": 443}]}],
        "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]}]});
    let cluster = cluster(vec![policy("shop", spec)]);
    let web = pod("shop/web", 1);
    let has = |traffic: &posture_model::network::Traffic, address: [u8; 4], port| {
        traffic.has(address.into(), TCP, port)
    };
    let reach = cluster.from_outside(&web);
    assert!(has(reach.certain(), [8, 1, 1, 1], 443) && reach.why().is_none());
    assert!(!has(reach.possible(), [8, 8, 1, 1], 443) && !has(reach.possible(), [8, 1, 1, 1], 80));
    assert!(!has(reach.possible(), [9, 1, 1, 1], 443));
    let reach = cluster.to_outside(&web);
    assert!(
        has(reach.certain(), [8, 8, 8, 8], 1) && !has(reach.possible(), [169, 254, 169, 254], 80)
    );
    // The metadata services by IPv6 are not in a block of IPv4.
    assert!(!reach.possible().has("fd00:ec2::254".parse().unwrap(), TCP, 80));
    let text = cluster.explain_outside(&web, Direction::Ingress).to_string();
    assert_eq!(
        text,
        "ingress of Pod shop/web: TCP 443 with 8.0.0.0/13, 8.9.0.0/16, 8.10.0.0/15, 8.12.0.0/14, 8.16.0.0/12, 8.32.0.0/11, 8.64.0.0/10, 8.128.0.0/9 allowed
  shop/p isolates it
  shop/p spec.ingress[0].from[0]: TCP 443 with 8.0.0.0/13, 8.9.0.0/16, 8.10.0.0/15, 8.12.0.0/14, 8.16.0.0/12, 8.32.0.0/11, 8.64.0.0/10, 8.128.0.0/9 allowed: the block holds them
  shop/p spec.ingress[0].from[1]: nothing allowed: selectors match pods only
"
    );
}

#[test]
fn pods_in_the_network_of_their_node_are_open() {
    let deny = cluster(vec![policy("shop", json!({"policyTypes": ["Ingress", "Egress"]}))]);
    let web = pod("shop/web", 1);
    let mut host = pod("shop/agent", 2);
    host.host_network = true;
    let open = "every port undecided (Pod shop/agent uses the network of its node, for which the network plugin decides what policies mean)";
    assert_eq!(between(&deny, &host, &web), open);
    assert_eq!(between(&deny, &web, &host), open);
    host.node = Some("two".into());
    // On another node, what the isolated pod denies stays denied.
    assert_eq!(between(&deny, &host, &web), NONE);
    let same = cluster(vec![policy("shop", json!({"ingress": [{"from": [{"podSelector": {}}]}]}))]);
    assert_eq!(between(&same, &host, &web), open);
    let everyone = cluster(vec![policy("shop", json!({"ingress": [{}]}))]);
    assert_eq!(between(&everyone, &host, &web), ALL);
    assert!(deny.isolated(&host, Direction::Ingress).why().is_some());
}

#[test]
fn what_is_not_known_leaves_an_answer_open_and_names_itself() {
    let web = pod("shop/web", 1);
    let stranger = pod("lost/x", 2);
    let by_team = policy(
        "shop",
        json!({"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]}]}),
    );
    let answer = between(&cluster(vec![by_team]), &stranger, &web);
    assert_eq!(answer, "every port undecided (label `team` of namespace `lost` is not known)");

    let block =
        policy("shop", json!({"ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]}));
    let unknown = Pod { addresses: None, ..stranger.clone() };
    let answer = between(&cluster(vec![block]), &unknown, &web);
    assert_eq!(answer, "every port undecided (the addresses of Pod lost/x are not known)");

    // Whether it selects the pod is open: then nothing but what it allows is certain.
    let mut template = web.clone();
    template.labels.hidden = crate::labels::Hidden::Keys(&["pod-template-hash"]);
    let hash = policy(
        "shop",
        json!({"podSelector": {"matchLabels": {"pod-template-hash": "1"}}, "ingress": [{"ports": [{"port": 80}]}]}),
    );
    let cluster_of_hash = cluster(vec![hash.clone()]);
    let passes = cluster_of_hash.between(&stranger, &template);
    assert_eq!(passes.certain().to_string(), "TCP 80");
    assert!(passes.possible().is_everything() && !passes.is_certain());
    let deny = policy("shop", json!({}));
    let passes = cluster(vec![hash, deny]).between(&stranger, &template);
    assert_eq!(
        (passes.certain().to_string(), passes.possible().to_string()),
        ("no port".into(), "TCP 80".into())
    );
}

#[test]
fn policies_that_are_not_modeled_leave_open_what_they_may_decide() {
    let (web, db) = (pod("shop/web", 1), pod("shop/db", 2));
    let allow = || vec![policy("shop", json!({"ingress": [{"ports": [{"port": 80}]}]}))];
    let cilium = OtherKind::of("cilium.io/v2", "CiliumNetworkPolicy").unwrap();
    let of_shop = with_others(allow(), vec![cilium.object("shop", "c")]);
    assert_eq!(
        between(&of_shop, &web, &db),
        "every port undecided (CiliumNetworkPolicy shop/c of cilium.io may decide otherwise: posture does not evaluate this kind)"
    );
    assert!(of_shop.isolated(&db, Direction::Ingress).why().is_some());
    let of_bank = with_others(allow(), vec![cilium.object("bank", "c")]);
    assert_eq!(between(&of_bank, &web, &db), "TCP 80 allowed");
    assert!(between(&of_bank, &pod("bank/x", 3), &db).starts_with("TCP 80 undecided"));
    let istio = OtherKind::of("security.istio.io/v1", "AuthorizationPolicy").unwrap();
    let denies = with_others(allow(), vec![istio.object("istio-system", "c")]);
    assert!(between(&denies, &web, &db).starts_with("TCP 80 undecided"));
    assert!(denies.isolated(&db, Direction::Ingress).is_yes());

    // A policy that could not be read adds, and may isolate.
    let unread = |namespace: &str| Other {
        namespace: Some(namespace.into()),
        what: "NetworkPolicy shop/x".into(),
        because: "its spec has an unknown field".into(),
        effect: Effect::Unread,
    };
    let more = with_others(allow(), vec![unread("shop")]);
    let passes = more.between(&web, &db);
    assert_eq!(
        (passes.certain().to_string(), passes.possible().is_everything()),
        ("no port".into(), true)
    );
    assert!(more.isolated(&db, Direction::Ingress).is_yes());
    assert!(more.isolated(&db, Direction::Egress).why().is_some());
}

#[test]
fn an_answer_depends_on_whether_policies_are_enforced() {
    let (web, db) = (pod("shop/web", 1), pod("shop/db", 2));
    let deny = || vec![policy("shop", json!({}))];
    let with = |enforced| Cluster::new([], deny(), Vec::new(), enforced);
    assert_eq!(between(&with(Tri::Yes), &web, &db), NONE);
    assert_eq!(between(&with(Tri::No), &web, &db), ALL);
    assert!(with(Tri::No).isolated(&db, Direction::Ingress).is_no());
    let unknown = with(Tri::Unknown("no network plugin was recognized".into()));
    assert_eq!(
        between(&unknown, &web, &db),
        "every port undecided (whether the cluster enforces network policies is not known: no network plugin was recognized)"
    );
}

#[test]
fn manifests_without_a_namespace_may_be_applied_in_any() {
    let deny = cluster(vec![policy("", json!({}))]);
    let (web, db) = (pod("shop/web", 1), pod("/db", 2));
    assert_eq!(between(&deny, &web, &db), NONE);
    assert_eq!(
        between(&deny, &db, &web),
        "every port undecided (manifests that do not name a namespace may be applied in `shop`)"
    );
}

#[test]
fn both_versions_of_the_internet_protocol_count() {
    let spec = json!({"policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [{"ipBlock": {"cidr": "::/0"}}]}],
        "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]});
    let crossed = cluster(vec![policy("shop", spec)]);
    let dual = |id: &str, last: u8| Pod {
        addresses: Some(vec![[10, 0, 0, last].into(), format!("fd00::{last}").parse().unwrap()]),
        ..pod(id, last)
    };
    // What may leave by one version may arrive by the other only.
    assert_eq!(between(&crossed, &dual("shop/a", 1), &dual("shop/b", 2)), NONE);
    assert_eq!(between(&crossed, &dual("bank/a", 1), &dual("shop/b", 2)), ALL);
    // Without a version in common there is no connection.
    let six = Pod { addresses: Some(vec!["fd00::9".parse().unwrap()]), ..pod("bank/c", 9) };
    assert_eq!(between(&crossed, &six, &pod("shop/b", 2)), NONE);
}

#[test]
fn an_explanation_names_every_policy_and_rule() {
    let deny = policy("shop", json!({"podSelector": {}}));
    let mut rule = policy(
        "shop",
        json!({"podSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}, {"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 5432}]}]}),
    );
    rule.name = "db".into();
    let text =
        cluster(vec![deny, rule]).explain(&pod("shop/web", 1), &pod("shop/db", 2)).to_string();
    assert_eq!(
        text,
        "TCP 5432 allowed
egress of Pod shop/web: every port allowed
  no network policy isolates it
ingress of Pod shop/db: TCP 5432 allowed
  shop/p isolates it
  shop/db isolates it
  shop/db spec.ingress[0].from[0]: no port allowed: the selectors do not match
  shop/db spec.ingress[0].from[1]: TCP 5432 allowed: the selectors match
"
    );
}

#[test]
fn two_pods_of_one_template_are_not_one_pod() {
    let deny = cluster(vec![policy("shop", json!({}))]);
    let web = pod("shop/web", 1);
    assert_eq!(between(&deny, &web, &web), ALL);
    let template = Pod { kind: "Deployment".into(), addresses: None, ..web };
    assert_eq!(between(&deny, &template, &template), NONE);
    assert_eq!(deny.matrix(&[template]).unwrap().cells().count(), 1);
}

#[test]
fn a_matrix_has_one_row_for_pods_that_no_policy_distinguishes() {
    // With POSTURE_CASES, of the size of a large cluster.
    let teams: u32 = crate::cases::cases::<u32>(40).min(2000);
    let policies = (0..teams).map(|team| {
        policy("shop", json!({"podSelector": {"matchLabels": {"team": format!("t{team}")}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"team": format!("t{}", (team + 1) % teams)}}}], "ports": [{"port": 80 + team}]}]}))
    });
    let cluster = cluster(policies.collect());
    let pods: Vec<Pod> = (0..5000_u32)
        .map(|number| {
            let mut one = pod(&format!("shop/p{number}"), 1);
            let labels =
                [("team", format!("t{}", number % (teams + 10))), ("hash", number.to_string())];
            one.labels = Labels::exactly(labels);
            one.addresses = Some(vec![(0x0a00_0000 + number).to_be_bytes().into()]);
            one
        })
        .collect();
    let matrix = cluster.matrix(&pods).unwrap();
    // Ten of the teams have no policy, and no rule names them.
    let groups = usize::try_from(teams).unwrap() + 1;
    assert_eq!(matrix.groups().len(), groups);
    assert_eq!(matrix.groups().iter().map(|group| group.pods.len()).sum::<usize>(), 5000);
    assert_eq!(matrix.cells().count(), groups * groups);
    // Of many cells some are compared.
    let cells = matrix.cells().step_by(if groups > 100 { 97 } else { 1 });
    for cell in cells.filter(|cell| cell.from.first.name != cell.to.first.name) {
        let (from, to) = (&pods[*cell.from.pods.last().unwrap()], &pods[cell.to.pods[0]]);
        assert_eq!(*cell.passes, cluster.between(from, to));
    }
}
