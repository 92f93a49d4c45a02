//! Kubernetes: manifests in files, and live clusters.

#[cfg(feature = "kubernetes")]
mod benchmark;
#[cfg(feature = "kubernetes")]
pub(crate) mod clusters;

use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::text::counted;
use posture_core::wanted::Wanted;

#[cfg(feature = "kubernetes")]
pub use benchmark::Report;
#[cfg(feature = "kubernetes")]
pub use clusters::{Clusters, Server};
#[cfg(feature = "kubernetes")]
pub use posture_kubernetes::cluster::{Cause, LoginError};
pub use posture_kubernetes::manifests::{Options as Manifests, Tree};

use crate::{Audit, Event, Read, Settings, files};

impl Audit<Manifests> {
    /// The manifests in a file or folder; `-` is standard input.
    pub fn manifests(path: impl Into<std::path::PathBuf>) -> Self {
        Self {
            target: Manifests { paths: vec![path.into()], ..Manifests::default() },
            settings: Settings::default(),
        }
    }

    /// Reads another file or folder as well. All of them are judged as one: a policy in one file protects a workload in another.
    #[must_use]
    pub fn path(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.paths.push(path.into());
        self
    }

    /// The name of the whole, which is part of the IDs of findings; without it, the paths are.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.target.name = Some(name.into());
        self
    }

    /// The minor version of Kubernetes that the manifests are for; the newest known if it is not given.
    #[must_use]
    pub fn minor_version(mut self, minor: u16) -> Self {
        self.target.minor = minor;
        self
    }
}

/// Why Kubernetes cannot be audited.
#[cfg(feature = "kubernetes")]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No cluster can be read.
    #[error("cannot read any Kubernetes cluster")]
    Login(#[source] LoginError),
}

/// Reads manifests.
pub(crate) async fn read_manifests<E: Send>(
    manifests: &Manifests,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let provider = Provider::Kubernetes;
    let options = manifests.clone();
    let read = move |wanted: &Wanted| {
        let now = || jiff::Timestamp::now().into();
        posture_kubernetes::manifests::read(&options, wanted, now)
    };
    let tree = files::read(provider, settings, read).await;
    let account = tree.scope.id.clone();
    for (kind, count) in &tree.custom {
        let objects = counted(*count, "object", "objects");
        settings
            .note(&format!("{objects} of kind {kind} not judged: an extension defines the kind"));
    }
    files::note_others(settings, &tree.others, "more that are not Kubernetes objects");
    files::note_others(settings, &tree.skipped, "more folders");
    if tree.is_empty() {
        // A report about nothing must not look like one about something good.
        settings.note(&format!("no Kubernetes objects in {account}"));
    } else {
        take(tree.scope).map_err(Read::Take)?;
    }
    Event::Done { provider, account }.tell(settings.observer.as_ref());
    Ok(())
}
