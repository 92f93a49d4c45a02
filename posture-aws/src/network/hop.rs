//! The way from a load balancer to a target, within a network.

use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Family, Service, Traffic};
use posture_model::tri::Tri;

use super::interface::{STEP, some};
use super::{Flow, Interface, Topology};

/// From which address a target sees what a balancer passes on.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// From that of the balancer.
    Hidden,
    /// From that of the client, where both have the same version of the internet protocol.
    Kept,
    /// Which of both is not known.
    Open(Gap),
}

/// One hop: from an interface of a balancer to an address of a target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop<'a> {
    pub(super) from: &'a Interface,
    pub(super) to: &'a Interface,
    /// The address of the target that the balancer sends to.
    pub(super) address: IpAddr,
    /// The protocol and the port of the target.
    pub(super) service: Service,
    pub(super) client: &'a Client,
}

impl Hop<'_> {
    /// Whether network ACLs see it: they do not within a subnet.
    fn crosses_subnets(&self) -> bool {
        self.from.subnet != self.to.subnet
    }

    /// The addresses from which the balancer sends.
    fn senders(&self) -> Addresses {
        let mut all = Addresses::none();
        let own = self.from.own.iter().filter(|own| own.is_ipv4() == self.address.is_ipv4());
        own.for_each(|own| all.add(&Addresses::one(*own)));
        all
    }
}

impl Topology {
    /// What of the clients' traffic arrives at the target's port, by their addresses.
    pub(super) fn hop(&self, hop: &Hop<'_>) -> Flow {
        if !hop.to.in_use {
            return Flow::nothing();
        }
        let leaves = self.leaves(hop);
        if leaves.is_no() {
            return Flow::nothing();
        }
        let found = match hop.client {
            Client::Hidden => self.hidden(hop),
            Client::Kept => self.kept(hop),
            Client::Open(gap) => {
                let (one, other) = (self.hidden(hop), self.kept(hop));
                let certain = one.certain().and(other.certain());
                let possible = one.possible().or(other.possible());
                let why = one.why().or(other.why()).unwrap_or(gap).clone();
                Flow::between(certain, possible, why)
            }
        };
        found.if_so(leaves)
    }

    /// Whether what the balancer sends leaves its interface and its subnet, and takes the direct way.
    fn leaves(&self, hop: &Hop<'_>) -> Tri<Gap> {
        let to = Traffic::of(hop.service, &Addresses::one(hop.address));
        let groups = &hop.from.groups;
        let mut lets_out = Tri::any(groups.iter().map(|id| match self.groups.get(id) {
            Ok(group) => {
                let by_address = group.outbound.any_of(&to).owned();
                let rules = group.to_groups.iter();
                by_address | Tri::any(rules.map(|rule| rule.covers(hop.service, &hop.to.groups)))
            }
            Err(gap) => Tri::Unknown(gap),
        }));
        if groups.is_empty() {
            lets_out = Tri::Yes;
        }
        let crosses = if hop.crosses_subnets() {
            match self.acl_of(&hop.from.subnet) {
                Ok((_, acl)) => acl.outward.any_of(&to).owned(),
                Err(gap) => Tri::Unknown(gap),
            }
        } else {
            Tri::Yes
        };
        let there = match self.table_of(&hop.from.subnet, &hop.from.vpc) {
            Ok((_, table)) => table.detour_to(hop.address),
            Err(gap) => Some(gap),
        };
        lets_out & crosses & there.map_or(Tri::Yes, Tri::Unknown)
    }

