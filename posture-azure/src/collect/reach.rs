//! What the internet reaches: network interfaces and the machines that they belong to, with what these may do.

mod kept;
mod machine;

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::listing::Listing;
use posture_model::network::openings;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, Firewall, Kind, Machine, NetworkInterface, SecurityGroup};
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, name_of, senseless, word};
use super::context::Subscription;
use super::defender::MACHINES;
use super::network::{GROUPS, GROUPS_TYPE, NETWORKS, NETWORKS_TYPE};
use super::presence::SCALE_SETS;
use super::rights::Rights;
use super::storage;
use super::sweep::Rows;
use super::tiers::{ADDRESSES, ADDRESSES_TYPE, BALANCERS, BALANCERS_TYPE, GATEWAYS, GATEWAYS_TYPE};
use crate::entry::{Action, ROW, facts};
use crate::network::read::{self, plain};
use crate::network::{Interface, Memory, Table, Topology};

pub(super) use self::kept::filter_of;
use self::machine::{cards, identities};

/// What follows from everything that decides what the internet reaches.
pub(crate) const REACH: &[FactId] = &[
    NetworkInterface::OPEN_TO_ANYONE,
    NetworkInterface::OPEN_TO_SOME,
    Machine::OPEN_TO_ANYONE,
    Machine::OPEN_TO_SOME,
];

/// What decides the traffic between machines. It takes no call beyond those of what the internet reaches.
const WITHIN: &[FactId] = &[
    NetworkInterface::PRIVATE_ADDRESSES,
    NetworkInterface::NETWORK,
    NetworkInterface::SUBNET,
    NetworkInterface::GROUPS,
    NetworkInterface::FILTERS,
    NetworkInterface::ROUTES,
];

/// What an interface shows; that of an instance of a scale set, its model.
pub(crate) const INTERFACE: &[FactId] = facts![
    &[
        NetworkInterface::ADDRESSES,
        NetworkInterface::MACHINE,
        NetworkInterface::OPEN_TO_ANYONE,
        NetworkInterface::OPEN_TO_SOME,
    ],
    WITHIN,
    &[NetworkInterface::TAGS],
];

pub(crate) const INTERFACES: Action = Action {
    name: "Microsoft.Network/networkInterfaces/read",
    own: &[],
    per: ROW,
    lists: &[Kind::NetworkInterface],
    fills: facts![INTERFACE, &[Machine::ADDRESSES, Machine::OPEN_TO_ANYONE, Machine::OPEN_TO_SOME],],
    command: "az resource show --ids {id}",
};

pub(crate) const ROUTES: Action = Action {
    name: "Microsoft.Network/routeTables/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: facts![&[NetworkInterface::ROUTES], REACH],
    command: "az resource list --resource-type Microsoft.Network/routeTables",
};

pub(crate) const FIREWALLS: Action = Action {
    name: "Microsoft.Network/azureFirewalls/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Firewall],
    fills: facts![&[Firewall::BLOCKS_KNOWN_THREATS, Firewall::TAGS], REACH],
    command: "az resource list --resource-type Microsoft.Network/azureFirewalls",
};

pub(crate) const MANAGERS: Action = Action {
    name: "Microsoft.Network/networkManagers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: facts![&[NetworkInterface::FILTERS], REACH],
    command: "az resource list --resource-type Microsoft.Network/networkManagers",
};

const INTERFACES_TYPE: &str = "microsoft.network/networkinterfaces";
const SCALE_SETS_TYPE: &str = "microsoft.compute/virtualmachinescalesets";
const ROUTES_TYPE: &str = "microsoft.network/routetables";
pub(crate) const FIREWALLS_TYPE: &str = "microsoft.network/azurefirewalls";
const MANAGERS_TYPE: &str = "microsoft.network/networkmanagers";
const MACHINES_TYPE: &str = "microsoft.compute/virtualmachines";

