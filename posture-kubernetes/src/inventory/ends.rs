//! The pods and templates of a workload as ends of connections. What is alike to network policies is kept once.

use std::collections::BTreeMap;

use posture_model::network::{PodGroup, PodPlace, PodPort};

use crate::labels::Labels;
use crate::network::{NamedPort, Pod};

/// What policies distinguish pods of one workload by, but for their addresses.
type Key = (Labels, Vec<NamedPort>, bool);

/// The ends of connections that belong to one workload.
#[derive(Debug, Default)]
pub(super) struct Ends {
    all: BTreeMap<Key, Alike>,
}

/// Ends that are alike.
#[derive(Debug)]
struct Alike {
    /// The first by name, which stands for all.
    first: Pod,
    pods: BTreeMap<String, PodPlace>,
}

impl Ends {
    pub(super) fn add(&mut self, mut pod: Pod) {
        pod.ports.sort();
        let key = (pod.labels.clone(), pod.ports.clone(), pod.host_network);
        let place = pod.is_single().then(|| PodPlace {
            name: pod.name.clone(),
            node: pod.node.clone(),
            addresses: pod.addresses.iter().flatten().map(ToString::to_string).collect(),
        });
        let one = self
            .all
            .entry(key)
            .or_insert_with(|| Alike { first: pod.clone(), pods: BTreeMap::new() });
        one.pods.extend(place.map(|place| (place.name.clone(), place)));
        if pod.name < one.first.name {
            one.first = pod;
        }
    }

    /// Adds what another list shows of the same workload.
    pub(super) fn extend(&mut self, other: Self) {
        for (key, more) in other.all {
            match self.all.get_mut(&key) {
                None => {
                    self.all.insert(key, more);
                }
                Some(one) => {
                    one.pods.extend(more.pods);
                    if more.first.name < one.first.name {
                        one.first = more.first;
                    }
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One of each that are alike.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Pod> {
        self.all.values().map(|one| &one.first)
    }

    /// The same in the form that a snapshot keeps.
    pub(super) fn groups(&self) -> Vec<PodGroup> {
        let groups = self.all.values().map(|Alike { first, pods }| PodGroup {
            labels: first.labels.known.clone(),
            ports: first.ports.iter().map(port).collect(),
            host_network: first.host_network,
            pods: pods.values().cloned().collect(),
        });
        groups.collect()
    }
}

fn port(port: &NamedPort) -> PodPort {
    let NamedPort { name, protocol, number, sidecar } = port;
    PodPort {
        name: name.clone(),
        protocol: protocol.name().to_owned(),
        number: *number,
        sidecar: *sidecar,
    }
}
