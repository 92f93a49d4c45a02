//! The resources of a region, from what was read of it.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::network::{Traffic, open_to_everyone};
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    Account, InternetBlock, Kind, LoadBalancer, Machine, Network, NetworkAcl, NetworkInterface,
    SecurityGroup, Subnet, TransitGateway, VpnConnection,
};

use super::actions::*;
use super::answers::*;
use super::balancers::Place;
use super::balancers::actions::BALANCERS;
use super::balancers::answers::{DescribeClassicLoadBalancers, DescribeLoadBalancers};
use super::convert::{self, malformed};
use super::exposure::{self, Found};
use super::{Lists, Read, within};
use crate::collect::context::Audit;
use crate::collect::regional;
use crate::network::{Mode, Topology};
use crate::wire::Shape;

/// The kinds that are read here, by their listings.
macro_rules! kinds {
    ($macro:ident!($($args:tt)*)) => {
        $macro! {
            ($($args)*)
            network_interfaces: NetworkInterface, machines: Machine, networks: Network, subnets: Subnet,
            network_acls: NetworkAcl, security_groups: SecurityGroup, internet_blocks: InternetBlock,
            transit_gateways: TransitGateway, vpn_connections: VpnConnection, load_balancers: LoadBalancer,
        }
    };
}

/// Whether a kind is listed: where data is kept depends on where machines are.
fn is_wanted(audit: &Audit<'_>, kind: Kind) -> bool {
    let of_data = kind == Kind::Machine && audit.wanted.fact(Account::DATA_REGIONS);
    of_data || audit.wanted.kind(kind)
}

/// Lists of the kinds that are wanted, with nothing in them yet.
pub(super) fn empty(audit: &Audit<'_>, gap: Option<GapId>) -> Part {
    macro_rules! each {
        (($audit:ident, $gap:ident) $($listing:ident: $kind:ident,)*) => {
            Part {
                $( $listing: if is_wanted($audit, Kind::$kind) {
                    Listing { items: Vec::new(), gaps: $gap.into_iter().collect() }
                } else {
                    Listing::not_collected()
                }, )*
                ..Part::default()
            }
        };
    }
    kinds!(each!(audit, gap))
}

/// Adds the lists of a region to those of the account.
pub(super) fn add(whole: &mut Part, part: Part) {
    macro_rules! each {
        (($whole:ident, $part:ident) $($listing:ident: $kind:ident,)*) => {
            $( if $whole.$listing.is_collected() { $whole.$listing.merge($part.$listing); } )*
        };
    }
    kinds!(each!(whole, part));
}

/// What makes resources: where they are, and where gaps are noted.
struct Maker<'a> {
    audit: &'a Audit<'a>,
    region: &'a str,
    lists: &'a Lists,
    topology: &'a Topology,
}

pub(super) fn of(audit: &Audit<'_>, region: &str, lists: &Lists) -> Part {
    let topology = &convert::topology(lists);
    let maker = Maker { audit, region, lists, topology };
    let wanted = audit.wanted.any(&[
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
        Machine::OPEN_TO_ANYONE,
        Machine::OPEN_TO_SOME,
    ]);
    let interfaces =
        exposure::interfaces(lists, wanted.then_some(topology), &|gap| maker.note(gap));
    Part {
        machines: maker.machines(&interfaces),
        networks: maker.networks(),
        subnets: maker.subnets(),
        network_acls: maker.acls(),
        security_groups: maker.groups(),
        internet_blocks: maker.block(),
        transit_gateways: maker.transit_gateways(),
        vpn_connections: maker.vpns(),
        load_balancers: maker.load_balancers(),
        network_interfaces: maker.interfaces(interfaces),
        ..Part::default()
    }
}

fn tags<'a>(all: impl Iterator<Item = Tag<'a>>) -> BTreeMap<String, String> {
    let pair =
        |tag: Tag<'a>| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
    all.filter_map(pair).collect()
}

/// What people call it: by its tag, else by its id.
fn called<'a>(id: &'a str, tags: &'a BTreeMap<String, String>) -> &'a str {
    tags.get("Name").map(String::as_str).filter(|name| !name.is_empty()).unwrap_or(id)
}

