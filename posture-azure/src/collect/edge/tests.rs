//! Public addresses, gateways, bastions and perimeters from the answers of a subscription, good and bad.

use posture_model::gap::Reason;
use posture_model::resource::Network;
use posture_model::scope::Scope;
use serde_json::json;

use super::super::recorded::{scopes, why};
use super::*;

fn read(resources: &[Value], not_actions: &[&str]) -> Scope {
    let scenario = json!({ "subscriptions": [
        { "id": "s", "name": "s", "resources": resources, "not_actions": not_actions }
    ] });
    let kinds = [Kind::Network, Kind::PublicAddress, Kind::Firewall, Kind::VpnGateway];
    let facts = [
        Account::BASTIONS,
        Account::SERVICE_PERIMETERS,
        Network::UNFILTERED_SUBNETS,
        Network::FLOOD_PROTECTED,
        Network::PEERS,
        Firewall::BLOCKS_KNOWN_THREATS,
        PublicAddress::IN_USE,
        VpnGateway::CLIENT_SIGN_IN,
    ];
    scopes(&scenario, &facts, &kinds).remove(0)
}

fn resource(kind: &str, name: &str, properties: Value) -> Value {
    json!({
        "type": format!("Microsoft.Network/{kind}"), "name": name, "group": "main",
        "location": "westeurope", "properties": properties,
    })
}

#[test]
fn an_address_is_in_use_where_something_has_it() {
    let of = |properties: Value| {
        let scope = read(&[resource("publicIPAddresses", "a", properties)], &[]);
        let address = scope.public_addresses.items[0].clone();
        why(&scope, &address.in_use)
            .map_or_else(|| Ok(*address.in_use.known().unwrap()), |(_, reason)| Err(reason))
    };
    let used = json!({ "id": "/subscriptions/s/x" });
    for by in ["ipConfiguration", "natGateway", "linkedPublicIPAddress", "servicePublicIPAddress"] {
        assert_eq!(of(json!({ by: used })), Ok(true), "{by}");
    }
    assert_eq!(of(json!({ "ipConfiguration": used, "natGateway": used })), Ok(true));
    assert_eq!(of(json!({ "ipConfiguration": used, "linkedPublicIPAddress": used })), Ok(true));
    assert_eq!(of(json!({ "ipConfiguration": used, "servicePublicIPAddress": used })), Ok(true));
    assert_eq!(of(json!({ "ipAddress": "20.0.0.1" })), Ok(false));
    assert_eq!(of(json!({ "ipConfiguration": null })), Ok(false));
    assert_eq!(of(json!({ "ipConfiguration": "x" })), Err(Reason::Malformed));
    assert_eq!(of(json!({ "ipConfiguration": { "id": 1 } })), Err(Reason::Malformed));
}

#[test]
fn a_gateway_says_how_clients_sign_in() {
    let of = |client: Value| {
        let properties = json!({ "vpnClientConfiguration": client });
        let scope = read(&[resource("virtualNetworkGateways", "g", properties)], &[]);
        let gateway = scope.vpn_gateways.items[0].clone();
        why(&scope, &gateway.client_sign_in).map_or_else(
            || Ok(gateway.client_sign_in.known().unwrap().clone()),
            |(_, reason)| Err(reason),
        )
    };
    let pool = json!({ "addressPrefixes": ["172.16.0.0/24"] });
    let types =
        |types: &[&str]| json!({ "vpnClientAddressPool": pool, "vpnAuthenticationTypes": types });
    assert_eq!(of(types(&["AAD"])), Ok(Some(vec!["AAD".to_owned()])));
    let both = Ok(Some(vec!["AAD".to_owned(), "Certificate".to_owned()]));
    assert_eq!(of(types(&["Certificate", "AAD"])), both);
    // As the service answers of a gateway that connects sites alone.
    assert_eq!(of(json!({ "vpnClientProtocols": [], "vpnClientRootCertificates": [] })), Ok(None));
    assert_eq!(of(Value::Null), Ok(None));
    for odd in [types(&[]), json!({ "vpnClientAddressPool": pool }), json!("x"), json!([])] {
        assert_eq!(of(odd.clone()), Err(Reason::Malformed), "{odd}");
    }
}

