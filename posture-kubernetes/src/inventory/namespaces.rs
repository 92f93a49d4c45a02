//! Namespaces: what their labels enforce, and what is set for all that is in them.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::fact::{Fact, Known};
use posture_model::provider::Provider;
use posture_model::resource::{AdmissionWebhook, FactId, Namespace, Workload};
use posture_model::tri::Tri;

use super::admission::with_name;
use super::engines::{Engines, POLICY};
use super::isolation::Networks;
use super::objects::{Observed, id};
use super::{Origin, View};
use crate::labels::Labels;
use crate::network;
use crate::pod_security::{Level, Mode, Setting};
use crate::read::{Invalid, Object};

/// The facts that the list of namespaces fills.
pub(crate) const OF_NAMESPACES: &[FactId] = &[
    Namespace::ENFORCES_BASELINE,
    Namespace::ENFORCES_RESTRICTED,
    Namespace::NETWORK_POLICY,
    Namespace::POLICIES_ENFORCED,
    Namespace::DEFAULT_DENY_INGRESS,
    Namespace::DEFAULT_DENY_EGRESS,
    Namespace::OTHER_POLICIES,
    Namespace::RESOURCE_QUOTA,
    Namespace::LIMIT_RANGE,
    Namespace::HAS_WORKLOADS,
    Namespace::TAGS,
];

/// The facts that the list of quotas fills.
pub(crate) const OF_QUOTAS: &[FactId] = &[Namespace::RESOURCE_QUOTA];

/// The facts that the list of LimitRanges fills.
pub(crate) const OF_LIMIT_RANGES: &[FactId] =
    &[Namespace::LIMIT_RANGE, Workload::WITHOUT_MEMORY_LIMIT, Workload::WITHOUT_CPU_REQUEST];

/// The facts that the lists of what may reject pods fill.
pub(crate) const OF_ENGINES: &[FactId] =
    &[Namespace::ENFORCES_BASELINE, Namespace::ENFORCES_RESTRICTED];

/// Those that the list of validating webhooks fills.
pub(crate) const OF_VALIDATING_WEBHOOKS: &[FactId] =
    &[AdmissionWebhook::TAGS, Namespace::ENFORCES_BASELINE, Namespace::ENFORCES_RESTRICTED];

/// The kinds of objects that may reject pods.
const ENGINE_KINDS: [&str; 3] = [
    "CustomResourceDefinition",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
];

/// What objects that do not name a namespace are in. It is not the name of a namespace.
pub(crate) const UNNAMED: &str = "(unnamed)";

/// The namespaces, and what is set for them.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    read: Vec<Namespace>,
    quotas: BTreeSet<String>,
    defaults: Defaults,
    /// What may reject pods beside the labels.
    engines: Engines,
}

/// What LimitRanges set for containers that do not set it themselves, by namespace.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    of: BTreeMap<String, (bool, bool)>,
}

impl Defaults {
    fn add(&mut self, namespace: String, set: (bool, bool)) {
        let known = self.of.entry(namespace).or_default();
        *known = (known.0 || set.0, known.1 || set.1);
    }

    pub(super) fn memory_limit(&self, namespace: Option<&str>) -> bool {
        self.of.get(namespace.unwrap_or_default()).is_some_and(|(memory, _)| *memory)
    }

    pub(super) fn cpu_request(&self, namespace: Option<&str>) -> bool {
        self.of.get(namespace.unwrap_or_default()).is_some_and(|(_, cpu)| *cpu)
    }
}

