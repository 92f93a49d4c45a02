//! One case for each rule of the engine.

use super::*;

fn open_world(at: At) -> World {
    let rule = |outbound, end: &str| {
        let ends = vec![end.to_owned()];
        let (from, to) = if outbound { (Vec::new(), ends) } else { (ends, Vec::new()) };
        PacketRule {
            outbound,
            services: vec!["tcp 22".to_owned()],
            from,
            to,
            ..PacketRule::default()
        }
    };
    let all = |outbound| PacketRule {
        name: "rule 100".to_owned(),
        outbound,
        services: vec!["all traffic".to_owned()],
        ..PacketRule::default()
    };
    let route = |to: &str, hop| PrivateRoute { to: to.to_owned(), hop };
    let peer = |network: &str| Hop::Peer(network.to_owned());
    let own = [route("10.0.0.0/16", Hop::Local), route("10.1.0.0/16", peer("vpc-2"))];
    let others = [route("10.1.0.0/16", Hop::Local), route("10.0.0.0/16", peer("vpc-1"))];
    World {
        provider: Provider::Aws,
        at,
        same_region: true,
        routes: [own.clone().into(), if at == At::Peer { others.into() } else { own.into() }],
        acls: [vec![all(true), all(false)], vec![all(true), all(false)]],
        groups: [vec![vec![rule(true, "group sg-b")]], vec![vec![rule(false, "group sg-a")]]],
    }
}

#[test]
fn the_path_names_every_step() {
    let found = passage(&open_world(At::Peer).scope(Hidden::default()));
    let ways: Vec<String> = found.certain.iter().map(ToString::to_string).collect();
    assert_eq!(
        ways,
        [
            "tcp 22 from 10.0.0.4/32: interface eni-0 (10.0.0.4) → security group sg-0-0 (tcp 22 to sg-b) → network ACL acl-0 (rule 100) → \
             route 10.1.0.0/16 to the peered network vpc-2 → network ACL acl-1 (rule 100) → security group sg-1-0 (tcp 22 from sg-a) → \
             interface eni-1 (10.1.0.5) → instance i-1"
        ]
    );
}

#[test]
fn a_group_of_another_region_matches_nothing() {
    let mut world = open_world(At::Peer);
    world.same_region = false;
    assert_eq!(passage(&world.scope(Hidden::default())), Passage::default());
}

#[test]
fn acls_count_between_subnets_only() {
    let mut world = open_world(At::SameSubnet);
    world.acls = [Vec::new(), Vec::new()];
    assert_eq!(passage(&world.scope(Hidden::default())).certain.len(), 1);
    world.at = At::OtherSubnet;
    assert_eq!(passage(&world.scope(Hidden::default())), Passage::default());
    // Where the subnets are not known, it is open.
    let hidden = Hidden { subnet: true, ..Hidden::default() };
    assert_eq!(says(&passage(&world.scope(hidden)), TCP, 22), Tri::Unknown(()));
}

#[test]
fn an_answer_has_to_come_back() {
    let mut world = open_world(At::OtherSubnet);
    world.acls[1].retain(|rule| !rule.outbound);
    assert_eq!(says(&passage(&world.scope(Hidden::default())), TCP, 22), Tri::No);
    let mut world = open_world(At::Peer);
    world.routes[1].pop();
    assert_eq!(says(&passage(&world.scope(Hidden::default())), TCP, 22), Tri::No);
}

#[test]
fn what_a_gateway_passes_on_is_open() {
    let mut world = open_world(At::Peer);
    world.routes[0].pop();
    let tgw = PrivateRoute { to: "10.0.0.0/8".to_owned(), hop: Hop::Other("tgw-1".to_owned()) };
    world.routes[0].push(tgw);
    let found = passage(&world.scope(Hidden::default()));
    assert_eq!(says(&found, TCP, 22), Tri::Unknown(()));
    assert!(found.why.unwrap().detail.unwrap().contains("leads to tgw-1"));
}

