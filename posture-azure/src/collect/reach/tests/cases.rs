//! One case for each rule of the engine, through the answers that it is read from.

use posture_model::network::Hop;

use super::*;

/// A rule like [`ssh`], with other properties.
fn rule(changes: Value) -> Value {
    json!({ "name": "rule", "properties": changed(ssh()["properties"].clone(), changes) })
}

fn with_rules(rules: Value) -> (Vec<String>, Option<(String, Reason)>) {
    World { rules, ..World::default() }.open()
}

fn services(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| line.split_once(" from ")).map(|(service, _)| service).collect()
}

#[test]
fn each_protocol_of_a_rule_is_its_own() {
    let of = |protocol: &str| {
        let (lines, more) =
            with_rules(json!([rule(json!({ "protocol": protocol, "destinationPortRange": "*" }))]));
        assert_eq!(more, None, "{protocol}");
        services(&lines).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of("*"), ["all traffic"]);
    assert_eq!(of("Tcp"), ["tcp"]);
    assert_eq!(of("UDP"), ["udp"]);
    assert_eq!(of("Icmp"), ["icmp", "icmp6"]);
    assert_eq!(of("Esp"), ["protocol 50"]);
    assert_eq!(of("Ah"), ["protocol 51"]);
    let some = with_rules(json!([rule(json!({ "protocol": "*" }))]));
    assert_eq!(services(&some.0), ["tcp 22", "udp 22"]);
}

#[test]
fn a_sender_chooses_its_port_unless_rules_distinguish_too_many() {
    let from =
        |ports: &[String]| rule(json!({ "sourcePortRange": null, "sourcePortRanges": ports }));
    let one = |text: &str| from(&[text.to_owned()]);
    assert_eq!(with_rules(json!([one("1024-65535")])).0.len(), 1);
    assert_eq!(with_rules(json!([one("80")])).0.len(), 1);
    let deny = |text: &str, priority: u32| {
        let mut rule = one(text);
        rule["properties"]["access"] = json!("Deny");
        rule["properties"]["priority"] = json!(priority);
        rule
    };
    assert_eq!(with_rules(json!([ssh(), deny("0-1023", 99)])).0.len(), 1);
    assert_eq!(with_rules(json!([ssh(), deny("1024-65535", 99)])).0.len(), 1);
    assert_eq!(with_rules(json!([ssh(), deny("0-65535", 99)])), (vec![], None));
    // Port 0, what follows the first range, and both bounds of each other one.
    let ranges = |many: u16| -> Vec<String> {
        let more = (1..=many).map(|place| format!("{}-{}", place * 100, place * 100 + 9));
        std::iter::once("0-5".to_owned()).chain(more).collect()
    };
    let (lines, more) = with_rules(json!([from(&ranges(31))]));
    assert_eq!((lines.len(), more), (1, None));
    let (lines, more) = with_rules(json!([from(&ranges(32))]));
    assert_eq!((lines.len(), more.map(|(_, reason)| reason)), (0, Some(Reason::Undetermined)));
}

fn firewall(properties: Value) -> Value {
    let subnet = format!("{}/subnets/AzureFirewallSubnet", id("virtualNetworks", "core"));
    let base = json!({ "ipConfigurations": [{ "properties": { "subnet": { "id": subnet } } }] });
    resource("Microsoft.Network/azureFirewalls", "fw", json!({}), changed(base, properties))
}

#[test]
fn what_a_firewall_passes_on_is_at_most_what_the_groups_admit() {
    let mut address = World { card: json!({ "publicIPAddress": null }), ..World::default() };
    address.more = vec![firewall(json!({ "firewallPolicy": { "id": "/p" } }))];
    // Else a default rule lets everything in from the own network.
    let mut deny = rule(json!({ "access": "Deny", "priority": 4000, "protocol": "*" }));
    deny["properties"]["destinationPortRange"] = json!("*");
    address.rules = json!([ssh(), deny]);
    let scenario = |world: &World| {
        // Nothing else leads in.
        let mut scenario = world.scenario();
        scenario["subscriptions"][0]["resources"][2]["properties"]["ipConfiguration"] = Value::Null;
        let scope = scopes(&scenario, REACH, &[Kind::NetworkInterface]).remove(0);
        match &scope.network_interfaces.items[0].open_to_anyone {
            Known(entries) => services(entries.named()).into_iter().map(str::to_owned).collect(),
            _ => vec!["anything".to_owned()],
        }
    };
    let groups: Vec<String> = scenario(&address);
    assert_eq!(groups, ["tcp 22"]);
    // Without a group, the firewall alone decides.
    address.subnet = json!({});
    assert_eq!(scenario(&address), ["all traffic"]);
}

