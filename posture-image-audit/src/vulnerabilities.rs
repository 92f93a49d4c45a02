//! The known vulnerabilities of an image.

use std::collections::{BTreeMap, BTreeSet};

use posture_image::image::Identity;
use posture_image::osv::audit::{State, Vulnerability as Found};
use posture_image::osv::severity::Rating;
use posture_image::osv::{Database, ecosystem};
use posture_image::packages::Inventory;
use posture_image::{Cause, Gap as Open, text};
use posture_model::fact::{Fact, Gap as FactGap, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::Vulnerability;

use crate::bills;
use crate::database::Feeds;
use crate::gaps::Gaps;
use crate::info::{DATABASE, DOCUMENT, LAYERS};
use crate::read::Input;
use crate::reported;
use crate::seen::Seen;
use crate::statements::{Stated, Statements};
use crate::trust::Attached;

/// What vulnerabilities are looked for in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The digests of the image.
    pub(crate) identity: &'a Identity,
    /// The names of the image.
    pub(crate) names: &'a [String],
    /// What is installed.
    pub(crate) packages: &'a Inventory,
    /// The bill of materials that states the packages; none if they were read.
    pub(crate) stated_by: Option<&'a str>,
    /// What is attached to the image.
    pub(crate) attached: &'a [Attached],
}

impl<'a> Subject<'a> {
    /// An image that was read.
    pub(crate) fn of(seen: &'a Seen, input: &'a Input) -> Self {
        Self {
            identity: &seen.identity,
            names: &input.named.names,
            packages: &seen.packages,
            stated_by: None,
            attached: &input.trust.documents,
        }
    }
}

/// A vulnerability of what is installed in one version, and what others state of it.
#[derive(Debug)]
struct One {
    found: Found,
    stated: Stated,
    /// What is installed, in words.
    installed: String,
    /// What other scanners report of it.
    reported: Vec<String>,
    /// Whether it is only in the report of another scanner, and whether that states a fix.
    theirs: Option<bool>,
}

impl One {
    fn new(found: Found, stated: Stated, stated_by: Option<&str>) -> Self {
        let by = stated_by.map(|by| format!(", stated by {by}")).unwrap_or_default();
        let installed = format!("{}{by}", installed(&found));
        Self { found, stated, installed, reported: Vec::new(), theirs: None }
    }
}

/// The most gaps of one kind that are noted: one leaves the list open.
const NOTED: usize = 20;

/// The vulnerabilities of what is installed, as far as the data shows them.
pub(crate) fn list(
    of: &Subject<'_>,
    feeds: &Feeds,
    ignore_unfixed: bool,
    gaps: &Gaps<'_>,
) -> Listing<Vulnerability> {
    let given = &feeds.given;
    let statements = Statements::of(given, of.attached);
    let about = |found: &[Found], packages: &Inventory| {
        statements.about(found, packages, of.identity, of.names, given)
    };
    let mut open: Vec<GapId> = given.invalid.iter().map(|gap| gaps.0.note(gap.clone())).collect();
    let mut all: Vec<One> = Vec::new();
    let mut stale = BTreeMap::new();
    let bills = match of.stated_by {
        Some(_) => Vec::new(),
        None => bills::about(given, of.attached, of.identity),
    };
    match &feeds.records {
        Err(why) => open.push(gaps.0.note(why.clone())),
        Ok(database) => {
            let audited = posture_image::osv::audited(of.packages, database);
            // What the image does not show is not a fault of the database.
            for (action, found) in
                [(LAYERS, &audited.of_image.gaps), (DATABASE, &audited.of_records.gaps)]
            {
                open.extend(found.iter().take(NOTED).map(|gap| gaps.note(action, gap)));
            }
            open.extend(of.packages.unlisted().map(|gap| gaps.note(LAYERS, &gap)));
            let found = audited.vulnerabilities;
            stale = self::stale(of.packages, &found, feeds, database);
            let stated = about(&found, of.packages);
            let found = found.into_iter().zip(stated);
            all.extend(found.map(|(found, stated)| One::new(found, stated, of.stated_by)));
            // What bills of materials list beside it is more, and shows of nothing that it is not there.
            for bill in &bills {
                let packages = bill.inventory();
                let audited = posture_image::osv::audit(&packages, database);
                stale.extend(self::stale(&packages, &audited.items, feeds, database));
                let stated = about(&audited.items, &packages);
                let key = |found: &Found| (id(found), found.version.clone());
                let known: BTreeSet<_> = all.iter().map(|one| key(&one.found)).collect();
                let more = audited.items.into_iter().zip(stated);
                let more = more.filter(|(found, _)| !known.contains(&key(found)));
                all.extend(more.map(|(found, stated)| One::new(found, stated, Some(&bill.name))));
            }
            open.extend(stale.values().map(|gap| gaps.0.note(gap.clone())));
        }
    }
    add_reported(of, &mut all, feeds, about);
    open.sort_unstable();
    open.dedup();
    let mut merged: BTreeMap<String, Vec<One>> = BTreeMap::new();
    for one in all {
        merged.entry(id(&one.found)).or_default().push(one);
    }
    let one = |(id, all): (String, Vec<One>)| {
        let first = all.first()?;
        let stale = stale.get(ecosystem::base(&first.found.ecosystem));
        let stale = stale.filter(|_| first.theirs.is_none());
        let stale = stale.map(|gap| gaps.0.note(gap.clone()));
        Some(
            vulnerability(id, first, &all, stale, feeds, gaps)
                .ignored_unfixed(Known(ignore_unfixed)),
        )
    };
    Listing { items: merged.into_iter().filter_map(one).collect(), gaps: open }
}

