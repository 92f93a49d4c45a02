//! Images that other targets name, audited in the same run.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use posture::image::Beside;
//!
//! let audit = posture::Audit::manifests("k8s").with_images(Beside::default());
//! println!("{} findings", audit.run().await?.iter().count());
//! # Ok(())
//! # }
//! ```
//!
//! The images are read after everything else, each distinct digest once. What a cluster runs is read by the digest that its nodes report,
//! and for the platform of the node; of what only has a tag, that which the tag leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind, Workload};
use posture_core::scope::Scope;
use posture_core::text::counted;
use posture_core::time::Time;
use posture_image::reference::Reference;
use posture_image::source::Root;
use posture_image::{Cause, Gap as Open, text};
use posture_image_audit::database::Feeds;
use posture_image_audit::read;
use posture_image_audit::registry::Access;

use super::held::{Held, Registries};
use super::{Error, Images, Platform, blocking};
use crate::{Event, Read, Settings};

/// The most images of a run, unless another number is set.
pub const MOST: usize = 200;

/// The newest images of a repository that are read, unless another number is set.
pub const NEWEST: usize = 3;

/// The most images of which it is noted that they cannot be read.
const MOST_NOTED: usize = 5;

/// How the images that a target names are audited in the same run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// How images are read. Which ones, the target decides.
    pub reading: Images,
    /// The most distinct images. Those beyond are unknown, and an image stands for them.
    pub most: usize,
    /// Of each repository of a registry that belongs to an account, how many of the newest images that have a tag.
    pub newest: usize,
}

impl Default for Beside {
    /// At most [`MOST`] images, for `linux/amd64` where no node has another platform, without a database.
    fn default() -> Self {
        Self { reading: Images::default(), most: MOST, newest: NEWEST }
    }
}

/// The facts of a provider that name images.
pub(crate) fn facts(provider: Provider) -> &'static [FactId] {
    match provider {
        Provider::Kubernetes => &[Workload::IMAGES, Workload::RUNNING_IMAGES],
        Provider::Docker => &[Workload::IMAGES],
        // What registries of accounts hold is not a fact of the account.
        Provider::Aws | Provider::Azure | Provider::Image => &[],
    }
}

/// What targets name, until it is read.
#[derive(Debug, Default)]
pub(crate) struct Named {
    groups: Mutex<Vec<Group>>,
    /// The images that were audited as such, by digest and platform.
    seen: Mutex<BTreeSet<(String, String)>>,
}

/// What targets with the same options name.
#[derive(Debug)]
struct Group {
    how: Beside,
    images: BTreeSet<One>,
    /// What registries of accounts hold.
    held: Held,
    /// What cannot be a name of an image, and why.
    unusable: BTreeMap<String, String>,
}

/// An image that is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct One {
    /// Digests come first: they spare what a tag leads to.
    by_tag: bool,
    reference: Reference,
    /// The platform of the node that runs it.
    platform: Option<String>,
}

impl Named {
    /// Checks whether registries can be read as the options say, before anything is read.
    pub(crate) async fn check(how: &Beside) -> Result<(), Error> {
        let of = how.reading.registries.clone();
        blocking(move || Access::open(&of)).await.map(drop).map_err(Error::Access)
    }

    /// Takes what a scope names, to be read in this way.
    pub(crate) fn add(&self, how: &Beside, scope: &Scope) {
        self.with(how, |group| group.workloads(scope));
    }

    /// Takes what registries of accounts hold.
    pub(crate) fn hold(&self, how: &Beside, registries: &Registries) {
        self.with(how, |group| group.held.extend(registries.take()));
    }

    fn with(&self, how: &Beside, change: impl FnOnce(&mut Group)) {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let place = groups.iter().position(|group| group.how == *how).unwrap_or_else(|| {
            groups.push(Group::new(how));
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            change(group);
        }
    }

    /// Notes an image that was audited.
    pub(crate) fn audited(&self, scope: &Scope) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for image in &scope.container_images.items {
            if let (Ok(digests), Ok(platform)) = (image.digests.known(), image.platform.known()) {
                seen.extend(digests.iter().map(|digest| (digest.clone(), platform.clone())));
            }
        }
    }

