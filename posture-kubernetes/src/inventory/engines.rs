//! What may reject pods beside the labels of their namespace.

use std::collections::BTreeMap;

use posture_model::dated::Dated;
use posture_model::tri::Tri;
use serde_json::Value;

use super::admission::{self, POLICY_BINDING};
use super::objects::{Observed, id};
use crate::labels::{Labels, Selector};
use crate::manifest::Identity;
use crate::open::Open;
use crate::read::{Invalid, Object};

/// The kind of a policy that a [binding](POLICY_BINDING) puts into effect.
pub(super) const POLICY: &str = "ValidatingAdmissionPolicy";

/// The groups of the APIs of policy engines, and what these are called.
static ENGINES: Dated<(&str, &str)> = Dated::new(
    &[
        "https://kyverno.io/docs/policy-types/",
        "https://open-policy-agent.github.io/gatekeeper/website/docs/howto/",
        "https://docs.kubewarden.io/",
    ],
    "2026-11-30",
    &[
        ("kyverno.io", "Kyverno"),
        ("policies.kyverno.io", "Kyverno"),
        ("constraints.gatekeeper.sh", "Gatekeeper"),
        ("templates.gatekeeper.sh", "Gatekeeper"),
        ("policies.kubewarden.io", "Kubewarden"),
    ],
);

/// Something that may reject pods.
#[derive(Clone, Debug)]
struct Engine {
    name: String,
    /// The only namespace that it acts in; none for all.
    namespace: Option<String>,
    /// What selects the namespaces that it acts in.
    selectors: Vec<Selector>,
}

/// What a policy, or what binds it, is about.
#[derive(Clone, Debug)]
struct About {
    pods: bool,
    selector: Option<Selector>,
}

/// A binding of a policy that denies.
#[derive(Debug)]
struct Bound {
    name: String,
    policy: String,
    about: About,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Engines {
    all: Vec<Engine>,
    policies: BTreeMap<String, About>,
    bound: Vec<Bound>,
}

impl Engines {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { all, policies, bound } = other;
        self.all.extend(all);
        self.policies.extend(policies);
        self.bound.extend(bound);
    }

