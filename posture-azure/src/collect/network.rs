//! Virtual networks, network security groups, and the flow logs that record their traffic: all from Resource Graph.

use std::collections::BTreeMap;

use posture_model::fact::{self, Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{
    FlowLog, FlowLogTarget, Kind, Network, NetworkInterface, SecurityGroup,
};
use posture_model::wanted::Wanted;
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::storage;
use super::sweep::Rows;
use super::{edge, reach};
use crate::entry::{Action, ROW, facts};

pub(crate) const NETWORKS: Action = Action {
    name: "Microsoft.Network/virtualNetworks/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Network],
    fills: facts![
        &[
            Network::WATCHED,
            Network::UNRECORDED,
            Network::UNSEARCHABLE,
            Network::UNFILTERED_SUBNETS,
            Network::FLOOD_PROTECTED,
            Network::PEERS,
            SecurityGroup::UNSEARCHABLE,
            Network::TAGS,
            NetworkInterface::FILTERS,
            NetworkInterface::ROUTES,
        ],
        reach::REACH,
    ],
    command: "az network vnet show --ids {id}",
};

pub(crate) const GROUPS: Action = Action {
    name: "Microsoft.Network/networkSecurityGroups/read",
    own: &[],
    per: ROW,
    lists: &[Kind::SecurityGroup],
    fills: facts![
        &[
            SecurityGroup::ATTACHED,
            SecurityGroup::UNSEARCHABLE,
            SecurityGroup::OPEN_TO_ANYONE,
            SecurityGroup::FILTER,
            SecurityGroup::TAGS,
            NetworkInterface::FILTERS,
        ],
        reach::REACH,
    ],
    command: "az network nsg show --ids {id}",
};

pub(crate) const WATCHERS: Action = Action {
    name: "Microsoft.Network/networkWatchers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Network::WATCHED],
    command: "az network watcher list",
};

pub(crate) const FLOW_LOGS: Action = Action {
    name: "Microsoft.Network/networkWatchers/flowLogs/read",
    own: &[],
    per: ROW,
    lists: &[Kind::FlowLog],
    fills: &[
        FlowLog::TARGET,
        FlowLog::RECORDING,
        FlowLog::RETENTION_DAYS,
        Network::UNRECORDED,
        Network::UNSEARCHABLE,
        SecurityGroup::UNSEARCHABLE,
        FlowLog::TAGS,
    ],
    command: "az resource show --ids {id}",
};

pub(crate) const NETWORKS_TYPE: &str = "microsoft.network/virtualnetworks";
pub(crate) const GROUPS_TYPE: &str = "microsoft.network/networksecuritygroups";
pub(crate) const WATCHERS_TYPE: &str = "microsoft.network/networkwatchers";
pub(crate) const FLOW_LOGS_TYPE: &str = "microsoft.network/networkwatchers/flowlogs";

/// Whether anything is wanted that networks show.
fn is_wanted(wanted: &Wanted) -> bool {
    [Kind::Network, Kind::SecurityGroup, Kind::FlowLog].into_iter().any(|kind| wanted.kind(kind))
}

/// Reads the wanted facts of the networks of a subscription.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let mut part = Part::default();
    if !is_wanted(audit.wanted) {
        return part;
    }
    let of = |kind: &str, action: &'static str| audit.rows(rows, kind, action);
    let logs = of(FLOW_LOGS_TYPE, FLOW_LOGS.name);
    let traffic = if audit.calls(&FLOW_LOGS) {
        Traffic::read(audit, &logs)
    } else {
        Traffic(Fact::not_collected())
    };
    let networks = of(NETWORKS_TYPE, NETWORKS.name);
    if audit.wanted.kind(Kind::Network) {
        let watchers = of(WATCHERS_TYPE, WATCHERS.name);
        part.networks = listing(audit, &networks, |row| network(audit, row, &watchers, &traffic));
    }
    if audit.wanted.kind(Kind::SecurityGroup) {
        let groups = of(GROUPS_TYPE, GROUPS.name);
        let interfaces = networks.as_ref().map(|rows| Interfaces::read(rows));
        part.security_groups =
            listing(audit, &groups, |row| group(audit, row, &interfaces, &traffic));
    }
    if audit.wanted.kind(Kind::FlowLog) {
        part.flow_logs = listing(audit, &logs, |row| flow_log(audit, row));
    }
    part
}

