//! All connections of a cluster at once: pods that no policy distinguishes share a row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use posture_model::network::Family;
use posture_model::tri::Tri;

use super::passing::Passing;
use super::pod::Pod;
use super::policy::{Block, Peer, Port};
use super::ports::{Ports, Protocol};
use super::rules::resolve;
use super::{Cluster, Direction, Policy, Rule};
use crate::labels::{Labels, Selector};
use crate::open::Open;

/// Pods of one namespace that the policies of the cluster do not distinguish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The places of its pods in the list that the matrix was made of, in order. There is at least one.
    pub pods: Vec<usize>,
    /// The pod that stands for all: the first.
    pub first: Pod,
}

/// The connections from the pods of one group to those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'m> {
    /// The senders.
    pub from: &'m Group,
    /// The receivers. In a cell of a group with itself these are its other pods.
    pub to: &'m Group,
    /// What passes from each of the senders to each of the receivers.
    pub passes: &'m Passing<Ports>,
}

/// The connections between all groups. It takes four bytes for each pair of groups.
///
/// Nodes are not distinguished: if a pod uses the network of its node, its cells hold for a peer on the same node and on another.
#[derive(Clone, Debug)]
pub struct Matrix {
    groups: Vec<Group>,
    /// Each answer once.
    answers: Vec<Passing<Ports>>,
    /// The place of the answer of each pair, row by row.
    cells: Vec<u32>,
}

/// The pods fall into more groups than a matrix holds. Ask for those of fewer namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pods fall into {groups} groups, and a matrix holds {}", Matrix::MOST)]
pub struct TooManyGroups {
    /// The number of groups.
    pub groups: usize,
}

impl Matrix {
    /// How many groups it holds at most: 16 million pairs.
    pub const MOST: usize = 4000;

    /// The groups, in the order of their first pods.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// What passes from one group to another, by their places.
    pub(crate) fn answer(&self, from: usize, to: usize) -> Option<&Passing<Ports>> {
        let size = self.groups.len();
        let place = (to < size).then(|| from.checked_mul(size)?.checked_add(to)).flatten()?;
        self.answers.get(usize::try_from(*self.cells.get(place)?).ok()?)
    }

    /// Every cell, row by row, the senders first. The cell of a single pod with itself is left out, as such connections always
    /// pass; that of a template is about two of its pods.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        let size = self.groups.len().max(1);
        self.cells.iter().enumerate().filter_map(move |(place, answer)| {
            let (row, column) = (place / size, place % size);
            let (from, to) = (self.groups.get(row)?, self.groups.get(column)?);
            if row == column && from.pods.len() == 1 && from.first.is_single() {
                return None;
            }
            let passes = self.answers.get(usize::try_from(*answer).ok()?)?;
            Some(Cell { from, to, passes })
        })
    }
}

/// What the policies of a cluster can distinguish pods by.
struct Marks<'c> {
    selectors: Vec<&'c Selector>,
    names: Vec<(Protocol, &'c str)>,
    blocks: Vec<&'c Block>,
}

/// What decides about the connections of a pod: pods with equal keys have equal answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    namespace: String,
    host_network: bool,
    selected: Vec<u8>,
    named: Vec<(Ports, Ports)>,
    families: Option<Vec<Family>>,
    blocks: Vec<bool>,
}

impl<'c> Marks<'c> {
    fn of(policies: &'c [Policy]) -> Self {
        let mut selectors = BTreeSet::new();
        let (mut names, mut blocks) = (BTreeSet::new(), BTreeSet::new());
        for policy in policies {
            selectors.insert(&policy.pods);
            let rules: Vec<&Rule> = policy.ingress.iter().chain(&policy.egress).flatten().collect();
            for peer in rules.iter().flat_map(|rule| &rule.peers) {
                match peer {
                    Peer::Pods { pods, .. } => {
                        selectors.insert(pods);
                    }
                    Peer::Block(block) => {
                        blocks.insert(block);
                    }
                }
            }
            for port in rules.iter().flat_map(|rule| &rule.ports) {
                if let Port::Named(protocol, name) = port {
                    names.insert((*protocol, name.as_str()));
                }
            }
        }
        Self {
            selectors: selectors.into_iter().collect(),
            names: names.into_iter().collect(),
            blocks: blocks.into_iter().collect(),
        }
    }

    fn selected(&self, labels: &Labels) -> Vec<u8> {
        let open = |key: &str| Open::PodLabel { pod: String::new(), key: key.to_owned() };
        let answers = self.selectors.iter().map(|selector| selector.matches(labels, open));
        answers
            .map(|answer| match answer {
                Tri::No => 0,
                Tri::Yes => 1,
                Tri::Unknown(_) => 2,
            })
            .collect()
    }

    fn key(&self, pod: &Pod, selected: Vec<u8>) -> Key {
        let numbers = |(protocol, name): &(Protocol, &str)| {
            let ports = resolve(*protocol, name, pod);
            (ports.certain, ports.possible)
        };
        let addresses = pod.addresses.as_deref().unwrap_or_default();
        let has = |block: &&Block| addresses.iter().any(|address| block.has(*address));
        Key {
            namespace: pod.namespace.clone(),
            host_network: pod.host_network,
            selected,
            named: self.names.iter().map(numbers).collect(),
            families: pod.families(),
            blocks: self.blocks.iter().map(has).collect(),
        }
    }
}

impl Cluster {
    /// The groups of pods that the policies do not distinguish, in the order of their first pods.
    pub fn groups(&self, pods: &[Pod]) -> Vec<Group> {
        let marks = Marks::of(&self.policies);
        let mut selected: HashMap<&Labels, Vec<u8>> = HashMap::new();
        let mut places: BTreeMap<Key, usize> = BTreeMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for (place, pod) in pods.iter().enumerate() {
            let of = selected.entry(&pod.labels).or_insert_with(|| marks.selected(&pod.labels));
            let key = marks.key(pod, of.clone());
            let group = *places.entry(key).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.pods.push(place),
                None => groups.push(Group { pods: vec![place], first: pod.clone() }),
            }
        }
        groups
    }

    /// The connections between all of these pods.
    ///
    /// # Errors
    /// If there are more than [`Matrix::MOST`] groups.
    pub fn matrix(&self, pods: &[Pod]) -> Result<Matrix, TooManyGroups> {
        let groups = self.groups(pods);
        if groups.len() > Matrix::MOST {
            return Err(TooManyGroups { groups: groups.len() });
        }
        // On which node a pod is differs within a group.
        let firsts: Vec<Pod> =
            groups.iter().map(|group| Pod { node: None, ..group.first.clone() }).collect();
        let mut matrix = Matrix { groups, answers: Vec::new(), cells: Vec::new() };
        let mut known: HashMap<Passing<Ports>, u32> = HashMap::new();
        let ends =
            |direction| -> Vec<_> { firsts.iter().map(|pod| self.end(pod, direction)).collect() };
        let (senders, receivers) = (ends(Direction::Egress), ends(Direction::Ingress));
        for from in &senders {
            for to in &receivers {
                let passes = self.pair(from, to);
                let answer = *known.entry(passes).or_insert_with_key(|passes| {
                    matrix.answers.push(passes.clone());
                    u32::try_from(matrix.answers.len() - 1).unwrap_or(u32::MAX)
                });
                matrix.cells.push(answer);
            }
        }
        Ok(matrix)
    }
}
