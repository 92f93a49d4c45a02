//! How fast a provider is called, and what was called.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use posture_model::scope::Calls;

use crate::event::{Event, Observer};

/// How many calls are allowed in a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// So many seconds after each other in the long run.
    seconds: f64,
    /// So many at once.
    burst: NonZeroU32,
}

impl Rate {
    /// So many calls a second, and as many at once.
    pub fn per_second(calls: u32) -> Self {
        let burst = NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN);
        Self { seconds: 1.0 / f64::from(burst.get()), burst }
    }

    /// One call in so many seconds, and so many at once.
    pub fn every(seconds: f64, burst: u32) -> Self {
        Self { seconds, burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN) }
    }

    /// The same, but no more calls a second than the caller allows.
    fn quota(self, most: Option<NonZeroU32>) -> Quota {
        let quota = Quota::with_period(Duration::from_secs_f64(self.seconds));
        let quota = quota.unwrap_or(Quota::per_second(NonZeroU32::MIN));
        match most {
            Some(most) if 1.0 / f64::from(most.get()) > self.seconds => Quota::per_second(most),
            Some(most) => quota.allow_burst(self.burst.min(most)),
            None => quota.allow_burst(self.burst),
        }
    }
}

/// The pace of calls, by what the provider counts together.
#[derive(Debug)]
pub struct Pace<K> {
    limiters: Mutex<HashMap<K, Arc<DefaultDirectRateLimiter>>>,
    /// The most calls a second, where the caller set one.
    most: Option<NonZeroU32>,
    on: bool,
}

impl<K: Eq + Hash> Pace<K> {
    /// A pace that keeps to the rates of the provider and, where one is given, to the rate of the caller.
    pub fn new(most: Option<NonZeroU32>) -> Self {
        Self { limiters: Mutex::default(), most, on: true }
    }

    /// As fast as answers come, unless the caller set a rate: a simulator has no quota that others need.
    #[must_use]
    pub fn unpaced(self) -> Self {
        Self { on: self.most.is_some(), ..self }
    }

    /// Waits for a turn among the calls that are counted together.
    pub async fn turn(&self, together: K, rate: impl FnOnce(&K) -> Rate) {
        if !self.on {
            return;
        }
        let limiter = {
            let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
            let limiter = limiters.entry(together);
            let make = |of: &K| Arc::new(RateLimiter::direct(rate(of).quota(self.most)));
            Arc::clone(limiter.or_insert_with_key(make))
        };
        limiter.until_ready().await;
    }

    /// Drops the pace of what is finished.
    pub fn forget(&self, done: impl Fn(&K) -> bool) {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        limiters.retain(|of, _| !done(of));
    }
}

/// How often each action was called.
#[derive(Default)]
pub struct Tally {
    calls: Mutex<BTreeMap<String, Calls>>,
    observer: Option<Observer>,
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tally").field(&self.calls).finish()
    }
}

impl Tally {
    /// One that also reports each call to an observer as it is counted.
    pub fn observed_by(observer: &Observer) -> Self {
        Self { observer: Some(Arc::clone(observer)), ..Self::default() }
    }

    /// Counts something of an action.
    pub fn count(&self, action: &str, add: impl FnOnce(&mut Calls)) {
        let (before, after) = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let of = match calls.get_mut(action) {
                Some(known) => known,
                None => calls.entry(action.to_owned()).or_default(),
            };
            let before = (of.operations, of.throttled);
            add(of);
            (before, (of.operations, of.throttled))
        };
        // An observer may take its time, and others count meanwhile.
        let Some(observer) = &self.observer else { return };
        (before.0..after.0).for_each(|_| observer(Event::Called));
        (before.1..after.1).for_each(|_| observer(Event::Throttled));
    }

    /// How often an action was called so far.
    pub fn operations(&self, action: &str) -> u64 {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.get(action).map_or(0, |calls| calls.operations)
    }

    /// Everything so far.
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_may_slow_a_provider_down_and_never_speed_it_up() {
        let most = |n| NonZeroU32::new(n);
        let of = |rate: Rate, most| {
            let quota = rate.quota(most);
            (quota.replenish_interval(), quota.burst_size().get())
        };
        let twenty = Duration::from_millis(50);
        assert_eq!(of(Rate::per_second(20), None), (twenty, 20));
        assert_eq!(of(Rate::per_second(20), most(100)), (twenty, 20));
        assert_eq!(of(Rate::per_second(20), most(20)), (twenty, 20));
        assert_eq!(of(Rate::per_second(20), most(2)), (Duration::from_millis(500), 2));
        assert_eq!(of(Rate::every(0.05, 200), None), (twenty, 200));
        assert_eq!(of(Rate::every(0.05, 200), most(50)), (twenty, 50));
        assert_eq!(of(Rate::every(0.05, 200), most(5)), (Duration::from_millis(200), 5));
        assert_eq!(of(Rate::every(0.4, 700), most(1)), (Duration::from_secs(1), 1));
    }

    #[tokio::test]
    async fn what_is_unpaced_does_not_wait() {
        let pace = Pace::new(None).unpaced();
        for _ in 0..100 {
            pace.turn("slow", |_| Rate::every(3_600.0, 1)).await;
        }
        assert!(Pace::<&str>::new(NonZeroU32::new(1)).unpaced().on);
    }

    #[tokio::test]
    async fn what_is_done_with_is_forgotten() {
        let pace = Pace::new(None);
        pace.turn("one", |_| Rate::every(3_600.0, 1)).await;
        pace.forget(|of| *of == "one");
        // It would wait for an hour else.
        pace.turn("one", |_| Rate::every(3_600.0, 1)).await;
    }

    #[test]
    fn calls_are_counted_by_action() {
        let tally = Tally::default();
        for _ in 0..2 {
            tally.count("a", |calls| calls.operations += 1);
        }
        tally.count("b", |calls| calls.attempts += 1);
        assert_eq!(
            (tally.operations("a"), tally.operations("b"), tally.operations("c")),
            (2, 0, 0)
        );
        assert_eq!(tally.calls().len(), 2);
    }

    #[test]
    fn calls_and_throttles_are_reported_as_they_are_counted() {
        let seen: Arc<Mutex<Vec<Event>>> = Arc::default();
        let kept = Arc::clone(&seen);
        let observer: Observer = Arc::new(move |event| kept.lock().unwrap().push(event));
        let tally = Tally::observed_by(&observer);
        tally.count("a", |calls| calls.operations += 1);
        // An attempt is not another call.
        tally.count("a", |calls| {
            calls.attempts += 1;
            calls.throttled += 1;
        });
        tally.count("a", |calls| calls.attempts += 1);
        assert_eq!(*seen.lock().unwrap(), [Event::Called, Event::Throttled]);
        assert_eq!(tally.calls()["a"].attempts, 2);
    }
}
