//! Interfaces and machines from the answers of a subscription, good and bad.

mod cases;

use posture_model::scope::Scope;
use serde_json::json;

use super::super::recorded::{scopes, why};
use super::*;

const ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const OWNER: &str =
    "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

fn id(kind: &str, name: &str) -> String {
    format!("/subscriptions/{ID}/resourceGroups/main/providers/Microsoft.Network/{kind}/{name}")
}

fn resource(kind: &str, name: &str, top: Value, properties: Value) -> Value {
    json!({
        "type": kind, "name": name, "group": "main", "location": "westeurope",
        "top": top, "properties": properties,
    })
}

/// A machine with an interface in a subnet with a group, and a public address.
struct World {
    rules: Value,
    sku: Value,
    card: Value,
    subnet: Value,
    more: Vec<Value>,
    identity: Value,
    not_actions: Vec<&'static str>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            rules: json!([ssh()]),
            sku: json!({ "name": "Standard" }),
            card: json!({}),
            subnet: json!({ "networkSecurityGroup": { "id": id("networkSecurityGroups", "rules") } }),
            more: Vec::new(),
            identity: Value::Null,
            not_actions: Vec::new(),
        }
    }
}

fn ssh() -> Value {
    json!({ "name": "ssh", "properties": {
        "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "priority": 100,
        "sourceAddressPrefix": "*", "sourcePortRange": "*",
        "destinationAddressPrefix": "*", "destinationPortRange": "22",
    } })
}

fn changed(mut value: Value, changes: Value) -> Value {
    for (name, new) in changes.as_object().unwrap() {
        value[name] = new.clone();
    }
    value
}

impl World {
    fn scenario(&self) -> Value {
        let subnet = format!("{}/subnets/front", id("virtualNetworks", "core"));
        let card = id("networkInterfaces", "web");
        let subnets = json!([{ "id": subnet, "name": "front", "properties": self.subnet }]);
        let network =
            json!({ "addressSpace": { "addressPrefixes": ["10.0.0.0/16"] }, "subnets": subnets });
        let configuration = json!({
            "privateIPAddress": "10.0.0.4", "privateIPAddressVersion": "IPv4",
            "subnet": { "id": subnet }, "publicIPAddress": { "id": id("publicIPAddresses", "web") },
        });
        let interface = json!({
            "virtualMachine": { "id": machine() },
            "ipConfigurations": [{ "id": format!("{card}/ipConfigurations/one"), "name": "one", "properties": changed(configuration, self.card.clone()) }],
        });
        let address = json!({
            "ipAddress": "20.0.0.1", "publicIPAddressVersion": "IPv4",
            "ipConfiguration": { "id": format!("{card}/ipConfigurations/one") },
        });
        let mut all = vec![
            resource("Microsoft.Network/virtualNetworks", "core", json!({}), network),
            resource("Microsoft.Network/networkInterfaces", "web", json!({}), interface),
            resource(
                "Microsoft.Network/publicIPAddresses",
                "web",
                json!({ "sku": self.sku }),
                address,
            ),
            resource(
                "Microsoft.Network/networkSecurityGroups",
                "rules",
                json!({}),
                json!({ "securityRules": self.rules }),
            ),
            resource(
                "Microsoft.Compute/virtualMachines",
                "web",
                if self.identity.is_null() {
                    json!({})
                } else {
                    json!({ "identity": self.identity })
                },
                json!({ "networkProfile": { "networkInterfaces": [{ "id": card }] } }),
            ),
        ];
        all.extend(self.more.iter().cloned());
        json!({ "subscriptions": [
            { "id": ID, "name": "s", "resources": all, "not_actions": self.not_actions }
        ] })
    }

    fn read(&self) -> Scope {
        let facts = [
            REACH,
            &[
                NetworkInterface::ADDRESSES,
                NetworkInterface::MACHINE,
                SecurityGroup::OPEN_TO_ANYONE,
                Machine::ADDRESSES,
                Machine::IDENTITIES,
                Machine::ADMINISTERS,
            ],
        ]
        .concat();
        let kinds = [Kind::NetworkInterface, Kind::Machine, Kind::SecurityGroup];
        scopes(&self.scenario(), &facts, &kinds).remove(0)
    }

    /// What is open to anyone of the interface: the entries, and why there may be more.
    fn open(&self) -> (Vec<String>, Option<(String, Reason)>) {
        let scope = self.read();
        let fact = &scope.network_interfaces.items[0].open_to_anyone;
        entries_of(&scope, fact)
    }
}