#[test]
fn a_firewall_may_lead_to_the_instances_of_a_scale_set() {
    let of = |firewalls: Vec<Value>| {
        let mut more = firewalls;
        more.push(scale_set(json!({}), json!({}), json!({})));
        let scope = World { more, ..World::default() }.read();
        let all = &scope.network_interfaces.items;
        let card = all.iter().find(|card| card.id.contains("workers")).unwrap();
        entries_of(&scope, &card.open_to_anyone).1.map(|(action, _)| action)
    };
    let translates = |address: &str| {
        let rules = json!([{ "name": "in", "properties": { "rules": [{ "translatedAddress": address }] } }]);
        firewall(json!({ "natRuleCollections": rules }))
    };
    assert_eq!(of(vec![]), None);
    assert_eq!(of(vec![firewall(json!({}))]), None);
    let firewalls = Some("Microsoft.Network/azureFirewalls/read".to_owned());
    // The addresses of its instances are not known.
    assert_eq!(of(vec![translates("10.0.0.77")]), firewalls);
    assert_eq!(of(vec![firewall(json!({ "firewallPolicy": { "id": "/p" } }))]), firewalls);
}

/// The virtual network gateway `gw`, in a network.
fn gateway(network: &str, properties: Value) -> Value {
    let subnet = format!("{}/subnets/GatewaySubnet", id("virtualNetworks", network));
    let base = json!({
        "gatewayType": "Vpn",
        "ipConfigurations": [{ "properties": { "subnet": { "id": subnet } } }],
    });
    let kind = "Microsoft.Network/virtualNetworkGateways";
    resource(kind, "gw", json!({}), changed(base, properties))
}

#[test]
fn a_gateway_of_the_network_may_bring_routes() {
    let with = |gateways: Vec<Value>| World { more: gateways, ..World::default() }.open();
    let open = (vec![PATH.to_owned()], None);
    let gateways = |reason| {
        (vec![], Some(("Microsoft.Network/virtualNetworkGateways/read".to_owned(), reason)))
    };
    let express = json!({ "gatewayType": "ExpressRoute" });
    assert_eq!(with(vec![gateway("core", express.clone())]), gateways(Reason::Undetermined));
    assert_eq!(with(vec![gateway("other", express)]), open);
    // One of VPN does if it speaks BGP or has a default site.
    assert_eq!(with(vec![gateway("core", json!({}))]), open);
    assert_eq!(
        with(vec![gateway("core", json!({ "enableBgp": true }))]),
        gateways(Reason::Undetermined)
    );
    assert_eq!(
        with(vec![gateway("core", json!({ "gatewayDefaultSite": { "id": "/site" } }))]),
        gateways(Reason::Undetermined)
    );
    assert_eq!(with(vec![gateway("core", json!({ "enableBgp": false }))]), open);
}

/// The same world with a changed virtual network.
fn in_network(world: &World, change: impl Fn(&mut Value)) -> Scope {
    let mut scenario = world.scenario();
    change(&mut scenario["subscriptions"][0]["resources"][0]["properties"]);
    scopes(&scenario, &[REACH, WITHIN].concat(), &[Kind::NetworkInterface]).remove(0)
}

#[test]
fn a_gateway_that_is_in_use_and_was_not_read_leaves_it_open() {
    let with = |configurations: Value| {
        let scope = in_network(&World::default(), |network| {
            let subnet = json!({
                "id": format!("{}/subnets/GatewaySubnet", id("virtualNetworks", "core")),
                "name": "GatewaySubnet", "properties": { "ipConfigurations": configurations },
            });
            network["subnets"].as_array_mut().unwrap().push(subnet);
        });
        entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone)
    };
    assert_eq!(with(json!([])), (vec![PATH.to_owned()], None));
    let (lines, more) = with(json!([{ "id": "/gateway" }]));
    assert_eq!(
        (lines.len(), more),
        (
            0,
            Some((
                "Microsoft.Network/virtualNetworkGateways/read".to_owned(),
                Reason::Undetermined
            ))
        )
    );
}