#[test]
fn a_filter_outside_the_snapshot_is_open() {
    let mut scope = open_world(At::SameSubnet).scope(Hidden::default());
    scope.security_groups.items.clear();
    assert_eq!(says(&passage(&scope), TCP, 22), Tri::Unknown(()));
}

fn route(to: &str, hop: Hop) -> PrivateRoute {
    PrivateRoute { to: to.to_owned(), hop }
}

fn answer(world: &World) -> Tri<()> {
    says(&passage(&world.scope(Hidden::default())), TCP, 22)
}

#[test]
fn an_address_that_is_not_known_leaves_everything_open_unless_the_other_has_none() {
    let world = open_world(At::OtherSubnet);
    let hidden = Hidden { address: true, ..Hidden::default() };
    let found = passage(&world.scope(hidden));
    assert!(found.all_open && found.certain.is_empty());
    assert_eq!(found.why.unwrap().reason, Reason::Denied);
    let mut scope = world.scope(hidden);
    scope.network_interfaces.items[0].private_addresses = Known(Vec::new());
    assert_eq!(passage(&scope), Passage::default());
    // A text that is not an address is an open question too.
    scope.network_interfaces.items[0].private_addresses = Known(vec!["10.0.0".to_owned()]);
    assert!(passage(&scope).all_open);
}

#[test]
fn the_longest_prefix_decides_and_of_equal_ones_the_first() {
    for (more, expected) in [
        (route("10.1.0.0/24", Hop::Nowhere), Tri::No),
        (route("10.1.0.5/32", Hop::Nowhere), Tri::No),
        // A shorter one, and one that is as long and comes later.
        (route("10.0.0.0/8", Hop::Nowhere), Tri::Yes),
        (route("10.1.0.0/16", Hop::Nowhere), Tri::Yes),
        // One that does not hold the address.
        (route("10.1.1.0/24", Hop::Nowhere), Tri::Yes),
        (route("?", Hop::Nowhere), Tri::Unknown(())),
    ] {
        let mut world = open_world(At::Peer);
        world.routes[0].push(more.clone());
        assert_eq!(answer(&world), expected, "{more:?}");
    }
    let mut world = open_world(At::Peer);
    world.routes[0].insert(0, route("10.1.0.0/16", Hop::Nowhere));
    assert_eq!(answer(&world), Tri::No);
}

#[test]
fn a_peering_leads_to_its_own_network_only() {
    let to = |network: &str| route("10.1.0.0/16", Hop::Peer(network.to_owned()));
    let with = |at, own: PrivateRoute| {
        let mut world = open_world(at);
        world.routes[0].retain(|route| route.to != own.to);
        world.routes[0].push(own);
        answer(&world)
    };
    assert_eq!(with(At::Peer, to("vpc-2")), Tri::Yes);
    assert_eq!(with(At::Peer, to("VPC-2")), Tri::Yes);
    assert_eq!(with(At::Peer, to("vpc-3")), Tri::No);
    assert_eq!(with(At::Peer, route("10.1.0.0/16", Hop::Local)), Tri::No);
    // Between subnets of one network, a route to a peer of the same name leads nowhere.
    let home = |hop| route("10.0.1.0/24", hop);
    assert_eq!(with(At::OtherSubnet, home(Hop::Local)), Tri::Yes);
    assert_eq!(with(At::OtherSubnet, home(Hop::Peer("vpc-1".to_owned()))), Tri::No);
    assert_eq!(with(At::OtherSubnet, home(Hop::Nowhere)), Tri::No);
}

