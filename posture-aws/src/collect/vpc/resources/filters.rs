//! Subnets, and what filters or blocks the traffic of a region.

use std::collections::BTreeSet;

use posture_model::fact::{Fact, Known};
use posture_model::listing::Listing;
use posture_model::network::{Traffic, open_to_everyone};
use posture_model::provider::Provider;
use posture_model::resource::{InternetBlock, NetworkAcl, SecurityGroup, Subnet};

use super::super::actions::*;
use super::super::answers::*;
use super::super::convert::{self, malformed};
use super::super::within;
use super::{Maker, called, tags};
use crate::collect::regional;
use crate::network::Mode;

impl Maker<'_> {
    pub(super) fn subnets(&self) -> Listing<Subnet> {
        let subnet = |listed: ListedSubnet<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let lacks = || {
                self.note(malformed(SUBNETS.name, id, "the response lacks `mapPublicIpOnLaunch`"))
            };
            let automatic = listed.automatic().map_or_else(|| Fact::Gap(lacks()), Known);
            Some(
                Subnet::unread_on(
                    Provider::Aws,
                    self.arn("subnet", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .automatic_addresses(automatic)
                .tags(Known(tags)),
            )
        };
        let all = self.lists.subnets.pages().flat_map(DescribeSubnets::subnets);
        let own = all.filter(|subnet| self.is_own(subnet.owner()));
        self.listing(&self.lists.subnets, SUBNETS.name, own.map(subnet))
    }

    pub(super) fn acls(&self) -> Listing<NetworkAcl> {
        let acl = |listed: ListedAcl<'_>| {
            let id = listed.id()?;
            let tags = tags(listed.tags());
            let lacks = || self.note(malformed(ACLS.name, id, "the response lacks `default`"));
            let open = self.topology.acls.get(id).map_err(|gap| self.note(gap));
            let open = open.map_or_else(Fact::Gap, |acl| {
                let path = |traffic: &Traffic| {
                    let numbers = acl.deciding(traffic).into_iter();
                    numbers.map(|number| format!("rule {number}")).collect::<Vec<_>>().join(", ")
                };
                open_to_everyone(&acl.inbound, path, |gap| self.note(gap))
            });
            Some(
                NetworkAcl::unread_on(
                    Provider::Aws,
                    self.arn("network-acl", id),
                    called(id, &tags),
                    Some(self.region),
                )
                .is_default(listed.default().map_or_else(|| Fact::Gap(lacks()), Known))
                .attached(Known(listed.associations().next().is_some()))
                .open_to_anyone(open)
                .filter(Known(within::acl(listed)))
                .tags(Known(tags)),
            )
        };
        let all = self.lists.acls.pages().flat_map(DescribeNetworkAcls::acls);
        let own = all.filter(|acl| self.is_own(acl.owner()));
        self.listing(&self.lists.acls, ACLS.name, own.map(acl))
    }

    pub(super) fn groups(&self) -> Listing<SecurityGroup> {
        let interfaces =
            || self.lists.interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
        let used: BTreeSet<&str> =
            interfaces().flat_map(ListedInterface::groups).filter_map(GroupName::id).collect();
        let group = |listed: ListedGroup<'_>| {
            let (id, name) = (listed.id()?, listed.name()?);
            let open = self.topology.groups.get(id).map_err(|gap| self.note(gap));
            let open = open.map_or_else(Fact::Gap, |group| {
                let path =
                    |traffic: &Traffic| group.deciding(traffic).collect::<Vec<_>>().join(", ");
                open_to_everyone(&group.inbound, path, |gap| self.note(gap))
            });
            let attached = match &self.lists.interfaces.missing {
                Some(gap) if !used.contains(id) => Fact::Gap(self.note(gap.clone())),
                _ => Known(used.contains(id)),
            };
            Some(
                SecurityGroup::unread_on(
                    Provider::Aws,
                    self.arn("security-group", id),
                    name,
                    Some(self.region),
                )
                .attached(attached)
                // No other group can have its name.
                .is_default(Known(name == "default"))
                .rules(Known(convert::rules(listed)))
                .filter(Known(within::group(listed, &self.lists.prefixes)))
                .open_to_anyone(open)
                .tags(Known(tags(listed.tags()))),
            )
        };
        let all = self.lists.groups.pages().flat_map(DescribeSecurityGroups::groups);
        let own = all.filter(|group| self.is_own(group.owner()));
        self.listing(&self.lists.groups, GROUPS.name, own.map(group))
    }

    pub(super) fn block(&self) -> Listing<InternetBlock> {
        if !self.audit.calls(&BLOCK) {
            return Listing::not_collected();
        }
        let id = regional::id(self.audit, "ec2", self.region, "vpc-block-public-access");
        let blocks = match self.topology.block.as_ref().map(|block| &block.mode) {
            Ok(Mode::Off) => Known(false),
            Ok(Mode::Ingress) => Known(true),
            Ok(Mode::Open(gap)) | Err(gap) => Fact::Gap(self.note(gap.clone())),
        };
        let excluded = match &self.lists.exclusions.missing {
            Some(gap) => Fact::Gap(self.note(gap.clone())),
            None => Known(convert::exclusions(self.lists).into_keys().collect()),
        };
        let block = InternetBlock::unread_on(Provider::Aws, id, self.region, Some(self.region))
            .blocks_ingress(blocks)
            .excluded(excluded);
        Listing::complete(vec![block])
    }
}