fn listing<T>(
    audit: &Subscription<'_>,
    rows: &Result<Vec<Value>, Gap>,
    read: impl Fn(&Value) -> T,
) -> Listing<T> {
    match rows {
        Err(gap) => Listing::unread(audit.ask.gap(gap.clone())),
        Ok(rows) => Listing::complete(rows.iter().map(read).collect()),
    }
}

/// An id as it compares.
fn plain(id: &str) -> String {
    id.trim_matches('/').to_ascii_lowercase()
}

/// A region in comparable form: its name occurs with and without spaces.
fn region(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

/// The last `count` words of an id that are names.
fn short(id: &str, count: usize) -> String {
    let names: Vec<&str> = id.trim_matches('/').rsplit('/').step_by(2).take(count).collect();
    names.into_iter().rev().collect::<Vec<_>>().join("/")
}

fn network(
    audit: &Subscription<'_>,
    row: &Value,
    watchers: &Result<Vec<Value>, Gap>,
    traffic: &Traffic,
) -> Network {
    let id = word(row, "id").unwrap_or_default();
    let name = name_of(row);
    let network = Network::unread_on(Provider::Azure, id, name, word(row, "location"));
    let network = network.watched(watched(audit, row, watchers));
    let body = Body { ask: audit.ask, action: NETWORKS.name, id, value: row };
    if !body.is_resource() {
        let gap = audit.ask.gap(senseless(NETWORKS.name, id));
        return network
            .unrecorded(Fact::Gap(gap))
            .unsearchable(Fact::Gap(gap))
            .unfiltered_subnets(Fact::Gap(gap))
            .flood_protected(Fact::Gap(gap))
            .peers(Fact::Gap(gap));
    }
    let network = network
        .tags(storage::wanted_tags(audit, Network::TAGS, &body))
        .unfiltered_subnets(edge::unfiltered_subnets(&body))
        .flood_protected(edge::flood_protected(&body))
        .peers(edge::peers(&body));
    let parts = body.list("properties.subnets").and_then(|subnets| {
        let mut parts = Vec::new();
        for subnet in *subnets {
            let Some(id) = word(subnet, "id") else {
                return body.malformed("properties.subnets");
            };
            parts.push((short(id, 1), plain(id)));
        }
        if parts.is_empty() {
            // What is put into it tomorrow would not be recorded either.
            parts.push((name.to_owned(), plain(id)));
        }
        Known(parts)
    });
    let left_out = |covers: fn(&Log) -> Fact<bool>| {
        parts.and_then(|parts| {
            let whole = plain(id);
            left_out(
                parts
                    .iter()
                    .map(|(name, part)| (name.clone(), traffic.covered(&[part, &whole], covers))),
            )
        })
    };
    network.unrecorded(left_out(Log::records_all)).unsearchable(left_out(Log::is_searched))
}

/// What is not covered, by name. One that certainly is not covered decides, even if others are unknown.
fn left_out(parts: impl Iterator<Item = (String, Fact<bool>)>) -> Fact<Vec<String>> {
    let mut names = Vec::new();
    let mut gap = None;
    for (name, covered) in parts {
        match covered {
            Known(true) | Fact::NotOffered => {}
            Known(false) => names.push(name),
            Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    match gap {
        Some(gap) if names.is_empty() => Fact::Gap(gap),
        _ => Known(names),
    }
}

/// Whether a [network watcher](https://learn.microsoft.com/en-us/azure/network-watcher/network-watcher-overview) is at work
/// in the region of a network; there is one for each region of a subscription.
fn watched(
    audit: &Subscription<'_>,
    network: &Value,
    watchers: &Result<Vec<Value>, Gap>,
) -> Fact<bool> {
    if !audit.calls(&WATCHERS) {
        return Fact::not_collected();
    }
    let id = word(network, "id").unwrap_or_default();
    let Some(own) = word(network, "location").map(region) else {
        return audit.ask.malformed(NETWORKS.name, id, "`location` has an unexpected type");
    };
    let watchers = match watchers {
        Ok(watchers) => watchers,
        Err(gap) => return audit.ask.unknown(gap.clone()),
    };
    fact::any(watchers.iter().map(|watcher| {
        let id = word(watcher, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: WATCHERS.name, id, value: watcher };
        body.need("location", View::text).and_then(|other| {
            if region(other) != own {
                return Known(false);
            }
            body.need("properties.provisioningState", View::text).and_then(|state| match *state {
                state if same(state, "Succeeded") => Known(true),
                state if same(state, "Failed") || same(state, "Deleting") => Known(false),
                other => body.unsupported(other),
            })
        })
    }))
}

fn group(
    audit: &Subscription<'_>,
    row: &Value,
    interfaces: &Result<Interfaces, &Gap>,
    traffic: &Traffic,
) -> SecurityGroup {
    let id = word(row, "id").unwrap_or_default();
    let group = SecurityGroup::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: GROUPS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(group, senseless(GROUPS.name, id));
    }
    let ids = |path: &str| {
        body.list(path).and_then(|all| {
            let ids: Option<Vec<&str>> = all.iter().map(|one| word(one, "id")).collect();
            ids.map_or_else(|| body.malformed(path), Known)
        })
    };
    let (subnets, cards) = (ids("properties.subnets"), ids("properties.networkInterfaces"));
    let attached = subnets.any() | cards.any();
    let own = plain(id);
    let unsearchable = subnets.and_then(|subnets| {
        cards.and_then(|cards| {
            let subnets = subnets.iter().map(|subnet| {
                let (subnet, network) = (plain(subnet), network_of(subnet));
                let covered = traffic.covered(&[&own, &subnet, &network], Log::is_searched);
                (short(&subnet, 2), covered)
            });
            let cards = cards.iter().map(|card| {
                let direct = traffic.covered(&[&own, &plain(card)], Log::is_searched);
                let covered = match direct {
                    Known(true) => direct,
                    _ => direct | by_subnet(audit, card, interfaces, traffic),
                };
                (short(card, 1), covered)
            });
            left_out(subnets.chain(cards))
        })
    });
    let open = reach::open_group(audit, row);
    let group = group.open_to_anyone(open).filter(reach::filter_of(audit, row));
    group.attached(attached).unsearchable(unsearchable).tags(storage::wanted_tags(
        audit,
        SecurityGroup::TAGS,
        &body,
    ))
}

/// The network of a subnet, as it compares.
fn network_of(subnet: &str) -> String {
    let subnet = plain(subnet);
    subnet.split("/subnets/").next().unwrap_or_default().to_owned()
}

/// Whether the subnets of an interface, or their networks, are recorded.
fn by_subnet(
    audit: &Subscription<'_>,
    card: &str,
    interfaces: &Result<Interfaces, &Gap>,
    traffic: &Traffic,
) -> Fact<bool> {
    let interfaces = match interfaces {
        Ok(interfaces) => interfaces,
        Err(gap) => return audit.ask.unknown((*gap).clone()),
    };
    match interfaces.subnets.get(&plain(card)) {
        Some(subnets) => {
            let covered = subnets
                .iter()
                .map(|subnet| traffic.covered(&[subnet, &network_of(subnet)], Log::is_searched));
            // It may be in further subnets, which a network that does not fit would have shown.
            fact::all(covered) & interfaces.misfit(audit).unwrap_or(Known(true))
        }
        None => interfaces.misfit(audit).unwrap_or_else(|| {
            let mut gap = Gap::new(NETWORKS.name, card, Reason::Undetermined);
            gap.detail = Some("the response has no subnet".to_owned());
            audit.ask.unknown(gap)
        }),
    }
}

/// The subnets of each interface, as reported by the networks.
struct Interfaces {
    subnets: BTreeMap<String, Vec<String>>,
    /// The first network by id that does not show everything, and why.
    misfit: Option<(String, Misfit)>,
}

impl Interfaces {
    fn read(networks: &[Value]) -> Self {
        let mut all = Self { subnets: BTreeMap::new(), misfit: None };
        for network in networks {
            if let Err(misfit) = all.add(View(network)) {
                let id = word(network, "id").unwrap_or_default().to_owned();
                if all.misfit.as_ref().is_none_or(|(known, _)| id < *known) {
                    all.misfit = Some((id, misfit));
                }
            }
        }
        all
    }

    /// Why the subnets are incomplete.
    fn misfit(&self, audit: &Subscription<'_>) -> Option<Fact<bool>> {
        let (network, Misfit(path)) = self.misfit.as_ref()?;
        Some(audit.ask.malformed(
            NETWORKS.name,
            network,
            format!("`{path}` has an unexpected type"),
        ))
    }

    fn add(&mut self, network: View<'_>) -> Read<()> {
        for subnet in network.items("properties.subnets")? {
            let id = plain(subnet.need("id", View::text)?);
            for address in subnet.items("properties.ipConfigurations")? {
                let card = plain(address.need("id", View::text)?);
                if let Some((card, _)) = card.split_once("/ipconfigurations/") {
                    self.subnets.entry(card.to_owned()).or_default().push(id.clone());
                }
            }
        }
        Ok(())
    }
}

/// What is recorded: the flow logs of a subscription, reduced to what coverage needs.
///
/// The flow logs of a network are in its subscription, below the network watcher of its region.
struct Traffic(Fact<Vec<Log>>);

/// A [flow log](https://learn.microsoft.com/en-us/azure/templates/microsoft.network/networkwatchers/flowlogs).
struct Log {
    /// The ID of what it records, in comparable form.
    target: Fact<String>,
    recording: Fact<bool>,
    /// Whether it records every flow.
    complete: Fact<bool>,
    /// Whether traffic analytics sends its records to a workspace.
    searched: Fact<bool>,
}

impl Traffic {
    fn read(audit: &Subscription<'_>, rows: &Result<Vec<Value>, Gap>) -> Self {
        Self(match rows {
            Err(gap) => audit.ask.unknown(gap.clone()),
            Ok(rows) => Known(rows.iter().map(|row| Log::read(audit, row)).collect()),
        })
    }

    /// Whether some flow log of one of the targets covers it.
    fn covered(&self, targets: &[&str], covers: fn(&Log) -> Fact<bool>) -> Fact<bool> {
        self.0.and_then(|logs| {
            fact::any(logs.iter().map(|log| {
                let is_target = log.target.map(|target| targets.contains(&target.as_str()));
                is_target & covers(log)
            }))
        })
    }
}

impl Log {
    fn read(audit: &Subscription<'_>, row: &Value) -> Self {
        let id = word(row, "id").unwrap_or_default();
        let body = Body { ask: audit.ask, action: FLOW_LOGS.name, id, value: row };
        if !body.is_resource() {
            let gap = audit.ask.gap(senseless(FLOW_LOGS.name, id));
            return Self {
                target: Fact::Gap(gap),
                recording: Fact::Gap(gap),
                complete: Fact::Gap(gap),
                searched: Fact::Gap(gap),
            };
        }
        Self {
            target: target(&body).map(|target| plain(target)),
            recording: recording(&body),
            complete: complete(&body),
            searched: searched(&body),
        }
    }

    fn records_all(&self) -> Fact<bool> {
        self.recording.clone() & self.complete.clone()
    }

    fn is_searched(&self) -> Fact<bool> {
        self.records_all() & self.searched.clone()
    }
}

fn flow_log(audit: &Subscription<'_>, row: &Value) -> FlowLog {
    let id = word(row, "id").unwrap_or_default();
    let log = FlowLog::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: FLOW_LOGS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(log, senseless(FLOW_LOGS.name, id));
    }
    let kind = target(&body).and_then(|target| {
        let lower = plain(target);
        match lower.rsplit('/').nth(1) {
            Some("virtualnetworks") => Known(FlowLogTarget::Network),
            Some("subnets") => Known(FlowLogTarget::Subnet),
            Some("networkinterfaces") => Known(FlowLogTarget::Interface),
            Some("networksecuritygroups") => Known(FlowLogTarget::SecurityGroup),
            _ => body.unsupported(target),
        }
    });
    log.target(kind)
        .recording(recording(&body))
        .retention_days(retention(&body))
        .tags(storage::wanted_tags(audit, FlowLog::TAGS, &body))
}

/// Every flow log has one.
fn target<'a>(body: &Body<'a>) -> Fact<&'a str> {
    const PATH: &str = "properties.targetResourceId";
    body.text(PATH).and_then(|target| match target {
        Some(target) if !target.is_empty() => Known(*target),
        _ => body.malformed(PATH),
    })
}

