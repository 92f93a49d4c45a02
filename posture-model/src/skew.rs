//! Whether the clock of this machine can be relied on, by the times that the provider's services report.

use std::sync::{Mutex, PoisonError};

use crate::time::Time;

/// How far apart two clocks may be before it matters: 5 minutes, in seconds. A day is the smallest unit of any threshold.
pub const TOLERANCE: i64 = 300;

/// How far apart the clocks of a provider's services may be: 15 minutes, in seconds. Beyond it, none of them is believed.
pub const AGREEMENT: i64 = 900;

/// Before this the program did not exist: the first of November 2026. A service that reports an earlier time is wrong. It is
/// a constant and not taken from the clock of the build, so that the same source makes the same program.
pub const RELEASED: i64 = 1_793_491_200;

/// How far ahead of this machine's clock a service may be: a year, in seconds. A machine that was off for longer is rare, a
/// forged response is not.
pub const MOST_AHEAD: i64 = 366 * 86_400;

/// How long a response may have been on its way, in seconds, before its time is too old.
const MOST_UNDER_WAY: i64 = 60;

/// The times that the provider's services reported, compared with the clock of this machine.
///
/// It stores by how many seconds this machine is ahead: the least of any response, as a response that was long on its way
/// looks old, and how far apart the answers are.
#[derive(Debug, Default)]
pub struct Skew(Mutex<Heard>);

#[derive(Clone, Debug, Default)]
struct Heard {
    /// How far this machine is ahead, in seconds: the least, the lowest and the highest.
    ahead: Option<(i64, i64, i64)>,
    /// The first time that cannot be, or what was given for one.
    impossible: Option<String>,
}

/// What the time is, by what the services reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// That of this machine, to within [`TOLERANCE`], or no service reported one.
    Right,
    /// This machine is ahead by so many seconds; behind where the number is negative.
    Ahead(i64),
    /// Unknown: the reported times are not plausible, or the services do not agree.
    Unknown(String),
}

impl Skew {
    /// Records the [`Date`](https://www.rfc-editor.org/rfc/rfc9110#name-date) of a response to a request that was sent at `sent`
    /// and answered at `now`. A response that took longer than a minute does not count.
    pub fn note(&self, date: &str, sent: Time, now: Time) {
        if now.unix().saturating_sub(sent.unix()) > MOST_UNDER_WAY {
            return;
        }
        let mut observed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = |theirs: Time| now.unix().saturating_sub(theirs.unix());
        let theirs = read(date).filter(|time| time.unix() >= RELEASED);
        let Some(ahead) = theirs.map(ahead).filter(|ahead| *ahead >= -MOST_AHEAD) else {
            observed.impossible.get_or_insert_with(|| date.trim().chars().take(40).collect());
            return;
        };
        observed.ahead = Some(match observed.ahead {
            None => (ahead, ahead, ahead),
            Some((least, low, high)) => {
                let least = if ahead.abs() < least.abs() { ahead } else { least };
                (least, low.min(ahead), high.max(ahead))
            }
        });
    }

    /// What the time is, by what was noted so far.
    pub fn clock(&self) -> Clock {
        let observed = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(date) = observed.impossible {
            return Clock::Unknown(format!("a service returned `{date}` as the time"));
        }
        match observed.ahead {
            Some((_, low, high)) if high.saturating_sub(low) > AGREEMENT => {
                Clock::Unknown(format!(
                    "the services disagree about the time by {} minutes",
                    high.saturating_sub(low) / 60
                ))
            }
            Some((least, ..)) if least.abs() > TOLERANCE => Clock::Ahead(least),
            Some(_) | None => Clock::Right,
        }
    }
}

/// The time of a `Date` header; none if it is not a date.
pub fn read(date: &str) -> Option<Time> {
    let read = jiff::fmt::rfc2822::parse(date.trim()).ok()?;
    Some(read.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn note(skew: &Skew, date: &str, now: &str) {
        skew.note(date, time(now), time(now));
    }

    #[test]
    fn a_clock_that_is_off_is_noticed() {
        let skew = Skew::default();
        assert_eq!(skew.clock(), Clock::Right);
        note(&skew, "Thu, 21 Oct 2027 07:28:00 GMT", "2027-10-22T07:28:09Z");
        assert_eq!(skew.clock(), Clock::Ahead(86_409));
        // The quickest answer is the best evidence.
        note(&skew, "Thu, 21 Oct 2027 07:28:30 GMT", "2027-10-22T07:28:31Z");
        assert_eq!(skew.clock(), Clock::Ahead(86_401));
        note(&skew, "Thu, 21 Oct 2027 07:28:30 GMT", "2027-10-22T07:29:31Z");
        assert_eq!(skew.clock(), Clock::Ahead(86_401));
        let behind = Skew::default();
        note(&behind, "Thu, 21 Oct 2027 07:28:00 GMT", "2027-10-21T07:00:00Z");
        assert_eq!(behind.clock(), Clock::Ahead(-1680));
        let right = Skew::default();
        note(&right, "Thu, 21 Oct 2027 07:28:00 GMT", "2027-10-21T07:33:00Z");
        assert_eq!(right.clock(), Clock::Right);
    }

    #[test]
    fn services_that_do_not_agree_are_not_believed() {
        let skew = Skew::default();
        note(&skew, "Thu, 21 Oct 2027 07:00:00 GMT", "2027-10-21T07:00:00Z");
        note(&skew, "Thu, 21 Oct 2027 07:15:00 GMT", "2027-10-21T07:00:00Z");
        assert_eq!(skew.clock(), Clock::Right);
        note(&skew, "Thu, 21 Oct 2027 07:15:01 GMT", "2027-10-21T07:00:00Z");
        assert!(matches!(skew.clock(), Clock::Unknown(_)), "{:?}", skew.clock());
        // An answer that was long on its way says nothing of the time.
        let slow = Skew::default();
        note(&slow, "Thu, 21 Oct 2027 07:00:00 GMT", "2027-10-21T07:00:00Z");
        slow.note(
            "Thu, 21 Oct 2027 07:00:00 GMT",
            time("2027-10-21T07:00:00Z"),
            time("2027-10-21T08:00:00Z"),
        );
        assert_eq!(slow.clock(), Clock::Right);
    }

    #[test]
    fn a_time_that_cannot_be_is_not_believed() {
        for (date, believed) in [
            ("Sat, 31 Oct 2026 23:59:59 GMT", false),
            ("Sun, 01 Nov 2026 00:00:00 GMT", true),
            ("Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("Fri, 31 Dec 9999 23:59:59 GMT", false),
            ("Mon, 01 Jan 10000 00:00:00 GMT", false),
            ("yesterday", false),
            ("", false),
            ("Fri, 20 Oct 2028 00:00:00 GMT", true),
            ("Tue, 24 Oct 2028 00:00:00 GMT", false),
        ] {
            let skew = Skew::default();
            note(&skew, date, "2027-10-21T07:00:00Z");
            // One that can be does not put it right.
            note(&skew, "Thu, 21 Oct 2027 07:00:00 GMT", "2027-10-21T07:00:00Z");
            let alone = Skew::default();
            note(&alone, date, "2027-10-21T07:00:00Z");
            assert_eq!(matches!(alone.clock(), Clock::Ahead(_)), believed, "{date}");
            assert!(matches!(skew.clock(), Clock::Unknown(_)), "{date}");
        }
    }
}
