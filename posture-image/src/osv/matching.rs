//! Whether a record is about a version of a package, by the
//! [algorithm of the schema](https://ossf.github.io/osv-schema/#evaluation).

use std::cmp::Ordering;

use super::ecosystem;
use super::module::{self, Stream};
use super::record::{Affected, Event, Range, RangeKind, Record};
use crate::text;
use crate::truth::{Cause, Gap};
use crate::version::{Scheme, Version};

/// What a record means for a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is about another package or release, or was withdrawn.
    NotAbout,
    /// The version is not affected.
    NotAffected,
    /// The version is affected.
    Affected {
        /// The entries of the record that match, from 0: at least one.
        entries: Vec<usize>,
        /// The lowest version above it that is fixed, in the ranges that matched.
        fixed: Option<String>,
        /// Why another entry of the package cannot be decided. It may have another rating.
        open: Option<Gap>,
    },
    /// It cannot be decided.
    Unknown(Gap),
}

/// Evaluates a record for a version of a package in an ecosystem, whatever module stream it is of.
pub fn evaluate(record: &Record, ecosystem: &str, name: &str, version: &str) -> Verdict {
    evaluate_stream(record, ecosystem, name, version, Stream::Any)
}

/// Evaluates a record for a version of a package in an ecosystem. Entries for other module streams are about another package.
pub fn evaluate_stream(
    record: &Record,
    ecosystem: &str,
    name: &str,
    version: &str,
    stream: Stream<'_>,
) -> Verdict {
    if record.withdrawn {
        return Verdict::NotAbout;
    }
    let name = ecosystem::name(ecosystem, name);
    let named = |entry: &Affected| ecosystem::name(ecosystem, &entry.name) == name;
    let plain = |entry: &Affected| ecosystem::covers(&entry.ecosystem, ecosystem) && named(entry);
    // Fixes of Ubuntu Pro are for subscribers; a record that has no others is about everybody.
    let pro = ecosystem.strip_prefix("Ubuntu:").map(|release| format!("Ubuntu:Pro:{release}"));
    let only_pro = !record.affected.iter().any(plain);
    let about = |entry: &Affected| {
        plain(entry) || (only_pro && named(entry) && Some(&entry.ecosystem) == pro.as_ref())
    };
    let mut any = false;
    let (mut entries, mut fixes, mut open) = (Vec::new(), Vec::new(), None);
    for (index, entry) in record.affected.iter().enumerate().filter(|(_, entry)| about(entry)) {
        let applies = module::applies(record, entry, stream);
        if applies == module::Applies::No {
            continue;
        }
        any = true;
        // Any entry and any range that matches suffices; the others do not acquit.
        let found = match one(entry, ecosystem, version) {
            Ok(Some(_)) if applies == module::Applies::Unknown => Err((
                Cause::Ambiguous,
                "which module stream the package or the record is of is not known".to_owned(),
            )),
            found => found,
        };
        match found {
            Ok(Some(fixed)) => {
                entries.push(index);
                fixes.extend(fixed.filter(|_| plain(entry)));
            }
            Ok(None) => {}
            Err((cause, detail)) => {
                let place = format!(
                    "{}: {}",
                    text::clip(record.id.as_bytes(), 60),
                    text::clip(name.as_bytes(), 100)
                );
                open.get_or_insert(Gap::new(cause, place, detail));
            }
        }
    }
    if !entries.is_empty() {
        return Verdict::Affected { entries, fixed: lowest(ecosystem, fixes), open };
    }
    match open {
        Some(gap) => Verdict::Unknown(gap),
        None if any => Verdict::NotAffected,
        None => Verdict::NotAbout,
    }
}

/// The lowest of the versions that fix.
pub(super) fn lowest(ecosystem: &str, fixes: impl IntoIterator<Item = String>) -> Option<String> {
    let scheme = ecosystem::scheme(ecosystem);
    fixes.into_iter().min_by(|one, other| {
        let order = scheme.and_then(|scheme| scheme.compare(one, other).ok());
        order.unwrap_or_else(|| one.cmp(other))
    })
}

type Problem = (Cause, String);