#[test]
fn a_subnet_without_a_group_is_named_unless_it_cannot_have_one() {
    let subnet = |name: &str, properties: Value| json!({ "id": format!("/n/subnets/{name}"), "name": name, "properties": properties });
    let of = |subnets: Value| {
        let scope = read(&[resource("virtualNetworks", "n", json!({ "subnets": subnets }))], &[]);
        let network = scope.networks.items[0].clone();
        why(&scope, &network.unfiltered_subnets).map_or_else(
            || Ok(network.unfiltered_subnets.known().unwrap().clone()),
            |(_, reason)| Err(reason),
        )
    };
    let group = json!({ "networkSecurityGroup": { "id": "/g" } });
    assert_eq!(of(json!([subnet("a", group.clone())])), Ok(vec![]));
    assert_eq!(
        of(json!([subnet("b", json!({})), subnet("a", json!({})), subnet("c", group)])),
        Ok(vec!["a".to_owned(), "b".to_owned()])
    );
    for own in ["gatewaysubnet", "AzureFirewallSubnet", "RouteServerSubnet"] {
        assert_eq!(of(json!([subnet(own, json!({}))])), Ok(vec![]), "{own}");
    }
    assert_eq!(of(json!([subnet("AzureBastionSubnet", json!({}))])).unwrap().len(), 1);
    assert_eq!(of(json!([])), Ok(vec![]));
    assert_eq!(of(Value::Null), Ok(vec![]));
    for odd in [
        json!([{ "name": "a" }]),
        json!([{ "properties": {} }]),
        json!(["a"]),
        json!([subnet("a", json!({ "networkSecurityGroup": "/g" }))]),
        json!({}),
    ] {
        assert_eq!(of(odd.clone()), Err(Reason::Malformed), "{odd}");
    }
}

#[test]
fn a_network_is_protected_where_protection_is_on_and_has_a_plan() {
    let of = |properties: Value| {
        let scope = read(&[resource("virtualNetworks", "n", properties)], &[]);
        scope.networks.items[0].flood_protected.clone()
    };
    let plan = json!({ "id": "/plan" });
    assert_eq!(
        of(json!({ "enableDdosProtection": true, "ddosProtectionPlan": plan })),
        Known(true)
    );
    assert_eq!(
        of(json!({ "enableDdosProtection": false, "ddosProtectionPlan": plan })),
        Known(false)
    );
    assert_eq!(of(json!({ "enableDdosProtection": true })), Known(false));
    assert_eq!(of(json!({})), Known(false));
    assert!(
        of(json!({ "enableDdosProtection": "on", "ddosProtectionPlan": plan })).gap().is_some()
    );
}

#[test]
fn what_works_is_named_and_what_could_not_be_read_is_a_gap() {
    let bastion = |name: &str, state: Value| {
        resource("bastionHosts", name, json!({ "provisioningState": state }))
    };
    let of = |hosts: &[Value]| {
        let scope = read(hosts, &[]);
        let fact = scope.account.bastions.clone();
        why(&scope, &fact)
            .map_or_else(|| Ok(fact.known().unwrap().clone()), |(_, reason)| Err(reason))
    };
    assert_eq!(of(&[]), Ok(vec![]));
    assert_eq!(of(&[bastion("a", json!("succeeded"))]), Ok(vec!["a".to_owned()]));
    assert_eq!(of(&[bastion("a", json!("Failed")), bastion("b", json!("Deleting"))]), Ok(vec![]));
    assert_eq!(of(&[bastion("a", json!("Dreaming"))]), Err(Reason::Unsupported));
    assert_eq!(of(&[bastion("a", Value::Null)]), Err(Reason::Malformed));
    assert_eq!(
        of(&[bastion("a", json!(1)), bastion("b", json!("Succeeded"))]),
        Ok(vec!["b".to_owned()])
    );
    let perimeter =
        resource("networkSecurityPerimeters", "p", json!({ "provisioningState": "Succeeded" }));
    let scope = read(std::slice::from_ref(&perimeter), &[]);
    assert_eq!(scope.account.service_perimeters, Known(vec!["p".to_owned()]));
    // What the identity may not read is not there, and not absent.
    let scope = read(&[perimeter], &["Microsoft.Network/*"]);
    let denied = Some((PERIMETERS.name.to_owned(), Reason::Denied));
    assert_eq!(why(&scope, &scope.account.service_perimeters), denied);
    assert!(!scope.public_addresses.is_complete() && !scope.vpn_gateways.is_complete());
}