/// Adds what other scanners report: to what is found here, and what they alone name.
fn add_reported(
    of: &Subject<'_>,
    all: &mut Vec<One>,
    feeds: &Feeds,
    about: impl Fn(&[Found], &Inventory) -> Vec<Stated>,
) {
    let named = reported::about(&feeds.given, of.identity, of.packages);
    if named.is_empty() {
        return;
    }
    let found: Vec<Found> = named.iter().map(|one| one.found.clone()).collect();
    let stated = about(&found, of.packages);
    let key = |found: &Found| (ecosystem::base(&found.ecosystem).to_owned(), found.package.clone());
    let mut by_package: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, one) in all.iter().enumerate() {
        by_package.entry(key(&one.found)).or_default().push(place);
    }
    for (one, stated) in named.into_iter().zip(stated) {
        let places = by_package.entry(key(&one.found)).or_default();
        let mut is_known = false;
        for place in places.iter() {
            if let Some(own) = all.get_mut(*place).filter(|own| one.is(&own.found)) {
                own.reported.push(one.words.clone());
                is_known = true;
            }
        }
        if !is_known && one.counts {
            places.push(all.len());
            all.push(One {
                installed: one.installed(),
                found: one.found,
                stated,
                reported: vec![one.words],
                theirs: Some(one.knows_fix),
            });
        }
    }
}

/// Without versions, so that it stays the same from build to build, and names one vulnerability of one package.
fn id(found: &Found) -> String {
    let ecosystem = ecosystem::base(&found.ecosystem).to_lowercase().replace(' ', "-");
    let part = |text: &str| text::clip(text.as_bytes(), 200);
    format!("vulnerability/{}/{}/{}", part(&found.id), part(&ecosystem), part(&found.package))
}

/// The ecosystems of the image whose records are too old.
fn stale(
    packages: &Inventory,
    found: &[Found],
    feeds: &Feeds,
    database: &Database,
) -> BTreeMap<String, Gap> {
    let managers = packages.packages.items.iter();
    let managers: BTreeSet<_> = managers.map(|package| package.manager).collect();
    let os = packages.os.known().and_then(|os| os.ecosystem().ok());
    let languages = managers.iter().filter_map(|manager| ecosystem::of_language(*manager));
    let mut all: BTreeSet<String> = languages.map(str::to_owned).collect();
    all.extend(os.map(|name| ecosystem::base(&name).to_owned()));
    all.extend(found.iter().map(|one| ecosystem::base(&one.ecosystem).to_owned()));
    // Of an ecosystem without records, the matching itself states that.
    all.retain(|name| database.description().dumps.contains_key(name));
    let age = |name: String| Some((name.clone(), feeds.stale(database.description(), &name)?));
    all.into_iter().filter_map(age).collect()
}

/// A package with its version and the names of its parts.
fn installed(found: &Found) -> String {
    let shown = |text: &str| text::clip(text.as_bytes(), 200);
    let package = shown(&found.package);
    let from = found.installed.iter().map(|(name, _)| shown(name)).collect::<BTreeSet<_>>();
    let other = from.iter().any(|name| *name != package);
    let from = from.into_iter().collect::<Vec<_>>().join(", ");
    let parts = if other { format!(" (as {from})") } else { String::new() };
    format!("{package} {}{parts}", shown(&found.version))
}

