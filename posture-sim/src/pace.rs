//! How fast the simulated services respond, and how often they may be called.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::text::glob;

/// How long a response takes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Latency {
    /// At least so many milliseconds.
    pub ms: u64,
    /// And up to so many more, each as likely as the others.
    pub spread_ms: u64,
}

/// How many calls each account may make in each region: a bucket that fills by `rate` a second up to `burst`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quota {
    /// The actions that count together, with `*` for anything.
    pub action: String,
    /// So many a second.
    pub rate: f64,
    /// The most at once; as many as in a second by default.
    pub burst: Option<f64>,
}

/// Numbers that look like chance and are the same in every run.
#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A number below one. [SplitMix64](https://prng.di.unimi.it/splitmix64.c)
    pub(crate) fn roll(&self) -> f64 {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        let mut z = self.0.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Latency {
    pub(crate) fn draw(self, dice: &Dice) -> Duration {
        let spread = if self.spread_ms == 0 { 0.0 } else { dice.roll() * self.spread_ms as f64 };
        Duration::from_millis(self.ms)
            .saturating_add(Duration::from_micros((spread * 1000.0) as u64))
    }
}

/// What is left of the quotas.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Mutex<HashMap<(usize, String, String), Level>>);

#[derive(Debug)]
struct Level {
    left: f64,
    at: Instant,
}

impl Quotas {
    /// Whether a call may be answered; it counts if so.
    pub(crate) fn take(&self, all: &[Quota], action: &str, account: &str, region: &str) -> bool {
        let Some((place, quota)) =
            all.iter().enumerate().find(|(_, quota)| glob(&quota.action, action))
        else {
            return true;
        };
        let burst = quota.burst.unwrap_or(quota.rate).max(1.0);
        let mut levels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let level = levels
            .entry((place, account.to_owned(), region.to_owned()))
            .or_insert(Level { left: burst, at: now });
        let passed = now.duration_since(level.at).as_secs_f64();
        level.left = (level.left + passed * quota.rate).min(burst);
        level.at = now;
        if level.left < 1.0 {
            return false;
        }
        level.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_ends_for_one_account_and_service_alone() {
        let quota = Quota { action: "iam:*".to_owned(), rate: 0.001, burst: Some(2.0) };
        let quotas = Quotas::default();
        let take =
            |action, account| quotas.take(std::slice::from_ref(&quota), action, account, "r");
        assert!(take("iam:ListUsers", "1") && take("iam:GetUser", "1"));
        assert!(!take("iam:ListUsers", "1"));
        assert!(take("iam:ListUsers", "2") && take("s3:GetBucketAcl", "1"));
    }

    #[test]
    fn dice_repeat_themselves() {
        let rolls = |seed| {
            let dice = Dice::new(seed);
            (0..100).map(|_| dice.roll()).collect::<Vec<_>>()
        };
        assert_eq!(rolls(1), rolls(1));
        assert_ne!(rolls(1), rolls(2));
        assert!(rolls(3).iter().all(|roll| (0.0..1.0).contains(roll)));
    }
}
