//! Network interfaces.

use posture_model::network::Family;

use super::super::{Configuration, Interface};
use super::{Row, odd, plain, reference, references};
use crate::view::{Misfit, Read, View, same};

/// An [interface](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-interfaces/get), with the id of the machine
/// that it is attached to.
pub(crate) fn interface(row: Row<'_>) -> Read<(Interface, Option<String>)> {
    let machine = row.view.text("properties.virtualMachine.id")?.filter(|id| !id.is_empty());
    let words = |id: &str| {
        let name = id.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        format!("virtual machine {name}")
    };
    let configurations = row.view.need("properties.ipConfigurations", View::listed)?;
    let interface = Interface {
        id: row.id.to_owned(),
        name: row.name.to_owned(),
        group: reference(row.view, "properties.networkSecurityGroup")?,
        configurations: configurations.into_iter().map(configuration).collect::<Read<_>>()?,
        machine: machine.map(words),
    };
    Ok((interface, machine.map(str::to_owned)))
}

fn configuration(view: View<'_>) -> Read<Configuration> {
    const ADDRESS: &str = "properties.privateIPAddress";
    view.need("properties", View::object)?;
    let family = match view.text("properties.privateIPAddressVersion")? {
        None => Family::V4,
        Some(text) if same(text, "IPv4") => Family::V4,
        Some(text) if same(text, "IPv6") => Family::V6,
        Some(_) => return odd("properties.privateIPAddressVersion"),
    };
    let address = view.text(ADDRESS)?.filter(|text| !text.is_empty());
    let address = address.map(str::parse).transpose().map_err(|_| Misfit(ADDRESS.to_owned()))?;
    let gateways = view.items("properties.applicationGatewayBackendAddressPools")?;
    Ok(Configuration {
        id: plain(view.need("id", View::text)?),
        family,
        address,
        subnet: plain(view.need("properties.subnet.id", View::text)?),
        public: reference(view, "properties.publicIPAddress")?,
        public_each: None,
        pools: references(view, "properties.loadBalancerBackendAddressPools")?,
        nat_rules: references(view, "properties.loadBalancerInboundNatRules")?,
        groups: references(view, "properties.applicationSecurityGroups")?,
        behind_gateway: !gateways.is_empty(),
        chained: reference(view, "properties.gatewayLoadBalancer")?.is_some(),
    })
}
