//! The functions of this module against a walk of single packets, in clusters that chance makes.
//!
//! The walk knows neither sets nor three values. It asks for one port of one pair of pods in a world in which every open question
//! has an answer, and tries all of these worlds. What is called certain has to pass in each of them, and what passes in any has to
//! be called possible; where no question is open, both have to be exact.

use std::net::IpAddr;

use proptest::prelude::*;

use super::*;
use crate::cases::cases;
use crate::labels::{Hidden, Labels, Operator, Requirement, Selector};

const POINTS: [(Protocol, u16); 7] = [
    (Protocol::Tcp, 80),
    (Protocol::Tcp, 81),
    (Protocol::Tcp, 443),
    (Protocol::Tcp, 8001),
    (Protocol::Udp, 80),
    (Protocol::Sctp, 80),
    (Protocol::Sctp, 65535),
];
const STRANGERS: [&str; 4] = ["8.8.8.8", "10.9.9.9", "169.254.169.254", "2001:db8::1"];

/// A cluster and its pods, of which some things may not be known.
#[derive(Clone, Debug)]
struct Scene {
    pods: Vec<Pod>,
    policies: Vec<Policy>,
    /// Whether the labels of the second namespace are known.
    labels_known: bool,
    enforced: Option<bool>,
    other: Option<(Option<&'static str>, Effect)>,
}

/// What is not known in a scene, answered.
#[derive(Clone, Debug)]
struct World {
    pods: Vec<Pod>,
    policies: Vec<Policy>,
    bank: Option<&'static str>,
    enforced: bool,
    /// Whether the plugin takes pods in the network of their node for the node.
    host_is_node: bool,
    /// What the policy that is not known does on the pods on which it acts.
    other: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Nothing,
    /// It isolates, and allows nothing.
    Isolates,
    /// It isolates, and allows everything.
    Opens,
    Denies,
    Allows,
}

fn selector(keys: &'static [&'static str]) -> impl Strategy<Value = Selector> {
    let value = prop::sample::select(vec!["a", "b"]).prop_map(str::to_owned);
    let operator = prop_oneof![
        4 => prop::collection::vec(value.clone(), 1..3).prop_map(Operator::In),
        1 => prop::collection::vec(value, 1..3).prop_map(Operator::NotIn),
        1 => Just(Operator::Exists),
        1 => Just(Operator::DoesNotExist),
    ];
    let one = (prop::sample::select(keys), operator)
        .prop_map(|(key, operator)| Requirement { key: key.into(), operator });
    prop::collection::vec(one, 0..3).prop_map(|requirements| Selector { requirements })
}

fn pods_selector() -> impl Strategy<Value = Selector> {
    selector(&["app", "app", "hash"])
}

fn peer() -> impl Strategy<Value = Peer> {
    let block = prop::sample::select(vec![
        ("0.0.0.0/0", None),
        ("10.0.0.0/24", None),
        ("10.0.0.0/24", Some("10.0.0.1/32")),
        ("10.0.0.0/8", Some("10.9.0.0/16")),
        ("8.0.0.0/8", None),
        ("::/0", None),
        ("fd00::/64", Some("fd00::2/128")),
    ]);
    prop_oneof![
        2 => (prop::option::of(selector(&["team"])), pods_selector())
            .prop_map(|(namespaces, pods)| Peer::Pods { namespaces, pods }),
        1 => block.prop_map(|(cidr, except)| Peer::Block(Block {
            cidr: cidr.parse().unwrap(),
            except: except.into_iter().map(|one: &str| one.parse().unwrap()).collect(),
        })),
    ]
}

fn port() -> impl Strategy<Value = Port> {
    let protocol = || prop::sample::select(Protocol::ALL.to_vec());
    prop_oneof![
        3 => (protocol(), prop::sample::select(vec![80..=80, 80..=443, 81..=8000, 0..=u16::MAX]))
            .prop_map(|(protocol, ports)| Port::Numbers(protocol, ports)),
        1 => prop::sample::select(vec!["http", "none"])
            .prop_map(|name| Port::Named(Protocol::Tcp, name.into())),
    ]
}

fn rules() -> impl Strategy<Value = Option<Vec<Rule>>> {
    let rule = (prop::collection::vec(peer(), 0..3), prop::collection::vec(port(), 0..3))
        .prop_map(|(peers, ports)| Rule { peers, ports });
    prop::option::weighted(0.7, prop::collection::vec(rule, 0..3))
}

