//! Routes: where the answers of a subnet to the internet go.

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Breadth, Family, Service, Traffic};

use super::{Flow, Network, Topology, network_of};

/// A route table.
#[derive(Clone, Debug)]
pub(crate) struct RouteTable {
    pub(crate) name: String,
    pub(crate) routes: Vec<Route>,
    /// Whether it keeps out the routes that gateways learn.
    pub(crate) without_gateways: bool,
}

/// A route that a user made.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) name: String,
    /// The addresses, or why they are not known: a service tag has addresses that are not known here.
    pub(crate) prefix: Result<Addresses, Gap>,
    pub(crate) to: NextHop,
}

/// Where a route leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextHop {
    Internet,
    /// A firewall or another machine that passes traffic on.
    Appliance,
    /// The network itself.
    Local,
    /// Nowhere: the traffic is dropped.
    Nowhere,
    /// A gateway.
    Elsewhere,
}

/// A virtual network gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    /// The networks that it is in.
    pub(crate) networks: Vec<String>,
    /// Whether it may learn or set routes for addresses of the internet.
    pub(crate) routes: bool,
}

impl Topology {
    /// Why the gateways of a network may bring routes for any address; none where they cannot.
    pub(super) fn learns(&self, id: &str, network: &Network) -> Option<Gap> {
        let detail = "a gateway may bring routes for the internet";
        if network.peers.iter().any(|peer| peer.gateways) {
            return Some(Gap::undetermined(self.networks.action, id, detail));
        }
        let here = |gateway: &Gateway| gateway.networks.iter().any(|own| own == id);
        let mut own = self.gateways.known().filter(|(_, gateway)| here(gateway)).peekable();
        if own.peek().is_none() {
            if !network.gateway {
                return None;
            }
            // Its gateway is not among those that were read.
            let missing = self.gateways.unread().cloned();
            return Some(missing.unwrap_or_else(|| {
                Gap::undetermined(
                    self.gateways.action,
                    id,
                    "the response does not hold its gateway",
                )
            }));
        }
        let learned = own.find(|(_, gateway)| gateway.routes);
        learned
            .map(|(gateway, _)| Gap::undetermined(self.gateways.action, gateway, detail))
            .or_else(|| self.gateways.unread().cloned())
    }

    /// To which senders a subnet answers over the internet itself, by one version of the protocol. By any other way an answer
    /// may or may not arrive.
    pub(super) fn answers(&self, subnet: &str, family: Family) -> Flow {
        let (network, own) = match self.subnet(subnet) {
            Ok(found) => found,
            Err(gap) => return Flow::unknown(gap),
        };
        let table = match own.table.as_deref().map(|id| self.tables.get(id)).transpose() {
            Ok(table) => table,
            Err(gap) => return Flow::unknown(gap),
        };
        let mut straight = Addresses::all_of(family);
        let mut why = None;
        // What a gateway brings is less than what a route of the same prefix says, and more than the route of the system.
        if table.is_none_or(|table| !table.without_gateways)
            && let Some(gap) = self.learns(network_of(subnet), network)
        {
            straight = Addresses::none();
            why = Some(gap);
        }
        let Some(table) = table else { return self.straight(&straight, why) };
        // A longer prefix is asked first, so that it is written last.
        let mut routes: Vec<&Route> = table.routes.iter().collect();
        routes.sort_by_key(|route| {
            let first = route.prefix.as_ref().ok().and_then(|all| all.prefixes().first().copied());
            first.map_or(u8::MAX, |prefix| prefix.prefix_len())
        });
        for route in routes {
            match (&route.prefix, route.to) {
                (Ok(prefix), NextHop::Internet) => straight.add(&prefix.only(family)),
                (Ok(prefix), _) => {
                    let prefix = prefix.only(family);
                    if !prefix.and(&straight).is_empty() {
                        let detail = format!(
                            "route {} of {} leads answers elsewhere",
                            route.name, table.name
                        );
                        let id = own.table.as_deref().unwrap_or_default();
                        why.get_or_insert_with(|| {
                            Gap::undetermined(self.tables.action, id, &detail)
                        });
                    }
                    straight.remove(&prefix);
                }
                (Err(_), NextHop::Internet) => {}
                (Err(gap), _) => {
                    straight = Addresses::none();
                    why.get_or_insert_with(|| gap.clone());
                }
            }
        }
        self.straight(&straight, why)
    }

    fn straight(&self, straight: &Addresses, why: Option<Gap>) -> Flow {
        let straight = Traffic::of(Service::ALL, straight);
        match why {
            None => Flow::exactly(straight),
            Some(why) => Flow::between(straight, Traffic::all(), why),
        }
    }

    /// The appliance that a subnet sends its answers to strangers through: it may pass on what comes in, too.
    pub(super) fn appliance(&self, subnet: &str, family: Family) -> Option<Gap> {
        let (_, own) = self.subnet(subnet).ok()?;
        let id = own.table.as_deref()?;
        let table = self.tables.get(id).ok()?;
        let wide = |route: &&Route| match &route.prefix {
            Ok(prefix) => prefix.breadth(family) >= Breadth::Wide,
            Err(_) => true,
        };
        let through = |route: &&Route| route.to == NextHop::Appliance && wide(route);
        let route = table.routes.iter().find(through)?;
        let detail = format!(
            "what the appliance behind route {} of {} passes on is not known",
            route.name, table.name
        );
        Some(Gap::undetermined(self.tables.action, id, &detail))
    }

    /// The route by which a subnet answers, in words.
    pub(super) fn route_in_words(&self, subnet: &str, family: Family) -> Option<String> {
        let (_, own) = self.subnet(subnet).ok()?;
        let table = self.tables.get(own.table.as_deref()?).ok()?;
        let everything = Addresses::all_of(family);
        let whole = |route: &&Route| {
            route.to == NextHop::Internet
                && route.prefix.as_ref().is_ok_and(|p| p.covers(&everything))
        };
        let route = table.routes.iter().find(whole)?;
        Some(format!("route {} of {}", route.name, table.name))
    }
}
