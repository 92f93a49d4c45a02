//! The functions of this module against a walk of single packets, in networks that chance makes.
//!
//! The walk knows nothing of sets: it takes one packet of one sender through one way, and tries both answers of each open
//! question. What the functions call certain has to be so for every answer; where no question is open, they have to be exact.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};

use posture_model::network::{Addresses, Family, ICMP, TCP, UDP};
use proptest::prelude::*;

use super::*;

const NETWORK: &str = "/n";
const SUBNET: &str = "/n/subnets/s";
const CARD: &str = "/card";
const CONFIGURATION: &str = "/card/ipconfigurations/one";
const POOL: &str = "/b/backendaddresspools/p";
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);
const NEIGHBOR: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 7);
const SENDERS: [Ipv4Addr; 3] =
    [Ipv4Addr::new(8, 8, 8, 8), Ipv4Addr::new(9, 9, 9, 9), Ipv4Addr::new(20, 1, 2, 3)];
const PORTS: [(u8, u16); 7] =
    [(TCP, 22), (TCP, 25), (TCP, 80), (TCP, 8080), (UDP, 22), (UDP, 53), (ICMP, 0)];

/// A rule in the words of Azure.
#[derive(Clone, Debug)]
struct Words {
    allows: bool,
    protocol: &'static str,
    source: &'static str,
    source_port: &'static str,
    destination: &'static str,
    port: &'static str,
}

/// A rule of the load balancer.
#[derive(Clone, Debug)]
struct Balanced {
    protocol: &'static str,
    from: u16,
    to: u16,
    floating: bool,
    nat: bool,
}