#[test]
fn the_path_names_the_route_that_is_for_every_address() {
    let routes = json!([
        { "name": "part", "properties": { "addressPrefix": "20.0.0.0/8", "nextHopType": "Internet" } },
        { "name": "home", "properties": { "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet" } },
    ]);
    let world = World {
        subnet: json!({ "networkSecurityGroup": { "id": group() }, "routeTable": { "id": id("routeTables", "routes") } }),
        more: vec![resource(
            "Microsoft.Network/routeTables",
            "routes",
            json!({}),
            json!({ "routes": routes }),
        )],
        ..World::default()
    };
    let (lines, _) = world.open();
    assert!(lines[0].contains(" → route home of routes → "), "{lines:?}");
}

#[test]
fn behind_a_balancer_the_address_and_the_balancer_both_let_in_what_no_group_forbids() {
    let front = format!("{}/frontendIPConfigurations/f", id("loadBalancers", "lb"));
    let pool = format!("{}/backendAddressPools/p", id("loadBalancers", "lb"));
    let of = |balancer_sku: &str, address_sku: &str, rule: Value| {
        let base = json!({
            "frontendIPConfiguration": { "id": front }, "protocol": "Tcp", "frontendPort": 2222,
            "backendPort": 22, "backendAddressPool": { "id": pool },
        });
        let rules = json!({ "loadBalancingRules": [{ "id": "/r", "name": "r", "properties": changed(base, rule) }] });
        let mut more = balancer(balancer_sku, true, rules);
        more[1]["top"]["sku"]["name"] = json!(address_sku);
        let card = json!({
            "publicIPAddress": null, "loadBalancerBackendAddressPools": [{ "id": pool }],
        });
        let world = World { card, subnet: json!({}), more, ..World::default() };
        let mut scenario = world.scenario();
        scenario["subscriptions"][0]["resources"][2]["properties"]["ipConfiguration"] = Value::Null;
        let scope = scopes(&scenario, REACH, &[Kind::NetworkInterface]).remove(0);
        let (lines, more) = entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone);
        (services(&lines).into_iter().map(str::to_owned).collect::<Vec<_>>(), more)
    };
    let none = || (vec![], None);
    let one = |service: &str| (vec![service.to_owned()], None);
    assert_eq!(of("Basic", "Basic", json!({})), one("tcp 22"));
    assert_eq!(of("Standard", "Standard", json!({})), none());
    assert_eq!(of("Standard", "Basic", json!({})), none());
    assert_eq!(of("Basic", "Standard", json!({})), none());
    // A rule for all ports is one for all protocols.
    let all = json!({ "protocol": "All", "frontendPort": 0, "backendPort": 0 });
    assert_eq!(of("Basic", "Basic", all), one("all traffic"));
    assert_eq!(of("Basic", "Basic", json!({ "protocol": "Udp" })), one("udp 22"));
}