/// Whether it is on. What an absent switch means is not documented.
fn recording(body: &Body<'_>) -> Fact<bool> {
    let enabled = body.need("properties.enabled", View::flag);
    if enabled != Known(true) {
        return enabled;
    }
    body.text("properties.provisioningState").and_then(|state| match state {
        None => Known(true),
        Some(state) if ["Succeeded", "Creating", "Updating"].iter().any(|on| same(state, on)) => {
            Known(true)
        }
        Some(state) if same(state, "Deleting") => Known(false),
        Some(state) if same(state, "Failed") || same(state, "Canceled") => {
            // What is in effect since the change that failed is not returned.
            let mut gap = Gap::new(FLOW_LOGS.name, body.id, Reason::Undetermined);
            gap.detail = Some("its last change failed".to_owned());
            body.ask.unknown(gap)
        }
        Some(other) => body.unsupported(other),
    })
}

/// Whether nothing is filtered out: neither by criteria, nor by the states of flows. Each flow begins or is denied, so
/// that records of both hold every one.
fn complete(body: &Body<'_>) -> Fact<bool> {
    let text = |path: &str| body.text(path).map(|text| text.unwrap_or_default().trim());
    let unfiltered = text("properties.enabledFilteringCriteria").map(|text| text.is_empty());
    let states = text("properties.recordTypes").map(|states| {
        let has = |state: &str| states.split(',').any(|own| same(own.trim(), state));
        states.is_empty() || (has("B") && has("D"))
    });
    unfiltered & states
}

