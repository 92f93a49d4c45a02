//! What balancers lead to is held to a model that sends single packets through a small world, rule by rule.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::gap::{Gap, Reason};
use posture_model::network::{Addresses, Service, TCP, Traffic, UDP};
use proptest::prelude::*;

use super::*;

/// The sources that are asked: of the internet, and one that is not.
const SOURCES: [&str; 4] = ["11.0.0.1", "12.0.0.1", "200.0.0.1", "10.9.0.1"];
const PREFIXES: [&str; 8] = [
    "0.0.0.0/0",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "11.0.0.0/8",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.1.0/24",
    "10.0.2.0/24",
];
// The port of the listener, and that of the target.
const LISTENS: u16 = 443;
const TARGET: u16 = 22;

#[derive(Clone, Debug)]
struct AclRule {
    outbound: bool,
    allows: bool,
    service: Service,
    prefix: &'static str,
}

/// Rules about prefixes and about other groups, by service.
#[derive(Clone, Debug, Default)]
struct Rules {
    prefixes: Vec<(Service, &'static str)>,
    groups: Vec<(Service, usize)>,
}

#[derive(Clone, Debug)]
struct World {
    /// The subnets of the balancer's interfaces, each with the groups.
    nodes: Vec<(usize, Vec<usize>)>,
    target: (usize, Vec<usize>),
    /// What comes in and what goes out by each group.
    groups: Vec<(Rules, Rules)>,
    /// The ACL of each subnet.
    acls: Vec<Vec<AclRule>>,
    kept: bool,
    crosses: bool,
    takes: &'static str,
    protocols: &'static [u8],
    in_use: bool,
}

/// What is not read of a world.
#[derive(Clone, Copy, Debug, Default)]
struct Hidden {
    acl: Option<usize>,
    group: Option<usize>,
    reference: Option<usize>,
    tables: bool,
    client: bool,
    doubt: bool,
}

fn service_of() -> impl Strategy<Value = Service> {
    prop_oneof![
        3 => Just(Service::ALL),
        1 => Just(Service::protocol(TCP)),
        1 => Just(Service::port(TCP, TARGET)),
        1 => Just(Service::port(TCP, LISTENS)),
        1 => Just(Service::ports(TCP, 1024..=u16::MAX).unwrap()),
        1 => Just(Service::port(UDP, TARGET)),
    ]
}

fn prefix() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&PREFIXES[..])
}

fn rules() -> impl Strategy<Value = Rules> {
    let prefixes = prop::collection::vec((service_of(), prefix()), 0..3);
    let groups = prop::collection::vec((service_of(), 0..3_usize), 0..3);
    (prefixes, groups).prop_map(|(prefixes, groups)| Rules { prefixes, groups })
}

fn acl() -> impl Strategy<Value = Vec<AclRule>> {
    let rule = (any::<bool>(), prop::bool::weighted(0.7), service_of(), prefix()).prop_map(
        |(outbound, allows, service, prefix)| AclRule { outbound, allows, service, prefix },
    );
    (prop::collection::vec(rule, 0..4), prop::bool::weighted(0.8)).prop_map(|(mut rules, open)| {
        if open {
            let all = |outbound| AclRule {
                outbound,
                allows: true,
                service: Service::ALL,
                prefix: "0.0.0.0/0",
            };
            rules.extend([all(false), all(true)]);
        }
        rules
    })
}

fn world() -> impl Strategy<Value = World> {
    let groups = || prop::collection::vec(0..3_usize, 0..3);
    (
        (
            prop::collection::vec((0..2_usize, groups()), 1..3),
            (0..3_usize, groups()),
            prop::collection::vec((rules(), rules()), 3),
            prop::collection::vec(acl(), 3),
        ),
        (any::<bool>(), any::<bool>(), prefix(), any::<bool>(), prop::bool::weighted(0.9)),
    )
        .prop_map(|((nodes, target, groups, acls), (kept, crosses, takes, both, in_use))| {
            World {
                nodes,
                target,
                groups,
                acls,
                kept,
                crosses,
                takes,
                protocols: if both { &[TCP, UDP] } else { &[TCP] },
                in_use,
            }
        })
}