#[test]
fn a_rule_for_many_machines_has_a_range_of_ports() {
    let front = format!("{}/frontendIPConfigurations/f", id("loadBalancers", "lb"));
    let of = |changes: Value| {
        let base = json!({
            "frontendIPConfiguration": { "id": front }, "protocol": "Tcp", "backendPort": 22,
            "backendAddressPool": { "id": format!("{}/backendAddressPools/p", id("loadBalancers", "lb")) },
        });
        let rules = json!({ "inboundNatRules": [{
            "id": format!("{}/inboundNatRules/n", id("loadBalancers", "lb")), "name": "n",
            "properties": changed(base, changes),
        }] });
        let card = json!({
            "publicIPAddress": null,
            "loadBalancerBackendAddressPools": [{ "id": format!("{}/backendAddressPools/p", id("loadBalancers", "lb")) }],
        });
        let world = World { card, more: balancer("Standard", true, rules), ..World::default() };
        let mut scenario = world.scenario();
        scenario["subscriptions"][0]["resources"][2]["properties"]["ipConfiguration"] = Value::Null;
        let scope = scopes(&scenario, REACH, &[Kind::NetworkInterface]).remove(0);
        let (lines, more) = entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone);
        let words = lines.first().and_then(|line| line.split_once(" inbound NAT rule n "));
        (
            words.map(|(_, rest)| rest.split(" →").next().unwrap().to_owned() + " →"),
            more.map(|(_, reason)| reason),
        )
    };
    let ports = |text: &str| (Some(format!("({text} →")), None);
    let range =
        json!({ "frontendPort": 0, "frontendPortRangeStart": 500, "frontendPortRangeEnd": 600 });
    assert_eq!(of(range), ports("500-600"));
    // Without an end, it is one port; 0 means none.
    assert_eq!(of(json!({ "frontendPortRangeStart": 500 })), ports("500"));
    assert_eq!(
        of(json!({ "frontendPortRangeStart": 500, "frontendPortRangeEnd": 0 })),
        ports("500")
    );
    let single =
        json!({ "frontendPort": 77, "frontendPortRangeStart": 0, "frontendPortRangeEnd": 0 });
    assert_eq!(of(single), ports("77"));
    assert_eq!(of(json!({ "frontendPortRangeStart": 0 })), (None, Some(Reason::Malformed)));
}

fn card_with(configurations: &[Value]) -> Scope {
    let mut scenario = World::default().scenario();
    let card = &mut scenario["subscriptions"][0]["resources"][1]["properties"];
    let first = card["ipConfigurations"][0].clone();
    let all: Vec<Value> = configurations
        .iter()
        .enumerate()
        .map(|(place, changes)| {
            let mut one = first.clone();
            one["name"] = json!(format!("c{place}"));
            one["properties"]["privateIPAddress"] = json!(format!("10.0.0.{}", place + 4));
            one["properties"] = changed(one["properties"].clone(), changes.clone());
            if place > 0 {
                one["id"] = json!(format!("{}{place}", one["id"].as_str().unwrap()));
                one["properties"]["publicIPAddress"] = Value::Null;
            }
            one
        })
        .collect();
    card["ipConfigurations"] = json!(all);
    let facts = [REACH, WITHIN].concat();
    scopes(&scenario, &facts, &[Kind::NetworkInterface]).remove(0)
}

#[test]
fn an_interface_is_in_the_groups_that_all_its_addresses_are_in() {
    let groups = |names: &[&str]| {
        let all: Vec<Value> = names
            .iter()
            .map(|name| json!({ "id": id("applicationSecurityGroups", name) }))
            .collect();
        json!({ "applicationSecurityGroups": all })
    };
    let of = |all: &[Value]| {
        let scope = card_with(all);
        let fact = &scope.network_interfaces.items[0].groups;
        match fact {
            Known(groups) => Ok(groups.len()),
            other => Err(why(&scope, other).unwrap().1),
        }
    };
    assert_eq!(of(&[groups(&[])]), Ok(0));
    assert_eq!(of(&[groups(&["web"])]), Ok(1));
    assert_eq!(of(&[groups(&["web", "db"])]), Ok(2));
    assert_eq!(of(&[groups(&["web"]), groups(&["web"])]), Ok(1));
    assert_eq!(of(&[groups(&["web"]), groups(&["db"])]), Err(Reason::Undetermined));
    assert_eq!(of(&[groups(&["web"]), groups(&[])]), Err(Reason::Undetermined));
}

#[test]
fn as_many_routes_of_a_subnet_are_kept_as_fit() {
    let of = |many: usize| {
        let routes: Vec<Value> = (0..many)
            .map(|place| {
                json!({ "name": format!("r{place}"), "properties": {
                    "addressPrefix": format!("192.168.{place}.0/24"), "nextHopType": "None",
                } })
            })
            .collect();
        let world = World {
            subnet: json!({ "networkSecurityGroup": { "id": group() }, "routeTable": { "id": id("routeTables", "routes") } }),
            more: vec![resource(
                "Microsoft.Network/routeTables",
                "routes",
                json!({}),
                json!({ "routes": routes }),
            )],
            ..World::default()
        };
        let scope = in_network(&world, |_| ());
        let fact = &scope.network_interfaces.items[0].routes;
        match fact {
            Known(routes) => Ok(routes.len()),
            other => Err(why(&scope, other).unwrap().1),
        }
    };
    // Those of the table, and the own network.
    assert_eq!(of(1), Ok(2));
    assert_eq!(of(99), Ok(100));
    assert_eq!(of(100), Err(Reason::Undetermined));
}