/// Reads what is wanted of interfaces and machines.
pub(crate) fn collect(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    rights: Option<&Rights>,
) -> Part {
    let mut part = Part::default();
    let (cards, machines) =
        (audit.wanted.kind(Kind::NetworkInterface), audit.wanted.kind(Kind::Machine));
    if !cards && !machines {
        return part;
    }
    let rows_of = |kind: &str, action: &'static str| audit.rows(rows, kind, action);
    let found = rows_of(INTERFACES_TYPE, INTERFACES.name);
    let wanted = [REACH, WITHIN, &[NetworkInterface::ADDRESSES, Machine::ADDRESSES]];
    let wanted = wanted.into_iter().any(|facts| audit.wanted.any(facts));
    let reader = Reader {
        audit,
        read: read::table(INTERFACES.name, &found, read::interface),
        topology: wanted.then(|| {
            let elsewhere = rows.as_ref().ok().and_then(|rows| managed_elsewhere(rows, audit.id));
            topology(&rows_of, elsewhere)
        }),
    };
    let interfaces = reader.interfaces(&found);
    if machines {
        let found = rows_of(MACHINES_TYPE, MACHINES.name);
        part.machines = reader.machines(&found, &interfaces, rights);
    }
    if cards {
        part.network_interfaces = interfaces;
        let sets = rows_of(SCALE_SETS_TYPE, SCALE_SETS.name);
        part.network_interfaces.merge(reader.scale_sets(&sets));
    }
    part
}

