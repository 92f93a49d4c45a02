//! Instants, always in UTC.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An instant, written as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(Timestamp);

impl Time {
    /// The instant `seconds` after 1970, limited to the years -9999 to 9999.
    pub fn from_unix(seconds: i64) -> Self {
        Self(Timestamp::from_second(seconds).unwrap_or(if seconds < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        }))
    }

    /// Seconds since 1970.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    /// The instant `milliseconds` after 1970, limited to the years -9999 to 9999.
    pub fn from_unix_milliseconds(milliseconds: i64) -> Self {
        let instant = Timestamp::from_millisecond(milliseconds).map(Self);
        instant.unwrap_or_else(|_| Self::from_unix(milliseconds / 1000))
    }

    /// Milliseconds since 1970.
    pub fn unix_milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// So many seconds before.
    #[must_use]
    pub fn earlier(self, seconds: i64) -> Self {
        Self::from_unix(self.unix().saturating_sub(seconds))
    }

    /// How long before `later` this was; negative where it is after.
    pub fn until(self, later: Self) -> SignedDuration {
        self.0.duration_until(later.0)
    }

    /// Whether this is more than `days` before `now`; exactly that many days is not more.
    pub fn is_older_than_days(self, days: u32, now: Self) -> bool {
        self.until(now) > SignedDuration::from_hours(i64::from(days) * 24)
    }

    /// Whole days from this to `now`, negative where this is after.
    pub fn days_before(self, now: Self) -> i64 {
        self.until(now).as_hours() / 24
    }

    /// The day, such as `2026-01-31`.
    pub fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// Day and minute, such as `2026-01-31 09:30 UTC`.
    pub fn minute(self) -> String {
        format!("{} UTC", self.clock())
    }

    /// The same for a place that already shows that it is in UTC: `2026-01-31 09:30`.
    pub fn clock(self) -> String {
        self.0.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

impl std::str::FromStr for Time {
    type Err = jiff::Error;

    /// Reads RFC 3339; an offset other than `Z` is converted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl From<Timestamp> for Time {
    fn from(instant: Timestamp) -> Self {
        Self(instant)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_summer_time_nor_a_leap_second_makes_a_day_longer() {
        let time = |text: &str| text.parse::<Time>().unwrap();
        let before = time("2026-03-01T12:00:00+01:00");
        let after = time("2026-05-30T13:00:00+02:00");
        assert_eq!(before.days_before(after), 90);
        assert!(!before.is_older_than_days(90, after));
        assert_eq!(time("2016-12-31T23:59:60Z"), time("2016-12-31T23:59:59Z"));
    }

    #[test]
    fn ninety_days_is_not_more_than_ninety_days() {
        let now: Time = "2026-06-30T12:00:00Z".parse().unwrap();
        let then: Time = "2026-04-01T12:00:00Z".parse().unwrap();
        assert_eq!(then.days_before(now), 90);
        assert!(!then.is_older_than_days(90, now));
        assert!(Time::from_unix(then.unix() - 1).is_older_than_days(90, now));
        assert_eq!("2026-06-30T14:00:00+02:00".parse::<Time>().unwrap(), now);
    }
}
