//! The engine is held to a model that sends single packets and their answers, rule by rule.

mod cases;

use proptest::prelude::*;

use ipnet::IpNet;

use super::*;
use crate::fact::{Fact, Known};
use crate::gap::{GapId, Reason};
use crate::network::UDP;
use crate::network::stored::{Hop, PacketRule, PrivateRoute};
use crate::resource::{NetworkAcl, NetworkInterface, SecurityGroup};
use crate::scope::Scope;
use crate::time::Time;

const SERVICES: [&str; 5] = ["all traffic", "tcp", "tcp 22", "udp 53", "tcp 20-443"];
const PORTS: [(u8, u16); 4] = [(TCP, 22), (TCP, 443), (UDP, 53), (1, 8 << 8)];
/// One client port on each side of every bound.
const CLIENTS: [u16; 6] = [1, 20, 22, 23, 443, 60_000];
const A: &str = "10.0.0.4";
const PLACES: [&str; 9] = [
    "*",
    "10.0.0.0/8",
    "10.0.0.4",
    "10.0.1.0/24",
    "10.1.0.0-10.1.0.9",
    "network",
    "internet",
    "group sg-a",
    "group sg-b",
];

/// Where the other interface is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    SameSubnet,
    OtherSubnet,
    Peer,
}

impl At {
    const fn address(self) -> &'static str {
        match self {
            Self::SameSubnet => "10.0.0.5",
            Self::OtherSubnet => "10.0.1.5",
            Self::Peer => "10.1.0.5",
        }
    }

    const fn network(self) -> &'static str {
        if matches!(self, Self::Peer) { "vpc-2" } else { "vpc-1" }
    }

    const fn subnet(self) -> &'static str {
        match self {
            Self::SameSubnet => "subnet-1",
            Self::OtherSubnet => "subnet-2",
            Self::Peer => "subnet-3",
        }
    }
}

#[derive(Clone, Debug)]
struct World {
    provider: Provider,
    at: At,
    same_region: bool,
    routes: [Vec<PrivateRoute>; 2],
    acls: [Vec<PacketRule>; 2],
    groups: [Vec<Vec<PacketRule>>; 2],
}

/// What is not read of a world.
#[derive(Clone, Copy, Debug, Default)]
struct Hidden {
    routes: Option<usize>,
    acl: Option<usize>,
    group: Option<(usize, usize)>,
    filters: Option<usize>,
    members: Option<usize>,
    subnet: bool,
    network: bool,
    address: bool,
    rule: Option<(usize, usize, usize)>,
}

fn rule(ordered: bool) -> impl Strategy<Value = PacketRule> {
    let place = || prop::sample::select(&PLACES[..]).prop_map(str::to_owned);
    let places = move || prop::collection::vec(place(), 0..2);
    let ports = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(vec!["1-22".to_owned()]),
        1 => Just(vec!["443-443".to_owned(), "23-50".to_owned()]),
    ];
    (any::<bool>(), any::<bool>(), prop::sample::select(&SERVICES[..]), ports, places(), places())
        .prop_map(move |(outbound, denies, service, sender_ports, from, to)| PacketRule {
            name: String::new(),
            outbound,
            denies: ordered && denies,
            services: vec![service.to_owned()],
            sender_ports: if ordered { sender_ports } else { Vec::new() },
            from,
            to,
        })
}

fn routes(network: &'static str) -> impl Strategy<Value = Vec<PrivateRoute>> {
    let (own, other) = match network {
        "vpc-1" => ("10.0.0.0/16", "vpc-2"),
        _ => ("10.1.0.0/16", "vpc-1"),
    };
    let peer = if network == "vpc-1" { "10.1.0.0/16" } else { "10.0.0.0/16" };
    let hop = prop_oneof![
        4 => Just(Hop::Peer(other.to_owned())),
        2 => Just(Hop::Local),
        1 => Just(Hop::Nowhere),
        1 => Just(Hop::Peer("vpc-3".to_owned())),
        1 => Just(Hop::Internet),
    ];
    const MORE: [&str; 5] =
        ["10.0.0.4/32", "10.0.1.0/24", "10.1.0.0/24", "0.0.0.0/0", "10.1.0.0/16"];
    let more = prop::collection::vec((prop::sample::select(&MORE[..]), hop), 0..2);
    (more, prop::bool::weighted(0.8)).prop_map(move |(more, peered)| {
        let route = |to: &str, hop: Hop| PrivateRoute { to: to.to_owned(), hop };
        let mut all: Vec<PrivateRoute> = more.into_iter().map(|(to, hop)| route(to, hop)).collect();
        all.push(route(own, Hop::Local));
        if peered {
            all.push(route(peer, Hop::Peer(other.to_owned())));
        }
        all
    })
}

