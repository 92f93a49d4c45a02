//! A network policy.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;
use posture_model::network::Addresses;

use super::ports::Protocol;
use crate::labels::Selector;

/// A [NetworkPolicy](https://kubernetes.io/docs/reference/kubernetes-api/networking/network-policy-v1/).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its namespace; empty if its manifest does not name one.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The pods of its namespace that it isolates.
    pub pods: Selector,
    /// What it allows in; none if it does not isolate for ingress.
    pub ingress: Option<Vec<Rule>>,
    /// What it allows out; none if it does not isolate for egress.
    pub egress: Option<Vec<Rule>>,
}

/// A rule: it allows every of its ports with every of its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The peers; empty for everyone.
    pub peers: Vec<Peer>,
    /// The ports; empty for every port.
    pub ports: Vec<Port>,
}

/// The other ends of connections that a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Pods by label.
    Pods {
        /// Their namespaces; none for the policy's own.
        namespaces: Option<Selector>,
        /// The pods in them.
        pods: Selector,
    },
    /// Addresses.
    Block(Block),
}

/// A block of addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The addresses.
    pub cidr: IpNet,
    /// Those of them that are not part of it.
    pub except: Vec<IpNet>,
}

impl Block {
    /// Whether it holds an address.
    pub fn has(&self, address: IpAddr) -> bool {
        self.cidr.contains(&address) && !self.except.iter().any(|one| one.contains(&address))
    }

    /// Its addresses.
    pub fn addresses(&self) -> Addresses {
        let mut all = Addresses::of(self.cidr);
        self.except.iter().for_each(|one| all.remove(&Addresses::of(*one)));
        all
    }
}

/// A port of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// By number; every number if the rule names none.
    Numbers(Protocol, RangeInclusive<u16>),
    /// By name, which the pod that receives the connection resolves.
    Named(Protocol, String),
}

impl Policy {
    /// Its namespace and name, as `namespace/name`.
    pub fn id(&self) -> String {
        if self.namespace.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }
}