fn machine() -> String {
    format!(
        "/subscriptions/{ID}/resourceGroups/main/providers/Microsoft.Compute/virtualMachines/web"
    )
}

fn entries_of(scope: &Scope, fact: &Fact<Entries>) -> (Vec<String>, Option<(String, Reason)>) {
    match fact {
        Known(entries) => {
            let text = entries.evidence_with("\n");
            let lines = text.lines().map(str::to_owned).collect();
            let gap = entries.undecided().and_then(|gap| scope.gap(gap));
            (lines, gap.map(|gap| (gap.action.clone(), gap.reason)))
        }
        other => (Vec::new(), why(scope, other)),
    }
}

const PATH: &str = "tcp 22 from 0.0.0.0/0: public IP address web (20.0.0.1) → NSG rules (ssh) → network interface web → virtual machine web";

fn group() -> String {
    id("networkSecurityGroups", "rules")
}

#[test]
fn an_open_port_shows_with_its_path_on_the_interface_and_on_the_machine() {
    let scope = World::default().read();
    let card = &scope.network_interfaces.items[0];
    assert_eq!(entries_of(&scope, &card.open_to_anyone), (vec![PATH.to_owned()], None));
    assert_eq!(entries_of(&scope, &card.open_to_some), (vec![], None));
    assert_eq!(card.addresses, Known(vec!["20.0.0.1".to_owned()]));
    assert_eq!(card.machine, Known(Some(machine())));
    let host = &scope.machines.items[0];
    assert_eq!(entries_of(&scope, &host.open_to_anyone), (vec![PATH.to_owned()], None));
    assert_eq!(host.addresses, Known(vec!["20.0.0.1".to_owned()]));
    assert_eq!(
        (&host.identities, entries_of(&scope, &host.administers)),
        (&Known(vec![]), (vec![], None))
    );
    let group = entries_of(&scope, &scope.security_groups.items[0].open_to_anyone);
    assert_eq!(
        group,
        (
            vec![
                "tcp 22 from 0.0.0.0/0: rule ssh".to_owned(),
                "tcp 22 from ::/0: rule ssh".to_owned()
            ],
            None
        )
    );
}

#[test]
fn a_standard_address_is_closed_without_a_group_and_a_basic_one_open() {
    let without = |sku: Value| World { subnet: json!({}), sku, ..World::default() }.open();
    assert_eq!(without(json!({ "name": "Standard" })), (vec![], None));
    let (open, more) = without(json!({ "name": "basic" }));
    assert_eq!(more, None);
    assert_eq!(
        open,
        [
            "all traffic from 0.0.0.0/0: public IP address web (20.0.0.1) → without a network security group → network interface web → virtual machine web"
        ]
    );
    let address = "Microsoft.Network/publicIPAddresses/read".to_owned();
    let (open, more) = without(json!({ "name": "Dreamy" }));
    assert_eq!((open, more), (vec![], Some((address.clone(), Reason::Unsupported))));
    assert_eq!(without(Value::Null), (vec![], Some((address, Reason::Malformed))));
}