fn world() -> impl Strategy<Value = World> {
    let at = prop_oneof![Just(At::SameSubnet), Just(At::OtherSubnet), Just(At::Peer)];
    (any::<bool>(), at, any::<bool>()).prop_flat_map(|(aws, at, same_region)| {
        let provider = if aws { Provider::Aws } else { Provider::Azure };
        let open = |outbound| PacketRule {
            outbound,
            services: vec!["all traffic".to_owned()],
            ..PacketRule::default()
        };
        let acl = move || {
            (prop::collection::vec(rule(true), 0..5), prop::bool::weighted(0.7)).prop_map(
                move |(mut rules, allows)| {
                    if allows {
                        rules.extend([open(true), open(false)]);
                    }
                    // An ACL knows neither groups, tags nor the ports of senders.
                    for rule in &mut rules {
                        rule.sender_ports.clear();
                        rule.from.retain(|place| place.starts_with("10.") || place == "*");
                        rule.to.retain(|place| place.starts_with("10.") || place == "*");
                    }
                    rules
                },
            )
        };
        let group = move || {
            (prop::collection::vec(rule(!aws), 0..5), prop::bool::weighted(0.3)).prop_map(
                move |(mut rules, allows)| {
                    if allows {
                        rules.extend([open(true), open(false)]);
                    }
                    rules
                },
            )
        };
        let groups = move || prop::collection::vec(group(), 0..3);
        ((routes("vpc-1"), routes(at.network())), (acl(), acl()), (groups(), groups())).prop_map(
            move |(routes, acls, groups)| World {
                provider,
                at,
                same_region,
                routes: routes.into(),
                acls: acls.into(),
                groups: groups.into(),
            },
        )
    })
}

fn hidden() -> impl Strategy<Value = Hidden> {
    let side = || prop::option::weighted(0.15, 0..2_usize);
    let rarely = || prop::bool::weighted(0.08);
    (
        (side(), side(), side(), side()),
        (rarely(), rarely(), rarely()),
        prop::option::weighted(0.2, (0..2_usize, 0..3_usize)),
        prop::option::weighted(0.3, (0..2_usize, 0..3_usize, 0..5_usize)),
    )
        .prop_map(
            |((routes, acl, filters, members), (subnet, network, address), group, rule)| Hidden {
                routes,
                acl,
                group,
                filters,
                members,
                subnet,
                network,
                address,
                rule,
            },
        )
}

impl World {
    fn leads(&self, side: usize) -> bool {
        let (to, network, other) = match side {
            0 => (self.at.address(), "vpc-1", self.at.network()),
            _ => (A, self.at.network(), "vpc-1"),
        };
        let to: IpAddr = to.parse().unwrap();
        let mut best: Option<(u8, &Hop)> = None;
        for route in &self.routes[side] {
            let prefix: IpNet = route.to.parse().unwrap();
            let longer = best.is_none_or(|(length, _)| prefix.prefix_len() > length);
            if prefix.contains(&to) && longer {
                best = Some((prefix.prefix_len(), &route.hop));
            }
        }
        match best {
            Some((_, Hop::Local)) => network == other,
            Some((_, Hop::Peer(peer))) => network != other && peer == other,
            _ => false,
        }
    }

