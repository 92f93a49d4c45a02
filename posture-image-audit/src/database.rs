//! The local data about vulnerabilities, and whether it is young enough.
//!
//! An audit fetches nothing. Without a database, and with one that is older than the bound, nothing can be stated of what is not in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use posture_collect::files::shown;
use posture_image::osv::Database;
use posture_image::osv::database::Description;
use posture_image::osv::ecosystem;
use posture_model::gap::{Gap, Reason};
use posture_model::resource::{Kind, Vulnerability};
use posture_model::time::Time;
use posture_model::wanted::Wanted;

use crate::documents::Given;
use crate::exploited::{self, Catalog};
use crate::gaps;
use crate::info::{DATABASE, EXPLOITED};
use crate::read::Options;

/// The usual name of the file.
pub const FILE: &str = "vulnerabilities.db";
/// How many days old the data may be where no other number is given.
pub const MAX_AGE_DAYS: u32 = 7;
/// By how many seconds a clock may be behind that of a publisher.
const TOLERANCE: i64 = 300;

/// The data that images are matched with.
#[derive(Debug)]
pub struct Feeds {
    /// The records, or why there are none.
    pub(crate) records: Result<Database, Gap>,
    /// The catalog, and why it is too old if it is; or why there is none.
    exploited: Result<(Catalog, Option<Gap>), Gap>,
    /// The documents of others.
    pub(crate) given: Given,
    days: u32,
    now: Time,
}

impl Feeds {
    /// Opens what the options name. What cannot be used is unknown in every image.
    pub fn open(options: &Options, now: Time) -> Self {
        let records = match &options.database {
            Some(path) => Database::open(path).map_err(|open| gaps::gap(DATABASE, &open)),
            None => Err(missing(
                DATABASE,
                "no database of vulnerabilities was given: make one with `posture db update`, such as `posture db update Debian`",
            )),
        };
        let days = options.max_database_age_days;
        let exploited = match options.exploited() {
            Some(path) => Catalog::open(&path).map(|catalog| {
                let old = age(Some(catalog.released), now, days);
                let old = old.map(|why| missing(EXPLOITED, &format!("{}: {why}", shown(&path))));
                (catalog, old)
            }),
            None => Err(missing(
                EXPLOITED,
                "no catalog was given: `posture db update` fetches it beside the database",
            )),
        };
        let given = Given::open(&options.documents, now, days);
        Self { records, exploited, given, days, now }
    }

    /// What a reader of the result should know of the data: why it decides nothing, as far as it is wanted.
    pub fn notes(&self, wanted: &Wanted) -> Vec<String> {
        let mut notes = Vec::new();
        if !wanted.kind(Kind::Vulnerability) {
            return notes;
        }
        match &self.records {
            Err(why) => notes.push(format!("vulnerabilities are unknown: {}", why.words())),
            Ok(database) => {
                let description = database.description();
                let old = description.dumps.keys();
                let old = old.filter_map(|name| self.stale(description, name));
                notes.extend(
                    old.map(|why| format!("not all vulnerabilities are known: {}", why.words())),
                );
            }
        }
        let wanted = wanted.fact(Vulnerability::KNOWN_EXPLOITED) && self.records.is_ok();
        let open = match &self.exploited {
            Err(why) | Ok((_, Some(why))) => Some(why),
            Ok((_, None)) => None,
        };
        notes.extend(open.filter(|_| wanted).map(|why| {
            format!("it is not known which vulnerabilities are exploited: {}", why.words())
        }));
        notes
    }

    /// What became of the documents of others, once all images are read: those that no image is joined with, and statements that cover
    /// nothing.
    pub fn left(&self) -> Vec<String> {
        self.given.left()
    }

    /// Whether one of the names of a vulnerability is in the catalog. An old catalog names what it names, and may lack others.
    pub(crate) fn is_exploited<'n>(
        &self,
        mut names: impl Iterator<Item = &'n String>,
    ) -> Result<bool, &Gap> {
        let (catalog, old) = self.exploited.as_ref()?;
        match (names.any(|name| catalog.ids.contains(name)), old) {
            (true, _) => Ok(true),
            (false, None) => Ok(false),
            (false, Some(why)) => Err(why),
        }
    }

    /// Why the records about an ecosystem are too old to show that something is not there; none if they are young enough.
    pub(crate) fn stale(&self, description: &Description, of: &str) -> Option<Gap> {
        let why = age(changed(description, of), self.now, self.days)?;
        let gap = Gap::new(DATABASE, ecosystem::base(of), Reason::Undetermined);
        Some(Gap { detail: Some(why), ..gap })
    }
}

