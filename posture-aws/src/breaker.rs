//! Services that do not answer in a region are given up early.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// After how many calls in a row that came to no connection a service is given up. Each of them was tried several times
/// by then, over seconds.
const MOST: u32 = 3;

/// What is known of the ways to services, by service and region.
///
/// Only whether a connection comes about counts: a service that answers some questions and breaks off or is slow at others
/// can be reached, and what it does not answer is unknown by itself.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<HashMap<(String, String), State>>);

#[derive(Debug, Default)]
struct State {
    /// How many calls came to no connection since the last that did.
    failed: u32,
    /// What the system said of the last one.
    detail: Option<String>,
}

impl Breaker {
    fn with<T>(&self, action: &str, region: &str, then: impl FnOnce(&mut State) -> T) -> T {
        let service = action.split_once(':').map_or(action, |(service, _)| service);
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        then(states.entry((service.to_owned(), region.to_owned())).or_default())
    }

    /// Why an action need not be asked in a region; nothing where it should be.
    pub(crate) fn given_up(&self, action: &str, region: &str) -> Option<String> {
        self.with(action, region, |state| {
            let detail = state.detail.as_deref().unwrap_or("no connection");
            (state.failed >= MOST).then(|| {
                format!("not asked, as {} calls before got no connection: {detail}", state.failed)
            })
        })
    }

    /// Notes that an action was answered in a region, in whatever way.
    pub(crate) fn reached(&self, action: &str, region: &str) {
        self.with(action, region, |state| state.failed = 0);
    }

    /// Notes that no connection came about.
    pub(crate) fn unconnected(&self, action: &str, region: &str, detail: Option<String>) {
        self.with(action, region, |state| {
            state.failed = state.failed.saturating_add(1);
            state.detail = detail;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_given_up_in_the_region_in_which_it_does_not_answer() {
        let breaker = Breaker::default();
        let fail =
            || breaker.unconnected("s3:GetBucketPolicy", "eu-west-1", Some("refused".into()));
        let is_open = |action, region| breaker.given_up(action, region).is_some();
        fail();
        fail();
        assert!(!is_open("s3:GetBucketAcl", "eu-west-1"));
        breaker.reached("s3:GetBucketAcl", "eu-west-1");
        fail();
        fail();
        assert!(!is_open("s3:GetBucketAcl", "eu-west-1"));
        fail();
        assert!(is_open("s3:GetBucketAcl", "eu-west-1"));
        assert!(!is_open("s3:GetBucketAcl", "eu-west-2"));
        assert!(!is_open("kms:ListKeys", "eu-west-1"));
        let why = breaker.given_up("s3:GetBucketAcl", "eu-west-1").unwrap();
        assert!(why.contains('3') && why.contains("refused"), "{why}");
    }
}