fn policy() -> impl Strategy<Value = Policy> {
    let namespace = prop_oneof![5 => Just("shop"), 3 => Just("bank"), 1 => Just("")];
    (namespace, pods_selector(), rules(), rules()).prop_map(|(namespace, pods, ingress, egress)| {
        Policy { namespace: namespace.into(), name: "p".into(), pods, ingress, egress }
    })
}

/// A pod of the place in the scene, which decides about its addresses.
fn pod(place: u8) -> impl Strategy<Value = Pod> {
    let namespace = prop_oneof![6 => Just("shop"), 4 => Just("bank"), 1 => Just("")];
    let app = prop::option::of(prop::sample::select(vec!["a", "b"]));
    let ports = prop_oneof![
        3 => Just(vec![]),
        3 => Just(vec![(80, false)]),
        1 => Just(vec![(8001, false)]),
        1 => Just(vec![(80, false), (81, false)]),
        1 => Just(vec![(81, true)]),
    ];
    let addresses = prop_oneof![
        5 => Just(Some((true, false))),
        2 => Just(Some((true, true))),
        1 => Just(Some((false, true))),
        1 => Just(None),
    ];
    let node = prop_oneof![4 => Just(Some("one")), 2 => Just(Some("two")), 1 => Just(None)];
    let flags = (prop::bool::weighted(0.1), prop::bool::weighted(0.15));
    (namespace, app, ports, addresses, node, flags).prop_map(
        move |(namespace, app, ports, addresses, node, (host_network, template))| Pod {
            kind: if template { "Deployment" } else { "Pod" }.into(),
            namespace: namespace.into(),
            name: format!("p{place}"),
            labels: Labels {
                known: app.into_iter().map(|app| ("app".into(), app.into())).collect(),
                hidden: if template { Hidden::Keys(&["hash"]) } else { Hidden::None },
            },
            ports: ports
                .into_iter()
                .map(|(number, sidecar)| NamedPort {
                    name: "http".into(),
                    protocol: Protocol::Tcp,
                    number,
                    sidecar,
                })
                .collect(),
            host_network,
            addresses: addresses.map(|(four, six)| concrete(place, four, six)),
            node: node.map(str::to_owned),
        },
    )
}

fn concrete(place: u8, four: bool, six: bool) -> Vec<IpAddr> {
    let four = four.then(|| IpAddr::from([10, 0, 0, place]));
    let six = six.then(|| format!("fd00::{place}").parse().unwrap());
    four.into_iter().chain(six).collect()
}

fn scene() -> impl Strategy<Value = Scene> {
    let pods = (pod(1), pod(2), pod(3)).prop_map(|(one, two, three)| vec![one, two, three]);
    let effect = prop::sample::select(vec![Effect::Unread, Effect::Denies, Effect::Decides]);
    let place = prop::sample::select(vec![None, Some("shop"), Some("bank")]);
    let enforced = prop_oneof![8 => Just(Some(true)), 1 => Just(Some(false)), 1 => Just(None)];
    (
        pods,
        prop::collection::vec(policy(), 0..4),
        prop::bool::weighted(0.8),
        enforced,
        prop::option::weighted(0.15, (place, effect)),
    )
        .prop_map(|(pods, policies, labels_known, enforced, other)| Scene {
            pods,
            policies,
            labels_known,
            enforced,
            other,
        })
}

impl Scene {
    fn cluster(&self) -> Cluster {
        let shop = Namespace::new("shop", Labels::exactly([("team", "a")]));
        let bank = Namespace::new("bank", Labels::exactly([("team", "b")]));
        let namespaces = std::iter::once(shop).chain(self.labels_known.then_some(bank));
        let others = self.other.iter().map(|(namespace, effect)| Other {
            namespace: namespace.map(str::to_owned),
            what: "other".into(),
            because: "it is".into(),
            effect: *effect,
        });
        let enforced = self.enforced.map_or(Tri::Unknown("x".into()), Tri::from);
        Cluster::new(namespaces, self.policies.clone(), others.collect(), enforced)
    }