/// What decides what the internet reaches in a subscription.
fn topology(
    rows: &impl Fn(&str, &'static str) -> Result<Vec<Value>, Gap>,
    elsewhere: Option<Gap>,
) -> Topology {
    fn table<T>(
        rows: &impl Fn(&str, &'static str) -> Result<Vec<Value>, Gap>,
        kind: &str,
        action: &Action,
        read: impl Fn(read::Row<'_>) -> Read<T>,
    ) -> Table<T> {
        read::table(action.name, &rows(kind, action.name), read)
    }
    let managers = rows(MANAGERS_TYPE, MANAGERS.name);
    Topology {
        networks: table(rows, NETWORKS_TYPE, &NETWORKS, read::network),
        groups: table(rows, GROUPS_TYPE, &GROUPS, read::group),
        tables: table(rows, ROUTES_TYPE, &ROUTES, read::route_table),
        addresses: table(rows, ADDRESSES_TYPE, &ADDRESSES, read::address),
        balancers: table(rows, BALANCERS_TYPE, &BALANCERS, read::balancer),
        gateways: table(rows, GATEWAYS_TYPE, &GATEWAYS, read::gateway),
        firewalls: table(rows, FIREWALLS_TYPE, &FIREWALLS, read::firewall),
        managed: managed(&managers).or(elsewhere),
        memory: Memory::default(),
    }
}

/// Why a [network manager](https://learn.microsoft.com/en-us/azure/virtual-network-manager/concept-security-admins) may let in
/// more or less than groups do. Only an action that a reader is not allowed to call shows which of its rules are in force.
fn managed(rows: &Result<Vec<Value>, Gap>) -> Option<Gap> {
    match rows {
        Ok(rows) => rows.iter().find_map(has_a_say),
        Err(gap) => Some(gap.clone()),
    }
}

/// The same of a manager in another subscription, among those that are read together, whose
/// [scope](https://learn.microsoft.com/en-us/azure/virtual-network-manager/concept-network-manager-scope) names this subscription, or
/// a management group, which may hold it.
fn managed_elsewhere(rows: &Rows, subscription: &str) -> Option<Gap> {
    let own = plain(&format!("subscriptions/{subscription}"));
    let covers = |row: &Value| {
        let scopes = |kind: &str| {
            let path = format!("properties.networkManagerScopes.{kind}");
            View(row).words(&path)
        };
        match (scopes("managementGroups"), scopes("subscriptions")) {
            (Ok(groups), Ok(subscriptions)) => {
                let mut named = subscriptions.iter().flatten();
                // One without any scope that is known here may have another.
                groups.iter().flatten().next().is_some()
                    || (groups.is_none() && subscriptions.is_none())
                    || named.any(|id| plain(id) == own)
            }
            _ => true,
        }
    };
    let is_own =
        |row: &Value| word(row, "id").is_some_and(|id| plain(id).starts_with(&format!("{own}/")));
    let others = rows.of_type(MANAGERS_TYPE).filter(|row| !is_own(row));
    others.filter(|row| covers(row)).find_map(has_a_say)
}

/// Why a manager may put rules before all groups; none for one that does something else.
fn has_a_say(row: &Value) -> Option<Gap> {
    const ACCESS: &str = "properties.networkManagerScopeAccesses";
    let id = word(row, "id").unwrap_or_default();
    match View(row).need(ACCESS, View::words) {
        Err(Misfit(path)) => Some(read::misfit(MANAGERS.name, id, &path)),
        Ok(access) if access.iter().any(|own| own.eq_ignore_ascii_case("SecurityAdmin")) => {
            let detail = "the security admin rules in force are not readable";
            Some(Gap::undetermined(MANAGERS.name, id, detail))
        }
        Ok(_) => None,
    }
}

/// What interfaces and machines are read from.
struct Reader<'a> {
    audit: &'a Subscription<'a>,
    read: Table<(Interface, Option<String>)>,
    /// None where nothing is wanted that takes it.
    topology: Option<Topology>,
}

impl Reader<'_> {
    fn interfaces(&self, rows: &Result<Vec<Value>, Gap>) -> Listing<NetworkInterface> {
        match rows {
            Err(gap) => Listing::unread(self.audit.ask.gap(gap.clone())),
            Ok(rows) => Listing::complete(rows.iter().map(|row| self.interface(row)).collect()),
        }
    }

    fn interface(&self, row: &Value) -> NetworkInterface {
        let id = word(row, "id").unwrap_or_default();
        let card =
            NetworkInterface::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
        let (interface, machine) = match self.read.get(&plain(id)) {
            Ok(read) => read,
            Err(gap) => return self.audit.all_unknown(card, gap),
        };
        let body = Body { ask: self.audit.ask, action: INTERFACES.name, id, value: row };
        let card = card.machine(Known(machine.clone())).tags(storage::wanted_tags(
            self.audit,
            NetworkInterface::TAGS,
            &body,
        ));
        self.reached(card, interface)
    }

    fn reached(&self, card: NetworkInterface, interface: &Interface) -> NetworkInterface {
        let Some(topology) = &self.topology else { return card };
        let card = card.addresses(match topology.public(interface) {
            Ok(addresses) => Known(addresses),
            Err(gap) => self.audit.ask.unknown(gap),
        });
        if !self.audit.wanted.any(REACH) && !self.audit.wanted.any(WITHIN) {
            return card;
        }
        let card = self.within(card, interface, topology);
        if !self.audit.wanted.any(REACH) {
            return card;
        }
        let flow = topology.reach(interface);
        let path = |traffic: &_| topology.path(interface, traffic);
        let (anyone, some) = openings(&flow, path, |gap| self.audit.ask.gap(gap));
        card.open_to_anyone(anyone).open_to_some(some)
    }

    fn machines(
        &self,
        rows: &Result<Vec<Value>, Gap>,
        interfaces: &Listing<NetworkInterface>,
        rights: Option<&Rights>,
    ) -> Listing<Machine> {
        let by_id = interfaces.items.iter().map(|card| (plain(&card.id), card)).collect();
        match rows {
            Err(gap) => Listing::unread(self.audit.ask.gap(gap.clone())),
            Ok(rows) => {
                let read = |row| self.machine(row, &by_id, interfaces, rights);
                Listing::complete(rows.iter().map(read).collect())
            }
        }
    }

    fn machine(
        &self,
        row: &Value,
        by_id: &BTreeMap<String, &NetworkInterface>,
        interfaces: &Listing<NetworkInterface>,
        rights: Option<&Rights>,
    ) -> Machine {
        let ask = self.audit.ask;
        let id = word(row, "id").unwrap_or_default();
        let machine = Machine::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
        let body = Body { ask, action: MACHINES.name, id, value: row };
        if !body.is_resource() {
            return self.audit.all_unknown(machine, senseless(MACHINES.name, id));
        }
        let identities = body.fact(identities(body.view()));
        let administers = match rights {
            Some(rights) => identities.and_then(|ids| rights.administers(ask, ids)),
            None => Fact::not_collected(),
        };
        let mut machine = machine
            .identities(identities)
            .administers(administers)
            .tags(storage::wanted_tags(self.audit, Machine::TAGS, &body));
        let cards = body.fact(cards(body.view())).and_then(|ids| {
            let mut all: Vec<&NetworkInterface> = Vec::new();
            for card in ids {
                match by_id.get(card) {
                    Some(card) => all.push(card),
                    None => return self.missing(card, interfaces),
                }
            }
            // Either side says which belong to which.
            let own = plain(id);
            all.extend(interfaces.items.iter().filter(|card| {
                !ids.contains(&plain(&card.id))
                    && matches!(&card.machine, Known(Some(of)) if plain(of) == own)
            }));
            Known(all)
        });
        if self.topology.is_some() {
            machine = machine.addresses(cards.and_then(|cards| {
                let mut addresses = Vec::new();
                for card in cards {
                    match &card.addresses {
                        Known(own) => addresses.extend(own.iter().cloned()),
                        other => return other.clone(),
                    }
                }
                addresses.sort_unstable();
                Known(addresses)
            }));
        }
        if self.audit.wanted.any(REACH) {
            let union = |of: fn(&NetworkInterface) -> &Fact<Entries>| {
                cards.and_then(|cards| union(cards.iter().map(|card| of(card))))
            };
            machine = machine
                .open_to_anyone(union(|card| &card.open_to_anyone))
                .open_to_some(union(|card| &card.open_to_some));
        }
        machine
    }

    /// An interface of a machine that was not read.
    fn missing<T>(&self, card: &str, interfaces: &Listing<NetworkInterface>) -> Fact<T> {
        if let Some(gap) = interfaces.gaps.first() {
            return Fact::Gap(*gap);
        }
        let mut gap = Gap::new(INTERFACES.name, card, Reason::Undetermined);
        gap.detail = Some("the response does not hold the network interface".to_owned());
        self.audit.ask.unknown(gap)
    }
}

/// The entries of several lists together.
fn union<'e>(lists: impl Iterator<Item = &'e Fact<Entries>>) -> Fact<Entries> {
    let sum = lists.fold(Entries::none(), |sum, list| match list {
        Known(entries) => sum.and(entries),
        Fact::Gap(gap) => sum.and(&Entries::new(Vec::new(), Some(*gap))),
        Fact::NotOffered => sum,
    });
    sum.into_fact()
}

/// What the rules of a group together let in from anyone, wherever it goes.
pub(super) fn open_group(audit: &Subscription<'_>, row: &Value) -> Fact<Entries> {
    if !audit.wanted.fact(SecurityGroup::OPEN_TO_ANYONE) {
        return Fact::not_collected();
    }
    let groups = read::table(GROUPS.name, &Ok(vec![row.clone()]), read::group);
    let id = plain(word(row, "id").unwrap_or_default());
    match groups.get(&id) {
        Err(gap) => audit.ask.unknown(gap),
        Ok(group) => {
            let (flow, filter) = group.alone();
            let path = |traffic: &_| group.rules_of(&filter, traffic);
            openings(&flow, path, |gap| audit.ask.gap(gap)).0
        }
    }
}

#[cfg(test)]
mod tests;