#[test]
fn priority_decides_and_rules_are_read_in_every_form() {
    let with = |rules: Value| World { rules, ..World::default() }.open();
    let deny = |priority: u32, more: Value| {
        let mut rule = ssh();
        rule["properties"]["access"] = json!("deny");
        rule["properties"]["priority"] = json!(priority);
        rule["properties"] = changed(rule["properties"].clone(), more);
        rule
    };
    assert_eq!(with(json!([])), (vec![], None));
    assert_eq!(with(json!([ssh(), deny(99, json!({}))])), (vec![], None));
    assert_eq!(with(json!([ssh(), deny(101, json!({}))])), (vec![PATH.to_owned()], None));
    // A denial for what goes out closes nothing.
    assert_eq!(with(json!([ssh(), deny(99, json!({ "direction": "Outbound" }))])).0.len(), 1);
    // Plural properties, halves that make a whole.
    let plural = changed(
        ssh()["properties"].clone(),
        json!({
            "sourceAddressPrefix": null, "sourceAddressPrefixes": ["0.0.0.0/1", "128.0.0.0/1"],
            "destinationPortRange": "", "destinationPortRanges": ["20-22", "80"],
        }),
    );
    let (open, more) = with(json!([{ "name": "ssh", "properties": plural }]));
    assert_eq!(more, None);
    assert!(open[0].starts_with("tcp 20-22 from 0.0.0.0/0: "), "{open:?}");
    assert!(open[1].starts_with("tcp 80 from 0.0.0.0/0: "), "{open:?}");
    let of = |changes: Value| {
        with(
            json!([{ "name": "ssh", "properties": changed(ssh()["properties"].clone(), changes) }]),
        )
    };
    assert_eq!(of(json!({ "sourceAddressPrefix": "Internet" })).0.len(), 1);
    assert_eq!(of(json!({ "sourceAddressPrefix": "VirtualNetwork" })), (vec![], None));
    assert_eq!(of(json!({ "destinationAddressPrefix": "10.0.0.5" })), (vec![], None));
    // What a service tag holds is not known.
    let groups = "Microsoft.Network/networkSecurityGroups/read".to_owned();
    let open = of(json!({ "sourceAddressPrefix": "AzureCloud" }));
    assert_eq!(open, (vec![], Some((groups.clone(), Reason::Undetermined))));
    for odd in [
        json!({ "access": "Perhaps" }),
        json!({ "direction": null }),
        json!({ "priority": "100" }),
        json!({ "protocol": "Carrier" }),
        json!({ "sourceAddressPrefix": null }),
        json!({ "sourceAddressPrefixes": "*" }),
        json!({ "destinationPortRange": "ssh" }),
        json!({ "destinationPortRanges": ["22", 1] }),
        json!({ "sourcePortRange": null }),
    ] {
        let (open, more) = of(odd.clone());
        assert_eq!((open, more), (vec![], Some((groups.clone(), Reason::Malformed))), "{odd}");
    }
}

#[test]
fn what_was_not_read_leaves_it_open() {
    let without =
        |action: &'static str| World { not_actions: vec![action], ..World::default() }.open();
    for (kind, certain) in [
        ("networkSecurityGroups", 0),
        ("virtualNetworks", 0),
        ("publicIPAddresses", 0),
        // These may only add ways.
        ("loadBalancers", 1),
        ("azureFirewalls", 1),
        ("networkManagers", 0),
    ] {
        let action = format!("Microsoft.Network/{kind}/read");
        let (open, more) = without(Box::leak(action.clone().into_boxed_str()));
        assert_eq!((open.len(), more), (certain, Some((action, Reason::Denied))), "{kind}");
    }
    // Without routes and gateways of its own, those of others do not matter.
    for kind in
        ["Microsoft.Network/routeTables/read", "Microsoft.Network/virtualNetworkGateways/read"]
    {
        assert_eq!(without(kind), (vec![PATH.to_owned()], None), "{kind}");
    }
    let scope =
        World { not_actions: vec!["Microsoft.Network/networkInterfaces/read"], ..World::default() }
            .read();
    assert!(!scope.network_interfaces.is_complete());
    let interfaces = ("Microsoft.Network/networkInterfaces/read".to_owned(), Reason::Denied);
    assert_eq!(
        entries_of(&scope, &scope.machines.items[0].open_to_anyone),
        (vec![], Some(interfaces))
    );
}

#[test]
fn a_route_to_an_appliance_is_not_safe_and_not_open() {
    let table = id("routeTables", "routes");
    let with = |prefix: &str, hop: &str, table_name: &str| {
        let route =
            json!({ "name": "all", "properties": { "addressPrefix": prefix, "nextHopType": hop } });
        World {
            subnet: json!({ "networkSecurityGroup": { "id": group() }, "routeTable": { "id": id("routeTables", table_name) } }),
            more: vec![resource("Microsoft.Network/routeTables", "routes", json!({}), json!({ "routes": [route] }))],
            ..World::default()
        }
        .open()
    };
    let routes = Some(("Microsoft.Network/routeTables/read".to_owned(), Reason::Undetermined));
    assert_eq!(with("0.0.0.0/0", "VirtualAppliance", "routes"), (vec![], routes.clone()));
    assert_eq!(with("0.0.0.0/0", "None", "routes"), (vec![], routes.clone()));
    let (open, more) = with("0.0.0.0/0", "Internet", "routes");
    // The tag VirtualNetwork may hold the whole internet then, and every group lets that in.
    assert_eq!((open.len(), more), (1, routes));
    assert!(open[0].contains(" → route all of routes → "), "{open:?}");
    assert_eq!(with("192.168.0.0/16", "VirtualAppliance", "routes"), (vec![PATH.to_owned()], None));
    let (open, more) = with("0.0.0.0/0", "Internet", "others");
    assert_eq!((open.len(), more.map(|(_, reason)| reason)), (0, Some(Reason::Undetermined)));
    assert!(!table.is_empty());
}

