//! Virtual networks, and what leads into them: route tables, gateways, firewalls, public addresses.

use std::collections::BTreeMap;

use posture_model::gap::Gap;
use posture_model::network::Addresses;

use super::super::{
    Firewall, Gateway, Network, NextHop, Peer, PublicAddress, Route, RouteTable, Subnet, network_of,
};
use super::{Row, odd, plain, reference};
use crate::view::{Misfit, Read, View, name_of, same};

/// A [network](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/virtual-networks/get) with its subnets.
pub(crate) fn network(row: Row<'_>) -> Read<Network> {
    const PREFIXES: &str = "properties.addressSpace.addressPrefixes";
    let space = addresses(row.view.need(PREFIXES, View::words)?, PREFIXES)?;
    let (mut subnets, mut gateway) = (BTreeMap::new(), false);
    for view in row.view.items("properties.subnets")? {
        view.need("properties", View::object)?;
        let name = view.need("name", View::text)?;
        let used = !view.items("properties.ipConfigurations")?.is_empty();
        gateway |= same(name, "GatewaySubnet") && used;
        let subnet = Subnet {
            group: reference(view, "properties.networkSecurityGroup")?,
            table: reference(view, "properties.routeTable")?,
        };
        subnets.insert(plain(view.need("id", View::text)?), subnet);
    }
    let peers = row.view.items("properties.virtualNetworkPeerings")?.into_iter().map(peer);
    let peers: Vec<Option<Peer>> = peers.collect::<Read<_>>()?;
    Ok(Network { space, subnets, peers: peers.into_iter().flatten().collect(), gateway })
}

/// A peering that is in force.
fn peer(view: View<'_>) -> Read<Option<Peer>> {
    // Its space when it was connected, and what it is now.
    const SPACES: [&str; 2] = [
        "properties.remoteAddressSpace.addressPrefixes",
        "properties.remoteVirtualNetworkAddressSpace.addressPrefixes",
    ];
    if !same(view.need("properties.peeringState", View::text)?, "Connected") {
        return Ok(None);
    }
    let mut space = Addresses::none();
    for path in SPACES {
        space.add(&addresses(view.texts(path)?, path)?);
    }
    Ok(Some(Peer {
        network: plain(view.need("properties.remoteVirtualNetwork.id", View::text)?),
        space,
        gateways: view.flag("properties.useRemoteGateways")?.unwrap_or(false),
        open: open(view)?,
    }))
}

/// Whether the whole peered network is accessible: a peering may be limited, or be one of single subnets.
fn open(view: View<'_>) -> Read<Option<bool>> {
    let whole = view.flag("properties.peerCompleteVnets")?.unwrap_or(true);
    let access = view.flag("properties.allowVirtualNetworkAccess")?;
    Ok(access.map(|access| access && whole))
}

fn addresses(prefixes: Vec<&str>, path: &str) -> Read<Addresses> {
    let mut all = Addresses::none();
    for prefix in prefixes {
        let prefix = Addresses::parse(prefix).ok_or_else(|| Misfit(path.to_owned()))?;
        all.add(&prefix);
    }
    Ok(all)
}

/// A [route table](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/route-tables/get). A route may name a service tag
/// instead of a prefix.
pub(crate) fn route_table(row: Row<'_>) -> Read<RouteTable> {
    let route = |view: View<'_>| -> Read<Route> {
        let prefix = view.need("properties.addressPrefix", View::text)?;
        let hop = view.need("properties.nextHopType", View::text)?;
        let to = match hop.to_ascii_lowercase().as_str() {
            "internet" => NextHop::Internet,
            "virtualappliance" => NextHop::Appliance,
            "vnetlocal" => NextHop::Local,
            "none" => NextHop::Nowhere,
            "virtualnetworkgateway" => NextHop::Elsewhere,
            _ => return odd("properties.nextHopType"),
        };
        let unknown = || {
            let detail = "the addresses of a service tag are not known";
            Gap::undetermined(row.action, row.id, detail)
        };
        let name = name_of(view.0).to_owned();
        Ok(Route { name, prefix: Addresses::parse(prefix).ok_or_else(unknown), to })
    };
    let routes = row.view.need("properties.routes", View::listed)?;
    Ok(RouteTable {
        name: row.name.to_owned(),
        routes: routes.into_iter().map(route).collect::<Read<_>>()?,
        without_gateways: row.view.flag("properties.disableBgpRoutePropagation")?.unwrap_or(false),
    })
}

/// A [gateway](https://learn.microsoft.com/en-us/rest/api/network-gateway/virtual-network-gateways/get): one of ExpressRoute
/// learns routes, one of VPN if it speaks BGP or has a default site.
pub(crate) fn gateway(row: Row<'_>) -> Read<Gateway> {
    let vpn = same(row.view.need("properties.gatewayType", View::text)?, "Vpn");
    let learns = row.view.flag("properties.enableBgp")?.unwrap_or(false);
    let default = reference(row.view, "properties.gatewayDefaultSite")?.is_some();
    Ok(Gateway { networks: networks_of(row.view)?, routes: !vpn || learns || default })
}

/// An [Azure Firewall](https://learn.microsoft.com/en-us/rest/api/firewall/azure-firewalls/get). Which addresses the rules of a
/// policy translate is not read, so that these may be any.
pub(crate) fn firewall(row: Row<'_>) -> Read<Firewall> {
    let policy = reference(row.view, "properties.firewallPolicy")?.is_some();
    let translates = if policy { Addresses::all() } else { translated(row.view)? };
    Ok(Firewall { name: row.name.to_owned(), networks: networks_of(row.view)?, translates })
}

/// The addresses that a firewall's own rules translate to. One that is given by a name may be any.
fn translated(view: View<'_>) -> Read<Addresses> {
    let mut all = Addresses::none();
    for collection in view.items("properties.natRuleCollections")? {
        let Ok(rules) = collection.need("properties.rules", View::listed) else {
            return Ok(Addresses::all());
        };
        for rule in rules {
            match rule.text("translatedAddress")?.and_then(Addresses::parse) {
                Some(address) => all.add(&address),
                None => return Ok(Addresses::all()),
            }
        }
    }
    Ok(all)
}

/// The networks that something is in by its configurations.
fn networks_of(view: View<'_>) -> Read<Vec<String>> {
    let of = |view: View<'_>| -> Read<Option<String>> {
        let subnet = reference(view, "properties.subnet")?;
        Ok(subnet.map(|subnet| network_of(&subnet).to_owned()))
    };
    let all = view.items("properties.ipConfigurations")?.into_iter().map(of);
    Ok(all.collect::<Read<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Whether something of a SKU lets in what no group forbids.
pub(super) fn is_open(row: Row<'_>) -> Result<bool, Gap> {
    match row.view.need("sku.name", View::text) {
        Ok(name) if same(name, "Basic") => Ok(true),
        Ok(name) if ["Standard", "StandardV2", "Gateway"].iter().any(|sku| same(sku, name)) => {
            Ok(false)
        }
        Ok(name) => Err(row.unknown(name)),
        Err(Misfit(path)) => Err(super::misfit(row.action, row.id, &path)),
    }
}

/// A [public address](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/public-ip-addresses/get).
pub(crate) fn address(row: Row<'_>) -> Read<PublicAddress> {
    let address = row.view.text("properties.ipAddress")?.filter(|text| !text.is_empty());
    Ok(PublicAddress {
        name: row.name.to_owned(),
        address: address.map(str::to_owned),
        open: is_open(row),
        user: reference(row.view, "properties.ipConfiguration")?,
    })
}
