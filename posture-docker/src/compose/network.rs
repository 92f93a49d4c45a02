//! The networks of a service, and the ports that it publishes.

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_yaml::Data;

use super::ports;
use super::service::{Around, namespace, variable_in};
use super::value::View;
use super::variables::open;
use crate::settings::{Many, Mode, Port};

/// The network: also by way of a network that is that of the host or the default bridge under another name.
pub(super) fn network(all: &View<'_>, around: &Around<'_>) -> Fact<Mode> {
    let mode = match all.text("network_mode") {
        Known(Some(mode)) => mode,
        Open(gap) => return Open(gap),
        _ => return networks(all, around),
    };
    Known(match mode.as_str() {
        "bridge" | "default" => Mode::DefaultBridge,
        other => namespace(other, around.project),
    })
}

fn networks(all: &View<'_>, around: &Around<'_>) -> Fact<Mode> {
    let mut found = Known(Mode::Own);
    let names = joined(all);
    if let Some(variable) = names.open {
        found = Open(all.open("networks", variable));
    }
    for name in names.items {
        let Some(network) = around.networks.and_then(|networks| networks.get(&name)) else {
            continue;
        };
        if let Some(variable) = open(&network.value) {
            found = Open(all.open("networks", variable));
            continue;
        }
        let network = View { node: &network.value, ..*all };
        let external = network.get("external");
        let (is_external, of_external) = match external.map(|node| &node.data) {
            Some(Data::Fields(_)) => {
                (Known(true), network.object("external").map(|external| external.text("name")))
            }
            _ => (network.boolean("external", false), None),
        };
        let real = match (network.text("name"), of_external) {
            (Known(None), Some(other)) => other,
            (real, _) => real,
        };
        match (is_external, real) {
            (Known(false), _) => {}
            (Known(true), Known(real)) => match real.unwrap_or(name).as_str() {
                "host" => return Known(Mode::Host),
                "bridge" if found.gap().is_none() => found = Known(Mode::DefaultBridge),
                _ => {}
            },
            (Open(gap), _) | (_, Open(gap)) => found = Open(gap),
            _ => {}
        }
    }
    found
}

/// The networks that a service joins, by their names in the file.
struct Joined<'n> {
    items: Vec<String>,
    /// The variable that a name holds.
    open: Option<&'n str>,
}

fn joined<'n>(all: &View<'n>) -> Joined<'n> {
    let node = all.get("networks");
    let mut variable = node.and_then(open);
    let mut items: Vec<String> = match node.map(|node| &node.data) {
        Some(Data::Fields(fields)) => fields.iter().map(|field| field.name.clone()).collect(),
        Some(Data::List(items)) => {
            variable = variable.or_else(|| items.iter().find_map(open));
            let known = items.iter().filter(|item| open(item).is_none());
            let names = known.filter_map(|item| match &item.data {
                Data::Text(name) => Some(name.clone()),
                _ => None,
            });
            names.collect()
        }
        _ => Vec::new(),
    };
    if items.is_empty() && variable.is_none() {
        items.push("default".to_owned());
    }
    Joined { items, open: variable }
}

/// The option of a bridge for the address of ports that name none
/// ([source](https://docs.docker.com/engine/network/drivers/bridge/#options), read on 2026-12-01).
const BINDING: &str = "com.docker.network.bridge.host_binding_ipv4";

/// Ports with the address that the networks of the service give them.
pub(super) fn bound(mut ports: Many<Port>, all: &View<'_>, around: &Around<'_>) -> Many<Port> {
    if ports.items.iter().all(|port| port.address.is_some()) {
        return ports;
    }
    let names = joined(all).items;
    let of = |name: &String| {
        let network = around.networks.and_then(|networks| networks.get(name))?;
        let network = View { node: &network.value, ..*all };
        let options = network.pairs("driver_opts").into_iter();
        options.filter(|(option, _)| option == BINDING).map(|(_, value)| value).next()
    };
    let addresses: Vec<Option<Fact<Option<String>>>> = names.iter().map(of).collect();
    match addresses.first() {
        _ if addresses.iter().all(Option::is_none) => {}
        Some(Some(Known(Some(address))))
            if addresses.iter().all(|one| Some(one) == addresses.first()) =>
        {
            for port in &mut ports.items {
                port.address.get_or_insert_with(|| address.clone());
            }
        }
        _ => {
            ports.items.retain(|port| port.address.is_some());
            let detail =
                "the address of a port depends on the networks of the service: name it in `ports`";
            ports.open = Some(all.undetermined(detail));
        }
    }
    ports
}

pub(super) fn published(all: &View<'_>) -> Many<Port> {
    let mut found = Many::default();
    for port in all.list("ports") {
        match ports::read(port) {
            Ok(Some(port)) => found.items.push(port),
            Ok(None) => {
                let variable = variable_in(port).unwrap_or_default();
                found.open = Some(all.open("ports", variable));
            }
            Err(problem) => found.open = Some(all.undetermined(&problem)),
        }
    }
    if let Some(variable) = all.get("ports").and_then(open) {
        found.open = Some(all.open("ports", variable));
    }
    found
}
