//! Which connections the network policies of an audited cluster, or of audited manifests, allow: worked out when it is asked, from the
//! facts of a scope alone.
//!
//! A scope keeps the pods of each workload ([`Workload::PODS`]), the `spec` of each policy ([`NetworkPolicy::SPEC`]), the labels of
//! namespaces, and what may act beside them ([`Namespace::OTHER_POLICIES`]). What is missing from it leaves open what depends on it, and
//! the answer names what was not read.

mod answer;
mod asked;
mod changes;
mod names;
mod published;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::network::{PodGroup, PodPlace, PodPort, PolicyEffect};
use posture_model::resource::{Namespace, NetworkPolicy, Workload};
use posture_model::scope::{Level, Scope};
use posture_model::tri::Tri;
use serde_json::json;

pub use answer::{Answer, SideInWords, StepInWords, TooManyPairs};
pub use asked::{Asked, NotAPort};
pub use changes::{Changed, Delta, End, Presence};
pub use names::{Named, Outside, Party};
pub use published::{Published, Sender};
pub use table::{GroupName, Table};

use crate::inventory::UNNAMED;
use crate::labels::Labels;
use crate::network::{self, Cluster, NamedPort, Other, Pod, Policy, Protocol};

/// What decides about the connections of a scope.
#[derive(Debug)]
pub struct Connections<'s> {
    scope: &'s Scope,
    cluster: Cluster,
    pods: Vec<Pod>,
    /// The workload of each pod, by its place in the scope.
    owners: Vec<usize>,
    /// The pods of each workload, or why they are not known.
    of_workloads: Vec<Result<Vec<usize>, Gap>>,
}

/// The namespace of what is in one; empty if its manifest does not name one.
fn place(region: Option<&str>) -> &str {
    region.unwrap_or_default()
}

/// The ID of a pod.
fn pod_id(pod: &Pod) -> String {
    let namespace = Some(pod.namespace.as_str()).filter(|name| !name.is_empty());
    crate::inventory::id("Pod", namespace, &pod.name)
}

fn gap_of(scope: &Scope, gap: GapId) -> Gap {
    scope.gap(gap).cloned().unwrap_or_else(Gap::not_collected)
}

impl<'s> Connections<'s> {
    /// What decides about the connections of a cluster, or of manifests.
    pub fn of(scope: &'s Scope) -> Self {
        let (mut pods, mut owners) = (Vec::new(), Vec::new());
        let mut of_workloads = Vec::new();
        for (owner, workload) in scope.workloads.items.iter().enumerate() {
            let read = pods_of(scope, workload).map(|all| {
                let first = pods.len();
                owners.resize(first + all.len(), owner);
                pods.extend(all);
                (first..pods.len()).collect()
            });
            of_workloads.push(read);
        }
        let used: BTreeSet<&str> =
            scope.workloads.items.iter().map(|one| place(one.region.as_deref())).collect();
        let (policies, mut others) = policies(scope);
        others.extend(others_of(scope, &used));
        let namespaces = scope.namespaces.items.iter().filter_map(|one| match &one.tags {
            Known(tags) => Some(network::Namespace::new(
                one.name.as_str(),
                Labels::exactly(tags.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
            )),
            Fact::NotOffered | Fact::Gap(_) => None,
        });
        let cluster = Cluster::new(namespaces, policies, others, enforced(scope));
        Self { scope, cluster, pods, owners, of_workloads }
    }

    /// The scope that was asked.
    pub fn scope(&self) -> &'s Scope {
        self.scope
    }

    /// Whether the answers are what manifests ask for, which not every network plugin enforces.
    pub fn is_of_manifests(&self) -> bool {
        self.scope.level == Level::Manifests
    }

    /// Why there may be other pods than those that are known, in words.
    pub fn missing(&self) -> Option<String> {
        let unread = self.of_workloads.iter().find_map(|of| of.as_ref().err().map(Gap::words));
        let gap = self.scope.workloads.gaps.first();
        unread.or_else(|| gap.map(|gap| gap_of(self.scope, *gap).words()))
    }
}

/// The pods of a workload, or its template.
fn pods_of(scope: &Scope, workload: &Workload) -> Result<Vec<Pod>, Gap> {
    let groups = match &workload.pods {
        Known(groups) => groups,
        Fact::NotOffered => return Ok(Vec::new()),
        Fact::Gap(gap) => {
            let gap = gap_of(scope, *gap);
            let detail =
                gap.detail.unwrap_or_else(|| "the pods of the workload are not in it".to_owned());
            return Err(Gap { target: workload.id.clone(), detail: Some(detail), ..gap });
        }
    };
    let mut all = Vec::new();
    for group in groups {
        let ports = group.ports.iter().map(port).collect::<Option<Vec<_>>>();
        let ports = ports.ok_or_else(|| malformed(workload, "a port of a pod is not one"))?;
        if group.pods.is_empty() {
            all.push(pod(workload, group, &ports, None)?);
        }
        for place in &group.pods {
            all.push(pod(workload, group, &ports, Some(place))?);
        }
    }
    Ok(all)
}

fn malformed(workload: &Workload, detail: &str) -> Gap {
    Gap {
        detail: Some(detail.to_owned()),
        ..Gap::new("", workload.id.as_str(), posture_model::gap::Reason::Malformed)
    }
}

fn port(port: &PodPort) -> Option<NamedPort> {
    let PodPort { name, protocol, number, sidecar } = port;
    let protocol = Protocol::of(protocol)?;
    Some(NamedPort { name: name.clone(), protocol, number: *number, sidecar: *sidecar })
}

