//! What of a region's lists is looked up by its id, or by that of its network, so that no list is walked for each resource.

use std::collections::BTreeMap;

use super::Lists;
use super::answers::*;

/// The lists of a region by what they are looked up by. Of several of the same id the first counts.
pub(super) struct Index<'a> {
    pub(super) tables: BTreeMap<&'a str, ListedTable<'a>>,
    pub(super) peerings: BTreeMap<&'a str, ListedPeering<'a>>,
    /// Flow logs, by what they record.
    logs: BTreeMap<&'a str, Vec<ListedFlowLog<'a>>>,
    /// The others by their VPC.
    own_tables: BTreeMap<&'a str, Vec<ListedTable<'a>>>,
    subnets: BTreeMap<&'a str, Vec<ListedSubnet<'a>>>,
    endpoints: BTreeMap<&'a str, Vec<ListedEndpoint<'a>>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(lists: &'a Lists) -> Self {
        let tables = || lists.tables.pages().flat_map(DescribeRouteTables::tables);
        let peerings = lists.peerings.pages().flat_map(DescribeVpcPeeringConnections::peerings);
        let logs = lists.flow_logs.pages().flat_map(DescribeFlowLogs::logs);
        let subnets = lists.subnets.pages().flat_map(DescribeSubnets::subnets);
        let endpoints = lists.endpoints.pages().flat_map(DescribeVpcEndpoints::endpoints);
        Self {
            tables: first(tables().map(|one| (one.id(), one))),
            peerings: first(peerings.map(|one| (one.id(), one))),
            logs: all(logs.map(|one| (one.resource(), one))),
            own_tables: all(tables().map(|one| (one.vpc(), one))),
            subnets: all(subnets.map(|one| (one.vpc(), one))),
            endpoints: all(endpoints.map(|one| (one.vpc(), one))),
        }
    }

    /// The flow logs of a network or a subnet.
    pub(super) fn logs(&self, id: &str) -> &[ListedFlowLog<'a>] {
        of(&self.logs, id)
    }

    /// The route tables of a network.
    pub(super) fn tables_of(&self, vpc: &str) -> &[ListedTable<'a>] {
        of(&self.own_tables, vpc)
    }

    /// The subnets of a network.
    pub(super) fn subnets_of(&self, vpc: &str) -> &[ListedSubnet<'a>] {
        of(&self.subnets, vpc)
    }

    /// The endpoints of services in a network.
    pub(super) fn endpoints_of(&self, vpc: &str) -> &[ListedEndpoint<'a>] {
        of(&self.endpoints, vpc)
    }
}

fn of<'i, T>(all: &'i BTreeMap<&str, Vec<T>>, id: &str) -> &'i [T] {
    all.get(id).map(Vec::as_slice).unwrap_or_default()
}

fn first<'a, T>(items: impl Iterator<Item = (Option<&'a str>, T)>) -> BTreeMap<&'a str, T> {
    let mut found = BTreeMap::new();
    for (id, item) in items {
        if let Some(id) = id {
            found.entry(id).or_insert(item);
        }
    }
    found
}

fn all<'a, T>(items: impl Iterator<Item = (Option<&'a str>, T)>) -> BTreeMap<&'a str, Vec<T>> {
    let mut found: BTreeMap<&str, Vec<T>> = BTreeMap::new();
    for (id, item) in items {
        if let Some(id) = id {
            found.entry(id).or_default().push(item);
        }
    }
    found
}
