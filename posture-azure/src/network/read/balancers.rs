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
    // Ranges of ports for the machines of a scale set, which show among the rules of each of them as well.
    Ok(Balancer {
        name: row.name.to_owned(),
        open: is_open(row),
        frontends: all(need("properties.frontendIPConfigurations")?, frontend)?,
        pools: all(row.view.items("properties.backendAddressPools")?, pool)?,
        rules: all(need("properties.loadBalancingRules")?, rule)?,
        nat: all(need("properties.inboundNatRules")?, nat)?,
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

fn nat(view: View<'_>) -> Read<NatRule> {
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
        id: id(view)?,
        name: name_of(view.0).to_owned(),
        frontend: frontend_of(view)?,
        protocol: protocol(view)?,
        frontend_ports,
        backend_port: view.need("properties.backendPort", port)?,
        floating: floating(view)?,
        target: reference(view, "properties.backendIPConfiguration")?,
        pool: reference(view, "properties.backendAddressPool")?,
    })
}