/// A load balancer with a public front end or an internal one, and the address of the former.
fn balancer(sku: &str, public: bool, properties: Value) -> Vec<Value> {
    let front = if public {
        json!({ "publicIPAddress": { "id": id("publicIPAddresses", "front") } })
    } else {
        json!({ "privateIPAddress": "10.0.0.9", "subnet": { "id": "/s" } })
    };
    let own = id("loadBalancers", "lb");
    let base = json!({
        "frontendIPConfigurations": [{ "id": format!("{own}/frontendIPConfigurations/f"), "properties": front }],
        "backendAddressPools": [{ "id": format!("{own}/backendAddressPools/p"), "properties": {} }],
        "loadBalancingRules": [], "inboundNatRules": [],
    });
    let address = json!({ "ipAddress": "20.0.0.2" });
    vec![
        resource(
            "Microsoft.Network/loadBalancers",
            "lb",
            json!({ "sku": { "name": sku } }),
            changed(base, properties),
        ),
        resource(
            "Microsoft.Network/publicIPAddresses",
            "front",
            json!({ "sku": { "name": sku } }),
            address,
        ),
    ]
}

#[test]
fn a_load_balancer_leads_to_those_behind_it() {
    let front = format!("{}/frontendIPConfigurations/f", id("loadBalancers", "lb"));
    let pool = format!("{}/backendAddressPools/p", id("loadBalancers", "lb"));
    let nat = json!({ "inboundNatRules": [{ "id": format!("{}/inboundNatRules/n", id("loadBalancers", "lb")), "name": "n", "properties": {
        "frontendIPConfiguration": { "id": front }, "protocol": "Tcp", "frontendPort": 50022, "backendPort": 22,
        "backendIPConfiguration": { "id": format!("{}/ipConfigurations/one", id("networkInterfaces", "web")) },
    } }] });
    let rule = json!({ "loadBalancingRules": [{ "id": "/r", "name": "r", "properties": {
        "frontendIPConfiguration": { "id": front }, "protocol": "Tcp", "frontendPort": 2222, "backendPort": 22,
        "backendAddressPool": { "id": pool },
    } }] });
    let of = |more: Vec<Value>, card: Value| World {
        card: changed(json!({ "publicIPAddress": null }), card),
        more,
        ..World::default()
    };
    // The address that was its own is not: nothing refers to it, but for the address itself.
    let open = |world: World| {
        let mut scenario = world.scenario();
        scenario["subscriptions"][0]["resources"][2]["properties"]["ipConfiguration"] = Value::Null;
        let kinds = [Kind::NetworkInterface];
        let scope = scopes(&scenario, REACH, &kinds).remove(0);
        entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone)
    };
    assert_eq!(open(of(vec![], json!({}))), (vec![], None));
    let (lines, more) = open(of(balancer("Standard", true, nat.clone()), json!({})));
    assert_eq!(more, None);
    assert_eq!(
        lines,
        [
            "tcp 22 from 0.0.0.0/0: public IP address front (20.0.0.2) → load balancer lb inbound NAT rule n (50022 → 22) → NSG rules (ssh) → network interface web → virtual machine web"
        ]
    );
    assert_eq!(open(of(balancer("Standard", false, nat), json!({}))), (vec![], None));
    let in_pool = json!({ "loadBalancerBackendAddressPools": [{ "id": pool }] });
    let (lines, more) = open(of(balancer("Standard", true, rule.clone()), in_pool.clone()));
    assert_eq!((lines.len(), more), (1, None));
    assert!(lines[0].contains("load balancer lb rule r (2222 → 22)"), "{lines:?}");
    // By address, as the pool says.
    let mut by_address = balancer("Standard", true, rule.clone());
    by_address[0]["properties"]["backendAddressPools"][0]["properties"] = json!({ "loadBalancerBackendAddresses": [
        { "name": "a", "properties": { "ipAddress": "10.0.0.4", "virtualNetwork": { "id": id("virtualNetworks", "core") } } }
    ] });
    assert_eq!(open(of(by_address.clone(), json!({}))).0.len(), 1);
    by_address[0]["properties"]["backendAddressPools"][0]["properties"]["loadBalancerBackendAddresses"]
        [0]["properties"]["virtualNetwork"]["id"] = json!("/other");
    assert_eq!(open(of(by_address, json!({}))), (vec![], None));
    // A pool that is not there, and a balancer that does not fit.
    let balancers = |reason| Some(("Microsoft.Network/loadBalancers/read".to_owned(), reason));
    assert_eq!(open(of(vec![], in_pool.clone())), (vec![], balancers(Reason::Undetermined)));
    let odd = balancer("Standard", true, json!({ "loadBalancingRules": "none" }));
    assert_eq!(open(of(odd, json!({}))), (vec![], balancers(Reason::Malformed)));
}

