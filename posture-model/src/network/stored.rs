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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_a_prefix_an_address_or_a_range() {
        let has = |text: &str, address: &str| {
            addresses_of(text).map(|all| all.has(address.parse().unwrap()))
        };
        assert_eq!(has("10.0.0.0/24", "10.0.0.255"), Some(true));
        assert_eq!(has("10.0.0.4", "10.0.0.5"), Some(false));
        for (address, expected) in
            [("10.0.0.3", false), ("10.0.0.4", true), ("10.0.0.9", true), ("10.0.0.10", false)]
        {
            assert_eq!(has("10.0.0.4 - 10.0.0.9", address), Some(expected), "{address}");
        }
        assert_eq!(has("2001:db8::1-2001:db8::f", "2001:db8::8"), Some(true));
        assert_eq!(has("2001:db8::1-2001:db8::f", "2001:db8::10"), Some(false));
        for text in ["", "network", "10.0.0.9-10.0.0.4", "2001:db8::f-2001:db8::1", "::1-10.0.0.4"]
        {
            assert_eq!(addresses_of(text), None, "{text}");
        }
    }

    #[test]
    fn ports_are_one_or_a_range() {
        assert_eq!(ports_of("80"), Some((80, 80)));
        assert_eq!(ports_of("1024-65535"), Some((1024, 65_535)));
        for text in ["", "-", "80-", "9-8", "65536", "ssh"] {
            assert_eq!(ports_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_rule_without_a_name_is_what_it_matches() {
        let rule = |outbound, from: &[&str], to: &[&str]| PacketRule {
            outbound,
            services: vec!["tcp 22".to_owned(), "udp 53".to_owned()],
            from: from.iter().map(|&end| end.to_owned()).collect(),
            to: to.iter().map(|&end| end.to_owned()).collect(),
            ..PacketRule::default()
        };
        assert_eq!(
            rule(false, &["group sg-1", "10.0.0.0/8"], &["*"]).words(),
            "tcp 22, udp 53 from sg-1, 10.0.0.0/8"
        );
        assert_eq!(rule(true, &["*"], &["internet"]).words(), "tcp 22, udp 53 to internet");
        assert_eq!(rule(true, &["*"], &[]).words(), "tcp 22, udp 53");
        let named = PacketRule { name: "rule 100".to_owned(), ..rule(true, &[], &[]) };
        assert_eq!(named.words(), "rule 100");
    }
}