/// Whether [traffic analytics](https://learn.microsoft.com/en-us/azure/network-watcher/traffic-analytics) is on, which needs
/// a workspace. Where there is none, its id is a hyphen.
fn searched(body: &Body<'_>) -> Fact<bool> {
    const PATH: &str =
        "properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration";
    let workspace = ["workspaceResourceId", "workspaceId"].map(|name| {
        body.text(&format!("{PATH}.{name}"))
            .map(|id| id.is_some_and(|id| !id.is_empty() && id != "-"))
    });
    body.flag(&format!("{PATH}.enabled")).map(|on| on.unwrap_or(false)) & fact::any(workspace)
}

/// For how many days records are kept. A policy that is absent or switched off deletes nothing, nor does one of
/// [0 days](https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-manage).
fn retention(body: &Body<'_>) -> Fact<Option<u32>> {
    body.fact(retention_of(body.view()))
}

fn retention_of(log: View<'_>) -> Read<Option<u32>> {
    // Absent they are off, and 0:
    // https://learn.microsoft.com/en-us/azure/templates/microsoft.network/networkwatchers/flowlogs#retentionpolicyparameters
    if log.flag("properties.retentionPolicy.enabled")? != Some(true) {
        return Ok(None);
    }
    Ok(log.number("properties.retentionPolicy.days")?.filter(|days| *days > 0))
}