#[test]
fn both_sides_have_to_agree_and_either_names_what_leads_in() {
    // The group says that it filters the interface, which does not say so.
    let mut scenario = World { subnet: json!({}), ..World::default() }.scenario();
    let resources = &mut scenario["subscriptions"][0]["resources"];
    resources[3]["properties"]["networkInterfaces"] =
        json!([{ "id": id("networkInterfaces", "web").to_uppercase() }]);
    let of = |scenario: &Value| {
        let scope = scopes(scenario, REACH, &[Kind::NetworkInterface]).remove(0);
        entries_of(&scope, &scope.network_interfaces.items[0].open_to_anyone)
    };
    let groups =
        Some(("Microsoft.Network/networkSecurityGroups/read".to_owned(), Reason::Undetermined));
    assert_eq!(of(&scenario), (vec![], groups));
    // The address says that it belongs to the interface, which does not say so.
    let world = World { card: json!({ "publicIPAddress": null }), ..World::default() };
    assert_eq!(of(&world.scenario()), (vec![PATH.to_owned()], None));
    // No address yet.
    let mut scenario = World::default().scenario();
    scenario["subscriptions"][0]["resources"][2]["properties"]["ipAddress"] = Value::Null;
    let (open, more) = of(&scenario);
    assert_eq!((open.len(), more.map(|(_, reason)| reason)), (0, Some(Reason::Undetermined)));
}

#[test]
fn a_firewall_or_a_manager_that_may_have_a_say_leaves_it_open() {
    let firewall = |properties: Value| {
        let subnet = format!("{}/subnets/AzureFirewallSubnet", id("virtualNetworks", "core"));
        let base =
            json!({ "ipConfigurations": [{ "properties": { "subnet": { "id": subnet } } }] });
        resource("Microsoft.Network/azureFirewalls", "fw", json!({}), changed(base, properties))
    };
    let with = |more: Vec<Value>| World { more, rules: json!([]), ..World::default() }.open();
    assert_eq!(with(vec![firewall(json!({}))]), (vec![], None));
    let firewalls =
        Some(("Microsoft.Network/azureFirewalls/read".to_owned(), Reason::Undetermined));
    assert_eq!(
        with(vec![firewall(json!({ "firewallPolicy": { "id": "/p" } }))]),
        (vec![], firewalls.clone())
    );
    let to = |rules: Value| {
        let rules = json!([{ "name": "in", "properties": { "rules": rules } }]);
        with(vec![firewall(json!({ "natRuleCollections": rules }))])
    };
    let own = json!([{ "translatedAddress": "10.0.0.5" }, { "translatedAddress": "10.0.0.4" }]);
    assert_eq!(to(own), (vec![], firewalls.clone()));
    assert_eq!(to(json!([{ "translatedFqdn": "web.internal" }])), (vec![], firewalls.clone()));
    // Its rules lead to another machine.
    assert_eq!(to(json!([{ "translatedAddress": "10.0.0.5" }])), (vec![], None));
    assert_eq!(with(vec![firewall(json!({ "natRuleCollections": [{}] }))]), (vec![], firewalls));
    let manager = |access: Value| {
        let properties = json!({ "networkManagerScopeAccesses": access });
        resource("Microsoft.Network/networkManagers", "m", json!({}), properties)
    };
    let managers = |reason| Some(("Microsoft.Network/networkManagers/read".to_owned(), reason));
    assert_eq!(with(vec![manager(json!(["Connectivity"]))]), (vec![], None));
    assert_eq!(
        with(vec![manager(json!(["SecurityAdmin"]))]),
        (vec![], managers(Reason::Undetermined))
    );
    assert_eq!(with(vec![manager(Value::Null)]), (vec![], managers(Reason::Malformed)));
}

