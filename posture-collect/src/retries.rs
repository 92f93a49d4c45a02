//! Asking again what failed for a moment.

use std::time::{Duration, SystemTime};

/// The longest that a service may make an audit wait. A retry before its time would only prolong it.
pub const MOST_WAIT: Duration = Duration::from_secs(60);

/// How often a request is sent before it counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often it is sent.
    pub attempts: u32,
    /// About how long is waited before the second time.
    pub pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { attempts: 5, pause: Duration::from_millis(500) }
    }
}

impl Retries {
    /// Whether a request is sent again after so many attempts.
    pub fn allow(self, attempts: u32) -> bool {
        attempts < self.attempts
    }

    /// The delay before the next attempt if the service sets none: 1, 2, 4 … times the pause, spread by the clock
    /// so that requests that failed together do not come back together.
    pub fn backoff(self, attempts: u32) -> Duration {
        let base = self.pause * (1 << attempts.saturating_sub(1).min(4));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        base + base.mul_f64(f64::from(now.subsec_nanos() % 100) / 400.0)
    }
}

/// Whether a retry may change a response with this status.
pub fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let retries = Retries { attempts: 5, pause: Duration::from_secs(1) };
        for (attempts, least) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (50, 16)] {
            let pause = retries.backoff(attempts);
            let least = Duration::from_secs(least);
            assert!(pause >= least && pause <= least.mul_f64(1.25), "{attempts}: {pause:?}");
        }
        assert!(retries.allow(4) && !retries.allow(5));
    }
}
