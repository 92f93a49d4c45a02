//! Route tables: the most specific route that matches decides.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use posture_model::gap::Gap;
use posture_model::network::{Addresses, Family, Filter, Rule, Service, Traffic};

use super::{Flow, Topology};

/// A route table.
#[derive(Clone, Debug)]
pub(crate) struct RouteTable {
    pub(crate) vpc: String,
    /// Whether it is that of the subnets that have no other.
    pub(crate) main: bool,
    /// The subnets that have it.
    pub(crate) subnets: Vec<String>,
    /// The gateways that have it: it routes what comes in through them.
    pub(crate) gateways: Vec<String>,
    pub(crate) routes: Vec<Route>,
    /// The addresses to which it routes by an internet gateway.
    pub(crate) internet: Flow,
}

/// A route.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// What it is for, as it is written.
    pub(crate) destination: String,
    /// The prefixes of it, or why they are not known.
    pub(crate) prefixes: Result<Vec<IpNet>, Gap>,
    pub(crate) via: Via,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// To the internet, both ways.
    Internet(String),
    /// Within the VPC.
    Local,
    /// To something that may pass it on to the internet, and may inspect it: an interface, a firewall.
    Appliance(String),
    /// Not to the internet, or only one way: a NAT gateway, an egress-only gateway, a peer, nowhere.
    Elsewhere,
}

impl RouteTable {
    pub(crate) fn new(
        vpc: String,
        main: bool,
        subnets: Vec<String>,
        gateways: Vec<String>,
        routes: Vec<Route>,
    ) -> Self {
        let internet = to_internet(&routes);
        Self { vpc, main, subnets, gateways, routes, internet }
    }

    /// Why it is open whether what goes to an address of the VPC arrives there as it was sent: a route that is more specific than the
    /// local one may lead through an appliance.
    pub(super) fn detour_to(&self, address: IpAddr) -> Option<Gap> {
        let mut best: Option<(u8, &Via)> = None;
        let mut open = None;
        for route in &self.routes {
            match &route.prefixes {
                Ok(prefixes) => {
                    let prefixes = prefixes.iter().filter(|prefix| prefix.contains(&address));
                    let length = prefixes.map(IpNet::prefix_len).max();
                    if let Some(length) =
                        length.filter(|length| best.is_none_or(|(it, _)| *length > it))
                    {
                        best = Some((length, &route.via));
                    }
                }
                Err(gap) if matches!(route.via, Via::Appliance(_)) => open = Some(gap.clone()),
                Err(_) => {}
            }
        }
        match best {
            Some((_, Via::Appliance(next))) => Some(through_appliance(next)),
            _ => open,
        }
    }

    /// The routes to an internet gateway that are used for some addresses, or may be.
    pub(crate) fn deciding(&self, addresses: &Addresses) -> Vec<(&str, &str)> {
        let mut all = Vec::new();
        for route in &self.routes {
            let Via::Internet(gateway) = &route.via else { continue };
            let overlaps = |prefix: &IpNet| !Addresses::of(*prefix).and(addresses).is_empty();
            if route.prefixes.as_ref().map_or(true, |prefixes| prefixes.iter().any(overlaps)) {
                all.push((gateway.as_str(), route.destination.as_str()));
            }
        }
        all
    }
}

/// The addresses to which an internet gateway is the next hop: by the longest prefix, as in
/// [the guide](https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html) (read on 2026-11-30).
fn to_internet(routes: &[Route]) -> Flow {
    let mut rules: Vec<(u8, Rule<Gap>)> = Vec::new();
    let mut rule = |length: u8, matches: Flow, via: &Via| {
        if let Via::Appliance(next) = via {
            // What goes through an appliance may go on to the internet.
            let gap = through_appliance(next);
            let perhaps = Flow::between(Traffic::none(), matches.possible().clone(), gap);
            rules.push((length, Rule { matches: perhaps, allows: true }));
        }
        rules.push((length, Rule { matches, allows: matches!(via, Via::Internet(_)) }));
    };
    for route in routes {
        match &route.prefixes {
            Ok(prefixes) => {
                for prefix in prefixes {
                    let traffic = Traffic::of(Service::ALL, &Addresses::of(*prefix));
                    rule(prefix.prefix_len(), Flow::exactly(traffic), &route.via);
                }
            }
            // How specific it is is not known: it may come first.
            Err(gap) => {
                let any = Flow::between(Traffic::none(), Traffic::all(), gap.clone());
                rule(u8::MAX, any, &route.via);
            }
        }
    }
    // Of equal prefixes the one that was read first wins; AWS allows one route for each destination, and prefers a static one to one
    // from a list.
    rules.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let by_family = |family: Family| {
        // Lengths of both versions are apart: a rule of one matches nothing of the other.
        let of = Traffic::of(Service::ALL, &Addresses::all_of(family));
        let rules = rules.iter().filter(|(_, rule)| !rule.matches.possible().and(&of).is_empty());
        let passes = Filter::new(rules.map(|(_, rule)| rule.clone()).collect()).passes();
        passes.among(&Addresses::all_of(family))
    };
    by_family(Family::V4).or(by_family(Family::V6))
}

