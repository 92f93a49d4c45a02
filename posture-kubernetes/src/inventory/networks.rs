//! Network policies, and what acts beside them.

use std::collections::BTreeSet;

use posture_model::entries::Entries;
use posture_model::fact::Known;
use posture_model::gap::GapId;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, Namespace, NetworkPolicy, Workload};
use posture_model::source::Source;
use posture_model::tri::Tri;

use super::breadth::is_open;
use super::isolation::Networks;
use super::metadata::Metadata;
use super::namespaces::Namespaces;
use super::objects::Observed;
use super::plugins::Plugins;
use super::{Origin, View};
use crate::network::{Cluster, Effect, Other, OtherKind, Pod, Policy};
use crate::read::{Invalid, Object};

/// The facts that network policies, and what acts beside them, decide together.
pub(crate) const OF_POLICIES: &[FactId] = &[
    NetworkPolicy::OPEN_RULES,
    NetworkPolicy::WITHOUT_EFFECT,
    NetworkPolicy::SPEC,
    NetworkPolicy::TAGS,
    Namespace::NETWORK_POLICY,
    Namespace::POLICIES_ENFORCED,
    Namespace::DEFAULT_DENY_INGRESS,
    Namespace::DEFAULT_DENY_EGRESS,
    Namespace::OTHER_POLICIES,
    Workload::INGRESS_ISOLATED,
    Workload::EGRESS_ISOLATED,
    Workload::REACHES_METADATA,
];

/// Those of them that policies of other kinds decide as well.
pub(crate) const OF_OTHER_POLICIES: &[FactId] = &[
    Namespace::ENFORCES_BASELINE,
    Namespace::ENFORCES_RESTRICTED,
    Namespace::DEFAULT_DENY_INGRESS,
    Namespace::DEFAULT_DENY_EGRESS,
    Namespace::OTHER_POLICIES,
    Workload::INGRESS_ISOLATED,
    Workload::EGRESS_ISOLATED,
    Workload::REACHES_METADATA,
];

/// The policies and what may act beside them.
#[derive(Debug, Default)]
pub(super) struct Policies {
    all: Vec<(NetworkPolicy, Policy)>,
    /// Policies that were not read.
    unread: Vec<Other>,
    /// Policies of other kinds.
    others: Vec<Other>,
    /// The kinds of such policies that are installed, as the group and the kind, and those whose objects were listed.
    installed: BTreeSet<(&'static str, &'static str)>,
    listed: BTreeSet<(&'static str, &'static str)>,
    plugins: Plugins,
}

