//! Which images a run audited: workloads name what they run by digest, and each image that was audited is a scope.
//!
//! A digest of an index stands for an image of each platform, so that it counts for the platform that was read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Answer;
use crate::ask::{Running, RunningImage};
use crate::control::{Control, Evidence};
use crate::controls::workloads::image_audited;
use crate::gap::{Gap, Reason};
use crate::provider::Provider;
use crate::resource::{ContainerImage, FactId, Resource, Workload};
use crate::scope::Scope;
use crate::text::counted;

/// By what images are known.
const READS: &[FactId] = &[ContainerImage::DIGESTS, ContainerImage::PLATFORM];

/// The most images of a workload that are named.
const MOST_NAMED: usize = 20;

/// The facts of images that a control about workloads needs.
pub(crate) fn reads_of_images(control: &Control, provider: Provider) -> &'static [FactId] {
    match control.id == image_audited::CONTROL.id && provider == Provider::Image {
        true => READS,
        false => &[],
    }
}

/// The images of a run.
#[derive(Debug, Default)]
pub(super) struct Audited {
    /// Whether there is any, read or not.
    any: bool,
    /// By digest and platform, how many controls fail.
    read: BTreeMap<String, BTreeMap<String, usize>>,
    /// Why an image could not be read, by the digest that it was to be read by.
    unread: BTreeMap<String, Gap>,
    /// The same of those that are not known by a digest: each may be any image.
    open: Option<Gap>,
}

/// Whether an image was audited.
enum Found<'a> {
    Audited(usize),
    Unread(&'a Gap),
    Not(&'static str),
}

impl Audited {
    pub(super) fn add(&mut self, scope: &Scope, failed: usize) {
        self.any = true;
        for image in &scope.container_images.items {
            match (image.digests.known(), image.platform.known()) {
                (Ok(digests), Ok(platform)) if !digests.is_empty() => {
                    for digest in digests {
                        let of = self.read.entry(digest.clone()).or_default();
                        let count = of.entry(platform.clone()).or_default();
                        *count = failed.max(*count);
                    }
                }
                (digests, platform) => {
                    let gap = image.digests.gap().or_else(|| image.platform.gap());
                    let gap = gap.and_then(|gap| scope.gap(gap)).cloned();
                    let why = gap.unwrap_or_else(|| unknown(image.id()));
                    match (digests, platform) {
                        (Ok(digests), _) if !digests.is_empty() => {
                            digests.iter().for_each(|digest| self.lack(Some(digest), &why));
                        }
                        _ => self.lack(digest_of(&scope.id), &why),
                    }
                }
            }
        }
        let gaps = scope.container_images.gaps.iter();
        for gap in gaps.filter_map(|gap| scope.gap(*gap)) {
            self.lack(digest_of(&scope.id), gap);
        }
    }

    /// Of several reasons the first in their order, so that the order of scopes makes no difference.
    fn lack(&mut self, digest: Option<&str>, why: &Gap) {
        match digest {
            Some(digest) => {
                let known = self.unread.entry(digest.to_owned()).or_insert_with(|| why.clone());
                if why < known {
                    *known = why.clone();
                }
            }
            None if self.open.as_ref().is_none_or(|known| why < known) => {
                self.open = Some(why.clone());
            }
            None => {}
        }
    }

    fn find(&self, image: &RunningImage) -> Found<'_> {
        let of = self.read.get(&image.digest);
        let read = of.and_then(|of| match &image.platform {
            Some(platform) => {
                of.iter().find(|(read, _)| is_for(read, platform)).map(|(_, failed)| *failed)
            }
            // The list of what runs is open then.
            None => of.values().max().copied(),
        });
        match (read, self.unread.get(&image.digest).or(self.open.as_ref())) {
            (Some(failed), _) => Found::Audited(failed),
            (None, Some(gap)) => Found::Unread(gap),
            (None, None) if of.is_some() => Found::Not("was audited for another platform only"),
            (None, None) => Found::Not("was not audited in this run"),
        }
    }

    /// Whether all images that run were audited; none where the run audited no image at all.
    pub(super) fn answer(&self, running: &Running) -> Option<Answer> {
        if !self.any {
            return None;
        }
        let (mut failures, mut audited) = (Vec::new(), Vec::new());
        let mut open = running.open.as_ref();
        for image in &running.images {
            let entry = &image.entry;
            match self.find(image) {
                Found::Audited(failed) => {
                    let failed = counted(failed, "control fails", "controls fail");
                    audited.push(format!("{entry} was audited, {failed}"));
                }
                Found::Unread(gap) => open = open.or(Some(gap)),
                Found::Not(why) => failures.push(format!("{entry} {why}")),
            }
        }
        if failures.is_empty() {
            let unknown = |gap: &Gap| Answer::Unknown(Arc::new(gap.clone()));
            return Some(open.map_or(Answer::Pass, unknown));
        }
        failures.extend(audited);
        let more = failures.len().saturating_sub(MOST_NAMED);
        failures.truncate(MOST_NAMED);
        if more > 0 {
            failures.push(format!("and {more} more"));
        }
        let evidence = Evidence {
            fact: Workload::RUNNING_IMAGES.name,
            found: failures.join("; ").into(),
            expected: image_audited::EXPECTED.into(),
        };
        Some(Answer::Fail(vec![evidence].into()))
    }
}

/// Whether an image for the first platform is what a node of the second one runs. Nodes do not show the variant of their processor.
pub(crate) fn is_for(read: &str, node: &str) -> bool {
    let (mut read, mut node) = (read.split('/'), node.split('/'));
    (read.next(), read.next()) == (node.next(), node.next())
}

/// The digest by which an image is named: `registry.example/web@sha256:…`, with its platform behind it where that is not the usual one.
fn digest_of(id: &str) -> Option<&str> {
    let (_, digest) = id.rsplit_once('@')?;
    let digest = digest.split(' ').next()?;
    digest.contains(':').then_some(digest)
}

fn unknown(id: &str) -> Gap {
    let mut gap = Gap::new("", id, Reason::Undetermined);
    gap.detail = Some("the image is not known by a digest".to_owned());
    gap
}

#[cfg(test)]
#[path = "images_tests.rs"]
mod tests;