#[derive(Clone, Debug)]
struct Scene {
    of_subnet: Option<Vec<Words>>,
    of_card: Option<Vec<Words>>,
    /// Whether it has an address of its own, and whether that is Basic.
    own: Option<bool>,
    /// Whether the load balancer is Basic, and its rules.
    balancer: Option<(bool, Vec<Balanced>)>,
    routes: Vec<(&'static str, NextHop)>,
    managed: bool,
}

fn words() -> impl Strategy<Value = Words> {
    let source = prop::sample::select(vec![
        "*",
        "*",
        "Internet",
        "VirtualNetwork",
        "AzureLoadBalancer",
        "AzureCloud",
        "8.0.0.0/8",
        "9.9.9.9",
        "10.0.0.0/24",
        "0.0.0.0/0",
        "asg",
    ]);
    let destination = prop::sample::select(vec![
        "*",
        "*",
        "VirtualNetwork",
        "10.0.0.4",
        "10.0.0.0/29",
        "10.0.0.5",
        "Internet",
        "in",
        "out",
    ]);
    let port = prop::sample::select(vec!["*", "22", "20-30", "80", "8080"]);
    let source_port = prop::sample::select(vec!["*", "*", "*", "1000-1999"]);
    let protocol = prop::sample::select(vec!["*", "Tcp", "Udp", "Icmp"]);
    (any::<bool>(), protocol, source, source_port, destination, port).prop_map(
        |(allows, protocol, source, source_port, destination, port)| Words {
            allows,
            protocol,
            source,
            source_port,
            destination,
            port,
        },
    )
}

fn group() -> impl Strategy<Value = Option<Vec<Words>>> {
    prop::option::weighted(0.75, prop::collection::vec(words(), 0..4))
}

fn balanced() -> impl Strategy<Value = Balanced> {
    let port = prop::sample::select(vec![(22, 22), (2222, 22), (80, 8080), (80, 80), (0, 0)]);
    let protocol = prop::sample::select(vec!["Tcp", "Udp", "*"]);
    (protocol, port, any::<bool>(), any::<bool>()).prop_map(
        |(protocol, (from, to), floating, nat)| Balanced { protocol, from, to, floating, nat },
    )
}

fn scene() -> impl Strategy<Value = Scene> {
    let route = (
        prop::sample::select(vec!["0.0.0.0/0", "8.0.0.0/8", "9.9.9.0/24"]),
        prop::sample::select(vec![NextHop::Internet, NextHop::Appliance, NextHop::Elsewhere]),
    );
    let balancer = prop::option::of((any::<bool>(), prop::collection::vec(balanced(), 1..3)));
    let routes = prop_oneof![
        2 => Just(Vec::new()),
        1 => prop::collection::vec(route, 1..3),
    ];
    (group(), group(), prop::option::of(any::<bool>()), balancer, routes, prop::bool::weighted(0.1))
        .prop_map(|(of_subnet, of_card, own, balancer, mut routes, managed)| {
            // One route for each prefix.
            routes.sort_by_key(|(prefix, _)| *prefix);
            routes.dedup_by_key(|(prefix, _)| *prefix);
            Scene { of_subnet, of_card, own, balancer, routes, managed }
        })
}

fn place(text: &str) -> Place {
    match text {
        "asg" | "in" | "out" => Place::Group(text.to_owned()),
        text => Place::read(text),
    }
}

fn built(name: &str, words: &[Words], attached: &str) -> Group {
    let rules = words.iter().enumerate().map(|(number, words)| GroupRule {
        name: format!("rule{number}"),
        priority: 100 + u32::try_from(number).unwrap(),
        allows: words.allows,
        protocol: Protocol::read(words.protocol).unwrap(),
        sources: vec![place(words.source)],
        source_ports: vec![ports_of(words.source_port).unwrap()],
        destinations: vec![place(words.destination)],
        destination_ports: vec![ports_of(words.port).unwrap()],
    });
    // They are asked by priority, in whatever order they come.
    Group::new(name.to_owned(), rules.rev().collect(), vec![attached.to_owned()])
}

fn topology(scene: &Scene) -> (Topology, Interface) {
    let mut all = Topology {
        managed: scene.managed.then(|| Gap::undetermined("managers", "", "managed")),
        ..Topology::empty()
    };
    let subnet = Subnet {
        group: scene.of_subnet.as_ref().map(|_| "/gs".to_owned()),
        table: (!scene.routes.is_empty()).then(|| "/t".to_owned()),
    };
    let network = Network {
        space: Addresses::parse("10.0.0.0/24").unwrap(),
        subnets: BTreeMap::from([(SUBNET.to_owned(), subnet)]),
        peers: Vec::new(),
        gateway: false,
    };
    all.networks.items.insert(NETWORK.to_owned(), Ok(network));
    for (id, words, to) in [("/gs", &scene.of_subnet, SUBNET), ("/gc", &scene.of_card, CARD)] {
        if let Some(words) = words {
            all.groups.items.insert(id.to_owned(), Ok(built(id, words, to)));
        }
    }
    let routes = scene.routes.iter().map(|(prefix, to)| Route {
        name: (*prefix).to_owned(),
        prefix: Ok(Addresses::parse(prefix).unwrap()),
        to: *to,
    });
    let table =
        RouteTable { name: "t".to_owned(), routes: routes.collect(), without_gateways: false };
    all.tables.items.insert("/t".to_owned(), Ok(table));
    let mut address = |id: &str, open, user: &str| {
        let address = PublicAddress {
            name: id.to_owned(),
            address: Some("20.0.0.1".to_owned()),
            open: Ok(open),
            user: Some(user.to_owned()),
        };
        all.addresses.items.insert(id.to_owned(), Ok(address));
    };
    if let Some(open) = scene.own {
        address("/own", open, CONFIGURATION);
    }
    if let Some((open, rules)) = &scene.balancer {
        address("/front", *open, "/b/f");
        let nat = |(number, rule): (usize, &Balanced)| NatRule {
            id: format!("/b/inboundnatrules/{number}"),
            name: "nat".to_owned(),
            of_scale_set: false,
            frontend: "/b/f".to_owned(),
            protocol: Protocol::read(rule.protocol).unwrap(),
            frontend_ports: (rule.from, rule.from),
            backend_port: rule.to,
            floating: rule.floating,
            target: Some(CONFIGURATION.to_owned()),
            pool: None,
        };
        let spread = |rule: &Balanced| BalancerRule {
            name: "rule".to_owned(),
            frontend: "/b/f".to_owned(),
            pools: vec![POOL.to_owned()],
            protocol: Protocol::read(rule.protocol).unwrap(),
            frontend_port: rule.from,
            backend_port: rule.to,
            floating: rule.floating,
        };
        let balancer = Balancer {
            name: "b".to_owned(),
            open: Ok(*open),
            frontends: vec![Frontend {
                id: "/b/f".to_owned(),
                address: Some("/front".to_owned()),
                chained: false,
            }],
            pools: vec![Pool {
                id: POOL.to_owned(),
                members: vec![CONFIGURATION.to_owned()],
                addresses: Vec::new(),
            }],
            rules: rules.iter().filter(|rule| !rule.nat).map(spread).collect(),
            nat: rules.iter().enumerate().filter(|(_, rule)| rule.nat).map(nat).collect(),
        };
        all.balancers.items.insert("/b".to_owned(), Ok(balancer));
    }
    let configuration = Configuration {
        id: CONFIGURATION.to_owned(),
        family: Family::V4,
        address: Some(PRIVATE.into()),
        subnet: SUBNET.to_owned(),
        public: scene.own.map(|_| "/own".to_owned()),
        public_each: None,
        pools: Vec::new(),
        nat_rules: Vec::new(),
        groups: vec!["in".to_owned()],
        behind_gateway: false,
        chained: false,
    };
    let interface = Interface {
        id: CARD.to_owned(),
        name: "card".to_owned(),
        group: scene.of_card.as_ref().map(|_| "/gc".to_owned()),
        configurations: vec![configuration],
        machine: None,
    };
    (all, interface)
}

/// Open questions, each of which is answered both ways.
#[derive(Default)]
struct Questions {
    names: RefCell<Vec<String>>,
    answers: u32,
}

impl Questions {
    fn ask(&self, name: String) -> bool {
        let mut names = self.names.borrow_mut();
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        self.answers >> place & 1 == 1
    }
}

/// Every answer to whether something is so.
fn outcomes(is: impl Fn(&Questions) -> bool) -> (bool, bool) {
    let mut questions = Questions::default();
    let (mut yes, mut no) = (false, false);
    loop {
        if is(&questions) {
            yes = true
        } else {
            no = true
        }
        questions.answers += 1;
        if questions.answers >= 1 << questions.names.borrow().len() || (yes && no) {
            return (yes, no);
        }
    }
}

fn within(prefix: &str, address: Ipv4Addr) -> bool {
    let (net, length) = prefix.split_once('/').unwrap_or((prefix, "32"));
    let (net, length): (Ipv4Addr, u32) = (net.parse().unwrap(), length.parse().unwrap());
    let shift = 32 - length;
    let cut = |address: Ipv4Addr| u64::from(u32::from(address)) >> shift;
    cut(net) == cut(address)
}

fn has_port(words: &str, port: u16) -> bool {
    match words.split_once('-') {
        Some((low, high)) => (low.parse().unwrap()..=high.parse().unwrap()).contains(&port),
        None => words == "*" || words == port.to_string(),
    }
}

/// A packet as it arrives at the groups.
#[derive(Clone, Copy)]
struct Packet {
    from: Ipv4Addr,
    from_port: u16,
    protocol: u8,
    port: u16,
    floating: bool,
}

impl Scene {
    fn in_network(&self, address: Ipv4Addr, questions: &Questions) -> bool {
        within("10.0.0.0/24", address)
            || (self.routes.iter().any(|(prefix, _)| within(prefix, address))
                && questions.ask(format!("{address} in VirtualNetwork")))
    }

