//! What decides the traffic between machines, in the form that a snapshot keeps.

use serde::{Deserialize, Serialize};

use super::addresses::Addresses;

/// A rule of a security group or a network ACL. What cannot be read of it is a text that is neither a service nor a place, and may match
/// anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PacketRule {
    /// Its name or number; empty if the provider gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Whether it is for outbound traffic.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outbound: bool,
    /// Whether it denies what it matches; otherwise it allows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub denies: bool,
    /// The protocols and ports of the receiver, such as `tcp 22` and `all traffic`.
    pub services: Vec<String>,
    /// The ports of the sender, such as `1024-65535`; empty for every port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sender_ports: Vec<String>,
    /// The senders; empty for all. A prefix, an address, a range of addresses, `network` for the own network with its peers, `internet`,
    /// `group ID` for the members of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// The receivers, in the same form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
}

impl PacketRule {
    /// The rule in words: its name, or what it matches.
    pub fn words(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let services = self.services.join(", ");
        let (word, ends) = if self.outbound { ("to", &self.to) } else { ("from", &self.from) };
        let ends: Vec<&str> =
            ends.iter().map(|end| end.strip_prefix("group ").unwrap_or(end)).collect();
        if ends.is_empty() { services } else { format!("{services} {word} {}", ends.join(", ")) }
    }
}

/// A route of a subnet, as far as it decides which private addresses are reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PrivateRoute {
    /// The destination. One that is not a prefix may be any.
    pub to: String,
    /// Where it leads.
    pub hop: Hop,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Hop {
    /// To the own network.
    Local,
    /// To a peered network, by its ID.
    Peer(String),
    /// To the internet.
    Internet,
    /// Nowhere: the traffic is dropped.
    Nowhere,
    /// To something that may pass the traffic on, in words.
    Other(String),
}

/// The addresses of a text: a prefix, an address, or the first and the last address with `-` between them. None for another text.
pub(super) fn addresses_of(text: &str) -> Option<Addresses> {
    Addresses::parse(text).or_else(|| {
        let (first, last) = text.split_once('-')?;
        Addresses::between(first.trim().parse().ok()?, last.trim().parse().ok()?)
    })
}

/// The first and last port of a text such as `80` or `1024-65535`. None for another text.
pub(super) fn ports_of(text: &str) -> Option<(u16, u16)> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.parse().ok()?, high.parse().ok()?);
    (low <= high).then_some((low, high))
}