#[test]
fn a_peering_leads_to_the_whole_network_or_to_an_unknown_part_of_it() {
    let of = |changes: Value| {
        let scope = in_network(&World::default(), |network| {
            let base = json!({
                "peeringState": "Connected", "allowVirtualNetworkAccess": true,
                "remoteVirtualNetwork": { "id": id("virtualNetworks", "far") },
                "remoteAddressSpace": { "addressPrefixes": ["10.9.0.0/16"] },
            });
            network["virtualNetworkPeerings"] =
                json!([{ "id": "/p", "name": "p", "properties": changed(base, changes.clone()) }]);
        });
        let Known(routes) = &scope.network_interfaces.items[0].routes else { panic!() };
        routes.iter().find(|route| route.to == "10.9.0.0/16").map(|route| route.hop.clone())
    };
    let peer = || Some(Hop::Peer(plain(&id("virtualNetworks", "far"))));
    let part = || Some(Hop::Other("a peering that limits access".to_owned()));
    assert_eq!(of(json!({})), peer());
    assert_eq!(of(json!({ "peerCompleteVnets": true })), peer());
    assert_eq!(of(json!({ "peerCompleteVnets": false })), part());
    assert_eq!(of(json!({ "allowVirtualNetworkAccess": false })), part());
    assert_eq!(
        of(json!({ "allowVirtualNetworkAccess": false, "peerCompleteVnets": false })),
        part()
    );
    assert_eq!(of(json!({ "allowVirtualNetworkAccess": null })), part());
    assert_eq!(of(json!({ "peeringState": "Disconnected" })), None);
}

#[test]
fn rules_are_kept_with_what_they_deny() {
    let mut deny = rule(json!({ "access": "Deny", "priority": 90, "direction": "Outbound" }));
    deny["name"] = json!("deny");
    let world = World { rules: json!([ssh(), deny]), ..World::default() };
    let facts = [REACH, &[SecurityGroup::FILTER]].concat();
    let kinds = [Kind::SecurityGroup];
    let scope = scopes(&world.scenario(), &facts, &kinds).remove(0);
    let Known(rules) = &scope.security_groups.items[0].filter else { panic!() };
    let all: Vec<(&str, bool, bool)> =
        rules.iter().map(|rule| (rule.name.as_str(), rule.denies, rule.outbound)).collect();
    assert_eq!(
        all,
        [
            ("deny", true, true),
            ("ssh", false, false),
            ("AllowVnetInBound", false, false),
            ("AllowAzureLoadBalancerInBound", false, false),
            ("DenyAllInBound", true, false),
            ("AllowVnetOutBound", false, true),
            ("AllowInternetOutBound", false, true),
            ("DenyAllOutBound", true, true),
        ]
    );
}

#[test]
fn a_group_has_at_most_as_many_rules_and_places_as_azure_allows() {
    let many = |rules: u32| {
        let all: Vec<Value> = (0..rules)
            .map(|place| {
                let mut one = rule(json!({ "priority": 100 + place }));
                one["name"] = json!(format!("r{place}"));
                one
            })
            .collect();
        with_rules(json!(all)).1.map(|(_, reason)| reason)
    };
    assert_eq!(many(1000), None);
    assert_eq!(many(1001), Some(Reason::Malformed));
    let places = |sources: usize, destinations: usize| {
        let list = |many: usize| -> Vec<String> {
            (0..many).map(|place| format!("10.{}.{}.0/24", place / 250, place % 250)).collect()
        };
        let rule = rule(json!({
            "sourceAddressPrefix": null, "sourceAddressPrefixes": list(sources),
            "destinationAddressPrefix": null, "destinationAddressPrefixes": list(destinations),
        }));
        with_rules(json!([rule])).1.map(|(_, reason)| reason)
    };
    assert_eq!(places(4000, 4000), None);
    assert_eq!(places(4000, 4001), Some(Reason::Malformed));
    assert_eq!(places(8000, 1), Some(Reason::Malformed));
}