    fn is_audited(&self, digest: &str, platform: &str) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.contains(&(digest.to_owned(), platform.to_owned()))
    }

    /// Reads the images.
    pub(crate) async fn read<E: Send>(
        &self,
        settings: &Settings,
        take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
    ) -> Result<(), Read<E>> {
        let groups = {
            let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *groups)
        };
        let wanted = settings.wanted(Provider::Image);
        if !wanted.kind(Kind::ContainerImage) && !wanted.kind(Kind::Vulnerability) {
            if !groups.is_empty() {
                settings
                    .note("no image was audited: none of the selected controls is about images");
            }
            return Ok(());
        }
        for (number, group) in groups.into_iter().enumerate() {
            group.read(number, self, settings, take).await?;
        }
        Ok(())
    }
}

impl Group {
    fn new(how: &Beside) -> Self {
        Self {
            how: how.clone(),
            images: BTreeSet::new(),
            held: Held::default(),
            unusable: BTreeMap::new(),
        }
    }

    /// Adds the images of workloads: what runs, and what is declared of containers that do not run.
    fn workloads(&mut self, scope: &Scope) {
        for workload in &scope.workloads.items {
            let declared: Vec<(&str, &str)> = match workload.images.known() {
                Ok(entries) => {
                    entries.certain().iter().filter_map(|entry| entry.split_once(": ")).collect()
                }
                Err(_) => Vec::new(),
            };
            let mut running = BTreeSet::new();
            let entries = workload.running_images.known().map(|entries| entries.certain());
            for entry in entries.unwrap_or_default() {
                let Some((container, image)) = entry.split_once(": ") else { continue };
                let (image, platform) = match image.split_once(" (") {
                    Some((image, platform)) => (image, platform.strip_suffix(')')),
                    None => (image, None),
                };
                running.insert(container);
                if image.contains('@') {
                    self.add(image, platform);
                    continue;
                }
                // The digest of a configuration, under which no registry has an image.
                for (_, name) in declared.iter().filter(|(of, _)| *of == container) {
                    self.add(name, platform);
                }
            }
            for (container, image) in declared {
                // The image of a volume is not one that runs.
                if !running.contains(container) && !container.starts_with("volume ") {
                    self.add(image, None);
                }
            }
        }
    }

    fn add(&mut self, name: &str, platform: Option<&str>) {
        match Reference::parse(name) {
            Ok(mut reference) => {
                if reference.digest.is_some() {
                    reference.tag = None;
                }
                let by_tag = reference.digest.is_none();
                let platform = platform.map(str::to_owned);
                self.images.insert(One { by_tag, reference, platform });
            }
            Err(why) => {
                let name = text::clip(name.as_bytes(), 200);
                self.unusable.entry(name).or_insert_with(|| why.to_string());
            }
        }
    }

    /// The images in their order, each digest once for a platform, and the number of those that are too many.
    fn choose(&self) -> (Vec<One>, usize) {
        let usual = self.how.reading.platform.to_string();
        let mut seen = BTreeSet::new();
        let mut all: Vec<One> = Vec::new();
        for one in &self.images {
            let platform = one.platform.clone().unwrap_or_else(|| usual.clone());
            let name = match &one.reference.digest {
                Some(digest) => digest.to_string(),
                None => one.reference.to_string(),
            };
            if seen.insert((name, platform)) {
                all.push(one.clone());
            }
        }
        let beyond = all.len().saturating_sub(self.how.most);
        all.truncate(self.how.most);
        (all, beyond)
    }

