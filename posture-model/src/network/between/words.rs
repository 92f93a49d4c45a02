//! The path between two interfaces, in words.

use super::{Ask, End, Pair, is_acl, of};
use crate::fact::Known;
use crate::network::addresses::Addresses;
use crate::network::opening::{Opening, SourceList};
use crate::network::service::Service;
use crate::network::stored::{Hop, PacketRule};
use crate::network::traffic::Traffic;
use crate::provider::Provider;

impl Pair<'_> {
    /// The ways by which some traffic passes: one for each run of ports.
    pub(super) fn ways(&self, traffic: &Traffic) -> Vec<Opening> {
        let sources = SourceList::of(&Addresses::one(self.source));
        let services = traffic.iter().map(|(service, _)| service);
        services
            .map(|service| Opening { service, sources: sources.clone(), path: self.path(service) })
            .collect()
    }

    fn path(&self, service: Service) -> String {
        let mut steps = vec![format!("{} ({})", self.from.words(), self.source)];
        steps.extend(self.filters_in_words(self.from, true, service));
        if let Ok(Some(route)) = self.from.hop(self.target) {
            steps.push(match &route.hop {
                Hop::Local => format!("route {} within the network", route.to),
                Hop::Peer(network) => {
                    let name = network.rsplit('/').next().unwrap_or(network);
                    format!("route {} to the peered network {name}", route.to)
                }
                Hop::Internet => format!("route {} to the internet", route.to),
                Hop::Nowhere => format!("route {} to nowhere", route.to),
                Hop::Other(words) => format!("route {} to {words}", route.to),
            });
        }
        steps.extend(self.filters_in_words(self.to, false, service));
        steps.push(format!("{} ({})", self.to.words(), self.target));
        if let Known(Some(machine)) = &self.to.interface.machine {
            let name = machine.rsplit('/').next().unwrap_or(machine);
            let word = match self.to.filters.scope.provider {
                Provider::Aws => "instance",
                Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                    "virtual machine"
                }
            };
            steps.push(format!("{word} {name}"));
        }
        steps.join(" → ")
    }

    fn filters_in_words(&self, end: End<'_>, outbound: bool, service: Service) -> Vec<String> {
        const NAMED: usize = 3;
        let Ok(ids) = end.known(&end.interface.filters) else {
            return vec!["filters that are not known".to_owned()];
        };
        let mut ids: Vec<&String> = ids.iter().collect();
        let crosses = self.same_subnet() != Ok(true);
        ids.retain(|id| crosses || !is_acl(id));
        if outbound {
            // From the interface outward.
            ids.reverse();
        }
        let mut steps = Vec::new();
        for id in ids {
            let name = id.rsplit('/').next().unwrap_or(id);
            let word = match (is_acl(id), end.filters.scope.provider) {
                (true, _) => "network ACL",
                (false, Provider::Aws) => "security group",
                (
                    false,
                    Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image,
                ) => "NSG",
            };
            let Ok(all) = end.rules(id) else {
                steps.push(format!("{word} {name} (unknown)"));
                continue;
            };
            let filter = self.filter(all, end, outbound, Ask::there(1));
            let own: Vec<&PacketRule> =
                all.iter().filter(|rule| rule.outbound == outbound).collect();
            let places = filter.deciding(&of(service)).into_iter();
            let rules: Vec<String> = places
                .filter_map(|place| own.get(place))
                .filter(|rule| !rule.denies)
                .map(|rule| rule.words())
                .collect();
            if rules.is_empty() {
                continue;
            }
            let named = rules.get(..NAMED).unwrap_or(&rules).join(", ");
            let more = match rules.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            steps.push(format!("{word} {name} ({named}{more})"));
        }
        steps
    }
}