#[test]
fn a_manager_of_another_subscription_has_a_say_where_its_scope_may_hold_this_one() {
    const HUB: &str = "aaaaaaaa-0000-4000-8000-000000000002";
    let own = format!("/subscriptions/{}/", ID.to_ascii_uppercase());
    let group = "/providers/Microsoft.Management/managementGroups/all";
    let open = |scopes: Value, access: &str| {
        let properties =
            json!({ "networkManagerScopeAccesses": [access], "networkManagerScopes": scopes });
        let manager = resource("Microsoft.Network/networkManagers", "m", json!({}), properties);
        let mut scenario = World { rules: json!([]), ..World::default() }.scenario();
        let hub = json!({ "id": HUB, "name": "hub", "resources": [manager] });
        scenario["subscriptions"].as_array_mut().unwrap().push(hub);
        let kinds = [Kind::NetworkInterface];
        let all = scopes_of(&scenario, &kinds);
        let scope = all.iter().find(|scope| scope.id == ID).unwrap();
        entries_of(scope, &scope.network_interfaces.items[0].open_to_anyone).1
    };
    let with = |scopes| open(scopes, "SecurityAdmin");
    let undetermined =
        Some(("Microsoft.Network/networkManagers/read".to_owned(), Reason::Undetermined));
    assert_eq!(with(json!({ "managementGroups": [group], "subscriptions": [] })), undetermined);
    assert_eq!(with(json!({ "managementGroups": [], "subscriptions": [own] })), undetermined);
    assert_eq!(with(json!({ "subscriptions": [format!("/subscriptions/{HUB}")] })), None);
    // A scope that cannot be read may be any.
    assert_eq!(with(Value::Null), undetermined);
    assert_eq!(with(json!({ "subscriptions": 1 })), undetermined);
    let connects = open(json!({ "managementGroups": [group] }), "Connectivity");
    assert_eq!(connects, None);
}

fn scopes_of(scenario: &Value, kinds: &[Kind]) -> Vec<Scope> {
    scopes(scenario, REACH, kinds)
}

/// A scale set whose instances are in a pool of a public balancer, or as changed.
fn scale_set(top: Value, properties: Value, configuration: Value) -> Value {
    let subnet = format!("{}/subnets/front", id("virtualNetworks", "core"));
    let base = json!({ "subnet": { "id": subnet } });
    let card = json!({ "name": "nic", "properties": {
        "ipConfigurations": [{ "name": "one", "properties": changed(base, configuration) }],
    } });
    let base = json!({
        "orchestrationMode": "Uniform",
        "virtualMachineProfile": { "networkProfile": { "networkInterfaceConfigurations": [card] } },
    });
    let kind = "Microsoft.Compute/virtualMachineScaleSets";
    resource(kind, "workers", top, changed(base, properties))
}

#[test]
fn instances_of_a_scale_set_are_reached_by_what_its_model_says() {
    let with = |set: Value, rules: Value| {
        let world = World { more: vec![set], rules, ..World::default() };
        let scope = world.read();
        assert!(scope.network_interfaces.is_complete());
        let all = &scope.network_interfaces.items;
        let found = all.iter().find(|card| card.id.contains("workers"));
        found.map(|card| entries_of(&scope, &card.open_to_anyone))
    };
    let public =
        |sku: Value| json!({ "publicIPAddressConfiguration": { "name": "own", "sku": sku } });
    let standard = public(json!({ "name": "Standard" }));
    let own = || scale_set(json!({}), json!({}), standard.clone());
    let way = "tcp 22 from 0.0.0.0/0: public IP address of each instance → NSG rules (ssh) → network interface nic of workers → \
               instances of virtual machine scale set workers";
    assert_eq!(with(own(), json!([ssh()])), Some((vec![way.to_owned()], None)));
    assert_eq!(with(own(), json!([])), Some((vec![], None)));
    // Those of a flexible one are interfaces like all others, and without an instance there are none.
    let flexible = json!({ "orchestrationMode": "Flexible" });
    assert_eq!(with(scale_set(json!({}), flexible, standard.clone()), json!([ssh()])), None);
    let none = json!({ "sku": { "name": "Standard_B1s", "capacity": 0 } });
    assert_eq!(with(scale_set(none, json!({}), standard.clone()), json!([ssh()])), None);
    let set = |configuration| scale_set(json!({}), json!({}), configuration);
    assert_eq!(with(set(json!({})), json!([ssh()])), Some((vec![], None)));
    // A list that does not fit may hold any interface.
    let odd = json!({ "orchestrationMode": "Other" });
    let world = World { more: vec![scale_set(json!({}), odd, standard)], ..World::default() };
    assert!(!world.read().network_interfaces.is_complete());
    let denied = World {
        not_actions: vec!["Microsoft.Compute/virtualMachineScaleSets/read"],
        ..World::default()
    };
    assert!(!denied.read().network_interfaces.is_complete());
}

