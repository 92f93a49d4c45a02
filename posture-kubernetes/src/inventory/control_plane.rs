//! The settings of the control plane, from the flags of its mirror pods.
//!
//! The components of a control plane that kubeadm and others set up are static pods, which the API shows as mirror pods in `kube-system`
//! ([source](https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/), read on 2026-11-30). Those of a managed control
//! plane, and of one that runs as services, are not visible: their settings are not known.

mod rules;
#[cfg(test)]
mod tests;

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId, Register};
use posture_model::resource::{Cluster, FactId};

use super::Missing;
use super::admission::ServerFlags;
use super::ended::{has_ended, is_static};
use super::objects::Observed;
use crate::flags::{self, Flags};
use crate::read::{Invalid, Object};
use rules::{Answer, Component, RULES};

/// The facts that the pods of the control plane show.
pub(crate) const OF_MIRRORS: &[FactId] = &[
    Cluster::ANONYMOUS_REQUESTS,
    Cluster::STATIC_TOKENS,
    Cluster::ALWAYS_ALLOW,
    Cluster::NODE_AUTHORIZER_OFF,
    Cluster::RBAC_AUTHORIZER_OFF,
    Cluster::NODE_RESTRICTION_OFF,
    Cluster::ADMISSION_PLUGINS,
    Cluster::AUDIT_LOG_OFF,
    Cluster::AUDIT_OFF,
    Cluster::AUDIT_LOG_SHORT,
    Cluster::ENCRYPTION_OFF,
    Cluster::TLS_MISSING,
    Cluster::WEAK_CIPHERS,
    Cluster::TOKEN_SETTINGS,
    Cluster::PROFILING,
    Cluster::OPEN_PORTS,
    Cluster::HOUSEKEEPING_OFF,
    Cluster::ENFORCING,
    Cluster::SIGNATURE_CHECKS,
];

const LIST: &str = "list pods";
const NAMESPACE: &str = "kube-system";

/// A component on a node.
#[derive(Debug)]
struct Running {
    component: Component,
    pod: String,
    /// Its flags, or why they are not known.
    flags: Result<Flags, String>,
}

/// The components that are visible.
#[derive(Debug, Default)]
pub(super) struct ControlPlane {
    all: Vec<Running>,
}

impl ControlPlane {
    pub(super) fn extend(&mut self, other: Self) {
        self.all.extend(other.all);
    }

    /// Takes a pod, if it is the mirror of a component.
    pub(super) fn pod(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let is_here = of.kind == "Pod" && of.namespace.as_deref() == Some(NAMESPACE);
        if !is_here || !is_static(of)? || has_ended(of)? {
            return Ok(());
        }
        let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else { return Ok(()) };
        let label = of.labels.get("component").map(String::as_str);
        for mut container in spec.objects("containers")? {
            let name = container.text("name")?.unwrap_or_default();
            let component = Component::ALL
                .into_iter()
                .find(|one| name == one.name() && label.is_none_or(|label| label == one.name()));
            let Some(component) = component else { continue };
            let mut line = container.texts("command")?;
            line.extend(container.texts("args")?);
            let mut flags = Flags::parse(component.name(), &line);
            if let (Component::Etcd, Ok(flags)) = (component, &mut flags) {
                // A flag outranks its variable. https://etcd.io/docs/v3.6/op-guide/configuration/
                for mut variable in container.objects("env")? {
                    let name = variable.text("name")?.unwrap_or_default();
                    if let (Some(flag), Some(value)) =
                        (name.strip_prefix("ETCD_"), variable.text("value")?)
                    {
                        flags.set_default(&flag.to_ascii_lowercase().replace('_', "-"), value);
                    }
                }
            }
            self.all.push(Running { component, pod: of.id(), flags });
        }
        Ok(())
    }

    /// What admission needs to know of the flags of the API servers.
    pub(super) fn admission(&self, missing: &Missing, gaps: &Register) -> ServerFlags {
        let hidden = self.hidden(&[Component::ApiServer], missing, gaps);
        let mut answer = ServerFlags { default_level: hidden, image_policy_open: hidden };
        for one in self.all.iter().filter(|one| one.component == Component::ApiServer) {
            let Ok(flags) = &one.flags else { continue };
            let undetermined =
                |detail: &str| Some(gaps.note(Gap::undetermined(LIST, &one.pod, detail)));
            if flags.has("admission-control-config-file") {
                let detail = "--admission-control-config-file names a file that no API shows";
                answer.default_level = answer.default_level.or_else(|| undetermined(detail));
            }
            match flags.list("enable-admission-plugins") {
                flags::Value::Given(on) if on.contains(&"ImagePolicyWebhook") => {
                    let detail = "ImagePolicyWebhook asks a server about images, and no API shows what that server verifies";
                    answer.image_policy_open =
                        answer.image_policy_open.or_else(|| undetermined(detail));
                }
                flags::Value::Given(_) | flags::Value::Absent => {}
                flags::Value::Unread(why) => {
                    answer.image_policy_open =
                        answer.image_policy_open.or_else(|| undetermined(&why));
                }
            }
        }
        answer
    }

    /// Fills the facts that the flags decide.
    pub(super) fn fill(&self, mut cluster: Cluster, missing: &Missing, gaps: &Register) -> Cluster {
        for rule in RULES {
            let mut open = self.hidden(rule.components, missing, gaps);
            let mut found = Vec::new();
            for one in self.all.iter().filter(|one| rule.components.contains(&one.component)) {
                let Ok(flags) = &one.flags else { continue };
                for answer in (rule.check)(one.component, flags) {
                    match answer {
                        Answer::Good => {}
                        Answer::Bad(what) => {
                            found.push(format!("{} of {}: {what}", one.component.name(), one.pod))
                        }
                        Answer::Open(why) => {
                            open = open.or_else(|| {
                                Some(gaps.note(Gap::undetermined(LIST, &one.pod, &why)))
                            });
                        }
                    }
                }
            }
            cluster = (rule.fill)(cluster, Entries::new(found, open).into_fact());
        }
        cluster
    }

    /// Why not all of the flags of these components are known; none if they are.
    fn hidden(
        &self,
        components: &[Component],
        missing: &Missing,
        gaps: &Register,
    ) -> Option<GapId> {
        if let Some(gap) = missing.of_in(["Pod"], NAMESPACE).first() {
            return Some(*gap);
        }
        for component in components {
            let of = || self.all.iter().filter(|one| one.component == *component);
            if of().next().is_none() {
                let name = component.name();
                let detail = format!(
                    "no mirror pod of {name} is visible: a managed control plane, and one that runs as services, do not show their flags"
                );
                return Some(gaps.note(Gap::undetermined(LIST, NAMESPACE, &detail)));
            }
            if let Some((pod, why)) =
                of().find_map(|one| Some((&one.pod, one.flags.as_ref().err()?)))
            {
                return Some(gaps.note(Gap::undetermined(LIST, pod, why)));
            }
        }
        None
    }
}

/// Sets a fact of the cluster.
type Fill = fn(Cluster, Fact<Entries>) -> Cluster;