    /// The questions that stay open even where everything was read.
    fn open(&self) -> bool {
        let hop = |side: usize, to: &str| {
            let to: IpAddr = to.parse().unwrap();
            let routes = self.routes[side].iter().map(|route| {
                let prefix: IpNet = route.to.parse().unwrap();
                (prefix, &route.hop)
            });
            let mut matching: Vec<_> = routes.filter(|(prefix, _)| prefix.contains(&to)).collect();
            matching.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.prefix_len()));
            matching.first().map(|(_, hop)| (*hop).clone())
        };
        let hops = [hop(0, self.at.address()), hop(1, A)];
        let aws = self.provider == Provider::Aws;
        let strange = hops.iter().any(|hop| match hop {
            Some(Hop::Internet) => !aws,
            _ => false,
        });
        let within = aws
            && self.at == At::SameSubnet
            && hops.iter().any(|hop| !matches!(hop, Some(Hop::Local)));
        // Tags and groups of another network are not decided without a peering, nor are groups of a peer on Azure.
        let strangers = self.at == At::Peer
            && (!aws || !hops.iter().all(|hop| matches!(hop, Some(Hop::Peer(_)))));
        strange || within || strangers
    }

    fn names(&self, place: &str, side: usize, of: usize) -> bool {
        let address: IpAddr = if of == 0 { A } else { self.at.address() }.parse().unwrap();
        match place {
            "*" | "network" => true,
            "internet" => false,
            "10.1.0.0-10.1.0.9" => address == IpAddr::from([10, 1, 0, 5]),
            _ => match place.strip_prefix("group ") {
                Some(group) => {
                    let own = if of == 0 { "sg-a" } else { "sg-b" };
                    group == own && (self.at != At::Peer || self.same_region || of == side)
                }
                None => place
                    .parse::<IpNet>()
                    .map_or_else(|_| place.parse() == Ok(address), |net| net.contains(&address)),
            },
        }
    }

    /// Whether the first rule of a list that matches a packet allows it.
    fn first(
        &self,
        rules: &[PacketRule],
        (side, outbound, back): (usize, bool, bool),
        (protocol, port, client): (u8, u16, u16),
    ) -> bool {
        let (sender, receiver) = if back { (1, 0) } else { (0, 1) };
        let found = rules.iter().find(|rule| {
            let any = |places: &[String], of| {
                places.is_empty() || places.iter().any(|place| self.names(place, side, of))
            };
            let from_port = rule.sender_ports.is_empty()
                || rule.sender_ports.iter().any(|text| {
                    let (low, high) = text.split_once('-').unwrap();
                    (low.parse().unwrap()..=high.parse().unwrap()).contains(&client)
                });
            rule.outbound == outbound
                && any(&rule.from, sender)
                && any(&rule.to, receiver)
                && from_port
                && rule.services.iter().any(|text| {
                    text.parse::<Service>().unwrap().covers(Service::port(protocol, port))
                })
        });
        found.is_some_and(|rule| !rule.denies)
    }

    fn truth(&self, protocol: u8, port: u16) -> bool {
        if !self.leads(0) || (protocol == TCP && !self.leads(1)) {
            return false;
        }
        CLIENTS.into_iter().any(|client| {
            let there = (protocol, port, client);
            let back = (protocol, client, port);
            if self.provider == Provider::Azure {
                return [(0, true), (1, false)].into_iter().all(|(side, outbound)| {
                    self.groups[side]
                        .iter()
                        .all(|rules| self.first(rules, (side, outbound, false), there))
                });
            }
            let grouped = [(0, true), (1, false)].into_iter().all(|(side, outbound)| {
                self.groups[side].is_empty()
                    || self.groups[side]
                        .iter()
                        .any(|rules| self.first(rules, (side, outbound, false), there))
            });
            let crossed = self.at == At::SameSubnet
                || (self.first(&self.acls[0], (0, true, false), there)
                    && self.first(&self.acls[1], (1, false, false), there)
                    && (protocol != TCP
                        || (self.first(&self.acls[1], (1, true, true), back)
                            && self.first(&self.acls[0], (0, false, true), back))));
            grouped && crossed
        })
    }

    fn scope(&self, hidden: Hidden) -> Scope {
        let mut scope = Scope::unread(self.provider, "1", "aws", Time::from_unix(0));
        scope.gaps.push(Gap::new("x:Read", "", Reason::Denied));
        let gap = GapId::new(2);
        fn fact<T>(hide: bool, value: T, gap: GapId) -> Fact<T> {
            if hide { Fact::Gap(gap) } else { Known(value) }
        }
        for side in 0..2 {
            let mut filters = Vec::new();
            if self.provider == Provider::Aws {
                let id = format!("acl-{side}");
                let mut acl = NetworkAcl::unread(&*id, &*id, None);
                acl.filter = fact(hidden.acl == Some(side), self.acls[side].clone(), gap);
                scope.network_acls.items.push(acl);
                filters.push(id);
            }
            for (place, rules) in self.groups[side].iter().enumerate() {
                let id = format!("sg-{side}-{place}");
                let mut rules = rules.clone();
                if let Some((of, group, number)) = hidden.rule
                    && (of, group) == (side, place)
                    && let Some(rule) = rules.get_mut(number)
                {
                    // What of a rule is not known may be anything.
                    match number % 2 {
                        0 => rule.services = vec!["?".to_owned()],
                        _ => rule.from = vec!["pl-1".to_owned()],
                    }
                }
                let mut group = SecurityGroup::unread(&*id, &*id, None);
                group.filter = fact(hidden.group == Some((side, place)), rules, gap);
                scope.security_groups.items.push(group);
                filters.push(id);
            }
            let (address, network, subnet, member) = match side {
                0 => (A, "vpc-1", "subnet-1", "sg-a"),
                _ => (self.at.address(), self.at.network(), self.at.subnet(), "sg-b"),
            };
            let id = format!("eni-{side}");
            let region = if side == 0 || self.same_region { "here" } else { "there" };
            let mut one = NetworkInterface::unread(&*id, &*id, Some(region));
            let second = side == 1;
            one.private_addresses = fact(hidden.address && second, vec![address.to_owned()], gap);
            one.network = fact(hidden.network && second, network.to_owned(), gap);
            one.subnet = fact(hidden.subnet && second, subnet.to_owned(), gap);
            one.groups = fact(hidden.members == Some(side), vec![member.to_owned()], gap);
            one.filters = fact(hidden.filters == Some(side), filters, gap);
            one.routes = fact(hidden.routes == Some(side), self.routes[side].clone(), gap);
            one.machine = Known(Some(format!("i-{side}")));
            scope.network_interfaces.items.push(one);
        }
        scope
    }
}