impl Policies {
    /// Adds what was read of other lists.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { all, unread, others, installed, listed, plugins } = other;
        self.all.extend(all);
        self.unread.extend(unread);
        self.others.extend(others);
        self.installed.extend(installed);
        self.listed.extend(listed);
        self.plugins.extend(plugins);
    }

    /// Takes a network policy.
    pub(super) fn take(&mut self, of: &Observed<'_>, unique: String) -> Result<(), Invalid> {
        let policy = Policy::read(of.object)?;
        let mut resource = NetworkPolicy::unread_on(
            Provider::Kubernetes,
            unique,
            of.name.as_str(),
            of.namespace.as_deref(),
        );
        resource.source = of.source.clone().map(Box::<Source>::new);
        let spec = of.object.get("spec").filter(|spec| !spec.is_null()).cloned();
        let spec = Known(spec.unwrap_or_else(|| serde_json::json!({})));
        self.all.push((resource.tags(Known(of.labels.clone())).spec(spec), policy));
        Ok(())
    }

    /// A policy that was not read, or the list of all. It is in a namespace, or anywhere.
    pub(super) fn unread(&mut self, kind: &str, namespace: Option<&str>) {
        if kind == "NetworkPolicy" {
            self.unread.push(Other {
                namespace: namespace.map(str::to_owned),
                what: "a NetworkPolicy".to_owned(),
                because: "it was not read".to_owned(),
                effect: Effect::Unread,
            });
        }
    }

    /// Takes an object of a kind that an extension defines.
    pub(super) fn custom(&mut self, api_version: &str, kind: &str, namespace: &str, name: &str) {
        if let Some(kind) = OtherKind::of(api_version, kind) {
            self.others.push(kind.object(namespace, name));
        }
    }

    /// All objects of a kind that an extension defines were listed.
    pub(super) fn listed(&mut self, api_version: &str, kind: &str) {
        self.listed.extend(OtherKind::of(api_version, kind).map(|of| (of.group, of.kind)));
    }

    /// Takes the definition of a kind, and returns its group.
    pub(super) fn defined<'o>(&mut self, of: &Observed<'o>) -> Result<Option<&'o str>, Invalid> {
        let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else { return Ok(None) };
        let group = spec.text("group")?;
        let kind = match spec.object("names")? {
            Some(mut names) => names.text("kind")?,
            None => None,
        };
        if let (Some(group), Some(kind)) = (group, kind) {
            let known = OtherKind::of(&format!("{group}/v1"), kind);
            self.installed.extend(known.map(|of| (of.group, of.kind)));
        }
        Ok(group)
    }

    /// Takes a DaemonSet, which may be a network plugin.
    pub(super) fn plugin(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        self.plugins.take(of)
    }

    /// All of them together, with the pods that they select or do not.
    pub(super) fn finish<'e>(
        self,
        view: &View<'_>,
        namespaces: &Namespaces,
        ends: impl Iterator<Item = &'e Pod>,
        metadata: Metadata,
    ) -> (Networks, Vec<NetworkPolicy>) {
        let known: Vec<crate::network::Namespace> = namespaces.known().collect();
        let read: BTreeSet<String> = known.iter().map(|one| one.name.clone()).collect();
        let ends: Vec<&Pod> = ends.collect();
        let plugin = self.plugins.enforced(view);
        let mut others = self.unread;
        for one in &mut others {
            let namespace = one.namespace.as_deref().unwrap_or_default();
            if let Some(why) = view.unread_in(["NetworkPolicy"], namespace) {
                one.because = format!("it was not read: {why}");
            }
        }
        if view.missing.of(["NetworkPolicy"]).contains(&GapId::NOT_COLLECTED) {
            others.push(Other {
                namespace: None,
                what: "a NetworkPolicy".to_owned(),
                because: "these were not listed".to_owned(),
                effect: Effect::Unread,
            });
        }
        others.extend(self.others);
        if !view.missing.of([]).is_empty() {
            // Files that were not read may hold policies.
            others.push(Other {
                namespace: None,
                what: "a NetworkPolicy".to_owned(),
                because: "not all files were read".to_owned(),
                effect: Effect::Unread,
            });
        }
        // Whether policies are enforced is judged apart; of manifests, the facts are what they ask for.
        let enforced = if view.origin == Origin::Manifests { Tri::Yes } else { plugin.clone() };
        match view.origin {
            Origin::Manifests => {
                let used = ends.iter().map(|pod| pod.namespace.clone());
                let used: BTreeSet<String> =
                    used.chain(self.all.iter().map(|(_, one)| one.namespace.clone())).collect();
                for namespace in used.difference(&read) {
                    others.push(Other {
                        namespace: Some(namespace.clone()),
                        what: "a policy of the cluster".to_owned(),
                        because: "no manifest of the namespace was read".to_owned(),
                        effect: Effect::Unread,
                    });
                }
            }
            Origin::Cluster => {
                for (group, kind) in self.installed.difference(&self.listed) {
                    if let Some(of) = OtherKind::of(&format!("{group}/v1"), kind) {
                        others.push(Other {
                            namespace: None,
                            what: format!("a {kind} of {group}"),
                            because: "these were not listed".to_owned(),
                            effect: of.effect,
                        });
                    }
                }
                if let Some(why) = view.unread(["CustomResourceDefinition"]) {
                    others.push(Other {
                        namespace: None,
                        what: "a policy of another kind".to_owned(),
                        because: format!("it was not read which kinds are installed: {why}"),
                        effect: Effect::Decides,
                    });
                }
            }
        }
        let (resources, policies): (Vec<NetworkPolicy>, Vec<Policy>) = self.all.into_iter().unzip();
        let cluster = Cluster::new(known, policies, others, enforced);
        let networks = Networks { cluster, read, plugin, metadata };
        let policies = resources.into_iter().zip(networks.cluster.policies());
        let resources = policies.map(|(mut resource, policy)| {
            resource.open_rules = Known(open_rules(policy));
            resource.without_effect = networks.without_effect(policy, &resource.id, &ends, view);
            resource
        });
        let resources = resources.collect();
        (networks, resources)
    }
}

/// The rules that allow every port from or to everything: each by itself, or all of them together.
fn open_rules(policy: &Policy) -> Entries {
    let mut entries = Vec::new();
    for (direction, rules) in [("ingress", &policy.ingress), ("egress", &policy.egress)] {
        let rules = rules.as_deref().unwrap_or_default();
        let before = entries.len();
        for (place, rule) in rules.iter().enumerate() {
            if let Some(what) = is_open([rule]) {
                entries.push(format!("spec.{direction}[{place}] allows {what} on every port"));
            }
        }
        if entries.len() == before
            && let Some(what) = is_open(rules)
        {
            entries.push(format!("the rules of spec.{direction} allow {what} on every port"));
        }
    }
    Entries::from(entries)
}
