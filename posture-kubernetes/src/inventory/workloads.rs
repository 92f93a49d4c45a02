//! Workloads: what runs in pods, each once, whatever objects show it.
//!
//! A pod that a controller manages belongs to the workload at the top of its owners: pod → replica set → deployment. What the pod shows
//! beyond the template, such as a container that was added for debugging, is added to the workload. An owner of a kind that an extension
//! defines is a workload as well: its pods show what it runs.

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::Known;
use posture_model::provider::Provider;
use posture_model::resource::Workload;
use posture_model::source::Source;

use super::Missing;
use super::objects::{Observed, id};
use crate::pod_security::{Check, Judged, Level, Version, Violation, evaluate};
use crate::read::Invalid;
use crate::workload::PodOf;

/// What was read of one object with pods.
#[derive(Debug)]
struct One {
    id: String,
    name: String,
    namespace: Option<String>,
    labels: BTreeMap<String, String>,
    /// The ID of the controller that manages it.
    controller: Option<String>,
    source: Option<Source>,
    facts: Facts,
}

/// The facts that a pod or a template shows, before the lists of its owner are put together.
#[derive(Clone, Debug, Default)]
struct Facts {
    privileged_containers: Vec<String>,
}

/// The objects with pods.
#[derive(Debug, Default)]
pub(super) struct Workloads {
    all: Vec<One>,
}

impl Workloads {
    /// Takes an object, if it has pods.
    pub(super) fn take(
        &mut self,
        of: &Observed<'_>,
        id: String,
        version: Version,
    ) -> Result<(), Invalid> {
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        // A template that nothing uses runs nothing.
        if pod.kind == "PodTemplate" {
            return Ok(());
        }
        let judged = evaluate(&pod, Level::Restricted, version)?;
        let baseline = evaluate(&pod, Level::Baseline, version)?;
        let controller = of.controller.as_ref();
        self.all.push(One {
            id,
            name: of.name.clone(),
            namespace: of.namespace.clone(),
            labels: of.labels.clone(),
            controller: controller
                .map(|(kind, name)| self::id(kind, of.namespace.as_deref(), name)),
            source: of.source.clone(),
            facts: Facts::of(&judged, &baseline),
        });
        Ok(())
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { all } = other;
        self.all.extend(all);
    }

    /// The workloads, each with what its template and its pods show.
    /// The lists that are missing may hold the owner of an owner.
    pub(super) fn finish(self, missing: &Missing) -> Vec<Workload> {
        let owners: BTreeMap<String, Option<String>> =
            self.all.iter().map(|one| (one.id.clone(), one.controller.clone())).collect();
        let mut workloads: BTreeMap<String, Workload> = BTreeMap::new();
        // The owners first: what they are called, and where they are declared, is that of the workload.
        let (managed, own): (Vec<One>, Vec<One>) =
            self.all.into_iter().partition(|one| one.controller.is_some());
        for one in own.into_iter().chain(managed) {
            let top = top(&one.id, &owners);
            // It belongs to a workload that is not known, and the list of workloads is not complete.
            if !owners.contains_key(&top) && is_between(&top, missing) {
                continue;
            }
            let workload = workloads.entry(top.clone()).or_insert_with(|| {
                let name = top.rsplit('/').next().unwrap_or(&top);
                let name = if one.id == top { one.name.as_str() } else { name };
                let namespace = one.namespace.as_deref();
                let mut new =
                    Workload::unread_on(Provider::Kubernetes, top.as_str(), name, namespace)
                        .tags(Known(one.labels.clone()));
                new.source = one.source.clone().map(Box::new);
                new
            });
            one.facts.add_to(workload);
        }
        workloads.into_values().collect()
    }
}

/// The workload at the top of the owners of an object. Owners that lead in a circle end where they began.
fn top(id: &str, owners: &BTreeMap<String, Option<String>>) -> String {
    let mut top = id;
    for _ in 0..owners.len() {
        match owners.get(top) {
            Some(Some(owner)) if owner != id => top = owner,
            Some(Some(_) | None) | None => break,
        }
    }
    top.to_owned()
}

/// The kinds of owners that others may own.
const BETWEEN: [&str; 2] = ["Job", "ReplicaSet"];

/// Whether an owner that was not read may have an owner, as its list is not complete.
fn is_between(owner: &str, missing: &Missing) -> bool {
    let kind = owner.split('/').next().unwrap_or_default();
    BETWEEN.contains(&kind) && !missing.of([kind]).is_empty()
}

impl Facts {
    fn of(restricted: &[Judged], baseline: &[Judged]) -> Self {
        let violations = |check: Check| {
            let found = baseline.iter().chain(restricted).find(|one| one.check == check);
            found.map_or(&[][..], |one| one.violations.as_slice())
        };
        let entries = |check| violations(check).iter().map(entry).collect();
        Self { privileged_containers: entries(Check::Privileged) }
    }

    fn add_to(self, workload: &mut Workload) {
        let Self { privileged_containers } = self;
        let facts = [(&mut workload.privileged_containers, privileged_containers)];
        for (fact, entries) in facts {
            let more = Entries::new(entries, None);
            *fact = match std::mem::replace(fact, posture_model::fact::Fact::NotOffered) {
                Known(known) => Known(known.and(&more)),
                _ => Known(more),
            };
        }
    }
}

/// A violation without the path to its container or pod, which differs between a pod and a template: `app:
/// securityContext.privileged is true`.
fn entry(violation: &Violation) -> String {
    let path = violation.path.rsplit_once("].").map_or(violation.path.as_str(), |(_, field)| field);
    let path = path.rsplit_once("spec.").map_or(path, |(_, field)| field);
    let mut text = match &violation.container {
        Some(container) => format!("{container}: {path} is "),
        None => format!("{path} is "),
    };
    text.push_str(violation.value.as_deref().unwrap_or("absent"));
    text
}