/// What a passage says about a port.
fn says(passage: &Passage, protocol: u8, port: u16) -> Tri<()> {
    let has = |all: &[Opening]| {
        all.iter().any(|opening| opening.service.covers(Service::port(protocol, port)))
    };
    if has(&passage.certain) {
        Tri::Yes
    } else if passage.all_open || has(&passage.possible) {
        Tri::Unknown(())
    } else {
        Tri::No
    }
}

fn passage(scope: &Scope) -> Passage {
    let filters = Filters::of(scope);
    let [one, other] = scope.network_interfaces.items.as_slice() else { unreachable!() };
    between(End { interface: one, filters: &filters }, End { interface: other, filters: &filters })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96)
    ))]

    #[test]
    fn what_passes_is_what_every_packet_says(world in world()) {
        let found = passage(&world.scope(Hidden::default()));
        for (protocol, port) in PORTS {
            let truth = world.truth(protocol, port);
            match says(&found, protocol, port) {
                Tri::Yes => prop_assert!(truth, "certain: {} {}", protocol, port),
                Tri::No => prop_assert!(!truth, "impossible: {} {}", protocol, port),
                Tri::Unknown(()) => prop_assert!(world.open(), "open: {} {}: {:?}", protocol, port, found.why),
            }
        }
        prop_assert_eq!(found.why.is_some(), !found.possible.is_empty() || found.all_open);
    }

    #[test]
    fn what_was_not_read_never_turns_an_answer(world in world(), hidden in hidden()) {
        let found = passage(&world.scope(hidden));
        for (protocol, port) in PORTS {
            let truth = world.truth(protocol, port);
            match says(&found, protocol, port) {
                Tri::Yes => prop_assert!(truth, "certain: {} {}", protocol, port),
                Tri::No => prop_assert!(!truth, "impossible: {} {}", protocol, port),
                Tri::Unknown(()) => {}
            }
        }
    }
}
