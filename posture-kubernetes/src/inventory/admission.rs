//! Admission: which namespaces enforce a level, and what webhooks do with requests.

use std::collections::BTreeSet;

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::provider::Provider;
use posture_model::resource::{AdmissionWebhook, Cluster, FactId};

use super::objects::{Observed, id};
use super::{Missing, Origin, WEBHOOKS};
use crate::labels::Labels;
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

/// What a product does with pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// It rejects pods by policies, which may verify signatures.
    Policies,
    /// It verifies signatures.
    Signatures,
}

/// The configurations of webhooks that products make, by the beginnings of their names.
static ENGINES: Dated<(&str, Does)> = Dated::new(
    &[
        "https://kyverno.io/docs/installation/customization/",
        "https://open-policy-agent.github.io/gatekeeper/website/docs/customize-admission/",
        "https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes",
        "https://docs.kubewarden.io/",
        "https://docs.sigstore.dev/policy-controller/overview/",
        "https://sse-secure-systems.github.io/connaisseur/",
    ],
    "2026-11-30",
    &[
        ("kyverno-resource-validating-webhook-cfg", Does::Policies),
        ("gatekeeper-validating-webhook-configuration", Does::Policies),
        ("azure-policy-validating-webhook-configuration", Does::Policies),
        ("kubewarden-", Does::Policies),
        ("clusterwide-", Does::Policies),
        ("policy.sigstore.dev", Does::Signatures),
        ("connaisseur", Does::Signatures),
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
    name: String,
    /// The webhooks that see the creation of pods.
    sees_pods: bool,
    ignored: Vec<String>,
    /// The webhooks with the Service that each calls.
    services: Vec<(String, String)>,
}

/// What takes part in admission.
#[derive(Debug, Default)]
pub(super) struct Admission {
    enforcing: BTreeSet<String>,
    configurations: Vec<Configuration>,
    services: BTreeSet<String>,
    /// The bindings of policies that deny.
    denying: BTreeSet<String>,
}

/// What is known of the flags of the API servers about admission.
pub(super) struct ServerFlags {
    /// Why a default level may be enforced that no label shows; none if it is certain that none is.
    pub(super) default_level: Option<GapId>,
    /// The API servers that ask an image policy webhook.
    pub(super) image_policy: Vec<String>,
    /// Why there may be more of these.
    pub(super) image_policy_open: Option<GapId>,
}

impl Admission {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { enforcing, configurations, services, denying } = other;
        self.enforcing.extend(enforcing);
        self.configurations.extend(configurations);
        self.services.extend(services);
        self.denying.extend(denying);
    }

    /// Takes the level that the labels of a namespace enforce.
    pub(super) fn namespace(&mut self, of: &Observed<'_>) {
        let labels = Labels::exactly(of.labels.clone());
        if matches!(Setting::of(&of.name, &labels, Mode::Enforce), Ok(Setting::Level(..))) {
            self.enforcing.insert(of.name.clone());
        }
    }

    pub(super) fn service(&mut self, of: &Observed<'_>) {
        self.services.insert(of.id());
    }

    /// Takes what puts a policy into effect. <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>
    pub(super) fn policy_binding(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let mut fields = Object::of(of.object, "")?;
        let Some(mut spec) = fields.object("spec")? else { return Ok(()) };
        if spec.texts("validationActions")?.contains(&"Deny") {
            self.denying.insert(of.id());
        }
        Ok(())
    }

    /// Takes a configuration of webhooks.
    pub(super) fn webhooks(&mut self, of: &Observed<'_>, unique: String) -> Result<(), Invalid> {
        let validating = of.kind == "ValidatingWebhookConfiguration";
        let mut fields = Object::of(of.object, "")?;
        let (mut ignored, mut services, mut sees_pods) = (Vec::new(), Vec::new(), false);
        for mut hook in fields.objects("webhooks")? {
            let name = hook.text("name")?.unwrap_or_default().to_owned();
            // Absent is Fail.
            if hook.text("failurePolicy")? == Some("Ignore") {
                ignored.push(format!("{name}: failurePolicy is Ignore"));
            }
            for rule in hook.objects("rules")? {
                sees_pods |= is_of_pods(rule)?;
            }
            if let Some(mut client) = hook.object("clientConfig")?
                && let Some(mut service) = client.object("service")?
            {
                let namespace = service.text("namespace")?.unwrap_or_default();
                let service = service.text("name")?.unwrap_or_default();
                services.push((name, id("Service", Some(namespace), service)));
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
        let name = of.name.clone();
        self.configurations.push(Configuration {
            resource,
            validating,
            name,
            sees_pods,
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

    /// What rejects pods by policy, and what verifies the signatures of their images.
    pub(super) fn of_cluster(
        &self,
        missing: &Missing,
        gaps: &Register,
        flags: &ServerFlags,
    ) -> (Fact<Entries>, Fact<Entries>) {
        let unread = |kinds: &[&str]| missing.of(kinds.iter().copied()).first().copied();
        let undetermined =
            |target: &str, detail: &str| Some(gaps.note(Gap::undetermined("", target, detail)));
        let mut enforcing: Vec<String> =
            self.enforcing.iter().map(|name| format!("Namespace/{name}")).collect();
        let mut signing = flags.image_policy.clone();
        let mut may_enforce = flags
            .default_level
            .or_else(|| unread(&["Namespace", POLICY_BINDING]))
            .or_else(|| unread(&WEBHOOKS));
        let mut may_sign = flags.image_policy_open.or_else(|| unread(&WEBHOOKS));
        for one in &self.configurations {
            let engine = ENGINES.iter().find(|(prefix, _)| one.name.starts_with(prefix));
            let id = &one.resource.id;
            match engine.map(|(_, does)| *does) {
                Some(Does::Signatures) => {
                    signing.push(id.clone());
                    enforcing.push(id.clone());
                }
                Some(Does::Policies) if one.sees_pods => {
                    enforcing.push(id.clone());
                    let detail = "its policies may verify signatures, and are not read";
                    may_sign = may_sign.or_else(|| undetermined(id, detail));
                }
                None if one.sees_pods => {
                    let detail = "what the webhook does with pods is not known";
                    may_sign = may_sign.or_else(|| undetermined(id, detail));
                    if one.validating {
                        may_enforce = may_enforce.or_else(|| undetermined(id, detail));
                    }
                }
                Some(Does::Policies) | None => {}
            }
        }
        for binding in &self.denying {
            let detail = "whether its policy is about pods is not read";
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

/// Whether a rule sends the creation of pods.
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules>
fn is_of_pods(mut rule: Object<'_>) -> Result<bool, Invalid> {
    let any = |all: &[&str], of: &[&str]| all.iter().any(|one| of.contains(one));
    let operations = rule.texts("operations")?;
    let groups = rule.texts("apiGroups")?;
    let resources = rule.texts("resources")?;
    Ok(any(&operations, &["CREATE", "*"])
        && any(&groups, &["", "*"])
        && any(&resources, &["pods", "*", "*/*"]))
}
