//! The parts of what a source shows of a container.

use std::net::IpAddr;

use posture_model::gap::GapId;

/// Whose namespace a container is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One of its own, or of a network.
    Own,
    /// That of the host.
    Host,
    /// That of another container, by its name or ID.
    Of(String),
    /// The default bridge, for a network.
    DefaultBridge,
    /// The default bridge, and networks beside it.
    BridgeAndOthers,
}

/// A list, and why there may be more in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Many<T> {
    pub(crate) items: Vec<T>,
    pub(crate) open: Option<GapId>,
}

impl<T> Default for Many<T> {
    /// Nothing, and there is no more.
    fn default() -> Self {
        Self { items: Vec::new(), open: None }
    }
}

impl<T> Many<T> {
    pub(crate) fn unread(gap: GapId) -> Self {
        Self { items: Vec::new(), open: Some(gap) }
    }
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    /// The first port of the host and the last one; none where the engine chooses.
    pub(crate) host: Option<(u16, u16)>,
    /// The address; none where the source gives none, and the network decides.
    pub(crate) address: Option<String>,
    /// The port in the container, in words.
    pub(crate) container: String,
}

impl Port {
    /// The port in words.
    pub(crate) fn words(&self) -> String {
        let host = match self.host {
            Some((first, last)) if first == last => format!("port {first}"),
            Some((first, last)) => format!("ports {first}-{last}"),
            None => "a port that the engine chooses".to_owned(),
        };
        match &self.address {
            Some(address) => format!("{host} on {address} for {}", self.container),
            None => format!("{host} for {}", self.container),
        }
    }

    /// Whether it is below 1024, or a range holds one that is.
    pub(crate) fn is_privileged(&self) -> bool {
        self.host.is_some_and(|(first, last)| first < 1024 && last > 0)
    }
}

/// Whether an address stands for all. So does one that cannot be read.
pub(crate) fn is_every(address: &str) -> bool {
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let address = address.split('%').next().unwrap_or_default();
    address.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_unspecified())
        || address.parse::<IpAddr>().is_err()
}

/// The addresses of ports that name none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// That of the default bridge: `ip` of the daemon, which no other network uses; empty for all.
    pub(crate) bridge: String,
    /// Whether networks that are created get all addresses.
    pub(crate) networks_have_all: bool,
}

/// The names of settings in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Inspect,
    Compose,
}

impl Origin {
    /// The name in the source: that of Compose, or that of `docker inspect`.
    pub(crate) fn field(self, compose: &'static str, inspect: &'static str) -> &'static str {
        match self {
            Self::Compose => compose,
            Self::Inspect => inspect,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_all_addresses_is_one() {
        for address in [
            "",
            "0.0.0.0",
            "::",
            "[::]",
            "[::0]",
            "0::0",
            "0000::0000",
            "0:0:0:0:0:0:0:0",
            "::ffff:0.0.0.0",
            "::%eth0",
            "any",
        ] {
            assert!(is_every(address), "{address}");
        }
        for address in ["127.0.0.1", "::1", "[::1]", "fe80::1%eth0", "::ffff:127.0.0.1", "10.0.0.1"]
        {
            assert!(!is_every(address), "{address}");
        }
    }

    #[test]
    fn a_range_holds_privileged_ports() {
        for (host, is_privileged) in [
            (Some((0, 100)), true),
            (Some((1023, 2000)), true),
            (Some((80, 80)), true),
            (Some((1024, 2000)), false),
            (Some((0, 0)), false),
            (None, false),
        ] {
            let port = Port { host, address: None, container: "80/tcp".to_owned() };
            assert_eq!(port.is_privileged(), is_privileged, "{host:?}");
        }
    }
}