    async fn read<E: Send>(
        mut self,
        number: usize,
        named: &Named,
        settings: &Settings,
        take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
    ) -> Result<(), Read<E>> {
        let provider = Provider::Image;
        let observer = settings.observer.as_ref();
        let wanted = Arc::new(settings.wanted(provider));
        if self.held.has_lists() {
            let of = self.how.reading.registries.clone();
            let access = blocking(move || Access::open(&of)).await.map_err(Error::Access);
            let access = access.map_err(|error| Read::Audit(error.into()))?;
            self.held.list(&access, self.how.newest).await;
        }
        for image in std::mem::take(&mut self.held.images) {
            self.add(&image, None);
        }
        let (images, beyond) = self.choose();
        Event::Found { provider, accounts: images.len() }.tell(observer);
        for scope in self.unread(beyond, number) {
            settings.note(&words(&scope));
            take(scope).map_err(Read::Take)?;
        }
        if images.is_empty() {
            return Ok(());
        }
        let options = Arc::new(self.how.reading.clone());
        let (access, feeds) = {
            let (options, logins) = (Arc::clone(&options), self.held.logins.clone());
            let open = move || {
                let access = Access::open_with(&options.registries, logins);
                (access, Feeds::open(&options, now()))
            };
            blocking(open).await
        };
        let access = access.map_err(|error| Read::Audit(Error::Access(error).into()))?;
        let feeds = Arc::new(feeds);
        for note in feeds.notes(&wanted) {
            settings.note(&note);
        }
        let mut failed = 0_usize;
        for one in images {
            let platform = one.platform(&options);
            let id = one.id(&options);
            let digest = one.reference.digest.as_ref().map(ToString::to_string);
            let is_audited = |digest: &str| named.is_audited(digest, &platform.to_string());
            if settings.is_done(provider, &id) || digest.as_deref().is_some_and(is_audited) {
                Event::Done { provider, account: id }.tell(observer);
                continue;
            }
            let input: read::Found = match settings.stop.is_stopped() {
                true => Err(Box::new(read::canceled(&id, now()))),
                false => access.input(&one.reference, &wanted, now()).await,
            };
            let scope = match input {
                Ok(input) if matches!(&input.named.root, Root::Document(root) if is_audited(&root.digest.to_string())) =>
                {
                    Event::Done { provider, account: id }.tell(observer);
                    continue;
                }
                Ok(_) if settings.stop.is_stopped() => read::canceled(&id, now()),
                Ok(mut input) => {
                    input.id.clone_from(&id);
                    let options = Images { platform, ..Images::clone(&options) };
                    let (feeds, wanted) = (Arc::clone(&feeds), Arc::clone(&wanted));
                    blocking(move || read::read(&input, &options, &feeds, &wanted, now)).await
                }
                Err(mut refused) => {
                    failed += 1;
                    if failed <= MOST_NOTED && !settings.stop.is_stopped() {
                        settings.note(&words(&refused));
                    }
                    refused.id.clone_from(&id);
                    refused.name = Some(id.clone());
                    *refused
                }
            };
            // This also notes its digests.
            take(scope).map_err(Read::Take)?;
            Event::Done { provider, account: id }.tell(observer);
        }
        if let Some(more @ 1..) = failed.checked_sub(MOST_NOTED) {
            settings.note(&counted(
                more,
                "more image cannot be read",
                "more images cannot be read",
            ));
        }
        Ok(())
    }

    /// What is named and is not read, as scopes with the reason.
    fn unread(&self, beyond: usize, number: usize) -> Vec<Scope> {
        let refused = |id: &str, detail: String| {
            // It need not be the fault of a file that an image of it is not read.
            read::refused(id, &Open::new(Cause::Incomplete, id, detail), now())
        };
        let mut all = Vec::new();
        let most = self.how.most;
        if beyond > 0 {
            let mut id = format!("images beyond the first {most}");
            if number > 0 {
                id.push_str(&format!(" of group {}", number + 1));
            }
            let images = counted(beyond, "image", "images");
            all.push(refused(&id, format!("{images} more than {most}, the most that are audited")));
        }
        all.extend(self.held.gaps.iter().map(|(id, gap)| read::closed(id, gap.clone(), now())));
        for (name, why) in self.unusable.iter().take(most) {
            all.push(refused(name, format!("not the name of an image: {why}")));
        }
        all
    }
}

impl One {
    /// The platform that is read: that of the node, or else the one that is chosen.
    fn platform(&self, options: &Images) -> Platform {
        let of_node = self.platform.as_deref().and_then(Platform::parse);
        of_node.unwrap_or_else(|| options.platform.clone())
    }

    /// The ID of its scope, which stays the same as long as it is the same image.
    fn id(&self, options: &Images) -> String {
        let platform = self.platform(options);
        match platform == options.platform {
            true => self.reference.to_string(),
            false => format!("{} ({platform})", self.reference),
        }
    }
}

fn now() -> Time {
    Time::from(jiff::Timestamp::now())
}

/// Why nothing of a scope is known, in words for the first screen.
fn words(scope: &Scope) -> String {
    let gap = scope.real_gaps().next();
    let why = gap.map(|gap| gap.detail.clone().unwrap_or_else(|| gap.words()));
    format!("image {}: {}", scope.id, why.unwrap_or_default())
}

#[cfg(test)]
#[path = "beside_tests.rs"]
mod tests;
