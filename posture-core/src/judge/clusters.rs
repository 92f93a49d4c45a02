//! Clusters that a run read from both sides: through their API server, and by the interface of their cloud.

use std::collections::{BTreeMap, BTreeSet};

use super::{Examined, Findings, Row};
use crate::provider::Provider;
use crate::resource::Kind;
use crate::scope::{Level, Scope};

/// What another scope of the run calls the same cluster: they have a host of its API server in common. A name never joins them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twin {
    /// The provider of the other scope.
    pub provider: Provider,
    /// Its level.
    pub level: Level,
    /// The ID of the other scope.
    pub scope: String,
    /// The ID of the cluster there.
    pub id: String,
    /// The name of the cluster there.
    pub name: String,
    /// The host.
    pub host: String,
}

/// The twins of each cluster, by the places of its scope and of itself in the list.
#[derive(Debug, Default)]
pub(super) struct Twins(BTreeMap<(u32, u32), Vec<Twin>>);

/// The hosts of the API server of each cluster of a scope.
pub(super) fn hosts(scope: &Scope) -> Vec<Vec<String>> {
    let clusters = scope.clusters.items.iter();
    clusters.map(|cluster| cluster.api_servers.known().cloned().unwrap_or_default()).collect()
}

/// A cluster as one scope sees it.
struct View<'a> {
    place: (u32, u32),
    scope: &'a Scope,
    id: &'a str,
    name: &'a str,
}

impl Twins {
    pub(super) fn of(scopes: &[Examined<'_>]) -> Self {
        let mut by_host: BTreeMap<String, Vec<View<'_>>> = BTreeMap::new();
        for (s, examined) in (0_u32..).zip(scopes) {
            for (c, hosts) in (0_u32..).zip(examined.hosts()) {
                let Some(subject) = examined.subject(Kind::Cluster, c as usize) else { continue };
                for host in hosts.iter().collect::<BTreeSet<_>>() {
                    by_host.entry(host.clone()).or_default().push(View {
                        place: (s, c),
                        scope: examined.scope(),
                        id: subject.id,
                        name: subject.name,
                    });
                }
            }
        }
        let mut twins = Self::default();
        for (host, views) in by_host {
            let is_inside = |view: &&View<'_>| view.scope.provider == Provider::Kubernetes;
            let (inside, clouds): (Vec<&View<'_>>, Vec<&View<'_>>) =
                views.iter().partition(is_inside);
            // Two clouds that claim one host cannot both be right, so that neither counts.
            let [cloud] = clouds[..] else { continue };
            for view in inside {
                twins.add(view, cloud, &host);
                twins.add(cloud, view, &host);
            }
        }
        twins
    }

    fn add(&mut self, to: &View<'_>, other: &View<'_>, host: &str) {
        let all = self.0.entry(to.place).or_default();
        if !all.iter().any(|twin| (&*twin.scope, &*twin.id) == (&*other.scope.id, other.id)) {
            all.push(Twin {
                provider: other.scope.provider,
                level: other.scope.level,
                scope: other.scope.id.clone(),
                id: other.id.to_owned(),
                name: other.name.to_owned(),
                host: host.to_owned(),
            });
        }
    }
}

impl Examined<'_> {
    /// The hosts of the API server of each of its clusters.
    fn hosts(&self) -> Vec<Vec<String>> {
        match &self.kept {
            None => hosts(&self.scope),
            Some(kept) => kept.hosts.clone(),
        }
    }
}

impl Findings<'_> {
    /// The clusters of a scope, by its place, that other scopes of the run show as well.
    pub fn twins(&self, scope: usize) -> impl Iterator<Item = (&str, &str, &Twin)> {
        let s = u32::try_from(scope).unwrap_or(u32::MAX);
        self.twins.0.range((s, 0)..=(s, u32::MAX)).flat_map(move |((_, c), twins)| {
            let subject =
                self.scopes.get(scope).and_then(|one| one.subject(Kind::Cluster, *c as usize));
            let named = subject.map_or(("", ""), |subject| (subject.id, subject.name));
            twins.iter().map(move |twin| (named.0, named.1, twin))
        })
    }

    pub(super) fn twins_of(&self, row: &Row) -> &[Twin] {
        let control = self.controls.get(usize::from(row.control));
        let control = control.filter(|control| control.test.check.kind() == Kind::Cluster);
        let place = control.and(row.resource).map(|resource| (row.scope, resource));
        place.and_then(|place| self.twins.0.get(&place)).map_or(&[], Vec::as_slice)
    }
}