fn hidden() -> impl Strategy<Value = Hidden> {
    let rarely = || prop::bool::weighted(0.2);
    let some = || prop::option::of(0..3_usize);
    (some(), some(), some(), rarely(), rarely(), rarely()).prop_map(
        |(acl, group, reference, tables, client, doubt)| Hidden {
            acl,
            group,
            reference,
            tables,
            client,
            doubt,
        },
    )
}

fn within(prefix: &str, address: IpAddr) -> bool {
    prefix.parse::<ipnet::IpNet>().unwrap().contains(&address)
}

fn node_address(world: &World, place: usize) -> IpAddr {
    format!("10.0.{}.{}", world.nodes[place].0, 5 + place).parse().unwrap()
}

fn target_address(world: &World) -> IpAddr {
    format!("10.0.{}.9", world.target.0).parse().unwrap()
}

/// Whether a packet between an address and a port passes an ACL.
fn passes(acl: &[AclRule], outbound: bool, other: IpAddr, protocol: u8, port: u16) -> bool {
    let mut rules = acl.iter().filter(|rule| rule.outbound == outbound);
    rules
        .find(|rule| {
            within(rule.prefix, other) && rule.service.covers(Service::port(protocol, port))
        })
        .is_some_and(|rule| rule.allows)
}

/// Whether an answer passes, to some port that its receiver chose.
fn answers(acl: &[AclRule], outbound: bool, other: IpAddr, protocol: u8) -> bool {
    let ports = [1, 21, 22, 23, 442, 443, 444, 1023, 1024, u16::MAX];
    protocol != TCP || ports.iter().any(|port| passes(acl, outbound, other, TCP, *port))
}

/// Whether groups let a packet through between an interface with them and an address with those.
fn lets(rules: &[&Rules], other: IpAddr, other_groups: &[usize], protocol: u8, port: u16) -> bool {
    let service = Service::port(protocol, port);
    rules.is_empty()
        || rules.iter().any(|rules| {
            let mut prefixes = rules.prefixes.iter();
            prefixes.any(|(own, prefix)| own.covers(service) && within(prefix, other))
                || rules
                    .groups
                    .iter()
                    .any(|(own, group)| own.covers(service) && other_groups.contains(group))
        })
}

/// Whether a packet of a source arrives through one interface of the balancer.
fn through(world: &World, place: usize, source: IpAddr, protocol: u8) -> bool {
    let (subnet, groups) = &world.nodes[place];
    let inbound = |groups: &[usize]| -> Vec<&Rules> {
        groups.iter().map(|group| &world.groups[*group].0).collect()
    };
    let outbound: Vec<&Rules> = groups.iter().map(|group| &world.groups[*group].1).collect();
    let (near, far) = (&world.acls[*subnet], &world.acls[world.target.0]);
    let (node, target) = (node_address(world, place), target_address(world));
    let enters = passes(near, false, source, protocol, LISTENS)
        && answers(near, true, source, protocol)
        && lets(&inbound(groups), source, &[], protocol, LISTENS);
    let seen = if world.kept { source } else { node };
    let crosses = *subnet != world.target.0;
    let leaves = lets(&outbound, target, &world.target.1, protocol, TARGET)
        && (!crosses
            || passes(near, true, target, protocol, TARGET)
                && answers(near, false, target, protocol));
    let arrives = lets(&inbound(&world.target.1), seen, groups, protocol, TARGET)
        && (!crosses
            || passes(far, false, seen, protocol, TARGET) && answers(far, true, seen, protocol));
    enters && leaves && arrives
}

/// Whether a source certainly reaches the target's port, and whether it may.
fn truth(world: &World, source: IpAddr, protocol: u8, port: u16) -> (bool, bool) {
    let asked = port == TARGET
        && world.protocols.contains(&protocol)
        && within(world.takes, source)
        && !within("10.0.0.0/8", source)
        && world.in_use;
    let mut nodes = (0..world.nodes.len()).map(|place| through(world, place, source, protocol));
    let any = asked && nodes.clone().any(|passes| passes);
    let all = asked && nodes.all(|passes| passes);
    (if world.crosses { any } else { all }, any)
}

fn gap() -> Gap {
    Gap::new("x:Read", "", Reason::Denied)
}