impl<'a> Maker<'a> {
    fn note(&self, gap: Gap) -> GapId {
        // What was not asked at all has no place.
        let asked = !gap.action.is_empty();
        let region = gap.region.or_else(|| asked.then(|| self.region.to_owned()));
        self.audit.ask.gap(Gap { region, ..gap })
    }

    fn arn(&self, what: &str, id: &str) -> String {
        regional::id(self.audit, "ec2", self.region, &format!("{what}/{id}"))
    }

    /// Whether it belongs to this account, rather than being shared with it. What has no account for an owner may be its own.
    fn is_own(&self, owner: Option<&str>) -> bool {
        let is_account =
            |owner: &&str| owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
        owner.filter(is_account).is_none_or(|owner| owner == self.audit.session.account())
    }

    /// A list of resources, which lacks those that have no id.
    fn listing<S: Shape, T>(
        &self,
        read: &Read<S>,
        action: &str,
        items: impl Iterator<Item = Option<T>>,
    ) -> Listing<T> {
        let (mut found, mut nameless) = (Vec::new(), false);
        for item in items {
            match item {
                Some(item) => found.push(item),
                None => nameless = true,
            }
        }
        let wrong = || nameless.then(|| malformed(action, "", "an item of the list has no name"));
        let missing = read.missing.clone().or_else(wrong);
        Listing { items: found, gaps: missing.map(|gap| self.note(gap)).into_iter().collect() }
    }

    fn interfaces(&self, found: BTreeMap<String, Found<'a>>) -> Listing<NetworkInterface> {
        let nameless =
            self.lists.interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
        let nameless = nameless.filter(|one| one.id().is_none()).map(|_| None);
        let items = found.into_iter().map(|(id, found)| {
            let tags = tags(found.listed.tags());
            let arn = self.arn("network-interface", &id);
            let interface = NetworkInterface::unread_on(
                Provider::Aws,
                arn,
                called(&id, &tags),
                Some(self.region),
            )
            .addresses(Known(found.addresses))
            .machine(Known(found.machine))
            .open_to_anyone(found.anyone)
            .open_to_some(found.some)
            .tags(Known(tags));
            let parts = (self.lists, self.topology);
            let interface = match self.audit.wanted.any(within::WANTED) {
                true => within::facts(interface, &id, found.listed, parts, &|gap| self.note(gap)),
                false => interface,
            };
            Some(interface)
        });
        self.listing(&self.lists.interfaces, INTERFACES.name, items.chain(nameless))
    }