    /// Every world that the scene may be.
    fn worlds(&self) -> Vec<World> {
        let acts: &[Act] = match self.other {
            None => &[Act::Nothing],
            Some((_, Effect::Unread)) => &[Act::Nothing, Act::Isolates, Act::Opens],
            Some((_, Effect::Denies)) => &[Act::Nothing, Act::Denies],
            Some((_, Effect::Decides)) => &[Act::Nothing, Act::Denies, Act::Allows],
        };
        let mut worlds: Vec<World> = acts
            .iter()
            .map(|act| World {
                pods: self.pods.clone(),
                policies: self.policies.clone(),
                bank: Some("b"),
                enforced: self.enforced != Some(false),
                host_is_node: false,
                other: *act,
            })
            .collect();
        let mut split = |change: &dyn Fn(&mut World, usize), count: usize| {
            worlds = worlds
                .iter()
                .flat_map(|world| {
                    (0..count).map(move |choice| {
                        let mut world = world.clone();
                        change(&mut world, choice);
                        world
                    })
                })
                .collect();
        };
        if !self.labels_known {
            split(&|world, choice| world.bank = [Some("b"), Some("a"), None][choice], 3);
        }
        if self.enforced.is_none() {
            split(&|world, choice| world.enforced = choice == 0, 2);
        }
        if self.pods.iter().any(|pod| pod.host_network) {
            split(&|world, choice| world.host_is_node = choice == 0, 2);
        }
        for (place, pod) in self.pods.iter().enumerate() {
            if pod.labels.hidden != Hidden::None {
                let hash = |world: &mut World, choice: usize| {
                    let labels = &mut world.pods[place].labels;
                    labels.hidden = Hidden::None;
                    if choice > 0 {
                        labels.known.insert("hash".into(), ["", "a", "c"][choice].into());
                    }
                };
                split(&hash, 3);
            }
            if pod.addresses.is_none() {
                let number = u8::try_from(place).unwrap() + 1;
                let families = [(true, false), (false, true), (true, true)];
                let addresses = |world: &mut World, choice: usize| {
                    let (four, six) = families[choice];
                    world.pods[place].addresses = Some(concrete(number, four, six));
                };
                split(&addresses, 3);
            }
            if pod.node.is_none() && self.pods.iter().any(|pod| pod.host_network) {
                let node = |world: &mut World, choice: usize| {
                    world.pods[place].node = Some(["one", "two"][choice].into());
                };
                split(&node, 2);
            }
        }
        let nowhere = |name: &String| name.is_empty();
        let namespaces = self.pods.iter().map(|pod| &pod.namespace);
        let namespaces = namespaces.chain(self.policies.iter().map(|policy| &policy.namespace));
        if namespaces.into_iter().any(nowhere) {
            let apply = |world: &mut World, choice: usize| {
                let place = ["shop", "bank", "elsewhere"][choice];
                let pods = world.pods.iter_mut().map(|pod| &mut pod.namespace);
                let all = pods.chain(world.policies.iter_mut().map(|one| &mut one.namespace));
                all.filter(|name| name.is_empty()).for_each(|name| *name = place.into());
            };
            split(&apply, 3);
        }
        worlds
    }
}