/// One pod of a group, or its template.
fn pod(
    workload: &Workload,
    group: &PodGroup,
    ports: &[NamedPort],
    one: Option<&PodPlace>,
) -> Result<Pod, Gap> {
    let labels = group.labels.clone();
    let kind = workload.id.split('/').next().unwrap_or_default();
    let mut addresses = Vec::new();
    for text in one.iter().flat_map(|one| &one.addresses) {
        let address = text.parse();
        addresses.push(address.map_err(|_| malformed(workload, "an address of a pod is not one"))?);
    }
    Ok(Pod {
        kind: if one.is_some() { "Pod" } else { kind }.to_owned(),
        namespace: place(workload.region.as_deref()).to_owned(),
        name: one.map_or(&workload.name, |one| &one.name).clone(),
        labels: match one {
            Some(_) => Labels::exactly(labels),
            None => crate::workload::labels_of_template(kind, labels),
        },
        ports: ports.to_vec(),
        host_network: group.host_network,
        addresses: Some(addresses).filter(|all| !all.is_empty()),
        node: one.and_then(|one| one.node.clone()),
    })
}

/// The policies, and those whose rules are not known.
fn policies(scope: &Scope) -> (Vec<Policy>, Vec<Other>) {
    let (mut all, mut others) = (Vec::new(), Vec::new());
    for one in &scope.network_policies.items {
        let namespace = place(one.region.as_deref());
        let read = match &one.spec {
            Known(spec) => {
                let metadata = json!({ "namespace": namespace, "name": one.name });
                Policy::read(&json!({ "metadata": metadata, "spec": spec }))
                    .map_err(|invalid| invalid.to_string())
            }
            Fact::NotOffered => Err("its rules are not known".to_owned()),
            Fact::Gap(gap) => {
                Err(format!("its rules were not read: {}", gap_of(scope, *gap).words()))
            }
        };
        match read {
            Ok(policy) => all.push(policy),
            Err(because) => others.push(Other {
                namespace: Some(namespace.to_owned()),
                what: one.id.replacen('/', " ", 1),
                because,
                effect: PolicyEffect::Unread,
            }),
        }
    }
    (all, others)
}

/// What may act beside the policies on the pods of each namespace.
fn others_of(scope: &Scope, used: &BTreeSet<&str>) -> Vec<Other> {
    let mut by_namespace: BTreeMap<&str, &Namespace> = BTreeMap::new();
    for one in &scope.namespaces.items {
        by_namespace.insert(if one.name == UNNAMED { "" } else { &one.name }, one);
    }
    let mut all = Vec::new();
    let mut unread = false;
    let unknown = |name: &str, why: Gap| Other {
        namespace: Some(name.to_owned()),
        what: "a policy".to_owned(),
        because: format!("it was not read which others there are: {}", why.words()),
        effect: PolicyEffect::Decides,
    };
    for (name, one) in &by_namespace {
        match &one.other_policies {
            Known(others) => {
                unread |= others.iter().any(|other| other.effect == PolicyEffect::Unread);
                all.extend(others.iter().map(|other| Other {
                    namespace: Some((*name).to_owned()),
                    what: other.what.clone(),
                    because: other.because.clone(),
                    effect: other.effect,
                }));
            }
            Fact::NotOffered => all.push(unknown(name, Gap::not_collected())),
            Fact::Gap(gap) => all.push(unknown(name, gap_of(scope, *gap))),
        }
    }
    let listing = scope.namespaces.gaps.first().map(|gap| gap_of(scope, *gap));
    for name in used.iter().filter(|name| !by_namespace.contains_key(*name)) {
        all.push(unknown(name, listing.clone().unwrap_or_else(Gap::not_collected)));
    }
    // What is missing from the list of policies is among them, unless the scope is of another version.
    if let Some(gap) = scope.network_policies.gaps.first().filter(|_| !unread) {
        all.push(Other {
            namespace: None,
            what: "a NetworkPolicy".to_owned(),
            because: format!("it was not read: {}", gap_of(scope, *gap).words()),
            effect: PolicyEffect::Unread,
        });
    }
    all
}

/// Whether the network plugin enforces network policies. Of manifests, answers are what they ask for.
fn enforced(scope: &Scope) -> Tri<String> {
    if scope.level == Level::Manifests {
        return Tri::Yes;
    }
    let mut answer = None;
    let mut why = None;
    for one in &scope.namespaces.items {
        match &one.policies_enforced {
            Known(yes) if answer.is_some_and(|known| known != *yes) => {
                return Tri::Unknown("namespaces contradict each other".to_owned());
            }
            Known(yes) => answer = Some(*yes),
            Fact::NotOffered => {}
            Fact::Gap(gap) => {
                let gap = gap_of(scope, *gap);
                why.get_or_insert_with(|| gap.detail.clone().unwrap_or_else(|| gap.words()));
            }
        }
    }
    match (answer, why) {
        (Some(yes), _) => yes.into(),
        (None, Some(why)) => Tri::Unknown(why),
        // Without a policy there is nothing to enforce. What is not listed is not known either.
        (None, None) if scope.namespaces.is_complete() && !has_policies(scope) => Tri::Yes,
        (None, None) => Tri::Unknown("namespaces were not read".to_owned()),
    }
}

fn has_policies(scope: &Scope) -> bool {
    let policies: &[NetworkPolicy] = &scope.network_policies.items;
    !policies.is_empty()
}