fn known<T>(items: impl Iterator<Item = (String, T)>, hidden: bool) -> Known<T> {
    let items: BTreeMap<String, T> = items.filter(|_| !hidden).collect();
    Known { items, missing: hidden.then(gap), action: "x:Read" }
}

fn exactly(service: Service, prefix: &str) -> Flow {
    Flow::exactly(Traffic::of(service, &Addresses::parse(prefix).unwrap()))
}

fn topology(world: &World, hidden: Hidden) -> Topology {
    let acls = world.acls.iter().enumerate().map(|(place, rules)| {
        let entries = rules.iter().enumerate().map(|(number, rule)| Entry {
            number: i64::try_from(number).unwrap(),
            outbound: rule.outbound,
            allows: rule.allows,
            matches: exactly(rule.service, rule.prefix),
        });
        (format!("acl-{place}"), Acl::new(vec![format!("subnet-{place}")], entries.collect()))
    });
    let acls = acls.enumerate().filter(|(place, _)| hidden.acl != Some(*place));
    let groups = world.groups.iter().enumerate().map(|(place, (inbound, outbound))| {
        let permissions = inbound.prefixes.iter().map(|(service, prefix)| Permission {
            flow: exactly(*service, prefix),
            text: format!("{service} from {prefix}"),
        });
        let references = |rules: &Rules| -> Vec<Reference> {
            let one = |(service, group): &(Service, usize)| Reference {
                service: if hidden.reference == Some(place) { Err(gap()) } else { Ok(*service) },
                group: format!("sg-{group}"),
            };
            rules.groups.iter().map(one).collect()
        };
        let out = outbound.prefixes.iter().map(|(service, prefix)| exactly(*service, prefix));
        let group = Group {
            from_groups: references(inbound),
            outbound: union(out),
            to_groups: references(outbound),
            ..Group::new(permissions.collect())
        };
        (format!("sg-{place}"), group)
    });
    let groups = groups.enumerate().filter(|(place, _)| hidden.group != Some(*place));
    let route = |to: &str, via| Route {
        destination: to.to_owned(),
        prefixes: Ok(vec![to.parse().unwrap()]),
        via,
    };
    let routes = vec![
        route("10.0.0.0/16", Via::Local),
        route("0.0.0.0/0", Via::Internet("igw-1".to_owned())),
    ];
    let table = RouteTable::new("vpc-1".to_owned(), true, Vec::new(), Vec::new(), routes);
    let subnets = (0..3).map(|place| {
        let addresses = Addresses::parse(&format!("10.0.{place}.0/24")).unwrap();
        (format!("subnet-{place}"), Subnet { addresses, unannounced: Addresses::none() })
    });
    let missing = |hidden: bool| hidden.then(gap);
    Topology::new(
        known(subnets, false),
        known([("rtb-1".to_owned(), table)].into_iter(), hidden.tables),
        Known { missing: missing(hidden.acl.is_some()), ..known(acls.map(|(_, acl)| acl), false) },
        Known {
            missing: missing(hidden.group.is_some()),
            ..known(groups.map(|(_, group)| group), false)
        },
        Ok(Block { mode: Mode::Off, exclusions: Ok(BTreeMap::new()) }),
    )
}

fn interface(id: &str, subnet: usize, groups: &[usize], own: IpAddr, public: bool) -> Interface {
    Interface {
        id: id.to_owned(),
        vpc: "vpc-1".to_owned(),
        subnet: format!("subnet-{subnet}"),
        public: public.then(|| "198.51.100.7".parse().unwrap()).into_iter().collect(),
        v6: Vec::new(),
        own: vec![own],
        groups: groups.iter().map(|group| format!("sg-{group}")).collect(),
        in_use: true,
        machine: None,
        listens: Flow::everything(),
    }
}

