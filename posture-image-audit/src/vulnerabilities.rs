//! The known vulnerabilities of an image.

use std::collections::{BTreeMap, BTreeSet};

use posture_image::image::Image;
use posture_image::osv::audit::{State, Vulnerability as Found};
use posture_image::osv::severity::Rating;
use posture_image::osv::{Database, ecosystem};
use posture_image::{Cause, Gap as Open, text};
use posture_model::fact::{Fact, Gap as FactGap, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::Vulnerability;

use crate::database::Feeds;
use crate::gaps::Gaps;
use crate::info::{DATABASE, LAYERS};

/// The most gaps of one kind that are noted: one leaves the list open.
const NOTED: usize = 20;

/// The vulnerabilities of what is installed, as far as the data shows them.
pub(crate) fn list(
    image: &Image,
    feeds: &Feeds,
    ignore_unfixed: bool,
    gaps: &Gaps<'_>,
) -> Listing<Vulnerability> {
    let database = match &feeds.records {
        Ok(database) => database,
        Err(why) => return Listing::unread(gaps.0.note(why.clone())),
    };
    let audited = posture_image::osv::audited(&image.packages, database);
    let mut open: Vec<GapId> = Vec::new();
    // What the image does not show is not a fault of the database.
    for (action, gaps_of) in
        [(LAYERS, &audited.of_image.gaps), (DATABASE, &audited.of_records.gaps)]
    {
        open.extend(gaps_of.iter().take(NOTED).map(|gap| gaps.note(action, gap)));
    }
    open.extend(unlisted(image).map(|gap| gaps.note(LAYERS, &gap)));
    let stale = stale(image, &audited.vulnerabilities, feeds, database);
    open.extend(stale.values().map(|gap| gaps.0.note(gap.clone())));
    open.sort_unstable();
    open.dedup();
    let mut merged: BTreeMap<String, Vec<&Found>> = BTreeMap::new();
    for found in &audited.vulnerabilities {
        merged.entry(id(found)).or_default().push(found);
    }
    let one = |(id, found): (String, Vec<&Found>)| {
        let first = found.first().copied()?;
        let stale = stale.get(ecosystem::base(&first.ecosystem));
        let stale = stale.map(|gap| gaps.0.note(gap.clone()));
        Some(
            vulnerability(id, first, &found, stale, feeds, gaps)
                .ignored_unfixed(Known(ignore_unfixed)),
        )
    };
    Listing { items: merged.into_iter().filter_map(one).collect(), gaps: open }
}

/// Without versions, so that it stays the same from build to build, and names one vulnerability of one package.
fn id(found: &Found) -> String {
    let ecosystem = ecosystem::base(&found.ecosystem).to_lowercase().replace(' ', "-");
    let part = |text: &str| text::clip(text.as_bytes(), 200);
    format!("vulnerability/{}/{}/{}", part(&found.id), part(&ecosystem), part(&found.package))
}

/// Programs that record nothing have parts whose vulnerabilities nobody can list.
fn unlisted(image: &Image) -> Option<Open> {
    let programs = &image.packages.unrecorded.items;
    let first = programs.first()?;
    let others = programs.len() - 1;
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    let detail =
        format!("no package lists the parts of {first}{more}, which record nothing of them");
    Some(Open::new(Cause::Incomplete, "programs", detail))
}

/// The ecosystems of the image whose records are too old.
fn stale(
    image: &Image,
    found: &[Found],
    feeds: &Feeds,
    database: &Database,
) -> BTreeMap<String, Gap> {
    let managers = image.packages.packages.items.iter();
    let managers: BTreeSet<_> = managers.map(|package| package.manager).collect();
    let os = image.packages.os.known().and_then(|os| os.ecosystem().ok());
    let languages = managers.iter().filter_map(|manager| ecosystem::of_language(*manager));
    let mut all: BTreeSet<String> = languages.map(str::to_owned).collect();
    all.extend(os.map(|name| ecosystem::base(&name).to_owned()));
    all.extend(found.iter().map(|one| ecosystem::base(&one.ecosystem).to_owned()));
    // Of an ecosystem without records, the matching itself states that.
    all.retain(|name| database.description().dumps.contains_key(name));
    let age = |name: String| Some((name.clone(), feeds.stale(database.description(), &name)?));
    all.into_iter().filter_map(age).collect()
}

fn vulnerability(
    id: String,
    first: &Found,
    all: &[&Found],
    stale: Option<GapId>,
    feeds: &Feeds,
    gaps: &Gaps<'_>,
) -> Vulnerability {
    let shown = |text: &str| text::clip(text.as_bytes(), 200);
    let (name, package) = (shown(&first.id), shown(&first.package));
    let (rating, rated_by) = rating(all, stale, gaps);
    let mut fixed: Vec<String> =
        all.iter().filter_map(|one| one.fixed.as_deref()).map(shown).collect();
    fixed.sort_unstable();
    fixed.dedup();
    // Old records may lack a fix, and never invent one.
    let fixed = match stale {
        Some(gap) if fixed.is_empty() => FactGap(gap),
        _ => Known(fixed),
    };
    let installed = all.iter().map(|one| {
        let from = one.installed.iter().map(|(name, _)| shown(name)).collect::<BTreeSet<_>>();
        let other = from.iter().any(|name| *name != package);
        let from = from.into_iter().collect::<Vec<_>>().join(", ");
        let parts = if other { format!(" (as {from})") } else { String::new() };
        format!("{package} {}{parts}", shown(&one.version))
    });
    let names: BTreeSet<&String> =
        all.iter().flat_map(|one| one.names.iter().chain([&one.id])).collect();
    let exploited = match feeds.is_exploited(names.iter().copied()) {
        Ok(exploited) => Known(exploited),
        Err(why) => FactGap(gaps.0.note(why.clone())),
    };
    let aliases = names.iter().map(|name| shown(name)).filter(|alias| *alias != name).collect();
    let without_effect = all.iter().map(|one| match one.state {
        State::Unimportant => Some("the distribution rates it as without effect on security"),
        State::NotApplicable => Some("headers of the kernel, which does not come from the image"),
        State::Fixed | State::NoFix => None,
    });
    // Only if that holds for all that is installed.
    let without_effect = without_effect.reduce(|one, other| one.and(other)).flatten();
    let tags = [
        ("vulnerability", name.clone()),
        ("package", package.clone()),
        ("ecosystem", shown(ecosystem::base(&first.ecosystem))),
    ];
    Vulnerability::unread_on(Provider::Image, id, format!("{name} in {package}"), None)
        .installed(Known(installed.collect()))
        .rating(rating)
        .rated_by(rated_by)
        .fixed_versions(fixed)
        .without_effect(Known(without_effect.map(str::to_owned)))
        .known_exploited(exploited)
        .aliases(Known(aliases))
        .tags(Known(tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

/// The highest rating of what is installed, and whose it is. In old records only a high one is certain: a rating is raised later.
fn rating(all: &[&Found], stale: Option<GapId>, gaps: &Gaps<'_>) -> (Fact<String>, Fact<String>) {
    let highest = all.iter().filter_map(|one| one.severity.as_ref()).max();
    let Some(severity) = highest else {
        let open = Open::new(Cause::NotRead, "rating", "no source rates it");
        let gap = gaps.note(DATABASE, &open);
        return (FactGap(gap), FactGap(gap));
    };
    let by = match severity.tenths {
        Some(tenths) => format!("{}: {}.{}", severity.source, tenths / 10, tenths % 10),
        None => severity.source.clone(),
    };
    let word = match severity.rating {
        Rating::None => "none",
        Rating::Low => "low",
        Rating::Medium => "medium",
        Rating::High => "high",
        Rating::Critical => "critical",
    };
    match stale {
        Some(gap) if severity.rating < Rating::High => (FactGap(gap), Known(by)),
        _ => (Known(word.to_owned()), Known(by)),
    }
}
