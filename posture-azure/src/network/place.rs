//! Where rules say that traffic comes from or goes to.

use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Family};
use posture_model::tri::Tri;

use super::Topology;

/// An element of the source or the destination of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `*`.
    Any,
    /// An address or prefix.
    Addresses(Addresses),
    /// The tag `Internet`.
    Internet,
    /// The tag `VirtualNetwork`.
    Network,
    /// The tag `AzureLoadBalancer`.
    Balancer,
    /// An application security group, by id in small letters.
    Group(String),
    /// Any other tag: addresses of a service, which Microsoft changes every week.
    Tag(String),
}

impl Place {
    /// The place of a text. Names of tags compare without regard to case.
    pub(crate) fn read(text: &str) -> Self {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "*" | "any" => Self::Any,
            "internet" => Self::Internet,
            "virtualnetwork" => Self::Network,
            "azureloadbalancer" => Self::Balancer,
            _ => match Addresses::parse(text).or_else(|| range(text)) {
                Some(addresses) => Self::Addresses(addresses),
                None => Self::Tag(text.to_owned()),
            },
        }
    }
}

/// `10.0.0.1-10.0.0.9`.
fn range(text: &str) -> Option<Addresses> {
    let (first, last) = text.split_once('-')?;
    Addresses::between(first.trim().parse().ok()?, last.trim().parse().ok()?)
}

/// The addresses that the internet sends from, by one version of the protocol.
pub(crate) fn internet(family: Family) -> Addresses {
    Addresses::internet().only(family)
}

/// A set of addresses that is known in part: what is certainly in it, and what else may be.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) certain: Addresses,
    pub(crate) possible: Addresses,
    pub(crate) why: Option<Gap>,
}

impl Span {
    pub(crate) fn exactly(addresses: Addresses) -> Self {
        Self { certain: addresses.clone(), possible: addresses, why: None }
    }

    fn perhaps(addresses: Addresses, why: Gap) -> Self {
        Self { certain: Addresses::none(), possible: addresses, why: Some(why) }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.certain.add(&other.certain);
        self.possible.add(&other.possible);
        self.why = self.why.take().or(other.why);
    }
}

impl Topology {
    /// The addresses of the tag `VirtualNetwork` for the interfaces of a network: its own, those of its peers, those behind its
    /// gateways, and the prefixes of routes that users made.
    pub(crate) fn tagged(&self, network: &str) -> Span {
        let known = match self.networks.get(network) {
            Ok(known) => known,
            Err(gap) => return Span::perhaps(Addresses::all(), gap),
        };
        let mut own = known.space.clone();
        known.peers.iter().for_each(|peer| own.add(&peer.space));
        let mut all = Span::exactly(own);
        // The widest doubt first: of several reasons the first is named.
        if let Some(gap) = self.learns(network, known) {
            all.add(Span::perhaps(Addresses::all(), gap));
        }
        for subnet in known.subnets.values() {
            let Some(id) = &subnet.table else { continue };
            match self.tables.get(id) {
                Ok(table) => {
                    let detail = "the tag VirtualNetwork may hold the prefixes of routes";
                    let why = Gap::undetermined(self.tables.action, id, detail);
                    for route in &table.routes {
                        let prefix = match &route.prefix {
                            Ok(prefix) => prefix.clone(),
                            Err(_) => Addresses::all(),
                        };
                        all.add(Span::perhaps(prefix, why.clone()));
                    }
                }
                Err(gap) => all.add(Span::perhaps(Addresses::all(), gap)),
            }
        }
        all
    }

    /// The addresses that a rule names as its source, seen from a network with this tag.
    pub(crate) fn senders(&self, place: &Place, tagged: &Span) -> Span {
        match place {
            Place::Any => Span::exactly(Addresses::all()),
            Place::Addresses(addresses) => Span::exactly(addresses.clone()),
            Place::Internet => Span::exactly(Addresses::internet().minus(&tagged.certain)),
            Place::Network => tagged.clone(),
            // What health probes [come from](https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16)
            // is the platform, and never a sender of the internet.
            Place::Balancer => Span::exactly(Addresses::none()),
            // Its members are interfaces of the network, by their private addresses.
            Place::Group(id) => {
                let detail = "the members of application security groups are not looked up";
                Span::perhaps(
                    tagged.certain.clone(),
                    Gap::undetermined(self.groups.action, id, detail),
                )
            }
            Place::Tag(name) => {
                let detail = format!("the addresses of the service tag {name} are not known");
                let why = Gap::undetermined(self.groups.action, name, &detail);
                Span::perhaps(Addresses::internet().clone(), why)
            }
        }
    }

    /// Whether a rule names as its destination an address of an interface, which belongs to these application security groups.
    pub(crate) fn is_receiver(
        &self,
        place: &Place,
        address: Option<IpAddr>,
        groups: &[String],
    ) -> Tri<Gap> {
        match place {
            Place::Any | Place::Network => Tri::Yes,
            Place::Internet | Place::Balancer => Tri::No,
            Place::Addresses(addresses) => match address {
                Some(address) => addresses.has(address).into(),
                None => {
                    let detail = "the private address is not known";
                    Tri::Unknown(Gap::undetermined(self.groups.action, "", detail))
                }
            },
            Place::Group(id) => groups.contains(id).into(),
            // The addresses of a service are not those of a virtual network, but for unknown tags.
            Place::Tag(name) => {
                let detail = format!("the addresses of the service tag {name} are not known");
                Tri::Unknown(Gap::undetermined(self.groups.action, name, &detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_tag_an_address_or_everything() {
        for (text, place) in [
            ("*", Place::Any),
            ("any", Place::Any),
            ("INTERNET", Place::Internet),
            ("virtualNetwork", Place::Network),
            ("AzureLoadBalancer", Place::Balancer),
            ("AzureCloud.WestEurope", Place::Tag("AzureCloud.WestEurope".to_owned())),
            ("10.0.0.0/33", Place::Tag("10.0.0.0/33".to_owned())),
            ("", Place::Tag(String::new())),
        ] {
            assert_eq!(Place::read(text), place, "{text}");
        }
        for (text, same) in [
            ("10.0.0.1", "10.0.0.1/32"),
            ("10.0.0.0-10.0.0.255", "10.0.0.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(Place::read(text), Place::Addresses(Addresses::parse(same).unwrap()));
        }
    }
}