fn build(world: &World, hidden: Hidden) -> (BTreeMap<String, Interface>, Balancers) {
    let (subnet, groups) = &world.target;
    let mut target = interface("eni-t", *subnet, groups, target_address(world), false);
    target.in_use = world.in_use;
    target.machine = Some("instance i-t".to_owned());
    let mut all = BTreeMap::from([("eni-t".to_owned(), target)]);
    let listener = Listener {
        name: "listener TCP 443".to_owned(),
        services: world.protocols.iter().map(|one| Service::port(*one, LISTENS)).collect(),
        forwards: vec![Forward {
            takes: exactly(Service::ALL, world.takes),
            group: "tg-1".to_owned(),
        }],
    };
    let balancer = Balancer {
        id: "lb-1".to_owned(),
        nodes: (0..world.nodes.len()).map(|place| format!("eni-{place}")).collect(),
        crosses_zones: if world.crosses { Ok(()) } else { Err(gap()) },
        listeners: vec![listener],
    };
    for (place, (subnet, groups)) in world.nodes.iter().enumerate() {
        let id = format!("eni-{place}");
        let mut node = interface(&id, *subnet, groups, node_address(world, place), true);
        node.machine = Some("ELB app/shop/1".to_owned());
        all.insert(id, node);
    }
    let client = match (hidden.client, world.kept) {
        (true, _) => Client::Open(gap()),
        (false, true) => Client::Kept,
        (false, false) => Client::Hidden,
    };
    let target = Target {
        to: To::Interface("eni-t".to_owned(), target_address(world)),
        port: TARGET,
        doubt: hidden.doubt.then(gap),
    };
    let group = TargetGroup { name: "target group web".to_owned(), client, targets: vec![target] };
    let groups = BTreeMap::from([("tg-1".to_owned(), group)]);
    (all, Balancers { all: vec![balancer], groups })
}

fn points() -> impl Iterator<Item = (IpAddr, u8, u16)> {
    let sources = SOURCES.into_iter().map(|source| source.parse().unwrap());
    let ports = [(TCP, TARGET), (UDP, TARGET), (TCP, LISTENS), (TCP, 21)];
    sources.flat_map(move |source: IpAddr| ports.map(|(protocol, port)| (source, protocol, port)))
}

fn flow(world: &World, hidden: Hidden) -> Flow {
    let topology = topology(world, hidden);
    let (interfaces, balancers) = build(world, hidden);
    let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
    let of_target = ways.get("eni-t").map(Vec::as_slice).unwrap_or_default();
    union(of_target.iter().map(|way| way.flow.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(96)
    ))]

    #[test]
    fn what_arrives_behind_a_balancer_is_what_every_packet_says(world in world()) {
        let flow = flow(&world, Hidden::default());
        for (source, protocol, port) in points() {
            let (certain, possible) = truth(&world, source, protocol, port);
            prop_assert_eq!(flow.certain().has(source, protocol, port), certain, "{} {} {}", source, protocol, port);
            prop_assert_eq!(flow.possible().has(source, protocol, port), possible, "{} {} {}", source, protocol, port);
        }
    }

    #[test]
    fn what_was_not_read_never_turns_what_arrives(world in world(), hidden in hidden()) {
        let flow = flow(&world, hidden);
        for (source, protocol, port) in points() {
            let (certain, possible) = truth(&world, source, protocol, port);
            prop_assert!(!flow.certain().has(source, protocol, port) || certain, "certain: {} {} {}", source, protocol, port);
            prop_assert!(flow.possible().has(source, protocol, port) || !possible, "impossible: {} {} {}", source, protocol, port);
        }
        prop_assert_eq!(flow.why().is_some(), flow.certain() != flow.possible());
    }
}

/// A world in which everything passes by default: one interface of a balancer, and a target in another subnet whose group names that of
/// the balancer.
fn open_world() -> World {
    let all =
        |outbound| AclRule { outbound, allows: true, service: Service::ALL, prefix: "0.0.0.0/0" };
    let out = || Rules { prefixes: vec![(Service::ALL, "0.0.0.0/0")], groups: Vec::new() };
    let web =
        Rules { prefixes: vec![(Service::port(TCP, LISTENS), "0.0.0.0/0")], groups: Vec::new() };
    let behind = Rules { prefixes: Vec::new(), groups: vec![(Service::port(TCP, TARGET), 0)] };
    World {
        nodes: vec![(0, vec![0])],
        target: (2, vec![1]),
        groups: vec![(web, out()), (behind, out()), (Rules::default(), out())],
        acls: vec![vec![all(false), all(true)]; 3],
        kept: false,
        crosses: true,
        takes: "0.0.0.0/0",
        protocols: &[TCP],
        in_use: true,
    }
}