fn holds(selector: &Selector, value: impl Fn(&str) -> Option<String>) -> bool {
    selector.requirements.iter().all(|requirement| {
        let value = value(&requirement.key);
        match &requirement.operator {
            Operator::In(values) => value.is_some_and(|value| values.contains(&value)),
            Operator::NotIn(values) => !value.is_some_and(|value| values.contains(&value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    })
}

impl World {
    fn team(&self, namespace: &str) -> Option<String> {
        match namespace {
            "shop" => Some("a".into()),
            "bank" => self.bank.map(str::to_owned),
            // A namespace of which nothing is known may have any label; without one is one of the worlds.
            _ => None,
        }
    }

    /// Whether an end of a packet is one that a peer names.
    fn names(&self, policy: &Policy, peer: &Peer, other: Option<&Pod>, address: IpAddr) -> bool {
        match (peer, other) {
            (Peer::Block(block), _) => block.has(address),
            (Peer::Pods { .. }, None) => false,
            (Peer::Pods { .. }, Some(pod)) if pod.host_network && self.host_is_node => false,
            (Peer::Pods { namespaces, pods }, Some(pod)) => {
                let place = match namespaces {
                    None => policy.namespace == pod.namespace,
                    Some(selector) => holds(selector, |_| self.team(&pod.namespace)),
                };
                place && holds(pods, |key| pod.labels.known.get(key).cloned())
            }
        }
    }

    /// Whether one end lets a packet pass. The receiver resolves the names of ports; the other end is a pod, or a stranger.
    fn end(
        &self,
        pod: &Pod,
        direction: Direction,
        other: Option<&Pod>,
        address: IpAddr,
        (protocol, port): (Protocol, u16),
        acts: bool,
    ) -> Answers {
        let act = if acts { self.other } else { Act::Nothing };
        match act {
            Act::Denies => return Answers::one(false),
            Act::Allows => return Answers::one(true),
            _ => {}
        }
        if !self.enforced {
            return Answers::one(true);
        }
        let hosts = [Some(pod), other].into_iter().flatten().any(|pod| pod.host_network);
        if self.host_is_node && pod.host_network {
            return Answers::one(true);
        }
        let node_of = |pod: &Pod| pod.node.clone();
        if self.host_is_node && hosts && other.is_some_and(|other| node_of(other) == node_of(pod)) {
            return Answers::one(true);
        }
        let receiver = if direction == Direction::Ingress { Some(pod) } else { other };
        let mut isolated = matches!(act, Act::Isolates | Act::Opens);
        let mut answers = Answers::one(act == Act::Opens);
        for policy in self.policies.iter().filter(|policy| policy.namespace == pod.namespace) {
            let rules = match direction {
                Direction::Ingress => &policy.ingress,
                Direction::Egress => &policy.egress,
            };
            let Some(rules) = rules else { continue };
            if !holds(&policy.pods, |key| pod.labels.known.get(key).cloned()) {
                continue;
            }
            isolated = true;
            for rule in rules {
                let blocks: Vec<bool> = if rule.peers.is_empty() {
                    vec![false]
                } else {
                    let named = rule.peers.iter();
                    let named = named.filter(|peer| self.names(policy, peer, other, address));
                    named.map(|peer| matches!(peer, Peer::Block(_))).collect()
                };
                for block in blocks {
                    answers = answers.or(ports(rule, receiver, direction, block, protocol, port));
                }
            }
        }
        if isolated { answers } else { Answers::one(true) }
    }
}

/// What may be, within a world, about the names of ports.
#[derive(Clone, Copy, Debug)]
struct Answers {
    yes: bool,
    no: bool,
}

impl Answers {
    fn one(yes: bool) -> Self {
        Self { yes, no: !yes }
    }

    fn or(self, other: Self) -> Self {
        Self { yes: self.yes || other.yes, no: self.no && other.no }
    }

    fn and(self, other: Self) -> Self {
        Self { yes: self.yes && other.yes, no: self.no || other.no }
    }
}

fn ports(
    rule: &Rule,
    receiver: Option<&Pod>,
    direction: Direction,
    block: bool,
    protocol: Protocol,
    port: u16,
) -> Answers {
    if rule.ports.is_empty() {
        return Answers::one(true);
    }
    rule.ports.iter().fold(Answers::one(false), |sum, one| {
        sum.or(match one {
            Port::Numbers(of, ports) => Answers::one(*of == protocol && ports.contains(&port)),
            Port::Named(of, name) => {
                let Some(pod) = receiver else { return sum };
                let named: Vec<_> =
                    pod.ports.iter().filter(|it| it.name == *name && it.protocol == *of).collect();
                let it = named.iter().any(|it| it.number == port && protocol == *of);
                let certain = named.len() == 1
                    && !named[0].sidecar
                    && !(block && direction == Direction::Egress);
                Answers { yes: it, no: !it || !certain }
            }
        })
    })
}

/// Whether what is not known acts on a pod.
fn acts(scene: &Scene, pod: &Pod) -> bool {
    match scene.other {
        None => false,
        Some((None, _)) => true,
        Some((Some(namespace), _)) => pod.namespace == namespace,
    }
}

fn has_questions(scene: &Scene) -> bool {
    let odd = |pod: &Pod| {
        pod.labels.hidden != Hidden::None
            || pod.addresses.is_none()
            || pod.host_network
            || pod.namespace.is_empty()
            || pod.ports.len() > 1
            || pod.ports.iter().any(|port| port.sidecar)
    };
    let names_of_block =
        scene.policies.iter().flat_map(|policy| policy.egress.iter().flatten()).any(|rule| {
            rule.ports.iter().any(|port| matches!(port, Port::Named(..)))
                && rule.peers.iter().any(|peer| matches!(peer, Peer::Block(_)))
        });
    scene.pods.iter().any(odd)
        || scene.policies.iter().any(|policy| policy.namespace.is_empty())
        || !scene.labels_known
        || scene.enforced.is_none()
        || scene.other.is_some()
        || names_of_block
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(192)))]

    #[test]
    fn pairs_agree_with_a_walk_of_packets(scene in scene()) {
        let cluster = scene.cluster();
        let worlds = scene.worlds();
        for (a, from) in scene.pods.iter().enumerate() {
            for (b, to) in scene.pods.iter().enumerate() {
                let found = cluster.between(from, to);
                prop_assert_eq!(&cluster.explain(from, to).passes, &found);
                prop_assert_eq!(found.why().is_empty(), found.certain() == found.possible());
                prop_assert!(has_questions(&scene) || found.is_certain());
                for point in POINTS {
                    let (mut yes, mut no) = (false, false);
                    for world in &worlds {
                        let (from, to) = (&world.pods[a], &world.pods[b]);
                        let answer = if a == b && from.kind == "Pod" {
                            Answers::one(true)
                        } else if !in_common(from, to)
                            && [a, b].iter().any(|one| scene.pods[*one].addresses.is_none())
                        {
                            // The addresses of all pods of a cluster are of the same versions.
                            continue;
                        } else {
                            walk(&scene, world, from, to, point)
                        };
                        yes |= answer.yes;
                        no |= answer.no;
                    }
                    let of = |set: &Ports| set.has(point.0, point.1);
                    prop_assert!(!of(found.certain()) || !no, "{a} → {b} {point:?} is not certain: {found}");
                    prop_assert!(of(found.possible()) || !yes, "{a} → {b} {point:?} may pass: {found}");
                }
            }
        }
    }

    #[test]
    fn outside_agrees_with_a_walk_of_packets(scene in scene()) {
        let cluster = scene.cluster();
        let worlds = scene.worlds();
        for (place, pod) in scene.pods.iter().enumerate() {
            for direction in Direction::ALL {
                let found = match direction {
                    Direction::Ingress => cluster.from_outside(pod),
                    Direction::Egress => cluster.to_outside(pod),
                };
                prop_assert!(has_questions(&scene) || found.why().is_none());
                for (stranger, point) in STRANGERS.iter().flat_map(|one| POINTS.map(|point| (one, point))) {
                    let address: IpAddr = stranger.parse().unwrap();
                    let (mut yes, mut no) = (false, false);
                    for world in &worlds {
                        let pod = &world.pods[place];
                        let same = |own: &IpAddr| own.is_ipv4() == address.is_ipv4();
                        // A stranger of another version does not reach the pod.
                        let answer = if pod.addresses.iter().flatten().any(same) {
                            world.end(pod, direction, None, address, point, acts(&scene, pod))
                        } else if scene.pods[place].addresses.is_some() {
                            Answers::one(false)
                        } else {
                            continue;
                        };
                        yes |= answer.yes;
                        no |= answer.no;
                    }
                    let protocol = [6, 17, 132][Protocol::ALL.iter().position(|one| *one == point.0).unwrap()];
                    let of = |set: &posture_model::network::Traffic| set.has(address, protocol, point.1);
                    prop_assert!(!of(found.certain()) || !no, "{place} {direction:?} {stranger} {point:?} is not certain");
                    prop_assert!(of(found.possible()) || !yes, "{place} {direction:?} {stranger} {point:?} may pass");
                }
            }
        }
    }

    #[test]
    fn groups_have_the_answers_of_their_pods(scene in scene()) {
        let cluster = scene.cluster();
        let pods: Vec<Pod> = scene.pods.iter().map(|pod| Pod { node: None, ..pod.clone() }).collect();
        for cell in cluster.matrix(&pods).unwrap().cells() {
            for from in &cell.from.pods {
                for to in cell.to.pods.iter().filter(|to| *to != from) {
                    let one = cluster.between(&pods[*from], &pods[*to]);
                    prop_assert_eq!(one.certain(), cell.passes.certain());
                    prop_assert_eq!(one.possible(), cell.passes.possible());
                }
            }
        }
    }
}

fn in_common(one: &Pod, other: &Pod) -> bool {
    let mut pairs =
        one.addresses.iter().flatten().flat_map(|source| {
            other.addresses.iter().flatten().map(move |target| (source, target))
        });
    pairs.any(|(source, target)| source.is_ipv4() == target.is_ipv4())
}

/// Whether a packet of one pod arrives at another by some version of the internet protocol.
fn walk(scene: &Scene, world: &World, from: &Pod, to: &Pod, point: (Protocol, u16)) -> Answers {
    let mut sum = Answers::one(false);
    for source in from.addresses.iter().flatten() {
        for target in to.addresses.iter().flatten() {
            if source.is_ipv4() != target.is_ipv4() {
                continue;
            }
            let out =
                world.end(from, Direction::Egress, Some(to), *target, point, acts(scene, from));
            let into =
                world.end(to, Direction::Ingress, Some(from), *source, point, acts(scene, to));
            sum = sum.or(out.and(into));
        }
    }
    sum
}