#[cfg(test)]
mod tests {
    use posture_model::scope::Scope;
    use serde_json::json;

    use super::super::recorded::{scopes, why};
    use super::*;

    const BELOW: &str = "/subscriptions/s/resourceGroups/main/providers/Microsoft.Network";

    fn id(kind: &str, name: &str) -> String {
        format!("{BELOW}/{kind}/{name}")
    }

    fn resource(kind: &str, name: &str, properties: Value) -> Value {
        json!({
            "type": format!("Microsoft.Network/{kind}"), "name": name, "group": "main", "location": "westeurope",
            "properties": properties,
        })
    }

    /// A network with these subnets, each of which contains this interface.
    fn net(subnets: &[(&str, &str)]) -> Value {
        let subnet = |(name, card): &(&str, &str)| {
            let card = format!("{}/ipConfigurations/one", id("networkInterfaces", card));
            json!({
                "id": format!("{}/subnets/{name}", id("virtualNetworks", "core")),
                "properties": { "ipConfigurations": [{ "id": card }] },
            })
        };
        let subnets: Vec<Value> = subnets.iter().map(subnet).collect();
        resource("virtualNetworks", "core", json!({ "subnets": subnets }))
    }

    fn group(subnets: &[&str], cards: &[&str]) -> Value {
        let subnet = |name: &&str| json!({ "id": format!("{}/subnets/{name}", id("virtualNetworks", "core")) });
        let card = |name: &&str| json!({ "id": id("networkInterfaces", name) });
        resource(
            "networkSecurityGroups",
            "rules",
            json!({
                "subnets": subnets.iter().map(subnet).collect::<Vec<_>>(),
                "networkInterfaces": cards.iter().map(card).collect::<Vec<_>>(),
            }),
        )
    }