    fn machines(&self, interfaces: &BTreeMap<String, Found<'a>>) -> Listing<Machine> {
        let mut attached: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, found) in interfaces {
            if let Some(machine) = &found.machine {
                attached.entry(machine).or_default().push(name);
            }
        }
        let machine = |instance: ListedInstance<'_>| {
            let id = instance.id()?;
            let tags = tags(instance.tags());
            let own: BTreeSet<&str> = instance.interfaces().filter_map(InterfaceName::id).collect();
            let either: BTreeSet<&str> =
                own.iter().chain(attached.get(id).into_iter().flatten()).copied().collect();
            let found: Vec<(&str, &Found<'_>)> =
                either.into_iter().filter_map(|name| Some((name, interfaces.get(name)?))).collect();
            let lost = own.iter().find(|name| !interfaces.contains_key(**name));
            // What the list of interfaces lacks may be anything, also where it should be whole.
            let gap = self.lists.interfaces.missing.clone().or_else(|| {
                lost.map(|name| {
                    Gap::undetermined(INTERFACES.name, name, "the list does not hold it")
                })
            });
            let gap = gap.map(|gap| self.note(gap));
            let addresses = found.iter().flat_map(|(_, found)| found.addresses.clone()).collect();
            let addresses = gap.map_or_else(|| Known(addresses), Fact::Gap);
            let anyone = found.iter().map(|(_, found)| &found.anyone);
            let some = found.iter().map(|(_, found)| &found.some);
            let identities = instance.profile().and_then(Profile::arn).map(str::to_owned);
            Some(
                Machine::unread_on(
                    Provider::Aws,
                    self.arn("instance", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .addresses(addresses)
                .open_to_anyone(exposure::together(anyone, gap))
                .open_to_some(exposure::together(some, gap))
                .identities(Known(identities.into_iter().collect()))
                .tags(Known(tags)),
            )
        };
        let all = exposure::machines(self.lists).map(machine);
        self.listing(&self.lists.instances, INSTANCES.name, all)
    }

    fn networks(&self) -> Listing<Network> {
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
        let logs = self.lists.flow_logs.pages().flat_map(DescribeFlowLogs::logs);
        let mut open: Option<Gap> = self.lists.flow_logs.missing.clone();
        for log in logs.filter(|log| log.resource() == Some(id)) {
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
        let subnets = self.lists.subnets.pages().flat_map(DescribeSubnets::subnets);
        let own: Vec<&str> =
            subnets.filter(|one| one.vpc() == Some(vpc)).filter_map(ListedSubnet::id).collect();
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
        let tables = self.lists.tables.pages().flat_map(DescribeRouteTables::tables);
        let routes = tables.filter(|table| table.vpc() == Some(vpc)).flat_map(ListedTable::routes);
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
        let mut all = self.lists.peerings.pages().flat_map(DescribeVpcPeeringConnections::peerings);
        let lost = || Gap::undetermined(PEERINGS.name, peering, "the list does not hold it");
        let found = all.find(|one| one.id() == Some(peering)).ok_or_else(lost)?;
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
        let tables = self.lists.tables.pages().flat_map(DescribeRouteTables::tables);
        for table in tables.filter(|table| table.vpc() == Some(vpc)) {
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
        let mut all = self.lists.peerings.pages().flat_map(DescribeVpcPeeringConnections::peerings);
        let lost = || Gap::undetermined(PEERINGS.name, peering, "the list does not hold it");
        let found = all.find(|one| one.id() == Some(peering)).ok_or_else(lost)?;
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
        let all = self.lists.endpoints.pages().flat_map(DescribeVpcEndpoints::endpoints);
        let own = all.filter(|endpoint| {
            endpoint.vpc() == Some(vpc)
                && endpoint.state().is_some_and(|state| state.eq_ignore_ascii_case("available"))
        });
        // `com.amazonaws.REGION.SERVICE`
        let mark = format!(".{}.", self.region);
        let name =
            |service: &str| service.split_once(&mark).map_or(service, |(_, name)| name).to_owned();
        Known(own.filter_map(ListedEndpoint::service).map(name).collect())
    }

    fn subnets(&self) -> Listing<Subnet> {
        let subnet = |listed: ListedSubnet<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let lacks = || {
                self.note(malformed(SUBNETS.name, id, "the response lacks `mapPublicIpOnLaunch`"))
            };
            let automatic = listed.automatic().map_or_else(|| Fact::Gap(lacks()), Known);
            Some(
                Subnet::unread_on(
                    Provider::Aws,
                    self.arn("subnet", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .automatic_addresses(automatic)
                .tags(Known(tags)),
            )
        };
        let all = self.lists.subnets.pages().flat_map(DescribeSubnets::subnets);
        let own = all.filter(|subnet| self.is_own(subnet.owner()));
        self.listing(&self.lists.subnets, SUBNETS.name, own.map(subnet))
    }

    fn acls(&self) -> Listing<NetworkAcl> {
        let acl = |listed: ListedAcl<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let lacks = || self.note(malformed(ACLS.name, id, "the response lacks `default`"));
            let open = self.topology.acls.get(id).map_err(|gap| self.note(gap));
            let open = open.map_or_else(Fact::Gap, |acl| {
                let path = |traffic: &Traffic| {
                    let numbers = acl.deciding(traffic).into_iter();
                    numbers.map(|number| format!("rule {number}")).collect::<Vec<_>>().join(", ")
                };
                open_to_everyone(&acl.inbound, path, |gap| self.note(gap))
            });
            Some(
                NetworkAcl::unread_on(
                    Provider::Aws,
                    self.arn("network-acl", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .is_default(listed.default().map_or_else(|| Fact::Gap(lacks()), Known))
                .attached(Known(listed.associations().next().is_some()))
                .open_to_anyone(open)
                .filter(Known(within::acl(listed)))
                .tags(Known(tags)),
            )
        };
        let all = self.lists.acls.pages().flat_map(DescribeNetworkAcls::acls);
        let own = all.filter(|acl| self.is_own(acl.owner()));
        self.listing(&self.lists.acls, ACLS.name, own.map(acl))
    }

    fn groups(&self) -> Listing<SecurityGroup> {
        let interfaces =
            || self.lists.interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
        let used: BTreeSet<&str> =
            interfaces().flat_map(ListedInterface::groups).filter_map(GroupName::id).collect();
        let group = |listed: ListedGroup<'_>| {
            let (id, name) = (listed.id()?, listed.name()?);
            let open = self.topology.groups.get(id).map_err(|gap| self.note(gap));
            let open = open.map_or_else(Fact::Gap, |group| {
                let path =
                    |traffic: &Traffic| group.deciding(traffic).collect::<Vec<_>>().join(", ");
                open_to_everyone(&group.inbound, path, |gap| self.note(gap))
            });
            let attached = match &self.lists.interfaces.missing {
                Some(gap) if !used.contains(id) => Fact::Gap(self.note(gap.clone())),
                _ => Known(used.contains(id)),
            };
            Some(
                SecurityGroup::unread_on(
                    Provider::Aws,
                    self.arn("security-group", id),
                    name,
                    Some(self.region),
                )
                .attached(attached)
                // No other group can have its name.
                .is_default(Known(name == "default"))
                .rules(Known(convert::rules(listed)))
                .filter(Known(within::group(listed, &self.lists.prefixes)))
                .open_to_anyone(open)
                .tags(Known(tags(listed.tags()))),
            )
        };
        let all = self.lists.groups.pages().flat_map(DescribeSecurityGroups::groups);
        let own = all.filter(|group| self.is_own(group.owner()));
        self.listing(&self.lists.groups, GROUPS.name, own.map(group))
    }

    fn block(&self) -> Listing<InternetBlock> {
        if !self.audit.calls(&BLOCK) {
            return Listing::not_collected();
        }
        let id = regional::id(self.audit, "ec2", self.region, "vpc-block-public-access");
        let blocks = match self.topology.block.as_ref().map(|block| &block.mode) {
            Ok(Mode::Off) => Known(false),
            Ok(Mode::Ingress) => Known(true),
            Ok(Mode::Open(gap)) | Err(gap) => Fact::Gap(self.note(gap.clone())),
        };
        let excluded = match &self.lists.exclusions.missing {
            Some(gap) => Fact::Gap(self.note(gap.clone())),
            None => Known(convert::exclusions(self.lists).into_keys().collect()),
        };
        let block = InternetBlock::unread_on(Provider::Aws, id, self.region, Some(self.region))
            .blocks_ingress(blocks)
            .excluded(excluded);
        Listing::complete(vec![block])
    }

    fn transit_gateways(&self) -> Listing<TransitGateway> {
        let gateway = |listed: ListedTransitGateway<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let accepts = match listed.options().and_then(TransitOptions::accepts) {
                Some(Switch::Enable) => Known(true),
                Some(Switch::Disable) => Known(false),
                Some(Switch::Other) | None => {
                    let gap = malformed(
                        TRANSIT_GATEWAYS.name,
                        id,
                        "the response contains an unknown value",
                    );
                    Fact::Gap(self.note(gap))
                }
            };
            Some(
                TransitGateway::unread_on(
                    Provider::Aws,
                    self.arn("transit-gateway", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .accepts_automatically(accepts)
                .tags(Known(tags)),
            )
        };
        let all = self.lists.transit_gateways.pages().flat_map(DescribeTransitGateways::gateways);
        let own = all.filter(|one| self.is_own(one.owner()) && one.state() != Some("deleted"));
        self.listing(&self.lists.transit_gateways, TRANSIT_GATEWAYS.name, own.map(gateway))
    }

    fn load_balancers(&self) -> Listing<LoadBalancer> {
        let place =
            Place { region: self.region, behind: &self.lists.behind, note: &|gap| self.note(gap) };
        let listed = &self.lists.balancers;
        let all = listed.balancers.pages().flat_map(DescribeLoadBalancers::balancers);
        let all = all.map(|one| place.balancer(one));
        let mut all = self.listing(&listed.balancers, BALANCERS.name, all);
        let classic = listed.classic.pages().flat_map(DescribeClassicLoadBalancers::balancers);
        let arn = |name: &str| {
            let what = format!("loadbalancer/{name}");
            regional::id(self.audit, "elasticloadbalancing", self.region, &what)
        };
        let classic = classic.map(|one| place.classic(one, arn));
        all.merge(self.listing(&listed.classic, BALANCERS.name, classic));
        all
    }

    fn vpns(&self) -> Listing<VpnConnection> {
        let sites = self.lists.vpns.pages().flat_map(DescribeVpnConnections::vpns);
        let sites = sites.filter(|vpn| vpn.state() != Some("deleted")).map(|vpn| self.site(vpn));
        let mut all = self.listing(&self.lists.vpns, VPNS.name, sites);
        let clients =
            self.lists.client_vpns.pages().flat_map(DescribeClientVpnEndpoints::endpoints);
        let gone = |one: &ListedClientVpn<'_>| {
            one.status().and_then(ClientVpnStatus::code) == Some("deleted")
        };
        let clients = clients.filter(|one| !gone(one)).map(|one| self.clients(one));
        all.merge(self.listing(&self.lists.client_vpns, CLIENT_VPNS.name, clients));
        all
    }

    fn site(&self, vpn: ListedVpn<'_>) -> Option<VpnConnection> {
        let id = vpn.id()?;
        let tags = tags(vpn.tags());
        let wrong = |detail: &str| Fact::Gap(self.note(Gap::undetermined(VPNS.name, id, detail)));
        let mut down = BTreeSet::new();
        let mut unknown = false;
        for tunnel in vpn.telemetry() {
            match tunnel.status() {
                Some(TunnelStatus::Up) => {}
                Some(TunnelStatus::Down) => {
                    down.insert(tunnel.address().unwrap_or("?").to_owned());
                }
                Some(TunnelStatus::Other) | None => unknown = true,
            }
        }
        // AWS makes two for each connection.
        let few = vpn.telemetry().count() < 2;
        let down = match down.is_empty() {
            true if unknown || few => wrong("the state of its tunnels is not known"),
            _ => Known(down),
        };
        let tunnels: Vec<TunnelOption<'_>> =
            vpn.options().into_iter().flat_map(VpnOptions::tunnels).collect();
        let logs = |tunnel: &TunnelOption<'_>| {
            tunnel.logs().and_then(TunnelLogs::cloud_watch).and_then(CloudWatchLogs::enabled)
                == Some(true)
        };
        let unlogged: BTreeSet<String> = tunnels
            .iter()
            .filter(|tunnel| !logs(tunnel))
            .map(|tunnel| tunnel.address().unwrap_or("?").to_owned())
            .collect();
        let unlogged = match unlogged.is_empty() {
            true if tunnels.len() < 2 => wrong("the options of its tunnels are not known"),
            _ => Known(unlogged),
        };
        Some(
            VpnConnection::unread_on(
                Provider::Aws,
                self.arn("vpn-connection", id),
                called(id, &tags),
                Some(self.region),
            )
            .for_clients(Known(false))
            .tunnels_down(down)
            .unlogged(unlogged)
            .tags(Known(tags)),
        )
    }

    fn clients(&self, endpoint: ListedClientVpn<'_>) -> Option<VpnConnection> {
        let id = endpoint.id()?;
        let tags = tags(endpoint.tags());
        let lacks = || {
            Fact::Gap(self.note(malformed(CLIENT_VPNS.name, id, "the response lacks `Enabled`")))
        };
        let unlogged = match endpoint.logs().and_then(ConnectionLogs::enabled) {
            Some(true) => Known(BTreeSet::new()),
            Some(false) => Known(BTreeSet::from([id.to_owned()])),
            None => lacks(),
        };
        let arn = self.arn("client-vpn-endpoint", id);
        Some(
            VpnConnection::unread_on(Provider::Aws, arn, called(id, &tags), Some(self.region))
                .for_clients(Known(true))
                .tunnels_down(Known(BTreeSet::new()))
                .unlogged(unlogged)
                .tags(Known(tags)),
        )
    }
}