fn everyone(flow: &Flow) -> bool {
    flow.certain().covers(&Traffic::of(
        Service::port(TCP, TARGET),
        &Addresses::internet().only(posture_model::network::Family::V4),
    ))
}

#[test]
fn the_whole_way_is_shown() {
    let world = open_world();
    let topology = topology(&world, Hidden::default());
    let (interfaces, balancers) = build(&world, Hidden::default());
    let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
    let [way] = ways["eni-t"].as_slice() else { panic!("{ways:?}") };
    assert!(everyone(&way.flow));
    let traffic = Traffic::of(Service::port(TCP, TARGET), &Addresses::parse("0.0.0.0/0").unwrap());
    assert_eq!(
        topology.way_path(way, &traffic),
        "address 198.51.100.7 → route 0.0.0.0/0 of rtb-1 to igw-1 → network ACL acl-0 rule 0 → \
         security group sg-0 (tcp 443 from 0.0.0.0/0) → interface eni-0 → ELB app/shop/1 → listener TCP 443 → \
         target group web → network ACL acl-2 rule 0 → security group sg-1 (tcp 22 from sg-0) → interface eni-t → instance i-t"
    );
}

#[test]
fn a_balancer_that_is_a_target_leads_on() {
    let world = open_world();
    let topology = topology(&world, Hidden::default());
    let (mut interfaces, mut balancers) = build(&world, Hidden::default());
    // The balancer has no public address, and a network balancer without groups leads to it.
    interfaces.get_mut("eni-0").unwrap().public.clear();
    let edge = interface("eni-9", 1, &[], "10.0.1.9".parse().unwrap(), true);
    interfaces.insert("eni-9".to_owned(), edge);
    assert!(
        topology
            .ways(&interfaces, &balancers, |_| Flow::nothing())
            .values()
            .flatten()
            .all(|way| way.flow.possible().is_empty())
    );
    let to_inner = Forward { takes: Flow::everything(), group: "tg-2".to_owned() };
    balancers.all.push(Balancer {
        id: "lb-2".to_owned(),
        nodes: vec!["eni-9".to_owned()],
        crosses_zones: Err(gap()),
        listeners: vec![Listener {
            name: "listener TCP 80".to_owned(),
            services: vec![Service::port(TCP, 80)],
            forwards: vec![to_inner],
        }],
    });
    let target = Target { to: To::Balancer("lb-1".to_owned()), port: LISTENS, doubt: None };
    let group = TargetGroup {
        name: "target group inner".to_owned(),
        client: Client::Kept,
        targets: vec![target],
    };
    balancers.groups.insert("tg-2".to_owned(), group);
    let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
    let way = ways["eni-t"].last().unwrap();
    assert!(everyone(&way.flow), "{way:?}");
    let traffic = Traffic::of(Service::port(TCP, TARGET), &Addresses::parse("0.0.0.0/0").unwrap());
    let path = topology.way_path(way, &traffic);
    let steps = [
        "interface eni-9",
        "listener TCP 80",
        "target group inner",
        "interface eni-0",
        "listener TCP 443",
        "interface eni-t",
    ];
    let places: Vec<Option<usize>> = steps.iter().map(|step| path.find(step)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{path}");
    // Rules that are about clients' addresses see that of the other balancer where it hides them.
    balancers.groups.get_mut("tg-2").unwrap().client = Client::Hidden;
    balancers.all[0].listeners[0].forwards[0].takes = exactly(Service::ALL, "11.0.0.0/8");
    let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
    let way = ways["eni-t"].last().unwrap();
    let has = |traffic: &Traffic| traffic.has([200, 0, 0, 1].into(), TCP, TARGET);
    assert!(!has(way.flow.certain()) && has(way.flow.possible()));
}

#[test]
fn a_route_through_an_appliance_leaves_open_what_arrives() {
    let world = open_world();
    let mut topology = topology(&world, Hidden::default());
    let (interfaces, balancers) = build(&world, Hidden::default());
    let inspected = Route {
        destination: "10.0.2.0/24".to_owned(),
        prefixes: Ok(vec!["10.0.2.0/24".parse().unwrap()]),
        via: Via::Appliance("eni-firewall".to_owned()),
    };
    topology.tables.items.get_mut("rtb-1").unwrap().routes.push(inspected);
    let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
    let [way] = ways["eni-t"].as_slice() else { panic!() };
    assert!(way.flow.certain().is_empty() && !way.flow.possible().is_empty());
    assert_eq!(way.flow.why().unwrap().target, "eni-firewall");
}

/// Two interfaces of the balancer in different subnets lead to the target, each if its part of the world is as it should be.
#[test]
fn the_path_goes_by_an_interface_that_certainly_leads_to_the_target() {
    let path = |world: &World, hidden: Hidden| {
        let topology = topology(world, hidden);
        let (interfaces, balancers) = build(world, hidden);
        let ways = topology.ways(&interfaces, &balancers, |_| Flow::nothing());
        let [way] = ways["eni-t"].as_slice() else { panic!("{ways:?}") };
        let anyone = Addresses::parse("0.0.0.0/0").unwrap();
        let text = topology.way_path(way, &Traffic::of(Service::port(TCP, TARGET), &anyone));
        let taken = [text.contains("interface eni-0 →"), text.contains("interface eni-1 →")];
        (everyone(&way.flow), taken)
    };
    let mut world = open_world();
    world.nodes = vec![(0, vec![0]), (1, vec![0])];
    // Where both do, by the first one.
    assert_eq!(path(&world, Hidden::default()), (true, [true, false]));
    // Of the other one it is not known.
    assert_eq!(path(&world, Hidden { acl: Some(1), ..Hidden::default() }), (true, [true, false]));
    assert_eq!(path(&world, Hidden { acl: Some(0), ..Hidden::default() }), (true, [false, true]));
    // The other one does not.
    let mut closed = world.clone();
    closed.acls[1].clear();
    assert_eq!(path(&closed, Hidden::default()), (true, [true, false]));
    let mut closed = world;
    closed.acls[0].clear();
    assert_eq!(path(&closed, Hidden::default()), (true, [false, true]));
}

/// Network ACLs filter what crosses the border of a subnet, and nothing within it.
#[test]
fn an_acl_filters_what_a_balancer_sends_to_another_subnet_only() {
    let rule =
        |outbound, allows, prefix| AclRule { outbound, allows, service: Service::ALL, prefix };
    // The internet may come in, and the network may not.
    let outside = || {
        vec![
            rule(false, false, "10.0.0.0/8"),
            rule(false, true, "0.0.0.0/0"),
            rule(true, true, "0.0.0.0/0"),
        ]
    };
    let mut world = open_world();
    world.acls[2] = outside();
    assert!(flow(&world, Hidden::default()).possible().is_empty());
    // A target that sees the client is reached through the same ACL; the balancer may send to it.
    world.kept = true;
    assert!(everyone(&flow(&world, Hidden::default())));
    world.acls[2] = vec![rule(false, true, "10.0.0.0/8"), rule(true, true, "0.0.0.0/0")];
    assert!(flow(&world, Hidden::default()).possible().is_empty());
    // In its own subnet.
    for kept in [false, true] {
        let mut world = open_world();
        world.kept = kept;
        world.target.0 = 0;
        world.acls[0] = outside();
        assert!(everyone(&flow(&world, Hidden::default())), "{kept}");
    }
}

#[test]
fn a_balancer_whose_own_address_is_not_known_may_be_let_in() {
    let mut world = open_world();
    world.groups[1].0 =
        Rules { prefixes: vec![(Service::port(TCP, TARGET), "10.0.0.0/24")], groups: Vec::new() };
    let topology = topology(&world, Hidden::default());
    let (mut interfaces, balancers) = build(&world, Hidden::default());
    let arrives = |interfaces: &BTreeMap<String, Interface>| {
        let ways = topology.ways(interfaces, &balancers, |_| Flow::nothing());
        let flow = union(ways["eni-t"].iter().map(|way| way.flow.clone()));
        (everyone(&flow), flow.why().map(|gap| gap.target.clone()))
    };
    assert_eq!(arrives(&interfaces), (true, None));
    interfaces.get_mut("eni-0").unwrap().own.clear();
    assert_eq!(arrives(&interfaces), (false, Some("eni-0".to_owned())));
}