#[test]
fn within_a_subnet_of_aws_a_route_may_not_be_asked() {
    let world = |at: At, provider| {
        let mut world = open_world(at);
        world.provider = provider;
        let more = route(&format!("{}/32", at.address()), Hop::Nowhere);
        world.routes[0].push(more);
        world
    };
    assert_eq!(answer(&world(At::SameSubnet, Provider::Aws)), Tri::Unknown(()));
    assert_eq!(answer(&world(At::OtherSubnet, Provider::Aws)), Tri::No);
    assert_eq!(answer(&world(At::Peer, Provider::Aws)), Tri::No);
    assert_eq!(answer(&world(At::SameSubnet, Provider::Azure)), Tri::No);
    // Where the subnets are not known, it is open.
    let hidden = Hidden { subnet: true, ..Hidden::default() };
    let found = passage(&world(At::OtherSubnet, Provider::Aws).scope(hidden));
    assert_eq!(says(&found, TCP, 22), Tri::Unknown(()));
}

#[test]
fn the_internet_gateway_of_aws_carries_no_private_address() {
    let with = |provider, target: &str| {
        let mut world = open_world(At::Peer);
        world.provider = provider;
        world.routes[0].clear();
        world.routes[0].push(route("0.0.0.0/0", Hop::Internet));
        let mut scope = world.scope(Hidden::default());
        scope.network_interfaces.items[1].private_addresses = Known(vec![target.to_owned()]);
        says(&passage(&scope), TCP, 22)
    };
    assert_eq!(with(Provider::Aws, "10.1.0.5"), Tri::No);
    // A network may use addresses of the internet within.
    assert_eq!(with(Provider::Aws, "198.51.100.5"), Tri::Unknown(()));
    assert_eq!(with(Provider::Azure, "10.1.0.5"), Tri::Unknown(()));
}

#[test]
fn the_networks_tag_means_the_own_network_and_its_peers() {
    let with = |at: At, peered: bool, place: &str| {
        let mut world = open_world(at);
        world.provider = Provider::Azure;
        if at == At::Peer && !peered {
            world.routes[0].pop();
            world.routes[0].push(route("10.1.0.0/16", Hop::Other("a firewall".to_owned())));
        }
        let allow = |outbound, from: &str| PacketRule {
            outbound,
            services: vec!["tcp 22".to_owned()],
            from: vec![from.to_owned()],
            ..PacketRule::default()
        };
        world.groups = [vec![vec![allow(true, "*")]], vec![vec![allow(false, place)]]];
        answer(&world)
    };
    for (place, own, strangers) in [
        ("network", Tri::Yes, Tri::Unknown(())),
        ("internet", Tri::No, Tri::Unknown(())),
        ("balancer", Tri::No, Tri::No),
        ("*", Tri::Yes, Tri::Unknown(())),
        ("10.0.0.0/24", Tri::Yes, Tri::Unknown(())),
        ("10.0.1.0/24", Tri::No, Tri::No),
        ("Sql.WestEurope", Tri::Unknown(()), Tri::Unknown(())),
    ] {
        for at in [At::SameSubnet, At::OtherSubnet, At::Peer] {
            assert_eq!(with(at, true, place), own, "{place} {at:?}");
        }
        assert_eq!(with(At::Peer, false, place), strangers, "{place} without a peering");
    }
    // What needs no answer arrives by a peering of one direction, of which the other network knows nothing.
    let one_way = |place: &str| {
        let mut world = open_world(At::Peer);
        world.provider = Provider::Azure;
        world.routes[1].pop();
        let allow = |outbound, from: &str| PacketRule {
            outbound,
            services: vec!["udp 53".to_owned()],
            from: vec![from.to_owned()],
            ..PacketRule::default()
        };
        world.groups = [vec![vec![allow(true, "*")]], vec![vec![allow(false, place)]]];
        says(&passage(&world.scope(Hidden::default())), UDP, 53)
    };
    assert_eq!(one_way("*"), Tri::Yes);
    assert_eq!(one_way("network"), Tri::Unknown(()));
    assert_eq!(one_way("internet"), Tri::Unknown(()));
    // The members of a group are known within the network, and not across a peering.
    assert_eq!(with(At::OtherSubnet, true, "group sg-a"), Tri::Yes);
    assert_eq!(with(At::OtherSubnet, true, "group SG-A"), Tri::Yes);
    assert_eq!(with(At::OtherSubnet, true, "group sg-b"), Tri::No);
    assert_eq!(with(At::Peer, true, "group sg-a"), Tri::Unknown(()));
    assert_eq!(with(At::Peer, true, "group sg-b"), Tri::No);
}