    /// What arrives where the target sees the balancer's address: everything or nothing.
    fn hidden(&self, hop: &Hop<'_>) -> Flow {
        let senders = hop.senders();
        let traffic = Traffic::of(hop.service, &senders);
        let by_address = self.admitted(&hop.to.groups).any_of(&traffic).owned();
        let by_address = match (by_address, senders.is_empty()) {
            // Without an address that was read it may have any.
            (_, true) => Tri::Unknown(Gap::undetermined(
                "ec2:DescribeNetworkInterfaces",
                &hop.from.id,
                "it has no address by which it sends to the target",
            )),
            (answer, false) => answer,
        };
        let enters = by_address | self.referred(hop);
        let crosses = if hop.crosses_subnets() && !senders.is_empty() {
            match self.acl_of(&hop.to.subnet) {
                Ok((_, acl)) => acl.both_ways.any_of(&traffic).owned(),
                Err(gap) => Tri::Unknown(gap),
            }
        } else {
            Tri::Yes
        };
        let back = match self.table_of(&hop.to.subnet, &hop.to.vpc) {
            Ok((_, table)) => hop.from.own.iter().find_map(|own| table.detour_to(*own)),
            Err(gap) => Some(gap),
        };
        let answered = back.map_or(Tri::Yes, Tri::Unknown);
        Flow::exactly(Traffic::of(hop.service, &Addresses::all()))
            .if_so(enters & crosses & answered)
    }

    /// What arrives where the target sees the client's address, which it does where the versions are the same.
    fn kept(&self, hop: &Hop<'_>) -> Flow {
        let (same, other) = match hop.address {
            IpAddr::V4(_) => (Family::V4, Family::V6),
            IpAddr::V6(_) => (Family::V6, Family::V4),
        };
        let referred = Flow::everything().if_so(self.referred(hop));
        let mut flow = self.admitted(&hop.to.groups).or(referred);
        if hop.crosses_subnets() {
            let acl = self.acl_of(&hop.to.subnet);
            flow = flow.and(acl.map_or_else(Flow::unknown, |(_, acl)| acl.both_ways.clone()));
        }
        let flow = flow.and(Flow::exactly(Traffic::of(hop.service, &Addresses::all_of(same))));
        flow.or(self.hidden(hop).among(&Addresses::all_of(other)))
    }

    /// Whether a rule of the target's groups that names a group of the balancer lets it in, whose address it has or not: see
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html> (read on 2026-11-30).
    fn referred(&self, hop: &Hop<'_>) -> Tri<Gap> {
        Tri::any(hop.to.groups.iter().map(|id| match self.groups.get(id) {
            Ok(group) => {
                let rules = group.from_groups.iter();
                Tri::any(rules.map(|rule| rule.covers(hop.service, &hop.from.groups)))
            }
            Err(gap) => Tri::Unknown(gap),
        }))
    }

    /// The steps of a hop, for clients of these addresses.
    pub(super) fn hop_path(&self, hop: &Hop<'_>, clients: &Addresses) -> String {
        let mut seen = hop.senders();
        if !matches!(hop.client, Client::Hidden) {
            seen.add(clients);
        }
        let traffic = Traffic::of(hop.service, &seen);
        let mut steps = Vec::new();
        if hop.crosses_subnets() {
            steps.extend(self.acl_step(&hop.to.subnet, &traffic));
        }
        let by_group = hop.to.groups.iter().flat_map(|id| {
            let rules = self.groups.items.get(id).map(|group| group.from_groups.as_slice());
            let rules = rules.unwrap_or_default().iter();
            let rules = rules.filter(|rule| !rule.covers(hop.service, &hop.from.groups).is_no());
            rules.map(move |rule| format!("security group {id} ({})", rule.text()))
        });
        let rules = by_group.chain(self.group_rules(hop.to, &traffic));
        steps.extend(some(rules, "rules"));
        steps.push(format!("interface {}", hop.to.id));
        steps.extend(hop.to.machine.clone());
        steps.join(STEP)
    }
}

/// An answer whose reason is held.
trait Owned {
    fn owned(self) -> Tri<Gap>;
}

impl Owned for Tri<&Gap> {
    fn owned(self) -> Tri<Gap> {
        match self {
            Tri::Yes => Tri::Yes,
            Tri::No => Tri::No,
            Tri::Unknown(why) => Tri::Unknown(why.clone()),
        }
    }
}
