//! Services that do not answer are given up early. Time is passed in.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use posture_model::gap::Reason;
use posture_model::text::counted;

/// After how many calls in a row that came to no connection a service is given up.
const UNCONNECTED: u32 = 3;
/// After how many calls in a row that had no answer a service is given up, where they are of several actions.
const UNANSWERED: u32 = 6;
/// Of how many actions.
const ACTIONS: usize = 3;
/// After how many calls in a row an action is given up that has no answer, while others of its service may have.
const OF_ACTION: u32 = 8;
/// For how long there has to be no answer: a network that is gone for a moment comes back.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way<'w> {
    /// What is given up as a whole: a service, a host.
    pub service: &'w str,
    /// Where it is called, such as a region; empty if there is only one.
    pub place: &'w str,
}

/// What is known of the ways to services, by service and place, and by action and place.
///
/// A call that was denied, throttled or failed by the service got a response. One that did not was retried by then.
#[derive(Debug)]
pub struct Breaker {
    states: Mutex<HashMap<(String, String), State>>,
    patience: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { states: Mutex::default(), patience: PATIENCE }
    }
}

/// What happened since the last answer.
#[derive(Debug, Default)]
struct State {
    failed: u32,
    unconnected: u32,
    actions: BTreeSet<&'static str>,
    since: Option<Instant>,
    given_up: Option<(Reason, String)>,
}

/// How a call ended that had no answer.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// Why.
    pub reason: Reason,
    /// Whether not even a connection came about.
    pub unconnected: bool,
    /// The system's error message.
    pub detail: Option<String>,
}

impl Breaker {
    /// One that does not wait whether an answer comes after all.
    pub fn impatient() -> Self {
        Self { patience: Duration::ZERO, ..Self::default() }
    }

    fn keys(way: Way<'_>, action: &str) -> [(String, String); 2] {
        let place = way.place.to_owned();
        [(way.service.to_owned(), place.clone()), (action.to_owned(), place)]
    }

    /// Why an action need not be called; none if it should be.
    pub fn given_up(&self, way: Way<'_>, action: &str) -> Option<(Reason, String)> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        Self::keys(way, action).iter().find_map(|key| states.get(key)?.given_up.clone())
    }

    /// Notes that an action was answered, in whatever way.
    pub fn answered(&self, way: Way<'_>, action: &str) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        for key in Self::keys(way, action) {
            states.remove(&key);
        }
    }

    /// Notes that an action was not answered, as of `now`.
    pub fn unanswered(&self, way: Way<'_>, action: &'static str, how: &Unanswered, now: Instant) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, of_action) in Self::keys(way, action).into_iter().zip([false, true]) {
            let state = states.entry(key).or_default();
            state.failed = state.failed.saturating_add(1);
            state.unconnected = state.unconnected.saturating_add(u32::from(how.unconnected));
            state.actions.insert(action);
            let since = *state.since.get_or_insert(now);
            let enough = if of_action {
                state.failed >= OF_ACTION
            } else {
                state.unconnected >= UNCONNECTED
                    || (state.failed >= UNANSWERED && state.actions.len() >= ACTIONS)
            };
            if enough && now.duration_since(since) >= self.patience {
                let detail = how.detail.as_deref().unwrap_or("no response");
                let failed = state.failed;
                let calls = counted(failed, "earlier call", "earlier calls");
                let why = format!("not called, because {calls} had no response: {detail}");
                state.given_up = Some((how.reason, why));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn how(unconnected: bool) -> Unanswered {
        let detail = Some("refused".to_owned());
        Unanswered { reason: Reason::Unreachable, unconnected, detail }
    }

    fn way<'w>(action: &'w str, place: &'w str) -> Way<'w> {
        let service = action.split_once(':').map_or(action, |(service, _)| service);
        Way { service, place }
    }

    fn is_open(breaker: &Breaker, action: &str, region: &str) -> bool {
        breaker.given_up(way(action, region), action).is_some()
    }

    #[test]
    fn a_service_is_given_up_in_the_region_in_which_it_cannot_be_reached() {
        let (breaker, begin) = (Breaker::default(), Instant::now());
        let fail = |now| {
            let action = "s3:GetBucketPolicy";
            breaker.unanswered(way(action, "eu-west-1"), action, &how(true), now);
        };
        let later = |times| begin + PATIENCE * times;
        for _ in 0..3 {
            fail(begin);
        }
        // Not for a moment's failure.
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        breaker.answered(way("s3:GetBucketAcl", "eu-west-1"), "s3:GetBucketAcl");
        fail(later(1));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        fail(later(2));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        fail(later(2));
        assert!(is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-2"));
        assert!(!is_open(&breaker, "kms:ListKeys", "eu-west-1"));
        let (reason, why) =
            breaker.given_up(way("s3:GetBucketAcl", "eu-west-1"), "s3:GetBucketAcl").unwrap();
        assert!(why.contains("3 earlier calls") && why.contains("refused"), "{why}");
        assert_eq!(reason, Reason::Unreachable);
        // One that was under way came through.
        breaker.answered(way("s3:GetBucketAcl", "eu-west-1"), "s3:GetBucketAcl");
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
    }

    #[test]
    fn an_action_without_answers_takes_no_other_along() {
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        let fail =
            |action, now| breaker.unanswered(way(action, "eu-west-1"), action, &how(false), now);
        for _ in 0..20 {
            fail("s3:GetBucketPolicy", now);
            now += Duration::from_secs(1);
        }
        assert!(is_open(&breaker, "s3:GetBucketPolicy", "eu-west-1"));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        // Several actions are the service.
        fail("s3:GetBucketAcl", now);
        fail("s3:GetBucketTagging", now);
        assert!(is_open(&breaker, "s3:GetBucketLogging", "eu-west-1"));
    }
}
