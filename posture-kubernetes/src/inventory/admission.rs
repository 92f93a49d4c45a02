//! Admission: which namespaces enforce a level, and what webhooks do with requests.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::provider::Provider;
use posture_model::resource::{AdmissionWebhook, Cluster, FactId};
use posture_model::tri::Tri;

use super::objects::{Observed, id};
use super::{Missing, Origin, WEBHOOKS};
use crate::labels::{Labels, Selector};
use crate::open::Open;
use crate::pod_security::{Mode, Setting};
use crate::read::{Invalid, Object};

/// The facts that lists of configurations of webhooks fill.
pub(crate) const OF_WEBHOOKS: &[FactId] = &[
    AdmissionWebhook::VALIDATING,
    AdmissionWebhook::IGNORED_FAILURES,
    AdmissionWebhook::MISSING_SERVICES,
    AdmissionWebhook::TAGS,
    Cluster::ENFORCING,
    Cluster::SIGNATURE_CHECKS,
];

/// The kind of what puts a ValidatingAdmissionPolicy into effect.
pub(crate) const POLICY_BINDING: &str = "ValidatingAdmissionPolicyBinding";

/// A product whose webhook verifies the images of pods and does nothing else: the kind and the name of its configuration.
/// Of products with policies, what they reject is in the policies, which are not read.
static VERIFIERS: Dated<(&str, &str)> = Dated::new(
    &[
        "https://docs.sigstore.dev/policy-controller/overview/",
        "https://sse-secure-systems.github.io/connaisseur/",
    ],
    "2026-12-01",
    &[
        ("ValidatingWebhookConfiguration", "policy.sigstore.dev"),
        ("MutatingWebhookConfiguration", "connaisseur-webhook"),
    ],
);

/// The namespaces that enforce a Pod Security level.
#[derive(Debug, Default)]
pub(super) struct Enforcing {
    pub(super) names: BTreeSet<String>,
    /// Why there may be more.
    pub(super) open: Option<GapId>,
}

/// A configuration of webhooks.
#[derive(Debug)]
struct Configuration {
    resource: AdmissionWebhook,
    validating: bool,
    /// Whether it is that of a product that verifies images.
    verifies: bool,
    /// The webhooks that see the creation of pods.
    of_pods: Vec<OfPods>,
    ignored: Vec<String>,
    /// The webhooks with the Service that each calls.
    services: Vec<(String, String)>,
}

/// A webhook that sees the creation of pods.
#[derive(Debug)]
struct OfPods {
    /// Whether a request passes when the webhook does not answer.
    ignores_failures: bool,
    /// The Service that it calls; none if it calls an address.
    service: Option<String>,
    /// The namespaces whose pods it sees; none for all.
    selector: Option<Selector>,
    /// Whether something else narrows what it sees.
    narrowed: bool,
}

/// What takes part in admission.
#[derive(Debug, Default)]
pub(super) struct Admission {
    enforcing: BTreeSet<String>,
    configurations: Vec<Configuration>,
    services: BTreeSet<String>,
    /// The labels of the namespaces.
    namespaces: BTreeMap<String, Labels>,
}

/// What is known of the flags of the API servers about admission.
pub(super) struct ServerFlags {
    /// Why a default level may be enforced that no label shows; none if it is certain that none is.
    pub(super) default_level: Option<GapId>,
    /// Why an API server may ask an image policy webhook that verifies signatures; none if it is certain that none does.
    pub(super) image_policy_open: Option<GapId>,
}