/// Whether an entry affects a version, and which version fixes it.
fn one(
    entry: &Affected,
    ecosystem: &str,
    version: &str,
) -> Result<Option<Option<String>>, Problem> {
    let own = ecosystem::scheme(ecosystem);
    let listed = entry.versions.iter().any(|listed| listed == version);
    let mut problem = None;
    let mut affected = listed;
    let mut fixes = Vec::new();
    for range in &entry.ranges {
        let evaluated = match &range.kind {
            RangeKind::Semantic => within(range, Scheme::Semantic, version),
            RangeKind::Ecosystem => match own {
                Some(scheme) => within(range, scheme, version),
                None => Err((
                    Cause::Unsupported,
                    "versions of this ecosystem are not compared".to_owned(),
                )),
            },
            // The list of versions stands for it, if there is one.
            RangeKind::Git if !entry.versions.is_empty() => continue,
            RangeKind::Git => Err((Cause::Unsupported, "a range of commits".to_owned())),
            RangeKind::Unknown(kind) => {
                Err((Cause::Unsupported, format!("a range of kind {kind}")))
            }
        };
        match evaluated {
            Ok((inside, above)) => {
                affected |= inside;
                if inside || listed {
                    fixes.extend(above);
                }
            }
            Err(reason) => {
                problem.get_or_insert(reason);
            }
        }
    }
    if affected {
        fixes.sort_by(|(one, _), (other, _)| one.compare(other).unwrap_or(Ordering::Equal));
        return Ok(Some(fixes.into_iter().next().map(|(_, text)| text)));
    }
    match problem {
        // Commits beside a range of versions add nothing for a released package.
        Some((Cause::Unsupported, detail))
            if detail == "a range of commits" && evaluable(entry) =>
        {
            Ok(None)
        }
        Some(problem) => Err(problem),
        None => Ok(None),
    }
}

fn evaluable(entry: &Affected) -> bool {
    entry
        .ranges
        .iter()
        .any(|range| matches!(range.kind, RangeKind::Semantic | RangeKind::Ecosystem))
}

/// Versions that fix, parsed and as written.
type Fixes = Vec<(Version, String)>;

/// Whether a version is in a range, and the fixed versions above it.
fn within(range: &Range, scheme: Scheme, version: &str) -> Result<(bool, Fixes), Problem> {
    let malformed = |detail: String| (Cause::Malformed, detail);
    let events = range.events.as_ref().map_err(|detail| malformed(detail.clone()))?;
    let parse = |text: &str| scheme.parse(text).map_err(|error| malformed(error.to_string()));
    let own = parse(version)?;
    // The beginning is before every version, also before `0~`.
    let mut points: Vec<(Option<Version>, u8, &Event)> = Vec::new();
    let mut limits = Vec::new();
    for event in events {
        match event {
            Event::Introduced(text) if text == "0" => points.push((None, 0, event)),
            Event::Introduced(text) => points.push((Some(parse(text)?), 0, event)),
            Event::Fixed(text) => points.push((Some(parse(text)?), 1, event)),
            Event::LastAffected(text) => points.push((Some(parse(text)?), 2, event)),
            Event::Limit(text) if text == "*" => limits.push(None),
            Event::Limit(text) => limits.push(Some(parse(text)?)),
        }
    }
    points.sort_by(|(one, first, _), (other, second, _)| {
        let versions = match (one, other) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(other)) => one.compare(other).unwrap_or(Ordering::Equal),
        };
        versions.then(first.cmp(second))
    });
    let mut inside = false;
    let mut fixes = Vec::new();
    for (point, _, event) in points {
        let order = point
            .as_ref()
            .map_or(Some(Ordering::Greater), |point| own.compare(point))
            .unwrap_or(Ordering::Equal);
        match event {
            Event::Introduced(_) if order != Ordering::Less => inside = true,
            Event::Fixed(_) if order != Ordering::Less => inside = false,
            Event::LastAffected(_) if order == Ordering::Greater => inside = false,
            Event::Fixed(text) => fixes.extend(point.map(|point| (point, text.clone()))),
            _ => {}
        }
    }
    let below = |limit: &Option<Version>| {
        limit.as_ref().is_none_or(|limit| own.compare(limit) == Some(Ordering::Less))
    };
    Ok((inside && (limits.is_empty() || limits.iter().any(below)), fixes))
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
