//! Whether the clock of this machine can be relied on, by what the provider's services say of the time.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::time::Time;

/// How far apart two clocks may be before it matters: 5 minutes, in seconds. A day is the smallest unit of any threshold.
pub const TOLERANCE: i64 = 300;

/// By how many seconds the clock of this machine is ahead of a provider's: the least that any answer showed, as an answer
/// that was long on its way looks old.
#[derive(Debug)]
pub struct Skew(AtomicI64);

impl Default for Skew {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Skew {
    /// Notes what the [`Date`](https://www.rfc-editor.org/rfc/rfc9110#name-date) of an answer says that came at `now`.
    /// What is no date says nothing.
    pub fn note(&self, date: &str, now: Time) {
        let Ok(theirs) = jiff::fmt::rfc2822::parse(date.trim()) else { return };
        let ahead = now.unix().saturating_sub(theirs.timestamp().as_second());
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |least| {
            (least == i64::MAX || ahead.abs() < least.abs()).then_some(ahead)
        });
    }

    /// By how many seconds this machine is ahead, negative where it is behind; none where that is within [`TOLERANCE`] or was
    /// never told.
    pub fn seconds(&self) -> Option<i64> {
        let ahead = self.0.load(Ordering::Relaxed);
        (ahead != i64::MAX && ahead.abs() > TOLERANCE).then_some(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_noticed() {
        let now = |text: &str| text.parse::<Time>().unwrap();
        let skew = Skew::default();
        assert_eq!(skew.seconds(), None);
        skew.note("yesterday", now("2015-10-22T07:28:00Z"));
        assert_eq!(skew.seconds(), None);
        skew.note("Wed, 21 Oct 2015 07:28:00 GMT", now("2015-10-22T07:28:09Z"));
        assert_eq!(skew.seconds(), Some(86_409));
        // The quickest answer tells best.
        skew.note("Wed, 21 Oct 2015 07:28:30 GMT", now("2015-10-22T07:28:31Z"));
        assert_eq!(skew.seconds(), Some(86_401));
        skew.note("Wed, 21 Oct 2015 07:28:30 GMT", now("2015-10-22T07:29:31Z"));
        assert_eq!(skew.seconds(), Some(86_401));
        let behind = Skew::default();
        behind.note("Wed, 21 Oct 2015 07:28:00 GMT", now("2015-10-21T07:00:00Z"));
        assert_eq!(behind.seconds(), Some(-1680));
        let right = Skew::default();
        right.note("Wed, 21 Oct 2015 07:28:00 GMT", now("2015-10-21T07:33:00Z"));
        assert_eq!(right.seconds(), None);
    }
}