/// A world of Azure whose rules for inbound traffic are these; outbound traffic is allowed, from some ports by a rule of its own.
fn azure(inbound: Vec<PacketRule>) -> World {
    let mut world = open_world(At::OtherSubnet);
    world.provider = Provider::Azure;
    let all = PacketRule {
        outbound: true,
        services: vec!["all traffic".to_owned()],
        ..PacketRule::default()
    };
    world.groups = [vec![vec![all]], vec![inbound]];
    world
}

fn from_ports(denies: bool, ports: &[&str]) -> PacketRule {
    PacketRule {
        denies,
        services: vec!["tcp 22".to_owned()],
        sender_ports: ports.iter().map(|&text| text.to_owned()).collect(),
        ..PacketRule::default()
    }
}

#[test]
fn a_sender_chooses_the_port_that_passes() {
    let allow_all = || from_ports(false, &[]);
    assert_eq!(answer(&azure(vec![allow_all()])), Tri::Yes);
    assert_eq!(answer(&azure(vec![from_ports(false, &["443-443"])])), Tri::Yes);
    assert_eq!(answer(&azure(vec![from_ports(true, &["1-1023"]), allow_all()])), Tri::Yes);
    assert_eq!(answer(&azure(vec![from_ports(true, &["0-65535"]), allow_all()])), Tri::No);
    assert_eq!(answer(&azure(vec![from_ports(false, &["ephemeral"])])), Tri::Unknown(()));
    // Both sides have to let the same port through.
    let mut world = azure(vec![from_ports(false, &["443-443"])]);
    world.groups[0] = vec![vec![PacketRule { outbound: true, ..from_ports(false, &["80-80"]) }]];
    assert_eq!(answer(&world), Tri::No);
    world.groups[0] = vec![vec![PacketRule { outbound: true, ..from_ports(false, &["400-500"]) }]];
    assert_eq!(answer(&world), Tri::Yes);
    // Ports of rules for the other direction do not count.
    let other = PacketRule { outbound: true, ..from_ports(false, &["443-443"]) };
    assert_eq!(answer(&azure(vec![other])), Tri::No);
}

#[test]
fn rules_that_distinguish_very_many_ports_of_senders_are_an_open_question() {
    let ports = |many: u16| -> Vec<String> {
        (1..=many).map(|place| format!("{0}-{0}", place * 10)).collect()
    };
    let with = |many| {
        let all = ports(many);
        let texts: Vec<&str> = all.iter().map(String::as_str).collect();
        answer(&azure(vec![from_ports(false, &texts)]))
    };
    // Each range has two bounds, and port 1 is always tried.
    assert_eq!(with(31), Tri::Yes);
    assert_eq!(with(32), Tri::Unknown(()));
    // A range that begins with port 0 has one bound more.
    let all: Vec<String> = std::iter::once("0-5".to_owned()).chain(ports(31)).collect();
    let texts: Vec<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(answer(&azure(vec![from_ports(false, &texts)])), Tri::Yes);
}

#[test]
fn the_path_within_a_subnet_names_no_acl() {
    let path = |at| {
        let found = passage(&open_world(at).scope(Hidden::default()));
        found.certain[0].path.clone()
    };
    assert!(!path(At::SameSubnet).contains("ACL"), "{}", path(At::SameSubnet));
    assert!(path(At::OtherSubnet).contains("network ACL acl-0 (rule 100)"));
}
