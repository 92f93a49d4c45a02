//! The readers on the examples that Microsoft publishes, which are beside the project where they are at all.

use std::io::Write as _;
use std::path::Path;

use super::*;

/// The resources of an example, where the examples are here.
fn example(name: &str) -> Option<Vec<Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = folder.join("shared/azure-examples/Microsoft.Network/2024-01-01");
    if !folder.is_dir() {
        let text = "SKIPPED: the published examples of Azure networks are not here";
        let _ = writeln!(std::io::stderr(), "{text}");
        return None;
    }
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let example: Value = serde_json::from_str(&text).unwrap();
    Some(example["responses"]["200"]["body"]["value"].as_array().unwrap().clone())
}

/// Reads every resource of an example.
fn all<T>(name: &str, read: impl Fn(Row<'_>) -> Read<T>) -> Option<Vec<T>> {
    let table = table("example", &Ok(example(name)?), read);
    assert!(!table.items.is_empty(), "{name}");
    let each = |(id, item): (String, Result<T, Gap>)| {
        item.unwrap_or_else(|gap| panic!("{name}: {id}: {gap:?}"))
    };
    Some(table.items.into_iter().map(each).collect())
}

#[test]
fn every_published_example_is_read() {
    let Some(groups) = all("NetworkSecurityGroupListAll.json", group) else { return };
    // The rules that every group has, whether it lists them or not.
    assert!(groups.iter().all(|group| group.rules.len() >= 3), "{groups:?}");
    let cards = all("NetworkInterfaceListAll.json", interface).unwrap();
    assert!(cards.iter().any(|(card, machine)| card.group.is_some() && machine.is_some()));
    assert!(
        cards.iter().all(|(card, _)| card.configurations.iter().all(|one| one.public.is_some()))
    );
    let networks = all("VirtualNetworkListAll.json", network).unwrap();
    assert!(networks.iter().any(|network| !network.subnets.is_empty()));
    let balancers = all("LoadBalancerListAll.json", balancer).unwrap();
    let known = |one: &&super::super::Balancer| one.nat.len() == 1 && one.rules.len() == 1;
    assert!(balancers.iter().any(|one| known(&one) && one.frontends[0].address.is_none()));
    let addresses = all("PublicIpAddressListAll.json", address).unwrap();
    // These do not say of which SKU they are, so that it is open whether they are open.
    assert!(addresses.iter().all(|one| one.user.is_some() && one.open.is_err()));
    let gateways = all("VirtualNetworkGatewayList.json", gateway).unwrap();
    assert!(gateways.iter().all(|one| one.networks.len() == 1), "{gateways:?}");
    let firewalls = all("AzureFirewallListBySubscription.json", firewall).unwrap();
    assert!(firewalls.iter().all(|one| !one.translates.is_empty() && one.networks.len() == 1));
}