impl Namespaces {
    /// Adds what was read of other lists.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { read, quotas, defaults, engines } = other;
        self.read.extend(read);
        self.quotas.extend(quotas);
        for (namespace, set) in defaults.of {
            self.defaults.add(namespace, set);
        }
        self.engines.extend(engines);
    }

    /// Takes a namespace, a ResourceQuota, a LimitRange, or what may reject pods.
    pub(super) fn take(&mut self, of: &Observed<'_>, unique: String) -> Result<(), Invalid> {
        let namespace = of.namespace.clone().unwrap_or_default();
        match of.kind.as_str() {
            "Namespace" => {
                let mut one =
                    Namespace::unread_on(Provider::Kubernetes, unique, of.name.as_str(), None);
                one.source = of.source.clone().map(Box::new);
                self.read.push(one.tags(Known(of.labels.clone())));
            }
            "ResourceQuota" => {
                self.quotas.insert(namespace);
            }
            "LimitRange" => {
                self.defaults.add(namespace, defaults(of)?);
            }
            _ => self.engines.take(of)?,
        }
        Ok(())
    }

    /// What may reject pods beside the labels.
    pub(super) fn engines(&mut self) -> &mut Engines {
        &mut self.engines
    }

    pub(super) fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    /// The namespaces whose labels are known, for network policies.
    pub(super) fn known(&self) -> impl Iterator<Item = network::Namespace> {
        self.read.iter().filter_map(|one| match &one.tags {
            Known(tags) => {
                let labels = tags.iter().map(|(key, value)| (key.clone(), value.clone()));
                Some(network::Namespace::new(one.name.clone(), Labels::exactly(labels)))
            }
            Fact::NotOffered | Fact::Gap(_) => None,
        })
    }

    /// The namespaces, those that objects are in and that were not read among them.
    pub(super) fn finish(
        self,
        view: &View<'_>,
        used: &BTreeSet<String>,
        others: &BTreeSet<String>,
        networks: &Networks,
    ) -> Vec<Namespace> {
        let Self { mut read, quotas, defaults, engines } = self;
        let has_policies = view.has_all(POLICY);
        let ranges: BTreeSet<String> = defaults.of.into_keys().collect();
        for one in &mut read {
            let name = one.name.clone();
            let labels = one.tags.known().ok();
            let labels = labels.map_or_else(Labels::unknown, |tags| with_name(&name, tags));
            let engines = engines.of(&name, &labels, has_policies);
            let enforces = |level| match enforces(&name, &one.tags, level) {
                true => Known(true),
                false if engines.is_empty() => {
                    let unread = view.missing.of(ENGINE_KINDS).first().copied();
                    unread.map_or(Known(false), Fact::Gap)
                }
                false => {
                    let detail =
                        format!("its labels do not enforce it, but {} may", engines.join(", "));
                    Fact::Gap(view.undetermined(&one.id, &detail))
                }
            };
            (one.enforces_baseline, one.enforces_restricted) =
                (enforces(Level::Baseline), enforces(Level::Restricted));
            let is_in = |all: &BTreeSet<String>, kinds: &[&'static str]| {
                if all.contains(&name) {
                    return Known(true);
                }
                if let Some(gap) = view.missing.of_in(kinds.iter().copied(), &name).first() {
                    return Fact::Gap(*gap);
                }
                if all.contains("") {
                    let detail = "manifests that do not name a namespace may be applied in it";
                    return Fact::Gap(view.undetermined(&one.id, detail));
                }
                Known(false)
            };
            one.resource_quota = is_in(&quotas, &["ResourceQuota"]);
            one.limit_range = is_in(&ranges, &["LimitRange"]);
            let workloads: Vec<&'static str> = crate::workload::kinds().collect();
            one.has_workloads = is_in(used, &workloads);
            networks.decide_namespace(one, &name, view);
        }
        let known: BTreeSet<String> = read.iter().map(|one| one.name.clone()).collect();
        for name in used.union(others).filter(|name| !known.contains(*name)) {
            let shown = if name.is_empty() { UNNAMED } else { name };
            let mut one = Namespace::unread_on(
                Provider::Kubernetes,
                id("Namespace", None, shown),
                shown,
                None,
            );
            let gap = view.missing.of(["Namespace"]).first().copied();
            let gap = gap.unwrap_or_else(|| {
                let detail = match view.origin {
                    Origin::Cluster => "the list of namespaces does not have it",
                    Origin::Manifests => "no manifest of the namespace was read",
                };
                view.undetermined(&one.id, detail)
            });
            // What is there holds, no matter who made the namespace.
            let is_in = |all: &BTreeSet<String>| match all.contains(name) {
                true => Known(true),
                false => Fact::Gap(gap),
            };
            one.resource_quota = is_in(&quotas);
            one.limit_range = is_in(&ranges);
            one.has_workloads = is_in(used);
            (one.enforces_baseline, one.enforces_restricted) = (Fact::Gap(gap), Fact::Gap(gap));
            one.tags = Fact::Gap(gap);
            networks.decide_namespace(&mut one, name, view);
            read.push(one);
        }
        read
    }
}

/// Whether labels enforce a level. Without one, the default of the server holds, which allows everything unless a file of the server
/// that no API shows says otherwise.
fn enforces(name: &str, tags: &Fact<BTreeMap<String, String>>, level: Level) -> bool {
    let Known(tags) = tags else { return false };
    let labels = Labels::exactly(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
    let setting = Setting::of(name, &labels, Mode::Enforce);
    setting.is_ok_and(|setting| setting.reaches(level) == Tri::Yes)
}

/// Whether a LimitRange sets a memory limit and a CPU request for containers. A maximum is the default where none is set, and the
/// default is the request. [Source](https://kubernetes.io/docs/concepts/policy/limit-range/).
fn defaults(of: &Observed<'_>) -> Result<(bool, bool), Invalid> {
    let (mut memory, mut cpu) = (false, false);
    let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else {
        return Ok((memory, cpu));
    };
    for mut limit in spec.objects("limits")? {
        if limit.text("type")? != Some("Container") {
            continue;
        }
        for field in ["default", "max", "defaultRequest", "min"] {
            let Some(mut values) = limit.object(field)? else { continue };
            memory |= matches!(field, "default" | "max") && values.get("memory").is_some();
            cpu |= values.get("cpu").is_some();
        }
    }
    Ok((memory, cpu))
}
