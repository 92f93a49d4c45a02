//! Workloads: what runs in pods, each once, whatever objects show it.
//!
//! A pod that a controller manages belongs to the workload at the top of its owners: pod → replica set → deployment. What the pod shows
//! beyond the template, such as a container that was added for debugging, is added to the workload. An owner of a kind that an extension
//! defines is a workload as well: its pods show what it runs.
//!
//! What has ended shows nothing: pods and jobs that are done, and replica sets without a replica that a deployment keeps to return to.
//! Static pods of a node are workloads without facts.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::provider::Provider;
use posture_model::resource::{Resource, Workload};
use posture_model::source::Source;

use super::config_maps::ConfigMaps;
use super::ended::{has_ended, is_history, is_static};
use super::ends::Ends;
use super::isolation::Networks;
use super::namespaces::Defaults;
use super::objects::{Observed, id};
use super::shown::{List, Shown, marked};
use super::tokens::unrequested;
use super::{Origin, View, running};
use crate::network;
use crate::pod_security::Versions;
use crate::read::{Invalid, Object};
use crate::workload::PodOf;

mod owners;

use owners::{is_between, top};

/// An object with pods, or one that is only known as the owner of some.
#[derive(Debug, Default)]
struct One {
    declared: Option<Declared>,
    /// The ID of the controller that manages it, and the number of that one.
    controller: Option<String>,
    controller_uid: Option<String>,
    /// Its own number.
    uid: Option<String>,
    /// The ID and the name of one of its pods.
    a_pod: Option<(String, String)>,
    /// What its template shows, or the pod if it is one of a manifest.
    template: Option<Shown>,
    /// What its pods in the cluster show.
    pods: Option<Shown>,
    /// The ends of connections: its template, and its pods in the cluster that differ.
    of_template: Ends,
    of_pods: Ends,
    is_static: bool,
    /// Whether it was read itself, and is not only known as the owner of others.
    is_read: bool,
}

/// What separates the ID of an owner from the number that its pods name. No ID has it.
const APART: char = '\0';

/// What an object is called, and where.
#[derive(Clone, Debug)]
struct Declared {
    name: String,
    namespace: Option<String>,
    labels: BTreeMap<String, String>,
    source: Option<Source>,
}

/// The objects with pods, by their IDs.
#[derive(Debug, Default)]
pub(super) struct Workloads {
    all: BTreeMap<String, One>,
    /// Whether service accounts mount a token, by namespace and name.
    accounts: BTreeMap<(String, String), Option<bool>>,
    config_maps: ConfigMaps,
}

impl Workloads {
    /// Takes a config map.
    pub(super) fn config_map(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        self.config_maps.take(of)
    }

    /// Takes an object, if it has pods.
    pub(super) fn take(
        &mut self,
        of: &Observed<'_>,
        id: String,
        origin: Origin,
        versions: Versions,
    ) -> Result<(), Invalid> {
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        // A template that nothing uses runs nothing.
        if pod.kind == "PodTemplate" {
            return Ok(());
        }
        let is_live = origin == Origin::Cluster;
        if is_live && pod.is_pod() && has_ended(of)? {
            return Ok(());
        }
        let is_history = is_live && is_history(of)?;
        let is_static = is_live && is_static(of)?;
        let (mut shown, mut end) = (None, None);
        if !is_history && !is_static {
            let mut all = Shown::of(&pod, versions, is_live && pod.is_pod())?;
            if !pod.is_pod() {
                super::pods::read_owner(of.object, &mut all)?;
            }
            shown = Some(all);
        }
        if !is_history {
            end = network::Pod::read(of.object)?;
        }
        let controller = of.controller.as_ref();
        let controller =
            controller.map(|(kind, name)| self::id(kind, of.namespace.as_deref(), name));
        // The pods of one controller are alike: they are one from here on.
        if let Some(owner) = controller.as_ref().filter(|_| is_live && pod.is_pod()) {
            // Those that name another number are kept apart until the owner is known.
            let key = match &of.controller_uid {
                Some(uid) => format!("{owner}{APART}{uid}"),
                None => owner.clone(),
            };
            let owner = self.all.entry(key).or_default();
            if owner.declared.is_none() {
                owner.declared = Some(Declared::of_owner(of));
            }
            owner.a_pod.get_or_insert_with(|| (id, of.name.clone()));
            owner.add_pod(shown, end);
            return Ok(());
        }
        let one = self.all.entry(id).or_default();
        one.declared = Some(Declared {
            name: of.name.clone(),
            namespace: of.namespace.clone(),
            labels: of.labels.clone(),
            source: of.source.clone(),
        });
        one.controller = controller;
        one.controller_uid.clone_from(&of.controller_uid);
        one.uid.clone_from(&of.uid);
        one.is_static = is_static;
        one.is_read = true;
        if is_live && pod.is_pod() {
            one.add_pod(shown, end);
        } else {
            one.template = shown;
            end.into_iter().for_each(|end| one.of_template.add(end));
        }
        Ok(())
    }

