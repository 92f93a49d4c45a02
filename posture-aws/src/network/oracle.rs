//! The engine is held to a model that asks every point of a small world by itself, rule by rule.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::gap::{Gap, Reason};
use posture_model::network::{Addresses, Service, TCP, Traffic, UDP, openings};
use proptest::prelude::*;

use super::*;

/// The sources that are asked: some of the internet, by both versions, and one that is not of it.
const SOURCES: [&str; 6] =
    ["11.0.0.1", "12.0.0.1", "200.0.0.1", "10.9.0.1", "2001:db8::1", "3fff::1"];
/// What rules and routes are about.
const PREFIXES: [&str; 9] = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "11.0.0.0/8",
    "12.0.0.1/32",
    "10.0.0.0/8",
    "::/0",
    "2001:db8::/32",
    "3fff::1/128",
];
const PORTS: [(u8, u16); 5] = [(TCP, 22), (TCP, 443), (UDP, 53), (1, 8 << 8), (50, 0)];

#[derive(Clone, Debug)]
struct AclRule {
    number: i64,
    outbound: bool,
    allows: bool,
    service: Service,
    prefix: &'static str,
}

#[derive(Clone, Debug)]
struct World {
    acl: Vec<AclRule>,
    groups: Vec<Vec<(Service, &'static str)>>,
    main: Vec<(&'static str, Via)>,
    own: Option<Vec<(&'static str, Via)>>,
    blocks: bool,
    excluded_vpc: Option<bool>,
    excluded_subnet: Option<bool>,
    public: bool,
    v6: bool,
    in_use: bool,
}

/// What is not read of a world.
#[derive(Clone, Copy, Debug, Default)]
struct Hidden {
    acl: bool,
    acl_rule: Option<usize>,
    group: Option<usize>,
    group_rule: Option<(usize, usize)>,
    tables: bool,
    block: bool,
    exclusions: bool,
}

fn service_of() -> impl Strategy<Value = Service> {
    prop_oneof![
        Just(Service::ALL),
        Just(Service::protocol(TCP)),
        Just(Service::port(TCP, 22)),
        Just(Service::port(UDP, 53)),
        Just(Service::ports(TCP, 20..=443).unwrap()),
        Just(Service::icmp(1, Some(8), None)),
    ]
}

fn prefix() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PREFIXES[..])
}

fn via() -> impl Strategy<Value = Via> {
    prop_oneof![4 => Just(Via::Internet("igw-1".to_owned())), 1 => Just(Via::Local), 2 => Just(Via::Elsewhere)]
}

fn routes() -> impl Strategy<Value = Vec<(&'static str, Via)>> {
    prop::collection::btree_map(prefix(), via(), 0..5)
        .prop_map(|routes| routes.into_iter().collect())
}

fn world() -> impl Strategy<Value = World> {
    let rule = (any::<bool>(), prop::bool::weighted(0.7), service_of(), prefix()).prop_map(
        |(outbound, allows, service, prefix)| AclRule {
            number: 0,
            outbound,
            allows,
            service,
            prefix,
        },
    );
    let acl = (prop::collection::vec(rule, 0..8), prop::bool::weighted(0.5)).prop_map(
        |(mut rules, open)| {
            if open {
                for (outbound, prefix) in
                    [(true, "0.0.0.0/0"), (true, "::/0"), (false, "0.0.0.0/0")]
                {
                    rules.push(AclRule {
                        number: 0,
                        outbound,
                        allows: true,
                        service: Service::ALL,
                        prefix,
                    });
                }
            }
            for (place, rule) in rules.iter_mut().enumerate() {
                // In the order of their numbers, which is not the order in which they are listed.
                rule.number = i64::try_from(place).unwrap() * 7 % 101;
            }
            rules
        },
    );
    let group = prop::collection::vec((service_of(), prefix()), 0..4);
    let exclusion = || prop::option::weighted(0.4, any::<bool>());
    (
        (acl, prop::collection::vec(group, 1..3), routes(), prop::option::of(routes())),
        (prop::bool::weighted(0.3), exclusion(), exclusion()),
        (prop::bool::weighted(0.8), prop::bool::weighted(0.7), prop::bool::weighted(0.9)),
    )
        .prop_map(
            |(
                (acl, groups, main, own),
                (blocks, excluded_vpc, excluded_subnet),
                (public, v6, in_use),
            )| World {
                acl,
                groups,
                main,
                own,
                blocks,
                excluded_vpc,
                excluded_subnet,
                public,
                v6,
                in_use,
            },
        )
}

fn hidden() -> impl Strategy<Value = Hidden> {
    let rarely = || prop::bool::weighted(0.2);
    (
        rarely(),
        prop::option::of(0..8_usize),
        prop::option::of(0..3_usize),
        prop::option::of((0..3_usize, 0..4_usize)),
        rarely(),
        rarely(),
        rarely(),
    )
        .prop_map(|(acl, acl_rule, group, group_rule, tables, block, exclusions)| Hidden {
            acl,
            acl_rule,
            group,
            group_rule,
            tables,
            block,
            exclusions,
        })
}

/// One point: whether a source reaches a port, by asking each thing in turn.
fn truth(world: &World, source: IpAddr, protocol: u8, port: u16) -> bool {
    let within = |prefix: &str| prefix.parse::<ipnet::IpNet>().unwrap().contains(&source);
    // Of the ports that a client may choose, one on each side of every bound that a rule has.
    let first = |outbound: bool, hits: &dyn Fn(&AclRule) -> bool| {
        let mut rules: Vec<&AclRule> =
            world.acl.iter().filter(|rule| rule.outbound == outbound).collect();
        rules.sort_by_key(|rule| rule.number);
        rules
            .into_iter()
            .find(|rule| within(rule.prefix) && hits(rule))
            .is_some_and(|rule| rule.allows)
    };
    let addressed = if source.is_ipv4() { world.public } else { world.v6 };
    let from_internet = !within("10.0.0.0/8");
    let comes_in = first(false, &|rule| rule.service.covers(Service::port(protocol, port)));
    let goes_back = protocol != TCP
        || [1, 19, 20, 22, 53, 443, 444, u16::MAX]
            .into_iter()
            .any(|back| first(true, &|rule| rule.service.covers(Service::port(TCP, back))));
    let grouped =
        world.groups.iter().flatten().any(|(service, prefix)| {
            service.covers(Service::port(protocol, port)) && within(prefix)
        });
    let table = world.own.as_ref().unwrap_or(&world.main);
    let hop = table
        .iter()
        .filter(|(prefix, _)| within(prefix))
        .max_by_key(|(prefix, _)| prefix.parse::<ipnet::IpNet>().unwrap().prefix_len());
    let routed = hop.is_some_and(|(_, via)| matches!(via, Via::Internet(_)));
    let excluded = world.excluded_subnet.or(world.excluded_vpc) == Some(true);
    let passes = !world.blocks || excluded;
    world.in_use
        && addressed
        && from_internet
        && comes_in
        && goes_back
        && grouped
        && routed
        && passes
}

fn gap() -> Gap {
    Gap::new("x:Read", "", Reason::Denied)
}

fn known<T>(items: Vec<(String, T)>, hidden: bool) -> Known<T> {
    let items: BTreeMap<String, T> = items.into_iter().collect();
    if hidden {
        return Known { items: BTreeMap::new(), missing: Some(gap()), action: "x:Read" };
    }
    Known { items, missing: None, action: "x:Read" }
}

fn build(world: &World, hidden: Hidden) -> (Topology, Interface) {
    let addresses = |prefix: &str, hide: bool| {
        if hide { Err(gap()) } else { Ok(Addresses::parse(prefix).unwrap()) }
    };
    let entries = world.acl.iter().enumerate().map(|(place, rule)| Entry {
        number: rule.number,
        outbound: rule.outbound,
        allows: rule.allows,
        matches: matches(rule.service, &addresses(rule.prefix, hidden.acl_rule == Some(place))),
    });
    let acl = Acl::new(vec!["subnet-1".to_owned()], entries.collect());
    let groups = world.groups.iter().enumerate().filter(|(place, _)| hidden.group != Some(*place));
    let groups = groups.map(|(place, rules)| {
        let permissions = rules.iter().enumerate().map(|(number, (service, prefix))| Permission {
            flow: matches(*service, &addresses(prefix, hidden.group_rule == Some((place, number)))),
            text: format!("{service} from {prefix}"),
        });
        (format!("sg-{place}"), Group::new(permissions.collect()))
    });
    let table = |main: bool, subnets: &[&str], routes: &[(&'static str, Via)]| {
        let routes = routes.iter().map(|(prefix, via)| Route {
            destination: (*prefix).to_owned(),
            prefixes: Ok(vec![prefix.parse().unwrap()]),
            via: via.clone(),
        });
        let subnets = subnets.iter().map(|subnet| (*subnet).to_owned()).collect();
        RouteTable::new("vpc-1".to_owned(), main, subnets, Vec::new(), routes.collect())
    };
    let other = RouteTable::new(
        "vpc-2".to_owned(),
        true,
        Vec::new(),
        Vec::new(),
        vec![Route {
            destination: "::/0".to_owned(),
            prefixes: Ok(vec!["::/0".parse().unwrap()]),
            via: Via::Internet("igw-2".to_owned()),
        }],
    );
    let mut tables =
        vec![("rtb-0".to_owned(), other), ("rtb-main".to_owned(), table(true, &[], &world.main))];
    tables.extend(
        world.own.iter().map(|routes| ("rtb-own".to_owned(), table(false, &["subnet-1"], routes))),
    );
    let excluded = |both: bool| if both { Exclusion::BothWays } else { Exclusion::Egress };
    let exclusions = [("vpc-1", world.excluded_vpc), ("subnet-1", world.excluded_subnet)];
    let exclusions =
        exclusions.into_iter().filter_map(|(id, both)| Some((id.to_owned(), excluded(both?))));
    let block = Block {
        mode: if world.blocks { Mode::Ingress } else { Mode::Off },
        exclusions: if hidden.exclusions { Err(gap()) } else { Ok(exclusions.collect()) },
    };
    let subnet = Subnet {
        addresses: Addresses::parse("10.0.0.0/24").unwrap(),
        unannounced: Addresses::none(),
    };
    let topology = Topology::new(
        known(vec![("subnet-1".to_owned(), subnet)], false),
        known(tables, hidden.tables),
        known(vec![("acl-1".to_owned(), acl)], hidden.acl),
        known(groups.collect(), false),
        if hidden.block { Err(gap()) } else { Ok(block) },
    );
    let interface = Interface {
        id: "eni-1".to_owned(),
        vpc: "vpc-1".to_owned(),
        subnet: "subnet-1".to_owned(),
        public: world.public.then(|| "198.51.100.7".parse().unwrap()).into_iter().collect(),
        v6: world.v6.then(|| "2001:db8::7".parse().unwrap()).into_iter().collect(),
        own: vec!["10.0.0.7".parse().unwrap()],
        groups: (0..world.groups.len()).map(|place| format!("sg-{place}")).collect(),
        in_use: world.in_use,
        machine: Some("instance i-1".to_owned()),
        listens: Flow::everything(),
    };
    (topology, interface)
}

fn points() -> impl Iterator<Item = (IpAddr, u8, u16)> {
    let sources = SOURCES.into_iter().map(|source| source.parse().unwrap());
    sources.flat_map(|source: IpAddr| PORTS.map(|(protocol, port)| (source, protocol, port)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
    ))]

    #[test]
    fn what_reaches_an_interface_is_what_every_point_says(world in world()) {
        let (topology, interface) = build(&world, Hidden::default());
        let flow = topology.reach(&interface);
        for (source, protocol, port) in points() {
            let says = truth(&world, source, protocol, port);
            prop_assert_eq!(flow.certain().has(source, protocol, port), says, "{} {} {}", source, protocol, port);
        }
        prop_assert_eq!(flow.certain(), flow.possible());
        prop_assert!(flow.why().is_none());
    }

    #[test]
    fn what_was_not_read_never_turns_an_answer(world in world(), hidden in hidden()) {
        let (topology, interface) = build(&world, hidden);
        let flow = topology.reach(&interface);
        for (source, protocol, port) in points() {
            let says = truth(&world, source, protocol, port);
            let (certain, possible) =
                (flow.certain().has(source, protocol, port), flow.possible().has(source, protocol, port));
            prop_assert!(!certain || says, "certain: {} {} {}", source, protocol, port);
            prop_assert!(possible || !says, "impossible: {} {} {}", source, protocol, port);
        }
        prop_assert_eq!(flow.why().is_some(), flow.certain() != flow.possible());
    }

    #[test]
    fn a_path_names_what_lets_traffic_through(world in world()) {
        let (topology, interface) = build(&world, Hidden::default());
        let flow = topology.reach(&interface);
        let (anyone, some) = openings(&flow, |traffic| topology.path(&interface, traffic), |_| unreachable!());
        for entry in [anyone, some].iter().flat_map(|list| list.known().unwrap().certain()) {
            let opening: posture_model::network::Opening = entry.parse().unwrap();
            for part in ["address ", "route ", "network ACL acl-1 rule", "security group sg-", "interface eni-1 → instance i-1"] {
                prop_assert!(opening.path.contains(part), "{} in {}", part, opening.path);
            }
        }
    }
}

fn open_world() -> World {
    let all = |outbound| AclRule {
        number: 1,
        outbound,
        allows: true,
        service: Service::ALL,
        prefix: "0.0.0.0/0",
    };
    World {
        acl: vec![all(false), all(true)],
        groups: vec![vec![(Service::port(TCP, 22), "0.0.0.0/0")]],
        main: vec![("0.0.0.0/0", Via::Internet("igw-1".to_owned()))],
        own: None,
        blocks: false,
        excluded_vpc: None,
        excluded_subnet: None,
        public: true,
        v6: false,
        in_use: true,
    }
}

fn texts(world: &World, hidden: Hidden) -> posture_model::entries::Entries {
    let (topology, interface) = build(world, hidden);
    let flow = topology.reach(&interface);
    let note = |_| posture_model::gap::GapId::new(7);
    let (anyone, _) = openings(&flow, |traffic| topology.path(&interface, traffic), note);
    anyone.known().cloned().unwrap_or_default()
}

#[test]
fn the_whole_path_is_shown() {
    let entries = texts(&open_world(), Hidden::default());
    assert_eq!(
        entries.certain(),
        [
            "tcp 22 from 0.0.0.0/0: address 198.51.100.7 → route 0.0.0.0/0 of rtb-main to igw-1 → network ACL acl-1 rule 1 → \
          security group sg-0 (tcp 22 from 0.0.0.0/0) → interface eni-1 → instance i-1"
        ]
    );
}

#[test]
fn what_may_be_open_has_a_name() {
    let entries = texts(&open_world(), Hidden { tables: true, ..Hidden::default() });
    assert_eq!((entries.certain().len(), entries.any().gap().is_some()), (0, true));
    // A control to which port 22 does not matter needs no more.
    let left = entries.without(|entry| entry.starts_with("tcp 22 from 0.0.0.0/0: "));
    assert_eq!(left, posture_model::entries::Entries::none());
}

#[test]
fn a_route_through_an_appliance_leaves_it_open() {
    let mut world = open_world();
    world.main = vec![("0.0.0.0/0", Via::Appliance("vpce-1".to_owned()))];
    let (topology, interface) = build(&world, Hidden::default());
    let flow = topology.reach(&interface);
    assert!(flow.certain().is_empty() && flow.possible().has([11, 0, 0, 1].into(), TCP, 22));
    assert_eq!(flow.why().unwrap().reason, Reason::Undetermined);
}

#[test]
fn a_gateway_that_leads_through_an_appliance_leaves_it_open() {
    let (mut topology, interface) = build(&open_world(), Hidden::default());
    let lead = |via: Via| {
        let route = Route {
            destination: "10.0.0.0/24".to_owned(),
            prefixes: Ok(vec!["10.0.0.0/24".parse().unwrap()]),
            via,
        };
        RouteTable::new(
            "vpc-1".to_owned(),
            false,
            Vec::new(),
            vec!["igw-1".to_owned()],
            vec![route],
        )
    };
    let with = |topology: Topology, table: RouteTable| {
        let Topology { subnets, mut tables, acls, groups, block, .. } = topology;
        tables.items.insert("rtb-edge".to_owned(), table);
        Topology::new(subnets, tables, acls, groups, block)
    };
    topology = with(topology, lead(Via::Local));
    assert!(topology.reach(&interface).certain().has([11, 0, 0, 1].into(), TCP, 22));
    topology = with(topology, lead(Via::Appliance("vpce-1".to_owned())));
    assert!(topology.reach(&interface).certain().is_empty());
    assert_eq!(topology.reach(&interface).why().unwrap().target, "igw-1");
}

#[test]
fn protocols_and_ports_are_as_ec2_writes_them() {
    let all = Some(Service::ALL);
    assert_eq!((service("-1", None, None), service("-1", Some(22), Some(22))), (all, all));
    assert_eq!(service("tcp", Some(22), Some(23)), Service::ports(TCP, 22..=23));
    assert_eq!(service("6", Some(22), Some(22)), Some(Service::port(TCP, 22)));
    assert_eq!(service("icmp", Some(-1), Some(-1)), Some(Service::protocol(1)));
    assert_eq!(service("icmpv6", Some(128), Some(-1)), Some(Service::icmp(58, Some(128), None)));
    assert_eq!(service("icmp", Some(8), Some(0)), Some(Service::icmp(1, Some(8), Some(0))));
    assert_eq!(service("50", None, None), Some(Service::protocol(50)));
    for (protocol, from, to) in [
        ("tcp", None, None),
        ("tcp", Some(2), Some(1)),
        ("tcp", Some(-1), Some(-1)),
        ("udp", Some(1), Some(65_536)),
        ("ftp", Some(1), Some(1)),
        ("256", None, None),
        ("", None, None),
        ("icmp", Some(256), None),
    ] {
        assert_eq!(service(protocol, from, to), None, "{protocol}");
    }
    let any = matches(Service::port(TCP, 22), &Err(gap()));
    assert_eq!(
        (any.certain().is_empty(), any.possible().addresses(Service::ALL)),
        (true, Addresses::all())
    );
    assert_eq!(
        any.possible().and(&Traffic::of(Service::port(TCP, 23), &Addresses::all())),
        Traffic::none()
    );
}

#[test]
fn an_address_by_ipv6_is_reached_where_its_prefix_is_announced() {
    let mut world = open_world();
    (world.public, world.v6) = (false, true);
    let rule = |outbound| AclRule {
        number: 2,
        outbound,
        allows: true,
        service: Service::ALL,
        prefix: "::/0",
    };
    world.acl = vec![rule(false), rule(true)];
    world.groups = vec![vec![(Service::port(TCP, 22), "::/0")]];
    world.main = vec![("::/0", Via::Internet("igw-1".to_owned()))];
    let (mut topology, interface) = build(&world, Hidden::default());
    let source: IpAddr = "2001:db8::1".parse().unwrap();
    let reached = |topology: &Topology, interface: &Interface| {
        topology.reach(interface).certain().has(source, TCP, 22)
    };
    assert!(reached(&topology, &interface));
    for (unannounced, expected) in
        [("2001:db8::/64", false), ("2001:db8::7/128", false), ("2001:db8:1::/64", true)]
    {
        let subnet = topology.subnets.items.get_mut("subnet-1").unwrap();
        subnet.unannounced = Addresses::parse(unannounced).unwrap();
        assert_eq!(reached(&topology, &interface), expected, "{unannounced}");
        if !expected {
            assert!(topology.reach(&interface).possible().is_empty());
        }
    }
    // A subnet that is not in the list announces its addresses.
    topology.subnets.items.clear();
    assert!(topology.reach(&interface).possible().has(source, TCP, 22));
}

#[test]
fn a_subnet_has_its_own_route_table_else_the_main_one_of_its_network() {
    let mut world = open_world();
    world.own = Some(vec![("10.0.0.0/8", Via::Local)]);
    let (mut topology, interface) = build(&world, Hidden::default());
    let of = |topology: &Topology, subnet: &str, vpc: &str| {
        topology.table_of(subnet, vpc).map(|(id, _)| id.to_owned())
    };
    assert_eq!(of(&topology, "subnet-1", "vpc-1"), Ok("rtb-own".to_owned()));
    assert_eq!(of(&topology, "subnet-2", "vpc-1"), Ok("rtb-main".to_owned()));
    assert_eq!(of(&topology, "subnet-2", "vpc-2"), Ok("rtb-0".to_owned()));
    assert!(topology.reach(&interface).possible().is_empty());
    assert_eq!(of(&topology, "subnet-2", "vpc-3").unwrap_err().reason, Reason::Undetermined);
    // One that is not in the list may be that of the subnet; one that is in the list has it.
    topology.tables.missing = Some(gap());
    assert_eq!(of(&topology, "subnet-1", "vpc-1"), Ok("rtb-own".to_owned()));
    assert_eq!(of(&topology, "subnet-2", "vpc-1").unwrap_err().reason, Reason::Denied);
}
