//! Networks: what records their traffic, to which others their routes lead, and their endpoints of services.

use std::collections::BTreeSet;

use ipnet::IpNet;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::Network;

use super::super::actions::*;
use super::super::answers::*;
use super::super::convert::malformed;
use super::{Maker, called, tags};

impl Maker<'_> {
    pub(super) fn networks(&self) -> Listing<Network> {
        let network = |vpc: ListedVpc<'_>| {
            let id = vpc.id()?;
            let tags = tags(vpc.tags());
            Some(
                Network::unread_on(
                    Provider::Aws,
                    self.arn("vpc", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .unrecorded(self.unrecorded(id))
                .rejects_recorded(self.recorded(id, &[TrafficType::All, TrafficType::Rejected]))
                .wide_peer_routes(self.wide_peer_routes(id))
                .peers(self.peers(id))
                .endpoints(self.endpoints(id))
                .tags(Known(tags)),
            )
        };
        let all = self.lists.vpcs.pages().flat_map(DescribeVpcs::vpcs);
        let own = all.filter(|vpc| self.is_own(vpc.owner()));
        self.listing(&self.lists.vpcs, VPCS.name, own.map(network))
    }

    /// Whether a flow log with working delivery records one of these kinds of traffic of something.
    fn recorded(&self, id: &str, kinds: &[TrafficType]) -> Fact<bool> {
        let mut open: Option<Gap> = self.lists.flow_logs.missing.clone();
        for log in self.index.logs(id) {
            let unclear = |what: &str| Gap::undetermined(FLOW_LOGS.name, id, what);
            let traffic = match log.traffic() {
                Some(TrafficType::Other) | None => {
                    Err(unclear("which traffic its flow log records is not known here"))
                }
                Some(kind) => Ok(kinds.contains(&kind)),
            };
            let works = match (log.status(), log.delivery()) {
                (Some("ACTIVE"), Some("SUCCESS")) => Ok(true),
                (Some("ACTIVE"), None) => {
                    Err(unclear("its flow log has not delivered anything yet"))
                }
                _ => Ok(false),
            };
            match (traffic, works) {
                (Ok(true), Ok(true)) => return Known(true),
                (Ok(false), _) | (_, Ok(false)) => {}
                (Err(gap), _) | (_, Err(gap)) => open = open.or(Some(gap)),
            }
        }
        open.map_or(Known(false), |gap| Fact::Gap(self.note(gap)))
    }

    fn unrecorded(&self, vpc: &str) -> Fact<Vec<String>> {
        let all = [TrafficType::All];
        let whole = self.recorded(vpc, &all);
        if whole == Known(true) {
            return Known(Vec::new());
        }
        let own: Vec<&str> =
            self.index.subnets_of(vpc).iter().filter_map(|subnet| subnet.id()).collect();
        let mut left = Vec::new();
        let mut open = whole.gap();
        for subnet in &own {
            match self.recorded(subnet, &all) {
                Known(true) => {}
                Known(false) => left.push((*subnet).to_owned()),
                Fact::NotOffered => {}
                Fact::Gap(gap) => open = open.or(Some(gap)),
            }
        }
        match (open, &self.lists.subnets.missing) {
            (Some(gap), _) => Fact::Gap(gap),
            // A subnet without a log is one, whatever else there is.
            (None, Some(gap)) if left.is_empty() => Fact::Gap(self.note(gap.clone())),
            (None, _) if own.is_empty() => Known(vec![vpc.to_owned()]),
            (None, _) => {
                // In whichever order they are listed.
                left.sort();
                Known(left)
            }
        }
    }

    /// The networks to which its routes lead. What is behind a transit gateway or a core network is not read.
    fn peers(&self, vpc: &str) -> Fact<Entries> {
        let mut open: Option<Gap> =
            self.lists.tables.missing.clone().or_else(|| self.lists.peerings.missing.clone());
        let mut peers = BTreeSet::new();
        let routes = self.index.tables_of(vpc).iter().flat_map(|table| table.routes());
        for route in routes.filter(|route| route.state() != Some(RouteState::Blackhole)) {
            if let Some(hub) = route.transit().or(route.core()) {
                let detail = format!("its routes lead to {hub}, whose other networks are not read");
                open = open.or_else(|| Some(Gap::undetermined(TABLES.name, vpc, &detail)));
            }
            match route.peering().map(|peering| self.peer(vpc, peering)) {
                Some(Ok(peer)) => {
                    peers.insert(peer);
                }
                Some(Err(gap)) => open = open.or(Some(gap)),
                None => {}
            }
        }
        Entries::new(peers.into_iter().collect(), open.map(|gap| self.note(gap))).into_fact()
    }

    /// The ARN of the network at the other end of a peering.
    fn peer(&self, vpc: &str, peering: &str) -> Result<String, Gap> {
        let lost = || Gap::undetermined(PEERINGS.name, peering, "the list does not hold it");
        let found = self.index.peerings.get(peering).ok_or_else(lost)?;
        let ends = [found.accepter(), found.requester()].into_iter().flatten();
        let mut others = ends.filter(|end| end.vpc().is_some_and(|id| id != vpc));
        let arn = others.next().and_then(|other| {
            let (owner, region, id) = (other.owner()?, other.region()?, other.vpc()?);
            let partition = self.audit.session.partition();
            Some(format!("arn:{partition}:ec2:{region}:{owner}:vpc/{id}"))
        });
        arn.ok_or_else(|| malformed(PEERINGS.name, peering, "it does not name the other network"))
    }

    fn wide_peer_routes(&self, vpc: &str) -> Fact<Entries> {
        let mut open: Option<Gap> =
            self.lists.tables.missing.clone().or_else(|| self.lists.peerings.missing.clone());
        let mut wide = Vec::new();
        for table in self.index.tables_of(vpc) {
            for route in table.routes() {
                let Some(peering) = route.peering() else { continue };
                match self.is_wide(vpc, peering, route) {
                    Ok(true) => {
                        let to = route.cidr().or(route.cidr6()).or(route.list()).unwrap_or("?");
                        let table = table.id().unwrap_or("?");
                        wide.push(format!("{to} to {peering} in {table}"));
                    }
                    Ok(false) => {}
                    Err(gap) => open = open.or(Some(gap)),
                }
            }
        }
        Entries::new(wide, open.map(|gap| self.note(gap))).into_fact()
    }

    /// Whether a route leads to all addresses of a peer, or to a whole block of them.
    fn is_wide(&self, vpc: &str, peering: &str, route: ListedRoute<'_>) -> Result<bool, Gap> {
        let wrong = |detail: &str| malformed(TABLES.name, peering, detail);
        let prefixes = match (route.cidr().or(route.cidr6()), route.list()) {
            (Some(cidr), _) => {
                vec![cidr.parse::<IpNet>().map_err(|_| wrong("a route is not to a prefix"))?]
            }
            (None, Some(list)) => self
                .lists
                .prefixes
                .get(list)
                .cloned()
                .unwrap_or_else(|| Err(Gap::not_collected()))?,
            (None, None) => return Err(wrong("a route has no destination")),
        };
        let lost = || Gap::undetermined(PEERINGS.name, peering, "the list does not hold it");
        let found = self.index.peerings.get(peering).ok_or_else(lost)?;
        let other = [found.accepter(), found.requester()].into_iter().flatten();
        let other = other.filter(|peer| peer.vpc() != Some(vpc));
        let blocks = other.flat_map(|peer| {
            peer.cidrs().filter_map(PeerCidr::cidr).chain(peer.cidrs6().filter_map(PeerCidr6::cidr))
        });
        let blocks: Result<Vec<IpNet>, _> = blocks.map(str::parse).collect();
        let blocks = blocks.ok().filter(|blocks| !blocks.is_empty()).ok_or_else(|| {
            Gap::undetermined(PEERINGS.name, peering, "the addresses of the peer are not known")
        })?;
        Ok(prefixes.iter().any(|prefix| blocks.iter().any(|block| prefix.contains(block))))
    }

    fn endpoints(&self, vpc: &str) -> Fact<BTreeSet<String>> {
        if let Some(gap) = &self.lists.endpoints.missing {
            return Fact::Gap(self.note(gap.clone()));
        }
        let own = self.index.endpoints_of(vpc).iter().filter(|endpoint| {
            endpoint.state().is_some_and(|state| state.eq_ignore_ascii_case("available"))
        });
        // `com.amazonaws.REGION.SERVICE`
        let mark = format!(".{}.", self.region);
        let name =
            |service: &str| service.split_once(&mark).map_or(service, |(_, name)| name).to_owned();
        Known(own.filter_map(|endpoint| endpoint.service()).map(name).collect())
    }
}
