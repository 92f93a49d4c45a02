//! Interfaces and the machines that they are attached to.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{Machine, NetworkInterface};

use super::super::actions::*;
use super::super::answers::*;
use super::super::exposure::{self, Found};
use super::super::within;
use super::{Maker, called, tags};

impl<'a> Maker<'a> {
    pub(super) fn interfaces(
        &self,
        found: BTreeMap<String, Found<'a>>,
    ) -> Listing<NetworkInterface> {
        let nameless =
            self.lists.interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
        let nameless = nameless.filter(|one| one.id().is_none()).map(|_| None);
        let items = found.into_iter().map(|(id, found)| {
            let tags = tags(found.listed.tags());
            let arn = self.arn("network-interface", &id);
            let interface = NetworkInterface::unread_on(
                Provider::Aws,
                arn,
                called(&id, &tags),
                Some(self.region),
            )
            .addresses(Known(found.addresses))
            .machine(Known(found.machine))
            .open_to_anyone(found.anyone)
            .open_to_some(found.some)
            .tags(Known(tags));
            let parts = within::Parts {
                prefixes: &self.lists.prefixes,
                index: self.index,
                topology: self.topology,
            };
            let interface = match self.audit.wanted.any(within::WANTED) {
                true => within::facts(interface, &id, found.listed, &parts, &|gap| self.note(gap)),
                false => interface,
            };
            Some(interface)
        });
        self.listing(&self.lists.interfaces, INTERFACES.name, items.chain(nameless))
    }

    pub(super) fn machines(&self, interfaces: &BTreeMap<String, Found<'a>>) -> Listing<Machine> {
        let mut attached: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, found) in interfaces {
            if let Some(machine) = &found.machine {
                attached.entry(machine).or_default().push(name);
            }
        }
        let machine = |instance: ListedInstance<'_>| {
            let id = instance.id()?;
            let tags = tags(instance.tags());
            let own: BTreeSet<&str> = instance.interfaces().filter_map(InterfaceName::id).collect();
            let either: BTreeSet<&str> =
                own.iter().chain(attached.get(id).into_iter().flatten()).copied().collect();
            let found: Vec<(&str, &Found<'_>)> =
                either.into_iter().filter_map(|name| Some((name, interfaces.get(name)?))).collect();
            let lost = own.iter().find(|name| !interfaces.contains_key(**name));
            // What the list of interfaces lacks may be anything, also where it should be whole.
            let gap = self.lists.interfaces.missing.clone().or_else(|| {
                lost.map(|name| {
                    Gap::undetermined(INTERFACES.name, name, "the list does not hold it")
                })
            });
            let gap = gap.map(|gap| self.note(gap));
            let addresses = found.iter().flat_map(|(_, found)| found.addresses.clone()).collect();
            let addresses = gap.map_or_else(|| Known(addresses), Fact::Gap);
            // By any of its interfaces, of which some may not be known.
            let unknown = gap.map(Fact::Gap);
            let anyone = found.iter().map(|(_, found)| &found.anyone).chain(&unknown);
            let some = found.iter().map(|(_, found)| &found.some).chain(&unknown);
            let identities = instance.profile().and_then(Profile::arn).map(str::to_owned);
            Some(
                Machine::unread_on(
                    Provider::Aws,
                    self.arn("instance", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .addresses(addresses)
                .open_to_anyone(Fact::together(anyone))
                .open_to_some(Fact::together(some))
                .identities(Known(identities.into_iter().collect()))
                .tags(Known(tags)),
            )
        };
        let all = exposure::machines(self.lists).map(machine);
        self.listing(&self.lists.instances, INSTANCES.name, all)
    }
}
