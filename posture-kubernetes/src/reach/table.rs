//! All connections of a scope at once.

use std::collections::BTreeSet;

use posture_model::network::{Addresses, Breadth, Family};

use super::asked::Asked;
use super::names::Party;
use super::{Connections, place};
use crate::network::{Direction, Matrix, Passing, Pod, Ports, TooManyGroups};

/// What a group of pods that no policy distinguishes is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    /// The namespace; empty for manifests that do not name one.
    pub namespace: String,
    /// The IDs of the workloads that the pods belong to, in order.
    pub workloads: Vec<String>,
    /// How many pods there are. A template counts as one.
    pub pods: usize,
}

/// Which groups of pods may connect to which.
#[derive(Clone, Debug)]
pub struct Table {
    matrix: Matrix,
    pods: Vec<Pod>,
    senders: Vec<Option<GroupName>>,
    receivers: Vec<Option<GroupName>>,
    /// What the internet may reach of each group, and what each may reach of the internet.
    from_internet: Vec<Passing<Ports>>,
    to_internet: Vec<Passing<Ports>>,
}

impl Table {
    /// The groups that send, by number; none for a group that was not asked for.
    pub fn senders(&self) -> &[Option<GroupName>] {
        &self.senders
    }

    /// The groups that receive, by the same numbers.
    pub fn receivers(&self) -> &[Option<GroupName>] {
        &self.receivers
    }

    /// What of the question passes to a group. The name of a port stands for the ports of this name at any of its pods.
    pub fn asked(&self, to: usize, asked: &Asked, passes: &Passing<Ports>) -> Passing<Ports> {
        let group = self.matrix.groups().get(to).into_iter();
        let pods = group.flat_map(|group| &group.pods).filter_map(|at| self.pods.get(*at));
        match asked.at(pods) {
            Some(ports) => passes.clone().and(Passing::exactly(ports)),
            None => Passing::nothing(),
        }
    }

    /// What the policies of a group allow from a wide part of the internet.
    pub fn from_internet(&self, group: usize) -> Option<&Passing<Ports>> {
        self.from_internet.get(group)
    }

    /// What the policies of a group allow to a wide part of the internet.
    pub fn to_internet(&self, group: usize) -> Option<&Passing<Ports>> {
        self.to_internet.get(group)
    }

    /// What passes from one group to another; for a single pod and itself, what its policies would allow.
    pub(super) fn between(&self, from: usize, to: usize) -> Option<&Passing<Ports>> {
        self.matrix.answer(from, to)
    }

    /// What passes from each group that sends to one that receives. A single pod and itself are left out.
    pub fn to(&self, receiver: usize) -> impl Iterator<Item = (usize, &Passing<Ports>)> {
        let named = |names: &[Option<GroupName>], at| names.get(at).is_some_and(Option::is_some);
        let receives = named(&self.receivers, receiver);
        let alone = move |at: usize| {
            let group = self.matrix.groups().get(at);
            at == receiver
                && group.is_some_and(|group| group.pods.len() == 1 && group.first.is_single())
        };
        let senders = 0..self.senders.len();
        let senders =
            senders.filter(move |at| receives && named(&self.senders, *at) && !alone(*at));
        senders.filter_map(move |from| Some((from, self.matrix.answer(from, receiver)?)))
    }

    /// Every cell: the numbers of the sender and of the receiver, and what passes.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize, &Passing<Ports>)> {
        let receivers = 0..self.receivers.len();
        receivers.flat_map(|to| self.to(to).map(move |(from, passes)| (from, to, passes)))
    }
}

impl Connections<'_> {
    /// The connections from all pods of some parties to all of others.
    ///
    /// # Errors
    /// If the pods fall into too many groups.
    pub fn table(&self, from: &[Party], to: &[Party]) -> Result<Table, TooManyGroups> {
        let all = |parties: &[Party]| -> BTreeSet<usize> {
            parties.iter().flat_map(|party| party.pods.iter().copied()).collect()
        };
        let (senders, receivers) = (all(from), all(to));
        let places: Vec<usize> = senders.union(&receivers).copied().collect();
        let pods: Vec<Pod> = places.iter().filter_map(|at| self.pods.get(*at)).cloned().collect();
        let matrix = self.cluster.matrix(&pods)?;
        let named = |asked: &BTreeSet<usize>| -> Vec<Option<GroupName>> {
            let groups = matrix.groups().iter().map(|group| {
                let own = group.pods.iter().filter_map(|at| places.get(*at));
                self.name(own.copied().filter(|at| asked.contains(at)))
            });
            groups.collect()
        };
        let (senders, receivers) = (named(&senders), named(&receivers));
        let internet = |direction| -> Vec<Passing<Ports>> {
            let firsts = matrix.groups().iter().map(|group| &group.first);
            firsts.map(|pod| self.internet(pod, direction)).collect()
        };
        let (from_internet, to_internet) =
            (internet(Direction::Ingress), internet(Direction::Egress));
        Ok(Table { matrix, pods, senders, receivers, from_internet, to_internet })
    }

    fn name(&self, pods: impl Iterator<Item = usize>) -> Option<GroupName> {
        let mut count = 0;
        let mut owners: BTreeSet<usize> = BTreeSet::new();
        for at in pods {
            count += 1;
            owners.extend(self.owners.get(at));
        }
        let owners = owners.into_iter().filter_map(|at| self.scope.workloads.items.get(at));
        let workloads: Vec<_> = owners.collect();
        let namespace = place(workloads.first()?.region.as_deref()).to_owned();
        let workloads = workloads.into_iter().map(|one| one.id.clone()).collect();
        Some(GroupName { namespace, workloads, pods: count })
    }

    /// The ports at which policies allow connections with a wide part of the internet.
    pub(super) fn internet(&self, pod: &Pod, direction: Direction) -> Passing<Ports> {
        let passes = self.cluster.explain_outside(pod, direction).passes;
        let wide = |traffic: &posture_model::network::Traffic| {
            let among = traffic.among(Addresses::internet());
            Family::ALL.into_iter().fold(Ports::none(), |sum, family| {
                let open = among.open_to(Breadth::Wide, family).into_iter();
                open.fold(sum, |sum, service| sum.or(&Ports::of_service(service)))
            })
        };
        Passing::between(wide(passes.certain()), wide(passes.possible()), passes.why().clone())
    }
}