#[test]
fn an_inbound_nat_pool_leads_to_the_instances_of_a_scale_set() {
    let own = id("loadBalancers", "lb");
    let ranges = || json!({ "loadBalancerInboundNatPools": [{ "id": format!("{own}/inboundNatPools/admin") }] });
    let pool = |changes: Value| {
        let properties = json!({
            "frontendIPConfiguration": { "id": format!("{own}/frontendIPConfigurations/f") },
            "protocol": "Tcp", "frontendPortRangeStart": 50000, "frontendPortRangeEnd": 50119,
            "backendPort": 22,
        });
        json!({ "inboundNatPools": [{ "id": format!("{own}/inboundNatPools/admin"), "name": "admin",
            "properties": changed(properties, changes) }] })
    };
    let with = |configuration: Value, mut more: Vec<Value>, rules: Value| {
        more.push(scale_set(json!({}), json!({}), configuration));
        let scope = World { more, rules, ..World::default() }.read();
        let all = &scope.network_interfaces.items;
        let found = all.iter().find(|card| card.id.contains("workers")).unwrap();
        entries_of(&scope, &found.open_to_anyone)
    };
    let public = |changes: Value| balancer("Standard", true, pool(changes));
    let way = "tcp 22 from 0.0.0.0/0: public IP address front (20.0.0.2) → load balancer lb inbound NAT pool admin (50000-50119 → 22) → \
               NSG rules (ssh) → network interface nic of workers → instances of virtual machine scale set workers";
    let open = (vec![way.to_owned()], None);
    assert_eq!(with(ranges(), public(json!({})), json!([ssh()])), open);
    let closed = (vec![], None);
    assert_eq!(with(ranges(), public(json!({})), json!([])), closed);
    assert_eq!(with(ranges(), public(json!({ "backendPort": 3389 })), json!([ssh()])), closed);
    assert_eq!(with(ranges(), public(json!({ "protocol": "Udp" })), json!([ssh()])), closed);
    let internal = balancer("Standard", false, pool(json!({})));
    assert_eq!(with(ranges(), internal, json!([ssh()])), closed);
    // It leads to those that refer to it, and to no others.
    assert_eq!(with(json!({}), public(json!({})), json!([ssh()])), closed);
    // One that is not there, and one that does not fit.
    let balancers =
        |reason| (vec![], Some(("Microsoft.Network/loadBalancers/read".to_owned(), reason)));
    let without = balancer("Standard", true, json!({}));
    assert_eq!(with(ranges(), without, json!([ssh()])), balancers(Reason::Undetermined));
    assert_eq!(with(ranges(), vec![], json!([ssh()])), balancers(Reason::Undetermined));
    for odd in [
        json!({ "frontendPortRangeStart": null }),
        json!({ "frontendPortRangeEnd": "50119" }),
        json!({ "backendPort": 70000 }),
        json!({ "protocol": "Icmp" }),
        json!({ "frontendIPConfiguration": {} }),
    ] {
        let found = with(ranges(), public(odd.clone()), json!([ssh()]));
        assert_eq!(found, balancers(Reason::Malformed), "{odd}");
    }
}

