//! What facts are decided with.

use posture_model::gap::{Gap, GapId, Register};
use posture_model::scope::Level;

use super::missing::Missing;
use crate::action::listing;

/// Where objects come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A live cluster.
    Cluster,
    /// Manifests in files.
    Manifests,
}

impl Origin {
    /// The level of the scope.
    pub fn level(self) -> Level {
        match self {
            Self::Cluster => Level::Cluster,
            Self::Manifests => Level::Manifests,
        }
    }
}

/// What the facts of several objects are decided with.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    pub(crate) origin: Origin,
    pub(crate) gaps: &'v Register,
    pub(crate) missing: &'v Missing,
    /// Why the version of the server is not known, if it is not.
    pub(crate) version: Option<GapId>,
}

impl View<'_> {
    /// The action that would have shown an object of a kind.
    pub(crate) fn action(&self, kind: &str) -> &'static str {
        match self.origin {
            Origin::Cluster => listing(kind).map_or("", |(action, _)| action.name),
            Origin::Manifests => crate::manifests::ACTION,
        }
    }

    /// Whether all objects of a kind that the cluster has were read. Manifests never show that.
    pub(crate) fn has_all(&self, kind: &str) -> bool {
        self.origin == Origin::Cluster && self.missing.of([kind]).is_empty()
    }

    /// Why the lists of these kinds are not complete, in words; nothing if they are.
    pub(crate) fn unread<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> Option<String> {
        self.unread_in(kinds, "")
    }

    /// As [`unread`](Self::unread), of one namespace; of all if it has no name.
    pub(crate) fn unread_in<'k>(
        &self,
        kinds: impl IntoIterator<Item = &'k str>,
        namespace: &str,
    ) -> Option<String> {
        let gap = self.missing.of_in(kinds, namespace).first().copied()?;
        self.gaps.list().get(gap.index()).map(Gap::words)
    }

    /// A gap: what was read of an object does not decide an answer, for the reason that `detail` states.
    pub(crate) fn undetermined(&self, id: &str, detail: &str) -> GapId {
        let kind = id.split('/').next().unwrap_or_default();
        self.gaps.note(Gap::undetermined(self.action(kind), id, detail))
    }
}
