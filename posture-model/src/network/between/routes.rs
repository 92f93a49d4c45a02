//! Whether routes lead from one interface to another.

use std::net::IpAddr;

use super::end::End;
use crate::fact::Known;
use crate::gap::Gap;
use crate::network::addresses::Addresses;
use crate::network::stored::{Hop, PrivateRoute};
use crate::provider::Provider;
use crate::tri::Tri;

/// The way that some networks have to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    Peers,
    Strangers,
}

pub(super) fn relation(
    (from, source): (End<'_>, IpAddr),
    (to, target): (End<'_>, IpAddr),
) -> Relation {
    let peer = |end: End<'_>, address| {
        matches!(end.hop(address), Ok(Some(PrivateRoute { hop: Hop::Peer(_), .. })))
    };
    match same_network(from, to) {
        Ok(true) => Relation::Same,
        Ok(false) if peer(from, target) && peer(to, source) => Relation::Peers,
        _ => Relation::Strangers,
    }
}

pub(super) fn same_network(one: End<'_>, other: End<'_>) -> Result<bool, Gap> {
    let (a, b) = (one.known(&one.interface.network)?, other.known(&other.interface.network)?);
    Ok(a.eq_ignore_ascii_case(b))
}

/// Whether an interface sends what is for an address to the network of another one.
pub(super) fn leads(from: End<'_>, to: End<'_>, address: IpAddr) -> Tri<Gap> {
    let provider = from.filters.scope.provider;
    if provider != to.filters.scope.provider {
        return Tri::No;
    }
    let here = match same_network(from, to) {
        Ok(here) => here,
        Err(gap) => return Tri::Unknown(gap),
    };
    let route = match from.hop(address) {
        Ok(route) => route,
        Err(gap) => return Tri::Unknown(gap),
    };
    let Some(route) = route else { return Tri::No };
    let open =
        |words: &str| Tri::Unknown(from.open(&format!("route {} leads to {words}", route.to)));
    let same_subnet = || match (&from.interface.subnet, &to.interface.subnet) {
        (Known(one), Known(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    };
    match &route.hop {
        Hop::Local => here.into(),
        // What is within one subnet of AWS may not be routed at all.
        _ if here && provider == Provider::Aws && same_subnet() => open("another place"),
        Hop::Peer(network) => match to.known(&to.interface.network) {
            Ok(own) => (!here && network.eq_ignore_ascii_case(own)).into(),
            Err(gap) => Tri::Unknown(gap),
        },
        Hop::Nowhere => Tri::No,
        Hop::Internet if provider == Provider::Aws && !Addresses::internet().has(address) => {
            Tri::No
        }
        Hop::Internet => open("the internet"),
        Hop::Other(words) => open(words),
    }
}