    fn is_match(&self, words: &Words, packet: Packet, questions: &Questions) -> bool {
        let protocol = match words.protocol {
            "*" => words.port == "*" || packet.protocol != ICMP,
            "Tcp" => packet.protocol == TCP,
            "Udp" => packet.protocol == UDP,
            _ => packet.protocol == ICMP,
        };
        let port = words.protocol == "Icmp" || has_port(words.port, packet.port);
        let source = match words.source {
            "*" => true,
            "Internet" => !within("10.0.0.0/24", packet.from),
            "VirtualNetwork" => self.in_network(packet.from, questions),
            "AzureLoadBalancer" => false,
            "AzureCloud" => {
                !within("10.0.0.0/8", packet.from)
                    && questions.ask(format!("{} in AzureCloud", packet.from))
            }
            "asg" => {
                within("10.0.0.0/24", packet.from)
                    && questions.ask(format!("{} in asg", packet.from))
            }
            prefix => within(prefix, packet.from),
        };
        let destination = match words.destination {
            "*" | "VirtualNetwork" | "in" => true,
            "Internet" | "out" => false,
            prefix if packet.floating => questions.ask(format!("floating in {prefix}")),
            prefix => within(prefix, PRIVATE),
        };
        let from_port = has_port(words.source_port, packet.from_port);
        protocol && port && source && destination && from_port
    }

