//! The interfaces to which balancers lead.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::Addresses;

use super::actions::*;
use crate::network::{Interface, Target, To};

/// The interfaces of a region, by what names them.
pub(in crate::collect::vpc) struct Nodes<'a> {
    pub(in crate::collect::vpc) interfaces: &'a BTreeMap<String, Interface>,
    /// Those of balancers, by their descriptions: see
    /// <https://repost.aws/knowledge-center/elb-find-load-balancer-ip> (read on 2026-11-30).
    pub(in crate::collect::vpc) described: BTreeMap<&'a str, Vec<&'a str>>,
    /// Those of machines, each with its place there.
    pub(in crate::collect::vpc) attached: BTreeMap<&'a str, Vec<(&'a str, Option<i64>)>>,
    /// Those that have an address in their network, by it.
    pub(in crate::collect::vpc) addressed: BTreeMap<IpAddr, Vec<&'a str>>,
    /// Those whose addresses are not known.
    pub(in crate::collect::vpc) addressless: Vec<&'a str>,
    /// Why some interfaces may be missing.
    pub(in crate::collect::vpc) missing: Option<Gap>,
    /// The addresses of subnets, each with its VPC.
    pub(in crate::collect::vpc) subnets: Vec<(&'a str, Addresses)>,
}

impl Nodes<'_> {
    /// Why something of the list of interfaces is not known: what kept the list short, if anything did.
    pub(super) fn lacks(&self, id: &str, detail: &str) -> Gap {
        let gap = || Gap::undetermined("ec2:DescribeNetworkInterfaces", id, detail);
        self.missing.clone().unwrap_or_else(gap)
    }

    /// The interface of a machine that a balancer sends to: the primary one.
    ///
    /// # Errors
    /// If it has no interface in the list, or none with an address that is known.
    pub(super) fn instance(&self, id: &str, v4: bool, port: u16) -> Result<Vec<Target>, Gap> {
        let all = self.attached.get(id).map(Vec::as_slice).unwrap_or_default();
        let primary: Vec<&str> =
            all.iter().filter(|(_, index)| *index == Some(0)).map(|(node, _)| *node).collect();
        let sure = primary.len() == 1 || all.len() == 1;
        let taken = match primary.len() {
            1 => primary,
            _ => all.iter().map(|(node, _)| *node).collect(),
        };
        let unclear = |detail| self.lacks(id, detail);
        if taken.is_empty() {
            return Err(unclear("no interface of it is in the list"));
        }
        let target = |interface: &Interface| {
            let address = interface.own.iter().find(|own| own.is_ipv4() == v4);
            let address = address.ok_or_else(|| unclear("it has no address that is known"))?;
            let detail = "which interface of the machine is the primary one is not known";
            let doubt = (!sure).then(|| unclear(detail));
            Ok(Target { to: To::Interface(interface.id.clone(), *address), port, doubt })
        };
        taken.into_iter().filter_map(|node| self.interfaces.get(node)).map(target).collect()
    }

    /// The interface that has an address in a network. Where none there has it, it may be that of a peered network, and is that of
    /// something if it is healthy.
    pub(super) fn address(
        &self,
        vpc: &str,
        address: IpAddr,
        port: u16,
        healthy: bool,
    ) -> Vec<Target> {
        let ids = || self.addressed.get(&address).into_iter().flatten();
        let having = || ids().filter_map(|id| self.interfaces.get(*id));
        let target = |one: &Interface, doubt: Option<&Gap>| Target {
            to: To::Interface(one.id.clone(), address),
            port,
            doubt: doubt.cloned(),
        };
        let own: Vec<Target> =
            having().filter(|one| one.vpc == vpc).map(|one| target(one, None)).collect();
        if !own.is_empty() {
            return own;
        }
        let text = address.to_string();
        let unclear = |detail| Gap::undetermined(TARGETS.name, &text, detail);
        let nameless =
            unclear("it may be the address of an interface whose addresses are not known");
        let unclear_ones = self.addressless.iter().filter_map(|id| self.interfaces.get(*id));
        let nameless =
            unclear_ones.filter(|one| one.vpc == vpc).map(|one| target(one, Some(&nameless)));
        // Networks that are peered have no address in common.
        let is_here = |(of, addresses): &(&str, Addresses)| *of == vpc && addresses.has(address);
        let peered = unclear("the target may be in another network that is peered");
        let peered = having()
            .filter(|_| healthy || !self.subnets.iter().any(is_here))
            .map(|one| target(one, Some(&peered)));
        nameless.chain(peered).collect()
    }
}
