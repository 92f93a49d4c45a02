//! Container images, in archives, layouts and registries, without a daemon.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let audit = posture::Audit::images("web.tar").database("vulnerabilities.db");
//! for finding in audit.control("images")?.run().await?.iter() {
//!     println!("{} {:?}", finding.control.id, finding.outcome);
//! }
//! # Ok(())
//! # }
//! ```

pub(crate) mod beside;
mod given;
pub(crate) mod held;
mod sbom;

use std::sync::Arc;

use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::time::Time;

pub use posture_image::manifest::Platform;
pub use posture_image::reference::{Reference, ReferenceError};
pub use posture_image_audit::documents::Documents;
pub use posture_image_audit::registry::{AccessError, Registries};
pub use posture_image_audit::{
    Input, Options as Images, cache, database, exploited, fetch, trust, update,
};
pub use sbom::{Format, Materials, MaterialsError, Output, sbom};

pub use beside::{Beside, MOST, NEWEST};

use posture_image_audit::database::Feeds;
use posture_image_audit::registry::{Access, check};
use posture_image_audit::{bills, read};

use crate::{Audit, Event, Read, Settings};

impl Audit<Images> {
    /// Images: an OCI layout, as a folder or a tar file, or an archive of `docker save`. Nothing of an image is run.
    pub fn images(path: impl Into<std::path::PathBuf>) -> Self {
        Self {
            target: Images { paths: vec![path.into()], ..Images::default() },
            settings: Settings::default(),
        }
    }

    /// An image in a registry, such as `ghcr.io/example/app:1.2`. Registries are read only, with the credentials that Docker's
    /// configuration has for them.
    pub fn registry_image(reference: Reference) -> Self {
        let registries = Registries { references: vec![reference], ..Registries::default() };
        Self { target: Images { registries, ..Images::default() }, settings: Settings::default() }
    }

    /// Reads another image of a registry as well.
    #[must_use]
    pub fn reference(mut self, reference: Reference) -> Self {
        self.target.registries.references.push(reference);
        self
    }

    /// A file with a public key in PEM, of which one has to have signed images of registries.
    #[must_use]
    pub fn key(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.registries.keys.push(path.into());
        self
    }

    /// An identity of certificates with its issuer, of which one has to have signed images of registries.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>, issuer: impl Into<String>) -> Self {
        self.target.registries.identities.push((identity.into(), issuer.into()));
        self
    }

    /// Runs no credential helper of Docker's configuration. Helpers are programs.
    #[must_use]
    pub fn no_exec(mut self) -> Self {
        self.target.registries.no_exec = true;
        self
    }

    /// Reads another archive or layout as well.
    #[must_use]
    pub fn path(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.paths.push(path.into());
        self
    }

    /// The name of the image, which identifies it in findings; without it, its path does. It is for one image only.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.target.name = Some(name.into());
        self
    }

    /// The platform that is chosen where an image is for several; `linux/amd64` by default.
    #[must_use]
    pub fn platform(mut self, platform: Platform) -> Self {
        self.target.platform = platform;
        self
    }

    /// The database of vulnerabilities that [`update`] makes. Without it, no vulnerability can be excluded.
    #[must_use]
    pub fn database(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.database = Some(path.into());
        self
    }

    /// How many days old the database may be. An older one shows vulnerabilities, and never that there are no others.
    #[must_use]
    pub fn max_database_age_days(mut self, days: u32) -> Self {
        self.target.max_database_age_days = days;
        self
    }

    /// A `trusted_root.json` of Sigstore, by which signatures with a certificate are verified; without it, that of the public instance
    /// that is compiled in counts.
    #[must_use]
    pub fn trusted_root(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.registries.trusted_root = Some(path.into());
        self
    }

    /// A folder that keeps what was read of an image by its digest, see [`cache`]; without it, every image is read.
    #[must_use]
    pub fn cache(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.target.cache = Some(folder.into());
        self
    }

    /// Leaves vulnerabilities that no version fixes out of the judgment.
    #[must_use]
    pub fn ignore_unfixed(mut self) -> Self {
        self.target.ignore_unfixed = true;
        self
    }
}

/// Why images cannot be audited.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Registries cannot be read as the options say.
    #[error("cannot audit images in registries")]
    Access(#[source] AccessError),
}

/// Which calls would be made: none, as files are read without one, and what a registry holds decides how many there are.
pub(crate) fn plan(_: &Images) -> Vec<(String, Plan)> {
    Vec::new()
}

