//! Services that do not answer in a region are given up early.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use posture_core::gap::Reason;

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

/// What is known of the ways to services, by service and region, and by action and region.
///
/// A call that was refused, throttled or failed by the service was answered. One that was not was repeated by then.
#[derive(Debug)]
pub struct Breaker {
    states: Mutex<HashMap<(String, String), State>>,
    patience: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::new(PATIENCE)
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
    /// What the system said.
    pub detail: Option<String>,
}

impl Breaker {
    /// One that gives up what had no answer for so long.
    pub fn new(patience: Duration) -> Self {
        Self { states: Mutex::default(), patience }
    }

    /// The keys of an action's service and of itself.
    fn keys(action: &str, region: &str) -> [(String, String); 2] {
        let service = action.split_once(':').map_or(action, |(service, _)| service);
        [(service.to_owned(), region.to_owned()), (action.to_owned(), region.to_owned())]
    }

    /// Why an action need not be asked in a region; nothing where it should be.
    pub fn given_up(&self, action: &str, region: &str) -> Option<(Reason, String)> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        Self::keys(action, region).iter().find_map(|key| states.get(key)?.given_up.clone())
    }

    /// Notes that an action was answered in a region, in whatever way.
    pub fn answered(&self, action: &str, region: &str) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        for key in Self::keys(action, region) {
            states.remove(&key);
        }
    }

    /// Notes that an action was not answered in a region, as of `now`.
    pub fn unanswered(&self, action: &'static str, region: &str, how: &Unanswered, now: Instant) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, of_action) in Self::keys(action, region).into_iter().zip([false, true]) {
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
                let detail = how.detail.as_deref().unwrap_or("no answer");
                let failed = state.failed;
                let why = format!("not asked, as {failed} calls before had no answer: {detail}");
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

    fn is_open(breaker: &Breaker, action: &str, region: &str) -> bool {
        breaker.given_up(action, region).is_some()
    }

    #[test]
    fn a_service_is_given_up_in_the_region_in_which_it_cannot_be_reached() {
        let (breaker, begin) = (Breaker::default(), Instant::now());
        let fail = |now| breaker.unanswered("s3:GetBucketPolicy", "eu-west-1", &how(true), now);
        let later = |times| begin + PATIENCE * times;
        for _ in 0..3 {
            fail(begin);
        }
        // Not for a moment's failure.
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        breaker.answered("s3:GetBucketAcl", "eu-west-1");
        fail(later(1));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        fail(later(2));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        fail(later(2));
        assert!(is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-2"));
        assert!(!is_open(&breaker, "kms:ListKeys", "eu-west-1"));
        let (reason, why) = breaker.given_up("s3:GetBucketAcl", "eu-west-1").unwrap();
        assert!(why.contains("3 calls") && why.contains("refused"), "{why}");
        assert_eq!(reason, Reason::Unreachable);
        // One that was under way came through.
        breaker.answered("s3:GetBucketAcl", "eu-west-1");
        assert!(!is_open(&breaker, "s3:GetBucketAcl", "eu-west-1"));
    }

    #[test]
    fn an_action_without_answers_takes_no_other_along() {
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        let fail = |action, now| breaker.unanswered(action, "eu-west-1", &how(false), now);
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