#[test]
fn a_machine_says_as_what_it_acts_and_what_that_administers() {
    let assignment = |principal: &str, role: &str, group: Option<&str>| {
        let mut one = resource(
            "Microsoft.Authorization/roleAssignments",
            &format!("give-{principal}"),
            json!({}),
            json!({ "roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal" }),
        );
        one["group"] = json!(group);
        one
    };
    let of = |identity: Value, more: Vec<Value>| {
        let scope = World { identity, more, ..World::default() }.read();
        let machine = scope.machines.items[0].clone();
        let identities = why(&scope, &machine.identities).map_or_else(
            || Ok(machine.identities.known().unwrap().clone()),
            |(_, reason)| Err(reason),
        );
        (identities, entries_of(&scope, &machine.administers))
    };
    let system = json!({ "type": "SystemAssigned", "principalId": "AB-1" });
    let both = json!({ "type": "SystemAssigned, UserAssigned", "principalId": "ab-1", "userAssignedIdentities": {
        "/u/one": { "clientId": "x", "principalId": "cd-2" } } });
    let ids = |ids: &[&str]| Ok(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    assert_eq!(of(system.clone(), vec![]), (ids(&["ab-1"]), (vec![], None)));
    let owner = vec![format!("Owner on /subscriptions/{ID}")];
    assert_eq!(of(system.clone(), vec![assignment("ab-1", OWNER, None)]).1, (owner.clone(), None));
    assert_eq!(
        of(both, vec![assignment("cd-2", OWNER, None)]),
        (ids(&["ab-1", "cd-2"]), (owner, None))
    );
    // Of one group of resources it is not the administrator of all.
    assert_eq!(of(system.clone(), vec![assignment("ab-1", OWNER, Some("main"))]).1, (vec![], None));
    let reader = OWNER
        .replace("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "acdd72a7-3385-48ef-bd42-f606fba81ae7");
    assert_eq!(of(system.clone(), vec![assignment("ab-1", &reader, None)]).1, (vec![], None));
    let contributor = OWNER
        .replace("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c");
    assert_eq!(of(system, vec![assignment("ab-1", &contributor, None)]).1.0.len(), 1);
    assert_eq!(of(json!({ "type": "None" }), vec![]), (ids(&[]), (vec![], None)));
    for odd in [
        json!({}),
        json!({ "type": "SystemAssigned" }),
        json!({ "type": "UserAssigned" }),
        json!({ "type": "UserAssigned", "userAssignedIdentities": {} }),
        json!({ "type": "Moon", "principalId": "x" }),
        json!("SystemAssigned"),
    ] {
        let (identities, administers) = of(odd.clone(), vec![]);
        assert_eq!(
            (identities, administers.0.len(), administers.1.is_some()),
            (Err(Reason::Malformed), 0, true),
            "{odd}"
        );
    }
}

/// What decides the traffic between machines is kept, and each gap is that of the list that lacks it.
#[test]
fn what_filters_and_routes_an_interface_is_kept() {
    use posture_model::network::{Hop, PrivateRoute};
    let read = |world: &World| {
        let facts = [REACH, &[SecurityGroup::FILTER]].concat();
        let kinds = [Kind::NetworkInterface, Kind::SecurityGroup];
        scopes(&world.scenario(), &facts, &kinds).remove(0)
    };
    let scope = read(&World::default());
    let card = &scope.network_interfaces.items[0];
    let network = plain(&id("virtualNetworks", "core"));
    let subnet = format!("{network}/subnets/front");
    assert_eq!(card.private_addresses, Known(vec!["10.0.0.4".to_owned()]));
    assert_eq!((&card.network, &card.subnet), (&Known(network), &Known(subnet)));
    assert_eq!(card.filters, Known(vec![plain(&group())]));
    let local = PrivateRoute { to: "10.0.0.0/16".to_owned(), hop: Hop::Local };
    assert_eq!(card.routes, Known(vec![local]));
    let Known(rules) = &scope.security_groups.items[0].filter else { panic!() };
    let words: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(
        words,
        [
            "ssh",
            "AllowVnetInBound",
            "AllowAzureLoadBalancerInBound",
            "DenyAllInBound",
            "AllowVnetOutBound",
            "AllowInternetOutBound",
            "DenyAllOutBound"
        ]
    );
    assert_eq!((rules[0].services[0].as_str(), rules[0].from[0].as_str()), ("tcp 22", "*"));
    for (kind, filters, routes) in [
        ("virtualNetworks", true, true),
        ("networkSecurityGroups", true, false),
        ("networkManagers", true, false),
        ("routeTables", false, false),
        ("loadBalancers", false, false),
    ] {
        let action = format!("Microsoft.Network/{kind}/read");
        let denied = Box::leak(action.clone().into_boxed_str());
        let scope = read(&World { not_actions: vec![denied], ..World::default() });
        let card = &scope.network_interfaces.items[0];
        let reason = Some((action, Reason::Denied));
        assert_eq!(why(&scope, &card.filters), reason.clone().filter(|_| filters), "{kind}");
        assert_eq!(why(&scope, &card.routes), reason.filter(|_| routes), "{kind}");
    }
}
