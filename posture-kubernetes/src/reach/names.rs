//! What a name stands for.

use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::Addresses;

use super::{Connections, place};

/// An end of connections outside of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Anyone on the internet: a wide part of it, or all.
    Internet,
    /// One address.
    Address(IpAddr),
}

impl Outside {
    /// The end of this name, if it is outside.
    pub fn find(name: &str) -> Option<Self> {
        if matches!(name, "internet" | "outside") {
            return Some(Self::Internet);
        }
        name.parse().ok().map(Self::Address)
    }

    pub(super) fn addresses(self) -> Addresses {
        match self {
            Self::Internet => Addresses::internet().clone(),
            Self::Address(address) => Addresses::one(address),
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Self::Internet => "internet".to_owned(),
            Self::Address(address) => address.to_string(),
        }
    }
}

/// What is named.
#[derive(Clone, Debug)]
pub enum Named {
    /// Something outside of the cluster.
    Outside(Outside),
    /// Pods.
    Pods(Vec<Party>),
}

/// A workload or a pod that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its ID, such as `Deployment/shop/web`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The places of its pods.
    pub(super) pods: Vec<usize>,
    /// Why they are not known.
    pub(super) unread: Option<Gap>,
}

/// Whether an ID or its parts are a name: `Deployment/shop/web`, `shop/web`, `Deployment/web` or `web`. The kind is in any case.
pub(super) fn is(kind: &str, namespace: &str, own: &str, name: &str) -> bool {
    let parts: Vec<&str> = name.splitn(4, '/').collect();
    match parts.as_slice() {
        [one] => *one == own,
        [one, two] => (*one == namespace || one.eq_ignore_ascii_case(kind)) && *two == own,
        [one, two, three] => one.eq_ignore_ascii_case(kind) && *two == namespace && *three == own,
        _ => false,
    }
}

impl Connections<'_> {
    /// What a name stands for: the internet, pods and workloads, without these a namespace with everything in it, or an address outside.
    /// Nothing if there is no such name.
    pub fn named(&self, name: &str) -> Option<Named> {
        let outside = Outside::find(name);
        // A pod of this name does not hide the internet.
        if outside == Some(Outside::Internet) {
            return outside.map(Named::Outside);
        }
        match self.find(name) {
            pods if pods.is_empty() => outside.map(Named::Outside),
            pods => Some(Named::Pods(pods)),
        }
    }

    /// Everything.
    pub fn everything(&self) -> Vec<Party> {
        (0..self.of_workloads.len()).filter_map(|workload| self.party(workload)).collect()
    }

    pub(super) fn party(&self, workload: usize) -> Option<Party> {
        let of = self.scope.workloads.items.get(workload)?;
        let (pods, unread) = match self.of_workloads.get(workload)? {
            Ok(pods) => (pods.clone(), None),
            Err(gap) => (Vec::new(), Some(gap.clone())),
        };
        let party = Party { id: of.id.clone(), name: of.name.clone(), pods, unread };
        (!party.pods.is_empty() || party.unread.is_some()).then_some(party)
    }

    /// The pods and workloads of a name.
    pub fn find(&self, name: &str) -> Vec<Party> {
        if let Some((kind, namespace)) = name.split_once('/')
            && kind.eq_ignore_ascii_case("namespace")
        {
            return self.within(namespace);
        }
        let mut found = Vec::new();
        for (workload, of) in self.scope.workloads.items.iter().enumerate() {
            let kind = of.id.split('/').next().unwrap_or_default();
            let named = of.id.eq_ignore_ascii_case(name)
                || is(kind, place(of.region.as_deref()), &of.name, name);
            found.extend(named.then(|| self.party(workload)).flatten());
        }
        let address: Option<IpAddr> = name.parse().ok();
        for (at, pod) in self.pods.iter().enumerate().filter(|(_, pod)| pod.is_single()) {
            let has =
                address.is_some_and(|one| pod.addresses.iter().flatten().any(|own| *own == one));
            let named = is("Pod", &pod.namespace, &pod.name, name);
            // A pod without a controller is a workload as well.
            if (has || named) && !found.iter().any(|party: &Party| party.pods == [at]) {
                let id = super::pod_id(pod);
                let pods = vec![at];
                found.push(Party { id, name: pod.name.clone(), pods, unread: None });
            }
        }
        if found.is_empty() { self.within(name) } else { found }
    }

    /// Everything in a namespace.
    fn within(&self, namespace: &str) -> Vec<Party> {
        let all = self.scope.workloads.items.iter().enumerate();
        let own = all.filter(|(_, of)| of.region.as_deref() == Some(namespace));
        own.filter_map(|(workload, _)| self.party(workload)).collect()
    }
}
