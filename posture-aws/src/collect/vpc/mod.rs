//! Networks, what filters their traffic, and what the internet reaches in them.
//!
//! A region is read as a whole: each list is asked for once, by whatever fact needs it, and what the internet reaches follows from
//! all of them.

pub(crate) mod actions;
pub(crate) mod answers;
pub(crate) mod balancers;
mod balancing;
mod convert;
mod exposure;
mod index;
#[cfg(test)]
mod paths_tests;
mod resources;
#[cfg(test)]
mod resources_tests;
#[cfg(test)]
mod tests;
mod within;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use futures::stream::{self, StreamExt};
use ipnet::IpNet;
use posture_model::gap::{Gap, Reason};
use posture_model::part::Part;

use self::actions::*;
use self::answers::*;
use self::balancers::actions::*;
use super::context::Audit;
use super::regions;
use crate::entry::Action;
use crate::wire::{Answer, Client, Operation, Shape};

/// Everything that is read here.
static ALL: &[&Action] = &[
    &INTERFACES,
    &INSTANCES,
    &VPCS,
    &SUBNETS,
    &TABLES,
    &ACLS,
    &GROUPS,
    &PREFIXES,
    &BLOCK,
    &EXCLUSIONS,
    &FLOW_LOGS,
    &PEERINGS,
    &ENDPOINTS,
    &TRANSIT_GATEWAYS,
    &VPNS,
    &CLIENT_VPNS,
    &BALANCERS,
    &TARGET_GROUPS,
    &LISTENERS,
    &RULES,
    &TARGETS,
    &GROUP_ATTRIBUTES,
    &ATTRIBUTES,
    &POLICIES,
    &SSL_POLICIES,
];

/// How many lists of prefixes of a region are read, and how many of them at once.
const MOST_LISTS: usize = 200;
const AT_ONCE: usize = 8;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    if !ALL.iter().any(|action| audit.calls(action)) {
        return Part::default();
    }
    // Where a region was named that does not exist, the audit ends without a scope.
    let Ok(all) = regions::of(audit).await else { return Part::default() };
    let parts =
        all.read().map(|region| audit.observed("ec2", region, Box::pin(region_of(audit, region))));
    let mut whole = resources::empty(audit, all.gap_id(audit));
    for part in join_all(parts).await {
        resources::add(&mut whole, part);
    }
    whole
}

/// The pages of a list, and why some of it may be missing.
struct Read<S> {
    pages: Vec<Answer<S>>,
    missing: Option<Gap>,
}

impl<S: Shape> Read<S> {
    fn pages(&self) -> impl Iterator<Item = S::View<'_>> {
        self.pages.iter().map(Answer::read)
    }
}

/// The addresses of lists that rules and routes name, or why they are not known.
type Prefixes = BTreeMap<String, Result<Vec<IpNet>, Gap>>;

/// What was read of a region.
struct Lists {
    interfaces: Read<DescribeNetworkInterfaces<'static>>,
    instances: Read<DescribeInstances<'static>>,
    vpcs: Read<DescribeVpcs<'static>>,
    subnets: Read<DescribeSubnets<'static>>,
    tables: Read<DescribeRouteTables<'static>>,
    acls: Read<DescribeNetworkAcls<'static>>,
    groups: Read<DescribeSecurityGroups<'static>>,
    block: Result<Answer<DescribeVpcBlockPublicAccessOptions<'static>>, Gap>,
    exclusions: Read<DescribeVpcBlockPublicAccessExclusions<'static>>,
    flow_logs: Read<DescribeFlowLogs<'static>>,
    peerings: Read<DescribeVpcPeeringConnections<'static>>,
    endpoints: Read<DescribeVpcEndpoints<'static>>,
    transit_gateways: Read<DescribeTransitGateways<'static>>,
    vpns: Read<DescribeVpnConnections<'static>>,
    client_vpns: Read<DescribeClientVpnEndpoints<'static>>,
    prefixes: Prefixes,
    balancers: balancers::Listed,
    behind: balancers::Behind,
}

/// Asks for a list where what is wanted takes it.
async fn list<S: Shape>(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    action: &Action,
    operation: &'static Operation<0, S>,
) -> Read<S> {
    if !audit.calls(action) {
        return Read { pages: Vec::new(), missing: Some(Gap::not_collected()) };
    }
    let (pages, refused) = audit.ask.list(client, operation, region, []).await;
    Read { pages, missing: refused.map(|refused| refused.into_gap()) }
}

