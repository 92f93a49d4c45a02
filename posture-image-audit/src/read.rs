//! From files to scopes: one for each image.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use posture_collect::files::shown;
use posture_image::image::Options as Reading;
use posture_image::limits::Limits;
use posture_image::manifest::Platform;
use posture_image::source::{Archive, Blobs, Named, Root};
use posture_image::{Cause, Gap as Open, text};
use posture_model::fact::Known;
use posture_model::gap::{Gap, GapId, Reason, Register};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, Kind, Resource};
use posture_model::scope::{Level, Scope};
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use crate::database::{self, Feeds};
use crate::documents::Documents;
use crate::gaps::{Gaps, reason};
use crate::info::{CONFIGURATION, PARTITION};
use crate::registry::Registries;
use crate::seen;
use crate::trust::Trust;
use crate::vulnerabilities;

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// OCI layouts, as folders or tar files, and archives of `docker save`.
    pub paths: Vec<PathBuf>,
    /// The name of the image, which identifies it in findings; its path if there is none. It is for one image only.
    pub name: Option<String>,
    /// The platform that is chosen where an image is for several.
    pub platform: Platform,
    /// The database of vulnerabilities. Without it, none can be excluded.
    pub database: Option<PathBuf>,
    /// The catalog of exploited vulnerabilities; the one beside the database if none is named.
    pub exploited: Option<PathBuf>,
    /// How many days old the data may be. Older data shows vulnerabilities, and never that there are no others.
    pub max_database_age_days: u32,
    /// Whether vulnerabilities that no version fixes are left out of the judgment.
    pub ignore_unfixed: bool,
    /// Images of registries.
    pub registries: Registries,
    /// Documents of others.
    pub documents: Documents,
    /// The folder with what is known of images that were read before; see [`cache`](crate::cache). Without it, every image is read.
    pub cache: Option<PathBuf>,
}

impl Default for Options {
    /// Images for `linux/amd64`, without a database.
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            name: None,
            platform: Reading::new([0; 32]).platform,
            database: None,
            exploited: None,
            max_database_age_days: database::MAX_AGE_DAYS,
            ignore_unfixed: false,
            registries: Registries::default(),
            documents: Documents::default(),
            cache: None,
        }
    }
}

impl Options {
    /// The catalog of exploited vulnerabilities: the one that is named, or one that is beside the database.
    pub(crate) fn exploited(&self) -> Option<PathBuf> {
        let beside = || self.database.as_deref().map(database::beside).filter(|path| path.exists());
        self.exploited.clone().or_else(beside)
    }
}

