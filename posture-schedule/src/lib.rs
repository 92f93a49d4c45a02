//! When jobs run, and a scheduler that runs them.
//!
//! A [`Schedule`] is a cron expression in a time zone. [`run`] waits until a [`Job`] is due and lets the caller's
//! [`Work`] run it; it knows nothing about audits, databases or clouds.
//!
//! - A job never overlaps itself. Runs that were missed, because it was running or no scheduler was, are made up for once.
//! - When clocks go forward, a job due in the hour that does not exist is due right after it; when they go back, it is
//!   due once. That applies to fixed times; a job that runs every so many minutes follows elapsed minutes.
//! - [Jitter](Job::jitter) spreads jobs of the same minute, each time the same way for the same job and time.

mod engine;

pub use engine::{Clock, GRACE, Job, Order, System, Work, run};

use std::str::FromStr;

use croner::Cron;
use jiff02::tz::TimeZone;
use jiff02::{Timestamp, Zoned};
use posture::core::time::Time;

/// A cron expression in a time zone.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

/// Why something is not a schedule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The expression cannot be read.
    #[error("invalid cron expression `{0}`: {1}; an example is `0 3 * * *`, every day at 03:00")]
    Expression(String, String),
    /// It is never due.
    #[error("`{0}` is never due")]
    Never(String),
    /// The time zone is not known.
    #[error("unknown time zone `{0}`; use a name such as Europe/Berlin")]
    Zone(String),
}

impl Schedule {
    /// Reads an expression of five fields (minute, hour, day of the month, month, day of the week) and the name of a time zone
    /// of the [IANA database](https://www.iana.org/time-zones); UTC where none is named.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn parse(expression: &str, zone: Option<&str>) -> Result<Self, Error> {
        let cron = Cron::from_str(expression);
        let cron =
            cron.map_err(|_| Error::Expression(expression.to_owned(), mistake(expression)))?;
        let zone = match zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| Error::Zone(name.to_owned()))?,
        };
        let schedule = Self { cron, zone };
        // The 30th of February is a mistake.
        match schedule.next(Time::from_unix(0)) {
            Some(_) => Ok(schedule),
            None => Err(Error::Never(expression.to_owned())),
        }
    }

    /// When it is due next, later than a time.
    pub fn next(&self, after: Time) -> Option<Time> {
        let found = self.cron.find_next_occurrence(&self.local(after)?, false).ok()?;
        Some(Time::from_unix(found.timestamp().as_second()))
    }

    /// When it was due last, at a time or before.
    pub fn last(&self, until: Time) -> Option<Time> {
        let found = self.cron.find_previous_occurrence(&self.local(until)?, true).ok()?;
        Some(Time::from_unix(found.timestamp().as_second()))
    }

    /// What is due now, if the run that was due at `done` is the last that was done: the latest time that has passed since,
    /// however many there were.
    pub fn due(&self, done: Option<Time>, now: Time) -> Option<Time> {
        self.last(now).filter(|due| done.is_none_or(|done| *due > done))
    }

    fn local(&self, time: Time) -> Option<Zoned> {
        Some(Timestamp::from_second(time.unix()).ok()?.to_zoned(self.zone.clone()))
    }
}

/// The fields of an expression, with the numbers that each takes.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12 or JAN to DEC"),
    ("day of the week", "0 to 7 or SUN to SAT"),
];

/// What is wrong with an expression that cannot be read.
fn mistake(expression: &str) -> String {
    let words: Vec<&str> = expression.split_whitespace().collect();
    if words.len() != FIELDS.len() {
        let count = posture::core::text::counted(words.len(), "field", "fields");
        return format!(
            "it has {count}, and needs five: minute, hour, day of the month, month, day of the week"
        );
    }
    let alone = |place: usize| {
        let mut fields = ["*"; FIELDS.len()];
        fields[place] = words[place];
        Cron::from_str(&fields.join(" ")).is_err()
    };
    match (0..FIELDS.len()).find(|place| alone(*place)) {
        Some(place) => {
            let (name, takes) = FIELDS[place];
            format!("the {name} is `{}`, and must be {takes}, `*` or a list of these", words[place])
        }
        None => "its fields do not fit together".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn next(expression: &str, zone: &str, after: &str) -> String {
        Schedule::parse(expression, Some(zone)).unwrap().next(time(after)).unwrap().to_string()
    }

    #[test]
    fn a_time_of_day_is_one_of_its_zone() {
        assert_eq!(next("0 3 * * *", "UTC", "2026-01-31T02:59:59Z"), "2026-01-31T03:00:00Z");
        assert_eq!(next("0 3 * * *", "UTC", "2026-01-31T03:00:00Z"), "2026-02-01T03:00:00Z");
        assert_eq!(
            next("0 3 * * *", "Asia/Kolkata", "2026-01-31T00:00:00Z"),
            "2026-01-31T21:30:00Z"
        );
        assert_eq!(
            next("0 9 * * MON", "Europe/Berlin", "2026-07-01T00:00:00Z"),
            "2026-07-06T07:00:00Z"
        );
        assert_eq!(next("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
    }

    #[test]
    fn no_run_is_lost_when_clocks_go_forward() {
        // In Berlin there was no half past two on the 29th of March 2026.
        let after = next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z");
        assert_eq!(after, "2026-03-29T01:00:00Z");
        assert_eq!(next("30 2 * * *", "Europe/Berlin", &after), "2026-03-30T00:30:00Z");
    }

    #[test]
    fn no_run_is_made_twice_when_clocks_go_back() {
        // In Berlin half past two came twice on the 25th of October 2026.
        let first = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z");
        assert_eq!(first, "2026-10-25T00:30:00Z");
        assert_eq!(next("30 2 * * *", "Europe/Berlin", &first), "2026-10-26T01:30:00Z");
        // What runs every half hour runs in both hours.
        assert_eq!(next("*/30 * * * *", "Europe/Berlin", &first), "2026-10-25T01:00:00Z");
    }

    #[test]
    fn what_was_missed_is_due_once() {
        let hourly = Schedule::parse("0 * * * *", None).unwrap();
        let now = time("2026-01-31T12:34:00Z");
        assert_eq!(
            hourly.due(Some(time("2026-01-30T00:00:00Z")), now),
            Some(time("2026-01-31T12:00:00Z"))
        );
        assert_eq!(hourly.due(Some(time("2026-01-31T12:00:00Z")), now), None);
        assert_eq!(hourly.due(None, now), Some(time("2026-01-31T12:00:00Z")));
        assert_eq!(hourly.last(time("2026-01-31T12:00:00Z")), Some(time("2026-01-31T12:00:00Z")));
    }

    #[test]
    fn mistakes_are_named() {
        for (expression, zone, word) in [
            ("", None, "it has 0 fields, and needs five"),
            ("every day", None, "it has 2 fields, and needs five"),
            ("61 * * * *", None, "the minute is `61`, and must be 0 to 59"),
            ("0 3 * * X", None, "the day of the week is `X`"),
            ("0 25 * * *", None, "an example is `0 3 * * *`"),
            ("0 0 30 2 *", None, "never due"),
            ("0 3 * * *", Some("Europe/Berlim"), "unknown time zone"),
            ("0 3 * * *", Some("../../etc/passwd"), "unknown time zone"),
        ] {
            let error = Schedule::parse(expression, zone).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