    fn lets_in(&self, group: &[Words], packet: Packet, questions: &Questions) -> bool {
        for words in group {
            if self.is_match(words, packet, questions) {
                return words.allows;
            }
        }
        self.in_network(packet.from, questions)
    }

    fn filtered(&self, packet: Packet, open: bool, questions: &Questions) -> bool {
        if self.managed {
            return questions.ask(format!("managed {}", packet.from));
        }
        let groups: Vec<&Vec<Words>> = self.of_subnet.iter().chain(&self.of_card).collect();
        if groups.is_empty() {
            return open;
        }
        groups.iter().all(|group| self.lets_in(group, packet, questions))
    }

    fn answered(&self, to: Ipv4Addr, questions: &Questions) -> bool {
        let of = |(prefix, _): &&(&str, NextHop)| within(prefix, to);
        let longest = |(prefix, _): &&(&str, NextHop)| -> u8 {
            prefix.split_once('/').unwrap().1.parse().unwrap()
        };
        match self.routes.iter().filter(of).max_by_key(longest) {
            None | Some((_, NextHop::Internet)) => true,
            Some(_) => questions.ask(format!("answered {to}")),
        }
    }

    fn reaches(&self, from: Ipv4Addr, protocol: u8, port: u16, questions: &Questions) -> bool {
        let packet = |from_port, floating| Packet { from, from_port, protocol, port, floating };
        [500, 1500].into_iter().any(|from_port| {
            let direct = self.own.is_some_and(|open| {
                self.filtered(packet(from_port, false), open, questions)
                    && self.answered(from, questions)
            });
            let balanced = self.balancer.iter().any(|(open, rules)| {
                rules.iter().any(|rule| {
                    let passed = match rule.protocol {
                        "Tcp" => protocol == TCP,
                        "Udp" => protocol == UDP,
                        _ => rule.to == 0 || protocol != ICMP,
                    };
                    passed
                        && (rule.to == 0 || rule.to == port)
                        && self.filtered(packet(from_port, rule.floating), *open, questions)
                        && self.answered(from, questions)
                })
            });
            let appliance = self.routes.iter().any(|(prefix, to)| {
                *to == NextHop::Appliance && ["0.0.0.0/0", "8.0.0.0/8"].contains(prefix)
            });
            let passed_on = appliance
                && questions.ask("passed on".to_owned())
                && [from, NEIGHBOR].into_iter().any(|sender| {
                    let packet = Packet { from: sender, ..packet(from_port, false) };
                    self.filtered(packet, true, questions)
                });
            direct || balanced || passed_on
        })
    }
}

fn cases() -> u32 {
    std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn what_reaches_an_interface_is_what_packets_say(scene in scene()) {
        let (topology, interface) = topology(&scene);
        let flow = topology.reach(&interface);
        for from in SENDERS {
            for (protocol, port) in PORTS {
                let (yes, no) =
                    outcomes(|questions| scene.reaches(from, protocol, port, questions));
                let sender = IpAddr::from(from);
                let certain = flow.certain().has(sender, protocol, port);
                let possible = flow.possible().has(sender, protocol, port);
                let at = format!("{from} by {protocol} {port}: {yes} {no}");
                prop_assert!(!certain || !no, "certain and not so: {}", at);
                prop_assert!(possible || !yes, "so and not possible: {}", at);
                if flow.why().is_none() {
                    prop_assert_eq!((certain, possible), (yes, yes), "{}", at);
                }
                if certain {
                    let service = posture_model::network::Service::port(protocol, port);
                    let traffic = posture_model::network::Traffic::of(service, &Addresses::one(sender));
                    let path = topology.path(&interface, &traffic);
                    prop_assert!(path.starts_with("public IP address "), "{}", path);
                    prop_assert!(path.ends_with("network interface card"), "{}", path);
                }
            }
        }
        prop_assert_eq!(flow.why().is_some(), flow.certain() != flow.possible());
        // Nothing that is not of the internet shows.
        prop_assert!(!flow.possible().has(NEIGHBOR.into(), TCP, 22));
    }
}
