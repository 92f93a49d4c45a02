//! Scale sets: what the instances of one have in common.

use posture_model::gap::Gap;
use posture_model::network::Family;

use super::super::{Configuration, Interface};
use super::{Row, odd, plain, reference, references};
use crate::view::{Read, View, same};

/// The interfaces of each instance of a
/// [scale set](https://learn.microsoft.com/en-us/rest/api/compute/virtual-machine-scale-sets/get) in uniform orchestration, by its model.
/// Resource Graph does not list them. Those of a flexible one are interfaces like all others, and without an instance there are none.
pub(crate) fn scale_set(row: Row<'_>) -> Read<Vec<Interface>> {
    const MODE: &str = "properties.orchestrationMode";
    const LIST: &str =
        "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations";
    match row.view.text(MODE)? {
        Some(mode) if same(mode, "Flexible") => return Ok(Vec::new()),
        Some(mode) if same(mode, "Uniform") => {}
        // Before there were two modes, all were uniform.
        None => {}
        Some(_) => return odd(MODE),
    }
    if row.view.number("sku.capacity")? == Some(0) {
        return Ok(Vec::new());
    }
    let cards = row.view.need(LIST, View::listed)?;
    cards.into_iter().map(|card| interface(row, card)).collect()
}

fn interface(row: Row<'_>, view: View<'_>) -> Read<Interface> {
    view.need("properties", View::object)?;
    let name = view.need("name", View::text)?;
    let id = format!("{}/networkinterfaceconfigurations/{}", row.id, plain(name));
    let configurations = view.need("properties.ipConfigurations", View::listed)?;
    let configurations = configurations.into_iter().map(|view| configuration(row, &id, view));
    Ok(Interface {
        name: format!("{name} of {}", row.name),
        group: reference(view, "properties.networkSecurityGroup")?,
        configurations: configurations.collect::<Read<_>>()?,
        machine: Some(format!("instances of virtual machine scale set {}", row.name)),
        id,
    })
}

fn configuration(row: Row<'_>, interface: &str, view: View<'_>) -> Read<Configuration> {
    const PUBLIC: &str = "properties.publicIPAddressConfiguration";
    view.need("properties", View::object)?;
    let family = match view.text("properties.privateIPAddressVersion")? {
        None => Family::V4,
        Some(text) if same(text, "IPv4") => Family::V4,
        Some(text) if same(text, "IPv6") => Family::V6,
        Some(_) => return odd("properties.privateIPAddressVersion"),
    };
    let id = format!("{interface}/ipconfigurations/{}", plain(view.need("name", View::text)?));
    let public = view.object(PUBLIC)?.is_some();
    let sku = view.text("properties.publicIPAddressConfiguration.sku.name")?;
    let open = || match sku {
        Some(sku) if same(sku, "Basic") => Ok(true),
        Some(sku) if same(sku, "Standard") => Ok(false),
        Some(sku) => Err(row.unknown(sku)),
        None => {
            let detail = "the SKU of the public IP address of each instance is not stated";
            Err(Gap::undetermined(row.action, row.id, detail))
        }
    };
    let gateways = view.items("properties.applicationGatewayBackendAddressPools")?;
    Ok(Configuration {
        family,
        // Each instance has another one.
        address: None,
        subnet: plain(view.need("properties.subnet.id", View::text)?),
        public: None,
        public_each: public.then(open),
        pools: references(view, "properties.loadBalancerBackendAddressPools")?,
        nat_rules: references(view, "properties.loadBalancerInboundNatPools")?,
        groups: references(view, "properties.applicationSecurityGroups")?,
        behind_gateway: !gateways.is_empty(),
        chained: false,
        id,
    })
}