    /// A flow log of everything that is searched, with some of its properties changed.
    fn log(target: &str, changes: Value) -> Value {
        let mut properties = json!({
            "targetResourceId": target, "enabled": true, "provisioningState": "Succeeded",
            "flowAnalyticsConfiguration": { "networkWatcherFlowAnalyticsConfiguration": {
                "enabled": true, "workspaceId": "-", "workspaceResourceId": "place"
            } },
            "retentionPolicy": { "enabled": true, "days": 90 },
        });
        for (name, value) in changes.as_object().unwrap() {
            properties[name] = value.clone();
        }
        json!({ "type": "flowLogs", "name": "log", "location": "westeurope", "properties": properties })
    }

    fn watcher(location: &str, properties: Value, logs: &[Value]) -> Value {
        let mut watcher = resource("networkWatchers", "watcher", properties);
        watcher["location"] = json!(location);
        // Each has a separate name, as no two resources share an ID.
        let named = |(number, log): (usize, &Value)| {
            let mut log = log.clone();
            if number > 0 {
                log["name"] = json!(format!("log{number}"));
            }
            log
        };
        watcher["children"] = json!(logs.iter().enumerate().map(named).collect::<Vec<_>>());
        watcher
    }

    fn read(resources: &[Value]) -> Scope {
        let scenario =
            json!({ "subscriptions": [{ "id": "s", "name": "s", "resources": resources }] });
        let kinds = [Kind::Network, Kind::SecurityGroup, Kind::FlowLog];
        let facts = [
            Network::WATCHED,
            Network::UNRECORDED,
            Network::UNSEARCHABLE,
            SecurityGroup::ATTACHED,
            SecurityGroup::UNSEARCHABLE,
            FlowLog::TARGET,
            FlowLog::RECORDING,
            FlowLog::RETENTION_DAYS,
        ];
        scopes(&scenario, &facts, &kinds).remove(0)
    }

    fn logged(resources: &[Value], logs: &[Value]) -> Scope {
        let watcher = watcher("westeurope", json!({ "provisioningState": "Succeeded" }), logs);
        read(&[resources, &[watcher]].concat())
    }

