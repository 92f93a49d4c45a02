//! Load balancers.

use super::super::{Balancer, BalancerRule, Frontend, NatRule, Pool, Protocol, network_of};
use super::networks::is_open;
use super::{Row, odd, plain, port, reference, references};
use crate::view::{Misfit, Read, View, name_of, same};

/// A [load balancer](https://learn.microsoft.com/en-us/rest/api/load-balancer/load-balancers/get).
pub(crate) fn balancer(row: Row<'_>) -> Read<Balancer> {
    let need = |path: &str| row.view.need(path, View::listed);
    fn all<T>(views: Vec<View<'_>>, read: impl Fn(View<'_>) -> Read<T>) -> Read<Vec<T>> {
        views.into_iter().map(read).collect()
    }
    // A pool makes a rule for each instance of a scale set. Those name interfaces of instances, which Resource Graph does not list.
    let mut translations = all(need("properties.inboundNatRules")?, nat_rule)?;
    translations.extend(all(row.view.items("properties.inboundNatPools")?, nat_pool)?);
    Ok(Balancer {
        name: row.name.to_owned(),
        open: is_open(row),
        frontends: all(need("properties.frontendIPConfigurations")?, frontend)?,
        pools: all(row.view.items("properties.backendAddressPools")?, pool)?,
        rules: all(need("properties.loadBalancingRules")?, rule)?,
        nat: translations,
    })
}

fn id(view: View<'_>) -> Read<String> {
    view.need("properties", View::object)?;
    Ok(plain(view.need("id", View::text)?))
}

fn frontend(view: View<'_>) -> Read<Frontend> {
    Ok(Frontend {
        id: id(view)?,
        address: reference(view, "properties.publicIPAddress")?,
        chained: reference(view, "properties.gatewayLoadBalancer")?.is_some(),
    })
}

fn pool(view: View<'_>) -> Read<Pool> {
    const MEMBERS: &str = "properties.loadBalancerBackendAddresses";
    let own = reference(view, "properties.virtualNetwork")?;
    let mut pool = Pool {
        id: id(view)?,
        members: references(view, "properties.backendIPConfigurations")?,
        addresses: Vec::new(),
    };
    for member in view.items(MEMBERS)? {
        if let Some(id) = reference(member, "properties.networkInterfaceIPConfiguration")? {
            pool.members.push(id);
        }
        let Some(address) = member.text("properties.ipAddress")? else { continue };
        let address = address.parse().map_err(|_| Misfit(MEMBERS.to_owned()))?;
        let subnet = reference(member, "properties.subnet")?;
        let network = reference(member, "properties.virtualNetwork")?
            .or_else(|| subnet.map(|subnet| network_of(&subnet).to_owned()))
            .or_else(|| own.clone());
        pool.addresses.push((address, network));
    }
    Ok(pool)
}

fn protocol(view: View<'_>) -> Read<Protocol> {
    const PATH: &str = "properties.protocol";
    match view.need(PATH, View::text)? {
        text if same(text, "Tcp") => Ok(Protocol::Tcp),
        text if same(text, "Udp") => Ok(Protocol::Udp),
        text if same(text, "All") => Ok(Protocol::Any),
        _ => odd(PATH),
    }
}

fn frontend_of(view: View<'_>) -> Read<String> {
    Ok(plain(view.need("properties.frontendIPConfiguration.id", View::text)?))
}

fn floating(view: View<'_>) -> Read<bool> {
    Ok(view.flag("properties.enableFloatingIP")?.unwrap_or(false))
}

fn rule(view: View<'_>) -> Read<BalancerRule> {
    id(view)?;
    let mut pools = references(view, "properties.backendAddressPools")?;
    pools.extend(reference(view, "properties.backendAddressPool")?);
    if pools.is_empty() {
        return odd("properties.backendAddressPool");
    }
    Ok(BalancerRule {
        name: name_of(view.0).to_owned(),
        frontend: frontend_of(view)?,
        pools,
        protocol: protocol(view)?,
        frontend_port: view.need("properties.frontendPort", port)?,
        backend_port: view.need("properties.backendPort", port)?,
        floating: floating(view)?,
    })
}

fn nat_rule(view: View<'_>) -> Read<NatRule> {
    let (first, last) = (
        port(view, "properties.frontendPortRangeStart")?.filter(|port| *port > 0),
        port(view, "properties.frontendPortRangeEnd")?.filter(|port| *port > 0),
    );
    let frontend_ports = match first {
        Some(first) => (first, last.unwrap_or(first)),
        None => {
            let one = view.need("properties.frontendPort", port)?;
            (one, one)
        }
    };
    Ok(NatRule {
        target: reference(view, "properties.backendIPConfiguration")?,
        pool: reference(view, "properties.backendAddressPool")?,
        ..translation(view, frontend_ports)?
    })
}

/// An [inbound NAT pool](https://learn.microsoft.com/en-us/rest/api/load-balancer/load-balancers/get#inboundnatpool). It does not name
/// whom it leads to: the interfaces of the scale set do.
fn nat_pool(view: View<'_>) -> Read<NatRule> {
    let frontend_ports = (
        view.need("properties.frontendPortRangeStart", port)?,
        view.need("properties.frontendPortRangeEnd", port)?,
    );
    Ok(NatRule { of_scale_set: true, ..translation(view, frontend_ports)? })
}

/// What rules and pools have in common.
fn translation(view: View<'_>, frontend_ports: (u16, u16)) -> Read<NatRule> {
    Ok(NatRule {
        id: id(view)?,
        name: name_of(view.0).to_owned(),
        of_scale_set: false,
        frontend: frontend_of(view)?,
        protocol: protocol(view)?,
        frontend_ports,
        backend_port: view.need("properties.backendPort", port)?,
        floating: floating(view)?,
        target: None,
        pool: None,
    })
}