    /// Takes a service account: whether its pods have a token if they do not set that themselves.
    pub(super) fn account(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let mounts = Object::of(of.object, "")?.boolean("automountServiceAccountToken")?;
        let key = (of.namespace.clone().unwrap_or_default(), of.name.clone());
        // Several manifests of one account: what one of them leaves open is open.
        let known = self.accounts.entry(key).or_insert(mounts);
        if *known != mounts {
            *known = None;
        }
        Ok(())
    }

    /// Adds what was read of other lists.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { all, accounts, config_maps } = other;
        for (id, one) in all {
            self.all.entry(id).or_default().merge(one);
        }
        self.accounts.extend(accounts);
        self.config_maps.extend(config_maps);
    }

    /// The pods and templates, as ends of connections. Static pods are not among them: no policy is made for them.
    pub(super) fn ends(&self) -> impl Iterator<Item = &network::Pod> {
        self.all.values().filter(|one| !one.is_static).flat_map(|one| one.ends().iter())
    }

    /// The namespaces of the workloads that are not static pods. The empty one is that of manifests that do not name one.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &str> {
        let shown = self.all.values().filter(|one| one.template.is_some() || one.pods.is_some());
        shown.filter_map(|one| {
            let declared = one.declared.as_ref()?;
            Some(declared.namespace.as_deref().unwrap_or_default())
        })
    }

    /// The workloads, each with what its template and its pods show.
    pub(super) fn finish(
        mut self,
        view: &View<'_>,
        defaults: &Defaults,
        networks: &Networks,
        platforms: &BTreeMap<String, String>,
    ) -> Vec<Workload> {
        self.find_owners();
        let owners: BTreeMap<String, Option<String>> =
            self.all.iter().map(|(id, one)| (id.clone(), one.controller.clone())).collect();
        let read: BTreeSet<String> =
            self.all.iter().filter(|(_, one)| one.is_read).map(|(id, _)| id.clone()).collect();
        let mut tops: BTreeMap<String, One> = BTreeMap::new();
        for (id, one) in self.all {
            let top = top(&id, &owners);
            // It belongs to a workload that is not known, and the list of workloads is not complete.
            if !read.contains(&top) && is_between(&top, view.missing) {
                continue;
            }
            tops.entry(top.clone()).or_default().add(one, id == top);
        }
        let (accounts, config_maps) = (&self.accounts, &self.config_maps);
        let around = Around { accounts, config_maps, defaults, networks, platforms };
        let resource = |(id, one): (String, One)| one.resource(id, view, &around);
        tops.into_iter().filter_map(resource).collect()
    }
}

/// What decides about workloads beside themselves.
struct Around<'a> {
    accounts: &'a BTreeMap<(String, String), Option<bool>>,
    config_maps: &'a ConfigMaps,
    defaults: &'a Defaults,
    networks: &'a Networks,
    /// The platforms of nodes, by their names.
    platforms: &'a BTreeMap<String, String>,
}

impl Declared {
    /// An owner that was not read, by what it owns. Its name is that in its ID.
    fn of_owner(of: &Observed<'_>) -> Self {
        let name = of.controller.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
        let (namespace, labels) = (of.namespace.clone(), BTreeMap::new());
        Self { name, namespace, labels, source: None }
    }
}

impl One {
    fn add_pod(&mut self, shown: Option<Shown>, end: Option<network::Pod>) {
        if let Some(shown) = shown {
            self.pods.get_or_insert_default().merge(shown);
        }
        end.into_iter().for_each(|end| self.of_pods.add(end));
    }

    /// Adds what another list shows of the same object.
    fn merge(&mut self, other: Self) {
        if other.is_read || self.declared.is_none() {
            self.declared = other.declared;
            self.controller = other.controller;
            (self.controller_uid, self.uid) = (other.controller_uid, other.uid);
        }
        self.a_pod = self.a_pod.take().or(other.a_pod);
        self.is_read |= other.is_read;
        self.is_static |= other.is_static;
        for (own, more) in [(&mut self.template, other.template), (&mut self.pods, other.pods)] {
            if let Some(more) = more {
                own.get_or_insert_default().merge(more);
            }
        }
        self.of_template.extend(other.of_template);
        self.of_pods.extend(other.of_pods);
    }

