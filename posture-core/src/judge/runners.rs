//! Which workloads run an image that the same run audited. The digest joins them, and never a name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Examined, Findings, Row};
use crate::ask::RunningImage;
use crate::join::is_for;
use crate::provider::Provider;
use crate::resource::Kind;
use crate::scope::{Level, Scope};

/// The most workloads that are named.
const MOST_NAMED: usize = 20;

/// The workloads that run an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunBy {
    /// Some of them, in order.
    pub first: Vec<Runner>,
    /// How many there are.
    pub count: usize,
}

/// A workload that runs an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Runner {
    /// The provider of its scope.
    pub provider: Provider,
    /// The level of its scope.
    pub level: Level,
    /// The ID of its scope.
    pub scope: String,
    /// The name of its scope, or else its ID.
    pub scope_name: String,
    /// Its ID.
    pub id: String,
}

/// An image that the workload at a place of its list runs.
pub(super) type Run = (u32, RunningImage);

/// The images that the workloads of a scope run.
pub(super) fn runs(scope: &Scope) -> Vec<Run> {
    let workloads = (0_u32..).zip(&scope.workloads.items);
    let all = workloads.flat_map(|(place, workload)| {
        let entries = workload.running_images.known().map(|entries| entries.certain());
        let images = entries.unwrap_or_default().iter().filter_map(|entry| RunningImage::of(entry));
        // The entry is not needed any more.
        images.map(move |image| (place, RunningImage { entry: String::new(), ..image }))
    });
    all.collect()
}

/// The digests of the image of a scope, each with its platform.
pub(super) fn digests(scope: &Scope) -> Vec<(String, String)> {
    let images = scope.container_images.items.iter();
    let all = images.filter_map(|image| {
        let (digests, platform) = (image.digests.known().ok()?, image.platform.known().ok()?);
        Some(digests.iter().map(|digest| (digest.clone(), platform.clone())))
    });
    all.flatten().collect()
}

/// The workloads that run each image, by the places of the scopes of images.
#[derive(Debug, Default)]
pub(super) struct Runners(BTreeMap<u32, RunBy>);

impl Runners {
    pub(super) fn of(scopes: &[Examined<'_>]) -> Self {
        let mut by_digest: BTreeMap<String, Vec<(u32, String)>> = BTreeMap::new();
        for (s, examined) in (0_u32..).zip(scopes) {
            for (digest, platform) in examined.digests() {
                by_digest.entry(digest).or_default().push((s, platform));
            }
        }
        let mut found: BTreeMap<u32, BTreeSet<Runner>> = BTreeMap::new();
        if by_digest.is_empty() {
            return Self::default();
        }
        for examined in scopes {
            let scope = examined.scope();
            for (place, image) in examined.runs() {
                let Some(images) = by_digest.get(&image.digest) else { continue };
                let Some(subject) = examined.subject(Kind::Workload, place as usize) else {
                    continue;
                };
                // On which platform it runs is not known of all nodes.
                let fits = |platform: &str| {
                    image.platform.as_deref().is_none_or(|node| is_for(platform, node))
                };
                for (s, _) in images.iter().filter(|(_, platform)| fits(platform)) {
                    found.entry(*s).or_default().insert(Runner {
                        provider: scope.provider,
                        level: scope.level,
                        scope: scope.id.clone(),
                        scope_name: scope.name.clone().unwrap_or_else(|| scope.id.clone()),
                        id: subject.id.to_owned(),
                    });
                }
            }
        }
        let run_by = |(s, all): (u32, BTreeSet<Runner>)| {
            let count = all.len();
            (s, RunBy { first: all.into_iter().take(MOST_NAMED).collect(), count })
        };
        Self(found.into_iter().map(run_by).collect())
    }
}

impl Examined<'_> {
    fn runs(&self) -> Vec<Run> {
        match &self.kept {
            None => runs(&self.scope),
            Some(kept) => kept.runs.clone(),
        }
    }

    fn digests(&self) -> Vec<(String, String)> {
        match &self.kept {
            None => digests(&self.scope),
            Some(kept) => kept.digests.clone(),
        }
    }
}

impl Findings<'_> {
    /// The workloads of the run that run the image of a row.
    pub(super) fn run_by(&self, row: &Row) -> Option<&RunBy> {
        self.runners.0.get(&row.scope)
    }
}