/// An image that is to be read, and what is known of it from outside.
#[derive(Clone)]
pub struct Input {
    /// The ID of its scope.
    pub id: String,
    /// Where its blobs are.
    pub blobs: Arc<dyn Blobs + Send + Sync>,
    /// Where to begin.
    pub named: Named,
    /// Who vouches for it.
    pub trust: Trust,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a path holds: images, or what cannot be read as one.
pub type Found = Result<Input, Box<Scope>>;

/// The images of the paths, in their order. What cannot be opened is a scope of which nothing is known.
pub fn inputs(options: &Options, now: Time) -> Vec<Found> {
    let limits = Limits::default();
    let mut all = Vec::new();
    for path in &options.paths {
        match Archive::open(path, &limits) {
            Ok(archive) if archive.images.is_empty() => {
                let open = Open::new(Cause::Missing, shown(path), "no image in it");
                all.push(Err(Box::new(refused(&shown(path), &open, now))));
            }
            Ok(archive) => all.extend(of_archive(path, archive).into_iter().map(Ok)),
            Err(open) => all.push(Err(Box::new(refused(&shown(path), &open, now)))),
        }
    }
    if let (Some(name), [one]) = (&options.name, all.as_mut_slice()) {
        match one {
            Ok(input) => input.id.clone_from(name),
            Err(scope) => {
                scope.id.clone_from(name);
                scope.name = Some(name.clone());
            }
        }
    }
    all
}

/// One scope is called like its file; several like the file and the image.
fn of_archive(path: &Path, archive: Archive) -> Vec<Input> {
    let images = archive.images.clone();
    let blobs: Arc<dyn Blobs + Send + Sync> = Arc::new(archive);
    let alone = images.len() == 1;
    let one = |(number, named): (usize, Named)| {
        let name = named.names.first().map(|name| text::clip(name.as_bytes(), 200));
        let digest = match &named.root {
            Root::Document(root) => root.digest.to_string(),
            Root::Files { config, .. } => text::clip(config.as_bytes(), 200),
        };
        let id = match alone {
            true => shown(path),
            false => format!("{}#{}", shown(path), name.unwrap_or(digest)),
        };
        (number, Input { id, blobs: Arc::clone(&blobs), named, trust: Trust::of_archive() })
    };
    let mut all: Vec<(usize, Input)> = images.into_iter().enumerate().map(one).collect();
    // Two images may claim the same name: none of them is dropped.
    let ids: Vec<String> = all.iter().map(|(_, input)| input.id.clone()).collect();
    for (number, input) in &mut all {
        if ids.iter().filter(|id| **id == input.id).count() > 1 {
            input.id = format!("{}#{}", input.id, *number + 1);
        }
    }
    all.into_iter().map(|(_, input)| input).collect()
}

/// Reads an image. The times are those at which that began and ended.
pub fn read(
    input: &Input,
    options: &Options,
    feeds: &Feeds,
    wanted: &Wanted,
    now: impl Fn() -> Time,
) -> Scope {
    let started = now();
    // The key of the fingerprints of secrets, which are not reported.
    let reading = Reading { platform: options.platform.clone(), ..Reading::new([0; 32]) };
    let seen = match seen::of(input, &reading, options.cache.as_deref()) {
        Ok(seen) => seen,
        Err(open) => return refused(&input.id, &open, started),
    };
    let mut scope = empty(&input.id, started);
    // Of several platforms, one was chosen.
    if let (Some(_), Known(platform)) = (&seen.identity.index, &seen.image.platform) {
        scope.name = Some(format!("{} ({platform})", input.id));
    }
    let register = Register::default();
    let gaps = Gaps(&register);
    if wanted.kind(Kind::ContainerImage) {
        let mut image = seen.facts(input, &register);
        hide(&mut image, wanted);
        scope.container_images = Listing::complete(vec![image]);
    }
    if wanted.kind(Kind::Vulnerability) {
        let subject = vulnerabilities::Subject::of(&seen, input);
        let mut list = vulnerabilities::list(&subject, feeds, options.ignore_unfixed, &gaps);
        list.items.iter_mut().for_each(|one| hide(one, wanted));
        scope.vulnerabilities = list;
    }
    scope.gaps = register.into_list();
    scope.finished = now();
    scope.canonicalise();
    scope
}

pub(crate) fn empty(id: &str, started: Time) -> Scope {
    let mut scope = Scope::unread(Provider::Image, id, PARTITION, started);
    scope.level = Level::Image;
    scope.name = Some(id.to_owned());
    scope
}

/// An image of which nothing can be read, for one reason. A file that is not an image is an invalid one.
pub fn refused(id: &str, open: &Open, at: Time) -> Scope {
    let reason = match open.cause {
        Cause::Incomplete => reason(open.cause),
        _ => Reason::InvalidFile,
    };
    let detail = match open.place.as_str() == id || open.place.is_empty() {
        true => open.detail.clone(),
        false => format!("{}: {}", open.place, open.detail),
    };
    closed(id, Gap { detail: Some(detail), ..Gap::new(CONFIGURATION, id, reason) }, at)
}

/// An image that was not read as the audit was stopped before.
pub fn canceled(id: &str, at: Time) -> Scope {
    closed(id, Gap::new(CONFIGURATION, id, Reason::Canceled), at)
}

/// An image of which nothing can be read, for this reason.
pub fn closed(id: &str, gap: Gap, at: Time) -> Scope {
    let mut scope = Scope::refused(Provider::Image, id, PARTITION, at, gap);
    scope.level = Level::Image;
    scope.name = Some(id.to_owned());
    scope
}

/// Hides what nobody asked for.
pub(crate) fn hide<R: Resource>(resource: &mut R, wanted: &Wanted) {
    for fact in R::FACTS {
        if !wanted.fact(FactId { kind: R::KIND, name: fact.name }) {
            resource.hide(fact.name, GapId::NOT_COLLECTED);
        }
    }
}
