//! One end of what passes: an interface, and what is known of it.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::fact::{Fact, Known};
use crate::gap::Gap;
use crate::network::stored::{PacketRule, PrivateRoute};
use crate::provider::Provider;
use crate::resource::NetworkInterface;
use crate::scope::Scope;

/// The rules of what filters traffic in a scope, by ID.
#[derive(Debug)]
pub struct Filters<'s> {
    pub(super) scope: &'s Scope,
    rules: HashMap<String, &'s Fact<Vec<PacketRule>>>,
}

impl<'s> Filters<'s> {
    /// Those of a scope.
    pub fn of(scope: &'s Scope) -> Self {
        let groups = scope.security_groups.items.iter().map(|one| (&one.id, &one.filter));
        let acls = scope.network_acls.items.iter().map(|one| (&one.id, &one.filter));
        let key = |id: &str| match scope.provider {
            Provider::Aws => id.rsplit('/').next().unwrap_or(id).to_owned(),
            // Kubernetes has its own engine.
            Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                plain(id)
            }
        };
        let rules = groups.chain(acls).map(|(id, rules)| (key(id), rules)).collect();
        Self { scope, rules }
    }
}

fn plain(id: &str) -> String {
    id.trim_matches('/').to_ascii_lowercase()
}

/// An interface with what filters it.
#[derive(Clone, Copy, Debug)]
pub struct End<'s> {
    /// The interface.
    pub interface: &'s NetworkInterface,
    /// The filters of its scope.
    pub filters: &'s Filters<'s>,
}

impl<'s> End<'s> {
    /// What is known of a fact, or why it is not.
    pub(super) fn known<T>(&self, fact: &'s Fact<T>) -> Result<&'s T, Gap> {
        match fact {
            Known(value) => Ok(value),
            Fact::Gap(gap) => {
                Err(self.filters.scope.gap(*gap).cloned().unwrap_or_else(Gap::not_collected))
            }
            Fact::NotOffered => Err(self.open("the provider does not offer it")),
        }
    }

    pub(super) fn open(&self, detail: &str) -> Gap {
        Gap::undetermined("", &self.interface.id, detail)
    }

    pub(super) fn addresses(&self) -> Result<Vec<IpAddr>, Gap> {
        let texts = self.known(&self.interface.private_addresses)?.iter();
        let all: Result<Vec<IpAddr>, _> = texts.map(|text| text.parse()).collect();
        all.map_err(|_| self.open("a private address makes no sense"))
    }

    /// Where its subnet sends what is for an address, by the longest prefix; of equal ones by the first. None if no route matches.
    pub(super) fn hop(&self, address: IpAddr) -> Result<Option<&'s PrivateRoute>, Gap> {
        let routes = self.known(&self.interface.routes)?;
        let mut best: Option<(u8, &PrivateRoute)> = None;
        for route in routes {
            let Ok(prefix) = route.to.parse::<IpNet>() else {
                // It may be the most specific one.
                return Err(self.open("the destination of a route is not known"));
            };
            let better = best.is_none_or(|(length, _)| prefix.prefix_len() > length);
            if better && prefix.contains(&address) {
                best = Some((prefix.prefix_len(), route));
            }
        }
        Ok(best.map(|(_, route)| route))
    }

    pub(super) fn rules(&self, id: &str) -> Result<&'s [PacketRule], Gap> {
        let scope = self.filters.scope;
        let rules = self.filters.rules.get(id).ok_or_else(|| {
            let gaps =
                if is_acl(id) { &scope.network_acls.gaps } else { &scope.security_groups.gaps };
            let missing = gaps.first().and_then(|gap| scope.gap(*gap)).cloned();
            let detail = "the snapshot does not hold what filters the traffic";
            missing.unwrap_or_else(|| Gap::undetermined("", id, detail))
        })?;
        self.known(rules).map(Vec::as_slice)
    }

    pub(super) fn words(&self) -> String {
        let word = match self.filters.scope.provider {
            Provider::Aws => "interface",
            Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                "network interface"
            }
        };
        let id = self.interface.id.rsplit('/').next().unwrap_or(&self.interface.id);
        format!("{word} {id}")
    }
}

pub(super) fn is_acl(id: &str) -> bool {
    id.starts_with("acl-")
}

pub(super) fn acl_of(end: End<'_>) -> Result<(&str, &[PacketRule]), Gap> {
    let filters = end.known(&end.interface.filters)?;
    let id = filters.iter().find(|id| is_acl(id));
    let id = id.ok_or_else(|| end.open("the network ACL of its subnet is not known"))?;
    Ok((id, end.rules(id)?))
}