fn vulnerability(
    id: String,
    first: &One,
    all: &[One],
    stale: Option<GapId>,
    feeds: &Feeds,
    gaps: &Gaps<'_>,
) -> Vulnerability {
    let shown = |text: &str| text::clip(text.as_bytes(), 200);
    let (name, package) = (shown(&first.found.id), shown(&first.found.package));
    let (rating, rated_by) = rating(all, stale, gaps);
    let mut fixed: Vec<String> =
        all.iter().filter_map(|one| one.found.fixed.as_deref()).map(shown).collect();
    fixed.sort_unstable();
    fixed.dedup();
    let fixed = match stale {
        // Old records may lack a fix, and never invent one.
        Some(gap) if fixed.is_empty() => FactGap(gap),
        None if fixed.is_empty() && all.iter().any(|one| one.theirs == Some(false)) => {
            let open = Open::new(
                Cause::NotRead,
                "fix",
                "the report does not state whether a version fixes it",
            );
            FactGap(gaps.note(DOCUMENT, &open))
        }
        _ => Known(fixed),
    };
    let names: BTreeSet<&String> =
        all.iter().flat_map(|one| one.found.names.iter().chain([&one.found.id])).collect();
    let exploited = match feeds.is_exploited(names.iter().copied()) {
        Ok(exploited) => Known(exploited),
        Err(why) => FactGap(gaps.0.note(why.clone())),
    };
    let (epss, epss_source) =
        match feeds.given.epss(std::iter::once(&first.found.id).chain(names.iter().copied())) {
            None => (Fact::not_collected(), Fact::not_collected()),
            Some(Ok((millionths, source))) => (Known(millionths), Known(source)),
            Some(Err(why)) => {
                let gap = gaps.0.note(why);
                (FactGap(gap), FactGap(gap))
            }
        };
    let aliases = names.iter().map(|name| shown(name)).filter(|alias| *alias != name).collect();
    let without_effect = all.iter().map(|one| match one.found.state {
        State::Unimportant => Some("the distribution rates it as without effect on security"),
        State::NotApplicable => Some("headers of the kernel, which does not come from the image"),
        State::Fixed | State::NoFix => None,
    });
    // Only if that holds for all that is installed.
    let without_effect = without_effect.reduce(|one, other| one.and(other)).flatten();
    let tags = [
        ("vulnerability", name.clone()),
        ("package", package.clone()),
        ("ecosystem", shown(ecosystem::base(&first.found.ecosystem))),
    ];
    Vulnerability::unread_on(Provider::Image, id, format!("{name} in {package}"), None)
        .installed(Known(all.iter().map(|one| one.installed.clone()).collect()))
        .rating(rating)
        .rated_by(rated_by)
        .fixed_versions(fixed)
        .without_effect(Known(without_effect.map(str::to_owned)))
        .statements(Known(each(all.iter().flat_map(|one| &one.stated.all))))
        .excused(Known(excused(all)))
        .reported(Known(each(all.iter().flat_map(|one| &one.reported))))
        .known_exploited(exploited)
        .epss(epss)
        .epss_source(epss_source)
        .aliases(Known(aliases))
        .tags(Known(tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()))
}

/// The most statements, and the most reports, that are named of one vulnerability.
const NAMED: usize = 20;

/// Each once, in order. Of very many, only the first are named.
fn each<'t>(all: impl Iterator<Item = &'t String>) -> Vec<String> {
    let all: BTreeSet<&String> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    let mut named: Vec<String> = all.into_iter().take(NAMED).cloned().collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named
}

/// The statements that excuse it: only if they do for all that is installed.
fn excused(all: &[One]) -> Option<String> {
    let whys: Option<Vec<&String>> = all.iter().map(|one| one.stated.excused.as_ref()).collect();
    let whys = each(whys?.into_iter());
    (!whys.is_empty()).then(|| whys.join("; "))
}

/// The highest rating of what is installed, and whose it is. In old records only a high one is certain: a rating is raised later.
fn rating(all: &[One], stale: Option<GapId>, gaps: &Gaps<'_>) -> (Fact<String>, Fact<String>) {
    let highest = all.iter().filter_map(|one| one.found.severity.as_ref()).max();
    let Some(severity) = highest else {
        let open = Open::new(Cause::NotRead, "rating", "no source rates it");
        let gap = gaps.note(DATABASE, &open);
        return (FactGap(gap), FactGap(gap));
    };
    let by = match severity.tenths {
        Some(tenths) => format!("{}: {}.{}", severity.source, tenths / 10, tenths % 10),
        None => severity.source.clone(),
    };
    match stale {
        Some(gap) if severity.rating < Rating::High => (FactGap(gap), Known(by)),
        _ => (Known(reported::rating(severity.rating).to_owned()), Known(by)),
    }
}
