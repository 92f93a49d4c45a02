//! What brings Secrets into namespaces from a store outside of the cluster.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::resource::{FactId, Namespace};

use super::objects::{Observed, id};
use super::{Origin, View};
use crate::manifest::Identity;
use crate::read::{Invalid, Object};
use crate::workload::{self, PodOf};

/// The fact that workloads, definitions and namespaces decide together.
pub(crate) const OF_EXTERNAL: &[FactId] = &[Namespace::EXTERNAL_SECRETS];

/// The driver that mounts secrets of a store as files.
const DRIVER: &str = "secrets-store.csi.k8s.io";

/// The annotation by which a pod gets a sidecar that fetches secrets from Vault.
const INJECTED: &str = "vault.hashicorp.com/agent-inject";

/// The kinds of objects by which operators bring secrets from a store, and whether these are in a namespace.
static KINDS: Dated<(&str, &str, bool)> = Dated::new(
    &[
        "https://external-secrets.io/latest/api/externalsecret/",
        "https://secrets-store-csi-driver.sigs.k8s.io/concepts",
        "https://developer.hashicorp.com/vault/docs/deploy/kubernetes/injector/annotations",
        "https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
    ],
    "2026-12-01",
    &[
        ("external-secrets.io", "ExternalSecret", true),
        ("external-secrets.io", "ClusterExternalSecret", false),
        ("secrets.hashicorp.com", "VaultStaticSecret", true),
        ("secrets.hashicorp.com", "VaultDynamicSecret", true),
        ("secrets.hashicorp.com", "VaultPKISecret", true),
    ],
);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct External {
    /// By namespace; the empty one is that of manifests that do not name one.
    found: BTreeMap<String, BTreeSet<String>>,
    /// Kinds of operators that are installed, or of which there are objects that act in namespaces of their choice.
    may: BTreeSet<String>,
}

impl External {
    pub(super) fn extend(&mut self, other: Self) {
        for (namespace, found) in other.found {
            self.found.entry(namespace).or_default().extend(found);
        }
        self.may.extend(other.may);
    }

    /// Takes from an object with pods whether they get secrets of a store.
    pub(super) fn pods(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        if pod.kind == "PodTemplate" {
            return Ok(());
        }
        let mut how = BTreeSet::new();
        let mut fields = Object::of(pod.value, pod.path)?;
        if let Some(mut metadata) = fields.object("metadata")? {
            let annotations = metadata.map("annotations")?;
            let injected = |(key, value): &(String, String)| key == INJECTED && value == "true";
            if annotations.into_iter().any(|one| injected(&one)) {
                how.insert(format!("annotation {INJECTED}"));
            }
        }
        if let Some(mut spec) = fields.object("spec")? {
            for mut volume in spec.objects("volumes")? {
                if let Some(mut csi) = volume.object("csi")?
                    && csi.text("driver")? == Some(DRIVER)
                {
                    how.insert(format!("volume of {DRIVER}"));
                }
            }
        }
        for what in how {
            let all = self.found.entry(of.namespace.clone().unwrap_or_default()).or_default();
            all.insert(format!("{}: {what}", of.id()));
        }
        Ok(())
    }

    /// Takes the definition of a kind.
    pub(super) fn defined(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let Some(mut spec) = Object::of(of.object, "")?.object("spec")? else { return Ok(()) };
        let group = spec.text("group")?.unwrap_or_default();
        let kind = match spec.object("names")? {
            Some(mut names) => names.text("kind")?,
            None => None,
        };
        if KINDS.iter().any(|(of, name, _)| *of == group && Some(*name) == kind) {
            let kind = kind.unwrap_or_default();
            self.may
                .insert(format!("{kind} of {group} is installed, and its objects are not listed"));
        }
        Ok(())
    }

    /// Takes an object of a kind that an extension defines.
    pub(super) fn custom(&mut self, identity: &Identity) {
        let Identity { api_version, kind, namespace, name } = identity;
        let group = api_version.split('/').next().unwrap_or_default();
        let known = KINDS.iter().find(|(of, name, _)| *of == group && name == kind);
        match known {
            Some((.., true)) => {
                let all = self.found.entry(namespace.clone()).or_default();
                let place = Some(namespace.as_str()).filter(|place| !place.is_empty());
                all.insert(id(kind, place, name));
            }
            Some((.., false)) => {
                self.may.insert(format!("{kind}/{name} acts in namespaces of its choice"));
            }
            None => {}
        }
    }

    /// Fills the fact of the namespaces.
    pub(super) fn fill(&self, namespaces: &mut [Namespace], view: &View<'_>) {
        let unread = view.missing.of(workload::kinds()).first().copied();
        let undefined = view.missing.of(["CustomResourceDefinition"]).first().copied();
        let undefined = undefined.filter(|_| view.origin == Origin::Cluster);
        for namespace in namespaces {
            let name = namespace.name.as_str();
            let name = if name == super::UNNAMED { "" } else { name };
            let found: Vec<String> = self.found.get(name).into_iter().flatten().cloned().collect();
            let may = || {
                let unnamed = self.found.get("").filter(|_| !name.is_empty());
                let unnamed = unnamed.map(|_| {
                    "manifests that do not name a namespace may be applied in it".to_owned()
                });
                let why = self.may.first().cloned().or(unnamed)?;
                Some(view.undetermined(&namespace.id, &why))
            };
            // One is enough: where there is one, no other is missing.
            let open = match found.is_empty() {
                true => unread.or(undefined).or_else(may),
                false => None,
            };
            namespace.external_secrets = Entries::new(found, open).into_fact();
        }
    }
}