#[test]
fn the_address_of_each_instance_has_a_sku_that_is_known_or_not() {
    let of = |sku: Value| {
        let public = json!({ "publicIPAddressConfiguration": { "name": "own", "sku": sku } });
        let world = World {
            subnet: json!({}),
            more: vec![scale_set(json!({}), json!({}), public)],
            ..World::default()
        };
        let scope = world.read();
        let all = &scope.network_interfaces.items;
        let card = all.iter().find(|card| card.id.contains("workers")).unwrap();
        let (lines, more) = entries_of(&scope, &card.open_to_anyone);
        (lines.len(), more.map(|(_, reason)| reason))
    };
    assert_eq!(of(json!({ "name": "basic" })), (1, None));
    assert_eq!(of(json!({ "name": "Standard" })), (0, None));
    assert_eq!(of(json!({ "name": "Dreamy" })), (0, Some(Reason::Unsupported)));
    assert_eq!(of(Value::Null), (0, Some(Reason::Undetermined)));
}

#[test]
fn a_table_that_takes_no_routes_of_gateways_keeps_the_way_open() {
    let with = |disabled: Value| {
        let table = resource(
            "Microsoft.Network/routeTables",
            "routes",
            json!({}),
            json!({ "routes": [], "disableBgpRoutePropagation": disabled }),
        );
        World {
            subnet: json!({ "networkSecurityGroup": { "id": group() }, "routeTable": { "id": id("routeTables", "routes") } }),
            more: vec![table, gateway("core", json!({ "gatewayType": "ExpressRoute" }))],
            ..World::default()
        }
        .open()
    };
    // What the gateway brings may still count as the own network by the tag VirtualNetwork.
    assert_eq!(with(json!(true)).0, [PATH]);
    assert_eq!(with(json!(false)).0.len(), 0);
    assert_eq!(with(Value::Null).0.len(), 0);
}

#[test]
fn a_firewall_of_a_peered_network_may_lead_in() {
    let of = |network: &str| {
        let subnet = format!("{}/subnets/AzureFirewallSubnet", id("virtualNetworks", network));
        let own = firewall(json!({
            "firewallPolicy": { "id": "/p" },
            "ipConfigurations": [{ "properties": { "subnet": { "id": subnet } } }],
        }));
        let world = World { rules: json!([]), more: vec![own], ..World::default() };
        let scope = in_network(&world, |network| {
            network["virtualNetworkPeerings"] = json!([{ "id": "/p", "name": "p", "properties": {
                "peeringState": "Connected", "allowVirtualNetworkAccess": true,
                "remoteVirtualNetwork": { "id": id("virtualNetworks", "hub") },
                "remoteAddressSpace": { "addressPrefixes": ["10.9.0.0/16"] },
            } }]);
        });
        entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone)
            .1
            .map(|(action, _)| action)
    };
    let firewalls = Some("Microsoft.Network/azureFirewalls/read".to_owned());
    assert_eq!(of("core"), firewalls);
    assert_eq!(of("hub"), firewalls);
    assert_eq!(of("elsewhere"), None);
}

#[test]
fn addresses_in_several_subnets_leave_the_filters_open() {
    let of = |second: &str| {
        let subnet = format!("{}/subnets/{second}", id("virtualNetworks", "core"));
        let scope = card_with(&[json!({}), json!({ "subnet": { "id": subnet } })]);
        let card = &scope.network_interfaces.items[0];
        let reason = |gap: Option<(String, Reason)>| gap.map(|(_, reason)| reason);
        (reason(why(&scope, &card.subnet)), reason(why(&scope, &card.filters)))
    };
    assert_eq!(of("front"), (None, None));
    assert_eq!(of("back"), (Some(Reason::Undetermined), Some(Reason::Undetermined)));
}

#[test]
fn directions_and_versions_that_do_not_exist_are_not_taken_for_others() {
    let sideways = with_rules(json!([rule(json!({ "direction": "Sideways" }))]));
    assert_eq!(sideways.1.map(|(_, reason)| reason), Some(Reason::Malformed));
    let version = |text: &str| {
        let card = json!({ "privateIPAddressVersion": text });
        World { card, ..World::default() }.open().1.map(|(_, reason)| reason)
    };
    assert_eq!(version("IPv4"), None);
    assert!(version("IPv5").is_some());
}