async fn region_of(audit: &Audit<'_>, region: &str) -> Part {
    let client = &audit.session.client(region, audit.meter);
    macro_rules! all {
        ($($name:ident: $action:ident, $operation:ident;)*) => {
            futures::join!($( Box::pin(list(audit, client, region, &$action, &$operation)) ),*)
        };
    }
    let lists = async {
        all! {
            interfaces: INTERFACES, LIST_INTERFACES;
            instances: INSTANCES, LIST_INSTANCES;
            vpcs: VPCS, LIST_VPCS;
            subnets: SUBNETS, LIST_SUBNETS;
            tables: TABLES, LIST_TABLES;
            acls: ACLS, LIST_ACLS;
            groups: GROUPS, LIST_GROUPS;
            flow_logs: FLOW_LOGS, LIST_FLOW_LOGS;
            endpoints: ENDPOINTS, LIST_ENDPOINTS;
            transit_gateways: TRANSIT_GATEWAYS, LIST_TRANSIT_GATEWAYS;
            vpns: VPNS, LIST_VPNS;
            client_vpns: CLIENT_VPNS, LIST_CLIENT_VPNS;
        }
    };
    let block = async {
        if !audit.calls(&BLOCK) {
            return Err(Gap::not_collected());
        }
        let answer = audit.ask.read(client, &READ_BLOCK, "", region, []).await;
        answer.map_err(|refused| refused.into_gap())
    };
    let balancers = balancers::list(audit, client, region);
    let (lists, block, balancers) =
        futures::join!(Box::pin(lists), Box::pin(block), Box::pin(balancers));
    let (
        interfaces,
        instances,
        vpcs,
        subnets,
        tables,
        acls,
        groups,
        flow_logs,
        endpoints,
        transit_gateways,
        vpns,
        client_vpns,
    ) = lists;
    let nothing = |missing| Read { pages: Vec::new(), missing };
    let exclusions = async {
        // Nothing is excluded from what blocks nothing.
        let off = block.as_ref().is_ok_and(|answer| {
            answer.read().options().and_then(BlockOptions::mode) == Some(BlockMode::Off)
        });
        if off {
            return Read { pages: Vec::new(), missing: None };
        }
        list(audit, client, region, &EXCLUSIONS, &LIST_EXCLUSIONS).await
    };
    let peerings = async {
        let peered =
            tables.pages().flat_map(DescribeRouteTables::tables).flat_map(ListedTable::routes);
        if peered.filter_map(ListedRoute::peering).next().is_none() {
            return nothing(None);
        }
        list(audit, client, region, &PEERINGS, &LIST_PEERINGS).await
    };
    let prefixes = prefixes_of(audit, client, region, named_lists(&groups, &tables));
    let behind = balancers::behind(audit, client, region, &balancers, &interfaces);
    let (exclusions, peerings, prefixes, behind) = futures::join!(
        Box::pin(exclusions),
        Box::pin(peerings),
        Box::pin(prefixes),
        Box::pin(behind)
    );
    let lists = Lists {
        interfaces,
        instances,
        vpcs,
        subnets,
        tables,
        acls,
        groups,
        block,
        exclusions,
        flow_logs,
        peerings,
        endpoints,
        transit_gateways,
        vpns,
        client_vpns,
        prefixes,
        balancers,
        behind,
    };
    resources::of(audit, region, &lists)
}

/// The lists of prefixes that rules and routes name. Those come first on which more depends than what goes out.
fn named_lists(
    groups: &Read<DescribeSecurityGroups<'static>>,
    tables: &Read<DescribeRouteTables<'static>>,
) -> Vec<String> {
    fn of_rules<'a>(
        rules: impl Iterator<Item = IpPermission<'a>>,
    ) -> impl Iterator<Item = &'a str> {
        rules.flat_map(IpPermission::lists).filter_map(PrefixListName::id)
    }
    let groups = || groups.pages().flat_map(DescribeSecurityGroups::groups);
    let routes = tables.pages().flat_map(DescribeRouteTables::tables).flat_map(ListedTable::routes);
    let of_routes = routes.filter_map(ListedRoute::list);
    let inbound = of_rules(groups().flat_map(ListedGroup::inbound));
    let first: BTreeSet<&str> = inbound.chain(of_routes).collect();
    let outbound: BTreeSet<&str> = of_rules(groups().flat_map(ListedGroup::outbound))
        .filter(|id| !first.contains(id))
        .collect();
    first.into_iter().chain(outbound).map(str::to_owned).collect()
}

async fn prefixes_of(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    named: Vec<String>,
) -> Prefixes {
    let one = |(place, id): (usize, String)| async move {
        if !audit.calls(&PREFIXES) {
            return (id, Err(Gap::not_collected()));
        }
        if place >= MOST_LISTS {
            let gap = Gap::new(PREFIXES.name, id.as_str(), Reason::Incomplete);
            return (id, Err(gap));
        }
        let (pages, refused) = audit.ask.list(client, &READ_PREFIXES, region, [&id]).await;
        let entries = pages.iter().flat_map(|page| page.read().entries());
        let prefixes: Option<Vec<IpNet>> =
            entries.map(|entry| entry.cidr()?.parse().ok()).collect();
        let malformed = || {
            let gap = Gap::new(PREFIXES.name, id.as_str(), Reason::Malformed);
            Gap { region: Some(region.to_owned()), ..gap }
        };
        let found = match refused {
            Some(refused) => Err(Gap { target: id.clone(), ..refused.into_gap() }),
            None => prefixes.ok_or_else(malformed),
        };
        (id, found)
    };
    stream::iter(named.into_iter().enumerate()).map(one).buffer_unordered(AT_ONCE).collect().await
}
