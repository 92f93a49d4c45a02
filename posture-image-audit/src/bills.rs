//! Bills of materials (SBOM) as a source of packages: beside an image that they are about by its digest, or alone.
//!
//! An SBOM is its author's list. Beside an image it adds what it lists, and closes nothing that reading the image left open. Alone it
//! is all there is: it is taken at its word, unless it states that it is incomplete, or a component of it cannot be matched.

use std::borrow::Cow;

use posture_collect::files::shown;
use posture_image::digest::Digest;
use posture_image::image::Identity;
use posture_image::limits::Limits;
use posture_image::packages::Inventory;
use posture_image::sbom::{self, Sbom};
use posture_image::{Cause, Gap as Open};
use posture_model::gap::{Gap, Reason, Register};
use posture_model::listing::Listing;
use posture_model::resource::Kind;
use posture_model::scope::Scope;
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use crate::database::Feeds;
use crate::documents::Given;
use crate::gaps::Gaps;
use crate::info::{CONFIGURATION, DOCUMENT};
use crate::read::{Options, closed, empty, hide};
use crate::trust::Attached;
use crate::vulnerabilities::{self, Subject};

/// The bills of materials that are about an image: the given ones that name its digest, and attached ones that are verified.
pub(crate) fn about<'g>(
    given: &'g Given,
    attached: &[Attached],
    identity: &Identity,
) -> Vec<Cow<'g, Sbom>> {
    let mut all = Vec::new();
    for sbom in &given.sboms {
        let is_about = sbom.check(identity);
        given.joined(&sbom.name, &is_about);
        if is_about.is_ok() {
            all.push(Cow::Borrowed(sbom));
        }
    }
    for one in attached.iter().filter(|one| one.verified) {
        let name = format!("attestation {}", one.at);
        if let Ok(sbom) = sbom::read(&one.statement, &name, &Limits::default())
            && sbom.check(identity).is_ok()
        {
            all.push(Cow::Owned(sbom));
        }
    }
    all
}

/// The bills of materials that are audited alone: all of them if no image is named.
pub fn alone(options: &Options) -> Vec<String> {
    if !options.paths.is_empty() || !options.registries.references.is_empty() {
        return Vec::new();
    }
    let mut names = Vec::new();
    for name in options.documents.sboms.iter().map(|path| shown(path)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The ID of the scope of a bill of materials that is audited alone.
pub fn id(name: &str, options: &Options) -> String {
    let own = options.name.clone().filter(|_| alone(options).len() == 1);
    own.unwrap_or_else(|| name.to_owned())
}

/// Audits a bill of materials alone. The image itself is not known.
pub fn read(
    name: &str,
    options: &Options,
    feeds: &Feeds,
    wanted: &Wanted,
    now: impl Fn() -> Time,
) -> Scope {
    let id = id(name, options);
    let Some(sbom) = feeds.given.sboms.iter().find(|sbom| sbom.name == name) else {
        let why = feeds.given.invalid.iter().find(|gap| gap.target == name).cloned();
        let why = why.unwrap_or_else(|| Gap::new(DOCUMENT, name, Reason::Incomplete));
        return closed(&id, why, now());
    };
    let mut scope = empty(&id, now());
    let register = Register::default();
    let gaps = Gaps(&register);
    if wanted.kind(Kind::ContainerImage) {
        scope.container_images = Listing::unread(register.note(unseen(name)));
    }
    if wanted.kind(Kind::Vulnerability) {
        let mut packages = sbom.inventory();
        // A scanner that looked in the wrong place lists nothing either.
        if packages.packages.items.is_empty() {
            packages.packages.lacks(Open::new(Cause::Missing, name, "it lists no package"));
        }
        let identity = identity(&sbom.digests);
        let names: Vec<String> = sbom.subject.iter().cloned().collect();
        let subject = Subject {
            identity: &identity,
            names: &names,
            packages: &packages,
            stated_by: Some(name),
            attached: &[],
        };
        let mut list = vulnerabilities::list(&subject, feeds, options.ignore_unfixed, &gaps);
        list.items.iter_mut().for_each(|one| hide(one, wanted));
        scope.vulnerabilities = list;
    }
    scope.gaps = register.into_list();
    scope.finished = now();
    scope.canonicalise();
    scope
}

/// Adds the vulnerabilities of the documents about an image that could not be read, if its reference has the digest that they name. Its
/// lists stay open.
pub fn beside(
    mut scope: Scope,
    digest: Option<&Digest>,
    options: &Options,
    feeds: &Feeds,
    wanted: &Wanted,
) -> Scope {
    let given = &feeds.given;
    if !wanted.kind(Kind::Vulnerability) {
        return scope;
    }
    for gap in &given.invalid {
        let gap = scope.add_gap(gap.clone());
        scope.vulnerabilities.gaps.push(gap);
    }
    let has_some = !given.sboms.is_empty() || !given.reports.is_empty();
    if let Some(digest) = digest.filter(|_| has_some) {
        let identity = identity(std::slice::from_ref(digest));
        let register = Register::default();
        for gap in &scope.gaps {
            register.note(gap.clone());
        }
        let nothing = Inventory::default();
        let names = [scope.id.clone()];
        let subject = Subject {
            identity: &identity,
            names: &names,
            packages: &nothing,
            stated_by: None,
            attached: &[],
        };
        let gaps = Gaps(&register);
        let found = vulnerabilities::list(&subject, feeds, options.ignore_unfixed, &gaps);
        scope.vulnerabilities.items = found.items;
        scope.vulnerabilities.items.iter_mut().for_each(|one| hide(one, wanted));
        scope.vulnerabilities.gaps.extend(found.gaps);
        scope.gaps = register.into_list();
    }
    scope.canonicalise();
    scope
}

/// What it is about, of which it does not state whether it is a manifest, an index or a configuration.
fn identity(digests: &[Digest]) -> Identity {
    let mut digests = digests.iter().cloned();
    Identity { manifest: digests.next(), config: digests.next(), index: digests.next() }
}

fn unseen(name: &str) -> Gap {
    let gap = Gap::new(CONFIGURATION, name, Reason::Unsupported);
    let detail = "a bill of materials does not show the image itself";
    Gap { detail: Some(detail.to_owned()), ..gap }
}
