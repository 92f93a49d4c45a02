//! What a snapshot keeps of interfaces for questions about the traffic between machines, and the interfaces of scale sets.

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::network::PacketRule;
use posture_model::provider::Provider;
use posture_model::resource::NetworkInterface;
use serde_json::Value;

use super::{INTERFACES, Reader};
use crate::collect::body::{Body, word};
use crate::collect::context::Subscription;
use crate::collect::network::GROUPS;
use crate::collect::presence::SCALE_SETS;
use crate::collect::storage;
use crate::network::read::{self, plain};
use crate::network::{Interface, Topology, kept, network_in};

impl Reader<'_> {
    /// The interfaces of scale sets in uniform orchestration.
    pub(super) fn scale_sets(&self, rows: &Result<Vec<Value>, Gap>) -> Listing<NetworkInterface> {
        let gap = |gap: Gap| Listing::unread(self.audit.ask.gap(gap));
        let all = match rows {
            Ok(rows) => rows,
            Err(denied) => return gap(denied.clone()),
        };
        let sets = read::table(SCALE_SETS.name, rows, read::scale_set);
        let mut list = Listing::complete(Vec::new());
        for row in all {
            let id = word(row, "id").unwrap_or_default();
            let body = Body { ask: self.audit.ask, action: SCALE_SETS.name, id, value: row };
            match sets.get(&plain(id)) {
                // Which interfaces it has is not known.
                Err(misfit) => list.merge(gap(misfit)),
                Ok(interfaces) => {
                    for interface in interfaces {
                        let (id, name) = (&interface.id, &interface.name);
                        let region = word(row, "location");
                        let card = NetworkInterface::unread_on(
                            Provider::Azure,
                            format!("/{id}"),
                            name,
                            region,
                        );
                        let tags = storage::wanted_tags(self.audit, NetworkInterface::TAGS, &body);
                        list.items
                            .push(self.reached(card.machine(Known(None)).tags(tags), interface));
                    }
                }
            }
        }
        list
    }

    pub(super) fn within(
        &self,
        card: NetworkInterface,
        interface: &Interface,
        topology: &Topology,
    ) -> NetworkInterface {
        fn fact<T>(reader: &Reader<'_>, found: Result<T, Gap>) -> Fact<T> {
            found.map_or_else(|gap| reader.audit.ask.unknown(gap), Known)
        }
        let action = INTERFACES.name;
        let subnet = interface.subnet(action);
        let routes = subnet.clone().and_then(|subnet| topology.routes(subnet));
        card.private_addresses(fact(self, interface.private(action)))
            .network(fact(self, subnet.clone().map(network_in)))
            .subnet(fact(self, subnet.map(str::to_owned)))
            .groups(fact(self, interface.members(action)))
            .filters(fact(self, topology.filters(interface, action)))
            .routes(fact(self, routes))
    }
}

/// The rules of a group as they are kept.
pub(in crate::collect) fn filter_of(
    audit: &Subscription<'_>,
    row: &Value,
) -> Fact<Vec<PacketRule>> {
    let made = read::table(GROUPS.name, &Ok(vec![row.clone()]), read::made);
    let id = plain(word(row, "id").unwrap_or_default());
    match made.get(&id) {
        Err(gap) => audit.ask.unknown(gap),
        Ok(made) => Known(kept(made.clone())),
    }
}