#[test]
fn a_network_is_joined_with_those_of_its_connected_peerings() {
    let peering = |state: Value, remote: Value| json!({ "name": "p", "properties": { "peeringState": state, "remoteVirtualNetwork": remote } });
    let of = |peerings: Value| {
        let scope = read(
            &[resource("virtualNetworks", "n", json!({ "virtualNetworkPeerings": peerings }))],
            &[],
        );
        let network = scope.networks.items[0].clone();
        why(&scope, &network.peers).map_or_else(
            || Ok(network.peers.known().unwrap().certain().to_vec()),
            |(_, reason)| Err(reason),
        )
    };
    let far = json!({ "id": "/far" });
    assert_eq!(of(json!([peering(json!("Connected"), far.clone())])), Ok(vec!["/far".to_owned()]));
    assert_eq!(of(json!([peering(json!("Disconnected"), far.clone())])), Ok(vec![]));
    assert_eq!(of(Value::Null), Ok(vec![]));
    for odd in [peering(Value::Null, far.clone()), peering(json!("Connected"), Value::Null)] {
        assert_eq!(of(json!([odd.clone()])), Err(Reason::Malformed), "{odd}");
    }
}

#[test]
fn a_firewall_blocks_what_itself_its_policy_or_that_above_says() {
    let policy = |name: &str, mode: &str, base: Value| {
        let properties = json!({ "threatIntelMode": mode, "basePolicy": base });
        resource("firewallPolicies", name, properties)
    };
    let id = |name: &str| json!({ "id": format!("/SUBSCRIPTIONS/s/resourceGroups/main/providers/Microsoft.Network/firewallPolicies/{name}") });
    let of = |properties: Value, policies: &[Value]| {
        let firewall = resource("azureFirewalls", "f", properties);
        let scope = read(&[&[firewall], policies].concat(), &[]);
        let firewall = scope.firewalls.items[0].clone();
        why(&scope, &firewall.blocks_known_threats).map_or_else(
            || Ok(*firewall.blocks_known_threats.known().unwrap()),
            |(_, reason)| Err(reason),
        )
    };
    for (mode, blocks) in [
        (json!("Deny"), Ok(true)),
        (json!("alert"), Ok(false)),
        (json!("Off"), Ok(false)),
        (json!("Dreaming"), Err(Reason::Unsupported)),
        (Value::Null, Err(Reason::Malformed)),
    ] {
        assert_eq!(of(json!({ "threatIntelMode": mode }), &[]), blocks, "{mode}");
    }
    let by = |policies: &[Value]| {
        of(json!({ "threatIntelMode": "Alert", "firewallPolicy": id("own") }), policies)
    };
    assert_eq!(by(&[policy("own", "Deny", Value::Null)]), Ok(true));
    assert_eq!(by(&[policy("own", "Alert", Value::Null)]), Ok(false));
    assert_eq!(
        by(&[policy("own", "Alert", id("base")), policy("base", "Deny", Value::Null)]),
        Ok(true)
    );
    assert_eq!(by(&[policy("own", "Off", id("base"))]), Err(Reason::OutsideScope));
    assert_eq!(by(&[policy("own", "Deny", id("base"))]), Ok(true));
    // What the policy itself denies is denied, whatever it inherits.
    assert_eq!(by(&[policy("own", "Deny", json!("base"))]), Ok(true));
    assert_eq!(by(&[policy("own", "Off", json!("base"))]), Err(Reason::Malformed));
    assert_eq!(by(&[]), Err(Reason::OutsideScope));
    assert_eq!(by(&[policy("own", "Off", id("own"))]), Err(Reason::Undetermined));
}