impl Admission {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { enforcing, configurations, services, namespaces } = other;
        self.enforcing.extend(enforcing);
        self.configurations.extend(configurations);
        self.services.extend(services);
        self.namespaces.extend(namespaces);
    }

    /// Takes the level that the labels of a namespace enforce.
    pub(super) fn namespace(&mut self, of: &Observed<'_>) {
        let labels = with_name(&of.name, &of.labels);
        self.namespaces.insert(of.name.clone(), labels.clone());
        if matches!(Setting::of(&of.name, &labels, Mode::Enforce), Ok(Setting::Level(..))) {
            self.enforcing.insert(of.name.clone());
        }
    }

    pub(super) fn service(&mut self, of: &Observed<'_>) {
        self.services.insert(of.id());
    }

    /// Takes a configuration of webhooks.
    pub(super) fn webhooks(&mut self, of: &Observed<'_>, unique: String) -> Result<(), Invalid> {
        let validating = of.kind == "ValidatingWebhookConfiguration";
        let mut fields = Object::of(of.object, "")?;
        let (mut ignored, mut services, mut of_pods) = (Vec::new(), Vec::new(), Vec::new());
        for mut hook in fields.objects("webhooks")? {
            let name = hook.text("name")?.unwrap_or_default().to_owned();
            // Absent is Fail.
            let ignores_failures = hook.text("failurePolicy")? == Some("Ignore");
            if ignores_failures {
                ignored.push(format!("{name}: failurePolicy is Ignore"));
            }
            let mut service = None;
            if let Some(mut client) = hook.object("clientConfig")?
                && let Some(mut named) = client.object("service")?
            {
                let namespace = named.text("namespace")?.unwrap_or_default();
                let of = id("Service", Some(namespace), named.text("name")?.unwrap_or_default());
                services.push((name, of.clone()));
                service = Some(of);
            }
            if sees_pods(&mut hook)? {
                let objects = hook.object("objectSelector")?.map(Selector::read).transpose()?;
                let conditions = !hook.list("matchConditions")?.is_empty();
                of_pods.push(OfPods {
                    ignores_failures,
                    service,
                    selector: namespace_selector(&mut hook)?,
                    narrowed: conditions || objects.is_some_and(|one| !one.is_empty()),
                });
            }
        }
        let mut resource = AdmissionWebhook::unread_on(
            Provider::Kubernetes,
            unique,
            of.name.as_str(),
            of.namespace.as_deref(),
        );
        resource.tags = Known(of.labels.clone());
        resource.source = of.source.clone().map(Box::new);
        let verifies = VERIFIERS.contains(&(of.kind.as_str(), of.name.as_str()));
        self.configurations.push(Configuration {
            resource,
            validating,
            verifies,
            of_pods,
            ignored,
            services,
        });
        Ok(())
    }

    /// The namespaces that enforce a level.
    pub(super) fn enforcing(&self, missing: &Missing) -> Enforcing {
        let open = missing.of(["Namespace"]).first().copied();
        Enforcing { names: self.enforcing.clone(), open }
    }

    /// What rejects pods by policy, and what verifies the signatures of their images. `denying` are the bindings of policies that may
    /// reject pods.
    pub(super) fn of_cluster(
        &self,
        denying: &[(String, &'static str)],
        missing: &Missing,
        gaps: &Register,
        flags: &ServerFlags,
    ) -> (Fact<Entries>, Fact<Entries>) {
        let unread = |kinds: &[&str]| missing.of(kinds.iter().copied()).first().copied();
        let undetermined =
            |target: &str, detail: &str| Some(gaps.note(Gap::undetermined("", target, detail)));
        let mut enforcing: Vec<String> =
            self.enforcing.iter().map(|name| format!("Namespace/{name}")).collect();
        let mut signing = Vec::new();
        let mut may_enforce = flags
            .default_level
            .or_else(|| unread(&["Namespace", POLICY_BINDING]))
            .or_else(|| unread(&WEBHOOKS));
        let mut may_sign = flags.image_policy_open.or_else(|| unread(&WEBHOOKS));
        for one in &self.configurations {
            let id = &one.resource.id;
            for hook in &one.of_pods {
                let detail = match self.acts(hook, missing) {
                    Acts::Never => continue,
                    Acts::Always if one.verifies => {
                        signing.push(id.clone());
                        enforcing.push(id.clone());
                        continue;
                    }
                    Acts::Perhaps(detail) if one.verifies => detail,
                    Acts::Always | Acts::Perhaps(_) => {
                        "what the webhook does with pods is not read: an engine may have policies that reject nothing"
                    }
                };
                may_sign = may_sign.or_else(|| undetermined(id, detail));
                if one.validating || one.verifies {
                    may_enforce = may_enforce.or_else(|| undetermined(id, detail));
                }
            }
        }
        signing.dedup();
        enforcing.dedup();
        for (binding, detail) in denying {
            may_enforce = may_enforce.or_else(|| undetermined(binding, detail));
        }
        // One is enough: where there is one, no other is missing.
        let may_enforce = may_enforce.filter(|_| enforcing.is_empty());
        let may_sign = may_sign.filter(|_| signing.is_empty());
        (
            Entries::new(enforcing, may_enforce).into_fact(),
            Entries::new(signing, may_sign).into_fact(),
        )
    }

    /// Whether a webhook acts on pods.
    fn acts(&self, hook: &OfPods, missing: &Missing) -> Acts {
        let unread = !missing.of(["Service"]).is_empty();
        let is_there = |service: &String| {
            self.services.contains(service).then_some(true).or((!unread).then_some(false))
        };
        match (hook.service.as_ref().map(is_there), hook.ignores_failures) {
            (Some(Some(false)), true) => return Acts::Never,
            (Some(Some(false)), false) => {
                return Acts::Perhaps("the Service of its webhook does not exist");
            }
            (Some(None), _) => return Acts::Perhaps("the Service of its webhook may not exist"),
            (_, true) => {
                return Acts::Perhaps("its webhook lets pods pass when it does not answer");
            }
            (None | Some(Some(true)), false) => {}
        }
        if hook.narrowed {
            return Acts::Perhaps("its webhook sees some pods only");
        }
        let Some(selector) = &hook.selector else { return Acts::Always };
        let selects = |(name, labels): (&String, &Labels)| {
            let hidden =
                |key: &str| Open::NamespaceLabel { namespace: name.clone(), key: key.into() };
            selector.matches(labels, hidden) == Tri::Yes
        };
        match self.namespaces.iter().any(selects) {
            true => Acts::Always,
            false if missing.of(["Namespace"]).is_empty() => Acts::Never,
            false => Acts::Perhaps("its webhook sees the pods of some namespaces only"),
        }
    }

    /// The configurations of webhooks.
    pub(super) fn finish(
        self,
        origin: Origin,
        missing: &Missing,
        gaps: &Register,
    ) -> Vec<AdmissionWebhook> {
        let unread = missing.of(["Service"]).first().copied();
        let of = |one: Configuration| {
            let (mut gone, mut open) = (Vec::new(), None);
            for (hook, service) in one.services {
                if self.services.contains(&service) {
                    continue;
                }
                match (unread, origin) {
                    (Some(gap), _) => open = Some(gap),
                    (None, Origin::Cluster) => gone.push(format!("{hook}: {service}")),
                    (None, Origin::Manifests) => {
                        let detail = "the Service is not among the manifests";
                        let action = crate::manifests::ACTION;
                        open = Some(gaps.note(Gap::undetermined(action, &service, detail)));
                    }
                }
            }
            one.resource
                .validating(Known(one.validating))
                .ignored_failures(Known(Entries::from(one.ignored)))
                .missing_services(Entries::new(gone, open).into_fact())
        };
        self.configurations.into_iter().map(of).collect()
    }
}

/// What is known of a webhook.
enum Acts {
    Always,
    /// Whether it does is not known, for this reason.
    Perhaps(&'static str),
    Never,
}

/// The labels of a namespace with that of its name, which the server adds and manifests leave out.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name>
pub(super) fn with_name(name: &str, labels: &BTreeMap<String, String>) -> Labels {
    let mut labels = labels.clone();
    labels.insert("kubernetes.io/metadata.name".to_owned(), name.to_owned());
    Labels::exactly(labels)
}

/// The namespaces that a webhook or the resources of a policy are limited to; none for all.
pub(super) fn namespace_selector(of: &mut Object<'_>) -> Result<Option<Selector>, Invalid> {
    let selector = of.object("namespaceSelector")?.map(Selector::read).transpose()?;
    Ok(selector.filter(|selector| !selector.is_empty()))
}

/// Whether a webhook sees the creation of pods.
pub(super) fn sees_pods(hook: &mut Object<'_>) -> Result<bool, Invalid> {
    any_is_of_pods(hook.objects("rules")?)
}

/// Whether one of these rules is about the creation of pods.
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules>
pub(super) fn any_is_of_pods(rules: Vec<Object<'_>>) -> Result<bool, Invalid> {
    let any = |all: &[&str], of: &[&str]| all.iter().any(|one| of.contains(one));
    for mut rule in rules {
        let operations = rule.texts("operations")?;
        let groups = rule.texts("apiGroups")?;
        let resources = rule.texts("resources")?;
        if any(&operations, &["CREATE", "*"])
            && any(&groups, &["", "*"])
            && any(&resources, &["pods", "*", "*/*"])
            && rule.text("scope")? != Some("Cluster")
        {
            return Ok(true);
        }
    }
    Ok(false)
}