    /// Takes a policy, a binding of one, or a configuration of validating webhooks.
    pub(super) fn take(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let mut object = Object::of(of.object, "")?;
        match of.kind.as_str() {
            "ValidatingWebhookConfiguration" => {
                for mut hook in object.objects("webhooks")? {
                    if admission::sees_pods(&mut hook)? {
                        self.all.push(Engine {
                            name: format!("{} {}", of.kind, of.name),
                            namespace: None,
                            selectors: admission::namespace_selector(&mut hook)?
                                .into_iter()
                                .collect(),
                        });
                    }
                }
            }
            POLICY => {
                if let Some(mut spec) = object.object("spec")? {
                    let about = About::read(spec.object("matchConstraints")?, false)?;
                    self.policies.insert(of.name.clone(), about);
                }
            }
            POLICY_BINDING => {
                if let Some(mut spec) = object.object("spec")?
                    && spec.texts("validationActions")?.contains(&"Deny")
                {
                    let policy = spec.text("policyName")?.unwrap_or_default().to_owned();
                    let about = About::read(spec.object("matchResources")?, true)?;
                    self.bound.push(Bound { name: of.name.clone(), policy, about });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes the group of a kind that an extension defines.
    pub(super) fn defined(&mut self, group: &str) {
        if let Some((_, name)) = ENGINES.iter().find(|(of, _)| *of == group) {
            let name = (*name).to_owned();
            self.all.push(Engine { name, namespace: None, selectors: Vec::new() });
        }
    }

    /// Takes an object of such a kind. One that only reports rejects nothing.
    pub(super) fn custom(&mut self, identity: &Identity, object: &Value) {
        let group = identity.api_version.split('/').next().unwrap_or_default();
        if !rejects(group, &identity.kind, object) {
            return;
        }
        let before = self.all.len();
        self.defined(group);
        let is_of_one = matches!(identity.kind.as_str(), "Policy" | "AdmissionPolicy")
            || identity.kind.starts_with("Namespaced");
        if is_of_one && !identity.namespace.is_empty() {
            for one in &mut self.all[before..] {
                one.namespace = Some(identity.namespace.clone());
            }
        }
    }

    /// The bindings that deny and may be about pods, each with its policy where that was read.
    ///
    /// A binding of a policy that does not exist
    /// [is ignored](https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-binding-v1/). Unless
    /// `has_all` policies were read, it may exist.
    fn bound(&self, has_all: bool) -> impl Iterator<Item = (&Bound, Option<&About>)> {
        let with = self.bound.iter().map(|bound| (bound, self.policies.get(&bound.policy)));
        with.filter(move |(bound, policy)| match policy {
            Some(policy) => bound.about.pods && policy.pods,
            None => bound.about.pods && !has_all,
        })
    }

    /// The IDs of the bindings that may reject pods, each with what is not known of it.
    pub(super) fn denying(&self, has_all: bool) -> Vec<(String, &'static str)> {
        let detail = |policy: Option<&About>| match policy {
            Some(_) => "which pods the expressions of its policy reject is not evaluated",
            None => "whether its policy is about pods is not read",
        };
        let bound = self.bound(has_all);
        bound.map(|(one, policy)| (id(POLICY_BINDING, None, &one.name), detail(policy))).collect()
    }

    /// What may reject pods of a namespace, in words. `has_all` says whether all policies of the cluster were read.
    pub(super) fn of(&self, namespace: &str, labels: &Labels, has_all: bool) -> Vec<String> {
        let bound = self.bound(has_all).map(|(bound, policy)| {
            let about = [Some(&bound.about), policy];
            let selectors = about.into_iter().flatten().filter_map(|one| one.selector.clone());
            Engine {
                name: format!("{POLICY_BINDING} {}", bound.name),
                namespace: None,
                selectors: selectors.collect(),
            }
        });
        let hidden =
            |key: &str| Open::NamespaceLabel { namespace: namespace.into(), key: key.into() };
        let acts = |one: &Engine| {
            one.namespace.as_deref().is_none_or(|own| own == namespace)
                && one.selectors.iter().all(|selector| selector.matches(labels, hidden) != Tri::No)
        };
        let mut names: Vec<String> =
            self.all.iter().cloned().chain(bound).filter(acts).map(|one| one.name).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl About {
    /// Reads what a policy or a binding matches; a binding without rules matches what its policy does.
    fn read(matches: Option<Object<'_>>, is_binding: bool) -> Result<Self, Invalid> {
        let Some(mut matches) = matches else {
            return Ok(Self { pods: is_binding, selector: None });
        };
        let rules = matches.objects("resourceRules")?;
        let pods = (is_binding && rules.is_empty()) || admission::any_is_of_pods(rules)?;
        Ok(Self { pods, selector: admission::namespace_selector(&mut matches)? })
    }
}

/// Whether an object of an engine may reject pods.
///
/// Sources, read on 2026-12-01: [Kyverno](https://kyverno.io/docs/policy-types/cluster-policy/policy-settings/), whose default is to
/// report; its [newer policies](https://kyverno.io/docs/policy-types/validating-policy/);
/// [Gatekeeper](https://open-policy-agent.github.io/gatekeeper/website/docs/violations/), whose default is to deny.
fn rejects(group: &str, kind: &str, object: &Value) -> bool {
    let spec = object.get("spec");
    let text = |field: &str| spec.and_then(|spec| spec.get(field)).and_then(Value::as_str);
    match (group, kind) {
        ("kyverno.io", "ClusterPolicy" | "Policy") => spec.is_some_and(|spec| enforces(spec, 0)),
        ("kyverno.io", "PolicyException" | "CleanupPolicy" | "ClusterCleanupPolicy") => false,
        ("policies.kyverno.io", _) => {
            let actions =
                spec.and_then(|spec| spec.get("validationActions")).and_then(Value::as_array);
            actions.is_none_or(|all| all.is_empty() || all.iter().any(|one| one == "Deny"))
        }
        ("constraints.gatekeeper.sh", _) => {
            !matches!(text("enforcementAction"), Some("dryrun" | "warn"))
        }
        _ => true,
    }
}

/// Whether a policy of Kyverno enforces one of its rules. What is nested deeper than policies are counts as if it did.
fn enforces(value: &Value, depth: u8) -> bool {
    const DEEPEST: u8 = 32;
    const FIELDS: [&str; 3] = ["validationFailureAction", "failureAction", "action"];
    match value {
        _ if depth > DEEPEST => true,
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            let is_action = FIELDS.contains(&name.as_str());
            let enforced = value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("enforce"));
            (is_action && enforced) || enforces(value, depth + 1)
        }),
        Value::Array(items) => items.iter().any(|item| enforces(item, depth + 1)),
        _ => false,
    }
}