fn through_appliance(next: &str) -> Gap {
    let detail = "traffic is routed to an appliance or a firewall";
    Gap::undetermined("ec2:DescribeRouteTables", next, detail)
}

impl Topology {
    /// The route table of a subnet: the one that is associated with it, else the main one of its own VPC.
    pub(crate) fn table_of(&self, subnet: &str, vpc: &str) -> Result<(&str, &RouteTable), Gap> {
        let of = |owned: &BTreeMap<String, String>, owner: &str| {
            let (id, table) = self.tables.items.get_key_value(owned.get(owner)?)?;
            Some((id.as_str(), table))
        };
        if let Some(own) = of(&self.owned.tables, subnet) {
            return Ok(own);
        }
        if let Some(gap) = &self.tables.missing {
            return Err(gap.clone());
        }
        of(&self.owned.mains, vpc)
            .ok_or_else(|| self.tables.lacks(subnet, "its VPC has no main route table in the list"))
    }

    /// Why it is open whether what comes in through a gateway arrives at a subnet as it was sent: the gateway may have a route table
    /// that leads through an appliance first.
    pub(super) fn redirected(&self, gateway: &str, addresses: &Addresses) -> Option<Gap> {
        let ids = self.owned.gateways.get(gateway).into_iter().flatten();
        let mut tables = ids.filter_map(|id| self.tables.items.get(id));
        let leads = |route: &Route| {
            let overlaps = |prefix: &IpNet| !Addresses::of(*prefix).and(addresses).is_empty();
            route.via != Via::Local
                && route.prefixes.as_ref().map_or(true, |prefixes| prefixes.iter().any(overlaps))
        };
        tables.any(|table| table.routes.iter().any(leads)).then(|| {
            Gap::undetermined(
                "ec2:DescribeRouteTables",
                gateway,
                "its route table leads through an appliance or a firewall",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;

    use super::*;

    fn route(prefix: Option<&str>, via: Via) -> Route {
        let unread = || Gap::new("ec2:GetManagedPrefixListEntries", "pl-1", Reason::Denied);
        let prefixes = prefix.map(|prefix| vec![prefix.parse().unwrap()]).ok_or_else(unread);
        Route { destination: prefix.unwrap_or("pl-1").to_owned(), prefixes, via }
    }

    fn detour(routes: Vec<Route>) -> Option<Reason> {
        let table = RouteTable::new("vpc-1".to_owned(), true, Vec::new(), Vec::new(), routes);
        table.detour_to("10.0.1.5".parse().unwrap()).map(|gap| gap.reason)
    }

    #[test]
    fn a_route_through_an_appliance_is_a_detour_and_a_list_that_is_not_known_may_be_one() {
        let local = || route(Some("10.0.0.0/16"), Via::Local);
        let appliance = || Via::Appliance("eni-7".to_owned());
        let internet = || Via::Internet("igw-1".to_owned());
        assert_eq!(detour(vec![local()]), None);
        let within = route(Some("10.0.1.0/24"), appliance());
        assert_eq!(detour(vec![local(), within]), Some(Reason::Undetermined));
        let beside = route(Some("10.0.2.0/24"), appliance());
        assert_eq!(detour(vec![local(), beside]), None);
        // Only what leads through one makes a difference.
        assert_eq!(detour(vec![local(), route(None, appliance())]), Some(Reason::Denied));
        for other in [internet(), Via::Elsewhere, Via::Local] {
            assert_eq!(detour(vec![local(), route(None, other)]), None);
        }
    }
}