    fn names(names: &[&str]) -> Fact<Vec<String>> {
        Known(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_network_is_watched_by_a_watcher_of_its_region_that_works() {
        let of = |watchers: &[(&str, Value)]| {
            let watchers = watchers.iter().enumerate().map(|(number, (location, properties))| {
                let mut watcher = watcher(location, properties.clone(), &[]);
                watcher["name"] = json!(format!("watcher{number}"));
                watcher
            });
            let all: Vec<Value> = std::iter::once(net(&[])).chain(watchers).collect();
            let scope = read(&all);
            let watched = scope.networks.items[0].watched.clone();
            match why(&scope, &watched) {
                Some((action, reason)) => {
                    assert_eq!(action, WATCHERS.name);
                    Err(reason)
                }
                None => Ok(*watched.known().unwrap()),
            }
        };
        let state = |state: &str| json!({ "provisioningState": state });
        assert_eq!(of(&[("West Europe", state("succeeded"))]), Ok(true));
        assert_eq!(of(&[("northeurope", state("Succeeded"))]), Ok(false));
        assert_eq!(of(&[("westeurope", state("Failed"))]), Ok(false));
        assert_eq!(of(&[("westeurope", state("Deleting"))]), Ok(false));
        assert_eq!(of(&[]), Ok(false));
        assert_eq!(of(&[("westeurope", state("Dreaming"))]), Err(Reason::Unsupported));
        assert_eq!(of(&[("westeurope", json!({}))]), Err(Reason::Malformed));
        assert_eq!(
            of(&[("westeurope", state("Dreaming")), ("westeurope", state("Succeeded"))]),
            Ok(true)
        );
    }

    #[test]
    fn a_network_is_recorded_where_each_of_its_subnets_is() {
        let network = id("virtualNetworks", "core");
        let subnet = |name: &str| format!("{network}/subnets/{name}");
        let core = || [net(&[("front", "web"), ("back", "db")])];
        let of = |logs: &[Value]| {
            let scope = logged(&core(), logs);
            let Some(network) = scope.networks.items.first() else { panic!("{:?}", scope.gaps) };
            (network.unrecorded.clone(), network.unsearchable.clone())
        };
        let all = || (names(&[]), names(&[]));
        let front = || (names(&["front"]), names(&["front"]));
        let both = || (names(&["front", "back"]), names(&["front", "back"]));
        assert_eq!(of(&[log(&network.to_uppercase(), json!({}))]), all());
        assert_eq!(of(&[log(&subnet("back"), json!({}))]), front());
        assert_eq!(of(&[log(&subnet("back"), json!({})), log(&subnet("front"), json!({}))]), all());
        assert_eq!(of(&[]), both());
        assert_eq!(of(&[log(&id("virtualNetworks", "other"), json!({}))]), both());
        // What is off, filtered, or being deleted records nothing.
        for off in [
            json!({ "enabled": false }),
            json!({ "provisioningState": "Deleting" }),
            json!({ "enabledFilteringCriteria": "dstPort=443" }),
            json!({ "recordTypes": "B,C" }),
        ] {
            assert_eq!(of(&[log(&network, off.clone())]), both(), "{off}");
        }
        for on in [
            json!({ "provisioningState": "Updating" }),
            json!({ "provisioningState": null }),
            json!({ "enabledFilteringCriteria": " " }),
            json!({ "recordTypes": "b, C ,d" }),
        ] {
            assert_eq!(of(&[log(&network, on.clone())]), all(), "{on}");
        }
        // What goes nowhere cannot be searched.
        let analytics = |value: Value| json!({ "flowAnalyticsConfiguration": { "networkWatcherFlowAnalyticsConfiguration": value } });
        for nowhere in [
            analytics(json!({ "enabled": false, "workspaceResourceId": "place" })),
            analytics(json!({ "enabled": true, "workspaceId": "-", "workspaceResourceId": "" })),
            analytics(json!({ "workspaceResourceId": "place" })),
            analytics(Value::Null),
        ] {
            let found = of(&[log(&network, nowhere.clone())]);
            assert_eq!(found, (names(&[]), names(&["front", "back"])), "{nowhere}");
        }
        // Whether what does not fit is on is not known, and settles nothing where another one records.
        for odd in [
            json!({ "enabled": null }),
            json!({ "enabled": "perhaps" }),
            json!({ "provisioningState": "Failed" }),
            json!({ "provisioningState": "Dreaming" }),
            json!({ "targetResourceId": null }),
        ] {
            let (unrecorded, unsearchable) = of(&[log(&network, odd.clone())]);
            assert!(unrecorded.gap().is_some() && unsearchable.gap().is_some(), "{odd}");
            let mut other = log(&network, odd);
            other["name"] = json!("other");
            assert_eq!(of(&[other, log(&network, json!({}))]), all());
        }
        // A network without subnets is one part.
        let empty = logged(&[net(&[])], &[]);
        assert_eq!(empty.networks.items[0].unrecorded, names(&["core"]));
    }

    #[test]
    fn a_security_group_is_searched_where_all_that_it_is_at_is() {
        let network = id("virtualNetworks", "core");
        let subnet = format!("{network}/subnets/front");
        let card = id("networkInterfaces", "web");
        let own = id("networkSecurityGroups", "rules");
        let of = |group: Value, logs: &[Value]| {
            let scope = logged(&[net(&[("front", "web")]), group], logs);
            let group = &scope.security_groups.items[0];
            (group.attached.clone(), group.unsearchable.clone())
        };
        for target in [&own, &subnet, &network] {
            let found = of(group(&["front"], &[]), &[log(target, json!({}))]);
            assert_eq!(found, (Known(true), names(&[])), "{target}");
        }
        for target in [&own, &card, &subnet, &network] {
            let found = of(group(&[], &["web"]), &[log(target, json!({}))]);
            assert_eq!(found, (Known(true), names(&[])), "{target}");
        }
        let found = of(group(&["front"], &["web"]), &[log(&card, json!({}))]);
        assert_eq!(found, (Known(true), names(&["core/front"])));
        let found = of(group(&[], &["web"]), &[log(&id("networkInterfaces", "x"), json!({}))]);
        assert_eq!(found, (Known(true), names(&["web"])));
        assert_eq!(of(group(&[], &[]), &[]), (Known(false), names(&[])));
        // The subnet of an interface that no network names is unknown.
        let (attached, unsearchable) = of(group(&[], &["stray"]), &[]);
        assert_eq!(attached, Known(true));
        assert!(unsearchable.gap().is_some());
        let direct = log(&id("networkInterfaces", "stray"), json!({}));
        assert_eq!(of(group(&[], &["stray"]), &[direct]).1, names(&[]));
    }

    #[test]
    fn a_flow_log_says_what_it_records_and_for_how_long() {
        let of = |target: &str, changes: Value| {
            let scope = logged(&[], &[log(target, changes)]);
            let log = scope.flow_logs.items[0].clone();
            (log.target, log.recording, log.retention_days)
        };
        for (kind, target) in [
            ("virtualNetworks", FlowLogTarget::Network),
            ("networkInterfaces", FlowLogTarget::Interface),
            ("networkSecurityGroups", FlowLogTarget::SecurityGroup),
            ("virtualNetworks/x/subnets", FlowLogTarget::Subnet),
        ] {
            let found = of(&id(kind, "one"), json!({}));
            assert_eq!(found, (Known(target), Known(true), Known(Some(90))), "{kind}");
        }
        assert!(of(&id("moons", "one"), json!({})).0.gap().is_some());
        assert!(of("", json!({})).0.gap().is_some());
        let days = |policy: Value| of("x", json!({ "retentionPolicy": policy })).2;
        assert_eq!(days(json!({ "enabled": true, "days": 0 })), Known(None));
        assert_eq!(days(json!({ "enabled": false, "days": 7 })), Known(None));
        assert_eq!(days(json!({ "days": 7 })), Known(None));
        assert_eq!(days(Value::Null), Known(None));
        assert!(days(json!({ "enabled": true, "days": "many" })).gap().is_some());
        assert_eq!(of("x", json!({ "enabled": false })).1, Known(false));
    }

    #[test]
    fn names_are_the_last_words_of_ids() {
        let subnet = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/main/subnets/front";
        assert_eq!(short(subnet, 1), "front");
        assert_eq!(short(subnet, 2), "main/front");
        assert_eq!(network_of(subnet), plain(subnet.trim_end_matches("/subnets/front")));
        for odd in ["", "/", "x", "//"] {
            assert!(short(odd, 2).len() <= odd.len(), "{odd}");
        }
    }

    #[test]
    fn regions_compare_with_and_without_spaces() {
        assert_eq!(region("West Europe"), region("westeurope"));
        assert_ne!(region("westeurope"), region("westeurope2"));
    }
}