    /// Adds what another object shows that belongs to the same workload.
    fn add(&mut self, other: Self, is_top: bool) {
        if is_top || self.declared.is_none() {
            let namespace = other.declared.as_ref().and_then(|one| one.namespace.clone());
            self.declared = match (other.declared, is_top) {
                (declared, true) => declared,
                (Some(_), false) => Some(Declared {
                    name: String::new(),
                    namespace,
                    labels: BTreeMap::new(),
                    source: None,
                }),
                (None, false) => None,
            };
        }
        self.is_static |= other.is_static;
        for (own, more) in [(&mut self.template, other.template), (&mut self.pods, other.pods)] {
            if let Some(more) = more {
                own.get_or_insert_default().merge(more);
            }
        }
        self.of_template.extend(other.of_template);
        self.of_pods.extend(other.of_pods);
    }

    /// Its pods in the cluster, or its template while there are none.
    fn ends(&self) -> &Ends {
        if self.of_pods.is_empty() { &self.of_template } else { &self.of_pods }
    }

    /// The workload; none if all of it has ended.
    fn resource(self, id: String, view: &View<'_>, around: &Around<'_>) -> Option<Workload> {
        let Around { accounts, config_maps, defaults, networks, platforms } = around;
        let Declared { name, namespace, labels, source } = self.declared.clone()?;
        let name = match name.is_empty() {
            true => id.rsplit('/').next().unwrap_or(&id).to_owned(),
            false => name,
        };
        let mut workload =
            Workload::unread_on(Provider::Kubernetes, id.as_str(), name, namespace.as_deref());
        workload.source = source.map(Box::new);
        workload.tags = Known(labels);
        if self.is_static {
            for fact in Workload::FACTS.iter().filter(|fact| fact.name != "tags") {
                workload.withdraw(fact.name);
            }
            workload.pods = Known(self.ends().groups());
            return Some(workload);
        }
        let whole = match (&self.template, &self.pods) {
            (Some(one), Some(other)) => {
                let mut both = one.clone();
                both.merge(other.clone());
                both
            }
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => return None,
        };
        for list in List::ALL {
            let mut entries = whole.list(*list);
            if *list == List::LiteralCredentials {
                entries.extend(config_maps.of(namespace.as_deref().unwrap_or_default(), &whole));
            }
            // A LimitRange sets them when a pod is made: templates do not show it.
            let set = match list {
                List::WithoutMemoryLimit => defaults.memory_limit(namespace.as_deref()),
                List::WithoutCpuRequest => defaults.cpu_request(namespace.as_deref()),
                _ => false,
            };
            let of_pods = matches!(list, List::WithoutMemoryLimit | List::WithoutCpuRequest);
            match &self.pods {
                Some(pods) if of_pods => entries = pods.list(*list),
                None if set => entries.clear(),
                Some(_) | None => {}
            }
            let mut open = view.version.filter(|_| whole.of_some_versions.contains(list));
            if of_pods
                && self.pods.is_none()
                && !entries.is_empty()
                && let place = namespace.as_deref().unwrap_or_default()
                && let Some(gap) = view.missing.of_in(["LimitRange"], place).first()
            {
                entries.clear();
                open = Some(*gap);
            }
            if *list == List::Images && !whole.without_image.is_empty() {
                let names: Vec<&str> = whole.without_image.iter().map(String::as_str).collect();
                let detail = format!("no image is set for {}", names.join(", "));
                open = Some(view.undetermined(&id, &detail));
            }
            if let (Some(template), Some(pods)) = (&self.template, &self.pods)
                && *list != List::Images
            {
                let each = entries.into_iter().map(|entry| marked(entry, template, pods));
                entries = each.collect();
            }
            *list.of(&mut workload) = Entries::new(entries, open).into_fact();
        }
        workload.running_images = match &self.pods {
            Some(pods) if view.origin == Origin::Cluster => pods.running.fact(&id, view, platforms),
            Some(_) | None => running::none(view),
        };
        workload.bare = Known(id.starts_with("Pod/") && self.controller.is_none());
        let place = namespace.clone().unwrap_or_default();
        workload.unrequested_tokens = unrequested(&whole, &place, view, accounts);
        workload.namespace = match namespace {
            Some(namespace) => Known(namespace),
            None => Fact::Gap(view.undetermined(&id, "the manifest does not name a namespace")),
        };
        networks.decide(&mut workload, self.ends().iter().collect(), view);
        workload.pods = Known(self.ends().groups());
        Some(workload)
    }
}