fn missing(action: &str, detail: &str) -> Gap {
    Gap::undetermined(action, "", detail)
}

/// When the records about an ecosystem were as they are: when they were fetched, or else when the last of them was changed, which is
/// never later.
pub fn changed(description: &Description, of: &str) -> Option<Time> {
    if !description.fetched.is_empty() {
        return description.fetched.parse().ok();
    }
    description.dumps.get(ecosystem::base(of))?.parse().ok()
}

/// Why data of a time is too old, in words; none if it is young enough.
pub fn age(at: Option<Time>, now: Time, days: u32) -> Option<String> {
    let Some(at) = at else { return Some("it is not known how old it is".to_owned()) };
    if at.unix() > now.unix() + TOLERANCE {
        return Some(format!("it is dated {}, which is later than now", at.day()));
    }
    let old = at.days_before(now);
    at.is_older_than_days(days, now).then(|| {
        format!("it is from {}, {old} days old, and {days} are allowed: update it with `posture db update`", at.day())
    })
}

/// What a database holds, and how old it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The number of records.
    pub records: u64,
    /// The ecosystems of which all records are there.
    pub ecosystems: Vec<Ecosystem>,
    /// When the catalog of exploited vulnerabilities was released, and how many it names; none without one, or why it cannot be used.
    pub exploited: Option<Result<(Time, usize), String>>,
}

/// An ecosystem of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ecosystem {
    /// Its name, such as `Debian`.
    pub name: String,
    /// Its releases, such as `12`.
    pub releases: Vec<String>,
    /// The number of records that name it.
    pub records: u64,
    /// When its records were as they are.
    pub changed: Option<Time>,
    /// Records that could not be read.
    pub damaged: u64,
}

/// Reads what a database holds.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn status(path: &Path) -> Result<Status, String> {
    let database = Database::open(path).map_err(|open| open.to_string())?;
    let description = database.description();
    let ecosystems = description.dumps.keys().map(|name| {
        let own = description.ecosystems.iter();
        let own = own.filter(|(of, _)| ecosystem::base(of) == name);
        let releases = own.clone().filter_map(|(of, _)| of.split_once(':'));
        let releases: BTreeSet<String> =
            releases.map(|(_, release)| posture_image::text::escape(release.as_bytes())).collect();
        Ecosystem {
            name: posture_image::text::escape(name.as_bytes()),
            releases: releases.into_iter().collect(),
            records: own.map(|(_, count)| count).sum(),
            changed: changed(description, name),
            damaged: description.damaged.get(name).copied().unwrap_or_default(),
        }
    });
    let beside = beside(path);
    let exploited = beside.exists().then(|| match Catalog::open(&beside) {
        Ok(catalog) => Ok((catalog.released, catalog.ids.len())),
        Err(gap) => Err(gap.words()),
    });
    Ok(Status { records: description.records, ecosystems: ecosystems.collect(), exploited })
}

/// Where the catalog of exploited vulnerabilities is, beside a database.
pub fn beside(database: &Path) -> PathBuf {
    database.with_file_name(exploited::FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_young_for_so_many_days_and_never_from_the_future() {
        let now: Time = "2026-12-08T00:00:00Z".parse().unwrap();
        let at = |text: &str| age(Some(text.parse().unwrap()), now, 7);
        assert_eq!(at("2026-12-08T00:00:00Z"), None);
        assert_eq!(at("2026-12-01T00:00:00Z"), None);
        let old = at("2026-11-30T23:59:00Z").unwrap();
        assert!(old.contains("from 2026-11-30") && old.contains("posture db update"), "{old}");
        assert!(at("2026-12-08T00:10:00Z").unwrap().contains("later than now"));
        assert!(age(None, now, 7).unwrap().contains("not known"));
    }

    #[test]
    fn the_time_of_fetching_counts_before_that_of_the_last_change() {
        let mut description = Description::default();
        assert_eq!(changed(&description, "Debian:12"), None);
        description.dumps.insert("Debian".to_owned(), "2026-11-01T00:00:00Z".to_owned());
        assert_eq!(changed(&description, "Debian:12").unwrap().day(), "2026-11-01");
        description.fetched = "2026-11-02T00:00:00Z".to_owned();
        assert_eq!(changed(&description, "Debian:12").unwrap().day(), "2026-11-02");
        description.fetched = "yesterday".to_owned();
        assert_eq!(changed(&description, "Debian:12"), None);
    }
}