/// Reads one image after the other, so that the memory is that of one.
pub(crate) async fn read<E: Send>(
    images: &Images,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let provider = Provider::Image;
    let observer = settings.observer.as_ref();
    let wanted = Arc::new(settings.wanted(provider));
    let now = || Time::from(jiff::Timestamp::now());
    let options = Arc::new(images.clone());
    let access = match images.registries.references.is_empty() {
        true => {
            let of = images.registries.clone();
            let signers = !of.keys.is_empty() || !of.identities.is_empty();
            let checked = blocking(move || check(&of)).await;
            checked.map_err(|error| Read::Audit(Error::Access(error).into()))?;
            if signers {
                settings.note(
                    "keys and identities are for registries: signatures of archives are not read",
                );
            }
            None
        }
        false => {
            let of = images.registries.clone();
            let opened = blocking(move || Access::open(&of)).await;
            let opened = opened.map_err(|error| Read::Audit(Error::Access(error).into()))?;
            if let Some(note) = opened.note(now()).filter(|_| wanted.any(trust::FACTS)) {
                settings.note(&note);
            }
            Some(opened.for_platform(images.platform.clone()))
        }
    };
    let (inputs, feeds) = {
        let options = Arc::clone(&options);
        blocking(move || (read::inputs(&options, now()), Arc::new(Feeds::open(&options, now()))))
            .await
    };
    let alone = bills::alone(&options);
    if inputs.len() + alone.len() != 1 && images.name.is_some() {
        settings.note("a name is for one image, and there are several: each is named by its path");
    }
    for note in feeds.notes(&wanted) {
        settings.note(&note);
    }
    let count = inputs.len() + images.registries.references.len() + alone.len();
    Event::Found { provider, accounts: count }.tell(observer);
    let todo = inputs.into_iter().map(|found| Todo::Found(Box::new(found)));
    let references = images.registries.references.iter().cloned();
    let alone = alone.into_iter().map(Todo::Bill);
    for one in todo.chain(references.map(Todo::Reference)).chain(alone) {
        let account = match &one {
            Todo::Found(found) => match found.as_ref() {
                Ok(input) => input.id.clone(),
                Err(scope) => scope.id.clone(),
            },
            Todo::Reference(reference) => reference.to_string(),
            Todo::Bill(name) => bills::id(name, &options),
        };
        if settings.is_done(provider, &account) {
            continue;
        }
        let digest = match &one {
            Todo::Reference(reference) => reference.digest.clone(),
            Todo::Found(_) | Todo::Bill(_) => None,
        };
        let (shared, data, asked) = (Arc::clone(&options), Arc::clone(&feeds), Arc::clone(&wanted));
        let input = match (one, &access) {
            (Todo::Bill(name), _) => {
                let scope = match settings.stop.is_stopped() {
                    true => read::canceled(&account, now()),
                    false => {
                        blocking(move || bills::read(&name, &shared, &data, &asked, now)).await
                    }
                };
                take(scope).map_err(Read::Take)?;
                Event::Done { provider, account }.tell(observer);
                continue;
            }
            (Todo::Found(found), _) => *found,
            (Todo::Reference(_), _) if settings.stop.is_stopped() => {
                Err(Box::new(read::canceled(&account, now())))
            }
            (Todo::Reference(reference), Some(access)) => {
                let input = access.input(&reference, &wanted, now()).await;
                // The first screen has room for less than a registry has to say.
                if let Err(scope) = &input
                    && let Some(gap) = scope.gaps.iter().find(|gap| gap.target == account)
                {
                    settings.note(gap.detail.as_deref().unwrap_or_default());
                }
                if let Ok(Input { trust, .. }) = &input
                    && let Some(note) = &trust.note
                {
                    settings.note(note);
                }
                input
            }
            (Todo::Reference(_), None) => continue,
        };
        let scope = match input {
            Ok(_) if settings.stop.is_stopped() => read::canceled(&account, now()),
            Ok(input) => blocking(move || read::read(&input, &shared, &data, &asked, now)).await,
            Err(refused) => {
                let add = move || bills::beside(*refused, digest.as_ref(), &shared, &data, &asked);
                blocking(add).await
            }
        };
        take(scope).map_err(Read::Take)?;
        Event::Done { provider, account }.tell(observer);
    }
    for note in feeds.left() {
        settings.note(&note);
    }
    Ok(())
}

/// What is to be read.
enum Todo {
    /// An image of a file, or what cannot be read as one.
    Found(Box<read::Found>),
    /// An image of a registry.
    Reference(Reference),
    /// A bill of materials without its image, by its name.
    Bill(String),
}

/// Reads files beside the calls to clouds, which they would block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}
