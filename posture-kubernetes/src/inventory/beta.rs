//! Objects that were written in beta versions of APIs, which later versions of Kubernetes do not serve any more.
//!
//! A manifest has one version. The API server converts an object of a cluster to whichever version is requested, and keeps for each
//! client the version in which it set fields.
//! [Source](https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management), read on 2026-12-01. A version that the
//! server itself does not serve is a trace of the past: no client can use it there.

use std::collections::BTreeSet;

use posture_model::fact::Known;
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::BetaObject;
use posture_model::source::Source;

use super::objects::Observed;
use super::{Origin, View};
use crate::action::{VERSION, listing};
use crate::manifest::{Identity, Served, dropped_later, lasting};
use crate::pod_security::Versions;
use crate::read::{Invalid, Object};

/// An object in a version.
#[derive(Clone, Debug)]
struct One {
    id: String,
    kind: String,
    name: String,
    namespace: Option<String>,
    version: String,
    /// The minor version that first did not serve it, for one that is not served.
    since: Option<u16>,
    source: Option<Source>,
}

/// The objects in beta versions.
#[derive(Debug, Default)]
pub(super) struct Betas {
    all: Vec<One>,
    /// The versions of APIs that the server serves; nothing if it is not known.
    served: Option<BTreeSet<String>>,
    /// Why it is not known.
    unserved: Option<GapId>,
}

impl Betas {
    pub(super) fn extend(&mut self, other: Self) {
        self.all.extend(other.all);
        self.served = self.served.take().or(other.served);
        self.unserved = self.unserved.or(other.unserved);
    }

    /// Takes the versions of APIs that the server serves.
    pub(super) fn served(&mut self, versions: BTreeSet<String>) {
        self.served = Some(versions);
    }

    /// Why it is not known which versions the server serves.
    pub(super) fn unserved(&mut self, gap: GapId) {
        self.unserved = Some(gap);
    }

    /// Takes from an object the versions in which it was written.
    pub(super) fn take(&mut self, of: &Observed<'_>, origin: Origin) -> Result<(), Invalid> {
        let mut versions = BTreeSet::new();
        let mut fields = Object::of(of.object, "")?;
        match origin {
            Origin::Manifests => versions.extend(fields.text("apiVersion")?),
            Origin::Cluster => {
                let Some(mut metadata) = fields.object("metadata")? else { return Ok(()) };
                for mut set in metadata.objects("managedFields")? {
                    versions.extend(set.text("apiVersion")?);
                }
            }
        }
        for version in versions.into_iter().filter(|version| is_beta(version)) {
            self.all.push(One {
                id: match &of.source {
                    Some(source) => format!("{}@{version} in {source}", of.id()),
                    None => format!("{}@{version}", of.id()),
                },
                kind: of.kind.clone(),
                name: of.name.clone(),
                namespace: of.namespace.clone(),
                version: version.to_owned(),
                since: None,
                source: of.source.clone(),
            });
        }
        Ok(())
    }

    /// Takes an object of a manifest whose version a minor version of Kubernetes was the first not to serve.
    pub(super) fn removed(&mut self, identity: &Identity, since: u16, source: Source) {
        let Identity { api_version, kind, namespace, name } = identity;
        let namespace = Some(namespace.clone()).filter(|namespace| !namespace.is_empty());
        let name = if name.is_empty() { "?" } else { name };
        let id = super::id(kind, namespace.as_deref(), name);
        self.all.push(One {
            id: format!("{id}@{api_version} in {source}"),
            kind: kind.clone(),
            name: name.to_owned(),
            namespace,
            version: api_version.clone(),
            since: Some(since),
            source: Some(source),
        });
    }

    /// The objects, for a server of these versions.
    pub(super) fn finish(self, view: &View<'_>, versions: Versions) -> Listing<BetaObject> {
        let mut gaps: Vec<GapId> = view.missing.of(crate::action::listed_kinds());
        if let Some(gap) = view.version {
            gaps.push(gap);
            return Listing { items: Vec::new(), gaps };
        }
        let minor = versions.newest().minor();
        let mut items = Vec::new();
        let served = self.served;
        for one in self.all {
            let removed_in = match (one.since, lasting(&one.version, &one.kind, minor)) {
                (Some(since), _) => Some(format!("1.{since}")),
                (None, Served::Until(last)) => Some(format!("1.{}", last + 1)),
                (None, Served::Still) => None,
                (None, Served::Not) => continue,
            };
            let place = one.namespace.as_deref();
            let mut item = BetaObject::unread_on(Provider::Kubernetes, one.id, one.name, place)
                .api_version(Known(one.version))
                .removed_in(Known(removed_in));
            item.source = one.source.map(Box::new);
            items.push(item);
        }
        let unlisted: Vec<String> = dropped_later(minor)
            .filter(|(version, kind)| is_beta(version) && listing(kind).is_none())
            // Beta versions are off unless someone turns them on, since 1.24.
            // https://kubernetes.io/docs/reference/using-api/deprecation-policy/, read on 2026-12-01.
            .filter(|(version, _)| served.as_ref().is_none_or(|served| served.contains(*version)))
            .map(|(version, kind)| format!("{kind} of {version}"))
            .collect();
        if view.origin == Origin::Cluster && !unlisted.is_empty() {
            let detail = format!("objects of these kinds are not listed: {}", unlisted.join(", "));
            gaps.push(view.gaps.note(Gap::undetermined(VERSION, "", &detail)));
            gaps.extend(self.unserved);
        }
        gaps.sort_unstable();
        gaps.dedup();
        Listing { items, gaps }
    }
}

/// Alpha versions are off unless someone turns them on, and may change with every release; stable ones stay.
/// [Source](https://kubernetes.io/docs/reference/using-api/deprecation-policy/), read on 2026-12-01.
fn is_beta(version: &str) -> bool {
    version.rsplit('/').next().is_some_and(|last| last.contains("beta"))
}
