//! What is taken beside the objects of built-in kinds: what was not read, what extensions define, and what the server shows of itself.

use std::collections::BTreeSet;

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, Reason};
use posture_model::source::Source;
use serde_json::Value;

use super::objects::Observed;
use super::{Inventory, is_gateway, secrets};
use crate::action::{KubernetesAction, listing};
use crate::manifest::{Identity, removed_since};
use crate::read::Invalid;

impl Inventory {
    /// An object that the server returned and that cannot be used: its list is not complete.
    pub(super) fn malformed(&mut self, kind: &str, id: &str, invalid: &Invalid) {
        let action = listing(kind).map_or("", |(action, _)| action.name);
        let gap =
            Gap { detail: Some(invalid.to_string()), ..Gap::new(action, id, Reason::Malformed) };
        let gap = self.gaps.note(gap);
        self.missing.add(kind, gap);
        self.policies.unread(kind, None);
    }

    /// A list that could not be read, or not to its end.
    pub fn unread(&mut self, action: &KubernetesAction, gap: Gap) {
        let gap = self.gaps.note(gap);
        if let crate::action::Request::List(api) = &action.own {
            self.missing.add(api.kind, gap);
            self.policies.unread(api.kind, None);
        }
    }

    /// Whether there may be objects of a kind that were not read.
    pub fn lacks(&self, kind: &str) -> bool {
        !self.missing.of([kind]).is_empty()
    }

    /// The list of a namespace that could not be read, or not to its end.
    pub fn unread_in(&mut self, action: &KubernetesAction, namespace: &str, gap: Gap) {
        let gap = self.gaps.note(Gap { region: Some(namespace.to_owned()), ..gap });
        if let crate::action::Request::List(api) = &action.own {
            self.missing.add_in(api.kind, namespace, gap);
            self.policies.unread(api.kind, Some(namespace));
        }
    }

    /// Takes an object of a kind that an extension defines, and returns whether it is judged by itself. Others of them act on connections
    /// or reject pods.
    pub fn custom(&mut self, identity: &Identity, object: &Value, source: Option<Source>) -> bool {
        let Identity { api_version, kind, namespace, name } = identity;
        self.policies.custom(api_version, kind, namespace, name);
        self.external.custom(identity);
        self.namespaces.engines().custom(identity, object);
        let judged = is_gateway(api_version, kind);
        if judged {
            self.take(object, source);
        }
        judged
    }

    /// All objects of a kind that an extension defines were taken, if there are any.
    pub fn custom_listed(&mut self, api_version: &str, kind: &str) {
        self.policies.listed(api_version, kind);
    }

    /// Takes a Secret of a manifest.
    pub(super) fn secret(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        self.accounts.secret(of)?;
        let unique = self.unique(of);
        self.secrets.push(secrets::read(of, unique)?);
        Ok(())
    }

    /// An object of a version of an API that the server does not serve any more. It is not applied, and named as that.
    pub fn removed(&mut self, identity: &Identity, source: Source) {
        if let Some(since) =
            removed_since(&identity.api_version, &identity.kind, self.versions.newest().minor())
        {
            self.betas.removed(identity, since, source);
        }
    }

    /// A document of a file that the API server would reject. What it would have declared is not known.
    pub fn invalid(&mut self, identity: &Identity, why: Gap) {
        let gap = self.gaps.note(why);
        if crate::manifest::is_kind(&identity.kind) {
            self.missing.add(&identity.kind, gap);
            self.policies.unread(&identity.kind, Some(&identity.namespace));
        } else {
            self.missing.any.insert(gap);
        }
    }

    /// A file that could not be read.
    pub fn unreadable(&mut self, why: Gap) {
        let gap = self.gaps.note(why);
        self.missing.any.insert(gap);
    }

    /// Takes the version of the server, as in `v1.33.2`, or why it is not known.
    pub fn server(&mut self, version: Result<String, Gap>) {
        self.server = match version {
            Ok(version) => Known(version),
            Err(why) => Fact::Gap(self.gaps.note(why)),
        };
    }

    /// Takes the versions of APIs that the server serves, such as `apps/v1`.
    pub fn served(&mut self, versions: BTreeSet<String>) {
        self.betas.served(versions);
    }

    /// Why it is not known which versions of APIs the server serves.
    pub fn unserved(&mut self, gap: Gap) {
        self.betas.unserved(self.gaps.note(gap));
    }

    /// Takes what identifies the server: its host, if its address has one that leads to this cluster alone, and the issuer of its tokens,
    /// if a cloud chose it.
    pub fn hosts(&mut self, hosts: impl IntoIterator<Item = String>) {
        self.hosts = Known(hosts.into_iter().collect());
    }
}
